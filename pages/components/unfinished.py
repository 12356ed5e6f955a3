"""Pages that the next run of a case would read: how many they are, and the button that reads them."""

import streamlit as st

from core.chart import Chart
from core.domain import Job, PageRef
from pages.components.frame import callback, reviewer, workspace


def at_work(job: Job | None) -> bool:
    """Whether the case is worked on, or waits for its turn."""
    return job is not None and job.state in ("waiting", "running")


def waiting_in(chart: Chart) -> frozenset[PageRef]:
    """Pages without text that are read when the case is worked on: scans, and documents not begun yet."""
    reader = workspace().reader
    return frozenset(page.ref for page in chart.pages if not page.readable and reader.waiting([page]))


def in_pages(count: int) -> str:
    """ "1 page", "1,200 pages"."""
    return f"{count:,} page{'s' if count != 1 else ''}"


def read_button(case_id: int, chart: Chart, *, key: str) -> None:
    """Reads what went unread and may be read now; nothing where no page would. For a case that nobody works on."""
    scans, again = workspace().reader.waiting(chart.pages), chart.read_again
    if not scans + again:
        return
    if again:
        label = f"{in_pages(scans + again)}: try to read again"
    else:
        label = f"{scans:,} scanned page{'s: read them' if scans > 1 else ': read it'}"
    st.button(
        label,
        key=key,
        icon=":material/refresh:",
        type="tertiary",
        help="Reading them was not finished, took too long or was broken off. Another try may succeed.",
        on_click=_on_read,
        args=(case_id,),
    )


@callback
def _on_read(case_id: int) -> None:
    workspace().jobs.start(case_id, by=reviewer() or None)
