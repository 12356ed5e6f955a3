"""The page view with all it can do, over a small made-up chart, and what Python hears of it.

Address: ?beside=4&kept=1&found=1&scan=1&turn=90&every=1&idle=30&wide=560&slow=2&hostile=1
"""

import json
import time
from collections.abc import Sequence

import pymupdf
import streamlit as st

from core.cited_text import cite_box, cite_run, displayed_boxes, displayed_words
from core.domain import Citation, Page, PageRef, Word
from core.page_search import PageSearch
from pages.components.pageview import (
    Ahead,
    CitedPlace,
    FoundPlace,
    Mark,
    PageImage,
    PickedBox,
    PickedMark,
    PickedWords,
    Watch,
    asked_page,
    image_source,
    pageview,
    rotated,
    to_cite,
)
from tests.browser.apps.made_up_text import LINES

PAGES = 12
HOSTILE = "<img/src=x/onerror=document.title='owned'>"
q = st.query_params
st.set_page_config(page_title="Page", layout="wide")


@st.cache_resource
def chart(hostile: bool) -> list[tuple[Page, bytes]]:
    """Pages as read, and the bytes of the file."""
    with pymupdf.open() as document:
        for number in range(1, PAGES + 1):
            sheet = document.new_page(width=612, height=792)
            sheet.insert_text((480, 40), f"Page {number} of {PAGES}", fontsize=9)
            for i, line in enumerate((*LINES, HOSTILE if hostile else "Signed electronically.")):
                sheet.insert_text((72, 110 + 32 * i), line, fontsize=18 if i == 0 else 11.5)
            for i in range(14):
                sheet.insert_text(
                    (72, 380 + 20 * i), f"{i + 1}. Vital signs stable, weight {60 + number} kg.", fontsize=10
                )
        data = document.tobytes()
        out = []
        for number, sheet in enumerate(document, start=1):
            found = sheet.get_text("words")
            words = tuple(Word(w[4], (w[0] / 612, w[1] / 792, w[2] / 612, w[3] / 792)) for w in found)
            out.append((Page(PageRef("a" * 64, number), " ".join(w.text for w in words), words), data))
    return out


@st.cache_data
def drawn(number: int, turn: int, hostile: bool) -> bytes:
    """PNG at 110 dpi."""
    with pymupdf.open(stream=chart(hostile)[number - 1][1]) as document:
        matrix = pymupdf.Matrix(110 / 72, 110 / 72).prerotate(turn)
        png: bytes = document[number - 1].get_pixmap(matrix=matrix).tobytes("png")
        return png


def hear(**what: object) -> None:
    """Keep what the browser has sent."""
    st.session_state.setdefault("heard", {}).update(what)


def report(seconds: Sequence[tuple[int, float]]) -> None:
    """Add up the time on pages."""
    total: dict[int, float] = st.session_state.setdefault("seen", {})
    for number, s in seconds:
        total[number] = round(total.get(number, 0) + s, 1)


def on_page() -> None:
    """Go to the page asked for."""
    st.session_state.page = asked_page("view", PAGES) or st.session_state.page
    hear(asked=st.session_state.page)


def on_cite() -> None:
    """Keep the citation."""
    picked = to_cite("view")
    if picked is None:
        return
    page = pages[picked.page - 1][0]
    match picked:
        case PickedWords():
            citation = cite_run(page, picked.first, picked.last)
            hear(same=citation.quote == picked.quote)
        case PickedBox():
            citation = cite_box(page, picked.box, turn=st.session_state.turn)
        case PickedMark():
            citation = Citation(page.ref, quote=f"mark {picked.place}", boxes=((0.1, 0.5, 0.3, 0.52),))
    st.session_state.cited.append((picked.page, citation))
    hear(cite=type(picked).__name__, page=picked.page, quote=citation.quote, about=picked.about)
    hear(count=len(st.session_state.cited))
    hear(box=[round(side, 2) for side in citation.boxes[0]])


def on_rotate() -> None:
    """Turn clockwise."""
    hear(rotated=rotated("view"))
    st.session_state.turn = (st.session_state.turn + 90) % 360


def forward() -> None:
    """What a shortcut of the app would do."""
    hear(leaked=True)


def image(number: int) -> PageImage:
    """A page with everything on it."""
    page, _ = pages[number - 1]
    turn = st.session_state.turn
    marks = [
        Mark(words_box(page, 19, 21), 0.5, "Methotrexate, the dose", 1),
        Mark(words_box(page, 30, 36), 0.9, "Leflunomide", 2),
    ]
    found = [
        FoundPlace(displayed_boxes([page.words[h.first].box], turn), h == hits[3]) for h in hits if h.page == number - 1
    ]
    cited = [(n, c) for n, (at, c) in enumerate(st.session_state.cited, start=1) if at == number]
    return PageImage(
        image_source(drawn(number, turn, "hostile" in q)),
        number,
        f"Page {number} of the chart",
        792 if turn % 180 else 612,
        [Mark(displayed_boxes([m.box], turn)[0], m.strength, m.title, m.passage) for m in marks],
        () if "scan" in q else displayed_words(page.words, turn),
        turn,
        [CitedPlace(n, displayed_boxes(c.boxes, turn), c.quote) for n, c in cited],
        found,
    )


def words_box(page: Page, first: int, last: int) -> tuple[float, float, float, float]:
    """Around a run of words of one line."""
    boxes = [w.box for w in page.words[first : last + 1]]
    return boxes[0][0], min(b[1] for b in boxes), boxes[-1][2], max(b[3] for b in boxes)


pages = chart("hostile" in q)
st.session_state.setdefault("page", 1)
st.session_state.setdefault("turn", int(q.get("turn", 0)))
st.session_state.setdefault("cited", [])
hits = PageSearch([page for page, _ in pages]).find("weight").hits if "found" in q else ()
now = st.session_state.page
here = image(now)
with st.container(width=int(q["wide"])) if "wide" in q else st.container():
    if "slow" in q and st.session_state.get("drawn_page", now) != now:
        time.sleep(float(q["slow"]))
    st.session_state.drawn_page = now
    pageview(
        here.src,
        key="view",
        page=now,
        pages=PAGES,
        alt=here.alt,
        width=here.width,
        marks=here.marks,
        words=here.words,
        lean=here.lean,
        citations=here.citations,
        found=here.found,
        height=560,
        beside=image(int(q["beside"])) if "beside" in q else None,
        ahead=Ahead("case") if "kept" in q else None,
        watch=Watch("case", report, float(q["every"]), float(q.get("idle", 30))) if "every" in q else None,
        about=f"C{now:02}",
        on_page=on_page,
        on_cite=on_cite,
        on_rotate=on_rotate,
    )
st.button("Forward", on_click=forward, shortcut="Right")
st.text_area("Pasted", key="pasted")
st.text(json.dumps({**st.session_state.get("heard", {}), "seen": st.session_state.get("seen", {})}))
