"""Pages that a person looked at because nothing could read them: an append-only history."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain import PageRef, Sighting
from core.store import audit, case_documents
from core.store.tables import DocumentRow, SightingRow, utc

_SUBJECT = (SightingRow.case_id, SightingRow.document_id, SightingRow.page, SightingRow.reviewer)


def add(session: Session, case_id: int, sighting: Sighting, *, at: datetime) -> bool:
    """False when this reviewer's newest sighting of the page says the same; nothing is stored then."""
    page = sighting.page
    subject = case_id, case_documents.page_in_force(session, case_id, page), page.number, sighting.reviewer
    last = session.scalar(
        select(SightingRow)
        .where(*(column == value for column, value in zip(_SUBJECT, subject, strict=True)))
        .order_by(SightingRow.id.desc())
        .limit(1)
    )
    if last is not None and last.note == sighting.note:
        return False
    row = SightingRow(
        case_id=case_id,
        document_id=subject[1],
        page=page.number,
        reviewer=sighting.reviewer,
        note=sighting.note,
        at=utc(sighting.at),
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        "page looked at",
        at=at,
        actor=sighting.reviewer,
        case=case_id,
        id=row.id,
        document=page.document,
        page=page.number,
        record=audit.record_digest(session, "sightings", row.id),
    )
    return True


def newest(session: Session, case_id: int) -> list[Sighting]:
    """The newest of each page and reviewer, in the order they were given."""
    last = select(func.max(SightingRow.id)).where(SightingRow.case_id == case_id).group_by(*_SUBJECT)
    query = (
        select(SightingRow, DocumentRow.sha256)
        .join(DocumentRow, DocumentRow.id == SightingRow.document_id)
        .where(SightingRow.id.in_(last))
        .order_by(SightingRow.id)
    )
    return [
        Sighting(PageRef(document, row.page), row.reviewer, row.at, row.note)
        for row, document in session.execute(query)
    ]
