"""The columns "logic" and "parent" -> a logic tree. Every mistake is named by row, column and cure.

A row with a logic word and without a question is a group; its id is what other rows name as their parent. Nothing is
assumed: once a list has a group, exactly one row stands at the top, and every other one names the group that it is part
of, or - when it is asked without being part of the logic. A logic cell may also hold a whole tree in the one-line form;
what stands in it needs no parent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.criteria.check import problem, valid_id
from core.criteria.logicwords import GroupWord, read_group, read_guard
from core.criteria.rows import Row
from core.errors import BadLogic, Problem
from core.logic import Logic, faults, leaves
from core.logic.limits import MAX_DEPTH, too_large

_OUTSIDE = ("-", "\N{EN DASH}", "\N{EM DASH}", "none")
_TOP = ""


@dataclass(slots=True)
class _Tree:
    groups: dict[str, Row]
    """Id, in small letters, -> the row of a group."""
    words: dict[str, GroupWord]
    guards: dict[str, Logic | None]
    """Id of a criterion, in small letters, -> the whole of its place in the tree; None where that has a mistake."""
    parts: dict[str, list[str]] = field(default_factory=dict)
    """Id of a group -> ids of its parts in the order of the list, all in small letters; under "" what is at the top."""
    problems: list[Problem] = field(default_factory=list)


def logic_of_rows(rows: Sequence[Row]) -> tuple[Logic | None, list[Problem]]:
    """The tree of cleaned rows, groups among them, and every mistake; None without groups, or with a mistake."""
    groups = [row for row in rows if row.is_group]
    criteria = [row for row in rows if not row.is_group]
    if not groups:
        return None, [_no_group(row) for row in criteria if row.logic]
    ids = [row.id for row in criteria]
    tree = _Tree({}, {}, {})
    _register(groups, ids, tree)
    for row in criteria:
        tree.guards[row.id.casefold()] = _guard(row, ids, tree.problems)
    _place([*rows], tree)
    if not tree.problems:
        _check_shape(tree)
    if tree.problems:
        return None, tree.problems
    (top,) = tree.parts[_TOP]
    root = _built(top, tree)
    if wrong := faults(root, ids):
        return None, [problem(tree.groups[top], "logic", fault.what, fault.cure) for fault in wrong]
    return root, []


def _no_group(row: Row) -> Problem:
    return problem(
        row,
        "logic",
        "No row of the list says how the criteria combine.",
        "Add a row with an id, ALL, ANY or AT LEAST 2 as its logic and no question, and name it as the parent.",
    )


def _register(groups: Sequence[Row], ids: Sequence[str], tree: _Tree) -> None:
    """Enters the groups; the mistakes of their ids and words go to the problems."""
    taken = {i.casefold() for i in ids}
    for row in groups:
        key = row.id.casefold()
        if not row.id or not valid_id(row.id):
            cure = "Give it a short id of letters and digits, and name that as the parent of its parts."
            tree.problems.append(problem(row, "id", "A group has no id that others can name.", cure))
        elif key in taken:
            what = f"The id {row.id} is already used further up or by a criterion."
            tree.problems.append(problem(row, "id", what, "Give one of them another id."))
        taken.add(key)
        tree.groups.setdefault(key, row)
        try:
            tree.words.setdefault(key, read_group(row.logic, ids))
        except BadLogic as error:
            tree.problems += [problem(row, "logic", fault.what, fault.cure) for fault in error.faults]


def _guard(row: Row, ids: Sequence[str], problems: list[Problem]) -> Logic | None:
    try:
        return read_guard(row.logic, row.id, ids)
    except BadLogic as error:
        problems += [problem(row, "logic", fault.what, fault.cure) for fault in error.faults]
        return None


def _place(rows: Sequence[Row], tree: _Tree) -> None:
    """Enters what is part of what, in the order of the list."""
    written = {i.casefold() for word in tree.words.values() if word.whole for i in leaves(word.whole)}
    all_written = all(word.whole for word in tree.words.values())
    for row in rows:
        key, parent = row.id.casefold(), row.parent.casefold()
        if parent in _OUTSIDE and not row.is_group:
            if row.logic:
                tree.problems.append(_outside(row))
            continue
        if parent in tree.groups:
            tree.parts.setdefault(parent, []).append(key)
        elif parent:
            tree.problems.append(_unknown_parent(row))
        elif row.is_group:
            tree.parts.setdefault(_TOP, []).append(key)
            if len(tree.parts[_TOP]) > 1:
                tree.problems.append(_second_top(row, tree.groups[tree.parts[_TOP][0]]))
        elif row.logic or not (all_written or key in written):
            tree.problems.append(_homeless(row))


def _unknown_parent(row: Row) -> Problem:
    what = f"The parent {row.parent[:40]} is not the id of a group."
    return problem(row, "parent", what, "Name a row that has a logic word and no question.")


def _second_top(row: Row, first: Row) -> Problem:
    where = f"entry {first.entry}" if first.entry else f"row {first.number}"
    return problem(
        row,
        "parent",
        f"Two groups stand at the top: this one and {first.id} in {where}.",
        "Name the parent of one of them, or put a group with ALL or ANY above both.",
    )


def _homeless(row: Row) -> Problem:
    return problem(
        row,
        "parent",
        "The criterion is part of no group.",
        "Name the id of its group, or write - if it is asked without being part of the logic.",
    )


def _outside(row: Row) -> Problem:
    what = "The criterion has a condition, but is not part of the logic."
    return problem(row, "logic", what, "Name its group as the parent, or empty the logic cell.")


def _check_shape(tree: _Tree) -> None:
    """Every group hangs from the top and has as many parts as its word asks for."""
    if _TOP not in tree.parts:
        first = next(iter(tree.groups.values()))
        cure = "Leave the parent of the topmost group empty."
        tree.problems.append(problem(first, "parent", "No group stands at the top: each is part of another.", cure))
        return
    depths = _depths(tree)
    if max(depths.values()) > MAX_DEPTH:
        large = too_large()
        tree.problems.append(problem(tree.groups[tree.parts[_TOP][0]], "logic", large.what, large.cure))
    for key, row in tree.groups.items():
        if key not in depths:
            cure = "Name a group further up as its parent."
            tree.problems.append(problem(row, "parent", "The group is part of itself.", cure))
        elif fault := tree.words[key].misfit(len(tree.parts.get(key, []))):
            tree.problems.append(problem(row, "logic", fault.what, fault.cure))


def _depths(tree: _Tree) -> dict[str, int]:
    """How deep each row stands that hangs from the top: 1 for the top itself. No row has two parents."""
    found: dict[str, int] = {}
    waiting = [(key, 1) for key in tree.parts[_TOP]]
    while waiting:
        key, depth = waiting.pop()
        found[key] = depth
        waiting += [(part, depth + 1) for part in tree.parts.get(key, [])]
    return found


def _built(key: str, tree: _Tree) -> Logic:
    if key not in tree.groups:
        found = tree.guards[key]
        assert found is not None  # noqa: S101 - its mistakes were found before
        return found
    word = tree.words[key]
    return word.built(tuple(_built(part, tree) for part in tree.parts.get(key, [])), tree.groups[key].group)
