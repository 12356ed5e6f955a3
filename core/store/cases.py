"""Cases: how one is created and what belongs to it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.domain import Case, CaseDocument, CriteriaSet, ScorerInfo
from core.errors import NotFound, StoreError
from core.store import audit, case_documents, criteria, scorers
from core.store.tables import CaseRow, CaseScorerRow, JobRow, ScorerRow


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
        case_documents.put(session, case.id, file, position=position, place=position, by=by, at=at)
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
        case_id=case_id,
        scorer_id=scorer_id,
        position=position,
        rule=rule,
        recalibration="",
        agreed_to="",
        agreed_by="",
        agreed_at=None,
    )


def get(session: Session, case_id: int) -> Case:
    case = row(session, case_id)
    used = session.get_one(CaseScorerRow, (case_id, case.scorer_id))
    in_force, replaced = case_documents.of_case(session, case_id)
    return Case(
        id=case.id,
        name=case.name,
        criteria=criteria.get(session, case.criteria_set_id),
        documents=in_force,
        scorer=scorers.described(session.get_one(ScorerRow, case.scorer_id), used.agreed_to),
        rule=used.rule,
        created_by=case.created_by,
        created_at=case.created_at,
        replaced=replaced,
        rule_recalibration=used.recalibration,
    )


def row(session: Session, case_id: int) -> CaseRow:
    """Raises NotFound."""
    found = session.get(CaseRow, case_id)
    if found is None:
        raise NotFound(f"There is no case {case_id}. Go back to the queue and choose another.")
    return found
