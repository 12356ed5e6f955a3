"""The queue: every case with where it stands, when it is due, who has it and how far it is."""

import streamlit as st

from core.queue import QueueRow, chosen, ordered, queue_rows
from pages.cases.filters import head, nothing_found, wanted
from pages.cases.row import STYLE, lines
from pages.cases.welcome import OPEN, welcome
from pages.components.frame import guard, plain, route, show_flash, workspace
from pages.components.wording import scorer_title

ROWS = 12
REFRESH_SECONDS = 2.0


def page() -> None:
    if case_id := st.session_state.pop(OPEN, None):
        st.session_state.case_id = case_id
        st.switch_page(route("review"), query_params={"case": str(case_id)})
    rows = _all()
    if rows:
        with st.container():
            st.fragment(_alarms, run_every=REFRESH_SECONDS if workspace().studio.looking else None)()
        _queue(rows)
    else:
        show_flash()
        welcome()


def _all() -> list[QueueRow]:
    """Three queries, however many cases there are."""
    store = workspace().store
    return queue_rows(
        store.cases(),
        store.course.all_steps(),
        store.course.assignments(),
        terms=workspace().signing.terms,
        now=workspace().now(),
    )


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


def _queue(rows: list[QueueRow]) -> None:
    st.html(STYLE)
    words = head()
    wants, order = wanted(words)
    found = ordered(chosen(rows, wants), order)
    if not found:
        nothing_found(wants)
        return
    shown = 1
    slot = st.container()
    if len(found) > ROWS:
        pages = -(-len(found) // ROWS)
        with st.container(horizontal=True, vertical_alignment="center"):
            shown = min(st.pagination(pages, key="cases.shown"), pages)
            st.caption(f"{len(found):,} of {len(rows):,} cases", width="content")
    ids = [row.case.id for row in found[(shown - 1) * ROWS : shown * ROWS]]
    with slot:
        st.fragment(_lines, run_every=REFRESH_SECONDS if any(map(_busy, rows)) else None)(ids)


def _lines(ids: list[int]) -> None:
    with guard():
        show_flash()
        rows = {row.case.id: row for row in _all()}
        lines([rows[case_id] for case_id in ids], workspace().now())


def _busy(row: QueueRow) -> bool:
    return row.case.job is not None and row.case.job.state in ("waiting", "running")
