"""The table twin of the heatmap: the same criteria under the same rule, for keyboard and screen reader."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from core.domain import DecisionOutcome, Evidence
from core.rows import SORTS, CriterionRow, Order, Sort
from core.selection import Rule, shown
from pages.components.files import beside
from pages.components.outcomes import OUTCOME_WORDS
from pages.components.sent import sent

EVIDENCE_WORDS: dict[Evidence, str] = {
    "found": "Found",
    "weak": "Weak matches only",
    "none_found": "Looked, none found",
    "could_not_read": "None found, some pages could not be read",
    "not_scored": "Not scored",
}

_HTML = """
<div class="ht"><div class="scroller">
  <table>
    <caption class="sr"></caption>
    <thead><tr>
      <th scope="col" data-sort="listed"><button type="button">Criterion</button></th>
      <th scope="col" data-sort="group"><button type="button">Group</button></th>
      <th scope="col" data-sort="evidence"><button type="button">Evidence</button></th>
      <th scope="col" data-sort="best" class="number"><button type="button"></button></th>
      <th scope="col" data-sort="kept"><button type="button">Pages kept</button></th>
      <th scope="col" data-sort="decision"><button type="button">Decision</button></th>
    </tr></thead>
    <tbody></tbody>
  </table>
  <p class="none" hidden>No criterion is like that. Show all, or change the filter above.</p>
</div></div>
"""
_mount = st.components.v2.component(
    "chartsieve_heat_table",
    html=_HTML,
    css=beside("heat_table.css"),
    js=beside("heat_table.js"),
)


def heat_table(
    rows: Sequence[CriterionRow],
    *,
    key: str,
    rule: Rule,
    current: str,
    order: Order,
    decisions: Mapping[str, DecisionOutcome],
    flags: Collection[str],
    measure: str,
    asked: int,
    on_row: Callable[[], None],
    on_sort: Callable[[], None],
) -> None:
    """Draw the rows as they come: core.rows.criterion_rows, sorted and filtered by core.rows.ordered.

    In the callbacks, `picked_row` and `picked_sort` tell what the reviewer did. `current` is the criterion on the
    screen, `measure` what the numbers are, "Probability" or "Score", `asked` how many criteria the case has, shown or
    not. `rule` decides how many decimals a number needs.
    """
    _mount(
        key=key,
        data={
            "rows": [table_row(row, rule, decisions.get(row.id), row.id in flags) for row in rows],
            "grouped": any(row.group for row in rows),
            "current": current,
            "order": [order.sort, order.reverse],
            "measure": measure,
            "asked": asked,
        },
        on_row_change=on_row,
        on_sort_change=on_sort,
    )


def table_row(row: CriterionRow, rule: Rule, outcome: DecisionOutcome | None, flagged: bool) -> list[str | bool]:
    """What stands in a row: id, question, group, evidence, best number, pages, decision, and whether it is flagged."""
    pages = ", ".join(map(str, row.pages)) or "None"
    besides = f"; {row.unscored:,} without a score" if row.unscored else ""
    return [
        row.id,
        row.question,
        row.group,
        EVIDENCE_WORDS[row.evidence],
        "" if row.best is None else shown(row.best, rule),
        f"{pages}{besides}",
        "" if outcome is None else OUTCOME_WORDS[outcome],
        flagged,
    ]


def picked_row(key: str) -> str:
    """Id of the criterion just chosen in the table `key`, else "". The caller checks that there is one."""
    match sent(key, "row"):
        case {"id": str(criterion)}:
            return criterion
    return ""


def picked_sort(key: str) -> Sort | None:
    """The column just chosen to sort by in the table `key`, else None."""
    match sent(key, "sort"):
        case {"by": str(sort)} if sort in SORTS:
            return sort
    return None


def sorted_by(order: Order, sort: Sort) -> Order:
    """`order` after a click on the head of a column: sorted by it, or turned round where it is already."""
    return replace(order, sort=sort, reverse=order.sort == sort and not order.reverse)
