"""The review screen as a whole: the case's head, progress while it is read and scored, then the work."""

from collections import Counter
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.casework import SCORING
from core.chart import Chart
from core.domain import Case, Job
from core.reading import QUEUEING, READING, RECOGNISING
from core.workspace import UNNAMED
from pages.components.frame import (
    ask_reviewer,
    callback,
    guard,
    open_case,
    plain,
    reviewer,
    say_error,
    show_flash,
    workspace,
)
from pages.components.unfinished import at_work, in_pages, read_button, waiting_in
from pages.components.wording import job_line, missing_pages
from pages.review.asking import ask_again, asked_for, question, score_here, scorer_panel
from pages.review.deciding import decide_panel
from pages.review.keys import key_panel
from pages.review.left import VIEW, left_panel, view_switch
from pages.review.place import DECIDE, LEFT, PAGE, Seen, seen
from pages.review.reading import page_panel
from pages.review.trust import standing_of, trust_panel
from pages.review.unread import given_up, unread_badge

_HEAD, _LIST = "review.head", "review.list"
STYLE = (
    ".st-key-review-list{max-width:15rem}"
    ".st-key-review-list p{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
    ".st-key-review-head button{padding:0.1rem 0.35rem;min-height:2.1rem}"
    # The page begins as high up as it can: each bar keeps to one line, and a long sentence takes two small ones.
    ".st-key-review-page_bar,.st-key-review-search_bar{flex-wrap:nowrap}"
    ".st-key-review-page_bar{gap:0.25rem}.st-key-review-page_bar button{padding:0.1rem 0.45rem}"
    ".st-key-review-search_bar [data-testid=stCaptionContainer]{line-height:1.25}"
    ".st-key-review-decide{padding:0.6rem 0.8rem 0.5rem}"
    # The page is ahead of what stands around it, which is still about another one (pageview_ahead.js).
    ":is(.st-key-review-page_bar,.st-key-review-decide)[inert]{opacity:0.6;transition:opacity 0.1s 0.3s}"
)
"""To be put on every page: the head keeps to one line on a small screen."""
REFRESH_SECONDS = 4.0
"""How often new scores appear while a case is scored, and what others do while the screen asks."""
_TOLD = 5
"""Findings of missing fax pages in the help of the badge; the packet screen has all."""
_WATCHED = "review.watched"
"""The case whose scoring was seen on this screen."""


def page() -> None:
    show_flash()
    case = open_case()
    if case is None:
        return
    job = workspace().store.job(case.id)
    busy = at_work(job)
    chart, read = workspace().chart(case.id), workspace().reader.is_read(case)
    asked = asked_for(case, job) if read and not busy else ""
    again = job is not None and job.state in ("done", "asking") and not asked
    # Places of their own: what comes and goes above must not move the heatmap, which would be built anew.
    head, news, work = st.container(), st.container(), st.container()
    with head:
        _head(case, chart, job, again=again, busy=busy)
    with news, guard():
        if job and busy:
            _progress(case.id, shown=read)
        elif job and job.state in ("failed", "cancelled"):
            _stopped(case, job, asks=bool(asked))
        elif job and job.state == "done" and job.message:
            st.warning(plain(job.message), icon=":material/warning:")
        elif job and job.usage.requests and st.session_state.get(_WATCHED) == case.id:
            _ended(job)
        if asked:
            question(case, chart, asked)
    with work:
        _work(case, _standing(case, chart, job), run_every=REFRESH_SECONDS if busy or asked else None)


