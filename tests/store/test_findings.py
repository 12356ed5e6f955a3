"""Citations, held pages, flags and notes, what was looked at, and what people left open."""

import math
from dataclasses import replace

import pytest

from core.casefile import Cited, Left, Viewed
from core.domain import CaseDocument, PageRef
from core.errors import NotFound
from core.store import Store
from tests.store.examples import DOCUMENT, NOON, OTHER, add_case, cited, page, pin, remark

FIRST, SECOND = PageRef(DOCUMENT, 1), PageRef(DOCUMENT, 2)


def _replace_document(store: Store, case_id: int) -> None:
    store.add_document(OTHER, size=1000, pages=[page(n, OTHER) for n in (1, 2, 3)])
    store.replace_document(case_id, DOCUMENT, CaseDocument(OTHER, "b.pdf", 3), by="Bob")


def test_a_citation_comes_back_as_it_was_made(store: Store) -> None:
    case_id = add_case(store)
    first = store.findings.cite(case_id, cited())
    second = store.findings.cite(case_id, cited("", number=1))
    assert (first, second) == (replace(cited(), id=1), replace(cited("", number=1), id=2))
    assert store.findings.cited(case_id) == [first, second]


def test_the_same_place_is_cited_once_for_each_criterion_and_reading(store: Store) -> None:
    case_id = add_case(store)
    first = store.findings.cite(case_id, cited())
    assert store.findings.cite(case_id, cited(by="Bob")) == first
    others = [cited(criterion="c2"), cited(reading="second", by="Bob"), cited("stands")]
    assert [store.findings.cite(case_id, other).id for other in others] == [2, 3, 4]
    assert [one.id for one in store.findings.cited(case_id)] == [1, 2, 4]
    assert [one.id for one in store.findings.cited(case_id, "second")] == [3]
    assert store.findings.cited(case_id, "final") == []


def test_a_citation_taken_back_stands_no_more_and_can_be_made_again(store: Store) -> None:
    case_id, other = add_case(store), add_case(store, name="Case two")
    store.findings.cite(case_id, cited())
    with pytest.raises(NotFound, match="no citation 1"):
        store.findings.uncite(other, 1, by="Bob")
    assert store.findings.uncite(case_id, 1, by="Bob")
    assert not store.findings.uncite(case_id, 1, by="Bob")
    assert store.findings.cited(case_id) == []
    assert store.findings.cite(case_id, cited()).id == 2
    assert store.verify_audit() is None


def test_only_a_page_in_force_is_cited_and_what_was_cited_stays_when_its_document_goes(store: Store) -> None:
    case_id = add_case(store)
    for wrong in (PageRef(OTHER, 1), PageRef(DOCUMENT, 4), PageRef(DOCUMENT, 0)):
        place = replace(cited().citation, page=wrong)
        with pytest.raises(NotFound, match="no such page"):
            store.findings.cite(case_id, replace(cited(), citation=place))
    with pytest.raises(NotFound, match="criterion c9"):
        store.findings.cite(case_id, cited(criterion="c9"))
    stands = store.findings.cite(case_id, cited())
    _replace_document(store, case_id)
    assert store.findings.cited(case_id) == [stands]
    with pytest.raises(NotFound, match="no such page"):
        store.findings.cite(case_id, cited("another"))
    assert store.findings.uncite(case_id, stands.id, by="Ann")


def test_a_page_is_held_until_it_is_let_go(store: Store) -> None:
    case_id = add_case(store)
    assert not store.findings.pin(case_id, pin("none"))
    assert store.findings.pin(case_id, pin("keep"))
    assert not store.findings.pin(case_id, pin("keep", by="Bob"))
    assert store.findings.pin(case_id, pin("keep", number=1))
    assert store.findings.pin(case_id, pin("drop", by="Bob"))
    assert store.findings.pins(case_id) == [pin("keep", number=1), pin("drop", by="Bob")]
    assert store.findings.pin(case_id, pin("none"))
    assert store.findings.pins(case_id) == [pin("keep", number=1)]


def test_a_hold_on_a_page_that_left_the_packet_can_only_be_let_go(store: Store) -> None:
    case_id = add_case(store)
    store.findings.pin(case_id, pin("keep"))
    _replace_document(store, case_id)
    assert store.findings.pins(case_id) == [pin("keep")]
    with pytest.raises(NotFound, match="no such page"):
        store.findings.pin(case_id, pin("drop"))
    assert store.findings.pin(case_id, pin("none"))
    assert store.findings.pins(case_id) == []


def test_the_newest_remark_of_a_reading_stands(store: Store) -> None:
    case_id = add_case(store)
    assert not store.findings.remark(case_id, remark("", flagged=False))
    assert store.findings.remark(case_id, remark())
    assert not store.findings.remark(case_id, remark())
    assert store.findings.remark(case_id, remark(criterion="c2", flagged=False))
    assert store.findings.remark(case_id, remark("Mine.", reading="second"))
    assert store.findings.remarks(case_id) == {"c1": remark(), "c2": remark(criterion="c2", flagged=False)}
    assert store.findings.remarks(case_id, "second") == {"c1": remark("Mine.", reading="second")}
    assert (store.findings.flags(), store.cases()[0].flagged) == ({case_id: 1}, 1)
    assert store.findings.remark(case_id, remark(flagged=False))
    assert (store.findings.flags(), store.cases()[0].flagged) == ({}, 0)


