"""The calibration studio on 200 cases x 80 criteria x 150 pages: its first curve, and a new target.

    python -m tests.benchmarks.calibrating [--data FOLDER]

Fills a data folder through the Store, measures the studio in this process, then starts the app as `chartsieve serve`
does and works on the Calibrate screen in a real Chromium. `--data` keeps the folder, and fills it only when it is
empty. Prints a table and, as its last line, one JSON object; exits 1 when a goal of goals.toml is missed.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Browser, Page, sync_playwright

from core.calibration.curves import Family
from core.calibration.threshold import at_levels, by_criterion
from core.certificates import METHODS, Target
from core.settings import Settings
from core.studio import Material, Subject
from core.workspace import Workspace
from tests.benchmarks.labelled import fill
from tests.benchmarks.speed import GOALS, app, launch, settled, small_screen

RECALLS = (0.94, 0.93, 0.92, 0.91, 0.90, 0.89, 0.88, 0.87, 0.86, 0.85)
DRAWN = """() => document.querySelectorAll('.js-plotly-plot .scatterlayer .trace').length > 0"""
"""Whether a curve is on the screen."""
THERE = """(percent) => {
  const said = (query, words) => [...document.querySelectorAll(query)].some((e) => e.textContent.includes(words));
  return said('.stMain', `${percent} of the`) && said('.js-plotly-plot .annotation-text', `target ${percent}`);
}"""
"""Whether result and curve are those of the target."""
T = TypeVar("T")


class Figures(dict[str, float]):
    """By name; the unit is its ending: _s or _ms."""

    def timed(self, name: str, work: Callable[[], T]) -> T:
        """What `work` answers; its time is kept under `name`."""
        started = time.perf_counter()
        answer = work()
        self[name] = (time.perf_counter() - started) * (1000 if name.endswith("_ms") else 1)
        return answer


@contextmanager
def opened(data: Path) -> Iterator[Workspace]:
    """A workspace as a fresh process would open it."""
    workspace = Workspace.open(Settings(data_dir=data))
    try:
        yield workspace
    finally:
        workspace.close()


def filled(data: Path, figures: Figures) -> None:
    with opened(data) as workspace:
        if not workspace.store.cases():
            figures.timed("filling_s", lambda: fill(workspace.store))


def in_process(data: Path, figures: Figures) -> None:
    """The studio without a screen: nothing on disk, arrays on disk, and everything in memory.

    What a server loads when it starts is loaded before the arrays are read.
    """
    shutil.rmtree(data / "scores", ignore_errors=True)
    with opened(data) as workspace:
        subject = workspace.studio.subjects()[0]
        figures["labels"] = subject.labels
        figures.timed("material_cold_s", lambda: _material(workspace, subject))
        figures.timed("prepare_s", workspace.studio.prepare)
    with opened(data) as workspace:
        started = time.perf_counter()
        material = figures.timed("material_from_disk_s", lambda: _material(workspace, workspace.studio.subjects()[0]))
        figures.timed("measured_s", lambda: workspace.studio.measured(material, Family()))
        figures.timed("find_first_s", lambda: workspace.studio.find(material, Target(0.95), Family()))
        figures["first_curve_s"] = time.perf_counter() - started
        figures.timed("subjects_warm_ms", workspace.studio.subjects)
        figures.timed("material_warm_ms", lambda: _material(workspace, subject))
        figures.timed("measured_ranked_s", lambda: workspace.studio.measured(material, Family(ranked=True)))
        figures.timed("measured_capped_s", lambda: workspace.studio.measured(material, Family(cap=10)))
        _targets(workspace, material, figures)


def _material(workspace: Workspace, subject: Subject) -> Material:
    return workspace.studio.material(subject.criteria_name, subject.info.fingerprint)


def _targets(workspace: Workspace, material: Material, figures: Figures) -> None:
    for method in METHODS:
        took = []
        for recall in RECALLS:
            started = time.perf_counter()
            workspace.studio.find(material, Target(recall, "page", method), Family())
            took.append((time.perf_counter() - started) * 1000)
        figures[f"find_{method}_ms"] = statistics.median(took)
    measured = workspace.studio.measured(material, Family())
    figures.timed("at_levels_ms", lambda: at_levels(measured))
    rule = Family().rule(400)
    figures.timed("by_criterion_s", lambda: by_criterion(material.certifying, Family(), Target(0.95), rule=rule))


def in_browser(data: Path, browser: Browser, figures: Figures) -> None:
    """A server that was just started, whose disk has the arrays."""
    with app(data) as running:
        page = small_screen(browser)
        page.goto(running.address)
        settled(page)
        figures.timed("browser_first_curve_s", lambda: _opened_from_queue(page))
        settled(page)
        figures["new_target_ms"] = _new_targets(page)
        page.context.close()
    with app(data) as running:
        page = small_screen(browser)
        figures.timed("browser_first_curve_by_address_s", lambda: _opened_by_address(page, running.address))
        page.context.close()


def _opened_from_queue(page: Page) -> None:
    page.get_by_role("link", name="Calibrate").click()
    page.wait_for_function(DRAWN, polling=10, timeout=120_000)


def _opened_by_address(page: Page, address: str) -> None:
    page.goto(f"{address}/calibrate")
    page.wait_for_function(DRAWN, polling=10, timeout=120_000)


def _new_targets(page: Page) -> float:
    """Median milliseconds from a step of the slider to the result and the curve for it."""
    took = []
    page.get_by_test_id("stSlider").first.get_by_role("slider").focus()
    for recall in RECALLS:
        started = time.perf_counter()
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(THERE, arg=f"{recall:.0%}", polling=10)
        took.append((time.perf_counter() - started) * 1000)
        settled(page)
        page.wait_for_timeout(300)
    return statistics.median(took)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the calibration studio on many cases.")
    parser.add_argument("--data", type=Path, help="data folder to keep; filled when it is empty")
    kept, figures = parser.parse_args().data, Figures()
    if kept:
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder)
        filled(data, figures)
        in_process(data, figures)
        browser = launch(playwright)
        in_browser(data, browser, figures)
        browser.close()
    return _judge(figures)


def _judge(figures: Figures) -> int:
    goals = tomllib.loads(GOALS.read_text("utf-8"))["calibrating_at_most"]
    missed = [name for name, goal in goals.items() if figures[name] > goal]
    print(f"{'figure':<36}{'measured':>12}{'goal':>10}")
    for name, value in figures.items():
        print(f"{name:<36}{value:>12.2f}{goals.get(name, ''):>10}{'  missed' if name in missed else ''}")
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
