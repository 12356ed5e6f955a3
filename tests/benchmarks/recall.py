"""Recall of the embedded scorer on public documents, beside plain BM25, and of its scores after recalibration.

    python -m tests.benchmarks.recall [FOLDER]

Recalibrations are cross-fitted: the probabilities of a document come from a model that saw no question asked of it;
mtsdialog takes no part in any fit. Platt's and the isotonic one keep the order of the raw scores, up to ties, so that
their recall is that of the raw score and only their calibration error is printed. Prints tables and, as the last line,
one JSON object; exits 1 when a figure falls short of goals.toml.
"""

import asyncio
import json
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.calibration.fitters import Judged, cross_fit, fit
from core.calibration.recalibrate import Kind
from core.scorers import open_scorer
from core.scorers.embedded import EmbeddedScorer
from core.settings import Settings
from tests.benchmarks.bm25 import Bm25
from tests.benchmarks.fit_default import TRAINED_ON, judged
from tests.benchmarks.measures import Scores, calibration_error, recall_at, recall_in_text, reliability, text_for_recall
from tests.benchmarks.public import SETS, PublicSet, open_folder, raw_scores, read_set
from tests.benchmarks.samples import sample_sets

GOALS = Path(__file__).with_name("goals.toml")
_RECALL, _SHARE = 0.9, 0.15


def bm25_scores(public: PublicSet) -> list[NDArray[np.float64]]:
    documents = {name: Bm25(pages) for name, pages in public.pages.items()}
    return [documents[a.document].scores(a.question) for a in public.asked]


def measure(public: PublicSet, scores: Scores) -> dict[str, tuple[float, float]]:
    """(mean over questions, over all relevant pages) of each figure."""
    return {
        "recall_at_5": recall_at(public.asked, scores, 5),
        "recall_at_10": recall_at(public.asked, scores, 10),
        "recall_in_15_percent": recall_in_text(public, scores, _SHARE),
        "text_at_90": text_for_recall(public, scores, _RECALL),
    }


def probabilities(
    sets: Sequence[PublicSet], cases: dict[str, list[Judged]], kind: Kind
) -> dict[str, tuple[list[NDArray[np.float64]], float]]:
    """For each set, the probabilities of its questions and the calibration error over those and the absent ones."""
    fingerprint = open_scorer("embedded", Settings()).info.fingerprint
    training = [case for name in TRAINED_ON for case in cases[name]]
    held_out = iter(cross_fit(training, fingerprint=fingerprint, kind=kind))
    by_set = {name: [next(held_out) for _case in cases[name]] for name in TRAINED_ON}
    model = fit(training, fingerprint=fingerprint, kind=kind)
    found = {}
    for public in sets:
        own = cases[public.name]
        p = by_set.get(public.name) or [model.probabilities(case.scores[None, :])[0] for case in own]
        error = calibration_error(reliability(p, [case.relevant for case in own]))
        found[public.name] = (p[: len(public.asked)], error)
    return found


def seconds(public: PublicSet) -> float:
    """150 pages by 80 criteria with a new scorer, indexing included."""
    pages = [text for texts in public.pages.values() for text in texts][:150]
    scorer = EmbeddedScorer()

    async def run() -> None:
        for asked in public.asked[:80]:
            await scorer.score(asked.question, pages)

    return _timed(lambda: asyncio.run(run()))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(public: PublicSet, rows: dict[str, Scores]) -> dict[str, dict[str, tuple[float, float]]]:
    """Prints a table for one set and gives back its figures."""
    pages = sum(map(len, public.pages.values()))
    print(f"\n{public.name}: {len(public.pages)} documents, {pages} pages, {len(public.asked)} questions")
    print(f"{'mean of questions / of pages':<34}{'recall@5':>15}{'recall@10':>15}{'15 % text':>15}{'90 % needs':>17}")
    figures = {name: measure(public, scores) for name, scores in rows.items()}
    for name, found in figures.items():
        cells = "".join(f"{found[k][0]:>9.3f}/{found[k][1]:.3f}" for k in list(found)[:3])
        print(f"{name:<34}{cells}{found['text_at_90'][0]:>10.2%}/{found['text_at_90'][1]:.2%}")
    return figures


def missed(figures: dict[str, float]) -> list[str]:
    """Sentences for the goals that were not reached, in the file of goals or against BM25 in this run."""
    goals = tomllib.loads(GOALS.read_text("utf-8"))
    low = [f"{k} is {figures[k]:.4f}, goal at least {v}" for k, v in goals["recall"].items() if figures[k] < v]
    high = [f"{k} is {figures[k]:.4f}, goal at most {v}" for k, v in goals["recall_at_most"].items() if figures[k] > v]
    plain = [
        f"{k} is {v:.4f}, plain BM25 reaches {figures['bm25_' + k]:.4f}"
        for k, v in figures.items()
        if "bm25_" + k in figures and v < figures["bm25_" + k]
    ]
    return low + high + plain


def main() -> int:
    start_seconds = _timed(lambda: asyncio.run(EmbeddedScorer().score("warm", ["warm up"])))
    folder = open_folder()
    sets = [read_set(folder, name) for name in SETS]
    scorer = open_scorer("embedded", Settings())
    figures: dict[str, float] = {}
    cases = {public.name: judged(public) for public in sets}
    kinds: tuple[Kind, ...] = ("platt", "isotonic", "contextual")
    calibrated = {kind: probabilities(sets, cases, kind) for kind in kinds}
    for public in sets:
        p, error = calibrated["contextual"][public.name]
        rows: dict[str, Scores] = {
            "plain BM25": bm25_scores(public),
            "raw score": raw_scores(scorer, public, public.asked),
        }
        found = report(public, rows | {"contextual recalibration": p})
        errors = ", ".join(f"{kind} {calibrated[kind][public.name][1]:.4f}" for kind in kinds)
        print(f"calibration error, with {len(public.absent)} absent questions: {errors}")
        for measure_name in ("recall_at_5", "recall_at_10", "recall_in_15_percent"):
            figures[f"{public.name}_{measure_name}"] = found["raw score"][measure_name][0]
            figures[f"bm25_{public.name}_{measure_name}"] = found["plain BM25"][measure_name][0]
        figures[f"{public.name}_text_of_raw"] = (
            found["contextual recalibration"]["text_at_90"][0] / found["raw score"]["text_at_90"][0]
        )
        figures[f"{public.name}_calibration_error"] = error
    for public in sample_sets():
        report(public, {"plain BM25": bm25_scores(public), "raw score": raw_scores(scorer, public, public.asked)})
    figures["seconds_to_start"] = start_seconds
    figures["seconds_150_pages_80_criteria"] = seconds(sets[0])
    print(f"\nstart {start_seconds:.2f} s; 150 pages x 80 criteria {figures['seconds_150_pages_80_criteria']:.2f} s")
    short = missed(figures)
    print("\n".join(f"MISSED: {sentence}" for sentence in short) or "all goals reached")
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
