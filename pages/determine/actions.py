"""What can be done with the case, what stands in the way of it, and the form of the step that was chosen."""

from collections.abc import Sequence

import streamlit as st

from core.casefile import StepKind
from core.casestate import STATUS_WORDS
from core.determination import DETERMINING, Obstacle, fits, obstacles
from pages.components.frame import ask_reviewer, callback, plain
from pages.determine.course import said_lines
from pages.determine.criteria import linked
from pages.determine.form import form
from pages.determine.links import say
from pages.determine.place import Seen, open_form
from pages.determine.words import BUTTONS, ICONS, MEANS, STATUS_LOOKS, moment_words

_OTHERS: tuple[StepKind, ...] = ("resume", "pend", "refer", "return", "peer_to_peer", "withdraw", "reopen")
_WIDTHS = [5, 8]


def actions_panel(now: Seen) -> None:
    with st.container(border=True, gap="small"):
        if now.state.signed_off:
            _signed_off(now)
        if not now.person:
            ask_reviewer("Your name: the record keeps who takes a step")
            return
        if now.form and fits(now.form, now.state):
            form(now, now.form)
            return
        if not now.state.signed_off:
            st.markdown("**Answer the request**")
            _answers(now)
            st.markdown("**Other steps**")
        for kind in _OTHERS:
            if fits(kind, now.state):
                _row(now, [kind], obstacles(kind, now.role, now.state, now.facts))


def _signed_off(now: Seen) -> None:
    step, colour = now.state.step, STATUS_LOOKS[now.state.status][0]
    if step is None:
        return
    st.markdown(
        f":material/lock: Signed off: :{colour}[**{STATUS_WORDS[now.state.status].lower()}**] by "
        f"{plain(step.by)} ({step.role}), {moment_words(step.at)}. Nothing changes until it is reopened."
    )
    if said := said_lines(step):
        st.caption("  \n".join(said))


def _answers(now: Seen) -> None:
    """What is in the way of all of them is said once; steps with the same obstacles share a line."""
    found = {kind: obstacles(kind, now.role, now.state, now.facts) for kind in DETERMINING}
    theirs = [set(why) for kind, why in found.items() if not _refused_by_role(now, kind)]
    shared = [why for why in found["approve"] if theirs and all(why in each for each in theirs)]
    say(shared, now.case_id, linked=linked(now))
    lines: dict[tuple[Obstacle, ...], list[StepKind]] = {}
    for kind, why in found.items():
        rest = tuple(each for each in why if each not in shared)
        # What can be done and what cannot are never on one line.
        lines.setdefault((*rest, *shared) if not rest and shared else rest, []).append(kind)
    for why, kinds in lines.items():
        _row(now, kinds, why, told=shared)


def _refused_by_role(now: Seen, kind: StepKind) -> bool:
    """Whether the step is not this person's at all, whatever the facts."""
    return len(found := obstacles(kind, now.role, now.state, now.facts)) == 1 and not found[0].places


def _row(now: Seen, kinds: Sequence[StepKind], why: Sequence[Obstacle], told: Sequence[Obstacle] = ()) -> None:
    """A line of buttons with what they mean, or why they cannot be used; `told` was said above."""
    rest = [each for each in why if each not in told]
    tall = any(each.places for each in rest) or len(rest) > 1
    left, right = st.columns(_WIDTHS, vertical_alignment="top" if tall else "center", gap="small")
    with left, st.container(horizontal=True, gap="xsmall"):
        for kind in kinds:
            st.button(
                BUTTONS[kind],
                key=f"determine.open.{now.case_id}.{kind}",
                icon=f":material/{ICONS[kind]}:",
                disabled=bool(why),
                on_click=_on_open,
                args=(now.case_id, kind),
            )
    with right:
        if rest:
            say(rest, now.case_id, linked=linked(now))
        else:
            st.caption("See above what comes first." if why else " ".join(dict.fromkeys(MEANS[kind] for kind in kinds)))


@callback
def _on_open(case_id: int, kind: StepKind) -> None:
    open_form(case_id, kind)
