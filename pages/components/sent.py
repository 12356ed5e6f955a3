"""What a component has sent: its state or trigger, as untrusted as anything from a browser."""

from collections.abc import Mapping

import streamlit as st


def sent(key: str, name: str) -> object:
    """The value `name` of the component `key`, None when it has sent none. The caller checks its shape."""
    state = st.session_state.get(key)
    return state.get(name) if isinstance(state, Mapping) else None
