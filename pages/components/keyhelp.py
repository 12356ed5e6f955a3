"""The keys of a screen in one line, shown and hidden with `?` or a click. The server has no part in it."""

import streamlit as st

from pages.components.files import beside

_HTML = """
<div class="kh">
  <button type="button" aria-expanded="false">? Keys</button>
  <p class="line" hidden></p>
</div>
"""
_CSS = """
.kh { font-family: var(--st-font); font-size: 0.85rem; color: var(--st-text-color); }
.kh button {
  all: unset; cursor: pointer; padding: 0.1rem 0.3rem; border-radius: var(--st-base-radius);
  color: color-mix(in srgb, var(--st-text-color) 72%, transparent);
}
.kh button:hover, .kh button:focus-visible { outline: 1px solid var(--st-primary-color); }
.kh .line { margin: 0.25rem 0.3rem 0; line-height: 1.45; }
"""
_mount = st.components.v2.component(
    "chartsieve_keyhelp",
    html=_HTML,
    css=_CSS,
    js=beside("gone.js", "typing.js", "keyhelp.js"),
)


def keyhelp(line: str, *, key: str) -> None:
    """`line` is plain text: which key does what."""
    _mount(key=key, data={"line": line})
