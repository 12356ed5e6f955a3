"""The documents of a case: which are in force, in reading order, and which were replaced.

A document has one row in a case, whatever became of it: labels, sightings and citations point to that row.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from core.domain import CaseDocument, PageRef
from core.errors import Conflict, NotFound, StoreError
from core.store import audit, documents, locked
from core.store.tables import CaseDocumentRow, DocumentRow, PageRow, utc

IN_FORCE = CaseDocumentRow.replaced_by.is_(None)


def of_case(session: Session, case_id: int) -> tuple[tuple[CaseDocument, ...], tuple[CaseDocument, ...]]:
    """Those in force, in reading order, and those that were replaced, in the order they came into the case."""
    successor = aliased(DocumentRow)
    query = (
        select(CaseDocumentRow, DocumentRow.sha256, DocumentRow.page_count, successor.sha256, DocumentRow.read_at)
        .join(DocumentRow, DocumentRow.id == CaseDocumentRow.document_id)
        .outerjoin(successor, successor.id == CaseDocumentRow.replaced_by)
        .where(CaseDocumentRow.case_id == case_id)
    )
    every = [
        (row.place, CaseDocument(sha256, row.name, pages, row.added_by, row.added_at, after or "", read_at))
        for row, sha256, pages, after, read_at in session.execute(query.order_by(CaseDocumentRow.position))
    ]
    in_force = sorted((found for found in every if not found[1].replaced_by), key=lambda found: found[0])
    return tuple(document for _, document in in_force), tuple(d for _, d in every if d.replaced_by)


def put(
    session: Session, case_id: int, document: CaseDocument, *, position: int, place: int, by: str, at: datetime
) -> None:
    """A document that is new to the case."""
    row = documents.registered(session, document.document, pages=document.pages)
    session.add(
        CaseDocumentRow(
            case_id=case_id,
            position=position,
            document_id=row.id,
            name=document.name,
            place=place,
            added_by=by,
            added_at=utc(at),
        )
    )
    session.flush()


def add(session: Session, case_id: int, new: Sequence[CaseDocument], *, by: str, at: datetime) -> None:
    """At the end of the reading order. The caller knows that the case is there. Raises SignedOff."""
    locked.check_open(session, case_id)
    if not new or len({d.document for d in new}) < len(new):
        raise StoreError("Choose at least one document, and each only once. Nothing was added.")
    for document in new:
        there = _row(session, case_id, document.document)
        if there is not None:
            raise StoreError(_there_already(there))
        place = _next(session, case_id, CaseDocumentRow.place)
        position = _next(session, case_id, CaseDocumentRow.position)
        put(session, case_id, document, position=position, place=place, by=by, at=at)
        audit.append(
            session, "document added", at=at, actor=by, case=case_id, document=document.document, pages=document.pages
        )


def replace(session: Session, case_id: int, old: str, new: CaseDocument, *, by: str, at: datetime) -> None:
    """`new` takes the place of `old`; it may be one that was replaced before. The caller knows that the case is there.

    Raises NotFound when the case never had `old`, Conflict when `old` was replaced meanwhile, StoreError when `new` is
    in force already, and SignedOff.
    """
    locked.check_open(session, case_id)
    before = _row(session, case_id, old)
    if before is None:
        raise NotFound(f"Case {case_id} has no such document. Nothing was replaced. Open the case again.")
    if before.replaced_by is not None:
        raise Conflict(
            f"“{before.name}” was replaced in between. That stands; nothing else was changed. Open the case again."
        )
    after = _row(session, case_id, new.document)
    if after is not None and after.replaced_by is None:
        raise StoreError(_there_already(after))
    place = before.place
    before.replaced_by = documents.registered(session, new.document, pages=new.pages).id
    session.flush()
    if after is None:
        position = _next(session, case_id, CaseDocumentRow.position)
        put(session, case_id, new, position=position, place=place, by=by, at=at)
    else:
        after.name, after.place, after.added_by, after.added_at, after.replaced_by = new.name, place, by, utc(at), None
        session.flush()
    audit.append(
        session, "document replaced", at=at, actor=by, case=case_id, before=old, after=new.document, pages=new.pages
    )


def _there_already(row: CaseDocumentRow) -> str:
    if row.replaced_by is None:
        return f"“{row.name}” is in this case already. Nothing was changed. Remove it from the list and try again."
    return (
        f"“{row.name}” was in this case and was replaced. Nothing was added. "
        "To have it back, replace the document that took its place with it."
    )


def _row(session: Session, case_id: int, document: str) -> CaseDocumentRow | None:
    query = select(CaseDocumentRow).join(DocumentRow, DocumentRow.id == CaseDocumentRow.document_id)
    return session.scalar(query.where(CaseDocumentRow.case_id == case_id, DocumentRow.sha256 == document))


def _next(session: Session, case_id: int, column: InstrumentedAttribute[int]) -> int:
    last = session.scalar(select(func.max(column)).where(CaseDocumentRow.case_id == case_id))
    return 0 if last is None else last + 1


_PAGE = (
    select(DocumentRow.id)
    .join(CaseDocumentRow, CaseDocumentRow.document_id == DocumentRow.id)
    .join(PageRow, PageRow.document_id == DocumentRow.id)
    .where(CaseDocumentRow.case_id == bindparam("case"))
    .where(DocumentRow.sha256 == bindparam("document"), PageRow.number == bindparam("page"))
)
_PAGE_IN_FORCE = _PAGE.where(IN_FORCE)
"""Built once: every page turn asks."""


def page_in_force(session: Session, case_id: int, page: PageRef) -> int:
    """The number of the page's document. Raises NotFound unless the page was read and its document is in force."""
    return _number(session, case_id, page, _PAGE_IN_FORCE)


def page_ever(session: Session, case_id: int, page: PageRef) -> int:
    """As `page_in_force`, also for a document that was replaced."""
    return _number(session, case_id, page, _PAGE)


def _number(session: Session, case_id: int, page: PageRef, query: Select[int]) -> int:
    found = session.scalar(query, {"case": case_id, "document": page.document, "page": page.number})
    if found is None:
        raise NotFound(f"Case {case_id} has no such page {page.number} now. Nothing was saved. Open the case again.")
    return found


def known_pages(session: Session, cases: Sequence[int]) -> dict[tuple[int, PageRef], int]:
    """{(case, page that was read, in a document that is or was in the case): number of the document}."""
    query = (
        select(CaseDocumentRow.case_id, DocumentRow.sha256, PageRow.number, DocumentRow.id)
        .join(DocumentRow, DocumentRow.id == CaseDocumentRow.document_id)
        .join(PageRow, PageRow.document_id == DocumentRow.id)
        .where(CaseDocumentRow.case_id.in_(cases))
    )
    return {(case, PageRef(document, page)): number for case, document, page, number in session.execute(query)}
