"""Files that a person hands in: checked at once, asked for their password, and shown before anything is made of them.

The browser's uploader is emptied as soon as its files are stored: it would hold every byte of them in memory.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.errors import BadDocument, ChartsieveError
from core.store.files import display_name
from core.uploads import Locked, Upload
from pages.components.frame import callback, plain, say_error, workspace
from pages.components.icon_button import icon_button, icon_key
from pages.components.leafing import leaf_through

KINDS = ("pdf", "tif", "tiff", "png", "jpg", "jpeg")
_PREVIEW_DPI, _PREVIEW_HEIGHT = 72, 380


@dataclass(frozen=True, slots=True)
class _Refused:
    name: str
    problem: str


_Taken = Upload | Locked | _Refused


def taken_in(key: str, label: str, *, several: bool = True) -> list[Upload]:
    """An uploader and what came of each file; the files that can be used, each once, in the order of upload."""
    taken: list[_Taken] = st.session_state.setdefault(_taken(key), [])
    turn = st.session_state.setdefault(_turn(key), 0)
    if several or not any(isinstance(t, Upload) for t in taken):
        chosen = st.file_uploader(label, type=list(KINDS), accept_multiple_files=several, key=f"{key}.files.{turn}")
        files: list[Any] = chosen if isinstance(chosen, list) else [chosen] if chosen else []
        if files:
            with st.spinner("Checking the file…" if len(files) == 1 else "Checking the files…"):
                taken += map(_take_in, files)
            _let_go(files)
            st.session_state[_turn(key)] = turn + 1
            st.rerun()
    good: list[Upload] = []
    for at, found in enumerate(taken):
        _show(key, at, found, good)
    if good:
        # To be sure that it is the right packet.
        leaf_through(f"{key}.preview", good, dpi=_PREVIEW_DPI, height=_PREVIEW_HEIGHT)
    return good


def forget(key: str) -> None:
    """The files have their case: the uploader begins anew."""
    st.session_state.pop(_taken(key), None)


def _taken(key: str) -> str:
    return f"{key}.taken"


def _turn(key: str) -> str:
    return f"{key}.turn"


def _take_in(file: Any) -> _Taken:
    try:
        return workspace().uploads.take_in(file, file.name)
    except BadDocument as error:
        return _Refused(display_name(file.name), str(error))


def _let_go(files: list[Any]) -> None:
    """Streamlit would hold the bytes until the browser tab is closed."""
    context = get_script_run_ctx()
    if context and isinstance(manager := context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            file.close()
            manager.remove_file(context.session_id, file.file_id)


def _show(key: str, at: int, found: _Taken, good: list[Upload]) -> None:
    """One line, or the question for the password; a file that can be used is added to `good`."""
    if isinstance(found, Locked):
        _ask_password(key, at, found)
        return
    said, remove = st.columns([12, 1], vertical_alignment="center", gap="small")
    with said:
        if isinstance(found, _Refused):
            say_error(f"{found.name}: {found.problem}")
        elif any(found.document == upload.document for upload in good):
            st.info(
                f"{plain(found.name)} is the same file as one above; it is used once.", icon=":material/content_copy:"
            )
        else:
            good.append(found)
            st.success(f"{plain(found.name)}: {_told(found)}", icon=":material/check:")
    with remove:
        icon_button(
            f"Remove {plain(found.name)}",
            ":material/close:",
            key=f"{key}.remove.{at}.{st.session_state[_turn(key)]}",
            on_click=_on_remove,
            args=(key, at),
        )
    if isinstance(found, Upload) and found.repaired:
        st.warning(
            f"{plain(found.name)} was damaged and has been repaired while opening. Some pages may be missing: "
            "compare the number of pages with the original.",
            icon=":material/warning:",
        )


def _told(upload: Upload) -> str:
    notes = [f"{upload.pages:,} page{'s' if upload.pages != 1 else ''}"]
    if upload.unlocked:
        notes.append("opened; it is stored without its password, and the password is kept nowhere")
    if upload.unread:
        notes.append(f"read before, except {upload.unread} that will be tried again")
    elif upload.known:
        notes.append("read before, ready at once")
    return ", ".join(notes)


def _ask_password(key: str, at: int, locked: Locked) -> None:
    """A form, because its field is emptied as soon as it is sent."""
    with st.form(f"{key}.unlock.{locked.document}", clear_on_submit=True):
        st.markdown(f":material/lock: {plain(locked.name)}: {plain(locked.problem)}")
        left, middle, right = st.columns([9, 2, 1], vertical_alignment="bottom", gap="small")
        password = left.text_input("Password", type="password", autocomplete="off", placeholder="Password")
        opened = middle.form_submit_button("Open", width="stretch")
        removed = right.form_submit_button(
            f"Remove {plain(locked.name)}",
            key=icon_key(f"{key}.remove.{locked.document}"),
            icon=":material/close:",
            help=f"Remove {plain(locked.name)}",
            type="tertiary",
            on_click=_on_remove,
            args=(key, at),
        )
    if opened and password and not removed:
        with st.spinner("Opening the file…"):
            st.session_state[_taken(key)][at] = _unlock(locked, password)
        st.rerun()


def _unlock(locked: Locked, password: str) -> _Taken:
    try:
        return workspace().uploads.unlock(locked, password)
    except ChartsieveError as error:
        return _Refused(locked.name, str(error))


@callback
def _on_remove(key: str, at: int) -> None:
    """What was stored of it goes when no case takes it over within a day."""
    taken: list[_Taken] = st.session_state.get(_taken(key), [])
    del taken[at : at + 1]
    st.session_state[_turn(key)] = st.session_state.get(_turn(key), 0) + 1
