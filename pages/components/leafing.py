"""Pages of files as they are, before anything is known of them."""

from collections.abc import Sequence
from typing import Protocol

import streamlit as st

from core.domain import PageRef
from core.errors import NotFound, PageUnavailable
from pages.components.frame import callback, say_error, workspace
from pages.components.pageview import image_source, pageview, turned


class File(Protocol):
    @property
    def document(self) -> str: ...
    @property
    def pages(self) -> int: ...


def leaf_through(key: str, files: Sequence[File], *, dpi: int, height: int) -> None:
    """One page at a time, through all files; `height` in CSS pixels."""
    pages = sum(file.pages for file in files)
    number = min(max(1, st.session_state.get(key, 1)), pages)
    try:
        image = workspace().picture(_page(files, number), dpi=dpi)
    except NotFound:
        say_error("This file is no longer kept here: it waited too long for its case. Remove it and upload it again.")
        return
    except PageUnavailable as error:
        say_error(str(error))
        image = b""
    pageview(
        image_source(image) if image else "",
        key=f"{key}.view",
        page=number,
        pages=pages,
        alt=f"Page {number} of the packet",
        height=height,
        on_turn=lambda: _on_turn(key, number),
    )


def _page(files: Sequence[File], number: int) -> PageRef:
    """Page `number` (from 1) through all files."""
    for file in files:
        if number <= file.pages:
            return PageRef(file.document, number)
        number -= file.pages
    raise IndexError(number)


@callback
def _on_turn(key: str, number: int) -> None:
    st.session_state[key] = number + turned(f"{key}.view")
