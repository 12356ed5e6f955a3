"""The page: image or text, the passages that speak to the criterion, what is cited, and what is done there."""

from collections.abc import Sequence

import streamlit as st

from core.casefile import Left
from core.cited_text import cite_box, cite_run
from core.domain import Citation, Criterion, Page, PageRef
from core.errors import Conflict, PageUnavailable
from core.selection import shown
from pages.components.frame import callback, plain, reviewer, say_error, workspace
from pages.components.icon_button import icon_button, icon_key
from pages.components.line import unreached
from pages.components.pageview import (
    Ahead,
    PageImage,
    Picked,
    PickedBox,
    PickedMark,
    Stops,
    Watch,
    asked_there,
    pageview,
    rotated,
    to_cite,
)
from pages.review.answers import page_line
from pages.review.citing import cite
from pages.review.facts import facts
from pages.review.finding import search_panel
from pages.review.judging import JUDGED, hold_buttons, judge_buttons
from pages.review.picture import DPI, images_of, passages_on, picture, pictures_of
from pages.review.place import AT_CRITERION, AT_PAGE, BAR, CARD, DECIDE, LEFT, PAGE, Seen, Shown, again, at_page, redraw
from pages.review.seconds import record_seconds
from pages.review.strip import STRIP, WIDTH, strip_panel
from pages.review.unread import UNREAD, redraw_head, unread_panel

UNSURE_BELOW = 0.6
"""Recognition is unsure of a word below this confidence."""
VIEW_BOX = "review.image_or_text"
"""The container with the choice between image and text."""
BESIDE = "review.beside"
"""Whether two pages stand side by side."""
_UNSURE_SHOWN = 80
_HIT = "review.hit_"
"""Beginning of the keys of the buttons to the kept page before and after."""
_HEIGHTS = {"Heatmap": "max(430px, calc(100vh - 29rem))", "Criteria": "max(430px, calc(100vh - 14.5rem))"}
"""Room for the page, by what stands on the left."""


def page_panel(now: Seen) -> None:
    with st.container(gap="xsmall"):
        _panel(now)
    _record_opening(now)
    redraw_head()


def _panel(now: Seen) -> None:
    """The image first, though it stands last: it is what somebody waits for."""
    above, below = st.container(gap="xsmall"), st.container()
    with below, st.container(horizontal=True, gap="small"):
        side = st.container(width=WIDTH) if st.session_state.get(STRIP) else None
        with st.container():
            if st.session_state.get("review.view") == "Text":
                _text(now)
            else:
                _image(now)
    with above:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=BAR):
            _hits(now)
            judge_buttons(now)
            hold_buttons(now)
            st.space("stretch")
            _view()
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review.search_bar"):
            search_panel(now)
            # Only this: what stands in a container whose key changes is made anew, and a field would lose its words.
            with st.container(key=at_page(now.place.page, now.place.row)):
                _about(now)
        facts(now)
        if not now.page.readable:
            with st.container(key=UNREAD):
                unread_panel(now)
    if side is not None:
        with side:
            strip_panel(now)
    workspace().draw_ahead([(page.ref, now.turn_of(page)) for page in _neighbours(now)], dpi=DPI)


def _neighbours(now: Seen) -> list[Page]:
    """Pages that the reviewer may turn to next: the one after, the one before, and the next that is kept."""
    numbers = [now.place.page + 1, now.place.page - 1, *[h for h in now.hits if h > now.place.page][:1]]
    return [now.chart.pages[n - 1] for n in dict.fromkeys(numbers) if 1 <= n <= len(now.chart.pages)]


def _record_opening(now: Seen) -> None:
    """The record of the case says who opened which page; it also remembers where the reviewer is."""
    place, here = now.place, (reviewer(), now.page.ref)
    if not reviewer():
        return
    if place.opened != here:
        place.opened, place.left = here, (place.row, now.page.ref)
        workspace().store.findings.opened(now.case.id, now.page.ref, reviewer=reviewer(), criterion=place.row)
    elif place.left != (place.row, now.page.ref):
        place.left = place.row, now.page.ref
        workspace().store.findings.leave(now.case.id, Left(place.row, now.page.ref), reviewer=reviewer())


