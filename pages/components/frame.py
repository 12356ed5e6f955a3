"""What every screen stands on: one workspace per server, the reviewer's name, the open case, errors as sentences."""

import functools
import logging
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec

import streamlit as st

from core.domain import Case
from core.errors import ChartsieveError, NotFound
from core.settings import read_settings
from core.text import clean_text
from core.workspace import Workspace

logger = logging.getLogger(__name__)

UNEXPECTED = (
    "Something unexpected went wrong on this screen. What was saved is safe. Reload the page; "
    "if it happens again, send the log of the server to whoever looks after it."
)
SPARES = 2
"""Processes for reading documents that are kept ready: a long document takes two."""
_FLASH = "flash"
_ROUTES = "routes"
_SCREEN, _ENTERED = "screen", "entered"
_MARKS = frozenset("\\`*_{}[]()#+-.!|<>~:$&=^")
_AUTOLINK = re.compile(r"(\b(?:https?|ftp|mailto|www))", re.IGNORECASE)
P = ParamSpec("P")


@st.cache_resource(show_spinner=False, on_release=Workspace.close)
def workspace() -> Workspace:
    """The one workspace of this server. Work that an earlier process left unfinished goes on."""
    opened = Workspace.open(read_settings(), spares=SPARES)
    try:
        opened.start()
    except ChartsieveError:
        opened.close()
        raise
    return opened


@contextmanager
def guard() -> Iterator[None]:
    """Errors become sentences on the screen, and what is logged names the place but never quotes a chart."""
    try:
        yield
    except ChartsieveError as error:
        say_error(str(error))
    except Exception as error:
        log_place(error)
        say_error(UNEXPECTED)


def callback(function: Callable[P, None]) -> Callable[P, None]:
    """A widget callback whose errors are shown on the next run instead of ending this one."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except ChartsieveError as error:
            st.session_state[_FLASH] = str(error)
        except Exception as error:
            log_place(error)
            st.session_state[_FLASH] = UNEXPECTED

    return guarded


def show_flash() -> None:
    """The error of the last callback, once."""
    if message := st.session_state.pop(_FLASH, None):
        say_error(message)


def say_error(message: str) -> None:
    """An error as it stands: names and ids in it are other people's words, never Markdown."""
    st.error(plain(message), icon=":material/error:")


def log_place(error: BaseException) -> None:
    """Type and place of an error, without its message: a message can quote text of a page."""
    frames = traceback.extract_tb(error.__traceback__)
    place = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames[-4:]))
    logger.error("%s at %s", type(error).__name__, place)


def keep_routes(routes: Mapping[str, st.Page]) -> None:
    """Remember the screens by name, so that one screen can link to another without importing it."""
    st.session_state[_ROUTES] = dict(routes)


def route(name: str) -> st.Page:
    """The screen of that name: "cases", "new", "review", "determine", "adjudicate", "packet", "context", "label",
    "calibrate", "admin"."""
    page: st.Page = st.session_state[_ROUTES][name]
    return page


def keep_screen(name: str) -> None:
    """Remember which screen is drawn and which one was before, to tell an entry from a rerun."""
    st.session_state[_ENTERED] = name if st.session_state.get(_SCREEN) != name else ""
    st.session_state[_SCREEN] = name


def entered(name: str) -> bool:
    """True once after the reviewer has come to the screen `name` from another one."""
    if st.session_state.get(_ENTERED) != name:
        return False
    st.session_state[_ENTERED] = ""
    return True


def remember_reviewer() -> None:
    """Keep the reviewer's name in the address, so that a reload does not forget who is working."""
    if "reviewer" not in st.session_state:
        st.session_state.reviewer = _cleaned(st.query_params.get("by", ""))
    if st.session_state.reviewer:
        st.query_params["by"] = st.session_state.reviewer


def reviewer() -> str:
    """Name of the person at this browser, "" as long as nobody said so."""
    return str(st.session_state.get("reviewer", ""))


def _cleaned(name: str) -> str:
    """A person's name: one line of at most 80 characters, none of them invisible."""
    return " ".join(clean_text(name[:400]).split())[:80].strip()


def ask_reviewer(why: str = "Your name, to sign what you decide") -> None:
    """A field for the name, shown until it is given. A screen may have several, each with a reason of its own."""
    field = f"reviewer.name.{why}"

    @callback
    def keep() -> None:
        name = _cleaned(str(st.session_state[field]))
        st.session_state[field] = ""
        if name:
            workspace().store.add_reviewer(name)
            st.session_state.reviewer = name
            st.query_params["by"] = name
            st.rerun()  # the whole screen, whichever part of it asked: what needs a name stands in others, too

    st.text_input(
        why,
        key=field,
        placeholder="For example: J. Rivera, RN",
        on_change=keep,
        max_chars=80,
    )


def open_case() -> Case | None:
    """The case in the address, or the one opened last in this browser tab; None after saying where to find one."""
    text = st.query_params.get("case", "")
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        st.session_state.case_id = int(text)
    case_id = st.session_state.get("case_id")
    try:
        case = workspace().store.case(case_id) if isinstance(case_id, int) else None
    except NotFound as error:
        del st.session_state["case_id"]
        say_error(str(error))
        case = None
    if case is None:
        st.info("No case is open. Choose one from the list.")
        st.page_link(route("cases"), label="Go to the cases", icon=":material/inbox:")
    else:
        st.query_params["case"] = str(case.id)
    return case


def as_code(text: str) -> str:
    """An address or the name of a setting, so that it can be copied as it stands."""
    return f"`{' '.join(text.replace('`', '').split())}`"


def plain(text: str) -> str:
    """Words of a person or a page as they stand: no Markdown, no HTML entity, no line that turns into a heading, and
    no address that turns into a link or a picture."""
    escaped = "".join(f"\\{c}" if c in _MARKS else c for c in " ".join(text.split()))
    # An escaped colon still makes a link of a bare address; an invisible joiner before it does not.
    return _AUTOLINK.sub("\\1\u2060", escaped)
