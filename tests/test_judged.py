"""What becomes a unit of agreement, and what is left out of it."""

from datetime import UTC, date, datetime

from core.casefile import Reading
from core.domain import CriteriaSet, Criterion, Decision, DecisionOutcome, Label, PageRef, Verdict
from core.judged import between, by_criterion, decisions, labels
from core.logic import parse


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)


def decided(number: int, criterion: str, outcome: DecisionOutcome, reading: Reading, day: int = 1) -> Decision:
    return Decision(criterion, outcome, "", "Ann", at(day), id=number, reading=reading)


def label(page: int, verdict: Verdict, reviewer: str, day: int = 1) -> Label:
    return Label(PageRef("d", page), "C01", verdict, reviewer, at(day))


def criteria(*ids: str) -> CriteriaSet:
    return CriteriaSet("List", tuple(Criterion(i, f"Question {i}?") for i in ids))


BOTH = [
    (1, decided(1, "C01", "met", "first", 1)),
    (1, decided(2, "C02", "met", "first")),
    (1, decided(3, "C01", "not_met", "second", 3)),
    (1, decided(4, "C02", "met", "second")),
]
"""A case with two criteria in which both reviews are complete."""


def test_the_units_are_the_criteria_of_cases_with_two_complete_reviews() -> None:
    begun = [(2, decided(5, "C01", "met", "first")), (2, decided(6, "C01", "met", "second"))]
    found = decisions([*BOTH, *begun, (3, begun[0][1])], criteria("C01", "C02"), cases={1, 2})
    assert [(u.case, u.criterion, dict(u.ratings)) for u in found.units] == [
        (1, "C01", {"first": "met", "second": "not_met"}),
        (1, "C02", {"first": "met", "second": "met"}),
    ]
    assert found.units[0].at == at(3)
    assert found.under_way == 1


def test_what_was_settled_enters_nothing_and_a_decision_made_anew_after_it_is_left_out() -> None:
    settled = (1, decided(5, "C01", "not_met", "final"))
    found = decisions([*BOTH, settled], criteria("C01", "C02"), cases={1})
    assert dict(found.units[0].ratings) == {"first": "met", "second": "not_met"}
    again = [(1, decided(6, "C01", "not_met", "first")), *BOTH[1:], settled]
    found = decisions(again, criteria("C01", "C02"), cases={1})
    assert [u.criterion for u in found.units] == ["C02"]
    assert found.redone == 1


def test_a_criterion_that_one_of_the_two_was_not_asked_is_judged_once() -> None:
    asked = CriteriaSet("List", criteria("C01", "C02").criteria, root=parse("IF(C01, C02)", ("C01", "C02")))
    found = decisions(BOTH[:3], asked, cases={1})
    assert [dict(u.ratings) for u in found.units] == [{"first": "met", "second": "not_met"}, {"first": "met"}]


def test_a_decision_that_was_taken_back_is_not_there() -> None:
    back = (1, decided(5, "C02", "withdrawn", "second"))
    assert decisions([*BOTH[:3], back], criteria("C01", "C02"), cases={1}).under_way == 1


def test_labels_are_units_by_page_and_unsure_is_no_judgement() -> None:
    found = labels(
        [
            (1, label(1, "relevant", "Ann")),
            (1, label(1, "not_relevant", "Bob", 4)),
            (1, label(2, "unsure", "Bob")),
            (1, label(2, "relevant", "Ann")),
            (9, label(1, "relevant", "Cy")),
        ],
        cases={1},
    )
    assert [(u.page, dict(u.ratings)) for u in found.units] == [
        (PageRef("d", 1), {"Ann": "relevant", "Bob": "not_relevant"}),
        (PageRef("d", 2), {"Ann": "relevant"}),
    ]
    assert found.unsure == 1
    assert found.units[0].differs
    assert not found.units[1].differs


def test_days_are_counted_with_both_ends_by_the_newest_judgement() -> None:
    units = labels([(1, label(n, "relevant", "Ann", n)) for n in (1, 2, 3)], cases={1}).units
    days = {(f, u): len(between(units, f, u)) for f in (None, date(2026, 3, 2)) for u in (None, date(2026, 3, 2))}
    assert list(days.values()) == [3, 2, 2, 1]


def test_units_are_grouped_by_criterion() -> None:
    found = decisions(BOTH, criteria("C01", "C02"), cases={1})
    assert {c: len(units) for c, units in by_criterion(found.units).items()} == {"C01": 1, "C02": 1}
