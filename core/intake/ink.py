"""How much is written or drawn on a page besides its words. Pure functions over grey pictures."""

from itertools import groupby
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T", np.uint8, np.bool_)

_STEP = 40
_RULE_WIDTH, _RULE_ROWS = 0.4, 3
"""A line across this share of the width, this thin in thumbnail rows, says nothing."""
_SOLID = 0.8
"""As _RULE_WIDTH, where text is what is looked for: a line of small letters inks 0.6 of its width in strokes."""
_EDGE = 24
"""Greys between a stroke and what is beside it; gradients and photographs change less from one pixel to the next."""
_TOP, _BOTTOM, _SIDE = 0.06, 0.05, 0.06
"""Left out of the measure: fax headers, black edges, punch holes."""


def measure(greys: NDArray[np.uint8], boxes: NDArray[np.int64]) -> tuple[float | None, int]:
    """(ink, paper) of a picture (height x width) without its margins; the picture is changed.

    ink: share of the pixels, 0 to 1, that differ from the paper and are neither under one of `boxes` (n x 4, in
    ten-thousandths of the page) nor in a horizontal rule; None when there is nothing to measure. paper: its grey, 0
    to 255.
    """
    middle = _middle(greys)
    if not middle.size:
        return None, 255
    paper = _median(middle)
    _fill(greys, boxes, 1, paper)
    inked = (np.abs(middle.astype(np.int16) - paper) > _STEP).sum(axis=1)
    return float(inked.sum() - _in_rules(inked, middle.shape[1] * _RULE_WIDTH)) / middle.size, paper


def in_pictures(greys: NDArray[np.uint8], boxes: NDArray[np.int64], pictures: NDArray[np.int64]) -> tuple[float, float]:
    """(unread, read): strokes within `pictures` outside and under `boxes`, as shares of the page without its margins.

    Both are n x 4 in ten-thousandths of the page; the grey picture of the page is height x width.
    """
    pictured, worded = np.zeros(greys.shape, dtype=np.bool_), np.zeros(greys.shape, dtype=np.bool_)
    _fill(pictured, pictures, -1, True)
    _fill(worded, boxes, 1, True)
    pictured, worded = _middle(pictured), _middle(worded)
    if not pictured.any():
        return 0.0, 0.0
    middle = _middle(greys)
    strokes = _strokes(middle.astype(np.int16), _median(middle[pictured])) & pictured
    unread = (strokes & ~worded).sum(axis=1)
    beside = float(unread.sum() - _in_rules(unread, middle.shape[1] * _SOLID))
    return beside / middle.size, float((strokes & worded).sum()) / middle.size


def _strokes(greys: NDArray[np.int16], paper: int) -> NDArray[np.bool_]:
    """Pixels that differ from the paper and from one beside them."""
    edges = np.zeros(greys.shape, dtype=np.bool_)
    down, across = np.abs(np.diff(greys, axis=0)) > _EDGE, np.abs(np.diff(greys, axis=1)) > _EDGE
    edges[1:] |= down
    edges[:-1] |= down
    edges[:, 1:] |= across
    edges[:, :-1] |= across
    strokes: NDArray[np.bool_] = edges & (np.abs(greys - paper) > _EDGE)
    return strokes


def _middle(page: NDArray[_T]) -> NDArray[_T]:
    """The page without its margins."""
    height, width = page.shape
    return page[int(height * _TOP) : int(height * (1 - _BOTTOM)), int(width * _SIDE) : int(width * (1 - _SIDE))]


def _fill(page: NDArray[Any], boxes: NDArray[np.int64], more: int, value: int) -> None:
    """Sets the pixels of the boxes, which are made larger on every side by `more` pixels."""
    height, width = page.shape
    scale = np.array((width, height, width, height), dtype=np.int64)
    for x0, y0, x1, y1 in boxes * scale // 10_000 + (-more, -more, more + 1, more + 1):
        page[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = value


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
