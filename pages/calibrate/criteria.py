"""The tab "Criteria": which questions the scorer answers well, and what the rule misses of the others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st

from core.calibration.curves import Family
from core.calibration.labelled import LabelledCase
from core.calibration.threshold import ByCriterion, by_criterion, by_group
from core.certificates import Target
from core.grid import GAP
from core.selection import Rule, kept, threshold_words
from core.spreadsheet import Cell
from core.standing import aim, confidence_words
from core.studio import Material
from pages.calibrate import tables
from pages.calibrate.asking import asked
from pages.calibrate.wording import wording_panel
from pages.calibrate.words import many, percent
from pages.components.frame import plain, route, workspace

MOST_MISSES = 12
_SHARES = ("Found in cases", "Recall of pages")
Of = Literal["criteria", "groups"]
_OF: tuple[Of, ...] = ("criteria", "groups")
_ROWS = 12
"""A longer table scrolls."""
_Key = tuple[Target, Family, Rule]
_FOUND: WeakKeyDictionary[Material, tuple[_Key, list[ByCriterion], list[ByCriterion]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Miss:
    """A relevant page that the rule leaves out."""

    case: int
    case_name: str
    page: int
    """Its number in the case, from 1."""
    value: float
    """What the rule compares."""


def criteria_tab(material: Material) -> None:
    target, family = asked()
    rule, origin = _rule(material, target, family)
    st.caption(
        f"Rule: {plain(rule.in_words())} ({origin}). “{_alone(family)}” is what a criterion, taken alone, could use "
        f"and still keep {percent(target.recall)} of its relevant pages: it is in force nowhere. The settings are "
        "those of the tab Threshold."
    )
    with st.spinner("Looking at each criterion"):
        single, groups = _found(material, target, family, rule)
        found_in = {of: found_in_cases(material.certifying, rule, of) for of in _OF}
    columns = criterion_columns(material, single, family, found_in["criteria"])
    event = st.dataframe(
        tables.frame(columns, _SHARES),
        placeholder="",
        hide_index=True,
        key="calibrate.criteria",
        on_select="rerun",
        selection_mode="single-row",
        column_config=_formats(family),
        height="content" if len(single) <= _ROWS else 460,
    )
    tables.download(columns, "criteria.csv")
    chosen = event.selection.rows if event else []
    if chosen and chosen[0] < len(single):
        _misses(material, single[chosen[0]], rule)
        wording_panel(material, single[chosen[0]].name, rule, family)
    else:
        st.caption(":material/touch_app: Select a row to see the relevant pages that the rule misses.")
    if len(groups) > 1:
        with st.expander("By group", icon=":material/folder:"):
            grouped = group_columns(groups, family, found_in["groups"])
            tables.draw(grouped, formats=_formats(family), shares=_SHARES)
            tables.download(grouped, "groups.csv")


def _rule(material: Material, target: Target, family: Family) -> tuple[Rule, str]:
    """The rule to judge by, and where it comes from."""
    studio, publishing, info = workspace().studio, workspace().publishing, material.subject.info
    found = studio.find(material, target, family)
    if found.rule:
        return found.rule, f"found for {aim(target)}{confidence_words(target)}"
    rule = publishing.rule(material.criteria.name, info)
    in_force = publishing.certificate(info.fingerprint, material.criteria.name)
    return rule, f"{'in force' if in_force else 'what a new case begins with'}; the target is not certified"


def _found(
    material: Material, target: Target, family: Family, rule: Rule
) -> tuple[list[ByCriterion], list[ByCriterion]]:
    """Kept for the last settings: selecting a row computes nothing."""
    key, known = (target, family, rule), _FOUND.get(material)
    if known is None or known[0] != key:
        cases = material.certifying
        known = _FOUND[material] = (
            key,
            by_criterion(cases, family, target, rule=rule),
            by_group(cases, family, target, rule=rule),
        )
    return known[1], known[2]


def found_in_cases(cases: Sequence[LabelledCase], rule: Rule, of: Of) -> dict[str, float]:
    """Criterion or group -> share of it that keeps a relevant page under `rule`, in [0, 1], mean over cases.

    As recall of criteria on the tab Threshold: rows with every page labelled and evidence alone count. Without any of
    these there is no entry.
    """
    shares: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        relevant = case.truth == 1
        counting = np.flatnonzero(case.whole & relevant.any(axis=1))
        found = (relevant & kept(case.milli, rule)).any(axis=1)
        names = case.criteria if of == "criteria" else case.groups
        for name in {names[row] for row in counting}:
            shares[name].append(float(np.mean([found[row] for row in counting if names[row] == name])))
    return {name: float(np.mean(values)) for name, values in shares.items()}


def criterion_columns(
    material: Material, found: Sequence[ByCriterion], family: Family, found_in: Mapping[str, float]
) -> dict[str, list[Cell]]:
    """One row a criterion."""
    questions: list[Cell] = [material.criteria[one.name].question for one in found]
    first: dict[str, list[Cell]] = {"Criterion": [one.name for one in found]}
    return first | _figures(found, family, found_in) | {"Question": questions}


def group_columns(found: Sequence[ByCriterion], family: Family, found_in: Mapping[str, float]) -> dict[str, list[Cell]]:
    """One row a group."""
    first: dict[str, list[Cell]] = {"Group": [one.name or "(no group)" for one in found]}
    return first | _figures(found, family, found_in)


def _figures(found: Sequence[ByCriterion], family: Family, found_in: Mapping[str, float]) -> dict[str, list[Cell]]:
    columns: dict[str, list[Cell]] = {
        "Found in cases": [_rounded(found_in.get(one.name), 4) for one in found],
        "Recall of pages": [_rounded(one.recall, 4) for one in found],
        "Separation": [_rounded(one.auc, 3) for one in found],
        "Relevant": [one.positives for one in found],
        "Cases": [one.labelled_cases for one in found],
        "Pages kept": [round(one.pages, 2) for one in found],
        f"{_alone(family)}, seen": [_level(one.highest, family) for one in found],
        f"{_alone(family)}, promised": [_promised(one, family) for one in found],
    }
    if any(one.suspicion for one in found):
        columns["Suspicion"] = [one.suspicion for one in found]
    return columns


def _alone(family: Family) -> str:
    return "K if alone" if family.ranked else "Threshold if alone"


def _level(level: int | None, family: Family) -> float | None:
    return None if level is None else float(level) if family.ranked else level / 1000


def _promised(one: ByCriterion, family: Family) -> str:
    if one.certified is not None:
        if one.certified == 0:
            return "only by keeping every page"
        return f"{one.certified}" if family.ranked else threshold_words(one.certified / 1000)
    if one.missing_cases is not None:
        return f"{many(one.missing_cases, 'more case')} needed"
    return "not certified"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _formats(family: Family) -> dict[str, Any]:
    return {
        "Found in cases": st.column_config.NumberColumn(
            format=tables.PERCENT_FORMAT,
            help="Completely labelled cases with evidence in which the rule keeps at least one relevant page",
        ),
        "Recall of pages": st.column_config.NumberColumn(
            format=tables.PERCENT_FORMAT, help="Relevant pages that the rule keeps, each one counted"
        ),
        "Separation": st.column_config.NumberColumn(
            format="%.2f",
            help="How well scores tell relevant pages from others: the chance that a relevant page scores higher than "
            "one that is not. 1 is perfect, 0.5 is guessing. The field calls it AUC.",
        ),
        "Relevant": st.column_config.NumberColumn(help="Relevant pages among the labels that count"),
        "Cases": st.column_config.NumberColumn(help="Cases with a label that counts"),
        "Pages kept": tables.ONE,
        f"{_alone(family)}, seen": st.column_config.NumberColumn(
            format="localized" if family.ranked else "%.3f",
            help="On these labels, for this criterion alone. Not in force, and no promise.",
        ),
        f"{_alone(family)}, promised": st.column_config.TextColumn(
            help="What could be promised for this criterion alone, not for all at once. Not in force."
        ),
        "Suspicion": st.column_config.TextColumn(width="large", help="What looks wrong about its wording"),
        "Question": st.column_config.TextColumn(width="large"),
    }


def _misses(material: Material, one: ByCriterion, rule: Rule) -> None:
    question = material.criteria[one.name].question
    st.markdown(f"**{plain(one.name)}** {plain(question)}")
    if one.suspicion:
        st.markdown(f":orange[:material/help:] {plain(one.suspicion)}")
    missed = misses(material, one.name, rule)
    if not missed:
        st.success("The rule misses no page that was labelled relevant.", icon=":material/check:")
        return
    st.caption(f"{many(len(missed), 'relevant page')} missed, the lowest first.")
    for miss in missed[:MOST_MISSES]:
        st.page_link(
            route("review"),
            label=f"{miss.value:.3f} · {plain(miss.case_name)}, page {miss.page}",
            icon=":material/open_in_new:",
            query_params={"case": str(miss.case), "criterion": one.name, "page": str(miss.page)},
        )
    if len(missed) > MOST_MISSES:
        st.caption(f"{len(missed) - MOST_MISSES:,} others are not listed.")


def misses(material: Material, criterion: str, rule: Rule) -> list[Miss]:
    """Pages labelled relevant for the criterion that `rule` leaves out, the lowest first; in every labelled case."""
    found = []
    for case in material.cases:
        if criterion not in case.criteria:
            continue
        row = case.criteria.index(criterion)
        milli = case.milli[row : row + 1]
        lost = (case.truth[row] == 1) & ~kept(milli, rule)[0] & (milli[0] != GAP)
        found += [
            Miss(case.case, material.names[case.case], int(page) + 1, float(case.compared[row, page]))
            for page in np.flatnonzero(lost)
        ]
    return sorted(found, key=lambda miss: (miss.value, miss.case, miss.page))
