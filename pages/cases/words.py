"""How the queue says where a case stands and when it is due: always a word and a sign, never colour alone."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from core.casestate import STATUS_WORDS, Status
from core.domain import Job
from core.figures import duration_in_words
from core.turnaround import Turnaround

Colour = Literal["blue", "gray", "green", "orange", "red", "violet"]
"""A colour that Streamlit has a name for, told from the others by people who see red and green alike."""


class Said(NamedTuple):
    words: str
    icon: str
    colour: Colour


_STATUS: dict[Status, tuple[str, Colour]] = {
    "in_review": (":material/edit_note:", "blue"),
    "pended": (":material/pause_circle:", "gray"),
    "referred": (":material/stethoscope:", "violet"),
    "approved": (":material/check_circle:", "green"),
    "approved_in_part": (":material/rule:", "green"),
    "denied": (":material/block:", "red"),
    "withdrawn": (":material/undo:", "gray"),
}
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def status_said(status: Status) -> Said:
    """Where the case stands."""
    return Said(STATUS_WORDS[status], *_STATUS[status])


def due_said(clock: Turnaround) -> Said:
    """When the case is due, from the clock that may stand: "in 2 days", "overdue by 5 hours", "paused, 3 days left"."""
    amount = span(abs(clock.left))
    if clock.stopped:
        late = f"closed {amount} late" if clock.overdue else "closed in time"
        return Said(late, ":material/done_all:", "gray")
    if clock.paused:
        words = f"paused, overdue by {amount}" if clock.overdue else f"paused, {amount} left"
        return Said(words, ":material/pause_circle:", "gray")
    if clock.overdue:
        return Said(f"overdue by {amount}", ":material/error:", "red")
    if clock.due_soon:
        return Said(f"soon: in {amount}", ":material/alarm:", "orange")
    return Said(f"in {amount}", ":material/schedule:", "gray")


def span(time: timedelta) -> str:
    """A time in its largest unit, rounded down, so that nobody is promised more than there is: "2 days", "5 hours"."""
    seconds = time.total_seconds()
    for size, unit in _UNITS:
        if seconds >= size:
            n = int(seconds // size)
            return f"{n} {unit}{'s' if n > 1 else ''}"
    return "less than a minute"


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    return f"{span(now - at)} ago" if now - at >= timedelta(minutes=1) else "just now"


def doing(job: Job, stages: dict[str, str]) -> str:
    """What a job does now, shortly: the column is narrow."""
    if job.state == "waiting":
        return "Waiting"
    left = f", about {duration_in_words(job.seconds_left)} left" if job.seconds_left else ""
    return f"{stages.get(job.stage, job.stage) or 'Starting'}{left}"
