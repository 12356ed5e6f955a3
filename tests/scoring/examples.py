"""A scorer with a script and a cache in memory, which the tests of the engine share."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from core.domain import Criterion, Outcome, Page, PageRef, ScorerInfo, Usage
from core.errors import StoreError
from core.scorers.base import Reply, Terms, metered
from core.scoring import Limiter, Listener, Patience, Progress, score_pages

CRITERIA = [Criterion("A", "Is asthma documented?"), Criterion("B", "Has oxygen been tried?", "At rest only")]
INFO = ScorerInfo("scripted", "m", "1", "none", sends_text_to="scorer.example")
QUICK = Patience(pause=0.002, longest_pause=0.01, tick=0.01)
"""The pauses of a run, in milliseconds instead of seconds."""

Step = list[float] | Exception | None
"""Scores, an error, or None: as it behaves."""
Behaviour = Callable[[str, Sequence[str]], Awaitable[Reply]]


def pages(*texts: str | None) -> list[Page]:
    """A page per text; None is a page that could not be read."""
    return [
        Page(PageRef("d" * 64, n), text or "", source="text" if text is not None else "none")
        for n, text in enumerate(texts, start=1)
    ]


def many(count: int, size: int = 20) -> list[Page]:
    """Pages with texts of `size` bytes that are all different."""
    return pages(*(f"{n:0{size}d}" for n in range(count)))


def questions(count: int) -> list[Criterion]:
    return [Criterion(f"c{n}", f"Question {n:04d}?") for n in range(count)]


def right(text: str) -> float:
    """The score that the scripted scorers give a text for every question."""
    return (sum(text.encode()) % 997) / 1000


class ScriptedScorer:
    """Answers from a queue, then rightly; keeps what it was asked and whether anything is still in flight."""

    def __init__(self, *script: Step, terms: Terms = Terms(), behaviour: Behaviour | None = None) -> None:  # noqa: B008
        self.script, self.asked = list(script), list[tuple[str, list[str]]]()
        self.info, self.terms, self.behaviour = INFO, terms, behaviour
        self.checkable = True
        self.entered = self.left = self.closed = 0
        self.most_at_once = 0

    def phrase(self, criterion: Criterion) -> str:
        return f"{criterion.question}\n{criterion.instruction}" if criterion.instruction else criterion.question

    async def score(self, question: str, texts: Sequence[str]) -> Reply:
        self.asked.append((question, list(texts)))
        self.entered += 1
        self.most_at_once = max(self.most_at_once, self.entered - self.left)
        try:
            if self.script:
                step = self.script.pop(0)
                if isinstance(step, Exception):
                    raise step
                if step is not None:
                    return Reply(step)
            if self.behaviour:
                return await self.behaviour(question, texts)
            return answer(question, texts)
        finally:
            self.left += 1

    async def check(self) -> None:
        """Always right."""

    async def aclose(self) -> None:
        assert self.entered == self.left, "closed while calls are in flight"
        self.closed += 1

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(question, text) for question, texts in self.asked for text in texts]


def answer(question: str, texts: Sequence[str]) -> Reply:
    size = sum(metered(question, text) for text in texts)
    return Reply([right(text) for text in texts], Usage(1, size, size // 4, size / 1e9))


def after(seconds: float) -> Behaviour:
    """Right answers, each call after so many seconds."""

    async def behave(question: str, texts: Sequence[str]) -> Reply:
        await asyncio.sleep(seconds)
        return answer(question, texts)

    return behave


class Memory:
    """A cache that keeps its answers in a dict, and can break."""

    def __init__(self, *, breaks_after: int | None = None) -> None:
        self.kept: dict[tuple[str, str, str], float | str] = {}
        self.saves = 0
        self._breaks_after = breaks_after
        self._lock = threading.Lock()

    def answers(
        self, fingerprint: str, questions: Sequence[str], texts: Sequence[str]
    ) -> dict[tuple[str, str], float | str]:
        wanted = {(fingerprint, q, t) for q in questions for t in texts}
        with self._lock:
            return {key[1:]: value for key, value in self.kept.items() if key in wanted}

    def save_answers(self, info: ScorerInfo, answers: Sequence[tuple[str, str, float | str]]) -> None:
        with self._lock:
            self.saves += 1
            if self._breaks_after is not None and self.saves > self._breaks_after:
                raise StoreError("The disk is full.")
            self.kept.update({(info.fingerprint, q, t): value for q, t, value in answers})

    @property
    def scores(self) -> int:
        return sum(isinstance(value, float) for value in self.kept.values())


class Log:
    """A listener that keeps all reports, and may raise at one of them."""

    def __init__(self, raises: Exception | None = None, at: int = 0) -> None:
        self.reports: list[Progress] = []
        self._raises, self._at = raises, at

    def __call__(self, progress: Progress) -> None:
        self.reports.append(progress)
        if self._raises and progress.done >= self._at:
            raise self._raises

    @property
    def last(self) -> Progress:
        return self.reports[-1]

    @property
    def waits(self) -> set[str]:
        return {report.waiting for report in self.reports}


def score(
    scorer: ScriptedScorer,
    cache: Memory,
    of: list[Page],
    criteria: list[Criterion] | None = None,
    *,
    progress: Listener | None = None,
    limiter: Limiter | None = None,
    patience: Patience = QUICK,
) -> list[Outcome]:
    """Score to the end, and see that nothing is left in flight."""
    log, closed = progress or Log(), scorer.closed

    async def run() -> list[Outcome]:
        wanted = CRITERIA[:1] if criteria is None else criteria
        outcomes = score_pages(scorer, wanted, of, cache=cache, progress=log, limiter=limiter, patience=patience)
        return [outcome async for outcome in outcomes]

    try:
        return asyncio.run(run())
    finally:
        assert scorer.entered == scorer.left
        assert scorer.closed == closed + 1


def case_scope(scorer: ScriptedScorer) -> ScriptedScorer:
    scorer.info = replace(scorer.info, scope="case")
    return scorer
