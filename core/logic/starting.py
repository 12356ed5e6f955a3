"""Trees to start from, made of the ids and groups of a list."""

from collections.abc import Iterable
from typing import Literal

from core.logic.tree import AllOf, AnyOf, Leaf, Logic

Placed = tuple[str, str]
"""Id of a criterion and the heading that it stands under, "" for none."""


def all_of(criteria: Iterable[Placed]) -> Logic:
    """ALL of the criteria, whatever their group."""
    return AllOf(tuple(Leaf(criterion) for criterion, _ in criteria))


def all_of_groups(criteria: Iterable[Placed], *, within: Literal["all", "any"]) -> Logic:
    """ALL of the groups, of each of which all criteria are needed, or any one. Without a group a criterion stands for
    itself, at the place of its first appearance as a group does."""
    groups: dict[str, list[Leaf]] = {}
    for criterion, group in criteria:
        groups.setdefault(f"group {group}" if group else f"alone {criterion}", []).append(Leaf(criterion))
    group_of = AllOf if within == "all" else AnyOf
    return AllOf(
        tuple(
            group_of(tuple(leaves), name.removeprefix("group ")) if name.startswith("group ") else leaves[0]
            for name, leaves in groups.items()
        )
    )
