"""Places in documents that people cite: an append-only history; one that was taken back stays on record.

What was cited in a document that is replaced later stays as it is: it says what the person saw.
"""

import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.casefile import Cited, Reading
from core.domain import Citation, PageRef, digest
from core.errors import NotFound
from core.store import audit, case_documents, criteria, locked
from core.store.case_tables import CitationRow, CitationWithdrawalRow
from core.store.tables import DocumentRow, utc


def cite(session: Session, case_id: int, new: Cited, *, at: datetime) -> Cited:
    """See `Findings.cite`."""
    criteria.check_asked(session, case_id, new.criterion)
    locked.check_open(session, case_id)
    citation = new.citation
    document_id = case_documents.page_in_force(session, case_id, citation.page)
    boxes = json.dumps([list(map(float, box)) for box in citation.boxes], separators=(",", ":"), allow_nan=False)
    same = _standing(case_id, new.reading).where(
        CitationRow.criterion == new.criterion,
        CitationRow.document_id == document_id,
        CitationRow.page == citation.page.number,
        CitationRow.quote == citation.quote,
        CitationRow.boxes == boxes,
    )
    if (there := session.execute(same.limit(1)).first()) is not None:
        return _cited(there[0], there[1])
    row = CitationRow(
        case_id=case_id,
        criterion=new.criterion,
        document_id=document_id,
        page=citation.page.number,
        label=citation.label,
        quote=citation.quote,
        boxes=boxes,
        reviewer=new.reviewer,
        at=utc(new.at),
        reading=new.reading,
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        "cited",
        at=at,
        actor=new.reviewer,
        case=case_id,
        id=row.id,
        criterion=new.criterion,
        document=citation.page.document,
        page=citation.page.number,
        quote=digest(citation.quote),
        boxes=len(citation.boxes),
        reading=new.reading,
        record=audit.record_digest(session, "citations", row.id),
    )
    return replace(new, id=row.id, at=row.at, citation=replace(citation, boxes=_boxes(boxes)))


def withdraw(session: Session, case_id: int, citation_id: int, *, by: str, at: datetime) -> bool:
    """False when it was taken back already. See `Findings.uncite`."""
    locked.check_open(session, case_id)
    row = session.get(CitationRow, citation_id)
    if row is None or row.case_id != case_id:
        raise NotFound(f"Case {case_id} has no citation {citation_id}. Nothing was changed. Open the case again.")
    there = select(CitationWithdrawalRow.id).where(CitationWithdrawalRow.citation_id == citation_id)
    if session.scalar(there) is not None:
        return False
    taken_back = CitationWithdrawalRow(citation_id=citation_id, made_by=by, at=utc(at))
    session.add(taken_back)
    session.flush()
    audit.append(
        session,
        "citation withdrawn",
        at=at,
        actor=by,
        case=case_id,
        id=taken_back.id,
        citation=citation_id,
        criterion=row.criterion,
        record=audit.record_digest(session, "citation_withdrawals", taken_back.id),
    )
    return True


def standing(session: Session, case_id: int, reading: Reading) -> list[Cited]:
    """Oldest first."""
    query = _standing(case_id, reading).order_by(CitationRow.id)
    return [_cited(row, document) for row, document in session.execute(query)]


def _standing(case_id: int, reading: Reading) -> Select[CitationRow, str]:
    taken_back = select(CitationWithdrawalRow.id).where(CitationWithdrawalRow.citation_id == CitationRow.id).exists()
    return (
        select(CitationRow, DocumentRow.sha256)
        .join(DocumentRow, DocumentRow.id == CitationRow.document_id)
        .where(CitationRow.case_id == case_id, CitationRow.reading == reading, ~taken_back)
    )


def _cited(row: CitationRow, document: str) -> Cited:
    citation = Citation(PageRef(document, row.page), row.label, row.quote, _boxes(row.boxes))
    return Cited(row.criterion, citation, row.reviewer, row.at, row.reading, row.id)


def _boxes(stored: str) -> tuple[tuple[float, float, float, float], ...]:
    return tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in json.loads(stored))
