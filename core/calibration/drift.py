"""After a threshold was published: does it still keep its promise on cases labelled since, and do cases look alike?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.calibration.labelled import LabelledCase
from core.certificates import Target, Unit
from core.selection import Rule, kept, threshold_milli

State = Literal["ok", "too_few", "falling", "alarm"]

FEWEST_CASES = 5
"""With evidence; with fewer, only an alarm is raised and nothing else said."""
FEWEST_TO_COMPARE = 8
"""Cases on each side for a comparison of scores."""
SHIFTED_BELOW = 0.01
"""A p-value below this counts as shifted."""
_NOISE = 1e-9
"""Binary noise in shares."""

_UNITS: dict[Unit, str] = {
    "page": "relevant pages",
    "criterion": "criteria with evidence",
    "case": "cases with evidence",
}


@dataclass(frozen=True, slots=True)
class Drift:
    """What the cases labelled since say."""

    state: State
    """alarm: the upper bound of recall lies below the target; falling: the estimate does; too_few: fewer than
    FEWEST_CASES cases with evidence, and no alarm; ok: the estimate reaches the target."""
    shifted: bool
    """The scores of the newer cases are distributed otherwise, p < 0.01."""
    sentences: tuple[str, ...]
    """For the reviewer: on recall, then on the scores."""
    recall: float | None
    """At the rule on the newer cases, in [0, 1], in the target's unit; None without evidence that counts."""
    low: float | None
    high: float | None
    """Bounds of it, each by itself with the target's confidence (0.95 for a target without one)."""
    target: float
    cases: int
    """Newer cases that the recall rests on."""
    positives: int
    """Relevant pages among their labels that count."""
    p_value: float | None
    """Two-sample Kolmogorov-Smirnov over one number a case; None with too few cases."""
    distance: float | None
    """Largest distance of the two cumulative distributions, in [0, 1]."""
    compared: tuple[int, int]
    """Cases with a score before and since."""


@dataclass(frozen=True, slots=True)
class _Recall:
    estimate: float
    low: float
    high: float
    cases: int


def watch(before: Sequence[LabelledCase], after: Sequence[LabelledCase], *, rule: Rule, target: Target) -> Drift:
    """`before`: the cases that the certificate rests on; `after`: those labelled since, none of them in `before`.

    Both compare what the rule compares: `LabelledCase.under` the recalibration in force.
    """
    if rule.on == "score":
        before, after = ([case.under(None) for case in cases] for cases in (before, after))
    recall = _recall(after, rule, target)
    sides = tuple(_best_of_cases(cases) for cases in (before, after))
    distance, p_value = _compare(*sides)
    shifted = p_value is not None and p_value < SHIFTED_BELOW
    sizes = len(sides[0]), len(sides[1])
    state = _state(recall, target)
    return Drift(
        state,
        shifted,
        (_on_recall(state, recall, target), _on_scores(sizes, p_value, sides)),
        recall.estimate if recall else None,
        recall.low if recall else None,
        recall.high if recall else None,
        target.recall,
        recall.cases if recall else 0,
        sum(int((c.counts & (c.truth == 1)).sum()) for c in after),
        p_value,
        distance,
        sizes,
    )


def _recall(cases: Sequence[LabelledCase], rule: Rule, target: Target) -> _Recall | None:
    """By whole cases where the target rests on them, and over relevant pages, weighted, where it does not.

    A target on pages falls back on weighted labels where too few cases have completely labelled criteria.
    """
    confidence = target.confidence if target.method in ("ltt", "audit") else 0.95
    whole = _of_whole_cases(cases, rule, target.unit, confidence)
    enough = whole is not None and whole.cases >= FEWEST_CASES
    if target.unit != "page" or (enough and target.method in ("crc", "ltt")):
        return whole
    return _of_weighted_labels(cases, rule, confidence)


