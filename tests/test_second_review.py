"""A blind second review: whose reading it is, how far both are, and what is left to settle."""

from datetime import UTC, datetime
from itertools import product
from typing import get_args

import pytest

from core.casefile import Assignment, Duty, Reading, Role
from core.domain import CriteriaSet, Criterion, Decision, DecisionOutcome
from core.logic import parse
from core.second_review import (
    Readings,
    SecondState,
    blind,
    closed,
    no_second,
    no_settling,
    reading_of,
    second_state,
    to_go,
    took_part,
    unsettled,
)

AT = datetime(2026, 3, 1, tzinfo=UTC)
IDS = ("C01", "C02", "C03")
CRITERIA = CriteriaSet("List", tuple(Criterion(i, f"Question {i}?") for i in IDS))


def decided(
    number: int, criterion: str, outcome: DecisionOutcome, by: str = "Ann", reading: Reading = "first"
) -> Decision:
    return Decision(criterion, outcome, "Because", by, AT, id=number, reading=reading)


def reading(begin: int, *outcomes: DecisionOutcome, by: str = "Ann", of: Reading = "first") -> dict[str, Decision]:
    return {c: decided(begin + n, c, o, by, of) for n, (c, o) in enumerate(zip(IDS, outcomes, strict=False))}


def given(**duties: str) -> dict[Duty, Assignment]:
    return {
        duty: Assignment(duty, name, "Lea", AT) for duty in get_args(Duty) if (name := duties.get(duty)) is not None
    }


def test_who_was_given_the_second_review_works_in_the_second_reading_and_nobody_else() -> None:
    assigned = given(review="Ann", second="Bob")
    assert [reading_of(assigned, who) for who in ("Ann", "Bob", "Cy", "")] == ["first", "second", "first", "first"]
    assert reading_of(given(second=""), "") == "first"
    assert reading_of({}, "Bob") == "first"


def test_criteria_that_are_not_asked_need_no_decision() -> None:
    asked = CriteriaSet("List", CRITERIA.criteria, root=parse("ALL(C01, IF(C02, C03))", IDS))
    assert to_go(asked, {}) == IDS
    assert to_go(asked, reading(1, "met", "not_met")) == ()
    assert to_go(asked, reading(1, "met", "met")) == ("C03",)
    assert to_go(CRITERIA, reading(1, "met", "not_met")) == ("C03",)


def test_only_what_both_decided_differently_is_to_be_settled() -> None:
    first, second = reading(1, "met", "not_met", "met"), reading(11, "met", "met", by="Bob", of="second")
    assert unsettled(first, second, {}) == ("C02",)
    assert unsettled(first, second, {"C02": decided(20, "C02", "met", "Lea", "final")}) == ()
    assert unsettled(first, {}, {}) == ()


def test_what_was_settled_before_a_reading_changed_settles_nothing_any_more() -> None:
    first, second = reading(1, "met"), reading(11, "not_met", by="Bob", of="second")
    final = {"C01": decided(20, "C01", "insufficient", "Lea", "final")}
    assert unsettled(first, second, final) == ()
    assert unsettled(reading(21, "met"), second, final) == ("C01",)
    assert unsettled(first, reading(21, "not_met", of="second"), final) == ("C01",)
    # Who comes to agree settles it, too.
    assert unsettled(reading(21, "not_met"), second, final) == ()


def test_a_settled_decision_may_stand_in_the_place_of_the_first() -> None:
    final = {"C01": decided(20, "C01", "insufficient", "Lea", "final")}
    assert unsettled(final, reading(11, "not_met", of="second"), final) == ()


@pytest.mark.parametrize(
    ("assigned", "first", "second", "state"),
    [
        ({}, ("met",) * 3, (), "none"),
        ({"second": ""}, ("met",) * 3, ("met", "met"), "none"),
        ({"second": ""}, ("met",) * 3, ("met", "met", "not_met"), "differs"),
        ({"second": "Bob"}, ("met",) * 3, ("met", "met"), "open"),
        ({"second": "Bob"}, ("met",), ("met",) * 3, "waits"),
        ({"second": "Bob"}, ("met",) * 3, ("met", "met", "not_met"), "differs"),
        ({"second": "Bob"}, ("met",) * 3, ("met",) * 3, "settled"),
    ],
)
def test_where_a_second_review_stands(
    assigned: dict[str, str],
    first: tuple[DecisionOutcome, ...],
    second: tuple[DecisionOutcome, ...],
    state: SecondState,
) -> None:
    readings = Readings(reading(1, *first), reading(11, *second, by="Bob", of="second"), {})
    assert second_state(CRITERIA, given(**assigned), readings) == state


def test_the_second_reviewer_sees_nothing_of_the_first_before_both_are_complete() -> None:
    states: dict[SecondState, bool] = {"none": False, "open": True, "waits": True, "differs": False, "settled": False}
    for state, hidden in states.items():
        assert blind("second", state) == hidden
        assert not blind("first", state)


def test_who_may_see_the_other_review_changes_nothing_of_their_own_any_more() -> None:
    for state in get_args(SecondState):
        assert not (blind("second", state) and closed("second", state))
    assert closed("second", "differs")


def test_a_first_review_changes_nothing_while_a_difference_is_to_be_settled() -> None:
    assert [state for state in get_args(SecondState) if closed("first", state)] == ["differs"]
    assert not any(closed("final", state) for state in get_args(SecondState))


def test_a_second_review_is_somebody_elses() -> None:
    assert "somebody else" in no_second("Ann", given(review="Ann"), ())
    assert "somebody else" in no_second("Ann", {}, {"Ann"})
    assert no_second("Bob", given(review="Ann"), {"Ann"}) == ""


def test_a_reviewer_settles_nothing() -> None:
    roles: dict[Role, bool] = {"reviewer": False, "physician": True, "lead": True, "admin": True}
    assert {role: not no_settling(role) for role in roles} == roles


def test_it_is_known_whether_a_decision_is_ones_own() -> None:
    readings = Readings(reading(1, "met"), reading(11, "not_met", by="Bob", of="second"), {})
    answers = [took_part(who, readings, c) for who, c in product(("Ann", "Bob", "Lea"), ("C01", "C02"))]
    assert answers == [True, False, True, False, False, False]
