"""What becomes a unit of agreement, and what is left out of it."""

from datetime import UTC, date, datetime

from core.casefile import Reading
from core.domain import Decision, DecisionOutcome, Label, PageRef, Verdict
from core.judged import between, by_criterion, decisions, labels


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)


def decided(number: int, criterion: str, outcome: DecisionOutcome, reading: Reading, day: int = 1) -> Decision:
    return Decision(criterion, outcome, "", "Ann", at(day), id=number, reading=reading)


def label(page: int, verdict: Verdict, reviewer: str, day: int = 1) -> Label:
    return Label(PageRef("d", page), "C01", verdict, reviewer, at(day))


def test_a_criterion_without_a_second_decision_is_no_unit() -> None:
    found = decisions(
        [
            (1, decided(1, "C01", "met", "first", 1)),
            (1, decided(2, "C01", "not_met", "second", 3)),
            (1, decided(3, "C02", "met", "first")),
            (1, decided(4, "C03", "met", "second")),
            (2, decided(5, "C01", "met", "second")),
        ],
        cases={1},
    )
    assert [(u.case, u.criterion, dict(u.ratings)) for u in found.units] == [
        (1, "C01", {"first": "met", "second": "not_met"}),
        (1, "C03", {"second": "met"}),
    ]
    assert found.units[0].at == at(3)


def test_what_was_settled_enters_nothing_and_a_decision_made_anew_after_it_is_left_out() -> None:
    two = [(1, decided(1, "C01", "met", "first")), (1, decided(2, "C01", "not_met", "second"))]
    settled = (1, decided(3, "C01", "not_met", "final"))
    assert dict(decisions([*two, settled], cases={1}).units[0].ratings) == {"first": "met", "second": "not_met"}
    again = decisions([(1, decided(4, "C01", "not_met", "first")), two[1], settled], cases={1})
    assert (again.units, again.redone) == ((), 1)


def test_a_decision_that_was_taken_back_is_missing() -> None:
    found = decisions(
        [(1, decided(1, "C01", "withdrawn", "first")), (1, decided(2, "C01", "met", "second"))], cases={1}
    )
    assert [dict(u.ratings) for u in found.units] == [{"second": "met"}]


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
    found = decisions(
        [(n, decided(n * 2 + i, c, "met", "second")) for n in (1, 2) for i, c in enumerate(("C02", "C01"))],
        cases={1, 2},
    )
    assert {c: len(units) for c, units in by_criterion(found.units).items()} == {"C01": 2, "C02": 2}
