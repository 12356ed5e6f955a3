"""The criteria of a case as a tree: what the logic asks for, what the tool found, what was decided.

The browser filters and moves about in it without the server; Python learns which criterion was opened.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.domain import DecisionOutcome, Evidence
from core.logic import State
from pages.components.files import beside
from pages.components.sent import sent


@dataclass(frozen=True, slots=True)
class ListNode:
    """A line that holds others together: "All of", or the heading of a group."""

    depth: int
    words: str
    state: State | None = None
    """What the decisions below come to; None for a heading that rolls nothing up."""


@dataclass(frozen=True, slots=True)
class ListCriterion:
    """A criterion at its place in the tree."""

    depth: int
    id: str
    question: str
    evidence: Evidence
    best: str
    """The highest probability or score, as the screen writes it; "" where nothing is scored."""
    best_milli: int
    """The same in thousandths, for the bar."""
    kept: int
    """Pages that are kept for it."""
    decision: DecisionOutcome | None = None
    flagged: bool = False


_HTML = """
<div class="cl">
  <div class="bar">
    <label class="which">Show <select aria-label="Which criteria to show">
      <option value="all">all criteria</option>
      <option value="undecided">undecided</option>
      <option value="flagged">flagged</option>
      <option value="found">with evidence</option>
      <option value="none">without evidence</option>
      <option value="not_met">not met or insufficient</option>
    </select></label>
    <input class="find" type="search" placeholder="Find in the criteria" aria-label="Find in the criteria">
    <span class="count" role="status"></span>
  </div>
  <div class="rows" role="tree" aria-label="Criteria"></div>
  <p class="none" hidden>No criterion is like that. Show all criteria to see them again.</p>
</div>
"""
_mount = st.components.v2.component(
    "chartsieve_criteria_list",
    html=_HTML,
    css=beside("criteria_list.css"),
    js=beside("criteria_list.js"),
)


def criteria_list(
    rows: Sequence[ListNode | ListCriterion],
    *,
    key: str,
    current: str,
    height: str,
    measure: str,
    on_open: Callable[[], None],
) -> None:
    """Draw the list; in the callback `opened` tells which criterion was chosen.

    `current` is the criterion on the screen, `height` the room as a CSS length, `measure` what the numbers are:
    "Probability" or "Score".
    """
    _mount(
        key=key,
        data={"rows": [_row(row) for row in rows], "current": current, "height": height, "measure": measure},
        on_row_change=on_open,
    )


def opened(key: str) -> str:
    """Id of the criterion just chosen in the list `key`, else "". The caller checks that there is one."""
    match sent(key, "row"):
        case {"id": str(criterion)}:
            return criterion
    return ""


def _row(row: ListNode | ListCriterion) -> list[object]:
    if isinstance(row, ListNode):
        return [row.depth, "", row.words, row.state]
    return [
        row.depth,
        row.id,
        row.question,
        row.evidence,
        row.best,
        row.best_milli,
        row.kept,
        row.decision,
        int(row.flagged),
    ]
