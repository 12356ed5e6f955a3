"""What every format is read into before its values are looked at: rows of texts by field."""

from dataclasses import dataclass, field
from typing import NamedTuple

from core.errors import Problem

MAX_ROWS = 500_000


class RawRow(NamedTuple):
    """One row as it stands in the file."""

    number: int
    """Row of a spreadsheet, or line of a text file, counted from 1."""
    fields: dict[str, str]
    """Text of each field of `core.labels.columns.SYNONYMS` that the row has."""


@dataclass(slots=True)
class Sheet:
    """What a reader of one format hands over."""

    rows: list[RawRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def refused(what: str, cure: str, row: int = 0, column: str = "") -> Sheet:
    """A file of which nothing can be read."""
    return Sheet(problems=[Problem(row, column, what, cure)])


def too_many(row: int) -> Sheet:
    """A file that goes on at `row`, where it has MAX_ROWS labels already."""
    return refused(f"The file has more than {MAX_ROWS:,} labels.", "Split it into several files.", row)
