"""What people leave lying about: drafts, where they left a case, how they turned a page. Nothing of it is a record."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from core.casefile import Left, Reading
from core.domain import PageRef
from core.errors import NotFound
from core.store import case_documents, criteria
from core.store.case_tables import DraftRow, PageTurnRow, PlaceRow
from core.store.tables import DocumentRow, PageRow

# Works alike on SQLite and PostgreSQL.
_LEAVE = text(
    "INSERT INTO places (case_id, reviewer, criterion, document_id, page, at) "
    "VALUES (:case, :reviewer, :criterion, :document, :page, :at) "
    "ON CONFLICT (case_id, reviewer) DO UPDATE SET criterion = excluded.criterion, "
    "document_id = excluded.document_id, page = excluded.page, at = excluded.at"
)


def leave(session: Session, case_id: int, left: Left, *, document_id: int | None, reviewer: str, at: datetime) -> None:
    """`document_id` is the number of the page's document where the caller knows it."""
    if document_id is None:
        document_id = case_documents.page_ever(session, case_id, left.page)
    values = {
        "case": case_id,
        "reviewer": reviewer,
        "criterion": left.criterion,
        "document": document_id,
        "page": left.page.number,
        "at": at.isoformat(timespec="microseconds"),
    }
    session.execute(_LEAVE, values)


def left(session: Session, case_id: int, reviewer: str) -> Left | None:
    query = (
        select(PlaceRow.criterion, DocumentRow.sha256, PlaceRow.page)
        .join(DocumentRow, DocumentRow.id == PlaceRow.document_id)
        .where(PlaceRow.case_id == case_id, PlaceRow.reviewer == reviewer)
    )
    found = session.execute(query).first()
    return Left(found[0], PageRef(found[1], found[2])) if found else None


def draft(
    session: Session, case_id: int, criterion: str, words: str, *, reviewer: str, reading: Reading, at: datetime
) -> None:
    """The words in the place of those before; "" removes them."""
    criteria.check_asked(session, case_id, criterion)
    row = session.get(DraftRow, (case_id, criterion, reviewer, reading))
    if row is None and words:
        key = {"case_id": case_id, "criterion": criterion, "reviewer": reviewer, "reading": reading}
        session.add(DraftRow(**key, draft=words, at=at))
    elif row is not None and words:
        row.draft, row.at = words, at
    elif row is not None:
        session.delete(row)


def drafts(session: Session, case_id: int, reviewer: str, reading: Reading) -> dict[str, str]:
    query = select(DraftRow.criterion, DraftRow.draft).where(
        DraftRow.case_id == case_id, DraftRow.reviewer == reviewer, DraftRow.reading == reading
    )
    return dict(session.execute(query.order_by(DraftRow.criterion)).all())


def turn(session: Session, page: PageRef, degrees: int) -> None:
    """0 is kept as well: somebody wants the page as it is."""
    number = session.scalar(
        select(DocumentRow.id)
        .join(PageRow, PageRow.document_id == DocumentRow.id)
        .where(DocumentRow.sha256 == page.document, PageRow.number == page.number)
    )
    if number is None:
        raise NotFound(f"There is no such page {page.number}. Nothing was changed. Open the case again.")
    session.execute(delete(PageTurnRow).where(PageTurnRow.document_id == number, PageTurnRow.page == page.number))
    session.add(PageTurnRow(document_id=number, page=page.number, degrees=degrees))


def turns(session: Session, documents: Sequence[str]) -> dict[PageRef, int]:
    query = (
        select(DocumentRow.sha256, PageTurnRow.page, PageTurnRow.degrees)
        .join(DocumentRow, DocumentRow.id == PageTurnRow.document_id)
        .where(DocumentRow.sha256.in_(documents))
    )
    return {PageRef(document, page): degrees for document, page, degrees in session.execute(query)}
