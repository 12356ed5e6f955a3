"""Documents that are added to a case or replaced in it."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain import CaseDocument, Citation, PageRef
from core.errors import Conflict, NotFound, StoreError
from core.store import Store
from tests.store.examples import DOCUMENT, EMBEDDED, NOON, OTHER, add_case, criteria, decision, label, page, sighting

THIRD, FOURTH = "c" * 64, "d" * 64
SECOND = CaseDocument(OTHER, "second.pdf", 5)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def open_at(url: str) -> Iterator[Callable[..., Store]]:
    """Opens the database with a clock that stands still."""
    opened: list[Store] = []

    def at(hours: int) -> Store:
        opened.append(Store.open(url, clock=lambda: NOON + timedelta(hours=hours)))
        return opened[-1]

    yield at
    for store in opened:
        store.close()


def names(store: Store, case_id: int) -> tuple[list[str], list[str]]:
    case = store.case(case_id)
    return [d.name for d in case.documents], [d.name for d in case.replaced]


def test_documents_are_added_at_the_end(open_at: Callable[..., Store]) -> None:
    case_id = add_case(open_at(0))
    store = open_at(1)
    store.add_documents(case_id, [SECOND, CaseDocument(THIRD, "third.pdf", 7)], by="Bob")
    case = store.case(case_id)
    assert case.documents == (
        CaseDocument(DOCUMENT, "chart.pdf", 3, "Ann", NOON),
        CaseDocument(OTHER, "second.pdf", 5, "Bob", LATER),
        CaseDocument(THIRD, "third.pdf", 7, "Bob", LATER),
    )
    assert case.amended_at == LATER
    assert [(e.actor, e.action, e.detail) for e in store.audit(case_id)[-2:]] == [
        ("Bob", "document added", {"document": OTHER, "pages": 5}),
        ("Bob", "document added", {"document": THIRD, "pages": 7}),
    ]
    assert store.verify_audit() is None


def test_a_document_is_replaced_at_its_place_and_stays_on_record(open_at: Callable[..., Store]) -> None:
    case_id = add_case(open_at(0))
    open_at(1).add_documents(case_id, [SECOND], by="Bob")
    store = open_at(2)
    store.replace_document(case_id, DOCUMENT, CaseDocument(THIRD, "corrected.pdf", 4), by="Carol")
    case = store.case(case_id)
    assert [d.name for d in case.documents] == ["corrected.pdf", "second.pdf"]
    assert case.documents[0] == CaseDocument(THIRD, "corrected.pdf", 4, "Carol", NOON + timedelta(hours=2))
    assert case.replaced == (CaseDocument(DOCUMENT, "chart.pdf", 3, "Ann", NOON, THIRD),)
    last = store.audit(case_id)[-1]
    assert (last.actor, last.action) == ("Carol", "document replaced")
    assert last.detail == {"before": DOCUMENT, "after": THIRD, "pages": 4}


def test_a_document_can_be_replaced_again_and_put_back(open_at: Callable[..., Store]) -> None:
    store = open_at(0)
    case_id = add_case(store)
    store.add_documents(case_id, [SECOND], by="Bob")
    store.replace_document(case_id, DOCUMENT, CaseDocument(THIRD, "third.pdf", 4), by="Bob")
    store.replace_document(case_id, THIRD, CaseDocument(FOURTH, "fourth.pdf", 4), by="Bob")
    assert names(store, case_id) == (["fourth.pdf", "second.pdf"], ["chart.pdf", "third.pdf"])
    assert [d.replaced_by for d in store.case(case_id).replaced] == [THIRD, FOURTH]
    back = open_at(3)
    back.replace_document(case_id, FOURTH, CaseDocument(DOCUMENT, "as it was.pdf", 3), by="Carol")
    assert names(back, case_id) == (["as it was.pdf", "second.pdf"], ["third.pdf", "fourth.pdf"])
    first = back.case(case_id).documents[0]
    assert (first.added_by, first.added_at, first.replaced_by) == ("Carol", NOON + timedelta(hours=3), "")
    assert back.case(case_id).amended_at == NOON + timedelta(hours=3)


def test_a_document_put_back_elsewhere_stands_there(store: Store) -> None:
    case_id = add_case(store)
    store.add_documents(case_id, [SECOND], by="Bob")
    store.replace_document(case_id, DOCUMENT, CaseDocument(THIRD, "third.pdf", 4), by="Bob")
    store.replace_document(case_id, OTHER, CaseDocument(DOCUMENT, "first.pdf", 3), by="Bob")
    assert names(store, case_id) == (["third.pdf", "first.pdf"], ["second.pdf"])
    store.add_documents(case_id, [CaseDocument(FOURTH, "fourth.pdf", 4)], by="Bob")
    assert names(store, case_id)[0] == ["third.pdf", "first.pdf", "fourth.pdf"]


def test_a_document_comes_into_a_case_once(store: Store) -> None:
    case_id = add_case(store)
    store.add_documents(case_id, [SECOND], by="Bob")
    store.replace_document(case_id, OTHER, CaseDocument(THIRD, "third.pdf", 4), by="Bob")
    before = store.case(case_id), store.audit()
    for wrong in ([], [CaseDocument(FOURTH, "a.pdf", 1)] * 2):
        with pytest.raises(StoreError, match="each only once"):
            store.add_documents(case_id, wrong, by="Bob")
    with pytest.raises(StoreError, match=r"“chart.pdf” is in this case already"):
        store.add_documents(case_id, [CaseDocument(FOURTH, "d.pdf", 1), CaseDocument(DOCUMENT, "a.pdf", 3)], by="Bob")
    with pytest.raises(StoreError, match=r"“second.pdf” was in this case and was replaced.*replace the document"):
        store.add_documents(case_id, [SECOND], by="Bob")
    for new in (DOCUMENT, THIRD):
        with pytest.raises(StoreError, match="is in this case already"):
            store.replace_document(case_id, THIRD, CaseDocument(new, "x.pdf", 1), by="Bob")
    assert (store.case(case_id), store.audit()) == before


def test_only_a_document_in_force_can_be_replaced(store: Store) -> None:
    case_id = add_case(store)
    with pytest.raises(NotFound, match="no such document"):
        store.replace_document(case_id, OTHER, CaseDocument(THIRD, "third.pdf", 4), by="Bob")
    store.replace_document(case_id, DOCUMENT, CaseDocument(THIRD, "third.pdf", 4), by="Bob")
    with pytest.raises(Conflict, match="was replaced in between"):
        store.replace_document(case_id, DOCUMENT, CaseDocument(FOURTH, "fourth.pdf", 4), by="Bob")
    assert names(store, case_id) == (["third.pdf"], ["chart.pdf"])


def test_a_case_that_is_not_there_cannot_be_amended(store: Store) -> None:
    with pytest.raises(NotFound, match="no case 7"):
        store.add_documents(7, [SECOND], by="Bob")
    with pytest.raises(NotFound, match="no case 7"):
        store.replace_document(7, DOCUMENT, SECOND, by="Bob")


def test_of_two_who_replace_the_same_document_one_is_told(store: Store) -> None:
    case_id = add_case(store)

    def press(document: str) -> str:
        try:
            store.replace_document(case_id, DOCUMENT, CaseDocument(document, f"{document[0]}.pdf", 4), by="Bob")
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, [OTHER, THIRD, FOURTH, "e" * 64]))
    assert sorted(answers) == ["done", "told", "told", "told"]
    assert len(store.case(case_id).documents) == 1


def test_an_amendment_that_fails_halfway_leaves_nothing(store: Store, path: Path) -> None:
    case_id = add_case(store)
    before = store.case(case_id)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'broken'); END")
        with pytest.raises(StoreError, match="othing was saved"):
            store.replace_document(case_id, DOCUMENT, SECOND, by="Bob")
        with pytest.raises(StoreError, match="othing was saved"):
            store.add_documents(case_id, [SECOND], by="Bob")
        assert raw.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    assert store.case(case_id) == before


def test_the_database_keeps_one_document_in_force_at_a_place(store: Store, path: Path) -> None:
    case_id = add_case(store)
    store.add_documents(case_id, [SECOND], by="Bob")
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        raw.execute("UPDATE case_documents SET place = 0")


def test_the_queue_counts_what_is_in_force(open_at: Callable[..., Store]) -> None:
    case_id = add_case(open_at(0))
    store = open_at(1)
    store.add_documents(case_id, [SECOND], by="Bob")
    store.replace_document(case_id, DOCUMENT, CaseDocument(THIRD, "third.pdf", 40), by="Bob")
    (row,) = store.cases()
    assert (row.documents, row.pages, row.changed_at) == (2, 45, LATER)


def test_another_case_with_the_same_document_stays_as_it_is(store: Store) -> None:
    first, second = add_case(store), add_case(store)
    store.replace_document(first, DOCUMENT, SECOND, by="Bob")
    assert names(store, second) == (["chart.pdf"], [])
    assert store.add_label(second, label())


def test_what_was_judged_on_a_replaced_document_stays_and_nothing_new_is_judged_there(store: Store) -> None:
    case_id = add_case(store)
    store.add_label(case_id, label())
    store.add_sighting(case_id, sighting())
    decided = store.decide(case_id, decision(), seen=0)
    store.replace_document(case_id, DOCUMENT, SECOND, by="Bob")
    with pytest.raises(NotFound, match="Nothing was saved"):
        store.add_label(case_id, label("unsure"))
    with pytest.raises(NotFound, match="Nothing was saved"):
        store.add_sighting(case_id, sighting("Something else."))
    with pytest.raises(NotFound, match="cited page 2"):
        store.decide(case_id, decision("not_met"), seen=1)
    assert store.labels(case_id) == [(case_id, label())]
    assert store.sightings(case_id) == [sighting()]
    assert store.decisions(case_id) == {"c1": decided}
    assert store.verify_audit() is None


def test_pages_of_an_added_document_can_be_judged_and_cited_once_it_is_read(store: Store) -> None:
    case_id = add_case(store)
    store.add_documents(case_id, [replace(SECOND, pages=3)], by="Bob")
    on_it = replace(label(), page=PageRef(OTHER, 1))
    with pytest.raises(NotFound):
        store.add_label(case_id, on_it)
    store.add_document(OTHER, size=10, pages=[page(n, OTHER) for n in (1, 2, 3)])
    assert store.add_label(case_id, on_it)
    assert store.decide(case_id, replace(decision(), citations=(Citation(PageRef(OTHER, 3)),)), seen=0)


def test_documents_stand_in_reading_order_whenever_they_came(store: Store) -> None:
    files = [CaseDocument(digit * 64, f"{digit}.pdf", 1) for digit in "987"]
    case_id = store.create_case("Case", criteria=criteria(), documents=files, scorer=EMBEDDED, rule="r", by="Ann")
    for old, new in (("8", "2"), ("9", "3"), ("2", "1")):
        store.replace_document(case_id, old * 64, CaseDocument(new * 64, f"{new}.pdf", 1), by="Ann")
    store.add_documents(case_id, [CaseDocument("0" * 64, "0.pdf", 1)], by="Ann")
    assert names(store, case_id) == (["3.pdf", "1.pdf", "7.pdf", "0.pdf"], ["9.pdf", "8.pdf", "2.pdf"])
