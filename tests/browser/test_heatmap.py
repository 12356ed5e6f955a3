"""The heatmap in a real browser: the counts of Python, no server while dragging, keys, untrusted text, looks."""

import json
import re
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.grid import GAP
from core.selection import Rule
from pages.components.heatmap import HeatmapData, HeatPage, HeatRow, pack
from tests.browser.apps.made_up import made_up
from tests.browser.conftest import OpenPage, Serve
from tests.browser.heatmaps import (
    DRAG,
    SET_RULE,
    SWEEP,
    THRESHOLDS,
    expected,
    heard,
    messages,
    middle,
    opened,
    wait_heard,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def url(serve: Serve) -> str:
    return serve(HERE / "apps" / "heatmap_app.py", {})


def test_browser_and_python_keep_the_same_pages_at_every_threshold_and_k(page: Page, url: str) -> None:
    root = opened(page, url)
    disagreements: list[tuple[Rule, list[int]]] = []
    for k in (None, 1, 3, 5, 17, 150):
        root.evaluate(SET_RULE, ["threshold" if k is None else "both", k])
        for threshold, got in zip(THRESHOLDS, root.evaluate(SWEEP, THRESHOLDS), strict=True):
            if got != expected(Rule(threshold, k)):
                disagreements.append((Rule(threshold, k), got))
        if k is None:
            continue
        root.evaluate(SET_RULE, ["best", k])
        [got] = root.evaluate(SWEEP, [0.5])
        if got != expected(Rule(None, k)):
            disagreements.append((Rule(None, k), got))
    assert disagreements == []


def test_a_drag_redraws_at_once_and_says_nothing_to_the_server(page: Page, url: str) -> None:
    seen = messages(page)
    root = opened(page, url)
    page.wait_for_timeout(500)
    before = len(seen)
    frames, draws = root.evaluate(DRAG)
    assert len(seen) == before
    print(
        f"slider input to new frame, 150 pages x 80 criteria: median {median(frames):.1f} ms, draw {median(draws):.1f}"
    )
    assert median(frames) < 50
    assert median(draws) < 20


def test_python_hears_the_threshold_when_the_slider_is_let_go(page: Page, url: str) -> None:
    root = opened(page, url)
    slider = root.locator(".threshold")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 10, steps=8)
    assert heard(page)["rules_heard"] == 0
    page.mouse.up()
    wait_heard(page, "rules_heard", 1)
    value = float(slider.input_value())
    assert heard(page)["rule"] == str(Rule(value))
    assert root.get_attribute("data-kept") == str(expected(Rule(value))[0])


def test_presets_modes_and_k_reach_python(page: Page, url: str) -> None:
    root = opened(page, url)
    root.get_by_role("button", name="0.8 near-certain").click()
    wait_heard(page, "rule", str(Rule(0.8)))
    root.get_by_label("both").check()
    wait_heard(page, "rule", str(Rule(0.8, 5)))
    root.locator(".topk").fill("2")
    root.locator(".topk").blur()
    wait_heard(page, "rule", str(Rule(0.8, 2)))
    root.get_by_label("the best K").check()
    wait_heard(page, "rule", str(Rule(None, 2)))
    assert root.get_attribute("data-kept") == str(expected(Rule(None, 2))[0])
    expect(root.locator(".threshold")).to_be_disabled()


def test_a_rule_from_python_is_taken_over_once_and_may_lie_between_two_steps(page: Page, url: str) -> None:
    root = opened(page, url)
    page.get_by_role("button", name="Impose 0.235").click()
    expect(root).to_have_attribute("data-threshold", "0.235")
    expect(root.locator(".value")).to_have_text("0.235")
    assert root.get_attribute("data-kept") == str(expected(Rule(0.235))[0])
    root.get_by_role("button", name="0.4 fair").click()
    wait_heard(page, "rule", str(Rule(0.4)))
    expect(root).to_have_attribute("data-threshold", "0.4")
    page.get_by_role("button", name="Impose 0.235").click()
    expect(root).to_have_attribute("data-threshold", "0.235")
    root.get_by_role("button", name="0.4 fair").click()
    wait_heard(page, "rules_heard", 2)
    page.get_by_role("button", name="Impose the best 3").click()
    expect(root).to_have_attribute("data-topk", "3")


def test_a_click_on_a_cell_a_row_or_a_page_number_opens_it_in_python(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?rows=12&pages=12")
    canvas = root.locator("canvas")
    canvas.click(position=middle(root, 5, 9))
    wait_heard(page, "cell", ["C6", 10])
    canvas.click(position=middle(root, 5, 9))
    canvas.click(position={"x": 60, "y": middle(root, 0, 0)["y"]})
    milli = made_up(12, 12)[0].astype(int)
    wait_heard(page, "cell", ["C1", int(np.where(milli == GAP, -1, milli).argmax()) + 1])
    canvas.click(position={"x": middle(root, 0, 3)["x"], "y": 10})
    wait_heard(page, "cell", ["C1", 4])


def test_arrows_move_enter_opens_and_no_key_leaks_to_the_app(page: Page, url: str) -> None:
    root = opened(page, url)
    root.locator("canvas").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "End", "ArrowLeft"):
        page.keyboard.press(key)
    expect(root.locator(".live")).to_contain_text("Page 149")
    page.keyboard.press("Enter")
    wait_heard(page, "cell", ["C4", 149])
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    wait_heard(page, "cell", ["C4", 1])
    root.locator(".threshold").focus()
    page.keyboard.press("ArrowRight")
    wait_heard(page, "rule", str(Rule(0.41)))
    assert heard(page)["cursor"] == 7


