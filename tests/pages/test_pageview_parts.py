"""What a browser sends of the page view is taken only in the shape it must have."""

import math
from typing import Any

import pytest
import streamlit as st

from core.domain import Word
from pages.components.outbox import heard, is_new
from pages.components.pageview_parts import (
    MOST_SECONDS,
    Mark,
    PageImage,
    PickedBox,
    PickedMark,
    PickedWords,
    asked_page,
    rotated,
    seen_in,
    to_cite,
    turned,
)
from pages.components.thumbs import MOST_AT_ONCE, wanted


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the component "view" has sent."""
    said: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", {"view": said})
    return said


def seen(*seconds: object, of: object = "case 7") -> list[tuple[int, float]]:
    return seen_in({"page": 3, "seen": {"of": of, "seconds": list(seconds)}}, of="case 7", pages=10)


def test_seconds_on_pages_of_the_case_are_taken() -> None:
    assert seen([1, 4.5], [10, 20]) == [(1, 4.5), (10, 20.0)]


def test_seconds_of_another_case_are_not() -> None:
    assert seen([1, 4.5], of="case 8") == []


@pytest.mark.parametrize(
    "pair",
    [[0, 5], [11, 5], [1, 0], [1, -3], [1, MOST_SECONDS + 0.1], [1, math.nan], [1, math.inf], ["1", 5], [1], 7, None],
)
def test_a_broken_clock_and_a_page_that_is_not_there_count_for_nothing(pair: object) -> None:
    assert seen(pair, [2, 5]) == [(2, 5.0)]


def test_a_page_counts_once_in_a_report() -> None:
    assert len(seen(*[[1, MOST_SECONDS]] * 50)) == 1


@pytest.mark.parametrize("message", [None, 3, {}, {"seen": None}, {"seen": {"of": "case 7"}}, [[1, 5]]])
def test_a_message_without_seconds_has_none(message: object) -> None:
    assert seen_in(message, of="case 7", pages=10) == []


@pytest.mark.parametrize(
    ("message", "picked"),
    [
        ({"page": 2, "place": 1}, PickedMark(2, 1)),
        ({"page": 2, "first": 3, "last": 5, "quote": "a b c"}, PickedWords(2, 3, 5, "a b c")),
        ({"page": 2, "box": [0, 0.1, 0.5, 1]}, PickedBox(2, (0.0, 0.1, 0.5, 1.0))),
        ({"page": 2, "place": -1}, None),
        ({"page": 2, "first": 5, "last": 3, "quote": ""}, None),
        ({"page": 2, "box": [0.5, 0.1, 0.5, 1]}, None),
        ({"page": 2, "box": [0, 0, 1, 1.5]}, None),
        ({"page": 2, "box": [0, 0, 1, math.nan]}, None),
        ({"page": 2, "box": [0, 0, 1]}, None),
        ({"page": "2", "place": 1}, None),
        ("cite", None),
    ],
)
def test_what_is_to_be_cited_is_a_mark_words_or_a_box(say: dict[str, Any], message: object, picked: object) -> None:
    say["cite"] = message
    assert to_cite("view") == picked


def test_turns_and_pages_are_within_the_packet(say: dict[str, Any]) -> None:
    say.update(turn={"step": -1, "seen": None}, page={"page": 11}, rotate={"page": 4})
    assert turned("view") == -1
    assert asked_page("view", 11) == 11
    assert asked_page("view", 10) is None
    assert rotated("view") == 4
    say.update(turn=5)
    assert turned("view") == 0
    assert turned("another view") == 0


def test_a_message_that_comes_again_is_not_taken_again(say: dict[str, Any]) -> None:
    say["cite"] = {"page": 1, "place": 0, "id": "a.1"}
    assert is_new("view", "cite")
    assert not is_new("view", "cite")
    assert heard("view") == ["a.1"]
    for n in range(20):
        say["seen"] = {"id": f"a.{n + 2}"}
        assert is_new("view", "seen")
    assert len(heard("view")) < 20
    assert is_new("another", "cite")


@pytest.mark.parametrize("message", [None, 1, {"page": 1}, {"page": 1, "id": 7}, {"id": "x" * 99}])
def test_a_message_without_an_id_is_new(say: dict[str, Any], message: object) -> None:
    say["cite"] = message
    assert is_new("view", "cite")
    assert is_new("view", "cite")


def test_a_citation_says_what_it_is_about(say: dict[str, Any]) -> None:
    say["cite"] = {"page": 2, "place": 1, "about": "C07"}
    assert to_cite("view") == PickedMark(2, 1, "C07")


def test_a_strip_asks_for_few_images_of_the_packet_it_knows(say: dict[str, Any]) -> None:
    say["want"] = {"of": "packet", "pages": [3, 3, 0, 99, "4", *range(1, 60)]}
    assert wanted("view", 50, of="packet") == [3, 1, 2, *range(4, MOST_AT_ONCE + 1)]
    assert wanted("view", 50, of="packet, amended") == []


def test_a_page_travels_as_plain_numbers() -> None:
    marks = [Mark((0.1, 0.2, 0.4, 0.3), 7, "Dose", 1)]
    packed = PageImage("", 3, "Page 3", marks=marks, words=[Word("mg", (0.12345, 0.2, 0.3, 1.0))], lean=450).packed()
    assert packed["words"] == {"at": [1234, 2000, 3000, 10000], "text": ["mg"]}
    assert packed["boxes"] == [[0.1, 0.2, 0.3, 0.1, 1.0, "Dose", 1]]
    assert packed["lean"] == 90
