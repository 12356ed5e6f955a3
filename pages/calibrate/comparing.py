"""Two scorers on the same cases, criteria and pages: what each finds for the same amount of text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.calibration.curves import Family, Measured, measure
from core.calibration.labelled import LabelledCase
from core.calibration.threshold import at_levels
from core.certificates import Unit
from core.studio import Material

DRAWS = 2000
FEWEST_CASES = 10
"""With fewer cases no difference is claimed, whatever the interval says."""


@dataclass(frozen=True, eq=False)
class Side:
    """One scorer on the shared cases."""

    cases: tuple[LabelledCase, ...]
    thresholds: Measured
    best: Measured
    """The best K pages."""


@dataclass(frozen=True, eq=False)
class Comparison:
    first: Side
    second: Side
    left_out: int
    """Labelled cases of the first that the second has not scored alike: other pages, other criteria, other gaps."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A recall with its interval, or a share of the text without one."""

    value: float | None
    interval: tuple[float, float] | None
    cases: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Recall of the first less recall of the second, on the same cases."""

    mean: float
    low: float
    high: float
    """95 %, from drawing cases with replacement."""
    cases: int

    @property
    def sure(self) -> bool:
        return self.cases >= FEWEST_CASES and (self.low > 0 or self.high < 0)


def shared(first: Material, second: Material) -> Comparison | None:
    """Both on the cases that they have scored alike; None without any.

    A pair that one of them has not answered would count as kept for that one alone, so such a case is left out.
    """
    others = {case.case: case for case in second.certifying}
    both = [
        (one, other) for one in first.certifying if (other := others.get(one.case)) is not None and _alike(one, other)
    ]
    if not both:
        return None
    return Comparison(_side([a for a, _ in both]), _side([b for _, b in both]), len(first.certifying) - len(both))


def _alike(one: LabelledCase, other: LabelledCase) -> bool:
    return (
        one.criteria == other.criteria
        and one.scores.shape == other.scores.shape
        and bool((np.isnan(one.scores) == np.isnan(other.scores)).all())
    )


def _side(cases: Sequence[LabelledCase]) -> Side:
    return Side(tuple(cases), measure(cases, Family()), measure(cases, Family(ranked=True)))


def at_budget(measured: Measured, budget: float) -> int:
    """The lowest level, from the safe end on, that keeps at most `budget` of the text for a criterion."""
    within = measured.kept <= budget
    return int(np.argmax(within)) if within.any() else len(measured.levels) - 1


def recall_at(measured: Measured, level: int, unit: Unit) -> Seen:
    """`level` as in `Measured.levels`."""
    row = at_levels(measured, [level])[0]
    return Seen(row.recall[unit], row.interval[unit], _cases(measured, unit))


def text_for(measured: Measured, recall: float, unit: Unit) -> Seen:
    """Least share of the text for which the curve reaches `recall`; no interval is known for it."""
    reached = measured.recall[unit] >= recall - 1e-9
    least = float(measured.kept[reached].min()) if reached.any() else None
    return Seen(least, None, _cases(measured, unit))


def _cases(measured: Measured, unit: Unit) -> int:
    if unit == "page":
        return sum(bool((case.counts & (case.truth == 1)).any()) for case in measured.cases)
    return len(measured.exact_cases)


def difference(first: Measured, second: Measured, budget: float, unit: Unit) -> Difference | None:
    """At `budget`, over the completely labelled cases that both have; None without any."""
    one, other = (m.losses[unit][:, at_budget(m, budget)] for m in (first, second))
    if not len(one) or first.exact_cases != second.exact_cases:
        return None
    return paired(other - one)


def paired(gains: NDArray[np.float64], *, seed: int = 0) -> Difference:
    """Mean of (cases,) gains with a 95 % bootstrap interval over cases (Efron and Tibshirani 1993, chapter 13)."""
    n = len(gains)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), DRAWS) @ gains / n
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Difference(float(gains.mean()), float(low), float(high), n)
