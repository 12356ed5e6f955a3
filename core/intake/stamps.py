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


class Edges:
    """The words of a page near the top and bottom edge of its text, which may lie sideways.

    `width` and `height` are the page's, in any unit.
    """

    def __init__(self, words: Sequence[Word], width: float, height: float) -> None:
        self.turn = text_turn(words, width, height)
        """See `text_turn`."""
        self._words = words
        self._placed = _at_the_edges(words, self.turn)
        edge = [w for w in self._placed if w.y < _TOP_EDGE or w.y > _BOTTOM_EDGE]
        self._rows = [(row, _line(row)) for row in _rows(edge)]

    def label(self) -> str:
        """The page number printed near the top or bottom edge, "14 of 60" or "14"; "" when there is none.

        The topmost one with a total wins: a fax machine stamps it above everything else, and people cite it.
        """
        top = _rows(w for w in self._placed if w.y <= _TOP_ZONE)
        bottom = _rows(w for w in self._placed if w.y >= _BOTTOM_ZONE)
        found = [label for row in (*top, *reversed(bottom)) if (label := _label(_line(row)))]
        return next((label for label in found if " of " in label), found[0] if found else "")

    def without_stamps(self) -> tuple[str, ...]:
        """The words, in order, less fax headers and page numbers along the top and bottom edge.

        A row that says anything else beside its page number stays: it may name the patient or the answer.
        """
        return self._without(_is_stamp)

    def without_edges(self) -> tuple[str, ...]:
        """As `without_stamps`, and less every row with a page number, whatever else it says.

        For telling a scan under such a row from a page of text, never for telling two pages apart.
        """
        return self._without(lambda row: _is_stamp(row) or bool(_label(row)))

    def _without(self, drop: Callable[[str], bool]) -> tuple[str, ...]:
        stamped = {w.at for row, line in self._rows if drop(line) for w in row}
        if not stamped:
            return tuple([w[0] for w in self._words])
        return tuple([w[0] for i, w in enumerate(self._words) if i not in stamped])


def text_turn(words: Sequence[Word], width: float, height: float) -> int:
    """How far most of the text is turned clockwise from upright on the displayed page: 0, 90, 180 or 270 degrees."""
    boxes = [w.box for w in words if len(w.text) >= 4]
    wide = sum((x1 - x0) * width > (y1 - y0) * height for x0, y0, x1, y1 in boxes)
    across = wide * 2 >= len(boxes)
    starts = [(x0 + x1, y0 + y1) if across else (y0 + y1, x0 + x1) for _, (x0, y0, x1, y1), _ in words]
    steps = [b - a for (a, at), (b, now) in pairwise(starts) if abs(now - at) < 2 * _SAME_ROW]
    backwards = sum(step < 0 for step in steps) > sum(step > 0 for step in steps)
    return (180 if across else 270) if backwards else (0 if across else 90)


def _at_the_edges(words: Sequence[Word], turn: int) -> list[_Placed]:
    """The words within the zones at the top and bottom where a page number is looked for."""
    i, j = (1, 3) if turn in (0, 180) else (0, 2)
    top, bottom = 2 * _TOP_ZONE, 2 * _BOTTOM_ZONE
    placed = []
    for at, word in [(at, w) for at, w in enumerate(words) if not top < w[1][i] + w[1][j] < bottom]:
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
