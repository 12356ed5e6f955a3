"""Whose a case is, and what each person may do: append-only histories; the newest for each duty or name stands."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.casefile import Assignment, Duty, Role
from core.errors import Conflict
from core.store import audit, cases
from core.store.case_tables import AssignmentRow, RoleRow
from core.store.tables import utc

_CLAIMED: dict[Duty, str] = {
    "review": "The review of this case",
    "second": "The second review of this case",
    "physician": "The physician's part of this case",
}


def assign(session: Session, case_id: int, new: Assignment, *, at: datetime) -> bool:
    """False when the duty is that person's, or nobody's, already."""
    cases.row(session, case_id)
    last = _last(session, case_id, new.duty)
    if (last.assignee if last else "") == new.assignee:
        return False
    _store(session, case_id, new, at=at)
    return True


def claim(session: Session, case_id: int, duty: Duty, *, reviewer: str, at: datetime) -> None:
    """Raises Conflict when it is somebody else's."""
    cases.row(session, case_id)
    last = _last(session, case_id, duty)
    if last is not None and last.assignee == reviewer:
        return
    if last is not None and last.assignee:
        raise Conflict(
            f"{_CLAIMED[duty]} is {last.assignee}'s (since {last.at:%Y-%m-%d %H:%M} UTC). Nothing was changed. "
            "Choose another case."
        )
    _store(session, case_id, Assignment(duty, reviewer, reviewer, at), at=at)


def _last(session: Session, case_id: int, duty: Duty) -> AssignmentRow | None:
    return session.scalar(
        select(AssignmentRow)
        .where(AssignmentRow.case_id == case_id, AssignmentRow.duty == duty)
        .order_by(AssignmentRow.id.desc())
        .limit(1)
    )


def _store(session: Session, case_id: int, new: Assignment, *, at: datetime) -> None:
    row = AssignmentRow(case_id=case_id, duty=new.duty, assignee=new.assignee, made_by=new.by, at=utc(new.at))
    session.add(row)
    session.flush()
    audit.append(
        session,
        "assigned",
        at=at,
        actor=new.by,
        case=case_id,
        id=row.id,
        duty=new.duty,
        assignee=new.assignee,
        record=audit.record_digest(session, "assignments", row.id),
    )


def assignments(session: Session) -> dict[int, dict[Duty, Assignment]]:
    """{case: the newest of each duty}; those that are nobody's any more are among them."""
    last = select(func.max(AssignmentRow.id)).group_by(AssignmentRow.case_id, AssignmentRow.duty)
    query = select(AssignmentRow).where(AssignmentRow.id.in_(last)).order_by(AssignmentRow.id)
    found: dict[int, dict[Duty, Assignment]] = defaultdict(dict)
    for row in session.scalars(query):
        found[row.case_id][row.duty] = Assignment(row.duty, row.assignee, row.made_by, row.at)
    return dict(found)


def set_role(session: Session, name: str, role: Role, *, by: str, at: datetime) -> None:
    """The same again stores nothing."""
    newest = select(RoleRow.role).where(RoleRow.name == name).order_by(RoleRow.id.desc()).limit(1)
    if session.scalar(newest) == role:
        return
    row = RoleRow(name=name, role=role, made_by=by, at=at)
    session.add(row)
    session.flush()
    record = audit.record_digest(session, "roles", row.id)
    audit.append(session, "role set", at=at, actor=by, id=row.id, name=name, role=role, record=record)


def roles(session: Session) -> dict[str, Role]:
    last = select(func.max(RoleRow.id)).group_by(RoleRow.name)
    query = select(RoleRow.name, RoleRow.role).where(RoleRow.id.in_(last)).order_by(RoleRow.name)
    return dict(session.execute(query).all())
