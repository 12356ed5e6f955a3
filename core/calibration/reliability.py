"""Does a probability mean what it says? Labels against probabilities, by case: reliability, its error, histogram.

Only labels that count enter, each weighted by 1 / its chance of being drawn; a labelled gap has no probability and is
left out. Cases are the unit: pages of one case are never taken for independent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from core.calibration.bounds import clopper_pearson
from core.calibration.labelled import LabelledCase

_TAIL = 0.975
"""Each end of a 95 % interval by itself."""
_EDGE = 1e-9
"""Absorbs binary noise in, for example, 0.29 * 100."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Labels whose probability lies in [low, high); the last bin has its upper end too."""

    low: float
    high: float
    probability: float
    """Weighted mean of the probabilities."""
    relevant: float
    """Weighted share that people judged relevant."""
    relevant_low: float
    relevant_high: float
    """95 % interval for that share."""
    labels: int
    cases: int
    """That the labels come from."""
    weight: float
    """Sum of 1 / chance: about how many pairs of page and criterion the labels stand for."""


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Expected calibration error: mean distance of probability and share relevant, in [0, 1]."""

    estimate: float
    low: float
    high: float
    """95 % interval."""
    labels: int


@dataclass(frozen=True, eq=False)
class Histogram:
    """Labels by what thresholds compare, in bins of equal width over [0, 1]."""

    edges: NDArray[np.float64]
    """(bins + 1,)"""
    relevant: NDArray[np.float64]
    not_relevant: NDArray[np.float64]
    """(bins,) sums of 1 / chance: about how many pairs of page and criterion there are."""
    relevant_labels: NDArray[np.int64]
    not_relevant_labels: NDArray[np.int64]
    """(bins,) labels as they were counted."""


def counted(case: LabelledCase) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
    """The labels of a case that count and have a score: (criteria, pages) where; (labels,) relevant; (labels,) weight,
    1 / chance."""
    where = case.counts & ~np.isnan(case.scores)
    return where, case.truth[where] == 1, 1.0 / case.inclusion[where]


def reliability(
    cases: Sequence[LabelledCase], probabilities: Sequence[NDArray[np.float64]], *, bins: int = 10
) -> tuple[Bin, ...]:
    """Bins of equal width over [0, 1], lowest first, empty ones left out.

    `probabilities`: (criteria, pages) for each of `cases`, cross-fitted where they were fitted to these labels. Equal
    width, because nearly all pages are improbable: bins of equal mass would all lie beside 0.
    """
    sums = _sums(cases, probabilities, bins)
    return tuple(_bin(sums[:, :, b], b / bins, (b + 1) / bins) for b in range(bins) if sums[:, _LABELS, b].any())


def expected_calibration_error(
    cases: Sequence[LabelledCase],
    probabilities: Sequence[NDArray[np.float64]],
    *,
    bins: int = 10,
    seed: int = 0,
    replicates: int = 500,
) -> CalibrationError | None:
    """The error over bins of equal width, each by its weight (Naeini et al. 2015); None without labels.

    The interval comes from drawing cases with replacement. Drawing adds noise, and noise only ever adds to the error,
    so the interval leans upwards; it always contains the estimate.
    """
    sums = _sums(cases, probabilities, bins)
    sums = sums[sums[:, _LABELS].any(axis=1)]
    if not len(sums):
        return None
    n = len(sums)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), replicates)
    again = np.tensordot(drawn, sums, axes=1)
    low, high = np.quantile(_error(again), [0.025, 0.975])
    estimate = float(_error(sums.sum(axis=0)[None])[0])
    return CalibrationError(
        estimate, min(float(low), estimate), max(float(high), estimate), int(sums[:, _LABELS].sum())
    )


def histogram(cases: Sequence[LabelledCase], *, bins: int = 20) -> Histogram:
    """Labels by verdict and by what thresholds compare: the score, or the probability where the case has any."""
    found = np.zeros((4, bins))
    for case in cases:
        where, relevant, weight = counted(case)
        at = _bins_of(case.compared[where], bins)
        for row, chosen in enumerate((relevant, ~relevant)):
            found[row] += np.bincount(at[chosen], weight[chosen], bins)
            found[row + 2] += np.bincount(at[chosen], minlength=bins)
    raw = found[2:].astype(np.int64)
    return Histogram(np.arange(bins + 1) / bins, found[0], found[1], raw[0], raw[1])


def share_interval(share: float, error: float, *, labels: int, cases: int) -> tuple[float, float]:
    """Two-sided 95 % interval in [0, 1] for a share whose standard error between cases is known.

    Clopper-Pearson with the number of independent labels that would have the same error, never more than `labels`,
    and fewer where few cases make that error uncertain (Korn and Graubard 1998). Where all or none are relevant the
    error says nothing: each case counts as one label. So does a single case. `labels` and `cases` are at least 1.
    """
    spread = share * (1 - share)
    if cases > 1 and spread > 0:
        alike = spread / error**2 if error > 0 else np.inf
        sure = (stdtrit(max(labels - 1, 1), _TAIL) / stdtrit(cases - 1, _TAIL)) ** 2
        size = max(min(float(labels), alike) * float(sure), 1.0)
    else:
        size = float(cases)
    low, high = clopper_pearson(share * size, size, _TAIL)
    return float(low), float(high)


def ratio_error(tops: NDArray[np.float64], bottoms: NDArray[np.float64]) -> float:
    """Standard error between cases of sum(tops) / sum(bottoms), (cases,) each, by linearisation (Särndal et al. 1992).

    At least two cases with a bottom above 0.
    """
    used = bottoms > 0
    tops, bottoms = tops[used], bottoms[used]
    n, total = len(tops), bottoms.sum()
    residuals = tops - tops.sum() / total * bottoms
    return float(np.sqrt(n / (n - 1) * (residuals**2).sum()) / total)


_WEIGHT, _PROBABILITY, _RELEVANT, _LABELS = range(4)


def _sums(
    cases: Sequence[LabelledCase], probabilities: Sequence[NDArray[np.float64]], bins: int
) -> NDArray[np.float64]:
    """(cases, 4, bins) sums over labels: weight, weight * probability, weight of the relevant, number."""
    sums = np.zeros((len(cases), 4, bins))
    for own, case, values in zip(sums, cases, probabilities, strict=True):
        where, relevant, weight = counted(case)
        p = values[where]
        at = _bins_of(p, bins)
        own[_WEIGHT] = np.bincount(at, weight, bins)
        own[_PROBABILITY] = np.bincount(at, weight * p, bins)
        own[_RELEVANT] = np.bincount(at, weight * relevant, bins)
        own[_LABELS] = np.bincount(at, minlength=bins)
    return sums


def _bins_of(values: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    return np.minimum((values * bins + _EDGE).astype(np.int64), bins - 1)


def _bin(sums: NDArray[np.float64], low: float, high: float) -> Bin:
    """`sums`: (cases, 4) of one bin with at least one label."""
    sums = sums[sums[:, _LABELS] > 0]
    weight, probability, relevant, labels = sums.sum(axis=0)
    share = min(float(relevant / weight), 1.0)
    error = ratio_error(sums[:, _RELEVANT], sums[:, _WEIGHT]) if len(sums) > 1 else 0.0
    interval = share_interval(share, error, labels=int(labels), cases=len(sums))
    return Bin(low, high, float(probability / weight), share, *interval, int(labels), len(sums), float(weight))


def _error(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """(samples, 4, bins) sums -> (samples,) expected calibration error."""
    distance = np.abs(sums[:, _PROBABILITY] - sums[:, _RELEVANT]).sum(axis=1)
    error: NDArray[np.float64] = distance / sums[:, _WEIGHT].sum(axis=1)
    return error
