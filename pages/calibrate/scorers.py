"""The tab "Scorers": two scorers on the same labels."""

from weakref import WeakKeyDictionary

import streamlit as st

from core.certificates import UNITS, Target, Unit
from core.spreadsheet import Cell
from core.studio import Material, Subject
from pages.calibrate import tables
from pages.calibrate.asking import asked
from pages.calibrate.comparing import (
    Comparison,
    Difference,
    Seen,
    Side,
    at_budget,
    difference,
    recall_at,
    shared,
    text_for,
)
from pages.calibrate.curve import BUDGET, best_pages, curve, rows
from pages.calibrate.words import UNITS as UNIT_NAMES
from pages.calibrate.words import at_most, many, percent
from pages.components.charts import CONFIG, recall_figure
from pages.components.frame import plain, workspace
from pages.components.wording import scorer_title

_RECALL = 0.9
_BEST = (5, 10)
_SHARED: WeakKeyDictionary[Material, tuple[Material, Comparison | None]] = WeakKeyDictionary()


def scorers_tab(material: Material) -> None:
    others = _others(material)
    if not others:
        st.info(
            "Only one scorer has scored these cases. Score some of them with another one on the review screen, and "
            "both can be compared on the same labels.",
            icon=":material/compare_arrows:",
        )
        return
    fingerprint = st.selectbox(
        "Compare with",
        list(others),
        format_func=lambda f: scorer_title(others[f].info),
        key=f"calibrate.other.{material.subject.info.fingerprint}",
        width=420,
    )
    other = workspace().studio.material(material.criteria.name, fingerprint)
    with st.spinner("Measuring both"):
        comparison = _shared(material, other)
    if comparison is None:
        st.warning(
            "No labelled case was scored alike by both: the same pages, the same criteria, no gap in one alone.",
            icon=":material/compare_arrows:",
        )
        return
    names = scorer_title(material.subject.info), scorer_title(other.subject.info)
    _draw(comparison, names, asked()[0])


def _others(material: Material) -> dict[str, Subject]:
    own = material.subject
    return {
        s.info.fingerprint: s
        for s in workspace().studio.subjects()
        if s.criteria_name == own.criteria_name and s.info.fingerprint != own.info.fingerprint
    }


def _shared(first: Material, second: Material) -> Comparison | None:
    known = _SHARED.get(first)
    if known is None or known[0] is not second:
        known = _SHARED[first] = second, shared(first, second)
    return known[1]


def _draw(comparison: Comparison, names: tuple[str, str], target: Target) -> None:
    unit = target.unit
    left_out = ""
    if comparison.left_out:
        left_out = f" {many(comparison.left_out, 'labelled case')} left out: not scored alike by both."
    st.caption(
        f"Recall of {UNIT_NAMES[unit].lower()} on the same {many(len(comparison.first.cases), 'case')}, each under "
        f"the probabilities chosen for it.{left_out}"
    )
    found = difference(comparison.first.thresholds, comparison.second.thresholds, BUDGET, unit)
    st.markdown(verdict(found, names))
    drawn = []
    for n, (side, name) in enumerate(zip((comparison.first, comparison.second), names, strict=True)):
        drawn.append(curve(side.thresholds, UNITS.index(unit), "criterion", name=name, style=n))
        drawn.append(best_pages(side.best, target, "criterion", style=n, name=f"{name}, best K pages"))
    figure = recall_figure(
        [c for c in drawn if len(c.kept)], across="Share of the text kept for one criterion", budget=BUDGET
    )
    st.plotly_chart(
        figure, key="calibrate.scorers", config=CONFIG, alt=f"Curves of {names[0]} and {names[1]}. The table follows."
    )
    points = curve_columns(comparison, names, unit)
    shares = [name for name in points if name != "Threshold"]
    tables.below_plot(points, "scorers-curves.csv", formats={}, shares=shares)
    columns = comparison_columns(comparison, names, unit)
    tables.draw(columns, formats={})
    tables.download(columns, "scorers.csv")


def curve_columns(comparison: Comparison, names: tuple[str, str], unit: Unit) -> dict[str, list[Cell]]:
    """Every hundredth of a threshold: share of the text and recall of each."""
    sides = comparison.first.thresholds, comparison.second.thresholds
    columns: dict[str, list[Cell]] = {"Threshold": [n / 100 for n in range(101)]}
    for measured, name, number in zip(sides, names, (1, 2), strict=True):
        own = rows(measured)
        columns[f"Text: {number} {name}"] = own["Text for a criterion"]
        columns[f"Recall: {number} {name}"] = own[f"Recall: {UNIT_NAMES[unit].lower()}"]
    return columns


def comparison_columns(comparison: Comparison, names: tuple[str, str], unit: Unit) -> dict[str, list[Cell]]:
    """One row a scorer, each figure with its interval and the number of cases."""
    sides = comparison.first, comparison.second
    columns: dict[str, list[Cell]] = {
        "Scorer": list(names),
        f"Recall at {percent(BUDGET)} of the text": [_words(_in_budget(side, unit)) for side in sides],
    }
    for k in _BEST:
        columns[f"Recall of the best {k}"] = [_words(recall_at(side.best, k, unit)) for side in sides]
    columns[f"Text for {percent(_RECALL)} recall"] = [
        _words(text_for(side.thresholds, _RECALL, unit)) for side in sides
    ]
    return columns


def _in_budget(side: Side, unit: Unit) -> Seen:
    level = int(side.thresholds.levels[at_budget(side.thresholds, BUDGET)])
    return recall_at(side.thresholds, level, unit)


def _words(seen: Seen) -> str:
    if seen.value is None:
        return "not reached" if seen.interval is None and seen.cases else "not known"
    around = f" ({percent(seen.interval[0])} to {at_most(seen.interval[1])})" if seen.interval else ""
    return f"{percent(seen.value)}{around}, n = {seen.cases}"


def verdict(found: Difference | None, names: tuple[str, str]) -> str:
    """What the difference at the budget allows to say, as Markdown."""
    if found is None:
        return "No completely labelled case has evidence, so the two cannot be compared case by case."
    first, second = (plain(name) for name in names)
    more, less = (first, second) if found.mean >= 0 else (second, first)
    low, high = sorted((abs(found.low), abs(found.high))) if found.sure else (found.low, found.high)
    said = f"At {percent(BUDGET)} of the text"
    if found.sure:
        return (
            f"{said} **{more}** finds {_points(abs(found.mean))} more than {less} on the same "
            f"{many(found.cases, 'case')} (95% interval {_points(low)} to {_points(high)})."
        )
    return (
        f"{said} the difference is {_points(found.mean)} ({first} less {second}; 95% interval {_points(low)} to "
        f"{_points(high)}, {many(found.cases, 'case')}). **Neither can be called better yet.**"
    )


def _points(share: float) -> str:
    return f"{100 * share:+.1f} points" if share < 0 else f"{100 * share:.1f} points"
