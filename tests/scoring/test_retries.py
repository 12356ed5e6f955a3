"""What is tried again, what is given up, and when a run stops."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.domain import Gap, Outcome, Score
from core.errors import LimitReached, RequestRejected, ScorerError, ScorerUnusable, Unanswered, WrongScores
from core.scorers.base import Reply, Terms
from core.scoring import Limiter, Progress, score_all
from tests.scoring.examples import (
    CRITERIA,
    QUICK,
    Behaviour,
    Log,
    Memory,
    ScriptedScorer,
    after,
    answer,
    many,
    pages,
    questions,
    right,
    score,
)

SHORT = Terms(window_seconds=0.05)


def reasons(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(o.reason for o in outcomes if isinstance(o, Gap))


def always(error: Exception) -> Behaviour:
    async def behave(_question: str, _texts: Sequence[str]) -> Reply:
        await asyncio.sleep(0)
        raise error

    return behave


def test_a_call_without_an_answer_is_made_again() -> None:
    scorer, log = ScriptedScorer(*[Unanswered("Broken.")] * (QUICK.tries - 1)), Log()
    assert isinstance(score(scorer, Memory(), pages("one"), progress=log)[0], Score)
    assert len(scorer.asked) == QUICK.tries
    assert log.last.usage.requests == QUICK.tries


def test_a_call_that_is_never_answered_becomes_gaps_with_the_reason() -> None:
    cache = Memory()
    outcomes = score(ScriptedScorer(*[Unanswered("Broken.")] * QUICK.tries), cache, pages("one", "two"))
    assert reasons(outcomes) == {"Broken.": 2}
    assert list(cache.kept.values()) == ["Broken.", "Broken."]


def test_an_error_of_no_special_kind_is_not_tried_again() -> None:
    scorer = ScriptedScorer(ScorerError("No."))
    assert reasons(score(scorer, Memory(), pages("one"))) == {"No.": 1}
    assert len(scorer.asked) == 1


def test_a_call_that_stalls_is_broken_off_and_made_again() -> None:
    stalled = True

    async def behave(question: str, texts: Sequence[str]) -> Reply:
        nonlocal stalled
        if stalled:
            stalled = False
            await asyncio.sleep(60)
        return answer(question, texts)

    scorer, log = ScriptedScorer(terms=Terms(seconds=0.05), behaviour=behave), Log()
    assert isinstance(score(scorer, Memory(), pages("one"), progress=log)[0], Score)
    assert log.last.usage.requests == 2


def test_a_stalled_server_becomes_gaps() -> None:
    scorer = ScriptedScorer(terms=Terms(seconds=0.01), behaviour=after(60))
    assert reasons(score(scorer, Memory(), pages("one"))) == {"The scorer did not answer in time.": 1}


@pytest.mark.parametrize("bad", [0, 7, 12])
def test_a_rejected_call_is_halved_until_the_page_that_is_rejected_stands_alone(bad: int) -> None:
    wanted = many(13)

    async def behave(question: str, texts: Sequence[str]) -> Reply:
        if wanted[bad].text in texts:
            raise RequestRejected("Too large.")
        return answer(question, texts)

    scorer = ScriptedScorer(behaviour=behave)
    outcomes = score(scorer, Memory(), wanted)
    assert [n for n, o in enumerate(outcomes) if isinstance(o, Gap)] == [bad]
    assert reasons(outcomes) == {"Too large.": 1}
    assert len(scorer.asked) < 12


def test_what_was_answered_before_the_rest_is_rejected_is_not_asked_again() -> None:
    scorer, cache, log = ScriptedScorer([0.1, 7.0, 0.3, 7.0], RequestRejected("Too large.")), Memory(), Log()
    outcomes = score(scorer, cache, many(4), CRITERIA, progress=log)
    first, second, third, fourth = (page.text for page in many(4))
    asked = [texts for question, texts in scorer.asked if question == CRITERIA[0].question]
    assert asked == [[first, second, third, fourth], [second, fourth], [second], [fourth]]
    assert [o.value for o in outcomes[:4] if isinstance(o, Score)] == [0.1, right(second), 0.3, right(fourth)]
    assert reasons(outcomes) == {}
    done = [report.done for report in log.reports]
    assert done == sorted(done)
    assert log.last.done == log.last.total == 8


ERRORS = [ScorerError(), RequestRejected(), Unanswered(), LimitReached(""), ScorerUnusable()]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_gap_has_a_reason_even_where_the_scorer_gives_none(error: ScorerError) -> None:
    scorer = ScriptedScorer(terms=Terms(texts=1, window_seconds=0.01), behaviour=always(error))
    outcomes = score(scorer, Memory(), many(12))
    assert len(outcomes) == 12
    assert all(isinstance(outcome, Gap) and outcome.reason for outcome in outcomes)


def test_a_refusal_with_a_time_is_waited_for_and_is_no_try() -> None:
    scorer = ScriptedScorer(*[LimitReached("Too much.", retry_after=0.01)] * (2 * QUICK.tries), terms=SHORT)
    log = Log()
    assert isinstance(score(scorer, Memory(), pages("one"), progress=log)[0], Score)
    assert "The server takes more in a moment." in log.waits


def test_a_refusal_without_a_time_is_tried_until_it_passes() -> None:
    scorer = ScriptedScorer(*[LimitReached("Too much.")] * 8, terms=replace(SHORT, texts=2, at_once=4))
    assert reasons(score(scorer, Memory(), many(20))) == {}


def test_an_endpoint_that_refuses_for_ever_ends_the_run() -> None:
    terms = Terms(texts=1, at_once=2, window_seconds=0.01)
    scorer, cache, log = ScriptedScorer(terms=terms, behaviour=always(LimitReached("Too much."))), Memory(), Log()
    outcomes = score(scorer, cache, many(30), progress=log)
    assert len(outcomes) == 30
    assert log.last.stopped.startswith("Too much.")
    assert list(cache.kept.values()) == ["Too much."] * QUICK.alike


def test_a_call_larger_than_the_endpoint_allows_is_halved_after_some_windows() -> None:
    """The limits of the endpoint are lower than the terms say."""

    async def behave(question: str, texts: Sequence[str]) -> Reply:
        if len(texts) > 3:
            raise LimitReached("Too much.")
        return answer(question, texts)

    scorer = ScriptedScorer(terms=Terms(window_seconds=0.02), behaviour=behave)
    assert reasons(score(scorer, Memory(), many(10))) == {}


def test_five_calls_in_a_row_given_up_for_the_same_reason_stop_the_run() -> None:
    scorer, cache, log = ScriptedScorer(terms=Terms(texts=2), behaviour=always(ScorerError("No."))), Memory(), Log()
    outcomes = score(scorer, cache, many(30), CRITERIA, progress=log)
    assert len(scorer.asked) == QUICK.alike
    assert log.last.stopped.startswith("No.")
    assert reasons(outcomes) == {"No.": 2 * QUICK.alike, log.last.stopped: 60 - 2 * QUICK.alike}
    assert list(cache.kept.values()) == ["No."] * (2 * QUICK.alike)
    assert log.last.done == 0


def test_an_answer_in_between_lets_the_run_go_on() -> None:
    four = [ScorerError("No.")] * (QUICK.alike - 1)
    scorer = ScriptedScorer(*four, None, *four, None, terms=Terms(texts=1))
    assert reasons(score(scorer, Memory(), many(30))) == {"No.": 2 * len(four)}


def test_different_reasons_let_the_run_go_on() -> None:
    scorer = ScriptedScorer(*[ScorerError("No."), ScorerError("Never.")] * 5, terms=Terms(texts=1))
    assert reasons(score(scorer, Memory(), many(12))) == {"No.": 5, "Never.": 5}


@pytest.mark.parametrize("error", [ScorerUnusable("The key is wrong."), WrongScores("The key is wrong.")])
def test_a_scorer_that_is_set_up_wrongly_stops_the_run_at_once(error: ScorerError) -> None:
    scorer, cache, log = ScriptedScorer([0.1, 0.2], error, terms=Terms(texts=2)), Memory(), Log()
    outcomes = score(scorer, cache, many(30), CRITERIA, progress=log)
    assert len(scorer.asked) == 2
    assert reasons(outcomes) == {"The key is wrong.": 58}
    assert list(cache.kept.values()) == [0.1, 0.2]
    assert log.last.stopped == "The key is wrong."


def test_a_run_that_stopped_says_so_and_the_next_one_asks_the_rest() -> None:
    cache, wanted = Memory(), many(30)
    scorer = ScriptedScorer(None, None, ScorerUnusable("The key is wrong."), terms=Terms(texts=2))
    stopped = score_all(scorer, CRITERIA, wanted, cache=cache, patience=QUICK)
    assert stopped.stopped == "The key is wrong."
    assert stopped.usage.requests == 3
    second = ScriptedScorer(terms=Terms(texts=2))
    assert reasons(score(second, cache, wanted, CRITERIA)) == {}
    assert len(second.pairs) == 60 - 4


def test_calls_in_flight_are_cancelled_when_a_run_stops() -> None:
    async def behave(question: str, texts: Sequence[str]) -> Reply:
        if "0" * 19 + "5" in texts:
            raise ScorerUnusable("The key is wrong.")
        await asyncio.sleep(60)
        return answer(question, texts)

    scorer = ScriptedScorer(terms=Terms(texts=1, at_once=8), behaviour=behave)
    assert reasons(score(scorer, Memory(), many(30))) == {"The key is wrong.": 30}


class Endpoint:
    """Answers calls from several threads, each after a moment, and keeps how many were in flight."""

    def __init__(self, seconds: float) -> None:
        self._lock, self._seconds = threading.Lock(), seconds
        self.in_flight = self.most = 0

    async def __call__(self, question: str, texts: Sequence[str]) -> Reply:
        self._count(1)
        try:
            await asyncio.sleep(self._seconds)
            return answer(question, texts)
        finally:
            self._count(-1)

    def _count(self, calls: int) -> None:
        with self._lock:
            self.in_flight += calls
            self.most = max(self.most, self.in_flight)


def test_two_runs_against_one_endpoint_share_its_places_and_end_about_together() -> None:
    terms = Terms(texts=1, at_once=3)
    limits, endpoint, began = Limiter(terms), Endpoint(0.005), time.monotonic()

    def run(count: int) -> float:
        scorer = ScriptedScorer(terms=terms, behaviour=endpoint)
        score_all(scorer, CRITERIA[:1], many(count), cache=Memory(), limiter=limits, patience=QUICK)
        return time.monotonic() - began

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(run, [90, 90])
    assert endpoint.most == 3
    assert first == pytest.approx(second, rel=0.25)
    assert not limits.full


def test_a_small_case_does_not_wait_for_the_end_of_a_big_one() -> None:
    terms = Terms(texts=1, at_once=3)
    limits, endpoint, ended = Limiter(terms), Endpoint(0.005), list[int]()

    def run(count: int) -> None:
        scorer = ScriptedScorer(terms=terms, behaviour=endpoint)
        score_all(scorer, CRITERIA[:1], many(count), cache=Memory(), limiter=limits, patience=QUICK)
        ended.append(len(scorer.asked))

    with ThreadPoolExecutor(2) as pool:
        big = pool.submit(run, 300)
        while not endpoint.most:
            time.sleep(0.001)
        pool.submit(run, 15)
        big.result()
    assert ended == [15, 300]


def test_two_runs_that_may_ask_one_call_at_a_time_both_end() -> None:
    limits, endpoint = Limiter(Terms(texts=2)), Endpoint(0.001)

    def run(_number: int) -> int:
        scorer = ScriptedScorer(RequestRejected("Too large."), Unanswered("Broken."), None, terms=Terms(texts=2))
        scorer.behaviour = endpoint
        cache = Memory()
        return len(score_all(scorer, CRITERIA, many(20), cache=cache, limiter=limits, patience=QUICK).outcomes)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == [40] * 4
    assert endpoint.most == 1


def test_a_run_that_is_stopped_gives_its_places_to_the_others() -> None:
    terms = Terms(texts=1, at_once=3)
    limits = Limiter(terms)

    def listen(_progress: Progress) -> None:
        if limits.full:
            raise KeyboardInterrupt

    hanging = ScriptedScorer(terms=terms, behaviour=after(60))
    with pytest.raises(KeyboardInterrupt):
        score(hanging, Memory(), many(10), progress=listen, limiter=limits)
    scorer = ScriptedScorer(terms=terms, behaviour=after(0.01))
    assert reasons(score(scorer, Memory(), many(9), limiter=limits)) == {}
    assert scorer.most_at_once == 3


def test_two_runs_against_one_endpoint_together_keep_its_limits() -> None:
    terms = Terms(texts=5, at_once=4, window_seconds=0.1, window_bytes=4000)
    limits, cache = Limiter(terms), Memory()
    sent: list[tuple[float, int]] = []

    async def behave(question: str, texts: Sequence[str]) -> Reply:
        reply = answer(question, texts)
        sent.append((asyncio.get_running_loop().time(), reply.usage.bytes))
        return reply

    async def both() -> None:
        runs = [ScriptedScorer(terms=terms, behaviour=behave) for _ in range(2)]
        await asyncio.gather(
            *(
                asyncio.to_thread(score_all, run, [criterion], many(50), cache=cache, limiter=limits, patience=QUICK)
                for run, criterion in zip(runs, questions(2), strict=True)
            )
        )

    asyncio.run(both())
    windows: list[int] = []
    began = -1.0
    for at, size in sorted(sent):
        if at >= began + terms.window_seconds:
            began = at
            windows.append(0)
        windows[-1] += size
    assert max(windows) <= 4000
    # 100 pairs of 184 bytes in 5 windows: each is filled to within one text.
    assert len(windows) == 5
    assert min(windows[:-1]) > 4000 - 184
