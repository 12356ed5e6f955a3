"""The screen as a whole: what is to be settled, and what has been."""

from collections.abc import Sequence

import streamlit as st

from core.domain import Case
from core.second_review import BOTH_COMPLETE, STATE_WORDS, Readings, SecondState, no_settling, unsettled
from pages.adjudicate.difference import difference, settled
from pages.components.frame import ask_reviewer, open_case, plain, reviewer, route, show_flash, workspace


def page() -> None:
    show_flash()
    case = open_case()
    if case is None:
        return
    state = workspace().duties.state(case.id)
    _head(case, state)
    if state in BOTH_COMPLETE:
        _both(case, workspace().duties.readings(case.id))
    else:
        _not_yet(case, state)


def _head(case: Case, state: SecondState) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(f"Two reviews of {plain(case.name)}", anchor=False, width="content")
        st.caption(f"{plain(case.criteria.name)}, version {case.criteria.version}", width="content")
        if state != "none":
            st.badge(STATE_WORDS[state], icon=":material/balance:", color="orange" if state == "differs" else "blue")
        st.space("stretch")
        query = {"case": str(case.id)}
        st.page_link(route("review"), label="Review", icon=":material/grid_on:", query_params=query)
        st.page_link(route("cases"), label="Cases", icon=":material/inbox:")


def _not_yet(case: Case, state: SecondState) -> None:
    """Nothing of either review is shown before both are complete: the second is blind."""
    second = workspace().duties.assigned(case.id).get("second")
    if second is None or state == "none":
        st.info(
            "This case has no second review. A lead gives one on Cases, in the column “Who has it”, to somebody who "
            "has not decided in the first.",
            icon=":material/group:",
            width=760,
        )
        return
    who = plain(second.assignee)
    waits = f"the second review, by {who}," if state == "open" else "the first review"
    st.info(
        f"There is nothing to settle yet: {waits} is not complete. Neither review is shown here before both are.",
        icon=":material/hourglass_empty:",
        width=760,
    )


def _both(case: Case, readings: Readings) -> None:
    differing = unsettled(readings.first, readings.second, readings.final)
    order = [c.id for c in case.criteria]
    open_ones = sorted(differing, key=order.index)
    compared = [c for c in order if c in readings.first and c in readings.second]
    unlike = [c for c in compared if readings.first[c].outcome != readings.second[c].outcome]
    done = [c for c in unlike if c not in differing]
    alike = len(compared) - len(unlike)
    counted = f"{alike} of {len(compared)} criteria were decided alike; nothing is to be done about them."
    refused = _refused()
    if open_ones:
        st.markdown(f"{counted} **{len(open_ones)} to settle:** what you choose stands, with your reason.")
        if not reviewer():
            with st.container(width=420):
                ask_reviewer("Your name, to sign what you settle")
        elif refused:
            st.info(refused, icon=":material/lock:", width=760)
    else:
        st.success(f"{counted} Nothing is left to settle.", icon=":material/check_circle:", width=760)
    for criterion in open_ones:
        difference(case, readings, criterion, may=bool(reviewer()) and not refused)
    _settled(case, readings, done, may=bool(reviewer()) and not refused)


def _refused() -> str:
    return no_settling(workspace().duties.role(reviewer()))


def _settled(case: Case, readings: Readings, done: Sequence[str], *, may: bool) -> None:
    if not done:
        return
    with st.expander(f"Settled ({len(done)})", icon=":material/task_alt:"):
        for criterion in done:
            settled(case, readings, criterion, may=may)
