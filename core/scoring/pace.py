"""How far a run is, how fast it goes, and what it waits for."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.domain import NO_USAGE, Usage
from core.scoring.asking import Asker
from core.scoring.limiter import Limiter

_LONG = 5.0
OTHERS_SECONDS = 2.0
"""Held for longer, a run waits for others."""
"""Seconds without any answer that are worth a word."""
_SHORT = 0.1
"""Seconds that a rate is measured over at least."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands."""

    done: int
    """Pairs with a score that is kept, also from before this run, and those of unreadable pages, for which nothing is
    ever asked. A pair that the scorer gave no score for is not done."""
    total: int
    """Pairs in all."""
    usage: Usage = NO_USAGE
    """What this run has cost, with an estimate for the calls that are still in flight. The last report before a run
    ends, however it ends, holds all that was sent."""
    rate: float | None = None
    """Scores a second from the first call to the last reply; None before there is one. Pages with equal text count
    once."""
    seconds_left: float | None = None
    """An estimate by the rate and the limits; None while it is not known."""
    waiting: str = ""
    """Why nothing moves, as a sentence with its full stop; "" while it does."""
    stopped: str = ""
    """Why the run ended early, as a sentence; "" otherwise."""


Listener = Callable[[Progress], None]
"""Called on the event loop's thread; what it raises ends the run."""


def no_listener(_progress: Progress) -> None:
    """Nobody wants to know."""


def rate(asker: Asker) -> float | None:
    if asker.began is None or not asker.answered:
        return None
    # To the last reply, not to now: while one slow answer is awaited, the run has not become slower.
    return asker.answered / max(asker.last_news - asker.began, _SHORT)


def seconds_left(open_pairs: int, unsent_bytes: int, asker: Asker, limiter: Limiter) -> float | None:
    """Seconds until `open_pairs` are answered, of which `unsent_bytes` were not sent yet; None before the first score.

    Where the limits make the run wait, it is never less than they take, and one reply. In the run's first window it is
    exactly that: what comes in bursts, a window each, has no rate yet.
    """
    if not open_pairs:
        return 0.0
    speed = rate(asker)
    if speed is None:
        return None
    limited = limiter.seconds_for(unsent_bytes)
    if not limited:
        return open_pairs / speed
    least = limited + asker.reply_seconds / max(asker.replies, 1)
    return least if asker.in_first_window else max(least, open_pairs / speed)


def waiting(asker: Asker, limiter: Limiter) -> str:
    if asker.first_tries:
        return "Waiting for an answer." if time.monotonic() - asker.last_news > _LONG else ""
    if asker.retrying:
        return "No answer; trying again."
    if not asker.held:
        return ""
    if not asker.open and limiter.full:
        # Between two calls of its own a run is held for a moment, too.
        others = time.monotonic() - asker.last_news > OTHERS_SECONDS
        return "Waiting for another case that asks the same scorer." if others else ""
    seconds = limiter.seconds_until_open()
    return f"The server takes more in {f'about {seconds:.0f} s' if seconds >= 1 else 'a moment'}."
