"""Rows -> criteria and problems: every mistake is named, the good rows are kept for the preview."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from core.criteria.rows import Row
from core.domain import Criterion
from core.errors import Problem
from core.text import clean_text

MAX_CRITERIA = 500
MAX_QUESTION = 2000
MAX_INSTRUCTION = 4000
MAX_ID = 40
MAX_GROUP = 200

_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_ID - 1}}}")


def check_rows(rows: Sequence[Row]) -> tuple[list[Criterion], list[Problem]]:
    """Criteria of the rows without a mistake, and every mistake of the others.

    A row without an id gets C01, C02, ... by its place in the list, or the next free number when that id is taken.
    Of two rows with the same id or question the first one stands. Ids are the same when they differ only in case.
    """
    total, beyond = len(rows), rows[MAX_CRITERIA : MAX_CRITERIA + 1]
    rows = with_ids(cleaned(rows[:MAX_CRITERIA]))
    problems: list[Problem] = []
    good: list[Criterion] = []
    ids: dict[str, int] = {}
    questions: dict[str, int] = {}
    for row in rows:
        mistakes = _mistakes(row) + _repeats(row, ids, questions)
        if mistakes:
            problems += mistakes
        else:
            good.append(Criterion(row.id, row.question, row.instruction, row.group, row.link))
    problems += [
        Problem(
            row.number,
            "",
            f"The list has {total:,} criteria; a list can have {MAX_CRITERIA}.",
            "Split it into several lists.",
        )
        for row in beyond
    ]
    return good, problems


def cleaned(rows: Sequence[Row]) -> list[Row]:
    """The rows without hidden characters and spare spaces."""
    return [_cleaned(row) for row in rows]


def with_ids(rows: Sequence[Row], taken: Sequence[str] = ()) -> list[Row]:
    """The cleaned rows, each with an id: its own, or one that no other row has and that is not `taken`."""
    return [replace(row, id=row.id or free) for row, free in zip(rows, _free_ids(rows, taken), strict=True)]


def valid_id(text: str) -> bool:
    return bool(_ID.fullmatch(text))


def same_question(question: str) -> str:
    """What two questions have in common that differ only in case, spaces, width or the mark at the end."""
    return " ".join(unicodedata.normalize("NFKC", question).casefold().split()).rstrip(" .?!:;")


def _cleaned(row: Row) -> Row:
    one_line = (" ".join(clean_text(text).split()) for text in (row.id, row.group, row.logic, row.parent))
    row_id, group, logic, parent = one_line
    return replace(
        row,
        question=clean_text(row.question).strip(),
        id=row_id,
        instruction=clean_text(row.instruction).strip(),
        group=group,
        logic=logic,
        parent=parent,
    )


def _free_ids(rows: Sequence[Row], others: Sequence[str]) -> list[str]:
    """An id for each row, taken by no row of the list and none of `others`."""
    taken = {i.casefold() for i in (*(row.id for row in rows if row.id), *others)}
    out: list[str] = []
    spare = len(rows)
    for place in range(1, len(rows) + 1):
        name = f"C{place:02d}"
        while name.casefold() in taken:
            spare += 1
            name = f"C{spare:02d}"
        taken.add(name.casefold())
        out.append(name)
    return out


def _mistakes(row: Row) -> list[Problem]:
    found = []
    if not row.question:
        found.append(problem(row, "question", "The question is missing.", "Write the question, or delete the row."))
    for column, text, most in (
        ("question", row.question, MAX_QUESTION),
        ("instruction", row.instruction, MAX_INSTRUCTION),
        ("group", row.group, MAX_GROUP),
    ):
        if len(text) > most:
            what = f"The {column} has {len(text):,} characters; it can have {most:,}."
            found.append(problem(row, column, what, "Shorten it, or split the criterion."))
    if row.id and not valid_id(row.id):
        found.append(
            problem(
                row,
                "id",
                "The id has characters that an id cannot have, or too many.",
                f"Use letters a to z, digits, dot, _ and -, up to {MAX_ID}, with a letter or digit first; "
                "or leave it empty.",
            )
        )
    return found


def _repeats(row: Row, ids: dict[str, int], questions: dict[str, int]) -> list[Problem]:
    """Problems of an id or question that stands further up; enters both into the registers."""
    found = []
    here = row.entry or row.number
    kind = "entry" if row.entry else "row"
    if row.id and (first := ids.setdefault(row.id.casefold(), here)) != here:
        what = f"The id {row.id[:MAX_ID]} is already used in {kind} {first}."
        found.append(problem(row, "id", what, "Give one of them another id."))
    question = same_question(row.question)
    if question and (first := questions.setdefault(question, here)) != here:
        what = f"The question is the same as in {kind} {first}."
        found.append(problem(row, "question", what, "Delete one of them, or make them differ."))
    return found


def problem(row: Row, column: str, what: str, cure: str) -> Problem:
    """The mistake, with the entry of the list where rows are not enough to find it."""
    return Problem(row.number, column, f"Entry {row.entry}: {what}" if row.entry else what, cure)
