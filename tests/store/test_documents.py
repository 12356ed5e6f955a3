import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain import Page, PageRef
from core.errors import NotFound, StoreError
from core.store import Store
from tests.store.examples import DOCUMENT, OTHER, add_case, label, page

PAGES = [
    page(1),
    Page(PageRef(DOCUMENT, 2), "", source="none", problem="The scan is too faint."),
    Page(
        PageRef(DOCUMENT, 3),
        "ein Wörtchen ✓",
        source="ocr",
        blank=True,
        body="b" * 64,
        duplicate_of=PageRef(DOCUMENT, 1),
    ),
]


def test_a_page_comes_back_as_it_was_read(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    assert store.page(PageRef(DOCUMENT, 1)) == PAGES[0]
    assert store.page(PageRef(DOCUMENT, 2)) == PAGES[1]


def test_the_pages_of_a_document_come_in_order_without_words(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    assert store.pages(DOCUMENT) == tuple(replace(p, words=(), duplicate_of=None) for p in PAGES)


def test_a_document_added_again_stays_as_it_was(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    store.add_document(DOCUMENT, size=2000, pages=[page(1)])
    assert len(store.pages(DOCUMENT)) == 3


def test_a_document_is_there_once_its_pages_are(store: Store) -> None:
    assert not store.has_document(DOCUMENT)
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    assert store.has_document(DOCUMENT)
    assert not store.has_document(OTHER)


def test_pages_that_are_not_there_are_said_to_be_missing(store: Store) -> None:
    with pytest.raises(NotFound, match="not been read"):
        store.pages(DOCUMENT)
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    with pytest.raises(NotFound, match="no page 4"):
        store.page(PageRef(DOCUMENT, 4))


@pytest.mark.parametrize(
    "pages", [[], [page(2)], [page(1), page(3)], [page(1, OTHER)]], ids=["none", "late", "hole", "other"]
)
def test_an_incomplete_document_is_refused(store: Store, pages: list[Page]) -> None:
    with pytest.raises(ValueError, match="completely and in order"):
        store.add_document(DOCUMENT, size=1000, pages=pages)
    assert not store.has_document(DOCUMENT)


def test_a_document_is_stored_with_all_its_pages_or_not_at_all(store: Store, path: Path) -> None:
    wrong = replace(page(3), width=-1.0)
    with pytest.raises(StoreError, match="does not fit"):
        store.add_document(DOCUMENT, size=1000, pages=[page(1), page(2), wrong])
    assert not store.has_document(DOCUMENT)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM documents").fetchone() == (0,)


def test_only_unread_pages_are_replaced(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    again = replace(page(1), text="other words", words=()), page(2), replace(page(3), text="other words", words=())
    store.replace_unread(DOCUMENT, again)
    assert store.page(PageRef(DOCUMENT, 1)) == PAGES[0]
    assert store.page(PageRef(DOCUMENT, 2)) == page(2)
    assert store.page(PageRef(DOCUMENT, 3)) == replace(PAGES[2], duplicate_of=None)


def test_a_page_that_a_label_points_to_can_be_replaced(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    case = add_case(store)
    assert store.add_label(case, label("unsure", number=2))
    store.replace_unread(DOCUMENT, [page(2)])
    assert store.page(PageRef(DOCUMENT, 2)) == page(2)
    assert [found.page.number for _, found in store.labels(case)] == [2]


def test_pages_are_replaced_all_together_or_not_at_all(store: Store) -> None:
    unread = [Page(PageRef(DOCUMENT, n), "", source="none", problem="Too slow.") for n in (1, 2)]
    store.add_document(DOCUMENT, size=1000, pages=unread)
    with pytest.raises(StoreError, match="does not fit"):
        store.replace_unread(DOCUMENT, [page(1), replace(page(2), width=-1.0)])
    assert store.pages(DOCUMENT) == tuple(unread)
    with pytest.raises(ValueError, match="another document"):
        store.replace_unread(DOCUMENT, [page(1, OTHER)])


def test_replacing_pages_of_an_unknown_document_changes_nothing(store: Store) -> None:
    store.replace_unread(DOCUMENT, [page(1)])
    assert not store.has_document(DOCUMENT)


def test_words_take_little_room(store: Store, path: Path) -> None:
    words = page(1).words * 200
    store.add_document(DOCUMENT, size=1000, pages=[replace(page(1), words=words)])
    assert store.page(PageRef(DOCUMENT, 1)).words == words
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT length(words) FROM pages").fetchone()[0] < 2000
