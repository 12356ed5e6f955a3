"""How much is written or drawn on a page besides its words. Pure functions over grey pictures."""

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

_STEP = 40
_RULE_WIDTH, _RULE_ROWS = 0.4, 3
"""A line across this share of the width, this thin in thumbnail rows, says nothing."""
_TOP, _BOTTOM, _SIDE = 0.06, 0.05, 0.06
"""Left out of the measure: fax headers, black edges, punch holes."""


def measure(greys: NDArray[np.uint8], boxes: NDArray[np.int64]) -> tuple[float | None, int]:
    """(ink, paper) of a picture (height x width) without its margins; the picture is changed.

    ink: share of the pixels, 0 to 1, that differ from the paper and are neither under one of `boxes` (n x 4, in
    ten-thousandths of the page) nor in a horizontal rule; None when there is nothing to measure. paper: its grey, 0
    to 255.
    """
    height, width = greys.shape
    middle = greys[int(height * _TOP) : int(height * (1 - _BOTTOM)), int(width * _SIDE) : int(width * (1 - _SIDE))]
    if not middle.size:
        return None, 255
    paper = _median(middle)
    scale = np.array((width, height, width, height), dtype=np.int64)
    for x0, y0, x1, y1 in boxes * scale // 10_000 + (-1, -1, 2, 2):
        greys[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = paper
    inked = (np.abs(middle.astype(np.int16) - paper) > _STEP).sum(axis=1)
    return float(inked.sum() - _in_rules(inked, middle.shape[1] * _RULE_WIDTH)) / middle.size, paper


def _median(greys: NDArray[np.uint8]) -> int:
    """The lower one of the two in the middle."""
    below = np.cumsum(np.bincount(greys.ravel(), minlength=256))
    return int(np.searchsorted(below * 2, greys.size))


def _in_rules(inked: NDArray[np.int64], long: float) -> int:
    """Inked pixels in horizontal rules: up to _RULE_ROWS rows of `long` pixels or more, between rows of fewer."""
    found = 0
    for is_long, group in groupby(inked.tolist(), key=lambda n: n >= long):
        thickness = list(group)
        if is_long and len(thickness) <= _RULE_ROWS:
            found += sum(thickness)
    return found
