"""Words and boxes that a person picks on a page become quotes and places."""

import pytest

from core.cited_text import (
    APART,
    cite_box,
    cite_run,
    displayed_boxes,
    displayed_words,
    is_box,
    quote_in,
    quote_of,
    run_boxes,
    stored_box,
    words_in,
)
from core.domain import Box, Citation, Page, PageRef, Word
from core.layout import turned_box

WORDS = (
    Word("Failed", (0.10, 0.10, 0.20, 0.12)),
    Word("methotrexate", (0.21, 0.10, 0.40, 0.12)),
    Word("in", (0.10, 0.13, 0.13, 0.15)),
    Word("2024.", (0.14, 0.13, 0.22, 0.15)),
)
LINES = ((0.10, 0.10, 0.40, 0.12), (0.10, 0.13, 0.22, 0.15))
PAGE = Page(PageRef("a" * 64, 3), "Failed methotrexate\nin 2024.", WORDS, label="14 of 60")


def test_a_run_of_words_is_quoted_as_the_text_has_it() -> None:
    assert quote_of(WORDS, 1, 3) == "methotrexate in 2024."
    assert quote_of(WORDS, 0, 3).split() == PAGE.text.split()


@pytest.mark.parametrize(("first", "last"), [(-1, 0), (2, 1), (0, 4)])
def test_words_that_are_not_there_cannot_be_quoted(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="words"):
        quote_of(WORDS, first, last)


def test_a_run_has_a_box_for_each_line() -> None:
    assert run_boxes(WORDS, 0, 3) == LINES
    assert run_boxes(WORDS, 1, 1) == ((0.21, 0.10, 0.40, 0.12),)


def test_a_word_half_in_the_box_is_in_it_and_one_that_is_grazed_is_not() -> None:
    assert words_in(WORDS, (0.15, 0.09, 0.25, 0.13)) == (0,)
    assert words_in(WORDS, (0.16, 0.09, 0.41, 0.13)) == (1,)
    assert words_in(WORDS, (0.16, 0.09, 0.41, 0.13), share=0.2) == (0, 1)
    assert words_in(WORDS, (0.5, 0.5, 0.9, 0.9)) == ()


def test_a_word_without_an_area_counts_by_its_middle() -> None:
    assert words_in([Word(".", (0.2, 0.2, 0.2, 0.21))], (0.1, 0.1, 0.3, 0.3)) == (0,)


def test_a_quote_shows_where_words_were_left_out() -> None:
    assert quote_in(WORDS, (0.05, 0.09, 0.205, 0.16)) == f"Failed{APART}in 2024."
    assert quote_in(WORDS, (0.5, 0.5, 0.9, 0.9)) == ""


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_box_drawn_on_a_turned_page_comes_back_to_where_it_is_stored(turn: int) -> None:
    (drawn,) = displayed_boxes([LINES[0]], turn)
    assert stored_box(drawn, turn) == pytest.approx(LINES[0])
    assert cite_box(PAGE, drawn, turn=turn) == Citation(PAGE.ref, "14 of 60", "Failed methotrexate", (LINES[0],))
    assert [word.text for word in displayed_words(WORDS, turn)] == [word.text for word in WORDS]
    assert displayed_words(WORDS, turn)[1].box == pytest.approx(turned_box(WORDS[1].box, turn))


def test_a_box_over_a_picture_is_cited_without_words() -> None:
    assert cite_box(PAGE, (0.5, 0.5, 0.9, 0.9), turn=0).quote == ""


def test_words_are_cited_with_the_boxes_of_their_lines() -> None:
    assert cite_run(PAGE, 0, 3) == Citation(PAGE.ref, "14 of 60", "Failed methotrexate in 2024.", LINES)


@pytest.mark.parametrize(
    "box",
    [(0.1, 0.1, 0.1, 0.2), (0.2, 0.1, 0.1, 0.2), (-0.1, 0.1, 0.2, 0.2), (0.1, 0.1, 1.1, 0.2), (float("nan"), 0, 1, 1)],
)
def test_what_does_not_lie_on_the_page_is_no_box(box: Box) -> None:
    assert not is_box(box)
    with pytest.raises(ValueError, match="within the page"):
        stored_box(box, 90)
