"""A data folder with many cases that are scored and labelled: what a calibration studio opens after some months.

Filled through the Store alone. The files themselves are not there: nobody opens a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from core.calibration.recalibrate import default_recalibration
from core.domain import CaseDocument, CriteriaSet, Criterion, Label, Page, PageRef, ScorerInfo, digest
from core.scorers import open_scorer
from core.settings import Settings
from core.sketch import text_sketch
from core.store import Store

CASES, CRITERIA, PAGES = 200, 80, 150
WHOLE_CASES = 60
"""Cases in which every page was judged for `WHOLE_CRITERIA` of the criteria."""
WHOLE_CRITERIA = 4
AUDITS = 110
"""Pairs drawn in each of the other cases, about."""
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
_REVIEWERS = ("A. Reviewer", "B. Reviewer")
_WORDS = tuple(f"finding{n}" for n in range(400))


@dataclass(frozen=True)
class Filled:
    """What was put into the store."""

    labels: int
    criteria: CriteriaSet
    info: ScorerInfo


def fill(store: Store, *, cases: int = CASES, seed: int = 11) -> Filled:
    """`cases` cases of PAGES pages, all scored; the first WHOLE_CASES with complete criteria, the others audited."""
    rng = np.random.default_rng(seed)
    info = open_scorer("embedded", Settings()).info
    criteria = CriteriaSet(
        "Large plan",
        tuple(
            Criterion(f"L-{n + 1:02}", f"Is requirement {n + 1} of the plan documented?", group=f"Part {n // 10 + 1}")
            for n in range(CRITERIA)
        ),
    )
    labels = sum(_case(store, n, criteria, info, rng) for n in range(cases))
    return Filled(labels, criteria, info)


def _case(store: Store, number: int, criteria: CriteriaSet, info: ScorerInfo, rng: np.random.Generator) -> int:
    """Labels given."""
    document = digest(f"case {number} of the benchmark")
    pages = [_page(document, number, n + 1, rng) for n in range(PAGES)]
    store.add_document(document, size=100_000, pages=pages)
    case = store.create_case(
        f"Request {number + 1}",
        criteria=criteria,
        documents=[CaseDocument(document, f"request_{number + 1}.pdf", PAGES)],
        scorer=info,
        rule="",
        by=_REVIEWERS[0],
    )
    relevant = _relevant(rng)
    scores = _scores(relevant, rng)
    questions, texts = [c.digest for c in criteria], [page.digest for page in pages]
    store.save_answers(
        info,
        [(q, t, s) for q, row in zip(questions, scores.tolist(), strict=True) for t, s in zip(texts, row, strict=True)],
    )
    store.update_job(case, state="done", stage="Scoring", done=CRITERIA * PAGES, total=CRITERIA * PAGES)
    drawn = _whole(rng) if number < WHOLE_CASES else _audited(scores, info, rng)
    labels = _labels(criteria, pages, info, relevant, scores, drawn)
    return store.import_labels([(case, label) for label in labels], by=_REVIEWERS[0])


def _page(document: str, case: int, number: int, rng: np.random.Generator) -> Page:
    words = [_WORDS[i] for i in rng.integers(len(_WORDS), size=int(rng.integers(40, 120)))]
    text = f"Request {case + 1}, sheet {number}\n" + " ".join(words)
    return Page(PageRef(document, number), text, sketch=text_sketch(text), body=digest(text))


def _relevant(rng: np.random.Generator) -> NDArray[np.bool_]:
    """(criteria, pages) No page for a fifth of the criteria, one to four for the others."""
    relevant = np.zeros((CRITERIA, PAGES), dtype=np.bool_)
    for row in np.flatnonzero(rng.random(CRITERIA) > 0.2):
        relevant[row, rng.choice(PAGES, size=int(rng.integers(1, 5)), replace=False)] = True
    return relevant


def _scores(relevant: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """As the embedded scorer's lie: most pages near 0.2, some at nothing, relevant ones higher but not always."""
    scores = np.where(relevant, rng.beta(8, 5, relevant.shape), rng.beta(2, 9, relevant.shape))
    scores[~relevant & (rng.random(relevant.shape) < 0.1)] = 0.0
    return scores


def _whole(rng: np.random.Generator) -> NDArray[np.float64]:
    """(criteria, pages) chances: 1 for all pages of a few criteria, NaN for the others."""
    chance = np.full((CRITERIA, PAGES), np.nan)
    chance[rng.choice(CRITERIA, size=WHOLE_CRITERIA, replace=False)] = 1.0
    return chance


def _audited(scores: NDArray[np.float64], info: ScorerInfo, rng: np.random.Generator) -> NDArray[np.float64]:
    """(criteria, pages) chances of the pairs drawn, in proportion to the square root of their probability."""
    model = default_recalibration(info.fingerprint)
    wanted = np.sqrt((model.probabilities(scores) if model else scores) + 1e-4)
    chance = np.minimum(AUDITS * wanted / wanted.sum(), 1.0)
    return np.where(rng.random(scores.shape) < chance, chance, np.nan)


def _labels(
    criteria: CriteriaSet,
    pages: Sequence[Page],
    info: ScorerInfo,
    relevant: NDArray[np.bool_],
    scores: NDArray[np.float64],
    chance: NDArray[np.float64],
) -> list[Label]:
    """One for every pair with a chance; a tenth of them are judged by two people."""
    asked = [c.id for c in criteria]
    return [
        Label(
            page=pages[c].ref,
            criterion=asked[r],
            verdict="relevant" if relevant[r, c] else "not_relevant",
            reviewer=reviewer,
            at=AT,
            arm="audit",
            inclusion_probability=float(chance[r, c]),
            blind=True,
            fingerprint=info.fingerprint,
            score=float(scores[r, c]),
        )
        for r, c in np.argwhere(~np.isnan(chance)).tolist()
        for reviewer in (_REVIEWERS if (7 * r + c) % 10 == 0 else _REVIEWERS[c % 2 :][:1])
    ]
