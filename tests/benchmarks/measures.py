"""What the recall benchmark measures. A question's recall is the share of its relevant pages that is kept."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.public import Asked, PublicSet

Scores = Sequence[NDArray[np.float64]]


def recall_at(asked: Sequence[Asked], scores: Scores, k: int) -> tuple[float, float]:
    """Recall in the k best pages (ties by page order): mean over the questions, and over all relevant pages."""
    return _recall([(a.relevant, _best_first(s)[:k]) for a, s in zip(asked, scores, strict=True)])


def recall_in_text(public: PublicSet, scores: Scores, share: float) -> tuple[float, float]:
    """As `recall_at`, in the best pages up to and with the one that reaches `share` of the document's characters."""
    kept = []
    for asked, score in zip(public.asked, scores, strict=True):
        order = _best_first(score)
        read = np.cumsum(_lengths(public, asked)[order])
        kept.append((asked.relevant, order[: int(np.searchsorted(read, share * read[-1])) + 1]))
    return _recall(kept)


def text_for_recall(public: PublicSet, scores: Scores, target: float) -> tuple[float, float]:
    """Share of the characters, mean over the questions, that one global threshold keeps.

    The threshold is the highest, the same for all questions, that reaches `target` recall: as the mean over the
    questions, and over all relevant pages.
    """
    asked = public.asked
    hits = np.concatenate([s[a.relevant] for a, s in zip(asked, scores, strict=True)])
    per_question = np.concatenate([np.full(a.relevant.sum(), 1 / a.relevant.sum()) for a in asked])
    lengths = [_lengths(public, a) for a in asked]
    shares = []
    for weights in (per_question, np.ones_like(per_question)):
        order = np.argsort(-hits, kind="stable")
        reached = np.cumsum(weights[order]) / weights.sum()
        threshold = hits[order][np.searchsorted(reached, target - 1e-12)]
        kept = [n[s >= threshold].sum() / n.sum() for n, s in zip(lengths, scores, strict=True)]
        shares.append(float(np.mean(kept)))
    return shares[0], shares[1]


def reliability(probabilities: Scores, relevant: Sequence[NDArray[np.bool_]]) -> list[dict[str, float]]:
    """Ten bins of equal width: pages in the bin, their mean probability and the share that is relevant."""
    p, y = np.concatenate(list(probabilities)), np.concatenate(list(relevant))
    bins = np.minimum((p * 10).astype(int), 9)
    return [
        {
            "from": b / 10,
            "pages": int(n),
            "probability": float(p[bins == b].mean()),
            "relevant": float(y[bins == b].mean()),
        }
        for b in range(10)
        if (n := (bins == b).sum())
    ]


def calibration_error(table: Sequence[dict[str, float]]) -> float:
    """Expected calibration error of a reliability table: the mean gap, weighted by the pages of each bin."""
    pages = sum(row["pages"] for row in table)
    return sum(row["pages"] * abs(row["probability"] - row["relevant"]) for row in table) / pages


def _best_first(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.argsort(-scores, kind="stable")


def _lengths(public: PublicSet, asked: Asked) -> NDArray[np.float64]:
    return np.array([len(text) for text in public.pages[asked.document]], dtype=np.float64)


def _recall(kept: Sequence[tuple[NDArray[np.bool_], NDArray[np.int64]]]) -> tuple[float, float]:
    found = np.array([relevant[pages].sum() for relevant, pages in kept])
    wanted = np.array([relevant.sum() for relevant, _pages in kept])
    return float((found / wanted).mean()), float(found.sum() / wanted.sum())
