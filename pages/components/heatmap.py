"""The heatmap of criteria (rows) by pages (columns), with the rule's controls inside it.

The browser redraws while the threshold is dragged; Python learns the rule when it is let go. Both compare the same
integer thousandths, so their counts are equal.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.casefile import Hold
from core.domain import DecisionOutcome
from core.errors import BadRule
from core.rows import EVIDENCES, SORTS, Order
from core.selection import Rule, threshold_milli
from pages.components.files import beside
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
    weak: float = 0.4
    """Below it the best page of a criterion is a weak match: core.selection.weak_below."""


class Picked(NamedTuple):
    """A rule that the reviewer has set."""

    rule: Rule
    token: int
    """The `rule_token` that the browser had taken over by then."""


class Certified(NamedTuple):
    """The rule that something is promised of."""

    rule: Rule
    promise: str
    """A few words: what the screen says while the rule in force equals this one."""
    whole: str = ""
    """The promise in full, for who asks."""


class Cell(NamedTuple):
    """A place in the heatmap."""

    row: str
    """Id of the criterion."""
    page: int
    """Number of the page, 1-based through the case."""


_MOST = 2**31 - 1
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
      aria-label="K: most pages to keep for each criterion"> pages</label>
    <label class="most" title="The best pages, as many as about so many tokens hold; a text that is there twice counts
once. The best page is kept even if it is longer. Empty: no limit">up to
      <input class="budget" type="number" min="0" step="500" inputmode="numeric" placeholder="any"
      aria-label="Token budget: most tokens to keep for each criterion, empty for no limit"> tokens a criterion</label>
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
    <div><dd data-count="tokens"></dd><dt class="saved"></dt></div>
    <div><dd data-count="found"></dd><dt>criteria with a page</dt></div>
    <div data-show="none"><dd data-count="none"></dd><dt class="none"></dt></div>
    <div data-show="waiting"><dd data-count="waiting"></dd><dt>to be scored</dt></div>
    <div class="warn" data-show="unread"><dd data-count="unread"></dd><dt>not read, so kept</dt></div>
    <div class="warn" data-show="missing"><dd data-count="missing"></dd><dt>not scored, so kept</dt></div>
  </dl>
  <p class="facts"><span class="here" title="Kept for the open criterion"><b></b> <span></span></span>
    <span class="promise"></span></p>
  <div class="view" role="group" aria-label="Sort and filter the criteria">
    <select class="sort" aria-label="Sort the criteria">
      <option value="listed">As listed</option><option value="group">By group</option>
      <option value="evidence">By evidence</option><option value="best">Best match first</option>
      <option value="kept">Most pages first</option><option value="decision">By decision</option>
    </select>
    <button type="button" class="reverse" aria-label="Reverse the order" title="Reverse the order">⇅</button>
    <select class="group" aria-label="Show one group of criteria"></select>
    <select class="evidence" aria-label="Show criteria by what was found">
      <option value="">Any evidence</option><option value="found">Found</option>
      <option value="weak">Weak matches only</option><option value="none_found">Looked, none found</option>
      <option value="could_not_read">Could not read</option><option value="not_scored">Not scored</option>
    </select>
    <label><input type="checkbox" class="undecided">undecided</label>
    <label><input type="checkbox" class="flagged">flagged</label>
    <button type="button" class="all" hidden></button>
  </div>
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
    <li data-key="keep"><svg viewBox="0 0 12 12"><circle cx="6" cy="6" r="3.5"/></svg>kept by hand: <span></span></li>
    <li data-key="drop"><svg viewBox="0 0 12 12"><path d="M2.5 2.5l7 7m0-7l-7 7"/></svg>left out by hand:
      <span></span></li>
    <li data-key="flag"><svg viewBox="0 0 12 12" class="flag"><path d="M2 0h1.5v12H2zM3.5 0l8 3.5-8 3.5z"/></svg
      >flagged</li>
    <li data-key="marks" class="marks"></li>
  </ul>
  <div class="sr live" aria-live="polite"></div>
</div>
"""
_mount = st.components.v2.component(
    "chartsieve_heatmap",
    html=_HTML,
    css=beside("heatmap.css"),
    js=beside("gone.js", "line.js", "heatmap_rows.js", "heatmap_draw.js", "heatmap.js"),
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
        "weak": threshold_milli(data.weak),
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
    flags: Collection[str] = (),
    pins: Mapping[tuple[str, int], Hold] | None = None,
    order: Order = Order(),  # noqa: B008
    order_token: int = 0,
    certified: Certified | None = None,
    price: float | None = None,
    table: bool = False,
    line: Mapping[str, str] | None = None,
    on_rule: Callable[[], None] = lambda: None,
    on_cell: Callable[[], None] = lambda: None,
    on_order: Callable[[], None] = lambda: None,
    on_unreached: Callable[[], None] = lambda: None,
) -> None:
    """Draw the heatmap.

    In the callbacks, `picked_rule`, `picked_cell` and `picked_order` tell what the reviewer did.
    `key` must differ from case to case. `rule`, `cursor` and `order` are taken over at the first showing and whenever
    their token changes (the rule also with the scorer); the browser ignores them otherwise. A rule equal to the last
    one that went either way is no news: what the reviewer is setting just then stays.

    `marks`: row id -> the decision on it. `flags`: row ids. `pins`: (row id, page number) -> what a person holds there;
    what the heatmap does not have is passed over. `certified`: the rule that carries a promise for this case. `price`:
    dollars for a million tokens of the LLM that reads the context, None to show no cost. `table`: the picture makes
    room for its twin, pages.components.heat_table; rule, numbers, order and filter stay. `line`
    (pages.components.line) answers "heat" with `packed`, which then travels once; `on_unreached` is called when it does
    not reach.
    """
    _mount(
        key=key,
        data={
            **({"digest": packed["digest"], "fingerprint": packed["fingerprint"]} if line else packed),
            "line": dict(line) if line else None,
            "rule": {**_said(rule), "token": rule_token},
            "cursor": {"row": cursor.row if cursor else None, "page": cursor.page if cursor else 0},
            "cursor_token": cursor_token,
            "marks": dict(sorted((marks or {}).items())),
            "flags": sorted(flags),
            "pins": sorted([row, page, 1 if hold == "keep" else -1] for (row, page), hold in (pins or {}).items()),
            "order": asdict(order),
            "order_token": order_token,
            "certified": {**_said(certified.rule), "words": certified[1:]} if certified else None,
            "price": price,
            "table": table,
        },
        on_rule_change=on_rule,
        on_cell_change=on_cell,
        on_order_change=on_order,
        on_unreached_change=on_unreached,
    )


