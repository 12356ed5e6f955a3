"""What a run would ask and cost, before anything is asked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain import Criterion, Page
from core.scorers.base import METERED_OVERHEAD, Scorer, Terms
from core.scoring.answers import AnswerCache, Table


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would ask. What the cache holds is not counted, and equal texts count once."""

    pages: int
    """Different texts that would be sent at least once."""
    pairs: int
    bytes: int
    """Metered."""
    tokens: int
    """An estimate: bytes of question and text / 4."""
    dollars: float
    seconds: float | None
    """The shortest time that the limits allow; None without limits."""


def plan(scorer: Scorer, criteria: Sequence[Criterion], pages: Sequence[Page], cache: AnswerCache) -> Plan:
    """Reads the cache and asks nobody. Raises StoreError."""
    table, terms = Table(scorer, criteria, pages), scorer.terms
    table.fill(cache)
    texts: set[int] = set()
    pairs = size = calls = 0
    for question in table.questions.values():
        places = [
            place
            for place in table.missing(question)
            if terms.request_bytes is None or question.base + table.sizes[place] <= terms.request_bytes
        ]
        texts.update(places)
        pairs += len(places)
        size += question.base * len(places) + sum(table.sizes[place] for place in places)
        calls += math.ceil(len(places) / (terms.texts or max(1, len(places))))
    tokens = (size - METERED_OVERHEAD * pairs) // 4
    return Plan(len(texts), pairs, size, tokens, tokens * terms.price / 1e6, _seconds(terms, size, calls))


def _seconds(terms: Terms, size: int, calls: int) -> float | None:
    """The first window is open at once, so one window fewer is waited for than is filled."""
    windows = [
        math.ceil(amount / limit)
        for amount, limit in ((size, terms.window_bytes), (calls, terms.window_requests))
        if limit is not None
    ]
    return max(0, max(windows) - 1) * terms.window_seconds if windows else None
