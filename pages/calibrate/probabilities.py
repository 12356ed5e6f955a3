"""The tab "Probabilities": does a number mean what it says, and would labels make better ones?"""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st

from core.calibration.labelled import LabelledCase
from core.calibration.recalibrate import Recalibration
from core.calibration.reliability import (
    Bin,
    CalibrationError,
    Histogram,
    expected_calibration_error,
    histogram,
    reliability,
)
from core.spreadsheet import Cell
from core.studio import Material
from pages.calibrate import tables
from pages.calibrate.fitting import fitted, offer
from pages.calibrate.words import many
from pages.components.charts import CONFIG, Bars, Reliable, histogram_figure, reliability_figure

Judged = tuple[str, tuple[Bin, ...], CalibrationError | None]
"""Name of what makes the number, its bins, its error."""

_JUDGED: WeakKeyDictionary[Material, tuple[str, list[Judged]]] = WeakKeyDictionary()
_HISTOGRAMS: WeakKeyDictionary[Material, Histogram] = WeakKeyDictionary()


def probabilities_tab(material: Material) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        _histogram(material)
    with right:
        _reliability(material)
    with st.container(border=True):
        offer(material)


def _histogram(material: Material) -> None:
    st.markdown("**Where relevant pages lie**")
    if material not in _HISTOGRAMS:
        _HISTOGRAMS[material] = histogram(material.cases)
    found = _HISTOGRAMS[material]
    what = "Probability" if material.recalibration else "Score"
    bars = [
        Bars("relevant", found.relevant_labels.astype(np.float64), style=0),
        Bars("not relevant", found.not_relevant_labels.astype(np.float64), style=1),
    ]
    st.plotly_chart(
        histogram_figure(found.edges, bars, across=what),
        key="calibrate.histogram",
        config=CONFIG,
        alt=f"{what} of labelled pages, relevant ones beside others. The table below has the numbers.",
    )
    columns: dict[str, list[Cell]] = {
        f"{what} from": [round(float(v), 2) for v in found.edges[:-1]],
        "to": [round(float(v), 2) for v in found.edges[1:]],
        "Relevant": found.relevant_labels.tolist(),
        "Not relevant": found.not_relevant_labels.tolist(),
        "Relevant, about, of all pages": [round(float(v), 1) for v in found.relevant],
        "Not relevant, about, of all pages": [round(float(v), 1) for v in found.not_relevant],
    }
    tables.below_plot(columns, "histogram.csv", formats={f"{what} from": tables.TWO, "to": tables.TWO})


def _reliability(material: Material) -> None:
    st.markdown("**Does a probability mean what it says?**")
    judged = _judged(material)
    drawn = [_drawn(name, bins, n) for n, (name, bins, _) in enumerate(judged)]
    st.plotly_chart(
        reliability_figure(drawn, height=360),
        key="calibrate.reliability",
        config=CONFIG,
        alt="Share of relevant labels against what the tool says, with intervals. The table has the numbers.",
    )
    for name, _, error in judged:
        if error:
            st.markdown(f"{name}: off by **{error.estimate:.3f}** on average ({error.low:.3f} to {error.high:.3f})")
    st.caption(
        "How far what the tool says lies from the share that was relevant. 0 is perfect; in brackets the 95% interval "
        "over cases. The field calls it expected calibration error."
    )
    columns = reliability_columns(judged)
    shares = ("Relevant", "at least", "at most")
    tables.below_plot(columns, "reliability.csv", formats={"Said": tables.TWO}, shares=shares)


def _judged(material: Material) -> list[Judged]:
    """The scores, what is chosen above, and what was just fitted, on cases that none of them was fitted to."""
    comparison = fitted(material)
    chosen = comparison.chosen if comparison and comparison.trained_on else None
    stamp = chosen.recalibration.version if chosen else ""
    known = _JUDGED.get(material)
    if known and known[0] == stamp:
        return known[1]
    cases = [c for c in material.certifying if comparison is None or c.case not in comparison.trained_on]
    made: list[tuple[str, Recalibration | None]] = [("Scores themselves", None)]
    if material.recalibration:
        made.append(("Chosen above", material.recalibration))
    if chosen and chosen.recalibration.version != material.version:
        made.append(("Just fitted", chosen.recalibration))
    judged = [_judge(name, model, cases) for name, model in made]
    _JUDGED[material] = stamp, judged
    return judged


def _judge(name: str, model: Recalibration | None, cases: Sequence[LabelledCase]) -> Judged:
    values = [model.probabilities(case.scores) if model else case.scores for case in cases]
    return name, reliability(cases, values), expected_calibration_error(cases, values)


def _drawn(name: str, bins: Sequence[Bin], style: int) -> Reliable:
    return Reliable(
        name,
        np.array([b.probability for b in bins]),
        np.array([b.relevant for b in bins]),
        np.array([b.relevant_low for b in bins]),
        np.array([b.relevant_high for b in bins]),
        [f"{many(b.labels, 'label')} of {many(b.cases, 'case')}" for b in bins],
        style,
    )


def reliability_columns(judged: Sequence[Judged]) -> dict[str, list[Cell]]:
    """One row a bin."""
    rows = [(name, b) for name, bins, _ in judged for b in bins]
    return {
        "Number": [name for name, _ in rows],
        "Said": [round(b.probability, 3) for _, b in rows],
        "Relevant": [round(b.relevant, 4) for _, b in rows],
        "at least": [round(b.relevant_low, 4) for _, b in rows],
        "at most": [round(b.relevant_high, 4) for _, b in rows],
        "Labels": [b.labels for _, b in rows],
        "Cases": [b.cases for _, b in rows],
    }
