"""Answers by key or click pass only once the page has been on the screen for a while: a held key judges nothing."""

from collections.abc import Sequence

import streamlit as st

from pages.components.files import beside
from pages.components.keymap import css_name

_mount = st.components.v2.component(
    "chartsieve_keyguard",
    html='<div class="kg" hidden></div>',
    js=beside("gone.js", "typing.js", "keyguard.js"),
)


def keyguard(
    *, key: str, task: int, run: int, page: int, view: str, buttons: str, keys: Sequence[str], once: Sequence[str]
) -> None:
    """Guard the answers to `task`, of which one passes. To be drawn after the page.

    `page` is the number that the page view with the key `view` shows once it is ready, `buttons` the key of the
    container with the buttons that answer, `keys` the letters of their shortcuts. Letters in `once` pass always, but
    not while they are held. `run` differs from run to run: another answer passes when the last one was refused.
    """
    _mount(
        key=key,
        data={
            "task": task,
            "run": run,
            "page": page,
            "view": css_name(view),
            "buttons": css_name(buttons),
            "keys": list(keys),
            "once": list(once),
        },
    )
