"""Space, Page up and down and the arrows scroll one box, without a click in it first."""

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component(
    "chartsieve_keyscroll",
    html='<div class="ks" hidden></div>',
    js=(Path(__file__).parent / "keyscroll.js").read_text("utf-8"),
)


def keyscroll(*boxes: str, key: str) -> None:
    """`boxes` are keys of page views and containers; the first that is on the screen is scrolled."""
    _mount(key=key, data={"names": [box.replace(".", "-") for box in boxes]})
