"""Labelling rounds: what was drawn for people to judge, in which order, and what they said."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from core.domain import Label, PageRef
from core.errors import NotFound, StoreError
from core.rounds import Design, Drawn, Raised, Round, RoundPlan, Task
from core.selection import Rule
from core.store import audit, case_documents, criteria, labels, tasks
from core.store.calibration_tables import RaisedChanceRow, RoundRow, SeedRow, TaskRow
from core.store.engine import reading, writing
from core.store.tables import DocumentRow, LabelRow, utc


class Rounds:
    """`Store.rounds`."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def seed(self, fresh: int) -> int:
        """The seed of this database: `fresh` when there was none, and ever after what was stored then."""
        with writing(self._engine) as session:
            row = session.get(SeedRow, 1)
            if row is None:
                row = SeedRow(id=1, seed=fresh)
                session.add(row)
            return row.seed

    def add(self, round: Round, drawn: Sequence[Drawn], raised: Sequence[Raised] = ()) -> Round:  # noqa: A002
        """`round` as it is stored, with its id and counts; its tasks are worked through in the order of `drawn`.

        `raised` are pairs that were judged before, whose chance is larger now. All or nothing. Raises NotFound when a
        case never had a page or does not ask a criterion, StoreError when a pair comes twice, and BadRule when the rule
        cannot be read.
        """
        with writing(self._engine) as session:
            return _add(session, round, drawn, raised, at=self._clock())

    def all(self) -> list[Round]:
        """Newest first."""
        with reading(self._engine) as session:
            return _counted(session, session.scalars(select(RoundRow).order_by(RoundRow.id.desc())).all())

    def designs(self) -> dict[int, list[Design]]:
        """{case: what each round did in it}, oldest round first."""
        with reading(self._engine) as session:
            rounds = session.scalars(select(RoundRow).order_by(RoundRow.id)).all()
            chances = _chances(session)
        found: dict[int, list[Design]] = {}
        for row in rounds:
            for case, frame in zip(json.loads(row.cases), json.loads(row.frames), strict=True):
                audits = row.whole or row.audit > 0
                found.setdefault(case, []).append(Design(row.id, frame, audits, chances.get((row.id, case), {})))
        return found

    def get(self, round_id: int) -> Round:
        """Raises NotFound."""
        with reading(self._engine) as session:
            return _counted(session, [_row(session, round_id)])[0]

    def next(self, round_id: int, *, reviewer: str, skipped: Collection[int] = ()) -> Task | None:
        """The first task in order that wants a judgement by `reviewer` and is not in `skipped` (ids); None: no more.

        A task wants one judgement, or two by different reviewers; withdrawn ones do not count. Tasks on documents that
        were replaced are left out. Raises NotFound.
        """
        with reading(self._engine) as session:
            _row(session, round_id)
            found = tasks.open_to(session, round_id, reviewer, set(skipped))
            return None if found is None else tasks.get(session, found)

    def answered(self, round_id: int, *, reviewer: str, limit: int = 50) -> list[tuple[Task, Label]]:
        """The reviewer's newest judgement of each task of the round, withdrawn ones left out; newest first.

        Raises NotFound.
        """
        with reading(self._engine) as session:
            _row(session, round_id)
            return _answered(session, round_id, reviewer, limit)

    def task(self, task_id: int) -> Task:
        """Raises NotFound."""
        with reading(self._engine) as session:
            return tasks.get(session, task_id)


def _chances(session: Session) -> dict[tuple[int, int], dict[tuple[PageRef, str], float]]:
    """{(round, case): {(page, criterion): the chance with which it was drawn, judged before or not}}."""
    found: dict[tuple[int, int], dict[tuple[PageRef, str], float]] = {}
    for table in (TaskRow, RaisedChanceRow):
        drawn = table.round_id, table.case_id, DocumentRow.sha256, table.page, table.criterion
        query = (
            select(*drawn, table.inclusion_probability)
            .join(DocumentRow, DocumentRow.id == table.document_id)
            .where(table.inclusion_probability.is_not(None))
        )
        for number, case, document, page, criterion, chance in session.execute(query):
            found.setdefault((number, case), {})[PageRef(document, page), criterion] = float(chance or 0.0)
    return found


