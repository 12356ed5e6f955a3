"""Pages that a fax counted and that are not in the packet."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.domain import Page, PageRef
from core.intake import Limits, read_document
from core.numbering import missing_numbers

SAMPLES = Path(__file__).parents[1] / "sample_docs"


def packet(*labels: str, document: str = "d") -> list[Page]:
    """Pages with these printed numbers, "" for none."""
    return [
        Page(PageRef(document, n), f"page {n}", label=label, body=f"{document}{n}") for n, label in enumerate(labels, 1)
    ]


def fax(numbers: Sequence[int | None], total: int) -> list[str]:
    return [f"{n} of {total}" if n else "" for n in numbers]


def told(pages: Sequence[Page]) -> list[str]:
    return [missing.sentence for missing in missing_numbers(pages)]


def test_the_page_missing_from_each_sample_is_found_and_no_other() -> None:
    packets = json.loads((SAMPLES / "facts.json").read_text())
    for name, facts in packets.items():
        pages = list(read_document(SAMPLES / name, document=name, limits=Limits()))
        known = [replace(p, label=facts["fax_labels"].get(str(p.ref.number), p.label)) for p in pages]
        truth = facts["missing_number"]
        expected = [(truth["number"], truth["number"], truth["of"], truth["before_page"])] if truth else []
        for read in (pages, known):
            found = [(m.first, m.last, m.total, m.before) for m in missing_numbers(read)]
            assert found == expected, name


def test_a_gap_is_told_with_the_place_where_the_page_should_stand() -> None:
    pages = packet("", *fax([1, 2, 3, 5, 6], 6))
    assert told(pages) == ["Page 4 of 6 is missing: it should stand before page 5 of the packet"]


def test_places_count_through_all_documents_of_the_case() -> None:
    pages = packet("", "", document="first") + packet(*fax([1, 2, 4, 5], 5))
    assert told(pages) == ["Page 3 of 5 is missing: it should stand before page 5 of the packet"]


def test_missing_pages_in_a_row_are_one_finding() -> None:
    pages = packet(*fax([1, 2, 3, *range(10, 31)], 30))
    assert told(pages) == ["Pages 4–9 of 30 are missing: they should stand before page 4 of the packet"]


def test_a_fax_that_starts_late_or_stops_early_is_told() -> None:
    assert told(packet(*fax([3, 4, 5], 5))) == [
        "Pages 1–2 of 5 are missing: they should stand before page 1 of the packet"
    ]
    assert told(packet(*fax([1, 2, 3], 4))) == ["Page 4 of 4 is missing: it should stand after page 3 of the packet"]


def test_a_page_without_a_number_is_the_one_that_seems_to_be_missing() -> None:
    assert told(packet(*fax([1, 2, None, 4, 5], 5))) == []
    assert told(packet(*fax([None, 2, 3, 4, None], 5))) == []


def test_fewer_unnumbered_pages_than_numbers_missing_are_told_by_their_count() -> None:
    pages = packet(*fax([1, 2, None, 6, 7], 7))
    assert told(pages) == [
        "2 pages between 3 and 5 of 7 are missing: they should stand between page 2 and page 4 of the packet"
    ]


def test_faxes_one_after_the_other_are_counted_apart() -> None:
    whole = packet(*fax(range(1, 16), 15), *fax(range(1, 26), 25), *fax(range(1, 16), 15))
    assert told(whole) == []
    pages = packet(*fax(range(1, 6), 5), *fax([1, 2, 4, 5], 5))
    assert told(pages) == ["Page 3 of 5 is missing: it should stand before page 8 of the packet"]


def test_pages_out_of_order_are_not_missing() -> None:
    assert told(packet(*fax([1, 2, 3, 5, 6, 7, 4], 7))) == []
    assert told(packet(*fax([1, 2, 9, 3, 4, 5, 6, 7, 8, 10], 10))) == []
    assert told(packet(*fax([1, 2, 4, 3, 5, 6], 6))) == []
    assert told(packet(*fax(range(8, 0, -1), 8))) == []


def test_copies_of_pages_count_once() -> None:
    pages = packet(*fax([1, 2, 3, 5, 6], 6), "2 of 6", "3 of 6")
    pages[5] = replace(pages[5], body=pages[1].body)
    pages[6] = replace(pages[6], duplicate_of=pages[2].ref)
    assert told(pages) == ["Page 4 of 6 is missing: it should stand before page 4 of the packet"]


def test_a_number_read_wrongly_reports_nothing() -> None:
    right = fax(range(1, 31), 30)
    for at in range(1, 29):
        for wrong in ("3 of 30", "29 of 30", "7 of 80", "1 of 3", "12", "300 of 30"):
            assert told(packet(*right[:at], wrong, *right[at + 1 :])) == [], (at, wrong)


def test_letters_of_two_pages_and_lone_numbers_are_no_faxes() -> None:
    assert told(packet("2 of 2", "", "1 of 2", "2 of 3", "3 of 3")) == []
    assert told(packet("1", "2", "9", "10", "4", "")) == []


def test_numbers_without_a_total_must_count_up_for_long() -> None:
    assert told(packet("1", "2", "3", "5", "6", "7")) == [
        "Page 4 is missing: it should stand before page 4 of the packet"
    ]
    assert told(packet("1", "2", "3", "8", "9", "10")) == []


def test_many_gaps_in_a_fax_are_one_finding() -> None:
    pages = packet(*fax([1, 3, 5, 7, 9, 11, 12], 12))
    assert told(pages) == [
        "5 pages between 2 and 10 of 12 are missing: they should stand between page 1 and page 6 of the packet"
    ]


def test_an_empty_case_misses_nothing() -> None:
    assert missing_numbers([]) == ()
    assert told(packet("", "", "")) == []
