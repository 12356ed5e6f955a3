"""Cases: how one is created and what belongs to it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain import Case, CaseDocument, CriteriaSet, ScorerInfo
from core.errors import NotFound, StoreError
from core.store import audit, criteria, documents, scorers
from core.store.tables import CaseDocumentRow, CaseRow, CaseScorerRow, DocumentRow, JobRow, ScorerRow


def create(
    session: Session,
    name: str,
    *,
    asked: CriteriaSet,
    files: Sequence[CaseDocument],
    scorer: ScorerInfo,
    rule: str,
    by: str,
    at: datetime,
) -> int:
    """The new case's id; its job waits."""
    if not files or len({f.document for f in files}) < len(files):
        raise StoreError("A case needs at least one document, and each only once. The case was not created.")
    set_id, stored = criteria.save(session, asked, by=by, at=at)
    in_force = scorers.register(session, scorer).id
    case = CaseRow(name=name, criteria_set_id=set_id, scorer_id=in_force, created_by=by, created_at=at)
    session.add(case)
    session.flush()
    session.add_all([first_use(case.id, in_force, position=0, rule=rule), _new_job(case)])
    for position, file in enumerate(files):
        document = documents.registered(session, file.document, pages=file.pages)
        session.add(CaseDocumentRow(case_id=case.id, position=position, document_id=document.id, name=file.name))
    audit.append(
        session,
        "case created",
        at=at,
        actor=by,
        case=case.id,
        criteria=stored.name,
        version=stored.version,
        documents=[f.document for f in files],
        scorer=scorer.name,
        fingerprint=scorer.fingerprint,
        rule=rule,
    )
    return case.id


def _new_job(case: CaseRow) -> JobRow:
    return JobRow(
        case_id=case.id,
        state="waiting",
        stage="",
        done=0,
        total=0,
        message="",
        started_by=case.created_by,
        updated_at=case.created_at,
        scorer_id=case.scorer_id,
        requests=0,
        bytes=0,
        tokens=0,
        dollars=0.0,
    )


def first_use(case_id: int, scorer_id: int, *, position: int, rule: str) -> CaseScorerRow:
    """A scorer that is new to a case, with nobody's consent yet."""
    return CaseScorerRow(
        case_id=case_id, scorer_id=scorer_id, position=position, rule=rule, agreed_to="", agreed_by="", agreed_at=None
    )


def get(session: Session, case_id: int) -> Case:
    case = row(session, case_id)
    used = session.get_one(CaseScorerRow, (case_id, case.scorer_id))
    query = (
        select(DocumentRow.sha256, CaseDocumentRow.name, DocumentRow.page_count)
        .join(CaseDocumentRow, CaseDocumentRow.document_id == DocumentRow.id)
        .where(CaseDocumentRow.case_id == case_id)
        .order_by(CaseDocumentRow.position)
    )
    return Case(
        id=case.id,
        name=case.name,
        criteria=criteria.get(session, case.criteria_set_id),
        documents=tuple(CaseDocument(d.sha256, d.name, d.page_count) for d in session.execute(query)),
        scorer=scorers.described(session.get_one(ScorerRow, case.scorer_id), used.agreed_to),
        rule=used.rule,
        created_by=case.created_by,
        created_at=case.created_at,
    )


def row(session: Session, case_id: int) -> CaseRow:
    """Raises NotFound."""
    found = session.get(CaseRow, case_id)
    if found is None:
        raise NotFound(f"There is no case {case_id}. Go back to the queue and choose another.")
    return found
