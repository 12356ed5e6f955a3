"""Which cases are shown, and in which order. The choices stand in the address; what is searched for does not: it may
be the name of a patient."""

import streamlit as st

from core.casestate import STATUS_WORDS, STATUSES
from core.queue import Due, Order, Wanted, Whose
from pages.cases.welcome import samples
from pages.components.frame import ask_reviewer, callback, reviewer, route

_FIND = "cases.find"
_ANY = "Any state"
_STATES = {STATUS_WORDS[status]: status for status in STATUSES}
_WHOSE: dict[str, Whose] = {"All": "all", "Mine": "mine", "Nobody's": "nobody"}
_DUE: dict[str, Due] = {"Due any time": "any", "Due soon or overdue": "soon", "Overdue": "overdue"}
_ORDER: dict[str, Order] = {"Due first": "due", "Last change": "changed", "Name": "name"}
_ALL = {"whose": "All", "state": _ANY, "due": "Due any time", "flagged": False}
"""The choices by their names in the address, as they are when every case is shown. The order is no filter."""


def head() -> str:
    """The title line; what is searched for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Cases", width="content", anchor=False)
        st.space("stretch")
        words = st.text_input(
            "Find a case",
            placeholder="Find a case by name, criteria or person",
            key=_FIND,
            icon=":material/search:",
            width=340,
            label_visibility="collapsed",
        )
        with st.popover("Sample cases", icon=":material/science:", width="content"):
            samples()
        st.page_link(route("new"), label="New case", icon=":material/add:")
    return words


def wanted(words: str) -> tuple[Wanted, Order]:
    """The line of choices."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        whose = st.segmented_control(
            "Whose cases", list(_WHOSE), key="whose", default="All", required=True, bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        state = st.selectbox(
            "State",
            [_ANY, *_STATES],
            key="state",
            bind="query-params",
            label_visibility="collapsed",
            width=200,
        )
        due = st.selectbox("Due", list(_DUE), key="due", bind="query-params", label_visibility="collapsed", width=200)
        flagged = st.checkbox("Flagged", key="flagged", bind="query-params")
        st.space("stretch")
        order = st.selectbox(
            "Order", list(_ORDER), key="order", bind="query-params", label_visibility="collapsed", width=150,
            icon=":material/sort:",
        )  # fmt: skip
    wants = Wanted(
        words, _STATES.get(str(state)), _WHOSE[str(whose)], _DUE[str(due)], flagged=bool(flagged), me=reviewer()
    )
    return wants, _ORDER[str(order)]


def nothing_found(wants: Wanted) -> None:
    """What to say, and how to see all again."""
    if wants.whose == "mine" and not wants.me:
        st.info("Say who you are, and your cases are shown.", icon=":material/person:")
        with st.container(width=420):
            ask_reviewer("Your name")
    elif wants == Wanted(whose="mine", me=wants.me):
        st.info("Nothing is assigned to you. Take a case that is nobody's: its name is in the list of all.")
    else:
        st.info("No case matches.")
    st.button("Show all cases", key="cases.clear", icon=":material/filter_alt_off:", on_click=_clear)


@callback
def _clear() -> None:
    st.session_state[_FIND] = ""
    # A value that is bound to the address is set by way of its widget alone.
    for key, value in _ALL.items():
        st.session_state[key] = value
