"""The page: image or text, the passages that speak to the criterion, and the reviewer's judgement of it."""

import streamlit as st

from core.domain import VERDICTS, Verdict
from core.errors import PageUnavailable
from core.selection import shown
from pages.components.frame import callback, plain, reviewer, say_error, workspace
from pages.components.pageview import Mark, image_source, pageview, turned
from pages.review.place import Seen, again

_WORDS: dict[Verdict, str] = {"relevant": "Relevant", "not_relevant": "Not relevant", "unsure": "Unsure"}


def page_panel(now: Seen) -> None:
    with st.container(gap="xsmall"):
        _panel(now)


def _panel(now: Seen) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _hits(now)
        _judge(now)
        st.space("stretch")
        _view(now)
    _about(now)
    page = now.page
    if not page.readable:
        st.warning(
            f"{page.problem} It is kept for every criterion: please look at it yourself.", icon=":material/warning:"
        )
    if st.session_state.get("review.view") == "Text":
        with st.container(border=True, height=560):
            st.text(page.text or "This page has no text.")
        return
    _image(now)


def _hits(now: Seen) -> None:
    """From one kept page of the criterion to the next."""
    number, hits = now.place.page, now.hits
    before, after = [h for h in hits if h < number], [h for h in hits if h > number]
    place = f"{hits.index(number) + 1} of {len(hits)}" if number in hits else str(len(hits))
    _go("Kept page before", "before", ":material/keyboard_double_arrow_left:", now, before[-1] if before else None)
    st.caption(f"{place} kept", width="content")
    _go("Next kept page", "after", ":material/keyboard_double_arrow_right:", now, after[0] if after else None)


def _view(now: Seen) -> None:
    st.button(
        "",
        key="review.rotate",
        icon=":material/rotate_right:",
        help="Turn the page clockwise",
        type="tertiary",
        on_click=_rotate,
        args=(now.case.id,),
    )
    st.segmented_control(
        "View", ["Image", "Text"], default="Image", key="review.view", label_visibility="collapsed", required=True
    )


def _go(label: str, name: str, icon: str, now: Seen, target: int | None) -> None:
    st.button(
        "",
        key=f"review.hit_{name}",
        icon=icon,
        help=label,
        type="tertiary",
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
    place = again(case_id).place
    place.rotation[place.page] = (place.rotation.get(place.page, 0) + 90) % 360


def _about(now: Seen) -> None:
    """One line: where the page comes from, its score, and why it is kept or left out."""
    parts = []
    if len(now.case.documents) > 1:
        parts.append(f"{plain(now.chart.names[now.page.ref.document])}, page {now.page.ref.number}")
    if now.page.label:
        parts.append(f"printed “{plain(now.page.label)}”")
    if now.page.blank:
        parts.append("blank")
    if now.page.duplicate_of:
        first = now.chart.grid.pages.index(now.page.duplicate_of) + 1
        parts.append(f"repeats page {first}")
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
            key=f"judge.{now.case.id}.{now.criterion.id}.{now.place.page}.{verdict}",
            type="primary" if verdict == now.verdict else "secondary",
            on_click=_on_judge,
            args=(now.case.id, now.criterion.id, now.place.page, verdict),
        )


@callback
def _on_judge(case_id: int, criterion: str, number: int, verdict: Verdict) -> None:
    """About the criterion and page that were on the screen, whatever it shows by now."""
    now = again(case_id)
    page = now.chart.pages[number - 1]
    workspace().mark(
        case_id,
        criterion,
        page,
        verdict,
        reviewer=reviewer(),
        rule=now.place.rule,
        fingerprint=now.place.fingerprint,
    )


def _image(now: Seen) -> None:
    turn = now.place.rotation.get(now.place.page, 0)
    try:
        image = workspace().image(now.page, dpi=110, rotate=turn)
    except PageUnavailable as error:
        say_error(str(error))
        return
    # Boxes lie where the page stands upright in the file; a page turned by hand is shown without them.
    passages = workspace().passages(now.criterion, now.page) if now.page.text and not turn else []
    marks = [Mark(box, p.strength, p.quote) for p in passages for box in p.boxes]
    sideways = turn in (90, 270)
    pageview(
        image_source(image),
        key=f"page.{now.case.id}",
        page=now.place.page,
        pages=len(now.chart.pages),
        alt=f"Page {now.place.page} of the packet",
        marks=marks,
        width=now.page.height if sideways else now.page.width,
        height=560,
        on_turn=lambda: _on_turn(now.case.id),
    )


@callback
def _on_turn(case_id: int) -> None:
    step = turned(f"page.{case_id}")
    if step:
        now = again(case_id)
        now.place.go(page=max(1, min(len(now.chart.pages), now.place.page + step)))
