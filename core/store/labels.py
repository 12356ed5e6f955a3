"""Labels: an append-only history; the newest of each reviewer counts, unless it was withdrawn."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.domain import Label, PageRef
from core.errors import NotFound
from core.rounds import Given
from core.store import audit, case_documents, criteria, tasks
from core.store.tables import DocumentRow, LabelRow, utc

SUBJECT = (LabelRow.case_id, LabelRow.criterion, LabelRow.document_id, LabelRow.page, LabelRow.reviewer)
"""What a label is about, and whose it is: in the order of the index."""
_SAME = tuple(field.name for field in fields(Label) if field.name not in ("page", "criterion"))
"""Fields of a label that are stored as they are, in the order of `Label`."""

_Subject = tuple[int, str, int, int, str]


def add(session: Session, case_id: int, label: Label, *, task: int | None, at: datetime) -> bool:
    """See `Store.add_label`."""
    criteria.check_asked(session, case_id, label.criterion)
    document_id = case_documents.page_in_force(session, case_id, label.page)
    if task is not None:
        tasks.check_open(session, task, case_id, label)
    last = _last(session, (case_id, label.criterion, document_id, label.page.number, label.reviewer))
    of_task = task is None or (last is not None and last.task_id == task)
    if last is not None and of_task and (last.verdict, last.note) == (label.verdict, label.note):
        return False
    _store(session, _row(case_id, document_id, label) | {"task_id": task}, label.page, at=at)
    return True


def withdraw(session: Session, case_id: int, page: PageRef, criterion: str, *, reviewer: str, at: datetime) -> bool:
    """False when this reviewer has no label for the page and criterion that stands."""
    document_id = session.scalar(select(DocumentRow.id).where(DocumentRow.sha256 == page.document))
    last = _last(session, (case_id, criterion, document_id or 0, page.number, reviewer))
    if last is None or last.verdict == "withdrawn":
        return False
    row = {column.name: getattr(last, column.name) for column in LabelRow.__table__.c if column.name != "id"}
    _store(session, row | {"verdict": "withdrawn", "note": "", "at": utc(at)}, page, at=at)
    return True


def _last(session: Session, subject: _Subject) -> LabelRow | None:
    query = select(LabelRow).where(*(column == value for column, value in zip(SUBJECT, subject, strict=True)))
    return session.scalar(query.order_by(LabelRow.id.desc()).limit(1))


def _row(case_id: int, document_id: int, label: Label) -> dict[str, Any]:
    return {name: getattr(label, name) for name in _SAME} | {
        "case_id": case_id,
        "document_id": document_id,
        "page": label.page.number,
        "criterion": label.criterion,
        "at": utc(label.at),
        "task_id": None,
    }


def _store(session: Session, values: dict[str, Any], page: PageRef, *, at: datetime) -> None:
    row = LabelRow(**values)
    session.add(row)
    session.flush()
    record = audit.record_digest(session, "labels", row.id)
    audit.append_all(session, [_act(row.id, values, page, record=record, actor=row.reviewer)], at=at)


def _act(number: int, row: dict[str, Any], page: PageRef, *, record: str, actor: str) -> audit.Act:
    detail: audit.Detail = {
        "id": number,
        "criterion": row["criterion"],
        "document": page.document,
        "page": page.number,
        "verdict": row["verdict"],
        "arm": row["arm"],
        "record": record,
    }
    if row["task_id"] is not None:
        detail["task"] = row["task_id"]
    if actor != row["reviewer"]:
        detail["reviewer"] = row["reviewer"]
    return audit.Act("label withdrawn" if row["verdict"] == "withdrawn" else "label", actor, row["case_id"], detail)


def import_all(session: Session, rows: Sequence[tuple[int, Label]], *, by: str, at: datetime) -> int:
    """See `Store.import_labels`."""
    cases = sorted({case_id for case_id, _ in rows})
    documents = _checked(session, cases, rows)
    newest = {tuple(row[:5]): tuple(row[5:]) for row in session.execute(_newest_of(cases))}
    new: list[tuple[dict[str, Any], PageRef]] = []
    for case_id, label in rows:
        document_id = documents[case_id, label.page]
        subject = case_id, label.criterion, document_id, label.page.number, label.reviewer
        given = label.verdict, label.note, utc(label.at), label.inclusion_probability
        if not _is_new(given, newest.get(subject)):
            continue
        newest[subject] = given
        new.append((_row(case_id, document_id, label), label.page))
    if new:
        _store_all(session, new, by=by, at=at)
    return len(new)


def _is_new(given: tuple[Any, ...], last: tuple[Any, ...] | None) -> bool:
    """Both are verdict, note, time and chance; `last` is the reviewer's newest label of the same."""
    if last is None:
        return True
    if last[2] > given[2]:
        return False
    return last[:2] != given[:2] or (last[3] is None and given[3] is not None)


