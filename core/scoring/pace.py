"""How far a run is, how fast it goes, and what it waits for."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.domain import NO_USAGE, Usage
from core.scoring.asking import Asker
from core.scoring.limiter import Limiter

_LONG = 5.0
"""Seconds without any answer that are worth a word."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands."""

    done: int
    """Pairs with an outcome that is kept, those known before and those of unreadable pages included."""
    total: int
    """Pairs in all."""
    usage: Usage = NO_USAGE
    """What this run has cost, with an estimate for the calls that are still in flight. The last report before a run
    ends, however it ends, holds all that was sent."""
    rate: float | None = None
    """Answers a second since the first call; None before there is one. Pages with equal text count once."""
    seconds_left: float | None = None
    """An estimate by the rate and the limits; None while it is not known."""
    waiting: str = ""
    """Why nothing moves, as a sentence; "" while it does."""
    stopped: str = ""
    """Why the run ended early, as a sentence; "" otherwise."""


Listener = Callable[[Progress], None]
"""Called on the event loop's thread; what it raises ends the run."""


def no_listener(_progress: Progress) -> None:
    """Nobody wants to know."""


def rate(asker: Asker) -> float | None:
    if asker.began is None or not asker.answered:
        return None
    return asker.answered / max(time.monotonic() - asker.began, 1e-6)


def seconds_left(open_pairs: int, unsent_bytes: int, answers_a_second: float | None, limiter: Limiter) -> float | None:
    """`open_pairs` without an answer, of which `unsent_bytes` were not asked yet."""
    if not open_pairs:
        return 0.0
    if answers_a_second is None:
        return None
    return max(open_pairs / answers_a_second, limiter.seconds_for(unsent_bytes))


def waiting(asker: Asker, limiter: Limiter) -> str:
    if asker.first_tries:
        return "Waiting for an answer" if time.monotonic() - asker.last_news > _LONG else ""
    if asker.retrying:
        return "No answer, trying again"
    if not asker.held:
        return ""
    if not asker.open and limiter.full:
        return "Waiting for another case that asks the same scorer"
    seconds = limiter.seconds_until_open()
    about = f", about {seconds:.0f} s" if seconds >= 1 else ""
    return f"Waiting for the endpoint's limit{about}"
