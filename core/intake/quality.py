"""How good a text is that somebody else's recognition, or ours, made of a page. Pure functions, no word lists.

A dictionary of the language takes a second and many megabytes to load, and knows neither names nor drugs; the shape
of the words tells good text from rubbish as well.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

READABLE: Final = 0.75
"""Text of less quality does not stand for its page: on good clinical text and laboratory tables it is 0.9 and more."""

_FOLLOWERS: Final = {
    "a": "abcdefghijklmnopqrstuvwxyz",
    "b": "abcdehijlmorstuvy",
    "c": "acdehiklnoqrstuyz",
    "d": "abcdefghijlmnorstuvwy",
    "e": "abcdefghijklmnopqrstuvwxyz",
    "f": "aefgilorstuy",
    "g": "abdefghilmnorstuwy",
    "h": "abcdefilmnorstuwy",
    "i": "abcdefghijklmnopqrstuvwxz",
    "j": "aeiou",
    "k": "abefghilmnoprstuwy",
    "l": "abcdefghiklmnoprstuvwyz",
    "m": "abcefilmnopstuwy",
    "n": "abcdefghijklmnopqrstuvwxyz",
    "o": "abcdefghijklmnopqrstuvwxyz",
    "p": "abcdefghilmnoprstuwy",
    "q": "u",
    "r": "abcdefghijklmnopqrstuvwxyz",
    "s": "abcdefghijklmnopqrstuvwy",
    "t": "abcdefghilmnoprstuwyz",
    "u": "abcdefghiklmnopqrstvwxyz",
    "v": "aeioruy",
    "w": "abdefhiklnorsty",
    "x": "acefhioptuy",
    "y": "abcdefghilmnoprstuwxz",
    "z": "aehiloyz",
}
"""What follows a letter in ordinary English and Latin words."""
_NUMBER = re.compile(
    r"[<>=~+#$±-]{0,2}\(?[A-Za-z]{0,5}-?\d+(?:[.,:/x×–-]{1,2}\d+)*\)?(?:[-/]?(?:[A-Za-zµμ%°]{1,6}))?(?:/[A-Za-zµμ0-9]{1,6})*[*+%]?"
)
"""A count, date, time, code, dose or value with its unit: 7.2, 03/14/2026, 120/80, J44.1, 15mg, A1c, mg/dL is none."""
_UNIT = re.compile(r"[A-Za-zµμ%°]{1,6}(?:/[A-Za-zµμ%°0-9.]{1,7}){1,3}")
_CASES = re.compile(r"[a-z]+|[A-Z]+s?|[A-Z][a-z]+|(?:[A-Z][a-z]+){2,3}|(?:Mc|Mac|O)[A-Z][a-z]+|[a-z]{1,2}[A-Z][a-z]?")
_AROUND = ".,;:!?()[]{}\"'“”‘’*•·–—-_/"
_SINGLE = frozenset("aiAIxXLlRrMFmfgNnsShHkKcCvVOo")
"""Letters that stand alone in charts: a tick, a side, a sex, a unit; rubbish is full of the others too."""
_VOWELS = frozenset("aeiouy")
_ENOUGH_LETTERS = 40
"""Fewer characters of words without digits are not judged alone."""
_MOST_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")


def text_quality(words: Sequence[str]) -> float:
    """Share of the characters, 0 to 1, that are in words which look like language, numbers or codes; 0.0 for none.

    Of words and numbers together, or of words alone where that is less: digits may be right in a layer whose letters
    are not. One or two marks alone, such as a dash or a bullet, count for nothing.
    """
    good = {True: 0, False: 0}
    total = {True: 0, False: 0}
    for word in words:
        number = any(c.isdigit() for c in word)
        if len(word) < 3 and not any(c.isalnum() for c in word):
            continue
        total[number] += len(word)
        good[number] += len(word) * _is_language(_core(word))
    if not any(total.values()):
        return 0.0
    share = sum(good.values()) / sum(total.values())
    return min(share, good[False] / total[False]) if total[False] >= _ENOUGH_LETTERS else share


def good_words(words: Sequence[str]) -> int:
    """How many words of at least two characters look like language, numbers or codes."""
    return sum(len(w) > 1 and _is_language(_core(w)) for w in words)


def _core(word: str) -> str:
    """Without the marks around it."""
    return unicodedata.normalize("NFKD", word).strip(_AROUND)


def _is_language(core: str) -> bool:
    if not core:
        return False
    if any(c.isdigit() for c in core):
        return bool(_NUMBER.fullmatch(core))
    if _UNIT.fullmatch(core) and "/" in core:
        return True
    parts = [p for p in re.split(r"[-–—/'’.&,@_]", core) if p]
    return bool(parts) and len(parts) <= max(4, len(core) // 4) and all(_is_word(p) for p in parts)


def _is_word(part: str) -> bool:
    letters = "".join(c for c in part if not unicodedata.combining(c))
    if not letters.isalpha():
        return False
    if not letters.isascii():
        return True  # another script: nothing is known of its words
    if len(letters) == 1:
        return letters in _SINGLE
    if not _CASES.fullmatch(letters):
        return False
    if letters.isupper() and len(letters) <= 5:
        return True  # an abbreviation
    low = letters.lower()
    if len(low) > 3 and not _VOWELS.intersection(low):
        return False
    odd = sum(b not in _FOLLOWERS.get(a, "") for a, b in pairwise(low))
    return odd <= len(low) // 9 and not _MOST_CONSONANTS.search(low)
