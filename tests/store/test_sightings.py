"""Pages that a person looked at."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.domain import PageRef
from core.errors import NotFound
from core.store import Store
from tests.store.examples import DOCUMENT, NOON, OTHER, add_case, sighting


def test_a_sighting_comes_back_and_is_on_record(store: Store) -> None:
    case_id = add_case(store)
    assert store.add_sighting(case_id, sighting())
    assert store.sightings(case_id) == [sighting()]
    last = store.audit(case_id)[-1]
    assert (last.actor, last.action) == ("Ann", "page looked at")
    assert (last.detail["document"], last.detail["page"]) == (DOCUMENT, 2)
    assert store.reviewers() == ["Ann"]


def test_the_same_sighting_again_stores_nothing(store: Store) -> None:
    case_id = add_case(store)
    store.add_sighting(case_id, sighting())
    assert not store.add_sighting(case_id, replace(sighting(), at=NOON + timedelta(hours=1)))
    assert store.sightings(case_id) == [sighting()]
    assert len(store.audit(case_id)) == 2


def test_the_newest_sighting_of_each_page_and_reviewer_counts(store: Store) -> None:
    case_id = add_case(store)
    given = [sighting("Blank."), sighting("A form.", by="Bob"), sighting("A note."), sighting("A form.", number=1)]
    for one in given:
        assert store.add_sighting(case_id, one)
    assert store.sightings(case_id) == given[1:]
    assert store.add_sighting(case_id, given[0])
    assert store.sightings(case_id) == [given[1], given[3], given[0]]


def test_sightings_are_kept_apart_by_case(store: Store) -> None:
    first, second = add_case(store), add_case(store)
    store.add_sighting(first, sighting())
    assert store.sightings(second) == []
    assert store.add_sighting(second, sighting())


def test_a_page_that_the_case_does_not_have_cannot_be_looked_at(store: Store) -> None:
    case_id = add_case(store)
    for wrong in (sighting(number=4), replace(sighting(), page=PageRef(OTHER, 1))):
        with pytest.raises(NotFound, match="Nothing was saved"):
            store.add_sighting(case_id, wrong)
    with pytest.raises(NotFound):
        store.add_sighting(case_id + 1, sighting())
    with pytest.raises(ValueError, match="time zone"):
        store.add_sighting(case_id, replace(sighting(), at=datetime(2026, 11, 2)))
    assert store.sightings(case_id) == []
