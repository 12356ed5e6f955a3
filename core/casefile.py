"""The nouns of a case's course: who works on it, what was cited, held, noted and looked at, and how it was determined.

Frozen dataclasses over the standard library, as in `core.domain`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.domain import Citation, DecisionOutcome, PageRef

Role = Literal["reviewer", "physician", "lead", "admin"]
Urgency = Literal["standard", "expedited"]
Reading = Literal["first", "second", "final"]
"""first: the review; second: a blind second review; final: what an adjudicator settled where the two differed."""
StepKind = Literal[
    "urgency",
    "approve",
    "approve_in_part",
    "deny",
    "pend",
    "resume",
    "refer",
    "return",
    "peer_to_peer",
    "withdraw",
    "reopen",
]
"""urgency: how soon an answer is due, or since when, was set; resume: what a pended case waited for has come, or will
not; return: a physician gives a referred case back to the reviewer."""
Duty = Literal["review", "second", "physician"]
Hold = Literal["keep", "drop", "none"]

ROLES: tuple[Role, ...] = ("reviewer", "physician", "lead", "admin")
URGENCIES: tuple[Urgency, ...] = ("standard", "expedited")
READINGS: tuple[Reading, ...] = ("first", "second", "final")
DUTIES: tuple[Duty, ...] = ("review", "second", "physician")
HOLDS: tuple[Hold, ...] = ("keep", "drop", "none")
STEPS: tuple[StepKind, ...] = (
    "urgency",
    "approve",
    "approve_in_part",
    "deny",
    "pend",
    "resume",
    "refer",
    "return",
    "peer_to_peer",
    "withdraw",
    "reopen",
)
CLOSING: tuple[StepKind, ...] = ("approve", "approve_in_part", "deny", "withdraw")
"""Steps that sign a case off: nothing of its record changes until it is reopened."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the course of a case. Steps are never changed: what a case is follows from all of them."""

    kind: StepKind
    by: str
    role: Role
    """The person's role when the step was taken."""
    at: datetime
    reason: str = ""
    """In the person's words."""
    detail: Mapping[str, str] = field(default_factory=dict)
    """What belongs to the kind: urgency: urgency, received_at; pend: what, whom, due; refer: to; peer_to_peer: whom,
    held_at, outcome; approve_in_part: approved, not_approved. Times in ISO 8601 with a zone, days as YYYY-MM-DD."""
    record: str = ""
    """JSON: what was signed (decisions, versions, evidence opened), for a closing step; "" otherwise."""
    id: int = 0
    """Position in the history of all cases, 0 before it is stored."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whose a case is. The newest for each duty stands."""

    duty: Duty
    assignee: str
    """"": nobody's any more."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cited:
    """A place in a document that a person cites for a criterion, before and after it is decided."""

    criterion: str
    citation: Citation
    reviewer: str
    at: datetime
    reading: Reading = "first"
    id: int = 0


@dataclass(frozen=True, slots=True)
class Pin:
    """A page that a person keeps for a criterion, or leaves out, whatever the rule does."""

    criterion: str
    page: PageRef
    hold: Hold
    """none: what was held before follows the rule again."""
    reviewer: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A flag and a note on a criterion of a case; the newest for each criterion and reading stands."""

    criterion: str
    flagged: bool
    note: str
    reviewer: str
    at: datetime
    reading: Reading = "first"


@dataclass(frozen=True, slots=True)
class Viewed:
    """What one person saw of one page of a case, over all visits."""

    page: PageRef
    reviewer: str
    opened: int
    """How often the page was opened."""
    seconds: float
    """While it was on a screen that somebody was using: hidden and idle time does not count."""
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Template:
    """A rationale to start from."""

    outcome: DecisionOutcome
    text: str
    by: str
    at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """Where a person left a case."""

    criterion: str
    page: PageRef
