"""Where words stand on a page: boxes of a run of words, a line at a time, also on a turned page. Pure functions."""

from collections.abc import Sequence

from core.domain import Box, Word


def line_boxes(words: Sequence[Word], *, turn: int = 0) -> tuple[Box, ...]:
    """One box per line of the run `words`, in reading order.

    Two neighbours share a line when their vertical middles lie within half the height of the taller one, and the second
    does not start left of the first: a new column begins a new box. `turn` is the clockwise turn in degrees (0, 90,
    180, 270) that brings the text upright: lines are looked for there; the boxes are of the page as it is.
    """
    boxes: list[Box] = []
    last: Box | None = None
    for word in words:
        box = turned_box(word.box, turn)
        if last is not None and _same_line(last, box):
            x0, y0, x1, y1 = boxes[-1]
            boxes[-1] = min(x0, box[0]), min(y0, box[1]), max(x1, box[2]), max(y1, box[3])
        else:
            boxes.append(box)
        last = box
    return tuple(turned_box(box, -turn) for box in boxes) if turn else tuple(boxes)


def turned_box(box: Box, clockwise: int) -> Box:
    """The box after the page was turned by `clockwise` degrees, any multiple of 90, in fractions of the turned page."""
    x0, y0, x1, y1 = box
    match clockwise % 360:
        case 0:
            return box
        case 90:
            return 1 - y1, x0, 1 - y0, x1
        case 180:
            return 1 - x1, 1 - y1, 1 - x0, 1 - y0
        case 270:
            return y0, 1 - x1, y1, 1 - x0
    raise ValueError("a page is turned by quarters: 0, 90, 180 or 270 degrees")


def _same_line(a: Box, b: Box) -> bool:
    taller = max(a[3] - a[1], b[3] - b[1])
    return abs((a[1] + a[3]) - (b[1] + b[3])) < taller and b[0] >= a[0]
