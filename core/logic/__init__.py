"""How the criteria of a list combine into an answer for the case: ALL of, ANY of, AT LEAST n of, NOT, IF.

The tree belongs to the version of a criteria list. Nothing here decides anything: it says what follows from the
decisions of people.
"""

from core.logic.checking import faults, unplaced, unplaced_words
from core.logic.evaluation import State, evaluate, not_asked, states
from core.logic.jsonform import from_data, from_json, to_data, to_json
from core.logic.notation import to_text
from core.logic.outline import OutlineRow, outline
from core.logic.parsing import parse
from core.logic.starting import all_of, all_of_groups
from core.logic.tree import AllOf, AnyOf, AtLeast, Leaf, Logic, Not, Path, When, children, leaves, walk

__all__ = [
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Leaf",
    "Logic",
    "Not",
    "OutlineRow",
    "Path",
    "State",
    "When",
    "all_of",
    "all_of_groups",
    "children",
    "evaluate",
    "faults",
    "from_data",
    "from_json",
    "leaves",
    "not_asked",
    "outline",
    "parse",
    "states",
    "to_data",
    "to_json",
    "to_text",
    "unplaced",
    "unplaced_words",
    "walk",
]
