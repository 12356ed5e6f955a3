"""Bytes of a file of labels -> rows of texts: JSON lines, CSV or TREC qrels, told by ending and looks."""

import codecs
import csv
import io
import json
from collections.abc import Iterator, Sequence

from core.errors import Problem
from core.labels.cells import plain_cell
from core.labels.columns import match_columns, repeated, unused_remark
from core.labels.sheet import MAX_ROWS, RawRow, Sheet, refused, too_many
from core.labels.trec import looks_like_qrels, qrels_sheet
from core.text import clean_text

MAX_BYTES = 64_000_000
_KINDS = "Upload labels as JSON lines (.jsonl), CSV or TREC qrels (.qrels)."
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DELIMITERS = (",", ";", "\t")
_LOOK = 100_000
"""Characters from the start in which the heading is looked for."""
_END = "\0"
"""Put after the last line, and in no file that is taken: when it does not come back as a row of its own, a quotation
mark was left open."""
_OBJECT = 'Write one object a line: {"document": "...", "page": 1, "criterion": "...", "verdict": "relevant"}.'


def sheet_of(data: bytes, filename: str) -> Sheet:
    """The rows of the file and what is wrong with its form. A file of more than MAX_BYTES or MAX_ROWS is refused."""
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        return refused("The file is empty.", "Choose another file.")
    if len(data) > MAX_BYTES:
        return refused(f"The file is larger than {MAX_BYTES // 1_000_000} MB.", "Split it into several files.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return refused("This is a workbook or a packed file.", "Save the labels as CSV UTF-8, and upload that.")
    if data.startswith(b"%PDF-"):
        return refused("This is a PDF, not a file of labels.", _KINDS)
    text = _decoded(data)
    if text is None:
        return refused("The file holds bytes that are not text.", f"Save it again in UTF-8. {_KINDS}")
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    if ending in ("jsonl", "ndjson", "json"):
        return _json_sheet(text)
    if ending in ("csv", "tsv"):
        return _csv_sheet(text)
    if ending in ("qrels", "trec") or looks_like_qrels(text):
        return qrels_sheet(text)
    return _json_sheet(text) if text.lstrip().startswith(("{", "[")) else _csv_sheet(text)


def _decoded(data: bytes) -> str | None:
    """UTF-8, UTF-16 with a mark at the start, else cp1252; None for what is no text."""
    encoding = next((e for mark, e in _BOMS if data.startswith(mark)), "utf-8")
    for name in (encoding, "cp1252"):
        try:
            text = data.decode(name).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


# -- JSON lines


def _json_sheet(text: str) -> Sheet:
    if text.lstrip().startswith("["):
        return refused("The file is one JSON list.", _OBJECT)
    sheet = Sheet()
    unused: dict[str, None] = {}
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if len(sheet.rows) == MAX_ROWS:
            return too_many(number)
        entry = _entry(line, number)
        if isinstance(entry, Problem):
            sheet.problems.append(entry)
            continue
        keys = tuple(entry)
        if keys not in known:
            known[keys] = {field: keys[i] for field, i in match_columns(keys).items()}
            unused.update((clean_text(key), None) for key in keys if key not in known[keys].values())
        row, mistakes = _json_row(number, entry, known[keys])
        sheet.problems += mistakes
        if not mistakes:
            sheet.rows.append(row)
    sheet.remarks = unused_remark(unused)
    return sheet


def _entry(line: str, number: int) -> dict[str, object] | Problem:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError as error:
        cure = "Look for a missing or spare comma, quotation mark or bracket there or just before."
        return Problem(number, str(error.colno), f"This is not valid JSON: {error.msg}.", cure)
    except (ValueError, RecursionError):
        return Problem(number, "", "The line nests too deeply or holds a number that is too long.", _OBJECT)
    return entry if isinstance(entry, dict) else Problem(number, "", "The line is not an object.", _OBJECT)


def _json_row(number: int, entry: dict[str, object], columns: dict[str, str]) -> tuple[RawRow, list[Problem]]:
    fields: dict[str, str] = {}
    problems = []
    for field, key in columns.items():
        value = entry[key]
        if isinstance(value, str):
            fields[field] = value
        elif isinstance(value, bool):
            fields[field] = "true" if value else "false"
        elif isinstance(value, int | float):
            fields[field] = repr(value)
        elif value is not None:
            problems.append(Problem(number, field, f"The {field} is a list or an object.", "Write a text or a number."))
    return RawRow(number, fields), problems


# -- CSV


def _csv_sheet(text: str) -> Sheet:
    """The first row that is not empty is the heading; the separator is the one by which it names most fields."""
    sheet = Sheet()
    delimiter = max(_DELIMITERS, key=lambda d: len(match_columns(next(_records(text[:_LOOK], d, []), (0, []))[1])))
    headings: Sequence[str] = ()
    columns: dict[str, int] = {}
    for number, cells in _records(text, delimiter, sheet.problems):
        if not headings:
            headings, columns = cells, match_columns(cells)
            sheet.remarks = unused_remark(clean_text(h) for i, h in enumerate(cells) if i not in columns.values())
            sheet.problems += _heading_mistakes(number, cells)
        elif any(cells[len(headings) :]):
            what = f"The row has more cells than the heading, which has {len(headings)}."
            cure = 'Put a text that contains the separator between quotation marks: "so, for example".'
            sheet.problems.append(Problem(number, "", what, cure))
        elif len(sheet.rows) == MAX_ROWS:
            return too_many(number)
        else:
            filled = {field: plain_cell(cells[i]) for field, i in columns.items() if i < len(cells)}
            sheet.rows.append(RawRow(number, filled))
    return sheet


def _records(text: str, delimiter: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The records that are not empty, with their row numbers: a quoted cell with line ends is one row.

    A record that cannot be read ends the table and is named in `problems`.
    """
    number = 0
    held: tuple[int, list[str]] | None = None
    try:
        for cells in csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=delimiter):
            if held is not None:
                yield held
            number += 1
            held = (number, cells) if any(cell.strip() for cell in cells) else None
    except csv.Error:
        what, cure = "A cell of this row is too long to be read.", "Look for a quotation mark that is never closed."
        problems.append(Problem(number + 1, "", what, cure))
        return
    if held is not None and held[1] != [_END]:
        cure = 'Close it, or write "" for a quotation mark inside a quoted cell.'
        problems.append(Problem(number, "", "A quotation mark is opened in this row and never closed.", cure))


def _heading_mistakes(number: int, headings: Sequence[str]) -> list[Problem]:
    cure = "Rename or delete the one that is not meant."
    return [Problem(number, field, "Two columns have this heading.", cure) for field in repeated(headings)]
