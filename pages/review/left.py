"""The left half of the screen: the heatmap, the criteria as a tree, or the same as a table."""

from collections.abc import Iterator

import streamlit as st

from core.logic import Path, State, leaves, outline, states, unplaced
from core.rows import CriterionRow, criterion_rows
from core.selection import shown
from pages.components.criteria_list import ListCriterion, ListNode, criteria_list, opened
from pages.components.frame import callback
from pages.review.heat import heat_panel, shown_criteria, table_panel
from pages.review.place import DECIDE, LEFT, PAGE, Seen, again, redraw

VIEWS = ("Heatmap", "Criteria", "Table")
VIEW = "view"
VIEWS_BOX = "review.views"
_HEIGHT = "max(240px, calc(100vh - 31rem))"
_NO_GROUP = "Other criteria"
_OUTSIDE = "Asked, but not part of the logic"
_LEADS = {"if": "If: ", "then": "Then: ", "": ""}


def view_switch() -> str:
    """What stands on the left: the heatmap, or the criteria below the question, with more room for the page."""
    with st.container(key=VIEWS_BOX, width="content"):
        view = st.segmented_control(
            "How to see the criteria",
            VIEWS,
            default="Heatmap",
            key=VIEW,
            label_visibility="collapsed",
            required=True,
            bind="query-params",
        )
    return str(view or "Heatmap")


def left_panel(now: Seen) -> None:
    match st.session_state.get(VIEW):
        case "Criteria":
            _tree(now)
        case "Table":
            table_panel(now)
        case _:
            heat_panel(now)


def order_of(now: Seen) -> list[str]:
    """Ids of the criteria as they stand on the left, each once: "before" and "next" go through them so."""
    root, listed = now.case.criteria.root, list(now.chart.grid.criteria)
    if st.session_state.get(VIEW) != "Criteria":
        return shown_criteria(now)
    if root is None:
        return listed
    return list(dict.fromkeys([*leaves(root), *listed]))


def _tree(now: Seen) -> None:
    criteria_list(
        list(_rows(now)),
        key=_key(now.case.id),
        current=now.criterion.id,
        height=_HEIGHT,
        measure="Probability" if now.chart.recalibrated else "Score",
        on_open=lambda: _on_open(now.case.id),
    )
    if now.case.criteria.root is None:
        st.caption("This list has no logic: each criterion stands for itself, and nothing is added up.")


def _key(case_id: int) -> str:
    return f"criteria.{case_id}"


@callback
def _on_open(case_id: int) -> None:
    now = again(case_id)
    wanted = opened(_key(case_id))
    if wanted in now.chart.grid.criteria:
        now.place.turn_to(now.chart, wanted)
        redraw(PAGE, DECIDE, LEFT)


def _rows(now: Seen) -> Iterator[ListNode | ListCriterion]:
    rows = {row.id: row for row in criterion_rows(now.chart, now.place.rule, now.held)}
    root = now.case.criteria.root
    if root is None:
        yield from _by_group(now, rows)
        return
    found: dict[Path, State] = states(root, now.outcomes)
    for line in outline(root):
        if line.criterion:
            yield _criterion(now, rows[line.criterion], line.depth)
        else:
            title = f"{line.words}: {line.title}" if line.title else line.words
            yield ListNode(line.depth, f"{_LEADS[line.lead]}{title}", found[line.path])
    if left_out := unplaced(root, list(rows)):
        yield ListNode(0, _OUTSIDE)
        for criterion in left_out:
            yield _criterion(now, rows[criterion], 1)


def _by_group(now: Seen, rows: dict[str, CriterionRow]) -> Iterator[ListNode | ListCriterion]:
    """Groups in the order in which they first come; no headings where there are no groups."""
    groups: dict[str, list[CriterionRow]] = {}
    for row in rows.values():
        groups.setdefault(row.group, []).append(row)
    headed = set(groups) != {""}
    for group, members in groups.items():
        if headed:
            yield ListNode(0, group or _NO_GROUP)
        for row in members:
            yield _criterion(now, row, int(headed))


def _criterion(now: Seen, row: CriterionRow, depth: int) -> ListCriterion:
    decision, remark = now.decisions.get(row.id), now.remarks.get(row.id)
    return ListCriterion(
        depth,
        row.id,
        row.question,
        row.evidence,
        "" if row.best is None else shown(row.best, now.place.rule),
        0 if row.best is None else round(row.best * 1000),
        len(row.pages),
        decision.outcome if decision else None,
        flagged=bool(remark and remark.flagged),
    )
