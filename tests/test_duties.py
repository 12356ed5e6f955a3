"""Handing out work and settling differences, through a real database: what is refused is not stored."""

from collections.abc import Iterator

import pytest

from core.casefile import Reading
from core.domain import Label, PageRef
from core.errors import Conflict, NotAllowed
from core.workspace import Workspace
from tests.store.examples import EMBEDDED
from tests.twice import (
    ADMIN,
    DOCTOR,
    DOCUMENT,
    LEAD,
    NURSE,
    OTHER,
    add_case,
    decide,
    give,
    open_workspace,
    reviewed_twice,
)


@pytest.fixture
def opened() -> Iterator[Workspace]:
    workspace = open_workspace()
    yield workspace
    workspace.close()


def holders(opened: Workspace, case: int) -> dict[str, str]:
    return {duty: a.assignee for duty, a in opened.duties.assigned(case).items()}


def test_a_role_is_given_with_an_entry_in_the_audit_log(opened: Workspace) -> None:
    opened.duties.set_role(NURSE, "physician", by=LEAD)
    assert opened.duties.role(NURSE) == "physician"
    assert opened.duties.role("Nobody") == "reviewer"
    last = opened.store.audit()[-1]
    assert (last.action, last.actor) == ("role set", LEAD)
    assert opened.store.verify_audit() is None


def test_a_role_that_is_not_theirs_to_give_is_not_stored(opened: Workspace) -> None:
    before = opened.store.course.roles()
    for by, role in ((NURSE, "lead"), (DOCTOR, "admin"), (LEAD, "admin")):
        with pytest.raises(NotAllowed, match="Nothing was saved"):
            opened.duties.set_role(by, role, by=by)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="only administrator"):
        opened.duties.set_role(ADMIN, "lead", by=ADMIN)
    assert opened.store.course.roles() == before


def test_of_two_who_take_a_case_the_first_has_it(opened: Workspace) -> None:
    case = add_case(opened)
    opened.duties.give(case, "review", NURSE, by=NURSE)
    with pytest.raises(NotAllowed):
        opened.duties.give(case, "review", OTHER, by=OTHER)
    assert holders(opened, case) == {"review": NURSE}
    opened.duties.give(case, "review", "", by=NURSE)
    opened.duties.give(case, "review", OTHER, by=OTHER)
    assert holders(opened, case) == {"review": OTHER}


def test_a_second_review_goes_to_somebody_who_has_not_reviewed_the_case(opened: Workspace) -> None:
    case = add_case(opened)
    decide(opened, case, {"A-1": "met"})
    with pytest.raises(NotAllowed, match="somebody else"):
        give(opened, case, second=NURSE)
    with pytest.raises(NotAllowed, match="A lead hands out"):
        opened.duties.give(case, "second", OTHER, by=OTHER)
    decide(opened, case, {"A-1": "not_met"}, by=LEAD)
    with pytest.raises(NotAllowed, match="somebody else"):
        give(opened, case, second=NURSE)  # who has seen it, though their decision stands no more
    give(opened, case, second=OTHER)
    assert opened.duties.state(case) == "open"


def test_a_difference_is_settled_once_with_the_pages_of_the_reading_that_stands(opened: Workspace) -> None:
    case = reviewed_twice(opened)
    assert opened.duties.state(case) == "differs"
    first = opened.duties.readings(case).first["A-2"]
    stored = opened.duties.settle(case, "A-2", "not_met", " Page 2 is newer. ", by=DOCTOR, seen=first.id)
    assert stored is not None
    assert (stored.reading, stored.rationale) == ("final", "Page 2 is newer.")
    assert [c.page.number for c in stored.citations] == [2]
    assert opened.duties.state(case) == "settled"
    assert opened.store.decisions(case)["A-2"].outcome == "not_met"
    readings = opened.duties.readings(case)
    assert readings.first["A-2"] == first
    assert readings.final == {"A-2": stored}
    with pytest.raises(Conflict):
        opened.duties.settle(case, "A-2", "met", "Seen late", by=LEAD, seen=first.id)


