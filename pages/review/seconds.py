"""Time on pages, for the record of the case."""

from collections.abc import Sequence

from core.chart import Chart
from pages.components.frame import workspace


def record_seconds(case_id: int, chart: Chart, seen: Sequence[tuple[int, float]], *, by: str) -> None:
    """`seen`: (page number, seconds). Nothing is kept for a page that the case no longer has, nor without a name."""
    pages = chart.grid.pages
    known = [(pages[number - 1], seconds) for number, seconds in seen if number <= len(pages)]
    if by and known:
        workspace().store.findings.active(case_id, known, reviewer=by)
