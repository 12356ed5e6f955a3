"""One line of the queue: the case, where it stands, when it is due, who has it, and how far it is."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from core.casework import CHECKING, SCORING
from core.domain import CaseSummary, Job
from core.queue import QueueRow
from core.reading import QUEUEING, READING, RECOGNISING
from pages.cases.assigning import assignee
from pages.cases.words import Said, ago, doing, due_said, status_said
from pages.components.frame import plain, route, workspace

_WIDTHS = (4.6, 2.1, 2.2, 2.3, 2.3, 1.1, 1.5)
_NAMES = ("Case", "State", "Due", "Who has it", "Progress", "Flags", "Last change")
_STAGES = {
    READING: "Reading",
    QUEUEING: "Waiting for another case",
    CHECKING: "Testing the scorer",
    SCORING: "Scoring",
    RECOGNISING: "Reading scans",
}
"""What a job does, in a word or two: the column is narrow."""


_KEY = "cases_lines"
_LINES = f".st-key-{_KEY}"
STYLE = (
    f"<style>{_LINES}>div{{border-top:1px solid color-mix(in srgb,currentColor 14%,transparent);padding:.3rem 0}}"
    f"{_LINES}>div:first-child{{border-top:0;padding:0}}"
    # A long name takes a second line: nothing of it is cut off.
    f"{_LINES} [data-testid=stPageLink] *{{white-space:normal;overflow-wrap:anywhere}}"
    f"{_LINES} [data-testid=stPageLink-NavLink]{{padding:0 .25rem 0 0;margin:0}}"
    f"{_LINES} [data-testid=stPopover] button{{padding:0 .25rem 0 0;min-height:1.5rem}}"
    # Streamlit gives paragraphs a margin and takes it off their container again.
    f"{_LINES} :is([data-testid=stCaptionContainer],[data-testid=stMarkdownContainer],"
    f"[data-testid=stMarkdownContainer] p){{margin:0!important}}</style>"
)
"""To be put beside the lines: close together, ruled, and no word of a name lost."""


def lines(rows: Sequence[QueueRow], now: datetime) -> None:
    """The heading, and a line for each case."""
    with st.container(key=_KEY, gap=None):
        for column, text in zip(st.columns(_WIDTHS), _NAMES, strict=True):
            column.caption(text)
        for row in rows:
            _line(row, now)


def _line(row: QueueRow, now: datetime) -> None:
    name, state, due, who, progress, flags, changed = st.columns(_WIDTHS, vertical_alignment="center")
    with name.container(gap=None):
        _case(row.case)
    with state.container(gap=None):
        _state(row)
    with due.container(gap=None):
        _due(row)
    with who.container(gap=None):
        assignee(row)
    with progress:
        _progress(row.case, row.case.job)
    if count := row.case.flagged:
        flags.markdown(f":orange[:material/flag:] {count} flagged")
    changed.markdown(ago(row.changed_at, now))


def _case(case: CaseSummary) -> None:
    st.page_link(
        route("review"), label=plain(case.name), icon=":material/folder_open:", query_params={"case": str(case.id)}
    )
    pages = f"{case.pages:,} page{'s' if case.pages != 1 else ''}"
    st.caption(f"{plain(case.criteria_name)}, version {case.criteria_version} · {pages}")


def _state(row: QueueRow) -> None:
    _badge(status_said(row.state.status))
    if row.clock.urgency == "expedited" and not row.clock.stopped:
        st.caption(":material/bolt: expedited")
    if row.holder("second") and row.case.second_decided:
        _second(row)


def _second(row: QueueRow) -> None:
    """Where a second review stands, when both may be complete."""
    if workspace().duties.state(row.case.id) == "differs":
        st.page_link(
            route("adjudicate"),
            label="Settle differences",
            icon=":material/balance:",
            query_params={"case": str(row.case.id)},
        )


def _due(row: QueueRow) -> None:
    said = due_said(row.clock)
    words = f"{said.icon} {said.words}"
    st.markdown(words if said.colour == "gray" else f":{said.colour}[{words}]")
    if not (row.clock.stopped or row.clock.paused):
        st.caption(f"{row.clock.due_at:%d %b, %H:%M} UTC")


def _badge(said: Said) -> None:
    st.badge(said.words, icon=said.icon, color=said.colour)


def _progress(case: CaseSummary, job: Job | None) -> None:
    """What happens to the case now or what stopped it; how far the decisions are when nothing does."""
    if job and job.state in ("waiting", "running"):
        st.progress(job.done / job.total if job.total else 0.0, text=doing(job, _STAGES))
    elif job and job.state == "cancelled":
        st.markdown(":gray[:material/pause_circle:] Stopped by hand. Open to go on")
    elif job and job.state == "failed":
        st.markdown(":red[:material/error:] Failed. Open to see why")
    elif job and job.state == "asking":
        st.markdown(":blue[:material/contact_support:] Asks before it sends pages")
    else:
        missing = "; answers missing" if job and job.message else ""
        st.progress(case.decided / max(1, case.criteria), text=f"{case.decided} of {case.criteria} decided{missing}")
