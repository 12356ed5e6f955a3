"""Workbooks (XLSX): the first sheet with a heading, values instead of formulas."""

import io
import zipfile
from datetime import datetime, time

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from core.criteria.lines import table_lines
from core.criteria.rows import Found, Table, refused
from core.criteria.tabular import heading_at, no_heading, table_found
from core.errors import Problem
from core.text import clean_text

MAX_UNPACKED = 50_000_000
"""Most bytes that a workbook may unpack to."""
_MAX_ROWS = 5000
"""Non-empty rows after which a sheet is read no further: ten times what a list can have."""
_MAX_ROW = 20_000
"""Row below which nothing is read: a workbook of a few bytes can claim a million rows on each of many sheets."""
_MAX_SHEETS = 50
_MAX_COLUMNS = 64
_SAVE_AGAIN = "Open it in a spreadsheet program, save it as .xlsx without a password, and upload it again."


def workbook_found(data: bytes) -> Found:
    """Rows of a workbook; a workbook that cannot be read, or unpacks to more than MAX_UNPACKED bytes, is refused."""
    refusal = _refusal(data)
    if refusal is not None:
        return refusal
    try:
        filled = _filled(data)
    except Exception:  # openpyxl lets through whatever its parsers trip over in a damaged or hostile file
        return refused("The workbook is damaged and cannot be read.", _SAVE_AGAIN)
    if not filled:
        return refused("The workbook is empty.", "Fill in the template and upload it.")
    if heading_at(filled[-1]) is not None:
        return _below_the_end(table_found(filled[-1], narrow=False), filled[-1])
    if all(not any(cells[1:]) for _, cells in filled[0]):
        return _below_the_end(table_lines(filled[0]), filled[0])
    return no_heading()


def _refusal(data: bytes) -> Found | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return refused("This is not a workbook, or it is damaged.", _SAVE_AGAIN)
    if not any(m.filename.startswith("xl/") for m in members):
        return refused("This is a packed file of another kind, not an Excel workbook.", "Save the list as .xlsx.")
    if sum(m.file_size for m in members) > MAX_UNPACKED:
        return refused(
            f"The workbook unpacks to more than {MAX_UNPACKED // 1_000_000} MB.",
            "Copy the list alone into a new workbook and upload that.",
        )
    return None


def _below_the_end(found: Found, table: Table) -> Found:
    """Adds a problem when the sheet goes on where nothing is read: no row is ever left out in silence."""
    if table[-1][0] == _MAX_ROW:
        cure = "Copy the list alone into a new workbook and upload that."
        found.problems.append(Problem(_MAX_ROW, "", f"The sheet goes on below row {_MAX_ROW:,}.", cure))
    return found


def _filled(data: bytes) -> list[Table]:
    """The sheets that have rows, up to the first one with a heading."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    filled: list[Table] = []
    try:
        for sheet in book.worksheets[:_MAX_SHEETS]:
            sheet.reset_dimensions()  # the size that a file states is often wrong, and would hide cells
            table = _table(sheet)
            if any(any(cells) for _, cells in table):
                filled.append(table)
            if heading_at(table) is not None:
                break
    finally:
        book.close()
    return filled


def _table(sheet: Worksheet) -> Table:
    """The non-empty rows, and row _MAX_ROW where the sheet reaches it, with their row numbers.

    An error value such as #REF! is an empty cell.
    """
    table: Table = []
    for number, row in enumerate(sheet.iter_rows(max_row=_MAX_ROW, max_col=_MAX_COLUMNS), start=1):
        cells = ["" if cell.data_type == "e" else _text(cell.value) for cell in row]
        if any(cells):
            table.append((number, cells))
        elif number == _MAX_ROW:
            table.append((number, []))
        if len(table) == _MAX_ROWS:
            break
    return table


def _text(value: object) -> str:
    """A cell as the reader sees it: 1.0 is "1", a day has no time."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return clean_text(str(value)).strip()