def _add(session: Session, new: Round, drawn: Sequence[Drawn], raised: Sequence[Raised], *, at: datetime) -> Round:
    documents, judged = _documents(session, drawn), _documents(session, raised)
    row = RoundRow(
        seed=new.seed,
        fingerprint=new.fingerprint,
        recalibration=new.recalibration,
        rule=new.rule,
        threshold=Rule.parse(new.rule).threshold,
        criteria_name=new.criteria_name,
        shown=new.plan.shown,
        audit=new.plan.audit,
        uncertainty=new.plan.uncertainty,
        twice=new.plan.twice,
        whole=new.plan.whole,
        cases=json.dumps(new.cases),
        frames=json.dumps(new.frames),
        tasks=len(drawn),
        judgements=sum(1 + d.twice for d in drawn),
        created_by=new.created_by,
        created_at=utc(new.created_at),
    )
    session.add(row)
    session.flush()
    if drawn:
        session.execute(
            insert(TaskRow), [_values(row.id, d, number) for d, number in zip(drawn, documents, strict=True)]
        )
    if raised:
        session.execute(
            insert(RaisedChanceRow),
            [
                {
                    "round_id": row.id,
                    "case_id": one.case,
                    "document_id": number,
                    "page": one.page.number,
                    "criterion": one.criterion,
                    "inclusion_probability": one.inclusion_probability,
                }
                for one, number in zip(raised, judged, strict=True)
            ],
        )
    audit.append(
        session,
        "round drawn",
        at=at,
        actor=new.created_by,
        id=row.id,
        tasks=row.tasks,
        cases=[str(case) for case in new.cases],
        fingerprint=new.fingerprint,
        criteria=new.criteria_name,
        rule=new.rule,
        record=audit.record_digest(session, "rounds", row.id),
    )
    return _round(row)


def _documents(session: Session, drawn: Sequence[Drawn] | Sequence[Raised]) -> list[int]:
    """The number of each one's document. Raises NotFound, or StoreError for a pair that comes twice."""
    cases = sorted({d.case for d in drawn})
    pages, asked = case_documents.known_pages(session, cases), criteria.asked(session, cases)
    for d in drawn:
        if (d.case, d.page) not in pages or (d.case, d.criterion) not in asked:
            raise NotFound(
                f"Case {d.case} has no such page {d.page.number}, or does not ask criterion {d.criterion}. "
                "Nothing was saved. Draw again."
            )
    if len({(d.case, d.page, d.criterion) for d in drawn}) < len(drawn):
        raise StoreError("A page was drawn twice for the same criterion. Nothing was saved. Draw again.")
    return [pages[d.case, d.page] for d in drawn]


def _values(round_id: int, drawn: Drawn, document_id: int) -> dict[str, object]:
    return {
        "round_id": round_id,
        "case_id": drawn.case,
        "document_id": document_id,
        "page": drawn.page.number,
        "criterion": drawn.criterion,
        "arm": drawn.arm,
        "inclusion_probability": drawn.inclusion_probability,
        "twice": drawn.twice,
        "score": drawn.score,
        "probability": drawn.probability,
    }


def _row(session: Session, round_id: int) -> RoundRow:
    found = session.get(RoundRow, round_id)
    if found is None:
        raise NotFound(f"There is no labelling round {round_id}. Nothing was changed. Choose another.")
    return found


def _counted(session: Session, rows: Sequence[RoundRow]) -> list[Round]:
    done, lost = tasks.done(session), tasks.lost(session)
    return [replace(_round(row), judgements=row.judgements - lost[row.id], done=done.get(row.id, 0)) for row in rows]


def _round(row: RoundRow) -> Round:
    return Round(
        seed=row.seed,
        fingerprint=row.fingerprint,
        recalibration=row.recalibration,
        rule=row.rule,
        criteria_name=row.criteria_name,
        plan=RoundPlan(row.shown, row.audit, row.uncertainty, row.twice, row.whole),
        cases=tuple(json.loads(row.cases)),
        frames=tuple(json.loads(row.frames)),
        created_by=row.created_by,
        created_at=row.created_at,
        tasks=row.tasks,
        judgements=row.judgements,
        id=row.id,
    )


def _answered(session: Session, round_id: int, reviewer: str, limit: int) -> list[tuple[Task, Label]]:
    last = (
        tasks.standing()
        .with_only_columns(func.max(LabelRow.id))
        .join(TaskRow, TaskRow.id == LabelRow.task_id)
        .where(TaskRow.round_id == round_id, LabelRow.reviewer == reviewer)
        .group_by(LabelRow.task_id)
    )
    query = labels.selected(LabelRow.task_id).where(LabelRow.id.in_(last)).order_by(LabelRow.id.desc()).limit(limit)
    given = {task: labels.read(*rest) for task, *rest in session.execute(query)}
    found = {row.TaskRow.id: tasks.read(row) for row in session.execute(tasks.selected().where(TaskRow.id.in_(given)))}
    return [(found[task], label) for task, label in given.items()]
