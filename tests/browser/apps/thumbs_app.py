"""The strip of pages over a made-up packet, and what Python hears of it. Address: ?across=1&pages=150"""

import json

import pymupdf
import streamlit as st

from core.errors import PageUnavailable
from pages.components.thumbs import DPI, Thumb, asked_page, thumbs
from tests.browser.apps.made_up_text import LINES

q = st.query_params
PAGES = int(q.get("pages", 150))
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
st.set_page_config(page_title="Strip", layout="wide")


@st.cache_data
def picture(number: int) -> bytes:
    """PNG of a made-up page; page 7 cannot be drawn."""
    if number == 7:
        raise PageUnavailable("This page cannot be drawn.")
    with pymupdf.open() as document:
        sheet = document.new_page(width=612, height=792)
        for i in range(20):
            sheet.insert_text((60, 80 + 32 * i), LINES[(i + number) % len(LINES)], fontsize=18 if i == 0 else 11.5)
        png: bytes = sheet.get_pixmap(dpi=DPI).tobytes("png")
        return png


def drawing(number: int) -> bytes:
    """The picture, and a note that it was drawn."""
    st.session_state.setdefault("asked", []).append(number)
    return picture(number)


def on_page() -> None:
    """Go to the page asked for."""
    st.session_state.page = asked_page("strip", PAGES) or st.session_state.page


def thumb(number: int) -> Thumb:
    """Something of everything."""
    if number % 11 == 5:
        return Thumb(standing="unreadable")
    label = HOSTILE if number == 3 else "2 of 9" if number == 2 else ""
    kept = number % 4 == 1
    score = f"{0.9 - number / 400:.2f}" if kept else "0.08"
    return Thumb(score, "kept" if kept else "left_out", number % 9 == 0, 2 if number == 1 else int(number == 5), label)


st.session_state.setdefault("page", 1)
with st.container(width="stretch" if "across" in q else 150):
    thumbs(
        [thumb(number) for number in range(1, PAGES + 1)],
        drawing,
        key="strip",
        current=st.session_state.page,
        of="packet",
        height=560,
        across="across" in q,
        on_page=on_page,
    )
st.button("Elsewhere")
st.button("Page 100", on_click=lambda: st.session_state.update(page=100))
st.text(json.dumps({"page": st.session_state.page, "asked": st.session_state.get("asked", [])}))
