"""The running app while a server elsewhere scores 150 pages x 80 criteria: memory, the hand's speed, kill -9.

    python -m tests.benchmarks.running [--pictures FOLDER]

Starts the app as `chartsieve serve` does and a rerank server beside it, uploads the large sample packet in a real
Chromium, agrees to send it, and works on the screen as a reviewer would while the answers come. Then the same on the
embedded scorer, where nothing is scored meanwhile, and a run that is killed at half and started again. Needs /proc.
Prints a table and, as its last line, one JSON object; exits 1 when a goal of goals.toml is missed.
"""

import argparse
import json
import os
import re
import signal
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright  # noqa: A004

from tests.benchmarks.endpoint import Endpoint, serving
from tests.benchmarks.speed import GOALS, app, launch, settled, small_screen, until_shown, upload_to_heatmap

SLOTS = 8
SCALE = 1.2
"""Scoring takes about a minute: long enough for a look at 40 pages and some typing."""
KILL_SCALE = 6.0
OPENINGS = 20
NAME = "A. Reviewer"
TYPED = "PT 6 weeks from 3 Jan, page 14; MRI 2023 on page 31."
FIRST, SECOND = 1, 62
"""Pages that the two looks start from; neither sees a page of the other, which the app would still hold."""


class Memory:
    """Megabytes of a process with all its children, sampled five times a second until the block ends.

    Proportional set size: a page of memory that several processes share counts once and not once for each of them.
    """

    def __init__(self, pid: int) -> None:
        self._pid, self._over = pid, threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.peak = 0.0

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(0.2):
            self.peak = max(self.peak, used(self._pid))


def used(pid: int) -> float:
    """Megabytes (10^6 bytes) of the process and all its children now."""
    return sum(map(_pss, tree(pid))) * 1024 / 1e6


def _pss(pid: int) -> int:
    try:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:  # it has ended
        return 0
    return int(found[1]) if found else 0


