"""The queue: what is due first, whose it is, and what a filter keeps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from core.casefile import Assignment, Duty, Step, StepKind
from core.domain import CaseSummary
from core.queue import Order, QueueRow, Wanted, chosen, ordered, queue_rows
from core.turnaround import Terms

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TERMS = Terms(standard=timedelta(days=7), expedited=timedelta(hours=72), due_soon=timedelta(hours=24))


def case(number: int, *, days_old: float = 1, name: str = "", flagged: int = 0) -> CaseSummary:
    at = NOW - timedelta(days=days_old)
    return CaseSummary(
        number, name or f"Case {number}", "Biologics", 1, 1, 10, 12, 0, "R", at, at, None, flagged=flagged
    )  # fmt: skip


def step(kind: StepKind, *, days_ago: float = 0.5, **detail: str) -> Step:
    return Step(kind, "Ann", "reviewer", NOW - timedelta(days=days_ago), detail=detail, id=1)


def has(duty: Duty, name: str) -> dict[Duty, Assignment]:
    return {duty: Assignment(duty, name, "Lea", NOW - timedelta(hours=1))}


ROWS = queue_rows(
    [
        case(1, days_old=1, name="Fresh"),
        case(2, days_old=6.5, name="Soon", flagged=2),
        case(3, days_old=9, name="Late"),
        case(4, days_old=9, name="Waits"),
        case(5, days_old=3, name="Closed"),
        case(6, days_old=4, name="Urgent"),
        case(7, days_old=2, name="With the doctor"),
    ],
    {
        4: [step("pend", days_ago=8)],
        5: [step("approve")],
        6: [step("urgency", days_ago=4, urgency="expedited")],
        7: [step("refer")],
    },
    {1: has("review", "Ann"), 2: has("review", ""), 6: has("second", "Ann"), 7: has("physician", "Dr. Phil")},
    terms=TERMS,
    now=NOW,
)


def names(rows: Sequence[QueueRow]) -> list[str]:
    return [row.case.name for row in rows]


def test_what_is_due_first_comes_first_then_what_waits_then_what_is_closed() -> None:
    assert names(ordered(ROWS, "due")) == ["Late", "Urgent", "Soon", "With the doctor", "Fresh", "Waits", "Closed"]


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (Wanted(), ["Fresh", "Soon", "Late", "Waits", "Closed", "Urgent", "With the doctor"]),
        (Wanted(status="pended"), ["Waits"]),
        (Wanted(status="approved"), ["Closed"]),
        (Wanted(whose="mine", me="Ann"), ["Fresh", "Urgent"]),
        (Wanted(whose="mine", me=""), []),
        (Wanted(whose="nobody"), ["Soon", "Late", "Waits", "Urgent", "With the doctor"]),
        (Wanted(due="overdue"), ["Late", "Urgent"]),
        (Wanted(due="soon"), ["Soon", "Late", "Urgent"]),
        (Wanted(flagged=True), ["Soon"]),
        (Wanted("phil"), ["With the doctor"]),
        (Wanted("BIO lat"), ["Late"]),
        (Wanted("nothing of the kind"), []),
        (Wanted(due="overdue", whose="mine", me="Ann"), ["Urgent"]),
    ],
)
def test_a_filter_keeps_what_it_says(wanted: Wanted, kept: list[str]) -> None:
    assert names(chosen(ROWS, wanted)) == kept


def test_a_case_changes_with_its_steps_and_with_who_has_it() -> None:
    changed = {row.case.name: row.changed_at for row in ROWS}
    assert changed["Fresh"] == NOW - timedelta(hours=1)
    assert changed["Closed"] == NOW - timedelta(days=0.5)
    assert changed["Late"] == NOW - timedelta(days=9)
    first = names(ordered(ROWS, "changed"))[:4]
    assert first == ["With the doctor", "Urgent", "Soon", "Fresh"]


def test_by_name_capitals_do_not_count() -> None:
    rows = queue_rows([case(1, name="beta"), case(2, name="Alpha")], {}, {}, terms=TERMS, now=NOW)
    assert names(ordered(rows, "name")) == ["Alpha", "beta"]


def test_of_two_that_are_alike_the_newer_case_comes_first() -> None:
    rows = queue_rows([case(n, name="Same") for n in (1, 2, 3)], {}, {}, terms=TERMS, now=NOW)
    orders: tuple[Order, ...] = ("due", "changed", "name")
    for order in orders:
        assert [row.case.id for row in ordered(rows, order)] == [3, 2, 1]
