"""The queue of cases: what one line says, which lines are wanted, and in which order. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.casefile import Assignment, Duty, Step
from core.casestate import CaseState, Status, case_state
from core.domain import CaseSummary
from core.turnaround import Terms, Turnaround, turnaround

Whose = Literal["all", "mine", "nobody"]
Due = Literal["any", "soon", "overdue"]
Order = Literal["due", "changed", "name"]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case, as it is at one moment."""

    case: CaseSummary
    state: CaseState
    clock: Turnaround
    assigned: Mapping[Duty, Assignment]
    """The newest assignment for each duty."""
    changed_at: datetime
    """The last decision, label, step or assignment, or the creation."""

    def holder(self, duty: Duty) -> str:
        """Whose the duty is, "" for nobody's."""
        return self.assigned[duty].assignee if duty in self.assigned else ""

    @property
    def holders(self) -> frozenset[str]:
        """Everybody who has a duty in the case."""
        return frozenset(a.assignee for a in self.assigned.values() if a.assignee)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are wanted; the default wants all."""

    words: str = ""
    """In the name of the case, of its criteria or of who has it, in any case of letters."""
    status: Status | None = None
    whose: Whose = "all"
    """mine: any duty is `me`'s; nobody: the case is open, and the review is nobody's."""
    due: Due = "any"
    """soon: due soon, or overdue; of cases whose clock runs."""
    flagged: bool = False
    me: str = ""


def queue_rows(
    cases: Iterable[CaseSummary],
    steps: Mapping[int, Sequence[Step]],
    assigned: Mapping[int, Mapping[Duty, Assignment]],
    *,
    terms: Terms,
    now: datetime,
) -> list[QueueRow]:
    """A line for each case, in their order."""
    return [_row(case, steps.get(case.id, ()), assigned.get(case.id, {}), terms, now) for case in cases]


def _row(
    case: CaseSummary, steps: Sequence[Step], assigned: Mapping[Duty, Assignment], terms: Terms, now: datetime
) -> QueueRow:
    times = [case.changed_at, *(step.at for step in steps[-1:]), *(a.at for a in assigned.values())]
    clock = turnaround(steps, terms, created_at=case.created_at, now=now)
    return QueueRow(case, case_state(steps), clock, assigned, max(times))


def chosen(rows: Iterable[QueueRow], wanted: Wanted) -> list[QueueRow]:
    """The lines that are wanted, in their order."""
    return [row for row in rows if _is_wanted(row, wanted)]


def _is_wanted(row: QueueRow, wanted: Wanted) -> bool:
    if wanted.status and row.state.status != wanted.status:
        return False
    if wanted.flagged and not row.case.flagged:
        return False
    return _is_theirs(row, wanted) and _is_due(row.clock, wanted.due) and _speaks_of(row, wanted.words)


def _is_theirs(row: QueueRow, wanted: Wanted) -> bool:
    if wanted.whose == "mine":
        return bool(wanted.me) and wanted.me in row.holders
    return wanted.whose == "all" or not (row.holder("review") or row.state.signed_off)


def _is_due(clock: Turnaround, due: Due) -> bool:
    if due == "any":
        return True
    runs = not (clock.paused or clock.stopped)
    return runs and (clock.overdue or (due == "soon" and clock.due_soon))


def _speaks_of(row: QueueRow, words: str) -> bool:
    said = " ".join((row.case.name, row.case.criteria_name, *sorted(row.holders))).casefold()
    return all(word in said for word in words.casefold().split())


def ordered(rows: Sequence[QueueRow], order: Order) -> list[QueueRow]:
    """due: what is due first comes first, then what waits for information, then what is signed off, newest first;
    changed: the newest change first; name: by name. The newer case is first of two that are alike."""
    newest = sorted(rows, key=lambda row: row.case.id, reverse=True)
    if order == "name":
        return sorted(newest, key=lambda row: row.case.name.casefold())
    if order == "changed":
        return sorted(newest, key=lambda row: row.changed_at, reverse=True)
    return sorted(newest, key=_urgency)


def _urgency(row: QueueRow) -> tuple[int, float]:
    clock = row.clock
    if clock.stopped:
        return 2, -row.changed_at.timestamp()
    return int(clock.paused), clock.left.total_seconds()
