"""The engine: pairs of page and criterion -> outcomes. Resume is the cache: what was answered is never asked again.

Every answer is stored before it is reported, and every pair yields exactly one outcome.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Protocol

from core.domain import Criterion, Gap, Outcome, Page, Score, ScorerInfo, digest
from core.errors import ScorerError
from core.scorers import Scorer

UNREADABLE = "This page could not be read"

Progress = Callable[[int, int], None]
"""Called with (pairs done, pairs in all)."""


class AnswerCache(Protocol):
    """Where answers are kept, by (fingerprint, question digest, text digest); a str is the reason of a gap."""

    def answers(
        self, fingerprint: str, questions: Sequence[str], texts: Sequence[str]
    ) -> dict[tuple[str, str], float | str]: ...

    def save_answers(self, fingerprint: str, answers: Sequence[tuple[str, str, float | str]]) -> None: ...


def text_keys(info: ScorerInfo, pages: Sequence[Page]) -> list[str]:
    """What each page's answer is stored under: its text, and for a scorer of scope "case" that of the other pages."""
    texts = [page.digest for page in pages]
    if info.scope == "page":
        return texts
    case = digest(*texts)
    return [digest(case, text) for text in texts]


def question_text(criterion: Criterion) -> str:
    """The criterion as a scorer without an instruction field gets it."""
    return f"{criterion.question}\n{criterion.instruction}" if criterion.instruction else criterion.question


def known_outcomes(
    info: ScorerInfo, criteria: Iterable[Criterion], pages: Sequence[Page], cache: AnswerCache
) -> list[Outcome]:
    """What the cache holds, without asking anybody. A pair that was never asked has no outcome, an unreadable page has
    a gap for every criterion."""
    criteria, keys = list(criteria), text_keys(info, pages)
    answers = cache.answers(info.fingerprint, [c.digest for c in criteria], sorted(set(keys)))
    return [
        _outcome(info, criterion, page, answers[criterion.digest, key] if page.readable else UNREADABLE)
        for criterion in criteria
        for page, key in zip(pages, keys, strict=True)
        if not page.readable or (criterion.digest, key) in answers
    ]


async def score_pages(
    scorer: Scorer,
    criteria: Sequence[Criterion],
    pages: Sequence[Page],
    *,
    cache: AnswerCache,
    progress: Progress = lambda _done, _total: None,
) -> AsyncIterator[Outcome]:
    """Exactly one outcome per pair, criterion by criterion, pages in their order.

    Only what the cache lacks is asked, and a gap in the cache is asked again; pages with the same text are asked once.
    A scorer that fails, or answers with too few, non-finite or out-of-range numbers, leaves gaps.
    """
    info, keys = scorer.info, text_keys(scorer.info, pages)
    answers = cache.answers(info.fingerprint, [c.digest for c in criteria], sorted(set(keys)))
    total = len(criteria) * len(pages)
    for n, criterion in enumerate(criteria, start=1):
        missing = {
            key: page.text
            for page, key in zip(pages, keys, strict=True)
            if page.readable and not isinstance(answers.get((criterion.digest, key)), float)
        }
        if missing:
            fresh = await _ask(scorer, criterion, missing)
            cache.save_answers(info.fingerprint, [(criterion.digest, key, value) for key, value in fresh.items()])
            answers.update({(criterion.digest, key): value for key, value in fresh.items()})
        for page, key in zip(pages, keys, strict=True):
            yield _outcome(info, criterion, page, answers[criterion.digest, key] if page.readable else UNREADABLE)
        progress(n * len(pages), total)


def score_all(
    scorer: Scorer,
    criteria: Sequence[Criterion],
    pages: Sequence[Page],
    *,
    cache: AnswerCache,
    progress: Progress = lambda _done, _total: None,
) -> list[Outcome]:
    """As `score_pages`, to the end, from a thread that has no event loop."""

    async def collect() -> list[Outcome]:
        return [o async for o in score_pages(scorer, criteria, pages, cache=cache, progress=progress)]

    return asyncio.run(collect())


async def _ask(scorer: Scorer, criterion: Criterion, texts: dict[str, str]) -> dict[str, float | str]:
    """Text key -> score, or the reason why there is none."""
    try:
        values = await scorer.score(question_text(criterion), list(texts.values()))
    except ScorerError as error:
        return dict.fromkeys(texts, str(error))
    if len(values) != len(texts):
        return dict.fromkeys(texts, f"The scorer answered {len(values)} of {len(texts)} pages")
    return {key: _checked(value) for key, value in zip(texts, values, strict=True)}


def _checked(value: float) -> float | str:
    """A score only when it is one: a wrong number would pass for a judgement."""
    if math.isfinite(value) and 0 <= value <= 1:
        return float(value)
    return f"The scorer answered {value}, which is not between 0 and 1"


def _outcome(info: ScorerInfo, criterion: Criterion, page: Page, answer: float | str) -> Outcome:
    if isinstance(answer, str):
        return Gap(page.ref, criterion.id, info.fingerprint, answer)
    return Score(page.ref, criterion.id, info.fingerprint, answer)
