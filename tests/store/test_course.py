"""Steps in the course of a case, whose it is, who may do what, and rationales to start from."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from core.casefile import STEPS, Assignment
from core.errors import Conflict, NotFound, StoreError
from core.store import Store
from tests.store.examples import NOON, add_case, assignment, cited, decision, label, step


def test_a_step_comes_back_as_it_was_taken(store: Store) -> None:
    case_id, other = add_case(store), add_case(store, name="Case two")
    first = store.course.add_step(case_id, step("pend"), seen=0)
    assert first == replace(step("pend"), id=1)
    second = store.course.add_step(case_id, step("resume", by="Bob"), seen=1)
    third = store.course.add_step(other, step(), seen=0)
    assert store.course.steps(case_id) == [first, second]
    bare = {case_id: [replace(first, record=""), replace(second, record="")], other: [replace(third, record="")]}
    assert store.course.all_steps() == bare


def test_every_kind_of_step_can_be_stored_and_is_named_to_who_did_not_see_it(store: Store) -> None:
    case_id = add_case(store)
    for before, kind in enumerate(STEPS):
        store.course.add_step(case_id, step(kind), seen=before)
        with pytest.raises(Conflict, match=r"Ann \w+.* in between \(2026-11-02 12:00 UTC\). That stands"):
            store.course.add_step(case_id, step("pend", by="Bob"), seen=before)
    assert [taken.kind for taken in store.course.steps(case_id)] == list(STEPS)


def test_a_step_from_an_old_screen_is_refused(store: Store) -> None:
    case_id = add_case(store)
    with pytest.raises(Conflict, match="nobody took"):
        store.course.add_step(case_id, step(), seen=3)
    store.course.add_step(case_id, step("deny"), seen=0)
    with pytest.raises(Conflict, match="You denied this case in between"):
        store.course.add_step(case_id, step(), seen=0)
    with pytest.raises(NotFound, match="no case 9"):
        store.course.add_step(9, step(), seen=0)
    assert len(store.course.steps(case_id)) == 1


@pytest.mark.parametrize("change", ["decision", "citation", "label", "assignment"])
def test_what_is_signed_is_what_was_read(store: Store, change: str) -> None:
    case_id, other = add_case(store), add_case(store, name="Case two")
    stamp = store.course.stamp(case_id)
    changes: dict[str, Callable[[int], object]] = {
        "decision": lambda case: store.decide(case, decision(), seen=0),
        "citation": lambda case: store.findings.cite(case, cited()),
        "label": lambda case: store.add_label(case, label()),
        "assignment": lambda case: store.course.assign(case, assignment()),
    }
    changes[change](other)
    assert store.course.stamp(case_id) == stamp
    changes[change](case_id)
    with pytest.raises(Conflict, match="changed while you were at it"):
        store.course.add_step(case_id, step(), seen=0, stamp=stamp)
    assert store.course.steps(case_id) == []
    assert store.course.add_step(case_id, step(), seen=0, stamp=store.course.stamp(case_id))


def test_the_newest_assignment_of_each_duty_stands(store: Store) -> None:
    case_id = add_case(store)
    assert store.course.assign(case_id, assignment("Bob"))
    assert not store.course.assign(case_id, replace(assignment("Bob"), at=NOON + timedelta(hours=1)))
    assert store.course.assign(case_id, Assignment("second", "Carol", "Ann", NOON))
    assert store.course.assign(case_id, assignment(""))
    assert not store.course.assign(case_id, assignment(""))
    assert store.course.assignments() == {
        case_id: {"second": Assignment("second", "Carol", "Ann", NOON), "review": assignment("")}
    }
    with pytest.raises(NotFound):
        store.course.assign(9, assignment())


def test_a_case_is_claimed_once(store: Store) -> None:
    case_id = add_case(store)
    store.course.claim(case_id, "review", reviewer="Ann")
    store.course.claim(case_id, "review", reviewer="Ann")
    with pytest.raises(Conflict, match="The review of this case is Ann's"):
        store.course.claim(case_id, "review", reviewer="Bob")
    store.course.claim(case_id, "second", reviewer="Bob")
    store.course.assign(case_id, assignment(""))
    store.course.claim(case_id, "review", reviewer="Bob")
    assert store.course.assignments()[case_id]["review"].assignee == "Bob"
    assert [e.action for e in store.audit(case_id)] == ["case created", *["assigned"] * 4]


def test_of_two_who_claim_a_case_at_once_one_has_it(store: Store, url: str) -> None:
    case_id = add_case(store)
    together = threading.Barrier(2)

    def press(name: str) -> str:
        with Store.open(url) as own:
            together.wait()
            try:
                own.course.claim(case_id, "review", reviewer=name)
            except Conflict as conflict:
                return str(conflict)
            return name

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, ["Bob", "Carol"]))
    has = store.course.assignments()[case_id]["review"].assignee
    assert has in answers
    (told,) = [answer for answer in answers if answer != has]
    assert told.startswith(f"The review of this case is {has}'s")


def test_the_newest_role_of_a_person_counts(store: Store) -> None:
    store.course.set_role("Dr. Lee", "reviewer", by="Ann")
    store.course.set_role("Dr. Lee", "physician", by="Ann")
    store.course.set_role("Dr. Lee", "physician", by="Bob")
    store.course.set_role("Ann", "admin", by="Ann")
    assert store.course.roles() == {"Ann": "admin", "Dr. Lee": "physician"}
    assert len(store.audit()) == 3
    with pytest.raises(StoreError, match="does not fit"):
        store.course.set_role("", "lead", by="Ann")


def test_templates_are_offered_until_they_are_retired(store: Store) -> None:
    first = store.course.add_template("met", "Conservative treatment failed.", by="Ann")
    assert store.course.add_template("met", "Conservative treatment failed.", by="Bob") == first
    second = store.course.add_template("not_met", "Conservative treatment failed.", by="Bob")
    assert store.course.templates() == [first, second]
    store.course.retire_template(first.id, by="Bob")
    store.course.retire_template(first.id, by="Carol")
    assert store.course.templates() == [second]
    assert store.course.add_template("met", "Conservative treatment failed.", by="Ann").id == 3
    with pytest.raises(NotFound, match="no template 9"):
        store.course.retire_template(9, by="Ann")
