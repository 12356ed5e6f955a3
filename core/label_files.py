"""A file of labels -> labels of the cases that are here, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain import Case, Label
from core.errors import BadLabels
from core.labels import every_page, fill_not_relevant, preview_labels, resolve


@dataclass(frozen=True, slots=True)
class Imported:
    """What is in a file of labels, and what came of it."""

    labels: int
    """Labels in the file, with those that it implies."""
    new: int
    """Those that were not here before; 0 as long as nothing is stored."""
    cases: int
    """Cases that it speaks of."""
    remarks: tuple[str, ...] = ()
    """What was ignored or shortened, as sentences."""
    filled: int = 0
    """Labels that it implies: "not relevant" for pages without a row."""


def labels_of(
    data: bytes, filename: str, cases: Sequence[Case], *, by: str, at: datetime, whole: bool
) -> tuple[list[tuple[int, Label]], Imported]:
    """(case id, label) for all that the JSONL, CSV or qrels file says, and what that is in numbers.

    `whole`: see `core.labelling.Labelling.import_file`. Raises BadLabels with every mistake.
    """
    preview = preview_labels(data, filename)
    pages = {d.document: d.pages for case in cases for d in case.documents}
    problems = list(preview.problems)
    try:
        labels = resolve(preview.labels, cases, pages, by=by, at=at)
    except BadLabels as error:  # all mistakes at once: those of the form, and those about what is not here
        raise BadLabels(sorted([*problems, *error.problems], key=lambda p: p.row)) from error
    if problems:
        raise BadLabels(problems)
    named, count = {case for case, _ in labels}, len(labels)
    if whole:
        judged = every_page([case for case in cases if case.id in named])
        labels = fill_not_relevant(labels, judged, pages, by=by, at=at)
    return labels, Imported(len(labels), 0, len(named), preview.remarks, len(labels) - count)
