"""Decisions: an append-only history for each criterion of a case; the newest stands."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain import Citation, Decision, PageRef, digest
from core.errors import Conflict, NotFound
from core.store import audit, criteria
from core.store.case_documents import IN_FORCE
from core.store.tables import CaseDocumentRow, CaseRow, DecisionRow, DocumentRow, utc


def decide(session: Session, case_id: int, decision: Decision, *, seen: int, at: datetime) -> Decision | None:
    """The stored decision; None when the newest says the same by the same reviewer. See `Store.decide`."""
    criteria.check_asked(session, case_id, decision.criterion)
    _check_cited(session, case_id, decision.citations)
    citations = dump_citations(decision.citations)
    last = session.scalar(
        select(DecisionRow)
        .where(DecisionRow.case_id == case_id, DecisionRow.criterion == decision.criterion)
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )
    new = (decision.reviewer, decision.outcome, decision.rationale, citations)
    same = last is not None and (last.reviewer, last.outcome, last.rationale, last.citations) == new
    if last is not None and same and not _amended_since(session, case_id, last.at):
        return None
    _check_seen(last, decision, seen)
    row = DecisionRow(
        case_id=case_id,
        criterion=decision.criterion,
        outcome=decision.outcome,
        rationale=decision.rationale,
        citations=citations,
        reviewer=decision.reviewer,
        at=utc(decision.at),
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        "decision",
        at=at,
        actor=decision.reviewer,
        case=case_id,
        id=row.id,
        criterion=decision.criterion,
        outcome=decision.outcome,
        rationale=digest(decision.rationale),
        citations=len(decision.citations),
        record=audit.record_digest(session, "decisions", row.id),
    )
    return replace(decision, id=row.id, at=row.at, citations=load_citations(citations))


def _amended_since(session: Session, case_id: int, at: datetime) -> bool:
    """Whether the packet has changed: to decide the same again says that the reviewer looked at what it is now."""
    query = (
        select(CaseDocumentRow.position)
        .join(CaseRow, CaseRow.id == CaseDocumentRow.case_id)
        .where(CaseRow.id == case_id, CaseDocumentRow.added_at > utc(at), CaseDocumentRow.added_at > CaseRow.created_at)
        .limit(1)
    )
    return session.scalar(query) is not None


def _check_seen(last: DecisionRow | None, decision: Decision, seen: int) -> None:
    if (last.id if last else 0) == seen:
        return
    if last is None:
        raise Conflict(
            f"Criterion {decision.criterion} has no decision yet, but this screen shows one. "
            "Nothing was saved. Open the case again."
        )
    who = "You" if last.reviewer == decision.reviewer else last.reviewer
    raise Conflict(
        f"{who} decided “{last.outcome.replace('_', ' ')}” on criterion {decision.criterion} in between "
        f"({last.at:%Y-%m-%d %H:%M} UTC). That decision stands; yours was not saved. Look at it, then decide again."
    )


def _check_cited(session: Session, case_id: int, citations: Sequence[Citation]) -> None:
    if not citations:
        return
    query = (
        select(DocumentRow.sha256, DocumentRow.page_count)
        .join(CaseDocumentRow, CaseDocumentRow.document_id == DocumentRow.id)
        .where(CaseDocumentRow.case_id == case_id, IN_FORCE)
    )
    pages = dict(session.execute(query).all())
    for citation in citations:
        if not 1 <= citation.page.number <= pages.get(citation.page.document, 0):
            raise NotFound(
                f"The cited page {citation.page.number} is not in case {case_id} now. "
                "Nothing was saved. Remove the citation and try again."
            )


def dump_citations(citations: Sequence[Citation]) -> str:
    """JSON: [[document, page, label, quote, [[x0, y0, x1, y1], ...]], ...]. Equal citations give equal text."""
    flat = [[*c.page, c.label, c.quote, [list(map(float, box)) for box in c.boxes]] for c in citations]
    return json.dumps(flat, ensure_ascii=False, separators=(",", ":"))


def load_citations(stored: str) -> tuple[Citation, ...]:
    return tuple(
        Citation(PageRef(document, number), label, quote, tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in boxes))
        for document, number, label, quote, boxes in json.loads(stored)
    )


def newest(session: Session, case_id: int) -> dict[str, Decision]:
    """The decision that stands, by criterion."""
    last = select(func.max(DecisionRow.id)).where(DecisionRow.case_id == case_id).group_by(DecisionRow.criterion)
    return {
        row.criterion: _decision(row)
        for row in session.scalars(select(DecisionRow).where(DecisionRow.id.in_(last)).order_by(DecisionRow.id))
    }


def history(session: Session, case_id: int, criterion: str) -> list[Decision]:
    """Oldest first."""
    query = select(DecisionRow).where(DecisionRow.case_id == case_id, DecisionRow.criterion == criterion)
    return [_decision(row) for row in session.scalars(query.order_by(DecisionRow.id))]


def _decision(row: DecisionRow) -> Decision:
    return Decision(
        criterion=row.criterion,
        outcome=row.outcome,
        rationale=row.rationale,
        reviewer=row.reviewer,
        at=row.at,
        citations=load_citations(row.citations),
        id=row.id,
    )
