"""Whether two texts are one page, when at least one of them was recognised from a picture. Pure functions.

Recognition confuses letters, drops points, splits and joins words, and moves lines; it does not make "left" of "right".
What it could have done is forgiven; a number, a "not" or a whole word that differs is not. In doubt the answer is no:
to show a page twice costs a minute, to hide a changed dose may cost a decision.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel, Levenshtein

LEAST_WORDS, LEAST_FORM = 25, 50
"""Fewer words with letters or digits say too little to be one page, or one form."""
MOST_LOST, LEAST_LOST = 0.03, 2.0
"""Largest share of words that only one text has, and what is allowed on any page: a streak, a fold, a dark box."""
_USUAL_LINE, _USUAL_WORDS = 3, 3
"""A line of so many words on so many pages is none that one page says."""
_EDGE_LINES, _STAMP_WORDS = 8, 14
"""What a fax machine prints, and whose paper it is, stands so near the beginning or the end of the text."""
_PARTS = re.compile(
    r"(?<=\d)[-–](?=\d)|(?:(?<=\s\d)|(?<=\s\d\d)|(?<=\s\d{3})|(?<=\.\d))(?=[A-Za-z]{2,4}\b)|(?<=\d)(?=[xX]\d)|(?<=\d[xX])(?=\d)"
)
"""Where a word with digits is cut: recognition joins "3 x 20 s" and "4 - 6" as it likes."""
_AROUND = ".,;:()[]{}|\"'“”‘’*•-—_"

_ALIKE = str.maketrans("01258|!$€©", "oilsbllsec") | {ord("1"): "l", ord("2"): "z", ord("i"): "l", ord("q"): "g"}
"""Characters that recognition takes for each other become one; no two digits become one."""
_RUNS_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_JUNK = re.compile(r"[^\w|!$€©·]+|_+")
_POINT = re.compile(r"(?<=\d)[.,:/](?=\d)")
"""Kept: 91.5 is not 915. Which of the four it is may be read wrongly."""
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_RUBBISH = 3
"""Most numbers that the remains of a header may leave."""
_TOP_LINES, _TOP_DIGITS = 2, 8
"""So many digits on one of the topmost lines of a picture are a fax header, however few of its letters were read."""
_LEAST_LETTERS = 4
_LETTERS = re.compile(r"[^\W\d_]{2}|[^\W\d_].*[^\W\d_]")
_CLEAN_NUMBER = re.compile(r"\d+(?:[./:-]\d+)*%?")
_NAMED = re.compile(r"[a-z]{1,4}-?\d{1,2}")
"""SpO2, PHQ-9: the number belongs to the name."""
_TIME = re.compile(r"\b[\dOolI]{1,2}[:.][\dOolI]{2}\b")
_MACHINE = re.compile(rf"{_TIME.pattern}|\d{{3}}\D{{0,3}}\d{{3}}\D{{0,3}}\d{{4}}|\bPA[GS]E\b", re.IGNORECASE)
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[-/]\d{1,2}[-/]\d{2,4}\b|\b[A-Z]{3}[- ]\d{1,2}[- ]\d{4}\b")
_PHONE = re.compile(r"\(?\b\d{3}\)?[-. *+'°]{0,2}\d{3}[-. *+'~°]{0,2}[\dA-Z?]{4}(?!\w)|\b\d{10,11}\b")
_PAGE = re.compile(r"\bP(?:AGE|G)\b[.:#]?\s*\S{1,5}(?:\s+[O0Cc][Ff]\b:?(?:\s+\S{1,5})?)?(?=\s|$)", re.IGNORECASE)
_OF_RECORD = re.compile(
    r"\b(?:patient|name|dob|mrn|acct|chart|signed|date|time|visit|by|exam|seen|collected|received|reported|resulted|printed|"
    r"admitted|discharged|service|encounter)\b",
    re.IGNORECASE,
)
"""On a line with one of these a date is the record's, not the fax machine's."""
_POST = re.compile(r"[,.] [A-Z]{2}\.? \d{5}\b")
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
_PLAIN = re.compile(r"[a-z]{4,}")


class Usage(NamedTuple):
    """What is used on several pages of a case."""

    words: frozenset[str]
    """Lower case. Of two different words that are both used elsewhere neither is the other read wrongly."""
    lines: frozenset[str]
    """Letterheads, footers, lines of forms."""


NO_USAGE = Usage(frozenset(), frozenset())


class _Word(NamedTuple):
    raw: str
    """Lower case, without punctuation around it."""
    key: str
    """What is left when characters that look alike are one."""
    usual: bool
    """On a line that other pages have too: a letterhead or a footer may fade away, and says nothing of this page."""
    edge: bool
    """On a recognised page's first or last lines, where logos and headers become rubbish."""


