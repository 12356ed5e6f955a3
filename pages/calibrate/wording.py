"""The wording bench: another question for a criterion, tried on the labelled cases before anybody uses it."""

from dataclasses import replace
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st

from core.calibration.curves import Family, Measured
from core.calibration.threshold import at_levels
from core.domain import Criterion
from core.figures import bytes_in_words, dollars_in_words
from core.selection import Rule, threshold_milli
from core.spreadsheet import Cell
from core.studio import Material, Tried
from pages.calibrate import tables
from pages.calibrate.curve import curve
from pages.calibrate.publish import AGAIN
from pages.calibrate.words import many, percent
from pages.components.charts import CONFIG, recall_figure
from pages.components.frame import as_code, ask_reviewer, callback, plain, reviewer, workspace

_PAGE = 0
"""The unit of the curves in UNITS: relevant pages of one criterion."""
Judgement = Literal["better", "worse", "unclear"]
_MARKS: dict[Judgement, str] = {
    "better": ":green[:material/trending_up:]",
    "worse": ":red[:material/trending_down:]",
    "unclear": ":gray[:material/trending_flat:]",
}
_TRYING, _SAID = "calibrate.wording.trying", "calibrate.wording.said"
_TRIED: WeakKeyDictionary[Material, dict[tuple[str, Family], Tried]] = WeakKeyDictionary()


def wording_panel(material: Material, criterion: str, rule: Rule, family: Family) -> None:
    """Two fields, a button, and what the new wording would change; nothing is changed before it is adopted."""
    before = material.criteria[criterion]
    with st.expander("Try another wording", icon=":material/edit_note:", expanded=_said(criterion) != ""):
        if said := _said(criterion):
            st.success(plain(said), icon=":material/check:")
        wording = _asked(before)
        if wording.digest == before.digest:
            st.caption("Change the question or the instruction, then try it on the labelled cases. Nothing is saved.")
            return
        _try(material, wording, family)
        tried = _TRIED.get(material, {}).get((wording.digest, family))
        if tried is not None:
            _compare(tried, rule)
            _adopt(material, tried, rule)


def _asked(before: Criterion) -> Criterion:
    question = st.text_area("Question", before.question, key=f"calibrate.wording.{before.digest}.question", height=80)
    instruction = st.text_input(
        "Instruction for the scorer (may be empty)",
        before.instruction,
        key=f"calibrate.wording.{before.digest}.instruction",
    )
    return replace(before, question=question.strip() or before.question, instruction=instruction.strip())


def _try(material: Material, wording: Criterion, family: Family) -> None:
    """The button, and the work once it was pressed: pages are scored here, so the screen waits with a bar."""
    info = material.subject.info
    if info.sends_text_to:
        plan = workspace().wording.asked(material, wording)
        price = f", about {dollars_in_words(plan.dollars)}" if plan.dollars else ""
        st.caption(
            f"Trying it sends the text of {many(plan.pages, 'page')} to {as_code(info.sends_text_to)}: "
            f"{bytes_in_words(plan.bytes)}{price}. Somebody agreed to that for each of these cases."
        )
    st.button(
        "Try it on the labelled cases",
        key=f"calibrate.wording.try.{wording.digest}",
        icon=":material/play_arrow:",
        on_click=_on_try,
        args=(wording.digest,),
    )
    if st.session_state.get(_TRYING) != wording.digest:
        return
    del st.session_state[_TRYING]
    bar = st.progress(0.0, text="Scoring the labelled cases")

    def progress(done: int, of: int) -> None:
        bar.progress(done / max(of, 1), text=f"{done} of {of} cases")

    found = workspace().wording.run(material, wording, family, progress=progress)
    bar.empty()
    _TRIED.setdefault(material, {})[wording.digest, family] = found


@callback
def _on_try(digest: str) -> None:
    st.session_state[_TRYING] = digest
    st.session_state.pop(_SAID, None)


