"""What the page view draws on a page, and what it sends back. What a browser sends is checked here, value by value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.cited_text import is_box
from core.domain import Box, Word
from pages.components.sent import sent

MOST_SECONDS = 120.0
"""A report holds at most so many seconds for a page: a broken clock writes no hours."""
_UNITS = 10_000


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked place on the page: a passage, or one line of it."""

    box: Box
    """(x0, y0, x1, y1) as fractions of the displayed page, from its top left corner."""
    strength: float = 1.0
    """In [0, 1]: how strong the evidence is; shown as opacity."""
    title: str = ""
    """What the place is, shown on hover and read aloud."""
    passage: int | None = None
    """Marks of the same number are the lines of one passage: one button. None: the mark stands alone."""


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A citation that stands on the page."""

    number: int
    """As the screen numbers it, from 1."""
    boxes: tuple[Box, ...]
    """In fractions of the displayed page."""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A hit of the search."""

    boxes: tuple[Box, ...]
    """In fractions of the displayed page."""
    current: bool = False
    """The hit that the reviewer has gone to: scrolled into sight."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page with all that is drawn on it."""

    src: str
    """From `image_source`; "" shows that it is being drawn."""
    page: int
    """1-based through the case."""
    alt: str
    width: float = 612.0
    """Displayed width in points, so that 100 % is the size on paper."""
    marks: Sequence[Mark] = ()
    words: Sequence[Word] = ()
    """Where they are displayed, in the order of the page's text: with them, text can be selected and copied."""
    lean: int = 0
    """Degrees (0, 90, 180, 270) by which the text is turned clockwise from upright as the page is displayed."""
    citations: Sequence[CitedPlace] = ()
    found: Sequence[FoundPlace] = ()

    def packed(self) -> dict[str, Any]:
        """As the browser gets it."""
        return {
            "src": self.src,
            "page": self.page,
            "alt": self.alt,
            "width": self.width,
            "boxes": [[*_place(m.box), min(1.0, max(0.0, m.strength)), m.title, m.passage] for m in self.marks],
            "words": {
                "at": [round(side * _UNITS) for word in self.words for side in word.box],
                "text": [word.text for word in self.words],
            },
            "lean": self.lean % 360,
            "citations": [[c.number, c.quote, _rounded(c.boxes)] for c in self.citations],
            "hits": [[f.current, _rounded(f.boxes)] for f in self.found],
        }


@dataclass(frozen=True, slots=True)
class Watch:
    """Whose time on the pages is measured, and who hears of it."""

    of: str
    """What the pages belong to, say the case and the reviewer: seconds of one never count for another."""
    report: Callable[[Sequence[tuple[int, float]]], None]
    """Called in a callback with (page, seconds) of pages that were in sight while somebody was using the screen."""
    every: float = 20.0
    """Seconds in use after which the browser reports."""
    idle: float = 30.0
    """Seconds without pointer, key, wheel or scrolling after which nobody is using the screen."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lets the browser show a page before the script has heard of it, and keep what it has shown."""

    images_of: str
    """Names the packet as it is displayed: while it is the same, the browser keeps images that it has shown."""
    pictures_of: str = ""
    """Names all that is drawn on pages: while it is the same, the browser keeps whole pages. "" for none."""
    line: Mapping[str, str] | None = None
    """From pages.components.line. It answers "page": given {"page", "about", "two"}, it has {"main", "beside", "of"}:
    the page and, for two, the one after it, as `PageImage.packed` makes them, and what `pictures_of` would be. It is
    told "seen" (`seen_in`) when the document is about to go."""
    kept: bool = False
    """The browser has the page as it is to be shown: only its number counts."""
    settled: Sequence[tuple[str, str]] = ()
    """(key of a container around the page, key of a container in it with {page} and {about}): the first is inert until
    the second is there for the page that is shown. The latter has letters, digits, "-" and "_" alone, and `about`
    stands in it as `in_key` writes it."""
    stops: "Stops | None" = None
    """Pages that the reviewer goes to one after the other, with buttons that stand elsewhere."""
    on_unreached: Callable[[], None] | None = None
    """Called in a callback: the line does not reach."""


class Stops(NamedTuple):
    """Pages to go through one after the other."""

    pages: Sequence[int]
    """1-based, ascending."""
    before: str
    """Key of the button that goes to the one before."""
    after: str


class Asked(NamedTuple):
    """A page that the reviewer has just asked for."""

    page: int
    about: str = ""
    """For which criterion, as `about` names it; "" for the one on the screen."""
    outside: bool = False
    """Another component asked, and shows already what it asked for."""
    shown: str = ""
    """`Ahead.pictures_of` of the page that is shown already, "" for none."""


