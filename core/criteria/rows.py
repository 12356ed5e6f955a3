"""What every format is read into before it is checked: rows, problems, remarks."""

from dataclasses import dataclass, field

from core.errors import Problem
from core.logic import Logic

Table = list[tuple[int, list[str]]]
"""Rows of cells, each with its number as a spreadsheet counts it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion as it stands in the file, not yet checked."""

    number: int
    """Row of a spreadsheet, or line of a text file, counted from 1."""
    question: str
    id: str = ""
    instruction: str = ""
    group: str = ""
    entry: int = 0
    """Position in a list whose entries may share a line (JSON), counted from 1; 0 where the row number is enough."""
    logic: str = ""
    """How a group combines its parts, or what a criterion depends on. A row with it and without a question is a
    group."""
    parent: str = ""
    """Id of the group that the row is part of."""
    link: str = ""
    """linkId in a FHIR Questionnaire."""

    @property
    def is_group(self) -> bool:
        return bool(self.logic.strip()) and not self.question.strip()


@dataclass(slots=True)
class Found:
    """What a reader of one format hands over."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    name: str = ""
    """A name that the file gives itself, "" when it gives none."""
    logic: object = None
    """The logic of the whole list as the file holds it: the one-line form, or decoded JSON; None when it has none."""
    root: Logic | None = None
    """The logic of a form, which is read with its items."""
    source: str = ""
    """Canonical address and version of a form, "url|version"."""


def refused(what: str, cure: str, row: int = 0, column: str = "") -> Found:
    """A file of which nothing can be read."""
    return Found(problems=[Problem(row, column, what, cure)])
