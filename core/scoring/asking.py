"""One call, asked until each of its texts has a score or a reason why there is none."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import SystemRandom

from core.errors import LimitReached, RequestRejected, ScorerError, ScorerUnusable, Unanswered
from core.scorers.base import Reply, Scorer
from core.scoring.answers import NO_REASON, Answer
from core.scoring.limiter import Cut, Lease, Limiter
from core.scoring.packing import Call
from core.scoring.spending import Spending

Answers = list[tuple[int, Answer]]
"""Places of texts in the table with their answers."""

_jitter = SystemRandom()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a run tries."""

    tries: int = 5
    """Times that a call is made that gets no answer."""
    pause: float = 0.5
    """Longest pause after the first try in seconds; doubled after each."""
    longest_pause: float = 30.0
    refusals: int = 10
    """Fewest refusals, and windows, without an answer in between, after which a refused call is given up."""
    alike: int = 5
    """Calls in a row given up for the same reason, after which the run stops."""
    tick: float = 0.25
    """Seconds between two reports."""


class Asker:
    """Asks for one run, and counts what that costs. `deliver` gets every answer, a score or a reason, once; `sent` is
    called for each call that goes out, when its cost is counted already."""

    def __init__(
        self,
        scorer: Scorer,
        texts: Sequence[str],
        sizes: Sequence[int],
        limiter: Limiter,
        patience: Patience,
        deliver: Callable[[Call, Answers], None],
        sent: Callable[[], None],
    ) -> None:
        self._scorer, self._texts, self._sizes = scorer, texts, sizes
        self._limiter, self._patience, self._deliver, self._sent = limiter, patience, deliver, sent
        self._seconds, self._window = scorer.terms.seconds, scorer.terms.window_seconds
        self.spending = Spending(scorer)
        self.began: float | None = None
        """Monotonic seconds of the first call."""
        self.answered = 0
        """Scores received."""
        self.replies, self.reply_seconds = 0, 0.0
        """Calls with a reply, and the seconds that they took in all."""
        self.last_news = 0.0
        """Monotonic seconds of the last reply, or of the first call."""
        self.first_tries = 0
        """Calls in flight that were not made before."""
        self.retrying = 0
        """Calls that got no answer and are tried again."""
        self.held = 0
        """Calls that wait for the limits, or for their turn."""
        self.open = 0
        """Calls that have a place among those at the same time."""
        self._refusals, self._refused_since = 0, 0.0

    @property
    def in_first_window(self) -> bool:
        """Whether the first call was made less than a window ago, or none was made."""
        return self.began is None or time.monotonic() - self.began < self._window

    async def grant(self, smallest: int, cut: Cut) -> Lease:
        """As `Limiter.grant`."""
        self.held += 1
        try:
            return await self._limiter.grant(smallest, cut)
        finally:
            self.held -= 1

    async def finish(self, call: Call, lease: Lease) -> str:
        """See the call through. "" when any text got a score, otherwise the reason why none did.

        Raises ScorerUnusable, and then nothing more was delivered.
        """
        self.open += 1
        try:
            return await self._finish(call, lease)
        finally:
            self.open -= 1

    async def _finish(self, call: Call, lease: Lease) -> str:
        before, reason = self.answered, ""
        waiting: list[tuple[Call, Lease | None]] = [(call, lease)]
        while waiting:
            part, leave = waiting.pop()
            said, rejected = await self._persist(part, leave or await self._grant_again(part))
            reason = said or reason
            if rejected:
                middle = len(rejected.places) // 2
                halves = rejected.places[middle:], rejected.places[:middle]
                waiting += [(rejected.only(half, self._sizes), None) for half in halves]
        return "" if self.answered > before else reason

    async def _persist(self, call: Call, lease: Lease) -> tuple[str, Call | None]:
        """Ask again and again. "" or the reason why texts were given up, and what was rejected and is to be halved: two
        texts or more, none of them delivered. Raises ScorerUnusable."""
        tries, refused = 0, 0
        while True:
            try:
                call, reason = self._sort(call, await self._once(call, lease, again=tries > 0))
                if not call.places:
                    return "", None
            except LimitReached as error:
                refused += 1
                self._limiter.refused(lease, error.retry_after)
                if self._refused_for_long():
                    return self._give_up(call, str(error)), None
                if self._too_large_for_the_limit(call, lease, refused):
                    return "", call
                lease = await self._grant_again(call)
                continue
            except Unanswered as error:
                reason = str(error)
            except ScorerError as error:
                return self._split_or_give_up(call, error)
            tries += 1
            if tries >= self._patience.tries:
                return self._give_up(call, reason), None
            lease = await self._pause(call, tries)

    async def _once(self, call: Call, lease: Lease, *, again: bool) -> Reply:
        """One request. Every way out tells what it cost, and the limiter, but for a refusal."""
        if self.began is None:
            self.began = self.last_news = time.monotonic()
        self.first_tries += not again
        self.retrying += again
        self.spending.sent(lease, call)
        self._sent()
        asked = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                reply = await self._scorer.score(call.question.phrase, [self._texts[place] for place in call.places])
        except BaseException as error:
            if isinstance(error, (LimitReached, RequestRejected, ScorerUnusable)):
                self.spending.turned_down(lease)
            else:
                self.spending.unanswered(lease)
            if not isinstance(error, LimitReached):
                self._limiter.dropped(lease)
            if isinstance(error, TimeoutError):
                raise Unanswered("The scorer did not answer in time.") from None
            raise
        finally:
            self.first_tries -= not again
            self.retrying -= again
        self.spending.answered(lease, reply.usage)
        self.last_news = time.monotonic()
        self.replies, self.reply_seconds = self.replies + 1, self.reply_seconds + self.last_news - asked
        self._limiter.passed(lease, reply.usage.bytes)
        return reply

    def _sort(self, call: Call, reply: Reply) -> tuple[Call, str]:
        """Deliver the scores; what is left of the call is to be asked again, with the reason."""
        if len(reply.scores) != len(call.places):
            return call, f"The scorer answered {len(reply.scores)} of {len(call.places)} pages."
        good: Answers = []
        bad, reason = [], ""
        for place, value in zip(call.places, reply.scores, strict=True):
            # A wrong number would pass for a judgement.
            if math.isfinite(value) and 0 <= value <= 1:
                good.append((place, float(value)))
            else:
                bad.append(place)
                reason = f"The scorer answered {value}, which is not between 0 and 1."
        if good:
            self._refusals = 0
            self.answered += len(good)
            self._deliver(call, good)
        return call.only(bad, self._sizes), reason

    def _split_or_give_up(self, call: Call, error: ScorerError) -> tuple[str, Call | None]:
        if isinstance(error, ScorerUnusable):
            raise error
        if isinstance(error, RequestRejected) and len(call.places) > 1:
            return "", call
        return self._give_up(call, str(error)), None

    def _give_up(self, call: Call, reason: str) -> str:
        reason = reason or NO_REASON
        self._deliver(call, [(place, reason) for place in call.places])
        return reason

    def _refused_for_long(self) -> bool:
        """Count a refusal. True after so many, over so many windows, without an answer to any call of the run."""
        now = time.monotonic()
        if not self._refusals:
            self._refused_since = now
        self._refusals += 1
        most = self._patience.refusals
        return self._refusals >= most and now - self._refused_since > most * self._window

    def _too_large_for_the_limit(self, call: Call, lease: Lease, refused: int) -> bool:
        """The endpoint allows less than the terms say: refused for over a window, which was the call's alone."""
        return (
            len(call.places) > 1
            and refused > 2
            and self._refusals > 2
            and lease.at - self._refused_since > 2 * self._window
        )

    async def _grant_again(self, call: Call) -> Lease:
        self.held += 1
        try:
            return await self._limiter.grant_again(call.size)
        finally:
            self.held -= 1

    async def _pause(self, call: Call, tries: int) -> Lease:
        self.retrying += 1
        try:
            longest = min(self._patience.longest_pause, self._patience.pause * 2 ** (tries - 1))
            await asyncio.sleep(_jitter.uniform(0, longest))
            return await self._grant_again(call)
        finally:
            self.retrying -= 1
