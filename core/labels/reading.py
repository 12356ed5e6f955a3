"""A file of labels -> labels as the file names them, and every mistake. Whether the documents, pages and criteria are
known here is `core.labels.resolving`'s question."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain import Arm, Verdict
from core.errors import BadLabels, Problem
from core.labels.columns import REQUIRED
from core.labels.fields import FIELDS, MAX_NOTE
from core.labels.files import sheet_of
from core.labels.sheet import RawRow

MAX_PROBLEMS = 1000
"""Mistakes that are listed; of more, the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLabel:
    """One row of a file, read and not yet checked against cases. Texts are cleaned; None and "" are not known."""

    row: int
    """Row of a spreadsheet, or line of a text file, counted from 1."""
    document: str = ""
    """SHA-256 (hex, lower case) or name of the file; "" where only `document_name` was given."""
    document_name: str = ""
    page: int
    """>= 1"""
    criterion: str
    verdict: Verdict
    case: int | None = None
    case_name: str = ""
    reviewer: str = ""
    at: datetime | None = None
    """In UTC."""
    arm: Arm | None = None
    inclusion_probability: float | None = None
    """In (0, 1]."""
    blind: bool = False
    fingerprint: str = ""
    recalibration: str = ""
    score: float | None = None
    """In [0, 1], and so are the next two."""
    probability: float | None = None
    threshold: float | None = None
    seed: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class LabelPreview:
    """What a file holds, for the screen."""

    labels: tuple[ImportedLabel, ...]
    """The rows without a mistake, in the order of the file."""
    problems: tuple[Problem, ...]
    """Every mistake, by row, at most MAX_PROBLEMS of them and their number. Empty: the file can be taken over."""
    remarks: tuple[str, ...]
    """What was ignored or shortened, as sentences; nothing that stands in the way."""


def read_labels(data: bytes, filename: str) -> list[ImportedLabel]:
    """The labels of a file of JSON lines, CSV or TREC qrels. Raises BadLabels with every mistake of the file.

    Document, page, criterion and verdict are required. No mistake quotes what stands in the file.
    """
    preview = preview_labels(data, filename)
    if preview.problems:
        raise BadLabels(list(preview.problems))
    return list(preview.labels)


def preview_labels(data: bytes, filename: str) -> LabelPreview:
    """What the file holds; its kind is taken from its ending, else from its first line. Raises nothing."""
    sheet = sheet_of(data, filename)
    problems = sheet.problems + _missing_columns(sheet.rows)
    labels: list[ImportedLabel] = []
    long_notes = 0
    if len(problems) == len(sheet.problems):
        for row in sheet.rows:
            values, mistakes = _values(row)
            problems += mistakes
            if not mistakes:
                labels.append(ImportedLabel(row=row.number, **values))
                long_notes += len(row.fields.get("note", "")) > MAX_NOTE
        problems += contradictions((label.row, _subject(label), label.verdict) for label in labels)
    if not labels and not problems:
        problems = [Problem(0, "", "The file holds no labels.", "Write one label in each row.")]
    remarks = [*sheet.remarks, *_cut_remark(long_notes)]
    return LabelPreview(tuple(labels), tuple(listed(problems)), tuple(remarks))


def contradictions(given: Iterable[tuple[int, Hashable, Verdict]]) -> list[Problem]:
    """A mistake for each (row, subject, verdict) whose verdict is not that of the first row about the same subject."""
    first: dict[Hashable, tuple[int, Verdict]] = {}
    problems = []
    for row, subject, verdict in given:
        before, said = first.setdefault(subject, (row, verdict))
        if said != verdict:
            what = f"Row {before} has another verdict of the same reviewer for the same page and criterion."
            problems.append(Problem(row, "verdict", what, "Keep one of the two."))
    return problems


def listed(problems: Iterable[Problem]) -> list[Problem]:
    """By row; of more than MAX_PROBLEMS the first ones, and how many more there are."""
    ordered = sorted(problems, key=lambda p: p.row)
    more = len(ordered) - MAX_PROBLEMS
    if more <= 0:
        return ordered
    return [*ordered[:MAX_PROBLEMS], Problem(0, "", f"There are {more:,} more mistakes.", "Correct these first.")]


def _missing_columns(rows: Sequence[RawRow]) -> list[Problem]:
    """Nothing without rows, of which something else is wrong."""
    present = {field for row in rows for field in row.fields}
    if "document_name" in present:
        present.add("document")
    cure = f"The columns {', '.join(REQUIRED[:-1])} and {REQUIRED[-1]} are needed; a CSV file names them in row 1."
    absent = [field for field in REQUIRED if rows and field not in present]
    return [Problem(0, field, "There is no such column.", cure) for field in absent]


def _values(row: RawRow) -> tuple[dict[str, Any], list[Problem]]:
    """The fields of a row that are not empty, and what is wrong with it."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, text in row.fields.items():
        field = FIELDS[name]
        given = text if name == "note" else text.strip()
        if not given:
            continue
        try:
            values[name] = field.parse(given)
        except ValueError:
            problems.append(Problem(row.number, name, field.what, field.cure))
    if all(values.get(name) for name in REQUIRED):
        return values, problems
    wrong = {problem.column for problem in problems}
    for name in REQUIRED:
        if not values.get(name) and name not in wrong and not (name == "document" and values.get("document_name")):
            problems.append(Problem(row.number, name, "The cell is empty.", "Fill it in, or delete the row."))
    return values, problems


def _subject(label: ImportedLabel) -> Hashable:
    document = label.document or label.document_name
    return label.case, label.case_name, document, label.page, label.criterion, label.reviewer


def _cut_remark(long_notes: int) -> list[str]:
    if not long_notes:
        return []
    notes = "1 note was" if long_notes == 1 else f"{long_notes:,} notes were"
    return [f"{notes} longer than {MAX_NOTE:,} characters: only the start is kept."]
