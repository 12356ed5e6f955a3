"""The rules that turn a child's message into a page, without a child."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Page, PageRef, Word
from core.duplicates import mark_duplicates
from core.intake.triage import GARBLED, IMAGE_ONLY, TOO_DENSE, body, reading, to_page

REF = PageRef("d", 1)
SIZE = {"rotation": 0, "width": 612.0, "height": 792.0}
Box = tuple[int, int, int, int]


def message(*rows: tuple[str, Box], **facts: Any) -> dict[str, Any]:
    """A child's message; each row is one line of one word or more, all in the same box."""
    boxes = [n for text, box in rows for _ in text.split(" ") for n in box]
    return {"text": "\n".join(text for text, _ in rows), "boxes": boxes, **SIZE, **facts}


def row(text: str, top: float) -> list[Word]:
    return [Word(word, (0.1 + 0.05 * i, top, 0.14 + 0.05 * i, top + 0.012)) for i, word in enumerate(text.split())]


def page(number: int, *rows: str, document: str = "d", **facts: Any) -> Page:
    words = [w for i, text in enumerate(rows) for w in row(text, 0.2 + i * 0.02)]
    text = "\n".join(rows)
    return with_body(Page(PageRef(document, number), text, tuple(words), **facts))


def with_body(read: Page) -> Page:
    return replace(read, body=body(read))


@given(st.lists(st.lists(st.text(min_size=1, max_size=12), max_size=4), max_size=12))
def test_the_text_is_always_its_words(raw: list[list[str]]) -> None:
    lines = [" ".join(words) for words in raw]
    text = "\n".join(lines)
    boxes = [100, 100, 900, 200] * sum(line.count(" ") + 1 for line in text.split("\n"))
    try:
        made = to_page(REF, reading({"text": text, "boxes": boxes, **SIZE}))
    except ValueError:  # white space within a word: no sound child sends it
        return
    assert made.text.split() == [w.text for w in made.words]
    assert all(0 <= x0 <= x1 <= 1 and 0 <= y0 <= y1 <= 1 for x0, y0, x1, y1 in (w.box for w in made.words))


def test_words_and_boxes_keep_together_where_a_word_vanishes_or_falls_apart() -> None:
    words = ["dose", "\u200b", "of\u200340", "mg"]
    boxes = [n for i in range(4) for n in (1000 * i, 100, 1000 * i + 900, 200)]
    made = to_page(REF, reading({"text": " ".join(words), "boxes": boxes, **SIZE}))
    assert made.text == "dose of 40 mg"
    assert [w.box[0] for w in made.words] == [0.0, 0.2, 0.254, 0.3]


@pytest.mark.parametrize(
    "wrong",
    [
        {"boxes": [1, 1, 9, 9]},
        {"boxes": [1, 1, 9, 9] * 3},
        {"boxes": [1, 1, 9, 9, 1, 1, 9]},
        {"boxes": [1, 1, 9, 9, 1, 1, 9, -1]},
        {"boxes": [1, 1, 9, 9, 1, 1, 9, 10_001]},
        {"boxes": [1, 1, 9, 9, 1, 1, 9, 0.5]},
        {"boxes": [1, 1, 9, 9, 1, 1, 9, None]},
        {"text": "w " * 30_000 + "w", "boxes": [1, 1, 9, 9] * 30_001},
        {"text": "w" * 3_000_000 + " w"},
        {"images": 1.5},
        {"images": float("nan")},
        {"ink": -0.1},
        {"hidden": 2},
        {"unread": -0.1},
        {"covered": float("nan")},
        {"sketch": "AAAA"},
        {"sketch": "no base64"},
    ],
)
def test_a_message_that_makes_no_sense_is_no_page(wrong: dict[str, Any]) -> None:
    sound = message(("sound text", (1, 1, 9, 9)))
    assert reading(sound).text == "sound text"
    with pytest.raises((ValueError, TypeError)):
        reading({**sound, **wrong})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.sampled_from(["text", "width", "ink"]), inner),
        max_leaves=12,
    ),
    st.sampled_from(
        ["text", "boxes", "rotation", "width", "height", "cut", "images", "ink", "paper", "hidden", "sketch", "form"]
    ),
)
def test_a_child_that_was_taken_over_cannot_make_a_crooked_page(value: Any, field: str) -> None:
    try:
        made = to_page(REF, reading({**message(("sound text", (1, 1, 9, 9))), field: value}))
    except (ValueError, TypeError, KeyError, OverflowError):
        return
    assert made.text.split() == [w.text for w in made.words]
    assert made.rotation in (0, 90, 180, 270)
    assert 0 < made.width < float("inf")


@pytest.mark.parametrize(
    ("characters", "images", "ink", "problem"),
    [
        (149, 0.5, 0.0, IMAGE_ONLY),
        (150, 1.0, 0.0, ""),
        (149, 0.49, 0.0, ""),
        (49, 0.0, 0.0051, IMAGE_ONLY),
        (49, 0.0, 0.005, ""),
        (50, 0.0, 0.5, ""),
        (49, 0.0, None, IMAGE_ONLY),
    ],
)
def test_a_page_needs_text_for_what_is_on_it(characters: int, images: float, ink: float | None, problem: str) -> None:
    facts = {"images": images, "ink": ink, "paper": 255}
    made = to_page(REF, reading(message(("x" * characters, (1000, 5000, 9000, 5200)), **facts)))
    assert (made.problem, made.source) == (problem, "none" if problem else "text")


