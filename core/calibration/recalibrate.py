"""Probabilities from raw scores: a logistic model of a score and of its standing among the pages of the same case.

Within one criterion of one case a higher score never gets a lower probability, and equal scores get equal ones.
"""

import json
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from core.domain import digest

FEATURES = ("score", "to_best", "to_median", "spread", "rank")
"""What `standing` gives, in this order."""

_NARROWEST = 0.01
_SPREAD_LIMITS = (-2.0, 4.0)


def standing(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(pages, 5) features of the (pages,) scores of one criterion in one case, at least one page and no NaN.

    The score; its distance to the best page's (<= 0) and to the median page's; its distance to the mean in standard
    deviations, kept within -2 to 4; and minus the log of its rank, where rank is 1 + the number of higher scores. Each
    rises with the score or stays.
    """
    spread = (scores - scores.mean()) / max(float(scores.std()), _NARROWEST)
    rank = len(scores) - np.searchsorted(np.sort(scores), scores, side="right") + 1
    return np.stack(
        [scores, scores - scores.max(), scores - np.median(scores), np.clip(spread, *_SPREAD_LIMITS), -np.log(rank)],
        axis=1,
    )


@dataclass(frozen=True)
class Recalibration:
    """A fitted model; it holds for scores of one fingerprint only."""

    fingerprint: str
    intercept: float
    coefficients: tuple[float, ...]
    """One for each of FEATURES."""

    @property
    def version(self) -> str:
        """8 hex digits over all that decides a probability."""
        return digest(self.fingerprint, repr(self.intercept), *map(repr, self.coefficients))[:8]

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability in [0, 1] that each page is relevant, in the shape of `scores`.

        A score of 0, where nothing of the question matched, has probability 0 however weak the other pages are.
        `scores` are the raw (criteria, pages) scores of one case, NaN for a gap. A gap stays NaN and has no part in the
        standing of the other pages. A criterion's probabilities depend on its own row alone.
        """
        result = np.full(scores.shape, np.nan)
        for row, asked in enumerate(scores):
            scored = ~np.isnan(asked)
            if scored.any():
                logits = self.intercept + (standing(asked[scored]) * np.array(self.coefficients)).sum(axis=1)
                result[row, scored] = np.where(asked[scored] > 0, 1.0 / (1.0 + np.exp(-logits)), 0.0)
        return result


def default_recalibration(fingerprint: str) -> Recalibration | None:
    """The recalibration that ships for the scorer of that fingerprint; None when there is none.

    Without one, the raw score stands as the probability.
    """
    record = json.loads(files("core.calibration").joinpath("default_embedded.json").read_text(encoding="utf-8"))
    if record["fingerprint"] != fingerprint:
        return None
    coefficients = tuple(float(record["coefficients"][name]) for name in FEATURES)
    return Recalibration(fingerprint, float(record["intercept"]), coefficients)
