"""How far people agree on the same things: nominal judgements by several raters, some of them missing.

Percent agreement, Cohen's kappa, Fleiss' kappa, Krippendorff's alpha, kappa adjusted for prevalence and bias, and what
they rest on. A figure that means nothing is None, never 0 or 1. Intervals are 95 %, from resampling whole cases:
judgements within a case depend on each other, so the case is the unit that was drawn.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.domain import PageRef

Floats = NDArray[np.float64]

FEWEST_CASES = 10
"""With fewer cases an interval from resampling them is too narrow to be shown."""
REPEATS = 2000
"""How often the cases are drawn anew for an interval."""
_DEFINED = 0.95
"""Share of the drawn samples in which a figure must mean something for its interval to be given."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that was judged: a criterion of a case, or a page of it for a criterion."""

    case: int
    criterion: str
    ratings: Mapping[str, str]
    """Rater -> category; without those who did not judge it."""
    page: PageRef | None = None
    at: datetime | None = None
    """The newest of the judgements."""

    @property
    def differs(self) -> bool:
        """Whether two raters put it into different categories."""
        return len(set(self.ratings.values())) > 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One coefficient."""

    value: float | None
    """None where it means nothing: nothing was judged twice, or chance alone agrees always."""
    interval: tuple[float, float] | None
    """95 %; None with fewer than FEWEST_CASES cases, where it means nothing, and where no sample of the cases differs
    from another: agreement that is complete in the cases seen is not certain in others."""
    n: int
    """Units that it rests on."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is known of a set of units. Units with fewer than two judgements enter no figure."""

    raters: tuple[str, ...]
    """In the order of `cohen` and `confusion`, where there are two."""
    n: int
    """Units with two judgements or more."""
    alone: int
    """Units that one person alone has judged so far."""
    cases: int
    """Cases that the `n` units are from."""
    differing: int
    """Of the `n` units, those in which two judgements differ."""
    observed: Figure
    """Share of the pairs of judgements of the same unit that are alike, in [0, 1]; every unit weighs the same."""
    cohen: Figure
    """Cohen's kappa, in [-1, 1], of the first two raters; without a value unless there are exactly two."""
    fleiss: Figure
    """Fleiss' kappa over the units with the commonest number of judgements; `fleiss.n` says how many these are."""
    fleiss_ratings: int
    """The number of judgements of the units that Fleiss' kappa rests on; 0 when there are none."""
    alpha: Figure
    """Krippendorff's alpha for nominal data; uses every unit with two judgements or more."""
    adjusted: Figure
    """Kappa adjusted for prevalence and bias, in [-1, 1]: chance is 1 / number of categories."""
    prevalence: dict[str, float]
    """Category -> its share among the judgements of the `n` units; sums to 1, empty without any."""
    confusion: dict[tuple[str, str], int]
    """(category of the first rater, of the second) -> units. With more than two raters: pairs of judgements, each
    counted once, in the order of the categories."""


def agreement(units: Sequence[Unit], categories: Sequence[str], *, raters: Sequence[str] = (), seed: int) -> Agreement:
    """Every figure for `units`. `raters` narrows to these people, in this order; () takes all, by name.

    `categories` are all that could have been chosen; a rating outside them raises KeyError, and two are needed at
    least (ValueError). `seed` draws the samples for the intervals: the same units give the same figures.
    """
    if len(categories) < 2:
        raise ValueError("agreement needs two categories at least")
    people = tuple(raters) or tuple(sorted({rater for unit in units for rater in unit.ratings}))
    index = {category: n for n, category in enumerate(categories)}
    judged = [(unit.case, [index[unit.ratings[p]] for p in people if p in unit.ratings]) for unit in units]
    several = [(case, ratings) for case, ratings in judged if len(ratings) > 1]
    rows = {case: n for n, case in enumerate(dict.fromkeys(case for case, _ in several))}
    counts = [(rows[case], np.bincount(ratings, minlength=len(index))) for case, ratings in several]
    size = _commonest([len(ratings) for _, ratings in several])
    same = [(row, count) for row, count in counts if count.sum() == size]
    two, n, k = len(people) == 2, len(several), len(index)
    draw = _Samples(len(rows), seed)
    alike = draw.sums([(row, _alike(count)) for row, count in counts], 2)
    pairs = draw.sums([(rows[case], _pairs(ratings, k, ordered=two)) for case, ratings in several], k, k)
    chosen = draw.sums([(row, _chosen(count)) for row, count in same], k + 2)
    coincidences = draw.sums([(row, _coincidences(count)) for row, count in counts], k, k)
    return Agreement(
        raters=people,
        n=n,
        alone=sum(len(ratings) == 1 for _, ratings in judged),
        cases=len(rows),
        differing=sum(len(set(ratings)) > 1 for _, ratings in several),
        observed=draw.figure(observed, alike, n),
        cohen=draw.figure(cohen, pairs, n) if two else Figure(None, None, 0),
        fleiss=draw.figure(fleiss, chosen, len(same)),
        fleiss_ratings=size,
        alpha=draw.figure(alpha, coincidences, n),
        adjusted=draw.figure(lambda sums: adjusted(observed(sums), k), alike, n),
        prevalence=_prevalence([count for _, count in counts], categories),
        confusion={
            (first, second): int(pairs[:, i, j].sum())
            for i, first in enumerate(categories)
            for j, second in enumerate(categories)
            if two or i <= j
        },
    )


# The coefficients. Each takes sums over cases, of any shape in front, and gives NaN where it means nothing.


