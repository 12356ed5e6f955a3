"""A heatmap of made-up scores and what Python hears of it.

Address: ?rows=80&pages=150&hostile=1&marks=1&score=1&unscored=1
"""

import json

import streamlit as st

from core.domain import DecisionOutcome
from core.grid import GAP
from core.selection import Rule
from pages.components.heatmap import (
    Cell,
    HeatmapData,
    HeatPage,
    HeatRow,
    Packed,
    heatmap,
    pack,
    picked_cell,
    picked_rule,
)
from tests.browser.apps.made_up import made_up, unreadable

QUESTIONS = (
    "Is a diagnosis of moderate to severe disease documented by a specialist?",
    "Were at least two conventional systemic therapies tried for three months or longer, or not tolerated?",
    "Is the most recent C-reactive protein above the upper limit of normal?",
    "Was tuberculosis excluded by a test in the past 12 months?",
    "Does the plan state dose, interval and duration?",
    "Is there a contraindication to methotrexate?",
    "Has physical therapy been attended for six weeks?",
)
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>"
OUTCOMES: tuple[DecisionOutcome, ...] = ("met", "not_met", "insufficient", "not_applicable")


@st.cache_data
def packed(rows: int, pages: int, hostile: bool, score: bool, unscored: bool, fingerprint: str) -> Packed:
    """The made-up case as the browser gets it; `score`: nothing is recalibrated, `unscored`: C4 waits for scores."""
    blank = unreadable(pages)
    columns = [
        HeatPage(
            number=c + 1,
            label=HOSTILE if hostile else f"{c % 60 + 1} of 60",
            chars=0 if c in blank else 900 + 37 * (c * 13 % 61),
            readable=c not in blank,
            duplicate=c % 29 == 28,
        )
        for c in range(pages)
    ]
    criteria = [
        HeatRow(f"C{r + 1}", HOSTILE if hostile else QUESTIONS[r % len(QUESTIONS)], f"Group {r // 9 + 1}")
        for r in range(rows)
    ]
    milli = made_up(rows, pages)
    if unscored:
        milli[3] = GAP
    return pack(HeatmapData(columns, criteria, milli, None if score else milli, not score, fingerprint))


def on_rule() -> None:
    """Keep the rule that the browser reports."""
    picked = picked_rule("heat", st.session_state.fingerprint)
    if picked:
        st.session_state.rule = picked.rule
    st.session_state.rules_heard = st.session_state.get("rules_heard", 0) + 1


def on_cell() -> None:
    """Keep the cell that the browser reports."""
    st.session_state.cell = picked_cell("heat")


def impose(rule: Rule) -> None:
    """Set a rule from Python."""
    st.session_state.rule = rule
    st.session_state.rule_token = st.session_state.get("rule_token", 0) + 1


def switch() -> None:
    """Put another scorer in force, with its own rule."""
    st.session_state.fingerprint += "b"
    impose(Rule(0.3))


def turn() -> None:
    """Move the cursor from Python, as the page view does."""
    old: Cell = st.session_state.cursor
    st.session_state.cursor = Cell(old.row, old.page + 1)
    st.session_state.cursor_token = st.session_state.get("cursor_token", 0) + 1


st.set_page_config(page_title="Heatmap", layout="wide")
query = st.query_params
st.session_state.setdefault("rule", Rule(0.4))
st.session_state.setdefault("fingerprint", "a")
st.session_state.setdefault("cursor", Cell("C3", 7))
left, right = st.columns([3, 2])
with left:
    heatmap(
        packed(
            int(query.get("rows", "80")),
            int(query.get("pages", "150")),
            "hostile" in query,
            "score" in query,
            "unscored" in query,
            st.session_state.fingerprint,
        ),
        key="heat",
        rule=st.session_state.rule,
        rule_token=st.session_state.get("rule_token", 0),
        cursor=st.session_state.cursor,
        cursor_token=st.session_state.get("cursor_token", 0),
        marks={f"C{i + 1}": OUTCOMES[i % 4] for i in range(7)} if "marks" in query else {},
        on_rule=on_rule,
        on_cell=on_cell,
    )
with right:
    st.button("Impose 0.235", on_click=impose, args=(Rule(0.235),))
    st.button("Impose the best 3", on_click=impose, args=(Rule(None, 3),))
    st.button("Impose what Python knows", on_click=lambda: impose(st.session_state.rule))
    st.button("Switch the scorer", on_click=switch)
    st.button("Next page", on_click=turn, shortcut="Right")
    heard = {
        "rule": str(st.session_state.rule),
        "rules_heard": st.session_state.get("rules_heard", 0),
        "cell": st.session_state.get("cell"),
        "cursor": st.session_state.cursor.page,
    }
    st.text(json.dumps(heard))
