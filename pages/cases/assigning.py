"""Who has a case: to take it, give it back, or hand it out."""

from collections.abc import Mapping

import streamlit as st

from core.casefile import DUTIES, Duty, Role
from core.people import DUTY_WORDS, LEADING, no_assigning
from core.queue import QueueRow
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace

_NOBODY = "Nobody"


def assignee(row: QueueRow) -> None:
    """The name of who has the review, as a button that opens the rest; a line for the other duties."""
    holder = row.holder("review")
    panel = st.popover(
        plain(holder) or _NOBODY,
        key=f"cases.who.{row.case.id}",
        icon=":material/person:" if holder else ":material/person_add:",
        type="tertiary",
        on_change="rerun",
    )
    others = [f"{word}: {plain(row.holder(duty))}" for duty, word in _OTHERS if row.holder(duty)]
    if others:
        st.caption(" · ".join(others) + _progress(row))
    if panel.open:
        with panel:
            _panel(row)


_OTHERS: tuple[tuple[Duty, str], ...] = (("second", "2nd"), ("physician", "Physician"))


def _progress(row: QueueRow) -> str:
    return f" ({row.case.second_decided} of {row.case.criteria})" if row.holder("second") else ""


def _panel(row: QueueRow) -> None:
    if not reviewer():
        ask_reviewer("Your name, to take a case")
        return
    roles = workspace().store.course.roles()
    leads = roles.get(reviewer()) in LEADING
    st.markdown(f"**{plain(row.case.name)}**")
    people = sorted({*workspace().store.reviewers(), *roles, *row.holders, reviewer()}, key=str.casefold)
    for duty in DUTIES:
        if leads:
            _choose(row, duty, people)
        else:
            _take(row, duty, roles)
    if not leads:
        st.caption("You take what is nobody's and give back what is yours. A lead hands out the rest.")


def _choose(row: QueueRow, duty: Duty, people: list[str]) -> None:
    """For a lead: anybody."""
    key = f"cases.give.{row.case.id}.{duty}.{row.holder(duty)}"
    st.selectbox(
        DUTY_WORDS[duty],
        ["", *people],
        index=1 + people.index(row.holder(duty)) if row.holder(duty) else 0,
        format_func=lambda name: name or _NOBODY,
        key=key,
        on_change=_on_choose,
        args=(row.case.id, duty, key),
    )


def _take(row: QueueRow, duty: Duty, roles: Mapping[str, Role]) -> None:
    """For everybody else: what is nobody's, and what is theirs."""
    holder, me = row.holder(duty), reviewer()
    mine = not no_assigning(duty, "" if holder == me else me, by=me, roles=roles, assigned=row.assigned)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{DUTY_WORDS[duty]}: {plain(holder) or _NOBODY}", width="stretch")
        if mine and holder == me:
            st.button("Give back", key=f"cases.back.{row.case.id}.{duty}", on_click=_give, args=(row.case.id, duty, ""))
        elif mine and not holder:
            st.button("Take it", key=f"cases.take.{row.case.id}.{duty}", on_click=_give, args=(row.case.id, duty, me))


@callback
def _on_choose(case_id: int, duty: Duty, key: str) -> None:
    name = str(st.session_state[key])
    # What is refused must not stay on the screen as if it were so.
    del st.session_state[key]
    workspace().duties.give(case_id, duty, name, by=reviewer())


@callback
def _give(case_id: int, duty: Duty, name: str) -> None:
    workspace().duties.give(case_id, duty, name, by=reviewer())
