"""Tasks of labelling rounds: which of them still want a judgement, and from whom."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from core.domain import Label, PageRef
from core.errors import Conflict, NotFound
from core.rounds import Drawn, Task
from core.store.calibration_tables import RoundRow, TaskRow
from core.store.case_documents import IN_FORCE
from core.store.tables import CaseDocumentRow, DocumentRow, LabelRow

_WANTED = case((TaskRow.twice, 2), else_=1)
_HERE = (CaseDocumentRow.case_id == TaskRow.case_id) & (CaseDocumentRow.document_id == TaskRow.document_id)


def standing() -> Select[int | None, str, int]:
    """(task, reviewer, id) of labels given for tasks, without those that were withdrawn afterwards."""
    later = aliased(LabelRow)
    withdrawn = exists().where(
        later.case_id == LabelRow.case_id,
        later.criterion == LabelRow.criterion,
        later.document_id == LabelRow.document_id,
        later.page == LabelRow.page,
        later.reviewer == LabelRow.reviewer,
        later.verdict == "withdrawn",
        later.id > LabelRow.id,
    )
    return select(LabelRow.task_id, LabelRow.reviewer, LabelRow.id).where(
        LabelRow.task_id.is_not(None), LabelRow.verdict != "withdrawn", ~withdrawn
    )


def _given() -> ScalarSelect[int]:
    """How many reviewers have judged the task of the enclosing query."""
    mine = standing().where(LabelRow.task_id == TaskRow.id).with_only_columns(func.count(LabelRow.reviewer.distinct()))
    return mine.correlate(TaskRow).scalar_subquery()


def open_to(session: Session, round_id: int, reviewer: str, skipped: Collection[int]) -> int | None:
    """The first task in order that wants a judgement by `reviewer`, on a page in force, and is not in `skipped`."""
    own = standing().where(LabelRow.task_id == TaskRow.id, LabelRow.reviewer == reviewer).correlate(TaskRow)
    query = (
        select(TaskRow.id)
        .join(CaseDocumentRow, _HERE)
        .where(TaskRow.round_id == round_id, IN_FORCE, ~own.exists(), _given() < _WANTED)
        .order_by(TaskRow.id)
        .limit(len(skipped) + 1)
    )
    return next((task for task in session.scalars(query) if task not in skipped), None)


def check_open(session: Session, task: int, case_id: int, label: Label) -> None:
    """Raises NotFound unless the task asks for this label, and Conflict when it wants no judgement by its reviewer."""
    row = session.execute(selected().where(TaskRow.id == task)).first()
    about = read(row).drawn if row else None
    if about is None or (about.case, about.page, about.criterion) != (case_id, label.page, label.criterion):
        raise NotFound(f"Task {task} does not ask for this page and criterion. Nothing was saved. Go on with the next.")
    others = set(session.scalars(standing().with_only_columns(LabelRow.reviewer).where(LabelRow.task_id == task)))
    if label.reviewer not in others and len(others) >= 1 + about.twice:
        raise Conflict("Somebody else has judged this one meanwhile. Nothing of yours is lost: go on with the next.")


def get(session: Session, task_id: int) -> Task:
    """Raises NotFound."""
    row = session.execute(selected().where(TaskRow.id == task_id)).first()
    if row is None:
        raise NotFound(f"There is no task {task_id}. Nothing was changed. Go on with the next.")
    return read(row)


def selected() -> Select[TaskRow, str, RoundRow]:
    return (
        select(TaskRow, DocumentRow.sha256, RoundRow)
        .join(DocumentRow, DocumentRow.id == TaskRow.document_id)
        .join(RoundRow, RoundRow.id == TaskRow.round_id)
    )


def read(row: Row[*tuple[Any, ...]]) -> Task:
    """The task in a row of `selected`."""
    task, drawn_in = row.TaskRow, row.RoundRow
    drawn = Drawn(
        case=task.case_id,
        page=PageRef(row.sha256, task.page),
        criterion=task.criterion,
        arm=task.arm,
        inclusion_probability=task.inclusion_probability,
        twice=task.twice,
        score=task.score,
        probability=task.probability,
    )
    return Task(
        task.id, drawn_in.id, drawn, drawn_in.fingerprint, drawn_in.recalibration, drawn_in.threshold, drawn_in.seed
    )


def done(session: Session) -> dict[int, int]:
    """{round: judgements given}."""
    given = standing().with_only_columns(LabelRow.task_id, LabelRow.reviewer).distinct().subquery()
    query = select(TaskRow.round_id, func.count()).join(given, given.c.task_id == TaskRow.id).group_by(TaskRow.round_id)
    return dict(session.execute(query).all())


def lost(session: Session) -> Counter[int]:
    """{round: judgements that nobody gave and nobody can give, because the document was replaced}."""
    query = select(TaskRow.round_id, _WANTED - _given()).join(CaseDocumentRow, _HERE).where(~IN_FORCE)
    missing: Counter[int] = Counter()
    for round_id, judgements in session.execute(query):
        missing[round_id] += judgements
    return missing
