"""How many pixels a picture file claims to have, from its headers alone: nothing is unpacked. Standard library only."""

import struct
from pathlib import Path
from typing import BinaryIO, Final

from core.kinds import Kind

MAX_PIXELS: Final = 100_000_000
"""Of one page: A3 at 600 dpi has 70 million."""
MAX_BILEVEL: Final = 400_000_000
"""Of one page of a TIFF in black and white alone."""
MAX_IMAGES: Final = 10_000
"""In one TIFF; a chain of more is not followed."""

_WIDTH, _HEIGHT, _BITS, _SAMPLES = 256, 257, 258, 277
_SIZES = {1: 1, 3: 2, 4: 4}
"""Bytes of one value by the field types that these tags may have."""
_NO_SIZE = frozenset((0x01, *range(0xD0, 0xDA)))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers of a frame, which states its size."""


def too_many_pixels(path: Path, kind: Kind) -> bool:
    """Whether a page of the file claims more pixels than are taken in. Raises ValueError when it does not say."""
    with path.open("rb") as file:
        try:
            if kind == "tiff":
                return _tiff(file)
            width, height = _png(file) if kind == "png" else _jpeg(file)
        except struct.error as error:
            raise ValueError("the file ends within its headers") from error
    if not width or not height:
        raise ValueError("size")
    return width * height > MAX_PIXELS


def _take(file: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _png(file: BinaryIO) -> tuple[int, int]:
    file.seek(16)
    width, height = _take(file, ">II")
    return width, height


def _jpeg(file: BinaryIO) -> tuple[int, int]:
    file.seek(2)
    while True:
        start, marker = _take(file, ">BB")
        if start != 0xFF:
            raise ValueError("no marker")
        while marker == 0xFF:
            (marker,) = _take(file, ">B")
        if marker in _NO_SIZE:
            continue
        (size,) = _take(file, ">H")
        if marker in _FRAMES:
            _, height, width = _take(file, ">BHH")
            return width, height
        file.seek(max(0, size - 2), 1)


def _tiff(file: BinaryIO) -> bool:
    order = "<" if file.read(2) == b"II" else ">"
    file.seek(4)
    seen: set[int] = set()
    while (place := _take(file, order + "I")[0]) and place not in seen and len(seen) < MAX_IMAGES:
        seen.add(place)
        file.seek(place)
        if _image_too_large(_fields(file, order)):
            return True
    return False


def _fields(file: BinaryIO, order: str) -> dict[int, int]:
    """First value of each tag that is asked for; leaves the file at the place of the next image."""
    found = {_BITS: 1, _SAMPLES: 1}
    (count,) = _take(file, order + "H")
    entries = file.read(12 * count)
    for tag, kind, number, raw in struct.iter_unpack(order + "HHI4s", entries[: len(entries) // 12 * 12]):
        if tag not in (_WIDTH, _HEIGHT, _BITS, _SAMPLES) or kind not in _SIZES:
            continue
        if number * _SIZES[kind] > 4:  # elsewhere in the file: the bits of several samples
            found[tag] = 8
        else:
            found[tag] = int.from_bytes(raw[: _SIZES[kind]], "little" if order == "<" else "big")
    return found


def _image_too_large(fields: dict[int, int]) -> bool:
    pixels = fields.get(_WIDTH, 0) * fields.get(_HEIGHT, 0)
    if not pixels:
        raise ValueError("size")
    return pixels > (MAX_BILEVEL if fields[_BITS] == fields[_SAMPLES] == 1 else MAX_PIXELS)
