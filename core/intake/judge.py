"""Which pages are recognised as images, and what a recognised page is worth. Pure functions.

A page is never silently wrong: what was recognised badly stays unread, with its text kept for the reviewer to see.
"""

import base64
from dataclasses import replace
from typing import Any, Final, NamedTuple

from core.domain import Page, Word
from core.intake.child import whole_number
from core.intake.quality import READABLE, good_words, text_quality
from core.intake.stamps import printed_label
from core.intake.triage import GARBLED, IMAGE_ONLY, body, reading
from core.sketch import text_sketch

UNRELIABLE: Final = 0.70
"""Mean confidence below which about every third word is wrong (measured), and more than that of the numbers."""
_INKED, _FEW_WORDS = 0.01, 20
"""More ink and fewer words: handwriting, a picture, or letters too faint or too large to be found."""
_RUBBISH = 0.60
"""Quality below which recognised words are not language, whatever their confidence."""
_LOOK_BYTES = 64

_LOOK = "Look at the page itself."
NO_WORDS: Final = f"This page is an image, and no text was found on it. {_LOOK}"
POOR: Final = f"This page is a poor scan: its text could not be recognised reliably. {_LOOK}"
FEW_WORDS: Final = f"This page is an image with hardly any printed text; it may be handwritten or a picture. {_LOOK}"
RUBBISH: Final = f"Most of what was recognised on this page is not language. {_LOOK}"
LAYER_KEPT: Final = f"The text that came with this scan is unreliable, and it could not be recognised better. {_LOOK}"
GIVEN_UP: Final = (
    f"Not recognised: recognition was given up after several pages of this document had stopped it. {_LOOK}"
)
NOT_OPENED: Final = f"Not recognised: the file can no longer be opened here. {_LOOK}"
NO_PROCESS: Final = f"Not recognised: the process for it does not start, perhaps for want of memory. {_LOOK}"
NOT_YET: Final = (GIVEN_UP, NOT_OPENED, NO_PROCESS)
"""Problems of pages that were not tried and may be later."""


class Recognised(NamedTuple):
    """A page as the child process recognised it, checked but not yet judged. See `ocr.recognise_page`."""

    text: str
    words: tuple[Word, ...]
    turn: int
    ink: float
    look: bytes


def wants_recognition(page: Page) -> bool:
    """Whether the page's text, if any, cannot stand for it and recognition may help. False when that was tried."""
    if page.blank or page.recognised:
        return False
    if page.source == "none":
        return page.problem in (IMAGE_ONLY, GARBLED, *NOT_YET)
    return "foreign_ocr" in page.notes and text_quality([w.text for w in page.words]) < READABLE


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
    """The page with the better of its texts, source "none" and a problem where that cannot stand for the page."""
    page = replace(page, recognised=name, look=found.look)
    layer = "foreign_ocr" in page.notes or page.problem == GARBLED
    if layer and good_words([w.text for w in page.words]) > good_words([w.text for w in found.words]):
        return replace(page, source="none", problem=page.problem or LAYER_KEPT, body="")
    problem = _problem(found)
    text, words = (found.text, found.words) if layer or not page.words else _joined(page, found)
    page = replace(
        page,
        text=text,
        words=words,
        source="none" if problem else "ocr",
        problem=problem,
        confidence=_mean(found.words),
        turn=found.turn if found.words else page.turn,
        label=printed_label(words, page.width, page.height),
        sketch=text_sketch(text),
    )
    return replace(page, body=body(page))


def _problem(found: Recognised) -> str:
    """Why the recognised text cannot stand for the page; "" when it can."""
    confidence = _mean(found.words)
    if confidence is None:
        return NO_WORDS
    if found.ink > _INKED and len(found.words) < _FEW_WORDS:
        return FEW_WORDS
    if confidence < UNRELIABLE:
        return POOR
    return RUBBISH if text_quality([w.text for w in found.words]) < _RUBBISH else ""


def _mean(words: tuple[Word, ...]) -> float | None:
    """By characters; None without words."""
    characters = sum(len(w.text) for w in words)
    return round(sum((w.confidence or 0.0) * len(w.text) for w in words) / characters, 4) if characters else None


def _joined(page: Page, found: Recognised) -> tuple[str, tuple[Word, ...]]:
    """The page's own words, which are exact, and what was recognised elsewhere on it."""
    rest: list[Word] = []
    lines: list[str] = []
    at = 0
    for line in found.text.split("\n"):
        count = len(line.split())
        new = [w for w in found.words[at : at + count] if not _covered(w, page.words)]
        at += count
        rest += new
        if new:
            lines.append(" ".join(w.text for w in new))
    return "\n".join((page.text, *lines)), (*page.words, *rest)


def _covered(word: Word, others: tuple[Word, ...]) -> bool:
    x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
    return any(x0 <= x <= x1 and y0 <= y <= y1 for _, (x0, y0, x1, y1), _ in others)
