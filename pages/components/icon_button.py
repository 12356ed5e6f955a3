"""Buttons that show an icon alone. Their label is there for whoever does not see them."""

from collections.abc import Callable
from typing import Any

import streamlit as st

_KEY = "icon"
_LABEL = f'[class*="st-key-{_KEY}-"] button [data-testid="stMarkdownContainer"]'
# Out of sight, not away: `display: none` would take the name from screen readers too.
STYLE = (
    f"{_LABEL}{{position:absolute;width:1px;height:1px;margin:-1px;padding:0;overflow:hidden;"
    "clip-path:inset(50%);white-space:nowrap}"
    f'[class*="st-key-{_KEY}-"] button{{min-width:1.6rem}}'
)
"""To be put on every page: hides the labels, and leaves room enough to be hit."""


def icon_key(key: str) -> str:
    """The key that a button of this kind has."""
    return f"{_KEY}.{key}"


def icon_button(
    label: str,
    icon: str,
    *,
    key: str,
    on_click: Callable[..., None],
    args: tuple[Any, ...],
    disabled: bool = False,
    on: bool = False,
) -> None:
    """`label` is its name and what is shown when the pointer rests on it; Markdown, so that foreign words in it must
    be escaped. `on`: what it switches is switched on."""
    st.button(
        label,
        key=icon_key(key),
        icon=icon,
        help=label,
        type="primary" if on else "tertiary",
        disabled=disabled,
        on_click=on_click,
        args=args,
    )
