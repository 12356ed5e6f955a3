"""Decisions: an append-only history for each criterion of a case; the newest stands, unless it was taken back.

The first and the final reading share one history, a blind second reading has its own: neither meets the other.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core.casefile import Reading
from core.domain import DECISIONS, Citation, Decision, PageRef, digest
from core.errors import Conflict, NotFound
from core.store import audit, criteria
from core.store.case_documents import IN_FORCE
from core.store.locked import check_open
from core.store.readings import sharing
from core.store.tables import Action, CaseDocumentRow, CaseRow, DecisionRow, DocumentRow, utc

_FIELDS = (
    DecisionRow.case_id, DecisionRow.criterion, DecisionRow.outcome, DecisionRow.rationale, DecisionRow.reviewer,
    DecisionRow.at, DecisionRow.citations, DecisionRow.id, DecisionRow.reading,
)  # fmt: skip


def decide(session: Session, case_id: int, decision: Decision, *, seen: int, at: datetime) -> Decision | None:
    """The stored decision; None when the newest says the same by the same reviewer. See `Store.decide`."""
    if decision.outcome not in DECISIONS:
        raise ValueError("A decision is taken back by undecide.")
    criteria.check_asked(session, case_id, decision.criterion)
    check_open(session, case_id)
    _check_cited(session, case_id, decision.citations)
    citations = dump_citations(decision.citations)
    last = _last(session, case_id, decision.criterion, decision.reading)
    new = (decision.reviewer, decision.outcome, decision.rationale, citations, decision.reading)
    same = last is not None and (last.reviewer, last.outcome, last.rationale, last.citations, last.reading) == new
    if last is not None and same and not _amended_since(session, case_id, last.at):
        return None
    _check_seen(last, decision.criterion, decision.reviewer, seen)
    row = DecisionRow(
        case_id=case_id,
        criterion=decision.criterion,
        outcome=decision.outcome,
        rationale=decision.rationale,
        citations=citations,
        reviewer=decision.reviewer,
        at=utc(decision.at),
        reading=decision.reading,
    )
    _store(session, row, "decision", at=at, citations=len(decision.citations))
    return replace(decision, id=row.id, at=row.at, citations=load_citations(citations))


def undecide(
    session: Session, case_id: int, criterion: str, *, reviewer: str, reading: Reading, seen: int, at: datetime
) -> bool:
    """See `Store.undecide`."""
    criteria.check_asked(session, case_id, criterion)
    check_open(session, case_id)
    last = _last(session, case_id, criterion, reading)
    if last is None or last.outcome == "withdrawn":
        return False
    _check_seen(last, criterion, reviewer, seen)
    row = DecisionRow(
        case_id=case_id,
        criterion=criterion,
        outcome="withdrawn",
        rationale="",
        citations=dump_citations(()),
        reviewer=reviewer,
        at=utc(at),
        reading=last.reading,
    )
    _store(session, row, "decision withdrawn", at=at)
    return True


def _last(session: Session, case_id: int, criterion: str, reading: Reading) -> DecisionRow | None:
    return session.scalar(
        select(DecisionRow)
        .where(
            DecisionRow.case_id == case_id,
            DecisionRow.criterion == criterion,
            sharing(DecisionRow.reading, reading),
        )
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )


def _store(session: Session, row: DecisionRow, action: Action, *, at: datetime, **detail: str | int) -> None:
    session.add(row)
    session.flush()
    if row.reading != "first":
        detail["reading"] = row.reading
    said: audit.Detail = {
        "id": row.id,
        "criterion": row.criterion,
        "outcome": row.outcome,
        "rationale": digest(row.rationale),
        **detail,
        "record": audit.record_digest(session, "decisions", row.id),
    }
    audit.append_all(session, [audit.Act(action, row.reviewer, row.case_id, said)], at=at)


def _amended_since(session: Session, case_id: int, at: datetime) -> bool:
    """Whether pages came or were read: to decide the same again says that the reviewer looked at what is there now."""
    came, read = (
        and_(time > utc(at), time > CaseRow.created_at) for time in (CaseDocumentRow.added_at, DocumentRow.read_at)
    )
    query = (
        select(CaseDocumentRow.position)
        .join(CaseRow, CaseRow.id == CaseDocumentRow.case_id)
        .join(DocumentRow, DocumentRow.id == CaseDocumentRow.document_id)
        .where(CaseRow.id == case_id, IN_FORCE, or_(came, read))
        .limit(1)
    )
    return session.scalar(query) is not None


def _check_seen(last: DecisionRow | None, criterion: str, reviewer: str, seen: int) -> None:
    taken_back = last is not None and last.outcome == "withdrawn"
    if (last.id if last else 0) == seen or (taken_back and seen == 0):
        return
    if last is None:
        raise Conflict(
            f"Criterion {criterion} has no decision yet, but this screen shows one. "
            "Nothing was saved. Open the case again."
        )
    who = "You" if last.reviewer == reviewer else last.reviewer
    when = f"({last.at:%Y-%m-%d %H:%M} UTC)"
    if taken_back:
        raise Conflict(
            f"{who} took the decision on criterion {criterion} back in between {when}. Yours was not saved. "
            "Look at it, then decide again."
        )
    raise Conflict(
        f"{who} decided “{last.outcome.replace('_', ' ')}” on criterion {criterion} in between {when}. "
        "That decision stands; yours was not saved. Look at it, then decide again."
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
    if stored == "[]":
        return ()
    return tuple(
        Citation(PageRef(document, number), label, quote, tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in boxes))
        for document, number, label, quote, boxes in json.loads(stored)
    )


def newest(session: Session, case_id: int, reading: Reading) -> dict[str, Decision]:
    """The decision that stands, by criterion."""
    last = (
        select(func.max(DecisionRow.id))
        .where(DecisionRow.case_id == case_id, sharing(DecisionRow.reading, reading))
        .group_by(DecisionRow.criterion)
    )
    query = select(DecisionRow).where(DecisionRow.id.in_(last), DecisionRow.outcome != "withdrawn")
    return {row.criterion: _decision(row) for row in session.scalars(query.order_by(DecisionRow.id))}


def history(session: Session, case_id: int, criterion: str, reading: Reading) -> list[Decision]:
    """Oldest first."""
    query = select(DecisionRow).where(
        DecisionRow.case_id == case_id, DecisionRow.criterion == criterion, sharing(DecisionRow.reading, reading)
    )
    return [_decision(row) for row in session.scalars(query.order_by(DecisionRow.id))]


def deciders(session: Session, case_id: int, reading: Reading) -> set[str]:
    query = select(DecisionRow.reviewer).where(DecisionRow.case_id == case_id, sharing(DecisionRow.reading, reading))
    return set(session.scalars(query.distinct()))


def readings(session: Session) -> list[tuple[int, Decision]]:
    """(case, the newest decision of each criterion and reading), without those taken back."""
    last = select(func.max(DecisionRow.id)).group_by(DecisionRow.case_id, DecisionRow.criterion, DecisionRow.reading)
    query = select(*_FIELDS).where(DecisionRow.id.in_(last), DecisionRow.outcome != "withdrawn")
    # By position, because there may be very many.
    return [
        (case, Decision(criterion, outcome, rationale, reviewer, at, load_citations(citations), number, reading))
        for case, criterion, outcome, rationale, reviewer, at, citations, number, reading in session.execute(
            query.order_by(DecisionRow.id)
        )
    ]


def _decision(row: DecisionRow) -> Decision:
    return Decision(
        criterion=row.criterion,
        outcome=row.outcome,
        rationale=row.rationale,
        reviewer=row.reviewer,
        at=row.at,
        citations=load_citations(row.citations),
        id=row.id,
        reading=row.reading,
    )