def observed(sums: Floats) -> Floats:
    """Share of pairs alike, from (..., 2): sum over units of the share of their pairs that are alike, units."""
    return _ratio(sums[..., 0], sums[..., 1])


def cohen(table: Floats) -> Floats:
    """Cohen's kappa from tables (..., first, second) of two raters: (observed - chance) / (1 - chance), chance from
    each rater's own shares. J. Cohen: A coefficient of agreement for nominal scales, 1960."""
    total = table.sum(axis=(-1, -2))
    agreed = _ratio(np.trace(table, axis1=-2, axis2=-1), total)
    by_chance = _ratio((table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1), total**2)
    return _beyond(agreed, by_chance)


def fleiss(sums: Floats) -> Floats:
    """Fleiss' kappa from (..., 2 + categories): as `observed`, then how often each category was chosen.

    Every unit must have the same number of judgements. J. L. Fleiss: Measuring nominal scale agreement among many
    raters, 1971.
    """
    chosen = sums[..., 2:]
    shares = _ratio(chosen, chosen.sum(axis=-1, keepdims=True))
    return _beyond(observed(sums), (shares**2).sum(axis=-1))


def alpha(coincidences: Floats) -> Floats:
    """Krippendorff's alpha for nominal data from coincidence matrices (..., categories, categories).

    1 - (n - 1) * (n - sum of o_cc) / (n ** 2 - sum of n_c ** 2). K. Krippendorff: Computing Krippendorff's
    alpha-reliability, 2011, C and D.
    """
    of_category = coincidences.sum(axis=-1)
    n = of_category.sum(axis=-1)
    unlike = n - np.trace(coincidences, axis1=-2, axis2=-1)
    return 1 - _ratio((n - 1) * unlike, n**2 - (of_category**2).sum(axis=-1))


def adjusted(agreed: Floats, categories: int) -> Floats:
    """(observed - 1 / k) / (1 - 1 / k) for k categories: PABAK (Byrt, Bishop and Carlin 1993) where k is 2, and the
    coefficient of Brennan and Prediger (1981) beyond."""
    return (categories * agreed - 1) / (categories - 1)


def _beyond(agreed: Floats, by_chance: Floats) -> Floats:
    # Shares that come to 1 by way of a division may fall short of it by a rounding.
    return _ratio(agreed - by_chance, np.where(by_chance > 1 - 1e-12, 0.0, 1 - by_chance))


def _ratio(above: Floats, below: Floats) -> Floats:
    """NaN where there is nothing to divide by."""
    known = below > 0
    ratio: Floats = np.where(known, above / np.where(known, below, 1.0), np.nan)
    return ratio


# What one unit adds to the sums of its case.


def _alike(count: NDArray[np.int64]) -> Floats:
    m = count.sum()
    return np.array([(count * (count - 1)).sum() / (m * (m - 1)), 1.0])


def _chosen(count: NDArray[np.int64]) -> Floats:
    return np.concatenate([_alike(count), count.astype(np.float64)])


def _coincidences(count: NDArray[np.int64]) -> Floats:
    values: Floats = (np.outer(count, count) - np.diag(count)) / (count.sum() - 1)
    return values


def _pairs(ratings: Sequence[int], categories: int, *, ordered: bool) -> Floats:
    """Every pair of judgements once; unless `ordered` by rater, the category that comes first stands first."""
    table = np.zeros((categories, categories))
    for pair in combinations(ratings, 2):
        table[pair if ordered else tuple(sorted(pair))] += 1
    return table


def _commonest(sizes: Sequence[int]) -> int:
    """The number that most units have, the larger of two that are as common; 0 without any."""
    return max(Counter(sizes).items(), key=lambda item: (item[1], item[0]), default=(0, 0))[0]


def _prevalence(counts: Sequence[NDArray[np.int64]], categories: Sequence[str]) -> dict[str, float]:
    if not counts:
        return {}
    chosen = np.sum(counts, axis=0)
    return dict(zip(categories, (chosen / chosen.sum()).tolist(), strict=True))


class _Samples:
    """Cases drawn with replacement, as how often each of them was drawn: the same draws for every figure."""

    def __init__(self, cases: int, seed: int) -> None:
        self._cases = cases
        self._drawn: Floats | None = None
        if cases >= FEWEST_CASES:
            drawn = np.random.default_rng(seed).multinomial(cases, np.full(cases, 1 / cases), size=REPEATS)
            self._drawn = drawn.astype(np.float64)

    def sums(self, parts: Sequence[tuple[int, Floats]], *shape: int) -> Floats:
        """(cases, *shape): the parts of each case added up."""
        sums = np.zeros((self._cases, *shape))
        for row, part in parts:
            sums[row] += part
        return sums

    def figure(self, statistic: Callable[[Floats], Floats], sums: Floats, n: int) -> Figure:
        """The statistic of all cases together, with its percentile interval (Efron and Tibshirani 1993, 13.3)."""
        value = float(statistic(sums.sum(axis=0)))
        if np.isnan(value):
            return Figure(None, None, n)
        if self._drawn is None:
            return Figure(value, None, n)
        sampled = statistic(np.tensordot(self._drawn, sums, axes=1))
        known = sampled[~np.isnan(sampled)]
        if len(known) < _DEFINED * REPEATS or known.max() - known.min() < 1e-12:
            return Figure(value, None, n)
        low, high = np.percentile(known, [2.5, 97.5]).tolist()
        return Figure(value, (low, high), n)
