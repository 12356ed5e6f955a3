"""From text to terms and their weights: the fixed knowledge of English that the embedded scorer rests on."""

import math
import re
from functools import cache, lru_cache

import Stemmer
import wordfreq

_TITLE = re.compile(r"\b(?:Mr|Ms|Mrs|Dr)\b\.?")
_SLASHED = re.compile(r"\b([a-z])/([a-z])\b")
_TOKEN = re.compile(r"[a-z]+|[^\W\d_]+|\d+(?:[.,]\d+)*")

_FUNCTION_WORDS = """
a an the of in on at to for from by with about as is are was were be been being am do does did done has have
had having will would can could may might shall should must and or but nor not no if then than that this these those it
its he she they them his her their there here what which who whom whose when where why how any some such all each
every other into onto over under between during before after above below up down out off again further once only own
same so too very just because until while i you we us our your me my mine yours s t re ve ll d m also within per via"""

_REVIEW_WORDS = """
patient patients member members documentation documented document documents evidence record records chart
note notes noted provide provided provides include included includes including indicate indicated indicates show shown
shows state stated states describe described describes report reported submitted clinical criteria criterion
requirement required request requested meet meets met following least please specify yes"""

FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())

REVIEW_WORDS = frozenset(_REVIEW_WORDS.split())
"""Words of the reviewer's question that say little about which page answers it."""

_PAGE_WORDS = 600
_COMMONEST_COUNTED, _UNKNOWN, _RAREST_COUNTED = 8.0, 2.5, 3.0
_NUMBER_WEIGHTS = (1.0, 2.5, 5.0)
_REVIEW_SHARE = 0.6
_EXPONENT = 0.85


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers of `text` in order. Letters and digits part: "20mg" gives "20", "mg".

    Titles (Mr, Ms, Dr) are left out, and "s/p", "c/o" become one token, so that neither is taken for something else.
    """
    return _TOKEN.findall(_SLASHED.sub(r"\1\2", _TITLE.sub(" ", text).lower()))


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english", 0)


@lru_cache(maxsize=200_000)
def stem(token: str) -> str:
    """Snowball English stem of a lower-case token."""
    return str(_stemmer().stemWord(token))


@cache
def _frequencies() -> dict[str, float]:
    return wordfreq.get_frequency_dict("en", "large")


def is_word(text: str) -> bool:
    """Whether wordfreq knows `text` as a word of English."""
    return text in _frequencies()


@lru_cache(maxsize=20_000)
def weight(token: str) -> float:
    """How much a match of `token` says, >= 0: minus the log of the chance that a page of 600 words holds it, ** 0.85.

    The chance follows from the word's frequency in English (wordfreq); unknown words count as rare ones. Function words
    weigh 0, numbers by their digits (1, 2.5, and 5 from three characters on), words of the review 60 % of their own.
    """
    if token in FUNCTION_WORDS:
        return 0.0
    if token[0].isdigit():
        return float(_NUMBER_WEIGHTS[min(len(token), 3) - 1] ** _EXPONENT)
    frequency = _frequencies().get(token, 0.0)
    zipf = math.log10(frequency) + 9 if frequency else _UNKNOWN
    zipf = min(max(zipf, _RAREST_COUNTED), _COMMONEST_COUNTED)
    share = _REVIEW_SHARE if token in REVIEW_WORDS else 1.0
    return float((-share * math.log(-math.expm1(-_PAGE_WORDS * 10 ** (zipf - 9)))) ** _EXPONENT)
