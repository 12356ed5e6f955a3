"""What is missing for a promise: completely labelled cases, audits, or any rule at all. Numbers and plain words."""

import math
from dataclasses import dataclass, replace

import numpy as np

from core.calibration.bounds import TOLERANCE, cases_needed
from core.calibration.curves import Measured
from core.calibration.weighted import audits_needed
from core.certificates import Target, Unit

_WHAT: dict[Unit, str] = {
    "page": "of the relevant pages",
    "criterion": "of the criteria with evidence",
    "case": "of the cases",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """Labels without which there is no promise."""

    cases: int | None
    """Further completely labelled cases, if they lose as much as those so far; None: no number would do."""
    audits: int | None
    """About how many further audits would do instead; 0: those there are do, by the method "audit". None: no number
    would do, or the unit is not the page."""

    def in_words(self) -> str:
        """ "Not certified: 3 more completely labelled cases needed." """
        wanted = []
        if self.cases is not None:
            wanted.append(f"{_number(self.cases, 'more completely labelled case')} needed")
        if self.audits == 0:
            wanted.append("choose the method that weighs audits: those there are suffice for it")
        elif self.audits is not None:
            wanted.append(f"about {_number(self.audits, 'more audit')}" + ("" if wanted else " needed"))
        return "Not certified: " + (", or ".join(wanted) or "more labelled cases needed") + "."


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def missing(measured: Measured, target: Target, at: int) -> Missing:
    """What a promise takes at the level of index `at`, the safest one that leaves anything out."""
    return Missing(missing_cases(measured, target, at), _audits(measured, target, at))


def missing_cases(measured: Measured, target: Target, at: int) -> int | None:
    """At least one: a level that leaves something out was not shown, whatever the number says."""
    losses = measured.losses[target.unit][:, at]
    by_cases = target if target.method == "crc" else replace(target, method="ltt")
    binary = target.unit == "case"
    needed = cases_needed(by_cases, float(losses.sum()), len(losses), going_on=True, binary=binary)
    return None if needed is None else max(needed - len(losses), 1)


def _audits(measured: Measured, target: Target, at: int) -> int | None:
    """No more than there are pages left to judge: beyond them only more completely labelled cases help."""
    if target.unit != "page":
        return None
    if measured.weighted(target.confidence).low[at] >= target.recall - TOLERANCE:
        return 0
    needed = audits_needed(measured.pool, at, recall=target.recall, confidence=target.confidence)
    if needed is None:
        return None
    more = max(needed - measured.pool.audits, 1)
    # Weights may stand for more pages than there are.
    return more if more <= measured.pool.unlabelled else None


def out_of_reach(measured: Measured, target: Target, at: int, recall: float) -> str:
    """What to do where even the level of index `at` keeps too little; `recall` is what was seen there."""
    seen = f"{math.floor(recall * 1000) / 10:g} % {_WHAT[target.unit]}, and {target.recall * 100:g} % are asked for"
    if at == 0 and measured.family.cap is not None:
        best = measured.family.cap
        return f"Even without a threshold the best {best} pages hold only {seen}: raise the number of pages."
    least = measured.family.rule(int(measured.levels[at])).in_words()
    return (
        f"Keeping {least} holds {seen}: no rule that leaves pages out will do. "
        "Keep every page, and look at the criteria whose relevant pages score lowest."
    )


def nothing_left_out(measured: Measured) -> str:
    """Why no level of the family can be promised anything of."""
    if not any(case.chars.any() and case.milli.size for case in measured.cases):
        return "The labelled cases hold no text, so nothing can be said of what a rule leaves out."
    strictest = measured.family.rule(int(measured.levels[-1])).in_words()
    said = f"Nothing would be left out: even keeping {strictest} keeps more than 99 % of the text."
    gaps = any(np.isnan(case.compared).any() for case in measured.cases)
    return f"{said} Pages without a score are always kept: finish scoring first." if gaps else said
