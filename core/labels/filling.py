"""Ground truth that lists relevant pages alone: all other pages become "not relevant", because somebody says so."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from core.domain import Case, Label, PageRef
from core.labels.resolving import PageCounts


class Judged(NamedTuple):
    """A document whose pages were all judged for a criterion of a case."""

    case: int
    document: str
    """SHA-256, hex."""
    criterion: str


def every_page(cases: Sequence[Case]) -> list[Judged]:
    """All documents in force and all criteria of the cases: they were judged from the first page to the last."""
    return [Judged(case.id, d.document, c.id) for case in cases for d in case.documents for c in case.criteria]


def fill_not_relevant(
    labels: Sequence[tuple[int, Label]], judged: Iterable[Judged], pages: PageCounts, *, by: str, at: datetime
) -> list[tuple[int, Label]]:
    """`labels`, and for each `judged` a label "not_relevant" by `by` for every page that nobody labelled.

    All labels of what was judged get chance 1, so that a criterion is wholly labelled once all documents of its case
    were judged. Labels of anything else stay as they are. Call it only where somebody vouches that a page without a
    row was looked at: most files of labels say nothing of such pages. Copies and pages that could not be read are
    filled as well. New labels have the arm "found" and stand at the end, by case, document, criterion and page as
    given.
    """
    count = pages if callable(pages) else pages.__getitem__
    whole = dict.fromkeys(judged)
    seen = {(case, label.page, label.criterion) for case, label in labels}
    out = [
        (case, replace(label, inclusion_probability=1.0) if _about(case, label) in whole else label)
        for case, label in labels
    ]
    for case, document, criterion in whole:
        for number in range(1, count(document) + 1):
            page = PageRef(document, number)
            if (case, page, criterion) not in seen:
                label = Label(page, criterion, "not_relevant", by, at, "found", inclusion_probability=1.0)
                out.append((case, label))
    return out


def _about(case: int, label: Label) -> Judged:
    return Judged(case, label.page.document, label.criterion)
