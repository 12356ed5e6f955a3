"""How the criteria of a list combine: the one-line form to write in, and the outline that it means."""

from dataclasses import replace

import streamlit as st

from core.domain import CriteriaSet
from core.errors import BadLogic, Fault
from core.logic import Logic, OutlineRow, all_of, all_of_groups, outline, parse, to_text, unplaced_words
from pages.components.frame import callback, plain, reviewer, say_error, workspace

_SAVED = "new.logic.saved"
_LONGEST_QUESTION = 110
_MANY, _TALL = 14, 360
"""Lines from which the outline scrolls by itself, and its height then in CSS pixels."""
_HELP = (
    "ALL(…), ANY(…), AT LEAST 2(…), NOT(…) and IF(condition, what is asked then), with ids between the brackets. "
    'A group may have a title: ANY "Imaging" (C02, C03).'
)
_LEADS = {"": "", "if": "if ", "then": "then "}


def logic_panel(criteria: CriteriaSet) -> CriteriaSet | None:
    """The list with the logic that stands in the panel; None while that has a mistake, which the panel names.

    An empty text is no logic: criteria are decided one by one, and nothing is rolled up.
    """
    key = f"new.logic.{criteria.digest[:16]}"
    if key not in st.session_state:
        st.session_state[key] = to_text(criteria.root) if criteria.root else ""
    with st.container(border=True):
        st.markdown("**Logic:** how the decisions on the criteria combine into an answer for the case")
        _starts(criteria, key)
        text = str(
            st.text_area(
                "Logic in one line",
                key=key,
                height=100,
                help=_HELP,
                placeholder="ALL(C01, ANY(C02, C03))",
            )
        )
        if not text.strip():
            st.caption("No logic: each criterion is decided for itself, and nothing is said of the case as a whole.")
            return replace(criteria, root=None)
        ids = [c.id for c in criteria]
        try:
            root = parse(text, ids)
        except BadLogic as error:
            for fault in error.faults:
                say_error(f"{_place(fault, text)}{fault}")
            st.caption("The list can be used once the logic is mended. It is checked when you leave the field.")
            return None
        drawn = outline_markdown(root, criteria)
        with st.container(height=_TALL if drawn.count("\n") >= _MANY else "content", border=False):
            st.markdown(drawn)
        if said := unplaced_words(root, ids):
            st.caption(plain(said))
        return replace(criteria, root=root)


def outline_markdown(root: Logic, criteria: CriteriaSet) -> str:
    """The tree as a nested list, a line for each node, with the words of the criteria."""
    return "\n".join(f"{'    ' * row.depth}- {_line(row, criteria)}" for row in outline(root))


def save_panel(stored: CriteriaSet, edited: CriteriaSet) -> None:
    """Under a stored list: offers to save a logic that was changed as the next version, and says what came of it."""
    if said := st.session_state.pop(_SAVED, ""):
        st.success(plain(said), icon=":material/check:")
    if edited.root == stored.root:
        return
    st.button(
        "Save the logic as the next version",
        key="new.logic.save",
        icon=":material/save:",
        disabled=not reviewer(),
        on_click=_on_save,
        args=(stored, edited),
    )
    if not reviewer():
        st.caption("To save it, give your name below.")
    st.caption(
        f"A case that is created now uses the changed logic, and saves it, too. Cases that are open keep version "
        f"{stored.version}."
    )


def _starts(criteria: CriteriaSet, key: str) -> None:
    placed = [(c.id, c.group) for c in criteria]
    trees = {"All of them": to_text(all_of(placed))}
    if len({c.group for c in criteria if c.group}) > 1:
        trees["All groups, all in each"] = to_text(all_of_groups(placed, within="all"))
        trees["All groups, any in each"] = to_text(all_of_groups(placed, within="any"))
    with st.container(horizontal=True):
        for label, text in {**trees, "No logic": ""}.items():
            st.button(label, key=f"{key}.{label}", on_click=_on_start, args=(key, text))


@callback
def _on_start(key: str, text: str) -> None:
    st.session_state[key] = text


@callback
def _on_save(stored: CriteriaSet, edited: CriteriaSet) -> None:
    saved = workspace().store.save_criteria(edited, by=reviewer())
    if saved.version > stored.version:
        st.session_state["new.stored"] = saved
        said = f"Saved as version {saved.version}. Cases that are open keep version {stored.version}."
    else:
        said = f"This is version {saved.version} of the list, which is stored already. Nothing new was saved."
    st.session_state[_SAVED] = said


def _place(fault: Fault, text: str) -> str:
    if fault.at is None:
        return ""
    line, column = text.count("\n", 0, fault.at) + 1, fault.at - (text.rfind("\n", 0, fault.at) + 1) + 1
    return f"Line {line}, character {column}: " if "\n" in text else f"Character {column}: "


def _line(row: OutlineRow, criteria: CriteriaSet) -> str:
    lead = _LEADS[row.lead]
    if row.criterion:
        question = criteria[row.criterion].question
        short = question if len(question) <= _LONGEST_QUESTION else f"{question[:_LONGEST_QUESTION].rstrip()}…"
        return f"{lead}**{plain(row.criterion)}** {plain(short)}"
    words = f"{lead}**{row.words}**"
    return f"{words} · {plain(row.title)}" if row.title else words
