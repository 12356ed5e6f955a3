"""Scoring 150 pages x 80 criteria through a rerank endpoint: how close to the limits, how much faster than a loop.

    python -m tests.benchmarks.scoring [--scale 40]

Runs against servers on this machine that keep the published limits, or the capacity of one H100, `scale` times as
fast. The loop that Chartsieve is compared with is what one writes first: ten pages a call, one call after another.
Everything is timed by the client, from the start of a run to its end, starting connections and storing included.
Prints a table and, as its last line, one JSON object; exits 1 when a goal of goals.toml is missed.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr
from zeroentropy import RateLimitError, ZeroEntropy

from core.domain import Criterion, Outcome, Page, PageRef, Score, digest
from core.scorers import Scorer, open_scorer
from core.scoring import Plan, plan, score_all
from core.settings import Settings
from core.store import Store
from tests.benchmarks.capacity import Options
from tests.benchmarks.endpoint import ROOT, Endpoint, Stats, score_of, serving

GOALS = Path(__file__).with_name("goals.toml")
PAGES, CRITERIA, PAGE_BYTES, QUESTION_BYTES = 150, 80, 2_000, 400
TEN = 10
"""Pages in a call of the loop."""
SLOTS = 8
KEY = "a-key-for-this-machine"
CAPACITY_SCALE = 6.0
"""Faster, the client's own work would be what is measured."""


def made_criteria(count: int) -> list[Criterion]:
    """Distinct questions of QUESTION_BYTES each."""
    return [Criterion(f"C{n}", _text(f"Is criterion {n} met?", QUESTION_BYTES, seed=-n - 1)) for n in range(count)]


def made_pages(count: int) -> list[Page]:
    """Distinct pages of PAGE_BYTES each, of one document."""
    document = digest("made for a benchmark")
    return [Page(PageRef(document, n), _text(f"Page {n}", PAGE_BYTES, seed=n)) for n in range(1, count + 1)]


def _text(start: str, size: int, *, seed: int) -> str:
    """`start` and words of the sample charts, `size` bytes in all."""
    words = (ROOT / "sample_docs" / "charts" / "spine_now.txt").read_text("utf-8").split()
    drawn = f"{start} {' '.join(random.Random(seed).choices(words, k=size // 3))}"
    return drawn.encode()[:size].decode(errors="ignore").ljust(size, ".")


def zerank(endpoint: Endpoint, *, hosted: bool, scale: float, **more: Any) -> Scorer:
    """The scorer as the settings make it, its window as short as the server's; `more`: settings of zerank by name."""
    settings: dict[str, Any] = {
        "zerank_url": endpoint.url,
        "zerank_path": "/models/rerank" if hosted else "/rerank",
        "zerank_key": SecretStr(KEY),
        "zerank_window_seconds": Options().window_seconds / scale,
    }
    return open_scorer("zerank", Settings(**settings, **{f"zerank_{name}": value for name, value in more.items()}))


def scores_right(
    outcomes: Sequence[Outcome], scorer: Scorer, criteria: Sequence[Criterion], pages: Sequence[Page]
) -> bool:
    """Whether every pair has exactly the score that the server gives it, in order."""
    expected = [(p.ref, c.id, score_of(scorer.phrase(c), p.text)) for c in criteria for p in pages]
    return expected == [(o.page, o.criterion, o.value) for o in outcomes if isinstance(o, Score)]


@dataclass(frozen=True)
class Timed:
    """One run."""

    seconds: float
    """Of the client, scaled."""
    stats: Stats


class Bench:
    """The runs, each against a server of its own with the same options, and each with a new database."""

    def __init__(self, folder: Path, scale: float) -> None:
        self._folder, self._scale, self._stores = folder, scale, 0
        self.criteria, self.pages = made_criteria(CRITERIA), made_pages(PAGES)

    def _database(self) -> Store:
        self._stores += 1
        return Store.open(f"sqlite:///{self._folder / f'{self._stores}.db'}")

    def _score(self, scorer: Scorer, store: Store) -> float:
        started = time.perf_counter()
        scored = score_all(scorer, self.criteria, self.pages, cache=store)
        took = time.perf_counter() - started
        if not scores_right(scored.outcomes, scorer, self.criteria, self.pages):
            raise SystemExit(f"The scores are not those of the server. {scored.stopped}")
        return took

    def floor(self) -> tuple[Plan, float]:
        """What is asked, and the seconds in which the limits let that many bytes through."""
        with serving(scale=self._scale, key=KEY) as endpoint, self._database() as store:
            asked = plan(zerank(endpoint, hosted=True, scale=self._scale), self.criteria, self.pages, store)
        limits = Options()
        return asked, asked.bytes / limits.window_bytes * limits.window_seconds / self._scale

    def hosted(self, latency: Literal["auto", "slow"]) -> tuple[Timed, int]:
        """Chartsieve within the limits, and the requests that scoring the same case again takes."""
        with serving(scale=self._scale, key=KEY) as endpoint, self._database() as store:
            took = self._score(zerank(endpoint, hosted=True, scale=self._scale, latency=latency), store)
            stats = endpoint.stats()
            self._score(zerank(endpoint, hosted=True, scale=self._scale, latency=latency), store)
            return Timed(took, stats), endpoint.stats().requests - stats.requests

    def loop(self) -> Timed:
        """Ten pages a call, one call after another, with the retries that the client comes with."""
        with serving(scale=self._scale, key=KEY) as endpoint:
            return self._asked(endpoint, self._one_after_another)

    def self_hosted(self) -> Timed:
        with serving(scale=CAPACITY_SCALE, slots=SLOTS, key=KEY) as endpoint, self._database() as store:
            took = self._score(zerank(endpoint, hosted=False, scale=CAPACITY_SCALE), store)
            return Timed(took, endpoint.stats())

    def threads(self) -> Timed:
        """Ten pages a call, as many threads as the server has slots."""
        with serving(scale=CAPACITY_SCALE, slots=SLOTS, key=KEY) as endpoint:
            return self._asked(endpoint, self._in_threads)

    def _asked(self, endpoint: Endpoint, ask_all: Callable[[Callable[[Criterion, int], None]], None]) -> Timed:
        with closing(ZeroEntropy(api_key=KEY, base_url=endpoint.url)) as client:

            def ask(criterion: Criterion, at: int) -> None:
                texts = [page.text for page in self.pages[at : at + TEN]]
                while True:
                    try:
                        client.models.rerank(model="zerank-2", query=criterion.question, documents=texts, latency=None)
                    except RateLimitError:
                        time.sleep(Options().window_seconds / self._scale)
                    else:
                        return

            started = time.perf_counter()
            ask_all(ask)
            return Timed(time.perf_counter() - started, endpoint.stats())

    def _one_after_another(self, ask: Callable[[Criterion, int], None]) -> None:
        for criterion in self.criteria:
            for at in range(0, PAGES, TEN):
                ask(criterion, at)

    def _in_threads(self, ask: Callable[[Criterion, int], None]) -> None:
        with ThreadPoolExecutor(SLOTS) as pool:
            for done in [pool.submit(ask, criterion, at) for criterion in self.criteria for at in range(0, PAGES, TEN)]:
                done.result()


