"""What two people or more have judged, as units of agreement: decisions of two readings, or labels of pages. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.agreement import Unit
from core.casefile import Reading
from core.domain import CriteriaSet, Decision, Label, PageRef
from core.second_review import to_go

DECIDED = ("met", "not_met", "insufficient", "not_applicable")
"""Categories of decisions."""
LABELLED = ("relevant", "not_relevant")
"""Categories of labels: "unsure" is no judgement."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The units, and what was left out of them."""

    units: tuple[Unit, ...]
    unsure: int = 0
    """Labels that say "unsure": no part of any figure."""
    redone: int = 0
    """Criteria whose first decision was made anew after the two had been settled: not independent any more."""
    under_way: int = 0
    """Cases whose second review is not complete, or whose first is not: nobody sees one beside the other yet."""


def compared(readings: Iterable[tuple[int, Decision]], criteria: CriteriaSet, *, cases: Collection[int]) -> set[int]:
    """Those of `cases` in which both reviews are complete."""
    found: dict[int, dict[Reading, dict[str, Decision]]] = defaultdict(lambda: defaultdict(dict))
    for case, decision in readings:
        if case in cases and decision.outcome in DECIDED:
            found[case][decision.reading][decision.criterion] = decision
    return {
        case
        for case, by in found.items()
        if not to_go(criteria, by["second"]) and not to_go(criteria, {**by["first"], **by["final"]})
    }


def decisions(readings: Sequence[tuple[int, Decision]], criteria: CriteriaSet, *, cases: Collection[int]) -> Judged:
    """Units of the first and the second reading of `cases`, as they were before anything was settled.

    Cases in which one of the two is not complete are left out. `cases` are those with a second decision.
    """
    ready = compared(readings, criteria, cases=cases)
    found: dict[tuple[int, str], dict[Reading, Decision]] = defaultdict(dict)
    for case, decision in readings:
        if case in ready and decision.outcome in DECIDED:
            found[case, decision.criterion][decision.reading] = decision
    units, redone = [], 0
    for (case, criterion), by in sorted(found.items()):
        if "final" in by and "first" in by and by["first"].id > by["final"].id:
            redone += 1
            continue
        two = [by[reading] for reading in ("first", "second") if reading in by]
        if two:
            units.append(Unit(case, criterion, {d.reading: d.outcome for d in two}, at=max(d.at for d in two)))
    return Judged(tuple(units), redone=redone, under_way=len(set(cases) - ready))


def labels(given: Iterable[tuple[int, Label]], *, cases: Collection[int]) -> Judged:
    """Units of the pages of `cases` that were judged for a criterion, by reviewer. Labels are the newest of each."""
    found: dict[tuple[int, str, PageRef], list[Label]] = defaultdict(list)
    unsure = 0
    for case, label in given:
        if case not in cases:
            continue
        if label.verdict == "unsure":
            unsure += 1
        else:
            found[case, label.criterion, label.page].append(label)
    units = [
        Unit(case, criterion, {x.reviewer: x.verdict for x in several}, page, max(x.at for x in several))
        for (case, criterion, page), several in sorted(found.items())
    ]
    return Judged(tuple(units), unsure=unsure)


def between(units: Iterable[Unit], first: date | None, last: date | None) -> tuple[Unit, ...]:
    """Units whose newest judgement is of these days, both included, in UTC; None: no end on that side."""
    return tuple(unit for unit in units if _within(unit.at, first, last))


def _within(at: datetime | None, first: date | None, last: date | None) -> bool:
    if at is None:
        return first is None and last is None
    return (first is None or at.date() >= first) and (last is None or at.date() <= last)


def by_criterion(units: Sequence[Unit]) -> dict[str, list[Unit]]:
    """Criterion -> its units, in the order in which they come."""
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.criterion, []).append(unit)
    return found
