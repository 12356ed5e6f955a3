"""From upload to heatmap, and the hand's speed in the browser: 150 pages x 80 criteria on the running app.

    python -m tests.benchmarks.speed

Starts the app as `chartsieve serve` does, uploads the large sample packet with its 80 criteria through the form in a
real Chromium, and measures what a reviewer waits for. Prints a table and, as its last line, one JSON object.
"""

import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from core.samples import SAMPLES
from tests.browser.conftest import CHROMIUM_ARGS, ROOT

REPEATS = 30
GOALS = Path(__file__).with_name("goals.toml")
STEP = """async (value) => {
  const root = document.querySelector('.hm') ?? [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
    .find((r) => r?.querySelector('.hm')).querySelector('.hm');
  const range = root.querySelector('.threshold'), started = performance.now();
  range.value = value;
  range.dispatchEvent(new Event('input'));
  await new Promise((done) => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = done;
    after.port2.postMessage(0);
  }));
  return performance.now() - started;
}"""
SHOWN = """(number) => [...document.querySelectorAll('*')].some((e) =>
  (e.matches('.pv') ? e : e.shadowRoot?.querySelector('.pv'))?.dataset.ready === String(number))"""


@dataclass(frozen=True)
class Running:
    """The app as a process."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def app(data: Path, **settings: str) -> Iterator[Running]:
    """The app on a free port, ended at the end. `settings`: by name, as in CHARTSIEVE_<NAME>."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "core.cli", "serve", "--no-browser", "--port", str(port)]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(data), "CHARTSIEVE_DATA_DIR": str(data)}
    environment |= {f"CHARTSIEVE_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield Running(address, process)
    finally:
        process.terminate()
        process.wait()


def launch(playwright: Playwright) -> Browser:
    """The Chromium of this machine."""
    chromium = which("chromium") or which("chromium-browser")
    return playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGS))


def small_screen(browser: Browser) -> Page:
    """A page in a context of its own, as large as on a small notebook."""
    return browser.new_context(viewport={"width": 1366, "height": 768}).new_page()


def settled(page: Page) -> None:
    """Wait until the script of the screen rests."""
    expect(page.locator(".stApp[data-test-script-state=notRunning]")).to_be_visible(timeout=20_000)


def upload_to_heatmap(page: Page, address: str, *, by: str = "") -> dict[str, float]:
    """Seconds from giving the files to a drawn heatmap, through the form. `by`: the reviewer's name."""
    sample = SAMPLES[2]
    page.goto(f"{address}/new?{urlencode({'by': by})}")
    uploaders = page.get_by_test_id("stFileUploader")
    criteria = uploaders.filter(has_text="CSV, Excel").locator("input[type=file]")
    criteria.set_input_files(sample.criteria)
    expect(page.get_by_text("80 criteria", exact=True)).to_be_visible(timeout=30_000)
    page.get_by_label("Name of the case").fill("Speed")
    page.keyboard.press("Tab")
    settled(page)
    started = time.perf_counter()
    uploaders.filter(has_text="PDF, TIFF").locator("input[type=file]").set_input_files(sample.pdf)
    expect(page.get_by_text(": 150 pages")).to_be_visible(timeout=60_000)
    checked = time.perf_counter()
    create = page.get_by_role("button", name="Create the case")
    expect(create).to_be_enabled()
    create.click()
    expect(page.locator(".hm")).to_have_attribute("data-ready", re.compile("."), timeout=120_000)
    done = time.perf_counter()
    return {"upload_and_check_s": checked - started, "upload_to_heatmap_s": done - started}


def until_shown(page: Page, key: str, number: int) -> float:
    """Milliseconds from pressing the key to page `number` on the screen, image loaded."""
    started = time.perf_counter()
    page.keyboard.press(key)
    page.wait_for_function(SHOWN, arg=number, polling=10)
    return (time.perf_counter() - started) * 1000


def cell_clicks(page: Page) -> list[float]:
    """Milliseconds from Enter on a cell to its page on the screen; a new page each time."""
    out = []
    canvas = page.locator(".hm canvas")
    canvas.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    for n in range(REPEATS):
        page.keyboard.press("ArrowRight")
        if n % 3 == 0:
            page.keyboard.press("ArrowDown")
        page.wait_for_timeout(250)
        out.append(until_shown(page, "Enter", n + 2))
        canvas.focus()
    return out


def main() -> int:
    goals = tomllib.loads(GOALS.read_text("utf-8"))["speed"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, app(Path(folder)) as running:
        browser = launch(playwright)
        page = small_screen(browser)
        figures = upload_to_heatmap(page, running.address)
        page.wait_for_timeout(2000)
        steps = [page.evaluate(STEP, f"{0.2 + n / 100:.2f}") for n in range(REPEATS)]
        figures["threshold_to_picture_ms"] = statistics.median(steps)
        figures["cell_to_page_ms"] = statistics.median(cell_clicks(page))
        browser.close()
    print(f"{'figure':<28}{'measured':>12}{'goal':>12}")
    missed = [name for name, goal in goals.items() if figures[name] > goal]
    for name, value in figures.items():
        print(f"{name:<28}{value:>12.2f}{goals.get(name, ''):>12}{'  missed' if name in missed else ''}")
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
