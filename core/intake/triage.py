"""From what the child process says of a page to a `Page`: text, blank or not, usable or not, duplicates.

Pure functions. The thresholds were measured on fax, clinical and mixed public documents.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat
from typing import Any, Final, NamedTuple

from core.domain import Box, Page, PageNote, PageRef, Word, digest
from core.intake.stamps import Edges
from core.text import clean_text

MAX_WORDS: Final = 20_000
"""Of one page; a dense real page has about 1,600."""
MAX_CHARACTERS: Final = 2_000_000
"""Of one page, as the child process sends it."""
SKETCH_BYTES: Final = 512
SCAN_CHARACTERS, SCAN_IMAGES = 150, 0.5
"""Fewer characters, fax headers not counted, and at least this share of the page under images: a scan."""
WHOLE_PAGE_IMAGES = 0.8
"""At least this share of the page under images: a scan, and what text it has is a layer that came with it."""
MOSTLY_HIDDEN = 0.5
"""Share of the lines that nobody can see, from which on the text on a large image is such a layer too."""
FULL_TEXT, PICTURE_SHARE, PICTURE_INK = 1000, 0.3, 0.005
"""Fewer characters (any number on a whole-page image), at least this share of the page under images, and more strokes
in these that no word explains: perhaps a scan with something typed over or beside it. Nine words are so much ink."""
VISIBLE_RATIO, HIDDEN_RATIO = 0.5, 3.0
"""Unexplained strokes over explained ones, from which on it is one. A layer that came with the scan leaves 0.2."""
SPARSE_CHARACTERS, SPARSE_INK = 50, 0.005
"""Fewer characters and more ink besides them: something is drawn or written that the text does not have."""
MAX_GARBAGE = 0.10
"""Largest share of characters without meaning."""
BLANK_INK = 0.0003
"""Less is specks and holes (measured at most 0.00019); one 12 point word is 0.00055."""
DARK_PAPER = 96
"""A page darker than this grey is not paper with nothing on it but a failed scan."""

IMAGE_ONLY: Final = "This page is an image without text; its content could not be read."
GARBLED: Final = "The letters of this page are stored in a way that cannot be read; look at the page itself."
LOST: Final = "The content of this page is damaged, and nothing of it could be read. Look at the original page."
TOO_DENSE: Final = "This page has more words than can be read; only the first part of its text is here."

_GARBAGE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_UNUSUAL = re.compile(r"[^\n -~]")
_SHARES: Final = tuple(n / 10_000 for n in range(10_001))
"""Each number of a box once, whatever the number of words."""


_make: Callable[[tuple[str, Box, None]], Word] = partial(tuple.__new__, Word)
"""A word from its three parts, without a call of Python code: there are tens of thousands."""


class Reading(NamedTuple):
    """A page as the child process read it, checked but not yet judged. For the measures see `reader.read_page`."""

    text: str
    """Cleaned; `text.split()` gives the words: none of them is empty or has white space inside."""
    words: tuple[Word, ...]
    garbage: float
    """Share of the characters that have no meaning, 0 to 1."""
    rotation: int
    width: float
    height: float
    cut: bool
    images: float
    ink: float | None
    paper: int
    unread: float
    covered: float
    hidden: float
    form: bool
    annotated: bool
    broken: bool
    """Not all of the page's content could be read or drawn."""
    over: int
    """Characters of fields and annotations: they say nothing of whether the page under them was read."""
    sketch: bytes


def reading(message: dict[str, Any]) -> Reading:
    """Raises ValueError, TypeError or KeyError when the message is not a page's: the child may have been taken over."""
    raw, places = message["text"], message["boxes"]
    if not isinstance(raw, str) or not isinstance(places, list):
        raise TypeError("words")
    if len(raw) > MAX_CHARACTERS or len(places) > 4 * MAX_WORDS or len(places) % 4:
        raise ValueError("words")
    boxes = _boxes(places)
    garbage = 0
    if _UNUSUAL.search(raw):
        text, words, garbage = _cleaned(raw, boxes)
    else:
        text, words = raw, _plain(raw.split(), boxes)
    ink = message.get("ink")
    return Reading(
        text=text,
        words=words,
        garbage=garbage / max(1, len(raw) - len(boxes) + 1),
        rotation=int(message["rotation"]) // 90 * 90 % 360,
        width=_positive(message["width"]),
        height=_positive(message["height"]),
        cut=bool(message.get("cut")),
        images=_fraction(message.get("images", 0.0)),
        ink=None if ink is None else _fraction(ink),
        paper=int(message.get("paper", 255)),
        unread=_fraction(message.get("unread", 0.0)),
        covered=_fraction(message.get("covered", 0.0)),
        hidden=_fraction(message.get("hidden", 0.0)),
        form=bool(message.get("form")),
        annotated=bool(message.get("annotated")),
        broken=bool(message.get("broken")),
        over=min(MAX_CHARACTERS, max(0, int(message.get("over", 0)))),
        sketch=_sketch(message.get("sketch", "")),
    )


def to_page(ref: PageRef, read: Reading) -> Page:
    """The page with its text as read; source "none" and a problem where the text cannot stand for the page."""
    edges = Edges(read.words, read.width, read.height)
    unstamped = edges.without_stamps()
    characters = sum(map(len, edges.without_edges())) - read.over
    blank = _is_blank(read, unstamped)
    problem = "" if blank else _unusable(read, unstamped, characters)
    return Page(
        ref=ref,
        text=read.text,
        words=read.words,
        source="none" if problem else "text",
        label=edges.label(),
        rotation=read.rotation,
        width=read.width,
        height=read.height,
        problem=problem,
        blank=blank,
        turn=-edges.turn % 360,
        images=read.images,
        notes=_notes(read, characters),
        sketch=read.sketch,
        body=digest(*unstamped) if unstamped and not problem and not blank else "",
    )


