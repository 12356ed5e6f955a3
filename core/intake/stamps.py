"""What machines print along the edges of a page: fax headers and page numbers. Pure functions."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from core.domain import Word

_TOP_EDGE, _BOTTOM_EDGE = 0.06, 0.95
"""Outside these a fax header may be taken for one."""
_TOP_ZONE, _BOTTOM_ZONE = 0.10, 0.90
"""Outside these a page number is looked for."""
_SAME_ROW = 0.006

_PAGE_OF = re.compile(r"\b(?:PAGE|PG|P(?=[.:#]))[.:#]?\s*(\d{1,4})\s*(?:OF|/)\s*(\d{1,4})\b", re.IGNORECASE)
_BARE_OF = re.compile(r"^[-–— ]*(\d{1,4})\s*OF\s*(\d{1,4})[-–— ]*$", re.IGNORECASE)
_PAGE_FIRST = re.compile(r"^[-–— ]*(?:PAGE|PG|P\.)[.:#]?\s*(\d{1,4})\b(?!\s*(?:OF\b|[-–—/]))", re.IGNORECASE)
_PAGE_LAST = re.compile(r"\b(?:PAGE|PG)[.:#]?\s*(\d{1,4})$", re.IGNORECASE)
_FAX = re.compile(r"\b(?:fax|tsid)\b|\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b1?\d{10}\b", re.IGNORECASE)
_TIME = re.compile(r"\b\d{1,2}:\d{2}\b")
_LETTERS = re.compile(r"[^\W\d_]+")
_OF_A_STAMP = frozenset(("page", "pg", "p", "of", "fax", "from", "to", "date", "time", "am", "pm"))


class _Placed(NamedTuple):
    """A word where it stands when the text is turned upright; fractions of the page."""

    at: int
    """Position in the text."""
    text: str
    x: float
    y: float
    """Of its centre."""


def printed_label(words: Sequence[Word], width: float, height: float) -> str:
    """The page number printed near the top or bottom edge, "14 of 60" or "14"; "" when there is none.

    The topmost one with a total wins: a fax machine stamps it above everything else, and people cite it. The edges are
    those of the text, which may lie sideways. `width` and `height` are the page's, in any unit.
    """
    placed = _upright(words, width, height)
    top = _rows(w for w in placed if w.y <= _TOP_ZONE)
    bottom = _rows(w for w in placed if w.y >= _BOTTOM_ZONE)
    found = [label for row in (*top, *reversed(bottom)) if (label := _label(_line(row)))]
    return next((label for label in found if " of " in label), found[0] if found else "")


def without_stamps(words: Sequence[Word], width: float, height: float) -> tuple[str, ...]:
    """The words, in order, less fax headers and page numbers along the top and bottom edge.

    A row that says anything else beside its page number stays: it may name the patient or the answer.
    """
    return _without(words, width, height, _is_stamp)


def without_edges(words: Sequence[Word], width: float, height: float) -> tuple[str, ...]:
    """As `without_stamps`, and less every row with a page number, whatever else it says.

    For telling a scan under such a row from a page of text, never for telling two pages apart.
    """
    return _without(words, width, height, lambda row: _is_stamp(row) or bool(_label(row)))


def _without(words: Sequence[Word], width: float, height: float, drop: Callable[[str], bool]) -> tuple[str, ...]:
    edge = [w for w in _upright(words, width, height) if w.y < _TOP_EDGE or w.y > _BOTTOM_EDGE]
    stamped = {w.at for row in _rows(edge) if drop(_line(row)) for w in row}
    return tuple(w.text for i, w in enumerate(words) if i not in stamped)


def text_turn(words: Sequence[Word], width: float, height: float) -> int:
    """How far most of the text is turned clockwise from upright on the displayed page: 0, 90, 180 or 270 degrees."""
    shapes = [(w.box[2] - w.box[0]) * width > (w.box[3] - w.box[1]) * height for w in words if len(w.text) >= 4]
    across = sum(shapes) * 2 >= len(shapes)
    forward = back = 0
    for (ax, ay), (bx, by) in pairwise(((w.box[0] + w.box[2]) / 2, (w.box[1] + w.box[3]) / 2) for w in words):
        step, aside = (bx - ax, by - ay) if across else (by - ay, bx - ax)
        if abs(aside) < _SAME_ROW:
            forward, back = forward + (step > 0), back + (step < 0)
    if across:
        return 180 if back > forward else 0
    return 270 if back > forward else 90


def _upright(words: Sequence[Word], width: float, height: float) -> list[_Placed]:
    turn = text_turn(words, width, height)
    placed = []
    for at, word in enumerate(words):
        x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        x, y = {0: (x, y), 90: (y, 1 - x), 180: (1 - x, 1 - y), 270: (1 - y, x)}[turn]
        placed.append(_Placed(at, word.text, x, y))
    return placed


def _rows(words: Iterable[_Placed]) -> list[list[_Placed]]:
    """Words at about the same height, from left to right; rows from the top."""
    rows: list[list[_Placed]] = []
    for word in sorted(words, key=lambda w: w.y):
        if rows and word.y - rows[-1][0].y < _SAME_ROW:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.x) for row in rows]


def _line(row: list[_Placed]) -> str:
    return " ".join(w.text for w in row)


def _is_stamp(row: str) -> bool:
    """Nothing that anybody wrote on the page."""
    if (_FAX.search(row) and _TIME.search(row)) or row.strip("-–— ").isdigit():
        return True
    return bool(_label(row)) and all(word.lower() in _OF_A_STAMP for word in _LETTERS.findall(row))


def _label(row: str) -> str:
    for pattern in (_PAGE_OF, _BARE_OF):
        for match in pattern.finditer(row):
            number, total = int(match[1]), int(match[2])
            if 1 <= number <= total:
                return f"{number} of {total}"
    single = _PAGE_FIRST.search(row) or _PAGE_LAST.search(row)
    return str(int(single[1])) if single else ""