class PickedMark(NamedTuple):
    """The mark the reviewer clicked."""

    page: int
    place: int
    """Position in the `marks` of that page, from 0."""
    about: str = ""
    """What the page view was told its citations are for when the reviewer asked for this one."""


class PickedWords(NamedTuple):
    """Words the reviewer wants to cite."""

    page: int
    first: int
    last: int
    """Positions in the `words` of that page, from 0, both included."""
    quote: str
    """What the reviewer saw, a space between two words: the page may have been read again meanwhile."""
    about: str = ""
    """What the page view was told its citations are for when the reviewer asked for this one."""


class PickedBox(NamedTuple):
    """A box the reviewer has drawn, to be cited."""

    page: int
    box: Box
    """In fractions of the displayed page, with a width and a height."""
    about: str = ""
    """What the page view was told its citations are for when the reviewer asked for this one."""


Picked = PickedMark | PickedWords | PickedBox


def picked_mark(key: str) -> PickedMark | None:
    """The mark just clicked in the page view `key`, else None. The caller checks that the page still has it."""
    match sent(key, "box"):
        case {"page": int(page), "index": int(index)} if index >= 0:
            return PickedMark(page, index)
    return None


def to_cite(key: str) -> Picked | None:
    """What the reviewer has just asked to cite in the page view `key`: a mark, words or a box, else None.

    The caller checks that the page has such a mark or such words; the page may be the one beside.
    """
    said = sent(key, "cite")
    about = said["about"] if isinstance(said, Mapping) and isinstance(said.get("about"), str) else ""
    match said:
        case {"page": int(page), "place": int(place)} if place >= 0:
            return PickedMark(page, place, about)
        case {"page": int(page), "first": int(first), "last": int(last), "quote": str(quote)} if 0 <= first <= last:
            return PickedWords(page, first, last, quote, about)
        case {"page": int(page), "box": [float() | int(), float() | int(), float() | int(), float() | int()] as box}:
            return PickedBox(page, _as_box(box), about) if is_box(box) else None
    return None


def turned(key: str) -> int:
    """-1 or +1 when the reviewer has just asked for the previous or the next page, else 0."""
    match sent(key, "turn"):
        case int(step) | {"step": int(step)} if step in (-1, 1):
            return step
    return 0


def asked_page(key: str, pages: int) -> int | None:
    """The page, 1 to `pages`, that the reviewer has just asked for in the component `key`, else None."""
    match sent(key, "page"):
        case {"page": int(page)} if 1 <= page <= pages:
            return page
    return None


def asked_there(key: str, pages: int) -> Asked | None:
    """As `asked_page`, with all that the page view says about it."""
    page = asked_page(key, pages)
    match sent(key, "page"):
        case {"about": str(about), "from": str(by), "shown": str(shown)} if page:
            return Asked(page, about, bool(by), shown)
    return Asked(page) if page else None


def rotated(key: str) -> int | None:
    """The page that was on the screen when the reviewer just asked to turn it clockwise, else None."""
    match sent(key, "rotate"):
        case {"page": int(page)}:
            return page
    return None


def seen_in(message: object, *, of: str, pages: int) -> list[tuple[int, float]]:
    """(page, seconds) that came along with a message of any component, for what `Watch.of` names; else nothing.

    Pages are 1 to `pages`, each once; seconds are above 0 and at most MOST_SECONDS.
    """
    match message:
        case {"seen": {"of": str(subject), "seconds": list(reported)}} if subject == of:
            pairs = (_pair(one, pages) for one in reported)
            return list({page: (page, seconds) for page, seconds in filter(None, pairs)}.values())
    return []


def _pair(reported: object, pages: int) -> tuple[int, float] | None:
    match reported:
        case [int(page), float() | int() as seconds] if 1 <= page <= pages and 0 < seconds <= MOST_SECONDS:
            return page, float(seconds)
    return None


def _as_box(numbers: Sequence[float]) -> Box:
    x0, y0, x1, y1 = (float(n) for n in numbers)
    return x0, y0, x1, y1


def _place(box: Box) -> list[float]:
    """[x, y, width, height] in fractions of the page."""
    x0, y0, x1, y1 = box
    return [round(v, 5) for v in (x0, y0, x1 - x0, y1 - y0)]


def _rounded(boxes: Sequence[Box]) -> list[list[float]]:
    return [[round(side, 4) for side in box] for box in boxes]