def _newest_of(cases: Sequence[int]) -> Select[*tuple[Any, ...]]:
    last = select(func.max(LabelRow.id)).where(LabelRow.case_id.in_(cases)).group_by(*SUBJECT)
    said = LabelRow.verdict, LabelRow.note, LabelRow.at, LabelRow.inclusion_probability
    return select(*SUBJECT, *said).where(LabelRow.id.in_(last))


def _checked(
    session: Session, cases: Sequence[int], rows: Sequence[tuple[int, Label]]
) -> dict[tuple[int, PageRef], int]:
    """{(case, page): number of its document}. Raises NotFound unless the cases have all pages and ask all criteria."""
    documents = case_documents.known_pages(session, cases)
    asked = criteria.asked(session, cases)
    for case_id, label in rows:
        if (case_id, label.page) not in documents or (case_id, label.criterion) not in asked:
            raise NotFound(
                f"Case {case_id} has no page {label.page.number} of this document, or does not ask criterion "
                f"{label.criterion}. Nothing was saved. Correct the list and try again."
            )
    return documents


def _store_all(session: Session, new: Sequence[tuple[dict[str, Any], PageRef]], *, by: str, at: datetime) -> None:
    # The write lock is held, so nobody else's label comes between these.
    before = session.scalar(select(func.max(LabelRow.id))) or 0
    session.execute(insert(LabelRow), [row for row, _ in new])
    records = sorted(audit.record_digests(session, "labels", before + 1).items())
    acts = [
        _act(number, row, page, record=record, actor=by)
        for (number, record), (row, page) in zip(records, new, strict=True)
    ]
    cases = [str(case_id) for case_id in sorted({row["case_id"] for row, _ in new})]
    audit.append_all(
        session, [audit.Act("labels imported", by, None, {"labels": len(new), "cases": cases}), *acts], at=at
    )


def newest(session: Session, case_id: int | None) -> list[tuple[int, Label]]:
    """(case id, newest label of each case, page, criterion and reviewer), in the order they were given."""
    last = select(func.max(LabelRow.id)).group_by(*SUBJECT)
    if case_id is not None:
        last = last.where(LabelRow.case_id == case_id)
    query = (
        selected(LabelRow.case_id).where(LabelRow.id.in_(last), LabelRow.verdict != "withdrawn").order_by(LabelRow.id)
    )
    return [(about, read(*rest)) for about, *rest in session.execute(query)]


def estimating(session: Session) -> list[Given]:
    """As `newest`, for estimates: a label that was drawn with a known chance stands until it is withdrawn.

    What its reviewer marked later, in sight of the score, takes neither its place nor its chance.
    """
    taken_back = LabelRow.verdict == "withdrawn"
    drawn = func.max(case((LabelRow.inclusion_probability.is_not(None) & ~taken_back, LabelRow.id)))
    withdrawn = func.coalesce(func.max(case((taken_back, LabelRow.id))), 0)
    counting = select(case((drawn > withdrawn, drawn), else_=func.max(LabelRow.id))).group_by(*SUBJECT)
    query = (
        selected(LabelRow.case_id, LabelRow.task_id).where(LabelRow.id.in_(counting), ~taken_back).order_by(LabelRow.id)
    )
    return [Given(about, read(*rest), task is not None) for about, task, *rest in session.execute(query)]


def counts(session: Session) -> dict[int, int]:
    """{case: labels that stand}."""
    last = select(func.max(LabelRow.id)).group_by(*SUBJECT)
    query = select(LabelRow.case_id, func.count()).where(LabelRow.id.in_(last), LabelRow.verdict != "withdrawn")
    return dict(session.execute(query.group_by(LabelRow.case_id)).all())


def selected(*first: InstrumentedAttribute[Any]) -> Select[*tuple[Any, ...]]:
    """`first`, then what `read` takes."""
    columns = (DocumentRow.sha256, LabelRow.page, LabelRow.criterion, *(getattr(LabelRow, name) for name in _SAME))
    return select(*first, *columns).join(DocumentRow, DocumentRow.id == LabelRow.document_id)


def read(document: str, page: int, criterion: str, *same: Any) -> Label:
    """By position, because there may be very many."""
    return Label(PageRef(document, page), criterion, *same)
