"""The heatmap of criteria (rows) by pages (columns), with the rule's controls inside it.

The browser redraws while the threshold is dragged; Python learns the rule when it is let go. Both compare the same
integer thousandths, so their counts are equal.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.domain import DecisionOutcome
from core.selection import Rule, threshold_milli
from pages.components.sent import sent

Packed = dict[str, Any]
"""What `pack` makes: plain JSON, the same bytes for the same data."""


@dataclass(frozen=True, slots=True)
class HeatPage:
    """A column."""

    number: int
    """1-based through the case."""
    label: str = ""
    """The page number printed on the page, "" when there is none."""
    chars: int = 0
    """Length of the page's text."""
    readable: bool = True
    duplicate: bool = False
    """The page repeats an earlier page of the case, but perhaps for its stamps."""
    same_text: int = 0
    """Number of the first page with exactly this text, 0 when that is the page itself."""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A criterion."""

    id: str
    question: str
    group: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class HeatmapData:
    """What is drawn. Shapes: `milli` and `raw` are (rows, pages)."""

    pages: Sequence[HeatPage]
    rows: Sequence[HeatRow]
    milli: NDArray[np.uint16]
    """What the rule compares, in thousandths, 0 to 1000; `core.grid.GAP` where there is no answer."""
    raw: NDArray[np.uint16] | None = None
    """The scorer's own score in thousandths, for the hover text only."""
    recalibrated: bool = True
    """Whether `milli` are probabilities; otherwise they are scores, and every word on the screen says so."""
    fingerprint: str = ""
    """The scorer that they come from; a rule set in the browser comes back with it."""


class Picked(NamedTuple):
    """A rule that the reviewer has set."""

    rule: Rule
    token: int
    """The `rule_token` that the browser had taken over by then."""


class Cell(NamedTuple):
    """A place in the heatmap."""

    row: str
    """Id of the criterion."""
    page: int
    """Number of the page, 1-based through the case."""


_HTML = """
<div class="hm">
  <div class="rule">
    <div class="modes" role="radiogroup" aria-label="Which pages to keep for each criterion">
      <span class="lead">Keep</span>
      <label class="above"><input type="radio" name="mode" value="threshold"><span>above a threshold</span></label>
      <label title="The same number of pages for every criterion, however weak they are">
        <input type="radio" name="mode" value="best"><span>the best K</span></label>
      <label title="Up to K pages for each criterion, none below the threshold">
        <input type="radio" name="mode" value="both"><span>both</span></label>
    </div>
    <label class="best">K = <input class="topk" type="number" min="1" step="1" inputmode="numeric"
      aria-label="K: most pages to keep for each criterion"> pages a criterion</label>
  </div>
  <div class="cut">
    <label class="slide"><span>Threshold</span>
      <input class="threshold" type="range" min="0" max="1" step="0.01"><output class="value"></output></label>
    <div class="presets" role="group" aria-label="Ready-made thresholds">
      <button type="button" data-milli="200"><b>0.2</b> no faint traces</button>
      <button type="button" data-milli="400"><b>0.4</b> fair</button>
      <button type="button" data-milli="600"><b>0.6</b> strong</button>
      <button type="button" data-milli="800"><b>0.8</b> near-certain</button>
    </div>
  </div>
  <dl class="counts">
    <div><dd data-count="pages"></dd><dt>pages kept</dt></div>
    <div><dd data-count="text"></dd><dt>of the text</dt></div>
    <div><dd data-count="tokens"></dd><dt>tokens, about</dt></div>
    <div><dd data-count="found"></dd><dt>criteria with a page</dt></div>
    <div data-show="none"><dd data-count="none"></dd><dt class="none"></dt></div>
    <div data-show="waiting"><dd data-count="waiting"></dd><dt>to be scored</dt></div>
    <div class="warn" data-show="unread"><dd data-count="unread"></dd><dt>not read, so kept</dt></div>
    <div class="warn" data-show="missing"><dd data-count="missing"></dd><dt>not scored, so kept</dt></div>
  </dl>
  <div class="stage">
    <div class="scroller"><div class="spacer"><canvas tabindex="0" role="application"
      aria-roledescription="heatmap"></canvas></div></div>
    <div class="tip" aria-hidden="true"><p class="where"></p><p class="how"></p><p class="what"></p></div>
  </div>
  <ul class="legend" aria-label="Legend">
    <li data-key="kept"><i class="kept"></i>kept: the stronger, the <span class="more"></span></li>
    <li data-key="left"><i class="left"></i>left out</li>
    <li data-key="gap"><i class="gap"></i>not scored, so kept (+ in the last column)</li>
    <li data-key="unreadable"><i class="unreadable"></i>page not read, so kept</li>
    <li data-key="copy"><i class="copy"></i>copy of an earlier page</li>
    <li data-key="marks" class="marks"></li>
  </ul>
  <div class="sr live" aria-live="polite"></div>
</div>
"""
_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "chartsieve_heatmap",
    html=_HTML,
    css=(_HERE / "heatmap.css").read_text("utf-8"),
    js="".join((_HERE / name).read_text("utf-8") for name in ("heatmap_draw.js", "heatmap.js")),
)


