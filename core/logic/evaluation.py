"""A logic tree and the decisions of people -> the state of each part.

Three-valued logic after Kleene: a part whose answer is not known stays unknown unless the others settle the whole.
There are two ways of not knowing. "undecided": a criterion waits for a decision that could still settle the answer.
"insufficient": no open decision could settle it, since somebody decided that the chart does not say enough. Neither is
ever taken for "not met", and what is settled as met or not met stays so whatever is decided of the criteria that are
still open.

Parts that do not apply are left out. Where that leaves a group fewer parts than it asks for, its answer is
"insufficient": a person must look.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from core.logic.tree import AllOf, AnyOf, AtLeast, Leaf, Logic, Not, Path, When, children, leaves

if TYPE_CHECKING:
    from core.domain import DecisionOutcome

State = Literal["met", "not_met", "insufficient", "undecided", "not_applicable"]

_Reach = frozenset[State]
"""The settled answers (met, not_met, not_applicable) that a part has, or that decisions still open could give it."""
_NOTHING: _Reach = frozenset()
_ANYTHING: _Reach = frozenset(("met", "not_met", "not_applicable"))
_OPPOSITE: Mapping[State, State] = {"met": "not_met", "not_met": "met", "not_applicable": "not_applicable"}
_Node = tuple[State, _Reach]


def evaluate(logic: Logic, decisions: "Mapping[str, DecisionOutcome]") -> State:
    """The state of the whole. `decisions`: criterion id -> the decision that stands; one that is missing is open."""
    return states(logic, decisions)[()]


def states(logic: Logic, decisions: "Mapping[str, DecisionOutcome]") -> dict[Path, State]:
    """The state of every node by its path, the root's being ().

    A part below a condition that is not met has the state of its own decisions; it is its `When` that does not apply.
    A criterion that stands in several places is taken there as if each place were decided for itself, so that
    ANY(C01, NOT(C01)) is open as long as C01 is.
    """
    found: dict[Path, State] = {}
    _settle((), logic, decisions, found)
    return found


def not_asked(logic: Logic, decisions: "Mapping[str, DecisionOutcome]") -> frozenset[str]:
    """Criteria that need no decision now: each place where they stand is below a condition that is not met."""
    found = states(logic, decisions)
    asked: set[str] = set()

    def visit(path: Path, node: Logic) -> None:
        if isinstance(node, Leaf):
            asked.add(node.criterion)
        for i, part in enumerate(children(node)):
            closed = isinstance(node, When) and i == 1 and found[(*path, 0)] in ("not_met", "not_applicable")
            if not closed:
                visit((*path, i), part)

    visit((), logic)
    return frozenset(leaves(logic)) - asked


def _settle(path: Path, logic: Logic, decisions: "Mapping[str, DecisionOutcome]", found: dict[Path, State]) -> _Node:
    """State and reach of the node; enters its state and those below it into `found`."""
    parts = [_settle((*path, i), part, decisions, found) for i, part in enumerate(children(logic))]
    match logic:
        case Leaf(criterion):
            node = _decided(decisions.get(criterion))
        case Not():
            node = _not(*parts)
        case When():
            node = _when(*parts)
        case AllOf():
            node = _group(parts, _all)
        case AnyOf():
            node = _group(parts, _any)
        case AtLeast(n):
            node = _group(parts, lambda remaining: _at_least(n, remaining))
    found[path] = node[0]
    return node


def _decided(outcome: "DecisionOutcome | None") -> _Node:
    match outcome:
        case "met" | "not_met" | "not_applicable":
            return outcome, frozenset((outcome,))
        case "insufficient":
            return outcome, _NOTHING
        case _:
            return "undecided", _ANYTHING


def _unknown(reach: _Reach) -> _Node:
    return ("undecided" if reach else "insufficient"), reach


def _settled(state: State) -> _Node:
    return state, frozenset((state,))


def _not(part: _Node) -> _Node:
    state, reach = part
    return _OPPOSITE.get(state, state), frozenset(_OPPOSITE[s] for s in reach)


def _when(condition: _Node, then: _Node) -> _Node:
    """A condition that does not apply is not met either."""
    if condition[0] in ("not_met", "not_applicable"):
        return _settled("not_applicable")
    if condition[0] == "met":
        return then
    closed: _Reach = frozenset(("not_applicable",)) if condition[1] & {"not_met", "not_applicable"} else _NOTHING
    return _unknown(closed | (then[1] if "met" in condition[1] else _NOTHING))


def _group(parts: list[_Node], rule: Callable[[list[_Node]], _Node]) -> _Node:
    remaining = [part for part in parts if part[0] != "not_applicable"]
    return rule(remaining) if remaining else _settled("not_applicable")


def _all(parts: list[_Node]) -> _Node:
    held = [state for state, _ in parts]
    if "not_met" in held:
        return _settled("not_met")
    if all(state == "met" for state in held):
        return _settled("met")
    return _unknown(_reach(parts, every="met", one="not_met"))


def _any(parts: list[_Node]) -> _Node:
    held = [state for state, _ in parts]
    if "met" in held:
        return _settled("met")
    if all(state == "not_met" for state in held):
        return _settled("not_met")
    return _unknown(_reach(parts, every="not_met", one="met"))


def _reach(parts: list[_Node], *, every: State, one: State) -> _Reach:
    """What open decisions could make of a group: `every` if all parts that apply are so, `one` if a single part is."""
    reaches = [reach for _, reach in parts]
    found: set[State] = set()
    if any(one in reach for reach in reaches):
        found.add(one)
    if any(every in reach for reach in reaches) and all(reach & {every, "not_applicable"} for reach in reaches):
        found.add(every)
    if all("not_applicable" in reach for reach in reaches):
        found.add("not_applicable")
    return frozenset(found)


def _at_least(n: int, parts: list[_Node]) -> _Node:
    """Not met only where too few can still be met and n parts apply for sure: otherwise the question was not put."""
    met = sum(state == "met" for state, _ in parts)
    failed = sum(state == "not_met" for state, _ in parts)
    sure = sum("not_applicable" not in reach for _, reach in parts)
    if met >= n:
        return _settled("met")
    if len(parts) - failed < n <= sure:
        return _settled("not_met")
    return _unknown(_reach_of_n(n, [reach for _, reach in parts]))


def _reach_of_n(n: int, reaches: list[_Reach]) -> _Reach:
    found: set[State] = set()
    if sum("met" in reach for reach in reaches) >= n:
        found.add("met")
    failing = sum("not_met" in reach for reach in reaches)
    leaving = sum("not_applicable" in reach and "not_met" not in reach for reach in reaches)
    staying = len(reaches) - failing - leaving
    # As many of those that could leave stay as may be met or unknown without reaching n.
    if staying < n <= failing + staying + min(leaving, n - 1 - staying):
        found.add("not_met")
    if all("not_applicable" in reach for reach in reaches):
        found.add("not_applicable")
    return frozenset(found)
