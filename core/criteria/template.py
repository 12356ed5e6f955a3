"""Templates to download. The same bytes every time, and both read back through `read_criteria`."""

import io
import re
import zipfile
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from core.criteria.check import MAX_CRITERIA, MAX_GROUP, MAX_ID, MAX_INSTRUCTION, MAX_QUESTION
from core.spreadsheet import csv_text, safe_cell

COLUMNS = ("id", "question", "instruction", "group", "logic", "parent")
_EXAMPLES = (
    ("Policy", "", "", "", "ALL", ""),
    (
        "B-01",
        "Is there documentation of a failed trial of first-line therapy?",
        "Look for the name of the drug, the dates and the reason for stopping.",
        "Prior treatment",
        "",
        "Policy",
    ),
    ("B-02", "Is there an imaging report from the last 12 months?", "", "Imaging", "", "Policy"),
)
_NOTES = (
    ("Column", "What to write"),
    ("id", f"A short name, used once: letters a to z, digits, dot, _ and -, up to {MAX_ID}. Empty: C01, C02, ..."),
    ("question", f"Required. One question, up to {MAX_QUESTION:,} characters. It is used word for word."),
    ("instruction", f"What counts as evidence and what does not. May be empty. Up to {MAX_INSTRUCTION:,} characters."),
    ("group", f"A heading under which criteria stand together. May be empty. Up to {MAX_GROUP} characters."),
    (
        "logic",
        "How the criteria combine; may be empty everywhere. A row with an id, a logic word and no question is a group: "
        "ALL, ANY, AT LEAST 2, NOT, or IF and the id of a criterion (its part is asked only if that one is met). "
        "Beside a question: NOT, or IF and an id.",
    ),
    (
        "parent",
        "The id of the group that the row is part of. One group, the topmost, has none. "
        "Write - for a criterion that is asked without being part of the logic.",
    ),
    (
        "",
        f"One criterion in each row, up to {MAX_CRITERIA}. Replace the examples; without logic, delete the row Policy, "
        "too. Other columns are ignored.",
    ),
)
_WIDTHS = {"A": 12, "B": 70, "C": 50, "D": 22, "E": 16, "F": 16}
_DAY = datetime(2026, 1, 1)


def template_csv() -> bytes:
    """A CSV file with the headings, a group and two example rows, in UTF-8 with the mark that spreadsheets look for."""
    return csv_text([COLUMNS, *_EXAMPLES]).encode("utf-8-sig")


def template_xlsx() -> bytes:
    """A workbook with the headings, a group, two example rows, and a sheet of notes on the columns."""
    book = Workbook()
    book.properties.created = _DAY
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = "Criteria"
    _fill(sheet, (COLUMNS, *_EXAMPLES), _WIDTHS)
    sheet.freeze_panes = "A2"
    _fill(book.create_sheet("Notes"), _NOTES, {"A": 14, "B": 100})
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _fill(sheet: Worksheet, rows: tuple[tuple[str, ...], ...], widths: dict[str, int]) -> None:
    for row in rows:
        sheet.append([safe_cell(text) for text in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=cell.row == 1)
    for column, width in widths.items():
        sheet.column_dimensions[column].width = width


def _timeless(data: bytes) -> bytes:
    """The workbook without the time of writing, which would make every download differ."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name, date_time=_DAY.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