def tree(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for known in found:
        found += children.get(known, [])
    return found


class Database:
    """What the app has written, read past it."""

    def __init__(self, folder: Path) -> None:
        self._address = f"file:{folder / 'chartsieve.db'}?mode=ro"

    def _ask(self, question: str) -> tuple[str, float]:
        with closing(sqlite3.connect(self._address, uri=True, timeout=10)) as database:
            state, number = database.execute(question).fetchone()
            return str(state), float(number)

    def job(self) -> tuple[str, float]:
        """State of the only job, and how far it is as a share of its stage."""
        return self._ask("SELECT state, CASE total WHEN 0 THEN 0.0 ELSE done * 1.0 / total END FROM jobs")

    def answers(self) -> int:
        return int(self._ask("SELECT 'answers', count(score) FROM answers")[1])

    def until(self, ready: Callable[[str, float], bool], seconds: float = 120.0) -> float:
        """Wait until the job is so far; the seconds it took. Raises SystemExit when it fails or takes longer."""
        started = time.perf_counter()
        while not ready(*self.job()):
            took = time.perf_counter() - started
            if took > seconds or self.job()[0] in ("failed", "cancelled"):
                raise SystemExit(f"The job is {self.job()} after {took:.0f} s.")
            time.sleep(0.02)
        return time.perf_counter() - started

    def done(self) -> float:
        return self.until(lambda state, _share: state == "done")


@dataclass(frozen=True)
class Look:
    """Milliseconds until the page stood on the screen, for each opening."""

    cells: list[float]
    turns: list[float]


def look(page: Page, first: int) -> Look:
    """Open every other page from the heatmap, then turn on page by page from there. None was opened before."""
    canvas = page.locator(".hm canvas")
    canvas.focus()
    page.keyboard.press("Home")
    for _ in range(first - 1):
        page.keyboard.press("ArrowRight")
    shown(page, "Enter", first)
    cells, number = [], first
    for n in range(OPENINGS):
        for key in ("ArrowRight", "ArrowRight", *(("ArrowDown",) if n % 3 == 0 else ())):
            page.keyboard.press(key)
        page.wait_for_timeout(150)
        number += 2
        cells.append(shown(page, "Enter", number))
    page.locator(".pv .sheet").focus()
    turns = []
    for _ in range(OPENINGS):
        page.wait_for_timeout(150)
        number += 1
        turns.append(shown(page, "ArrowRight", number))
    return Look(cells, turns)


def shown(page: Page, key: str, number: int) -> float:
    """As `until_shown`. Raises SystemExit, with what the screen says, when the page never comes."""
    try:
        return until_shown(page, key, number)
    except TimeoutError:
        said = [alert.inner_text() for alert in page.locator("[role=dialog], [data-testid=stAlert]").all()]
        raise SystemExit(f"Page {number} never came. {' '.join(said)}") from None


def typing(page: Page) -> tuple[int, float]:
    """Type for ten seconds: (characters lost or changed, pixels that heatmap, page or window have moved meanwhile)."""
    settled(page)
    field = page.get_by_placeholder("Why: dates, values, pages")
    field.focus()
    parts = (page.locator(".hm .scroller"), page.locator(".pv .sheet"), page.get_by_test_id("stMain"))
    for part, top in zip(parts, (150, 120, 30), strict=True):
        part.evaluate("(e, top) => { e.scrollTop = top; }", top)
    before = [_scrolled(part) for part in parts]
    field.press_sequentially(TYPED, delay=10_000 / len(TYPED))
    moved = max(abs(_scrolled(part) - top) for part, top in zip(parts, before, strict=True))
    got = field.input_value()
    lost = max(len(got), len(TYPED)) - sum(a == b for a, b in zip(got, TYPED, strict=False))
    return lost, moved


def _scrolled(part: Locator) -> float:
    return float(part.evaluate("e => e.scrollTop"))


class Bench:
    def __init__(self, browser: Browser, folder: Path, pictures: Path | None) -> None:
        self._browser, self._folder, self._pictures = browser, folder, pictures
        self.looks: dict[str, Look] = {}
        self.figures: dict[str, float] = {}

    def _picture(self, page: Page, name: str) -> None:
        if self._pictures:
            page.screenshot(path=self._pictures / f"{name}.png")

    def _data(self, name: str) -> tuple[Path, Database]:
        data = self._folder / name
        data.mkdir()
        return data, Database(data)

    def elsewhere(self) -> None:
        """The big case, scored by a server while the reviewer works."""
        data, database = self._data("elsewhere")
        with serving(slots=SLOTS, scale=SCALE) as endpoint, app(data, **_settings(endpoint)) as running:
            page = small_screen(self._browser)
            upload_to_heatmap(page, running.address, by=NAME)
            idle = self._before(page, running.process.pid)
            with Memory(running.process.pid) as memory:
                self._while_scored(page, database)
            self.figures["memory_idle_mb"] = idle
            self.figures["memory_over_idle_mb"] = memory.peak - idle
            self.looks["zerank, afterwards"] = look(page, SECOND)
            page.reload()
            expect(page.locator(".hm")).to_have_attribute("data-ready", re.compile("."), timeout=60_000)
            settled(page)
            self._picture(page, "4-reloaded")
            self._complete(page, endpoint, database)
            page.context.close()

    def _before(self, page: Page, pid: int) -> float:
        """Megabytes at rest, with the question whether to send on the screen."""
        expect(page.get_by_role("button", name="Send and score")).to_be_enabled(timeout=30_000)
        settled(page)
        page.wait_for_timeout(1000)
        self._picture(page, "1-asked")
        return statistics.median(used(pid) for _ in range(5))

    def _while_scored(self, page: Page, database: Database) -> None:
        started = time.perf_counter()
        page.get_by_role("button", name="Send and score").click()
        database.until(lambda state, share: state == "running" and share > 0)
        settled(page)
        self.looks["zerank, while scoring"] = look(page, FIRST)
        self._picture(page, "2-scoring")
        lost, moved = typing(page)
        self._picture(page, "3-typed")
        state, share = database.job()
        if state != "running":
            raise SystemExit("Scoring ended before the reviewer did: choose a smaller SCALE.")
        self.figures |= {"characters_lost": lost, "pixels_moved": moved, "share_scored_then": share}
        database.done()
        self.figures["scoring_s"] = time.perf_counter() - started

    def _complete(self, page: Page, endpoint: Endpoint, database: Database) -> None:
        """After a reload, with nothing pressed: every answer is there and none was asked twice."""
        stats = endpoint.at_rest()
        missing = page.get_by_role("button", name="answers missing").count()
        missing += page.get_by_role("button", name="Send and score").count()
        missing += page.get_by_role("progressbar").count()
        self.figures |= {
            "answers": database.answers(),
            "offers_to_score": missing,
            "asked_again": stats.asked_again,
            "requests": stats.requests,
        }

    def here(self) -> None:
        """The same case with the embedded scorer, which is done before the first look: the same pages, at rest."""
        data, database = self._data("here")
        with app(data) as running:
            page = small_screen(self._browser)
            upload_to_heatmap(page, running.address, by=NAME)
            self.figures["scoring_embedded_s"] = database.done()
            settled(page)
            self.looks["embedded, the first pages"] = look(page, FIRST)
            self.looks["embedded, the later pages"] = look(page, SECOND)
            page.context.close()

    def killed(self) -> None:
        """The process and its children killed at half, and started again without a browser."""
        data, database = self._data("killed")
        with serving(slots=SLOTS, scale=KILL_SCALE) as endpoint:
            with app(data, **_settings(endpoint)) as running:
                page = small_screen(self._browser)
                upload_to_heatmap(page, running.address, by=NAME)
                page.get_by_role("button", name="Send and score").click(timeout=30_000)
                database.until(lambda state, share: state == "running" and share > 0)
                page.context.close()
                database.until(lambda state, share: state == "running" and share >= 0.5)
                at_kill = endpoint.stats()
                for pid in tree(running.process.pid):
                    os.kill(pid, signal.SIGKILL)
                running.process.wait()
            kept = database.job()[1]
            with app(data, **_settings(endpoint)):
                again = database.done()
            stats = endpoint.at_rest()
        self.figures |= {
            "killed_at": kept,
            "seconds_to_finish": again,
            "in_flight_at_kill": at_kill.in_flight,
            "pairs_in_flight_at_kill": at_kill.in_flight * stats.largest,
            "asked_again_after_kill": stats.asked_again,
            "asked_again_of_in_flight": stats.asked_again / (at_kill.in_flight * stats.largest),
            "missing_after_kill": self.figures["answers"] - database.answers(),
        }


def _settings(endpoint: Endpoint) -> dict[str, str]:
    return {"scorer": "zerank", "zerank_url": endpoint.url}


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the running app while a big case is scored.")
    parser.add_argument("--pictures", type=Path, help="folder for screenshots")
    pictures = parser.parse_args().pictures
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright)
        bench = Bench(browser, Path(folder), pictures)
        bench.elsewhere()
        bench.killed()
        bench.here()
        browser.close()
    return _judge(bench)


