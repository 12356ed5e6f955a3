"""Fits a recalibration to judged cases. The only part that needs scikit-learn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from core.calibration.recalibrate import FEATURES, Recalibration, standing


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion asked of one document, with the truth for every page."""

    document: str
    scores: NDArray[np.float64]
    """(pages,) raw scores, no NaN."""
    relevant: NDArray[np.bool_]
    """(pages,); nowhere True when the document answers the criterion nowhere."""
    weight: float = 1.0
    """What the criterion counts for in the fit, shared by its pages."""


def fit(judged: Sequence[Judged], *, fingerprint: str) -> Recalibration:
    """The logistic model of `standing` that fits `judged` best and rises with the score.

    A feature that would turn the order of two pages round is left out (coefficient 0). Raises ValueError when the score
    itself would.
    """
    rows = np.concatenate([standing(j.scores) for j in judged])
    truth = np.concatenate([j.relevant for j in judged])
    weights = np.concatenate([np.full(len(j.scores), j.weight) for j in judged])
    kept = list(FEATURES)
    while True:
        intercept, fitted = _logistic(rows[:, [FEATURES.index(name) for name in kept]], truth, weights)
        found = dict.fromkeys(FEATURES, 0.0) | dict(zip(kept, fitted, strict=True))
        falling = _falling(found)
        if not falling:
            return Recalibration(fingerprint, intercept, tuple(found.values()))
        removable = [name for name in falling if name in kept]
        if not removable:
            raise ValueError(f"a higher score would get a lower probability: {found}")
        kept.remove(removable[0])


def _logistic(
    rows: NDArray[np.float64], truth: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[float, list[float]]:
    """Intercept and a coefficient for each column of `rows`, practically without shrinking."""
    scale = rows.std(axis=0)
    model = LogisticRegression(C=100.0, max_iter=5000, tol=1e-8)
    model.fit(rows / scale, truth, sample_weight=weights)
    return float(model.intercept_[0]), (model.coef_[0] / scale).tolist()


def _falling(found: dict[str, float]) -> list[str]:
    """Features to leave out, the first one first, because the probability would fall as the score rises."""
    alone = [name for name in ("rank", "spread") if found[name] < 0]
    slope = found["score"] + found["to_best"] + found["to_median"]
    return alone or (["to_median", "to_best"] if slope < 0 else [])


def cross_fit(judged: Sequence[Judged], *, fingerprint: str) -> list[NDArray[np.float64]]:
    """Probabilities for each of `judged`, by a model fitted without any criterion asked of its document."""
    models = {
        document: fit([j for j in judged if j.document != document], fingerprint=fingerprint)
        for document in sorted({j.document for j in judged})
    }
    return [models[j.document].probabilities(j.scores[None, :])[0] for j in judged]
