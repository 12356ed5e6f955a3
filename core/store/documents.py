"""Documents and their pages, as intake read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.orm import Session

from core.domain import PAGE_NOTES, Page, PageNote, PageRef, Word
from core.errors import NotFound
from core.store.tables import DocumentRow, PageRow
from core.store.words import pack_words, unpack_words

_PLAIN = (
    "text", "source", "label", "rotation", "width", "height", "problem", "blank", "body", "turn", "confidence",
    "recognised", "images", "sketch", "look",
)  # fmt: skip
"""Fields of a page that are stored as they are."""
_COLUMNS = [getattr(PageRow, name) for name in ("number", "notes", *_PLAIN)]
"""All but the words, which are many times as much as the rest."""


def rows_of(document: str, pages: Sequence[Page]) -> list[dict[str, Any]]:
    """The rows to store. Raises ValueError unless the pages are those of `document`, 1, 2, 3, ... in order."""
    if not pages or [p.ref for p in pages] != [PageRef(document, n) for n in range(1, len(pages) + 1)]:
        raise ValueError("The pages of a document must be given completely and in order.")
    return rows(document, pages)


def rows(document: str, pages: Sequence[Page]) -> list[dict[str, Any]]:
    """The rows of some pages. Raises ValueError unless all are of `document` and have notes that there are."""
    if any(p.ref.document != document for p in pages):
        raise ValueError("A page of another document was given.")
    return [
        {name: getattr(page, name) for name in _PLAIN}
        | {"number": page.ref.number, "notes": _dump_notes(page.notes), "words": pack_words(page.words)}
        for page in pages
    ]


def _dump_notes(notes: Sequence[PageNote]) -> str:
    if not set(notes) <= set(PAGE_NOTES):
        raise ValueError("A page has a note that is not one of PAGE_NOTES.")
    return ",".join(notes)


def _load_notes(stored: str) -> tuple[PageNote, ...]:
    known: dict[str, PageNote] = {note: note for note in PAGE_NOTES}
    return tuple(known[note] for note in stored.split(",") if note)


def add(session: Session, document: str, *, size: int, rows: Sequence[dict[str, Any]], at: datetime) -> None:
    """Store the pages unless the document already has them."""
    row = registered(session, document, pages=len(rows))
    if row.read_at is not None:
        return
    row.page_count, row.size, row.read_at = len(rows), size, at
    session.flush()
    session.execute(insert(PageRow), [{"document_id": row.id, **r} for r in rows])


def replace(session: Session, document: str, rows: Sequence[dict[str, Any]], *, at: datetime) -> int:
    """In place, because labels point to pages. How many were replaced; see `Store.replace_pages`."""
    here = session.scalar(select(DocumentRow.id).where(DocumentRow.sha256 == document))
    replaced, read = 0, False
    for row in rows:
        may = or_(PageRow.source == "none", PageRow.recognised == "") if row["recognised"] else PageRow.source == "none"
        changed = session.scalar(
            update(PageRow)
            .where(PageRow.document_id == here, PageRow.number == row["number"], may)
            .values(row)
            .returning(PageRow.number)
            .execution_options(synchronize_session=False)
        )
        replaced += changed is not None
        read = read or (changed is not None and row["source"] != "none")
    if read:
        session.execute(update(DocumentRow).where(DocumentRow.id == here).values(read_at=at))
    return replaced


def registered(session: Session, document: str, *, pages: int) -> DocumentRow:
    """The row of a document, read or not; made if missing."""
    row = session.scalar(select(DocumentRow).where(DocumentRow.sha256 == document))
    if row is None:
        row = DocumentRow(sha256=document, page_count=pages)
        session.add(row)
        session.flush()
    return row


def is_read(session: Session, document: str) -> bool:
    query = select(DocumentRow.id).where(DocumentRow.sha256 == document, DocumentRow.read_at.is_not(None))
    return session.scalar(query) is not None


def pages(session: Session, document: str) -> tuple[Page, ...]:
    """In order, without words."""
    query = select(*_COLUMNS).join(DocumentRow).where(DocumentRow.sha256 == document).order_by(PageRow.number)
    found = tuple(_page(document, row) for row in session.execute(query))
    if not found:
        raise NotFound("The document has not been read yet. Nothing is lost: read it, then open its pages.")
    return found


def page(session: Session, ref: PageRef) -> Page:
    """With words."""
    query = (
        select(*_COLUMNS, PageRow.words)
        .join(DocumentRow)
        .where(DocumentRow.sha256 == ref.document, PageRow.number == ref.number)
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound(f"There is no page {ref.number} in this document, or it has not been read yet.")
    return _page(ref.document, row, unpack_words(row.words))


def _page(document: str, row: Row[*tuple[Any, ...]], words: tuple[Word, ...] = ()) -> Page:
    plain = {name: getattr(row, name) for name in _PLAIN}
    return Page(ref=PageRef(document, row.number), words=words, notes=_load_notes(row.notes), **plain)
