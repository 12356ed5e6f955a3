"""Pages of a case that are the same page again, and pages that are the same form with other content. Pure functions.

A copy is the same words, or the same page faxed or scanned again. "No copy" is never far off: two pages that differ in
one dose are similar, and similar pages are shown with what differs, never folded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final, Literal

from core.domain import Page, PageRef, digest
from core.other_page import Features, certainly_other, features_of
from core.page_words import Usage, usage_of
from core.remembered import Remembered
from core.same_page import form_of, likeness, same_page
from core.sketch import near_looks, near_texts, text_sketch

NEAR_TEXT: Final = 0.5
"""Least similarity of two sketches for a closer look: all of 55 faxed pages that were read with a confidence of 0.8 or
more reached it, with the page in the file and with the page faxed once more; no pair of other faxed pages did."""
NEAR_LOOK: Final = 40
"""Most bits between two looks: of pages faxed twice 95 of 100 stay below, of other pairs 4 in 1,770 do."""
SAME_FORM: Final = 0.75
"""Least share of words in the same order for two pages to be one form; other notes of one practice stay below."""

_NEAREST: Final = 64
"""Earlier pages that a page is compared with, the nearest; of a hundred forms of one kind the copy is among them."""
_MOST_IN_VAIN: Final = 1_500_000
"""Characters of pages compared word by word that were no copies, about a second. From there on pages are at most
similar: a packet made to keep this machine busy gets no more of its time."""
_CHARACTERS: Final = 0x110000
_TOLD: Remembered[bool] = Remembered(50_000)
_LIKE: Remembered[float] = Remembered(50_000)


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together; each of them stands next to the first."""

    pages: tuple[PageRef, ...]
    """Two or more, in the order of the case."""
    kind: Literal["copy", "similar"]
    """similar: every page looks like the first, and no two are copies; of copies only the first is named."""


def groups(pages: Sequence[Page]) -> tuple[Group, ...]:
    """The groups of a case, of its pages as `mark_duplicates` returns them: copies first, then similar pages, each by
    their first page.

    Blank pages belong to no group. A page that nobody could read is at most similar, by its look.
    """
    place = {page.ref: at for at, page in enumerate(pages)}
    original = [place[page.duplicate_of] if page.duplicate_of else at for at, page in enumerate(pages)]
    similar = _similar(pages, original)
    return (*_gathered(pages, original, "copy"), *_gathered(pages, similar, "similar"))


def mark_duplicates(pages: Sequence[Page]) -> list[Page]:
    """The pages of a case, each later copy pointing to the first page of its group."""
    original = _originals(pages)
    return [
        replace(page, duplicate_of=None if first == at else pages[first].ref)
        for at, (page, first) in enumerate(zip(pages, original, strict=True))
    ]


def _originals(pages: Sequence[Page]) -> list[int]:
    """For each page the position of the first page it is a copy of; its own where it is none."""
    original = _by_body(pages)
    said = _Said([page for at, page in enumerate(pages) if original[at] == at])
    in_vain = 0
    for first, later in _nearest(_near_texts(pages, original)):
        one, other = pages[first], pages[later]
        if not (_recognised(one) or _recognised(other)) or original[first] != first or original[later] != later:
            continue
        if in_vain > _MOST_IN_VAIN:
            break
        if said.other(one, other):
            continue
        if said.same(one, other):
            # Copies of the later page itself were found by their words; they belong to the earlier one now.
            original = [first if at == later else at for at in original]
        else:
            in_vain += len(one.text) + len(other.text)
    return original