def _text(now: Seen) -> None:
    """What recognition was not sure of stands first: there the image decides."""
    page = now.page
    with st.container(border=True, height=560):
        if not page.readable and page.text:
            st.caption(":orange[:material/warning:] Recognised too poorly to rely on:")
        elif page.source == "ocr":
            _uncertain(page.ref)
        st.text(page.text or "This page has no text.")


def _uncertain(page: PageRef) -> None:
    words = workspace().store.page(page).words
    unsure = list(dict.fromkeys(w.text for w in words if w.confidence is not None and w.confidence < UNSURE_BELOW))
    if unsure:
        st.caption(":orange[:material/warning:] Uncertain words:")
        st.text("   ".join(unsure[:_UNSURE_SHOWN]) + (" …" if len(unsure) > _UNSURE_SHOWN else ""))
        st.divider()


def _hits(now: Seen) -> None:
    """From one kept page of the criterion to the next."""
    number, hits = now.place.page, now.hits
    before, after = [h for h in hits if h < number], [h for h in hits if h > number]
    place = f"{hits.index(number) + 1} of {len(hits)}" if number in hits else str(len(hits))
    _go("Kept page before", "before", ":material/keyboard_double_arrow_left:", now, before[-1] if before else None)
    st.caption(f"{place} kept", width="content")
    _go("Next kept page", "after", ":material/keyboard_double_arrow_right:", now, after[0] if after else None)


def _go(label: str, name: str, icon: str, now: Seen, target: int | None) -> None:
    icon_button(
        label,
        icon,
        key=f"{_HIT}{name}",
        disabled=target is None,
        on_click=_to_page,
        args=(now.case.id, target),
    )


@callback
def _to_page(case_id: int, number: int | None) -> None:
    now = again(case_id)
    now.place.go(page=max(1, min(len(now.chart.pages), number or 1)))
    redraw(PAGE, LEFT)


def _view() -> None:
    for key, icon, on, off in (
        (STRIP, ":material/view_carousel:", "Hide the page images", "Images of all pages"),
        (BESIDE, ":material/auto_stories:", "One page", "Two pages side by side"),
    ):
        there = bool(st.session_state.get(key))
        icon_button(
            on if there else off,
            icon,
            key=key,
            on=there,
            on_click=_on_switch,
            args=(key,),
        )
    with st.container(key=VIEW_BOX, width="content"):
        st.segmented_control(
            "View", ["Image", "Text"], default="Image", key="review.view", label_visibility="collapsed", required=True
        )


@callback
def _on_switch(key: str) -> None:
    st.session_state[key] = not st.session_state.get(key)


@callback
def _on_rotate(case_id: int) -> None:
    """Remembered for everybody: a page that lies on its side does so for all."""
    number, now = rotated(_key(case_id)), again(case_id)
    if number is not None and 1 <= number <= len(now.chart.pages):
        page = now.chart.pages[number - 1].ref
        workspace().store.findings.turn(page, (now.turns.get(page, 0) + 90) % 360)


def _about(now: Seen) -> None:
    """One line: where the page comes from, its score, and why it is kept or left out."""
    parts = []
    if len(now.case.documents) > 1:
        parts.append(f"{plain(now.chart.names[now.page.ref.document])}, page {now.page.ref.number}")
    if now.page.label:
        parts.append(f"printed “{plain(now.page.label)}”")
    if now.page.blank:
        parts.append("blank")
    parts.append(_standing(now))
    if now.verdict:
        parts.append(f":material/check: saved as {JUDGED[now.verdict].lower()}")
    st.caption(" · ".join(parts), width="stretch")


def _standing(now: Seen) -> str:
    held = {"keep": ", kept by hand", "drop": ", left out by hand", "none": ""}[now.hold]
    gap = now.chart.grid.reasons.get((now.row, now.column))
    if gap:
        return f"{plain(now.criterion.id)}: not scored{held or ', kept'}"
    compared = shown(float(now.chart.grid.probabilities[now.row, now.column]), now.place.rule)
    raw = float(now.chart.grid.scores[now.row, now.column])
    value = f"probability **{compared}**, raw score {raw:.2f}" if now.chart.recalibrated else f"score **{compared}**"
    return f"{plain(now.criterion.id)}: {value}{held or (', kept' if now.kept[now.column] else ', left out')}"


