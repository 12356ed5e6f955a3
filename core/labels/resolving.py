"""Labels of a file -> labels of the cases here: which document, page and criterion each row means."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from core.domain import Arm, Case, Label, PageRef
from core.errors import BadLabels, Problem
from core.labels.reading import ImportedLabel, contradictions, listed

PageCounts = Callable[[str], int] | Mapping[str, int]
"""SHA-256 of a document -> its number of pages."""

_Subject = tuple[int, PageRef, str, str]
"""What one verdict is about, and whose: case, page, criterion, reviewer."""


class _Place(NamedTuple):
    """What a row means here."""

    case: int
    document: str
    criterion: str
    pages: int


class _Mistake(NamedTuple):
    column: str
    what: str
    cure: str


_AHEAD = timedelta(days=1)
"""Clocks differ, and so do the zones that people leave out."""
_FUTURE = _Mistake(
    "at",
    "The time lies in the future.",
    "Write when the page was judged, as 2026-03-01T12:30:00Z, or leave the cell empty.",
)


def resolve(
    rows: Sequence[ImportedLabel],
    cases: Sequence[Case],
    pages: PageCounts,
    *,
    by: str,
    at: datetime,
    arm: Arm = "found",
    inclusion_probability: float | None = None,
) -> list[tuple[int, Label]]:
    """(case id, label) for each row, in their order. Raises BadLabels with every row that means nothing here.

    A document is named by SHA-256, or by its file name where only one document in force of the cases has it. A case
    number or name in the row narrows to that case; without one, the label belongs to the newest case that has the
    document in force and asks the criterion. Rows that say the same of the same page, criterion and reviewer become
    one label, the first.

    `by` and `at` (with a zone) stand for a reviewer and a time that a row does not give. `arm` stands for a missing
    arm, and `inclusion_probability`, in (0, 1], for the chance of a row that gives neither arm nor chance: 1 says that
    these rows were judged whatever any score said. Nothing is assumed of pages without a row; see `fill_not_relevant`.
    A row of a time that is still to come is a mistake: no later judgement of its reviewer would ever stand. A
    probability without the version of a recalibration is left out: only a recalibrated score is one.
    """
    if inclusion_probability is not None and not 0 < inclusion_probability <= 1:
        raise ValueError("inclusion_probability must be in (0, 1]")
    finder = _Finder(cases, pages)
    problems: list[Problem] = []
    found: list[tuple[int, _Subject, Label]] = []
    for row in rows:
        place = finder.place(row)
        if isinstance(place, _Mistake):
            problems.append(Problem(row.row, *place))
            continue
        if row.at is not None and row.at - at > _AHEAD:
            problems.append(Problem(row.row, *_FUTURE))
            continue
        label = _label(row, place, by=by, at=at, arm=arm, inclusion_probability=inclusion_probability)
        found.append((row.row, (place.case, label.page, label.criterion, label.reviewer), label))
    problems += contradictions((number, subject, label.verdict) for number, subject, label in found)
    if problems:
        raise BadLabels(listed(problems))
    first: dict[_Subject, Label] = {}
    for _, subject, label in found:
        first.setdefault(subject, label)
    return [(subject[0], label) for subject, label in first.items()]


def _label(
    row: ImportedLabel, place: _Place, *, by: str, at: datetime, arm: Arm, inclusion_probability: float | None
) -> Label:
    unknown = row.arm is None and row.inclusion_probability is None
    return Label(
        page=PageRef(place.document, row.page),
        criterion=place.criterion,
        verdict=row.verdict,
        reviewer=row.reviewer or by,
        at=row.at or at,
        arm=row.arm or arm,
        inclusion_probability=inclusion_probability if unknown else row.inclusion_probability,
        blind=row.blind,
        fingerprint=row.fingerprint,
        recalibration=row.recalibration,
        score=row.score,
        probability=row.probability if row.recalibration else None,
        threshold=row.threshold,
        seed=row.seed,
        note=row.note,
    )


class _Finder:
    """Looks a row's document, case and criterion up; each combination once."""

    def __init__(self, cases: Sequence[Case], pages: PageCounts) -> None:
        self._newest_first = sorted(cases, key=lambda case: (case.created_at, case.id), reverse=True)
        self._pages = pages if callable(pages) else pages.__getitem__
        self._known: dict[tuple[int | None, str, str, str], _Place | _Mistake] = {}

    def place(self, row: ImportedLabel) -> _Place | _Mistake:
        key = row.case, row.case_name, row.document or row.document_name, row.criterion
        place = self._known.get(key)
        if place is None:
            place = self._known[key] = self._found(*key)
        if isinstance(place, _Place) and row.page > place.pages:
            count = "1 page" if place.pages == 1 else f"{place.pages} pages"
            return _Mistake("page", f"The document has {count}.", "Write the position of the page in the file.")
        return place

    def _found(self, number: int | None, name: str, document: str, criterion: str) -> _Place | _Mistake:
        cases = [case for case in self._newest_first if number is None or case.id == number]
        if not cases:
            return _Mistake("case", "There is no such case.", "Correct the number, or leave the cell empty.")
        cases = [case for case in cases if not name or case.name == name]
        if not cases:
            other = "There is no case of this name." if number is None else f"Case {number} has another name here."
            return _Mistake("case_name", other, "Correct the case, or leave case and case name empty.")
        sha256 = _document(cases, document)
        if isinstance(sha256, _Mistake):
            return sha256
        having = [case for case in cases if any(d.document == sha256 for d in case.documents)]
        for case in having:
            for asked in case.criteria:
                if asked.id.casefold() == criterion.casefold():
                    return _Place(case.id, sha256, asked.id, self._pages(sha256))
        return _not_asked(having[0])


def _document(cases: Sequence[Case], document: str) -> str | _Mistake:
    """SHA-256 of the document in force that the cases know by this SHA-256 or name."""
    named: dict[str, None] = {}
    for case in cases:
        for known in case.documents:
            if document == known.document:
                return document
            if document == known.name:
                named[known.document] = None
    if len(named) == 1:
        return next(iter(named))
    if named:
        what = f"{len(named)} different documents have this file name."
        return _Mistake(
            "document", what, "Write the document's SHA-256 instead, or the case where that tells them apart."
        )
    if any(document in (d.document, d.name) for case in cases for d in case.replaced):
        what = "A newer document took the place of this one."
        return _Mistake("document", what, "Delete the row: its label stays on record where it was given.")
    where = f"is not in case {cases[0].id}" if len(cases) == 1 else "is in no case"
    return _Mistake("document", f"The document {where}.", "Write a file name or SHA-256 as the case has it.")


def _not_asked(case: Case) -> _Mistake:
    ids = [criterion.id for criterion in case.criteria]
    shown = ", ".join(ids[:10]) + (f" and {len(ids) - 10} more" if len(ids) > 10 else "")
    return _Mistake("criterion", f"Case {case.id} does not ask this criterion.", f"It asks {shown}.")
