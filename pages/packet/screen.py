"""The packet screen: documents and what changed on the left, adding documents and what was noticed on the right."""

from collections.abc import Callable

import streamlit as st

from core.domain import Case
from pages.components.frame import entered, guard, open_case, plain, route, show_flash, workspace
from pages.components.unfinished import at_work
from pages.components.wording import job_line
from pages.packet.changes import changes
from pages.packet.documents import add_documents, documents, forget_done, just_done, signed_off
from pages.packet.noticed import noticed

REFRESH_SECONDS = 2.0
"""How often what is found appears while the case is worked on."""


def page() -> None:
    show_flash()
    case = open_case()
    if case is None:
        return
    if entered("packet"):
        forget_done()
    busy = at_work(workspace().store.job(case.id))
    _head(case, busy=busy)
    locked = signed_off(case)
    left, right = st.columns([11, 9], gap="large")
    with left:
        documents(case, locked=locked)
        _following(changes, case.id, busy=busy)
    with right:
        add_documents(case, locked=locked)
        _following(noticed, case.id, busy=busy)


def _head(case: Case, *, busy: bool) -> None:
    """The line at the foot of it is there whether work goes on or not: nothing below moves when it begins or ends."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(case.name), anchor=False, width="content")
        st.space("stretch")
        st.page_link(
            route("review"), label="Go to the review", icon=":material/grid_on:", query_params={"case": str(case.id)}
        )
    if busy:
        st.fragment(_progress, run_every=1.0)(case.id)
    else:
        with st.container():
            st.caption(_standing(case))


def _progress(case_id: int) -> None:
    with guard():
        job = workspace().store.job(case_id)
        if job is None or not at_work(job):
            st.rerun()
            return
        said = f"{done}. Now: " if (done := just_done(case_id)) else ""
        st.caption(f":material/progress_activity: {said}{plain(job_line(job))}")


def _standing(case: Case) -> str:
    """What is so when nobody works on the case."""
    pages = sum(document.pages for document in case.documents)
    job, done = workspace().store.job(case.id), just_done(case.id)
    if done and job and job.state in ("done", "asking"):
        return f":material/check: {done}. All {pages:,} pages of the packet were gone through."
    stopped = job is not None and job.state in ("cancelled", "failed")
    return f"{pages:,} pages{'. The work on them was stopped: resume it on the review screen.' if stopped else ''}"


def _following(draw: Callable[[int], None], case_id: int, *, busy: bool) -> None:
    """Drawn again while the case is worked on: scans are read one after the other. A button in it is a button of the
    whole screen otherwise."""
    if busy:
        st.fragment(draw, run_every=REFRESH_SECONDS)(case_id)
    else:
        with st.container():
            draw(case_id)
