"""Where a case stands after all its steps: what was determined, by whom and why, and whose turn it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.casefile import Step, StepKind

Status = Literal["in_review", "pended", "referred", "approved", "approved_in_part", "denied", "withdrawn"]
Turn = Literal["reviewer", "physician", "requester", "nobody"]

STATUSES: tuple[Status, ...] = (
    "in_review",
    "pended",
    "referred",
    "approved",
    "approved_in_part",
    "denied",
    "withdrawn",
)
STATUS_WORDS: dict[Status, str] = {
    "in_review": "In review",
    "pended": "Pended",
    "referred": "With the physician",
    "approved": "Approved",
    "approved_in_part": "Approved in part",
    "denied": "Denied",
    "withdrawn": "Withdrawn",
}
_CLOSED: dict[StepKind, Status] = {
    "approve": "approved",
    "approve_in_part": "approved_in_part",
    "deny": "denied",
    "withdraw": "withdrawn",
}


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands."""

    status: Status = "in_review"
    step: Step | None = None
    """The step that made it so; None while nothing has happened."""
    asked: tuple[Step, ...] = ()
    """Every request for information so far, oldest first."""
    reopened: int = 0
    """How often it was opened again after it had been signed off."""
    newest: int = 0
    """Id of the newest step, 0 for none: what a person has seen who sees this."""

    @property
    def signed_off(self) -> bool:
        return self.status in _CLOSED.values()

    @property
    def turn(self) -> Turn:
        """Whose turn it is; the requester's while information is awaited."""
        if self.signed_off:
            return "nobody"
        if self.status == "pended":
            return "requester"
        return "physician" if self.status == "referred" else "reviewer"

    @property
    def by(self) -> str:
        """Who made it so, "" while nothing has happened."""
        return self.step.by if self.step else ""

    @property
    def at(self) -> datetime | None:
        """When that was."""
        return self.step.at if self.step else None

    @property
    def reason(self) -> str:
        """In the words of who made it so."""
        return self.step.reason if self.step else ""


def case_state(steps: Sequence[Step]) -> CaseState:
    """What follows from all steps of a case, oldest first. A step that does not fit where it stands changes nothing.

    What a pended case waited for takes it back to where it was; a case that is reopened is in review.
    """
    status: Status = "in_review"
    before: Status = "in_review"
    made: Step | None = None
    reopened = 0
    for step in steps:
        then = _next(step.kind, status, before)
        if then == status:
            continue
        if step.kind == "pend":
            before = status
        reopened += step.kind == "reopen"
        status, made = then, step
    asked = tuple(step for step in steps if step.kind == "pend")
    return CaseState(status, made, asked, reopened, steps[-1].id if steps else 0)


def _next(kind: StepKind, status: Status, before: Status) -> Status:
    """`before`: where the case was before it was pended."""
    if status in _CLOSED.values():
        return "in_review" if kind == "reopen" else status
    if kind in _CLOSED:
        return _CLOSED[kind]
    if status == "pended":
        return before if kind == "resume" else status
    moves: dict[StepKind, Status] = {"pend": "pended", "refer": "referred", "return": "in_review"}
    return moves.get(kind, status)
