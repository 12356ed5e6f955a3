"""Texts and questions as terms. A term is a stem, a pair of neighbouring stems, or an abbreviation spelled out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.scorers.abbreviations import abbreviations, spelled
from core.scorers.words import FUNCTION_WORDS, stem, tokens, weight

_PAIR_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: one row per distinct stem of the question and per pair of neighbours."""

    rows: tuple[str, ...]
    weights: NDArray[np.float64]
    """(rows,), > 0."""
    same: tuple[tuple[str, ...], ...]
    """Per row, the terms of a text that say exactly the same: itself, and abbreviations of it or for it."""


@lru_cache(maxsize=1024)
def read_question(question: str) -> Question:
    """The rows of `question`. One of function words alone counts each of its words alike.

    A word that is repeated weighs by the square root of how often it stands there; a pair of neighbours weighs 40 % of
    the lighter one.
    """
    words = tokens(question)
    stems = [stem(word) for word in words]
    weights: dict[str, float] = {}
    for word, term in zip(words, stems, strict=True):
        weights[term] = max(weights.get(term, 0.0), weight(word))
    rows = {term: w * stems.count(term) ** 0.5 for term, w in weights.items() if w > 0} or dict.fromkeys(stems, 1.0)
    same: dict[str, dict[str, None]] = {term: {term: None, spelled(term): None} for term in rows}
    for start, end, name, short in abbreviations(stems):
        for term in stems[start:end]:
            if term in same:
                same[term] |= {name: None, spelled(name): None} if short else {name: None}
    for _place, first, second in _pairs(words, stems):
        rows[_pair(first, second)] = _PAIR_SHARE * min(weights[first], weights[second])
        same[_pair(first, second)] = {_pair(first, second): None}
    return Question(tuple(rows), np.array(list(rows.values()), dtype=np.float64), tuple(tuple(same[r]) for r in rows))


def text_terms(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """The terms of a text, given as its tokens, and the place of each among them; the stems come first."""
    terms = [stem(word) for word in words]
    places = list(range(len(terms)))
    extra = [(place, name if short else spelled(name)) for place, _end, name, short in abbreviations(terms)]
    extra += [(place, _pair(first, second)) for place, first, second in _pairs(words, terms)]
    return terms + [term for _place, term in extra], places + [place for place, _term in extra]


def _pair(first: str, second: str) -> str:
    return f"{first} {second}"


def _pairs(words: Sequence[str], stems: Sequence[str]) -> list[tuple[int, str, str]]:
    """(place of the second, first stem, second stem) of neighbours, function words left out."""
    places = [i for i, word in enumerate(words) if word not in FUNCTION_WORDS]
    return [(j, stems[i], stems[j]) for i, j in pairwise(places)]
