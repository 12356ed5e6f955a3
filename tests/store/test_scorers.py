"""The scorers of a case: which is in force, under which rule, with whose consent, and whether it was checked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.domain import CaseScorer, ScorerCheck
from core.errors import NotFound
from core.store import Store
from tests.store.examples import EMBEDDED, HOSTED, NOON, add_case


def test_a_scorer_comes_back_with_all_that_makes_its_fingerprint(store: Store) -> None:
    case_id = add_case(store, scorer=replace(HOSTED, scope="case"))
    found = store.case(case_id).scorer
    assert found == replace(HOSTED, scope="case")
    assert found.fingerprint != HOSTED.fingerprint


def test_the_note_of_a_known_scorer_follows_the_newest_and_its_address_does_not(store: Store) -> None:
    case_id = add_case(store, scorer=HOSTED)
    moved = replace(HOSTED, sends_text_to="gateway.example", note="Moved.")
    store.save_answers(moved, [("q", "t", 0.5)])
    store.save_answers(replace(moved, sends_text_to=None), [("q", "u", 0.5)])
    assert store.case(case_id).scorer == replace(HOSTED, note="Moved.")
    assert store.answers(HOSTED.fingerprint, ["q"], ["t", "u"]) == {("q", "t"): 0.5, ("q", "u"): 0.5}


def test_each_scorer_of_a_case_keeps_its_own_rule(store: Store) -> None:
    case_id = add_case(store)
    store.use_scorer(case_id, HOSTED, rule="top 3", by="Bob")
    assert (store.case(case_id).scorer, store.case(case_id).rule) == (HOSTED, "top 3")
    store.set_rule(case_id, HOSTED.fingerprint, "top 4", by="Bob")
    store.use_scorer(case_id, EMBEDDED, rule="top 9", by="Bob")
    assert (store.case(case_id).scorer, store.case(case_id).rule) == (EMBEDDED, "threshold 0.5")
    store.use_scorer(case_id, HOSTED, rule="top 9", by="Bob")
    assert store.case(case_id).rule == "top 4"
    assert store.case_scorers(case_id) == [CaseScorer(EMBEDDED, "threshold 0.5"), CaseScorer(HOSTED, "top 4")]


def test_scorers_of_a_case_come_in_order_of_first_use_there(store: Store) -> None:
    add_case(store)
    case_id = add_case(store, scorer=HOSTED)
    store.use_scorer(case_id, EMBEDDED, rule="r", by="Ann")
    third = replace(HOSTED, revision="2027")
    store.use_scorer(case_id, third, rule="r", by="Ann")
    assert [used.info for used in store.case_scorers(case_id)] == [HOSTED, EMBEDDED, third]


def test_a_change_of_scorer_is_on_record(store: Store) -> None:
    case_id = add_case(store)
    store.use_scorer(case_id, HOSTED, rule="top 3", by="Bob")
    last = store.audit(case_id)[-1]
    assert (last.actor, last.action) == ("Bob", "scorer changed")
    assert last.detail == {
        "before": EMBEDDED.fingerprint,
        "after": HOSTED.fingerprint,
        "name": "zerank",
        "rule": "top 3",
    }
    assert store.verify_audit() is None


def test_the_scorer_in_force_used_again_changes_nothing(store: Store) -> None:
    case_id = add_case(store)
    before = store.audit(), store.case(case_id)
    store.use_scorer(case_id, EMBEDDED, rule="top 9", by="Bob")
    assert (store.audit(), store.case(case_id)) == before


def test_the_record_of_a_new_case_and_of_a_rule_names_the_scorer(store: Store) -> None:
    case_id = add_case(store)
    store.use_scorer(case_id, HOSTED, rule="top 3", by="Bob")
    store.set_rule(case_id, HOSTED.fingerprint, "top 4", by="Bob")
    created, _, changed = store.audit(case_id)
    assert (created.detail["scorer"], created.detail["fingerprint"]) == ("embedded", EMBEDDED.fingerprint)
    assert (changed.detail["before"], changed.detail["after"]) == ("top 3", "top 4")
    assert changed.detail["fingerprint"] == HOSTED.fingerprint


def test_consent_says_who_agreed_to_what_and_when(url: str) -> None:
    with Store.open(url, clock=lambda: NOON) as store:
        case_id = add_case(store, scorer=HOSTED)
        store.use_scorer(case_id, EMBEDDED, rule="r", by="Ann")
        store.agree(case_id, HOSTED, by="Bob", to="models.example", pages=3, pairs=6, tokens=1200)
        first, second = store.case_scorers(case_id)
        assert first == CaseScorer(HOSTED, "threshold 0.5", "models.example", "Bob", NOON)
        assert second.agreed_at is None
        last = store.audit(case_id)[-1]
    assert (last.actor, last.action) == ("Bob", "sending agreed")
    assert last.detail == {
        "destination": "models.example",
        "fingerprint": HOSTED.fingerprint,
        "pages": 3,
        "pairs": 6,
        "tokens": 1200,
    }


def test_consent_holds_for_one_case_alone(store: Store) -> None:
    first, second = add_case(store, scorer=HOSTED), add_case(store, scorer=HOSTED)
    store.agree(first, HOSTED, by="Bob", to="models.example", pages=3, pairs=6, tokens=1200)
    assert [store.case_scorers(case)[0].agreed_to for case in (first, second)] == ["models.example", ""]


def test_a_case_remembers_where_its_pages_went_when_the_scorer_moves(store: Store) -> None:
    case_id = add_case(store, scorer=HOSTED)
    moved = replace(HOSTED, sends_text_to="moved.example")
    store.agree(case_id, HOSTED, by="Bob", to="models.example", pages=3, pairs=6, tokens=1200)
    store.save_answers(moved, [("q", "t", 0.5)])
    assert store.case(case_id).scorer.sends_text_to == "models.example"
    store.agree(case_id, moved, by="Bob", to="moved.example", pages=3, pairs=6, tokens=1200)
    assert store.case(case_id).scorer.sends_text_to == "moved.example"


def test_sending_without_a_case_is_on_record(store: Store) -> None:
    store.agree(None, HOSTED, by="Bob", to="models.example", pages=3, pairs=6, tokens=1200)
    last = store.audit()[-1]
    assert (last.actor, last.action, last.case) == ("Bob", "sending agreed", None)
    assert last.detail["destination"] == "models.example"


def test_consent_to_a_scorer_that_the_case_does_not_use_is_refused(store: Store) -> None:
    case_id = add_case(store)
    before = store.audit()
    with pytest.raises(NotFound, match="does not use this scorer"):
        store.agree(case_id, HOSTED, by="Bob", to="models.example", pages=3, pairs=6, tokens=1200)
    assert store.audit() == before
    with pytest.raises(NotFound, match="scorer"):
        store.queue_job(case_id, fingerprint=HOSTED.fingerprint)


def test_the_newest_check_of_a_scorer_at_a_host_counts(store: Store) -> None:
    check = ScorerCheck(HOSTED.fingerprint, "models.example", NOON, "Its answers are wrong.")
    assert store.last_check(HOSTED.fingerprint, "models.example") is None
    store.save_check(check)
    assert store.last_check(HOSTED.fingerprint, "models.example") == check
    later = replace(check, at=NOON + timedelta(hours=1), problem="")
    store.save_check(later)
    assert store.last_check(HOSTED.fingerprint, "models.example") == later
    assert store.last_check(HOSTED.fingerprint, "other.example") is None
    assert store.last_check(EMBEDDED.fingerprint, "models.example") is None


def test_a_check_at_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store.save_check(ScorerCheck("f", "h", datetime(2026, 11, 2), ""))
    store.save_check(ScorerCheck("f", "h", datetime(2026, 11, 2, tzinfo=UTC), ""))
