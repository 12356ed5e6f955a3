"""The parts of a context pack: criteria with their pages, pages, what is left out, what nobody could read."""

from dataclasses import dataclass

from core.domain import Criterion, Evidence


@dataclass(frozen=True, slots=True)
class Size:
    pages: int
    characters: int
    tokens: int
    """An estimate: see core.text.estimate_tokens."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands."""

    place: int
    """1-based position in the case."""
    document: str
    """SHA-256 of the file."""
    document_name: str
    number: int
    """1-based position in the file."""
    label: str
    """The printed page number, "" when there is none."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A readable page that is kept for one criterion."""

    place: int
    probability: float | None
    """None without a recalibration, and for a page that was not scored."""
    score: float | None
    """None, like rank: the page was asked about and not answered."""
    rank: int | None
    why: str
    by_hand: bool = False
    """A person keeps it, whatever the rule does."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A page, readable or not, that a person leaves out of one criterion. Figures as in `Kept`."""

    place: int
    probability: float | None
    score: float | None
    rank: int | None
    why: str


@dataclass(frozen=True, slots=True)
class PackedCriterion:
    criterion: Criterion
    evidence: Evidence
    """By the tool and the rule alone."""
    kept: tuple[Kept, ...]
    """In the order of the chart."""
    dropped: tuple[Dropped, ...]
    """In the order of the chart."""
    left_out: int
    """Readable pages that are not kept for this criterion, by the rule or by hand."""
    size: Size
    """Of the kept pages, exact duplicates counted once in characters and tokens."""


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A readable page that is kept for at least one criterion."""

    at: Place
    source: str
    confidence: float | None
    """How sure recognition is of the text, 0 to 1; None for text of the file itself."""
    same_as: int | None
    """Place of the earlier page that prints exactly this text."""
    text: str
    """"" when `same_as` is set."""
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A readable page that is kept for no criterion."""

    at: Place
    same_as: int | None
    """Place of a page in the pack that prints exactly this text."""
    reasons: tuple[str, ...]
    """The most frequent first."""
    probability: float | None
    """The highest over all criteria; None without a recalibration."""
    score: float | None
    """The highest over all criteria."""
    rank: int | None
    """The best over all criteria."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A page without usable text. It has to be looked at by a person, who alone may leave it out of a criterion."""

    at: Place
    problem: str
    not_read_yet: bool = False
    """The pack was made before the page was read: nothing is wrong with it."""
    left_out_for: tuple[str, ...] = ()
    """Ids of the criteria that a person left it out of."""
