"""Steps in the course of a case: an append-only history."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.casefile import Step, StepKind
from core.domain import digest
from core.errors import Conflict
from core.store import audit, cases
from core.store.case_tables import StepRow
from core.store.tables import AuditRow, utc

_DID: dict[StepKind, str] = {
    "urgency": "set how soon this case is due",
    "approve": "approved this case",
    "approve_in_part": "approved this case in part",
    "deny": "denied this case",
    "pend": "pended this case",
    "resume": "resumed this case",
    "refer": "referred this case to a physician",
    "return": "returned this case to the reviewer",
    "peer_to_peer": "recorded a peer-to-peer conversation",
    "withdraw": "withdrew this case",
    "reopen": "reopened this case",
}
_BARE = (StepRow.case_id, StepRow.kind, StepRow.made_by, StepRow.role, StepRow.at, StepRow.reason, StepRow.detail)


def add(session: Session, case_id: int, step: Step, *, seen: int, record_at: int | None, at: datetime) -> Step:
    """See `Course.add_step`."""
    cases.row(session, case_id)
    _check_seen(session, case_id, step, seen)
    if record_at is not None and record_at != stamp(session, case_id):
        raise Conflict(
            "Something in this case was changed while you were at it. Nothing was saved. "
            "Look at the case again, then try again."
        )
    row = StepRow(
        case_id=case_id,
        kind=step.kind,
        made_by=step.by,
        role=step.role,
        at=utc(step.at),
        reason=step.reason,
        detail=json.dumps(dict(step.detail), ensure_ascii=False, sort_keys=True),
        record=step.record,
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        "step",
        at=at,
        actor=step.by,
        case=case_id,
        id=row.id,
        kind=step.kind,
        role=step.role,
        reason=digest(step.reason),
        record=audit.record_digest(session, "steps", row.id),
    )
    return replace(step, id=row.id, at=row.at, detail=json.loads(row.detail))


def _check_seen(session: Session, case_id: int, step: Step, seen: int) -> None:
    last = session.execute(
        select(StepRow.id, StepRow.kind, StepRow.made_by, StepRow.at)
        .where(StepRow.case_id == case_id)
        .order_by(StepRow.id.desc())
        .limit(1)
    ).first()
    if (last.id if last else 0) == seen:
        return
    if last is None:
        raise Conflict("This screen shows a step that nobody took. Nothing was saved. Open the case again.")
    who = "You" if last.made_by == step.by else last.made_by
    raise Conflict(
        f"{who} {_DID[last.kind]} in between ({last.at:%Y-%m-%d %H:%M} UTC). That stands; nothing else was saved. "
        "Look at the case, then try again."
    )


def stamp(session: Session, case_id: int) -> int:
    """The number of the newest audit entry of the case, 0 for none."""
    return session.scalar(select(func.max(AuditRow.id)).where(AuditRow.case_id == case_id)) or 0


def of_case(session: Session, case_id: int) -> list[Step]:
    """Oldest first."""
    query = select(*_BARE, StepRow.id, StepRow.record).where(StepRow.case_id == case_id).order_by(StepRow.id)
    return [_step(*row) for row in session.execute(query)]


def all_cases(session: Session) -> dict[int, list[Step]]:
    """Oldest first, with `record` left empty."""
    found: dict[int, list[Step]] = defaultdict(list)
    for row in session.execute(select(*_BARE, StepRow.id).order_by(StepRow.id)):
        found[row.case_id].append(_step(*row))
    return dict(found)


def _step(_case: int, kind: StepKind, by: str, *rest: object) -> Step:
    role, at, reason, detail, number, *record = rest
    return Step(kind, by, role, at, reason, json.loads(str(detail)), *record, id=number)  # type: ignore[arg-type, misc]
