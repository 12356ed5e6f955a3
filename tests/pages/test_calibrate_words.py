"""What the calibration screen says of what was found, without drawing it: promises, refusals, shares."""

from dataclasses import replace

import numpy as np
import pytest

from core.calibration.curves import Family, measure
from core.calibration.threshold import find
from core.certificates import Target
from core.selection import Rule
from core.standing import aim, confidence_words
from pages.calibrate.criteria import found_in_cases
from pages.calibrate.in_force import p_words
from pages.calibrate.result import headline, ways
from pages.calibrate.words import at_most, percent
from tests.pages.test_calibrate_screen import small


def test_what_is_missing_for_a_promise_is_the_headline() -> None:
    found = find(small(), Target(0.95))
    assert "57 more completely labelled cases needed" in headline(found)


def test_the_best_pages_keep_and_the_best_page_keeps() -> None:
    one = replace(find(small(), Target(0.6, "page", "observed")), certified=True)
    for level, said in ((1, "Best page keeps at least"), (5, "Best 5 pages keep at least")):
        assert said in headline(replace(one, family=Family(ranked=True), level=level))


@pytest.mark.parametrize(
    ("target", "cases", "audits", "said"),
    [
        (
            Target(0.9, "page", "crc"),
            40,
            30,
            ["Label **every page** of that many more cases", "Lower the recall to reach."],
        ),
        (
            Target(0.9, "page", "audit"),
            40,
            1200,
            ["Label **every page**", "Judge about 1,200 pages drawn below the threshold.", "Lower the recall"],
        ),
        (Target(0.9, "page", "audit"), None, 30, ["Judge that many more pages drawn", "Lower the recall"]),
        (
            Target(0.9, "page", "ltt"),
            40,
            0,
            ["Label **every page**", "Choose “With confidence, from audits”", "Lower the recall"],
        ),
    ],
)
def test_ways_to_a_promise_are_those_that_exist(
    target: Target, cases: int | None, audits: int, said: list[str]
) -> None:
    found = replace(
        find(small(), target), missing_cases=cases, missing_audits=audits, advice="Not certified: 1816 … needed."
    )
    listed = ways(found)
    assert len(listed) == len(said)
    assert all(way.startswith(words) for way, words in zip(listed, said, strict=True))
    assert not any(str(cases) in way for way in listed), "the headline says it"


def test_where_labels_say_nothing_the_reason_is_the_headline_and_the_number_is_one_of_the_ways() -> None:
    nothing = find(measure([], Family()), Target(0.95))
    assert "No labels to go by yet" in headline(nothing)
    assert ways(nothing) == ["Label **every page** of 59 more cases, for each criterion."]


def test_a_criterion_is_found_in_the_cases_that_keep_a_page_of_it() -> None:
    cases = small().cases
    # The pages stand at 0.9 and 0.8 in one case, and at 0.5 in the other.
    assert found_in_cases(cases, Rule(0.85), "criteria") == {"C": 0.5}
    assert found_in_cases(cases, Rule(0.5), "criteria") == {"C": 1.0}
    assert found_in_cases(cases, Rule(0.85), "groups") == {"": 0.5}
    unknown = [replace(case, inclusion=np.full((1, 3), 0.5)) for case in cases]
    assert found_in_cases(unknown, Rule(0.5), "criteria") == {}


def test_a_small_chance_is_not_written_as_none() -> None:
    assert (p_words(0.0001), p_words(0.0421)) == ("p < 0.001", "p = 0.042")


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.95, "95%"),
        (1.0, "100%"),
        (0.998, "99.8%"),
        (0.034, "3.4%"),
        (0.9561, "95.6%"),
        (0.9569, "95.6%"),
        (0.0, "0%"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_shares_are_short_and_never_hide_a_miss(share: float | None, said: str) -> None:
    assert percent(share) == said


def test_targets_are_said_exactly_and_an_upper_end_is_rounded_up() -> None:
    assert aim(Target(0.975)) == "97.5% of the criteria with evidence"
    assert confidence_words(Target(0.9, confidence=0.995)) == ", with 99.5% confidence"
    assert (at_most(0.9561), at_most(0.95), at_most(0.9999), at_most(None)) == ("95.7%", "95%", "100%", "–")
