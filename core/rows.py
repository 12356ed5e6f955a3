"""The criteria of a case as rows: what the tool found for each, what is kept, and the order they are shown in. Pure.

The heatmap sorts and filters in the browser; pages/components/heatmap_rows.js does the same, so that "next criterion"
and the table go through the rows as the reviewer sees them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from core.domain import DECISIONS, DecisionOutcome, Evidence
from core.grid import GAP, MILLI
from core.holds import NOTHING, Held, by_hand, holds
from core.selection import Rule, compared, evidence, kept, weak_below

if TYPE_CHECKING:
    from core.chart import Chart

Sort = Literal["listed", "group", "evidence", "best", "kept", "decision"]
SORTS: tuple[Sort, ...] = get_args(Sort)
EVIDENCES: tuple[Evidence, ...] = ("found", "weak", "none_found", "could_not_read", "not_scored")
"""In the order in which rows are sorted by it."""


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion, with what the tool found and what is kept for it."""

    id: str
    group: str
    question: str
    evidence: Evidence
    """By the tool and the rule alone: a page held by hand does not change it."""
    best: float | None
    """The highest of what thresholds compare, in thousandths rounded down: 0.123. None where nothing is scored."""
    pages: tuple[int, ...]
    """Numbers of the pages that the rule keeps for their score and a person keeps by hand, in order."""
    unscored: int
    """Pages kept besides because they have no score: not answered yet, or not to be read."""
    characters: int
    tokens: int
    """An estimate. Both count the text of all pages kept, each text once, as the context pack does."""


def criterion_rows(chart: "Chart", rule: Rule, held: Held = NOTHING) -> list[CriterionRow]:
    """A row for each criterion, in the order of the criteria list, under `rule` and the pages held by hand."""
    milli, hold = compared(chart.grid, rule), holds(chart.grid, held)
    ruled = kept(milli, rule, chart.lengths)
    keep = by_hand(ruled, hold)
    states = evidence(chart.grid.milli, ruled, chart.unreadable, weak=weak_below(chart.scorer))
    scored = chart.grid.milli != GAP
    best = np.where(scored, chart.grid.milli.astype(np.int64), -1).max(axis=1, initial=-1).tolist()
    chosen = keep & (scored | (hold > 0))
    unscored = (keep & ~chosen).sum(axis=1).tolist()
    characters, tokens = (each.tolist() for each in chart.lengths.of_kept(keep))
    return [
        CriterionRow(
            criterion.id,
            criterion.group,
            criterion.question,
            states[r],
            None if best[r] < 0 else best[r] / MILLI,
            tuple((np.flatnonzero(chosen[r]) + 1).tolist()),
            unscored[r],
            characters[r],
            tokens[r],
        )
        for r, criterion in enumerate(chart.criteria)
    ]


@dataclass(frozen=True, slots=True)
class Order:
    """How rows are sorted, and which are shown."""

    sort: Sort = "listed"
    """listed: as in the criteria list. group: groups as they first come. evidence: found first. best, kept: the most
    first. decision: undecided first. Equal rows stay as listed."""
    reverse: bool = False
    group: str | None = None
    """None: every group. "": criteria without one."""
    evidence: Evidence | None = None
    """None: every state."""
    undecided: bool = False
    """Only criteria without a decision."""
    flagged: bool = False
    """Only criteria with a flag."""


def ordered(
    rows: Sequence[CriterionRow],
    order: Order,
    *,
    decisions: Mapping[str, DecisionOutcome],
    flags: Collection[str] = (),
    current: str = "",
) -> list[CriterionRow]:
    """The rows that `order` shows, in its order. The row `current` is always among them: it is being worked on, and
    deciding it must not take it away."""
    groups: dict[str, int] = {}
    for row in rows:
        groups.setdefault(row.group, len(groups))
    keys: dict[Sort, Callable[[CriterionRow], int]] = {
        "group": lambda row: groups[row.group],
        "evidence": lambda row: EVIDENCES.index(row.evidence),
        "best": lambda row: 1 if row.best is None else -round(row.best * MILLI),
        "kept": lambda row: -len(row.pages),
        "decision": lambda row: 1 + DECISIONS.index(outcome) if (outcome := decisions.get(row.id)) else 0,
    }
    shown = [row for row in rows if row.id == current or _shown(row, order, row.id in decisions, row.id in flags)]
    if order.sort == "listed":
        return shown[::-1] if order.reverse else shown
    return sorted(shown, key=keys[order.sort], reverse=order.reverse)


def _shown(row: CriterionRow, order: Order, decided: bool, flagged: bool) -> bool:
    return (
        order.group in (None, row.group)
        and order.evidence in (None, row.evidence)
        and not (order.undecided and decided)
        and not (order.flagged and not flagged)
    )
