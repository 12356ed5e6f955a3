"""Which labels of a case were drawn by a design that was carried through, and with which chance they count.

Rounds share their random numbers, so a set of rounds drew a pair with the largest of its chances (Ohlsson 1995). That
holds for rounds that were carried through: whoever counts a chance before all that was drawn with it is judged takes
what nobody has looked at for what is not relevant. So a round counts for a criterion of a case once everything that it
drew there is judged, and only while the case is what it was when the round was drawn.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.domain import CriteriaSet, Label, PageRef, digest
from core.rounds import Design, Given
from core.studio.matrices import Matrix

_Pair = tuple[PageRef, str]


def scored_rows(matrix: Matrix, criteria: CriteriaSet) -> list[int]:
    """Rows of criteria in the wording that they have in `criteria`, with a score for every readable page.

    A page that is still to be scored may turn out to be left out: a criterion with one says nothing yet.
    """
    asked = _asked(criteria)
    complete: NDArray[np.bool_] = np.asarray(~np.isnan(matrix.scores[:, matrix.readable]).any(axis=1))
    return [
        row
        for row, about in enumerate(zip(matrix.criteria, matrix.digests, strict=True))
        if about in asked and complete[row]
    ]


@lru_cache(maxsize=8)
def _asked(criteria: CriteriaSet) -> frozenset[tuple[str, str]]:
    """(id, digest) of every criterion: the same for all cases, and not worth a hash of the words for each."""
    return frozenset((c.id, c.digest) for c in criteria)


def frame_of(matrix: Matrix, rows: Sequence[int]) -> str:
    """Digest of what can be drawn: the criteria of `rows`, and the pages that are readable and no copies."""
    pages = [matrix.pages[i] for i in np.flatnonzero(matrix.own & matrix.readable)]
    return digest(*sorted(matrix.criteria[row] for row in rows), *(f"{p.document}|{p.number}" for p in pages))


def counting(
    labels: Sequence[Given], designs: Sequence[Design], frame: str, criteria: Sequence[str]
) -> tuple[list[Label], frozenset[str]]:
    """The labels of a case with the chances that they count with, and the criteria whose missed pages were audited.

    A label that was drawn counts with the largest chance of the rounds that are carried through for its criterion, and
    without a chance where there is none. What came from elsewhere keeps the chance that it came with; a file that gives
    audits vouches for the criterion that they are on.
    """
    judged = {(g.label.page, g.label.criterion) for g in labels if g.label.inclusion_probability is not None}
    chances: dict[_Pair, float] = {}
    audited = {g.label.criterion for g in labels if _imported_audit(g)}
    for design in designs:
        if design.frame != frame:
            continue
        unfinished = {pair[1] for pair in design.chances if pair not in judged}
        if design.audits:
            audited.update(set(criteria) - unfinished)
        for pair, chance in design.chances.items():
            if pair[1] not in unfinished:
                chances[pair] = max(chance, chances.get(pair, 0.0))
    return [_counted(g, chances) for g in labels], frozenset(audited)


def _imported_audit(given: Given) -> bool:
    return not given.drawn and given.label.arm == "audit" and given.label.inclusion_probability is not None


def _counted(given: Given, chances: dict[_Pair, float]) -> Label:
    label = given.label
    if label.inclusion_probability is None:
        return label
    drawn = chances.get((label.page, label.criterion))
    if not given.drawn:
        drawn = max(label.inclusion_probability, drawn or 0.0)
    return replace(label, inclusion_probability=drawn)
