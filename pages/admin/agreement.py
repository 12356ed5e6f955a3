"""The tab "Agreement": how far reviewers agree, on decisions before anything was settled, or on labels of pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from core.agreement import Agreement, Unit, agreement
from core.domain import CaseSummary, CriteriaSet, digest
from core.judged import DECIDED, LABELLED, Judged, between, by_criterion, compared, decisions, labels
from pages.admin.agreement_drawing import confusion, differences, figure_table, per_criterion, prevalence
from pages.admin.agreement_report import ALL, differences_csv, figures_csv
from pages.admin.agreement_words import paradox, rests_on
from pages.components.frame import guard, plain, workspace

SEED = 20260101
"""Draws the samples of the intervals: the same judgements give the same figures."""
_DECISIONS, _LABELS = "Decisions", "Page labels"
# The page alone goes to paper: no navigation, no tabs, nothing to press.
_HIDDEN = (
    "header",
    "[data-testid=stHeader]",
    "[role=tablist]",
    ".st-key-agreement_controls",
    ".st-key-agreement_files",
    ".st-key-agreement_lines",
)
_PRINT = (
    "<style>@media screen{.st-key-agreement_printed{display:none}}@page{size:landscape}"
    f"@media print{{{','.join(_HIDDEN)}{{display:none!important}}"
    ".stApp,.stApp *{overflow:visible!important}"
    ".stApp,[data-testid=stAppViewContainer],[data-testid=stMain]{position:static!important;height:auto!important}"
    "tr,.st-key-agreement_confusion{break-inside:avoid}}</style>"
)


@dataclass(frozen=True)
class Subject:
    """What is measured."""

    what: str
    criteria: CriteriaSet
    cases: dict[int, str]
    """Case -> its name."""
    judged: Judged
    units: tuple[Unit, ...]
    """Of the days that were asked for."""
    categories: tuple[str, ...]
    raters: tuple[str, ...]
    days: str


def agreement_tab() -> None:
    st.html(_PRINT)
    st.fragment(_tab)()


def _tab() -> None:
    with guard():
        with st.container(key="agreement_controls"):
            subject = _subject()
        if subject:
            _measured(subject)


def _subject() -> Subject | None:
    cases = workspace().store.cases()
    lists = sorted({(c.criteria_name, c.criteria_version) for c in cases}, key=lambda one: (one[0].casefold(), -one[1]))
    if not lists:
        st.info("There are no cases yet. Agreement is measured once two people have judged the same.")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        what = st.segmented_control(
            "What", [_DECISIONS, _LABELS], key="judged", default=_DECISIONS, required=True, bind="query-params"
        )
        chosen = st.selectbox(
            "Criteria list",
            lists,
            format_func=lambda one: f"{one[0]}, version {one[1]}",
            key="agreement.list",
            width=340,
        )
        first = st.date_input("From", value=None, key="agreement.from", width=150)
        last = st.date_input("Until", value=None, key="agreement.until", width=150)
    named = {c.id: c.name for c in cases if (c.criteria_name, c.criteria_version) == chosen}
    criteria = workspace().store.case(next(iter(named))).criteria
    judged = _judged(str(what), cases, named, criteria)
    units = between(judged.units, first, last)
    raters: tuple[str, ...] = ("first", "second")
    if what == _LABELS:
        raters = _people(units)
    categories = DECIDED if what == _DECISIONS else LABELLED
    return Subject(str(what), criteria, named, judged, units, categories, raters, _days(first, last))


def _judged(what: str, cases: Sequence[CaseSummary], named: Mapping[int, str], criteria: CriteriaSet) -> Judged:
    """What can be shown without telling a second reviewer of the first."""
    store = workspace().store
    seconds = {c.id for c in cases if c.id in named and c.second_decided}
    if what == _DECISIONS:
        return decisions(store.readings() if seconds else (), criteria, cases=seconds)
    given = store.course.assignments()
    asked = {case for case in named if case in given and "second" in given[case] and given[case]["second"].assignee}
    hidden = asked - compared(store.readings() if asked else (), criteria, cases=asked)
    return replace(labels(store.labels(), cases=set(named) - hidden), under_way=len(hidden))


def _people(units: Sequence[Unit]) -> tuple[str, ...]:
    everybody = sorted({rater for unit in units for rater in unit.ratings}, key=str.casefold)
    if len(everybody) < 3:
        return tuple(everybody)
    chosen = st.multiselect(
        "People (all, or two to compare them)", everybody, key="agreement.people", placeholder="All of them"
    )
    return tuple(chosen) if len(chosen) > 1 else tuple(everybody)


def _days(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return "all days"
    begin = f"from {first:%d %b %Y}" if first else ""
    return f"{begin} {f'until {last:%d %b %Y}' if last else ''}".strip() + " (UTC)"


def _measured(subject: Subject) -> None:
    found = _figures(_key(subject), subject)
    whole = found[ALL]
    if not whole.n:
        _nothing(subject, whole)
        return
    thing = "criteria" if subject.what == _DECISIONS else "pages"
    st.subheader(f"{subject.what}: {plain(subject.criteria.name)}, version {subject.criteria.version}", anchor=False)
    st.caption(f"{_who(subject)}, {subject.days}. {rests_on(whole, subject.judged, thing)}")
    if note := paradox(whole):
        st.info(note, icon=":material/lightbulb:")
    left, right = st.columns([11, 9], gap="large")
    with left:
        figure_table(whole)
    with right:
        prevalence(whole)
        cell = confusion(whole, subject.categories, two=len(whole.raters) == 2)
    criterion = per_criterion(found, subject.criteria)
    differing = [u for u in subject.units if _differs(u, subject.raters)]
    differences(differing, subject.raters, subject.cases, cell=cell, criterion=criterion)
    _files(subject, found, differing)


def _differs(unit: Unit, raters: Sequence[str]) -> bool:
    return len({category for rater, category in unit.ratings.items() if rater in raters}) > 1


def _who(subject: Subject) -> str:
    if subject.what == _DECISIONS:
        return "First against second review, before anything was settled"
    return plain(", ".join(subject.raters))


def _nothing(subject: Subject, whole: Agreement) -> None:
    if subject.what == _DECISIONS:
        why = (
            "No criterion of this list has two independent decisions in these days. A lead gives a second review on "
            "Cases, in the column “Who has it”; the second reviewer sees nothing of the first until both are complete."
        )
    else:
        why = "No page was judged by two people for the same criterion in these days. Label the same pages twice."
    alone = f" {whole.alone:,} were judged by one person." if whole.alone else ""
    st.info(why + alone, icon=":material/group:")


def _key(subject: Subject) -> str:
    return digest(subject.criteria.digest, repr(subject.units), repr(subject.raters), repr(subject.categories))


@st.cache_data(max_entries=8, show_spinner="Measuring agreement")
def _figures(key: str, _subject: Subject) -> dict[str, Agreement]:  # noqa: ARG001 - what it is kept under
    """All criteria together, then each that has units, in the order of the list."""
    grouped = by_criterion(_subject.units)
    groups = {ALL: list(_subject.units), **{c.id: grouped[c.id] for c in _subject.criteria if c.id in grouped}}
    return {
        name: agreement(units, _subject.categories, raters=_subject.raters or ("",), seed=SEED)
        for name, units in groups.items()
    }


def _files(subject: Subject, found: Mapping[str, Agreement], differing: Sequence[Unit]) -> None:
    about = {
        "judged": subject.what.lower(),
        "criteria_list": subject.criteria.name,
        "version": str(subject.criteria.version),
        "days": subject.days,
        "raters": " | ".join(subject.raters),
        "seed": str(SEED),
    }
    with st.container(horizontal=True, vertical_alignment="center", key="agreement_files"):
        st.download_button(
            "Figures as CSV",
            lambda: figures_csv(found, subject.criteria, subject.categories, about),
            "agreement.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Differences as CSV",
            lambda: differences_csv(differing, subject.raters, lambda case: subject.cases[case]),
            "differences.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption("Printing this page leaves out the navigation and everything to press.")
