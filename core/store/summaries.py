"""The queue: one line for each case."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Subquery, case, func, select
from sqlalchemy.orm import Session, aliased

from core.domain import CaseSummary
from core.store import jobs, remarks
from core.store.case_documents import IN_FORCE
from core.store.tables import (
    CaseDocumentRow,
    CaseRow,
    CriteriaSetRow,
    CriterionRow,
    DecisionRow,
    DocumentRow,
    JobRow,
    LabelRow,
    ScorerRow,
)


def all_cases(session: Session) -> list[CaseSummary]:
    """Newest case first; one query however many cases there are."""
    files = (
        select(
            CaseDocumentRow.case_id,
            func.count().label("documents"),
            func.sum(DocumentRow.page_count).label("pages"),
            func.max(CaseDocumentRow.added_at).label("added_at"),
            func.max(DocumentRow.read_at).label("read_at"),
        )
        .join(DocumentRow, DocumentRow.id == CaseDocumentRow.document_id)
        .where(IN_FORCE)
        .group_by(CaseDocumentRow.case_id)
        .subquery()
    )
    asked = select(CriterionRow.set_id, func.count().label("criteria")).group_by(CriterionRow.set_id).subquery()
    decided, taken_back = _decided(), _taken_back()
    flagged = remarks.flagged().subquery()
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
            files.c.added_at,
            files.c.read_at,
            asked.c.criteria,
            decided.c.decided,
            decided.c.second_decided,
            taken_back.c.first_taken_back,
            taken_back.c.second_taken_back,
            flagged.c.flagged,
            decided.c.decided_at,
            labelled.c.labelled_at,
            JobRow,
            ScorerRow.key,
        )
        .join(CriteriaSetRow, CriteriaSetRow.id == CaseRow.criteria_set_id)
        .join(files, files.c.case_id == CaseRow.id)
        .outerjoin(asked, asked.c.set_id == CaseRow.criteria_set_id)
        .outerjoin(decided, decided.c.case_id == CaseRow.id)
        .outerjoin(taken_back, taken_back.c.case_id == CaseRow.id)
        .outerjoin(flagged, flagged.c.case_id == CaseRow.id)
        .outerjoin(labelled, labelled.c.case_id == CaseRow.id)
        .join(JobRow, JobRow.case_id == CaseRow.id)
        .join(ScorerRow, ScorerRow.id == JobRow.scorer_id)
        .order_by(CaseRow.id.desc())
    )
    return [_summary(row) for row in session.execute(query)]


def _decided() -> Subquery:
    """For each case the criteria that were ever decided in either history, and when anything was decided last."""
    second = DecisionRow.reading == "second"
    return (
        select(
            DecisionRow.case_id,
            func.count(case((~second, DecisionRow.criterion)).distinct()).label("decided"),
            func.count(case((second, DecisionRow.criterion)).distinct()).label("second_decided"),
            func.max(DecisionRow.at).label("decided_at"),
        )
        .group_by(DecisionRow.case_id)
        .subquery()
    )


def _taken_back() -> Subquery:
    """For each case the criteria whose newest decision was taken back. These are few, the decisions are many: so they
    are counted apart, and `_decided` needs to know nothing of which decision is the newest."""
    second, later = DecisionRow.reading == "second", aliased(DecisionRow)
    anew = select(later.id).where(
        later.case_id == DecisionRow.case_id,
        later.criterion == DecisionRow.criterion,
        (later.reading == "second") == second,
        later.id > DecisionRow.id,
    )
    return (
        select(
            DecisionRow.case_id,
            func.count(case((~second, 1))).label("first_taken_back"),
            func.count(case((second, 1))).label("second_taken_back"),
        )
        .where(DecisionRow.outcome == "withdrawn", ~anew.exists())
        .group_by(DecisionRow.case_id)
        .subquery()
    )


def _summary(row: Row[*tuple[Any, ...]]) -> CaseSummary:
    found: CaseRow = row.CaseRow
    changes = found.created_at, row.added_at, row.decided_at, row.labelled_at
    return CaseSummary(
        id=found.id,
        name=found.name,
        criteria_name=row.criteria_name,
        criteria_version=row.version,
        documents=row.documents,
        pages=row.pages,
        criteria=row.criteria or 0,
        decided=(row.decided or 0) - (row.first_taken_back or 0),
        created_by=found.created_by,
        created_at=found.created_at,
        changed_at=_last(*changes) or found.created_at,
        job=jobs.read(row.JobRow, row.key),
        amended_at=_last(row.added_at, row.read_at),
        flagged=row.flagged or 0,
        second_decided=(row.second_decided or 0) - (row.second_taken_back or 0),
    )


def _last(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
