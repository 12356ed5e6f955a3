"""The words of a page as they are compared: without what a fax machine prints, and what looks alike made one.

Pure functions. What is known of a text is kept for a while: a case is gone through again whenever a scan was read.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

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
_TOP_LINES, _TOP_DIGITS = 2, 8
"""So many digits on one of the topmost lines of a picture are a fax header, however few of its letters were read."""
LETTERS = re.compile(r"[^\W\d_]{2}|[^\W\d_].*[^\W\d_]")
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
PLAIN = re.compile(r"[a-z]{4,}")
"""A word, not what recognition makes of a line or a logo."""


class Usage(NamedTuple):
    """What is used on several pages of a case."""

    words: frozenset[str]
    """Lower case. Of two different words that are both used elsewhere neither is the other read wrongly."""
    lines: frozenset[str]
    """Letterheads, footers, lines of forms."""


NO_USAGE = Usage(frozenset(), frozenset())


class Word(NamedTuple):
    """A word as pages are compared by it."""

    raw: str
    """Lower case, without punctuation around it."""
    key: str
    """What is left when characters that look alike are one."""
    usual: bool
    """On a line that other pages have too: a letterhead or a footer may fade away, and says nothing of this page."""
    edge: bool
    """On a recognised page's first or last lines, where logos and headers become rubbish."""


def usage_of(texts: Iterable[str]) -> Usage:
    """The words on two texts or more, and the lines on three or more."""
    words: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for text in texts:
        own, said = _said(text)
        words.update(own)
        lines.update(said)
    often = (line for line, times in lines.items() if times >= _USUAL_LINE)
    return Usage(frozenset(word for word, times in words.items() if times > 1), frozenset(often))


def words_of(text: str, recognised: bool, usage: Usage = NO_USAGE) -> list[Word]:
    """In order; none of a fax header and of what else is printed on a page on its way."""
    out: list[Word] = []
    for line, words in lines_of(text, recognised):
        out += (word._replace(usual=True) for word in words) if line in usage.lines else words
    return out


@lru_cache(maxsize=128)
def lines_of(text: str, recognised: bool) -> tuple[tuple[str, tuple[Word, ...]], ...]:
    """Each line without white space around it, and its words, none of them usual yet."""
    lines = _without_stamps(text.splitlines(), recognised)
    reach = min(_EDGE_LINES, len(lines) // 5) if recognised else 0
    edge = (at < reach or at >= len(lines) - reach for at in range(len(lines)))
    return tuple(
        (line.strip(), tuple(word._replace(edge=True) for word in _words(line)) if at_edge else _words(line))
        for line, at_edge in zip(lines, edge, strict=True)
    )


@lru_cache(maxsize=4096)
def _words(line: str) -> tuple[Word, ...]:
    """Neither usual nor at an edge."""
    out = []
    for word in _PARTS.sub(" ", f" {line}").split():
        raw = word.lower()
        if not raw.isascii():
            raw = "".join(c for c in unicodedata.normalize("NFKD", raw) if not unicodedata.combining(c))
        key = _JUNK.sub("", _POINT.sub("·", raw)).translate(_ALIKE)
        for run, one in _RUNS_ALIKE:
            key = key.replace(run, one)
        if key and any(map(str.isalnum, raw)):
            out.append(Word(raw.strip(_AROUND), key, usual=False, edge=False))
    return tuple(out)


@lru_cache(maxsize=1024)
def _said(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a text, and those of its lines that may be usual."""
    lines = (line.strip() for line in text.splitlines())
    return (
        frozenset(word.strip(_AROUND) for word in text.lower().split()),
        frozenset(line for line in lines if len(line.split()) >= _USUAL_WORDS),
    )


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


def numbers_of(word: Word) -> list[str]:
    """The numbers in the word: none in a word of letters that has a digit for a letter."""
    digits, letters = sum(map(str.isdigit, word.raw)), sum(map(str.isalpha, word.raw))
    if digits < letters - 1 and not _NAMED.fullmatch(word.raw):
        return []
    return [n.replace(",", ".").replace(":", ".").lstrip("0") for n in _NUMBER.findall(word.raw)]


def joined(words: Sequence[Word]) -> str:
    """The keys without spaces, but "4 6" is not 46."""
    out: list[str] = []
    last = ""
    for word in words:
        if last.isdigit() and word.raw[:1].isdigit():
            out.append("·")
        out.append(word.key)
        last = word.raw[-1:]
    return "".join(out)