def same_page(a: str, b: str, *, recognised: tuple[bool, bool], usage: Usage = NO_USAGE) -> bool:
    """Whether one text is the other, but for what recognition does to a page and what a fax machine prints on it.

    `recognised`: which of the two was. `usage`: what the other pages of the case say.
    """
    before, after = _words(a, recognised[0], usage), _words(b, recognised[1], usage)
    if min(len(before), len(after)) < LEAST_WORDS:
        return False
    left: list[_Word] = []
    right: list[_Word] = []
    for gone, come in _regions(before, after):
        if _other_number(gone, come):
            return False
        same = _all(gone) == _all(come)
        left += (w for w in gone if not (same and _numbers(w)))
        right += (w for w in come if not (same and _numbers(w)))
    left, right = _without_moved(left, right)
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
    return [word.key for word in _words(text, False, NO_USAGE)]


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of the words that two forms have in the same order, 0 to 1; 0 where one has less than 50 words."""
    if min(len(one), len(other)) < LEAST_FORM:
        return 0.0
    return float(Indel.normalized_similarity(one, other))


def usage_of(texts: Iterable[str]) -> Usage:
    """The words on two texts or more, and the lines on three or more."""
    words: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for text in texts:
        words.update({word.strip(_AROUND) for word in text.lower().split()})
        lines.update({line.strip() for line in text.splitlines()})
    often = (line for line, times in lines.items() if times >= _USUAL_LINE and len(line.split()) >= _USUAL_WORDS)
    return Usage(frozenset(word for word, times in words.items() if times > 1), frozenset(often))


def _words(text: str, recognised: bool, usage: Usage) -> list[_Word]:
    out = []
    lines = _without_stamps(text.splitlines(), recognised)
    reach = min(_EDGE_LINES, len(lines) // 5)
    for at, line in enumerate(lines):
        edge = recognised and (at < reach or at >= len(lines) - reach)
        usual = line.strip() in usage.lines
        for word in _PARTS.sub(" ", f" {line}").split():
            raw = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
            key = _JUNK.sub("", _POINT.sub("·", raw)).translate(_ALIKE)
            for run, one in _RUNS_ALIKE:
                key = key.replace(run, one)
            if key and any(c.isalnum() for c in raw):
                out.append(_Word(raw.strip(_AROUND), key, usual, edge))
    return out


def _without_stamps(lines: Sequence[str], recognised: bool) -> list[str]:
    """Less what looks like a fax header or a letterhead's address and telephone near the beginning or the end."""
    marks = [sum(bool(p.search(line)) for p in (_TIME, _DATE, _PHONE)) for line in lines]
    paged = [bool(_PAGE.search(line)) for line in lines]
    out = []
    for at, line in enumerate(lines):
        if _EDGE_LINES <= at < len(lines) - _EDGE_LINES:
            out.append(line)
        elif _OF_RECORD.search(line) or len(line.split()) > _STAMP_WORDS:
            out.append(_PHONE.sub(" ", _PAGE.sub(" ", line)))
        else:
            digits = sum(c.isdigit() for c in line)
            top = recognised and at < _TOP_LINES and digits >= _TOP_DIGITS and _MACHINE.search(line)
            sender = _PHONE.search(line) and line.isupper()
            stamp = (marks[at] >= 2 or sender) and any(paged[max(0, at - 2) : at + 3])
            if not (top or stamp or _POST.search(line)):
                out.append(_PHONE.sub(" ", _PAGE.sub(" ", line)))
    return out


def _regions(before: Sequence[_Word], after: Sequence[_Word]) -> Iterator[tuple[list[_Word], list[_Word]]]:
    """Runs of words that differ, less those that are the same characters cut into words in another way."""
    gone: list[_Word] = []
    come: list[_Word] = []
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


def _same_characters(gone: Sequence[_Word], come: Sequence[_Word]) -> bool:
    return _joined(gone) == _joined(come)