def _nearest(pairs: Sequence[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """The pairs of each page with the 64 nearest before it, by the earlier page, then by the later one."""
    before: dict[int, list[tuple[float, int]]] = {}
    for first, later, near in pairs:
        before.setdefault(later, []).append((-near, first))
    return sorted((first, later) for later, found in before.items() for _, first in sorted(found)[:_NEAREST])


class _Said:
    """Comparisons of the pages of one case, each made once for as long as what it depends on is the same."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = pages
        self._known: dict[PageRef, tuple[Features, frozenset[str], tuple[str, bool]]] = {}

    @cached_property
    def _usage(self) -> Usage:
        """What the case says more than once, counted when somebody asks for it."""
        return usage_of(page.text for page in self._pages)

    def _of(self, page: Page) -> tuple[Features, frozenset[str], tuple[str, bool]]:
        """What is asked of the page, its usual lines, and what both depend on but for the case."""
        if page.ref not in self._known:
            features = features_of(page.text, _recognised(page))
            usual = features.lines & self._usage.lines
            self._known[page.ref] = features, usual, (page.digest, _recognised(page))
        return self._known[page.ref]

    def other(self, one: Page, another: Page) -> bool:
        """Whether the two are certainly not one page."""
        (a, left, name), (b, right, other_name) = self._of(one), self._of(another)
        return _TOLD.get((name, other_name, left, right), lambda: certainly_other(a, b, left | right))

    def same(self, one: Page, another: Page) -> bool:
        """Whether the two are one page."""
        (a, left, name), (b, right, other_name) = self._of(one), self._of(another)
        usage = Usage(self._usage.words & (a.raws | b.raws), left | right)
        known = digest(*sorted(usage.words))
        recognised = _recognised(one), _recognised(another)
        return _TOLD.get(
            (name, other_name, left, right, known),
            lambda: same_page(one.text, another.text, recognised=recognised, usage=usage),
        )


def _by_body(pages: Sequence[Page]) -> list[int]:
    first: dict[str, int] = {}
    return [first.setdefault(page.body, at) if page.body else at for at, page in enumerate(pages)]


def _recognised(page: Page) -> bool:
    return page.source == "ocr" or "foreign_ocr" in page.notes


def _near_texts(pages: Sequence[Page], original: Sequence[int]) -> list[tuple[int, int, float]]:
    """Pairs of pages whose words or, of two scans, pictures are near; neither is a copy by its words."""
    sketches = [
        (page.sketch or text_sketch(page.text)) if original[at] == at and page.readable and not page.blank else b""
        for at, page in enumerate(pages)
    ]
    found = {(i, j): near for i, j, near in near_texts(sketches, NEAR_TEXT)}
    for i, j in _near_looks(pages, original):
        if pages[i].readable and pages[j].readable:
            found.setdefault((i, j), 0.0)
    return [(i, j, near) for (i, j), near in sorted(found.items())]


def _near_looks(pages: Sequence[Page], original: Sequence[int]) -> list[tuple[int, int]]:
    looks = [page.look if original[at] == at and not page.blank else b"" for at, page in enumerate(pages)]
    return [(i, j) for i, j, _ in near_looks(looks, NEAR_LOOK)]


def _similar(pages: Sequence[Page], original: Sequence[int]) -> list[int]:
    """For each page the position of the first page it is similar to; its own where there is none.

    A page joins a page that joined none: chains would bring together what is not alike.
    """
    like = _Forms(pages)
    pairs = [(j, i, False) for i, j, _ in _near_texts(pages, original)]
    pairs += [(j, i, True) for i, j in _near_looks(pages, original) if not (pages[i].readable and pages[j].readable)]
    similar = list(range(len(pages)))
    for later, first, unread in sorted(pairs):
        if similar[later] == later and similar[first] == first and (unread or like(first, later)):
            similar[later] = first
    return similar


class _Forms:
    """Whether two pages of a case are one form."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._digest = cache(lambda at: pages[at].digest)
        self._form = cache(lambda at: self._written(form_of(pages[at].text)))
        self._letters: dict[str, str] = {}

    def __call__(self, first: int, later: int) -> bool:
        share = _LIKE.get(
            (self._digest(first), self._digest(later)),
            lambda: likeness(self._form(first), self._form(later), SAME_FORM),
        )
        return share >= SAME_FORM

    def _written(self, words: Sequence[str]) -> str:
        """One character for each different word: strings are compared much faster than lists of words."""
        return "".join(self._letters.setdefault(word, chr(len(self._letters) % _CHARACTERS)) for word in words)


def _gathered(pages: Sequence[Page], first: Sequence[int], kind: Literal["copy", "similar"]) -> list[Group]:
    members: dict[int, list[PageRef]] = {}
    for at, page in enumerate(pages):
        members.setdefault(first[at], []).append(page.ref)
    return [Group(tuple(refs), kind) for refs in members.values() if len(refs) > 1]
