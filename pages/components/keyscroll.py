"""Space, Page up and down and the arrows scroll one box, without a click in it first."""

import streamlit as st

from pages.components.files import beside

_mount = st.components.v2.component(
    "chartsieve_keyscroll",
    html='<div class="ks" hidden></div>',
    js=beside("gone.js", "keyscroll.js"),
)


def keyscroll(*boxes: str, key: str) -> None:
    """`boxes` are keys of page views and containers; the first that is on the screen is scrolled."""
    _mount(key=key, data={"names": [box.replace(".", "-") for box in boxes]})
