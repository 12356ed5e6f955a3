"""Scores from a seed, the same for the app in the browser and for the test beside it."""

import numpy as np
from numpy.typing import NDArray

from core.grid import GAP


def unreadable(pages: int) -> tuple[int, int]:
    """Columns of the pages that nobody could read."""
    return 4, pages // 2


def made_up(rows: int, pages: int) -> NDArray[np.uint16]:
    """(rows, pages) thousandths: mostly low, a cluster in each row, many ties in row 1, gaps here and there."""
    rng = np.random.default_rng(7)
    scores = rng.beta(0.5, 6, (rows, pages))
    for r in range(rows):
        centre, width = int(rng.integers(0, pages)), int(rng.integers(1, 5))
        span = slice(max(0, centre - width), centre + width)
        scores[r, span] = np.clip(scores[r, span] + rng.uniform(0.3, 0.95), 0, 1)
    milli = np.floor(scores * 1000).astype(np.uint16)
    milli[1] = milli[1] // 400 * 400
    milli[:, list(unreadable(pages))] = GAP
    milli[rng.random((rows, pages)) < 0.004] = GAP
    return milli
