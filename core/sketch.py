"""Short prints of a page that stay near each other when the page was faxed or scanned again.

A sketch stands for the words, a look for the picture. Both only propose pairs; `core.duplicates` decides. Pure
functions over numpy and Pillow, the same on every machine.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SKETCH_VALUES: Final = 128
"""A sketch has this many unsigned 32-bit numbers, 512 bytes, little-endian."""
LOOK_BITS: Final = 256
LEAST_CHARACTERS: Final = 80
"""Less normalised text says too little to be compared."""

_GRAM = 5
"""Character runs of this length survive recognition errors better than runs of words do."""
_CHUNK = 2048
"""Grams hashed at a time: what 128 hashes of them take fits into the processor's cache."""
_SIDE, _WAVES = 64, 16
_MASK = (1 << 64) - 1

Counts = NDArray[np.uint8]
"""n x n: how many values two sketches share, 0 to 128; the diagonal and rows without a sketch are 0."""


def _numbers(count: int, seed: int) -> list[int]:
    """64-bit numbers by SplitMix64: unlike a library's generator it can never change with a version."""
    out = []
    for step in range(1, count + 1):
        z = (seed + step * 0x9E3779B97F4A7C15) & _MASK
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _MASK
        out.append(z ^ (z >> 31))
    return out


_FACTORS = np.array([n >> 32 | 1 for n in _numbers(SKETCH_VALUES, 1)], dtype=np.uint32)[:, None]
_SHIFTS = np.array([n >> 32 for n in _numbers(SKETCH_VALUES, 2)], dtype=np.uint32)[:, None]
_POWERS = [np.uint64(n | 1) for n in _numbers(_GRAM, 3)]
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SPACE = np.uint32(32)
_BREAKS = ((0, 48), (58, 97), (123, 192), (0x2000, 0x2C00), (0x3000, 0x3040), (0xFF00, 0xFF10))
"""Half-open ranges of code points that separate words, after lower-casing."""
_TABLE_END = 0x10000
_TABLE = np.arange(_TABLE_END, dtype=np.uint32)
for _first, _end in _BREAKS:
    _TABLE[_first:_end] = _SPACE
_COSINES = np.cos(np.pi / _SIDE * (np.arange(_SIDE) + 0.5)[None, :] * np.arange(_WAVES)[:, None]).astype(np.float32)


def text_sketch(text: str) -> bytes:
    """MinHash of the runs of 5 characters of the text, case and punctuation ignored: 512 bytes.

    b"" for a text of less than 80 characters.
    """
    characters = _normalised(text)
    if len(characters) < LEAST_CHARACTERS:
        return b""
    wide = characters.astype(np.uint64)
    runs = len(wide) - _GRAM + 1
    mixed = np.zeros(runs, dtype=np.uint64)
    for at, power in enumerate(_POWERS):
        mixed += wide[at : at + runs] * power
    mixed = (mixed ^ (mixed >> np.uint64(33))) * _MIX
    grams = (mixed >> np.uint64(32)).astype(np.uint32)
    least = np.full(SKETCH_VALUES, 0xFFFFFFFF, dtype=np.uint32)
    for start in range(0, runs, _CHUNK):
        hashed = grams[start : start + _CHUNK] * _FACTORS
        hashed += _SHIFTS
        np.minimum(least, hashed.min(axis=1), out=least)
    return least.astype("<u4").tobytes()


def text_similarity(a: bytes, b: bytes) -> float:
    """Estimated share of the runs of 5 characters of either text that both have, 0 to 1; 0 without a sketch.

    The error of the estimate is at most 0.05 two times in three.
    """
    if not a or not b:
        return 0.0
    return float((np.frombuffer(a, "<u4") == np.frombuffer(b, "<u4")).mean())


def shared_values(sketches: Sequence[bytes]) -> Counts:
    """All pairs at once; `shared_values(s)[i, j] / 128` is `text_similarity(s[i], s[j])` for different i and j."""
    n = len(sketches)
    counts = np.zeros((n, n), dtype=np.uint8)
    there = np.array([i for i, sketch in enumerate(sketches) if sketch], dtype=np.intp)
    if len(there) > 1:
        values = np.frombuffer(b"".join(sketches[i] for i in there), "<u4").reshape(len(there), SKETCH_VALUES)
        found = np.zeros((len(there), len(there)), dtype=np.uint8)
        for column in np.ascontiguousarray(values.T):
            found += column[:, None] == column
        np.fill_diagonal(found, 0)
        counts[np.ix_(there, there)] = found
    return counts


def near_texts(sketches: Sequence[bytes], least: float) -> Iterator[tuple[int, int, float]]:
    """(i, j, similarity) with i < j and similarity >= `least`, by i, then j."""
    counts = np.triu(shared_values(sketches), 1)
    first, later = np.nonzero((counts > 0) & (counts >= least * SKETCH_VALUES))
    near = counts[first, later] / SKETCH_VALUES
    yield from zip(first.tolist(), later.tolist(), near.tolist(), strict=True)


def image_look(image: Image.Image) -> bytes:
    """Perceptual hash of a page image that stands upright and straight: 256 bits, 32 bytes.

    The image is shrunk to 64 x 64 grey values; a bit says whether one of the 16 x 16 slowest waves in them is stronger
    than the median.
    """
    small = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    grey = np.asarray(small, dtype=np.float32)
    waves = _COSINES @ grey @ _COSINES.T
    return np.packbits(waves > np.median(waves)).tobytes()


def look_distance(a: bytes, b: bytes) -> int:
    """Bits in which two looks differ, 0 to 256; 256 where one of them is missing or they are not of one kind."""
    if not a or len(a) != len(b):
        return LOOK_BITS
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()


def near_looks(looks: Sequence[bytes], most: int) -> Iterator[tuple[int, int, int]]:
    """(i, j, bits) with i < j and bits <= `most`, by i, then j."""
    there = np.array([i for i, look in enumerate(looks) if len(look) == LOOK_BITS // 8], dtype=np.intp)
    bits = np.frombuffer(b"".join(looks[i] for i in there), "<u8").reshape(len(there), LOOK_BITS // 64)
    for at, i in enumerate(there.tolist()):
        apart = np.bitwise_count(bits[at + 1 :] ^ bits[at]).sum(axis=1)
        near = np.nonzero(apart <= most)[0]
        for j, found in zip(there[at + 1 :][near].tolist(), apart[near].tolist(), strict=True):
            yield i, j, found


def _normalised(text: str) -> NDArray[np.uint32]:
    """Code points of the text: lower case, what separates words as one space, none at the ends."""
    raw = np.frombuffer(text.lower().encode("utf-32-le", "replace"), "<u4")
    points: NDArray[np.uint32] = _TABLE[np.where(raw < _TABLE_END, raw, 0)]
    solid = points != _SPACE
    follows = np.zeros(len(solid), dtype=np.bool_)
    follows[1:] = solid[:-1]
    points = points[solid | follows]
    return points[:-1] if len(points) and points[-1] == _SPACE else points
