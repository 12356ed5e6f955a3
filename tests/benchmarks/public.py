"""The public documents and questions that the recall benchmark and the default recalibration use."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.intake import Limits, read_document
from core.scorers import Scorer
from core.settings import Settings

SETS = ("covidqa", "cuad", "mtsdialog")
DEFAULT_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question asked of a document."""

    document: str
    question: str
    relevant: NDArray[np.bool_]
    """(pages,)"""


@dataclass(frozen=True, slots=True)
class PublicSet:
    name: str
    pages: dict[str, list[str]]
    """Text of the pages of each document."""
    asked: list[Asked]
    """Questions that some page of their document answers."""
    absent: list[Asked]
    """Questions of other documents that this document answers nowhere, as far as is known."""


def open_folder() -> Path:
    """The folder named on the command line, or the default; ends the program when it is not there."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    if not (folder / SETS[0] / "questions.jsonl").is_file():
        sys.exit(f"The public documents are not in {folder}. Name their folder: make bench-recall BENCH_DATA=FOLDER")
    return folder


def read_set(folder: Path, name: str) -> PublicSet:
    """The set of that name. Its absent questions are drawn with a fixed seed where there are more than needed."""
    limits = Limits.from_settings(Settings())
    documents = sorted((folder / name / "docs").glob("*.pdf"))
    pages = {p.stem: [page.text for page in read_document(p, document=p.stem, limits=limits)] for p in documents}
    asked = []
    for line in (folder / name / "questions.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        relevant = np.zeros(len(pages[entry["doc"]]), dtype=bool)
        relevant[np.array(entry["gold_pages"]) - 1] = True
        asked.append(Asked(entry["doc"], entry["question"], relevant))
    return PublicSet(name, pages, asked, _absent(pages, asked))


def _absent(pages: dict[str, list[str]], asked: list[Asked]) -> list[Asked]:
    """For each document, questions asked of others only: as many as it has of its own, fewer where there are fewer."""
    draw = np.random.default_rng(20_26)
    absent = []
    for document, texts in pages.items():
        own = {a.question for a in asked if a.document == document}
        others = sorted({a.question for a in asked} - own)
        n = min(len(others), sum(a.document == document for a in asked))
        chosen = sorted(draw.choice(len(others), n, replace=False).tolist()) if n else []
        nowhere = np.zeros(len(texts), dtype=bool)
        absent += [Asked(document, others[i], nowhere) for i in chosen]
    return absent


def raw_scores(scorer: Scorer, public: PublicSet, asked: list[Asked]) -> list[NDArray[np.float64]]:
    """The scorer's answers, (pages,) for each of `asked`."""

    async def ask() -> list[NDArray[np.float64]]:
        return [np.array((await scorer.score(a.question, public.pages[a.document])).scores) for a in asked]

    return asyncio.run(ask())
