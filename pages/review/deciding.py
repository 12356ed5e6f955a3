"""The decision on the current criterion: saved the moment it is made, with the history beside it."""

import numpy as np
import streamlit as st

from core.domain import DECISIONS, Decision, DecisionOutcome
from core.errors import Conflict
from core.selection import evidence
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace
from pages.review.place import Seen, again

WORDS: dict[DecisionOutcome, str] = {
    "met": "Met",
    "not_met": "Not met",
    "insufficient": "Insufficient",
    "not_applicable": "Not applicable",
}

WEAK = 0.2
"""Below this probability the best page is called a weak match, whatever the rule keeps."""


def decide_panel(now: Seen) -> None:
    with st.container(border=True, gap="xsmall"):
        _question(now)
        if not reviewer():
            ask_reviewer()
            return
        newest = workspace().store.decisions(now.case.id).get(now.criterion.id)
        _form(now, newest)
        _saved(now, newest)


def _question(now: Seen) -> None:
    st.markdown(f"**{plain(now.criterion.id)}** {plain(now.criterion.question)}")
    if now.criterion.instruction:
        st.caption(plain(now.criterion.instruction))
    found, before, after = st.columns([14, 1, 1], vertical_alignment="center", gap="xsmall")
    found.markdown(_evidence(now))
    with before:
        _neighbour("Criterion before", ":material/expand_less:", now, now.row - 1)
    with after:
        _neighbour("Next criterion", ":material/expand_more:", now, now.row + 1)


def _neighbour(label: str, icon: str, now: Seen, row: int) -> None:
    order = now.chart.grid.criteria
    there = 0 <= row < len(order)
    st.button(
        "",
        key=f"criterion.{label}",
        icon=icon,
        help=label,
        type="tertiary",
        disabled=not there,
        on_click=_to_row,
        args=(now.case.id, order[row] if there else ""),
    )


def _evidence(now: Seen) -> str:
    """What the tool found, never a verdict."""
    milli = now.chart.grid.milli[now.row : now.row + 1]
    state = evidence(milli, now.kept[None, :], now.chart.unreadable)[0]
    unread = int(now.chart.unreadable.sum())
    aside = f"; {unread} could not be read" if unread else ""
    if state == "found":
        best = float(np.nanmax(now.chart.grid.probabilities[now.row]))
        words = "Evidence found" if best >= WEAK else f"Weak matches only, none above {WEAK:.2f},"
        icon = ":blue[:material/check_circle:]" if best >= WEAK else ":gray[:material/help:]"
        pages = ", ".join(str(h) for h in now.hits[:12]) + ("…" if len(now.hits) > 12 else "")
        return f"{icon} {words} on page{'s' if len(now.hits) > 1 else ''} {pages}{aside}"
    if state == "not_scored":
        return ":orange[:material/pending:] Not scored on every page yet: nothing can be said"
    read = len(now.chart.pages) - unread
    if state == "could_not_read":
        return f":orange[:material/visibility_off:] None found on {read} pages{aside}: look at those yourself"
    return f":gray[:material/search_off:] Looked at {read} pages, none found. This does not mean “not met”"


@callback
def _to_row(case_id: int, row: str) -> None:
    again(case_id).place.go(row=row)


def _form(now: Seen, newest: Decision | None) -> None:
    base = f"decide.{now.case.id}.{now.criterion.id}"
    seen = newest.id if newest else 0
    if st.session_state.get(f"{base}.seen") != seen:
        st.session_state[f"{base}.seen"] = seen
        st.session_state[f"{base}.outcome"] = newest.outcome if newest else None
        # After a conflict the reviewer's own words stay in the field: they are stored nowhere else.
        if not st.session_state.pop(f"{base}.typed", False):
            st.session_state[f"{base}.why"] = newest.rationale if newest else ""
    st.segmented_control(
        "Decision",
        DECISIONS,
        format_func=WORDS.__getitem__,
        key=f"{base}.outcome",
        label_visibility="collapsed",
        on_change=_on_decide,
        args=(now.case.id, now.criterion.id),
    )
    st.text_area(
        "Why",
        key=f"{base}.why",
        height=68,
        max_chars=4000,
        placeholder="Why: dates, values, pages",
        label_visibility="collapsed",
        on_change=_on_decide,
        args=(now.case.id, now.criterion.id),
    )


@callback
def _on_decide(case_id: int, criterion: str) -> None:
    state = st.session_state.to_dict()
    base = f"decide.{case_id}.{criterion}"
    outcome, why, seen = state[f"{base}.outcome"], state[f"{base}.why"], state[f"{base}.seen"]
    if outcome is None:
        st.session_state[f"{base}.seen"], st.session_state[f"{base}.typed"] = -1, True
        return
    try:
        workspace().decide(case_id, criterion, outcome, why, reviewer=reviewer(), seen=seen)
    except Conflict:
        st.session_state[f"{base}.seen"], st.session_state[f"{base}.typed"] = -1, True
        raise


def _saved(now: Seen, newest: Decision | None) -> None:
    if newest is None:
        typed = st.session_state.get(f"decide.{now.case.id}.{now.criterion.id}.why")
        st.caption("Choose a decision to save what you wrote." if typed else "Not decided yet. A click saves.")
        return
    cited = [now.chart.grid.pages.index(c.page) + 1 for c in newest.citations]
    cites = f" · cites page{'s' if len(cited) > 1 else ''} {', '.join(map(str, cited))}" if cited else ""
    history = workspace().store.history(now.case.id, now.criterion.id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f":material/check: Saved {newest.at:%d %b %Y, %H:%M:%S} UTC by {plain(newest.reviewer)}{cites}",
            width="stretch",
        )
        if len(history) > 1:
            with st.popover(f"{len(history)} changes", type="tertiary"):
                _history(history)


def _history(history: list[Decision]) -> None:
    for decision in reversed(history):
        why = f": {plain(decision.rationale)}" if decision.rationale else ""
        st.markdown(f"{decision.at:%d %b %H:%M:%S} **{WORDS[decision.outcome]}** by {plain(decision.reviewer)}{why}")
