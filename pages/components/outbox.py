"""Messages of a component, each taken once: the Python side of outbox.js, which sends one at a time, and again when no
answer comes.

All messages of a component are one widget to Streamlit, and of two that wait for the script it keeps the newer alone.
"""

from collections.abc import Mapping

import streamlit as st

from pages.components.sent import sent

_REMEMBERED = 8
_LONGEST_ID = 40


def heard(key: str) -> list[str]:
    """Ids of the last messages of the component `key` that were taken; to be sent to it as `heard`."""
    return list(st.session_state.get(_name(key), ()))


def is_new(key: str, name: str) -> bool:
    """Whether the message `name` that has just come was not taken before; it is now. To be asked once, in its callback.

    A message without an id is new.
    """
    match sent(key, name):
        case Mapping() as message if isinstance(own := message.get("id"), str) and len(own) <= _LONGEST_ID:
            known = heard(key)
            if own in known:
                return False
            st.session_state[_name(key)] = [*known, own][-_REMEMBERED:]
    return True


def _name(key: str) -> str:
    return f"{key}.heard"
