"""The clock of a case: hand-computed examples, and what must hold whatever happens."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.casefile import Step, StepKind
from core.turnaround import Terms, arrival, moment, turnaround

TERMS = Terms(standard=timedelta(days=7), expedited=timedelta(hours=72), due_soon=timedelta(hours=24))
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def step(kind: StepKind, at: datetime, **detail: str) -> Step:
    return Step(kind, "R. Nurse", "reviewer", at, detail=detail)


def test_a_standard_case_is_due_seven_days_after_it_was_made() -> None:
    clock = turnaround([], TERMS, created_at=MONDAY, now=MONDAY + DAY)
    assert clock.due_at == datetime(2026, 12, 7, 9, tzinfo=UTC)
    assert clock.left == 6 * DAY
    assert (clock.paused, clock.stopped, clock.overdue, clock.due_soon) == (False, False, False, False)


def test_an_expedited_case_counts_from_when_it_was_received_not_from_when_it_was_said_to_be_urgent() -> None:
    received = MONDAY - DAY
    urgent = step("urgency", MONDAY + DAY, urgency="expedited", received_at=received.isoformat())
    clock = turnaround([urgent], TERMS, created_at=MONDAY, now=MONDAY + DAY)
    assert clock.due_at == received + timedelta(hours=72)
    assert clock.left == DAY
    assert clock.due_soon


def test_switching_back_to_standard_counts_from_the_same_receipt() -> None:
    received = (MONDAY - DAY).isoformat()
    steps = [
        step("urgency", MONDAY, urgency="expedited", received_at=received),
        step("urgency", MONDAY + DAY, urgency="standard"),
    ]
    clock = turnaround(steps, TERMS, created_at=MONDAY, now=MONDAY + DAY)
    assert (clock.urgency, clock.received_at) == ("standard", MONDAY - DAY)
    assert clock.due_at == MONDAY + 6 * DAY


def test_the_clock_stands_while_information_is_awaited() -> None:
    pended = step("pend", MONDAY + 2 * DAY)
    waiting = turnaround([pended], TERMS, created_at=MONDAY, now=MONDAY + 5 * DAY)
    assert waiting.paused
    assert (waiting.left, waiting.stood) == (5 * DAY, 3 * DAY)
    later = turnaround([pended], TERMS, created_at=MONDAY, now=MONDAY + 20 * DAY)
    assert later.left == waiting.left
    resumed = step("resume", MONDAY + 6 * DAY)
    going = turnaround([pended, resumed], TERMS, created_at=MONDAY, now=MONDAY + 7 * DAY)
    assert not going.paused
    assert going.due_at == MONDAY + 11 * DAY
    assert going.left == 4 * DAY


def test_two_pauses_add_up_and_a_second_request_while_waiting_is_the_same_pause() -> None:
    steps = [
        step("pend", MONDAY + DAY),
        step("pend", MONDAY + 2 * DAY),
        step("resume", MONDAY + 3 * DAY),
        step("pend", MONDAY + 4 * DAY),
        step("resume", MONDAY + 5 * DAY),
    ]
    assert turnaround(steps, TERMS, created_at=MONDAY, now=MONDAY + 5 * DAY).stood == 3 * DAY


def test_a_case_that_was_late_before_it_was_pended_stays_late() -> None:
    clock = turnaround([step("pend", MONDAY + 8 * DAY)], TERMS, created_at=MONDAY, now=MONDAY + 30 * DAY)
    assert clock.overdue
    assert clock.left == -DAY


def test_signing_off_stops_the_clock_and_tells_whether_it_was_in_time() -> None:
    late = turnaround([step("deny", MONDAY + 8 * DAY)], TERMS, created_at=MONDAY, now=MONDAY + 90 * DAY)
    assert late.stopped
    assert late.overdue
    timely = turnaround([step("approve", MONDAY + 6.5 * DAY)], TERMS, created_at=MONDAY, now=MONDAY + 90 * DAY)
    assert (timely.stopped, timely.overdue, timely.due_soon) == (True, False, False)
    assert timely.left == DAY / 2


def test_a_reopened_case_runs_on_with_the_time_that_was_left() -> None:
    steps = [step("approve", MONDAY + 3 * DAY), step("reopen", MONDAY + 30 * DAY)]
    clock = turnaround(steps, TERMS, created_at=MONDAY, now=MONDAY + 31 * DAY)
    assert not clock.stopped
    assert clock.left == 3 * DAY


def test_a_pended_case_that_is_signed_off_and_reopened_waits_no_longer() -> None:
    steps = [step("pend", MONDAY + DAY), step("withdraw", MONDAY + 2 * DAY), step("reopen", MONDAY + 4 * DAY)]
    clock = turnaround(steps, TERMS, created_at=MONDAY, now=MONDAY + 5 * DAY)
    assert (clock.paused, clock.stopped, clock.stood) == (False, False, 3 * DAY)


def test_time_before_the_request_was_received_never_counts() -> None:
    steps = [
        step("pend", MONDAY),
        step("resume", MONDAY + 2 * DAY),
        step("urgency", MONDAY + 2 * DAY, urgency="standard", received_at=(MONDAY + DAY).isoformat()),
    ]
    assert turnaround(steps, TERMS, created_at=MONDAY, now=MONDAY + 2 * DAY).stood == DAY


def test_it_is_due_soon_from_the_last_day_on_and_overdue_only_past_its_moment() -> None:
    def at(now: datetime) -> tuple[bool, bool]:
        clock = turnaround([], TERMS, created_at=MONDAY, now=now)
        return clock.due_soon, clock.overdue

    assert at(MONDAY + 6 * DAY - timedelta(seconds=1)) == (False, False)
    assert at(MONDAY + 6 * DAY) == (True, False)
    assert at(MONDAY + 7 * DAY) == (True, False)
    assert at(MONDAY + 7 * DAY + timedelta(seconds=1)) == (False, True)


def test_a_time_of_another_zone_is_the_same_moment() -> None:
    received = MONDAY.astimezone(timezone(timedelta(hours=-5)))
    urgency, at = arrival([step("urgency", MONDAY, urgency="expedited", received_at=received.isoformat())], MONDAY)
    assert (urgency, at) == ("expedited", MONDAY)
    with pytest.raises(ValueError, match="zone"):
        moment("2026-11-30T09:00:00")


KINDS: list[StepKind] = ["pend", "resume", "refer", "return", "approve", "deny", "withdraw", "reopen", "peer_to_peer"]


@st.composite
def courses(draw: st.DrawFn) -> list[Step]:
    """Steps in the order of their times, sensible or not."""
    hours = sorted(draw(st.lists(st.integers(0, 400), max_size=8)))
    return [step(draw(st.sampled_from(KINDS)), MONDAY + hour * HOUR) for hour in hours]


@given(courses(), st.integers(400, 900))
def test_pausing_never_brings_the_due_moment_nearer(steps: list[Step], hour: int) -> None:
    now = MONDAY + hour * HOUR
    clock = turnaround(steps, TERMS, created_at=MONDAY, now=now)
    assert clock.due_at >= MONDAY + TERMS.standard
    paused = turnaround([*steps, step("pend", now)], TERMS, created_at=MONDAY, now=now + DAY)
    assert paused.due_at >= clock.due_at


@given(courses(), st.integers(400, 900), st.integers(0, 300))
def test_the_time_left_only_falls_and_stands_while_the_clock_does(steps: list[Step], hour: int, later: int) -> None:
    now, then = MONDAY + hour * HOUR, MONDAY + (hour + later) * HOUR
    before = turnaround(steps, TERMS, created_at=MONDAY, now=now)
    after = turnaround(steps, TERMS, created_at=MONDAY, now=then)
    stands = before.paused or before.stopped
    assert after.left == (before.left if stands else before.left - later * HOUR)


@given(courses(), st.integers(0, 8))
def test_what_does_not_touch_the_clock_may_come_at_any_time(steps: list[Step], place: int) -> None:
    at = min(place, len(steps))
    when = steps[at - 1].at if at else MONDAY
    talk = [*steps[:at], step("peer_to_peer", when), step("refer", when), *steps[at:]]
    now = MONDAY + 500 * HOUR
    assert turnaround(talk, TERMS, created_at=MONDAY, now=now) == turnaround(steps, TERMS, created_at=MONDAY, now=now)


@given(courses(), st.integers(0, 8), st.sampled_from(["standard", "expedited"]))
def test_the_due_moment_does_not_depend_on_when_the_urgency_was_said(
    steps: list[Step], place: int, urgency: str
) -> None:
    at = min(place, len(steps))
    said = step("urgency", MONDAY, urgency=urgency, received_at=(MONDAY - DAY).isoformat())
    now = MONDAY + 500 * HOUR
    early = turnaround([said, *steps], TERMS, created_at=MONDAY, now=now)
    late = turnaround([*steps[:at], said, *steps[at:]], TERMS, created_at=MONDAY, now=now)
    assert early == late


@given(st.lists(st.integers(0, 200), min_size=2, max_size=8))
def test_the_time_stood_is_the_sum_of_the_pauses(hours: list[int]) -> None:
    times = [MONDAY + hour * HOUR for hour in sorted(hours)]
    kinds: list[StepKind] = ["pend" if n % 2 == 0 else "resume" for n in range(len(times))]
    steps = [step(kind, at) for kind, at in zip(kinds, times, strict=True)]
    end = MONDAY + 300 * HOUR
    closed = [(a, b) for n, (a, b) in enumerate(pairwise([*times, end])) if n % 2 == 0]
    assert turnaround(steps, TERMS, created_at=MONDAY, now=end).stood == sum((b - a for a, b in closed), timedelta(0))
