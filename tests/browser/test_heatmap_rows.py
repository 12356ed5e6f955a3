"""The heatmap in a real browser: token budget, pages held by hand, evidence, sorting and filtering, the table twin."""

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.domain import DECISIONS
from core.grid import GAP
from core.holds import by_hand
from core.rows import SORTS, CriterionRow, Order, ordered
from core.selection import Rule, evidence, kept
from tests.browser.apps.made_up import lengths, made_up, unreadable
from tests.browser.conftest import Serve
from tests.browser.heatmaps import expected, heard, holding, middle, opened, wait_heard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HERE = Path(__file__).parent
RULES = [
    Rule(cut, k, token_budget=budget)
    for cut, k, budget in product((None, 0.0, 0.235, 0.4, 0.8), (None, 1, 5, 150), (None, 1, 400, 2000, 100_000))
    if not cut == k == budget
]
SET = """(root, [milli, top_k, budget]) => {
  root.view.impose({ milli, top_k, budget });
  root.view.recount();
  const { evidence, perRow } = root.view.result;
  return [['kept', 'found', 'cells', 'tokens'].map((name) => Number(root.dataset[name])), evidence, [...perRow]];
}"""
ORDERED = """(root, [order, current]) => {
  const view = root.view;
  view.open.r = current;
  view.mine.order = order;
  view.reorder();
  return root.dataset.rows.split(' ').filter(Boolean);
}"""


@pytest.fixture(scope="module")
def url(serve: Serve) -> str:
    return serve(HERE / "apps" / "heatmap_app.py", {})


def said(rule: Rule) -> list[int | None]:
    return [None if rule.threshold is None else round(rule.threshold * 1000), rule.top_k, rule.token_budget]


@pytest.mark.parametrize("pins", [False, True])
def test_browser_and_python_agree_on_budgets_and_on_pages_held_by_hand(page: Page, url: str, pins: bool) -> None:
    root = opened(page, f"{url}/?{'pins=1' if pins else ''}")
    milli, sizes = made_up(80, 150), lengths(150)
    unread = np.zeros(150, dtype=np.bool_)
    unread[list(unreadable(150))] = True
    hold = holding(80, 150) if pins else np.zeros(milli.shape, dtype=np.int8)
    disagreements = []
    for rule in RULES:
        figures, states, per_row = root.evaluate(SET, said(rule))
        ruled = kept(milli, rule, sizes)
        keep = by_hand(ruled, hold)
        tokens = int(sizes.of_kept(np.asarray(keep.any(axis=0)).reshape(1, -1))[1][0])
        wanted = [*expected(rule, pins=pins), tokens]
        rows = (keep & ((milli != GAP) | (hold > 0))).sum(axis=1).tolist()
        if (figures, states, per_row) != (wanted, evidence(milli, ruled, unread, weak=0.4), rows):
            disagreements.append((str(rule), figures, wanted))
    assert disagreements == []


def made_up_rows() -> list[CriterionRow]:
    """The rows as core.rows has them, under the rule 0.40."""
    milli = made_up(80, 150)
    keep = kept(milli, Rule(0.4)) & (milli != GAP)
    unread = np.zeros(150, dtype=np.bool_)
    unread[list(unreadable(150))] = True
    states = evidence(milli, kept(milli, Rule(0.4)), unread, weak=0.4)
    best = np.where(milli == GAP, -1, milli.astype(int)).max(axis=1)
    return [
        CriterionRow(
            f"C{r + 1}",
            f"Group {r // 9 + 1}",
            "",
            states[r],
            int(best[r]) / 1000,
            tuple(np.flatnonzero(keep[r]).tolist()),
            0,
            0,
            0,
        )
        for r in range(80)
    ]


ORDERS = [
    *(Order(sort, reverse=reverse) for sort, reverse in product(SORTS, (False, True))),
    *(Order("best", evidence=state) for state in ("found", "weak", "none_found", "could_not_read", "not_scored")),
    Order("decision", undecided=True),
    Order("kept", True, "Group 2"),
    Order(flagged=True),
    Order(group="Nowhere"),
    Order("evidence", undecided=True, group="Group 1"),
]


@pytest.mark.parametrize("query", ["marks=1", "marks=1&unscored=1"])
def test_browser_and_python_sort_and_filter_alike(page: Page, url: str, query: str) -> None:
    root = opened(page, f"{url}/?{query}")
    rows = made_up_rows()
    if "unscored" in query:
        rows[3] = CriterionRow("C4", "Group 1", "", "not_scored", None, (), 0, 0, 0)
    decisions = {f"C{i + 1}": DECISIONS[i % 4] for i in range(7)}
    for order, current in product(ORDERS, (2, 40)):
        wanted = ordered(rows, order, decisions=decisions, flags={"C3", "C11"}, current=f"C{current + 1}")
        plain = {
            name: getattr(order, name) for name in ("sort", "reverse", "group", "evidence", "undecided", "flagged")
        }
        assert root.evaluate(ORDERED, [plain, current]) == [row.id for row in wanted], order


def test_a_budget_reaches_python_with_the_rule_and_may_be_taken_back(page: Page, url: str) -> None:
    root = opened(page, url)
    budget = root.get_by_label("Token budget")
    budget.fill("2000")
    budget.blur()
    wait_heard(page, "rule", str(Rule(0.4, token_budget=2000)))
    root.get_by_label("the best K").check()
    root.locator(".topk").fill("")
    root.locator(".topk").blur()
    wait_heard(page, "rule", str(Rule(None, token_budget=2000)))
    assert root.get_attribute("data-kept") == str(expected(Rule(None, token_budget=2000))[0])
    budget.fill("")
    budget.blur()
    wait_heard(page, "rule", str(Rule(None, 5)))
    page.get_by_role("button", name="Impose a budget").click()
    expect(budget).to_have_value("3000")
    expect(root.locator(".topk")).to_have_value("")


