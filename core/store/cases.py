"""Cases, the queue, and the job that reads and scores each case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from core.domain import Case, CaseDocument, CaseSummary, CriteriaSet, Job, JobState
from core.errors import NotFound, StoreError
from core.store import audit, criteria, documents
from core.store.tables import (
    CaseDocumentRow,
    CaseRow,
    CriteriaSetRow,
    CriterionRow,
    DecisionRow,
    DocumentRow,
    JobRow,
    LabelRow,
)

UNFINISHED: tuple[JobState, ...] = ("waiting", "running")


def create(
    session: Session,
    name: str,
    *,
    asked: CriteriaSet,
    files: Sequence[CaseDocument],
    scorer: str,
    rule: str,
    by: str,
    at: datetime,
) -> int:
    """The new case's id; its job waits."""
    if not files or len({f.document for f in files}) < len(files):
        raise StoreError("A case needs at least one document, and each only once. The case was not created.")
    set_id, stored = criteria.save(session, asked, by=by, at=at)
    case = CaseRow(name=name, criteria_set_id=set_id, scorer=scorer, rule=rule, created_by=by, created_at=at)
    session.add(case)
    session.flush()
    for position, file in enumerate(files):
        document = documents.registered(session, file.document, pages=file.pages)
        session.add(CaseDocumentRow(case_id=case.id, position=position, document_id=document.id, name=file.name))
    session.add(
        JobRow(case_id=case.id, state="waiting", stage="", done=0, total=0, message="", started_by=by, updated_at=at)
    )
    audit.append(
        session,
        "case created",
        at=at,
        actor=by,
        case=case.id,
        criteria=stored.name,
        version=stored.version,
        documents=[f.document for f in files],
        scorer=scorer,
        rule=rule,
    )
    return case.id


def get(session: Session, case_id: int) -> Case:
    row = _row(session, case_id)
    query = (
        select(DocumentRow.sha256, CaseDocumentRow.name, DocumentRow.page_count)
        .join(CaseDocumentRow, CaseDocumentRow.document_id == DocumentRow.id)
        .where(CaseDocumentRow.case_id == case_id)
        .order_by(CaseDocumentRow.position)
    )
    return Case(
        id=row.id,
        name=row.name,
        criteria=criteria.get(session, row.criteria_set_id),
        documents=tuple(CaseDocument(d.sha256, d.name, d.page_count) for d in session.execute(query)),
        scorer=row.scorer,
        rule=row.rule,
        created_by=row.created_by,
        created_at=row.created_at,
    )


def _row(session: Session, case_id: int) -> CaseRow:
    row = session.get(CaseRow, case_id)
    if row is None:
        raise NotFound(f"There is no case {case_id}. Go back to the queue and choose another.")
    return row


def summaries(session: Session) -> list[CaseSummary]:
    """The queue, newest case first; one query however many cases there are."""
    files = (
        select(
            CaseDocumentRow.case_id,
            func.count().label("documents"),
            func.sum(DocumentRow.page_count).label("pages"),
        )
        .join(DocumentRow, DocumentRow.id == CaseDocumentRow.document_id)
        .group_by(CaseDocumentRow.case_id)
        .subquery()
    )
    asked = select(CriterionRow.set_id, func.count().label("criteria")).group_by(CriterionRow.set_id).subquery()
    decided = (
        select(
            DecisionRow.case_id,
            func.count(DecisionRow.criterion.distinct()).label("decided"),
            func.max(DecisionRow.at).label("decided_at"),
        )
        .group_by(DecisionRow.case_id)
        .subquery()
    )
    labelled = (
        select(LabelRow.case_id, func.max(LabelRow.at).label("labelled_at")).group_by(LabelRow.case_id).subquery()
    )
    query = (
        select(
            CaseRow,
            CriteriaSetRow.name.label("criteria_name"),
            CriteriaSetRow.version,
            files.c.documents,
            files.c.pages,
            asked.c.criteria,
            decided.c.decided,
            decided.c.decided_at,
            labelled.c.labelled_at,
            JobRow,
        )
        .join(CriteriaSetRow, CriteriaSetRow.id == CaseRow.criteria_set_id)
        .join(files, files.c.case_id == CaseRow.id)
        .outerjoin(asked, asked.c.set_id == CaseRow.criteria_set_id)
        .outerjoin(decided, decided.c.case_id == CaseRow.id)
        .outerjoin(labelled, labelled.c.case_id == CaseRow.id)
        .outerjoin(JobRow, JobRow.case_id == CaseRow.id)
        .order_by(CaseRow.id.desc())
    )
    return [_summary(row) for row in session.execute(query)]


def _summary(row: Row[*tuple[Any, ...]]) -> CaseSummary:
    case: CaseRow = row.CaseRow
    times = (case.created_at, row.decided_at, row.labelled_at)
    return CaseSummary(
        id=case.id,
        name=case.name,
        criteria_name=row.criteria_name,
        criteria_version=row.version,
        documents=row.documents,
        pages=row.pages,
        criteria=row.criteria or 0,
        decided=row.decided or 0,
        created_by=case.created_by,
        created_at=case.created_at,
        changed_at=max(t for t in times if t is not None),
        job=_job(row.JobRow) if row.JobRow else None,
    )


def set_rule(session: Session, case_id: int, rule: str, *, by: str, at: datetime) -> None:
    """Nothing is written when the rule is in force already."""
    row = _row(session, case_id)
    if row.rule != rule:
        audit.append(session, "rule changed", at=at, actor=by, case=case_id, before=row.rule, after=rule)
        row.rule = rule


def job(session: Session, case_id: int) -> Job | None:
    row = session.get(JobRow, case_id)
    return _job(row) if row else None


def _job(row: JobRow) -> Job:
    return Job(row.case_id, row.state, row.stage, row.done, row.total, row.message, row.started_by, row.updated_at)


def update_job(session: Session, case_id: int, *, at: datetime, state: JobState, **progress: str | int) -> bool:
    """Whether the job took the state: a job that ended stays as it is until it is set to "waiting" again."""
    change = update(JobRow).where(JobRow.case_id == case_id).values(state=state, updated_at=at, **progress)
    if state != "waiting":
        change = change.where(JobRow.state.in_(UNFINISHED))
    changed = session.execute(change.returning(JobRow.case_id)).first()
    if changed is None:
        _row(session, case_id)
    return changed is not None


def unfinished(session: Session) -> list[int]:
    """Cases whose job waits or runs, oldest first."""
    return list(session.scalars(select(JobRow.case_id).where(JobRow.state.in_(UNFINISHED)).order_by(JobRow.case_id)))
