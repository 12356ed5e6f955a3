"""What a threshold should promise, and which kind of rule: the settings beside the curve."""

import streamlit as st

from core.calibration.curves import Family
from core.certificates import UNITS, Method, Target, Unit
from pages.calibrate.words import METHOD_MEANS, METHODS, UNIT_MEANS, methods_for
from pages.calibrate.words import UNITS as UNIT_NAMES

_RECALL, _UNIT, _METHOD = "calibrate.recall", "calibrate.unit", "calibrate.method"
_CONFIDENCE, _KIND, _CAP = "calibrate.confidence", "calibrate.kind", "calibrate.cap"
_KINDS = ("Threshold", "Threshold, at most K pages", "Best K pages")
_DEFAULT = Target(0.95)
_PERCENT = 95
_MOST_PAGES = 10
MOST_PAGES = 200
"""The largest K that can be asked for."""


def ask() -> tuple[Target, Family]:
    """The fields, one below the other, and what they say now."""
    st.slider(
        "Recall to reach",
        50,
        99,
        _PERCENT,
        format="%d%%",
        key=_RECALL,
        persist_state="session",
        help="The share of what matters that a rule must keep.",
    )
    unit: Unit = st.selectbox(
        "Recall of what",
        UNITS,
        UNITS.index(_DEFAULT.unit),
        format_func=UNIT_NAMES.__getitem__,
        key=_UNIT,
        persist_state="session",
    )
    st.caption(UNIT_MEANS[unit])
    _ask_method(unit)
    kind = st.selectbox("Kind of rule", _KINDS, key=_KIND, persist_state="session")
    if kind == _KINDS[1]:
        st.number_input("K: most pages for a criterion", 1, MOST_PAGES, _MOST_PAGES, key=_CAP, persist_state="session")
    return asked()


def _ask_method(unit: Unit) -> None:
    methods = methods_for(unit)
    if st.session_state.get(_METHOD) not in methods:
        st.session_state[_METHOD] = _DEFAULT.method
    method: Method = st.selectbox(
        "Promise", methods, format_func=METHODS.__getitem__, key=_METHOD, persist_state="session"
    )
    st.caption(METHOD_MEANS[method])
    if method in ("ltt", "audit"):
        st.slider(
            "Confidence",
            80,
            99,
            _PERCENT,
            format="%d%%",
            key=_CONFIDENCE,
            persist_state="session",
            help="How sure the promise is, given that cases to come are like the labelled ones.",
        )


def asked() -> tuple[Target, Family]:
    """What the fields say, also while another tab is open."""
    state = st.session_state
    unit: Unit = state.get(_UNIT, _DEFAULT.unit)
    method: Method = state.get(_METHOD, _DEFAULT.method)
    if method not in methods_for(unit):
        method = _DEFAULT.method
    target = Target(state.get(_RECALL, _PERCENT) / 100, unit, method, state.get(_CONFIDENCE, _PERCENT) / 100)
    kind = state.get(_KIND, _KINDS[0])
    cap = int(state.get(_CAP, _MOST_PAGES)) if kind == _KINDS[1] else None
    return target, Family(cap=cap, ranked=kind == _KINDS[2])