def pack(data: HeatmapData) -> Packed:
    """`data` as the browser gets it. Make it once for each scoring run; equal data give equal bytes.

    Raises ValueError without rows or pages, and when the shape of `milli` or `raw` is not (rows, pages).
    """
    shape = (len(data.rows), len(data.pages))
    if not all(shape):
        raise ValueError("a heatmap needs at least one row and one page")
    for matrix in (data.milli, data.raw):
        if matrix is not None and matrix.shape != shape:
            raise ValueError(f"a matrix of shape {matrix.shape} for {shape[0]} rows and {shape[1]} pages")
    packed: Packed = {
        "pages": [[p.number, p.label, p.chars, int(not p.readable), int(p.duplicate), p.same_text] for p in data.pages],
        "rows": [[r.id, r.question, r.group] for r in data.rows],
        "milli": _base64(data.milli),
        "raw": None if data.raw is None else _base64(data.raw),
        "recalibrated": data.recalibrated,
        "fingerprint": data.fingerprint,
    }
    packed["digest"] = hashlib.sha256(json.dumps(packed).encode()).hexdigest()[:16]
    return packed


def heatmap(
    packed: Packed,
    *,
    key: str,
    rule: Rule,
    rule_token: int = 0,
    cursor: Cell | None = None,
    cursor_token: int = 0,
    marks: Mapping[str, DecisionOutcome] | None = None,
    on_rule: Callable[[], None] = lambda: None,
    on_cell: Callable[[], None] = lambda: None,
) -> None:
    """Draw the heatmap. In the callbacks, `picked_rule` and `picked_cell` tell what the reviewer did.

    `key` must differ from case to case. `rule` and `cursor` are taken over at the first showing and whenever their
    token changes (the rule also with the scorer); the browser ignores them otherwise. A rule equal to the last one
    that went either way is no news: what the reviewer is setting just then stays. `marks`: row id -> the decision
    on it.
    """
    _mount(
        key=key,
        data={
            **packed,
            "rule": {
                "milli": None if rule.threshold is None else threshold_milli(rule.threshold),
                "top_k": rule.top_k,
                "token": rule_token,
            },
            "cursor": {"row": cursor.row if cursor else None, "page": cursor.page if cursor else 0},
            "cursor_token": cursor_token,
            "marks": dict(sorted((marks or {}).items())),
        },
        on_rule_change=on_rule,
        on_cell_change=on_cell,
    )


def picked_rule(key: str, fingerprint: str) -> Picked | None:
    """The rule the reviewer has set in the heatmap `key` while it showed the scorer `fingerprint`.

    None when untouched, not a rule, or set for another scorer's scores.
    """
    match said := sent(key, "rule"):
        case {"fingerprint": str(shown), "token": int(token)} if shown == fingerprint:
            rule = _rule(said)
            return Picked(rule, token) if rule else None
    return None


def _rule(said: object) -> Rule | None:
    match said:
        case {"threshold": None, "top_k": int(k)} if k >= 1:
            return Rule(None, k)
        case {"threshold": float() | int() as threshold, "top_k": None} if 0 <= threshold <= 1:
            return Rule(float(threshold), None)
        case {"threshold": float() | int() as threshold, "top_k": int(k)} if 0 <= threshold <= 1 and k >= 1:
            return Rule(float(threshold), k)
    return None


def picked_cell(key: str) -> Cell | None:
    """The cell just opened in the heatmap `key`, else None. The caller checks that it has such a row and page."""
    match sent(key, "cell"):
        case {"row": str(row), "page": int(page)}:
            return Cell(row, page)
    return None


def _base64(matrix: NDArray[np.uint16]) -> str:
    return base64.b64encode(np.ascontiguousarray(matrix, dtype="<u2").tobytes()).decode("ascii")
