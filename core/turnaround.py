"""When a case must be answered: the clock of a review, with its pauses. Pure; all times carry a zone.

The clock runs from the time the request was received. It stands while the case waits for information that somebody was
asked for, and while the case is signed off; the time it stands is added to the time allowed. So a pause never heals a
case that was late before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.casefile import CLOSING, URGENCIES, Step, Urgency

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """The time allowed, as it is set up; which law or contract it comes from is not known here."""

    standard: timedelta
    expedited: timedelta
    due_soon: timedelta
    """A case with this much left, or less, is due soon."""

    def allowed(self, urgency: Urgency) -> timedelta:
        return self.expedited if urgency == "expedited" else self.standard


@dataclass(frozen=True, slots=True)
class Turnaround:
    """The clock of a case at one moment."""

    urgency: Urgency
    received_at: datetime
    due_at: datetime
    """While the clock stands, as if it went on at that moment."""
    paused: bool
    """It stands because information was asked for."""
    stopped: bool
    """It stands because the case is signed off."""
    overdue: bool
    """Past due; of a case that is signed off: it was when that was done."""
    due_soon: bool
    """Little time is left, and the clock runs."""
    left: timedelta
    """Until it is due, negative when that is past; it does not change while the clock stands."""
    stood: timedelta
    """How long the clock has stood so far, over all pauses."""


def turnaround(steps: Sequence[Step], terms: Terms, *, created_at: datetime, now: datetime) -> Turnaround:
    """The clock at `now` after `steps`, oldest first.

    The newest "urgency" step says how urgent the case is and when it was received; before there is one it is standard
    and was received when it was created. Raises ValueError for a step whose time cannot be read.
    """
    urgency, received_at = arrival(steps, created_at)
    standing = _standing(steps)
    stood = sum((_overlap(begin, end or now, received_at) for begin, end, _ in standing), _NOTHING)
    due_at = received_at + terms.allowed(urgency) + stood
    left = due_at - now
    still = next((why for _, end, why in standing if end is None), "")
    return Turnaround(
        urgency=urgency,
        received_at=received_at,
        due_at=due_at,
        paused=still == "pended",
        stopped=still == "closed",
        overdue=left < _NOTHING,
        due_soon=not still and _NOTHING <= left <= terms.due_soon,
        left=left,
        stood=stood,
    )


def arrival(steps: Sequence[Step], created_at: datetime) -> tuple[Urgency, datetime]:
    """How urgent the case is, and when its request was received. Raises ValueError as `turnaround`."""
    urgency: Urgency = "standard"
    received_at = created_at
    for step in steps:
        if step.kind == "urgency":
            urgency = _urgency(step.detail, urgency)
            if received := step.detail.get("received_at"):
                received_at = moment(received)
    return urgency, received_at


def moment(text: str) -> datetime:
    """A time in ISO 8601 with a zone. Raises ValueError, also for one without a zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    return at


def _urgency(detail: Mapping[str, str], before: Urgency) -> Urgency:
    said = detail.get("urgency")
    return next((urgency for urgency in URGENCIES if urgency == said), before)


def _standing(steps: Sequence[Step]) -> list[tuple[datetime, datetime | None, str]]:
    """(begin, end, why) of the times when the clock stands; the last has no end while it still does."""
    found: list[tuple[datetime, datetime | None, str]] = []
    why, since = "", datetime.min
    for step in steps:
        then = _after(step, why)
        if then == why:
            continue
        if why:
            found.append((since, step.at, why))
        why, since = then, step.at
    if why:
        found.append((since, None, why))
    return found


def _after(step: Step, why: str) -> str:
    """Why the clock stands after the step, when it stood because of `why` before; "" while it runs."""
    if step.kind in CLOSING:
        return "closed"
    if why == "closed":
        return "" if step.kind == "reopen" else why
    return {"pend": "pended", "resume": ""}.get(step.kind, why)


def _overlap(begin: datetime, end: datetime, received_at: datetime) -> timedelta:
    """The part of the time between that lies after the request was received; never negative."""
    return max(_NOTHING, end - max(begin, received_at))
