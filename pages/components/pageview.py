"""One page as an image with the evidence marked on it. The PDF itself never reaches the browser.

Over the image lies its text, so that it can be selected, copied and cited; boxes can be drawn and cited, too.
"""

import base64
from collections.abc import Callable, Sequence

import streamlit as st

from core.domain import Word
from pages.components import outbox
from pages.components.files import beside
from pages.components.keymap import css_name
from pages.components.pageview_parts import (
    Ahead,
    CitedPlace,
    FoundPlace,
    Mark,
    PageImage,
    Picked,
    PickedBox,
    PickedMark,
    PickedWords,
    Stops,
    Watch,
    asked_page,
    asked_there,
    picked_mark,
    rotated,
    seen_in,
    to_cite,
    turned,
)
from pages.components.sent import sent

__all__ = [
    "Ahead",
    "CitedPlace",
    "FoundPlace",
    "Mark",
    "PageImage",
    "Picked",
    "PickedBox",
    "PickedMark",
    "PickedWords",
    "Stops",
    "Watch",
    "asked_page",
    "asked_there",
    "image_source",
    "pageview",
    "picked_mark",
    "rotated",
    "seen_in",
    "to_cite",
    "turned",
]

_HTML = """
<div class="pv">
  <div class="bar">
    <div class="turn">
      <button type="button" class="prev" aria-label="Previous page" title="Previous page (Left)">‹</button>
      <span class="which"></span>
      <label class="go" hidden title="Go to a page (G)"><input class="number" inputmode="numeric" autocomplete="off"
        aria-label="Go to page"><span class="of"></span></label>
      <button type="button" class="next" aria-label="Next page" title="Next page (Right)">›</button>
    </div>
    <div class="zoom" role="group" aria-label="Zoom">
      <button type="button" class="out" aria-label="Smaller" title="Smaller (−)">−</button>
      <output class="percent"></output>
      <button type="button" class="in" aria-label="Larger" title="Larger (+)">+</button>
      <button type="button" class="fit" aria-label="Fit width" title="As wide as the column (0)"><span
        class="word">Fit </span>width</button>
      <button type="button" class="whole" aria-label="Fit page" title="The whole page at once"><span
        class="word">Fit </span>page</button>
    </div>
    <div class="tools">
      <button type="button" class="rotate" hidden aria-label="Turn the page clockwise" title="Turn the page clockwise">
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M13 8a5 5 0 1 1-2-4M11.4 1v3.2H8.2"/></svg></button>
      <button type="button" class="box" hidden aria-pressed="false" title="Draw a box on the page and cite it (B)">
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 3h12v10H2z"/></svg>Box</button>
    </div>
  </div>
  <div class="stage">
    <div class="sheet" tabindex="0" role="region" aria-label="Page image">
      <div class="spread">
        <div class="frame">
          <span class="tag" hidden></span>
          <img draggable="false">
          <div class="words"></div>
          <div class="picked" aria-hidden="true"></div>
          <svg viewBox="0 0 1 1" preserveAspectRatio="none"></svg>
          <div class="notes"></div>
          <div class="drawn" hidden></div>
          <button type="button" class="cite" title="Cite this (E)" hidden>Cite<kbd aria-hidden="true">E</kbd></button>
        </div>
      </div>
      <p class="state" role="status"></p>
    </div>
    <p class="hint" role="status"></p>
  </div>
  <ul class="legend" aria-label="Marks on the page" hidden>
    <li data-key="mark"><i class="mark"></i>passage</li>
    <li data-key="cited"><i class="quoted"></i>cited, with its number</li>
    <li data-key="hit"><i class="found"></i>found by the search</li>
  </ul>
  <div class="sr live" aria-live="polite"></div>
</div>
"""
_mount = st.components.v2.component(
    "chartsieve_pageview",
    html=_HTML,
    css=beside("pageview.css"),
    js=beside(
        "gone.js",
        "outbox.js",
        "line.js",
        "activity.js",
        "pageview_text.js",
        "pageview_leaf.js",
        "pageview_ahead.js",
        "pageview.js",
    ),
)

Act = Callable[[], None]


