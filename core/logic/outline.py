"""A logic tree as lines to draw, one for each node."""

from dataclasses import dataclass
from typing import Literal

from core.logic.tree import AllOf, AnyOf, AtLeast, Leaf, Logic, Not, Path, When, children

Lead = Literal["", "if", "then"]


@dataclass(frozen=True, slots=True)
class OutlineRow:
    path: Path
    """The node that the line stands for, as `states` names it."""
    depth: int
    """How far it is indented: 0 for the root."""
    words: str
    """What the node asks of the lines below it: "All of", "At least 2 of", "Not", "Only if"; "" for a criterion."""
    criterion: str = ""
    """Id of the criterion; "" for a group."""
    title: str = ""
    lead: Lead = ""
    """The part that the node has in an "Only if" above it: the condition ("if"), or what is asked then ("then")."""


def outline(logic: Logic) -> list[OutlineRow]:
    """The lines from top to bottom, one for each node: a group, then its parts."""
    rows: list[OutlineRow] = []
    _add(logic, (), "", rows)
    return rows


def _add(node: Logic, path: Path, lead: Lead, rows: list[OutlineRow]) -> None:
    if isinstance(node, Leaf):
        rows.append(OutlineRow(path, len(path), "", node.criterion, lead=lead))
        return
    rows.append(OutlineRow(path, len(path), _words(node), title=node.title, lead=lead))
    leads: tuple[Lead, ...] = ("if", "then") if isinstance(node, When) else ()
    for i, part in enumerate(children(node)):
        _add(part, (*path, i), leads[i] if leads else "", rows)


def _words(node: AllOf | AnyOf | AtLeast | Not | When) -> str:
    match node:
        case AllOf():
            return "All of"
        case AnyOf():
            return "Any of"
        case AtLeast(n):
            return f"At least {n} of"
        case Not():
            return "Not"
        case When():
            return "Only if"
