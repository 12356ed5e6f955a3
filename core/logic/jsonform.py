"""Logic trees as JSON, for files and for the database.

A criterion is its id: "C01". A group is one of {"all": [...]}, {"any": [...]}, {"at_least": 2, "of": [...]},
{"not": ...}, {"if": ..., "then": ...}, each with a "title" where it has one.
"""

import json

from core.errors import BadLogic, Fault
from core.logic.limits import MAX_DEPTH, MAX_NODES, too_large
from core.logic.tree import AllOf, AnyOf, AtLeast, Leaf, Logic, Not, When
from core.text import clean_text

Json = str | int | list["Json"] | dict[str, "Json"]

_SHAPE = (
    'Write an id, {"all": [...]}, {"any": [...]}, {"at_least": 2, "of": [...]}, {"not": ...} '
    'or {"if": ..., "then": ...}.'
)
_GROUPS = (
    frozenset(("all",)),
    frozenset(("any",)),
    frozenset(("at_least", "of")),
    frozenset(("not",)),
    frozenset(("if", "then")),
)


def to_json(logic: Logic) -> str:
    """The tree as JSON, the same text for the same tree: keys sorted, no spaces."""
    return json.dumps(to_data(logic), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str) -> Logic:
    """The tree that `to_json` wrote. Raises BadLogic."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadLogic([Fault("The logic is not valid JSON.", _SHAPE)]) from error
    return from_data(data)


def to_data(logic: Logic) -> Json:
    """The tree as what `json` reads and writes."""
    match logic:
        case Leaf(criterion):
            return criterion
        case AllOf(parts):
            group: dict[str, Json] = {"all": [to_data(p) for p in parts]}
        case AnyOf(parts):
            group = {"any": [to_data(p) for p in parts]}
        case AtLeast(n, parts):
            group = {"at_least": n, "of": [to_data(p) for p in parts]}
        case Not(part):
            group = {"not": to_data(part)}
        case When(condition, then):
            group = {"if": to_data(condition), "then": to_data(then)}
    return {**group, "title": logic.title} if logic.title else group


def from_data(data: object) -> Logic:
    """The tree of decoded JSON. Only its shape is checked here: see `core.logic.checking`. Raises BadLogic."""
    return _Reader().read(data, 1)


class _Reader:
    def __init__(self) -> None:
        self._nodes = 0

    def read(self, data: object, depth: int) -> Logic:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise BadLogic([too_large()])
        if isinstance(data, str):
            return Leaf(data.strip())
        if not isinstance(data, dict):
            raise BadLogic([Fault("A part of the logic is neither an id nor a group.", _SHAPE)])
        title = data.get("title", "")
        keys = frozenset(data) - {"title"}
        if keys not in _GROUPS or not isinstance(title, str):
            raise BadLogic([Fault("A group of the logic has other names than a group can have.", _SHAPE)])
        return self._group(data, " ".join(clean_text(title).split()), depth + 1)

    def _group(self, data: dict[str, object], title: str, depth: int) -> Logic:
        if "not" in data:
            return Not(self.read(data["not"], depth), title)
        if "if" in data:
            return When(self.read(data["if"], depth), self.read(data["then"], depth), title)
        if "all" in data:
            return AllOf(self._parts(data["all"], depth), title)
        if "any" in data:
            return AnyOf(self._parts(data["any"], depth), title)
        n = data["at_least"]
        if not isinstance(n, int) or isinstance(n, bool):
            raise BadLogic([Fault('"at_least" is not a whole number.', 'Write {"at_least": 2, "of": [...]}.')])
        return AtLeast(n, self._parts(data["of"], depth), title)

    def _parts(self, data: object, depth: int) -> tuple[Logic, ...]:
        if not isinstance(data, list):
            raise BadLogic([Fault("The parts of a group are not a list.", _SHAPE)])
        return tuple(self.read(part, depth) for part in data)
