"""Labelled cases: scores and judgements of one case as matrices. What all of calibration is computed from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.grid import to_milli

Probabilities = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class LabelledCase:
    """Rows are criteria, columns are all pages of the case.

    Duplicates count once: a copy of an earlier page takes its rank and its characters, but no label (truth -1, chance
    1). A gap without a label has chance 1 as well, because every rule keeps it.
    """

    case: int
    criteria: tuple[str, ...]
    """Ids, one for each row."""
    groups: tuple[str, ...]
    """The criterion's group, "" for none; one for each row."""
    scores: NDArray[np.float64]
    """(criteria, pages) as the scorer gave them; NaN for a gap, which every rule keeps."""
    chars: NDArray[np.int64]
    """(pages,) length of each page's text."""
    truth: NDArray[np.int8]
    """(criteria, pages) 1 relevant, 0 not relevant, -1 not labelled, -2 (`core.calibration.curves.UNSURE`) judged
    "unsure": looked at, and neither."""
    inclusion: NDArray[np.float64]
    """(criteria, pages) chance in (0, 1] with which the pair was drawn for labelling; NaN where there is no label, or
    one whose chance is not known."""
    audited: bool | NDArray[np.bool_]
    """(criteria,), or one answer for all: whether pages below the threshold could be drawn for the criterion, and all
    that were drawn are judged. Otherwise only a `whole` row says anything about what was missed."""
    probabilities: NDArray[np.float64] | None = None
    """(criteria, pages) what thresholds compare; None: the scores themselves."""

    @property
    def compared(self) -> NDArray[np.float64]:
        """(criteria, pages) what thresholds compare, NaN for a gap."""
        return self.scores if self.probabilities is None else self.probabilities

    @cached_property
    def milli(self) -> NDArray[np.uint16]:
        """(criteria, pages) what thresholds compare, in thousandths; `core.grid.GAP` for a gap."""
        return to_milli(self.compared)

    @cached_property
    def whole(self) -> NDArray[np.bool_]:
        """(criteria,) True where every page was labelled with chance 1, unsure or not."""
        row: NDArray[np.bool_] = (self.inclusion == 1.0).all(axis=1)
        return row

    @cached_property
    def speaks(self) -> NDArray[np.bool_]:
        """(criteria,) True where the labels say something about what was missed."""
        row: NDArray[np.bool_] = self.whole | np.broadcast_to(self.audited, self.whole.shape)
        return row

    @cached_property
    def counts(self) -> NDArray[np.bool_]:
        """(criteria, pages) labels that may enter an estimate: a verdict with a known chance, and what was missed could
        have been drawn as well."""
        known: NDArray[np.bool_] = (self.truth >= 0) & ~np.isnan(self.inclusion) & self.speaks[:, None]
        return known

    def under(self, probabilities: Probabilities | None) -> "LabelledCase":
        """The case with thresholds comparing `probabilities(scores)`; None: the scores."""
        return replace(self, probabilities=None if probabilities is None else probabilities(self.scores))


def only_shown(cases: Sequence[LabelledCase]) -> bool:
    """True where there are labels, and none of them says anything about what was missed."""
    return any((c.truth >= 0).any() for c in cases) and not any(c.counts.any() for c in cases)
