"""The queue: every case with how far it is, and one click to a sample on an empty start."""

from datetime import UTC, datetime

import streamlit as st

from core.casework import CHECKING, SCORING
from core.domain import CaseSummary, Job
from core.figures import duration_in_words
from core.reading import QUEUEING, READING, RECOGNISING
from core.samples import SAMPLES, Sample
from pages.components.frame import callback, guard, plain, reviewer, route, show_flash, workspace
from pages.components.wording import scorer_title

ROWS = 12
REFRESH_SECONDS = 2.0
_WIDTHS = [5, 5, 1.3, 4, 2]
_STAGES = {
    READING: "Reading",
    QUEUEING: "Waiting for another case",
    CHECKING: "Testing the scorer",
    SCORING: "Scoring",
    RECOGNISING: "Reading scans",
}
"""What a job does, in a word or two: the column is narrow."""
_OPEN = "cases.open_now"


def page() -> None:
    show_flash()
    if case_id := st.session_state.pop(_OPEN, None):
        st.session_state.case_id = case_id
        st.switch_page(route("review"), query_params={"case": str(case_id)})
    cases = workspace().store.cases()
    if cases:
        with st.container():
            st.fragment(_alarms, run_every=REFRESH_SECONDS if workspace().studio.looking else None)()
        _queue(cases)
    else:
        _welcome()


def _alarms() -> None:
    """Thresholds in force that need somebody's eyes. What newer cases say is looked up meanwhile, and then shown."""
    with guard():
        for alarm in workspace().studio.alarms():
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f":orange[:material/notification_important:] The threshold for **{plain(alarm.criteria_name)}** "
                    f"({plain(scorer_title(alarm.info))}) {plain(alarm.what)}",
                    width="stretch",
                )
                st.page_link(
                    route("calibrate"),
                    label="Look into it",
                    icon=":material/monitoring:",
                    query_params={
                        "list": alarm.criteria_name,
                        "scorer": alarm.info.fingerprint,
                        "tab": "In force",
                    },
                )


def _welcome() -> None:
    with st.container(horizontal_alignment="center", gap="medium"):
        st.space("medium")
        st.title("Find the pages that matter", width="content", anchor=False)
        st.markdown(
            "Upload a packet and your criteria. Chartsieve scores every page against every criterion, "
            "shows what it kept and what it left out, and records what you decide.",
            width=620,
        )
        with st.container(horizontal=True, width=620):
            if st.button("Start with your own packet", type="primary", icon=":material/upload_file:"):
                st.switch_page(route("new"))
        with st.container(border=True, width=620):
            st.subheader("Or open a sample case", anchor=False)
            _samples()
        st.caption("The patients are invented. Scoring runs on this machine; no page leaves it.", width="content")


def _samples() -> None:
    for n, sample in enumerate(SAMPLES):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{sample.title}**  \n{sample.about}", width="stretch")
            st.button(
                "Open",
                key=f"sample.{n}",
                on_click=_open_sample,
                args=(sample,),
            )


@callback
def _open_sample(sample: Sample) -> None:
    st.session_state[_OPEN] = workspace().open_sample(sample, by=reviewer())


def _queue(cases: list[CaseSummary]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Cases", width="content", anchor=False)
        st.space("stretch")
        wanted = st.text_input(
            "Find a case",
            placeholder="Find a case by name or criteria",
            key="cases.find",
            icon=":material/search:",
            width=320,
            label_visibility="collapsed",
        )
        with st.popover("Sample cases", icon=":material/science:", width="content"):
            _samples()
        st.page_link(route("new"), label="New case", icon=":material/add:")
    found = [c for c in cases if wanted.lower() in f"{c.name} {c.criteria_name}".lower()]
    if not found:
        st.info("No case matches. Clear the search to see all of them.")
        return
    shown = 1
    slot = st.container()
    if len(found) > ROWS:
        shown = st.pagination(-(-len(found) // ROWS), key="cases.shown")
    ids = [case.id for case in found[(shown - 1) * ROWS : shown * ROWS]]
    with slot:
        st.fragment(_rows, run_every=REFRESH_SECONDS if any(map(_busy, cases)) else None)(ids)


def _rows(ids: list[int]) -> None:
    with guard():
        cases = {case.id: case for case in workspace().store.cases()}
        _heading()
        for case_id in ids:
            _row(cases[case_id])


def _heading() -> None:
    for column, text in zip(st.columns(_WIDTHS), ("Case", "Criteria", "Pages", "State", "Last change"), strict=True):
        column.caption(text)


def _busy(case: CaseSummary) -> bool:
    return case.job is not None and case.job.state in ("waiting", "running")


def _row(case: CaseSummary) -> None:
    name, criteria, pages, state, changed = st.columns(_WIDTHS, vertical_alignment="center")
    name.page_link(
        route("review"), label=plain(case.name), icon=":material/folder_open:", query_params={"case": str(case.id)}
    )
    criteria.markdown(f"{plain(case.criteria_name)} · version {case.criteria_version}")
    pages.markdown(f"{case.pages}")
    with state:
        _state(case, case.job)
    changed.markdown(_ago(case.changed_at))


def _state(case: CaseSummary, job: Job | None) -> None:
    """What happens to the case now or what stopped it; how far the decisions are when nothing does."""
    if job and job.state in ("waiting", "running"):
        st.progress(job.done / job.total if job.total else 0.0, text=_doing(job))
    elif job and job.state == "cancelled":
        st.markdown(":gray[:material/pause_circle:] Stopped by hand. Open to go on")
    elif job and job.state == "failed":
        st.markdown(":red[:material/error:] Failed. Open to see why")
    elif job and job.state == "asking":
        st.markdown(":blue[:material/contact_support:] Asks before it sends pages")
    else:
        missing = "; answers missing" if job and job.message else ""
        st.progress(case.decided / max(1, case.criteria), text=f"{case.decided} of {case.criteria} decided{missing}")


def _doing(job: Job) -> str:
    if job.state == "waiting":
        return "Waiting"
    left = f", about {duration_in_words(job.seconds_left)} left" if job.seconds_left else ""
    return f"{_STAGES.get(job.stage, job.stage) or 'Starting'}{left}"


def _ago(at: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    seconds = (datetime.now(UTC) - at).total_seconds()
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            n = int(seconds // size)
            return f"{n} {unit}{'s' if n > 1 else ''} ago"
    return "just now"
