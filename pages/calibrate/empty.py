"""What is said where labels are missing, and what to do about it."""

from collections.abc import Sequence

import streamlit as st

from core.studio import Material, Subject
from pages.components.frame import plain, route


def no_cases() -> None:
    with st.container(horizontal_alignment="center", gap="medium"):
        st.space("medium")
        st.title("No case is scored yet", width="content", anchor=False)
        st.markdown(
            "Thresholds are found on cases whose pages people have judged. Open a sample case or make one of your own.",
            width=620,
        )
        st.page_link(route("cases"), label="Go to the cases", icon=":material/inbox:")


def no_labels(subjects: Sequence[Subject]) -> None:
    """Nobody has judged a page under the subject that is chosen."""
    st.info("There are no labels for these criteria and this scorer yet.", icon=":material/label:")
    st.markdown(
        "A **label** is a person's answer to one question about one page: is it relevant for the criterion, or not? "
        "From labels the tool learns how much a threshold misses. "
        "On **Label** it draws the pages to judge, some of them from below the threshold, so that what was missed "
        "can be seen as well.",
        width=720,
    )
    with st.container(horizontal=True):
        st.page_link(route("label"), label="Label pages", icon=":material/label:")
        st.page_link(route("cases"), label="Open a sample case", icon=":material/science:")
    others = [s for s in subjects if s.labels]
    if others:
        names = ", ".join(sorted({s.criteria_name for s in others}))
        st.caption(f"Labels are there for: {plain(names)}. Choose it above.")


def only_shown(material: Material) -> None:
    """Labels exist, and none of them says anything about what was missed."""
    total = sum(material.counts.verdicts.values())
    st.warning("No curve can be drawn from these labels.", icon=":material/visibility_off:")
    st.markdown(
        f"None of these {total:,} labels tells what was missed: their pages were judged because the tool showed them. "
        "Recall would come out as 100% whatever the threshold. "
        "Let some pages from **below the threshold** be judged. The tool draws them with a known chance, "
        "and these labels go on to count beside them.",
        width=720,
    )
    st.page_link(route("label"), label="Draw an audit on Label", icon=":material/label:")


def one_case(material: Material) -> None:
    if sum(1 for case in material.cases if case.counts.any()) == 1:
        st.info(
            "All labels that count come from one case. The curves show that case alone; label others to see what "
            "holds in general.",
            icon=":material/looks_one:",
        )
