"""Scores of a case as a table: one row per pair of criterion and page."""

from core.chart import Chart
from core.spreadsheet import csv_text

COLUMNS = ("criterion_id", "question", "document", "page", "score", "probability", "state")


def scores_csv(chart: Chart) -> str:
    """CSV with COLUMNS, criterion by criterion, pages in order.

    `page` counts from 1 within the document. A gap has an empty score and probability, and its reason in `state`;
    every other pair is "scored". Without a recalibration `probability` is empty everywhere.
    """
    grid, names = chart.grid, chart.names
    rows: list[tuple[str | int | float | None, ...]] = []
    for r, criterion in enumerate(chart.criteria):
        for c, ref in enumerate(grid.pages):
            gap = grid.reasons.get((r, c))
            score = None if gap else round(float(grid.scores[r, c]), 6)
            known = chart.recalibrated and not gap
            probability = round(float(grid.probabilities[r, c]), 6) if known else None
            rows.append(
                (criterion.id, criterion.question, names[ref.document], ref.number, score, probability, gap or "scored")
            )
    return csv_text([COLUMNS, *rows])
