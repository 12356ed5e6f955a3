"""The limits hold whoever asks, each window is used up, and a refusal stops everybody until it is over."""

import asyncio
import selectors
import threading
import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.scorers.base import Terms
from core.scoring.limiter import Lease, Limiter

WINDOW = 0.1


def limiter(size: int | None = 1000, calls: int | None = None, window: float = WINDOW) -> Limiter:
    return Limiter(Terms(at_once=1000, window_seconds=window, window_bytes=size, window_requests=calls))


async def take(limits: Limiter, size: int) -> Lease:
    return await limits.grant(size, lambda _room, _calls: size)


async def take_and_see(limits: Limiter, size: int) -> tuple[int | None, int | None]:
    """The bytes and the calls that were allowed when `size` bytes were taken."""
    told: list[tuple[int | None, int | None]] = []

    def cut(room: int | None, calls: int | None) -> int:
        told.append((room, calls))
        return size

    await limits.grant(1, cut)
    return told[0]


def times(leases: list[Lease]) -> list[float]:
    """Seconds since the first."""
    return [round(lease.at - leases[0].at, 3) for lease in leases]


def windows(leases: list[Lease]) -> list[int]:
    """Which window each was put down in, the first being 0."""
    return [lease.window - leases[0].window for lease in leases]


def test_what_fits_a_window_goes_at_once_and_the_rest_in_the_next() -> None:
    async def ask() -> list[Lease]:
        limits = limiter(1000)
        return [await take(limits, 400) for _ in range(5)]

    leases = asyncio.run(ask())
    assert windows(leases) == [0, 0, 1, 1, 2]
    assert times(leases)[2] >= WINDOW
    assert times(leases)[4] >= 2 * WINDOW


def test_whoever_cuts_a_call_is_told_how_much_the_window_still_allows() -> None:
    async def ask() -> list[tuple[int | None, int | None]]:
        limits = limiter(1000, 5)
        return [await take_and_see(limits, size) for size in (300, 300, 400, 300)]

    assert asyncio.run(ask()) == [(1000, 5), (700, 4), (400, 3), (1000, 5)]


def test_the_number_of_calls_in_a_window_is_limited_too() -> None:
    async def ask() -> list[Lease]:
        limits = limiter(None, 2)
        return [await take(limits, 10**9) for _ in range(3)]

    leases = asyncio.run(ask())
    assert windows(leases) == [0, 0, 1]
    assert times(leases)[2] >= WINDOW


def test_without_limits_nobody_waits() -> None:
    async def ask() -> list[Lease]:
        limits = limiter(None)
        return [await take(limits, 10**9) for _ in range(100)]

    assert set(windows(asyncio.run(ask()))) == {0}


def test_a_text_larger_than_a_window_has_a_fresh_one_to_itself() -> None:
    async def ask() -> list[Lease]:
        limits = limiter(1000)
        return [await take(limits, size) for size in (100, 5000, 100)]

    leases = asyncio.run(ask())
    assert windows(leases) == [0, 1, 2]
    assert times(leases)[2] >= 2 * WINDOW


def test_the_next_window_begins_with_its_first_call() -> None:
    async def ask() -> list[Lease]:
        limits = limiter(1000)
        first = await take(limits, 1000)
        await asyncio.sleep(1.7 * WINDOW)
        return [first, await take(limits, 1000), await take(limits, 1000)]

    at = times(asyncio.run(ask()))
    assert at[2] - at[1] >= WINDOW


def test_a_call_that_is_made_again_goes_before_new_ones() -> None:
    async def ask() -> tuple[Lease, Lease]:
        limits = limiter(1000)
        await take(limits, 1000)
        again = asyncio.create_task(limits.grant_again(900))
        await asyncio.sleep(0)
        new = asyncio.create_task(take(limits, 200))
        return await again, await new

    again, new = asyncio.run(ask())
    assert new.at - again.at >= WINDOW


def test_a_claim_that_is_cancelled_leaves_its_room_to_others() -> None:
    async def ask() -> list[Lease]:
        limits = limiter(1000)
        first = await take(limits, 1000)
        again = asyncio.create_task(limits.grant_again(1000))
        await asyncio.sleep(0.01)
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)
        return [first, await take(limits, 1000)]

    assert windows(asyncio.run(ask())) == [0, 1]


def test_the_endpoint_s_own_count_corrects_what_is_put_down() -> None:
    async def ask() -> list[int | None]:
        limits = limiter(1000)
        limits.passed(await take(limits, 500), 250)
        return [(await take_and_see(limits, 1500))[0] for _ in range(2)]

    # 750 of 1,000 are left, which is 1,500 as counted here; then a whole window.
    assert asyncio.run(ask()) == [1500, 2000]


def test_a_count_from_an_earlier_window_does_not_change_this_one() -> None:
    async def ask() -> int | None:
        limits = limiter(1000)
        old = await take(limits, 1000)
        await take(limits, 600)
        limits.passed(old, 1000)
        return (await take_and_see(limits, 1))[0]

    assert asyncio.run(ask()) == 400


def test_a_refusal_with_a_time_stops_everybody_until_then() -> None:
    async def ask() -> list[float]:
        limits = limiter(None)
        first = await take(limits, 1)
        limits.refused(first, 0.15)
        began = time.monotonic()
        return [lease.at - began for lease in await asyncio.gather(*(take(limits, 1) for _ in range(3)))]

    waited = asyncio.run(ask())
    assert min(waited) >= 0.15
    assert max(waited) < 1


