"""Labels for export: one row a label, as JSON lines or CSV."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from operator import attrgetter

from core.domain import Arm, Criterion, Label, Verdict
from core.labels.cells import undoable_cell
from core.spreadsheet import Cell, csv_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRow:
    """One label with all that is needed to learn or estimate from it. The fields are the columns, in this order."""

    case: int
    case_name: str | None = None
    document: str
    """SHA-256 of the file, hex."""
    document_name: str
    page: int
    """1-based position in the file."""
    criterion_id: str
    question: str
    instruction: str | None = None
    """None: the criterion has none."""
    verdict: Verdict
    reviewer: str
    at: str
    """ISO 8601 in UTC, ending in Z."""
    arm: Arm
    """Why the page was labelled."""
    inclusion_probability: float | None = None
    """Chance with which the page was drawn, in (0, 1]; None: not known, and the label enters no estimate."""
    blind: bool
    """True: the reviewer could not see the score."""
    fingerprint: str
    """Of the scorer in force; scores compare only under one fingerprint."""
    recalibration: str
    """Version of what made the probability of the score, "" when nothing did."""
    score: float | None = None
    """As the scorer gave it, in [0, 1]."""
    probability: float | None = None
    """None where nothing made one of the score."""
    threshold: float | None = None
    """In force when the label was given: for the probability, or for the score where there is none."""
    seed: int | None = None
    note: str = ""


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(LabelRow))
"""Column order of both exports."""

_cells = attrgetter(*COLUMNS)


def label_row(case: int, label: Label, criterion: Criterion, *, document_name: str, case_name: str = "") -> LabelRow:
    """The export row of `label`, which is about `criterion`. A time without a zone counts as UTC."""
    return LabelRow(
        case=case,
        case_name=case_name or None,
        document=label.page.document,
        document_name=document_name,
        page=label.page.number,
        criterion_id=label.criterion,
        question=criterion.question,
        instruction=criterion.instruction or None,
        verdict=label.verdict,
        reviewer=label.reviewer,
        at=_utc(label.at),
        arm=label.arm,
        inclusion_probability=label.inclusion_probability,
        blind=label.blind,
        fingerprint=label.fingerprint,
        recalibration=label.recalibration,
        score=label.score,
        probability=label.probability if label.recalibration else None,
        threshold=label.threshold,
        seed=label.seed,
        note=label.note,
    )


def labels_jsonl(rows: Sequence[LabelRow]) -> str:
    """One JSON object a line, keys in the order of COLUMNS, null for None; ASCII, texts exactly as they are."""
    return "".join(json.dumps(dict(zip(COLUMNS, _cells(row), strict=True)), allow_nan=False) + "\n" for row in rows)


def labels_csv(rows: Sequence[LabelRow]) -> str:
    """CSV with a heading row, columns in the order of COLUMNS, empty for None, true and false for yes and no.

    Texts that a spreadsheet would run as a formula start with an apostrophe (`undoable_cell`), which `read_labels` and
    `csv_frame` take away again; the JSON lines have them as they are.
    """
    return csv_text([COLUMNS, *(tuple(map(_cell, _cells(row))) for row in rows)])


def _cell(value: Cell) -> Cell:
    return undoable_cell(value) if isinstance(value, str) else value


def _utc(at: datetime) -> str:
    moment = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")
