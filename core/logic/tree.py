"""The nodes of a logic tree: how the criteria of a list combine. Frozen dataclasses over the standard library."""

from collections.abc import Iterator
from dataclasses import dataclass

Path = tuple[int, ...]
"""Where a node stands: the index of each child on the way down from the root, () for the root itself."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One criterion, by its id."""

    criterion: str


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: "tuple[Logic, ...]"
    title: str = ""
    """A heading for the screen, "" for none; it never changes an answer."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: "tuple[Logic, ...]"
    title: str = ""


@dataclass(frozen=True, slots=True)
class AtLeast:
    n: int
    """How many parts must be met, 1 to as many as there are."""
    parts: "tuple[Logic, ...]"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    part: "Logic"
    title: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """`then` is asked only if `condition` is met; otherwise it does not apply."""

    condition: "Logic"
    then: "Logic"
    title: str = ""


Logic = Leaf | AllOf | AnyOf | AtLeast | Not | When


def children(logic: Logic) -> tuple[Logic, ...]:
    """The parts of a node in the order of their indexes in a `Path`; of `When` the condition is 0, `then` is 1."""
    match logic:
        case Leaf():
            return ()
        case Not(part):
            return (part,)
        case When(condition, then):
            return (condition, then)
        case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
            return parts


def walk(logic: Logic) -> Iterator[tuple[Path, Logic]]:
    """Every node with its path: a node before its parts, the parts in their order."""
    waiting: list[tuple[Path, Logic]] = [((), logic)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        parts = children(node)
        waiting += [((*path, i), parts[i]) for i in reversed(range(len(parts)))]


def leaves(logic: Logic) -> tuple[str, ...]:
    """Ids of the criteria in the tree, each once, in the order in which they first stand there."""
    return tuple(dict.fromkeys(node.criterion for _, node in walk(logic) if isinstance(node, Leaf)))