@pytest.mark.parametrize(
    ("characters", "images", "unread", "covered", "hidden", "scan"),
    [
        (300, 0.3, 0.0051, 0.01, 0.0, True),
        (300, 0.3, 0.0050, 0.00, 0.0, False),
        (300, 0.29, 0.1, 0.0, 0.0, False),
        (300, 0.3, 0.02, 0.04, 0.0, False),
        (999, 0.79, 0.1, 0.0, 0.0, True),
        (1000, 0.79, 0.1, 0.0, 0.0, False),
        (1000, 0.8, 0.1, 0.0, 0.0, True),
        (1000, 0.8, 0.1, 0.0, 0.5, False),
        (999, 0.8, 0.031, 0.01, 0.5, True),
        (999, 0.8, 0.03, 0.01, 0.5, False),
    ],
)
def test_what_no_word_explains_makes_a_scan_of_a_page_with_pictures(
    characters: int, images: float, unread: float, covered: float, hidden: float, scan: bool
) -> None:
    facts = {"images": images, "unread": unread, "covered": covered, "hidden": hidden}
    made = to_page(REF, reading(message(("x" * characters, (1000, 5000, 9000, 5200)), **facts)))
    assert made.problem == (IMAGE_ONLY if scan else "")
    assert ("scan" in made.notes) is (scan or images >= 0.8)
    assert ("foreign_ocr" in made.notes) is (images >= 0.8 and not scan)


@pytest.mark.parametrize(
    ("ink", "paper", "blank"), [(0.00029, 255, True), (0.0003, 255, False), (0.0, 96, True), (0.0, 95, False)]
)
def test_a_blank_page_is_light_and_has_less_ink_than_a_word(ink: float, paper: int, blank: bool) -> None:
    assert to_page(REF, reading(message(ink=ink, paper=paper))).blank is blank


def test_more_than_a_tenth_of_meaningless_letters_is_too_much() -> None:
    sound, odd = "a" * 90, "\ue001" * 10
    assert to_page(REF, reading(message((sound + odd, (0, 5000, 9000, 5200))))).problem == ""
    assert to_page(REF, reading(message((sound[1:] + odd, (0, 5000, 9000, 5200))))).problem == GARBLED


def test_a_page_cut_for_its_length_is_not_called_read() -> None:
    made = to_page(REF, reading(message(("word " * 50 + "end", (0, 5000, 9000, 5200)), cut=True)))
    assert (made.source, made.problem) == ("none", TOO_DENSE)


def test_an_exact_copy_points_to_the_first_page_across_documents() -> None:
    pages = [page(1, "same words"), page(2, "other"), page(3, "same words"), page(1, "same words", document="e")]
    first = PageRef("d", 1)
    assert [p.duplicate_of for p in mark_duplicates(pages)] == [None, None, first, first]


def test_one_changed_value_is_no_copy() -> None:
    pages = [page(1, "CRP 1.5 mg/L"), page(2, "CRP -1.5 mg/L"), page(3, "CRP 15 mg/L"), page(4, "crp 1.5 mg/L")]
    assert [p.duplicate_of for p in mark_duplicates(pages)] == [None] * 4


def test_a_copy_under_another_fax_header_is_a_copy() -> None:
    def faxed(number: int, header: str) -> Page:
        words = (*row(header, 0.015), *row("Tuberculosis screening negative", 0.4))
        return with_body(Page(PageRef("d", number), " ".join(w.text for w in words), words))

    pages = [faxed(1, "FAX 555-010-4477 P.001/002"), faxed(2, "FAX 555-010-4477 P.002/002"), faxed(3, "Denied")]
    assert [p.duplicate_of for p in mark_duplicates(pages)] == [None, PageRef("d", 1), None]


def test_pages_that_name_others_at_their_edge_are_no_copies() -> None:
    def sheet(number: int, footer: str) -> Page:
        words = (*row("Consent to the treatment was discussed today", 0.4), *row(footer, 0.97))
        return with_body(Page(PageRef("d", number), " ".join(w.text for w in words), words))

    footers = ("DOE, JANE Page 2 of 7", "SMITH, ROBERT DECLINED Page 2 of 7", "Page 2 of 7", "p. 12/150")
    marked = mark_duplicates([sheet(n, footer) for n, footer in enumerate(footers, start=1)])
    assert [p.duplicate_of for p in marked] == [None, None, None, PageRef("d", 3)]


def test_a_page_with_a_word_beside_its_number_is_not_blank() -> None:
    edge = (1000, 9700, 9000, 9800)
    only_number = to_page(REF, reading(message(("Page 2 of 7", edge), ink=0.0)))
    declined = to_page(REF, reading(message(("SMITH, ROBERT DECLINED Page 2 of 7", edge), ink=0.0)))
    assert (only_number.blank, declined.blank, declined.source) == (True, False, "text")


def test_a_footer_with_a_name_does_not_make_a_scan_readable() -> None:
    edge = (1000, 9700, 9000, 9800)
    footer = "Regional Medical Center, Orthopedic Surgery, SMITH, ROBERT, Page 2 of 7"
    made = to_page(REF, reading(message((footer, edge), images=0.4, ink=0.2)))
    assert (made.source, made.problem) == ("none", IMAGE_ONLY)


def test_blank_unreadable_and_empty_pages_are_never_copies() -> None:
    pages = [
        page(1, blank=True), page(2, blank=True), page(3, "stamp", source="none"), page(4, "stamp", source="none"),
        page(5), page(6), page(7, "stamp"),
    ]  # fmt: skip
    assert [p.duplicate_of for p in mark_duplicates(pages)] == [None] * 7
