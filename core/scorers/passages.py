"""Where on a page the words of a question stand: what the page view marks, whichever scorer is in use."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.scorers.lexical import read_question, text_terms
from core.scorers.vocabulary import Vocabulary
from core.scorers.words import tokens

Run = tuple[int, int, float]
"""Word indices [start, end) and a strength in (0, 1]."""

_LONGEST, _WINDOW, _MOST = 40, 24, 6
_BEFORE, _AFTER = 3, 8
_WEAKEST, _WEAKEST_OF_BEST = 0.12, 0.4
_ENDS = (".", "!", "?", ";", ":")


def highlight(question: str, words: Sequence[str]) -> list[Run]:
    """Up to 6 runs of `words` that do not overlap and match `question` best, the best first; empty when none does.

    A run is a sentence or clause of at most 40 words, or a part of a longer one, cut to its matches and a
    few words around them. Its strength is the share of the question's weight that it covers.
    """
    asked = read_question(question)
    if not asked.rows or not words:
        return []
    share = asked.weights / asked.weights.sum()
    matched = _matched(question, words)
    found = [run for start, end in _segments(words) for run in _cut(matched[:, start:end], share, start)]
    found.sort(key=lambda run: (-run[2], run[0]))
    if not found or found[0][2] < _WEAKEST:
        return []
    floor = max(_WEAKEST, _WEAKEST_OF_BEST * found[0][2])
    return [run for run in found[:_MOST] if run[2] >= floor]


def _matched(question: str, words: Sequence[str]) -> NDArray[np.float64]:
    """(rows of the question, words): how well the word matches the row, in [0, 1]."""
    asked, vocabulary = read_question(question), Vocabulary()
    parts = [tokens(word) for word in words]
    word_of = [i for i, part in enumerate(parts) for _token in part]
    terms, places = text_terms([token for part in parts for token in part])
    ids = np.array([vocabulary.number(term) for term in terms], dtype=np.int64)
    distinct = np.arange(len(vocabulary))
    matched = np.zeros((len(asked.rows), len(words)))
    columns = np.array(word_of, dtype=np.int64)[np.array(places, dtype=np.int64)]
    for row, factors in enumerate(vocabulary.matches(asked, distinct, vocabulary.vectors(distinct))):
        factor = np.zeros(len(vocabulary))
        factor[list(factors)] = list(factors.values())
        np.maximum.at(matched[row], columns, factor[ids])
    return matched


def _segments(words: Sequence[str]) -> list[tuple[int, int]]:
    """Spans of at most 40 words that end where a sentence or clause does; longer ones are cut every 24 words."""
    ends = [i + 1 for i, word in enumerate(words) if word.endswith(_ENDS)]
    spans = []
    start = 0
    for end in sorted({*ends, len(words)}):
        step = end - start if end - start <= _LONGEST else _WINDOW
        spans += [(s, min(s + step, end)) for s in range(start, end, step)]
        start = end
    return spans


def _cut(matched: NDArray[np.float64], share: NDArray[np.float64], offset: int) -> list[Run]:
    """The segment cut to its matches and their surroundings, with its strength; nothing when no word matches."""
    places = np.flatnonzero(matched.any(axis=0))
    if not len(places):
        return []
    strength = float(share @ matched.max(axis=1))
    start = max(0, int(places[0]) - _BEFORE)
    end = min(matched.shape[1], int(places[-1]) + 1 + _AFTER)
    return [(offset + start, offset + end, min(1.0, strength))]