def image_source(png: bytes) -> str:
    """A PNG as an address that holds the image itself, so that no URL of it exists."""
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def pageview(
    src: str,
    *,
    key: str,
    page: int,
    pages: int,
    alt: str,
    marks: Sequence[Mark] = (),
    width: float = 612.0,
    height: int | str = 640,
    zoom: int = 0,
    zoom_token: int = 0,
    words: Sequence[Word] = (),
    lean: int = 0,
    citations: Sequence[CitedPlace] = (),
    found: Sequence[FoundPlace] = (),
    beside: PageImage | None = None,
    ahead: Ahead | None = None,
    watch: Watch | None = None,
    about: str = "",
    on_box: Act | None = None,
    on_turn: Act | None = None,
    on_page: Act | None = None,
    on_cite: Act | None = None,
    on_rotate: Act | None = None,
) -> None:
    """Show page `page` of `pages` (1-based). In the callbacks, the functions named below tell what the reviewer did.

    `src` comes from `image_source`, of the page as displayed; "" shows that it is being drawn. `width` is the page's
    displayed width in points, so that 100 % is its size on paper. `height` is the room for the page in CSS pixels,
    or a CSS length: "calc(100vh - 12rem)".
    `zoom` in per cent, 75 to 200, or 0 to fit the width: taken over at the first showing and whenever `zoom_token`
    changes. On a new page the hit the reviewer went to, else the first mark, is scrolled into sight.

    With `words`, text can be selected and copied. With `on_cite`, words, marks and drawn boxes can be cited: `to_cite`
    says what. Without it a click on a mark is told to `on_box` (`picked_mark`). With `on_page` the reviewer can go to
    any page by its number, and every turn arrives there (`asked_page`); without it turns arrive at `on_turn`
    (`turned`). `on_rotate` adds a button that turns the page (`rotated`).
    `beside` is a second page, to the right of the first where there is room, else below it; turning moves the first.
    `ahead` lets turns show at once. `watch` measures the time on pages. `about` names what a citation is for, say the
    criterion: it comes back with what is picked, whatever the screen shows by then.
    """
    here = PageImage(src, page, alt, width, marks, words, lean, citations, found)

    def heard(name: str, act: Act | None) -> Act:
        return lambda: _hear(key, name, act, watch, pages)

    _mount(
        key=key,
        data={
            **here.packed(),
            "pages": pages,
            "height": height,
            "zoom": zoom,
            "zoom_token": zoom_token,
            "beside": beside.packed() if beside else None,
            "images_of": ahead.images_of if ahead else "",
            "pictures_of": ahead.pictures_of if ahead else "",
            "line": dict(ahead.line) if ahead and ahead.line else None,
            "settled": [[css_name(part), mark] for part, mark in ahead.settled] if ahead else [],
            "kept": bool(ahead and ahead.kept),
            "stops": _stops(ahead.stops) if ahead and ahead.stops else None,
            "about": about,
            "heard": outbox.heard(key),
            "watch": {"of": watch.of, "every": watch.every, "idle": watch.idle} if watch else None,
            "wants": {"page": on_page is not None, "cite": on_cite is not None, "rotate": on_rotate is not None},
        },
        on_box_change=heard("box", on_box),
        on_turn_change=heard("turn", on_turn),
        on_page_change=heard("page", on_page),
        on_cite_change=heard("cite", on_cite),
        on_rotate_change=heard("rotate", on_rotate),
        on_seen_change=heard("seen", None),
        on_unreached_change=heard("unreached", ahead.on_unreached if ahead else None),
    )


def _stops(stops: Stops) -> dict[str, list[int] | str]:
    return {"pages": list(stops.pages), "before": css_name(stops.before), "after": css_name(stops.after)}


def _hear(key: str, name: str, act: Act | None, watch: Watch | None, pages: int) -> None:
    """Each message once; the time on pages comes along with whatever the reviewer does."""
    if not outbox.is_new(key, name):
        return
    if watch and (seconds := seen_in(sent(key, name), of=watch.of, pages=pages)):
        watch.report(seconds)
    if act:
        act()
