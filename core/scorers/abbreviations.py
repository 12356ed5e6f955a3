"""Clinical abbreviations, read both ways: "MRI" is found where a page spells it out, and the reverse.

`abbreviations.csv` was written for this program from common usage in clinical notes. Several expansions of one
abbreviation ("RA": rheumatoid arthritis, right atrium) all count: which is meant is not decided.
"""

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from core.scorers.words import stem, tokens

Phrase = tuple[str, ...]


@cache
def _table() -> dict[str, list[tuple[Phrase, str, bool]]]:
    """First stem of what stands for an abbreviation -> (all its stems, the abbreviation's stem, whether written short).

    Holds the expansions, and the abbreviations that `tokens` takes apart ("hba1c": hba, 1, c).
    """
    text = files("core.scorers").joinpath("abbreviations.csv").read_text(encoding="utf-8")
    entries: set[tuple[Phrase, str, bool]] = set()
    for row in csv.DictReader(text.splitlines()):
        name = row["abbreviation"]
        parts = _stems(name)
        entries.add((_stems(row["expansion"]), stem(name), False))
        if len(parts) > 1:
            entries.add((parts, stem(name), True))
    table: dict[str, list[tuple[Phrase, str, bool]]] = {}
    for entry in sorted(entries):
        table.setdefault(entry[0][0], []).append(entry)
    return table


def _stems(text: str) -> Phrase:
    return tuple(stem(token) for token in tokens(text))


def abbreviations(stems: Sequence[str]) -> Iterator[tuple[int, int, str, bool]]:
    """(start, end, abbreviation, short) for each run of `stems` that stands for an abbreviation.

    `short` is True for the abbreviation itself taken apart by `tokens`, False for one of its expansions.
    """
    table = _table()
    for i, first in enumerate(stems):
        for phrase, name, short in table.get(first, ()):
            if len(phrase) == 1 or tuple(stems[i : i + len(phrase)]) == phrase:
                yield i, i + len(phrase), name, short


def spelled(name: str) -> str:
    """The term for "`name` stands here, spelled out": no token of a text is equal to it."""
    return name + "*"
