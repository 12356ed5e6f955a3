"""A strip of small page images with what is known of each page. Images travel when they come into sight, and once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.errors import NotFound, PageUnavailable
from pages.components import outbox
from pages.components.files import beside
from pages.components.pageview import image_source
from pages.components.pageview_parts import Watch, asked_page, seen_in
from pages.components.sent import sent

MOST_AT_ONCE = 24
"""Images that one answer carries at most; the browser asks again for the rest."""
DPI = 20
"""For `picture`: sharp at the size of the strip, 5 to 10 kB a page."""
Standing = Literal["kept", "left_out", "unreadable", ""]


@dataclass(frozen=True, slots=True)
class Thumb:
    """What the strip says of a page; pages are numbered from 1 in their order."""

    score: str = ""
    """As `core.selection.shown` writes it; "" where there is none."""
    standing: Standing = ""
    """unreadable: nobody could read it, and it is kept; "": no rule has spoken."""
    copy: bool = False
    """The page repeats an earlier one."""
    cited: int = 0
    """Citations on the page."""
    label: str = ""
    """The page number printed on the page."""


_HTML = """
<div class="th">
  <div class="strip" tabindex="0" role="listbox" aria-label="Pages"><div class="run"></div></div>
  <ul class="legend" aria-label="Marks">
    <li data-key="kept"><i class="kept">✓</i>kept</li>
    <li data-key="left_out"><i class="left_out"></i>left out</li>
    <li data-key="unreadable"><i class="unreadable">?</i>not read</li>
    <li data-key="copy"><i class="copy"></i>copy</li>
    <li data-key="cited"><i class="cited">“</i>cited</li>
  </ul>
</div>
"""
_mount = st.components.v2.component(
    "chartsieve_thumbs",
    html=_HTML,
    css=beside("thumbs.css"),
    js=beside("gone.js", "outbox.js", "thumbs.js"),
)


def thumbs(
    pages: Sequence[Thumb],
    picture: Callable[[int], bytes],
    *,
    key: str,
    current: int,
    of: str,
    height: int = 560,
    across: bool = False,
    watch: Watch | None = None,
    on_page: Callable[[], None] = lambda: None,
) -> None:
    """Show the strip. In `on_page`, `asked_page(key, len(pages))` tells which page the reviewer wants.

    `picture(number)` gives the PNG of a page at DPI, and may raise PageUnavailable or NotFound: the strip says so. It
    is called for pages that have come into sight since the last run, at most MOST_AT_ONCE of them. `of` names the state
    of the packet (its documents and the turns of its pages): while it is the same the browser keeps what it has.
    `current` is scrolled into sight when it changes. `height` in CSS pixels is that of a strip from top to bottom;
    `across` lays it out from left to right, in one row.
    """

    def heard() -> None:
        if not outbox.is_new(key, "page"):
            return
        if watch and (seconds := seen_in(sent(key, "page"), of=watch.of, pages=len(pages))):
            watch.report(seconds)
        on_page()

    def asked() -> None:
        # Kept until they are drawn: this run may be cut short by the next one.
        if outbox.is_new(key, "want"):
            st.session_state[f"{key}.wanted"] = wanted(key, len(pages), of=of)

    now = [n for n in st.session_state.get(f"{key}.wanted", ()) if n <= len(pages)]
    _mount(
        key=key,
        data={
            "pages": [[p.score, p.standing, p.copy, p.cited, p.label] for p in pages],
            "current": current,
            "of": of,
            "watched": watch.of if watch else "",
            "height": height,
            "across": across,
            "images": {str(number): _source(picture, number) for number in now},
            "heard": outbox.heard(key),
        },
        on_page_change=heard,
        on_want_change=asked,
    )
    st.session_state.pop(f"{key}.wanted", None)


def wanted(key: str, pages: int, *, of: str) -> list[int]:
    """Pages, 1 to `pages`, whose images the strip `key` has just asked for, at most MOST_AT_ONCE.

    None for another state of the packet: the strip asks again when it has heard of the new one.
    """
    match sent(key, "want"):
        case {"of": str(asked_of), "pages": list(numbers)} if asked_of == of:
            known = (n for n in numbers if isinstance(n, int) and 1 <= n <= pages)
            return list(dict.fromkeys(known))[:MOST_AT_ONCE]
    return []


def _source(picture: Callable[[int], bytes], number: int) -> str:
    """ "" for a page that cannot be drawn."""
    try:
        return image_source(picture(number))
    except (PageUnavailable, NotFound):
        return ""


__all__ = ["DPI", "MOST_AT_ONCE", "Standing", "Thumb", "asked_page", "thumbs", "wanted"]
