"""Every term a scorer has met, under a number, and what else a term of a question may be matched by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.scorers.lexical import Question
from core.scorers.vectors import closeness, row_of, rows
from core.scorers.words import is_word

_SHORTEST_MISSPELT = 6
_MISSPELT = 0.6


@dataclass(frozen=True, slots=True)
class Vectors:
    """The terms of a batch that have a vector."""

    places: NDArray[np.int64]
    """(n,) places in the batch's terms, ascending."""
    values: NDArray[np.float32]
    """(n, 64)"""

    def near(self, stems: Sequence[str]) -> dict[int, dict[int, float]]:
        """For each of `stems` (by its index) that has a vector: place -> how far the term there stands in for it."""
        found = np.array([row_of(stem) for stem in stems], dtype=np.int64)
        asked = np.flatnonzero(found >= 0)
        close = closeness(rows(found[asked]), self.values)
        near: dict[int, dict[int, float]] = {}
        for row, column in zip(*(axis.tolist() for axis in np.nonzero(close)), strict=True):
            near.setdefault(int(asked[row]), {})[int(self.places[column])] = float(close[row, column])
        return near


class Vocabulary:
    """Numbers terms from 0 in the order they are met; never forgets one."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._terms: list[str] = []
        self._vector_rows: list[int] = []
        self._by_deletion: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._terms)

    def number(self, term: str) -> int:
        """The number of `term`, a new one when it was not met before."""
        found = self._ids.get(term)
        if found is not None:
            return found
        new = self._ids[term] = len(self._terms)
        self._terms.append(term)
        self._vector_rows.append(row_of(term))
        if _may_be_misspelt(term):
            for form in _deletions(term):
                self._by_deletion.setdefault(form, []).append(new)
        return new

    def vectors(self, terms: NDArray[np.int64]) -> Vectors:
        """The vectors of those numbered terms that have one."""
        all_rows = np.array(self._vector_rows, dtype=np.int64)[terms]
        places = np.flatnonzero(all_rows >= 0)
        return Vectors(places, rows(all_rows[places]))

    def matches(self, question: Question, terms: NDArray[np.int64], vectors: Vectors) -> list[dict[int, float]]:
        """For each row of `question`, which of `terms` (ascending) match it: place in `terms` -> factor in (0, 1].

        Exact matches count 1, a misspelling 0.6, and a word of nearly the same meaning up to 0.6. `vectors` are those
        of `terms`.
        """
        close = vectors.near(question.rows)
        found: list[dict[int, float]] = []
        for row, same in enumerate(question.same):
            factors = close.get(row, {})
            factors |= dict.fromkeys(_places(self._misspellings(question.rows[row]), terms), _MISSPELT)
            factors |= dict.fromkeys(_places([self._ids[t] for t in same if t in self._ids], terms), 1.0)
            found.append(dict(sorted(factors.items())))
        return found

    def _misspellings(self, row: str) -> list[int]:
        """Terms one letter away from `row`, when one of the two is not a word."""
        if not _may_be_misspelt(row):
            return []
        near = {i for form in _deletions(row) for i in self._by_deletion.get(form, ())}
        return sorted(
            i for i in near if abs(len(self._terms[i]) - len(row)) <= 1 and not (_known(row) and _known(self._terms[i]))
        )


def _may_be_misspelt(term: str) -> bool:
    return len(term) >= _SHORTEST_MISSPELT and term.isalpha()


def _known(stem: str) -> bool:
    return row_of(stem) >= 0 or is_word(stem)


def _deletions(term: str) -> set[str]:
    """`term`, and all it becomes when one letter is left out."""
    return {term, *(term[:i] + term[i + 1 :] for i in range(len(term)))}


def _places(ids: Sequence[int], terms: NDArray[np.int64]) -> list[int]:
    places = np.searchsorted(terms, ids).tolist()
    return [p for p, i in zip(places, ids, strict=True) if p < len(terms) and terms[p] == i]
