"""The scorers of a case: which one is in force, the rule for each one's scores, and who agreed to send it the pages."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain import CaseScorer, ScorerInfo
from core.errors import NotFound
from core.store import audit, cases, scorers
from core.store.tables import CaseScorerRow, ScorerRow


def of_case(session: Session, case_id: int) -> list[CaseScorer]:
    """In order of first use."""
    query = (
        select(CaseScorerRow, ScorerRow)
        .join(ScorerRow, ScorerRow.id == CaseScorerRow.scorer_id)
        .where(CaseScorerRow.case_id == case_id)
        .order_by(CaseScorerRow.position)
    )
    found = [
        CaseScorer(
            scorers.described(scorer, used.agreed_to),
            used.rule,
            used.agreed_to,
            used.agreed_by,
            used.agreed_at,
            used.recalibration,
        )
        for used, scorer in session.execute(query)
    ]
    if not found:
        cases.row(session, case_id)
    return found


def used(session: Session) -> dict[int, list[ScorerInfo]]:
    """Of every case."""
    query = (
        select(CaseScorerRow.case_id, CaseScorerRow.agreed_to, ScorerRow)
        .join(ScorerRow, ScorerRow.id == CaseScorerRow.scorer_id)
        .order_by(CaseScorerRow.case_id, CaseScorerRow.position)
    )
    found: dict[int, list[ScorerInfo]] = {}
    for case_id, agreed_to, scorer in session.execute(query):
        found.setdefault(case_id, []).append(scorers.described(scorer, agreed_to))
    return found


def use(session: Session, case_id: int, info: ScorerInfo, *, rule: str, by: str, at: datetime) -> None:
    """Put a scorer in force; `rule` is for one that is new to the case."""
    case = cases.row(session, case_id)
    scorer = scorers.register(session, info)
    if case.scorer_id == scorer.id:
        return
    used = session.get(CaseScorerRow, (case_id, scorer.id))
    if used is None:
        position = len(of_case(session, case_id))
        used = cases.first_use(case_id, scorer.id, position=position, rule=rule)
        session.add(used)
    before = session.get_one(ScorerRow, case.scorer_id)
    case.scorer_id = scorer.id
    audit.append(
        session,
        "scorer changed",
        at=at,
        actor=by,
        case=case_id,
        before=before.key,
        after=scorer.key,
        name=info.name,
        rule=used.rule,
    )


def set_rule(
    session: Session, case_id: int, fingerprint: str, rule: str, *, recalibration: str, by: str, at: datetime
) -> None:
    """Nothing is written when it is the scorer's rule already, set under the same recalibration."""
    under = recalibration if rule else ""
    cases.row(session, case_id)
    used = session.get(CaseScorerRow, (case_id, scorers.number(session, fingerprint) or 0))
    if used is None:
        raise NotFound(f"Case {case_id} does not use this scorer. Nothing was saved. Open the case again.")
    if (used.rule, used.recalibration) == (rule, under):
        return
    audit.append(
        session,
        "rule changed",
        at=at,
        actor=by,
        case=case_id,
        before=used.rule,
        after=rule,
        recalibration=under,
        fingerprint=fingerprint,
    )
    used.rule, used.recalibration = rule, under


def agree(
    session: Session,
    case_id: int | None,
    info: ScorerInfo,
    *,
    by: str,
    to: str,
    pages: int,
    pairs: int,
    tokens: int,
    at: datetime,
) -> None:
    if case_id is not None:
        cases.row(session, case_id)
        used = session.get(CaseScorerRow, (case_id, scorers.register(session, info).id))
        if used is None:
            raise NotFound(f"Case {case_id} does not use this scorer. Nothing was saved or sent. Open the case again.")
        used.agreed_to, used.agreed_by, used.agreed_at = to, by, at
    audit.append(
        session,
        "sending agreed",
        at=at,
        actor=by,
        case=case_id,
        destination=to,
        fingerprint=info.fingerprint,
        pages=pages,
        pairs=pairs,
        tokens=tokens,
    )
