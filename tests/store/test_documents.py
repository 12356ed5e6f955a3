import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from core.domain import Page, PageRef, Word
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


def test_a_page_that_nobody_could_read_gives_way_and_one_that_was_read_stays(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    again = replace(page(1), text="other words", words=()), page(2), replace(page(3), text="other words", words=())
    assert store.replace_pages(DOCUMENT, again) == 1
    assert store.page(PageRef(DOCUMENT, 1)) == PAGES[0]
    assert store.page(PageRef(DOCUMENT, 2)) == page(2)
    assert store.page(PageRef(DOCUMENT, 3)) == replace(PAGES[2], duplicate_of=None)


def test_a_page_that_nothing_had_recognised_gives_way_to_what_was_recognised_once(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    recognised = replace(page(1), text="as recognised", words=(), source="ocr", recognised="engine 5 eng")
    assert store.replace_pages(DOCUMENT, [recognised]) == 1
    assert store.replace_pages(DOCUMENT, [replace(recognised, text="again"), page(1)]) == 0
    assert store.page(PageRef(DOCUMENT, 1)) == recognised


def test_a_page_that_recognition_could_not_read_either_may_still_be_read_later(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    in_vain = replace(PAGES[1], recognised="engine 5 eng", problem="It is too faint.")
    assert store.replace_pages(DOCUMENT, [in_vain]) == 1
    assert store.page(PageRef(DOCUMENT, 2)) == in_vain
    assert store.replace_pages(DOCUMENT, [page(2)]) == 1
    assert store.page(PageRef(DOCUMENT, 2)) == page(2)


def test_a_page_that_a_label_points_to_can_be_replaced(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    case = add_case(store)
    assert store.add_label(case, label("unsure", number=2))
    store.replace_pages(DOCUMENT, [page(2)])
    assert store.page(PageRef(DOCUMENT, 2)) == page(2)
    assert [found.page.number for _, found in store.labels(case)] == [2]


def test_pages_are_replaced_all_together_or_not_at_all(store: Store) -> None:
    unread = [Page(PageRef(DOCUMENT, n), "", source="none", problem="Too slow.") for n in (1, 2)]
    store.add_document(DOCUMENT, size=1000, pages=unread)
    with pytest.raises(StoreError, match="does not fit"):
        store.replace_pages(DOCUMENT, [page(1), replace(page(2), width=-1.0)])
    assert store.pages(DOCUMENT) == tuple(unread)
    with pytest.raises(ValueError, match="another document"):
        store.replace_pages(DOCUMENT, [page(1, OTHER)])


def test_replacing_pages_of_an_unknown_document_changes_nothing(store: Store) -> None:
    assert store.replace_pages(DOCUMENT, [page(1)]) == 0
    assert not store.has_document(DOCUMENT)


RECOGNISED = replace(
    page(1),
    source="ocr",
    turn=270,
    confidence=1 / 3,
    recognised="tesseract 5.5.1 eng+deu",
    images=0.987,
    notes=("scan", "foreign_ocr", "hidden_text"),
    sketch=bytes(range(256)),
    look=b"\0\x01",
    body="b" * 64,
    words=(Word("Wörtchen", (0.1, 0.2, 0.3, 0.4), 0.93), Word("own", (0.1, 0.2, 0.3, 0.4), None)),
)


def test_what_recognition_found_comes_back(store: Store) -> None:
    store.add_document(DOCUMENT, size=1000, pages=[RECOGNISED])
    assert store.page(PageRef(DOCUMENT, 1)) == RECOGNISED
    assert store.pages(DOCUMENT) == (replace(RECOGNISED, words=()),)


@pytest.mark.parametrize(
    "wrong", [{"turn": 45}, {"confidence": 1.5}, {"images": -0.1}], ids=lambda wrong: next(iter(wrong))
)
def test_a_page_with_an_impossible_figure_is_refused(store: Store, wrong: dict[str, float]) -> None:
    with pytest.raises(StoreError, match="does not fit"):
        store.add_document(DOCUMENT, size=1000, pages=[replace(RECOGNISED, **wrong)])  # type: ignore[arg-type]


def test_a_note_that_there_is_not_is_refused(store: Store) -> None:
    unknown = replace(RECOGNISED, notes=("scan", "smudged"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="PAGE_NOTES"):
        store.add_document(DOCUMENT, size=1000, pages=[unknown])
    assert not store.has_document(DOCUMENT)


def test_reading_the_pages_of_a_document_never_walks_through_their_words(store: Store, path: Path) -> None:
    """SQLite follows a long row page by page up to the last column that is asked for."""
    statements: list[str] = []
    event.listen(store._engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    store.add_document(DOCUMENT, size=1000, pages=PAGES)
    statements.clear()
    store.pages(DOCUMENT)
    assert [s for s in statements if "FROM pages" in s]
    assert not [s for s in statements if "words" in s]
    with closing(sqlite3.connect(path)) as raw:
        assert [column[1] for column in raw.execute("PRAGMA table_info(pages)")][-1] == "words"
