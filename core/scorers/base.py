"""What every scorer is: the protocol, its replies, and the terms on which it may be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain import NO_USAGE, Criterion, ScorerInfo, Usage


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one call."""

    scores: list[float]
    """One for each text, in [0, 1], in the order of the texts."""
    usage: Usage = NO_USAGE
    """What this one call cost."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a scorer may be asked, and what it costs. None means without a limit."""

    texts: int | None = None
    """Most texts in one call, >= 1."""
    request_bytes: int | None = None
    """Most metered bytes in one call."""
    at_once: int = 1
    """Calls in flight at the same time, >= 1."""
    window_seconds: float = 15.0
    """How often the two limits below are refreshed."""
    window_bytes: int | None = None
    """Metered bytes in one window."""
    window_requests: int | None = None
    seconds: float | None = None
    """Longest wait for one answer."""
    price: float = 0.0
    """Dollars for a million tokens."""


class Scorer(Protocol):
    """Answers for one question and some texts at a time. Safe to share between threads."""

    @property
    def info(self) -> ScorerInfo:
        """What the answers come from; its fingerprint changes whenever they would."""
        ...

    @property
    def terms(self) -> Terms: ...

    @property
    def checkable(self) -> bool:
        """Whether right answers are known for it, so that `check` proves something."""
        ...

    def phrase(self, criterion: Criterion) -> str:
        """The criterion as this scorer is asked: its question with the instruction worked in."""
        ...

    async def score(self, question: str, texts: Sequence[str]) -> Reply:
        """One score in [0, 1] for each text, in the order of `texts`.

        `question` is what `phrase` gave. An answer depends on the question and on that one text. Raises ScorerError
        and nothing else.
        """
        ...

    async def check(self) -> None:
        """Ask something whose answer is known, and send no page. Raises ScorerError, WrongScores for a wrong answer.

        What is not `checkable` is asked whether it answers, if that can go wrong.
        """
        ...

    async def aclose(self) -> None:
        """Give back what the running event loop holds for this scorer: connections. It may be asked again later."""
        ...


METERED_OVERHEAD = 150
"""Bytes that the hosted contract adds for each document."""


def metered(question: str, text: str) -> int:
    """Bytes that the hosted contract counts for one pair."""
    return METERED_OVERHEAD + len(question.encode()) + len(text.encode())