def _image(now: Seen) -> None:
    case_id, pages, beside = now.case.id, len(now.chart.pages), _beside(now)
    shown = Shown(now.place.page, now.place.row, pictures_of(now))
    line = page_line(now)
    ahead = Ahead(
        images_of(now),
        shown.of,
        line,
        kept=line is not None and beside is None and now.place.drawn == shown,
        stops=Stops(now.hits, icon_key(f"{_HIT}before"), icon_key(f"{_HIT}after")),
        settled=((BAR, AT_PAGE), (UNREAD, AT_PAGE), (CARD, AT_CRITERION)),
        on_unreached=unreached,
    )
    try:
        main = PageImage("", now.place.page, "") if ahead.kept else picture(now, now.column)
    except PageUnavailable as error:
        say_error(str(error))
        return
    now.place.drawn = shown
    pageview(
        main.src,
        key=_key(case_id),
        page=main.page,
        pages=pages,
        alt=main.alt,
        marks=main.marks,
        width=main.width,
        height=_HEIGHTS.get(str(st.session_state.get("view")), _HEIGHTS["Heatmap"]),
        words=main.words,
        lean=main.lean,
        citations=main.citations,
        found=main.found,
        beside=beside,
        ahead=ahead,
        watch=Watch(now.watched, lambda seen: _on_seen(case_id, seen)) if reviewer() else None,
        about=now.criterion.id,
        on_page=lambda: _on_page(case_id, pages),
        on_rotate=lambda: _on_rotate(case_id),
        on_cite=None if now.state.signed_off or now.closed else lambda: _on_cite(case_id),
    )


def _key(case_id: int) -> str:
    return f"page.{case_id}"


def _beside(now: Seen) -> PageImage | None:
    """The page after this one."""
    if not st.session_state.get(BESIDE) or now.column + 1 >= len(now.chart.pages):
        return None
    try:
        return picture(now, now.column + 1)
    except PageUnavailable:
        return None


@callback
def _on_page(case_id: int, pages: int) -> None:
    asked, now = asked_there(_key(case_id), pages), again(case_id)
    if asked is None:
        return
    before = now.place.row
    row = asked.about if asked.about in now.chart.grid.criteria else before
    if asked.outside:  # the heatmap is there already: what the hand has done there since must not be taken back
        now.place.row, now.place.page, now.place.waits = row, asked.page, False
    else:
        now.place.go(row=row, page=asked.page)
    if asked.shown:
        now.place.drawn = Shown(asked.page, row, asked.shown)
    redraw(PAGE, LEFT, *((DECIDE,) if row != before else ()))


def _on_seen(case_id: int, seen: Sequence[tuple[int, float]]) -> None:
    record_seconds(case_id, again(case_id).chart, seen, by=reviewer())


@callback
def _on_cite(case_id: int) -> None:
    """For the criterion that was on the screen, whatever it shows by the time this arrives."""
    picked, now = to_cite(_key(case_id)), again(case_id)
    if picked is not None and picked.page <= len(now.chart.pages) and picked.about in now.chart.grid.criteria:
        criterion = now.chart.criteria[picked.about]
        cite(now, criterion.id, _citation(now, criterion, picked))
    redraw(PAGE, DECIDE)


def _citation(now: Seen, criterion: Criterion, picked: Picked) -> Citation:
    """What the browser names, as the database has it. Raises Conflict when the page was read anew in between."""
    page = now.chart.pages[picked.page - 1]
    whole = workspace().store.page(page.ref)
    if isinstance(picked, PickedBox):
        return cite_box(whole, picked.box, turn=now.turn_of(page))
    if isinstance(picked, PickedMark):
        boxes = [passage for passage in passages_on(criterion, page) for _ in passage.boxes]
        if picked.place < len(boxes):
            passage = boxes[picked.place]
            return Citation(page.ref, page.label, passage.quote, passage.boxes)
    elif picked.last < len(whole.words):
        citation = cite_run(whole, picked.first, picked.last)
        if citation.quote == picked.quote:
            return citation
    raise Conflict("This page was read anew in between. Nothing was cited. Choose the place again.")