class Skipping(selectors.DefaultSelector):
    """Time that passes at once, and only while everybody sleeps: the machine may be as slow as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


def test_a_refusal_without_a_time_lets_one_call_try_at_a_time_until_one_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def ask() -> tuple[list[float], int]:
        limits, calls, in_flight, most = limiter(None, window=0.4), list[float](), 0, 0
        first = await take(limits, 1)
        limits.refused(first, None)
        opens = first.at + 0.3

        async def caller() -> None:
            nonlocal in_flight, most
            while True:
                lease = await take(limits, 1)
                in_flight += 1
                if lease.at < opens:
                    most = max(most, in_flight)
                    calls.append(lease.at - first.at)
                await asyncio.sleep(0.005)
                in_flight -= 1
                if lease.at >= opens:
                    return limits.passed(lease, 0)
                limits.refused(lease, None)

        await asyncio.gather(*(caller() for _ in range(4)))
        assert time.monotonic() - first.at < 1
        return calls, most

    clock = Skipping()
    with (
        monkeypatch.context() as patch,
        asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(clock)) as runner,
    ):
        patch.setattr(time, "monotonic", lambda: clock.now)
        calls, most = runner.run(ask())
    assert most == 1
    assert len(calls) <= 12


def test_a_window_begins_with_the_call_that_passed() -> None:
    async def ask() -> tuple[Lease, Lease]:
        limits = limiter(1000, window=0.2)
        refused = await take(limits, 600)
        for _ in range(4):
            limits.refused(refused, None)
            refused = await take(limits, 600)
        limits.passed(refused, 600)
        return refused, await take(limits, 600)

    passed, after = asyncio.run(ask())
    assert after.window == passed.window + 1
    assert after.at - passed.at >= 0.2


def test_a_refusal_of_a_call_sent_before_the_endpoint_opened_again_stops_nobody() -> None:
    async def ask() -> float:
        limits = limiter(None)
        first, second = await take(limits, 1), await take(limits, 1)
        limits.refused(first, 0.02)
        opened = await take(limits, 1)
        limits.refused(second, 10.0)
        return (await take(limits, 1)).at - opened.at

    assert asyncio.run(ask()) < 1


@pytest.mark.parametrize("end", ["dropped", "silent"])
def test_a_call_that_ends_without_a_word_does_not_block_the_others_for_ever(end: str) -> None:
    async def ask() -> float:
        limits = limiter(None)
        limits.refused(await take(limits, 1), None)
        probe = await take(limits, 1)
        if end == "dropped":
            limits.dropped(probe)
        return (await take(limits, 1)).at - probe.at

    assert WINDOW * 0.05 < asyncio.run(ask()) < 1


def test_no_more_calls_than_allowed_are_made_at_the_same_time_and_the_first_to_ask_is_the_next() -> None:
    async def ask() -> list[str]:
        limits, served = Limiter(Terms(at_once=2)), list[str]()

        async def caller(name: str) -> None:
            await take(limits, 1)
            served.append(name)

        callers = [asyncio.create_task(caller(name)) for name in "abcde"]
        for expected in ("ab", "abc", "abce", "abce"):
            await asyncio.sleep(0.01)
            assert "".join(served) == expected
            if expected == "abc":
                callers[3].cancel()  # Whoever gives up waiting holds up nobody.
            limits.leave()
        return served

    assert asyncio.run(ask()) == ["a", "b", "c", "e"]


def test_two_runs_take_turns_in_each_window() -> None:
    async def ask() -> Counter[tuple[int, str]]:
        limits, served = limiter(1000, window=0.02), Counter[tuple[int, str]]()

        async def run(name: str) -> None:
            for _ in range(30):
                served[(await take(limits, 100)).window, name] += 1

        await asyncio.gather(run("a"), run("b"))
        return served

    served = asyncio.run(ask())
    # The first to come had the first window to itself.
    between = sorted({window for window, _ in served})[1:5]
    assert [(served[window, "a"], served[window, "b"]) for window in between] == [(5, 5)] * 4


def test_two_threads_together_never_exceed_a_window() -> None:
    limits, leases = limiter(1000, 7, window=0.08), list[Lease]()

    async def ask(sizes: list[int]) -> None:
        for size in sizes:
            leases.append(await take(limits, size))

    threads = [threading.Thread(target=asyncio.run, args=(ask(sizes),)) for sizes in ([90, 310] * 6, [220, 40] * 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(leases) == 24
    size, calls = Counter[int](), Counter[int]()
    for lease in leases:
        size[lease.window] += lease.size
        calls[lease.window] += 1
    assert max(size.values()) <= 1000
    assert max(calls.values()) <= 7
    starts = sorted(min(lease.at for lease in leases if lease.window == w) for w in size)
    assert all(later - earlier >= 0.08 for earlier, later in pairwise(starts))


@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(1, 1000), max_size=12), calls=st.none() | st.integers(2, 5))
def test_a_window_is_never_exceeded(sizes: list[int], calls: int | None) -> None:
    async def ask() -> list[Lease]:
        limits = limiter(1000, calls, window=0.01)
        return [await take(limits, size) for size in sizes]

    used: dict[int, list[int]] = {}
    for lease in asyncio.run(ask()):
        used.setdefault(lease.window, []).append(lease.size)
    assert all(sum(each) <= 1000 and len(each) <= (calls or len(each)) for each in used.values())


def test_the_shortest_time_for_some_bytes_counts_whole_windows() -> None:
    async def ask() -> tuple[float, float, float]:
        limits = limiter(1000, window=10.0)
        before = limits.seconds_for(3500)
        await take(limits, 600)
        return before, limits.seconds_for(400), limits.seconds_for(2500)

    before, fits, more = asyncio.run(ask())
    assert before == 30.0
    assert fits == 0.0
    assert more == pytest.approx(30.0, abs=0.2)
