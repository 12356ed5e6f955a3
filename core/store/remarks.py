"""Flags and notes on criteria: an append-only history for each reading; the newest stands."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.casefile import Reading, Remark
from core.domain import digest
from core.store import audit, criteria, locked
from core.store.case_tables import RemarkRow
from core.store.tables import utc


def add(session: Session, case_id: int, new: Remark, *, at: datetime) -> bool:
    """See `Findings.remark`."""
    criteria.check_asked(session, case_id, new.criterion)
    locked.check_open(session, case_id)
    last = session.execute(
        select(RemarkRow.flagged, RemarkRow.note)
        .where(RemarkRow.case_id == case_id, RemarkRow.criterion == new.criterion, RemarkRow.reading == new.reading)
        .order_by(RemarkRow.id.desc())
        .limit(1)
    ).first()
    if tuple(last or (False, "")) == (new.flagged, new.note):
        return False
    row = RemarkRow(
        case_id=case_id,
        criterion=new.criterion,
        flagged=new.flagged,
        note=new.note,
        reviewer=new.reviewer,
        at=utc(new.at),
        reading=new.reading,
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        "remark",
        at=at,
        actor=new.reviewer,
        case=case_id,
        id=row.id,
        criterion=new.criterion,
        flagged=int(new.flagged),
        note=digest(new.note),
        reading=new.reading,
        record=audit.record_digest(session, "remarks", row.id),
    )
    return True


def newest(session: Session, case_id: int, reading: Reading) -> dict[str, Remark]:
    """{criterion: the newest}, also where it takes a flag and a note away."""
    last = (
        select(func.max(RemarkRow.id))
        .where(RemarkRow.case_id == case_id, RemarkRow.reading == reading)
        .group_by(RemarkRow.criterion)
    )
    query = select(RemarkRow).where(RemarkRow.id.in_(last)).order_by(RemarkRow.id)
    return {
        row.criterion: Remark(row.criterion, row.flagged, row.note, row.reviewer, row.at, row.reading)
        for row in session.scalars(query)
    }


def flagged() -> Select[int, int]:
    """(case, criteria with a flag in the first reading), of cases that have any."""
    last = (
        select(func.max(RemarkRow.id))
        .where(RemarkRow.reading == "first")
        .group_by(RemarkRow.case_id, RemarkRow.criterion)
    )
    return (
        select(RemarkRow.case_id, func.count().label("flagged"))
        .where(RemarkRow.id.in_(last), RemarkRow.flagged)
        .group_by(RemarkRow.case_id)
    )
