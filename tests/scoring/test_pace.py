"""The rate, the time left and what is waited for, from runs and limits that are put together by hand."""

import asyncio
import time

import pytest

from core.scorers.base import Terms
from core.scoring import Limiter
from core.scoring.asking import Asker
from core.scoring.pace import rate, seconds_left, waiting
from tests.scoring.examples import QUICK, ScriptedScorer

LIMITED = Terms(window_seconds=15.0, window_bytes=1000)


def asker_for(terms: Terms) -> Asker:
    """Of a run that has asked nothing yet."""
    return Asker(ScriptedScorer(terms=terms), [], [], Limiter(terms), QUICK, lambda _call, _answers: None, lambda: None)


def asked(terms: Terms, *, ago: float, news: float, answered: int) -> Asker:
    """Of a run whose first call was made, and whose last reply came, so many seconds ago."""
    asker, now = asker_for(terms), time.monotonic()
    asker.began, asker.last_news, asker.answered = now - ago, now - news, answered
    return asker


def used_up(terms: Terms) -> Limiter:
    """Limits with a window that has just begun and that one call has used up."""
    limiter, size = Limiter(terms), terms.window_bytes or 0
    asyncio.run(limiter.grant(size, lambda _room, _calls: size))
    return limiter


def test_the_rate_does_not_fall_while_a_slow_answer_is_awaited() -> None:
    asker = asked(Terms(), ago=30.0, news=28.0, answered=50)
    assert rate(asker) == pytest.approx(25.0)
    assert seconds_left(100, 0, asker, Limiter(Terms())) == pytest.approx(4.0)


def test_the_rate_of_the_first_moment_is_no_exaggeration() -> None:
    assert rate(asked(Terms(), ago=1.0, news=1.0, answered=5)) == 50.0


@pytest.mark.parametrize(("ago", "news", "answered"), [(4.0, 2.0, 8), (11.0, 9.0, 1), (14.0, 0.1, 90)])
def test_in_the_first_window_the_time_left_is_what_the_limits_take_and_one_reply(
    ago: float, news: float, answered: int
) -> None:
    asker = asked(LIMITED, ago=ago, news=news, answered=answered)
    asker.replies, asker.reply_seconds = 2, 6.0
    left = seconds_left(1000, 3000, asker, used_up(LIMITED))
    assert left == pytest.approx(15.0 * 1.01 + 2 * 15.0 + 3.0, abs=0.2)


def test_after_the_first_window_a_server_that_is_slower_than_its_limits_counts() -> None:
    slow = asked(LIMITED, ago=21.0, news=1.0, answered=20)
    assert seconds_left(1000, 3000, slow, used_up(LIMITED)) == pytest.approx(1000.0)
    quick = asked(LIMITED, ago=21.0, news=1.0, answered=2000)
    quick.replies, quick.reply_seconds = 10, 20.0
    assert seconds_left(1000, 3000, quick, used_up(LIMITED)) == pytest.approx(47.15, abs=0.2)


def test_before_the_first_answer_the_time_left_is_not_known() -> None:
    assert seconds_left(10, 3000, asker_for(LIMITED), used_up(LIMITED)) is None


def test_a_long_silence_is_told() -> None:
    asker = asker_for(Terms())
    asker.first_tries, asker.last_news = 1, time.monotonic()
    assert waiting(asker, Limiter(Terms())) == ""
    asker.last_news -= 6
    assert waiting(asker, Limiter(Terms())) == "Waiting for an answer."
