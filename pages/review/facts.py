"""What is known of a page besides its score: how its text came about, how it stands, and which pages are like it."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core.differences import Change, differences
from core.domain import Page, PageRef
from pages.components.differing import show_differences
from pages.components.frame import callback, plain
from pages.review.place import LEFT, PAGE, Seen, go_to, key_of, redraw

POOR_BELOW = 0.85
"""A page recognised with less confidence is checked against its image."""
_COPIES, _COMPARED, _NUMBERS = 8, 3, 10
"""Copies to go to, similar pages to compare with, and changed numbers, before the rest is only counted."""


def facts(now: Seen) -> None:
    """One quiet line, the pages like this one, and what somebody must know before relying on the text."""
    if line := in_words(now.page, by_hand=now.turned):
        st.caption(" · ".join(line))
    _alike(now)
    for sentence in warnings(now.page):
        st.warning(sentence, icon=":material/warning:")


def in_words(page: Page, *, by_hand: int = 0) -> list[str]:
    """What is good to know, a few words each. What is a warning is not among it. `by_hand`: degrees the reviewer turned
    the page by, on top of what brings it upright."""
    words = []
    if page.source == "ocr" and not _poor(page):
        words.append(f"Read from the image{_sure(page, ', ')}")
    if "foreign_ocr" in page.notes and page.source == "text":
        words.append("Text recognised by another program before it came here")
    if page.turn:
        also = " and by hand" if by_hand else ""
        words.append(f"Turned upright{also}; the file has it {'upside down' if page.turn == 180 else 'sideways'}")
    elif by_hand:
        words.append("Turned by hand")
    if "form" in page.notes:
        words.append("Has form fields")
    if "annotated" in page.notes:
        words.append("Has comments on top of the page")
    return words


def warnings(page: Page) -> list[str]:
    """Why the text of the page may not be what stands on it."""
    sentences = []
    if page.source == "ocr" and _poor(page):
        sentences.append(f"Read from a poor image ({_sure(page)}): check words and numbers against the image.")
    if "hidden_text" in page.notes:
        sentences.append("This page has text that cannot be seen. What is marked may not be visible on the image.")
    return sentences


def _poor(page: Page) -> bool:
    return page.confidence is not None and page.confidence < POOR_BELOW


def _sure(page: Page, before: str = "") -> str:
    """ "93 % sure", rounded down so that no page that is poor looks good; "" where it is not known."""
    return "" if page.confidence is None else f"{before}{int(page.confidence * 100 + 1e-6)} % sure"


def _alike(now: Seen) -> None:
    """Copies of the page and pages similar to it, with the way there, on one line."""
    this = now.page.ref
    copies = next((g.pages for g in now.chart.groups if g.kind == "copy" and this in g.pages), (this,))
    first = copies[0]  # of copies, only the first is named among similar pages
    similar = [p for g in now.chart.groups if g.kind == "similar" and first in g.pages for p in g.pages if p != first]
    if len(copies) > 1 or similar:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            _copies(now, [page for page in copies if page != this])
            _similar(now, similar)


def _copies(now: Seen, others: list[PageRef]) -> None:
    if others:
        st.caption(f":material/content_copy: {len(others) + 1} copies: this page and", width="content")
    for page in others[:_COPIES]:
        _to(now, page)
    _more(len(others) - _COPIES)


def _similar(now: Seen, others: list[PageRef]) -> None:
    if others:
        st.caption(":material/compare: Similar to", width="content")
    for page in others[:_COMPARED]:
        _to(now, page)
        _what_differs(now, page)
    _more(len(others) - _COMPARED)


def _to(now: Seen, page: PageRef) -> None:
    number = now.numbers[page]
    st.button(
        f":blue[page {number}]",
        key=f"alike.{now.case.id}.{key_of(now.page.ref)}.{key_of(page)}",
        type="tertiary",
        help=f"Go to page {number}",
        on_click=_on_go,
        args=(now.case.id, page),
    )


def _more(count: int) -> None:
    if count > 0:
        st.caption(f"and {count} more", width="content")


def _what_differs(now: Seen, other: PageRef) -> None:
    """The words of the earlier page against those of the later one, changed numbers first."""
    page = now.chart.pages[now.numbers[other] - 1]
    if not (now.page.text and page.text):
        return
    earlier, later = sorted((now.place.page, now.numbers[other]))
    with st.popover(
        "What differs", type="tertiary", key=f"differs.{now.case.id}.{key_of(now.page.ref)}.{key_of(other)}"
    ):
        changes = differences(now.chart.pages[earlier - 1].text, now.chart.pages[later - 1].text)
        st.markdown(f"**From page {earlier} to page {later}**")
        numbers = _numbers(changes)
        if numbers:
            more = f" … and {len(numbers) - _NUMBERS} more" if len(numbers) > _NUMBERS else ""
            st.markdown(f":orange[:material/pin:] Numbers: {'; '.join(numbers[:_NUMBERS])}{more}")
        show_differences(changes)


def _numbers(changes: Sequence[Change]) -> list[str]:
    """Each change of a number once, in order, with how often it was made."""
    counted = Counter((c.before, c.after) for c in changes if c.number)
    return [
        f"{plain(before) or '–'} → {plain(after) or '–'}{f' ({times} times)' if times > 1 else ''}"
        for (before, after), times in counted.items()
    ]


@callback
def _on_go(case_id: int, page: PageRef) -> None:
    go_to(case_id, page)
    redraw(PAGE, LEFT)
