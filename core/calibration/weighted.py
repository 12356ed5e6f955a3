"""Recall from labels that were drawn with known chances, and how far it can be trusted.

Every relevant label weighs 1 / chance (Hajek 1971), so that a missed page found by an audit with chance 0.05 stands for
20. What is kept and what is missed are two weighted sums of rare events, and a missed sum of no events is not nothing:
300 relevant pages shown and audits with chance 0.05 that found none still allow about 58 missed ones (0.95^58 = 0.05).
An interval for a proportion of 300 would not see that.

Bounds of a weighted sum of Poisson counts: the gamma interval of Fay and Feuer (1997, Statistics in Medicine 16:791),
whose upper bound is that of the sum with one event more. Its weight is the largest there for them, and the mean for
Tiwari, Clegg and Zou (2006, Statistical Methods in Medical Research 15:547). Here it is the mean over the labels that
could have been that event, were pages relevant in proportion to their chance of being drawn: half way between scores
that mean nothing and scores that are right. In simulations bounds by the largest weight held no more often, and were up
to 0.09 lower where few audits met very unequal chances.

Bounds of the ratio of the two sums: Donner and Zou (2012, Statistical Methods in Medical Research 21:347), formula for
independent numerator and denominator.

Cases: the events are divided by the design effect, which is the between-case variance of the linearised residuals over
the variance of independent events, and at least 1, and by (t quantile / normal quantile)^2, as Korn and Graubard (1998,
Survey Methodology 24:193) do. Bad cases that no label speaks of cannot be seen by this: without a single miss found,
cases count as alike. Where relevant pages scored like all others in one case of ten, the bound at 0.95 from 30 cases
held for those cases in 0.99 of simulated sets, and for cases to come in 0.92.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri, stdtrit

from core.calibration.labelled import LabelledCase

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WeightedRecall:
    """Share of the relevant pages that is kept, at each level of a rule from safe to aggressive."""

    estimate: Floats
    """(levels,) in [0, 1]; NaN everywhere when no relevant label counts."""
    low: Floats
    """(levels,) with the confidence asked for, recall is at least this. Never above the estimate."""
    high: Floats
    """(levels,) with the confidence asked for, recall is at most this. `low` and `high` at 0.975 make a two-sided 95 %
    interval."""
    positives: int
    """Relevant labels that count."""
    audits: int
    """Labels that count and were drawn with a chance below 1."""
    cases: tuple[int, ...]
    """Cases with a label that counts."""


@dataclass(frozen=True, eq=False)
class Pool:
    """The labels that count, and the pairs that they speak for: the same for every level and confidence."""

    weight: Floats
    """(labels,) 1 / chance."""
    times: Floats
    """(labels,) how many labels like this one there are: 1 as `pool` makes them."""
    reach: NDArray[np.int64]
    """(labels,) last level at which the pair is kept."""
    relevant: NDArray[np.bool_]
    owner: NDArray[np.int64]
    """(labels,) index of the case."""
    below: Floats
    """(levels,) pairs, labelled or not, that each level leaves out."""
    pairs: float
    """All pairs that the labels speak for."""
    cases: tuple[int, ...]
    """Ids of those with a label."""

    @property
    def audits(self) -> int:
        """Labels that were drawn with a chance below 1."""
        return int((self.weight > 1).sum())

    @property
    def unlabelled(self) -> float:
        """Pairs that the labels speak for and that have none."""
        return self.pairs - float(self.times.sum())

    def only(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "Pool":
        return replace(
            self,
            weight=self.weight[which],
            times=self.times[which],
            reach=self.reach[which],
            relevant=self.relevant[which],
            owner=self.owner[which],
        )


@dataclass(frozen=True, eq=False)
class _Sum:
    """A weighted sum of events at each level, kept or missed. All (levels,)."""

    total: Floats
    squares: Floats
    """Sum of the squared weights: its variance, were the events independent."""
    after: Floats
    """Expected weight of one more event."""
    after_squares: Floats
    """Expected square of that weight."""


def weighted_recall(
    cases: Sequence[LabelledCase], reaches: Sequence[NDArray[np.int64]], levels: int, *, confidence: float
) -> WeightedRecall:
    """Recall of relevant pages at `levels` levels, from the labels of `cases` that count.

    `reaches[i]` is (criteria, pages): the last level, from 0 (safe) to levels - 1 (aggressive), at which the pair of
    `cases[i]` is kept; -1 for one that no level keeps. `confidence` in (0, 1), above 0.5, is that of each bound by
    itself.

    With relevant labels of one case alone nothing is known of other cases: where a level leaves anything out, the
    bounds are 0 and 1. Raises ValueError for another confidence.
    """
    return recall_of(pool(cases, reaches, levels), confidence=confidence)


def recall_of(labels: Pool, *, confidence: float) -> WeightedRecall:
    """As `weighted_recall`, at the levels of the pool."""
    if not 0.5 < confidence < 1.0:
        raise ValueError("a bound has a confidence above 0.5 and below 1")
    found = labels.only(labels.relevant)
    if not len(found.weight):
        unknown = np.full(len(labels.below), np.nan)
        return WeightedRecall(unknown, unknown, unknown, 0, labels.audits, labels.cases)
    kept, missed = _sums(labels, found)
    low, high = _bounds(kept, missed, _effect(found, kept, missed), labels.below, _clusters(found), confidence)
    estimate = kept.total / (kept.total + missed.total)
    return WeightedRecall(
        estimate, np.minimum(low, estimate), np.maximum(high, estimate), len(found.weight), labels.audits, labels.cases
    )


def audits_needed(labels: Pool, level: int, *, recall: float, confidence: float) -> int | None:
    """About how many audits in all, those given included, lift the lower bound of recall at `level` to `recall`.

    Audits are labels with a chance below 1, as in `WeightedRecall.audits`. `confidence` as for `weighted_recall`. More
    of them are taken to come from the same cases in the same proportions, and to find missed pages as often as those
    given. None where they would not help: the estimate itself is below `recall`, no relevant label counts, or even
    labels with chance 1 everywhere would be too few, so that only more cases can help.
    """
    labels = _at(labels, level)
    found = labels.only(labels.relevant)
    if not len(found.weight) or found.weight[found.reach == 1].sum() < recall * found.weight.sum():
        return None
    kept, missed = _sums(labels, found)
    clusters = _clusters(found)
    extra = _between(found, missed) - _independent(kept, missed)
    alike = _alike(labels)
    relevant = alike.only(alike.relevant)

    def falls_short(more: float) -> bool:
        kept, missed = _sums(_with_audits(alike, more), _with_audits(relevant, more))
        independent = _independent(kept, missed)
        effect = 1.0 + np.divide(extra, independent, out=np.zeros(2), where=independent > 0)
        return bool(_bounds(kept, missed, np.maximum(effect, 1.0), alike.below, clusters, confidence)[0][1] < recall)

    least, most = 1.0, float(alike.weight.max())
    if falls_short(most):
        return None
    if not falls_short(least):
        most = least
    while most / least > 1.001:
        middle = (least * most) ** 0.5
        least, most = (middle, most) if falls_short(middle) else (least, middle)
    return ceil(float(_with_audits(alike, most).times[alike.weight > 1].sum()))


def _at(labels: Pool, level: int) -> Pool:
    """The same labels at two levels: one that leaves nothing out, and `level`."""
    below = np.array([0.0, labels.below[level]])
    return replace(labels, reach=(labels.reach >= level).astype(np.int64), below=below)


def _alike(labels: Pool) -> Pool:
    """One entry for labels of the same weight, level and verdict, whatever their case."""
    order = np.lexsort((labels.relevant, labels.reach, labels.weight))
    ordered = labels.only(order)
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = False
    for column in (ordered.weight, ordered.reach, ordered.relevant):
        first[1:] |= column[1:] != column[:-1]
    starts = np.flatnonzero(first)
    return replace(ordered.only(starts), times=np.add.reduceat(ordered.times, starts))


def _with_audits(labels: Pool, more: float) -> Pool:
    """What the labels would be, on average, had every chance been `more` times as large, and at most 1."""
    weight = np.maximum(labels.weight / more, 1.0)
    return replace(labels, weight=weight, times=labels.times * labels.weight / weight)


def pool(cases: Sequence[LabelledCase], reaches: Sequence[NDArray[np.int64]], levels: int) -> Pool:
    """The labels of `cases` that count; arguments as for `weighted_recall`."""
    weight, relevant = [np.empty(0)], [np.empty(0, dtype=np.bool_)]
    reach, owner = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    pairs = np.zeros(levels + 1)
    named = []
    for i, (case, last) in enumerate(zip(cases, reaches, strict=True)):
        at = np.flatnonzero(case.counts)
        if not len(at):
            continue
        named.append(case.case)
        reach.append(last.ravel()[at])
        weight.append(1.0 / case.inclusion.ravel()[at])
        relevant.append(case.truth.ravel()[at] == 1)
        owner.append(np.full(len(at), i))
        pairs += np.bincount(last[case.speaks].ravel() + 1, minlength=levels + 1)
    weights = np.concatenate(weight)
    return Pool(
        weights,
        np.ones_like(weights),
        np.concatenate(reach),
        np.concatenate(relevant),
        np.concatenate(owner),
        np.cumsum(pairs)[:-1],
        float(pairs.sum()),
        tuple(named),
    )


def _sums(labels: Pool, found: Pool) -> tuple[_Sum, _Sum]:
    """Kept and missed."""
    return _sum(found, labels, kept=True), _sum(found, labels, kept=False)


def _sum(found: Pool, labels: Pool, *, kept: bool) -> _Sum:
    weighted = found.times * found.weight
    count = _per_level(labels, labels.times, kept=kept)
    chance = _per_level(labels, labels.times / labels.weight, kept=kept)
    squares = _per_level(labels, labels.times * labels.weight, kept=kept)
    # Where no pair on this side was labelled, any of them may be relevant.
    pairs = np.maximum(labels.pairs - labels.below if kept else labels.below, 1.0)
    some = chance > 0
    return _Sum(
        _per_level(found, weighted, kept=kept),
        _per_level(found, weighted * found.weight, kept=kept),
        np.divide(count, chance, out=pairs.copy(), where=some),
        np.divide(squares, chance, out=pairs**2, where=some),
    )


def _per_level(labels: Pool, values: Floats, *, kept: bool) -> Floats:
    """(levels,) sum of the values of the labels that each level keeps, or leaves out."""
    binned = np.bincount(labels.reach + 1, values, minlength=len(labels.below) + 1).astype(np.float64)
    # Each side is added up by itself: as a difference, nothing would be a rounding error instead of 0.
    return np.cumsum(binned[::-1])[::-1][1:] if kept else np.cumsum(binned)[:-1]


def _clusters(found: Pool) -> int:
    """Cases with a relevant label that counts."""
    return len(np.unique(found.owner))


def _between(found: Pool, missed: _Sum) -> Floats:
    """(levels,) between-case variance of the sum of the linearised residuals (missed or not) - share missed."""
    levels, clusters = len(found.below), _clusters(found)
    owner = np.unique(found.owner, return_inverse=True)[1]
    cells = np.bincount(owner * (levels + 1) + found.reach + 1, found.weight, minlength=clusters * (levels + 1))
    by_case = np.cumsum(cells.reshape(clusters, levels + 1), axis=1)
    share = missed.total / found.weight.sum()
    residual = by_case[:, :-1] - share * by_case[:, -1:]
    variance: Floats = (residual**2).sum(axis=0) * clusters / max(clusters - 1, 1)
    return variance


def _independent(kept: _Sum, missed: _Sum) -> Floats:
    """(levels,) variance of the same sum, were all events independent."""
    share = missed.total / (missed.total + kept.total)
    return (1.0 - share) ** 2 * missed.squares + share**2 * kept.squares


def _effect(found: Pool, kept: _Sum, missed: _Sum) -> Floats:
    """(levels,) design effect, at least 1; 1 where nothing is missed or nothing is kept."""
    independent = _independent(kept, missed)
    effect = np.divide(_between(found, missed), independent, out=np.ones_like(independent), where=independent > 0)
    return np.maximum(effect, 1.0)


def _bounds(
    kept: _Sum, missed: _Sum, effect: Floats, below: Floats, clusters: int, confidence: float
) -> tuple[Floats, Floats]:
    """(levels,) lower and upper bound of recall."""
    if clusters < 2:
        return np.where(below > 0, 0.0, 1.0), np.ones_like(below)
    # The quantiles meet at 0.5, where both are 0; a t quantile is never the smaller one.
    spread = max(float(stdtrit(clusters - 1, confidence) / ndtri(confidence)), 1.0)
    factor = effect * spread**2
    # No more can be missed than is left out, which other cases may have more of; but a level that leaves out nothing
    # never does. And what a safer level may miss, this one may miss as well.
    left_out = np.where(below > 0, factor * gammaincinv(below / factor + 1.0, confidence), 0.0)
    possible = np.minimum(_upper(missed, factor, confidence), left_out)
    most_missed = np.maximum(np.maximum.accumulate(possible), missed.total)
    low = _share(kept.total, _lower(kept, factor, confidence), missed.total, most_missed)
    high = 1.0 - _share(missed.total, _lower(missed, factor, confidence), kept.total, _upper(kept, factor, confidence))
    return low, high


def _upper(events: _Sum, factor: Floats, confidence: float) -> Floats:
    """(levels,) upper bound of a weighted sum: the gamma quantile with the mean and variance of one event more.

    At least that mean: where chances differ a million times, most of the gamma distribution lies next to 0.
    """
    mean = events.total + factor * events.after
    variance = factor * events.squares + factor**2 * events.after_squares
    bound: Floats = np.maximum(gammaincinv(mean**2 / variance, confidence) * variance / mean, mean)
    return bound


def _lower(events: _Sum, factor: Floats, confidence: float) -> Floats:
    """(levels,) lower bound of a weighted sum; 0 for a sum of nothing."""
    some = events.total > 0
    mean, variance = np.where(some, events.total, 1.0), np.where(some, factor * events.squares, 1.0)
    bound: Floats = np.where(some, gammaincinv(mean**2 / variance, 1.0 - confidence) * variance / mean, 0.0)
    return bound


def _share(part: Floats, least: Floats, rest: Floats, most: Floats) -> Floats:
    """(levels,) lower bound of part / (part + rest), from the lower bound of `part` and the upper bound of `rest`."""
    # The published formula for rest / part, multiplied out so that nothing cancels and nothing is divided by nothing.
    product, room = part * rest, least * (2.0 * part - least)
    root = np.sqrt(np.maximum(product**2 - most * (2.0 * rest - most) * room, 0.0))
    whole = room + product + root
    nothing = np.where(most > 0, 0.0, 1.0)
    share: Floats = np.divide(room, whole, out=nothing, where=whole > 0)
    return share