def _compare(tried: Tried, rule: Rule) -> None:
    figure = recall_figure(
        [
            curve(tried.measured_before, _PAGE, "criterion", name="Now", style=0),
            curve(tried.measured_after, _PAGE, "criterion", name="New wording", style=1),
        ],
        across="Share of the text kept for this criterion",
        height=300,
    )
    st.plotly_chart(
        figure, key="calibrate.wording.plot", config=CONFIG, alt="Recall against the text kept, both wordings"
    )
    columns = wording_columns(tried, rule)
    tables.draw(columns, formats={"Pages kept": tables.ONE}, shares=["Recall", "At least", "At most", "Text kept"])
    tables.download(columns, "wording.csv")
    st.caption(
        f"Relevant pages in {many(tried.cases, 'labelled case')}, with the rule that keeps {plain(rule.in_words())}. "
        "The interval speaks of cases like these. Labels that were drawn by the score of the old wording may favour it."
    )


def wording_columns(tried: Tried, rule: Rule) -> dict[str, list[Cell]]:
    """Both wordings under `rule`: recall of relevant pages with its 95 % interval, text and pages kept."""
    rows = [(_row(tried.measured_before, rule), "Now"), (_row(tried.measured_after, rule), "New wording")]
    return {
        "Wording": [name for _, name in rows],
        "Recall": [row[0] for row, _ in rows],
        "At least": [row[1] for row, _ in rows],
        "At most": [row[2] for row, _ in rows],
        "Text kept": [row[3] for row, _ in rows],
        "Pages kept": [row[4] for row, _ in rows],
    }


def _row(measured: Measured, rule: Rule) -> tuple[float | None, float | None, float | None, float, float]:
    ranked = measured.family.ranked
    level = rule.top_k if ranked else threshold_milli(rule.threshold or 0.0)
    row = at_levels(measured, [level or 1 if ranked else level or 0])[0]
    recall, interval = row.recall["page"], row.interval["page"]
    if recall is None or np.isnan(recall):
        return None, None, None, round(row.kept, 4), round(row.pages, 2)
    low, high = interval or (None, None)
    return round(recall, 4), low, high, round(row.kept, 4), round(row.pages, 2)


def judged(tried: Tried, rule: Rule) -> tuple[Judgement, str]:
    """Whether the new wording is better or worse under `rule`, and how to say it.

    Only where the two 95 % intervals of recall do not touch is it called either; the same labels count for both.
    """
    now, low, high = _row(tried.measured_before, rule)[:3]
    new, new_low, new_high = _row(tried.measured_after, rule)[:3]
    if now is None or new is None:
        return "unclear", "Not known: no relevant page is among the labels that count."
    figures = f"finds {percent(new)} of the relevant pages, now {percent(now)}"
    if new_high is not None and low is not None and new_high < low:
        return "worse", f"Worse: {figures}."
    if new_low is not None and high is not None and new_low > high:
        return "better", f"Better: {figures}."
    return "unclear", f"No clear difference: {figures}, and the intervals overlap."


def _adopt(material: Material, tried: Tried, rule: Rule) -> None:
    criteria, digest = material.criteria, tried.after.digest
    found, said = judged(tried, rule)
    st.markdown(f"{_MARKS[found]} **{said}**")
    st.markdown(
        f"Adopting it makes **version {criteria.version + 1}** of “{plain(criteria.name)}”. New cases can use it; "
        "cases that are here keep theirs, and a certificate for the old version does not hold for the new one. The "
        "labels go on to count, so adopt only a wording that **asks for the same**; what asks for something else needs "
        "an id of its own."
    )
    if not reviewer():
        ask_reviewer("Your name, to sign the new version")
    sure = found != "worse" or st.checkbox(
        "I know that it finds less, and want it all the same", key=f"calibrate.wording.sure.{digest}"
    )
    st.button(
        f"Adopt as version {criteria.version + 1}",
        key=f"calibrate.wording.adopt.{digest}",
        icon=":material/save:",
        disabled=not (reviewer() and sure),
        on_click=_on_adopt,
        args=(material, tried.after),
    )


@callback
def _on_adopt(material: Material, wording: Criterion) -> None:
    saved = workspace().wording.adopt(material, wording, by=reviewer())
    said = f"Saved as version {saved.version}. New cases can use it."
    certificate = workspace().publishing.certificate(material.subject.info.fingerprint, material.criteria.name)
    if certificate is not None and certificate.promised:
        said += f" The certificate in force does not hold for version {saved.version}: certify it again."
    st.session_state[_SAID] = wording.id, said
    st.session_state[AGAIN] = True


def _said(criterion: str) -> str:
    match st.session_state.get(_SAID):
        case (str(about), str(said)) if about == criterion:
            return said
    return ""
