"""The screen as a whole: its tabs. Only the one that is open is drawn."""

from collections.abc import Callable

import streamlit as st

from pages.admin.agreement import agreement_tab
from pages.admin.people import people_tab
from pages.admin.scorers import scorers_tab
from pages.admin.templates import templates_tab
from pages.components.frame import guard, show_flash

TAB = "admin"
"""Name of the tab in the address."""
_TABS: dict[str, Callable[[], None]] = {
    "Scorers": scorers_tab,
    "People": people_tab,
    "Agreement": agreement_tab,
    "Templates": templates_tab,
}


def page() -> None:
    show_flash()
    st.title("Admin", anchor=False)
    for name, tab in zip(_TABS, st.tabs(list(_TABS), key=TAB, bind="query-params"), strict=True):
        if tab.open:
            with tab, guard():
                _TABS[name]()
