"""The order in which recognised words are read: by columns where prose stands in columns, by rows everywhere else.

Recognition reads a table by its columns, which parts each value from its name; two-column prose must not be read
across. Pure functions. Coordinates are pixels or any other unit, on a page whose lines are upright and level.
"""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

_LEAST_LINES = 5
"""Fewer lines beside each other are a letterhead or a form, which is read across."""
_LEAST_WORDS = 4
"""Prose has so many words in the middle one of its lines, and cells of a table have fewer."""
_LEAST_FILL = 0.55
"""Of a column's width, taken by the middle one of its lines."""
_GAP = 0.014
"""Narrowest gap between columns, as a share of the page's width: 9 points of a letter page."""
_CROSSED = 0.12
"""Share of the lines that may cross the gap: headings."""
_MARGIN = 0.15
"""No gap is looked for in this share of the width on either side."""
_BINS = 400
_SAME_ROW = 0.5
"""Of a line's height: words whose middles are nearer are in one row."""


class Found(NamedTuple):
    """A recognised word."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float
    line: int
    """Words that recognition saw in one line have the same."""


class _Set(NamedTuple):
    """A word with the middle and the height of the line that it stands in."""

    word: Found
    middle: float
    height: float


Row = list[_Set]


def in_reading_order(words: Sequence[Found]) -> list[list[Found]]:
    """Every word once, as lines from the first to the last, each from left to right."""
    if not words:
        return []
    width = max(w.box[2] for w in words) - min(w.box[0] for w in words)
    return [[s.word for s in row] for row in _ordered(_set(words), width)]


def _set(words: Sequence[Found]) -> list[_Set]:
    lines: dict[int, list[Found]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    out = []
    for line in lines.values():
        middle = median((w.box[1] + w.box[3]) / 2 for w in line)
        height = median(w.box[3] - w.box[1] for w in line)
        out += [_Set(w, middle, height) for w in line]
    return out


def _ordered(words: list[_Set], page: float) -> Iterator[Row]:
    """Rows in reading order; `page` is the width that gaps are measured by."""
    rows = _rows(words)
    gap = _gap(rows, page)
    if gap is None:
        yield from rows
        return
    left: list[_Set] = []
    right: list[_Set] = []
    for row in rows:
        if any(s.word.box[0] < gap < s.word.box[2] for s in row):
            yield from _ordered(left, page)
            yield from _ordered(right, page)
            left, right = [], []
            yield row
        else:
            left += [s for s in row if s.word.box[2] <= gap]
            right += [s for s in row if s.word.box[2] > gap]
    yield from _ordered(left, page)
    yield from _ordered(right, page)


def _rows(words: list[_Set]) -> list[Row]:
    """From the top; the words of each from left to right."""
    rows: list[Row] = []
    for item in sorted(words, key=lambda s: s.middle):
        if rows and item.middle - rows[-1][0].middle < _SAME_ROW * min(item.height, rows[-1][0].height):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda s: s.word.box[0]) for row in rows]


def _gap(rows: list[Row], page: float) -> float | None:
    """The middle of the widest gap between two columns of prose; None when there is none."""
    words = [s.word for row in rows for s in row]
    if len(rows) < _LEAST_LINES or not words:
        return None
    first, last = min(w.box[0] for w in words), max(w.box[2] for w in words)
    step = (last - first) / _BINS
    if step <= 0:
        return None
    covered = [0] * _BINS
    for row in rows:
        bins: set[int] = set()
        for s in row:
            bins.update(range(int((s.word.box[0] - first) / step), int((s.word.box[2] - first) / step) + 1))
        for b in bins:
            covered[min(b, _BINS - 1)] += 1
    free = [n <= _CROSSED * len(rows) for n in covered]
    gaps = sorted(_runs(free, page * _GAP / step), key=lambda run: run[0] - run[1])
    middles = (first + (start + end) / 2 * step for start, end in gaps)
    return next((x for x in middles if _is_prose(words, x)), None)


def _runs(free: list[bool], least: float) -> Iterator[tuple[int, int]]:
    """Half-open runs of free bins of at least `least`, not at the margins."""
    start = None
    for at in range(int(_BINS * _MARGIN), int(_BINS * (1 - _MARGIN)) + 1):
        if free[at] and start is None:
            start = at
        elif not free[at] and start is not None:
            if at - start >= least:
                yield start, at
            start = None


def _is_prose(words: list[Found], gap: float) -> bool:
    """Whether both sides of the gap are running text."""
    return _fills([w for w in words if w.box[2] <= gap]) and _fills([w for w in words if w.box[0] >= gap])


def _fills(words: list[Found]) -> bool:
    rows = _rows(_set(words))
    if len(rows) < _LEAST_LINES:
        return False
    width = max(w.box[2] for w in words) - min(w.box[0] for w in words)
    fill = median((row[-1].word.box[2] - row[0].word.box[0]) / max(width, 1e-9) for row in rows)
    return median(len(row) for row in rows) >= _LEAST_WORDS and fill >= _LEAST_FILL
