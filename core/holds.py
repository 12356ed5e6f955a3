"""What people hold against a rule: pages kept or left out by hand, for one criterion each. Pure.

The rule decides first and the hand after it: a page held by hand changes nothing for any other page. It uses none of
the rule's K pages and none of its token budget, and a page left out frees no place for the next one.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.casefile import Hold, Pin
from core.domain import PageRef
from core.grid import Grid

Held = Mapping[tuple[str, PageRef], Hold]
"""(id of a criterion, page) -> what a person holds there."""

NOTHING: Held = MappingProxyType({})
KEPT = "Kept by the reviewer"
LEFT_OUT = "Left out by the reviewer"


def held_by(pins: Iterable[Pin]) -> dict[tuple[str, PageRef], Hold]:
    """What stands of `pins`, the oldest first: the newest for each criterion and page, without what was let go.

    A page held by hand is a person's choice for one case. It is no evidence for or against a rule, so nothing that
    certifies or labels looks at it.
    """
    held = {(pin.criterion, pin.page): pin.hold for pin in pins}
    return {pair: hold for pair, hold in held.items() if hold != "none"}


def holds(grid: Grid, held: Held) -> NDArray[np.int8]:
    """(criteria, pages) 1 where a person keeps the page, -1 where one leaves it out, 0 where the rule decides.

    What is held of pages or criteria that the case no longer has is passed over.
    """
    out = np.zeros((len(grid.criteria), len(grid.pages)), dtype=np.int8)
    if held:
        row = {criterion: r for r, criterion in enumerate(grid.criteria)}
        column = {page: c for c, page in enumerate(grid.pages)}
        for (criterion, page), hold in held.items():
            if criterion in row and page in column:
                out[row[criterion], column[page]] = {"keep": 1, "drop": -1, "none": 0}[hold]
    return out


def by_hand(keep: NDArray[np.bool_], hold: NDArray[np.int8]) -> NDArray[np.bool_]:
    """(criteria, pages) what is kept in the end: what the rule keeps, but where a person holds the page."""
    return np.where(hold == 0, keep, hold > 0)
