"""The hand's speed on the review screen: 150 pages x 80 criteria on the running app, in a real Chromium.

    python -m tests.benchmarks.reviewing

Takes in the large sample packet with its 80 criteria and measures, thirty times each, what a reviewer does all day:
turn the page, open a cell, decide, move the threshold. Prints a table and, as its last line, one JSON object.
"""

import json
import statistics
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.benchmarks.speed import (
    GOALS,
    REPEATS,
    STEP,
    app,
    cell_clicks,
    launch,
    small_screen,
    until_shown,
    upload_to_heatmap,
)

_SAVED = """(outcome) => {
  const place = document.querySelector('.st-key-review-outcome-' + outcome);
  const kind = place?.querySelector('button')?.getAttribute('kind');
  const chosen = place?.classList.contains('cs-chosen') || kind === 'primary';
  const card = [...document.querySelectorAll('.st-key-review-decide *')];
  const said = card.map((e) => e.shadowRoot?.querySelector('.sv'));
  return chosen && said.some((e) => /Saved .* by /.test(e?.textContent));
}"""


def page_turns(page: Page) -> list[float]:
    """Milliseconds from the key to the next page on the screen, image loaded."""
    first = int(page.locator(".pv").get_attribute("data-ready") or 1)
    out = []
    for n in range(REPEATS):
        page.wait_for_timeout(400)
        out.append(until_shown(page, "ArrowRight", first + n + 1))
    return out


def decisions(page: Page) -> list[float]:
    """Milliseconds from the key to "Saved" under the decision that was made."""
    out = []
    for n in range(REPEATS):
        key, outcome = (("m", "met"), ("n", "not_met"), ("i", "insufficient"))[n % 3]
        page.wait_for_timeout(400)
        started = time.perf_counter()
        page.keyboard.press(key)
        page.wait_for_function(_SAVED, arg=outcome, polling=5)
        out.append((time.perf_counter() - started) * 1000)
        page.wait_for_timeout(200)
        if n % 3 == 2:
            page.keyboard.press("j")
            page.wait_for_timeout(800)
    return out


def main() -> int:
    goals = tomllib.loads(GOALS.read_text("utf-8"))["reviewing"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, app(Path(folder)) as running:
        browser = launch(playwright)
        page = small_screen(browser)
        upload_to_heatmap(page, running.address, by="J. Rivera, RN")
        expect(page.locator(".pv")).to_be_visible()
        page.wait_for_timeout(20_000)  # scanned pages are read
        measured = {
            "threshold_to_picture_ms": [page.evaluate(STEP, f"{0.2 + n / 100:.2f}") for n in range(REPEATS)],
            "cell_to_page_ms": cell_clicks(page),
        }
        page.locator(".pv .sheet").focus()
        measured["page_turn_ms"] = page_turns(page)
        measured["decision_to_saved_ms"] = decisions(page)
        browser.close()
    print(f"{'figure':<28}{'median':>10}{'p90':>10}{'goal':>10}")
    missed = []
    for name, values in measured.items():
        median, late = statistics.median(values), sorted(values)[int(0.9 * len(values))]
        if median > goals[name]:
            missed.append(name)
        print(f"{name:<28}{median:>10.0f}{late:>10.0f}{goals[name]:>10}{'  missed' if name in missed else ''}")
    print(json.dumps({name: round(statistics.median(values), 1) for name, values in measured.items()}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
