"""The highest threshold that still reaches a recall target, with a promise where the labels allow one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.calibration.bounds import TOLERANCE, cases_needed, crc_bound, interval, lower_bound, p_values, passed
from core.calibration.curves import Family, Measured, Part, parts
from core.calibration.labelled import LabelledCase
from core.calibration.missing import missing, missing_cases, nothing_left_out, out_of_reach
from core.certificates import UNITS, Target, Unit
from core.selection import Rule

Floats = NDArray[np.float64]
Interval = tuple[float, float]

SHOWN = 0.95
"""Confidence of intervals beside an observed recall, two-sided."""
_EVERYTHING = 0.99
"""A rule that keeps more than this share of a case, for a criterion, leaves nothing out worth a promise."""
_USELESS = 0.9
"""A rule that keeps more than this share hardly helps."""


@dataclass(frozen=True, slots=True)
class Found:
    """The highest threshold, or the smallest K, of a family that reaches a target; or why there is none."""

    target: Target
    family: Family
    rule: Rule | None
    """None: no level reaches the target, or none is shown to. Then `advice` says what to do."""
    certified: bool
    """A promise holds. False for the method "observed", also where `rule` is set."""
    level: int | None
    """Of `rule`: thousandths, or K for a ranked family."""
    observed: float | None
    """Recall on the labels under `rule`. Methods crc and ltt: mean over the cases they rest on; otherwise as
    `Measured.recall`."""
    bound: float | None
    """Recall shown to hold. crc: 1 - the bound of the expected loss; ltt: the lower bound at this rule alone, with the
    target's confidence; audit: the lower bound. None without a promise."""
    interval: Interval | None
    """Of `observed`: two-sided 95 %, cases taken as the units."""
    kept: float | None
    """Share of a case's characters that `rule` keeps for a criterion, mean over criteria and cases."""
    kept_together: float | None
    """Share of a case's characters that it keeps for any criterion, mean over cases."""
    pages: float | None
    """Pages that it keeps for a criterion, mean over criteria and cases."""
    pages_together: float | None
    """Pages that it keeps for any criterion, mean over cases."""
    cases: tuple[int, ...]
    """Ids of the labelled cases that it rests on."""
    positives: int
    """Relevant pages among the labels that it rests on."""
    labels: int
    """Labels that it rests on."""
    unsure: int
    """Pairs of page and criterion among those labels that were judged "unsure": they are not counted as labels, and
    are neither relevant nor not."""
    missing_cases: int | None
    """Completely labelled cases that are missing for a promise, if they lose as much as those so far. None: certified,
    or no number would do, or not known."""
    missing_audits: int | None
    """About how many more audits would do instead, 0: the method "audit" has enough. None as above, and for units other
    than the page."""
    advice: str
    """What to do next or to know, in plain words, also where a promise holds; "" where nothing is amiss."""


def find(measured: Measured, target: Target) -> Found:
    """The most aggressive level that reaches `target` by its method; each safer level must reach it as well.

    observed: recall on the labels >= the target. crc: bound of the expected loss per case <= 1 - target. ltt: the
    levels from the safe end on are tested in turn until one fails. audit: lower bound of the weighted recall >= target.
    """
    found = _find(measured, target, _nothing(measured, target))
    return replace(found, advice=" ".join(filter(None, (found.advice, _unsure_in_words(found.unsure)))))


def _unsure_in_words(unsure: int) -> str:
    if not unsure:
        return ""
    if unsure == 1:
        return "1 page was judged unsure: it counts neither way."
    return f"{unsure} pages were judged unsure: they count neither way."


def _find(measured: Measured, target: Target, nothing: Found) -> Found:
    if refusal := _refusal(measured, target):
        return replace(nothing, advice=refusal, missing_cases=_cases_from_nothing(measured, target))
    least = _least(measured.kept)
    if least is None:
        return replace(nothing, advice=nothing_left_out(measured))
    if target.method in ("crc", "ltt"):
        return _by_cases(measured, target, nothing, least)
    if target.method == "audit":
        return _by_audit(measured, target, nothing, least)
    return _as_observed(measured, target, nothing, least)


