"""Cases with labels for the tests of the calibration screen, scored and judged without a PDF: many are quick."""

from datetime import UTC, datetime

import numpy as np

from core.domain import (
    CaseDocument,
    CriteriaSet,
    Criterion,
    Label,
    Page,
    PageRef,
    digest,
)
from core.scorers.embedded import EmbeddedScorer
from core.store import Store

CRITERIA = CriteriaSet(
    "Step therapy",
    (
        Criterion("C-1", "Has methotrexate been tried for at least 12 weeks?", group="Treatment"),
        Criterion("C-2", "Is the diagnosis documented by a specialist?", group="Diagnosis"),
        Criterion("C-3", "Was tuberculosis excluded?", group="Safety"),
    ),
)
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
PAGES = 10


def labelled_cases(store: Store, cases: int, *, seed: int = 7, whole: bool = True) -> list[int]:
    """`cases` cases of ten pages, each with one or two relevant pages for every criterion, all judged by two reviewers.

    `whole` False: only what stands high was shown and judged, and nothing is known of the chance.
    """
    rng = np.random.default_rng(seed)
    return [_case(store, n, rng, whole=whole) for n in range(cases)]


def _case(store: Store, number: int, rng: np.random.Generator, *, whole: bool) -> int:
    info = EmbeddedScorer().info
    document = digest(f"studio case {number} {rng.integers(1 << 30)}")
    texts = [f"Case {number}, page {p}. " + "Findings as before. " * int(rng.integers(5, 60)) for p in range(PAGES)]
    pages = [Page(PageRef(document, p + 1), text) for p, text in enumerate(texts)]
    store.add_document(document, size=1000, pages=pages)
    case = store.create_case(
        f"Request {number + 1}",
        criteria=CRITERIA,
        documents=[CaseDocument(document, f"request_{number + 1}.pdf", PAGES)],
        scorer=info,
        rule="",
        by="R",
    )
    relevant = np.zeros((len(CRITERIA), PAGES), dtype=bool)
    for row in relevant:
        row[rng.choice(PAGES, size=int(rng.integers(1, 3)), replace=False)] = True
    spread = np.where(relevant, rng.normal(0.62, 0.14, relevant.shape), rng.normal(0.18, 0.1, relevant.shape))
    scores = np.clip(spread, 0.01, 0.99)
    store.save_answers(
        info,
        [
            (criterion.digest, page.digest, float(scores[r, c]))
            for r, criterion in enumerate(CRITERIA)
            for c, page in enumerate(pages)
        ],
    )
    store.update_job(case, state="done", stage="Scoring", done=PAGES, total=PAGES)
    store.import_labels(
        [
            (
                case,
                Label(
                    page=page.ref,
                    criterion=criterion.id,
                    verdict="relevant" if relevant[r, c] else "not_relevant",
                    reviewer="A. Reviewer" if c % 2 else "B. Reviewer",
                    at=AT,
                    arm="audit" if whole else "shown",
                    inclusion_probability=1.0 if whole else None,
                    blind=whole,
                    fingerprint=info.fingerprint,
                    score=float(scores[r, c]),
                ),
            )
            for r, criterion in enumerate(CRITERIA)
            for c, page in enumerate(pages)
            if whole or scores[r, c] >= 0.3
        ],
        by="R",
    )
    return case
