"""Criteria sets, cases and the queue."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from core.domain import CaseDocument, Job
from core.errors import NotFound, StoreError
from core.store import Store
from tests.store.examples import DOCUMENT, EMBEDDED, NOON, OTHER, add_case, criteria, decision, label, page


def test_the_same_criteria_are_the_same_version(store: Store) -> None:
    assert store.save_criteria(criteria(), by="Ann").version == 1
    assert store.save_criteria(criteria(), by="Bob").version == 1
    assert len(store.audit()) == 1


def test_other_criteria_under_the_same_name_are_the_next_version(store: Store) -> None:
    store.save_criteria(criteria("One?"), by="Ann")
    assert store.save_criteria(criteria("Two?"), by="Ann").version == 2
    assert store.save_criteria(criteria("One?"), by="Ann").version == 1
    assert store.save_criteria(criteria("One?", name="Another"), by="Ann").version == 1


def test_the_newest_version_of_each_name_is_listed_newest_first(store: Store) -> None:
    store.save_criteria(criteria("One?"), by="Ann")
    other = store.save_criteria(criteria("One?", name="Another"), by="Ann")
    newest = store.save_criteria(criteria("Two?", "Three?"), by="Ann")
    assert store.criteria_sets() == [newest, other]


def test_a_case_comes_back_as_it_was_created(url: str) -> None:
    with Store.open(url, clock=lambda: NOON) as store:
        case_id = add_case(store)
    with Store.open(url) as store:
        case = store.case(case_id)
        assert (case.name, case.scorer, case.rule, case.created_by) == ("Case one", EMBEDDED, "threshold 0.5", "Ann")
        assert case.criteria == criteria()
        assert case.documents == (CaseDocument(DOCUMENT, "chart.pdf", 3, "Ann", NOON),)
        assert (case.replaced, case.amended_at) == ((), None)
        assert case.created_at == NOON
        assert case.created_at.tzinfo is UTC


def test_a_case_keeps_the_version_of_the_criteria_it_was_created_with(store: Store) -> None:
    case_id = add_case(store)
    store.save_criteria(criteria("Something else?"), by="Ann")
    assert store.case(case_id).criteria == criteria()


def test_documents_may_be_read_after_the_case_is_created(url: str) -> None:
    files = [CaseDocument(OTHER, "second.pdf", 9, "Ann", NOON), CaseDocument(DOCUMENT, "first.pdf", 0, "Ann", NOON)]
    store = Store.open(url, clock=lambda: NOON)
    case_id = store.create_case("Case", criteria=criteria(), documents=files, scorer=EMBEDDED, rule="r", by="Ann")
    assert store.case(case_id).documents == tuple(files)
    assert not store.has_document(DOCUMENT)
    store.add_document(DOCUMENT, size=1000, pages=[page(1), page(2)])
    assert store.case(case_id).documents == (files[0], replace(files[1], pages=2))
    assert store.cases()[0].pages == 11
    store.close()


@pytest.mark.parametrize("files", [[], [CaseDocument(DOCUMENT, "a.pdf", 1), CaseDocument(DOCUMENT, "b.pdf", 1)]])
def test_a_case_needs_documents_each_once(store: Store, files: list[CaseDocument]) -> None:
    with pytest.raises(StoreError, match="each only once"):
        store.create_case("Case", criteria=criteria(), documents=files, scorer=EMBEDDED, rule="r", by="Ann")


def test_a_case_whose_creation_fails_halfway_leaves_nothing(store: Store, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TRIGGER broken BEFORE INSERT ON jobs BEGIN SELECT RAISE(ABORT, 'broken'); END")
        with pytest.raises(StoreError, match="othing was saved"):
            store.create_case(
                "Case",
                criteria=criteria(),
                documents=[CaseDocument(OTHER, "a.pdf", 1)],
                scorer=EMBEDDED,
                rule="r",
                by="Ann",
            )
        for table in ("cases", "case_documents", "documents", "criteria_sets", "criteria", "audit", "reviewers"):
            assert raw.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        raw.execute("DROP TRIGGER broken")
    assert add_case(store) == 1


def test_a_case_that_is_not_there_is_said_to_be_missing(store: Store) -> None:
    with pytest.raises(NotFound, match="no case 7"):
        store.case(7)
    with pytest.raises(NotFound, match="no case 7"):
        store.set_rule(7, "f", "r", by="Ann")
    with pytest.raises(NotFound, match="no case 7"):
        store.update_job(7, state="running")
    with pytest.raises(NotFound, match="no case 7"):
        store.queue_job(7)
    with pytest.raises(NotFound, match="no case 7"):
        store.use_scorer(7, EMBEDDED, rule="r", by="Ann")
    with pytest.raises(NotFound, match="no case 7"):
        store.case_scorers(7)
    with pytest.raises(NotFound, match="no case 7"):
        store.agree(7, EMBEDDED, by="Ann", to="h", pages=1, pairs=1, tokens=1)
    assert store.job(7) is None


def test_a_changed_rule_is_in_force_and_on_record(store: Store) -> None:
    case_id = add_case(store)
    store.set_rule(case_id, EMBEDDED.fingerprint, "top 5", by="Bob")
    assert store.case(case_id).rule == "top 5"
    last = store.audit(case_id)[-1]
    assert (last.actor, last.action, last.detail) == (
        "Bob", "rule changed",
        {"before": "threshold 0.5", "after": "top 5", "recalibration": "", "fingerprint": EMBEDDED.fingerprint},
    )  # fmt: skip


def test_the_rule_in_force_set_again_changes_nothing(store: Store) -> None:
    case_id = add_case(store)
    before = store.audit()
    store.set_rule(case_id, EMBEDDED.fingerprint, "threshold 0.5", by="Bob")
    assert store.audit() == before


def test_the_queue_counts_documents_pages_criteria_and_decided_criteria(url: str) -> None:
    with Store.open(url, clock=lambda: NOON - timedelta(days=1)) as store:
        first = add_case(store)
        second = add_case(store, name="Case two")
        store.decide(first, decision("met"), seen=0)
        store.decide(first, decision("not_met"), seen=1)
        store.add_label(first, replace(label(), at=NOON + timedelta(hours=1)))
        newer, older = store.cases()
    assert (newer.id, newer.decided, newer.changed_at) == (second, 0, NOON - timedelta(days=1))
    assert (older.id, older.name, older.criteria_name, older.criteria_version) == (first, "Case one", "Knee MRI", 1)
    assert (older.documents, older.pages, older.criteria, older.decided) == (1, 3, 2, 1)
    assert older.changed_at == NOON + timedelta(hours=1)
    assert older.job == Job(first, "waiting", "", 0, 0, "", "Ann", NOON - timedelta(days=1), EMBEDDED.fingerprint)


def test_the_queue_takes_one_query_however_long_it_is(store: Store) -> None:
    for i in range(5):
        add_case(store, name=f"Case {i}")
    statements: list[str] = []
    event.listen(store._engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    assert len(store.cases()) == 5
    assert len([s for s in statements if s.startswith("SELECT")]) == 1


def test_people_are_listed_latest_first(store: Store) -> None:
    for name in ("Ann", "Bob", "Ann", "Ann"):
        store.add_reviewer(name)
    assert store.reviewers() == ["Ann", "Bob"]
    case_id = add_case(store)
    store.decide(case_id, decision(by="Carol"), seen=0)
    assert store.reviewers() == ["Carol", "Ann", "Bob"]


def test_a_clock_without_a_time_zone_is_refused(url: str) -> None:
    with Store.open(url, clock=lambda: datetime(2026, 1, 1)) as store, pytest.raises(ValueError, match="time zone"):
        add_case(store)


def test_the_queue_says_when_the_documents_of_a_case_last_changed(url: str) -> None:
    times = iter(NOON + timedelta(minutes=n) for n in range(1000))
    with Store.open(url, clock=lambda: next(times)) as store:
        case_id = add_case(store)
        (first,) = store.cases()
        store.add_label(case_id, label())
        assert store.cases()[0].amended_at == first.amended_at, "a label changes no document"
        store.replace_document(case_id, DOCUMENT, CaseDocument(OTHER, "new.pdf", 3), by="Ann")
        (then,) = store.cases()
        assert first.amended_at
        assert then.amended_at
        assert then.amended_at > first.amended_at
        assert (then.documents, then.pages) == (first.documents, first.pages)
