"""What the press prints: rows of cells, tables, pictures. Nouns alone, and how they travel to the press.

A cell holds HTML of a few tags. Whoever makes one escapes every word that a person or a page wrote (`words`).
"""

import base64
import html
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from core.domain import Box


@dataclass(frozen=True, slots=True)
class Cell:
    share: float
    """Of the width between the margins, in (0, 1]; those of a row sum up to 1 at most."""
    html: str


@dataclass(frozen=True, slots=True)
class Row:
    """Cells beside one another, as high as the highest. A row moves to the next page whole where it can."""

    cells: tuple[Cell, ...]
    above: float = 0.0
    """Points of free space above it, left out at the top of a page."""
    fill: str = ""
    """Colour of the ground as "#rrggbb", "" for none."""
    bar: str = ""
    """Colour of a bar at its left, "" for none."""
    line: bool = False
    """A hairline below it."""
    with_next: bool = False
    """It never ends a page: the row after it comes along."""
    anchor: str = ""
    """What links lead to, names with a space between; "" for nothing."""
    title: str = ""
    """Its entry in the outline, "" for none."""
    level: int = 1
    """Depth of that entry, from 1."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading that is repeated at the top of every page that they reach."""

    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on a picture, with the numbers that speak of it."""

    box: Box
    """In fractions of the picture."""
    number: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of its own: rows, and below them a picture as large as the room allows."""

    rows: tuple[Row, ...]
    png: bytes
    """b"" where there is no picture: the rows say why."""
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """What follows begins on a new page."""


Part = Row | Table | Sheet | Break


@dataclass(frozen=True, slots=True)
class Job:
    """A whole document."""

    title: str
    css: str
    head: str
    """HTML at the top left of every page."""
    warning: str
    """HTML at the top right of every page, in the colour of warnings where `warn`."""
    warn: bool
    foot: str
    """HTML at the bottom left of every page; the right says "Page 3 of 17"."""
    made: str
    """When, as a PDF writes it: D:20261120140200Z."""
    parts: tuple[Part, ...]


def words(text: str, *, lines: bool = False) -> str:
    """Words of a person or a page as HTML that says just these words; with `lines` a line break stays one."""
    escaped = html.escape(text if lines else " ".join(text.split()))
    return "<br/>".join(escaped.splitlines()) if lines else escaped


def row(*cells: tuple[float, str], **options: object) -> Row:
    """A row of (share, HTML)."""
    return Row(tuple(Cell(share, inner) for share, inner in cells), **options)  # type: ignore[arg-type]


def whole(inner: str, **options: object) -> Row:
    """A row of one cell."""
    return row((1.0, inner), **options)


def dump(job: Job) -> bytes:
    """JSON for the press; pictures in base 64."""
    plain = {name: getattr(job, name) for name in ("title", "css", "head", "warning", "warn", "foot", "made")}
    return json.dumps({**plain, "parts": _parts(job.parts)}).encode()


def _parts(parts: Sequence[Part]) -> list[dict[str, object]]:
    flat: list[dict[str, object]] = []
    for part in parts:
        match part:
            case Row():
                flat.append({"kind": "row", "row": asdict(part)})
            case Table():
                flat.append({"kind": "table", "head": asdict(part.head), "rows": [asdict(r) for r in part.rows]})
            case Sheet():
                png = base64.b64encode(part.png).decode("ascii")
                marks = [[*mark.box, mark.number] for mark in part.marks]
                flat.append({"kind": "sheet", "rows": [asdict(r) for r in part.rows], "png": png, "marks": marks})
            case Break():
                flat.append({"kind": "break"})
    return flat
