"""Headings: which column of a table is the id, the question, the instruction, the group."""

import re
from collections.abc import Iterable, Mapping, Sequence

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "criterion id", "criteria id", "question id", "no", "nr", "number", "#", "code", "ref"),
    "question": ("question", "questions", "criterion", "criteria", "text", "description"),
    "instruction": ("instruction", "instructions", "guidance", "note", "notes"),
    "group": ("group", "section", "category"),
}
"""Accepted headings of each field, in any case, with spaces, _ or -; where several stand side by side, the first of
the list is used."""


LOGIC: Mapping[str, tuple[str, ...]] = {"logic": ("logic",), "parent": ("parent", "part of", "under")}
"""Accepted headings of the columns that say how the criteria combine."""


def normal(heading: str) -> str:
    """ "Criterion_ID " -> "criterion id"."""
    return re.sub(r"[\s_-]+", " ", heading.casefold()).strip(" .:*")


def match_columns(headings: Sequence[str]) -> dict[str, int]:
    """Field -> 0-based position of its column; a field without a column is left out."""
    return _matched(headings, SYNONYMS)


def match_logic(headings: Sequence[str]) -> dict[str, int]:
    """As `match_columns`, for "logic" and "parent"."""
    return _matched(headings, LOGIC)


def _matched(headings: Sequence[str], synonyms: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    names = [normal(h) for h in headings]
    found = {}
    for field, words in synonyms.items():
        for word in words:
            if word in names:
                found[field] = names.index(word)
                break
    return found


def repeated(headings: Sequence[str], columns: Mapping[str, int]) -> list[str]:
    """Fields whose very heading stands more than once."""
    names = [normal(h) for h in headings]
    return [field for field, position in columns.items() if names.count(names[position]) > 1]


def unused_remark(headings: Iterable[str]) -> list[str]:
    """One remark that names the columns that nobody reads, or none."""
    names = [f"\N{LEFT DOUBLE QUOTATION MARK}{h[:40]}\N{RIGHT DOUBLE QUOTATION MARK}" for h in headings if h]
    if not names:
        return []
    shown = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    return [f"Not used: {'column' if len(names) == 1 else 'columns'} {shown}."]
