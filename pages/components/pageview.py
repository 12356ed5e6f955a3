"""One page as an image with the evidence marked on it. The PDF itself never reaches the browser."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from core.domain import Box
from pages.components.sent import sent


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked place on the page."""

    box: Box
    """(x0, y0, x1, y1) as fractions of the displayed page, from its top left corner."""
    strength: float = 1.0
    """In [0, 1]: how strong the evidence is; shown as opacity."""
    title: str = ""
    """What the place is, shown on hover and read aloud."""


class PickedMark(NamedTuple):
    """The mark the reviewer clicked."""

    page: int
    place: int
    """Position in the `marks` of that page, from 0."""


_HTML = """
<div class="pv">
  <div class="bar">
    <div class="turn">
      <button type="button" class="prev" aria-label="Previous page" title="Previous page (Left)">‹</button>
      <span class="which"></span>
      <button type="button" class="next" aria-label="Next page" title="Next page (Right)">›</button>
    </div>
    <div class="zoom" role="group" aria-label="Zoom">
      <button type="button" class="out" aria-label="Smaller" title="Smaller">−</button>
      <output class="percent"></output>
      <button type="button" class="in" aria-label="Larger" title="Larger">+</button>
      <button type="button" class="fit" title="As wide as the column">Fit width</button>
      <button type="button" class="whole" title="The whole page at once">Fit page</button>
    </div>
  </div>
  <div class="sheet" tabindex="0" role="region" aria-label="Page image">
    <div class="frame">
      <img draggable="false">
      <svg viewBox="0 0 1 1" preserveAspectRatio="none"></svg>
    </div>
    <p class="state" role="status"></p>
  </div>
</div>
"""
_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "chartsieve_pageview",
    html=_HTML,
    css=(_HERE / "pageview.css").read_text("utf-8"),
    js=(_HERE / "pageview.js").read_text("utf-8"),
)


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
    on_box: Callable[[], None] = lambda: None,
    on_turn: Callable[[], None] = lambda: None,
) -> None:
    """Show page `page` of `pages` (1-based). In the callbacks, `picked_mark` and `turned` tell what the reviewer did.

    `src` comes from `image_source`, of the page as displayed; "" shows that it is being drawn. `width` is the page's
    displayed width in points, so that 100 % is its size on paper. `height` is the room for the page in CSS pixels,
    or a CSS length: "calc(100vh - 12rem)".
    `zoom` in per cent, 75 to 200, or 0 to fit the width: taken over at the first showing and whenever `zoom_token`
    changes. On a new page the first mark is scrolled into sight.
    """
    _mount(
        key=key,
        data={
            "src": src,
            "alt": alt,
            "page": page,
            "pages": pages,
            "boxes": [[*_place(m.box), min(1.0, max(0.0, m.strength)), m.title] for m in marks],
            "width": width,
            "height": height,
            "zoom": zoom,
            "zoom_token": zoom_token,
        },
        on_box_change=on_box,
        on_turn_change=on_turn,
    )


def picked_mark(key: str) -> PickedMark | None:
    """The mark just clicked in the page view `key`, else None. The caller checks that the page still has it."""
    match sent(key, "box"):
        case {"page": int(page), "index": int(index)} if index >= 0:
            return PickedMark(page, index)
    return None


def turned(key: str) -> int:
    """-1 or +1 when the reviewer has just asked for the previous or the next page, else 0."""
    step = sent(key, "turn")
    return step if isinstance(step, int) and step in (-1, 1) else 0


def _place(box: Box) -> list[float]:
    """[x, y, width, height] in fractions of the page."""
    x0, y0, x1, y1 = box
    return [round(v, 5) for v in (x0, y0, x1 - x0, y1 - y0)]
