"""The curve of the field as a plot and as a table: recall against the share of the text that is kept."""

from typing import Literal

import numpy as np
import streamlit as st

from core.calibration.curves import Family, Measured
from core.calibration.threshold import Found
from core.certificates import UNITS, Target
from core.spreadsheet import Cell
from core.studio import Material
from pages.calibrate import tables
from pages.calibrate.words import UNITS as UNIT_NAMES
from pages.calibrate.words import level_words, percent
from pages.components.charts import CONFIG, Chosen, Curve, recall_figure
from pages.components.frame import workspace

Across = Literal["criterion", "case"]

BUDGET = 0.15
"""Share of the text that people have in mind when they say "a few pages"."""
_BEST = (1, 2, 3, 5, 10, 20)
_ACROSS: dict[Across, str] = {"criterion": "one criterion", "case": "all criteria of a case together"}
_AXIS: dict[Across, str] = {
    "criterion": "Share of the text kept for one criterion",
    "case": "Share of the text kept for all criteria together",
}
_KEY = "calibrate.across"


def plot(material: Material, measured: Measured, target: Target, found: Found) -> None:
    across = _across()
    drawn = [curve(measured, n, across) for n in range(len(UNITS))]
    if not measured.family.ranked:
        drawn.append(best_pages(workspace().studio.measured(material, Family(ranked=True)), target, across))
    figure = recall_figure(
        [c for c in drawn if len(c.kept)],
        across=_AXIS[across],
        target=target.recall,
        budget=BUDGET,
        chosen=_chosen(measured, target, found, across),
    )
    st.plotly_chart(figure, key="calibrate.plot", config=CONFIG, alt=_alt(target, found, across))
    columns = rows(measured)
    tables.below_plot(
        columns,
        "recall-curve.csv",
        formats={},
        shares=[name for name in columns if name.startswith(("Recall", "Text"))],
        note="Recall as observed on the labels. A double click on the plot shows all of it.",
    )


def _across() -> Across:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Recall against the text kept** for", width="content")
        across: Across = st.segmented_control(
            "Text kept for",
            list(_ACROSS),
            default="criterion",
            required=True,
            format_func=_ACROSS.__getitem__,
            key=_KEY,
            persist_state="session",
            label_visibility="collapsed",
        )
    return across


def curve(measured: Measured, unit: int, across: Across, *, name: str = "", style: int | None = None) -> Curve:
    """Recall of the unit with that number in UNITS, at the levels where something changes."""
    kept = measured.kept if across == "criterion" else measured.kept_together
    recall = measured.recall[UNITS[unit]]
    at = _steps(kept, recall)
    hover = [f"{level_words(measured.family, int(measured.levels[i]))}, {measured.pages[i]:.1f} pages" for i in at]
    return Curve(name or UNIT_NAMES[UNITS[unit]], kept[at], recall[at], hover, style=unit if style is None else style)


def _steps(*columns: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[int]:
    """Levels at which any column differs from the level before; none where nothing is known."""
    values = np.stack(columns)
    if np.isnan(values).all(axis=1).any():
        return []
    changed = np.r_[True, (np.diff(values, axis=1) != 0).any(axis=0)]
    changed[-1] = True
    return [int(i) for i in np.flatnonzero(changed)]


def best_pages(
    ranked: Measured, target: Target, across: Across, *, style: int = 3, name: str = "Best K pages"
) -> Curve:
    """Recall of the target's unit by the best K pages alone, as single points."""
    levels = ranked.levels.tolist()
    at = [levels.index(k) for k in _BEST if k in levels]
    kept = ranked.kept if across == "criterion" else ranked.kept_together
    recall = ranked.recall[target.unit]
    if np.isnan(recall).all():
        at = []
    marks = [f"{levels[i]}" for i in at]
    hover = [f"{level_words(ranked.family, levels[i])}, {ranked.pages[i]:.1f} pages" for i in at]
    return Curve(name, kept[at], recall[at], hover, style=style, points=True, marks=marks)


def _chosen(measured: Measured, target: Target, found: Found, across: Across) -> Chosen | None:
    if found.level is None or found.kept is None or found.kept_together is None:
        return None
    at = measured.levels.tolist().index(found.level)
    recall = float(measured.recall[target.unit][at])
    kept = found.kept if across == "criterion" else found.kept_together
    return Chosen(level_words(measured.family, found.level), kept, recall)


def rows(measured: Measured) -> dict[str, list[Cell]]:
    """Every hundredth of a threshold, or every K. Recall is None where no label says anything."""
    at = list(range(len(measured.levels))) if measured.family.ranked else list(range(0, len(measured.levels), 10))
    first = "Best K pages" if measured.family.ranked else "Threshold"
    scale = 1 if measured.family.ranked else 1000
    columns: dict[str, list[Cell]] = {first: [int(measured.levels[i]) / scale for i in at]}
    for unit in UNITS:
        values = measured.recall[unit]
        columns[f"Recall: {UNIT_NAMES[unit].lower()}"] = [_or_none(values[i]) for i in at]
    columns["Text for a criterion"] = [_or_none(measured.kept[i]) for i in at]
    columns["Text for a case"] = [_or_none(measured.kept_together[i]) for i in at]
    columns["Pages for a criterion"] = [_or_none(measured.pages[i]) for i in at]
    columns["Pages for a case"] = [_or_none(measured.pages_together[i]) for i in at]
    return columns


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _alt(target: Target, found: Found, across: Across) -> str:
    said = f"Curve of recall against the share of the text kept for {_ACROSS[across]}. Target {percent(target.recall)}."
    if found.level is None:
        return f"{said} No rule is marked."
    kept = found.kept if across == "criterion" else found.kept_together
    return f"{said} Marked: {level_words(found.family, found.level)}, which keeps {percent(kept)} of the text."
