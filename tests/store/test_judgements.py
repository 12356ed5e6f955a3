"""Labels and decisions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.domain import Citation, PageRef
from core.errors import Conflict, NotFound, StoreError
from core.store import Store
from tests.store.examples import DOCUMENT, NOON, OTHER, add_case, decision, label


def test_a_label_comes_back_with_all_it_was_given_under(store: Store) -> None:
    case_id = add_case(store)
    assert store.add_label(case_id, label(note="Page 1 says so."))
    assert store.labels() == [(case_id, label(note="Page 1 says so."))]


def test_a_label_without_provenance_comes_back_too(store: Store) -> None:
    case_id = add_case(store)
    bare = replace(label(), inclusion_probability=None, score=None, probability=None, threshold=None, seed=None)
    store.add_label(case_id, bare)
    assert store.labels(case_id) == [(case_id, bare)]


def test_the_same_label_again_stores_nothing(store: Store) -> None:
    case_id = add_case(store)
    assert store.add_label(case_id, label())
    assert not store.add_label(case_id, replace(label(), at=NOON + timedelta(hours=1), score=0.9))
    assert store.labels() == [(case_id, label())]
    assert len(store.audit(case_id)) == 2


def test_the_newest_label_of_each_reviewer_counts(store: Store) -> None:
    case_id = add_case(store)
    given = [label("relevant"), label("not_relevant", by="Bob"), label("unsure"), label("unsure", number=2)]
    for one in given:
        assert store.add_label(case_id, one)
    assert store.labels() == [(case_id, given[1]), (case_id, given[2]), (case_id, given[3])]


def test_a_label_taken_back_to_what_it_was_is_stored(store: Store) -> None:
    case_id = add_case(store)
    for one in (label("relevant"), label("unsure"), label("relevant")):
        assert store.add_label(case_id, one)
    assert len([e for e in store.audit() if e.action == "label"]) == 3


def test_labels_are_kept_apart_by_case(store: Store) -> None:
    first, second = add_case(store), add_case(store)
    store.add_label(first, label())
    store.add_label(second, label("unsure"))
    assert store.labels(second) == [(second, label("unsure"))]
    assert [case_id for case_id, _ in store.labels()] == [first, second]


def test_a_label_for_something_the_case_does_not_have_is_refused(store: Store) -> None:
    case_id = add_case(store)
    for wrong in (
        replace(label(), criterion="c9"),
        replace(label(), page=PageRef(DOCUMENT, 4)),
        replace(label(), page=PageRef(OTHER, 1)),
    ):
        with pytest.raises(NotFound, match="Nothing was saved"):
            store.add_label(case_id, wrong)
    with pytest.raises(NotFound):
        store.add_label(case_id + 1, label())
    assert store.labels() == []


def test_a_label_with_an_impossible_probability_is_refused_by_the_database(store: Store) -> None:
    case_id = add_case(store)
    for wrong in (replace(label(), inclusion_probability=0.0), replace(label(), score=1.5)):
        with pytest.raises(StoreError, match="does not fit"):
            store.add_label(case_id, wrong)
    assert store.labels() == []
    assert len(store.audit(case_id)) == 1


def test_a_decision_comes_back_as_it_was_made(store: Store) -> None:
    case_id = add_case(store)
    stored = store.decide(case_id, decision(), seen=0)
    assert stored == replace(decision(), id=1)
    assert store.decisions(case_id) == {"c1": stored}


def test_times_leave_in_utc(store: Store) -> None:
    case_id = add_case(store)
    berlin = timezone(timedelta(hours=1))
    stored = store.decide(case_id, replace(decision(), at=datetime(2026, 11, 2, 13, 0, tzinfo=berlin)), seen=0)
    assert stored is not None
    assert stored.at.isoformat() == "2026-11-02T12:00:00+00:00"
    assert store.decisions(case_id)["c1"].at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    case_id = add_case(store)
    with pytest.raises(ValueError, match="time zone"):
        store.decide(case_id, replace(decision(), at=datetime(2026, 11, 2)), seen=0)
    with pytest.raises(ValueError, match="time zone"):
        store.add_label(case_id, replace(label(), at=datetime(2026, 11, 2)))
    assert store.decisions(case_id) == {}


def test_the_same_decision_again_stores_nothing(store: Store) -> None:
    case_id = add_case(store)
    store.decide(case_id, decision(), seen=0)
    again = replace(decision(), at=NOON + timedelta(hours=1))
    assert store.decide(case_id, again, seen=0) is None
    assert store.decide(case_id, again, seen=1) is None
    assert len(store.history(case_id, "c1")) == 1
    assert len(store.audit(case_id)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "not_met"},
        {"rationale": "See the letter."},
        {"citations": ()},
        {"citations": (Citation(PageRef(DOCUMENT, 2), "2 of 3", "stands here", ((0.1, 0.2, 0.3, 0.4),)),)},
        {"reviewer": "Bob"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_decision_that_differs_is_stored_and_the_earlier_one_kept(store: Store, change: dict[str, object]) -> None:
    case_id = add_case(store)
    store.decide(case_id, decision(), seen=0)
    changed = replace(decision(), **change)  # type: ignore[arg-type]
    assert store.decide(case_id, changed, seen=1) == replace(changed, id=2)
    assert store.history(case_id, "c1") == [replace(decision(), id=1), replace(changed, id=2)]
    assert store.decisions(case_id)["c1"].id == 2


def test_a_decision_made_in_between_stands_and_the_message_says_whose(store: Store) -> None:
    case_id = add_case(store)
    store.decide(case_id, decision("not_met", by="Ann"), seen=0)
    with pytest.raises(Conflict, match=r"Ann decided “not met” on criterion c1 .*2026-11-02 12:00 UTC.* stands"):
        store.decide(case_id, decision("met", by="Bob"), seen=0)
    assert [d.reviewer for d in store.history(case_id, "c1")] == ["Ann"]
    seen_now = store.decide(case_id, decision("met", by="Bob"), seen=1)
    assert seen_now is not None
    assert [d.reviewer for d in store.history(case_id, "c1")] == ["Ann", "Bob"]


def test_an_own_decision_overtaken_by_another_is_not_called_saved(store: Store) -> None:
    case_id = add_case(store)
    store.decide(case_id, decision("met", by="Ann"), seen=0)
    store.decide(case_id, decision("not_met", by="Bob"), seen=1)
    with pytest.raises(Conflict, match="Bob decided"):
        store.decide(case_id, decision("met", by="Ann"), seen=1)


def test_a_decision_from_a_second_window_of_the_same_person_is_noticed(store: Store) -> None:
    case_id = add_case(store)
    store.decide(case_id, decision("met"), seen=0)
    with pytest.raises(Conflict, match="You decided"):
        store.decide(case_id, decision("not_met"), seen=0)


def test_a_decision_that_nobody_made_cannot_have_been_seen(store: Store) -> None:
    case_id = add_case(store)
    with pytest.raises(Conflict, match="no decision yet"):
        store.decide(case_id, decision(), seen=5)


def test_criteria_are_decided_apart(store: Store) -> None:
    case_id = add_case(store)
    store.decide(case_id, decision(criterion="c1"), seen=0)
    store.decide(case_id, decision("insufficient", criterion="c2"), seen=0)
    assert {c: d.outcome for c, d in store.decisions(case_id).items()} == {"c1": "met", "c2": "insufficient"}
    assert [d.criterion for d in store.history(case_id, "c2")] == ["c2"]


def test_a_decision_on_something_the_case_does_not_have_is_refused(store: Store) -> None:
    case_id = add_case(store)
    with pytest.raises(NotFound, match="criterion c9"):
        store.decide(case_id, decision(criterion="c9"), seen=0)
    for ref in (PageRef(DOCUMENT, 4), PageRef(DOCUMENT, 0), PageRef(OTHER, 1)):
        with pytest.raises(NotFound, match="cited page"):
            store.decide(case_id, replace(decision(), citations=(Citation(ref),)), seen=0)
    assert store.decisions(case_id) == {}
