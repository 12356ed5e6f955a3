"""A heatmap of made-up scores and what Python hears of it.

Address: ?rows=80&pages=150&hostile=1&marks=1&score=1&unscored=1&pins=1&price=3&table=1
"""

import json
from dataclasses import asdict

import numpy as np
import streamlit as st

from core.domain import DecisionOutcome
from core.grid import GAP
from core.rows import CriterionRow, Order, ordered
from core.selection import Rule, evidence, kept
from pages.components.heat_table import heat_table, picked_row, picked_sort, sorted_by
from pages.components.heatmap import (
    Cell,
    Certified,
    HeatmapData,
    HeatPage,
    HeatRow,
    Packed,
    heatmap,
    pack,
    picked_cell,
    picked_order,
    picked_rule,
    picked_seen,
)
from tests.browser.apps.made_up import characters, held, lengths, made_up, same_text, unreadable

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
    blank, sizes, same = unreadable(pages), characters(pages), same_text(pages)
    columns = [
        HeatPage(
            number=c + 1,
            label=HOSTILE if hostile else f"{c % 60 + 1} of 60",
            chars=sizes[c],
            readable=c not in blank,
            duplicate=c % 29 == 28,
            same_text=same[c],
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
    st.session_state.cell, st.session_state.seen = picked_cell("heat"), picked_seen("heat")


def on_order() -> None:
    """Keep the order that the browser reports."""
    st.session_state.order = picked_order("heat")


def impose(rule: Rule) -> None:
    """Set a rule from Python."""
    st.session_state.rule = rule
    st.session_state.rule_token = st.session_state.get("rule_token", 0) + 1


def switch() -> None:
    """Put another scorer in force, with its own rule."""
    st.session_state.fingerprint += "b"
    impose(Rule(0.3))


def show_found() -> None:
    """Sort and filter from Python, as the table twin does."""
    st.session_state.imposed = st.session_state.order = Order("best", reverse=True, evidence="found")
    st.session_state.order_token = st.session_state.get("order_token", 0) + 1


def turn() -> None:
    """Move the cursor from Python, as the page view does."""
    old: Cell = st.session_state.cursor
    st.session_state.cursor = Cell(old.row, old.page + 1)
    st.session_state.cursor_token = st.session_state.get("cursor_token", 0) + 1


def twin(rows: int, pages: int, marked: bool) -> None:
    """The table beside the heatmap."""
    milli, rule = made_up(rows, pages), st.session_state.rule
    keep, blank = kept(milli, rule, lengths(pages)), np.zeros(pages, dtype=np.bool_)
    blank[list(unreadable(pages))] = True
    states = evidence(milli, keep, blank, weak=0.4)
    made = [
        CriterionRow(
            f"C{r + 1}",
            f"Group {r // 9 + 1}",
            QUESTIONS[r % len(QUESTIONS)],
            states[r],
            int(np.where(milli[r] == GAP, 0, milli[r]).max()) / 1000,
            tuple((np.flatnonzero(keep[r] & (milli[r] != GAP)) + 1).tolist()),
            int((milli[r] == GAP).sum()),
            0,
            0,
        )
        for r in range(rows)
    ]
    decisions = {f"C{i + 1}": OUTCOMES[i % 4] for i in range(7)} if marked else {}
    flags = {"C3", "C11"} if marked else set()
    order, current = st.session_state.get("order") or Order(), st.session_state.get("row", "C3")
    heat_table(
        ordered(made, order, decisions=decisions, flags=flags, current=current),
        key="twin",
        rule=rule,
        current=current,
        order=order,
        decisions=decisions,
        flags=flags,
        measure="Probability",
        asked=rows,
        on_row=on_row,
        on_sort=on_sort,
    )


def on_row() -> None:
    """Keep the criterion that the table reports."""
    st.session_state.row = picked_row("twin")


def on_sort() -> None:
    """Sort by the column that the table reports."""
    if sort := picked_sort("twin"):
        st.session_state.imposed = st.session_state.order = sorted_by(st.session_state.get("order") or Order(), sort)
        st.session_state.order_token = st.session_state.get("order_token", 0) + 1


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
        flags=("C3", "C11") if "marks" in query else (),
        pins=held(int(query.get("rows", "80")), int(query.get("pages", "150"))) if "pins" in query else {},
        order=st.session_state.get("imposed", Order()),
        order_token=st.session_state.get("order_token", 0),
        certified=Certified(Rule(0.6, 5), "Certified: keeps at least 95% of the criteria with evidence"),
        price=float(query["price"]) if "price" in query else None,
        table="table" in query,
        on_rule=on_rule,
        on_cell=on_cell,
        on_order=on_order,
    )
    if "table" in query:
        twin(int(query.get("rows", "80")), int(query.get("pages", "150")), "marks" in query)
with right:
    st.button("Impose 0.235", on_click=impose, args=(Rule(0.235),))
    st.button("Impose the best 3", on_click=impose, args=(Rule(None, 3),))
    st.button("Impose what Python knows", on_click=lambda: impose(st.session_state.rule))
    st.button("Impose a budget", on_click=impose, args=(Rule(None, token_budget=3000),))
    st.button("Show what is found", on_click=show_found)
    st.button("Switch the scorer", on_click=switch)
    st.button("Next page", on_click=turn, shortcut="Right")
    heard = {
        "rule": str(st.session_state.rule),
        "rules_heard": st.session_state.get("rules_heard", 0),
        "cell": st.session_state.get("cell"),
        "cursor": st.session_state.cursor.page,
        "order": asdict(st.session_state.order) if st.session_state.get("order") else None,
        "seen": st.session_state.get("seen"),
        "row": st.session_state.get("row"),
    }
    st.text(json.dumps(heard))
