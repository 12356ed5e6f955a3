"""The head: the case, where it stands, whose turn it is, and its clock."""

from datetime import UTC, datetime

import streamlit as st

from core.casefile import URGENCIES
from core.casestate import STATUS_WORDS
from core.second_review import BOTH_COMPLETE
from core.turnaround import Turnaround
from pages.components.frame import ask_reviewer, callback, plain, reviewer, route, workspace
from pages.determine.place import Seen
from pages.determine.words import STATUS_LOOKS, URGENCY_WORDS, allowed_words, moment_words, span_words

_CLOSED = "determine.clock.closed"
"""How often the panel of the clock was used: a new key closes it."""


def head(now: Seen) -> None:
    case, colour, icon = now.basis.case, *STATUS_LOOKS[now.state.status]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(case.name), anchor=False, width="content")
        st.badge(STATUS_WORDS[now.state.status], color=colour, icon=f":material/{icon}:")  # type: ignore[arg-type]
        st.caption(turn_words(now), width="content")
        st.space("stretch")
        query = {"case": str(case.id)}
        if now.basis.second_state in BOTH_COMPLETE:
            st.page_link(route("adjudicate"), label="Two reviews", icon=":material/balance:", query_params=query)
        st.page_link(route("review"), label="Go to the review", icon=":material/grid_on:", query_params=query)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(clock_words(now.clock), width="content")
        st.caption(
            f"{allowed_words(now.clock.urgency, workspace().signing.terms)}, "
            f"received {moment_words(now.clock.received_at)}",
            width="content",
        )
        if not now.state.signed_off:
            _arrival_panel(now)


def turn_words(now: Seen) -> str:
    """Whose turn it is, by name where it is somebody's."""
    match now.state.turn:
        case "nobody":
            return ""
        case "requester":
            detail = now.state.step.detail if now.state.step else {}
            due = f", by {detail['due']}" if detail.get("due") else ""
            return f"Waits for information from {plain(detail.get('whom', '')) or 'the requester'}{due}"
        case "physician":
            return f"Turn of the physician: {plain(now.basis.holder('physician')) or 'anyone'}"
        case "reviewer":
            return f"Turn of the reviewer: {plain(now.basis.holder('review')) or 'anyone'}"


def clock_words(clock: Turnaround) -> str:
    left = span_words(clock.left)
    if clock.stopped:
        return (
            f":red[:material/timer_off: **Signed off {left} late**]"
            if clock.overdue
            else f":material/timer_off: Signed off {left} before it was due"
        )
    if clock.paused:
        rest = f":red[**overdue by {left}**]" if clock.overdue else f"{left} left when it goes on"
        return f":material/pause_circle: The clock stands: {rest}"
    due = f"Due {moment_words(clock.due_at)}"
    if clock.overdue:
        return f":red[:material/alarm: **Overdue by {left}**] · {due}"
    if clock.due_soon:
        return f":orange[:material/alarm: **{left} left**] · {due}"
    return f":material/schedule: **{left} left** · {due}"


def _arrival_panel(now: Seen) -> None:
    key = f"determine.clock.{now.case_id}.{st.session_state.get(_CLOSED, 0)}"
    with st.popover("Change", type="tertiary", icon=":material/edit_calendar:", key=key):
        if not now.person:
            ask_reviewer("Your name: the record keeps who set the clock")
            return
        st.segmented_control(
            "Urgency",
            URGENCIES,
            default=now.clock.urgency,
            required=True,
            format_func=URGENCY_WORDS.__getitem__,
            key=f"{key}.urgency",
            on_change="ignore",
        )
        st.datetime_input(
            "Received, in UTC",
            now.clock.received_at.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0),
            key=f"{key}.received",
            on_change="ignore",
            format="YYYY-MM-DD",
            step=60,
        )
        st.text_area(
            "Why",
            key=f"{key}.why",
            placeholder="Needed where it gives more time",
            height=68,
            max_chars=2000,
            on_change="ignore",
        )
        st.button(
            "Set the clock",
            key=f"{key}.go",
            type="primary",
            on_click=_on_set,
            args=(now.case_id, now.state.newest, key),
        )


@callback
def _on_set(case_id: int, newest: int, key: str) -> None:
    received, was = st.session_state.get(f"{key}.received"), workspace().signing.turnaround(case_id).received_at
    detail = {
        "urgency": str(st.session_state.get(f"{key}.urgency") or ""),
        "received_at": _exact(received, was) if received else "",
    }
    reason = str(st.session_state.get(f"{key}.why") or "")
    workspace().signing.take(case_id, "urgency", by=reviewer(), reason=reason, detail=detail, seen=newest)
    st.session_state[_CLOSED] = st.session_state.get(_CLOSED, 0) + 1


def _exact(chosen: datetime, was: datetime) -> str:
    """The chosen minute; where that is the minute it was, with the seconds that the field does not show."""
    chosen = chosen.replace(tzinfo=UTC)
    return (was if was.replace(second=0, microsecond=0) == chosen else chosen).isoformat()
