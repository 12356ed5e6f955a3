"""Reading for longer than one method: one view of the database, whatever is written meanwhile."""

import threading

import pytest

from core.errors import NotFound
from core.store import Store


def test_what_is_written_meanwhile_is_seen_afterwards(store: Store) -> None:
    with store.one_view():
        assert store.reviewers() == []
        store.add_reviewer("R. Nurse")
        assert store.reviewers() == []
    assert store.reviewers() == ["R. Nurse"]


def test_another_thread_has_a_view_of_its_own(store: Store) -> None:
    seen: list[list[str]] = []
    with store.one_view():
        assert store.reviewers() == []
        store.add_reviewer("R. Nurse")
        thread = threading.Thread(target=lambda: seen.append(store.reviewers()))
        thread.start()
        thread.join()
        assert store.reviewers() == []
    assert seen == [["R. Nurse"]]


def test_an_error_ends_the_view_and_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(NotFound), store.one_view():
        store.case(99)
    store.add_reviewer("R. Nurse")
    assert store.reviewers() == ["R. Nurse"]


def test_views_may_stand_in_one_another(store: Store) -> None:
    with store.one_view():
        assert store.reviewers() == []
        store.add_reviewer("R. Nurse")
        with store.one_view():
            assert store.reviewers() == []
        assert store.reviewers() == []
