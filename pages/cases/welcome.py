"""The empty start, and the sample cases."""

import streamlit as st

from core.samples import SAMPLES, Sample
from pages.components.frame import callback, reviewer, route, workspace

OPEN = "cases.open_now"
"""In the session state: the case that was asked for, to be opened on the next run."""


def welcome() -> None:
    """What there is to do while there is no case."""
    with st.container(horizontal_alignment="center", gap="medium"):
        st.space("medium")
        st.title("Find the pages that matter", width="content", anchor=False)
        st.markdown(
            "Upload a packet and your criteria. Chartsieve scores every page against every criterion, "
            "shows what it kept and what it left out, and records what you decide.",
            width=620,
        )
        with st.container(horizontal=True, width=620):
            if st.button("Start with your own packet", type="primary", icon=":material/upload_file:"):
                st.switch_page(route("new"))
        with st.container(border=True, width=620):
            st.subheader("Or open a sample case", anchor=False)
            samples()
        st.caption("The patients are invented. Scoring runs on this machine; no page leaves it.", width="content")


def samples() -> None:
    """A line for each sample case, with a button that opens it."""
    for n, sample in enumerate(SAMPLES):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{sample.title}**  \n{sample.about}", width="stretch")
            st.button(
                "Open",
                key=f"sample.{n}",
                on_click=_open_sample,
                args=(sample,),
            )


@callback
def _open_sample(sample: Sample) -> None:
    st.session_state[OPEN] = workspace().open_sample(sample, by=reviewer())
