"""Words of a page as bytes: what makes opening a page, and storing a packet, quick.

The first byte tells the form. 1: a head, the boxes, the confidences if there are any, then the texts, JSON deflated.
"x" (0x78): deflated JSON [[text, x0, y0, x1, y1], ...], as the first versions wrote it.
"""

import json
import struct
import zlib
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.domain import Word

_FORM = b"\x01"
_HEAD = struct.Struct("<Icc")
"""How many words, then how boxes and how confidences are written."""
_STEPS = 10_000
_MISSING = 0xFFFF
_SHORT, _DOUBLE, _ABSENT = b"H", b"d", b"-"
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pack_words(words: Sequence[Word]) -> bytes:
    """Nothing for no words; `unpack_words` gives back exactly these."""
    if not words:
        return b""
    texts, places, sure = zip(*words, strict=True)
    boxes, box_bytes = _pack(np.fromiter(chain.from_iterable(places), float, 4 * len(words)))
    certain, certain_bytes = _ABSENT, b""
    if sure.count(None) < len(sure):
        certain, certain_bytes = _pack(np.array(sure, float))
    head = _HEAD.pack(len(words), boxes, certain)
    return b"".join((_FORM, head, box_bytes, certain_bytes, zlib.compress(_dump(texts).encode(), level=1)))


def unpack_words(packed: bytes) -> tuple[Word, ...]:
    if not packed:
        return ()
    if packed[:1] != _FORM:
        return tuple(Word(text, (x0, y0, x1, y1)) for text, x0, y0, x1, y1 in json.loads(zlib.decompress(packed)))
    count, boxes, certain = _HEAD.unpack_from(packed, 1)
    places, at = _unpack(packed, 1 + _HEAD.size, boxes, 4 * count)
    sure: list[float | None] = [None] * count
    if certain != _ABSENT:
        numbers, at = _unpack(packed, at, certain, count)
        sure = [None if number != number else number for number in numbers.tolist()]
    texts = json.loads(zlib.decompress(memoryview(packed)[at:]))
    rows = zip(texts, map(tuple, places.reshape(-1, 4).tolist()), sure, strict=True)
    return tuple(map(Word._make, rows))


def _pack(numbers: NDArray[np.float64]) -> tuple[bytes, bytes]:
    """As ten-thousandths in two bytes each where nothing is lost by that, else as they are; NaN stays NaN."""
    missing = np.isnan(numbers)
    steps = np.rint(np.where(missing, _MISSING, np.clip(numbers, 0, 7) * _STEPS))
    if ((steps / _STEPS == numbers) & (steps >= 0) & (steps < _MISSING) | missing).all():
        return _SHORT, steps.astype("<u2").tobytes()
    return _DOUBLE, numbers.astype("<f8").tobytes()


def _unpack(data: bytes, at: int, form: bytes, count: int) -> tuple[NDArray[np.float64], int]:
    """The numbers, and where they end."""
    if form == _DOUBLE:
        return np.frombuffer(data, "<f8", count, at), at + 8 * count
    steps = np.frombuffer(data, "<u2", count, at)
    return np.where(steps == _MISSING, np.nan, steps / _STEPS), at + 2 * count
