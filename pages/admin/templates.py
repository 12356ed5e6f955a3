"""The tab "Templates": rationales to start from, for each outcome of a decision."""

from collections.abc import Sequence

import streamlit as st

from core.casefile import Template
from core.domain import DECISIONS, DecisionOutcome
from core.rationales import templates_for
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace
from pages.components.outcomes import OUTCOME_WORDS

_TEXT = "admin.template"


def templates_tab() -> None:
    stored = workspace().store.course.templates()
    st.markdown(
        "A rationale to start from, offered where a criterion is decided. Whoever uses one replaces what stands in "
        "brackets: a template says nothing about a page by itself.",
        width=760,
    )
    if not stored:
        st.info(
            "These come with Chartsieve. The first one that you add takes the place of all of them.",
            icon=":material/info:",
            width=760,
        )
    if not reviewer():
        with st.container(width=420):
            ask_reviewer("Your name, to change templates")
    for outcome in DECISIONS:
        _outcome(outcome, templates_for(outcome, stored))


def _outcome(outcome: DecisionOutcome, templates: Sequence[Template]) -> None:
    with st.container(border=True, width=900):
        st.subheader(OUTCOME_WORDS[outcome], anchor=False)
        for template in templates:
            _line(template)
        if not templates:
            st.caption("None.")
        if reviewer():
            key = f"{_TEXT}.{outcome}"
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.text_input(
                    f"New template for “{OUTCOME_WORDS[outcome].lower()}”",
                    key=key,
                    max_chars=500,
                    placeholder="Write a rationale. Put what changes in [brackets]",
                    label_visibility="collapsed",
                )
                st.button("Add", key=f"{key}.add", icon=":material/add:", on_click=_on_add, args=(outcome, key))


def _line(template: Template) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        signed = f"  \n:small[by {plain(template.by)}, {template.at:%d %b %Y}]" if template.id else ""
        st.markdown(plain(template.text) + signed, width="stretch")
        if template.id and reviewer():
            st.button(
                "Retire",
                key=f"{_TEXT}.retire.{template.id}",
                type="tertiary",
                icon=":material/archive:",
                on_click=_on_retire,
                args=(template.id,),
            )


@callback
def _on_add(outcome: DecisionOutcome, key: str) -> None:
    text = " ".join(str(st.session_state[key]).split())
    if text:
        workspace().store.course.add_template(outcome, text, by=reviewer())
        st.session_state[key] = ""


@callback
def _on_retire(template_id: int) -> None:
    workspace().store.course.retire_template(template_id, by=reviewer())
