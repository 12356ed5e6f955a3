"""The heatmap of a case, and what the reviewer does in it."""

from weakref import WeakKeyDictionary

from core.chart import Chart
from core.grid import to_milli
from core.workspace import UNNAMED
from pages.components.frame import callback, reviewer, workspace
from pages.components.heatmap import HeatmapData, HeatPage, HeatRow, Packed, heatmap, pack, picked_cell, picked_rule
from pages.review.place import Seen, again

_PACKED: WeakKeyDictionary[Chart, Packed] = WeakKeyDictionary()


def heat_panel(now: Seen) -> None:
    heatmap(
        _packed(now.chart),
        key=_key(now.case.id),
        rule=now.place.shown_rule,
        rule_token=now.place.token,
        cursor=now.place.shown_cell,
        cursor_token=now.place.token,
        marks={criterion: decision.outcome for criterion, decision in now.decisions.items()},
        on_rule=lambda: _on_rule(now.case.id),
        on_cell=lambda: _on_cell(now.case.id),
    )


def _key(case_id: int) -> str:
    return f"heat.{case_id}"


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
        _PACKED[chart] = pack(HeatmapData(pages, rows, chart.grid.milli, raw, chart.recalibrated, fingerprint))
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
    workspace().store.set_rule(
        case_id,
        place.fingerprint,
        str(place.rule),
        recalibration=place.certificate[1],
        by=reviewer() or UNNAMED,
    )


@callback
def _on_cell(case_id: int) -> None:
    cell, now = picked_cell(_key(case_id)), again(case_id)
    if cell and cell.row in now.chart.grid.criteria and 1 <= cell.page <= len(now.chart.pages):
        now.place.row, now.place.page, now.place.waits = cell.row, cell.page, False