def _nothing(measured: Measured, target: Target) -> Found:
    exact = _exact(target)
    audited = tuple(c.case for c in measured.cases if c.counts.any())
    return Found(
        target=target,
        family=measured.family,
        rule=None,
        certified=False,
        level=None,
        observed=None,
        bound=None,
        interval=None,
        kept=None,
        kept_together=None,
        pages=None,
        pages_together=None,
        cases=measured.exact_cases if exact else audited,
        positives=measured.exact_positives if exact else measured.positives,
        labels=measured.exact_labels if exact else measured.labels,
        unsure=measured.exact_unsure if exact else measured.unsure,
        missing_cases=None,
        missing_audits=None,
        advice="",
    )


def _exact(target: Target) -> bool:
    """Whether completely labelled criteria alone say anything about the target."""
    return target.method in ("crc", "ltt") or target.unit != "page"


def _refusal(measured: Measured, target: Target) -> str:
    """Why the labels say nothing about the target, whatever the level; "" when they do."""
    if measured.only_shown:
        return (
            "Only pages that were shown are labelled: recall would come out as 100 % whatever was missed. "
            "Draw an audit of pages below the threshold."
        )
    if target.method == "audit" and target.unit != "page":
        return (
            "An audit of single pages tells how many relevant pages are missed, and nothing about whole criteria or "
            "cases. Choose recall of pages, or label every page of some cases and choose another method."
        )
    if measured.labels == 0:
        return "No labels to go by yet. Draw an audit of pages below the threshold, or label every page of some cases."
    if measured.positives == 0:
        return "No relevant page is among the labels yet, so nothing can be said about recall. Label more pages."
    if target.method == "observed" and _exact(target) and not measured.exact_cases:
        return "Recall of criteria and of cases is seen only where every page is labelled. Label some cases completely."
    return ""


def _as_observed(measured: Measured, target: Target, nothing: Found, least: int) -> Found:
    recall = measured.recall[target.unit]
    at = _first(recall >= target.recall - TOLERANCE) - 1
    if at < least:
        return replace(nothing, advice=out_of_reach(measured, target, least, float(recall[least])))
    return replace(
        _at(measured, nothing, at),
        observed=float(recall[at]),
        interval=_intervals(measured, target.unit, SHOWN)[at],
        advice="Not a promise: this is what was seen on these labels. On new cases recall is usually lower.",
    )


def _by_cases(measured: Measured, target: Target, nothing: Found, least: int) -> Found:
    """By conformal risk control, or by Learn then Test, on the loss of each case."""
    losses, binary = measured.losses[target.unit], target.unit == "case"
    at = _shown(losses, target, binary=binary) - 1
    if at < least:
        seen = 1.0 - float(losses[:, least].mean()) if len(losses) else 1.0
        return _not_certified(measured, target, nothing, least, seen)
    if target.method == "crc":
        shown = 1.0 - float(crc_bound(losses)[at])
    else:
        shown = lower_bound(losses[:, at], target.confidence, binary=binary)
    return _certified(
        replace(
            _at(measured, nothing, at),
            observed=float(1.0 - losses[:, at].mean()),
            bound=shown,
            interval=_intervals_of(losses, SHOWN)[at],
        )
    )


def _shown(losses: Floats, target: Target, *, binary: bool) -> int:
    """How many levels, from the safe end on, (cases, levels) losses show to reach the target by crc or ltt."""
    alpha = 1.0 - target.recall
    if target.method == "crc":
        return _first(crc_bound(losses) <= alpha + TOLERANCE)
    return passed(p_values(losses, alpha, binary=binary), 1.0 - target.confidence)


