"""How much a rerank server takes on, and when: its options, the hosted limits, the slots of a server of one's own."""

import heapq
import time
from dataclasses import dataclass
from typing import Literal

from tests.benchmarks.faults import Fault

Mode = Literal["fast", "slow"]
Wrong = Literal["", "raw", "double", "template", "tiny"]


@dataclass(frozen=True)
class Options:
    """How the server behaves. Durations are unscaled seconds, shares are of all requests in [0, 1]."""

    scale: float = 1.0
    window_seconds: float = 15.0
    fast_bytes: int = 125_000
    """Metered bytes in one window that are answered fast."""
    window_bytes: int = 1_250_000
    """Metered bytes in one window, fast and slow together."""
    window_requests: int = 250
    fast_seconds: float = 0.5
    slow_seconds: float = 10.0
    retry_after: bool = True
    """Whether a 429 for the limits says how long to wait."""
    slots: int = 0
    """Requests worked on at a time; 0: the hosted limits."""
    pair_seconds: float = 0.047
    """In a slot; with 8 slots 170 pairs a second, as one H100 with vLLM."""
    overhead_seconds: float = 0.010
    """In a slot, for each request."""
    key: str = ""
    """Asked as a bearer token; 401 without it. "": anybody may ask."""
    model: str = "zerank-2"
    """404 for another model."""
    wrong: Wrong = ""
    """How the scores are wrong, with status 200: as raw logits, after a second sigmoid, as without the chat template,
    or all about 1e-20."""
    seed: int = 0
    errors: float = 0.0
    """Share answered with 500, 502 or 503."""
    stalls: float = 0.0
    """Share held for `stall_seconds`, then answered."""
    stall_seconds: float = 600.0
    malformed: float = 0.0
    """Share whose 200 makes no sense."""
    drops: float = 0.0
    """Share whose connection breaks in the middle of the answer."""
    throttles: float = 0.0
    """Share answered with 429 for no reason and without Retry-After."""

    @property
    def shares(self) -> dict[Fault, float]:
        return {
            "error": self.errors,
            "stall": self.stalls,
            "malformed": self.malformed,
            "drop": self.drops,
            "throttle": self.throttles,
        }


class Windows:
    """The hosted limits, in windows that start when the server does."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._length = options.window_seconds / options.scale
        self._start = time.monotonic()
        self.number = 0
        self._fast = self._bytes = self._requests = 0

    def admit(self, size: int, latency: str | None) -> Literal["fast", "slow"] | None:
        """How a request of `size` metered bytes is answered; None: not in this window."""
        number = int((time.monotonic() - self._start) / self._length)
        if number != self.number:
            self.number, self._fast, self._bytes, self._requests = number, 0, 0, 0
        options = self._options
        if self._requests >= options.window_requests or self._bytes + size > options.window_bytes:
            return None
        fast = latency != "slow" and self._fast + size <= options.fast_bytes
        if latency == "fast" and not fast:
            return None
        self._requests += 1
        self._bytes += size
        self._fast += size if fast else 0
        return "fast" if fast else "slow"

    def seconds_left(self) -> float:
        return self._length - (time.monotonic() - self._start) % self._length


class Slots:
    """Requests worked on at a time, first come first served; each slot is taken over the moment it is free."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._free = [0.0] * options.slots

    def take(self, pairs: int) -> tuple[float, float]:
        """(seconds of work, time on the monotonic clock when it is done)."""
        work = (self._options.overhead_seconds + pairs * self._options.pair_seconds) / self._options.scale
        done = max(time.monotonic(), self._free[0]) + work
        heapq.heapreplace(self._free, done)
        return work, done
