"""The calibration screen: what is calibrated at the top, and five questions about it as tabs."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.studio import Material, Subject
from pages.calibrate.criteria import criteria_tab
from pages.calibrate.empty import no_cases, no_labels, one_case, only_shown
from pages.calibrate.in_force import in_force_tab
from pages.calibrate.probabilities import probabilities_tab
from pages.calibrate.publish import AGAIN
from pages.calibrate.scorers import scorers_tab
from pages.calibrate.subject import choose, labels_line
from pages.calibrate.threshold import threshold_tab
from pages.components.frame import guard, show_flash, workspace

Draw = Callable[[Material], None]

TAB = "tab"
"""Key of the tabs, and their name in the address."""
_FROM_LABELS: dict[str, Draw] = {
    "Threshold": threshold_tab,
    "Probabilities": probabilities_tab,
    "Criteria": criteria_tab,
    "Scorers": scorers_tab,
}
_IN_FORCE = "In force"


def page() -> None:
    # All of it is drawn now: a tab that asked for that again would take the message of this run with it.
    st.session_state.pop(AGAIN, None)
    show_flash()
    subjects = workspace().studio.subjects()
    if not subjects:
        no_cases()
        return
    asked = choose(subjects)
    with st.spinner("Gathering labels and scores", show_time=True):
        material = workspace().studio.material(
            asked.subject.criteria_name, asked.subject.info.fingerprint, asked.recalibration
        )
    if material.counts.verdicts:
        st.caption(labels_line(material))
    _tabs(material, subjects)


def _tabs(material: Material, subjects: Sequence[Subject]) -> None:
    names = [*_FROM_LABELS, _IN_FORCE]
    for name, tab in zip(names, st.tabs(names, key=TAB, bind="query-params"), strict=True):
        if not tab.open:
            continue
        with tab:
            if name == _IN_FORCE:
                _body(in_force_tab, material)
            elif not material.counts.verdicts:
                no_labels(subjects)
            elif material.only_shown:
                only_shown(material)
            else:
                one_case(material)
                _body(_FROM_LABELS[name], material)


@st.fragment
def _body(draw: Draw, material: Material) -> None:
    """A tab by itself: what is set in it redraws it alone, from the material at hand."""
    if st.session_state.pop(AGAIN, False):
        st.rerun()
    with guard():
        show_flash()
        draw(material)
