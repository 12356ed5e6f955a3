"""A second review of a case: by somebody else, blind to the first, and settled where the two differ. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.casefile import Assignment, Duty, Reading, Role
from core.domain import CriteriaSet, Decision
from core.logic import not_asked

SecondState = Literal["none", "open", "waits", "differs", "settled"]
"""none: nobody is asked for a second review, and none is complete; open: the second reviewer has criteria to go; waits:
the second review is complete and the first is not; differs: both are, and something is to be settled; settled: nothing
is, any more."""
BOTH_COMPLETE: tuple[SecondState, ...] = ("differs", "settled")
"""Either review may be seen beside the other."""
Decisions = Mapping[str, Decision]
"""Criterion -> the decision of one reading that stands."""

STATE_WORDS: dict[SecondState, str] = {
    "none": "No second review",
    "open": "Second review under way",
    "waits": "Second review complete, first not yet",
    "differs": "To be settled",
    "settled": "Second review settled",
}
SETTLING: tuple[Role, ...] = ("physician", "lead", "admin")
"""Who settles where two reviews differ."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What was decided in each reading of a case, and what of it stands."""

    first: Decisions = field(default_factory=dict)
    """Newest of the first reading, whatever was settled after it."""
    second: Decisions = field(default_factory=dict)
    final: Decisions = field(default_factory=dict)
    """What was settled where the two differed."""


def reading_of(assigned: Mapping[Duty, Assignment], reviewer: str) -> Reading:
    """The reading in which this person works on the case: "second" for whom it was assigned to so, or else "first"."""
    second = assigned.get("second")
    return "second" if second and reviewer and second.assignee == reviewer else "first"


def to_go(criteria: CriteriaSet, decisions: Decisions) -> tuple[str, ...]:
    """Criteria that a reading has still to decide; those below a condition that is not met need no decision."""
    outcomes = {criterion: decision.outcome for criterion, decision in decisions.items()}
    spared = not_asked(criteria.root, outcomes) if criteria.root is not None else frozenset()
    return tuple(c.id for c in criteria if c.id not in decisions and c.id not in spared)


def unsettled(first: Decisions, second: Decisions, final: Decisions) -> tuple[str, ...]:
    """Criteria that both readings decided, and differently, and that nobody has settled since, in the order of `first`.

    `first` may hold what stands in its place, a settled decision. One that was settled before either reading was
    decided anew settles nothing any more.
    """
    return tuple(
        criterion
        for criterion, decision in first.items()
        if criterion in second
        and second[criterion].outcome != decision.outcome
        and not _settles(final.get(criterion), decision, second[criterion])
    )


def _settles(final: Decision | None, first: Decision, second: Decision) -> bool:
    return final is not None and final.id >= first.id and final.id > second.id


def second_state(criteria: CriteriaSet, assigned: Mapping[Duty, Assignment], readings: Readings) -> SecondState:
    """Where the second review of a case stands. One that is complete counts, whoever has the duty by then."""
    second = assigned.get("second")
    if to_go(criteria, readings.second):
        return "open" if second and second.assignee else "none"
    if to_go(criteria, {**readings.first, **readings.final}):
        return "waits"
    return "differs" if unsettled(readings.first, readings.second, readings.final) else "settled"


def blind(reading: Reading, state: SecondState) -> bool:
    """Whether the person who works in `reading` must see nothing of the other: decisions, notes, citations, labels.

    The second reviewer sees the first review when both are complete. The first never needs the second: where they
    differ is for whoever settles it.
    """
    return reading == "second" and state in ("open", "waits")


def closed(reading: Reading, state: SecondState) -> bool:
    """Whether the reading takes no more decisions and citations.

    A second one that has seen the first is not blind any more. Where the two differ the first is closed as well until
    that is settled: to change a decision so that it fits the other would pass for agreement.
    """
    return (reading == "second" and state in BOTH_COMPLETE) or (reading == "first" and state == "differs")


def no_second(name: str, assigned: Mapping[Duty, Assignment], deciders: Collection[str]) -> str:
    """Why this person cannot be the second reviewer of the case, as a sentence; "" when they can.

    `deciders` have decided something in the first review, whatever became of it.
    """
    review = assigned.get("review")
    if review and review.assignee == name:
        return f"{name} has the first review of this case. A second review is somebody else's."
    if name in deciders:
        return f"{name} has decided in the first review of this case. A second review is somebody else's."
    return ""


def no_settling(role: Role) -> str:
    """Why a person of that role cannot settle where two reviews differ; "" when they can."""
    return "" if role in SETTLING else "A lead or a physician settles where two reviews differ. Ask one of them."


def took_part(name: str, readings: Readings, criterion: str) -> bool:
    """Whether one of the two decisions on the criterion is this person's own."""
    both = (readings.first.get(criterion), readings.second.get(criterion))
    return any(decision is not None and decision.reviewer == name for decision in both)
