"""What changed between two pages, word by word."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.differences import Change, differences, summary

NOTE = "Start lisinopril 40 mg daily. Pain 6/10 in the left leg. Criteria are met for home oxygen."


def test_a_changed_dose_is_one_replaced_number_between_equal_words() -> None:
    assert differences("Start lisinopril 40 mg daily", "Start lisinopril 80 mg daily") == [
        Change("equal", "Start lisinopril", "Start lisinopril"),
        Change("replaced", "40", "80", number=True),
        Change("equal", "mg daily", "mg daily"),
    ]


def test_words_taken_out_and_added_are_told_apart() -> None:
    assert [c.kind for c in differences("no fever today", "fever today and chills")] == [
        "removed",
        "equal",
        "added",
    ]


def test_spaces_and_lines_are_no_difference() -> None:
    assert [c.kind for c in differences("a b\nc", " a  b c\n")] == ["equal"]
    assert differences("", " \n") == []


def test_a_number_with_another_full_stop_behind_it_is_the_same_number() -> None:
    changed = [c for c in differences("pain 6, worse", "pain 6. worse") if c.kind != "equal"]
    assert [(c.kind, c.number) for c in changed] == [("replaced", False)]


SOME_WORDS = st.lists(st.sampled_from(["a", "b", "c", "1", "2", "40"]))


@given(SOME_WORDS, SOME_WORDS)
def test_the_runs_give_both_texts_back_and_no_two_neighbours_are_of_a_kind(old: list[str], new: list[str]) -> None:
    changes = differences(" ".join(old), " ".join(new))
    assert [w for c in changes for w in c.before.split()] == old
    assert [w for c in changes for w in c.after.split()] == new
    changed = [c.kind != "equal" for c in changes]
    assert all(a != b for a, b in pairwise(changed))
    assert all((c.before == c.after) == (c.kind == "equal") for c in changes)


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (NOTE, "The words are the same"),
        (NOTE.replace("40", "80"), "1 word changed: 40 mg became 80 mg"),
        (NOTE.replace("left", "right"), "1 word changed: left became right"),
        (NOTE.replace("are met", "are not met"), "1 word changed: not was added"),
        (NOTE.replace("home ", ""), "1 word changed: home was taken out"),
        (
            NOTE.replace("Start", "Stop").replace("6/10", "9/10"),
            "2 words changed, 1 number among them: 6/10 became 9/10",
        ),
    ],
)
def test_the_summary_tells_the_number_first(after: str, told: str) -> None:
    assert summary(differences(NOTE, after)) == told


def test_the_summary_quotes_no_more_than_a_few_words() -> None:
    told = summary(differences("a b", "a " + "verylongword" * 50 + " b " + "and so on and on and on"))
    assert len(told) < 120
    told = summary(differences("one two three four five six", "1 2 3 4 5 6"))
    assert told == "6 words changed, 1 number among them: one two three four … became 1 2 3 4 …"


def test_two_long_pages_are_compared_in_a_moment() -> None:
    dice = random.Random(1)
    old = [str(dice.randrange(500)) for _ in range(1000)]
    new = [w if dice.random() < 0.8 else "x" for w in old]
    start = time.process_time()
    differences(" ".join(old), " ".join(new))
    assert time.process_time() - start < 0.2
