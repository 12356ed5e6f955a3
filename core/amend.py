"""What changed between two versions of a document, page by page. Pure functions.

Pages with the same content are found first, in order; then blank pages at the same place, pages that are much alike,
and pages that stand alone at the same place. A page that was not read is never the same: nobody knows what it says, and
two forms by hand that differ in a dose are as good as one picture.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from core.domain import Label, Page, PageRef
from core.sketch import look_distance

SAME_LOOK = 6
"""Bits of 256 in which the perceptual hashes of the same image may differ. Two forms with "15 mg" and "75 mg" by hand
are two bits apart: a look speaks against a page, never for it."""
ALIKE = 0.3
"""Share of common words, of all words of two pages, from which on one is a new form of the other."""
_BUCKETS = 2048
_MOST_PAIRS = 4_000_000
"""Pages before x pages after in one gap; more are paired by their place only."""

_Pairs = dict[int, int]
"""Position before -> position after."""
_Step = Callable[[Sequence[int], Sequence[int]], _Pairs]
"""Pairs some of the positions of a gap, in order: no two pairs cross."""


ChangeKind = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class PageChange:
    """What became of one page. Numbers count from 1."""

    before: int | None
    """Number in the version before; None for a page that was added."""
    after: int | None
    """Number in the version after; None for a page that was removed."""
    kind: ChangeKind


def compare(before: Sequence[Page], after: Sequence[Page]) -> tuple[PageChange, ...]:
    """Every page of both versions once, in order of `after`; a removed page where it stood.

    A page with the same content at another place is "same" with both its numbers.
    """
    pairs, same, moved = _paired(before, after)
    changes: list[PageChange] = []
    origin = {j: i for i, j in moved.items()}
    for lefts, rights, pair in _walk(pairs, len(before), len(after)):
        changes += [PageChange(before[i].ref.number, None, "removed") for i in lefts if i not in moved]
        for j in rights:
            i = origin.get(j)
            number = after[j].ref.number
            changes.append(
                PageChange(None, number, "added") if i is None else PageChange(before[i].ref.number, number, "same")
            )
        if pair:
            i, j = pair
            kind: Literal["same", "changed"] = "same" if i in same else "changed"
            changes.append(PageChange(before[i].ref.number, after[j].ref.number, kind))
    return tuple(changes)


def unchanged(before: Sequence[Page], after: Sequence[Page]) -> dict[PageRef, PageRef]:
    """Old page -> new page with the same content, each new page at most once."""
    old, new = {p.ref.number: p.ref for p in before}, {p.ref.number: p.ref for p in after}
    return {
        old[change.before]: new[change.after]
        for change in compare(before, after)
        if change.kind == "same" and change.before is not None and change.after is not None
    }


def carry(labels: Sequence[Label], moved: Mapping[PageRef, PageRef]) -> list[Label]:
    """The labels of pages in `moved`, as if given on the new page; all others are left out."""
    return [replace(label, page=moved[label.page]) for label in labels if label.page in moved]


def _paired(before: Sequence[Page], after: Sequence[Page]) -> tuple[_Pairs, set[int], _Pairs]:
    """Pairs in order, those of `before` among them with the same content, and pages with the same content elsewhere."""
    keys = _keys([*before, *after])
    left, right = keys[: len(before)], keys[len(before) :]

    def same(i: int, j: int) -> bool:
        return left[i] == right[j] and _same_ink(before[i], after[j])

    pairs = {i: j for i, j in _common(left, right).items() if same(i, j)}
    moved = _elsewhere(left, right, pairs, same)
    _fill(pairs, left, right, moved, lambda ls, rs: _blank(before, after, ls, rs))
    identical = set(pairs)
    _fill(pairs, left, right, moved, lambda ls, rs: _alike(before, after, ls, rs))
    _fill(pairs, left, right, moved, lambda ls, rs: dict(zip(ls, rs, strict=True)) if len(ls) == len(rs) else {})
    return pairs, identical, moved


def _fill(pairs: _Pairs, left: Sequence[int], right: Sequence[int], moved: _Pairs, step: _Step) -> None:
    """Pair what is free in each gap between the pairs, but for pages that moved."""
    taken = set(moved.values())
    for lefts, rights, _ in list(_walk(pairs, len(left), len(right))):
        free = [i for i in lefts if i not in moved], [j for j in rights if j not in taken]
        if all(free):
            pairs.update(step(*free))


def _walk(pairs: _Pairs, n: int, m: int) -> Iterator[tuple[range, range, tuple[int, int] | None]]:
    """Each gap with the pair that ends it; None for the last gap."""
    edges = [(-1, -1), *sorted(pairs.items()), (n, m)]
    for (i, j), (k, q) in pairwise(edges):
        yield range(i + 1, k), range(j + 1, q), (k, q) if k < n else None


def _keys(pages: Sequence[Page]) -> list[int]:
    """Equal numbers for pages that may have the same content; a number of its own for a page that can be like no other.

    Blank pages are like no other here: they say nothing of where they belong.
    """
    bodies: dict[str, str] = {}
    for page in pages:
        if page.body:
            bodies.setdefault(page.digest, page.body)
    numbers: dict[str | int, int] = {}
    names = (bodies.get(page.digest, page.digest) if _has_text(page) else n for n, page in enumerate(pages))
    return [numbers.setdefault(name, len(numbers)) for name in names]


def _has_text(page: Page) -> bool:
    return page.source != "none" and not page.blank and bool(page.text.strip())


def _same_ink(one: Page, other: Page) -> bool:
    """False for recognised pages that do not look the same: what was written by hand is seldom in the text."""
    if "ocr" not in (one.source, other.source):
        return True
    return one.source == other.source and look_distance(one.look, other.look) <= SAME_LOOK


def _common(left: Sequence[int], right: Sequence[int]) -> _Pairs:
    """The longest common subsequence."""
    pairs: _Pairs = {}
    for block in LCSseq.opcodes(left, right):
        if block.tag == "equal":
            pairs.update(
                zip(range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True)
            )
    return pairs


def _elsewhere(left: Sequence[int], right: Sequence[int], pairs: _Pairs, same: Callable[[int, int], bool]) -> _Pairs:
    """Pages outside `pairs` with the same content at another place, in order."""
    taken = set(pairs.values())
    free: dict[int, list[int]] = {}
    for j, key in enumerate(right):
        if j not in taken:
            free.setdefault(key, []).append(j)
    moved: _Pairs = {}
    for i, key in enumerate(left):
        found = [] if i in pairs else [j for j in free.get(key, ()) if same(i, j)][:1]
        for j in found:
            moved[i] = j
            free[key].remove(j)
    return moved


def _blank(before: Sequence[Page], after: Sequence[Page], lefts: Sequence[int], rights: Sequence[int]) -> _Pairs:
    return dict(zip((i for i in lefts if before[i].blank), (j for j in rights if after[j].blank), strict=False))


def _alike(before: Sequence[Page], after: Sequence[Page], lefts: Sequence[int], rights: Sequence[int]) -> _Pairs:
    """Pages with many words in common, so chosen that all pairs together have most."""
    if len(lefts) * len(rights) > _MOST_PAIRS:
        return {}
    share = _common_words([before[i] for i in lefts], [after[j] for j in rights])
    share[share < ALIKE] = 0.0
    best = np.zeros((len(lefts) + 1, len(rights) + 1), np.float32)
    for i, row in enumerate(share):  # best[i, j]: of the first i and the first j pages
        np.maximum.accumulate(np.maximum(best[i, 1:], best[i, :-1] + row), out=best[i + 1, 1:])
    pairs: _Pairs = {}
    i, j = share.shape
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs[lefts[i]] = rights[j]
    return pairs


def _common_words(before: Sequence[Page], after: Sequence[Page]) -> NDArray[np.float32]:
    """(before, after) shares in [0, 1] of common words of all words of two pages, each word counted once."""
    left, right = _words(before), _words(after)
    common = left @ right.T
    either = left.sum(1)[:, None] + right.sum(1)[None, :] - common
    return np.asarray(common / np.maximum(either, 1), np.float32)


def _words(pages: Sequence[Page]) -> NDArray[np.float32]:
    """(pages, buckets) 1 where a page has a word of the bucket: few different words of a page share one."""
    found = np.zeros((len(pages), _BUCKETS), np.float32)
    for row, page in zip(found, pages, strict=True):
        row[[zlib.crc32(word.encode()) % _BUCKETS for word in set(page.text.lower().split())]] = 1
    return found
