"""The page to judge and its neighbours, as they are: nothing on them tells what the tool thinks of them."""

from contextlib import suppress

import streamlit as st

from core.domain import PageRef
from core.errors import PageUnavailable
from pages.components.frame import callback, reviewer, say_error, workspace
from pages.components.icon_button import icon_button
from pages.components.keyscroll import keyscroll
from pages.components.pageview import image_source, pageview, turned
from pages.label.place import Seen, place_in

_HEIGHT = "max(320px, calc(100vh - 15.5rem))"
_TEXT = "label.text"
_DPI = 110
_VIEW = "label.reading"
PAGE_VIEW = "label.page"
STYLE = f".st-key-{_TEXT.replace('.', '-')}{{max-height:max(360px, calc(100vh - 13rem));overflow-y:auto}}"
"""To be put on the screen: the text of a page is as high as its image."""


def page_panel(now: Seen) -> None:
    _which(now)
    if st.session_state.get(_VIEW) == "Text":
        with st.container(border=True, key=_TEXT, height="content"):
            st.text(now.page.text or "This page has no text.")
    else:
        _image(now)


def scroll_keys() -> None:
    """Whatever is shown of the page scrolls by the keys, without a click first."""
    keyscroll(PAGE_VIEW, _TEXT, key="label.scroll")


def _which(now: Seen) -> None:
    """One line: which page this is, and how to get to the others and back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if now.place.away:
            st.markdown(
                f":orange[:material/menu_book: **Neighbour: page {now.shown}.** You judge page {now.number}.]",
                width="content",
            )
        else:
            st.markdown(f"**Page {now.number}**: judge this page", width="content")
        st.space("stretch")
        _step(now, "Before", "left", -1, disabled=now.shown <= 1)
        _step(now, "After", "right", 1, disabled=now.shown >= len(now.order))
        st.button(
            "Back",
            key=f"label.back.{now.task.id}",
            shortcut="b",
            help=f"Back to page {now.number}, which you judge",
            disabled=not now.place.away,
            on_click=_on_back,
            args=(now.place.round,),
        )
        icon_button(
            "Turn the page clockwise",
            ":material/rotate_right:",
            key="label.rotate",
            on_click=_on_rotate,
            args=(now.place.round, now.order[now.shown - 1]),
        )
        st.segmented_control(
            "View", ["Image", "Text"], default="Image", key=_VIEW, label_visibility="collapsed", required=True
        )


def _step(now: Seen, label: str, key: str, step: int, *, disabled: bool) -> None:
    st.button(
        label,
        key=f"label.{key}.{now.task.id}",
        shortcut=key,
        help="The page before this one, to read" if step < 0 else "The page after this one, to read",
        disabled=disabled,
        on_click=_on_step,
        args=(now.place.round, step),
    )


def _image(now: Seen) -> None:
    ref = now.order[now.shown - 1]
    turn = (now.page.turn + now.place.turned.get(ref, 0)) % 360
    try:
        image = workspace().picture(ref, dpi=_DPI, rotate=turn)
    except PageUnavailable as error:
        say_error(str(error))
        return
    pageview(
        image_source(image),
        key=PAGE_VIEW,
        page=now.shown,
        pages=len(now.order),
        alt=f"Page {now.shown} of the packet",
        width=now.page.height if turn in (90, 270) else now.page.width,
        height=_HEIGHT,
        on_turn=lambda: _on_turn(now.place.round),
    )


def prepare(now: Seen) -> None:
    """Draw the page before anything on the screen changes, so that question, page and answers change together."""
    with suppress(PageUnavailable):  # said where the page is shown
        ref = now.order[now.shown - 1]
        workspace().picture(ref, dpi=_DPI, rotate=(now.page.turn + now.place.turned.get(ref, 0)) % 360)


def draw_ahead(now: Seen) -> None:
    """Draw the page that comes next, while the reviewer reads this one. To be called when all else is drawn."""
    place = now.place
    following = workspace().store.rounds.next(place.round, reviewer=reviewer(), skipped=[*place.skipped, now.task.id])
    if following is not None:
        with suppress(PageUnavailable):  # said when the page is shown
            page = workspace().store.page(following.drawn.page)
            workspace().picture(page.ref, dpi=_DPI, rotate=(page.turn + place.turned.get(page.ref, 0)) % 360)


@callback
def _on_turn(round_id: int) -> None:
    _go(round_id, turned(PAGE_VIEW))


@callback
def _on_step(round_id: int, step: int) -> None:
    _go(round_id, step)


@callback
def _on_back(round_id: int) -> None:
    place_in(round_id).away = 0


def _go(round_id: int, step: int) -> None:
    place = place_in(round_id)
    place.away += step


@callback
def _on_rotate(round_id: int, ref: PageRef) -> None:
    turns = place_in(round_id).turned
    turns[ref] = (turns.get(ref, 0) + 90) % 360
