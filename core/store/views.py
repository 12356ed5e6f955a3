"""What people looked at: an append-only history of openings and of time. Its sum is in the record of a sign-off."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from core.casefile import Viewed
from core.domain import PageRef
from core.store import case_documents
from core.store.case_tables import ViewRow
from core.store.tables import DocumentRow

_INSERT = insert(cast(Table, ViewRow.__table__))
"""Into the table and not the class: a page turn waits for it."""


def check(times: Sequence[tuple[PageRef, float]]) -> None:
    """Raises ValueError for a time that is negative or no number."""
    if not all(math.isfinite(seconds) and seconds >= 0 for _, seconds in times):
        raise ValueError("A time on a page is a number of seconds, 0 or more.")


def opened(session: Session, case_id: int, page: PageRef, *, reviewer: str, at: datetime) -> int:
    """The number of the page's document."""
    document_id = case_documents.page_ever(session, case_id, page)
    session.execute(_INSERT, _row(case_id, document_id, page, reviewer, at) | {"opened": 1})
    return document_id


def active(
    session: Session, case_id: int, times: Sequence[tuple[PageRef, float]], *, reviewer: str, at: datetime
) -> None:
    """All or none."""
    rows = [
        _row(case_id, case_documents.page_ever(session, case_id, page), page, reviewer, at) | {"seconds": seconds}
        for page, seconds in times
    ]
    if rows:
        session.execute(_INSERT, rows)


def _row(case_id: int, document_id: int, page: PageRef, reviewer: str, at: datetime) -> dict[str, object]:
    return {
        "case_id": case_id,
        "document_id": document_id,
        "page": page.number,
        "reviewer": reviewer,
        "at": at,
        "opened": 0,
        "seconds": 0.0,
    }


def summed(session: Session, case_id: int) -> list[Viewed]:
    """For each page and person, in the order of the first look."""
    query = (
        select(
            DocumentRow.sha256,
            ViewRow.page,
            ViewRow.reviewer,
            func.sum(ViewRow.opened),
            func.sum(ViewRow.seconds),
            func.min(ViewRow.at),
            func.max(ViewRow.at),
        )
        .join(DocumentRow, DocumentRow.id == ViewRow.document_id)
        .where(ViewRow.case_id == case_id)
        .group_by(DocumentRow.sha256, ViewRow.page, ViewRow.reviewer)
        .order_by(func.min(ViewRow.id))
    )
    return [
        Viewed(PageRef(document, page), reviewer, count, seconds, first, last)
        for document, page, reviewer, count, seconds, first, last in session.execute(query)
    ]
