"""Whether two texts are certainly not one page, found without setting them side by side. Pure functions.

Of a hundred forms of one kind nearly all are told apart by a number or a word that the other page has nothing for;
`core.same_page` would say the same of them, a thousand times slower.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extractOne

from core.page_words import LETTERS, PLAIN, joined, lines_of, numbers_of

_TRIED: Final = 12
"""Words of a page that are looked for on the other, by what they may have been misread as."""
_MISREAD: Final = 2
"""Most characters of a word that recognition gets wrong; see `core.same_page`."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What is asked of a page when it is compared with many. Lines tell what is usual in a case, and says nothing."""

    lines: frozenset[str]
    keys: frozenset[str]
    by_length: tuple[str, ...]
    """The keys, short ones first."""
    raws: frozenset[str]
    numbers: frozenset[str]
    joined: str
    """All keys without spaces: recognition cuts and joins words."""
    figures: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(line, key, numbers) of words with numbers and without letters enough to be misread as a word."""
    plain: tuple[tuple[str, str, str], ...]
    """(line, key, raw) of words of letters, long ones first: they have the fewest neighbours."""


@lru_cache(maxsize=1024)
def features_of(text: str, recognised: bool) -> Features:
    """`recognised`: its first and last lines may be what became of a logo."""
    rows = lines_of(text, recognised)
    words = [(line, word, tuple(numbers_of(word))) for line, row in rows for word in row]
    keys = frozenset(word.key for _, word, _ in words)
    plain = {(line, word.key, word.raw) for line, word, _ in words if PLAIN.fullmatch(word.raw)}
    return Features(
        lines=frozenset(line for line, _ in rows),
        keys=keys,
        by_length=tuple(sorted(keys, key=lambda key: (len(key), key))),
        raws=frozenset(word.raw for _, word, _ in words),
        numbers=frozenset(number for *_, numbers in words for number in numbers),
        joined=joined([word for _, word, _ in words]),
        figures=tuple(
            (line, word.key, numbers)
            for line, word, numbers in words
            if numbers and not word.edge and not LETTERS.search(word.raw)
        ),
        plain=tuple(sorted(plain, key=lambda row: (-len(row[2]), row))),
    )


def certainly_other(one: Features, other: Features, usual: Set[str]) -> bool:
    """True where one has a number, or each has a word, that the other has not and recognition cannot have made.

    `usual`: lines that many pages of the case have. False says nothing.
    """
    if any(_foreign_figures(one, other, usual)) or any(_foreign_figures(other, one, usual)):
        return True
    return any(_foreign_words(one, other, usual)) and any(_foreign_words(other, one, usual))


def _foreign_figures(page: Features, other: Features, usual: Set[str]) -> Iterator[bool]:
    for line, key, numbers in page.figures:
        if not other.numbers.issuperset(numbers) and key not in other.keys:
            yield line not in usual and key not in other.joined


def _foreign_words(page: Features, other: Features, usual: Set[str]) -> Iterator[bool]:
    missing = (row for row in page.plain if row[1] not in other.keys and row[0] not in usual)
    for _, key, _ in islice(missing, _TRIED):
        yield key not in other.joined and not _near(key, other)


def _near(key: str, page: Features) -> bool:
    """Whether the page has a word that this one may have been misread from: nearly as long, and spelt nearly so."""
    start = bisect_left(page.by_length, len(key) - _MISREAD, key=len)
    end = bisect_right(page.by_length, len(key) + _MISREAD, key=len)
    words = page.by_length[start:end]
    return extractOne(key, words, scorer=Levenshtein.distance, score_cutoff=_MISREAD) is not None
