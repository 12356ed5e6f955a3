"""The wording bench on the screen: a question is changed, tried on the labelled cases, compared and adopted."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.criteria import read_lines
from core.settings import read_settings
from core.workspace import Workspace
from pages.components.frame import workspace
from tests.pages.test_screens import texts
from tests.studio.examples import judge, read_case

VAGUE = read_lines("Q: Is gavotinib on record?\nR: Is arthritis documented?", "Vague")
PANEL = """
import streamlit as st
from core.calibration.curves import Family
from core.selection import Rule
from pages.calibrate.wording import wording_panel
from pages.components.frame import show_flash, workspace
st.session_state.setdefault("reviewer", "Q. Lead")
show_flash()
studio = workspace().studio
subject = next(s for s in studio.subjects() if s.criteria_name == "Vague")
wording_panel(studio.material("Vague", subject.info.fingerprint), "Q", Rule(0.1), Family())
"""


@pytest.fixture
def panel() -> AppTest:
    opened = Workspace.open(read_settings())
    for n in range(2):
        case = read_case(
            opened,
            "Methotrexate 20 mg weekly was tried and stopped.",
            "The garden party is on Saturday.",
            f"Only in case {n}.",
            name=f"Case {n}",
            criteria=VAGUE,
        )
        judge(opened, case, {"Q": [1]})
    opened.close()
    st.cache_resource.clear()
    return AppTest.from_string(PANEL, default_timeout=60).run()


def test_nothing_can_be_tried_before_a_word_is_changed(panel: AppTest) -> None:
    assert "Change the question" in texts(panel)
    assert not panel.button


def test_a_wording_is_tried_compared_and_adopted(panel: AppTest) -> None:
    panel.text_area[0].set_value("Has methotrexate been tried?").run()
    panel.button[0].click().run()
    assert not panel.exception
    (table,) = panel.dataframe
    assert list(table.value["Wording"]) == ["Now", "New wording"]
    before, after = table.value["Recall"]
    assert (before, after) == (0.0, 100.0)
    assert "version 2" in texts(panel)

    panel.button[-1].click().run()
    assert not panel.exception
    (said,) = panel.success
    assert said.value.replace("\\", "") == "Saved as version 2. New cases can use it."
    found = next(c for c in workspace().store.criteria_sets() if c.name == "Vague")
    assert (found.version, found["Q"].question) == (2, "Has methotrexate been tried?")
    # The labels go on to count: the new wording was scored on their cases.
    subject = next(s for s in workspace().studio.subjects() if s.criteria_name == "Vague")
    again = workspace().studio.material("Vague", subject.info.fingerprint)
    assert again.criteria.version == 2
    assert [bool(case.counts.any()) for case in again.cases] == [True, True]
    assert again.counts.other_wording == 0
