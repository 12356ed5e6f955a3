"""Boxes of words: lines of a run, and what becomes of a box when its page is turned."""

import pytest

from core.domain import Box, Word
from core.layout import line_boxes, turned_box

CORNER: Box = (0.1, 0.2, 0.4, 0.3)
"""In the upper left of the page, wider than high."""


@pytest.mark.parametrize(
    ("clockwise", "turned"),
    [
        (0, CORNER),
        (90, (0.7, 0.1, 0.8, 0.4)),
        (180, (0.6, 0.7, 0.9, 0.8)),
        (270, (0.2, 0.6, 0.3, 0.9)),
        (450, (0.7, 0.1, 0.8, 0.4)),
        (-90, (0.2, 0.6, 0.3, 0.9)),
    ],
)
def test_a_box_goes_where_the_turned_page_takes_it(clockwise: int, turned: Box) -> None:
    assert turned_box(CORNER, clockwise) == pytest.approx(turned)


def test_four_quarters_bring_a_box_back() -> None:
    box = CORNER
    for _ in range(4):
        box = turned_box(box, 90)
    assert box == pytest.approx(CORNER)


def test_a_page_is_not_turned_by_half_a_quarter() -> None:
    with pytest.raises(ValueError, match="quarters"):
        turned_box(CORNER, 45)


UPRIGHT = (
    Word("Failed", (0.10, 0.10, 0.20, 0.12)),
    Word("methotrexate", (0.21, 0.10, 0.40, 0.12)),
    Word("in", (0.10, 0.13, 0.13, 0.15)),
    Word("2024.", (0.14, 0.13, 0.22, 0.15)),
)
LINES = ((0.10, 0.10, 0.40, 0.12), (0.10, 0.13, 0.22, 0.15))


def test_words_of_a_line_share_a_box() -> None:
    assert line_boxes(UPRIGHT) == LINES


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_the_lines_of_a_sideways_page_are_found_as_if_it_stood_upright(turn: int) -> None:
    sideways = [Word(w.text, turned_box(w.box, -turn)) for w in UPRIGHT]
    assert len(line_boxes(sideways)) != len(LINES)
    boxes = line_boxes(sideways, turn=turn)
    assert [turned_box(box, turn) for box in boxes] == [pytest.approx(line) for line in LINES]
