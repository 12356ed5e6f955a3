"""From what the child process says of a page to a `Page`: text, blank or not, usable or not, duplicates.

Pure functions. The thresholds were measured on fax, clinical and mixed public documents.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from core.domain import Page, PageRef, Word, digest
from core.intake.stamps import printed_label, without_edges, without_stamps
from core.text import clean_text

SCAN_CHARACTERS, SCAN_IMAGES = 150, 0.5
"""Fewer characters, fax headers not counted, and at least this share of the page under images: a scan."""
SPARSE_CHARACTERS, SPARSE_INK = 50, 0.005
"""Fewer characters and more ink besides them: something is drawn or written that the text does not have."""
MAX_GARBAGE = 0.10
"""Largest share of characters without meaning."""
BLANK_INK = 0.0003
"""Less is specks and holes (measured at most 0.00019); one 12 point word is 0.00055."""
DARK_PAPER = 96
"""A page darker than this grey is not paper with nothing on it but a failed scan."""

IMAGE_ONLY = "This page is an image without text; its content could not be read."
GARBLED = "The letters of this page are stored in a way that cannot be read; look at the page itself."
TOO_DENSE = "This page has more words than can be read; only the first part of its text is here."

_GARBAGE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")


class Reading(NamedTuple):
    """A page as the child process read it, checked but not yet judged. For the measures see `reader.read_page`."""

    words: tuple[Word, ...]
    lines: tuple[int, ...]
    """The line of each word, counting up."""
    garbage: float
    """Share of the characters that have no meaning, 0 to 1."""
    rotation: int
    width: float
    height: float
    cut: bool
    images: float
    ink: float | None
    paper: int


def reading(message: dict[str, Any]) -> Reading:
    """Raises ValueError, TypeError or KeyError when the message is not a page's: the child may have been taken over."""
    words: list[Word] = []
    lines: list[int] = []
    characters = garbage = 0
    for x0, y0, x1, y1, raw, line in message["words"]:
        if not isinstance(raw, str):
            raise TypeError("word")
        characters += len(raw)
        if raw.isascii() and raw.isprintable() and " " not in raw:
            parts = [raw]
        else:
            garbage += len(_GARBAGE.findall(raw))
            parts = clean_text(raw).split()
        box = (_share(x0), _share(y0), _share(x1), _share(y1))
        words.extend(_split(parts, box))
        lines.extend([int(line)] * len(parts))
    ink = message.get("ink")
    return Reading(
        words=tuple(words),
        lines=tuple(lines),
        garbage=garbage / characters if characters else 0.0,
        rotation=int(message["rotation"]) // 90 * 90 % 360,
        width=_positive(message["width"]),
        height=_positive(message["height"]),
        cut=bool(message["cut"]),
        images=float(message.get("images", 0.0)),
        ink=None if ink is None else float(ink),
        paper=int(message.get("paper", 255)),
    )


def to_page(ref: PageRef, read: Reading) -> Page:
    """The page with its text as read; source "none" and a problem where the text cannot stand for the page."""
    blank = is_blank(read)
    problem = "" if blank else unusable(read)
    page = Page(
        ref=ref,
        text=_text(read),
        words=read.words,
        source="none" if problem else "text",
        label=printed_label(read.words, read.width, read.height),
        rotation=read.rotation,
        width=read.width,
        height=read.height,
        problem=problem,
        blank=blank,
    )
    return replace(page, body=body(page))


def is_blank(read: Reading) -> bool:
    """Nothing on it, or nothing but a fax header or page number at its edge."""
    if read.ink is None or read.ink >= BLANK_INK or read.paper < DARK_PAPER or read.garbage:
        return False
    return not without_stamps(read.words, read.width, read.height)


def unusable(read: Reading) -> str:
    """Why the text cannot stand for the page, "" when it can. Not for blank pages."""
    if read.garbage > MAX_GARBAGE:
        return GARBLED
    if read.cut:
        return TOO_DENSE
    body = without_stamps(read.words, read.width, read.height)
    characters = sum(len(word) for word in without_edges(read.words, read.width, read.height))
    scan = characters < SCAN_CHARACTERS and read.images >= SCAN_IMAGES
    drawn = characters < SPARSE_CHARACTERS and (read.ink is None or read.ink > SPARSE_INK)
    return IMAGE_ONLY if scan or drawn or not body else ""


def body(page: Page) -> str:
    """What `Page.body` holds: SHA-256 of the words that are no stamps, "" for a blank, unreadable or empty page."""
    words = without_stamps(page.words, page.width, page.height) if page.readable and not page.blank else ()
    return digest(*words) if words else ""


def mark_duplicates(pages: Sequence[Page]) -> list[Page]:
    """The pages of a case, each later one with the body of an earlier one pointing to the first such page.

    Similar is not the same: the approval and the denial of one request differ in a few words.
    """
    first: dict[str, PageRef] = {}
    marked = []
    for page in pages:
        earlier = first.setdefault(page.body, page.ref) if page.body else None
        marked.append(replace(page, duplicate_of=None if earlier == page.ref else earlier))
    return marked


def _share(value: object) -> float:
    if not isinstance(value, int) or not 0 <= value <= 10_000:
        raise ValueError("box")
    return value / 10_000


def _positive(value: float) -> float:
    if not math.isfinite(value) or value <= 0:
        raise ValueError("size")
    return float(value)


def _split(parts: Sequence[str], box: tuple[float, float, float, float]) -> list[Word]:
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


def _text(read: Reading) -> str:
    """`_text(read).split()` gives the words: none of them is empty or has white space inside."""
    parts: list[str] = []
    last = None
    for word, line in zip(read.words, read.lines, strict=True):
        if last is not None:
            parts.append(" " if line == last else "\n")
        parts.append(word.text)
        last = line
    return "".join(parts)
