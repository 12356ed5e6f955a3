"""Texts side by side as counts of terms, and how much of a question each of them covers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.scorers.lexical import text_terms
from core.scorers.words import tokens

BLOCK = 30
"""Words in a block; a passage is two blocks in a row, so passages overlap by half."""

_PAGE_WORDS = 400.0
_PAGE_K, _PAGE_B = 1.0, 0.4
_PASSAGE_K, _PASSAGE_B = 2.0, 0.3
_PASSAGE_SHARE = 0.6
_UNEXPLAINED = 3.0


@dataclass(frozen=True, slots=True)
class Features:
    """One text: how often each term stands in each block."""

    terms: NDArray[np.int64]
    """(entries,) term ids."""
    blocks: NDArray[np.int64]
    """(entries,) block of each entry, from 0."""
    counts: NDArray[np.float64]
    """(entries,) at least 1."""
    lengths: NDArray[np.float64]
    """(blocks,) words in each block; there is at least one block."""


def read_text(text: str, number: Callable[[str], int]) -> Features:
    """Counts of the terms of `text`, each term under the id that `number` gives it."""
    words = tokens(text)
    terms, places = text_terms(words)
    n_blocks = max(1, -(-len(words) // BLOCK))
    ids = np.fromiter(map(number, terms), np.int64, len(terms))
    keys, counts = np.unique(ids * n_blocks + np.array(places, dtype=np.int64) // BLOCK, return_counts=True)
    lengths = np.full(n_blocks, float(BLOCK))
    lengths[-1] = len(words) - BLOCK * (n_blocks - 1)
    return Features(keys // n_blocks, keys % n_blocks, counts.astype(np.float64), lengths)


@dataclass(frozen=True, slots=True)
class Batch:
    """Several texts, their entries sorted by term."""

    terms: NDArray[np.int64]
    """(distinct,) term ids, ascending."""
    starts: NDArray[np.int64]
    """(distinct + 1,) where the entries of each term begin; the last is their number."""
    blocks: NDArray[np.int64]
    """(entries,) block of each entry, counted through all texts."""
    counts: NDArray[np.float64]
    first_blocks: NDArray[np.int64]
    """(texts,) the first block of each text."""
    followed: NDArray[np.float64]
    """(blocks - 1,) 1 where the next block is of the same text, 0 otherwise."""
    passage_k: NDArray[np.float64]
    """(blocks,) saturation constant of the passage that begins at each block."""
    page_k: NDArray[np.float64]
    """(texts,) saturation constant of each text."""


def join(texts: Sequence[Features]) -> Batch:
    """`texts` (at least one) as a batch."""
    lengths = np.concatenate([f.lengths for f in texts])
    first_blocks = np.cumsum([0, *(len(f.lengths) for f in texts[:-1])])
    terms = np.concatenate([f.terms for f in texts])
    order = np.argsort(terms, kind="stable")
    distinct, starts = np.unique(terms[order], return_index=True)
    blocks = np.concatenate([f.blocks + first for f, first in zip(texts, first_blocks, strict=True)])
    followed = np.ones(len(lengths) - 1)
    followed[first_blocks[1:] - 1] = 0.0
    passage = lengths.copy()
    passage[:-1] += lengths[1:] * followed
    page = np.add.reduceat(lengths, first_blocks)
    return Batch(
        distinct,
        np.append(starts, len(terms)),
        blocks[order],
        np.concatenate([f.counts for f in texts])[order],
        first_blocks,
        followed,
        _PASSAGE_K * (1 - _PASSAGE_B + _PASSAGE_B * passage / (2 * BLOCK)),
        _PAGE_K * (1 - _PAGE_B + _PAGE_B * page / _PAGE_WORDS),
    )


def coverage(weights: NDArray[np.float64], matches: Sequence[dict[int, float]], batch: Batch) -> NDArray[np.float64]:
    """How much of a question each text of `batch` covers: (texts,), in [0, 1).

    `weights` (rows,) are those of the question's rows; `matches` holds for each row the places in `batch.terms` that
    match it, with a factor in (0, 1]. A text's answer is the weighted mean over the rows of n / (n + k), n being how
    often the row is matched: 60 % of it for the best passage, 40 % for the whole text.
    """
    counts = np.zeros((len(matches), len(batch.passage_k)))
    for row, factors in enumerate(matches):
        for place, factor in factors.items():
            entries = slice(batch.starts[place], batch.starts[place + 1])
            counts[row, batch.blocks[entries]] += factor * batch.counts[entries]
    in_page = np.add.reduceat(counts, batch.first_blocks, axis=1)
    counts[:, :-1] += counts[:, 1:] * batch.followed
    total = weights.sum() + _UNEXPLAINED
    passages = (weights[:, None] * (counts / (counts + batch.passage_k))).sum(axis=0) / total
    pages = (weights[:, None] * (in_page / (in_page + batch.page_k))).sum(axis=0) / total
    best = np.maximum.reduceat(passages, batch.first_blocks)
    return np.asarray(_PASSAGE_SHARE * best + (1 - _PASSAGE_SHARE) * pages, dtype=np.float64)