def waited(run: Timed, scale: float) -> float:
    """Seconds that one call after another waits for its answers. The client's own work, which would count `scale`
    times, is left out: in favour of the loop."""
    options = Options()
    return (run.stats.fast * options.fast_seconds + run.stats.slow * options.slow_seconds) / scale


def share_used(run: Timed) -> float:
    """Of what the slots could have worked from the start of the run to its end."""
    return run.stats.busy / (SLOTS * run.seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description="Time scoring through a rerank endpoint with limits.")
    parser.add_argument("--scale", type=float, default=float(os.environ.get("BENCH_SCALE", "40")))
    scale = parser.parse_args().scale
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), scale)
        asked, floor = bench.floor()
        print(f"{PAGES} pages x {CRITERIA} criteria: {asked.pairs} pairs, {asked.bytes / 1e6:.1f} MB metered.")
        print(f"Hosted limits, {scale:g} times as fast; minutes as they would be at full length.\n")
        print(f"{'run':<34}{'minutes':>10}{'x floor':>10}{'requests':>10}{'429':>6}{'fast':>7}{'slow':>7}")
        print(f"{'lowest that the limits allow':<34}{floor * scale / 60:>10.2f}{1:>10.2f}", flush=True)
        auto, again = bench.hosted("auto")
        _row("Chartsieve, latency auto", auto, floor, scale)
        slow, again_slow = bench.hosted("slow")
        _row("Chartsieve, latency slow", slow, floor, scale)
        loop = bench.loop()
        _row("loop, ten pages a call", loop, floor, scale)
        own, threads = bench.self_hosted(), bench.threads()
    print(f"\nOne H100 with vLLM, {SLOTS} requests at a time, {CAPACITY_SCALE:g} times as fast.\n")
    print(f"{'run':<34}{'minutes':>10}{'used':>10}{'requests':>10}{'pairs/s':>10}")
    _capacity_row("Chartsieve", own)
    _capacity_row(f"{SLOTS} threads, ten pages a call", threads)
    figures = {
        "ratio_to_floor": max(auto.seconds, slow.seconds) / floor,
        "ratio_to_floor_auto": auto.seconds / floor,
        "ratio_to_floor_slow": slow.seconds / floor,
        "times_faster_than_loop": waited(loop, scale) / max(auto.seconds, slow.seconds),
        "capacity_used": share_used(own),
        "capacity_used_by_threads": share_used(threads),
        "repeat_requests": again + again_slow,
        "refused": auto.stats.refused + slow.stats.refused,
    }
    return _judge(figures)


def _row(name: str, run: Timed, floor: float, scale: float) -> None:
    stats = run.stats
    print(
        f"{name:<34}{run.seconds * scale / 60:>10.2f}{run.seconds / floor:>10.2f}{stats.requests:>10}"
        f"{stats.refused:>6}{stats.fast:>7}{stats.slow:>7}",
        flush=True,
    )


def _capacity_row(name: str, run: Timed) -> None:
    minutes, pairs = run.seconds * CAPACITY_SCALE / 60, run.stats.answered
    speed = pairs / (run.seconds * CAPACITY_SCALE)
    print(f"{name:<34}{minutes:>10.2f}{share_used(run):>10.3f}{run.stats.requests:>10}{speed:>10.1f}")


def _judge(figures: dict[str, float]) -> int:
    goals = tomllib.loads(GOALS.read_text("utf-8"))
    missed = [name for name, goal in goals["scoring"].items() if figures[name] < goal]
    missed += [name for name, goal in goals["scoring_at_most"].items() if figures[name] > goal]
    print(f"\n{'figure':<34}{'measured':>10}{'goal':>10}")
    for name, value in figures.items():
        least, most = goals["scoring"].get(name), goals["scoring_at_most"].get(name)
        goal = f">= {least:g}" if least is not None else f"<= {most:g}" if most is not None else ""
        print(f"{name:<34}{value:>10.3f}{goal:>10}{'  missed' if name in missed else ''}")
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
