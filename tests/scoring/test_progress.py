"""What a run tells while it is on, how it is cancelled, and how it goes on afterwards."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise

import pytest

from core.domain import NO_USAGE, Score
from core.errors import LimitReached, RequestRejected, ScorerError, StoreError, Unanswered
from core.scorers.base import Reply, Terms, metered
from core.scoring import Limiter, Listener, Progress, pace, plan, score_all, score_pages
from tests.scoring.examples import (
    CRITERIA,
    QUICK,
    Log,
    Memory,
    ScriptedScorer,
    after,
    answer,
    many,
    pages,
    questions,
    score,
)

BUSY = Terms(texts=2, at_once=3)


class Cancelled(Exception):
    pass


async def always_broken(_question: str, _texts: Sequence[str]) -> Reply:
    raise Unanswered("Broken.")


def sent(scorer: ScriptedScorer) -> int:
    """Metered bytes of all that the scorer was asked."""
    return sum(metered(question, text) for question, text in scorer.pairs)


def raising_at(turn: int, reports: list[Progress]) -> Listener:
    """A listener that keeps the reports and raises at this one, the first being 1."""

    def listen(progress: Progress) -> None:
        reports.append(progress)
        if len(reports) == turn:
            raise Cancelled

    return listen


def test_counts_go_up_to_all_pairs_and_include_what_is_known_and_unreadable() -> None:
    cache, log = Memory(), Log()
    score(ScriptedScorer(), cache, pages("one"))
    score(ScriptedScorer(terms=BUSY), cache, pages("one", None, "two", "two"), CRITERIA, progress=log)
    assert (log.reports[0].done, log.reports[0].total) == (3, 8)
    done = [report.done for report in log.reports]
    assert done == sorted(done)
    assert (log.last.done, log.last.seconds_left, log.last.waiting) == (8, 0.0, "")


def test_a_pair_that_is_given_up_is_not_done() -> None:
    cache, log = Memory(), Log()
    scorer = ScriptedScorer([0.5], *[Unanswered("Broken.")] * QUICK.tries, terms=Terms(texts=1))
    score(scorer, cache, pages("one", None, "two", "two", "three"), progress=log)
    assert max(report.done for report in log.reports) == 3
    assert (log.last.done, log.last.total, log.last.seconds_left) == (3, 5, 0.0)
    score(ScriptedScorer(), cache, pages("one", None, "two", "two", "three"), progress=log)
    assert log.last.done == 5


def test_a_run_that_nobody_answers_has_done_the_unreadable_pages_only() -> None:
    log = Log()
    score(ScriptedScorer(behaviour=always_broken), Memory(), [*many(3), *pages(None)], progress=log)
    assert {report.done for report in log.reports} == {1}
    assert {report.rate for report in log.reports} == {None}


def test_usage_counts_what_this_run_has_asked() -> None:
    log, scorer, wanted = Log(), ScriptedScorer(), many(3)
    score(scorer, Memory(), wanted, progress=log)
    assert (log.last.usage.requests, log.last.usage.bytes) == (1, sent(scorer))


def test_a_call_without_an_answer_costs_what_was_sent() -> None:
    log, scorer = Log(), ScriptedScorer(Unanswered("Broken."), terms=Terms(price=25.0), behaviour=after(0.0))
    score(scorer, Memory(), many(3), progress=log)
    size = sent(scorer) // 2
    tokens = (size - 3 * 150) // 4
    # The first as it is put down here, the second as the scripted endpoint counts.
    usage = log.last.usage
    assert (usage.requests, usage.bytes, usage.tokens) == (2, 2 * size, tokens + size // 4)
    assert usage.dollars == pytest.approx(tokens * 25e-6 + size / 1e9)


@pytest.mark.parametrize("error", [LimitReached("Too much.", retry_after=0.0), RequestRejected("Too large.")])
def test_a_call_that_is_turned_down_costs_a_request_only(error: ScorerError) -> None:
    log, scorer = Log(), ScriptedScorer(error, terms=Terms(window_seconds=0.01))
    score(scorer, Memory(), many(4), progress=log)
    assert log.last.usage.requests == len(scorer.asked)
    assert log.last.usage.bytes == sum(metered(scorer.phrase(CRITERIA[0]), page.text) for page in many(4))


def test_a_scorer_that_sends_nothing_away_costs_nothing() -> None:
    scorer, log = ScriptedScorer(Unanswered("Broken."), [0.5], terms=Terms(price=25.0)), Log()
    scorer.info = replace(scorer.info, sends_text_to=None)
    score(scorer, Memory(), many(1), progress=log)
    assert {report.usage for report in log.reports} == {NO_USAGE}


def test_the_last_report_before_a_stop_holds_all_that_was_sent() -> None:
    """Whichever report it is that the stop is answered with."""
    for turn in range(2, 40):
        scorer, reports = ScriptedScorer(Unanswered("Broken."), terms=BUSY, behaviour=after(0.001)), list[Progress]()
        with pytest.raises(Cancelled):
            score(scorer, Memory(), many(60), progress=raising_at(turn, reports))
        assert len(reports) == turn
        assert (reports[-1].usage.requests, reports[-1].usage.bytes) == (len(scorer.asked), sent(scorer))


def test_a_stop_while_calls_hang_counts_them() -> None:
    scorer, reports = ScriptedScorer(terms=Terms(at_once=3, texts=1, price=25.0), behaviour=after(60)), list[Progress]()
    with pytest.raises(Cancelled):
        score(scorer, Memory(), many(10), progress=raising_at(8, reports))
    usage = reports[-1].usage
    assert (usage.requests, usage.bytes) == (3, sent(scorer))
    assert usage.tokens == sum((metered(question, text) - 150) // 4 for question, text in scorer.pairs)
    assert usage.dollars == pytest.approx(usage.tokens * 25e-6)


def test_a_run_that_fails_tells_at_last_what_was_sent() -> None:
    scorer, log = ScriptedScorer(terms=BUSY, behaviour=after(0.001)), Log()
    with pytest.raises(StoreError):
        score(scorer, Memory(breaks_after=2), many(60), progress=log)
    assert (log.last.usage.requests, log.last.usage.bytes) == (len(scorer.asked), sent(scorer))


def test_a_call_that_breaks_the_run_is_in_the_last_report() -> None:
    scorer, log = ScriptedScorer(ZeroDivisionError()), Log()
    with pytest.raises(ZeroDivisionError):
        score(scorer, Memory(), many(3), progress=log)
    assert (log.last.usage.requests, log.last.usage.bytes) == (1, sent(scorer))


def test_a_reader_that_stops_early_is_told_at_last_what_was_sent() -> None:
    scorer, log = ScriptedScorer(terms=BUSY, behaviour=after(0.001)), Log()

    async def first_only() -> None:
        async with aclosing(score_pages(scorer, CRITERIA, many(60), cache=Memory(), progress=log)) as outcomes:
            await anext(outcomes)

    asyncio.run(first_only())
    assert (log.last.usage.requests, log.last.usage.bytes) == (len(scorer.asked), sent(scorer))


def test_the_log_never_quotes_what_an_error_says_while_a_run_ends(caplog: pytest.LogCaptureFixture) -> None:
    class Breaking(Memory):
        def save_answers(self, *_answers: object) -> None:
            time.sleep(0.05)
            raise ValueError("Mrs Miller has asthma")

    with pytest.raises(Cancelled):
        score(ScriptedScorer(), Breaking(), many(3), progress=raising_at(2, []))
    assert "ValueError" in caplog.text
    assert "Miller" not in caplog.text


def test_a_wait_for_another_case_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "OTHERS_SECONDS", 0.05)
    limits, log = Limiter(Terms()), Log()

    async def run() -> None:
        await limits.grant(1, lambda _room, _calls: 1)
        asyncio.get_running_loop().call_later(0.5, limits.leave)
        outcomes = score_pages(
            ScriptedScorer(), CRITERIA, many(3), cache=Memory(), progress=log, limiter=limits, patience=QUICK
        )
        assert len([outcome async for outcome in outcomes]) == 6

    asyncio.run(run())
    assert "Waiting for another case that asks the same scorer." in log.waits
    assert not limits.full


def test_the_rate_and_the_time_left_follow_the_answers() -> None:
    log = Log()
    scorer = ScriptedScorer(terms=Terms(texts=4, at_once=2), behaviour=after(0.02))
    score(scorer, Memory(), many(40), progress=log)
    assert log.reports[0].rate is None
    assert log.reports[0].seconds_left is None
    halfway = next(report for report in log.reports if report.done >= 20)
    assert 50 < (halfway.rate or 0) < 600
    assert halfway.seconds_left == pytest.approx((40 - halfway.done) / (halfway.rate or 1))


def test_a_run_measures_how_long_a_reply_takes() -> None:
    log = Log(Cancelled(), at=2)
    terms = Terms(texts=1, at_once=2, window_seconds=100.0, window_bytes=400)
    with pytest.raises(Cancelled):
        score(ScriptedScorer(terms=terms, behaviour=after(0.3)), Memory(), many(20), progress=log)
    # Nine more windows follow, the next one when 101 seconds have passed since the first call; then comes a reply.
    assert log.last.seconds_left == pytest.approx(901.0, abs=0.25)


def test_the_time_left_is_at_least_what_the_limits_take() -> None:
    log = Log(Cancelled(), at=2)
    terms = Terms(texts=1, at_once=2, window_seconds=100.0, window_bytes=400)
    with pytest.raises(Cancelled):
        score(ScriptedScorer(terms=terms), Memory(), many(20), progress=log)
    assert log.last.seconds_left == pytest.approx(900, rel=0.02)


def test_a_wait_for_the_limits_is_told_with_its_length() -> None:
    reports: list[Progress] = []

    def listen(progress: Progress) -> None:
        reports.append(progress)
        if progress.waiting:
            raise Cancelled

    terms = Terms(at_once=2, window_seconds=12.0, window_bytes=400)
    with pytest.raises(Cancelled):
        score(ScriptedScorer(terms=terms), Memory(), many(20), progress=listen)
    assert reports[-1].waiting == "The server takes more in about 12 s."


def test_a_call_that_is_tried_again_is_told() -> None:
    log = Log()
    scorer = ScriptedScorer(*[Unanswered("Broken.")] * 3, behaviour=after(0.05))
    score(scorer, Memory(), pages("one"), progress=log)
    assert "No answer; trying again." in log.waits


def test_there_is_a_report_every_moment_while_a_call_takes_long() -> None:
    times: list[float] = []

    def listen(_progress: Progress) -> None:
        times.append(time.monotonic())

    score(ScriptedScorer(behaviour=after(0.4)), Memory(), pages("one"), progress=listen)
    assert max(later - earlier for earlier, later in pairwise(times)) < 0.3


@pytest.mark.parametrize("at", [0, 1, 20])
def test_a_run_that_is_cancelled_leaves_nothing_in_flight_and_keeps_every_answer(at: int) -> None:
    cache = Memory()
    scorer = ScriptedScorer(terms=BUSY, behaviour=after(0.003))
    with pytest.raises(Cancelled):
        score(scorer, cache, many(40), CRITERIA, progress=Log(Cancelled(), at=at))
    assert cache.scores < 80


def test_a_run_that_is_cancelled_before_its_first_call_asks_nothing() -> None:
    scorer = ScriptedScorer()
    with pytest.raises(Cancelled):
        score(scorer, Memory(), many(3), progress=Log(Cancelled()))
    assert scorer.asked == []


def test_a_run_is_cancelled_at_once_while_it_waits() -> None:
    started = time.monotonic()
    scorer = ScriptedScorer(terms=Terms(at_once=3, texts=1), behaviour=after(60))

    def listen(_progress: Progress) -> None:
        if time.monotonic() - started > 0.05:
            raise Cancelled

    with pytest.raises(Cancelled):
        score(scorer, Memory(), many(10), progress=listen)
    assert time.monotonic() - started < 5


def test_answers_that_wait_for_the_store_are_kept_when_the_run_is_cancelled() -> None:
    class Slow(Memory):
        def save_answers(self, *answers: object) -> None:
            time.sleep(0.05)
            super().save_answers(*answers)  # type: ignore[arg-type]

    cache, scorer = Slow(), ScriptedScorer(terms=Terms(texts=1, at_once=1))
    answered = 0

    async def behave(question: str, texts: Sequence[str]) -> Reply:
        nonlocal answered
        if answered == 6:
            await asyncio.sleep(60)
        answered += 1
        return answer(question, texts)

    scorer.behaviour = behave
    with pytest.raises(Cancelled):
        score(scorer, cache, many(20), progress=Log(Cancelled(), at=1))
    assert cache.scores == answered == 6


def test_a_run_cancelled_halfway_goes_on_where_it_was() -> None:
    cache, wanted, asked = Memory(), many(40), questions(5)
    first = ScriptedScorer(terms=BUSY, behaviour=after(0.001))
    with pytest.raises(Cancelled):
        score(first, cache, wanted, asked, progress=Log(Cancelled(), at=100))
    kept = cache.scores
    assert 100 <= kept < 200
    second = ScriptedScorer(terms=BUSY)
    outcomes = score(second, cache, wanted, asked)
    assert all(isinstance(o, Score) for o in outcomes)
    assert len(second.pairs) == 200 - kept


def test_a_task_that_is_cancelled_leaves_nothing_in_flight() -> None:
    scorer, cache = ScriptedScorer(terms=BUSY, behaviour=after(60)), Memory()

    async def run() -> None:
        async def read() -> None:
            async for _outcome in score_pages(scorer, CRITERIA, many(10), cache=cache):
                pass

        task = asyncio.create_task(read())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (scorer.entered, scorer.left, scorer.closed) == (3, 3, 1)

    asyncio.run(run())


def test_a_keyboard_interrupt_in_the_listener_is_passed_on() -> None:
    def listen(progress: Progress) -> None:
        if progress.done:
            raise KeyboardInterrupt

    listener: Listener = listen
    with pytest.raises(KeyboardInterrupt):
        score(ScriptedScorer(terms=BUSY), Memory(), many(10), progress=listener)


def test_a_plan_counts_what_the_cache_lacks() -> None:
    cache, wanted = Memory(), pages("one", None, "two", "one")
    scorer = ScriptedScorer(terms=Terms(price=25.0))
    score(scorer, cache, pages("one"))
    planned = plan(scorer, CRITERIA, wanted, cache)
    size = metered(scorer.phrase(CRITERIA[0]), "two") + 2 * metered(scorer.phrase(CRITERIA[1]), "two")
    assert (planned.pages, planned.pairs, planned.bytes, planned.seconds) == (2, 3, size, None)
    assert planned.tokens == (size - 3 * 150) // 4
    assert planned.dollars == pytest.approx(planned.tokens * 25e-6)
    score(scorer, cache, wanted, CRITERIA)
    assert plan(scorer, CRITERIA, wanted, cache).pairs == 0


def test_a_plan_takes_as_many_windows_as_the_limits_need_but_does_not_wait_for_the_first() -> None:
    wanted = many(10, size=100)
    by_bytes = ScriptedScorer(terms=Terms(window_seconds=15.0, window_bytes=1000))
    by_calls = ScriptedScorer(terms=Terms(texts=2, window_seconds=15.0, window_requests=2))
    size = plan(by_bytes, CRITERIA[:1], wanted, Memory()).bytes
    assert plan(by_bytes, CRITERIA[:1], wanted, Memory()).seconds == 15.0 * (-(-size // 1000) - 1)
    assert plan(by_calls, CRITERIA[:1], wanted, Memory()).seconds == 30.0


def test_a_plan_for_a_large_case_is_made_at_once() -> None:
    scorer, wanted, asked, cache = ScriptedScorer(), many(150, size=2000), questions(80), Memory()
    took = list[float]()
    for _ in range(4):  # The best of some: other work on the machine is not the plan's.
        began = time.perf_counter()
        assert plan(scorer, asked, wanted, cache).pairs == 12_000
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1


@pytest.mark.slow  # by the clock, which other work on the machine holds up
def test_a_server_that_takes_eight_calls_at_a_time_is_kept_busy() -> None:
    slots = asyncio.Semaphore(8)
    worked = 0.0

    async def behave(question: str, texts: Sequence[str]) -> Reply:
        nonlocal worked
        async with slots:
            seconds = 0.002 + 0.0013 * len(texts)
            worked += seconds
            await asyncio.sleep(seconds)
        return answer(question, texts)

    scorer = ScriptedScorer(terms=Terms(texts=64, at_once=12), behaviour=behave)
    began = time.perf_counter()
    scored = score_all(scorer, questions(80), many(150), cache=Memory())
    took = time.perf_counter() - began
    assert len(scored.outcomes) == 12_000
    assert worked / 8 / took > 0.8
