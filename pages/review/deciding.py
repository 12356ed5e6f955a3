"""The decision on the current criterion: saved the moment it is made, with the history beside it."""

import streamlit as st

from core.domain import DECISIONS, Decision, DecisionOutcome
from core.errors import Conflict
from core.rationales import templates_for
from pages.components.frame import ask_reviewer, callback, plain, reviewer, route, workspace
from pages.components.icon_button import icon_button
from pages.components.keymap import in_key
from pages.components.outcomes import OUTCOME_ICONS
from pages.components.saved import Said, missed, saved
from pages.review.answers import decision_line, wanted
from pages.review.citing import cited_panel
from pages.review.decided import WORDS, decide, said_of
from pages.review.place import CARD, DECIDE, LEFT, Seen, again, at_criterion, redraw
from pages.review.question import question_panel
from pages.review.undoing import Deciding, did, log_of, on_redo, on_undo

BUTTONS, WHY = "review.outcome", "review.why"
_WORDS = "review.words.{about}"


def decide_panel(now: Seen) -> None:
    """What became of the decision is drawn first, though it stands last: it is what somebody waits for."""
    about = at_criterion(now.criterion.id)
    with st.container(border=True, gap="xsmall", key=CARD):
        question, outcomes, rest, saved = (st.container(gap="xsmall") for _ in range(4))
        if not reviewer():
            with question:
                question_panel(now)
            with outcomes, st.container(key=about):
                ask_reviewer()
            return
        newest, locked = now.decisions.get(now.criterion.id), now.state.signed_off or now.closed
        with saved:
            _saved(now, newest, locked=locked)
        with outcomes:
            if locked:
                _said(newest)
            else:
                _outcomes(now, newest)
        with question:
            question_panel(now)
        with rest:
            if locked:
                _locked(now)
            else:
                _why(now, newest)
            with st.container(key=about):  # the last that is drawn
                cited_panel(now, locked=locked)


def _base(now_case: int, criterion: str) -> str:
    """Under it the session keeps .why (the field), .seen (the decision shown) and .by (whose words they are)."""
    return f"decide.{now_case}.{criterion}"


def _said(newest: Decision | None) -> None:
    if newest:
        st.markdown(f"{OUTCOME_ICONS[newest.outcome]} **{WORDS[newest.outcome]}** {plain(newest.rationale)}")
    else:
        st.caption("Not decided.")


def _locked(now: Seen) -> None:
    """Nothing changes while the case is signed off, nor where two complete reviews are to be compared."""
    query = {"case": str(now.case.id)}
    if not now.state.signed_off:
        st.info("Both reviews are complete. Where they differ, a lead or a physician settles it.")
        if now.place.reading == "first":
            st.page_link(route("adjudicate"), label="Two reviews", icon=":material/balance:", query_params=query)
        return
    st.info("This case was signed off. Nothing changes until it is reopened.", icon=":material/lock:")
    st.page_link(route("determine"), label="Determination", icon=":material/gavel:", query_params=query)


def _outcomes(now: Seen, newest: Decision | None) -> None:
    """Buttons, not a choice that keeps a value: only a click may sign a decision, and it belongs to the criterion that
    was on the screen, whatever the screen shows by the time it arrives."""
    base = _base(now.case.id, now.criterion.id)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for outcome in DECISIONS:
            with st.container(key=f"{BUTTONS}.{outcome}", width="content"):
                st.button(
                    WORDS[outcome],
                    key=f"{base}.{outcome}",
                    icon=OUTCOME_ICONS[outcome],
                    type="primary" if newest and newest.outcome == outcome else "secondary",
                    on_click=_on_outcome,
                    args=(now.case.id, now.criterion.id, outcome),
                )
        st.space("stretch")
        _undo_buttons(now)


def _undo_buttons(now: Seen) -> None:
    log = log_of(now.case.id)
    undo = f"Undo: {plain(log.done[-1].words)}" if log.done else "Nothing to undo"
    redo = f"Redo: {plain(log.undone[-1].words)}" if log.undone else "Nothing to redo"
    for label, icon, key, there, act in (
        (undo, ":material/undo:", "review.undo", bool(log.done), on_undo),
        (redo, ":material/redo:", "review.redo", bool(log.undone), on_redo),
    ):
        icon_button(label, icon, key=key, disabled=not there, on_click=act, args=(now.case.id,))


def _why(now: Seen, newest: Decision | None) -> None:
    base = _base(now.case.id, now.criterion.id)
    seen = newest.id if newest else 0
    # Streamlit forgets what a field held as soon as it is not drawn, so the field is filled again on every return.
    shown = st.session_state.get(f"{base}.seen"), st.session_state.get(f"{base}.by")
    if shown != (seen, reviewer()) or f"{base}.why" not in st.session_state:
        st.session_state[f"{base}.seen"], st.session_state[f"{base}.by"] = seen, reviewer()
        st.session_state[f"{base}.why"] = now.drafts.get(now.criterion.id, newest.rationale if newest else "")
    field, helps = st.columns([16, 1], gap="xsmall")
    with field.container(key=WHY), st.container(key=_WORDS.format(about=in_key(now.criterion.id))):
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
    key = f"{base}.templates"
    with helps:
        # What stands in it is drawn only when it is opened: every decision would pay for it.
        drawer = st.popover(
            "",
            icon=":material/list_alt:",
            type="tertiary",
            help="Rationales to start from",
            key=key,
            on_change="rerun",
        )
    if drawer.open:
        with drawer:
            _templates(now)


