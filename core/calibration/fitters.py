"""Fits a recalibration to judged pages, and gives pages probabilities by models that never saw their case.

The only part that needs scikit-learn, which is imported when something is fitted.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.calibration.labelled import LabelledCase
from core.calibration.recalibrate import (
    FEATURES,
    Contextual,
    Isotonic,
    Kind,
    Platt,
    Recalibration,
    logit,
    standing,
    turning,
)
from core.calibration.reliability import counted


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion asked of one case."""

    case: Hashable
    scores: NDArray[np.float64]
    """(pages,) raw scores, NaN for a gap."""
    relevant: NDArray[np.bool_]
    """(pages,); nowhere True when the case answers the criterion nowhere."""
    weight: NDArray[np.float64] | float = 1.0
    """What each page counts for in the fit, one number or (pages,); 0 for a page without a label."""


def judged(cases: Sequence[LabelledCase]) -> list[Judged]:
    """The labels of `cases` that count, each weighing 1 / its chance; the weights have mean 1.

    Mean 1, because what shrinks a fit must see how many labels there are and not how many pages they stand for.
    """
    weights = []
    for case in cases:
        where, _, weight = counted(case)
        own = np.zeros(case.scores.shape)
        own[where] = weight
        weights.append(own)
    labels = sum(int((w > 0).sum()) for w in weights)
    mean = sum(float(w.sum()) for w in weights) / max(labels, 1) or 1.0
    return [
        Judged(case.case, scores, truth == 1, row / mean)
        for case, weight in zip(cases, weights, strict=True)
        for scores, truth, row in zip(case.scores, case.truth, weight, strict=True)
        if row.any()
    ]


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels with a weight, flat."""

    standing: NDArray[np.float64]
    """(labels, 5) among all scored pages of the case, labelled or not."""
    relevant: NDArray[np.bool_]
    weight: NDArray[np.float64]
    case: NDArray[np.int64]
    """(labels,) position of each label's case."""

    @classmethod
    def of(cls, judged: Sequence[Judged], cases: Sequence[Hashable]) -> "Labels":
        place = {case: i for i, case in enumerate(cases)}
        parts = [_one(j, place[j.case]) for j in judged]
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def without(self, cases: NDArray[np.int64]) -> "Labels":
        keep = ~np.isin(self.case, cases)
        return Labels(self.standing[keep], self.relevant[keep], self.weight[keep], self.case[keep])


def _one(
    judged: Judged, case: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64], NDArray[np.int64]]:
    scored = ~np.isnan(judged.scores)
    weight = np.broadcast_to(judged.weight, judged.scores.shape)[scored]
    used = weight > 0
    return (
        standing(judged.scores[scored])[used],
        judged.relevant[scored][used],
        weight[used],
        np.full(used.sum(), case),
    )


def fit(judged: Sequence[Judged], *, fingerprint: str, kind: Kind = "contextual") -> Recalibration:
    """The recalibration of that kind that fits `judged` best and rises with the score.

    Needs relevant pages and others. In a contextual one a feature that would turn the order of two pages round is left
    out (coefficient 0). Raises ValueError when nothing is left then, or Platt's slope falls, and for the kind "none".
    """
    return fit_labels(Labels.of(judged, _cases_of(judged)), fingerprint=fingerprint, kind=kind)


def cross_fit(judged: Sequence[Judged], *, fingerprint: str, kind: Kind = "contextual") -> list[NDArray[np.float64]]:
    """Probabilities for each of `judged`, by a model fitted without any criterion asked of its case."""
    cases = _cases_of(judged)
    labels = Labels.of(judged, cases)
    models = {
        case: fit_labels(labels.without(np.array([i])), fingerprint=fingerprint, kind=kind)
        for i, case in enumerate(cases)
    }
    return [models[j.case].probabilities(j.scores[None, :])[0] for j in judged]


def _cases_of(judged: Sequence[Judged]) -> list[Hashable]:
    return list(dict.fromkeys(j.case for j in judged))


def labels_of(cases: Sequence[LabelledCase]) -> Labels:
    """The labels of `cases` that count, by position among `cases`."""
    return Labels.of(judged(cases), [case.case for case in cases])


def cross_fit_cases(
    cases: Sequence[LabelledCase], labels: Labels, folds: NDArray[np.int64], *, fingerprint: str, kind: Kind
) -> tuple[NDArray[np.float64], ...]:
    """(criteria, pages) probabilities for each of `cases`, by a model fitted to the other folds.

    `labels` are those of `cases`, and `folds` is (cases,). Raises ValueError where a model would turn the order round.
    """
    models = {
        fold: fit_labels(labels.without(np.flatnonzero(folds == fold)), fingerprint=fingerprint, kind=kind)
        for fold in np.unique(folds).tolist()
    }
    return tuple(models[fold].probabilities(case.scores) for fold, case in zip(folds.tolist(), cases, strict=True))


def fit_labels(labels: Labels, *, fingerprint: str, kind: Kind) -> Recalibration:
    """As `fit`."""
    fits: dict[str, Callable[[Labels, str], Recalibration]] = {
        "platt": _platt,
        "isotonic": _isotonic,
        "contextual": _contextual,
    }
    if kind not in fits:
        raise ValueError(f"nothing is fitted for the kind {kind}")
    return fits[kind](labels, fingerprint)


def _platt(labels: Labels, fingerprint: str) -> Platt:
    intercept, slopes = _logistic(logit(labels.standing[:, :1]), labels)
    return Platt(fingerprint, intercept, slopes[0])


def _isotonic(labels: Labels, fingerprint: str) -> Isotonic:
    from sklearn.isotonic import IsotonicRegression

    model = IsotonicRegression(y_min=0.0, y_max=1.0)
    model.fit(labels.standing[:, 0], labels.relevant.astype(np.float64), sample_weight=labels.weight)
    # Beyond rounding these rise already.
    values = np.maximum.accumulate(model.y_thresholds_)
    return Isotonic(fingerprint, tuple(model.X_thresholds_.tolist()), tuple(values.tolist()))


def _contextual(labels: Labels, fingerprint: str) -> Contextual:
    kept = list(FEATURES)
    while True:
        intercept, fitted = _logistic(labels.standing[:, [FEATURES.index(name) for name in kept]], labels)
        found = dict.fromkeys(FEATURES, 0.0) | dict(zip(kept, fitted, strict=True))
        removable = [name for name in turning(found) if name in kept]
        if not removable:
            return Contextual(fingerprint, intercept, tuple(found.values()))
        kept.remove(removable[0])
        if not kept:
            raise ValueError("a higher score would get a lower probability")


def _logistic(rows: NDArray[np.float64], labels: Labels) -> tuple[float, list[float]]:
    """Intercept and a coefficient for each column of `rows`, practically without shrinking."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    scale = rows.std(axis=0)
    scale[scale == 0] = 1.0
    model = LogisticRegression(C=100.0, max_iter=5000, tol=1e-8)
    # A few columns: threads would only wait for each other, and take four times as long.
    with threadpool_limits(1):
        model.fit(rows / scale, labels.relevant, sample_weight=labels.weight)
    return float(model.intercept_[0]), (model.coef_[0] / scale).tolist()
