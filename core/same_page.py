"""Whether two texts are one page, when at least one of them was recognised from a picture. Pure functions.

Recognition confuses letters, drops points, splits and joins words, and moves lines; it does not make "left" of "right".
What it could have done is forgiven; a number, a "not" or a whole word that differs is not. In doubt the answer is no:
to show a page twice costs a minute, to hide a changed dose may cost a decision.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from rapidfuzz.distance import Indel, Levenshtein

from core.page_words import LETTERS, NO_USAGE, PLAIN, Usage, Word, joined, numbers_of, words_of

LEAST_WORDS, LEAST_FORM = 25, 50
"""Fewer words with letters or digits say too little to be one page, or one form."""
MOST_LOST, LEAST_LOST = 0.03, 2.0
"""Largest share of words that only one text has, and what is allowed on any page: a streak, a fold, a dark box."""
_MOST_LEFT = 40_000
"""Words that only one text has x words that only the other has: more is not what recognition did to one page."""
_RUBBISH = 3
"""Most numbers that the remains of a header may leave."""
_LEAST_LETTERS = 4
_CLEAN_NUMBER = re.compile(r"\d+(?:[./:-]\d+)*%?")
_TURNING = frozenset(
    """
    no not nor none never yes without with denies denied reports positive negative left right bilateral normal abnormal
    mild moderate severe met unmet approved approve increase increased decrease decreased worse better before after
    start stop started stopped new old current former daily weekly monthly twice once am pm
    """.split()  # noqa: SIM905
)
"""Words that turn a statement round: they must be on both pages."""
_PREFIXES = ("hyper", "hypo", "non", "un", "in", "im", "ir", "ab", "dis", "anti", "pre", "post", "inter", "intra", "")
_NEGATING = ("non", "un", "in", "im", "ir", "dis")
_SMALL = 3
_LONG = 8
"""In words of so many characters two may be wrong."""
_LONG_TURN = 5
_LOOKALIKES = [frozenset(look) for look in ("aceos", "hnrbku", "tfrlij", "uvyw", "mnw", "gqy", "dcl", "pr", "ht", "ei")]
"""Whole words stay whole words only by letters that look alike: dysphasia is not dysphagia read wrongly."""


def same_page(a: str, b: str, *, recognised: tuple[bool, bool], usage: Usage = NO_USAGE) -> bool:
    """Whether one text is the other, but for what recognition does to a page and what a fax machine prints on it.

    `recognised`: which of the two was. `usage`: what the other pages of the case say.
    """
    before, after = words_of(a, recognised[0], usage), words_of(b, recognised[1], usage)
    if min(len(before), len(after)) < LEAST_WORDS:
        return False
    left: list[Word] = []
    right: list[Word] = []
    for gone, come in _regions(before, after):
        if _other_number(gone, come):
            return False
        same = _all(gone) == _all(come)
        left += (w for w in gone if not (same and numbers_of(w)))
        right += (w for w in come if not (same and numbers_of(w)))
    left, right = _without_moved(left, right)
    if len(left) * len(right) > _MOST_LEFT:
        return False
    left, right = _without_joined(left, right)
    right, left = _without_joined(right, left)
    left, right = _without_garbled(left, right, usage.words)
    if _facts(left, right, both=all(recognised)) or _other_words(left, right) or _other_words(right, left):
        return False
    if any(map(_small, left)) and any(map(_small, right)):
        return False
    allowed = max(LEAST_LOST, MOST_LOST * min(len(before), len(after)))
    return max(_weight(left), _weight(right)) <= allowed


def form_of(text: str) -> list[str]:
    """The words of a text without what a fax machine prints, letters that look alike made one; for `likeness`."""
    return [word.key for word in words_of(text, recognised=False)]


def likeness(one: Sequence[str], other: Sequence[str], least: float = 0.0) -> float:
    """Share of the words that two forms have in the same order, 0 to 1; 0 where one has less than 50 words, and where
    the share is below `least`."""
    if min(len(one), len(other)) < LEAST_FORM:
        return 0.0
    return float(Indel.normalized_similarity(one, other, score_cutoff=least))


def _regions(before: Sequence[Word], after: Sequence[Word]) -> Iterator[tuple[list[Word], list[Word]]]:
    """Runs of words that differ, less those that are the same characters cut into words in another way."""
    gone: list[Word] = []
    come: list[Word] = []
    steps = Indel.opcodes([w.key for w in before], [w.key for w in after])
    for step in steps:
        if step.tag == "equal":
            if not _same_characters(gone, come):
                yield gone, come
            gone, come = [], []
        else:
            gone += before[step.src_start : step.src_end]
            come += after[step.dest_start : step.dest_end]
    if not _same_characters(gone, come):
        yield gone, come


def _same_characters(gone: Sequence[Word], come: Sequence[Word]) -> bool:
    return joined(gone) == joined(come)


def _other_number(gone: Sequence[Word], come: Sequence[Word]) -> bool:
    """A number stands where another one stood."""
    if len(gone) != 1 or len(come) != 1:
        return False
    one, other = numbers_of(gone[0]), numbers_of(come[0])
    return bool(one and other) and one != other


def _all(words: Sequence[Word]) -> list[str]:
    return [number for word in words for number in numbers_of(word)]


def _without_moved(left: list[Word], right: list[Word]) -> tuple[list[Word], list[Word]]:
    """Less words that are on both sides: recognition reads columns and boxes in another order."""
    return _less(left, Counter(w.key for w in right)), _less(right, Counter(w.key for w in left))


def _less(words: Sequence[Word], other: Counter[str]) -> list[Word]:
    out = []
    for word in words:
        if other[word.key]:
            other[word.key] -= 1
        else:
            out.append(word)
    return out


def _without_joined(left: list[Word], right: list[Word]) -> tuple[list[Word], list[Word]]:
    """Less words of the left that are cut in two to four on the right."""
    rest, free = [], list(right)
    for word in left:
        spans = ((at, at + size) for size in (2, 3, 4) for at in range(len(free) - size + 1))
        span = next((s for s in spans if joined(free[s[0] : s[1]]) == word.key), None)
        if span is None:
            rest.append(word)
        else:
            del free[span[0] : span[1]]
    return rest, free


def _without_garbled(
    left: Sequence[Word], right: Sequence[Word], known: Collection[str]
) -> tuple[list[Word], list[Word]]:
    """Less pairs of words of which one may be the other read wrongly; the nearest in order first."""
    free = list(right)
    rest = []
    for word in left:
        partner = next((other for other in free if _garbled(word, other, known)), None)
        if partner is None:
            rest.append(word)
        else:
            free.remove(partner)
    return rest, free


def _garbled(a: Word, b: Word, known: Collection[str]) -> bool:
    numbers = numbers_of(a), numbers_of(b)
    if all(numbers) and numbers[0] != numbers[1]:
        return False
    if not (LETTERS.search(a.raw) and LETTERS.search(b.raw)):
        return False
    if (a.raw in _TURNING or b.raw in _TURNING) and (
        min(len(a.raw), len(b.raw)) < _LONG_TURN or {a.raw, b.raw} <= _TURNING
    ):
        return False
    if a.raw.isalpha() and b.raw.isalpha() and min(len(a.raw), len(b.raw)) <= _SMALL:
        return False
    if (a.raw in known and b.raw in known) or _opposite(a.raw, b.raw):
        return False
    longest = max(len(a.key), len(b.key))
    most = 1 if longest < _LONG else 2
    if PLAIN.fullmatch(a.raw) and PLAIN.fullmatch(b.raw):
        if len(a.raw) == len(b.raw):
            other = [pair for pair in zip(a.raw, b.raw, strict=True) if pair[0] != pair[1]]
            return len(other) <= most and all(any({*pair} <= look for look in _LOOKALIKES) for pair in other)
        most = 1
    return longest >= 3 and Levenshtein.distance(a.key, b.key, score_cutoff=most) <= most


def _opposite(a: str, b: str) -> bool:
    """The words differ in a prefix that turns their meaning."""
    stems = [
        {
            (word[len(p) :], "in" if p in _NEGATING else p)
            for p in _PREFIXES
            if word.startswith(p) and len(word) - len(p) >= 4
        }
        for word in (a, b)
    ]
    return any(stem == other and p != q for stem, p in stems[0] for other, q in stems[1])


def _facts(left: Sequence[Word], right: Sequence[Word], *, both: bool) -> bool:
    """Whether what is left over makes two pages of them; what a header left on the only recognised side does not."""
    telling = [word for word in (*left, *right) if _tells(word)]
    if both or (any(map(numbers_of, left)) and any(map(numbers_of, right))):
        return bool(telling)
    return len(telling) > _RUBBISH or any(not w.edge or w.raw in _TURNING for w in telling)


def _other_words(gone: Sequence[Word], come: Sequence[Word]) -> bool:
    """A word is on one side alone, and the other side has letters in its place."""
    letters = (sum(c.isalpha() for c in w.raw) >= _LEAST_LETTERS and not w.edge for w in come)
    return any(map(_plain, gone)) and (any(letters) or any(map(_plain, come)))


def _tells(word: Word) -> bool:
    """To have this word or not makes another page."""
    if word.usual:
        return False
    if word.raw in _TURNING:
        return True
    return bool(numbers_of(word)) and (not word.edge or bool(_CLEAN_NUMBER.fullmatch(word.raw)))


def _plain(word: Word) -> bool:
    """A word, not what recognition makes of a line or a logo."""
    return not word.usual and bool(PLAIN.fullmatch(word.raw))


def _small(word: Word) -> bool:
    """BID and TID, mg and mcg, L and R: too short to be forgiven a letter."""
    return word.raw.isalpha() and len(word.raw) <= _SMALL and (len(word.raw) > 1 or word.raw in "lr")


def _weight(words: Sequence[Word]) -> float:
    """Words; what is short or odd counts for a third, what may be left of a logo for nothing."""
    return sum(1.0 if _plain(word) else 0.34 for word in words if not word.usual and (_plain(word) or not word.edge))
