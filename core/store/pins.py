"""Pages that people keep for a criterion, or leave out, whatever the rule does: the newest for each stands."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.casefile import Pin
from core.domain import PageRef, digest
from core.store import audit, case_documents, criteria, locked
from core.store.case_tables import PinRow
from core.store.tables import DocumentRow, utc

_SUBJECT = (PinRow.criterion, PinRow.document_id, PinRow.page)


def add(session: Session, case_id: int, new: Pin, *, at: datetime) -> bool:
    """See `Findings.pin`."""
    criteria.check_asked(session, case_id, new.criterion)
    locked.check_open(session, case_id)
    page = new.page
    # What was held on a page that has left the packet may be let go of.
    known = case_documents.page_ever if new.hold == "none" else case_documents.page_in_force
    subject = new.criterion, known(session, case_id, page), page.number
    last = session.execute(
        select(PinRow.hold, PinRow.reason)
        .where(PinRow.case_id == case_id, *(c == value for c, value in zip(_SUBJECT, subject, strict=True)))
        .order_by(PinRow.id.desc())
        .limit(1)
    ).first()
    held, reason = last or ("none", "")
    if held == new.hold and (held == "none" or reason == new.reason):
        return False
    row = PinRow(
        case_id=case_id,
        criterion=new.criterion,
        document_id=subject[1],
        page=page.number,
        hold=new.hold,
        reviewer=new.reviewer,
        at=utc(new.at),
        reason=new.reason,
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        "page pinned",
        at=at,
        actor=new.reviewer,
        case=case_id,
        id=row.id,
        criterion=new.criterion,
        document=page.document,
        page=page.number,
        hold=new.hold,
        reason=digest(new.reason),
        record=audit.record_digest(session, "pins", row.id),
    )
    return True


def standing(session: Session, case_id: int) -> list[Pin]:
    """In the order they were set."""
    last = select(func.max(PinRow.id)).where(PinRow.case_id == case_id).group_by(*_SUBJECT)
    query = (
        select(PinRow, DocumentRow.sha256)
        .join(DocumentRow, DocumentRow.id == PinRow.document_id)
        .where(PinRow.id.in_(last), PinRow.hold != "none")
        .order_by(PinRow.id)
    )
    return [
        Pin(row.criterion, PageRef(document, row.page), row.hold, row.reviewer, row.at, row.reason)
        for row, document in session.execute(query)
    ]
