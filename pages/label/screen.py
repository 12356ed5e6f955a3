"""The labelling screen as a whole: the round, the work, and the panels for drawing and for files."""

import streamlit as st

from core.rounds import Round
from pages.components.frame import ask_reviewer, callback, guard, plain, reviewer, route, show_flash, workspace
from pages.label.drawing import draw_panel
from pages.label.exchange import files_panel
from pages.label.judging import STYLE as QUESTION
from pages.label.judging import answer_panel, guard_answers, keys, question, standing, undo_button
from pages.label.place import DRAW, FILES, JUDGE, VIEW, VIEWS, choose_round, chosen_round, place_in, seen
from pages.label.reading import STYLE as TEXT
from pages.label.reading import draw_ahead, page_panel, prepare, scroll_keys


def page() -> None:
    show_flash()
    st.html(f"<style>{QUESTION}{TEXT}</style>")
    if not workspace().store.cases():
        _no_cases()
        return
    rounds = workspace().labelling.rounds()
    wanted = chosen_round()
    of = next((r for r in rounds if r.id == wanted), rounds[0] if rounds else None)
    view = _head(rounds, of)
    with guard():
        if wanted is not None and (of is None or of.id != wanted):
            _no_such_round(wanted, of)
        if view == DRAW:
            draw_panel()
        elif view == FILES:
            files_panel()
        elif of is None:
            _no_rounds()
        else:
            choose_round(of.id)
            st.fragment(_work)(of)


def _no_cases() -> None:
    st.subheader("Label pages", anchor=False)
    st.info("There is no case yet. Take in a packet and let it be scored; then pages of it can be labelled.")
    st.page_link(route("cases"), label="Go to the cases", icon=":material/inbox:")


def _no_rounds() -> None:
    st.info(
        "No round has been drawn yet. A round is a set of pages, drawn partly by chance, that people judge without "
        "sight of the score. From their answers the studio finds a threshold that can be defended."
    )
    st.button("Draw a round", type="primary", icon=":material/casino:", key="label.first", on_click=_on_view)


@callback
def _on_view() -> None:
    st.session_state[VIEW] = DRAW


def _no_such_round(wanted: int, of: Round | None) -> None:
    instead = f" This is round {of.id}." if of else ""
    st.warning(f"There is no round {wanted}.{instead} Nothing was changed.", icon=":material/search_off:")


def _head(rounds: list[Round], of: Round | None) -> str:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Label pages", anchor=False, width="content")
        if len(rounds) > 1 and of is not None:
            _choice(rounds, of)
        elif of is not None:
            st.markdown(f":small[{plain(_title(of))}]", width="content")
        st.space("stretch")
        st.session_state.setdefault(VIEW, JUDGE)
        view = st.segmented_control("Panel", VIEWS, key=VIEW, label_visibility="collapsed", required=True)
        if reviewer():
            with st.popover(plain(reviewer()), icon=":material/person:", type="tertiary", help="Who is judging"):
                ask_reviewer("Another name, to sign what you judge")
    return str(view or JUDGE)


def _choice(rounds: list[Round], of: Round) -> None:
    ids = [r.id for r in rounds]
    titles = {r.id: _title(r) for r in rounds}
    key = f"label.choice.{of.id}"  # of its own for each round, so that it never shows another one than the address
    st.selectbox(
        "Round",
        ids,
        index=ids.index(of.id),
        format_func=titles.__getitem__,
        key=key,
        label_visibility="collapsed",
        width=440,
        on_change=_on_choice,
        args=(key,),
    )


@callback
def _on_choice(key: str) -> None:
    choose_round(int(st.session_state[key]))


def _title(of: Round) -> str:
    return f"Round {of.id}: {of.criteria_name}{' (done)' if of.done >= of.judgements else ''}"


def _work(of: Round) -> None:
    """All of it in one fragment: an answer redraws this alone."""
    with guard():  # a fragment reports its own errors unless they are caught inside it
        show_flash()
        if not reviewer():
            _sign()
            return
        place = place_in(of.id)
        now = seen(place)
        progress = workspace().labelling.progress(of.id, reviewer=reviewer())
        if now is not None:
            prepare(now)
        left, right = st.columns([4, 8], gap="medium")
        if now is None:
            with left:
                standing(progress, place)
                undo_button(of.id, f"label.end.{of.id}.{progress.done}")
            with right:
                _end(of, waits=progress.done < progress.wanted)
            return
        with left:
            standing(progress, place)
            question(now)
            answers = st.container()
            keys()
        with right, guard():
            page_panel(now)
        with answers:  # last, so that nobody judges with the page before still on the screen
            answer_panel(now)
            with st.container(gap=None):  # nothing of them is seen
                guard_answers(now)
                scroll_keys()
        draw_ahead(now)


def _sign() -> None:
    st.markdown(
        "You see one page and one question at a time, and say whether the page speaks to the question. What the tool "
        "thinks of the page is not shown, so that your answers can check it."
    )
    with st.columns([2, 3])[0]:
        ask_reviewer("Your name, to sign what you judge")


def _end(of: Round, *, waits: bool) -> None:
    if waits:
        st.info(
            f"You have judged all that you can in this round. {of.judgements - of.done:,} judgements wait for a "
            "second reviewer: some pages are judged by two people, each without the other."
        )
    else:
        st.success(
            "This round is done. Its answers count at once: find a threshold from them, or draw another round, which "
            "adds to this one.",
            icon=":material/done_all:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(route("calibrate"), label="Find a threshold", icon=":material/verified:")
        st.button("Draw another round", key="label.another", icon=":material/casino:", on_click=_on_view)
