"""The review screen as a whole: the case's head, progress while it is read and scored, then the work."""

import streamlit as st

from core.chart import Chart
from core.domain import Case, Job
from pages.components.frame import callback, guard, open_case, plain, say_error, show_flash, workspace
from pages.review.deciding import decide_panel
from pages.review.heat import heat_panel
from pages.review.place import seen
from pages.review.reading import page_panel


def page() -> None:
    show_flash()
    case = open_case()
    if case is None:
        return
    job = workspace().store.job(case.id)
    if job and job.state in ("waiting", "running"):
        _head(case, None)
        _progress(case.id)
        return
    if job and job.state in ("failed", "cancelled"):
        _stopped(case.id, job)
    _head(case, workspace().chart(case.id))
    _work(case.id)


def _head(case: Case, chart: Chart | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(case.name), anchor=False, width="content")
        st.caption(f"{plain(case.criteria.name)}, version {case.criteria.version}", width="content")
        if chart is None:
            return
        unread = int(chart.unreadable.sum())
        if unread:
            st.badge(
                f"{unread} page{'s' if unread > 1 else ''} could not be read",
                icon=":material/visibility_off:",
                color="orange",
                help="These pages are kept for every criterion. Look at them yourself: "
                + ", ".join(str(i + 1) for i in chart.unreadable.nonzero()[0]),
            )
        if chart.read_again:
            st.button(
                f"{chart.read_again:,} pages: try to read again",
                key="review.read_again",
                icon=":material/refresh:",
                type="tertiary",
                help="Reading them took too long or was broken off. Another try may succeed.",
                on_click=_resume,
                args=(case.id,),
            )
        if chart.gaps:
            st.button(
                f"{chart.gaps:,} answers missing: score again",
                icon=":material/refresh:",
                type="tertiary",
                on_click=_resume,
                args=(case.id,),
            )
        st.space("stretch")
        st.badge(
            "Threshold not certified",
            icon=":material/rule:",
            color="gray",
            help="No threshold has been checked on labelled cases for this scorer: how much evidence it misses is not "
            "known. The start keeps up to 10 pages for each criterion, so that few are missed.",
        )
        where = (
            f"Page text goes to {chart.scorer.sends_text_to}" if chart.scorer.sends_text_to else "No page leaves here"
        )
        st.badge(
            f"Scorer: {chart.scorer.name}",
            icon=":material/info:",
            color="gray",
            help=f"{chart.scorer.note} {where}. Model {chart.scorer.model}, fingerprint {chart.scorer.fingerprint}.",
        )


@st.fragment(run_every=0.5)
def _progress(case_id: int) -> None:
    with guard():
        _how_far(case_id)


def _how_far(case_id: int) -> None:
    """How far the job is, as the database says."""
    job = workspace().store.job(case_id)
    if job is None or job.state not in ("waiting", "running"):
        st.rerun()
        return
    if not job.total:
        st.progress(0.0, text="Waiting to start")
    else:
        unit = "pages" if job.stage.startswith("Reading") else "answers"
        st.progress(job.done / job.total, text=f"{job.stage}: {job.done:,} of {job.total:,} {unit}")
    if workspace().jobs.running(case_id):
        st.caption("You may close this page: the work goes on, and the case appears in the list.")
        st.button("Stop", key="review.stop", icon=":material/stop:", on_click=_stop, args=(case_id,))
    else:
        st.caption("Nobody is working on this case at the moment. What was done is kept.")
        st.button("Go on", key="review.go_on", icon=":material/play_arrow:", on_click=_resume, args=(case_id,))


@callback
def _stop(case_id: int) -> None:
    workspace().jobs.cancel(case_id)


@callback
def _resume(case_id: int) -> None:
    workspace().jobs.start(case_id)


def _stopped(case_id: int, job: Job) -> None:
    message = f"{job.message} {job.done:,} of {job.total:,} done."
    if job.state == "cancelled":
        st.info(plain(message), icon=":material/pause_circle:")
    else:
        say_error(message)
    st.button("Resume", key="review.resume", icon=":material/play_arrow:", on_click=_resume, args=(case_id,))


@st.fragment
def _work(case_id: int) -> None:
    """Heatmap, page and decision in one fragment: they move together, and nothing else is redrawn."""
    # A fragment reports its own errors unless they are caught inside it.
    with guard():
        show_flash()
        now = seen(workspace().store.case(case_id), workspace().chart(case_id))
        left, right = st.columns([11, 9], gap="medium")
        with left, guard():
            heat_panel(now)
        with right, guard():
            decide_panel(now)
            page_panel(now)
