"""The cell of a logic column: ALL, ANY, AT LEAST 2, NOT, IF C08, IF C08 THEN ALL, or a whole tree in one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import BadLogic, Fault
from core.logic import AllOf, AnyOf, AtLeast, Leaf, Logic, Not, When, parse

_WORD = re.compile(r"(?P<all>all|and)|(?P<any>any|or)|at least (?P<n>[0-9]{1,4})", re.IGNORECASE)
_OF = re.compile(r"\s+of$", re.IGNORECASE)
_IF = re.compile(r"if\b\s*(?P<condition>.+?)(?:\s+then\s+(?P<then>[a-z0-9 ]+))?", re.IGNORECASE)
_WHOLE = re.compile(r"(?:all|any|not|if|at least)\b.*\)", re.IGNORECASE)
_CURE = "Write ALL, ANY, AT LEAST and a number, NOT, or IF and the id of a criterion."
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class GroupWord:
    """What the cell of a group says."""

    kind: str = ""
    """all, any, at_least, not; "" for a bare IF, which has one part, and for a whole tree."""
    n: int = 0
    condition: Logic | None = None
    """The group is asked only if this is met."""
    whole: Logic | None = None
    """The cell holds the tree itself."""

    def misfit(self, parts: int) -> Fault | None:
        """What is wrong with a group of so many parts; None: nothing."""
        if self.whole is not None:
            what = "The group has its parts in its cell, and rows that name it as parent."
            return Fault(what, "Put the parts into the bracket, or write the word alone.") if parts else None
        if not parts:
            return Fault("No row names this group as its parent.", "Name it, or delete the row.")
        if self.kind in ("", "not") and parts > 1:
            word = "NOT" if self.kind else "IF"
            cure = "Put a group with ALL or ANY between." if self.kind else "Write what they are: IF C08 THEN ALL."
            return Fault(f"{word} has {parts} parts; it can have one.", cure)
        if self.kind == "at_least" and not 1 <= self.n <= parts:
            what = f"AT LEAST {self.n} is asked of {parts} {'part' if parts == 1 else 'parts'}."
            return Fault(what, f"Write a number from 1 to {parts}.")
        return None

    def built(self, parts: tuple[Logic, ...], title: str) -> Logic:
        """The group with its parts, which fit."""
        if self.whole is not None:
            return self.whole
        if self.condition is None:
            return self._group(parts, title)
        return When(self.condition, self._group(parts, "") if self.kind else parts[0], title)

    def _group(self, parts: tuple[Logic, ...], title: str) -> Logic:
        match self.kind:
            case "all":
                return AllOf(parts, title)
            case "any":
                return AnyOf(parts, title)
            case "at_least":
                return AtLeast(self.n, parts, title)
            case _:
                return Not(parts[0], title)


def read_group(cell: str, ids: Sequence[str]) -> GroupWord:
    """What the cell of a group says. Raises BadLogic."""
    if cell.casefold() == "not":
        return GroupWord("not")
    if word := _word(cell):
        return word
    if _WHOLE.fullmatch(cell):
        try:
            return GroupWord(whole=parse(cell, ids))
        except BadLogic:
            if not cell.casefold().startswith("if"):
                raise
    if match := _IF.fullmatch(cell):
        word = _word(match["then"]) if match["then"] else GroupWord()
        if word is None:
            raise BadLogic([Fault("After THEN stands no logic word.", "Write ALL, ANY, or AT LEAST and a number.")])
        return GroupWord(word.kind, word.n, parse(match["condition"], ids))
    raise BadLogic([Fault(f"{_shown(cell)} is no logic word.", _CURE)])


def read_guard(cell: str, criterion: str, ids: Sequence[str]) -> Logic:
    """A criterion in its place: alone, as NOT, or asked only if something else is met. Raises BadLogic."""
    if not cell:
        return Leaf(criterion)
    if cell.casefold() == "not":
        return Not(Leaf(criterion))
    match = _IF.fullmatch(cell)
    if match is None or match["then"]:
        cure = "For a group, put the word into a row without a question. Beside a question: NOT, or IF and an id."
        raise BadLogic([Fault(f"{_shown(cell)} cannot stand beside a question.", cure)])
    return When(parse(match["condition"], ids), Leaf(criterion))


def _word(text: str) -> GroupWord | None:
    match = _WORD.fullmatch(_OF.sub("", text.strip()))
    if match is None:
        return None
    if match["n"]:
        return GroupWord("at_least", int(match["n"]))
    return GroupWord("all" if match["all"] else "any")


def _shown(text: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text[:_SHOWN]}\N{RIGHT DOUBLE QUOTATION MARK}"
