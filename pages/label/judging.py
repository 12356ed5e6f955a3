"""The question and the answer: one key each, saved at once. Nothing here knows score, arm or threshold."""

import streamlit as st

from core.domain import VERDICTS, Verdict
from core.errors import Conflict, NotFound
from core.figures import duration_in_words
from core.labelling import Progress
from core.text import clean_text
from pages.components.frame import callback, plain, reviewer, workspace
from pages.components.keyhelp import keyhelp
from pages.label.place import Seen, place_in

_WORDS: dict[Verdict, str] = {"relevant": "Relevant", "not_relevant": "Not relevant", "unsure": "Unsure"}
_KEYS: dict[Verdict, str] = {"relevant": "y", "not_relevant": "n", "unsure": "u"}
_ICONS: dict[Verdict, str] = {
    "relevant": ":material/check:",
    "not_relevant": ":material/close:",
    "unsure": ":material/question_mark:",
}
_HELP = (
    "Y relevant, N not relevant, U unsure, S skip, Z undo. Left and Right show the neighbouring pages, B goes back. "
    "Plus and minus zoom once the page was clicked. Tab leaves the note."
)
_NOTE_CHARACTERS = 400


def question(now: Seen) -> None:
    with st.container(border=True, gap="xsmall", key="label.question"):
        group = f" · {plain(now.criterion.group)}" if now.criterion.group else ""
        st.caption(f"{plain(now.criterion.id)}{group}")
        st.markdown(f"### {plain(now.criterion.question)}")
        if now.criterion.instruction:
            st.caption(plain(now.criterion.instruction))


def answer_panel(now: Seen) -> None:
    """The keys of the buttons name the task: a click that comes late judges the page it was meant for."""
    base = f"label.{now.task.id}"
    with st.container(gap=None):
        st.markdown(f"Does **page {now.number}** speak to this question?")
        st.caption(_origin(now))
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


def standing(progress: Progress, said: str) -> None:
    """How far the round is, and what became of the last answer."""
    st.progress(progress.done / progress.wanted if progress.wanted else 1.0, text=how_far(progress))
    st.caption(said or "Every answer is saved at once.")


def how_far(progress: Progress) -> str:
    """ "37 of 200 judgements, about 12 min left"."""
    words = f"{progress.done:,} of {progress.wanted:,} judgements"
    if progress.seconds_left and progress.done < progress.wanted:
        words += f", about {duration_in_words(progress.seconds_left)} left"
    return words


def keys() -> None:
    keyhelp(_HELP, key="label.keys")


@callback
def _on_answer(round_id: int, task_id: int, number: int, verdict: Verdict) -> None:
    note = str(st.session_state.get(f"label.{task_id}.note", ""))
    note = " ".join(clean_text(note).split())[:_NOTE_CHARACTERS]
    place = place_in(round_id)
    on_screen = place.task == task_id  # a second press of the key may come when the next page is on the screen
    try:
        workspace().labelling.answer(task_id, verdict, reviewer=reviewer(), note=note)
    except (Conflict, NotFound):  # it is not to be judged any more
        if on_screen:
            place.go_on("")
        raise
    if on_screen:
        place.go_on(f":material/check: Saved: page {number} is {_WORDS[verdict].lower()}.")


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
    place = place_in(round_id)
    if place.last_skipped and place.skipped:
        back: int | None = place.skipped.pop()
        place.go_on(":material/undo: This is the page that you skipped.")
    else:
        task = workspace().labelling.undo(round_id, reviewer=reviewer())
        back = task.id if task else None
        place.go_on(":material/undo: Taken back: judge this page again." if task else "There is nothing to take back.")
        place.skipped = [skipped for skipped in place.skipped if skipped != back]
    place.task = back
