"""Which scorer's scores are shown, and the question before page text leaves this machine."""

import streamlit as st

from core.chart import Chart
from core.domain import Case, Job, ScorerInfo
from core.figures import bytes_in_words, count_in_words, dollars_in_words, duration_in_words
from core.scoring import Plan
from pages.components.frame import ask_reviewer, callback, plain, reviewer, route, workspace
from pages.components.wording import host_of, name_title, scorer_title

_ASK = "review.ask"
"""(case, name of the scorer) that the reviewer wants to use and was not asked about yet."""
_LATER = "review.later"
"""The case that the reviewer put off."""


def scorer_panel(case: Case, chart: Chart, *, busy: bool) -> None:
    """The scorer in force, the others that have scored the case, and those that could."""
    info = chart.scorer
    with st.popover(f"Scorer: {plain(scorer_title(info))}", icon=":material/tune:", type="tertiary"):
        where = f"Page text goes to {info.sends_text_to} ." if info.sends_text_to else "No page leaves this machine."
        st.markdown(f"**{plain(scorer_title(info))}**  \n{plain(info.note)} {plain(where)}")
        st.caption(plain(f"Model {info.model} {info.revision}".rstrip() + f", fingerprint {info.fingerprint}"))
        used = {u.info.fingerprint: u for u in workspace().store.case_scorers(case.id)}
        for fingerprint, other in used.items():
            if fingerprint != info.fingerprint:
                st.button(
                    f"Show the scores of: {plain(scorer_title(other.info))}",
                    key=f"review.show.{fingerprint}",
                    icon=":material/swap_horiz:",
                    on_click=_show,
                    args=(case.id, other.info),
                )
        _others(case, set(used), busy=busy)


def _others(case: Case, used: set[str], *, busy: bool) -> None:
    missing = []
    for offer in workspace().roster.offers():
        if offer.info is None:
            missing.append(name_title(offer.name))
        elif offer.info.fingerprint not in used:
            st.button(
                f"Score with: {plain(scorer_title(offer.info))}",
                key=f"review.with.{offer.name}",
                icon=":material/play_arrow:",
                disabled=busy,
                help="Stop the work on this case first, or wait until it is done." if busy else None,
                on_click=_want,
                args=(case.id, offer.name, offer.info),
            )
    if missing:
        st.caption(f"Not set up here: {plain(', '.join(missing))}.")
        st.page_link(route("admin"), label="How to set them up", icon=":material/settings:")


@callback
def _show(case_id: int, info: ScorerInfo) -> None:
    workspace().show_scorer(case_id, info, by=reviewer())


@callback
def _want(case_id: int, name: str, info: ScorerInfo) -> None:
    """A scorer of this machine starts at once; for any other the screen asks first."""
    if workspace().work.agreed(case_id, info):
        workspace().score(case_id, name, by=reviewer())
    else:
        st.session_state[_ASK] = case_id, name


def ask_again(case_id: int) -> None:
    """Score what is missing with the scorer in force, or ask first where nobody agreed to where the text would go."""
    st.session_state.pop(_LATER, None)
    info = workspace().roster.same(workspace().store.case(case_id).scorer).info
    _want(case_id, info.name, info)


def asked_for(case: Case, job: Job | None) -> str:
    """Name of the scorer that somebody must agree to before it gets the pages; "" when there is nothing to ask."""
    match st.session_state.get(_ASK):
        case (case.id, str(name)):
            if not workspace().work.agreed(case.id, workspace().roster.scorer(name).info):
                return name
            del st.session_state[_ASK]  # somebody else has agreed meanwhile
    if job is None or job.state != "asking" or st.session_state.get(_LATER) == case.id:
        return ""
    used = workspace().store.case_scorers(case.id)
    return next((u.info.name for u in used if u.info.fingerprint == job.fingerprint), "")


def question(case: Case, name: str) -> None:
    """Ask before text leaves: where it goes, how much, what it costs."""
    info = workspace().roster.scorer(name).info
    plan = workspace().plan(case.id, name)
    with st.container(border=True):
        _ask(case, info, plan, len(case.criteria))


def _ask(case: Case, info: ScorerInfo, plan: Plan, criteria: int) -> None:
    address = str(info.sends_text_to)
    st.markdown(
        f"#### Send the text of {plan.pages:,} page{'s' if plan.pages != 1 else ''} to {plain(host_of(address))}?"
    )
    st.markdown(
        f"**{plain(info.model)}** answers at {plain(address)} . What is sent: the text of the pages and the "
        f"{criteria:,} criteria. What is not sent: page images, file names, the name of the case, decisions, notes. "
        "Pages with the same text are sent once, and what was answered before is not sent again."
    )
    figures = [
        ("Pages", f"{plan.pages:,}"),
        ("Answers to get", f"{plan.pairs:,}"),
        ("To send", bytes_in_words(plan.bytes)),
        ("Tokens, about", count_in_words(plan.tokens)),
        ("Cost, about", dollars_in_words(plan.dollars) if plan.dollars else "None set"),
        ("Time, at least", "Not known" if plan.seconds is None else duration_in_words(plan.seconds)),
    ]
    for column, (label, value) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, value)
    if not reviewer():
        ask_reviewer()
    with st.container(horizontal=True):
        st.button(
            "Send and score",
            key="review.send",
            type="primary",
            icon=":material/send:",
            disabled=not reviewer(),
            help=None if reviewer() else "Say your name first: the record keeps who agreed.",
            on_click=_send,
            args=(case.id, info.name, address, plan),
        )
        if case.scorer.name != "embedded":
            st.button(
                "Score on this machine instead",
                key="review.here",
                icon=":material/computer:",
                help="With the embedded scorer: words, not meaning. No page leaves this machine.",
                on_click=_here,
                args=(case.id,),
            )
        st.button("Not now", key="review.not_now", type="tertiary", on_click=_later, args=(case.id,))


@callback
def _send(case_id: int, name: str, address: str, plan: Plan) -> None:
    workspace().score(case_id, name, by=reviewer(), agreed_to=address, shown=plan)
    st.session_state.pop(_ASK, None)


@callback
def _here(case_id: int) -> None:
    workspace().score(case_id, "embedded", by=reviewer())
    st.session_state.pop(_ASK, None)


@callback
def _later(case_id: int) -> None:
    st.session_state.pop(_ASK, None)
    st.session_state[_LATER] = case_id
