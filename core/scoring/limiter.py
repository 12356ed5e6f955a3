"""The limits of an endpoint, kept by all runs that ask it: so many calls at once, so many in each window of time."""

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from core.scorers.base import Terms

_MARGIN = 0.01
"""Share of a window that is waited on top, so that no call arrives in the window before."""
_FIRST_PROBE, _PROBE = 0.01, 0.1
"""Shares of a window between two tries while the endpoint refuses and does not say for how long: the first, from which
it doubles, and the longest. A try that was not refused within the longest counts as let in, answered or not."""
_LONGEST_BLOCK = 3600.0
"""Seconds that an endpoint's own word is followed for at most."""
_RATIOS = (0.1, 10.0)

Cut = Callable[[int | None, int | None], int]
"""Given the metered bytes and the calls that may be used (None: any number), takes a call and says its bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Lease:
    """Leave to make one call now."""

    at: float
    """Monotonic seconds."""
    size: int
    """Metered bytes, as counted here."""
    charged: int
    """What was put down for it: as the endpoint is expected to count."""
    window: int


class Limiter:
    """Share one between all runs that ask the same endpoint, in whatever threads. Windows begin with their first call.

    Together the runs have no more calls at the same time than the terms allow. New calls are served in the order in
    which they were asked for; a run that asks for one at a time takes turns with the others, however much it has left.

    Where the endpoint refuses all the same, everybody waits: as long as it says, or until a single call that is tried
    now and then is let in. A new window begins with that call.
    """

    def __init__(self, terms: Terms) -> None:
        self._seconds, self._bytes, self._calls = terms.window_seconds, terms.window_bytes, terms.window_requests
        self._at_once, self._in_flight = terms.at_once, 0
        self._turns: deque[object] = deque()
        """Those who wait for a new call; the first is served next."""
        self._lock = threading.Lock()
        self._sleepers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._window, self._since = 0, -math.inf
        self._used_bytes = self._used_calls = 0
        self._claimed_bytes = self._claimed_calls = 0
        self._estimated = self._counted = 0
        self._blocked_until: float | None = None
        self._told = False
        """The endpoint said until when it refuses."""
        self._probe: Lease | None = None
        self._probe_after = _FIRST_PROBE
        self._reopened = -math.inf

    async def grant(self, smallest: int, cut: Cut) -> Lease:
        """Wait until a pair of `smallest` metered bytes may be asked, then have `cut` take what fits.

        The call keeps its place among those at the same time until `leave`, also while it is made again. A pair that
        is larger than a window has one to itself. `cut` is called once, under the limiter's lock.
        """
        turn = object()
        with self._lock:
            self._turns.append(turn)
        try:
            return await self._wait(lambda: self._try_in_turn(turn, smallest, cut))
        finally:
            with self._lock:
                self._turns.remove(turn)
                self._wake()

    def leave(self) -> None:
        """A call that had leave from `grant` is over, however it ended: its place is free. To be called once for it."""
        with self._lock:
            self._in_flight -= 1
            self._wake()

    @property
    def full(self) -> bool:
        """Whether as many calls are made as may be at the same time."""
        with self._lock:
            return self._in_flight >= self._at_once

    async def grant_again(self, size: int) -> Lease:
        """Wait until a call of `size` metered bytes that was cut before may be made; it goes before new ones."""
        claim = self._charge(size) if self._bytes is None else min(self._charge(size), self._bytes)
        with self._lock:
            self._claimed_bytes += claim
            self._claimed_calls += 1
        try:
            return await self._wait(lambda: self._try(size, lambda _bytes, _calls: size, claimed=True))
        finally:
            with self._lock:
                self._claimed_bytes -= claim
                self._claimed_calls -= 1
                self._wake()

    def passed(self, lease: Lease, counted: int) -> None:
        """The call was answered; `counted` are its bytes as the endpoint counts them, 0 where it does not."""
        with self._lock:
            if counted > 0 and lease.size > 0:
                self._estimated += lease.size
                self._counted += counted
                if lease.window == self._window:
                    self._used_bytes = max(0, self._used_bytes + counted - lease.charged)
            if lease is self._probe:
                self._reopen(lease.at)
                self._wake()
            elif 0 < counted < lease.charged:
                self._wake()
            if self._blocked_until is None:
                self._probe_after = _FIRST_PROBE

    def refused(self, lease: Lease, retry_after: float | None) -> None:
        """The endpoint refused the call as too much for now. `retry_after`: seconds, where it said so."""
        now = time.monotonic()
        with self._lock:
            probe = lease is self._probe
            if probe:
                self._probe = None
            if retry_after is not None:
                until = now + min(max(0.0, retry_after), _LONGEST_BLOCK) + self._seconds * _MARGIN
            else:
                until = now + self._seconds * self._probe_after
            if self._blocked_until is None:
                # Sent before the endpoint opened again: says nothing about the window that began then.
                block = lease.at >= self._reopened
            else:
                block = probe or (retry_after is not None and until > self._blocked_until)
            if block:
                self._blocked_until, self._told = until, retry_after is not None
                self._probe_after = min(2 * self._probe_after, _PROBE)
                self._wake()

    def dropped(self, lease: Lease) -> None:
        """The call ended without a word about the limits. A no-op for a call that passed or was refused."""
        with self._lock:
            if lease is not self._probe:
                return
            self._probe = None
            self._blocked_until = time.monotonic() + self._seconds * _PROBE
            self._wake()

    def seconds_until_open(self) -> float:
        """Seconds until the next call may be made, as far as is known; 0 when nothing is known."""
        now = time.monotonic()
        with self._lock:
            opens = self._blocked_until if self._blocked_until is not None else self._ends()
        return max(0.0, opens - now)

    def seconds_for(self, size: int) -> float:
        """The shortest time in which `size` more metered bytes can be sent, in seconds."""
        if self._bytes is None or size <= 0:
            return 0.0
        now = time.monotonic()
        with self._lock:
            size = self._charge(size)
            rest, left = self._ends() - now, self._bytes - self._used_bytes
            if self._blocked_until is not None:
                rest, left = self._blocked_until - now, 0
            elif rest <= 0:
                rest, left = self._seconds, self._bytes
        if size <= left:
            return 0.0
        windows = math.ceil((size - max(0, left)) / self._bytes)
        return max(0.0, rest) + (windows - 1) * self._seconds

    async def _wait(self, attempt: Callable[[], Lease | float]) -> Lease:
        loop = asyncio.get_running_loop()
        while True:
            woken = asyncio.Event()
            with self._lock:
                found = attempt()
                if isinstance(found, Lease):
                    return found
                self._sleepers.add((loop, woken))
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(None if math.isinf(found) else found):
                        await woken.wait()
            finally:
                with self._lock:
                    self._sleepers.discard((loop, woken))

    def _wake(self) -> None:
        for loop, woken in self._sleepers:
            with suppress(RuntimeError):  # That loop has ended, and with it whoever slept there.
                loop.call_soon_threadsafe(woken.set)

    def _try_in_turn(self, turn: object, smallest: int, cut: Cut) -> Lease | float:
        if self._turns[0] is not turn or self._in_flight >= self._at_once:
            return math.inf
        found = self._try(smallest, cut, claimed=False)
        self._in_flight += isinstance(found, Lease)
        return found

    def _try(self, smallest: int, cut: Cut, *, claimed: bool) -> Lease | float:
        """A lease, or the seconds after which another try makes sense, unless somebody wakes us before."""
        now = time.monotonic()
        if self._probe is not None:
            undecided = self._probe.at + self._seconds * _PROBE - now
            if undecided > 0:
                return undecided
            self._reopen(self._probe.at)
        probe = False
        if self._blocked_until is not None:
            if now < self._blocked_until:
                return self._blocked_until - now
            probe = not self._told
            # A refusal that is over with the first try was about something else than the window, which goes on.
            if self._told or self._probe_after > 2 * _FIRST_PROBE:
                self._since = -math.inf
        if now >= self._ends():
            self._window, self._since = self._window + 1, now
            self._used_bytes = self._used_calls = 0
        others = (0, 0) if claimed else (self._claimed_bytes, self._claimed_calls)
        room = None if self._bytes is None else self._bytes - self._used_bytes - others[0]
        calls = None if self._calls is None else self._calls - self._used_calls - others[1]
        if not self._fits(smallest, room, calls, claimed):
            return max(self._ends() - now, 0.001)
        return self._lease(now, smallest, cut, room, calls, probe=probe)

    def _lease(self, now: float, smallest: int, cut: Cut, room: int | None, calls: int | None, *, probe: bool) -> Lease:
        size = cut(None if room is None else max(smallest, int(room / self._ratio())), calls)
        charged = self._charge(size)
        self._used_bytes += charged
        self._used_calls += 1
        lease = Lease(now, size, charged, self._window)
        if probe:
            self._probe = lease
        elif self._blocked_until is not None:
            self._reopen(now)
        return lease

    def _reopen(self, at: float) -> None:
        """The endpoint takes calls again; its new window began with the one made at `at`."""
        self._probe, self._blocked_until, self._reopened = None, None, at

    def _fits(self, smallest: int, room: int | None, calls: int | None, claimed: bool) -> bool:
        if calls is not None and calls < 1:
            return False
        if room is None or self._bytes is None:
            return True
        size = self._charge(smallest)
        alone = size > self._bytes and self._used_calls == 0 and (claimed or not self._claimed_calls)
        return size <= room or alone

    def _ends(self) -> float:
        return self._since + self._seconds * (1 + _MARGIN)

    def _ratio(self) -> float:
        """Bytes as the endpoint counts them for each byte counted here."""
        if not self._estimated:
            return 1.0
        return min(max(self._counted / self._estimated, _RATIOS[0]), _RATIOS[1])

    def _charge(self, size: int) -> int:
        return math.ceil(size * self._ratio())
