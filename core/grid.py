"""All answers for one case as one matrix: criteria by pages, raw scores beside probabilities, gaps as gaps."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.domain import Gap, Outcome, PageRef, Score

MILLI = 1000
"""What thresholds compare: integer thousandths, so that browser and server always agree."""
GAP = 65535
"""Thousandths of a gap."""

Probabilities = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""(criteria, pages) raw scores of one case, NaN for a gap -> the same shape, in [0, 1], NaN for a gap."""


def to_milli(values: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Thousandths of values in [0, 1], rounded down; NaN becomes GAP. 1e-4 thousandths absorb binary noise in 0.29."""
    known = ~np.isnan(values)
    out = np.full(values.shape, GAP, dtype=np.uint16)
    out[known] = np.clip(np.floor(values[known] * MILLI + 1e-4), 0, MILLI).astype(np.uint16)
    return out


@dataclass(frozen=True, eq=False)
class Grid:
    """Scores of every page of a case for every criterion. Rows follow `criteria`, columns follow `pages`."""

    pages: tuple[PageRef, ...]
    criteria: tuple[str, ...]
    fingerprint: str
    scores: NDArray[np.float64]
    """(criteria, pages), as the scorer gave them; NaN for a gap."""
    probabilities: NDArray[np.float64]
    """(criteria, pages), what thresholds compare: recalibrated, or the scores themselves; NaN for a gap."""
    reasons: dict[tuple[int, int], str]
    """(row, column) of each gap -> why there is no answer."""

    @classmethod
    def of(
        cls,
        outcomes: Iterable[Outcome],
        *,
        pages: Sequence[PageRef],
        criteria: Sequence[str],
        fingerprint: str,
        probabilities: Probabilities | None = None,
    ) -> "Grid":
        """Grid of `outcomes`. A pair without an outcome is a gap "Not scored yet".

        `probabilities` is the recalibration in force; without one thresholds compare the score itself.
        Raises ValueError for a page that comes twice, and for an outcome of another fingerprint: scores of two scorers
        never share a grid.
        """
        column = {ref: i for i, ref in enumerate(pages)}
        if len(column) < len(pages):
            raise ValueError("a page comes twice in the case")
        row = {criterion: i for i, criterion in enumerate(criteria)}
        scores = np.full((len(criteria), len(pages)), np.nan)
        reasons: dict[tuple[int, int], str] = {}
        for outcome in outcomes:
            if outcome.fingerprint != fingerprint:
                raise ValueError(f"a score of {outcome.fingerprint} among scores of {fingerprint}")
            at = row[outcome.criterion], column[outcome.page]
            match outcome:
                case Score(value=value):
                    scores[at] = value
                case Gap(reason=reason):
                    reasons[at] = reason
        for r, c in np.argwhere(np.isnan(scores)):
            reasons.setdefault((int(r), int(c)), "Not scored yet")
        return cls(
            tuple(pages),
            tuple(criteria),
            fingerprint,
            scores,
            probabilities(scores) if probabilities else scores,
            reasons,
        )

    @cached_property
    def milli(self) -> NDArray[np.uint16]:
        """(criteria, pages) what thresholds compare, in thousandths, GAP for a gap."""
        return to_milli(self.probabilities)

    def outcomes(self) -> Iterator[Outcome]:
        """One outcome per pair, criterion by criterion, pages in order."""
        for r, criterion in enumerate(self.criteria):
            for c, page in enumerate(self.pages):
                if (r, c) in self.reasons:
                    yield Gap(page, criterion, self.fingerprint, self.reasons[r, c])
                else:
                    yield Score(page, criterion, self.fingerprint, float(self.scores[r, c]))
