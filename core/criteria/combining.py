"""The logic of a list from wherever its file has it: the columns of a table, a word of its own, the items of a form."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.criteria.check import MAX_CRITERIA, with_ids
from core.criteria.logicrows import logic_of_rows
from core.criteria.rows import Found, Row
from core.errors import BadLogic, Problem
from core.logic import Logic, faults, from_data, parse, unplaced_words
from core.logic.checking import spelled

_SHOWN = 10


@dataclass(slots=True)
class Combined:
    criteria: list[Row]
    """The rows that are criteria, each with an id."""
    root: Logic | None = None
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def combined(found: Found, rows: Sequence[Row]) -> Combined:
    """`rows`: those of `found`, cleaned. A list that says nothing of logic comes out as it went in."""
    groups = [row for row in rows if row.is_group]
    asked = with_ids([row for row in rows if not row.is_group], [row.id for row in groups if row.id])
    out = Combined(asked)
    ids = [row.id for row in asked[:MAX_CRITERIA]]
    if found.root is not None:
        out.root = found.root
    elif found.logic not in (None, ""):
        _of_file(found.logic, ids, out)
        out.problems += [_both(row) for row in rows if row.logic][:1]
    else:
        given = iter(asked)
        out.root, out.problems = logic_of_rows([row if row.is_group else next(given) for row in rows])
        out.remarks += _ignored(rows, groups)
    if out.root is not None and (said := unplaced_words(out.root, ids)):
        out.remarks.append(said)
    return out


def _of_file(logic: object, ids: Sequence[str], out: Combined) -> None:
    try:
        if isinstance(logic, str):
            out.root = parse(logic, ids)
        else:
            out.root = spelled(from_data(logic), ids)
        wrong = faults(out.root, ids)
    except BadLogic as error:
        wrong = list(error.faults)
    out.problems += [Problem(0, "logic", fault.what, fault.cure) for fault in wrong]


def _both(row: Row) -> Problem:
    what = "The list has a logic of its own, and its entries have one, too."
    return Problem(row.number, "logic", what, "Write it in one of the two places.")


def _ignored(rows: Sequence[Row], groups: Sequence[Row]) -> list[str]:
    """What stands in the columns of the logic and is not used."""
    if groups:
        spoken = [row.id for row in groups if row.instruction]
        return [f"Not used: the instructions of the groups {', '.join(spoken[:_SHOWN])}."] if spoken else []
    if any(row.parent for row in rows) and not any(row.logic for row in rows):
        return ["Not used: the parents, since no row has a logic word."]
    return []
