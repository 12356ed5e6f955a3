"""The synthetic sample packets with their labels, as sets of questions. Nothing is ever fitted on them."""

import json
from pathlib import Path

import numpy as np

from core.intake import Limits, read_document
from core.settings import Settings
from tests.benchmarks.public import Asked, PublicSet

_FOLDER = Path(__file__).resolve().parents[2] / "sample_docs"


def sample_sets() -> list[PublicSet]:
    """One set for each `labels_*.jsonl`. A criterion without a relevant page counts as absent."""
    return [_read(labels) for labels in sorted(_FOLDER.glob("labels_*.jsonl"))]


def _read(labels: Path) -> PublicSet:
    entries = [json.loads(line) for line in labels.read_text("utf-8").splitlines()]
    name = labels.stem.removeprefix("labels_")
    limits = Limits.from_settings(Settings())
    documents = sorted({e["document"] for e in entries})
    pages = {d: [p.text for p in read_document(_FOLDER / d, document=d, limits=limits)] for d in documents}
    asked: list[Asked] = []
    absent: list[Asked] = []
    for criterion in json.loads((_FOLDER / f"criteria_{name}.json").read_text("utf-8"))["criteria"]:
        for document, texts in pages.items():
            relevant = np.zeros(len(texts), dtype=bool)
            for e in entries:
                if (e["document"], e["criterion"], e["verdict"]) == (document, criterion["id"], "relevant"):
                    relevant[e["page"] - 1] = True
            question = f"{criterion['question']}\n{criterion.get('instruction') or ''}".strip()
            (asked if relevant.any() else absent).append(Asked(document, question, relevant))
    return PublicSet(f"sample packet {name}", pages, asked, absent)