def _templates(now: Seen) -> None:
    st.markdown("**Rationales to start from**")
    own = workspace().store.course.templates()
    for outcome in DECISIONS:
        st.caption(WORDS[outcome])
        for n, template in enumerate(templates_for(outcome, own)):
            st.button(
                plain(template.text),
                key=f"template.{now.case.id}.{now.criterion.id}.{outcome}.{n}",
                type="tertiary",
                on_click=_on_template,
                args=(now.case.id, now.criterion.id, template.text),
            )


@callback
def _on_template(case_id: int, criterion: str, text: str) -> None:
    """Added to what stands in the field; the reviewer fills in dates and values and decides."""
    field = f"{_base(case_id, criterion)}.why"
    before = str(st.session_state.get(field, "")).rstrip()
    st.session_state[field] = f"{before}\n{text}" if before else text
    _keep(case_id, criterion, st.session_state[field])


@callback
def _on_outcome(case_id: int, criterion: str, outcome: DecisionOutcome) -> None:
    now, base = again(case_id), _base(case_id, criterion)
    _decide(now, criterion, outcome, st.session_state.get(f"{base}.why"))
    redraw(DECIDE, LEFT)


@callback
def _on_stored(case_id: int) -> None:
    """Decided on the line: it is saved already, and the rest of the screen follows."""
    log = log_of(case_id)
    while log.unheard:
        _remember(case_id, log.unheard.pop(0))
    redraw(DECIDE, LEFT)


@callback
def _on_missed(case_id: int, key: str) -> None:
    """The line did not answer, and the screen is about another criterion by now: it is decided all the same."""
    row, outcome, why, seen = wanted(missed(key), case_id=case_id)
    change = decide(again(case_id), row, outcome, why, by=reviewer(), seen=seen)
    if change:
        _remember(case_id, change)
    redraw(DECIDE, LEFT)


@callback
def _on_why(case_id: int, criterion: str) -> None:
    _keep(case_id, criterion, str(st.session_state[f"{_base(case_id, criterion)}.why"]))


def _keep(case_id: int, criterion: str, why: str) -> None:
    """New words go with one's own standing decision; otherwise they wait for one, as a draft that is stored as well."""
    now = again(case_id)
    newest = now.decisions.get(criterion)
    if newest is None or newest.reviewer != reviewer():
        draft, reading = workspace().store.findings.draft, now.place.reading
        draft(case_id, criterion, why.strip(), reviewer=reviewer(), reading=reading)
        meanwhile = again(case_id).decisions.get(criterion)
        if meanwhile and meanwhile.rationale == why.strip():  # signed on the line with these words
            draft(case_id, criterion, "", reviewer=reviewer(), reading=reading)
    elif why.strip() != newest.rationale:
        _decide(now, criterion, newest.outcome, why)


def _decide(now: Seen, criterion: str, outcome: DecisionOutcome, why: str | None) -> None:
    field = f"{_base(now.case.id, criterion)}.seen"
    try:
        change = decide(now, criterion, outcome, why, by=reviewer(), seen=st.session_state.get(field, 0))
    except Conflict:
        st.session_state[field] = -1  # the next click decides knowingly
        raise
    if change:
        _remember(now.case.id, change)


def _remember(case_id: int, change: Deciding) -> None:
    st.session_state[f"{_base(case_id, change.criterion)}.seen"] = change.seen
    did(case_id, change)


def _saved(now: Seen, newest: Decision | None, *, locked: bool) -> None:
    history = workspace().store.history(now.case.id, now.criterion.id, now.place.reading)
    case_id, key = now.case.id, f"decided.{now.case.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch"):
            saved(
                _what_became(now, newest, locked=locked),
                key=key,
                of=str(case_id),
                about=now.criterion.id,
                seen=history[-1].id if history else 0,
                line=None if locked else decision_line(now, log_of(case_id)),
                buttons={outcome: f"{BUTTONS}.{outcome}" for outcome in DECISIONS},
                settled=at_criterion(now.criterion.id),
                field=_WORDS.format(about=in_key(now.criterion.id)),
                on_stored=lambda: _on_stored(case_id),
                on_missed=lambda: _on_missed(case_id, key),
            )
        if len(history) > 1:
            with st.popover(f"{len(history)} changes", type="tertiary"):
                _history(history)


def _what_became(now: Seen, newest: Decision | None, *, locked: bool) -> list[Said]:
    """Where nothing is decided any more, nothing asks for it."""
    if locked:
        return said_of(now, newest, "") if newest else []
    return said_of(now, newest, now.drafts.get(now.criterion.id, ""))


def _history(history: list[Decision]) -> None:
    for decision in reversed(history):
        why = f": {plain(decision.rationale)}" if decision.rationale else ""
        st.markdown(f"{decision.at:%d %b %H:%M:%S} **{WORDS[decision.outcome]}** by {plain(decision.reviewer)}{why}")
