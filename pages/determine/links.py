"""Why something cannot be done yet, and the way to where it can."""

from collections.abc import Collection, Sequence

import streamlit as st

from core.casefacts import Place
from core.determination import Obstacle
from pages.components.frame import plain, route

_LINKED = 10
"""Places to go to, before the rest is only counted."""


def say(
    obstacles: Sequence[Obstacle],
    case_id: int,
    *,
    icon: str = ":orange[:material/front_hand:]",
    linked: Collection[Place] = (),
) -> None:
    """Each obstacle as its sentences, with links to where something can be done about it.

    Places in `linked` have their link elsewhere on the screen.
    """
    for obstacle in obstacles:
        st.markdown(f"{icon} {plain(obstacle.why)}")
        links(case_id, [place for place in obstacle.places if place not in linked])


def links(case_id: int, places: Sequence[Place], *, before: str = "") -> None:
    """Links to the review screen, one for each place, after the words `before`; nothing for none."""
    if not places:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        if before:
            st.caption(before, width="content")
        for place in places[:_LINKED]:
            link(case_id, place)
        if len(places) > _LINKED:
            st.caption(f"and {len(places) - _LINKED:,} more", width="content")


def link(case_id: int, place: Place, words: str = "") -> None:
    """A link to the criterion or page on the review screen; `words` in place of its name."""
    params = {"case": str(case_id)}
    if place.criterion:
        params["criterion"] = place.criterion
    if place.page:
        params["page"] = str(place.page)
    st.page_link(
        route("review"), label=plain(words or _name(place)), icon=":material/arrow_forward:", query_params=params
    )


def _name(place: Place) -> str:
    return " · ".join(filter(None, (place.criterion, f"page {place.page}" if place.page else "")))
