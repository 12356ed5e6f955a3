"""The wording bench on the screen: a question is changed, tried on the labelled cases, compared and adopted."""

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.calibration.curves import Family, Measured, measure
from core.calibration.labelled import LabelledCase
from core.certificates import Target
from core.criteria import read_lines
from core.selection import Rule
from core.settings import read_settings
from core.studio import Tried
from core.workspace import Workspace
from pages.calibrate.wording import judged
from pages.components.frame import workspace
from tests.pages.test_screens import texts
from tests.studio.examples import judge, put, read_case

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


def measured(*heights: float) -> Measured:
    """One case a number: two pages, the relevant one at that height, the other at 0."""
    cases = [
        LabelledCase(
            n,
            ("Q",),
            ("",),
            np.array([[height, 0.0]]),
            np.array([100, 100]),
            np.array([[1, 0]], dtype=np.int8),
            np.ones((1, 2)),
            audited=True,
        )
        for n, height in enumerate(heights)
    ]
    return measure(cases, Family())


def tried(before: Measured, after: Measured) -> Tried:
    return Tried(VAGUE["Q"], VAGUE["Q"], before, after, len(before.cases))


def test_a_wording_is_called_worse_or_better_only_where_the_intervals_do_not_touch() -> None:
    good, bad, few = measured(*[0.9] * 30), measured(*[0.1] * 30), measured(0.9, 0.1)
    rule = Rule(0.5)
    assert judged(tried(good, bad), rule) == ("worse", "Worse: finds 0% of the relevant pages, now 100%.")
    assert judged(tried(bad, good), rule) == ("better", "Better: finds 100% of the relevant pages, now 0%.")
    assert judged(tried(few, measured(0.9, 0.9)), rule)[0] == "unclear"
    assert judged(tried(good, good), rule)[1].startswith("No clear difference")
    assert judged(tried(measured(), measured()), rule)[0] == "unclear"


def test_a_worse_wording_is_adopted_only_when_that_is_said_and_what_is_in_force_does_not_hold_for_it() -> None:
    opened = Workspace.open(read_settings())
    criteria = read_lines("Q: Has methotrexate been tried?", "Vague")
    for n in range(12):
        texts_of_case = "Methotrexate 20 mg weekly was tried and stopped.", f"The garden party {n} is on Saturday."
        case = read_case(opened, *texts_of_case, name=f"Case {n}", criteria=criteria)
        judge(opened, case, {"Q": [1]})
    material = opened.studio.material("Vague", opened.studio.subjects()[0].info.fingerprint)
    put(opened, material, opened.studio.find(material, Target(0.5, "criterion", "crc"), Family()))
    opened.close()
    st.cache_resource.clear()
    panel = AppTest.from_string(PANEL, default_timeout=60).run()
    panel.text_area[0].set_value("Is gavotinib on record?").run()
    panel.button[0].click().run()
    assert "Worse: finds 0% of the relevant pages, now 100%." in texts(panel)
    assert panel.button[-1].disabled
    panel.checkbox[0].check().run()
    panel.button[-1].click().run()
    assert not panel.exception
    (said,) = panel.success
    assert "The certificate in force does not hold for version 2: certify it again." in said.value.replace("\\", "")
