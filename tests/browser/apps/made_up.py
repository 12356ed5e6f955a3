"""Scores from a seed, the same for the app in the browser and for the test beside it."""

import numpy as np
from numpy.typing import NDArray

from core.casefile import Hold
from core.grid import GAP
from core.lengths import Lengths


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


def characters(pages: int) -> list[int]:
    """Length of each page."""
    blank = unreadable(pages)
    return [0 if c in blank else 900 + 37 * (c * 13 % 61) for c in range(pages)]


def same_text(pages: int) -> list[int]:
    """Number of the first page that prints the same text, 0 where it is the page itself."""
    blank = unreadable(pages)
    return [c - 60 if c >= 61 and c % 3 == 0 and not {c, c - 61} & set(blank) else 0 for c in range(pages)]


def lengths(pages: int) -> Lengths:
    """The same pages as core.selection counts them."""
    sizes = np.array(characters(pages), dtype=np.int64)
    texts = np.array([same - 1 if same else c for c, same in enumerate(same_text(pages))], dtype=np.int64)
    return Lengths(sizes, -(-sizes // 4), texts)


def held(rows: int, pages: int) -> dict[tuple[str, int], Hold]:
    """(criterion, page number) -> what is held by hand: strong and weak pages, one without a score, one unread."""
    milli = made_up(rows, pages)
    some: dict[tuple[str, int], Hold] = {}
    for r in range(0, rows, 3):
        known = np.where(milli[r] == GAP, -1, milli[r].astype(int))
        some[f"C{r + 1}", int(known.argmax()) + 1] = "drop"
        some[f"C{r + 1}", int(np.where(milli[r] == GAP, 2000, milli[r]).argmin()) + 1] = "keep"
    some["C2", unreadable(pages)[0] + 1] = "drop"
    some["C3", unreadable(pages)[1] + 1] = "keep"
    return some
