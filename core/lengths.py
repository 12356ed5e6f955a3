"""How long the pages of a case are, where a text that stands on several pages counts once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.domain import Page
from core.text import estimate_tokens

_LAST = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Lengths:
    """Characters and estimated tokens of the pages of a case, in their order. A page that nobody could read has 0."""

    characters: NDArray[np.int64]
    """(pages,)"""
    tokens: NDArray[np.int64]
    """(pages,) as core.text.estimate_tokens."""
    text: NDArray[np.int64]
    """(pages,) column of the first page with exactly this text; of the page itself where it has none to compare."""

    @classmethod
    def of(cls, pages: Sequence[Page]) -> "Lengths":
        """Lengths of `pages`, all pages of the case in order."""
        first: dict[str, int] = {}
        texts = [page.text if page.readable else "" for page in pages]
        return cls(
            np.array([len(text) for text in texts], dtype=np.int64),
            np.array([estimate_tokens(text) for text in texts], dtype=np.int64),
            np.array([first.setdefault(text, c) if text else c for c, text in enumerate(texts)], dtype=np.int64),
        )

    def spent(self, rank: NDArray[np.int64]) -> NDArray[np.int64]:
        """(criteria, pages) tokens of each page and of all that rank above it, each text once; 0 for a gap.

        `rank`: (criteria, pages) as core.selection.ranks, 0 for a gap.
        """
        key = np.where(rank == 0, _LAST, rank)
        order, starts, group = self._texts
        best = np.minimum.reduceat(key[:, order], starts, axis=1)
        counts = (rank > 0) & (key == best[:, group])
        by_rank = np.argsort(key, axis=1, kind="stable")
        total = np.take_along_axis(np.where(counts, self.tokens, 0), by_rank, axis=1).cumsum(axis=1)
        out = np.empty_like(total)
        np.put_along_axis(out, by_rank, total, axis=1)
        return np.where(rank > 0, out, 0)

    def of_kept(self, keep: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Characters and tokens of what `keep` (criteria, pages) keeps for each criterion, each text once."""
        order, starts, _ = self._texts
        kept = np.logical_or.reduceat(keep[:, order], starts, axis=1)
        # Integers have no fast product; floats hold them exactly up to 2**53.
        sizes = np.stack([self.characters[order[starts]], self.tokens[order[starts]]], axis=1).astype(np.float64)
        characters, tokens = (kept.astype(np.float64) @ sizes).astype(np.int64).T
        return characters, tokens

    @cached_property
    def _texts(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Columns sorted by text, where each text begins among them, and each column's place among the texts."""
        order = np.argsort(self.text, kind="stable")
        _, starts, group = np.unique(self.text[order], return_index=True, return_inverse=True)
        back = np.empty_like(group)
        back[order] = group
        return order, starts, back
