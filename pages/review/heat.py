"""The heatmap of a case and its table twin, and what the reviewer does in them."""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import streamlit as st

from core.chart import Chart
from core.domain import Case
from core.grid import to_milli
from core.rows import CriterionRow, Order, criterion_rows, ordered
from core.selection import Rule, weak_below
from core.standing import aim, promise
from core.workspace import UNNAMED
from pages.components.frame import callback, reviewer, workspace
from pages.components.heat_table import heat_table, picked_row, picked_sort, sorted_by
from pages.components.heatmap import (
    Certified,
    HeatmapData,
    HeatPage,
    HeatRow,
    Packed,
    heatmap,
    pack,
    picked_cell,
    picked_order,
    picked_rule,
    picked_seen,
)
from pages.components.line import line, unreached
from pages.components.pageview import seen_in
from pages.review.place import DECIDE, LEFT, PAGE, Seen, again, redraw
from pages.review.seconds import record_seconds

_PACKED: WeakKeyDictionary[Chart, Packed] = WeakKeyDictionary()


@dataclass
class _Rows:
    """How the rows of a case are sorted and filtered in this browser tab."""

    order: Order = field(default_factory=Order)
    shown: Order = field(default_factory=Order)
    """What Python last imposed on the heatmap: resent unchanged, so that the message is not sent again."""
    token: int = 0

    def impose(self, order: Order) -> None:
        self.order = self.shown = order
        self.token += 1


def heat_panel(now: Seen) -> None:
    _heatmap(now, table=False)


def table_panel(now: Seen) -> None:
    """The rule and its numbers as with the heatmap, and the rows as a table."""
    _heatmap(now, table=True)
    case_id = now.case.id
    heat_table(
        _shown_rows(now),
        key=_table_key(case_id),
        rule=now.place.rule,
        current=now.criterion.id,
        order=_rows(case_id).order,
        decisions=now.outcomes,
        flags=_flags(now),
        measure="Probability" if now.chart.recalibrated else "Score",
        asked=len(now.chart.criteria),
        on_row=lambda: _on_row(case_id),
        on_sort=lambda: _on_sort(case_id),
    )


def shown_criteria(now: Seen) -> list[str]:
    """Ids of the criteria in the order in which heatmap and table show them, without those that the filter hides.

    The current one is always among them: "before" and "next" go from there.
    """
    return [row.id for row in _shown_rows(now)]


def _heatmap(now: Seen, *, table: bool) -> None:
    rows, case_id = _rows(now.case.id), now.case.id
    packed = _packed(now.chart)
    heatmap(
        packed,
        key=_key(case_id),
        rule=now.place.shown_rule,
        rule_token=now.place.token,
        cursor=now.place.shown_cell,
        cursor_token=now.place.token,
        marks=now.outcomes,
        flags=_flags(now),
        pins={(row, now.numbers[page]): hold for (row, page), hold in now.held.items() if page in now.numbers},
        order=rows.shown,
        order_token=rows.token,
        certified=_certified(now.case),
        price=workspace().settings.llm_price,
        table=table,
        line=line(heat=lambda _: packed),
        on_rule=lambda: _on_rule(case_id),
        on_cell=lambda: _on_cell(case_id),
        on_order=lambda: _on_order(case_id),
        on_unreached=unreached,
    )


def _key(case_id: int) -> str:
    return f"heat.{case_id}"


def _table_key(case_id: int) -> str:
    return f"heat.table.{case_id}"


def _rows(case_id: int) -> _Rows:
    rows: _Rows = st.session_state.setdefault(f"heat.rows.{case_id}", _Rows())
    return rows


def _shown_rows(now: Seen) -> list[CriterionRow]:
    rows = criterion_rows(now.chart, now.place.rule, now.held)
    order = _rows(now.case.id).order
    return ordered(rows, order, decisions=now.outcomes, flags=_flags(now), current=now.criterion.id)


def _flags(now: Seen) -> set[str]:
    return {criterion for criterion, remark in now.remarks.items() if remark.flagged}


def _certified(case: Case) -> Certified | None:
    """The published rule, while it carries a promise for this case, whether the case follows it just now or not."""
    now = workspace().publishing.rule_in_force(case)
    found = now.certificate
    if found is None or not found.promised or now.suspended or workspace().studio.doubt(found) is not None:
        return None
    part = f" for {now.covered:,} of {now.asked:,} criteria" if now.partly else ""
    rule = Rule.parse(found.rule)
    if rule.on == "score":  # the browser compares probabilities
        return None
    return Certified(rule, f"Certified{part}: at least {aim(found.target)}", f"This threshold {promise(found)}.")


def _packed(chart: Chart) -> Packed:
    """What the browser gets of the chart, made once for all reviewers."""
    if chart not in _PACKED:
        first: dict[str, int] = {}
        pages = []
        for number, page in enumerate(chart.pages, start=1):
            same = first.setdefault(page.text, number) if page.readable else number
            copy = page.duplicate_of is not None
            pages.append(
                HeatPage(number, page.label, len(page.text), page.readable, copy, same if same < number else 0)
            )
        rows = [HeatRow(c.id, c.question, c.group) for c in chart.criteria]
        raw = to_milli(chart.grid.scores) if chart.recalibrated else None
        fingerprint = chart.scorer.fingerprint
        _PACKED[chart] = pack(
            HeatmapData(pages, rows, chart.grid.milli, raw, chart.recalibrated, fingerprint, weak_below(chart.scorer))
        )
    return _PACKED[chart]


@callback
def _on_rule(case_id: int) -> None:
    now = again(case_id)
    place = now.place
    picked = picked_rule(_key(case_id), place.fingerprint)
    if picked is None:
        return
    place.rule = picked.rule
    if picked.token != place.token:
        # Set before the browser heard of a move elsewhere, which has taken it back to the rule before.
        place.impose()
    certified = _certified(now.case)
    # Who comes back to the certified rule by hand follows it again: there is nothing that is theirs alone.
    follows = certified is not None and certified.rule == place.rule
    workspace().store.set_rule(
        case_id,
        place.fingerprint,
        "" if follows else str(place.rule),
        recalibration="" if follows else place.certificate[1],
        by=reviewer() or UNNAMED,
    )
    redraw(PAGE, DECIDE, LEFT)


@callback
def _on_cell(case_id: int) -> None:
    cell, now = picked_cell(_key(case_id)), again(case_id)
    _record_seen(now)
    if cell and cell.row in now.chart.grid.criteria and 1 <= cell.page <= len(now.chart.pages):
        now.place.row, now.place.page, now.place.waits = cell.row, cell.page, False
        redraw(PAGE, DECIDE, LEFT)


def _record_seen(now: Seen) -> None:
    """The time on pages that came with the click."""
    message = {"seen": picked_seen(_key(now.case.id))}
    told = seen_in(message, of=now.watched, pages=len(now.chart.pages))
    record_seconds(now.case.id, now.chart, told, by=reviewer())


@callback
def _on_order(case_id: int) -> None:
    order = picked_order(_key(case_id))
    if order is not None:
        _rows(case_id).order = order
        redraw(DECIDE, LEFT)


@callback
def _on_row(case_id: int) -> None:
    now, wanted = again(case_id), picked_row(_table_key(case_id))
    if wanted in now.chart.grid.criteria:
        now.place.turn_to(now.chart, wanted)
        redraw(PAGE, DECIDE, LEFT)


@callback
def _on_sort(case_id: int) -> None:
    sort, rows = picked_sort(_table_key(case_id)), _rows(case_id)
    if sort is not None:
        rows.impose(sorted_by(rows.order, sort))
        redraw(DECIDE, LEFT)
