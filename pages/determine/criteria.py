"""What the criteria come to: the roll-up in words, what is still open, and the tree part by part."""

import streamlit as st

from core.casefacts import Place
from core.domain import CriteriaSet
from core.logic import OutlineRow, outline, states
from pages.components.frame import plain
from pages.determine.links import links
from pages.determine.place import Seen
from pages.determine.words import STATE_LOOKS

_ROOM = 300
"""Height of a long tree on the screen, in CSS pixels."""
_LINES = 11
"""Lines of a tree that is shown in full."""
_QUESTION = 90
"""Characters of a question in the tree."""


def criteria_panel(now: Seen) -> None:
    facts = now.facts
    with st.container(border=True, gap="xsmall"):
        rolled = "undecided" if facts.rolled is None and facts.undecided else facts.rolled
        icon = STATE_LOOKS[rolled][0] if rolled else ":gray[:material/list:]"
        st.markdown(f"**Criteria** · {plain(now.basis.case.criteria.name)}, version {now.basis.case.criteria.version}")
        st.markdown(f"{icon} {plain(facts.sentence)}")
        links(now.case_id, [Place(c) for c in (*facts.undecided, *facts.insufficient)])
        _tree(now)


def _tree(now: Seen) -> None:
    """The tree as nested lines; of a list without logic, nothing."""
    criteria = now.basis.case.criteria
    if criteria.root is None:
        return
    rows, found = outline(criteria.root), states(criteria.root, now.basis.outcomes)
    lines = [f"{'    ' * row.depth}- {_line(row, criteria)} {_state(found[row.path])}" for row in rows]
    with st.container(height=_ROOM if len(rows) > _LINES else "content", border=False):
        st.markdown("\n".join(lines))


def _line(row: OutlineRow, criteria: CriteriaSet) -> str:
    lead = {"if": "if ", "then": "then ", "": ""}[row.lead]
    if not row.criterion:
        title = f" · {plain(row.title)}" if row.title else ""
        return f"{lead}**{row.words}**{title}"
    question = criteria[row.criterion].question
    if len(question) > _QUESTION:
        question = f"{question[:_QUESTION].rsplit(' ', 1)[0]}…"
    return f"{lead}**{plain(row.criterion)}** {plain(question)}"


def _state(state: str) -> str:
    icon, words = STATE_LOOKS[state]  # type: ignore[index]
    return f"· {icon} {words}"
