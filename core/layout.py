"""Where words stand on a page: boxes of a run of words, a line at a time. Pure functions."""

from collections.abc import Sequence

from core.domain import Box, Word


def line_boxes(words: Sequence[Word]) -> tuple[Box, ...]:
    """One box per line of the run `words`, in reading order.

    Two neighbours share a line when their vertical middles lie within half the height of the taller one, and the second
    does not start left of the first: a new column begins a new box.
    """
    boxes: list[Box] = []
    last: Box | None = None
    for word in words:
        box = word.box
        if last is not None and _same_line(last, box):
            x0, y0, x1, y1 = boxes[-1]
            boxes[-1] = min(x0, box[0]), min(y0, box[1]), max(x1, box[2]), max(y1, box[3])
        else:
            boxes.append(box)
        last = box
    return tuple(boxes)


def _same_line(a: Box, b: Box) -> bool:
    taller = max(a[3] - a[1], b[3] - b[1])
    return abs((a[1] + a[3]) - (b[1] + b[3])) < taller and b[0] >= a[0]
