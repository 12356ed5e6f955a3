"""Headings: which column of a file is which."""

import re
from collections.abc import Iterable, Sequence

from core.text import clean_text

SYNONYMS: dict[str, tuple[str, ...]] = {
    "case": ("case", "case id", "case number"),
    "case_name": ("case name",),
    "document": ("document", "sha256", "sha 256", "document sha256", "document id"),
    "document_name": ("document name", "file", "file name", "filename"),
    "page": ("page", "page number", "page no"),
    "criterion": ("criterion id", "criterion", "criteria id"),
    "verdict": ("verdict", "label", "judgement", "judgment", "relevance", "relevant"),
    "reviewer": ("reviewer", "annotator", "labelled by", "labeled by"),
    "at": ("at", "time", "timestamp", "date", "labelled at", "labeled at"),
    "arm": ("arm",),
    "inclusion_probability": ("inclusion probability", "chance"),
    "blind": ("blind",),
    "fingerprint": ("fingerprint",),
    "recalibration": ("recalibration",),
    "score": ("score",),
    "probability": ("probability",),
    "threshold": ("threshold",),
    "seed": ("seed",),
    "note": ("note", "notes", "comment"),
}
"""Accepted headings of each field that is read, in any case, with spaces, _ or -; where several stand side by side, the
first of the list is used."""

REQUIRED = ("document", "page", "criterion", "verdict")
"""The document also counts as named by the column document_name."""

_MOST_SHOWN = 10


def normal(heading: str) -> str:
    """ "Criterion_ID " -> "criterion id"."""
    return re.sub(r"[\s_-]+", " ", clean_text(heading).casefold()).strip(" .:*")


def match_columns(headings: Sequence[str]) -> dict[str, int]:
    """Field -> 0-based position of its column; a field without a column is left out."""
    places: dict[str, int] = {}
    for position, heading in enumerate(headings):
        places.setdefault(normal(heading), position)
    first = {field: [places[w] for w in words if w in places][:1] for field, words in SYNONYMS.items()}
    return {field: found[0] for field, found in first.items() if found}


def repeated(headings: Sequence[str]) -> list[str]:
    """Fields whose very heading stands more than once."""
    names = [normal(h) for h in headings]
    return [field for field, position in match_columns(headings).items() if names.count(names[position]) > 1]


def unused_remark(headings: Iterable[str]) -> list[str]:
    """One remark that names the columns that nobody reads, or none."""
    names = [f"\N{LEFT DOUBLE QUOTATION MARK}{h[:40]}\N{RIGHT DOUBLE QUOTATION MARK}" for h in headings if h]
    if not names:
        return []
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return [f"Not used: {'column' if len(names) == 1 else 'columns'} {', '.join(names[:_MOST_SHOWN])}{more}."]
