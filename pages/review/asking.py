"""Which scorer's scores are shown, and the question before page text leaves this machine."""

import streamlit as st

from core.chart import Chart
from core.domain import Case, CaseScorer, Job, ScorerInfo
from core.figures import bytes_in_words, count_in_words, dollars_in_words, duration_in_words, usage_in_words
from core.scoring import Plan
from pages.components.frame import as_code, ask_reviewer, callback, plain, reviewer, route, workspace
from pages.components.wording import host_of, name_title, scorer_title

_ASK = "review.ask"
"""(case, name of the scorer) that the reviewer wants to use and was not asked about yet."""
_LATER = "review.later"
"""The case that the reviewer put off."""
_CHOSEN = "review.chosen"
"""How often a scorer was chosen in the panel."""


def scorer_panel(case: Case, chart: Chart, job: Job | None, *, busy: bool) -> None:
    """The scorer in force, the others that have scored the case, and those that could."""
    info = chart.scorer
    # A key of its own after each click, so that the panel closes and what it started can be seen.
    key = f"review.scorer.{st.session_state.get(_CHOSEN, 0)}"
    label = f"Scorer: {plain(scorer_title(info))}"
    with st.popover(label, icon=":material/tune:", type="tertiary", key=key):
        used = {u.info.fingerprint: u for u in workspace().store.case_scorers(case.id)}
        st.markdown(f"**{plain(scorer_title(info))}**  \n{plain(info.note)}")
        _record(info, used.get(info.fingerprint), job)
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


def _record(info: ScorerInfo, used: CaseScorer | None, job: Job | None) -> None:
    """Where text went, who agreed, what it cost."""
    if not info.sends_text_to:
        st.markdown("No page leaves this machine.")
    elif used and used.agreed_at:
        st.markdown(
            f"Page text goes to {as_code(info.sends_text_to)}. Agreed by {plain(used.agreed_by)} on "
            f"{used.agreed_at:%d %b %Y, %H:%M} UTC."
        )
    else:
        st.markdown(f"Page text would go to {as_code(info.sends_text_to)}. Nobody has agreed to that for this case.")
    if job and job.fingerprint == info.fingerprint and (spent := usage_in_words(job.usage)):
        st.caption(f"Used by the last run: {spent}.")
    st.caption(plain(f"Model {info.model} {info.revision}".rstrip() + f", fingerprint {info.fingerprint}"))


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
    _close_panel()
    workspace().show_scorer(case_id, info, by=reviewer())


@callback
def _want(case_id: int, name: str, info: ScorerInfo) -> None:
    """A scorer of this machine starts at once; for any other the screen asks first."""
    _close_panel()
    if workspace().work.agreed(case_id, info):
        workspace().score(case_id, name, by=reviewer())
    else:
        st.session_state[_ASK] = case_id, name


def _pages(chart: Chart, plan: Plan) -> str:
    """Why fewer pages are sent than the packet has."""
    readable = [page for page in chart.pages if page.readable]
    texts = len({page.text for page in readable})
    left_out = [
        (len(chart.pages) - len(readable), "could not be read"),
        (len(readable) - texts, "repeat another page"),
        (texts - plan.pages, "need no answer any more"),
    ]
    words = ", ".join(f"{n:,} {why}" for n, why in left_out if n)
    return f"The packet has {len(chart.pages):,} pages{f': {words}' if words else ''}."


def _close_panel() -> None:
    st.session_state[_CHOSEN] = st.session_state.get(_CHOSEN, 0) + 1


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


def question(case: Case, chart: Chart, name: str) -> None:
    """Ask before text leaves: where it goes, how much, what it costs."""
    info = workspace().roster.scorer(name).info
    plan = workspace().plan(case.id, name)
    with st.container(border=True):
        _ask(case, chart, info, plan)


def _ask(case: Case, chart: Chart, info: ScorerInfo, plan: Plan) -> None:
    address, some = str(info.sends_text_to), f"{plan.pages:,} page{'s' if plan.pages != 1 else ''}"
    st.markdown(f"#### Send the text of {some} to {plain(host_of(address))}?")
    st.markdown(
        f"The scorer **{plain(info.model)}** answers at {as_code(address)}. What is sent: the text of the pages and "
        f"the {len(case.criteria):,} criteria. What is not sent: page images, file names, the name of the case, "
        "decisions, notes."
    )
    figures = [
        ("Pages to send", f"{plan.pages:,}"),
        ("Cost, about", dollars_in_words(plan.dollars) if plan.dollars else "No price is set"),
    ]
    if plan.seconds is not None:
        figures.append(("Time, at least", duration_in_words(plan.seconds)))
    for column, (label, value) in zip(st.columns([2, 3, 2, 5])[: len(figures)], figures, strict=True):
        column.metric(label, value)
    st.caption(
        f"{_pages(chart, plan)} {plan.pairs:,} answers to get, {bytes_in_words(plan.bytes)}, about "
        f"{count_in_words(plan.tokens)} tokens. What was answered before is not sent again."
    )
    # A place of its own, so that the buttons below stay where they are once the name is given.
    with st.container():
        if not reviewer():
            with st.columns([2, 3])[0]:
                ask_reviewer("Your name: the record keeps who agreed")
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
            score_here(case.id)
        st.button("Not now", key="review.not_now", type="tertiary", on_click=_later, args=(case.id,))


def score_here(case_id: int) -> None:
    """The way out where a server is not wanted or does not answer."""
    st.button(
        "Score on this machine instead",
        key="review.here",
        icon=":material/computer:",
        help="With the embedded scorer: words, not meaning. No page leaves this machine.",
        on_click=_here,
        args=(case_id,),
    )


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
