"""Documents and their pages, as intake read them."""

import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from core.domain import Page, PageRef, Word
from core.errors import NotFound
from core.store.tables import DocumentRow, PageRow

_COLUMNS = (
    PageRow.number,
    PageRow.text,
    PageRow.source,
    PageRow.label,
    PageRow.rotation,
    PageRow.width,
    PageRow.height,
    PageRow.problem,
    PageRow.blank,
    PageRow.body,
)


def pack_words(words: Sequence[Word]) -> bytes:
    """Compressed JSON: [[text, x0, y0, x1, y1], ...]; nothing for no words."""
    if not words:
        return b""
    flat = [[w.text, *map(float, w.box)] for w in words]
    return zlib.compress(json.dumps(flat, ensure_ascii=False, separators=(",", ":")).encode(), level=3)


def unpack_words(packed: bytes) -> tuple[Word, ...]:
    if not packed:
        return ()
    return tuple(Word(text, (x0, y0, x1, y1)) for text, x0, y0, x1, y1 in json.loads(zlib.decompress(packed)))


def rows_of(document: str, pages: Sequence[Page]) -> list[dict[str, Any]]:
    """The rows to store. Raises ValueError unless the pages are those of `document`, 1, 2, 3, ... in order."""
    if not pages or [p.ref for p in pages] != [PageRef(document, n) for n in range(1, len(pages) + 1)]:
        raise ValueError("The pages of a document must be given completely and in order.")
    return rows(document, pages)


def rows(document: str, pages: Sequence[Page]) -> list[dict[str, Any]]:
    """The rows of some pages. Raises ValueError unless all are of `document`."""
    if any(p.ref.document != document for p in pages):
        raise ValueError("A page of another document was given.")
    return [
        {
            "number": p.ref.number,
            "text": p.text,
            "source": p.source,
            "label": p.label,
            "rotation": p.rotation,
            "width": p.width,
            "height": p.height,
            "problem": p.problem,
            "blank": p.blank,
            "body": p.body,
            "words": pack_words(p.words),
        }
        for p in pages
    ]


def add(session: Session, document: str, *, size: int, rows: Sequence[dict[str, Any]], at: datetime) -> None:
    """Store the pages unless the document already has them."""
    row = registered(session, document, pages=len(rows))
    if row.read_at is not None:
        return
    row.page_count, row.size, row.read_at = len(rows), size, at
    session.flush()
    session.execute(insert(PageRow), [{"document_id": row.id, **r} for r in rows])


def replace_unread(session: Session, document: str, rows: Sequence[dict[str, Any]]) -> None:
    """In place, because labels point to pages."""
    here = select(DocumentRow.id).where(DocumentRow.sha256 == document).scalar_subquery()
    for row in rows:
        session.execute(
            update(PageRow)
            .where(PageRow.document_id == here, PageRow.number == row["number"], PageRow.source == "none")
            .values(row)
            .execution_options(synchronize_session=False)
        )


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
    return Page(
        ref=PageRef(document, row.number),
        text=row.text,
        words=words,
        source=row.source,
        label=row.label,
        rotation=row.rotation,
        width=row.width,
        height=row.height,
        problem=row.problem,
        blank=row.blank,
        body=row.body,
    )
