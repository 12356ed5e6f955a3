"""A page view over a small made-up chart and what Python hears of it. Address: ?hostile=1, ?empty=1"""

import json

import pymupdf
import streamlit as st

from pages.components.pageview import Mark, image_source, pageview, picked_mark, turned
from tests.browser.apps.made_up_text import LINES

PAGES = 5
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
MARKS = {
    1: [Mark((0.11, 0.205, 0.83, 0.226), 0.9, "Methotrexate 20 mg weekly"), Mark((0.11, 0.245, 0.77, 0.266), 0.3)],
    2: [Mark((0.11, 0.83, 0.5, 0.86), 1.0, "Far down the page")],
}


@st.cache_data
def drawn(page: int) -> bytes:
    """PNG of a made-up page at 110 dpi."""
    with pymupdf.open() as document:
        sheet = document.new_page(width=612, height=792)
        sheet.insert_text((500, 40), f"{page} of {PAGES}", fontsize=9)
        for i, line in enumerate(LINES):
            sheet.insert_text((72, 110 + 32 * i), line, fontsize=18 if i == 0 else 11.5)
        sheet.insert_text((72, 670), "Dictated but not read. Far down the page.", fontsize=11.5)
        png: bytes = sheet.get_pixmap(dpi=110).tobytes("png")
        return png


def on_box() -> None:
    """Keep the mark that the browser reports."""
    picked = picked_mark("view")
    st.session_state.mark = [picked.page, picked.place] if picked else None


def on_turn() -> None:
    """Go to the page asked for."""
    st.session_state.page = max(1, min(PAGES, st.session_state.page + turned("view")))
    st.session_state.turns = st.session_state.get("turns", 0) + 1


def forward() -> None:
    """What a shortcut of the app would do."""
    st.session_state.leaks = st.session_state.get("leaks", 0) + 1


st.set_page_config(page_title="Page", layout="wide")
st.session_state.setdefault("page", 1)
left, right = st.columns([3, 2])
with right:
    page = st.session_state.page
    hostile = "hostile" in st.query_params
    pageview(
        "" if "empty" in st.query_params else image_source(drawn(page)),
        key="view",
        page=page,
        pages=PAGES,
        alt=HOSTILE if hostile else f"Page {page} of the chart",
        marks=[Mark((0.1, 0.1, 0.6, 0.2), 1.0, HOSTILE)] if hostile else MARKS.get(page, []),
        height=560,
        on_box=on_box,
        on_turn=on_turn,
    )
with left:
    st.button("Forward", on_click=forward, shortcut="Right")
    heard = {name: st.session_state.get(name) for name in ("page", "mark", "turns", "leaks")}
    st.text(json.dumps(heard))
