"""One key for each action of a screen, wherever the focus is except where somebody types; `?` shows them all."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

from pages.components.files import beside


@dataclass(frozen=True, slots=True)
class Key:
    """What one key does."""

    key: str
    """As the browser names it: "m", "ArrowLeft", "?"."""
    words: str
    """What it does, for the list of keys."""
    group: str
    """Heading in the list of keys."""
    target: str
    """Key of the widget that is meant; with `inside`, a CSS selector of a part of one of our components."""
    inside: bool = False
    act: Literal["click", "focus", "press", "next"] = "click"
    """press: the key is passed on to a component that knows it; next: the next of several buttons of a choice."""
    held: bool = False
    """Whether it goes on while it is held down. What signs or stores something never does."""
    waits: bool = True
    """Whether it waits while what it means is inert. What the page view takes in its stead does not."""
    shown: str = ""
    """How the list of keys writes it, where that differs from `key`."""


_HTML = """
<div class="km">
  <button type="button" class="open" aria-haspopup="dialog" aria-expanded="false">? Keys</button>
  <dialog aria-label="Keys of this screen">
    <header><b>Keys of this screen</b><button type="button" class="close" aria-label="Close">✕</button></header>
    <div class="groups"></div>
    <p>They work wherever you are on this screen, except in a field that you are typing in: Escape or Tab leaves it.</p>
  </dialog>
</div>
"""
_mount = st.components.v2.component(
    "chartsieve_keymap",
    html=_HTML,
    css=beside("keymap.css"),
    js=beside("gone.js", "typing.js", "keymap.js"),
)


def keymap(keys: Sequence[Key], *, key: str) -> None:
    """Bind `keys` and draw the button that lists them. A key whose button is not there or is disabled does nothing."""
    bound = [asdict(k) | {"target": k.target if k.inside else css_name(k.target)} for k in keys]
    _mount(key=key, data={"keys": bound})


def in_key(text: str) -> str:
    """Any text as a part of a key. Other texts give other keys, also as `css_name` writes them (pageview_ahead.js)."""
    return re.sub(r"[^a-zA-Z0-9]", lambda found: f"_{ord(found[0]):x}_", text)


def css_name(key: str) -> str:
    """What Streamlit makes of a key in the name of a class."""
    return re.sub(r"[^a-zA-Z0-9_-]", "-", key)
