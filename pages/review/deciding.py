"""The decision on the current criterion: saved the moment it is made, with the history beside it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.domain import DECISIONS, Case, Decision, DecisionOutcome
from core.errors import Conflict
from core.selection import evidence, weak_below
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace
from pages.components.icon_button import icon_button
from pages.review.place import Seen, again
from pages.review.unread import unread_words

_EVIDENCE = "evidence"
# Room for two lines: the buttons below stay where they are when the line grows while pages are read and scored.
STYLE = f".st-key-{_EVIDENCE}{{min-height:3.25rem;justify-content:center}}"
"""To be put on every page."""
WORDS: dict[DecisionOutcome, str] = {
    "met": "Met",
    "not_met": "Not met",
    "insufficient": "Insufficient",
    "not_applicable": "Not applicable",
}


def decide_panel(now: Seen) -> None:
    with st.container(border=True, gap="xsmall"):
        _question(now)
        if not reviewer():
            ask_reviewer()
            return
        newest = now.decisions.get(now.criterion.id)
        _form(now, newest)
        _saved(now, newest)


def _question(now: Seen) -> None:
    st.markdown(f"**{plain(now.criterion.id)}** {plain(now.criterion.question)}")
    if now.criterion.instruction:
        st.caption(plain(now.criterion.instruction))
    found, before, after = st.columns([14, 1, 1], vertical_alignment="center", gap="xsmall")
    with found.container(key=_EVIDENCE):
        st.markdown(_evidence(now))
    with before:
        _neighbour("Criterion before", ":material/expand_less:", now, -1)
    with after:
        _neighbour("Next criterion", ":material/expand_more:", now, 1)


def _neighbour(label: str, icon: str, now: Seen, step: int) -> None:
    icon_button(
        label,
        icon,
        key=f"criterion.{label}",
        disabled=not 0 <= now.row + step < len(now.chart.criteria),
        on_click=_step,
        args=(now.case.id, step),
    )


def _evidence(now: Seen) -> str:
    """What the tool found, never a verdict."""
    milli, weak = now.chart.grid.milli[now.row : now.row + 1], weak_below(now.chart.scorer)
    state = evidence(milli, now.kept[None, :], now.chart.unreadable, weak=weak)[0]
    aside = f"; {words}" if (words := unread_words(now)) else ""
    if state in ("found", "weak"):
        words = "Evidence found" if state == "found" else f"Weak matches only, none reaches {weak:.2f},"
        missing = int((np.isnan(now.chart.grid.scores[now.row]) & ~now.chart.unreadable).sum())
        if missing or now.so_far:
            words = f"{words} so far"
        if missing:  # Only where evidence was found: the state of other rows with missing answers is "not_scored".
            aside = f"; {missing} page{'s are' if missing > 1 else ' is'} not scored yet{aside}"
        icon = ":blue[:material/check_circle:]" if state == "found" else ":gray[:material/help:]"
        pages = ", ".join(str(h) for h in now.hits[:12]) + ("…" if len(now.hits) > 12 else "")
        return f"{icon} {words} on page{'s' if len(now.hits) > 1 else ''} {pages}{aside}"
    if state == "not_scored":
        return ":orange[:material/pending:] Not scored on every page yet: nothing can be said"
    read = int((~now.chart.unreadable).sum())
    if state == "could_not_read" and not read:
        return ":orange[:material/pending:] No page has been read yet: nothing can be said"
    if state == "could_not_read":
        so_far = " so far" if now.so_far else ""
        return f":orange[:material/visibility_off:] None found{so_far} on {read} pages; {unread_words(now, ask=True)}"
    return f":gray[:material/search_off:] Looked at {read} pages, none found. This does not mean “not met”"


@callback
def _step(case_id: int, step: int) -> None:
    now = again(case_id)
    order = now.chart.grid.criteria
    now.place.go(row=order[max(0, min(len(order) - 1, now.row + step))])


def _base(case_id: int, criterion: str) -> str:
    """Under it the session keeps .why (the field), .typed (words not stored yet) and .seen (the decision shown)."""
    return f"decide.{case_id}.{criterion}"


def _form(now: Seen, newest: Decision | None) -> None:
    base = _base(now.case.id, now.criterion.id)
    seen = newest.id if newest else 0
    # Streamlit forgets what a field held as soon as it is not drawn, so the field is filled again on every return.
    if st.session_state.get(f"{base}.seen") != seen or f"{base}.why" not in st.session_state:
        st.session_state[f"{base}.seen"] = seen
        st.session_state[f"{base}.why"] = st.session_state.get(f"{base}.typed", newest.rationale if newest else "")
    with st.container(horizontal=True, gap="xsmall"):
        for outcome in DECISIONS:
            # Buttons, not a choice that keeps a value: only a click may sign a decision, and it belongs to the
            # criterion that was on the screen, whatever the screen shows by the time it arrives.
            st.button(
                WORDS[outcome],
                key=f"{base}.{outcome}",
                type="primary" if newest and newest.outcome == outcome else "secondary",
                on_click=_on_outcome,
                args=(now.case.id, now.criterion.id, outcome),
            )
        st.space("stretch")
        with st.popover(plain(reviewer()), icon=":material/person:", type="tertiary", help="Who is signing"):
            ask_reviewer()
    st.text_area(
        "Why",
        key=f"{base}.why",
        height=68,
        max_chars=4000,
        placeholder="Why: dates, values, pages",
        label_visibility="collapsed",
        on_change=_on_why,
        args=(now.case.id, now.criterion.id),
    )


@callback
def _on_outcome(case_id: int, criterion: str, outcome: DecisionOutcome) -> None:
    base = _base(case_id, criterion)
    _store(case_id, criterion, outcome, st.session_state.get(f"{base}.why", st.session_state.get(f"{base}.typed", "")))


@callback
def _on_why(case_id: int, criterion: str) -> None:
    """New words go with the standing decision; without one they wait for it."""
    base = _base(case_id, criterion)
    why = st.session_state[f"{base}.why"]
    newest = workspace().store.decisions(case_id).get(criterion)
    if newest is None:
        st.session_state[f"{base}.typed"] = why
    elif why.strip() != newest.rationale:
        _store(case_id, criterion, newest.outcome, why)


def _store(case_id: int, criterion: str, outcome: DecisionOutcome, why: str) -> None:
    base = _base(case_id, criterion)
    # What is typed stands nowhere else until a decision takes it: it outlives a conflict and a look elsewhere.
    st.session_state[f"{base}.typed"] = why
    seen = st.session_state.get(f"{base}.seen", 0)
    try:
        stored = workspace().decide(case_id, criterion, outcome, why, reviewer=reviewer(), seen=seen)
    except Conflict:
        st.session_state[f"{base}.seen"] = -1
        raise
    if stored:
        st.session_state[f"{base}.seen"] = stored.id
    del st.session_state[f"{base}.typed"]


def _saved(now: Seen, newest: Decision | None) -> None:
    typed = bool(st.session_state.get(f"{_base(now.case.id, now.criterion.id)}.typed"))
    if typed:
        st.caption(":material/edit: Not saved yet: choose a decision to save what you wrote.")
    if newest is None:
        if not typed:
            st.caption("Not decided yet. A click saves.")
        return
    history = workspace().store.history(now.case.id, now.criterion.id)
    signed = f"{newest.at:%d %b %Y, %H:%M:%S} UTC by {plain(newest.reviewer)}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f":material/check: Saved {signed}{_cited(now, newest)}", width="stretch")
        if len(history) > 1:
            with st.popover(f"{len(history)} changes", type="tertiary"):
                _history(history)
    amended = now.case.amended_at
    if amended and newest.at < amended:
        st.caption(f":material/history: Decided before the packet changed on {amended:%d %b}: look again")


def _cited(now: Seen, decision: Decision) -> str:
    """The cited pages by their numbers in the case; those that are gone or changed by their place in the old file."""
    here: list[int] = []
    gone: dict[str, list[int]] = {}
    for citation in decision.citations:
        page = workspace().current(now.case.id, citation.page)
        if page in now.numbers:
            here.append(now.numbers[page])
        else:
            gone.setdefault(citation.page.document, []).append(citation.page.number)
    parts = [_pages(sorted(here))] if here else []
    parts += [f"{_pages(pages)}, no longer in the packet ({_name(now.case, file)})" for file, pages in gone.items()]
    return f" · cites {'; '.join(parts)}" if parts else ""


def _pages(numbers: Sequence[int]) -> str:
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _name(case: Case, document: str) -> str:
    try:
        return plain(case.document(document).name)
    except KeyError:
        return "a document that is no longer here"


def _history(history: list[Decision]) -> None:
    for decision in reversed(history):
        why = f": {plain(decision.rationale)}" if decision.rationale else ""
        st.markdown(f"{decision.at:%d %b %H:%M:%S} **{WORDS[decision.outcome]}** by {plain(decision.reviewer)}{why}")
