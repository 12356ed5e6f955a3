"""The determination screen: the head with the clock, criteria and steps on the left, the course and proof beside it."""

import streamlit as st

from pages.components.frame import open_case, show_flash
from pages.determine.actions import actions_panel
from pages.determine.course import course_panel
from pages.determine.criteria import criteria_panel
from pages.determine.exports import exports
from pages.determine.head import head
from pages.determine.opened import opened_panel
from pages.determine.place import seen


def page() -> None:
    show_flash()
    case = open_case()
    if case is None:
        return
    now = seen(case.id)
    head(now)
    if now.facts.blind:
        _blind()
        return
    left, right = st.columns([11, 9], gap="medium")
    with left:
        if now.state.signed_off:
            actions_panel(now)
            criteria_panel(now)
        else:
            criteria_panel(now)
            actions_panel(now)
    with right:
        course_panel(now)
        opened_panel(now)
    with st.container():
        exports(case)


def _blind() -> None:
    st.info(
        "You review this case a second time, without seeing the first review. What both came to is shown here when you "
        "have decided every criterion.",
        icon=":material/visibility_off:",
    )