def test_openings_and_time_add_up_for_each_page_and_person(url: str) -> None:
    with Store.open(url, clock=lambda: NOON) as store:
        case_id = add_case(store)
        store.findings.opened(case_id, SECOND, reviewer="Ann")
        store.findings.opened(case_id, FIRST, reviewer="Ann")
        store.findings.active(case_id, [(SECOND, 2.5), (FIRST, 0.0)], reviewer="Ann")
        store.findings.opened(case_id, SECOND, reviewer="Ann")
        store.findings.active(case_id, [(SECOND, 1.0)], reviewer="Bob")
        store.findings.active(case_id, [], reviewer="Bob")
        assert store.findings.viewed(case_id) == [
            Viewed(SECOND, "Ann", 2, 2.5, NOON, NOON),
            Viewed(FIRST, "Ann", 1, 0.0, NOON, NOON),
            Viewed(SECOND, "Bob", 0, 1.0, NOON, NOON),
        ]
        assert [e.action for e in store.audit(case_id)] == ["case created"]


def test_what_was_looked_at_stays_when_the_document_goes(store: Store) -> None:
    case_id = add_case(store)
    store.findings.opened(case_id, FIRST, reviewer="Ann", criterion="c1")
    _replace_document(store, case_id)
    store.findings.opened(case_id, FIRST, reviewer="Ann")
    assert [(seen.page, seen.opened) for seen in store.findings.viewed(case_id)] == [(FIRST, 2)]
    assert store.findings.left(case_id, "Ann") == Left("c1", FIRST)


@pytest.mark.parametrize("seconds", [-0.1, math.nan, math.inf])
def test_a_time_that_cannot_be_is_refused_with_all_that_came_with_it(store: Store, seconds: float) -> None:
    case_id = add_case(store)
    with pytest.raises(ValueError, match="seconds"):
        store.findings.active(case_id, [(FIRST, 1.0), (SECOND, seconds)], reviewer="Ann")
    with pytest.raises(NotFound):
        store.findings.active(case_id, [(FIRST, 1.0), (PageRef(DOCUMENT, 9), 1.0)], reviewer="Ann")
    with pytest.raises(NotFound):
        store.findings.opened(case_id, PageRef(OTHER, 1), reviewer="Ann", criterion="c1")
    assert store.findings.viewed(case_id) == []
    assert store.findings.left(case_id, "Ann") is None


def test_a_person_comes_back_to_where_they_left_a_case(store: Store) -> None:
    case_id = add_case(store)
    store.findings.leave(case_id, Left("c1", FIRST), reviewer="Ann")
    store.findings.leave(case_id, Left("c2", SECOND), reviewer="Ann")
    store.findings.opened(case_id, FIRST, reviewer="Bob", criterion="c1")
    assert store.findings.left(case_id, "Ann") == Left("c2", SECOND)
    assert store.findings.left(case_id, "Bob") == Left("c1", FIRST)
    assert store.findings.left(case_id, "Carol") is None


def test_drafts_are_kept_for_each_person_and_reading(store: Store) -> None:
    case_id = add_case(store)
    store.findings.draft(case_id, "c1", "She li", reviewer="Ann")
    store.findings.draft(case_id, "c1", "She limps", reviewer="Ann")
    store.findings.draft(case_id, "c2", "Other", reviewer="Ann", reading="second")
    assert store.findings.drafts(case_id, "Ann") == {"c1": "She limps"}
    assert store.findings.drafts(case_id, "Ann", "second") == {"c2": "Other"}
    assert store.findings.drafts(case_id, "Bob") == {}
    store.findings.draft(case_id, "c1", "", reviewer="Ann")
    store.findings.draft(case_id, "c1", "", reviewer="Ann")
    assert store.findings.drafts(case_id, "Ann") == {}
    with pytest.raises(NotFound):
        store.findings.draft(case_id, "c9", "x", reviewer="Ann")


def test_pages_stay_turned_in_every_case(store: Store) -> None:
    add_case(store)
    store.findings.turn(FIRST, 90)
    store.findings.turn(SECOND, 180)
    store.findings.turn(SECOND, 0)
    assert store.findings.turns([DOCUMENT, OTHER]) == {FIRST: 90, SECOND: 0}
    assert store.findings.turns([]) == {}
    with pytest.raises(ValueError, match="90"):
        store.findings.turn(FIRST, 45)
    with pytest.raises(NotFound):
        store.findings.turn(PageRef(OTHER, 1), 90)


def test_a_citation_without_quote_or_boxes_is_of_the_whole_page(store: Store) -> None:
    case_id = add_case(store)
    whole = Cited("c1", replace(cited().citation, quote="", boxes=()), "Ann", NOON)
    assert store.findings.cite(case_id, whole) == replace(whole, id=1)
