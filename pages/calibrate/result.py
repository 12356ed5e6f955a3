"""What was found, as a card: the rule and its promise, or what is missing for one."""

import re

import streamlit as st

from core.calibration.curves import Measured
from core.calibration.threshold import Found
from core.certificates import UNITS
from core.standing import aim, confidence_words, tidy
from core.studio import Material
from pages.calibrate.words import METHODS, at_most, level_words, many, percent
from pages.calibrate.words import UNITS as UNIT_NAMES
from pages.components.frame import plain, route

_COUNTED = "Not certified:"
"""How advice begins that says how many labels are missing."""
_UNSURE = re.compile(r"\s*\d+ pages? w(?:as|ere) judged unsure:.*$")


def card(material: Material, found: Found, measured: Measured) -> None:
    """Headline, what it costs, what it rests on. The place to publish comes below it."""
    st.markdown(f"#### {headline(found)}")
    if found.rule is None:
        _instead(found)
    else:
        _figures(found)
        st.caption(of_units(found, measured))
        advice = _advice(found)
        st.caption(rests_on(material, found) + (f"  \n:material/info: {plain(advice)}" if advice else ""))
    if unsure := _unsure(found):
        st.caption(f":material/info: {plain(unsure)}")


def headline(found: Found) -> str:
    """The result in one sentence, as Markdown: the rule with its promise, or what is missing for one."""
    if found.rule is None or found.level is None:
        return f":orange[:material/gpp_maybe:] {plain(_refusal(found))}"
    rule = level_words(found.family, found.level)
    if found.family.cap:
        rule += f" with at most {many(found.family.cap, 'page')}"
    rule = rule[0].upper() + rule[1:]
    if found.certified:
        keeps = "keep" if found.family.ranked and found.level > 1 else "keeps"
        goal = f"{aim(found.target)}{confidence_words(found.target, len(found.cases))}"
        return f":green[:material/verified:] {rule} {keeps} at least {goal}."
    return f":gray[:material/visibility:] {rule} kept {percent(found.observed)} on these labels: no promise."


def rests_on(material: Material, found: Found) -> str:
    """ "Checked on 64 cases, 412 labels, 70 relevant pages. Proven: at least 96.3%. Seen: 98.2%.".

    One lower limit: the interval of what was seen is given where nothing is proven.
    """
    said = f"{'Checked' if found.certified else 'Seen'} on {many(len(found.cases), 'case')}, "
    said += f"{many(found.labels, 'label')}, {many(found.positives, 'relevant page')}."
    proven = found.certified and found.bound is not None
    if proven:
        said += f" Proven: at least {percent(found.bound)}."
    if found.observed is not None:
        said += f" Seen: {percent(found.observed)}"
        if found.interval and not proven:
            said += f" (95% interval {percent(found.interval[0])} to {at_most(found.interval[1])})"
        said += "."
    return f"{said} It compares {_compared(material)}."


def of_units(found: Found, measured: Measured) -> str:
    """Recall of every unit at the rule, as seen; what the labels do not tell is left out."""
    if found.level is None:
        return ""
    at = measured.levels.tolist().index(found.level)
    seen = {unit: float(measured.recall[unit][at]) for unit in UNITS}
    if found.observed is not None:
        seen[found.target.unit] = found.observed
    said = [f"{UNIT_NAMES[unit].lower()} {percent(recall)}" for unit, recall in seen.items() if recall == recall]
    return f"Recall seen at this rule: {' · '.join(said)}"


def _compared(material: Material) -> str:
    return f"probabilities (version {material.version})" if material.recalibration else "the scores themselves"


def _figures(found: Found) -> None:
    one, together, pages, all_pages = st.columns(4)
    one.metric("Text kept, one criterion", percent(found.kept))
    together.metric("Text kept, whole case", percent(found.kept_together))
    pages.metric("Pages, one criterion", _number(found.pages))
    all_pages.metric("Pages, whole case", _number(found.pages_together))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _unsure(found: Found) -> str:
    """What the advice says of pages that were judged unsure: for information, whatever was found."""
    match = _UNSURE.search(found.advice)
    return tidy(match[0].strip()) if match else ""


def _advice(found: Found) -> str:
    """What to do next or to know, without what is said of unsure pages."""
    return tidy(_UNSURE.sub("", found.advice))


def _counted(found: Found) -> bool:
    """Whether labels are all that is missing."""
    return found.advice.startswith(_COUNTED)


def _audits(found: Found) -> int | None:
    """About how many more audits would do; 0: those there are do. None where they serve no such promise."""
    return None if found.target.method == "crc" else found.missing_audits


def _refusal(found: Found) -> str:
    """Why there is no rule, in a sentence or two that nothing below repeats."""
    if not _counted(found):
        return _advice(found)
    if found.missing_cases:
        return f"{_COUNTED} {many(found.missing_cases, 'more completely labelled case')} needed."
    if audits := _audits(found):
        return f"{_COUNTED} about {many(audits, 'more audit')} needed."
    return f"{_COUNTED} these labels are too few for this promise."


def _instead(found: Found) -> None:
    """What was asked for, and the ways to a promise that there are, one line for each."""
    goal = f"{aim(found.target)}{confidence_words(found.target)}"
    st.caption(f"Asked for: at least {goal}. Until then cases keep the rule that they have.")
    if listed := ways(found):
        st.markdown("\n".join(f"- {way}" for way in listed))
    st.page_link(route("label"), label="Label pages", icon=":material/label:")


def ways(found: Found) -> list[str]:
    """Ways to a promise, as Markdown. A number that the headline says is not said again."""
    counted, audits, listed = _counted(found), _audits(found), []
    if found.missing_cases:
        of = "that many more cases" if counted else many(found.missing_cases, "more case")
        listed.append(f"Label **every page** of {of}, for each criterion.")
    other = "" if found.target.method == "audit" else f" and choose “{METHODS['audit']}” as the promise"
    if audits:
        number = f"about {many(audits, 'page')}" if found.missing_cases else "that many more pages"
        listed.append(f"Judge {number} drawn below the threshold{other}.")
    elif audits == 0 and other:
        listed.append(f"Choose “{METHODS['audit']}” as the promise: the audits there are suffice for it.")
    if counted:
        easier = ", or ask for a promise on average over cases" if found.target.method in ("ltt", "audit") else ""
        listed.append(f"Lower the recall to reach{easier}.")
    return listed
