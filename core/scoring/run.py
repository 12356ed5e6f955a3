"""A run: everything that the cache lacks is asked, kept, and then reported, exactly one outcome for each pair."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.domain import Criterion, Outcome, Page, Usage
from core.errors import ScorerUnusable
from core.scorers.base import Scorer
from core.scoring.answers import NO_REASON, AnswerCache, Question, Table
from core.scoring.asking import Asker, Patience
from core.scoring.limiter import Lease, Limiter
from core.scoring.pace import Listener, Progress, no_listener, rate, seconds_left, waiting
from core.scoring.packing import Call, Packing
from core.scoring.saving import Batch, Saver

logger = logging.getLogger(__name__)

TOO_LONG = "This page holds more text than the scorer takes in one request. It was not sent"
_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Scored:
    """A run that has ended."""

    outcomes: list[Outcome]
    """One for each pair, criterion by criterion, pages in their order."""
    usage: Usage
    """What this run has cost. Calls that were broken off count as if they had been answered."""
    stopped: str
    """Why it ended early, as a sentence; "" when everything was asked."""


def score_pages(
    scorer: Scorer,
    criteria: Sequence[Criterion],
    pages: Sequence[Page],
    *,
    cache: AnswerCache,
    progress: Listener = no_listener,
    limiter: Limiter | None = None,
    patience: Patience = _PATIENCE,
) -> AsyncGenerator[Outcome, None]:
    """Exactly one outcome per pair, criterion by criterion, pages in their order.

    Only what the cache lacks is asked, and a gap in the cache is asked again; equal texts are asked once. Every answer
    is kept in the cache before it is counted or yielded. What a scorer does not answer becomes a gap with the reason.

    `limiter` is to be shared by all runs that ask the same endpoint; None: this run is alone. `progress` is called at
    least every `patience.tick` seconds and whenever a call has gone out. It may raise: then, as when the generator is
    closed early, calls in flight are cancelled and awaited, what was answered is kept, and the scorer's connections are
    given back; it is not called again. Raises StoreError.
    """
    return Run(scorer, criteria, pages, cache, progress, limiter, patience).outcomes()


def score_all(
    scorer: Scorer,
    criteria: Sequence[Criterion],
    pages: Sequence[Page],
    *,
    cache: AnswerCache,
    progress: Listener = no_listener,
    limiter: Limiter | None = None,
    patience: Patience = _PATIENCE,
) -> Scored:
    """As `score_pages`, to the end, from a thread that has no event loop."""
    run = Run(scorer, criteria, pages, cache, progress, limiter, patience)

    async def collect() -> list[Outcome]:
        return [outcome async for outcome in run.outcomes()]

    outcomes = asyncio.run(collect())
    return Scored(outcomes, run.asker.spending.total, run.stopped)


class Run:
    """One pass over one case. `outcomes` may be used once."""

    def __init__(
        self,
        scorer: Scorer,
        criteria: Sequence[Criterion],
        pages: Sequence[Page],
        cache: AnswerCache,
        progress: Listener,
        limiter: Limiter | None,
        patience: Patience,
    ) -> None:
        self._scorer, self._cache, self._listener, self._patience = scorer, cache, progress, patience
        self._limiter = limiter or Limiter(scorer.terms)
        self._table = Table(scorer, criteria, pages)
        self._saver = Saver(cache, self._table.info, self._table.keys, self._saved, self._fail)
        self.asker = Asker(
            scorer, self._table.texts, self._table.sizes, self._limiter, patience, self._saver.add, self._sent
        )
        self._packing = Packing([], [], scorer.terms)
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._failure: BaseException | None = None
        self._deaf = False
        """The listener raised."""
        self._done = self._open = 0
        self._last_reason, self._alike = "", 0
        self.stopped = ""

    async def outcomes(self) -> AsyncGenerator[Outcome, None]:
        try:
            await self._begin()
            for criterion in self._table.criteria:
                await self._until(self._table.questions[criterion.digest])
                for outcome in self._table.outcomes(criterion, self.stopped):
                    yield outcome
        finally:
            await self._close()

    async def _begin(self) -> None:
        table, most = self._table, self._scorer.terms.request_bytes
        await asyncio.to_thread(table.fill, self._cache)
        self._done = table.answered()
        asked: list[tuple[Question, list[int]]] = []
        for question in table.questions.values():
            missing = table.missing(question)
            self._open += len(missing)
            long = {p for p in missing if most is not None and question.base + table.sizes[p] > most}
            if long:
                self._saver.add(Call(question, sorted(long), 0), [(place, TOO_LONG) for place in sorted(long)])
            asked.append((question, [place for place in missing if place not in long]))
        self._packing = Packing(asked, table.sizes, self._scorer.terms)
        self._report()
        if self._open and not self._failure:
            self._start(self._dispatch)
            self._start(self._tick)

    async def _until(self, question: Question) -> None:
        """Return when the question is answered for all texts, or when the run has stopped. Raises what ended it."""
        while question.open and not self._failure and not self.stopped:
            self._news.clear()
            await self._news.wait()
        if self.stopped and not self._failure:
            await self._quiet()
        if self._failure:
            raise self._failure

    async def _quiet(self) -> None:
        """Cancel all that is in flight and await it; then nothing is left that was answered and is not kept."""
        if self._tasks:
            self._cancel()
            await asyncio.wait(self._tasks)
        await self._saver.finish()
        if self._open and not self._deaf:
            self._tell()

    async def _close(self) -> None:
        failure = self._failure
        try:
            await self._quiet()
            if self._failure is not failure:
                _log_late(self._failure)
        finally:
            await self._scorer.aclose()

    async def _dispatch(self) -> None:
        """Start calls as long as there is something to ask, as many at once as the limiter allows."""
        while self._packing:
            call, lease = await self._next_call()
            self._start(self._serve, call, lease).add_done_callback(partial(self._over, lease))

    def _over(self, lease: Lease, _task: asyncio.Task[None]) -> None:
        self._limiter.dropped(lease)  # Where the task was cancelled before it began, nobody else says so.
        self._limiter.leave()

    async def _next_call(self) -> tuple[Call, Lease]:
        cut: list[Call] = []

        def take(room: int | None, calls: int | None) -> int:
            cut.append(self._packing.cut(room, calls))
            return cut[0].size

        lease = await self.asker.grant(self._packing.next_size, take)
        return cut[0], lease

    async def _serve(self, call: Call, lease: Lease) -> None:
        reason = await self.asker.finish(call, lease)
        self._alike = self._alike + 1 if reason and reason == self._last_reason else int(bool(reason))
        self._last_reason = reason
        if self._alike >= self._patience.alike:
            again = f"This came {self._alike} times in a row, so scoring stopped; what was answered is kept."
            self._stop(f"{reason.rstrip('.')}. {again}")

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._patience.tick)
            self._report()

    def _start(self, work: Callable[..., Coroutine[Any, Any, None]], *about: object) -> asyncio.Task[None]:
        async def guarded() -> None:
            try:
                await work(*about)
            except ScorerUnusable as error:
                self._stop(str(error))
            except Exception as error:
                self._fail(error)

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _saved(self, batch: Batch) -> None:
        for call, answers in batch:
            question = call.question
            for place, answer in answers:
                if question.answers[place] is None:
                    if isinstance(answer, float):
                        self._done += self._table.copies[place] * question.criteria
                    question.open -= 1
                    self._open -= 1
                question.answers[place] = answer
        self._news.set()
        self._report()

    def _sent(self) -> None:
        # Soon, when the call has gone out: if the listener raises then, all that it was told of was sent.
        asyncio.get_running_loop().call_soon(self._report)

    def _report(self) -> None:
        if self._failure is None:
            self._tell()

    def _tell(self) -> None:
        progress = Progress(
            self._done,
            self._table.pairs(),
            self.asker.spending.total,
            rate(self.asker),
            seconds_left(self._open, self._packing.bytes, self.asker, self._limiter),
            waiting(self.asker, self._limiter) if self._open and not self.stopped else "",
            self.stopped,
        )
        try:
            self._listener(progress)
        except BaseException as error:  # Whatever it is, it must not leave calls in flight behind.
            self._deaf = True
            if self._failure is None:
                self._fail(error)

    def _stop(self, sentence: str) -> None:
        """Ask nothing more. What was not asked becomes a gap for this reason, which is not kept."""
        if not self.stopped:
            self.stopped = sentence or NO_REASON
            self._end()
            self._report()

    def _fail(self, error: BaseException) -> None:
        """End with this error; the first one counts."""
        if self._failure is None:
            self._failure = error
            self._end()
        else:
            _log_late(error)

    def _end(self) -> None:
        self._cancel()
        self._news.set()

    def _cancel(self) -> None:
        own = asyncio.current_task()
        for task in self._tasks:
            if task is not own:
                task.cancel()


def _log_late(error: BaseException | None) -> None:
    """For an error that nobody is told of. The type alone: the message of a foreign error may quote text of a page."""
    kind = type(error).__name__
    logger.warning("While scoring was ending: %s. Answers that are not kept will be asked again.", kind)
