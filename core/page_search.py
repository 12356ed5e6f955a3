"""Search in the text of all pages of a case. Pure: an index is made once for each chart, and asked for every query.

Letters are compared without case and accents. Line ends, hyphens and punctuation between words make no difference:
"follow up" finds "follow-up", and "methotrexate" finds what is broken into "metho-" and "trexate" at a line's end. A
space between a number and its unit makes none either: "20mg" finds "20 mg". A part of a word is found, too.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from core.domain import Page

MOST_HITS = 2000
"""After so many the search ends, and says so."""
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212\u00ad")
_INNER = frozenset(".,/:-")
"""Kept between two digits, where they are part of a number or a date."""
_NONE, _GAP, _FREE = 0, 1, 2
"""Between two characters: nothing; the end of a word; a hyphen or punctuation, where a space may or may not be."""


class Hit(NamedTuple):
    """A place where the query stands."""

    page: int
    """Position of the page in the case, from 0."""
    first: int
    last: int
    """Words of the page, from 0, both included: `page.text.split()`, and `page.words` in the same order."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found, and where it could not look."""

    hits: tuple[Hit, ...]
    """By page, then in reading order."""
    not_searched: tuple[int, ...]
    """Positions of the pages that nobody could read: whether the query stands on them is not known."""
    more: bool = False
    """The search ended at MOST_HITS: there are more hits, perhaps on later pages."""

    @property
    def pages(self) -> tuple[int, ...]:
        """Positions of the pages with a hit."""
        return tuple(dict.fromkeys(hit.page for hit in self.hits))


class _Folded(NamedTuple):
    """A text as it is compared."""

    letters: str
    joints: bytes
    """One more than letters: what stands before each letter, and at the end."""
    starts: tuple[int, ...]
    """Where each word begins in `letters`."""


class PageSearch:
    """The texts of a case, ready to be searched."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._texts = tuple(_fold_text(page.text) for page in pages)
        self._unread = tuple(at for at, page in enumerate(pages) if not _searchable(page))

    def find(self, query: str, *, phrase: bool = True) -> Found:
        """Where `query` stands, as a phrase; without `phrase`, every word of it on pages that have all of them.

        A query without a letter or digit finds nothing. Poorly recognised text of an unreadable page is searched, and
        the page is still named in `not_searched`.
        """
        asked = [query] if phrase else query.split()
        queries = [folded for part in asked if (folded := _fold_text(part)).letters]
        hits: list[Hit] = []
        for page, text in enumerate(self._texts) if queries else ():
            runs = [list(_runs(text, one, MOST_HITS + 1)) for one in queries]
            if len(runs) == 1:
                hits += [Hit(page, first, last) for first, last in runs[0]]
            elif all(runs):
                hits += sorted({Hit(page, first, last) for part in runs for first, last in part})
            if len(hits) > MOST_HITS:
                return Found(tuple(hits[:MOST_HITS]), self._unread, more=True)
        return Found(tuple(hits), self._unread)


def around(text: str, hit: Hit, *, words: int = 8) -> tuple[str, str, str]:
    """(before, hit, after) in the page's own words, up to `words` of them on either side."""
    all_words = text.split()
    before = all_words[max(0, hit.first - words) : hit.first]
    after = all_words[hit.last + 1 : hit.last + 1 + words]
    return " ".join(before), " ".join(all_words[hit.first : hit.last + 1]), " ".join(after)


def _searchable(page: Page) -> bool:
    return page.readable and (page.blank or bool(page.text.strip()))


def _runs(text: _Folded, query: _Folded, most: int) -> Iterable[tuple[int, int]]:
    """First and last word of each place, at most `most` of them; places do not overlap."""
    size, at, found = len(query.letters), text.letters.find(query.letters), 0
    while at >= 0 and found < most:
        if size == 1 or _fits(text, at, query):
            yield bisect_right(text.starts, at) - 1, bisect_right(text.starts, at + size - 1) - 1
            found += 1
            at = text.letters.find(query.letters, at + size)
        else:
            at = text.letters.find(query.letters, at + 1)


def _fits(text: _Folded, at: int, query: _Folded) -> bool:
    """Whether the spaces within the query are where the text has ends of words, and the other way round."""
    size = len(query.letters)
    here, asked = text.joints[at + 1 : at + size], query.joints[1:size]
    if here == asked:
        return True
    for inside, (joint, want) in enumerate(zip(here, asked, strict=True), start=1):
        if (joint == _GAP) != (want == _GAP) and _FREE not in (joint, want):
            before, after = query.letters[inside - 1], query.letters[inside]
            if before.isdigit() == after.isdigit():
                return False
    return True


def _fold_text(text: str) -> _Folded:
    """The words of `text` in the order of `text.split()`."""
    letters: list[str] = []
    joints = bytearray()
    starts: list[int] = []
    size, between = 0, _GAP
    for line in text.splitlines():
        words = line.split()
        for word in words:
            starts.append(size)
            folded, inner = _fold_word(word)
            if folded:
                joints.append(between)
                joints += inner
                letters.append(folded)
                size += len(folded)
                between = _GAP
        if words and len(words[-1]) > 1 and words[-1][-1] in _HYPHENS:
            between = _FREE
    joints.append(_GAP)
    return _Folded("".join(letters), bytes(joints), tuple(starts))


@lru_cache(maxsize=65536)
def _fold_word(word: str) -> tuple[str, bytes]:
    """Letters and digits of a word, and what stands between each two of them."""
    plain = word.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)).casefold()
        plain = "".join("-" if c in _HYPHENS else c for c in plain)
    letters: list[str] = []
    joints = bytearray()
    joint = _NONE
    for at, c in enumerate(plain):
        if c.isalnum() or (c in _INNER and plain[at - 1 : at].isdigit() and plain[at + 1 : at + 2].isdigit()):
            if letters:
                joints.append(joint)
            letters.append(c)
            joint = _NONE
        else:
            joint = _FREE
    return "".join(letters), bytes(joints)