def _judge(bench: Bench) -> int:
    print(f"{'page on the screen after, ms':<30}{'cell':>8}{'p90':>8}{'slowest':>9}{'turn':>9}{'p90':>8}{'slowest':>9}")
    for name, seen in bench.looks.items():
        columns = "".join(
            f"{m:>9.0f}{p:>8.0f}{max(v):>9.0f}" for v in (seen.cells, seen.turns) for m, p in [_spread(v)]
        )
        print(f"{name:<29}{columns}")
    figures = bench.figures
    busy, idle = bench.looks["zerank, while scoring"], bench.looks["zerank, afterwards"]
    for name, seen in (("while_scoring", busy), ("afterwards", idle)):
        figures[f"cell_{name}_ms"], figures[f"cell_{name}_p90_ms"] = _spread(seen.cells)
        figures[f"turn_{name}_ms"], figures[f"turn_{name}_p90_ms"] = _spread(seen.turns)
    goals = tomllib.loads(GOALS.read_text("utf-8"))["running"]
    missed = [name for name, goal in goals.items() if figures[name] > goal]
    print(f"\n{'figure':<30}{'measured':>12}{'goal':>10}")
    for name, value in figures.items():
        print(f"{name:<30}{value:>12.2f}{goals.get(name, ''):>10}{'  missed' if name in missed else ''}")
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))
    return 1 if missed else 0


def _columns(values: list[float]) -> str:
    median, late = _spread(values)
    return f"{median:>9.0f}{late:>8.0f}{max(values):>9.0f}"


def _spread(values: list[float]) -> tuple[float, float]:
    """Median and 90th percentile."""
    return statistics.median(values), statistics.quantiles(values, n=10, method="inclusive")[-1]


if __name__ == "__main__":
    sys.exit(main())
