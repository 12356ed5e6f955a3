"""Decisions of a first, a blind second and a final reading, and decisions that are taken back."""

from dataclasses import replace

import pytest

from core.casefile import Reading
from core.domain import Decision, DecisionOutcome
from core.errors import Conflict, NotFound
from core.store import Store
from tests.store.examples import add_case, decision


def _by(reading: Reading, outcome: DecisionOutcome = "met", *, by: str = "Ann") -> Decision:
    return replace(decision(outcome, by=by), reading=reading)


def test_a_second_reading_neither_meets_nor_sees_the_first(store: Store) -> None:
    case_id = add_case(store)
    first = store.decide(case_id, _by("first"), seen=0)
    second = store.decide(case_id, _by("second", "not_met", by="Bob"), seen=0)
    assert first is not None
    assert second is not None
    assert store.decisions(case_id) == {"c1": first}
    assert store.decisions(case_id, "second") == {"c1": second}
    assert store.history(case_id, "c1") == [first]
    assert store.history(case_id, "c1", "second") == [second]
    again = store.decide(case_id, _by("first", "insufficient"), seen=first.id)
    assert again is not None
    assert store.undecide(case_id, "c1", reviewer="Bob", reading="second", seen=second.id)
    assert store.decisions(case_id) == {"c1": again}


def test_what_is_settled_stands_in_the_place_of_the_first_reading(store: Store) -> None:
    case_id = add_case(store)
    first = store.decide(case_id, _by("first"), seen=0)
    second = store.decide(case_id, _by("second", "not_met", by="Bob"), seen=0)
    with pytest.raises(Conflict, match="Ann decided “met”"):
        store.decide(case_id, _by("final", by="Dr. Lee"), seen=0)
    final = store.decide(case_id, _by("final", by="Dr. Lee"), seen=1)
    assert store.decisions(case_id) == store.decisions(case_id, "final") == {"c1": final}
    assert store.history(case_id, "c1") == store.history(case_id, "c1", "final") == [first, final]
    assert store.readings() == [(case_id, first), (case_id, second), (case_id, final)]


def test_the_same_words_in_another_reading_are_another_decision(store: Store) -> None:
    case_id = add_case(store)
    store.decide(case_id, _by("first"), seen=0)
    assert store.decide(case_id, _by("final"), seen=1)
    assert store.decide(case_id, _by("final"), seen=1) is None


def test_a_decision_taken_back_stays_on_record_and_does_not_stand(store: Store) -> None:
    case_id = add_case(store)
    first = store.decide(case_id, decision(), seen=0)
    assert store.undecide(case_id, "c1", reviewer="Bob", seen=1)
    assert store.decisions(case_id) == {}
    assert store.readings() == []
    made, taken_back = store.history(case_id, "c1")
    assert made == first
    assert (taken_back.outcome, taken_back.reviewer, taken_back.rationale) == ("withdrawn", "Bob", "")
    assert [e.action for e in store.audit(case_id)][-2:] == ["decision", "decision withdrawn"]
    assert store.verify_audit() is None


def test_after_a_withdrawal_nothing_is_what_was_seen(store: Store) -> None:
    case_id = add_case(store)
    store.decide(case_id, decision(), seen=0)
    store.undecide(case_id, "c1", reviewer="Bob", seen=1)
    with pytest.raises(Conflict, match="Bob took the decision on criterion c1 back"):
        store.decide(case_id, decision("not_met"), seen=1)
    assert store.decide(case_id, decision(), seen=0) is not None
    assert store.decisions(case_id)["c1"].id == 3


def test_taking_back_twice_takes_back_once(store: Store) -> None:
    case_id = add_case(store)
    assert not store.undecide(case_id, "c1", reviewer="Ann", seen=0)
    store.decide(case_id, decision(), seen=0)
    assert store.undecide(case_id, "c1", reviewer="Ann", seen=1)
    assert not store.undecide(case_id, "c1", reviewer="Ann", seen=1)
    assert len(store.history(case_id, "c1")) == 2


def test_a_decision_that_was_not_seen_is_not_taken_back(store: Store) -> None:
    case_id = add_case(store)
    store.decide(case_id, decision(), seen=0)
    store.decide(case_id, decision("not_met", by="Bob"), seen=1)
    with pytest.raises(Conflict, match="Bob decided “not met”"):
        store.undecide(case_id, "c1", reviewer="Ann", seen=1)
    with pytest.raises(NotFound, match="criterion c9"):
        store.undecide(case_id, "c9", reviewer="Ann", seen=0)
    assert store.decisions(case_id)["c1"].outcome == "not_met"


def test_what_settled_two_readings_is_taken_back_as_such(store: Store) -> None:
    case_id = add_case(store)
    first = store.decide(case_id, _by("first"), seen=0)
    store.decide(case_id, _by("final", "not_met", by="Dr. Lee"), seen=1)
    assert store.undecide(case_id, "c1", reviewer="Ann", seen=2)
    assert store.decisions(case_id) == {}
    assert [d.reading for d in store.history(case_id, "c1")] == ["first", "final", "final"]
    assert store.readings() == [(case_id, first)]


def test_nobody_decides_that_a_decision_is_withdrawn(store: Store) -> None:
    case_id = add_case(store)
    with pytest.raises(ValueError, match="undecide"):
        store.decide(case_id, decision("withdrawn"), seen=0)


def test_the_queue_counts_what_stands_in_each_reading(store: Store) -> None:
    case_id, other = add_case(store), add_case(store, name="Case two")

    def counts() -> tuple[int, int]:
        found = {case.id: (case.decided, case.second_decided) for case in store.cases()}
        assert found[other] == (0, 0)
        return found[case_id]

    store.decide(case_id, decision(), seen=0)
    store.decide(case_id, decision(criterion="c2"), seen=0)
    store.decide(case_id, _by("second", by="Bob"), seen=0)
    assert counts() == (2, 1)
    store.decide(case_id, _by("final", by="Dr. Lee"), seen=1)
    assert counts() == (2, 1)
    store.undecide(case_id, "c1", reviewer="Ann", seen=4)
    assert counts() == (1, 1)
    store.undecide(case_id, "c1", reviewer="Bob", reading="second", seen=3)
    assert counts() == (1, 0)
    store.decide(case_id, decision(), seen=0)
    assert counts() == (2, 0)
