"""Texts of a row -> values: for each field how it is read, what is wrong otherwise, and the cure."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, get_args

from core.domain import Arm, Verdict
from core.text import clean_text

MAX_NOTE = 2000
"""Characters of a note that are kept."""

_WHOLE = re.compile(r"-?[0-9]{1,19}(\.0+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]{1,4})?")
_SHA = re.compile(r"[0-9A-Fa-f]{64}")
_YES = ("1", "1.0", "yes", "y", "true")
_NO = ("0", "0.0", "no", "n", "false")
_VERDICTS: dict[str, Verdict] = {
    **dict.fromkeys(("relevant", *_YES), "relevant"),
    **dict.fromkeys(("not relevant", "irrelevant", *_NO), "not_relevant"),
    "unsure": "unsure",
}
_ARMS: tuple[Arm, ...] = get_args(Arm)
_FRACTION = "is not a number from 0 to 1."
_EMPTY_UNKNOWN = "Leave the cell empty where it is not known."


class Field(NamedTuple):
    parse: Callable[[str], Any]
    """Of a text that is not empty. Raises ValueError."""
    what: str
    cure: str


def cleaned(text: str) -> str:
    """As `clean_text`; text of plain visible letters, which nearly all is, is already so."""
    return text if text.isascii() and text.isprintable() else clean_text(text)


def _one_line(most: int) -> Callable[[str], str]:
    @lru_cache(maxsize=4096)
    def parse(text: str) -> str:
        if len(text) > 2 * most:  # nothing long is remembered, whatever it comes down to
            raise ValueError
        line = " ".join(cleaned(text).split())
        if len(line) > most:
            raise ValueError
        return line

    return parse


def _text(field: str, most: int) -> Field:
    return Field(_one_line(most), f"The {field} has more than {most} characters.", "Shorten it.")


def _document(text: str) -> str:
    name = _DOCUMENT(text)
    return name.lower() if _SHA.fullmatch(name) else name


_DOCUMENT = _one_line(260)


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not _WHOLE.fullmatch(text):
            raise ValueError
        number = int(text.partition(".")[0])
        if not low <= number <= high:
            raise ValueError
        return number

    return parse


def _fraction(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError
    number = float(text.replace(",", "."))
    if not 0 <= number <= 1:
        raise ValueError
    return number


def _chance(text: str) -> float:
    number = _fraction(text)
    if number == 0:
        raise ValueError
    return number


@lru_cache(maxsize=256)
def _verdict(text: str) -> Verdict:
    found = _VERDICTS.get(re.sub(r"[\s_-]+", " ", text.casefold()))
    if found is None or len(text) > 40:
        raise ValueError
    return found


def _arm(text: str) -> Arm:
    return _ARMS[_ARMS.index(text.casefold())]


def _yes_or_no(text: str) -> bool:
    answer = text.casefold()
    if answer not in (*_YES, *_NO):
        raise ValueError
    return answer in _YES


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError from error


FIELDS: dict[str, Field] = {
    "case": Field(_whole(1, 2**63 - 1), "The case is not a whole number.", "Write the number of the case, or nothing."),
    "case_name": _text("case name", 200),
    "document": Field(_document, "The document has more than 260 characters.", "Write the file's name or its SHA-256."),
    "document_name": _text("document name", 260),
    "page": Field(
        _whole(1, 10**9),
        "The page is not a whole number of 1 or more.",
        "Write the position of the page in the file; the first page is 1.",
    ),
    "criterion": Field(_one_line(40), "The criterion has more than 40 characters.", "Write the id, not the question."),
    "verdict": Field(_verdict, "The verdict is not known.", "Write relevant, not_relevant or unsure; or 1 or 0."),
    "reviewer": _text("reviewer", 80),
    "at": Field(
        _time, "The time cannot be read.", "Write it as 2026-03-01T12:30:00Z; without a zone it counts as UTC."
    ),
    "arm": Field(_arm, "The arm is not known.", f"Write {', '.join(_ARMS[:-1])} or {_ARMS[-1]}."),
    "inclusion_probability": Field(
        _chance, "The inclusion probability is not a number above 0 and up to 1.", _EMPTY_UNKNOWN
    ),
    "blind": Field(_yes_or_no, "Whether it was blind cannot be read.", "Write true or false."),
    "fingerprint": _text("fingerprint", 64),
    "recalibration": _text("recalibration", 64),
    "score": Field(_fraction, f"The score {_FRACTION}", _EMPTY_UNKNOWN),
    "probability": Field(_fraction, f"The probability {_FRACTION}", _EMPTY_UNKNOWN),
    "threshold": Field(_fraction, f"The threshold {_FRACTION}", _EMPTY_UNKNOWN),
    "seed": Field(_whole(-(2**63), 2**63 - 1), "The seed is not a whole number of 64 bits.", _EMPTY_UNKNOWN),
    "note": Field(lambda text: cleaned(text)[:MAX_NOTE], "", ""),
}
"""Every field of `core.labels.columns.SYNONYMS`."""