def _said(rule: Rule) -> dict[str, int | None]:
    """A rule as the browser has it."""
    milli = None if rule.threshold is None else threshold_milli(rule.threshold)
    return {"milli": milli, "top_k": rule.top_k, "budget": rule.token_budget}


def picked_rule(key: str, fingerprint: str) -> Picked | None:
    """The rule the reviewer has set in the heatmap `key` while it showed the scorer `fingerprint`.

    None when untouched, not a rule, or set for another scorer's scores.
    """
    match said := sent(key, "rule"):
        case {"fingerprint": str(shown), "token": int(token)} if shown == fingerprint and isinstance(said, Mapping):
            rule = _rule(said)
            return Picked(rule, token) if rule else None
    return None


def _rule(said: Mapping[str, object]) -> Rule | None:
    threshold, top_k, budget = (said.get(name) for name in ("threshold", "top_k", "token_budget"))
    match threshold:
        case None:
            cut = None
        case bool():
            return None
        case float() | int() if 0 <= threshold <= 1:
            cut = float(threshold)
        case _:
            return None
    if not all(count is None or _counts(count) for count in (top_k, budget)):
        return None
    try:
        return Rule(cut, cast(int | None, top_k), token_budget=cast(int | None, budget))
    except BadRule:
        return None


def _counts(count: object) -> bool:
    """Whether it is a whole number from 1 that SQLite can hold."""
    return isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= _MOST


def picked_cell(key: str) -> Cell | None:
    """The cell just opened in the heatmap `key`, else None. The caller checks that it has such a row and page."""
    match sent(key, "cell"):
        case {"row": str(row), "page": int(page)}:
            return Cell(row, page)
    return None


def picked_seen(key: str) -> object:
    """How long pages were read, as it came with the cell just opened in the heatmap `key`; None when nothing did.

    It is as the page view has counted it, and as untrusted as anything from a browser: the caller checks its shape.
    """
    said = sent(key, "cell")
    return said.get("seen") if isinstance(said, Mapping) else None


def picked_order(key: str) -> Order | None:
    """How the reviewer sorts and filters the rows of the heatmap `key`; None when untouched or not an order.

    The group may be one that the case does not have.
    """
    match sent(key, "order"):
        case {
            "sort": str(sort),
            "reverse": bool(reverse),
            "group": None | str() as group,
            "evidence": None | str() as state,
            "undecided": bool(undecided),
            "flagged": bool(flagged),
        } if sort in SORTS and state in (None, *EVIDENCES):
            return Order(sort, reverse, group, state, undecided, flagged)
    return None


def _base64(matrix: NDArray[np.uint16]) -> str:
    return base64.b64encode(np.ascontiguousarray(matrix, dtype="<u2").tobytes()).decode("ascii")