def _is_blank(read: Reading, unstamped: Sequence[str]) -> bool:
    """Nothing on it, or nothing but a fax header or page number at its edge."""
    if read.ink is None or read.ink >= BLANK_INK or read.paper < DARK_PAPER or read.garbage or read.broken:
        return False
    return not unstamped


def _unusable(read: Reading, unstamped: Sequence[str], characters: int) -> str:
    """Why the text cannot stand for the page, "" when it can. Not for blank pages."""
    if read.garbage > MAX_GARBAGE:
        return GARBLED
    if read.cut:
        return TOO_DENSE
    if read.broken and not unstamped and (read.ink is None or read.ink < BLANK_INK):
        return LOST
    scan = (characters < SCAN_CHARACTERS and read.images >= SCAN_IMAGES) or _typed_over(read, characters)
    drawn = characters < SPARSE_CHARACTERS and (read.ink is None or read.ink > SPARSE_INK)
    return IMAGE_ONLY if scan or drawn or not unstamped else ""


def may_be_typed_over(images: float, hidden: float, characters: int) -> bool:
    """Whether the strokes in the page's pictures are worth measuring."""
    if images < PICTURE_SHARE:
        return False
    return characters < FULL_TEXT or (images >= WHOLE_PAGE_IMAGES and hidden < MOSTLY_HIDDEN)


def _typed_over(read: Reading, characters: int) -> bool:
    """A scan with something typed over or beside it, such as a banner or a filled-in form: its own text is missing."""
    if read.unread <= PICTURE_INK or not may_be_typed_over(read.images, read.hidden, characters):
        return False
    return read.unread > read.covered * (HIDDEN_RATIO if read.hidden >= MOSTLY_HIDDEN else VISIBLE_RATIO)


def _notes(read: Reading, characters: int) -> tuple[PageNote, ...]:
    typed_over = _typed_over(read, characters)
    few = characters < SCAN_CHARACTERS or typed_over
    large = read.images >= SCAN_IMAGES
    layer = read.images >= WHOLE_PAGE_IMAGES or (large and read.hidden >= MOSTLY_HIDDEN)
    scan = layer or (large and few) or typed_over
    found: dict[PageNote, bool] = {
        "scan": scan,
        "foreign_ocr": layer and not few,
        "form": read.form,
        "annotated": read.annotated,
        "hidden_text": read.hidden > 0 and not scan,
    }
    return tuple(note for note, there in found.items() if there)


def body(page: Page) -> str:
    """What `Page.body` holds: SHA-256 of the words that are no stamps, "" for a blank, unreadable or empty page."""
    if not page.readable or page.blank:
        return ""
    words = Edges(page.words, page.width, page.height).without_stamps()
    return digest(*words) if words else ""


def _boxes(places: list[Any]) -> list[Box]:
    """Four ten-thousandths each, as fractions."""
    if places and min(places) < 0:
        raise ValueError("box")
    try:
        shares = list(map(_SHARES.__getitem__, places))
    except IndexError as error:
        raise ValueError("box") from error
    return list(zip(*[iter(shares)] * 4, strict=True))


def _plain(texts: list[str], boxes: list[Box]) -> tuple[Word, ...]:
    if len(texts) != len(boxes):
        raise ValueError("words")
    return tuple(map(_make, zip(texts, boxes, repeat(None))))


def _cleaned(raw: str, boxes: list[Box]) -> tuple[str, tuple[Word, ...], int]:
    """(text, words, characters without meaning). Raises ValueError when there are more or fewer boxes than words."""
    lines: list[str] = []
    words: list[Word] = []
    garbage, at = 0, 0
    for line in raw.split("\n"):
        first = len(words)
        for one in line.split(" "):
            if at == len(boxes):
                raise ValueError("words")
            if _UNUSUAL.search(one):
                garbage += len(_GARBAGE.findall(one))
                words.extend(_split(clean_text(one).split(), boxes[at]))
            elif one:
                words.append(Word(one, boxes[at]))
            at += 1
        if len(words) > first:
            lines.append(" ".join(word.text for word in words[first:]))
    if at != len(boxes):
        raise ValueError("words")
    return "\n".join(lines), tuple(words), garbage


def _split(parts: Sequence[str], box: Box) -> list[Word]:
    """A word with an unusual space inside is several; its box is shared out by their lengths."""
    if len(parts) == 1:
        return [Word(parts[0], box)]
    x0, y0, x1, y1 = box
    step = (x1 - x0) / max(1, sum(len(p) for p in parts) + len(parts) - 1)
    words, at = [], 0
    for part in parts:
        words.append(Word(part, (round(x0 + at * step, 4), y0, round(x0 + (at + len(part)) * step, 4), y1)))
        at += len(part) + 1
    return words


def _fraction(value: Any) -> float:
    if isinstance(value, bool) or not 0 <= value <= 1:  # false for nan
        raise ValueError("share")
    return float(value)


def _positive(value: float) -> float:
    if not math.isfinite(value) or value <= 0:
        raise ValueError("size")
    return float(value)


def _sketch(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError("sketch")
    try:
        sketch = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("sketch") from error
    if len(sketch) not in (0, SKETCH_BYTES):
        raise ValueError("sketch")
    return sketch
