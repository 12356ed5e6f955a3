"""Cells that are written for a spreadsheet. Standard library only."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

Cell = str | int | float | bool | None


def safe_cell(text: str) -> str:
    """`text` so that no spreadsheet runs it as a formula.

    A text that starts (after spaces) with = + - @, a full-width form of these, a tab or a line end gets an apostrophe
    in front; every other text is returned as it is.
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV with commas and CRLF line ends (RFC 4180).

    Texts are defused by `safe_cell`. Numbers are written so that they read back exactly, True and False as true and
    false, None as an empty cell.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe_cell(value) if isinstance(value, str) else repr(value)
