"""The tab "Threshold": a recall target becomes a rule, with its promise and its price."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import streamlit as st

from core.calibration.curves import Family, Measured
from core.calibration.threshold import Row, at_levels
from core.certificates import UNITS, Unit
from core.spreadsheet import Cell
from core.studio import Material
from pages.calibrate import curve, tables
from pages.calibrate.asking import ask
from pages.calibrate.publish import offer
from pages.calibrate.result import card
from pages.calibrate.words import UNITS as UNIT_NAMES
from pages.calibrate.words import at_most, percent
from pages.components.frame import workspace

_PRESETS = {
    200: "no faint traces",
    400: "fair",
    600: "strong",
    800: "near-certain",
}
"""Thousandths -> what the heatmap calls the ready-made threshold."""
_ROWS: WeakKeyDictionary[Measured, list[Row]] = WeakKeyDictionary()
"""They are the same for every target."""


def threshold_tab(material: Material) -> None:
    studio = workspace().studio
    left, right = st.columns([3, 10], gap="medium")
    with left:
        target, family = ask()
    with right:
        with st.spinner("Measuring every threshold"):
            measured = studio.measured(material, family)
        found = studio.find(material, target, family)
        with st.container(border=True):
            card(material, found, measured)
            offer(material, found)
        curve.plot(material, measured, target, found)
    _presets(measured)


def _presets(measured: Measured) -> None:
    family = measured.family
    st.markdown(f"**{'The best K pages' if family.ranked else 'Ready-made thresholds'}** on these labels")
    if measured not in _ROWS:
        _ROWS[measured] = at_levels(measured)
    columns = preset_columns(_ROWS[measured], family)
    tables.draw(
        columns,
        formats={"Pages for a criterion": tables.ONE, "Pages for a case": tables.ONE},
        shares=[name for name in columns if name.startswith("Text")],
    )
    tables.download(columns, "thresholds.csv")


def preset_columns(rows: Sequence[Row], family: Family) -> dict[str, list[Cell]]:
    """One row a level: cost, and recall of each unit with its interval as words."""
    if family.ranked:
        columns: dict[str, list[Cell]] = {"Best K pages": [row.level for row in rows]}
    else:
        columns = {
            "Threshold": [row.level / 1000 for row in rows],
            "Meaning": [_PRESETS.get(row.level, "") for row in rows],
        }
    columns |= {
        "Pages for a criterion": [round(row.pages, 2) for row in rows],
        "Pages for a case": [round(row.pages_together, 2) for row in rows],
        "Text for a criterion": [round(row.kept, 4) for row in rows],
        "Text for a case": [round(row.kept_together, 4) for row in rows],
    }
    for unit in UNITS:
        columns[f"Recall: {UNIT_NAMES[unit].lower()}"] = [_recall(row, unit) for row in rows]
    return columns


def _recall(row: Row, unit: Unit) -> str:
    seen, around = row.recall[unit], row.interval[unit]
    if seen is None:
        return "not known"
    return percent(seen) if around is None else f"{percent(seen)} ({percent(around[0])} to {at_most(around[1])})"
