"""What a determination is judged by: the criteria as they are decided, the evidence opened, what is left open. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.domain import DecisionOutcome
from core.logic import Leaf, Logic, Not, State, When, children, evaluate

_NAMED = 6
"""Criteria or pages named in a sentence before the rest is counted."""
_TOO_FEW = "Too few criteria apply for the tree to say."


class Place(NamedTuple):
    """Where a person has to look: a criterion, a page, or a page for a criterion."""

    criterion: str = ""
    page: int = 0
    """Its number in the case, from 1; 0 for none."""


@dataclass(frozen=True, slots=True)
class Facts:
    """As it was at one moment, for one person. Criteria are given by their ids, pages by their number in the case."""

    rolled: State | None = None
    """What the criteria come to by their logic; None: the list has no logic, and nothing is rolled up."""
    undecided: tuple[str, ...] = ()
    """Criteria that count and have no decision."""
    insufficient: tuple[str, ...] = ()
    not_met: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    """Criteria whose decision speaks against the request: not met, or met where the tree wants it not to be."""
    unreasoned: tuple[str, ...] = ()
    """Of those against or insufficient, the ones without a rationale."""
    outdated: tuple[str, ...] = ()
    """Criteria that count and were decided before pages last came in or were read."""
    unopened: tuple[Place, ...] = ()
    """Cited pages of the criteria that count which this person has not opened, and for those against or insufficient
    without a citation the page that stands highest."""
    opened: int = 0
    """Pages of the case that this person has opened."""
    gaps: int = 0
    """Pairs of page and criterion that were asked and not answered, of pages that could be read."""
    missing: int = 0
    """Pages that a fax says it has, and that are not in the packet."""
    waiting: int = 0
    """Pages that have not been read yet, may be, and that nobody has looked at."""
    unseen: tuple[int, ...] = ()
    """Pages that could not be read and that nobody has looked at."""
    second: tuple[str, ...] = ()
    """Criteria that an ordered second review has not come to."""
    second_by: str = ""
    first: tuple[str, ...] = ()
    """Criteria that the first review has not come to, where a second one is complete and waits to be compared."""
    differing: tuple[str, ...] = ()
    """Criteria on which the second review came to something else, unsettled, once both are complete."""
    blind: bool = False
    """This person is the second reviewer and must see nothing of the first review yet."""

    @property
    def speaks_against(self) -> tuple[str, ...]:
        """Criteria that a denial could rest on."""
        return (*self.against, *self.insufficient)

    @property
    def met(self) -> bool:
        """Whether the criteria come to "met"; without a logic, whether every one is met or not applicable."""
        if self.rolled is None:
            return not (self.undecided or self.speaks_against)
        return self.rolled == "met"

    @property
    def open_words(self) -> str:
        """What is not settled or speaks against, counted: "2 undecided, 1 insufficient, 1 not met"; "" for nothing."""
        counted = (
            (self.undecided, "undecided"),
            (self.insufficient, "insufficient"),
            (self.not_met, "not met"),
            ([c for c in self.against if c not in self.not_met], "met that must not be"),
        )
        return ", ".join(f"{len(ids)} {words}" for ids, words in counted if ids)

    @property
    def unmet_words(self) -> str:
        """Why the criteria do not come to "met", in few words; never ""."""
        return self.open_words or ("none applies" if self.rolled == "not_applicable" else "too few apply")

    @property
    def sentence(self) -> str:
        """What the criteria come to. What is open or insufficient never reads as "not met"."""
        still = self.open_words
        aside = f" ({still})" if still else ""
        match self.rolled:
            case None:
                end = "every criterion is met or does not apply" if self.met else still
                return f"This list has no logic tree, so nothing is rolled up: {end}."
            case "met":
                return f"The criteria come to “met”{aside}."
            case "not_met":
                return f"The criteria come to “not met”{aside}."
            case "not_applicable":
                return f"No criterion applies{aside}: the tree says nothing."
            case "insufficient":
                return f"{still}: for want of information the tree cannot say." if still else _TOO_FEW
            case "undecided":
                return f"{still}: the tree says nothing yet."


class Counted(NamedTuple):
    """A criterion that counts as things stand."""

    criterion: str
    against: frozenset[DecisionOutcome]
    """Outcomes that speak against the request; empty for a condition, which only says what else is asked."""


_WANTED_MET: frozenset[DecisionOutcome] = frozenset(("not_met",))
_WANTED_NOT_MET: frozenset[DecisionOutcome] = frozenset(("met",))
_CONDITION: frozenset[DecisionOutcome] = frozenset()


def counting(logic: Logic, decisions: Mapping[str, DecisionOutcome]) -> tuple[Counted, ...]:
    """Criteria that count as things stand, each once, in the order of the tree.

    Left out are those that do not apply, and those that are asked only under a condition which is not met, or not
    known yet: the condition itself counts.
    """
    found: dict[str, frozenset[DecisionOutcome]] = {}
    for criterion, against in _counting(logic, decisions, _WANTED_MET):
        found[criterion] = found.get(criterion, frozenset()) | against
    return tuple(Counted(criterion, against) for criterion, against in found.items())


def _counting(
    logic: Logic, decisions: Mapping[str, DecisionOutcome], against: frozenset[DecisionOutcome]
) -> Iterable[Counted]:
    match logic:
        case Leaf(criterion):
            if decisions.get(criterion) != "not_applicable":
                yield Counted(criterion, against)
        case When(condition, then):
            yield from _counting(condition, decisions, _CONDITION)
            if evaluate(condition, decisions) == "met":
                yield from _counting(then, decisions, against)
        case Not(part):
            yield from _counting(part, decisions, _opposite(against))
        case _:
            for part in children(logic):
                yield from _counting(part, decisions, against)


def _opposite(against: frozenset[DecisionOutcome]) -> frozenset[DecisionOutcome]:
    if not against:
        return against
    return _WANTED_NOT_MET if against == _WANTED_MET else _WANTED_MET


def named(words: Sequence[str], most: int = _NAMED) -> str:
    """ "A, B and C"; of many the first, and how many more there are. "" for none."""
    shown = list(words[:most])
    if len(words) > most:
        shown.append(f"{len(words) - most:,} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1] if shown else "")))