def _of_whole_cases(cases: Sequence[LabelledCase], rule: Rule, unit: Unit, confidence: float) -> _Recall | None:
    from core.calibration.bounds import interval
    from core.calibration.curves import Family, measure

    family = Family(rule.top_k) if rule.threshold is not None else Family(ranked=True)
    measured = measure(cases, family)
    if not measured.exact_cases:
        return None
    losses = measured.losses[unit]
    # K beyond the largest case keeps what the first level keeps.
    level = max(len(measured.levels) - (rule.top_k or 0), 0) if family.ranked else threshold_milli(rule.threshold or 0)
    lost = losses[:, level : level + 1]
    low, high = interval(lost, max(2 * confidence - 1, 0.0))
    return _Recall(1 - float(lost.mean()), float(low[0]), float(high[0]), len(lost))


def _of_weighted_labels(cases: Sequence[LabelledCase], rule: Rule, confidence: float) -> _Recall | None:
    from core.calibration.weighted import weighted_recall

    reaches = [np.where(kept(case.milli, rule), 0, -1) for case in cases]
    found = weighted_recall(cases, reaches, 1, confidence=confidence)
    with_evidence = sum(bool((c.counts & (c.truth == 1)).any()) for c in cases)
    if not with_evidence:
        return None
    return _Recall(float(found.estimate[0]), float(found.low[0]), float(found.high[0]), with_evidence)


def _state(recall: _Recall | None, target: Target) -> State:
    if recall is None:
        return "too_few"
    wanted = target.recall - _NOISE
    if recall.high < wanted:
        return "alarm"
    if recall.cases < FEWEST_CASES:
        return "too_few"
    return "falling" if recall.estimate < wanted else "ok"


def _on_recall(state: State, recall: _Recall | None, target: Target) -> str:
    if recall is None:
        return (
            f"No case labelled since says anything about what was missed: {_more(0)} with evidence needed."
            if target.unit == "page"
            else f"No case labelled since has a criterion with every page judged: {_more(0)} of that kind needed."
        )
    found = (
        f"{_percent(recall.estimate)} of {_UNITS[target.unit]} kept in {_cases(recall.cases)} labelled since "
        f"(between {_percent(recall.low)} and {_percent(recall.high)}); the target is {_percent(target.recall)}."
    )
    what = {
        "ok": "The rule does what it promised.",
        "too_few": f"Too few to say: {_more(recall.cases)} with evidence needed.",
        "falling": "Below the target, but this may be chance. Label more cases.",
        "alarm": "Chance hardly explains this. Keep more pages, and certify again.",
    }[state]
    return f"{found} {what}"


def _on_scores(sizes: tuple[int, int], p_value: float | None, sides: tuple[NDArray[np.float64], ...]) -> str:
    if p_value is None:
        return (
            f"Too few cases to say whether scores have changed: {sizes[0]} before and {sizes[1]} since, and "
            f"{FEWEST_TO_COMPARE} on each side are needed."
        )
    before, since = (f"{float(np.median(side)):.2f}" for side in sides)
    if p_value < SHIFTED_BELOW:
        return (
            f"The best pages of newer cases score differently: {since} since, {before} before (middle case). The cases "
            "may be of another kind, so check the threshold on them."
        )
    return f"The best pages of newer cases score as before: {since} since, {before} before (middle case)."


def _compare(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """(distance, p-value) of the two-sample Kolmogorov-Smirnov test; None with too few cases."""
    if min(len(before), len(after)) < FEWEST_TO_COMPARE:
        return None, None
    from scipy.stats import ks_2samp

    found = ks_2samp(before, after)
    return float(found.statistic), float(found.pvalue)


def _best_of_cases(cases: Sequence[LabelledCase]) -> NDArray[np.float64]:
    """One number for each case with a score: the mean over its scored criteria of what the best page reaches."""
    best = []
    for case in cases:
        scored = ~np.isnan(case.compared)
        rows = scored.any(axis=1)
        if rows.any():
            best.append(float(np.where(scored, case.compared, 0.0).max(axis=1)[rows].mean()))
    return np.array(best)


def _percent(share: float) -> str:
    """Rounded down, so that what lies below the target never reads like it."""
    return f"{math.floor(share * 1000 + _NOISE) / 10:g} %"


def _cases(n: int) -> str:
    return "1 case" if n == 1 else f"{n} cases"


def _more(n: int) -> str:
    missing = FEWEST_CASES - n
    return "1 more labelled case" if missing == 1 else f"{missing} more labelled cases"