def _head(case: Case, chart: Chart, job: Job | None, *, again: bool, busy: bool) -> None:
    """`again`: offer to score what is missing."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=_HEAD):
        st.subheader(plain(case.name), anchor=False, width="content")
        with st.container(key=_LIST, width="content"):
            st.caption(f"{plain(case.criteria.name)}, version {case.criteria.version}")
        unread_badge(case, chart, busy=busy)
        if not busy:  # what is still to be read may be what is missing, and the line below says what is read
            read_button(case.id, chart, key="review.read_again")
            _missing(chart)
        if chart.gaps and again:
            st.button(
                _again_label(chart, job),
                icon=":material/refresh:",
                type="tertiary",
                help=_why(chart),
                on_click=_score_again,
                args=(case.id,),
            )
        st.space("stretch")
        view_switch()
        key_panel()
        _who()
        trust_panel(case, workspace().publishing.rule_in_force(case))
        scorer_panel(case, chart, job, busy=busy)


def _who() -> None:
    if reviewer():
        with st.popover(plain(reviewer()), icon=":material/person:", type="tertiary", help="Who is signing"):
            ask_reviewer("Another name, to sign what you decide")


def _again_label(chart: Chart, job: Job | None) -> str:
    if job and job.state == "asking":
        return "Not scored yet: send the pages…"
    return f"{chart.gaps:,} answers missing: score again"


def _missing(chart: Chart) -> None:
    """What the numbers of the fax machine say is not here."""
    if missing := chart.missing_numbers:
        sentences = [gap.sentence for gap in missing[:_TOLD]]
        if len(missing) > _TOLD:
            sentences.append(f"And {len(missing) - _TOLD:,} more: see the packet")
        st.badge(
            missing_pages(missing),
            icon=":material/format_list_numbered:",
            color="orange",
            help=plain(". ".join(sentences)),
        )


def _why(chart: Chart) -> str:
    """The commonest reasons of the missing answers, most frequent first."""
    unread = set(chart.unreadable.nonzero()[0].tolist())
    counted = Counter(reason for (_, column), reason in chart.grid.reasons.items() if column not in unread)
    return plain("; ".join(f"{n:,} times: {reason}" for reason, n in counted.most_common(3)))


@st.fragment(run_every=1.0)
def _progress(case_id: int, *, shown: bool) -> None:
    with guard():
        _how_far(case_id, shown=shown)


def _how_far(case_id: int, *, shown: bool) -> None:
    """How far the job is, as the database says. `shown`: the screen shows all pages as they were read."""
    job = workspace().store.job(case_id)
    if job is None or job.state not in ("waiting", "running"):
        st.rerun()
        return
    if not shown and job.stage not in ("", READING, QUEUEING):
        st.rerun()
        return
    st.session_state[_WATCHED] = case_id
    here = workspace().jobs.running(case_id)
    with _line(job):
        if here:
            st.button("Stop", key="review.stop", icon=":material/stop:", on_click=_stop, args=(case_id,))
        else:
            st.button("Go on", key="review.go_on", icon=":material/play_arrow:", on_click=_resume, args=(case_id,))
    st.caption(" ".join(filter(None, (_started(job), plain(job.message), _later(job), _meanwhile(job, here=here)))))


def _started(job: Job) -> str:
    return "" if job.started_by in ("", UNNAMED) else f"Started by {plain(job.started_by)}."


def _later(job: Job) -> str:
    """The pages that are read after what is being done now; while they are read, the line above counts them."""
    if job.stage in (READING, RECOGNISING):
        return ""
    count = len(waiting_in(workspace().chart(job.case)))
    return f"{in_pages(count)} not read yet." if count else ""


def _line(job: Job) -> DeltaGenerator:
    """How far the job is, with room for a button at its end."""
    line = st.container(horizontal=True, vertical_alignment="bottom")
    line.progress(job.done / job.total if job.total else 0.0, text=plain(job_line(job)), width="stretch")
    return line


def _meanwhile(job: Job, *, here: bool) -> str:
    if not here:
        return "Nobody is working on this case at the moment. What was done is kept."
    if job.stage == SCORING:
        return "You may close this page: the work goes on. You can read meanwhile; scores appear as they come."
    if job.stage == RECOGNISING:
        return (
            "You may close this page: the work goes on. You can review meanwhile; scanned pages join as they are read."
        )
    return "You may close this page: the work goes on. You are asked before any page is sent to another machine."


def _ended(job: Job) -> None:
    """Stands where the progress stood, so that nothing below moves under the reviewer's hand."""
    with _line(job):
        st.button("Close", key="review.close", icon=":material/close:", on_click=_close)
    st.caption(f":material/check: Done at {job.updated_at:%H:%M} UTC. {_started(job)}")


@callback
def _close() -> None:
    st.session_state.pop(_WATCHED, None)


@callback
def _stop(case_id: int) -> None:
    workspace().jobs.cancel(case_id)


@callback
def _resume(case_id: int) -> None:
    workspace().jobs.start(case_id, by=reviewer() or None)


@callback
def _score_again(case_id: int) -> None:
    ask_again(case_id)


def _stopped(case: Case, job: Job, *, asks: bool) -> None:
    """`asks`: the question below offers this machine already."""
    message = f"{job.message} {job.done:,} of {job.total:,} done." if job.done else job.message
    if job.state == "cancelled":
        st.info(plain(message), icon=":material/pause_circle:")
    else:
        say_error(message)
    with st.container(horizontal=True):
        st.button("Resume", key="review.resume", icon=":material/play_arrow:", on_click=_resume, args=(case.id,))
        if case.scorer.sends_text_to and not asks:
            score_here(case.id)


def _standing(case: Case, chart: Chart, job: Job | None) -> tuple[object, ...]:
    """What the screen around the work shows: it is drawn anew when this changes."""
    trust = standing_of(workspace().publishing.rule_in_force(case))
    if job is None or at_work(job):
        return case.scorer.fingerprint, trust, job is not None, len(given_up(chart, busy=True))
    return case.scorer.fingerprint, trust, job.state, job.updated_at


def _work(case: Case, drawn: tuple[object, ...], *, run_every: float | None) -> None:
    """Three parts, each drawn anew by itself. The page comes first, since it is what somebody waits for.

    The page view and what stands on the left keep their places whatever the layout: built anew, they would forget.
    """
    criteria = st.session_state.get(VIEW) == "Criteria"
    left, right = st.columns([9, 11] if criteria else [11, 9], gap="medium")
    with left:
        above, below = st.container(), st.container()
    with right:
        top, main = st.container(), st.container()
    parts = ((PAGE, main, page_panel), (DECIDE, above if criteria else top, decide_panel), (LEFT, below, left_panel))
    for name, place, panel in parts:
        with place:
            st.fragment(_part, run_every=run_every, key=name)(case.id, drawn, panel)


def _part(case_id: int, drawn: tuple[object, ...], panel: Callable[[Seen], None]) -> None:
    # A fragment reports its own errors unless they are caught inside it. Nothing that is drawn is written on the way.
    with guard(), workspace().store.one_view():
        show_flash()
        case = workspace().store.case(case_id)
        now = seen(case, workspace().chart.of(case))
        panel(now)
        # A click outside that comes together with one in here is answered by a run of the fragments alone. Not before
        # all is drawn: what somebody is typing would be gone.
        if _standing(case, now.chart, workspace().store.job(case_id)) != drawn:
            st.rerun()
