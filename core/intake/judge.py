"""Which pages are recognised as images, and what a recognised page is worth. Pure functions.

A page is never silently wrong: what was recognised badly stays unread, with its text kept for the reviewer to see.
"""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple

from core.domain import Page, Word
from core.intake.child import whole_number
from core.intake.quality import READABLE, good_words, text_quality
from core.intake.stamps import Edges
from core.intake.triage import GARBLED, IMAGE_ONLY, body, reading
from core.sketch import text_sketch

UNRELIABLE: Final = 0.70
"""Mean confidence below which about every third word is wrong (measured), and more than that of the numbers."""
_INKED, _FEW_WORDS = 0.01, 20
"""More ink and fewer words: handwriting, a picture, or letters too faint or too large to be found."""
_RUBBISH = 0.60
"""Quality below which recognised words are not language, whatever their confidence."""
_SURE_OF_FEW, _GOOD_OF_FEW = 0.85, 0.85
"""Confidence and quality below which a few words are not believed: upside down they reach 0.80 and 1.0 (measured)."""
_LOOK_BYTES = 64

_LOOK = "Look at the page itself."
NO_WORDS: Final = f"This page is an image, and no text was found on it. {_LOOK}"
POOR: Final = f"This page is a poor scan: its text could not be recognised reliably. {_LOOK}"
FEW_WORDS: Final = f"This page is an image with hardly any printed text; it may be handwritten or a picture. {_LOOK}"
UNSURE: Final = f"Only a few words were recognised on this page, and they may be wrong. {_LOOK}"
RUBBISH: Final = f"Most of what was recognised on this page is not language. {_LOOK}"
LAYER_KEPT: Final = f"The text that came with this scan is unreliable, and it could not be recognised better. {_LOOK}"
GIVEN_UP: Final = (
    f"Not recognised: recognition was given up after several pages of this document had stopped it. {_LOOK}"
)
NOT_OPENED: Final = f"Not recognised: the file can no longer be opened here. {_LOOK}"
NO_PROCESS: Final = f"Not recognised: the process for it does not start, perhaps for want of memory. {_LOOK}"
NOT_YET: Final = (GIVEN_UP, NOT_OPENED, NO_PROCESS)
"""Problems of pages that were not tried and may be later."""

_OTHERS = "Look at the page itself; the other pages are not affected."
STOPPED: Final = f"Recognition stopped unexpectedly on this page. {_OTHERS}"
MEMORY: Final = f"This page needs more memory than is allowed and could not be recognised. {_OTHERS}"
FAILED: Final = f"This page could not be drawn for recognition. {_OTHERS}"
_SLOW = "Recognising this page took longer than"


class Recognised(NamedTuple):
    """A page as the child process recognised it, checked but not yet judged. See `ocr.recognise_page`."""

    text: str
    words: tuple[Word, ...]
    turn: int
    ink: float
    look: bytes


def slow(seconds: float) -> str:
    """The problem of a page that took longer than `seconds` (> 0)."""
    return f"{_SLOW} {seconds:g} seconds and was stopped. {_OTHERS}"


def failed_for_now(page: Page) -> bool:
    """Whether recognition of the page ended without a verdict on it, for want of time or memory or by a crash."""
    return page.source == "none" and (page.problem in (STOPPED, MEMORY) or page.problem.startswith(_SLOW))


def wants_recognition(page: Page, name: str = "") -> bool:
    """Whether the page's text, if any, cannot stand for it and recognition may help. Words are not needed for this.

    False when there is a verdict on the page, unless it left the page unread and is by another than `name`: other
    languages or a newer engine may read it. "" stands for any name.
    """
    if page.blank:
        return False
    if page.source == "none":
        if page.recognised and not failed_for_now(page):
            return name not in ("", page.recognised)
        return failed_for_now(page) or page.problem in (IMAGE_ONLY, GARBLED, *NOT_YET)
    layer = page.source == "text" and not page.recognised and "foreign_ocr" in page.notes
    return layer and text_quality(page.text.split()) < READABLE


def later(page: Page, problem: str) -> Page:
    """The page for want of a verdict on it, to be tried again.

    Text that stands for it goes on to do so, and so does what is known of the page: garbled letters must not be taken
    for its own words next time.
    """
    if page.source != "none" or page.recognised or page.problem == GARBLED:
        return page
    return replace(page, problem=problem, body="")


