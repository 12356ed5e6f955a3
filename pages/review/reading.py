"""The page: image or text, the passages that speak to the criterion, and the reviewer's judgement of it."""

import streamlit as st

from core.domain import VERDICTS, PageRef, Verdict
from core.errors import NotFound, PageUnavailable
from core.layout import turned_box
from core.selection import shown
from pages.components.frame import callback, plain, reviewer, say_error, workspace
from pages.components.icon_button import icon_button
from pages.components.pageview import Mark, image_source, pageview, turned
from pages.review.facts import facts
from pages.review.place import Seen, again
from pages.review.unread import redraw_head, unread_panel

UNSURE_BELOW = 0.6
"""Recognition is unsure of a word below this confidence."""
_UNSURE_SHOWN = 80
_WORDS: dict[Verdict, str] = {"relevant": "Relevant", "not_relevant": "Not relevant", "unsure": "Unsure"}


def page_panel(now: Seen) -> None:
    with st.container(gap="xsmall"):
        _panel(now)
    redraw_head()


def _panel(now: Seen) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _hits(now)
        _judge(now)
        st.space("stretch")
        _view(now)
    _about(now)
    facts(now)
    if not now.page.readable:
        unread_panel(now)
    if st.session_state.get("review.view") == "Text":
        _text(now)
    else:
        _image(now)


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


def _view(now: Seen) -> None:
    icon_button(
        "Turn the page clockwise",
        ":material/rotate_right:",
        key="review.rotate",
        on_click=_rotate,
        args=(now.case.id,),
    )
    st.segmented_control(
        "View", ["Image", "Text"], default="Image", key="review.view", label_visibility="collapsed", required=True
    )


def _go(label: str, name: str, icon: str, now: Seen, target: int | None) -> None:
    icon_button(
        label,
        icon,
        key=f"review.hit_{name}",
        disabled=target is None,
        on_click=_to_page,
        args=(now.case.id, target),
    )


@callback
def _to_page(case_id: int, number: int | None) -> None:
    now = again(case_id)
    now.place.go(page=max(1, min(len(now.chart.pages), number or 1)))


@callback
def _rotate(case_id: int) -> None:
    now = again(case_id)
    now.place.rotation[now.page.ref] = (now.place.rotation.get(now.page.ref, 0) + 90) % 360


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
        parts.append(f":material/check: saved as {_WORDS[now.verdict].lower()}")
    st.caption(" · ".join(parts))


def _standing(now: Seen) -> str:
    gap = now.chart.grid.reasons.get((now.row, now.column))
    if gap:
        return f"{plain(now.criterion.id)}: not scored, kept"
    compared = shown(float(now.chart.grid.probabilities[now.row, now.column]), now.place.rule)
    raw = float(now.chart.grid.scores[now.row, now.column])
    value = f"probability **{compared}**, raw score {raw:.2f}" if now.chart.recalibrated else f"score **{compared}**"
    return f"{plain(now.criterion.id)}: {value}, {'kept' if now.kept[now.column] else 'left out'}"


def _judge(now: Seen) -> None:
    """Relevant, not relevant, unsure: saved at once."""
    if not reviewer():
        return
    for verdict in VERDICTS:
        st.button(
            _WORDS[verdict],
            key=f"judge.{now.case.id}.{now.criterion.id}.{now.page.ref.document[:16]}.{now.page.ref.number}.{verdict}",
            type="primary" if verdict == now.verdict else "secondary",
            on_click=_on_judge,
            args=(now.case.id, now.criterion.id, now.page.ref, verdict),
        )


@callback
def _on_judge(case_id: int, criterion: str, page: PageRef, verdict: Verdict) -> None:
    """About the criterion and page that were on the screen, whatever it shows by now and whatever number it has."""
    now = again(case_id)
    if page not in now.numbers:
        raise NotFound("This page is no longer in the packet: its document was replaced. Nothing was saved.")
    workspace().mark(
        case_id,
        criterion,
        now.chart.pages[now.numbers[page] - 1],
        verdict,
        reviewer=reviewer(),
        rule=now.place.rule,
        fingerprint=now.place.fingerprint,
    )


def _image(now: Seen) -> None:
    page = now.page
    turn = (page.turn + now.place.rotation.get(page.ref, 0)) % 360
    try:
        image = workspace().image(page, dpi=110, rotate=turn)
    except PageUnavailable as error:
        say_error(str(error))
        return
    passages = workspace().passages(now.criterion, page) if page.text and page.readable else []
    marks = [Mark(turned_box(box, turn), p.strength, p.quote) for p in passages for box in p.boxes]
    pageview(
        image_source(image),
        key=f"page.{now.case.id}",
        page=now.place.page,
        pages=len(now.chart.pages),
        alt=f"Page {now.place.page} of the packet",
        marks=marks,
        width=page.height if turn in (90, 270) else page.width,
        height=560,
        on_turn=lambda: _on_turn(now.case.id),
    )


@callback
def _on_turn(case_id: int) -> None:
    step = turned(f"page.{case_id}")
    if step:
        now = again(case_id)
        now.place.go(page=max(1, min(len(now.chart.pages), now.place.page + step)))
