"""Search in the packet: the hits in order, and the way from one to the next."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import streamlit as st

from core.chart import Chart
from core.cited_text import displayed_words, run_boxes
from core.domain import Word
from core.page_search import Found, PageSearch
from core.text import clean_text
from pages.components.frame import callback
from pages.components.icon_button import icon_button
from pages.components.pageview import FoundPlace
from pages.review.place import LEFT, PAGE, Seen, again, redraw

SEARCH = "review.search"
_CHARACTERS = 100
_INDEX: WeakKeyDictionary[Chart, PageSearch] = WeakKeyDictionary()


@dataclass(frozen=True)
class Looking:
    """What is looked for, and where it was found."""

    query: str
    found: Found
    at: int
    """Position of the hit that the reviewer has gone to, from 0."""


def _key(case_id: int) -> str:
    return f"{SEARCH}.{case_id}"


def looking(now: Seen) -> Looking | None:
    """None while nothing is looked for."""
    if not now.place.query:
        return None
    found = _index(now.chart).find(now.place.query)
    return Looking(now.place.query, found, min(now.place.hit, max(0, len(found.hits) - 1)))


def _index(chart: Chart) -> PageSearch:
    """Made once for all reviewers of the case."""
    if chart not in _INDEX:
        _INDEX[chart] = PageSearch(chart.pages)
    return _INDEX[chart]


def search_panel(now: Seen) -> None:
    field = f"{_key(now.case.id)}.field"
    with st.container(key=SEARCH, width=190):
        st.text_input(
            "Search the packet",
            key=field,
            placeholder="Search the packet",
            icon=":material/search:",
            label_visibility="collapsed",
            max_chars=_CHARACTERS,
            persist_state="session",
            on_change=_on_search,
            args=(now.case.id,),
        )
    seeks = looking(now)
    if seeks is None:
        return
    hits = len(seeks.found.hits)
    if hits:
        _step(now, seeks, "Hit before", ":material/keyboard_arrow_up:", -1)
        more = "+" if seeks.found.more else ""
        st.caption(f"{seeks.at + 1} of {hits:,}{more}", width="content")
        _step(now, seeks, "Next hit", ":material/keyboard_arrow_down:", 1)
    else:
        st.caption("Not found", width="content")
    if unread := len(seeks.found.not_searched):
        st.caption(
            f":orange[:material/visibility_off:] {unread} not searched",
            width="content",
            help=f"{unread} page{'s' if unread > 1 else ''} could not be read: whether it stands there is not known.",
        )


def _step(now: Seen, seeks: Looking, label: str, icon: str, step: int) -> None:
    icon_button(
        label,
        icon,
        key=f"search.{label}",
        disabled=not 0 <= seeks.at + step < len(seeks.found.hits),
        on_click=_on_step,
        args=(now.case.id, step),
    )


@callback
def _on_search(case_id: int) -> None:
    query = " ".join(clean_text(str(st.session_state.get(f"{_key(case_id)}.field", ""))).split())[:_CHARACTERS]
    now = again(case_id)
    now.place.query = query
    seeks = looking(now)
    # From the page on the screen on: what is looked for is more often ahead than behind.
    ahead = [n for n, hit in enumerate(seeks.found.hits) if hit.page >= now.column] if seeks else []
    _go(now, ahead[0] if ahead else 0)


@callback
def _on_step(case_id: int, step: int) -> None:
    now = again(case_id)
    seeks = looking(now)
    if seeks:
        _go(now, seeks.at + step)


def _go(now: Seen, at: int) -> None:
    seeks = looking(now)
    if seeks is None or not 0 <= at < len(seeks.found.hits):
        redraw(PAGE)
    now.place.hit = at
    now.place.go(page=seeks.found.hits[at].page + 1)
    redraw(PAGE, LEFT)


def found_on(now: Seen, words: tuple[Word, ...], column: int, turn: int) -> list[FoundPlace]:
    """The hits on one page, as it is displayed. `words` are those of the page."""
    seeks = looking(now)
    if seeks is None:
        return []
    shown, page = displayed_words(words, turn), now.chart.pages[column]
    places = []
    for n, hit in enumerate(seeks.found.hits):
        if hit.page == column and hit.last < len(shown):
            boxes = run_boxes(shown, hit.first, hit.last, turn=page.turn - turn)
            places.append(FoundPlace(boxes, current=n == seeks.at))
    return places