def test_what_neither_said_cites_the_pages_of_both(opened: Workspace) -> None:
    case = reviewed_twice(opened)
    first = opened.duties.readings(case).first["A-2"]
    stored = opened.duties.settle(case, "A-2", "insufficient", "Both are old", by=LEAD, seen=first.id)
    assert stored is not None
    assert [c.page.number for c in stored.citations] == [1, 2]


def test_a_first_decision_made_anew_is_to_be_settled_again(opened: Workspace) -> None:
    case = reviewed_twice(opened)
    seen = opened.duties.readings(case).first["A-2"].id
    opened.duties.settle(case, "A-2", "not_met", "Newer", by=DOCTOR, seen=seen)
    decide(opened, case, {"A-2": "insufficient"})
    assert opened.duties.state(case) == "differs"
    decide(opened, case, {"A-2": "not_met"})
    assert opened.duties.state(case) == "settled"


def test_a_first_decision_that_was_taken_back_is_not_there(opened: Workspace) -> None:
    case = reviewed_twice(opened)
    seen = opened.duties.readings(case).first["A-3"].id
    assert opened.store.undecide(case, "A-3", reviewer=NURSE, reading="first", seen=seen)
    assert "A-3" not in opened.duties.readings(case).first
    assert opened.duties.state(case) == "waits"


def test_while_two_reviews_differ_neither_changes_what_it_said(opened: Workspace) -> None:
    case = reviewed_twice(opened)
    both: tuple[tuple[str, Reading], ...] = ((NURSE, "first"), (OTHER, "second"))
    for by, reading in both:
        seen = opened.store.decisions(case, reading)["A-2"].id
        with pytest.raises(Conflict, match="somebody settles it"):
            opened.review.decide(case, "A-2", "insufficient", "As the other", reviewer=by, seen=seen, reading=reading)
        with pytest.raises(Conflict, match="somebody settles it"):
            opened.review.undecide(case, "A-2", reviewer=by, seen=seen, reading=reading)
    assert opened.duties.state(case) == "differs"
    first = opened.duties.readings(case).first["A-2"]
    opened.duties.settle(case, "A-2", "met", "It counts", by=LEAD, seen=first.id)
    assert not opened.review.closed(case, "first")
    assert opened.review.closed(case, "second")


def test_labels_of_a_case_that_somebody_reviews_blind_are_not_handed_to_them(opened: Workspace) -> None:
    case = add_case(opened)
    give(opened, case, review=NURSE, second=OTHER)
    assert opened.duties.blind_cases(OTHER) == {case}
    assert opened.duties.blind_cases(NURSE) == frozenset()
    page = PageRef(DOCUMENT, 1)
    opened.store.add_label(case, Label(page, "A-1", "relevant", NURSE, opened.now(), fingerprint=EMBEDDED.fingerprint))
    assert opened.label_rows(to=OTHER) == []
    assert len(opened.label_rows(to=NURSE)) == len(opened.label_rows()) == 1


@pytest.mark.parametrize(("by", "why", "words"), [(NURSE, "Because", "physician"), (LEAD, "  ", "Write why")])
def test_a_difference_is_settled_by_a_lead_or_a_physician_with_a_reason(
    opened: Workspace, by: str, why: str, words: str
) -> None:
    case = reviewed_twice(opened)
    seen = opened.duties.readings(case).first["A-2"].id
    with pytest.raises(NotAllowed, match=words):
        opened.duties.settle(case, "A-2", "met", why, by=by, seen=seen)
    assert opened.duties.state(case) == "differs"


def test_nothing_is_settled_before_both_are_complete_or_where_they_agree(opened: Workspace) -> None:
    case = add_case(opened)
    give(opened, case, review=NURSE, second=OTHER)
    decide(opened, case, {"A-1": "met", "A-2": "met", "A-3": "met"})
    decide(opened, case, {"A-1": "not_met"}, "second", OTHER)
    with pytest.raises(Conflict, match="do not differ"):
        opened.duties.settle(case, "A-1", "met", "Because", by=LEAD, seen=1)
    decide(opened, case, {"A-2": "met", "A-3": "met"}, "second", OTHER)
    with pytest.raises(Conflict, match="do not differ"):
        opened.duties.settle(case, "A-2", "not_met", "Because", by=LEAD, seen=2)
