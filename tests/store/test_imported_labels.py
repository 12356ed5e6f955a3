"""Labels that are taken back, and labels that come from a file."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain import CaseDocument, PageRef
from core.errors import NotFound, StoreError
from core.store import Store
from tests.store.examples import DOCUMENT, NOON, OTHER, add_case, label, page

PAGE = PageRef(DOCUMENT, 1)


def test_a_withdrawn_label_counts_no_more_and_stays_on_record(store: Store) -> None:
    case = add_case(store)
    store.add_label(case, label())
    store.add_label(case, label("unsure", by="Bob"))
    assert store.withdraw_label(case, PAGE, "c1", reviewer="Ann")
    assert store.labels(case) == [(case, label("unsure", by="Bob"))]
    assert store.calibration.label_counts() == {case: 1}
    last = store.audit(case)[-1]
    assert (last.actor, last.action, last.detail["page"]) == ("Ann", "label withdrawn", 1)
    assert store.verify_audit() is None


def test_what_was_never_said_or_is_withdrawn_already_cannot_be_withdrawn(store: Store) -> None:
    case = add_case(store)
    store.add_label(case, label())
    assert not store.withdraw_label(case, PAGE, "c1", reviewer="Bob")
    assert not store.withdraw_label(case, PAGE, "c2", reviewer="Ann")
    assert not store.withdraw_label(case, PageRef(OTHER, 1), "c1", reviewer="Ann")
    assert not store.withdraw_label(case + 1, PAGE, "c1", reviewer="Ann")
    assert store.withdraw_label(case, PAGE, "c1", reviewer="Ann")
    before = store.audit()
    assert not store.withdraw_label(case, PAGE, "c1", reviewer="Ann")
    assert store.audit() == before


def test_the_same_label_after_a_withdrawal_is_stored(store: Store) -> None:
    case = add_case(store)
    store.add_label(case, label())
    store.withdraw_label(case, PAGE, "c1", reviewer="Ann")
    assert store.add_label(case, label())
    assert store.labels() == [(case, label())]


def test_a_label_on_a_replaced_document_can_be_withdrawn(store: Store) -> None:
    case = add_case(store)
    store.add_label(case, label())
    store.replace_document(case, DOCUMENT, CaseDocument(OTHER, "b.pdf", 3), by="Ann")
    assert store.withdraw_label(case, PAGE, "c1", reviewer="Ann")
    assert store.labels() == []


def test_imported_labels_are_all_there_in_their_order_and_on_record(store: Store) -> None:
    first, second = add_case(store), add_case(store)
    rows = [(second, label(by="Zoe", note="Yes.")), (first, label("unsure", by="Ann")), (first, label(number=2))]
    assert store.import_labels(rows, by="Bob") == 3
    assert store.labels() == rows
    imported, *single = store.audit()[-4:]
    assert (imported.actor, imported.action, imported.detail) == (
        "Bob", "labels imported", {"labels": 3, "cases": ["1", "2"]},
    )  # fmt: skip
    assert [(e.actor, e.action, e.case, e.detail["reviewer"]) for e in single] == [
        ("Bob", "label", second, "Zoe"),
        ("Bob", "label", first, "Ann"),
        ("Bob", "label", first, "Ann"),
    ]
    assert store.verify_audit() is None
    store.add_label(first, label("relevant"))
    assert store.verify_audit() is None


def test_the_same_file_again_brings_nothing_new(store: Store) -> None:
    case = add_case(store)
    rows = [(case, label()), (case, label(number=2)), (case, label(number=2))]
    assert store.import_labels(rows, by="Bob") == 2
    before = store.audit()
    assert store.import_labels(rows, by="Bob") == 0
    assert store.import_labels([], by="Bob") == 0
    assert store.audit() == before


def test_an_old_file_does_not_undo_what_was_said_or_withdrawn_later(store: Store) -> None:
    case = add_case(store)
    old = [(case, label()), (case, label(number=2))]
    store.import_labels(old, by="Bob")
    store.add_label(case, replace(label("not_relevant"), at=NOON + timedelta(hours=1)))
    store.withdraw_label(case, PageRef(DOCUMENT, 2), "c1", reviewer="Ann")
    later = replace(label("unsure"), at=NOON + timedelta(hours=2))
    assert store.import_labels(old, by="Bob") == 0
    assert [one.verdict for _, one in store.labels()] == ["not_relevant"]
    assert store.import_labels([(case, later)], by="Bob") == 1
    assert store.labels() == [(case, later)]


def test_an_imported_label_with_a_known_chance_is_new_beside_one_without(store: Store) -> None:
    case = add_case(store)
    marked = replace(label(), inclusion_probability=None)
    store.add_label(case, marked)
    assert store.import_labels([(case, replace(label(), inclusion_probability=1.0))], by="Bob") == 1
    assert store.import_labels([(case, marked)], by="Bob") == 0
    assert [one.inclusion_probability for _, one in store.labels()] == [1.0]


def test_labels_are_imported_all_or_none(store: Store) -> None:
    case = add_case(store)
    before = store.audit()
    for wrong in (
        (case, replace(label(), criterion="c9")),
        (case, label(number=4)),
        (case, replace(label(), page=PageRef(OTHER, 1))),
        (case + 1, label()),
    ):
        with pytest.raises(NotFound, match="Nothing was saved"):
            store.import_labels([(case, label()), wrong], by="Bob")
    with pytest.raises(StoreError, match="does not fit"):
        store.import_labels([(case, label()), (case, replace(label(number=2), score=1.5))], by="Bob")
    with pytest.raises(ValueError, match="time zone"):
        store.import_labels([(case, replace(label(), at=NOON.replace(tzinfo=None)))], by="Bob")
    assert store.labels() == []
    assert store.audit() == before


def test_labels_on_a_replaced_document_are_imported_too(store: Store) -> None:
    case = add_case(store)
    store.add_document(OTHER, size=1, pages=[page(1, OTHER)])
    store.replace_document(case, DOCUMENT, CaseDocument(OTHER, "b.pdf", 1), by="Ann")
    assert store.import_labels([(case, label())], by="Bob") == 1
    assert store.labels() == [(case, label())]