def test_a_page_turned_by_python_moves_the_cursor_into_sight(page: Page, url: str) -> None:
    root = opened(page, url)
    page.get_by_role("button", name="Next page").click()
    wait_heard(page, "cursor", 8)
    page.wait_for_function("(root) => root.view.open.c === 7", arg=root.element_handle())
    root.locator("canvas").click(position=middle(root, 2, 20))
    wait_heard(page, "cell", ["C3", 21])
    assert root.evaluate("(root) => root.view.open.c") == 20


def test_the_time_on_pages_goes_with_a_click(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?rows=12&pages=12")
    page.evaluate("() => { window.chartsieveSeen = { take: () => ({ of: '1.R', seconds: [[3, 4.5]] }) }; }")
    root.locator("canvas").click(position=middle(root, 2, 2))
    wait_heard(page, "cell", ["C3", 3])
    assert heard(page)["seen"] == {"of": "1.R", "seconds": [[3, 4.5]]}
    page.evaluate("() => { window.chartsieveSeen = { take: () => null }; }")
    root.locator("canvas").click(position=middle(root, 4, 2))
    wait_heard(page, "cell", ["C5", 3])
    assert heard(page)["seen"] is None


def test_a_click_sends_the_heatmap_once(page: Page, url: str) -> None:
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    root = opened(page, url)
    root.locator("canvas").click(position=middle(root, 2, 20))
    wait_heard(page, "cell", ["C3", 21])
    sizes.clear()
    root.locator("canvas").click(position=middle(root, 3, 22))
    wait_heard(page, "cell", ["C4", 23])
    page.wait_for_timeout(300)
    assert sum(size > 8000 for size in sizes) == 1


def test_markup_in_a_criterion_or_a_page_label_stays_text(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?rows=12&pages=12&hostile=1")
    root.locator("canvas").hover(position=middle(root, 2, 2))
    expect(root.locator(".tip .what")).to_contain_text("<img src=x onerror=")
    root.locator("canvas").click(position=middle(root, 2, 2))
    wait_heard(page, "cell", ["C3", 3])
    assert page.title() == "Heatmap"
    assert root.locator("img").count() == 0


def test_the_hover_text_tells_page_criterion_probability_and_why(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?rows=12&pages=12")
    milli = made_up(12, 12)
    row, column = (int(i) for i in np.argwhere((milli < 400) & (milli > 100))[0])
    root.locator("canvas").hover(position=middle(root, row, column))
    value = f"{int(milli[row, column]) // 10 / 100:.2f}"
    expect(root.locator(".tip .where")).to_contain_text(f"Page {column + 1} (printed {column + 1} of 60)")
    expect(root.locator(".tip .how")).to_have_text(f"Probability {value}, score {value}: left out, below 0.40")
    expect(root.locator(".tip .what")).to_contain_text(f"C{row + 1} ")
    root.locator("canvas").hover(position=middle(root, 0, 4))
    expect(root.locator(".tip .how")).to_have_text("This page is not read: kept")


def test_a_score_that_nothing_recalibrated_is_called_a_score_everywhere(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?rows=12&pages=12&score=1")
    milli = made_up(12, 12)
    row, column = (int(i) for i in np.argwhere((milli >= 400) & (milli != GAP))[0])
    root.locator("canvas").hover(position=middle(root, row, column))
    expect(root.locator(".tip .how")).to_have_text(re.compile(r"^Score 0\.\d\d: kept, rank \d+$"))
    assert "probab" not in root.inner_html().lower()
    expect(root.locator("[data-key=kept]")).to_have_text("kept: the stronger, the higher the score")
    expect(root.get_by_role("button", name="0.2 no faint traces")).to_have_attribute("title", re.compile("up to 0.29"))


def test_pages_that_nobody_could_read_are_counted_beside_what_waits_for_its_scores(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?rows=12&pages=12&unscored=1")
    unread, missing, waiting = (root.locator(f"[data-show={name}]") for name in ("unread", "missing", "waiting"))
    expect(unread).to_have_text("2 pagesnot read, so kept")
    expect(waiting).to_have_text("1to be scored")
    expect(missing).to_be_hidden()
    opened(page, f"{url}/?rows=12&pages=12")
    expect(unread).to_have_text("2 pagesnot read, so kept")
    expect(waiting).to_be_hidden()


def test_the_figures_stay_on_one_line_so_that_the_rows_stay_where_they_are(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?rows=12&pages=12")
    stage = root.locator(".stage")
    before = stage.bounding_box()
    assert before
    root.evaluate("(root) => root.querySelectorAll('[data-show]').forEach((figure) => { figure.hidden = false; })")
    root.evaluate(
        "(root) => root.querySelectorAll('dd').forEach((figure) => { figure.textContent = '1,200 of 1,200'; })"
    )
    after = stage.bounding_box()
    assert after
    assert after["y"] == before["y"]


def test_a_rule_set_for_another_scorer_is_not_taken(page: Page, url: str) -> None:
    root = opened(page, url)
    root.get_by_role("button", name="0.8 near-certain").click()
    wait_heard(page, "rule", str(Rule(0.8)))
    page.get_by_role("button", name="Switch the scorer").click()
    expect(root).to_have_attribute("data-threshold", "0.3")
    root.evaluate("""(root) => root.view.send.state('rule', {
      threshold: 0.6, top_k: null, token: root.view.mine.ruleToken, fingerprint: 'a' })""")
    wait_heard(page, "rules_heard", 2)
    assert heard(page)["rule"] == str(Rule(0.3))
    root.get_by_role("button", name="0.8 near-certain").click()
    wait_heard(page, "rule", str(Rule(0.8)))


def test_a_drag_stays_while_python_repeats_the_rule_it_knows(page: Page, url: str) -> None:
    root = opened(page, url)
    token = root.evaluate("(root) => root.view.mine.ruleToken")
    root.evaluate(SWEEP, [0.55])
    page.get_by_role("button", name="Impose what Python knows").click()
    page.wait_for_function(
        "([root, old]) => root.view.mine.ruleToken > old", arg=[root.element_handle(), token], timeout=5000
    )
    expect(root).to_have_attribute("data-threshold", "0.55")
    root.locator(".threshold").dispatch_event("change")
    wait_heard(page, "rule", str(Rule(0.55)))


@pytest.mark.parametrize("shape", [(12, 12), (80, 150)])
def test_the_heatmap_fits_its_column_in_both_themes(page: Page, url: str, shape: tuple[int, int]) -> None:
    root = opened(page, f"{url}/?rows={shape[0]}&pages={shape[1]}&marks=1")
    (HERE / "screens").mkdir(exist_ok=True)
    for (width, height), theme in product(((1366, 768), (1920, 1080)), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.wait_for_function(
            "([r, dark]) => r.view.theme.dark === dark", arg=[root.element_handle(), theme == "dark"]
        )
        page.wait_for_timeout(200)
        root.locator("canvas").hover(position=middle(root, 5, 6))
        page.screenshot(path=HERE / "screens" / f"heatmap-{shape[0]}x{shape[1]}-{width}-{theme}.png")
        box, stage = root.bounding_box(), root.locator(".stage").bounding_box()
        assert box is not None
        assert stage is not None
        assert stage["width"] <= box["width"] + 1
        assert box["x"] + box["width"] <= width * 0.62
        assert stage["height"] <= height - 350


def test_the_canvas_is_sharp_on_a_dense_screen(open_page: OpenPage, url: str) -> None:
    root = opened(open_page(scale=2), f"{url}/?rows=12&pages=12")
    assert root.locator("canvas").evaluate("(canvas) => canvas.width / canvas.clientWidth") == 2


def test_a_narrow_column_scrolls_inside_the_heatmap_and_keeps_the_labels(open_page: OpenPage, url: str) -> None:
    page = open_page(width=1040)
    root = opened(page, f"{url}/?rows=80&pages=150")
    root.locator("canvas").focus()
    page.keyboard.press("End")
    scroller = root.locator(".scroller")
    assert scroller.evaluate("(s) => s.scrollLeft > 0 && s.scrollWidth > s.clientWidth")
    inside = "(root) => root.view.from.x + 150 * root.view.size.cellW <= root.view.size.countX + 1"
    assert root.evaluate(inside)
    root.locator("canvas").click(position=middle(root, 2, 149))
    wait_heard(page, "cell", ["C3", 150])


def test_equal_data_pack_to_equal_bytes_and_a_wrong_shape_is_refused() -> None:
    columns, criteria = [HeatPage(1), HeatPage(2, readable=False)], [HeatRow("C1", "Is it so?")]
    milli = np.array([[400, GAP]], dtype=np.uint16)
    first, second = (pack(HeatmapData(columns, criteria, milli.copy())) for _ in range(2))
    assert json.dumps(first) == json.dumps(second)
    assert pack(HeatmapData(columns, criteria, milli[:, ::-1]))["digest"] != first["digest"]
    with pytest.raises(ValueError, match="shape"):
        pack(HeatmapData(columns, criteria, milli.T))
    with pytest.raises(ValueError, match="at least one"):
        pack(HeatmapData([], criteria, milli[:, :0]))
