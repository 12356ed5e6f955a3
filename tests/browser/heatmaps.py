"""Reading and moving a heatmap in the browser, and what Python says it keeps."""

import json
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, Position, WebSocket, expect

from core.grid import GAP
from core.holds import by_hand
from core.selection import Rule, kept
from tests.browser.apps.made_up import held, lengths, made_up

THRESHOLDS = [i / 20 for i in range(21)]
SET_RULE = """(root, [mode, k]) => {
  const radio = root.querySelector(`input[value=${mode}]`), topk = root.querySelector('.topk');
  radio.click();
  if (k) { topk.value = k; topk.dispatchEvent(new Event('input')); }
}"""
SWEEP = """(root, thresholds) => thresholds.map((t) => {
  const range = root.querySelector('.threshold');
  range.value = t;
  range.dispatchEvent(new Event('input'));
  return [root.dataset.kept, root.dataset.found, root.dataset.cells].map(Number);
})"""
DRAG = """async (root) => {
  const range = root.querySelector('.threshold'), frames = [], draws = [];
  for (let i = 0; i < 61; i++) {
    const started = performance.now();
    range.value = (0.2 + i / 100).toFixed(2);
    range.dispatchEvent(new Event('input'));
    await new Promise((done) => requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = done;
      after.port2.postMessage(0);
    }));
    frames.push(performance.now() - started);
    draws.push(Number(root.dataset.drawms));
  }
  return [frames, draws];
}"""


def opened(page: Page, address: str) -> Locator:
    """The heatmap at `address`, drawn."""
    page.goto(address)
    root = page.locator(".hm")
    expect(root).to_have_attribute("data-ready", re.compile("."))
    page.wait_for_timeout(200)
    return root


def heard(page: Page) -> dict[str, Any]:
    """What Python knows."""
    return dict(json.loads(page.get_by_test_id("stText").inner_text()))


def wait_heard(page: Page, name: str, value: object) -> None:
    expect(page.get_by_test_id("stText")).to_contain_text(f'"{name}": {json.dumps(value)}')


def messages(page: Page) -> list[str]:
    """Grows by one for every websocket message of the page, in either direction."""
    seen: list[str] = []

    def watch(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: seen.append("sent"))
        socket.on("framereceived", lambda _: seen.append("received"))

    page.on("websocket", watch)
    return seen


def expected(rule: Rule, rows: int = 80, pages: int = 150, *, pins: bool = False) -> list[int]:
    """[pages kept, criteria with a page, scored cells and cells held by hand that are kept] by core.selection."""
    milli = made_up(rows, pages)
    hold = holding(rows, pages) if pins else np.zeros(milli.shape, dtype=np.int8)
    keep = by_hand(kept(milli, rule, lengths(pages)), hold)
    chosen = keep & ((milli != GAP) | (hold > 0))
    return [int(keep.any(axis=0).sum()), int(chosen.any(axis=1).sum()), int(chosen.sum())]


def holding(rows: int, pages: int) -> NDArray[np.int8]:
    """(rows, pages) what is held by hand in the made-up case."""
    hold = np.zeros((rows, pages), dtype=np.int8)
    for (row, page), way in held(rows, pages).items():
        hold[int(row[1:]) - 1, page - 1] = 1 if way == "keep" else -1
    return hold


def middle(root: Locator, row: int, column: int) -> Position:
    """Middle of a cell in pixels of the canvas."""
    at: Position = root.evaluate(
        """(root, [r, c]) => { const v = root.view, s = v.size;
        return {x: v.from.x + (c + 0.5) * s.cellW, y: v.from.y + (v.spot[r] + 0.5) * s.rowH}; }""",
        [row, column],
    )
    return at
