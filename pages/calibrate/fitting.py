"""Fitting a recalibration from the labels at hand, and keeping it."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import streamlit as st

from core.calibration.fit import Candidate, Comparison, Name, split
from core.spreadsheet import Cell
from core.studio import Material
from pages.calibrate import tables
from pages.calibrate.publish import AGAIN
from pages.calibrate.subject import probabilities_key
from pages.calibrate.words import many
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace

_NAMES: dict[Name, str] = {
    "none": "Scores themselves",
    "shipped": "As shipped",
    "platt": "S-curve of the score",
    "isotonic": "Steps in the score",
    "contextual": "Score and standing in its case",
}
_LOG_LOSS = st.column_config.NumberColumn(
    format="%.3f",
    help="How far the probabilities lie from the verdicts; one that is sure and wrong weighs most. Lower is better.",
)
_WANTED = "calibrate.fit_now"
_FITTED: WeakKeyDictionary[Material, Comparison] = WeakKeyDictionary()


def fitted(material: Material) -> Comparison | None:
    """What was fitted from this material, as long as the server has it in memory; fitted now where that was asked."""
    if st.session_state.pop(_WANTED, False) and material not in _FITTED:
        with st.spinner("Fitting, and judging each fit on cases that it has not seen", show_time=True):
            _FITTED[material] = workspace().studio.fit(material)
    return _FITTED.get(material)


def offer(material: Material) -> None:
    st.markdown("**Better probabilities from these labels**")
    comparison = fitted(material)
    if comparison is None:
        st.caption(
            f"{len(split(material.cases, 0)[0]):,} of {many(len(material.cases), 'labelled case')} are used to fit. "
            "Only the others can certify a threshold afterwards: what was fitted on a case never certifies on it."
        )
        st.button("Fit from these labels", key="calibrate.fit", icon=":material/model_training:", on_click=_on_fit)
        return
    if comparison.problem:
        st.info(plain(comparison.problem), icon=":material/info:")
        return
    columns = candidate_columns(comparison)
    formats = dict.fromkeys(("Gain", "give or take"), tables.THREE)
    tables.draw(columns, formats={**formats, "Log loss": _LOG_LOSS})
    st.markdown(why(comparison))
    for sentence in comparison.refused:
        st.caption(plain(sentence))
    _keep(material, comparison)


def candidate_columns(comparison: Comparison) -> dict[str, list[Cell]]:
    """One row a candidate, from the simplest on."""
    found: Sequence[Candidate] = comparison.candidates
    return {
        "Probabilities by": [_NAMES[c.name] for c in found],
        "Log loss": [_three(c.log_loss) for c in found],
        "Gain": [_three(c.gain) for c in found],
        "give or take": [_three(c.gain_error) for c in found],
        "": ["chosen" if c is comparison.chosen else "now" if c is comparison.before else "" for c in found],
    }


def _three(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def why(comparison: Comparison) -> str:
    """Why that candidate and no other, in a sentence or two."""
    chosen, before = comparison.chosen, comparison.before
    if chosen is before:
        return (
            f"None fits clearly better than “{_NAMES[before.name]}”, so nothing changes. "
            "More labelled cases may show a difference."
        )
    return (
        f"**{_NAMES[chosen.name]}** fits clearly better than “{_NAMES[before.name]}”, and best of those that do. "
        f"Each was judged on cases that its fit had not seen, {many(len(comparison.trained_on), 'case')} in all."
    )


def _keep(material: Material, comparison: Comparison) -> None:
    model = comparison.chosen.recalibration
    if comparison.chosen is comparison.before or model.version == material.version:
        return
    st.caption(
        f"Its {many(len(comparison.trained_on), 'case')} can no longer certify a threshold. The review screens change "
        "only when a threshold for these probabilities is put in force."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if not reviewer():
            ask_reviewer("Your name, to sign what is kept")
        st.button(
            "Keep and use",
            key="calibrate.keep",
            type="primary",
            disabled=not reviewer(),
            on_click=_on_keep,
            args=(material, comparison),
        )


@callback
def _on_fit() -> None:
    st.session_state[_WANTED] = True


@callback
def _on_keep(material: Material, comparison: Comparison) -> None:
    version = workspace().studio.keep(comparison, comparison.chosen.recalibration, by=reviewer())
    st.session_state[probabilities_key(material.subject)] = version
    st.session_state[AGAIN] = True
