"""Labels: an append-only history; the newest of each reviewer counts."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain import Label, PageRef
from core.store import audit, case_documents, criteria
from core.store.tables import DocumentRow, LabelRow, utc

_SUBJECT = (LabelRow.case_id, LabelRow.document_id, LabelRow.page, LabelRow.criterion, LabelRow.reviewer)


def add(session: Session, case_id: int, label: Label, *, at: datetime) -> bool:
    """False when this reviewer's newest label for the page and criterion says the same; nothing is stored then."""
    criteria.check_asked(session, case_id, label.criterion)
    document_id = case_documents.page_in_force(session, case_id, label.page)
    last = session.scalar(
        select(LabelRow)
        .where(
            LabelRow.case_id == case_id,
            LabelRow.document_id == document_id,
            LabelRow.page == label.page.number,
            LabelRow.criterion == label.criterion,
            LabelRow.reviewer == label.reviewer,
        )
        .order_by(LabelRow.id.desc())
        .limit(1)
    )
    if last is not None and (last.verdict, last.note) == (label.verdict, label.note):
        return False
    row = LabelRow(
        case_id=case_id,
        document_id=document_id,
        page=label.page.number,
        criterion=label.criterion,
        reviewer=label.reviewer,
        verdict=label.verdict,
        note=label.note,
        at=utc(label.at),
        arm=label.arm,
        inclusion_probability=label.inclusion_probability,
        blind=label.blind,
        fingerprint=label.fingerprint,
        recalibration=label.recalibration,
        score=label.score,
        probability=label.probability,
        threshold=label.threshold,
        seed=label.seed,
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        "label",
        at=at,
        actor=label.reviewer,
        case=case_id,
        id=row.id,
        criterion=label.criterion,
        document=label.page.document,
        page=label.page.number,
        verdict=label.verdict,
        arm=label.arm,
        record=audit.record_digest(session, "label", row.id),
    )
    return True


def newest(session: Session, case_id: int | None) -> list[tuple[int, Label]]:
    """(case id, newest label of each case, page, criterion and reviewer), in the order they were given."""
    last = select(func.max(LabelRow.id)).group_by(*_SUBJECT)
    if case_id is not None:
        last = last.where(LabelRow.case_id == case_id)
    query = (
        select(LabelRow, DocumentRow.sha256)
        .join(DocumentRow, DocumentRow.id == LabelRow.document_id)
        .where(LabelRow.id.in_(last))
        .order_by(LabelRow.id)
    )
    return [(row.case_id, _label(row, document)) for row, document in session.execute(query)]


def _label(row: LabelRow, document: str) -> Label:
    return Label(
        page=PageRef(document, row.page),
        criterion=row.criterion,
        verdict=row.verdict,
        reviewer=row.reviewer,
        at=row.at,
        arm=row.arm,
        inclusion_probability=row.inclusion_probability,
        blind=row.blind,
        fingerprint=row.fingerprint,
        recalibration=row.recalibration,
        score=row.score,
        probability=row.probability,
        threshold=row.threshold,
        seed=row.seed,
        note=row.note,
    )
