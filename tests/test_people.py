"""Who gives which role to whom, and who hands out the work."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

import pytest

from core.casefile import ROLES, Assignment, Duty, Role
from core.people import no_assigning, no_role_change, role_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
TEAM: dict[str, Role] = {"Ada": "admin", "Lea": "lead", "Phil": "physician"}


def may(name: str, role: Role, by: str, roles: Mapping[str, Role] = TEAM) -> bool:
    return no_role_change(name, role, by=by, roles=roles) == ""


def test_whoever_has_no_role_is_a_reviewer() -> None:
    assert role_of("Rita", TEAM) == "reviewer"
    assert role_of("Phil", TEAM) == "physician"


def test_while_nobody_is_an_administrator_anybody_may_become_it_and_nothing_else() -> None:
    assert may("Rita", "admin", "Rita", {})
    assert not may("Rita", "physician", "Rita", {})
    assert not may("Phil", "admin", "Rita", {})
    assert not may("Rita", "admin", "Rita", {"Ada": "admin"})


def test_leads_and_administrators_give_roles_and_nobody_else() -> None:
    for role in ("reviewer", "physician", "lead"):
        assert may("Rita", role, "Lea")
        assert may("Rita", role, "Ada")
        assert not may("Rita", role, "Phil")
        assert not may("Rita", role, "Rita")


def test_only_an_administrator_makes_or_unmakes_one() -> None:
    two: dict[str, Role] = {**TEAM, "Abe": "admin"}
    assert may("Rita", "admin", "Ada")
    assert not may("Rita", "admin", "Lea")
    assert not may("Ada", "reviewer", "Lea", two)
    assert may("Ada", "reviewer", "Abe", two)


def test_the_last_administrator_stays_one() -> None:
    assert "only administrator" in no_role_change("Ada", "lead", by="Ada", roles=TEAM)
    assert may("Ada", "admin", "Ada")


def test_a_role_is_given_by_somebody_to_somebody() -> None:
    for role in ROLES:
        assert not may("", role, "Ada")
        assert not may("Rita", role, "", {})


def assign(duty: Duty, name: str, by: str, **held: str) -> bool:
    assigned: dict[Duty, Assignment] = {
        held_duty: Assignment(held_duty, held[held_duty], "Lea", AT)
        for held_duty in get_args(Duty)
        if held_duty in held
    }
    return no_assigning(duty, name, by=by, roles=TEAM, assigned=assigned) == ""


def test_a_reviewer_takes_what_is_nobodys_and_gives_back_what_is_theirs() -> None:
    assert assign("review", "Rita", "Rita")
    assert assign("review", "Rita", "Rita", review="")
    assert assign("review", "", "Rita", review="Rita")
    assert not assign("review", "Rita", "Rita", review="Sam")
    assert not assign("review", "", "Rita", review="Sam")
    assert not assign("review", "Sam", "Rita")


def test_a_lead_hands_out_anything() -> None:
    for by in ("Lea", "Ada"):
        assert assign("review", "Rita", by, review="Sam")
        assert assign("review", "", by, review="Sam")
        assert assign("second", "Rita", by, review="Sam")


@pytest.mark.parametrize("by", ["Rita", "Phil"])
def test_a_second_review_is_only_a_leads_to_give(by: str) -> None:
    assert not assign("second", by, by)
    assert not assign("second", "", by, second=by)


def test_a_physicians_part_is_a_physicians() -> None:
    assert assign("physician", "Phil", "Phil")
    assert assign("physician", "Phil", "Lea")
    assert not assign("physician", "Rita", "Lea")
    assert assign("physician", "", "Lea", physician="Phil")


def test_nobody_has_both_reviews_of_a_case() -> None:
    assert not assign("review", "Rita", "Rita", second="Rita")
    assert not assign("review", "Rita", "Lea", second="Rita")


def test_who_says_no_name_hands_out_nothing() -> None:
    assert not assign("review", "", "")
