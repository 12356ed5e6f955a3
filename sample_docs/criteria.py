"""Criteria lists and the four files each is written to."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

COLUMNS = ("id", "question", "instruction", "group")


class Row(NamedTuple):
    id: str
    question: str
    instruction: str
    group: str


@dataclass(frozen=True)
class Criteria:
    name: str
    rows: tuple[Row, ...]
    logic: str = ""
    """How they combine, in the one-line form."""


def read_criteria(path: Path) -> Criteria:
    """A list from its source: the name, `= logic` lines, `# group` lines and `ID question | instruction` lines."""
    name, *lines = path.read_text(encoding="utf-8").splitlines()
    rows: list[Row] = []
    logic: list[str] = []
    group = ""
    for line in lines:
        if line.startswith("= "):
            logic.append(line[2:].strip())
        elif line.startswith("# "):
            group = line[2:].strip()
        elif line.strip():
            key, _, rest = line.partition(" ")
            question, _, instruction = rest.partition(" | ")
            rows.append(Row(key, question.strip(), instruction.strip(), group))
    return Criteria(name.strip(), tuple(rows), " ".join(logic))


def write_criteria(folder: Path, stem: str, criteria: Criteria) -> None:
    """`criteria_<stem>` as .csv, .xlsx, .json and .txt; the logic is in the JSON file, which the samples are opened
    with."""
    base = folder / f"criteria_{stem}"
    with base.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(criteria.rows)
    data = {"name": criteria.name, "logic": criteria.logic, "criteria": [row._asdict() for row in criteria.rows]}
    base.with_suffix(".json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    base.with_suffix(".txt").write_text("".join(f"{row.question}\n" for row in criteria.rows), encoding="utf-8")
    base.with_suffix(".xlsx").write_bytes(_xlsx(criteria))


def _xlsx(criteria: Criteria) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Criteria"
    sheet.append(COLUMNS)
    for row in criteria.rows:
        sheet.append([cell or None for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, wide in zip("ABCD", (10, 90, 60, 24), strict=True):
        sheet.column_dimensions[column].width = wide
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    buffer = io.BytesIO()
    book.save(buffer)
    return _undated(buffer.getvalue())


def _undated(data: bytes) -> bytes:
    """The same archive with every time stamp at the start of 1980, and no creation time inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in sorted(old.infolist(), key=lambda i: i.filename):
            content = old.read(info)
            if info.filename == "docProps/core.xml":
                content = (
                    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
                    b'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Chartsieve</dc:creator>'
                    b"</cp:coreProperties>"
                )
            member = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, content)
    return out.getvalue()