def _by_audit(measured: Measured, target: Target, nothing: Found, least: int) -> Found:
    """By the lower bound of recall over all labels, each weighing 1 / its chance of being drawn."""
    weighted = measured.weighted(target.confidence)
    at = _first(weighted.low >= target.recall - TOLERANCE) - 1
    if at < least:
        return _not_certified(measured, target, nothing, least, float(weighted.estimate[least]))
    return _certified(
        replace(
            _at(measured, nothing, at),
            observed=float(weighted.estimate[at]),
            bound=float(weighted.low[at]),
            interval=_intervals(measured, "page", SHOWN)[at],
        )
    )


def _least(kept: Floats) -> int | None:
    """Index of the safest level that leaves something out, for the (levels,) share of text kept.

    None where no level does, or the share is not known. A promise to keep everything is none.
    """
    leaves_out = kept <= _EVERYTHING
    return int(np.argmax(leaves_out)) if leaves_out.any() else None


def _cases_from_nothing(measured: Measured, target: Target) -> int | None:
    """Completely labelled cases that a promise takes where no label says anything yet."""
    if target.method == "observed" or measured.positives or (target.method == "audit" and target.unit != "page"):
        return None
    return missing_cases(measured, target, 0)


def _first(holds: NDArray[np.bool_]) -> int:
    """How many of the levels, from the safe end on, hold without a break."""
    return len(holds) if holds.all() else int(np.argmin(holds))


def _at(measured: Measured, nothing: Found, at: int) -> Found:
    level = int(measured.levels[at])
    return replace(
        nothing,
        rule=measured.family.rule(level),
        level=level,
        kept=float(measured.kept[at]),
        kept_together=float(measured.kept_together[at]),
        pages=float(measured.pages[at]),
        pages_together=float(measured.pages_together[at]),
    )


def _certified(found: Found) -> Found:
    advice = ""
    if found.kept is not None and found.kept > _USELESS:
        advice = (
            f"The promise holds, but only by keeping {found.kept:.0%} of the text. "
            "With more labelled cases a higher threshold may do."
        )
    return replace(found, certified=True, missing_cases=None, missing_audits=None, advice=advice)


def _not_certified(measured: Measured, target: Target, nothing: Found, at: int, recall: float) -> Found:
    """`recall` is what was seen at the level `at`, the safest one that leaves anything out."""
    if recall <= target.recall:
        return replace(nothing, advice=out_of_reach(measured, target, at, recall))
    wanted = missing(measured, target, at)
    return replace(nothing, missing_cases=wanted.cases, missing_audits=wanted.audits, advice=wanted.in_words())


def _intervals(measured: Measured, unit: Unit, confidence: float) -> list[Interval]:
    """Of `Measured.recall[unit]` at each level, two-sided."""
    if unit != "page":
        return _intervals_of(measured.losses[unit], confidence)
    weighted = measured.weighted((1.0 + confidence) / 2)
    return list(zip(weighted.low.tolist(), weighted.high.tolist(), strict=True))