def test_sort_and_filter_tell_python_once_and_keys_follow_the_rows_that_are_shown(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?marks=1")
    root.get_by_label("flagged").check()
    wait_heard(page, "order", {
        "sort": "listed", "reverse": False, "group": None, "evidence": None, "undecided": False, "flagged": True,
    })  # fmt: skip
    expect(root).to_have_attribute("data-rows", "C3 C11")
    expect(root.get_by_role("button", name="2 of 80: show all")).to_be_visible()
    root.locator("canvas").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert heard(page)["order"]["flagged"]
    expect(page.get_by_test_id("stText")).to_contain_text('"cell": ["C11", 7]')
    root.get_by_label("Sort the criteria").select_option("best")
    root.get_by_role("button", name="Reverse").click()
    wait_heard(page, "reverse", True)
    root.locator("canvas").click(position=middle(root, 10, 20))
    wait_heard(page, "cell", ["C11", 21])
    root.get_by_role("button", name="show all").click()
    wait_heard(page, "flagged", False)
    assert len((root.get_attribute("data-rows") or "").split()) == 80
    page.get_by_role("button", name="Show what is found").click()
    expect(root.locator(".evidence")).to_have_value("found")
    expect(root.get_by_label("Sort the criteria")).to_have_value("best")


def test_rows_stay_where_they_are_under_a_drag_and_move_when_it_ends(page: Page, url: str) -> None:
    root = opened(page, url)
    root.get_by_label("Sort the criteria").select_option("kept")
    wait_heard(page, "sort", "kept")
    before = root.get_attribute("data-rows")
    slider = root.locator(".threshold")
    slider.evaluate("(range) => { range.value = 0.85; range.dispatchEvent(new Event('input')); }")
    assert root.get_attribute("data-rows") == before
    slider.dispatch_event("change")
    wait_heard(page, "rule", str(Rule(0.85)))
    assert root.get_attribute("data-rows") != before


def test_the_numbers_speak_of_the_open_criterion_the_savings_and_the_promise(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?rows=12&pages=12&price=3")
    milli, sizes = made_up(12, 12), lengths(12)
    keep = kept(milli, Rule(0.4), sizes)
    characters, tokens = (int(each[2]) for each in sizes.of_kept(keep))
    scored, gaps = int((keep & (milli != GAP))[2].sum()), int((milli == GAP)[2].sum())
    pages = f"{scored} page{'' if scored == 1 else 's'} and {gaps} without a score"
    expect(root.locator(".here")).to_have_text(f"C3 {pages}, {characters:,} characters, about {tokens:,} tokens")
    saved = int(sizes.tokens.sum()) - int(sizes.of_kept(np.asarray(keep.any(axis=0)).reshape(1, -1))[1][0])
    cost = "less than $0.01" if saved else ""
    expect(root.locator(".saved")).to_have_text(f"tokens, about; {saved:,} saved, {cost}" if saved else "tokens, about")
    promise = root.locator(".promise")
    expect(promise).to_have_text("Not certified at this setting")
    root.get_by_label("both").check()
    root.get_by_role("button", name="0.6 strong").click()
    expect(promise).to_have_text("Certified: keeps at least 95% of the criteria with evidence")
    root.get_by_label("Token budget").fill("4000")
    expect(promise).to_have_text("Not certified at this setting")


def test_a_page_held_by_hand_is_drawn_said_and_counted(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?rows=12&pages=12&pins=1")
    hold = holding(12, 12)
    expect(root.locator("[data-key=keep]")).to_have_text(f"kept by hand: {int((hold > 0).sum())}")
    expect(root.locator("[data-key=drop]")).to_have_text(re.compile(f"left out by hand:\\s+{int((hold < 0).sum())}"))
    for way, words in ((1, "kept by the reviewer"), (-1, "left out by the reviewer")):
        row, column = (int(i) for i in np.argwhere(hold == way)[0])
        root.locator("canvas").hover(position=middle(root, row, column))
        expect(root.locator(".tip .how")).to_contain_text(words)
    root.locator("canvas").hover(position=middle(root, 1, unreadable(12)[0]))
    expect(root.locator(".tip .how")).to_have_text("This page is not read: left out by the reviewer")


def test_the_table_twin_is_sorted_and_walked_by_keyboard(page: Page, url: str) -> None:
    page.goto(f"{url}/?rows=12&pages=12&marks=1&table=1")
    table, root = page.locator(".ht"), page.locator(".hm")
    expect(table.locator("tbody tr")).to_have_count(12)
    expect(root.locator("canvas")).to_be_hidden()
    expect(root.locator(".threshold")).to_be_visible()
    current = table.locator("tr[aria-current]")
    expect(current.locator(".id")).to_have_text("C3")
    expect(current).to_contain_text("⚑ flagged")
    current.locator(".id").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_heard(page, "row", "C4")
    expect(table.locator("tr[aria-current] .id")).to_be_focused()
    expect(table.locator("tr[aria-current] .id")).to_have_text("C4")
    table.get_by_role("button", name="Best probability").click()
    expect(table.locator("th[data-sort=best]")).to_have_attribute("aria-sort", "ascending")
    best = [float(text) for text in table.locator("td.number").all_inner_texts()]
    assert best == sorted(best, reverse=True)
    expect(root.get_by_label("Sort the criteria")).to_have_value("best")
    root.get_by_label("undecided").check()
    expect(table.locator("tbody tr")).to_have_count(6)
