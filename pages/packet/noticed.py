"""What intake noticed about the pages of a case: what is missing, unread, blank, turned, or there more than once."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.chart import Chart
from core.domain import Page
from core.duplicates import Group
from core.numbering import Missing
from core.reading import NOT_READ_YET
from pages.components.frame import guard, plain, route, workspace
from pages.components.unfinished import at_work, read_button, waiting_in
from pages.components.wording import missing_pages

_LISTED = 40
"""Page numbers in one line."""
_SAID, _GROUPS = 3, 8
"""Findings of missing fax pages, and groups of pages, before the rest is folded or only counted."""


def noticed(case_id: int) -> None:
    with guard():
        st.markdown("**What was noticed**")
        chart, busy = workspace().chart(case_id), at_work(workspace().store.job(case_id))
        if not busy:
            _missing(chart)
        _kinds(case_id, chart, busy=busy)
        _groups(chart)


def _missing(chart: Chart) -> None:
    """One box, however many fax machines counted. While pages are still to be read, one of them may be what is missing:
    nothing is said then."""
    sentences = [_sentence(chart, missing) for missing in chart.missing_numbers]
    if not sentences:
        return
    title = missing_pages(chart.missing_numbers)
    if len(sentences) == 1:
        st.warning(sentences[0], icon=":material/format_list_numbered:")
    elif len(sentences) <= _SAID:
        st.warning(f"{title}  \n" + "  \n".join(sentences), icon=":material/format_list_numbered:")
    else:
        with st.expander(f":orange[{title}]", icon=":material/format_list_numbered:"):
            st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def _sentence(chart: Chart, missing: Missing) -> str:
    name = f"{chart.names[missing.document]}: " if len(chart.documents) > 1 else ""
    return plain(f"{name}{missing.sentence}")


def _kinds(case_id: int, chart: Chart, *, busy: bool) -> None:
    waiting = waiting_in(chart)
    unread = _numbers(chart, lambda p: not p.readable and p.ref not in waiting)
    later = _numbers(chart, lambda p: p.ref in waiting and p.problem != NOT_READ_YET)
    rows = [
        ("Read from their text", _numbers(chart, lambda p: p.source == "text" and not p.blank)),
        ("Read from the image", _numbers(chart, lambda p: p.source == "ocr")),
        ("Scans not read yet" if busy else "Could not be read so far", later),
        ("Not read yet", _numbers(chart, lambda p: p.problem == NOT_READ_YET)),
        ("Could not be read", unread),
        ("Blank", _numbers(chart, lambda p: p.blank)),
        ("Turned", _numbers(chart, lambda p: bool(p.rotation or p.turn))),
        ("Form fields", _numbers(chart, lambda p: "form" in p.notes)),
        ("Comments on top of the page", _numbers(chart, lambda p: "annotated" in p.notes)),
        ("Text that cannot be seen", _numbers(chart, lambda p: "hidden_text" in p.notes)),
    ]
    for words, numbers in rows:
        if numbers:
            st.markdown(f"{words}: **{len(numbers):,}** · {_listed(numbers)}")
    if not busy:
        read_button(case_id, chart, key="packet.read_again")
    if unread:
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
        st.markdown(f"The same page more than once: {_gathered(chart, copies)}")
    if similar:
        st.markdown(f"Alike, but not the same: {_gathered(chart, similar)}")


def _gathered(chart: Chart, groups: Sequence[Group]) -> str:
    words = "; ".join(_group(chart, group) for group in groups[:_GROUPS])
    return f"{words} and {len(groups) - _GROUPS:,} more" if len(groups) > _GROUPS else words


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
