"""Drawing a round: what is drawn by chance, how much of it, and from which cases."""

import streamlit as st

from core.figures import duration_in_words
from core.labelling import Source, Supply
from core.rounds import RoundPlan
from pages.components.frame import ask_reviewer, callback, reviewer, workspace
from pages.components.wording import scorer_title
from pages.label.place import JUDGE, VIEW, choose_round

_SECONDS_EACH = 10.0
"""What a judgement takes at first, for an estimate of the work."""
_MOST = 20_000
_START = RoundPlan()
_HELP = {
    "shown": "Pages that the rule keeps. They tell how much of what is kept is relevant.",
    "audit": "Pages that the rule leaves out, drawn by chance. Only they can tell what is missed: without them no "
    "threshold can be certified.",
    "uncertainty": "Pages nearest to the threshold. They help to turn scores into probabilities; no estimate of what "
    "is missed uses them.",
    "twice": "Judged by two people, each without the other, to tell how far people agree.",
    "whole": "Every page for every criterion. The strongest ground for a threshold, and the most work: best for a few "
    "small cases.",
}


def draw_panel() -> None:
    sources = workspace().labelling.sources()
    if not sources:
        st.info(
            "No case is scored yet. A round is drawn from scored cases: open a case, let it be scored, and come back."
        )
        return
    source = _source(sources)
    left, right = st.columns([5, 4], gap="large")
    with left:
        cases = _cases(source)
        with st.spinner("Looking through the scores of these cases…"):
            supply = workspace().labelling.supply(source, cases=cases)
        nothing = not supply.pairs
        whole = st.toggle("Label whole cases instead", key="label.draw.whole", help=_HELP["whole"], disabled=nothing)
        plan = RoundPlan(twice=_twice(nothing), whole=True) if whole else _numbers(nothing)
    with right:
        _supply(supply)
        if not nothing:
            _expected(plan, supply)
            _unfinished(source)
        _sign_and_draw(source, plan, cases, disabled=nothing)


def _source(sources: list[Source]) -> Source:
    chosen = st.selectbox(
        "Criteria and scorer",
        range(len(sources)),
        format_func=lambda n: _title(sources[n]),
        key="label.draw.source",
        help="Scores of different scorers are never mixed, so a round is for one scorer.",
    )
    return sources[int(chosen or 0)]


def _title(source: Source) -> str:
    cases = len(source.cases)
    return f"{source.criteria_name} · {scorer_title(source.info)} · {cases:,} case{'s' if cases != 1 else ''}"


def _cases(source: Source) -> list[int] | None:
    names = {case.id: f"{case.name} ({case.id})" for case in source.cases}
    chosen = st.multiselect(
        "Cases to draw from",
        list(names),
        format_func=names.__getitem__,
        key=f"label.draw.cases.{source.criteria_name}.{source.info.fingerprint}",
        placeholder="All of them",
    )
    return chosen or None


def _numbers(nothing: bool) -> RoundPlan:
    shown, audit, near = st.columns(3)
    with shown:
        kept = _number("Kept by the rule", "shown", _START.shown, nothing)
    with audit:
        below = _number("Left out by the rule", "audit", _START.audit, nothing)
    with near:
        close = _number("Near the threshold", "uncertainty", _START.uncertainty, nothing)
    return RoundPlan(shown=kept, audit=below, uncertainty=close, twice=_twice(nothing))


def _number(label: str, name: str, start: int, nothing: bool) -> int:
    wanted = st.number_input(label, 0, _MOST, start, 10, key=f"label.draw.{name}", disabled=nothing)
    st.markdown(f":small[{_HELP[name]}]")
    return int(wanted)


def _twice(nothing: bool) -> float:
    share = st.slider(
        "Judged by two people",
        0,
        100,
        round(100 * _START.twice),
        5,
        "%d %%",
        key="label.draw.twice",
        help=_HELP["twice"],
        disabled=nothing,
    )
    return share / 100


def _supply(supply: Supply) -> None:
    if not supply.pairs:
        st.warning(
            "Nothing is left to draw from these cases: every page that has a score was judged before."
            if supply.before
            else "No page of these cases has a score yet. Let a case be scored first.",
            icon=":material/search_off:",
        )
        return
    cases = f"{supply.cases:,} case{'s' if supply.cases != 1 else ''}"
    judged = f" Judged before: {supply.before:,}." if supply.before else ""
    st.markdown(
        f"**{supply.pairs:,} pairs** of a page and a criterion can be drawn, from {cases}: {supply.shown:,} that the "
        f"rule keeps, {supply.below:,} that it leaves out.{judged}"
    )
    st.markdown(f":small[The rule in force keeps {supply.rule.in_words()}. Copies of a page count once.]")


def _expected(plan: RoundPlan, supply: Supply) -> None:
    """About: whether a pair is drawn is left to chance."""
    if plan.whole:
        pairs = supply.pairs
    else:
        pairs = min(plan.shown, supply.shown) + min(plan.audit, supply.below)
        pairs = min(pairs + plan.uncertainty, supply.pairs)
    judgements = round(pairs * (1 + plan.twice))
    if judgements:
        time = duration_in_words(judgements * _SECONDS_EACH)
        st.markdown(f"About **{judgements:,} judgements**, {time} of work at {_SECONDS_EACH:.0f} seconds each.")
    if not plan.whole and not plan.audit:
        st.warning(
            "Nothing that the rule leaves out is drawn, so this round cannot tell what is missed, and no threshold can "
            "be certified from it.",
            icon=":material/warning:",
        )


def _unfinished(source: Source) -> None:
    open_ones = [
        of
        for of in workspace().labelling.rounds()
        if (of.criteria_name, of.fingerprint) == (source.criteria_name, source.info.fingerprint)
        and of.done < of.judgements
    ]
    if open_ones:
        left = sum(of.judgements - of.done for of in open_ones)
        st.warning(
            f"{left:,} judgement{'s are' if left != 1 else ' is'} open in rounds that were drawn before. Finish those "
            "first: a round counts once all that it drew for a criterion is judged, and a new one asks for it again.",
            icon=":material/pending:",
        )


def _sign_and_draw(source: Source, plan: RoundPlan, cases: list[int] | None, *, disabled: bool) -> None:
    with st.container():  # a place of its own, so that the button stays where it is once the name is given
        if not reviewer():
            ask_reviewer("Your name: the record keeps who drew a round")
    nothing = not plan.whole and not (plan.shown or plan.audit or plan.uncertainty)
    st.button(
        "Draw the round",
        key="label.draw",
        type="primary",
        icon=":material/casino:",
        disabled=disabled or nothing or not reviewer(),
        help=None if reviewer() else "Say your name first: the record keeps who drew a round.",
        on_click=_on_draw,
        args=(source.criteria_name, source.info.fingerprint, plan, cases),
    )


@callback
def _on_draw(criteria_name: str, fingerprint: str, plan: RoundPlan, cases: list[int] | None) -> None:
    drawn = workspace().labelling.draw(criteria_name, fingerprint, plan, cases=cases, by=reviewer())
    choose_round(drawn.id)
    st.session_state[VIEW] = JUDGE
