"""Plain lines: one question a line, with an id in front where there is one."""

import re

from core.criteria.rows import Found, Row, Table
from core.text import clean_text

_BULLET = re.compile(r"[•◦▪‣·*–-]\s+")
_NUMBERED = re.compile(
    r"""\(?(?P<id>[A-Za-z] | (?=[A-Za-z._-]*[0-9])[A-Za-z0-9][A-Za-z0-9._-]{0,39}?)
        (?: [.:)]{1,2}(?:\s+|$) | \t\s*)
        (?P<question>.*)""",
    re.VERBOSE,
)


def lines_found(text: str) -> Found:
    """Rows of pasted or plain text; row numbers are line numbers. Blank lines and lines starting with # are skipped."""
    return table_lines([(n, [line]) for n, line in enumerate(clean_text(text).split("\n"), start=1)])


def table_lines(table: Table) -> Found:
    """Rows of a table of one column without a heading, read as lines."""
    found = Found()
    for number, cells in table:
        line = cells[0].strip() if cells else ""
        if line and not line.startswith("#"):
            found.rows.append(_row(number, line))
    return found


def _row(number: int, line: str) -> Row:
    """An id is a single letter, or has a digit, and ends with a dot, colon, bracket or tab: "B-01:", "1.", "1)", "a)".

    So "Note: is it signed?" stays a question.
    """
    line = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
    match = _NUMBERED.fullmatch(line)
    if match is None:
        return Row(number, line)
    return Row(number, match["question"], match["id"])
