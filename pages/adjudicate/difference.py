"""One criterion on which two reviews differ: both side by side, and what settles it."""

import streamlit as st

from core.domain import DECISIONS, Case, Citation, Decision, DecisionOutcome, PageRef
from core.second_review import Readings, took_part
from pages.components.frame import callback, plain, reviewer, route, workspace
from pages.components.outcomes import OUTCOME_ICONS, OUTCOME_WORDS

_QUOTED = 160
"""Characters of a quotation that are shown."""


def difference(case: Case, readings: Readings, criterion: str, *, may: bool) -> None:
    """Both decisions, and below them what the person on the screen settles, where they `may`."""
    with st.container(border=True):
        _question(case, criterion)
        left, right = st.columns(2, gap="large")
        with left:
            _side("First review", case, readings.first[criterion])
        with right:
            _side("Second review", case, readings.second[criterion])
        if may:
            _settle(case, readings, criterion)


def settled(case: Case, readings: Readings, criterion: str, *, may: bool) -> None:
    """What was settled, or how the two came to agree; it can be settled anew."""
    final = readings.final.get(criterion)
    with st.container(border=True):
        _question(case, criterion)
        if final is not None:
            _outcome(final.outcome)
            st.markdown(plain(final.rationale))
            st.caption(f"Settled by {plain(final.reviewer)}, {final.at:%d %b %Y, %H:%M} UTC")
        words = [
            f"{name}: {OUTCOME_WORDS[reading[criterion].outcome]}"
            for name, reading in (("First review", readings.first), ("Second review", readings.second))
        ]
        st.caption(" · ".join(words))
        if may:
            with st.popover("Settle anew", type="tertiary", icon=":material/edit:"):
                _settle(case, readings, criterion)


def _question(case: Case, criterion: str) -> None:
    st.markdown(f"**{plain(criterion)}** {plain(case.criteria[criterion].question)}")


def _side(title: str, case: Case, decision: Decision) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{title}**", width="content")
        _outcome(decision.outcome)
    st.markdown(plain(decision.rationale) or ":gray[No rationale was written.]")
    for citation in decision.citations:
        _cited(case, decision.criterion, citation)
    if not decision.citations:
        st.caption("Cites no page.")
    st.caption(f"{plain(decision.reviewer)}, {decision.at:%d %b %Y, %H:%M} UTC")


def _outcome(outcome: DecisionOutcome) -> None:
    st.badge(OUTCOME_WORDS[outcome], icon=OUTCOME_ICONS[outcome], color="gray")


def _cited(case: Case, criterion: str, citation: Citation) -> None:
    quote = f" “{plain(citation.quote[:_QUOTED])}{'…' if len(citation.quote) > _QUOTED else ''}”"
    number = _number(case, workspace().current(case.id, citation.page))
    if not number:
        st.caption(f"A page that is no longer in the packet{quote if citation.quote else ''}")
        return
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        st.page_link(
            route("review"),
            label=f"Page {number}",
            icon=":material/description:",
            query_params={"case": str(case.id), "criterion": criterion, "page": str(number)},
        )
        if citation.quote:
            st.markdown(f":small[{quote.strip()}]", width="stretch")


def _number(case: Case, page: PageRef | None) -> int:
    """Its number in the case, from 1; 0 when it is in none of the documents in force."""
    before = 0
    for document in case.documents:
        if page is not None and document.document == page.document:
            return before + page.number
        before += document.pages
    return 0


def _settle(case: Case, readings: Readings, criterion: str) -> None:
    first, second = readings.first[criterion], readings.second[criterion]
    final = readings.final.get(criterion)
    seen = max(first.id, final.id if final else 0)
    key = f"settle.{case.id}.{criterion}.{seen}"
    own: dict[DecisionOutcome, str] = {first.outcome: "as the first", second.outcome: "as the second"}
    options = [*own, *(outcome for outcome in DECISIONS if outcome not in own)]
    if took_part(reviewer(), readings, criterion):
        st.caption(":material/info: One of these two is yours. If you can, leave it to somebody else.")
    chosen = st.segmented_control(
        f"What stands for {plain(criterion)}",
        options,
        format_func=lambda outcome: (
            f"{OUTCOME_WORDS[outcome]} ({own[outcome]})" if outcome in own else OUTCOME_WORDS[outcome]
        ),
        key=f"{key}.outcome",
    )
    st.text_area("Why", key=f"{key}.why", height=68, placeholder="What decides between the two, and on which page")
    st.button(
        "Settle",
        key=f"{key}.save",
        type="primary",
        disabled=chosen is None,
        help=None if chosen else "Choose what stands first",
        on_click=_on_settle,
        args=(case.id, criterion, key, seen),
    )


@callback
def _on_settle(case_id: int, criterion: str, key: str, seen: int) -> None:
    outcome, why = st.session_state[f"{key}.outcome"], str(st.session_state[f"{key}.why"])
    workspace().duties.settle(case_id, criterion, outcome, why, by=reviewer(), seen=seen)
