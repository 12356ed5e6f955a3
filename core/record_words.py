"""The words of a record: outcomes, steps, times, page numbers and the clock, as people say them. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from core.casefile import Role, Step, StepKind
from core.domain import Evidence
from core.logic import State
from core.record import CaseRecord, PageAt, RecordCriterion, RecordDecision
from core.turnaround import Turnaround

STATE: dict[State, str] = {
    "met": "Met",
    "not_met": "Not met",
    "insufficient": "Insufficient information",
    "not_applicable": "Not applicable",
    "undecided": "Undecided",
}
NOT_ASKED = "Not asked"
"""A criterion without a decision that the logic does not ask for."""
EVIDENCE: dict[Evidence, str] = {
    "found": "Found",
    "weak": "Weak matches only",
    "none_found": "Looked, none found",
    "could_not_read": "None found, some pages could not be read",
    "not_scored": "Not scored",
}
STEP: dict[StepKind, str] = {
    "urgency": "Clock set",
    "approve": "Approved",
    "approve_in_part": "Approved in part",
    "deny": "Denied",
    "pend": "Pended, information asked for",
    "resume": "Resumed",
    "refer": "Referred to a physician",
    "return": "Returned to the reviewer",
    "peer_to_peer": "Peer-to-peer talk",
    "withdraw": "Withdrawn",
    "reopen": "Reopened",
}
_ROLE: dict[Role, str] = {"reviewer": "reviewer", "physician": "physician", "lead": "lead", "admin": "administrator"}
_DETAIL = {
    "urgency": "Urgency",
    "received_at": "Received",
    "what": "Asked for",
    "whom": "With",
    "due": "Due",
    "to": "To",
    "held_at": "Held",
    "outcome": "Outcome",
    "approved": "Approved",
    "not_approved": "Not approved",
}


def moment(at: datetime) -> str:
    """ "20 Nov 2026, 14:02 UTC"."""
    return f"{at.astimezone(UTC):%d %b %Y, %H:%M} UTC"


def signature(step: Step) -> str:
    """ "A. Gray, physician"."""
    return f"{step.by}, {_ROLE[step.role]}"


def details(step: Step) -> list[tuple[str, str]]:
    """(heading, words) of what belongs to the kind of the step, and the reason; empty ones are left out."""
    said = [(_DETAIL.get(key, key), _time(value)) for key, value in step.detail.items() if value.strip()]
    return [*said, *([("Reason", step.reason)] if step.reason.strip() else [])]


def _time(value: str) -> str:
    """A time in ISO 8601 as `moment` writes it; anything else as it stands."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment(at) if at.tzinfo else value


def span(length: timedelta) -> str:
    """ "2 days 4 hours", in the two largest units; "less than a minute". Of a negative one its size."""
    minutes = int(abs(length.total_seconds()) // 60)
    sizes = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    parts = [f"{count} {unit}{'s' if count != 1 else ''}" for count, unit in sizes if count]
    return " ".join(parts[:2]) or "less than a minute"


def clock(record: CaseRecord) -> str:
    """Where the turnaround clock stands, or stood when the case was signed off, as sentences."""
    now = record.clock
    received = f"{now.urgency.capitalize()}, received {moment(now.received_at)}, due {moment(now.due_at)}."
    pauses = f" The clock stood for {span(now.stood)}." if now.stood >= timedelta(minutes=1) else ""
    return f"{received} {_standing(now)}{pauses}"


def _standing(now: Turnaround) -> str:
    if now.stopped:
        return f"Signed off {span(now.left)} {'late' if now.overdue else 'before it was due'}."
    if now.paused:
        state = f"{span(now.left)} over" if now.overdue else f"{span(now.left)} left"
        return f"Paused while information is awaited, with {state}."
    return f"Overdue by {span(now.left)}." if now.overdue else f"{span(now.left)} left."


def minutes(seconds: float) -> str:
    """Active time: "12.5 min", "under 0.1 min"."""
    return f"{seconds / 60:.1f} min" if seconds >= 6 else "under 0.1 min"


def numbers(places: Sequence[int]) -> str:
    """ "1–4, 7" for 1, 2, 3, 4, 7, which are in order."""
    runs: list[list[int]] = [[place] for place in places[:1]]
    for before, place in pairwise(places):
        if place == before + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def page_words(at: PageAt) -> str:
    """ "page 14 (printed “12 of 60”)"; of a replaced document its own number."""
    printed = f" (printed “{at.label}”)" if at.label else ""
    if at.place is None:
        return f"page {at.ref.number} of a document that was replaced{printed}"
    return f"page {at.place}{printed}"


def state_of(entry: RecordCriterion) -> tuple[State, str]:
    """The state of a criterion by its decision alone, and its words."""
    if entry.decision is None:
        return "undecided", STATE["undecided"] if entry.asked else NOT_ASKED
    state = outcome_state(entry.decision)
    return state, STATE[state]


def outcome_state(decision: RecordDecision) -> State:
    """A decision that was taken back does not stand, so the criterion is undecided."""
    return "undecided" if decision.outcome == "withdrawn" else decision.outcome


def tally(record: CaseRecord) -> str:
    """ "9 met, 2 not met, 1 undecided"."""
    words = [state_of(entry)[1].lower() for entry in record.criteria]
    return ", ".join(f"{words.count(said)} {said}" for said in _ORDER if said in words)


_ORDER = [said.lower() for said in (*STATE.values(), NOT_ASKED)]
