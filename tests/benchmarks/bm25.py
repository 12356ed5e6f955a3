"""Plain BM25 over whole pages, with the statistics of the document itself: what the embedded scorer is held against."""

import math
import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

_K1, _B = 1.5, 0.75
_ENDINGS = ("ingly", "edly", "ing", "ed", "es", "ly", "s")


def terms(text: str) -> list[str]:
    """Words and numbers in lower case, without a light English ending."""
    return [_cut(word) for word in re.findall(r"[a-z0-9]+", text.lower())]


def _cut(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


class Bm25:
    """The pages of one document."""

    def __init__(self, pages: list[str]) -> None:
        split = [terms(page) for page in pages]
        self._counts = [Counter(page) for page in split]
        self._holding = Counter(term for page in self._counts for term in page)
        lengths = np.array([len(page) for page in split], dtype=np.float64)
        self._k = _K1 * (1 - _B + _B * lengths / lengths.mean())

    def scores(self, question: str) -> NDArray[np.float64]:
        """(pages,), >= 0 and without an upper end."""
        total, n = np.zeros(len(self._counts)), len(self._counts)
        for term in terms(question):
            rarity = math.log(1 + (n - self._holding[term] + 0.5) / (self._holding[term] + 0.5))
            count = np.array([page[term] for page in self._counts], dtype=np.float64)
            total += rarity * count * (_K1 + 1) / (count + self._k)
        return total
