"""The strip of page images beside the page: scores, what is kept, what is cited, one click to a page."""

import numpy as np
import streamlit as st

from core.selection import shown
from pages.components.frame import callback, guard, workspace
from pages.components.thumbs import DPI, Standing, Thumb, asked_page, thumbs
from pages.review.picture import images_of
from pages.review.place import LEFT, PAGE, Seen, again, redraw

STRIP = "review.strip"
"""Whether the strip is shown."""
WIDTH = 104
_HEIGHT = 600


def strip_panel(now: Seen) -> None:
    """A part of its own: images that come into sight are fetched without drawing the page anew."""
    st.fragment(_strip)(now)


def _strip(now: Seen) -> None:
    with guard():
        case_id, pages = now.case.id, now.chart.pages

        def picture(number: int) -> bytes:
            page = pages[number - 1]
            return workspace().image(page, dpi=DPI, rotate=now.turn_of(page))

        thumbs(
            _thumbs(now),
            picture,
            key=_key(case_id),
            current=now.place.page,
            of=images_of(now),
            height=_HEIGHT,
            on_page=lambda: _on_page(case_id, len(pages)),
        )


def _key(case_id: int) -> str:
    return f"strip.{case_id}"


def _thumbs(now: Seen) -> list[Thumb]:
    values = now.chart.grid.probabilities[now.row]
    cited = [cited.citation.page for cited in now.cited if cited.criterion == now.criterion.id]
    return [
        Thumb(
            "" if np.isnan(values[column]) else shown(float(values[column]), now.place.rule),
            _standing(now, column),
            copy=page.duplicate_of is not None,
            cited=cited.count(page.ref),
            label=page.label,
        )
        for column, page in enumerate(now.chart.pages)
    ]


def _standing(now: Seen, column: int) -> Standing:
    if now.chart.unreadable[column] and not now.by_person[column]:
        return "unreadable"
    return "kept" if now.kept[column] else "left_out"


@callback
def _on_page(case_id: int, pages: int) -> None:
    wanted = asked_page(_key(case_id), pages)
    if wanted is not None:
        again(case_id).place.go(page=wanted)
        redraw(PAGE, LEFT)