def _joined(words: Sequence[_Word]) -> str:
    """The words without spaces, but "4 6" is not 46."""
    out: list[str] = []
    last = ""
    for word in words:
        if last.isdigit() and word.raw[:1].isdigit():
            out.append("·")
        out.append(word.key)
        last = word.raw[-1:]
    return "".join(out)


def _numbers(word: _Word) -> list[str]:
    """The numbers in the word: none in a word of letters that has a digit for a letter."""
    digits, letters = sum(map(str.isdigit, word.raw)), sum(map(str.isalpha, word.raw))
    if digits < letters - 1 and not _NAMED.fullmatch(word.raw):
        return []
    return [n.replace(",", ".").replace(":", ".").lstrip("0") for n in _NUMBER.findall(word.raw)]


def _other_number(gone: Sequence[_Word], come: Sequence[_Word]) -> bool:
    """A number stands where another one stood."""
    if len(gone) != 1 or len(come) != 1:
        return False
    one, other = _numbers(gone[0]), _numbers(come[0])
    return bool(one and other) and one != other


def _all(words: Sequence[_Word]) -> list[str]:
    return [number for word in words for number in _numbers(word)]


def _without_moved(left: list[_Word], right: list[_Word]) -> tuple[list[_Word], list[_Word]]:
    """Less words that are on both sides: recognition reads columns and boxes in another order."""
    return _less(left, Counter(w.key for w in right)), _less(right, Counter(w.key for w in left))


def _less(words: Sequence[_Word], other: Counter[str]) -> list[_Word]:
    out = []
    for word in words:
        if other[word.key]:
            other[word.key] -= 1
        else:
            out.append(word)
    return out


def _without_joined(left: list[_Word], right: list[_Word]) -> tuple[list[_Word], list[_Word]]:
    """Less words of the left that are cut in two to four on the right."""
    rest, free = [], list(right)
    for word in left:
        spans = ((at, at + size) for size in (2, 3, 4) for at in range(len(free) - size + 1))
        span = next((s for s in spans if _joined(free[s[0] : s[1]]) == word.key), None)
        if span is None:
            rest.append(word)
        else:
            del free[span[0] : span[1]]
    return rest, free


def _without_garbled(
    left: Sequence[_Word], right: Sequence[_Word], known: Collection[str]
) -> tuple[list[_Word], list[_Word]]:
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


def _garbled(a: _Word, b: _Word, known: Collection[str]) -> bool:
    numbers = _numbers(a), _numbers(b)
    if all(numbers) and numbers[0] != numbers[1]:
        return False
    if not (_LETTERS.search(a.raw) and _LETTERS.search(b.raw)):
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
    if _PLAIN.fullmatch(a.raw) and _PLAIN.fullmatch(b.raw):
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


def _facts(left: Sequence[_Word], right: Sequence[_Word], *, both: bool) -> bool:
    """Whether what is left over makes two pages of them; what a header left on the only recognised side does not."""
    telling = [word for word in (*left, *right) if _tells(word)]
    if both or (any(map(_numbers, left)) and any(map(_numbers, right))):
        return bool(telling)
    return len(telling) > _RUBBISH or any(not w.edge or w.raw in _TURNING for w in telling)


def _other_words(gone: Sequence[_Word], come: Sequence[_Word]) -> bool:
    """A word is on one side alone, and the other side has letters in its place."""
    letters = (sum(c.isalpha() for c in w.raw) >= _LEAST_LETTERS and not w.edge for w in come)
    return any(map(_plain, gone)) and (any(letters) or any(map(_plain, come)))


def _tells(word: _Word) -> bool:
    """To have this word or not makes another page."""
    if word.usual:
        return False
    if word.raw in _TURNING:
        return True
    return bool(_numbers(word)) and (not word.edge or bool(_CLEAN_NUMBER.fullmatch(word.raw)))


def _plain(word: _Word) -> bool:
    """A word, not what recognition makes of a line or a logo."""
    return not word.usual and bool(_PLAIN.fullmatch(word.raw))


def _small(word: _Word) -> bool:
    """BID and TID, mg and mcg, L and R: too short to be forgiven a letter."""
    return word.raw.isalpha() and len(word.raw) <= _SMALL and (len(word.raw) > 1 or word.raw in "lr")


def _weight(words: Sequence[_Word]) -> float:
    """Words; what is short or odd counts for a third, what may be left of a logo for nothing."""
    return sum(1.0 if _plain(word) else 0.34 for word in words if not word.usual and (_plain(word) or not word.edge))
