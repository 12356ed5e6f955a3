"""A short way from the browser to Python: what a hand waits for is answered without a run of the screen's script.

A run of the script and its drawing take several tenths of a second. A component that asks on the line has its answer
in a few milliseconds; it tells the script afterwards, so that the rest of the screen follows. The line is a shortcut
alone: where it does not reach, a proxy say, the component goes the long way.

Who knows the token of a line speaks for the browser tab that it was made for. It is made anew for every tab, never
written down, and forgotten with the tab's session.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st

from core.errors import ChartsieveError
from pages.components.frame import UNEXPECTED, log_place

PATH = "/line"
"""Where the server (pages.door.line) listens, below the address of the app."""
Answer = Callable[[Any], Mapping[str, Any]]
"""From what the browser sent, as untrusted as anything from there, to what it gets. Raises ChartsieveError."""


class Line:
    """The line of one browser tab."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self.answers: dict[str, Answer] = {}


@dataclass
class _Server:
    listens: bool = False


_SERVER = _Server()
_UNREACHED = "line.unreached"
_LINES: WeakValueDictionary[str, Line] = WeakValueDictionary()
"""The sessions hold the lines; a session that ends takes its line with it."""


def line(**answers: Answer) -> dict[str, str] | None:
    """Answer questions of these names from now on; what a component needs to ask them, to be sent to it as `line`.

    None where the server does not listen, and once a component said that the line does not reach: what could be asked
    on it is to be sent with the rest.
    """
    if not _SERVER.listens or st.session_state.get(_UNREACHED):
        return None
    own: Line = st.session_state.setdefault("line", Line())
    own.answers.update(answers)
    _LINES[own.token] = own
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return {"path": f"/{base}{PATH}" if base else PATH, "token": own.token}


def listening() -> None:
    """The server of this process has the way on which lines are asked."""
    _SERVER.listens = True


def unreached() -> None:
    """The line does not reach this browser tab: everything goes the long way from now on. For callbacks."""
    st.session_state[_UNREACHED] = True


def answer(token: str, name: str, said: object) -> tuple[int, Mapping[str, Any]]:
    """HTTP status and body. 404: nobody is here. "problem" in the body is a sentence: what was asked was not done."""
    own = _LINES.get(token)
    if own is None or name not in own.answers:
        return 404, {}
    try:
        return 200, own.answers[name](said)
    except ChartsieveError as error:
        return 200, {"problem": str(error)}
    except Exception as error:
        log_place(error)
        return 500, {"problem": UNEXPECTED}
