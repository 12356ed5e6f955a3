"""What was found, as a card: the rule and its promise, or what is missing for one."""

import streamlit as st

from core.calibration.threshold import Found
from core.studio import Material
from pages.calibrate.words import aim, at_most, confidence_words, level_words, many, percent
from pages.components.frame import plain, route


def card(material: Material, found: Found) -> None:
    """Headline, what it costs, what it rests on. The place to publish comes below it."""
    st.markdown(f"#### {headline(found)}")
    if found.rule is None:
        _instead(found)
        return
    _figures(found)
    advice = f"  \n:material/info: {plain(found.advice)}" if found.advice else ""
    st.caption(rests_on(material, found) + advice)


def headline(found: Found) -> str:
    """The result in one sentence, as Markdown: the rule with its promise, or what is missing for one."""
    goal = f"{aim(found.target)}{confidence_words(found.target)}"
    if found.rule is None or found.level is None:
        said = plain(found.advice) if _counts(found) else f"No rule is shown to keep at least {goal}."
        return f":orange[:material/gpp_maybe:] {said}"
    rule = level_words(found.family, found.level)
    if found.family.cap:
        rule += f" with at most {many(found.family.cap, 'page')}"
    rule = rule[0].upper() + rule[1:]
    if found.certified:
        return f":green[:material/verified:] {rule} keeps at least {goal}."
    return f":gray[:material/visibility:] {rule} kept {percent(found.observed)} on these labels: no promise."


def rests_on(material: Material, found: Found) -> str:
    """ "Checked on 64 cases, 412 labels, 70 relevant pages. Seen: 98.2% (95% interval 94.1% to 100%)."."""
    said = f"{'Checked' if found.certified else 'Seen'} on {many(len(found.cases), 'case')}, "
    said += f"{many(found.labels, 'label')}, {many(found.positives, 'relevant page')}."
    if found.certified and found.bound is not None:
        said += f" Shown: at least {percent(found.bound)}."
    if found.observed is not None:
        said += f" Seen: {percent(found.observed)}"
        if found.interval:
            said += f" (95% interval {percent(found.interval[0])} to {at_most(found.interval[1])})"
        said += "."
    return f"{said} It compares {_compared(material)}."


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


def _counts(found: Found) -> bool:
    """Whether what is missing is known as a number: then it is the headline."""
    return bool(found.missing_cases or found.missing_audits)


def _instead(found: Found) -> None:
    """What was asked for, and the ways to a promise, one line for each."""
    target = found.target
    if not _counts(found):
        st.markdown(plain(found.advice))
        st.page_link(route("label"), label="Label pages", icon=":material/label:")
        return
    st.caption(
        f"Asked for: at least {aim(target)}{confidence_words(target)}. Until then cases keep the rule that they have."
    )
    ways = []
    if found.missing_cases:
        ways.append(f"- Label **every page** of {many(found.missing_cases, 'more case')}, for each criterion.")
    if found.missing_audits:
        ways.append(f"- Or judge about **{many(found.missing_audits, 'more page')}** drawn below the threshold.")
    easier = "" if target.method == "crc" else ", or ask for a promise on average over cases"
    ways.append(f"- Or lower the recall to reach{easier}.")
    st.markdown("\n".join(ways))
    st.page_link(route("label"), label="Label pages", icon=":material/label:")
