"""Does a logic tree fit its list? Every fault is named with its cure."""

from collections.abc import Sequence
from dataclasses import replace

from core.errors import Fault
from core.logic.limits import MAX_DEPTH, MAX_NODES, MAX_TITLE, too_large
from core.logic.notation import to_text
from core.logic.tree import AllOf, AnyOf, AtLeast, Leaf, Logic, Not, When, walk

_SHOWN = 60
_NAMED = 10


def faults(logic: Logic, ids: Sequence[str]) -> list[Fault]:
    """What keeps the tree from being used with a list that has these criteria; empty: nothing does.

    A criterion may stand in several places, but not twice in one AT LEAST: it would count twice there.
    """
    known = frozenset(ids)
    found: list[Fault] = []
    for count, (path, node) in enumerate(walk(logic), start=1):
        if len(path) >= MAX_DEPTH or count > MAX_NODES:
            return [too_large()]
        if isinstance(node, Leaf):
            if node.criterion not in known:
                found.append(unknown(node.criterion, ids))
        else:
            found += _of_group(node)
    return list(dict.fromkeys(found))


def unplaced(logic: Logic, ids: Sequence[str]) -> tuple[str, ...]:
    """Criteria that are asked but stand nowhere in the tree, in the order of the list."""
    placed = {node.criterion for _, node in walk(logic) if isinstance(node, Leaf)}
    return tuple(i for i in ids if i not in placed)


def unplaced_words(logic: Logic, ids: Sequence[str]) -> str:
    """A sentence that names the criteria outside the tree; "" when there are none."""
    outside = unplaced(logic, ids)
    if not outside:
        return ""
    more = f" and {len(outside) - _NAMED} more" if len(outside) > _NAMED else ""
    return f"Asked, but not part of the logic: {', '.join(outside[:_NAMED])}{more}."


def unknown(criterion: str, ids: Sequence[str]) -> Fault:
    """The fault of an id that the list does not have."""
    example = f"Use an id of the list, such as {ids[0]}." if ids else "Add the criterion to the list."
    return Fault(f"{criterion[:_SHOWN] or 'An empty id'} is not a criterion of the list.", example)


def _of_group(node: Logic) -> list[Fault]:
    if len(getattr(node, "title", "")) > MAX_TITLE:
        return [Fault(f"A title has more than {MAX_TITLE} characters.", "Shorten it.")]
    if not isinstance(node, AllOf | AnyOf | AtLeast):
        return []
    if not node.parts:
        return [Fault("A group has no parts.", "Put criteria into it, or leave it out.")]
    return _of_at_least(node) if isinstance(node, AtLeast) else []


def _of_at_least(node: AtLeast) -> list[Fault]:
    if not 1 <= node.n <= len(node.parts):
        cure = "Write AT LEAST 1." if len(node.parts) == 1 else f"Write a number from 1 to {len(node.parts)}."
        parts = "1 part" if len(node.parts) == 1 else f"{len(node.parts)} parts"
        return [Fault(f"AT LEAST {node.n} is asked of {parts}.", cure)]
    twice = [part for i, part in enumerate(node.parts) if part in node.parts[:i]]
    return [
        Fault(f"{to_text(part)[:_SHOWN]} stands twice in AT LEAST {node.n} and would count twice.", "Take one out.")
        for part in dict.fromkeys(twice)
    ]


def spelled(logic: Logic, ids: Sequence[str]) -> Logic:
    """The tree with its ids in the spelling of the list: ids are the same when they differ only in case."""
    known = {i.casefold(): i for i in reversed(ids)}

    def rebuilt(node: Logic) -> Logic:
        match node:
            case Leaf(criterion):
                return Leaf(known.get(criterion.casefold(), criterion))
            case Not(part):
                return replace(node, part=rebuilt(part))
            case When(condition, then):
                return replace(node, condition=rebuilt(condition), then=rebuilt(then))
            case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
                return replace(node, parts=tuple(map(rebuilt, parts)))

    return rebuilt(logic)
