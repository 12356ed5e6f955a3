"""The question and the answer: one key each, saved at once. Nothing here knows score, arm or threshold."""

import streamlit as st

from core.domain import VERDICTS, Verdict
from core.errors import Conflict, NotFound
from core.figures import duration_in_words
from core.labelling import Progress
from core.text import clean_text
from pages.components.frame import callback, plain, reviewer, workspace
from pages.components.keyguard import keyguard
from pages.components.keyhelp import keyhelp
from pages.label.place import Place, Seen, place_in
from pages.label.reading import PAGE_VIEW

_WORDS: dict[Verdict, str] = {"relevant": "Relevant", "not_relevant": "Not relevant", "unsure": "Unsure"}
_KEYS: dict[Verdict, str] = {"relevant": "y", "not_relevant": "n", "unsure": "u"}
_ICONS: dict[Verdict, str] = {
    "relevant": ":material/check:",
    "not_relevant": ":material/close:",
    "unsure": ":material/question_mark:",
}
_HELP = (
    "Y relevant, N not relevant, U unsure, S skip, Z undo. Space and Shift+Space, Up and Down scroll the page. "
    "Left and Right show the neighbouring pages, B goes back. Plus and minus zoom once the page was clicked. "
    "Tab leaves the note."
)
_NOTE_CHARACTERS = 400
_ANSWERS = "label.answers"
_ROOM = "clamp(8rem, calc(100vh - 41rem), 15rem)"
STYLE = (
    f".st-key-label-question{{min-height:{_ROOM};max-height:{_ROOM};overflow-y:auto}}"
    ".st-key-label-question>*{flex-shrink:0}"
    '[class*="st-key-label-"] button kbd{opacity:1}'
)
"""To be put on the screen: a long question scrolls, so that the answers stay in place; the letters of the keys are as
dark as the words."""


def question(now: Seen) -> None:
    with st.container(border=True, gap="xsmall", key="label.question"):
        group = f" · {plain(now.criterion.group)}" if now.criterion.group else ""
        st.markdown(f":small[{plain(now.criterion.id)}{group}]")
        st.markdown(f"### {plain(now.criterion.question)}")
        if now.criterion.instruction:
            st.markdown(plain(now.criterion.instruction))


def answer_panel(now: Seen) -> None:
    """The keys of the buttons name the task: a click that comes late judges the page it was meant for."""
    now.place.shown()
    base = f"label.{now.task.id}"
    with st.container(gap=None):
        st.markdown(f"Does **page {now.number}** speak to this question?")
        st.markdown(f":small[{_origin(now)}]")
    with st.container(key=_ANSWERS, gap="small"):
        for verdict in VERDICTS:
            st.button(
                _WORDS[verdict],
                key=f"{base}.{verdict}",
                icon=_ICONS[verdict],
                shortcut=_KEYS[verdict],
                width="stretch",
                on_click=_on_answer,
                args=(now.place.round, now.task.id, now.number, verdict),
            )
    left, right = st.columns(2, gap="small")
    left.button(
        "Skip",
        key=f"{base}.skip",
        shortcut="s",
        width="stretch",
        type="tertiary",
        help="It comes back at the end of the round",
        on_click=_on_skip,
        args=(now.place.round, now.task.id),
    )
    with right:
        undo_button(now.place.round, base)
    st.text_input(
        "Note",
        key=f"{base}.note",
        placeholder="Note (optional), stored with your answer",
        label_visibility="collapsed",
        max_chars=_NOTE_CHARACTERS,
        on_change="ignore",
    )


def _origin(now: Seen) -> str:
    """Where the page to judge comes from."""
    page, parts = now.task.drawn.page, [plain(now.case.name)]
    if len(now.case.documents) > 1:
        parts.append(f"{plain(now.case.document(page.document).name)}, page {page.number}")
    return " · ".join(parts)


def undo_button(round_id: int, base: str) -> None:
    st.button(
        "Undo",
        key=f"{base}.undo",
        shortcut="z",
        width="stretch",
        type="tertiary",
        help="Take back what you did last and show that page again",
        on_click=_on_undo,
        args=(round_id,),
    )


def standing(progress: Progress, place: Place) -> None:
    """How far the round is, and what became of the last answer."""
    st.progress(progress.done / progress.wanted if progress.wanted else 1.0, text=how_far(progress))
    if place.refused:
        st.info(plain(place.refused))
    else:
        st.markdown(place.said or "Every answer is saved at once.")


def how_far(progress: Progress) -> str:
    """ "37 of 200 judgements, about 12 min left"."""
    words = f"{progress.done:,} of {progress.wanted:,} judgements"
    if progress.seconds_left and progress.done < progress.wanted:
        words += f", about {duration_in_words(progress.seconds_left)} left"
    return words


def keys() -> None:
    keyhelp(_HELP, key="label.keys")


def guard_answers(now: Seen) -> None:
    keyguard(
        key="label.guard",
        task=now.task.id,
        run=now.place.runs,
        page=now.shown,
        view=PAGE_VIEW,
        buttons=_ANSWERS,
        keys=[*_KEYS.values(), "s"],
        once=["z"],
    )


@callback
def _on_answer(round_id: int, task_id: int, number: int, verdict: Verdict) -> None:
    place = place_in(round_id)
    if not place.takes(task_id):  # a key that came late, or was held: it was meant for another page
        return
    note = str(st.session_state.get(f"label.{task_id}.note", ""))
    note = " ".join(clean_text(note).split())[:_NOTE_CHARACTERS]
    try:
        new = workspace().labelling.answer(task_id, verdict, reviewer=reviewer(), note=note)
    except (Conflict, NotFound) as error:  # it is not to be judged any more
        place.go_on("")
        if isinstance(error, NotFound):
            raise
        place.refused = str(error)
        return
    place.go_on(f":material/check: Saved{'' if new else ' before'}: page {number} is {_WORDS[verdict].lower()}.")


@callback
def _on_skip(round_id: int, task_id: int) -> None:
    place = place_in(round_id)
    if place.task != task_id:
        return
    place.skipped.append(task_id)
    place.go_on("")
    place.last_skipped = True


@callback
def _on_undo(round_id: int) -> None:
    place, labelling = place_in(round_id), workspace().labelling
    if place.last_skipped and place.skipped:
        back = place.skipped.pop()
        labelling.hold(back, reviewer=reviewer())
        place.go_on(":material/undo: This is the page that you skipped.")
        place.task = back
        return
    undone = labelling.undo(round_id, reviewer=reviewer())
    if undone is None:
        place.said, place.refused = "There is nothing to take back.", ""
        return
    back, said = undone.task.id, undone.label
    verdict = next(_WORDS[verdict] for verdict in VERDICTS if verdict == said.verdict)
    place.go_on(f":material/undo: Taken back: **{verdict.lower()}**. Judge this page again.")
    place.skipped = [skipped for skipped in place.skipped if skipped != back]
    place.task = back
    st.session_state[f"label.{back}.note"] = said.note[:_NOTE_CHARACTERS]
