"""What a person picked on a page, as words: a run of words or a box becomes a quote and the boxes to draw. Pure.

Two orientations: *stored*, as `Page.words` has them (the page as its file shows it), and *displayed*, after the screen
has turned the page clockwise by `turn` degrees, any multiple of 90. Citations are kept as stored.
"""

from collections.abc import Sequence
from typing import TypeGuard

from core.domain import Box, Citation, Page, Word
from core.layout import line_boxes, turned_box

APART = " … "
"""Stands in a quote where words of the page were left out."""
_DIGITS = 5


def quote_of(words: Sequence[Word], first: int, last: int) -> str:
    """The words `first` to `last` (from 0, both included), a space between two: the same strings as in the page's text.

    Raises ValueError when there are no such words.
    """
    return " ".join(word.text for word in _run(words, first, last))


def run_boxes(words: Sequence[Word], first: int, last: int, *, turn: int = 0) -> tuple[Box, ...]:
    """One box per line of the words `first` to `last`, in the orientation of `words`.

    `turn` brings their text upright, as in `core.layout.line_boxes`. Raises ValueError when there are no such words.
    """
    return tuple(map(_rounded, line_boxes(_run(words, first, last), turn=turn)))


def words_in(words: Sequence[Word], box: Box, *, share: float = 0.5) -> tuple[int, ...]:
    """Positions of the words that lie in `box` with at least `share` of their area, in (0, 1], in reading order.

    Words and box are of the same orientation.
    """
    return tuple(at for at, word in enumerate(words) if _overlap(word.box, box) >= share)


def quote_in(words: Sequence[Word], box: Box, *, share: float = 0.5) -> str:
    """The words in `box`, with APART where others stand between them in reading order; "" when there are none."""
    parts: list[str] = []
    before = -1
    for at in words_in(words, box, share=share):
        if parts:
            parts.append(" " if at == before + 1 else APART)
        parts.append(words[at].text)
        before = at
    return "".join(parts)


def displayed_words(words: Sequence[Word], turn: int) -> Sequence[Word]:
    """Stored words on the page as displayed."""
    return words if turn % 360 == 0 else [word._replace(box=turned_box(word.box, turn)) for word in words]


def displayed_boxes(boxes: Sequence[Box], turn: int) -> tuple[Box, ...]:
    """Stored boxes on the page as displayed."""
    return tuple(turned_box(box, turn) for box in boxes)


def stored_box(box: Box, turn: int) -> Box:
    """A box of the displayed page, on the page as stored. Raises ValueError for what is no box within the page."""
    if not is_box(box):
        raise ValueError("a box lies within the page and has a width and a height")
    return _rounded(turned_box(box, -turn))


def is_box(box: Sequence[float]) -> TypeGuard[Box]:
    """Whether these are x0 < x1 and y0 < y1 in [0, 1]; not a number is no box."""
    if len(box) != 4:
        return False
    x0, y0, x1, y1 = box
    return 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1


def cite_run(page: Page, first: int, last: int) -> Citation:
    """A citation of the words `first` to `last` (from 0, both included) of a page with its words.

    Raises ValueError when there are no such words.
    """
    boxes = run_boxes(page.words, first, last, turn=page.turn)
    return Citation(page.ref, page.label, quote_of(page.words, first, last), boxes)


def cite_box(page: Page, box: Box, *, turn: int) -> Citation:
    """A citation of a box on the page displayed with `turn`; its quote is "" where no word lies in it.

    Raises ValueError for what is no box within the page.
    """
    stored = stored_box(box, turn)
    return Citation(page.ref, page.label, quote_in(page.words, stored), (stored,))


def _run(words: Sequence[Word], first: int, last: int) -> Sequence[Word]:
    if not 0 <= first <= last < len(words):
        raise ValueError(f"words {first} to {last} of {len(words)}")
    return words[first : last + 1]


def _overlap(word: Box, box: Box) -> float:
    """Share of the word's area in the box; a word without an area counts by its middle."""
    x0, y0, x1, y1 = word
    area = (x1 - x0) * (y1 - y0)
    if area <= 0:
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        return float(box[0] <= x <= box[2] and box[1] <= y <= box[3])
    wide, high = min(x1, box[2]) - max(x0, box[0]), min(y1, box[3]) - max(y0, box[1])
    return max(0.0, wide) * max(0.0, high) / area


def _rounded(box: Box) -> Box:
    x0, y0, x1, y1 = (round(side, _DIGITS) for side in box)
    return x0, y0, x1, y1