def recognised(message: dict[str, Any], page: Page) -> Recognised:
    """Raises ValueError, TypeError or KeyError when the message is not a page's: the child may have been taken over."""
    sized = {"rotation": page.rotation, "width": page.width, "height": page.height}
    read = reading({"text": message["text"], "boxes": message["boxes"], **sized})
    confidences = message["confidences"]
    if not isinstance(confidences, list) or len(confidences) != len(read.words):
        raise ValueError("confidences")
    shares = [whole_number({"c": c}, "c", 0, 10_000) / 10_000 for c in confidences]
    ink = message["ink"]
    if isinstance(ink, bool) or not 0 <= ink <= 1:
        raise ValueError("ink")
    look = base64.b64decode(message["look"], validate=True)
    if len(look) > _LOOK_BYTES:
        raise ValueError("look")
    return Recognised(
        text=read.text,
        words=tuple(w._replace(confidence=c) for w, c in zip(read.words, shares, strict=True)),
        turn=whole_number(message, "turn", 0, 270) // 90 * 90,
        ink=float(ink),
        look=look,
    )


def judged(page: Page, found: Recognised, name: str) -> Page:
    """The page with the better of its texts, source "none" and a problem where that cannot stand for the page.

    Raises ValueError for a page that was given without its words: they would be lost.
    """
    if page.text and not page.words:
        raise ValueError("The words of the page are needed.")
    page = replace(page, recognised=name, look=found.look)
    layer = "foreign_ocr" in page.notes or page.problem == GARBLED or _is_rubbish(page)
    tried = any(w.confidence is not None for w in page.words)
    problem = _problem(found)
    if ((layer and not tried) or (tried and problem)) and _good(page.words) > _good(found.words):
        kept = GARBLED if page.problem == GARBLED else POOR if tried else LAYER_KEPT
        return replace(page, source="none", problem=kept, body="")
    text, words = _joined(page, found, exact=not layer)
    page = replace(
        page,
        text=text,
        words=words,
        source="none" if problem else "ocr",
        problem=problem,
        confidence=_mean(found.words),
        turn=found.turn if found.words else page.turn,
        label=Edges(words, page.width, page.height).label(),
        sketch=text_sketch(text),
    )
    return replace(page, body=body(page))


def undrawn(page: Page, name: str) -> Page:
    """A page that there is no picture of: trying again would come to the same."""
    problem = GARBLED if page.problem == GARBLED else FAILED
    return replace(page, source="none", problem=problem, recognised=name, body="")


def _is_rubbish(page: Page) -> bool:
    """Whether words that came with the page are a bad layer, too short to be noted as one."""
    own = [w.text for w in page.words if w.confidence is None]
    return bool(own) and text_quality(own) < _RUBBISH


def _good(words: tuple[Word, ...]) -> int:
    return good_words([w.text for w in words])


def _problem(found: Recognised) -> str:
    """Why the recognised text cannot stand for the page; "" when it can."""
    confidence = _mean(found.words)
    if confidence is None:
        return NO_WORDS
    if found.ink > _INKED and len(found.words) < _FEW_WORDS:
        return FEW_WORDS
    if confidence < UNRELIABLE:
        return POOR
    quality = text_quality([w.text for w in found.words])
    if len(found.words) < _FEW_WORDS and (confidence < _SURE_OF_FEW or quality < _GOOD_OF_FEW):
        return UNSURE
    return RUBBISH if quality < _RUBBISH else ""


def _mean(words: tuple[Word, ...]) -> float | None:
    """By characters; None without words."""
    characters = sum(len(w.text) for w in words)
    return round(sum((w.confidence or 0.0) * len(w.text) for w in words) / characters, 4) if characters else None


def _joined(page: Page, found: Recognised, *, exact: bool) -> tuple[str, tuple[Word, ...]]:
    """The page's own words, if they are exact, and what was recognised elsewhere on it."""
    own_lines, own = _picked(page.text, page.words, lambda w: exact and w.confidence is None)
    lines, rest = _picked(found.text, found.words, lambda w: not _covered(w, own))
    return "\n".join((*own_lines, *lines)), (*own, *rest)


def _picked(text: str, words: tuple[Word, ...], wanted: Callable[[Word], bool]) -> tuple[list[str], tuple[Word, ...]]:
    """Lines of the words that are wanted, and these words."""
    lines: list[str] = []
    picked: list[Word] = []
    at = 0
    for line in text.split("\n"):
        count = len(line.split())
        new = [w for w in words[at : at + count] if wanted(w)]
        at += count
        picked += new
        if new:
            lines.append(" ".join(w.text for w in new))
    return lines, tuple(picked)


def _covered(word: Word, others: tuple[Word, ...]) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    return any(x0 <= x <= x1 and y0 <= y <= y1 for _, (x0, y0, x1, y1), _ in others)
