"""Tables: bytes to text, CSV to rows of cells, and rows of cells to criteria."""

import codecs
import csv
import io
import re
import unicodedata

from core.criteria.columns import match_columns, match_logic, repeated, unused_remark
from core.criteria.lines import lines_found, table_lines
from core.criteria.rows import Found, Row, Table, refused
from core.errors import Problem
from core.text import clean_text

DELIMITERS = (",", ";", "\t")
_LOOK_FOR_HEADING = 10
"""How many non-empty rows from the top may hold the heading: lists often start with a title."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAX_CELLS = 256
"""Cells of a row that are looked at."""
_END = "\ue000end"
"""Put after the last line: when it does not come back as a row of its own, a quotation mark was left open."""
NOT_TEXT = ("The file holds bytes that are not text.", "Save it again as CSV UTF-8, and upload it again.")


def decode(data: bytes) -> str | None:
    """Text of a file in UTF-8, UTF-16 or UTF-32 with or without a mark at the start, else cp1252; None for no text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data.removeprefix(mark), encoding)
    text = _decoded(data, _guess(data))
    return _decoded(data, "cp1252") if text is None and b"\0" not in data else text


def _guess(data: bytes) -> str:
    """UTF-16 without a mark shows by the zero bytes of its Latin letters."""
    sample = data[:4000]
    if sample.count(0) * 4 < len(sample):
        return "utf-8"
    return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"


def _decoded(data: bytes, encoding: str) -> str | None:
    """None for bytes that are not in the encoding, or that decode to what no text file holds."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    odd = sum(unicodedata.category(c) in ("Cc", "Cn") and c not in "\t\n\r\f\v" for c in text[:4000])
    return None if odd * 20 > min(len(text), 4000) else text


def csv_found(text: str) -> Found:
    """Rows of a CSV text: the delimiter whose heading names most fields; without a heading, one question a line."""
    parsed = [parse(text, delimiter) for delimiter in DELIMITERS]
    tables = [table for table, _ in parsed]
    best = max(range(len(tables)), key=lambda i: (_fields_named(tables[i]), not _overflows(tables[i])))
    if _fields_named(tables[best]):
        found = table_found(tables[best], narrow=True)
        found.problems += parsed[best][1]
        return found
    if all(len(cells) <= 1 for _, cells in tables[0]):
        found = table_lines(tables[0])
        found.problems += parsed[0][1]
        return found
    if any(all(len(cells) <= 1 for _, cells in table) for table in tables[1:]) and not _regular(tables):
        return lines_found(text)
    return no_heading()


def _regular(tables: list[Table]) -> bool:
    """True when some delimiter cuts every row into the same number of cells, two or more: a table, not prose."""
    widths = [{len(cells) for _, cells in table if any(cells)} for table in tables]
    return any(len(width) == 1 and max(width) > 1 for width in widths)


def no_heading() -> Found:
    return refused(
        "No column is headed \N{LEFT DOUBLE QUOTATION MARK}question\N{RIGHT DOUBLE QUOTATION MARK}.",
        "Name the columns in the first row: id, question, instruction, group. The template shows how.",
        row=1,
    )


def parse(text: str, delimiter: str) -> tuple[Table, list[Problem]]:
    """All records, each with its row number as a spreadsheet counts it: a quoted cell with line ends is one row.

    A record that cannot be read ends the table and is named as a problem.
    """
    table: Table = []
    lines = io.StringIO(f"{text}\n{_END}", newline="")
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            if cells == [_END]:
                return table, []
            table.append((len(table) + 1, [clean_text(cell).strip() for cell in cells[:_MAX_CELLS]]))
    except csv.Error:
        cure = "Look for a quotation mark that is never closed, or shorten the cell."
        return table, [Problem(len(table) + 1, "", "A cell of this row is too long to be read.", cure)]
    number, _ = table.pop()
    cure = 'Close it, or write "" for a quotation mark inside a quoted cell.'
    return table, [Problem(number, "", "A quotation mark is opened in this row and never closed.", cure)]


def heading_at(table: Table) -> int | None:
    """Index of the heading: among the first rows, the earliest that names most fields, the question among them."""
    best, most = None, 0
    seen = 0
    for index, (_, cells) in enumerate(table):
        if not any(cells):
            continue
        columns = match_columns(cells)
        if "question" in columns and len(columns) > most:
            best, most = index, len(columns)
        seen += 1
        if seen == _LOOK_FOR_HEADING:
            break
    return best


def _fields_named(table: Table) -> int:
    at = heading_at(table)
    return 0 if at is None else len(match_columns(table[at][1]))


def _overflows(table: Table) -> bool:
    """True when some row has more cells than the heading: in a list of one column, a comma of the text."""
    at = heading_at(table)
    return at is not None and any(any(cells[len(table[at][1]) :]) for _, cells in table[at + 1 :])


def table_found(table: Table, *, narrow: bool) -> Found:
    """Rows below the heading. `narrow`: a filled cell beyond the last heading is a mistake, as it is in a CSV file
    whose question holds a comma without quotation marks."""
    at = heading_at(table)
    if at is None:
        return no_heading()
    number, headings = table[at]
    columns = match_columns(headings)
    if "logic" in (logic := match_logic(headings)):
        columns |= logic
    found = Found(remarks=unused_remark(h for i, h in enumerate(headings) if i not in columns.values()))
    for field in repeated(headings, columns):
        found.problems.append(
            Problem(number, field, "Two columns have this heading.", "Rename or delete the one that is not meant.")
        )
    for row, cells in table[at + 1 :]:
        if narrow and any(cells[len(headings) :]):
            found.problems.append(
                Problem(
                    row,
                    "",
                    f"The row has more cells than the heading, which has {len(headings)}.",
                    'Put a text that contains the separator between quotation marks: "so, for example".',
                )
            )
        elif any(cells):
            found.rows.append(_row(row, cells, columns))
    return found


def _row(number: int, cells: list[str], columns: dict[str, int]) -> Row:
    def cell(field: str) -> str:
        position = columns.get(field)
        return cells[position] if position is not None and position < len(cells) else ""

    return Row(
        number,
        cell("question"),
        cell("id"),
        cell("instruction"),
        cell("group"),
        logic=cell("logic"),
        parent=cell("parent"),
    )


def looks_like_table(text: str) -> bool:
    """True when the first line that is not empty is a heading of two columns or more."""
    first = next((line for line in re.split(r"[\r\n]+", text) if line.strip()), "")
    return any(d in first and "question" in match_columns([h.strip('" ') for h in first.split(d)]) for d in DELIMITERS)