def _intervals_of(losses: Floats, confidence: float) -> list[Interval]:
    low, high = interval(losses, confidence)
    return list(zip(low.tolist(), high.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the threshold table."""

    level: int
    """Thousandths, or K for a ranked family."""
    rule: Rule
    kept: float
    kept_together: float
    pages: float
    pages_together: float
    """Costs as in `Found`."""
    recall: Mapping[Unit, float | None]
    """As observed; None where no label says anything."""
    interval: Mapping[Unit, Interval | None]
    """Two-sided, cases taken as the units; None where `recall` is."""


def at_levels(measured: Measured, levels: Sequence[int] | None = None, confidence: float = SHOWN) -> list[Row]:
    """Table of what some rules of the family keep and miss, in the order of `levels`.

    None: thresholds 0.20, 0.40, 0.60 and 0.80, or for a ranked family the best 20, 10, 5 and 3 pages.
    """
    if levels is None:
        levels = (20, 10, 5, 3) if measured.family.ranked else (200, 400, 600, 800)
    seen = {unit: not np.isnan(measured.recall[unit][0]) for unit in UNITS}
    intervals = {unit: _intervals(measured, unit, confidence) for unit in UNITS if seen[unit]}
    return [_row(measured, intervals, level) for level in levels]


def _row(measured: Measured, intervals: Mapping[Unit, list[Interval]], level: int) -> Row:
    # More pages than any case has are all pages.
    at = max(len(measured.levels) - level, 0) if measured.family.ranked else level
    return Row(
        level,
        measured.family.rule(level),
        float(measured.kept[at]),
        float(measured.kept_together[at]),
        float(measured.pages[at]),
        float(measured.pages_together[at]),
        {unit: float(measured.recall[unit][at]) if unit in intervals else None for unit in UNITS},
        {unit: intervals[unit][at] if unit in intervals else None for unit in UNITS},
    )


@dataclass(frozen=True, slots=True)
class ByCriterion:
    """One criterion, or one group of them, over all labelled cases. Recall is that of relevant pages."""

    name: str
    """Id of the criterion, or the group."""
    labelled_cases: int
    """Cases with a label that counts."""
    complete_cases: int
    """Cases in which every page was labelled for it, and one was relevant."""
    positives: int
    """Relevant pages among the labels that count."""
    recall: float | None
    """Under the given rule, as observed; None without relevant pages."""
    pages: float
    """Pages that the given rule keeps for a criterion, mean over criteria and cases."""
    auc: float | None
    """Chance that a relevant page stands above one that is not: 0.5 is guessing. None without both."""
    gap: float | None
    """Mean of what thresholds compare on relevant pages - the same on others; None without both."""
    highest: int | None
    """Highest threshold (thousandths), or smallest K, that reaches the target as observed; None: none that leaves
    anything out does."""
    certified: int | None
    """The same with a promise for this criterion alone; None: not certified."""
    missing_cases: int | None
    """Completely labelled cases that a promise would still take; None: certified, or no number would do."""
    suspicion: str
    """What looks wrong about its wording, in plain words; "" for nothing, or too few relevant pages to tell."""


def by_criterion(cases: Sequence[LabelledCase], family: Family, target: Target, *, rule: Rule) -> list[ByCriterion]:
    """Each criterion by itself, in the order in which they first occur in `cases`.

    The promise is by conformal risk control where the target asks for that, otherwise by Learn then Test with the
    target's confidence; in both, cases are the units and relevant pages are counted. It holds for each criterion taken
    by itself, not for all at once.
    """
    return _by(cases, [case.criteria for case in cases], family, target, rule)


def by_group(cases: Sequence[LabelledCase], family: Family, target: Target, *, rule: Rule) -> list[ByCriterion]:
    """As `by_criterion`, for the groups of criteria; "" is the group of those without one."""
    return _by(cases, [case.groups for case in cases], family, target, rule)


def _by(
    cases: Sequence[LabelledCase], names: Sequence[tuple[str, ...]], family: Family, target: Target, rule: Rule
) -> list[ByCriterion]:
    levels = family.levels(cases)
    target = replace(target, unit="page", method="crc" if target.method == "crc" else "ltt")
    return [_one(part, levels, target) for part in parts(cases, names, family, rule)]


def _one(part: Part, levels: NDArray[np.int64], target: Target) -> ByCriterion:
    least = _least(part.kept)
    reached = _first(part.recall >= target.recall - TOLERANCE) if part.positives else 0
    shown = _shown(part.losses, target, binary=False)
    wanted = None
    if least is not None and shown <= least:
        needed = cases_needed(target, float(part.losses[:, least].sum()), part.exact_cases, going_on=True)
        wanted = None if needed is None else max(needed - part.exact_cases, 1)
    return ByCriterion(
        name=part.name,
        labelled_cases=part.labelled_cases,
        complete_cases=part.exact_cases,
        positives=part.positives,
        recall=part.at_rule,
        pages=part.pages,
        auc=part.auc,
        gap=part.gap,
        highest=None if least is None or reached <= least else int(levels[reached - 1]),
        certified=None if least is None or shown <= least else int(levels[shown - 1]),
        missing_cases=wanted,
        suspicion=part.suspicion,
    )
