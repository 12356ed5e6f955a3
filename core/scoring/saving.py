"""Answers into the cache, off the event loop, one transaction after the other."""

import asyncio
from collections.abc import Callable

from core.domain import ScorerInfo
from core.scoring.answers import Answer, AnswerCache
from core.scoring.asking import Answers
from core.scoring.packing import Call

Batch = list[tuple[Call, Answers]]


class Saver:
    """Keeps what arrives while one transaction is written for the next one."""

    def __init__(
        self,
        cache: AnswerCache,
        info: ScorerInfo,
        keys: list[str],
        saved: Callable[[Batch], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._cache, self._info, self._keys = cache, info, keys
        self._saved, self._failed = saved, failed
        self._waiting: Batch = []
        self._writing: asyncio.Future[None] | None = None

    def add(self, call: Call, answers: Answers) -> None:
        self._waiting.append((call, answers))
        if self._writing is None:
            self._write()

    async def finish(self) -> None:
        """Wait until all that was added is kept, or keeping it failed."""
        while self._writing is not None:
            await asyncio.wait([self._writing])

    def _write(self) -> None:
        batch, self._waiting = self._waiting, []
        rows: list[tuple[str, str, Answer]] = [
            (call.question.key, self._keys[place], answer) for call, answers in batch for place, answer in answers
        ]
        # Not a task: what is being written is never cut off when the run is cancelled.
        self._writing = asyncio.get_running_loop().run_in_executor(None, self._cache.save_answers, self._info, rows)
        self._writing.add_done_callback(lambda future: self._written(batch, future))

    def _written(self, batch: Batch, future: asyncio.Future[None]) -> None:
        self._writing = None
        error = future.exception()
        if error is not None:
            self._waiting.clear()
            self._failed(error)
            return
        if self._waiting:
            self._write()
        self._saved(batch)
