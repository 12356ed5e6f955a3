"""What the criteria come to: the roll-up in words, what is still open, and the tree part by part."""

from collections.abc import Sequence

import streamlit as st

from core.casefacts import Place
from core.domain import CriteriaSet
from core.logic import OutlineRow, State, outline, states
from pages.components.frame import plain
from pages.determine.links import links
from pages.determine.place import Seen
from pages.determine.words import STATE_LOOKS

_PARTS = 8
"""Parts of the tree that are shown at once; the rest is in the whole tree."""
_QUESTION = 110
"""Characters of a question in the tree."""


def criteria_panel(now: Seen) -> None:
    facts, criteria = now.facts, now.basis.case.criteria
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**Criteria** · {plain(criteria.name)}, version {criteria.version}")
        rolled = "undecided" if facts.rolled is None and facts.undecided else facts.rolled
        icon = STATE_LOOKS[rolled][0] if rolled else ":gray[:material/list:]"
        st.markdown(f"{icon} {plain(facts.sentence)}")
        _to_look_at(now, "Undecided", facts.undecided)
        _to_look_at(now, "Insufficient", facts.insufficient)
        _to_look_at(now, "Speaks against", facts.against)
        _tree(now)


def linked(now: Seen) -> frozenset[Place]:
    """Places that this panel has links to."""
    return frozenset(map(Place, (*now.facts.undecided, *now.facts.speaks_against)))


def _to_look_at(now: Seen, words: str, ids: Sequence[str]) -> None:
    if ids:
        links(now.case_id, [Place(criterion) for criterion in ids], before=f"{words}:")


def _tree(now: Seen) -> None:
    """The parts of the root, and behind a click the whole tree; of a list without logic, nothing."""
    criteria = now.basis.case.criteria
    if criteria.root is None:
        return
    rows, found = outline(criteria.root), states(criteria.root, now.basis.outcomes)
    parts = [row for row in rows if row.depth == 1][:_PARTS]
    if len(parts) < len(rows) - 1:
        named = [row for row in parts if row.title or row.criterion]
        st.caption(" · ".join(f"{plain(row.title or row.criterion)} {_state(found[row.path])}" for row in named))
    with st.expander("The whole tree", icon=":material/account_tree:"):
        lines = [f"{'    ' * row.depth}- {_state(found[row.path])} {_line(row, criteria)}" for row in rows]
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


def _state(state: State) -> str:
    icon, words = STATE_LOOKS[state]
    return f"{icon} :gray[{words}]"
