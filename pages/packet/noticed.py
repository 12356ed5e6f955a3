"""What intake noticed about the pages of a case: what is missing, unread, blank, turned, or there more than once."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.chart import Chart
from core.domain import Page
from core.duplicates import Group
from pages.components.frame import guard, plain, route, workspace

_LISTED = 40
"""Page numbers in one line."""


def noticed(case_id: int) -> None:
    with guard():
        st.markdown("**What was noticed**")
        chart = workspace().chart(case_id)
        _missing(chart)
        _kinds(case_id, chart)
        _groups(chart)


def _missing(chart: Chart) -> None:
    for missing in chart.missing_numbers:
        name = f"{chart.names[missing.document]}: " if len(chart.documents) > 1 else ""
        st.warning(plain(f"{name}{missing.sentence}"), icon=":material/format_list_numbered:")


def _kinds(case_id: int, chart: Chart) -> None:
    unread = _numbers(chart, lambda p: not p.readable)
    waiting = workspace().reader.waiting(chart.pages)
    rows = [
        ("Read from their text", _numbers(chart, lambda p: p.source == "text" and not p.blank)),
        ("Read from the image", _numbers(chart, lambda p: p.source == "ocr")),
        ("Could not be read" if not waiting else f"Not read yet, {waiting} of them scans", unread),
        ("Blank", _numbers(chart, lambda p: p.blank)),
        ("Turned", _numbers(chart, lambda p: bool(p.rotation or p.turn))),
        ("Form fields", _numbers(chart, lambda p: "form" in p.notes)),
        ("Comments on top of the page", _numbers(chart, lambda p: "annotated" in p.notes)),
        ("Text that cannot be seen", _numbers(chart, lambda p: "hidden_text" in p.notes)),
    ]
    for words, numbers in rows:
        if numbers:
            st.markdown(f"{words}: **{len(numbers):,}** · {_listed(numbers)}")
    if unread and not waiting:
        st.page_link(
            route("review"),
            label="Look at what could not be read",
            icon=":material/visibility_off:",
            query_params={"case": str(case_id), "page": str(unread[0])},
        )


def _numbers(chart: Chart, is_so: Callable[[Page], bool]) -> list[int]:
    return [number for number, page in enumerate(chart.pages, start=1) if is_so(page)]


def _groups(chart: Chart) -> None:
    copies = [g for g in chart.groups if g.kind == "copy"]
    similar = [g for g in chart.groups if g.kind == "similar"]
    if copies:
        st.markdown(f"The same page more than once: {'; '.join(_group(chart, g) for g in copies)}")
    if similar:
        st.markdown(f"Alike, but not the same: {'; '.join(_group(chart, g) for g in similar)}")


def _group(chart: Chart, group: Group) -> str:
    return f"p. {_listed([chart.grid.pages.index(ref) + 1 for ref in group.pages])}"


def _listed(numbers: Sequence[int]) -> str:
    """Runs are joined: 3, 7-12."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    words = ["–".join(map(str, run)) for run in runs[:_LISTED]]
    return ", ".join(words) + ("…" if len(runs) > _LISTED else "")
