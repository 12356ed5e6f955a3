"""Reading the one-line form. See `core.logic.notation`.

Words may be small letters, ALL OF is ALL, line ends and spaces mean nothing, and ids are the same when they differ only
in case, as they are in a list. An id may be one of the words: what stands before a bracket or a title is the group.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from core.errors import BadLogic, Fault
from core.logic.checking import faults
from core.logic.limits import MAX_DEPTH, MAX_NODES, too_large
from core.logic.tree import AllOf, AnyOf, AtLeast, Leaf, Logic, Not, When
from core.text import clean_text

_TOKEN = re.compile(r'(?P<mark>[(),])|(?P<title>"(?:[^"]|"")*")|(?P<word>[A-Za-z0-9][A-Za-z0-9._-]*)|(?P<space>\s+)')
_HEAD = re.compile(r"(?P<word>all|any|not|if|at least (?P<n>[0-9]{1,4}))(?: of)?")
_EXAMPLE = "For example: ALL(C01, ANY(C02, C03))."
_SHOWN = 40
_LONGEST = 200_000


class _Token(NamedTuple):
    text: str
    at: int
    """Offset of its first character."""


class _Head(NamedTuple):
    word: str
    n: int
    title: str
    at: int


def parse(text: str, ids: Sequence[str]) -> Logic:
    """The tree of a text in the one-line form over the criteria `ids`. Raises BadLogic with what is wrong and where.

    The first fault of the form ends the reading; of unknown ids and impossible numbers every one is named.
    """
    logic = _Parser(text, ids).whole()
    if found := faults(logic, ids):
        raise BadLogic(found)
    return logic


class _Parser:
    def __init__(self, text: str, ids: Sequence[str]) -> None:
        self._tokens = _tokens(text)
        self._place = 0
        self._nodes = 0
        self._end = len(text)
        self._ids = {i.casefold(): i for i in reversed(ids)}

    def whole(self) -> Logic:
        if not self._tokens:
            _fail("There is no logic yet.", f"Write how the criteria combine. {_EXAMPLE}", 0)
        logic = self._part(1)
        if self._place < len(self._tokens):
            spare = self._tokens[self._place]
            if spare.text == ")":
                _fail("There is a closing bracket too many.", "Take it out.", spare.at)
            _fail(
                f"The logic goes on after its end with {_shown(spare.text)}.",
                f"Put all parts into one group. {_EXAMPLE}",
                spare.at,
            )
        return logic

    def _part(self, depth: int) -> Logic:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise BadLogic([too_large()])
        head = self._head()
        return self._leaf() if head is None else self._group(head, depth)

    def _leaf(self) -> Logic:
        token = self._next("An id or a group is missing at the end.")
        if not token.text[0].isalnum():
            _fail(f"Before {_shown(token.text)} an id or a group is missing.", f"Write one. {_EXAMPLE}", token.at)
        if self._peek().startswith(("(", '"')):
            _fail(
                f"{_shown(token.text)} stands before a bracket, but is no word of the logic.",
                "Write ALL, ANY, AT LEAST and a number, NOT or IF there.",
                token.at,
            )
        return Leaf(self._ids.get(token.text.casefold(), token.text))

    def _head(self) -> _Head | None:
        """The group word with its title, when one stands here before a bracket."""
        words: list[_Token] = []
        for token in self._tokens[self._place : self._place + 5]:
            if not token.text[0].isalnum():
                break
            words.append(token)
        after = self._place + len(words)
        following = self._tokens[after].text if after < len(self._tokens) else ""
        match = _HEAD.fullmatch(_spaced(words))
        if match is None or not following.startswith(("(", '"')):
            self._explain(words, following)
            return None
        title = clean_text(following[1:-1].replace('""', '"')) if following.startswith('"') else ""
        self._place = after + (1 if following.startswith('"') else 0)
        self._expect("(", f"After {_spaced(words).upper()} the opening bracket is missing.")
        return _Head(match["word"].split()[0], int(match["n"] or 0), " ".join(title.split()), words[0].at)

    def _explain(self, words: list[_Token], following: str) -> None:
        """Two words without a comma between them are no id: say what they were meant to be."""
        if len(words) < 2:
            return
        spoken = _spaced(words)
        if re.match(r"at least\b", spoken):
            _fail("AT LEAST needs a number and a bracket.", "For example: AT LEAST 2(C01, C02, C03).", words[0].at)
        if following.startswith(("(", '"')) and spoken.split()[-1] in ("all", "any", "not", "if", "of"):
            _fail(f"Before {_shown(words[-1].text)} a comma is missing.", "Write one between the parts.", words[-1].at)
        if any(word in ("and", "or") for word in spoken.split()):
            _fail("AND and OR do not stand between ids here.", f"Write ALL(...) or ANY(...). {_EXAMPLE}", words[1].at)
        _fail(f"Before {_shown(words[1].text)} a comma is missing.", "Write one between the parts.", words[1].at)

    def _group(self, head: _Head, depth: int) -> Logic:
        if self._peek() == ")":
            _fail("A group has no parts.", "Put criteria into it, or leave it out.", head.at)
        parts = [self._part(depth + 1)]
        while self._peek() == ",":
            self._place += 1
            parts.append(self._part(depth + 1))
        self._expect(")", f"The bracket of {head.word.upper()} is never closed.")
        return _built(head, tuple(parts))

    def _peek(self) -> str:
        return self._tokens[self._place].text if self._place < len(self._tokens) else ""

    def _next(self, what: str) -> _Token:
        if self._place >= len(self._tokens):
            _fail(what, f"Write it, and close the brackets. {_EXAMPLE}", self._end)
        self._place += 1
        return self._tokens[self._place - 1]

    def _expect(self, mark: str, what: str) -> None:
        at = self._tokens[self._place].at if self._place < len(self._tokens) else self._end
        if self._peek() != mark:
            _fail(what, f"Write {mark} there.", at)
        self._place += 1


def _built(head: _Head, parts: tuple[Logic, ...]) -> Logic:
    match head.word:
        case "all":
            return AllOf(parts, head.title)
        case "any":
            return AnyOf(parts, head.title)
        case "at":
            return AtLeast(head.n, parts, head.title)
        case "not":
            if len(parts) != 1:
                _fail("NOT has more than one part.", "Write NOT(ALL(...)) or NOT(ANY(...)).", head.at)
            return Not(parts[0], head.title)
    if len(parts) != 2:
        _fail("IF has another number of parts than two.", "Write IF(condition, what is asked then).", head.at)
    return When(parts[0], parts[1], head.title)


def _tokens(text: str) -> list[_Token]:
    if len(text) > _LONGEST:
        raise BadLogic([too_large()])
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            if text[at] == '"':
                _fail("A title has no second quotation mark.", 'Close it: ALL "Title" (C01, C02).', at)
            _fail(f"{_shown(text[at])} means nothing here.", f"Take it out. {_EXAMPLE}", at)
        if match.lastgroup != "space":
            found.append(_Token(match.group(), at))
        at = match.end()
    return found


def _spaced(words: list[_Token]) -> str:
    return " ".join(word.text.casefold() for word in words)


def _shown(text: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text[:_SHOWN]}\N{RIGHT DOUBLE QUOTATION MARK}"


def _fail(what: str, cure: str, at: int) -> NoReturn:
    raise BadLogic([Fault(what, cure, at)])
