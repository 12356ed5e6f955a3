"""Criteria sets: every content of a name is a version, kept for good."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from core.domain import CriteriaSet, Criterion
from core.errors import NotFound
from core.logic import from_json, to_json
from core.store import audit
from core.store.tables import CaseRow, CriteriaSetRow, CriterionRow

_READ: WeakKeyDictionary[Pool, dict[int, CriteriaSet]] = WeakKeyDictionary()
"""What was read, by the pool of the database."""


def save(session: Session, criteria: CriteriaSet, *, by: str, at: datetime) -> tuple[int, CriteriaSet]:
    """Id and stored version: the one with this name and content, or a new one."""
    content = criteria.digest
    same = select(CriteriaSetRow).where(CriteriaSetRow.name == criteria.name, CriteriaSetRow.digest == content)
    if (row := session.scalar(same)) is None:
        last = session.scalar(select(func.max(CriteriaSetRow.version)).where(CriteriaSetRow.name == criteria.name))
        row = CriteriaSetRow(
            name=criteria.name,
            version=(last or 0) + 1,
            digest=content,
            created_by=by,
            created_at=at,
            logic="" if criteria.root is None else to_json(criteria.root),
            source=criteria.source,
        )
        session.add(row)
        session.flush()
        session.add_all(
            CriterionRow(
                set_id=row.id,
                position=i,
                criterion=c.id,
                question=c.question,
                instruction=c.instruction,
                heading=c.group,
                link=c.link,
            )
            for i, c in enumerate(criteria)
        )
        audit.append(session, "criteria saved", at=at, actor=by, name=row.name, version=row.version, digest=content)
    return row.id, replace(criteria, version=row.version)


def newest(session: Session) -> list[CriteriaSet]:
    """The newest version of each name, newest first."""
    last = select(func.max(CriteriaSetRow.id)).group_by(CriteriaSetRow.name)
    rows = session.scalars(
        select(CriteriaSetRow).where(CriteriaSetRow.id.in_(last)).order_by(CriteriaSetRow.id.desc())
    ).all()
    criteria = _criteria(session, [row.id for row in rows])
    return [_set(row, criteria[row.id]) for row in rows]


def get(session: Session, set_id: int) -> CriteriaSet:
    """A stored version never changes: each is read once for a database, from a session that only reads."""
    bind = session.get_bind()
    assert isinstance(bind, Engine)  # noqa: S101 - sessions are made from engines
    known = _READ.setdefault(bind.pool, {})
    if set_id not in known:
        row = session.get_one(CriteriaSetRow, set_id)
        known[set_id] = _set(row, _criteria(session, [set_id])[set_id])
    return known[set_id]


def _set(row: CriteriaSetRow, criteria: tuple[Criterion, ...]) -> CriteriaSet:
    root = from_json(row.logic) if row.logic else None
    return CriteriaSet(row.name, criteria, row.version, root, row.source)


def _criteria(session: Session, sets: Sequence[int]) -> dict[int, tuple[Criterion, ...]]:
    found: dict[int, list[Criterion]] = defaultdict(list)
    query = select(CriterionRow).where(CriterionRow.set_id.in_(sets))
    for row in session.scalars(query.order_by(CriterionRow.set_id, CriterionRow.position)):
        found[row.set_id].append(Criterion(row.criterion, row.question, row.instruction, row.heading, row.link))
    return {s: tuple(found[s]) for s in sets}


def check_asked(session: Session, case_id: int, criterion: str) -> None:
    """Raises NotFound unless the case exists and asks `criterion`."""
    query = (
        select(CriterionRow.criterion)
        .join(CaseRow, CaseRow.criteria_set_id == CriterionRow.set_id)
        .where(CaseRow.id == case_id, CriterionRow.criterion == criterion)
    )
    if session.scalar(query) is None:
        raise NotFound(f"Case {case_id} does not ask criterion {criterion}. Nothing was saved. Open the case again.")


def asked(session: Session, cases: Sequence[int]) -> set[tuple[int, str]]:
    """(case, criterion that it asks)."""
    query = select(CaseRow.id, CriterionRow.criterion).join(
        CriterionRow, CriterionRow.set_id == CaseRow.criteria_set_id
    )
    return {(case, criterion) for case, criterion in session.execute(query.where(CaseRow.id.in_(cases)))}
