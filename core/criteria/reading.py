"""A criteria list of any accepted kind -> its criteria and its mistakes."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.criteria.check import check_rows, cleaned
from core.criteria.combining import combined
from core.criteria.jsonfile import json_found
from core.criteria.lines import lines_found
from core.criteria.rows import Found, refused
from core.criteria.tabular import NOT_TEXT, csv_found, decode, looks_like_table
from core.criteria.workbook import workbook_found
from core.domain import CriteriaSet, Criterion
from core.errors import BadCriteria, Problem
from core.logic import Logic
from core.text import clean_text

MAX_BYTES = 5_000_000
"""Largest file: twice what the longest list can have."""
_MAX_NAME = 120
_KINDS = "Upload a CSV, XLSX, JSON or TXT file. The template shows what a list looks like."


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds, for the screen: the good rows and, beside them, every mistake."""

    name: str
    """The list's own name, else the file's."""
    criteria: tuple[Criterion, ...]
    """The rows without a mistake, in the order of the file."""
    problems: tuple[Problem, ...]
    """Every mistake, by row. Empty: the list can be used."""
    remarks: tuple[str, ...] = ()
    """What was ignored, as sentences; nothing that stands in the way."""
    root: Logic | None = None
    """How the criteria combine; None where the file does not say, or where that has a mistake."""
    source: str = ""
    """Canonical address and version of the form that the file holds, "" for another kind of file."""

    def criteria_set(self, name: str = "") -> CriteriaSet:
        """The list of a file without a problem, under its own name or another one."""
        return CriteriaSet(name or self.name, self.criteria, root=self.root, source=self.source)


def read_criteria(data: bytes, filename: str) -> CriteriaSet:
    """The list of a CSV, XLSX, JSON or TXT file. Raises BadCriteria with every mistake of the file."""
    return _accepted(preview_criteria(data, filename))


def read_lines(text: str, name: str) -> CriteriaSet:
    """The list of pasted text, one question a line. Raises BadCriteria with every mistake."""
    return _accepted(preview_lines(text, name))


def preview_criteria(data: bytes, filename: str) -> Preview:
    """What the file holds, its kind being taken from its ending and its first bytes. Raises nothing."""
    return _preview(_found(data, filename), _stem(filename))


def preview_lines(text: str, name: str) -> Preview:
    """What pasted text holds, one question a line. Raises nothing."""
    return _preview(lines_found(text), name)


def _accepted(preview: Preview) -> CriteriaSet:
    if preview.problems:
        raise BadCriteria(list(preview.problems))
    return preview.criteria_set()


def _preview(found: Found, name: str) -> Preview:
    logic = combined(found, cleaned(found.rows))
    criteria, problems = check_rows(logic.criteria)
    problems = sorted(found.problems + problems + logic.problems, key=lambda p: p.row)
    if not criteria and not problems:
        problems = [Problem(0, "", "The file holds no criteria.", "Write one question in each row.")]
    shown = " ".join(clean_text(found.name).split()) or " ".join(clean_text(name).split()) or "Criteria"
    remarks = (*found.remarks, *logic.remarks)
    root = None if problems else logic.root
    return Preview(shown[:_MAX_NAME], tuple(criteria), tuple(problems), remarks, root, found.source)


def _stem(filename: str) -> str:
    """The file's name for the screen: no folder, no ending, spaces for underscores."""
    return re.sub(r"\.[A-Za-z0-9]{1,5}$", "", re.split(r"[/\\]", filename)[-1]).replace("_", " ")


def _found(data: bytes, filename: str) -> Found:
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        return refused("The file is empty.", "Choose another file, or fill in the template.")
    if len(data) > MAX_BYTES:
        return refused(f"The file is larger than {MAX_BYTES // 1_000_000} MB.", "Save the list alone in a file.")
    if data.startswith(b"PK\x03\x04") or ending in ("xlsx", "xlsm"):
        return _workbook(data)
    if data.startswith(b"%PDF-"):
        return refused("This is a PDF, not a criteria list.", _KINDS)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _old_office()
    if ending == "json":
        return json_found(data)
    return _text_file(data, ending)


def _workbook(data: bytes) -> Found:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _old_office()
    if not data.startswith(b"PK"):
        return refused(
            "The file is named like a workbook, but it is not one.", "Save it as .xlsx in a spreadsheet program."
        )
    return workbook_found(data)


def _old_office() -> Found:
    return refused(
        "This is a workbook of the old kind (.xls), or one with a password.",
        "Save it as .xlsx without a password, and upload it again.",
    )


def _text_file(data: bytes, ending: str) -> Found:
    text = decode(data)
    if text is None:
        return refused(*NOT_TEXT) if ending in ("csv", "tsv", "txt", "text", "md") else _unknown()
    if ending in ("csv", "tsv"):
        return csv_found(text)
    if ending not in ("txt", "text", "md", ""):
        return _unknown()
    if not ending and text.lstrip().startswith(("{", "[")):
        return json_found(data)
    read: Callable[[str], Found] = csv_found if looks_like_table(text) else lines_found
    return read(text)


def _unknown() -> Found:
    return refused("This kind of file is not a criteria list.", _KINDS)
