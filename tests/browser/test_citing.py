"""Text and places on a page are picked and cited in a real browser; two pages, quick turns, time on pages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, Serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def url(serve: Serve) -> str:
    return serve(HERE / "apps" / "citing_app.py", {})


def opened(page: Page, address: str) -> Locator:
    """The page view at `address`, with its image."""
    page.goto(address)
    root = page.locator(".pv")
    expect(root).to_have_attribute("data-ready", re.compile("."))
    return root


def wait_heard(page: Page, **what: object) -> None:
    for name, value in what.items():
        expect(page.get_by_test_id("stText")).to_contain_text(f'"{name}": {json.dumps(value)}')


def heard(page: Page) -> dict[str, Any]:
    return dict(json.loads(page.get_by_test_id("stText").inner_text()))


def middle(word: Locator) -> tuple[float, float]:
    box = word.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 8, start[1] + 3)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def word(root: Locator, text: str) -> Locator:
    return root.locator(".frame:not(.beside) .words span").filter(has_text=re.compile(f"^{re.escape(text)}$")).first


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_words_dragged_over_two_lines_are_cited_however_the_page_is_turned(page: Page, url: str, turn: int) -> None:
    root = opened(page, f"{url}/?turn={turn}&wide=900")
    drag(page, middle(word(root, "liver")), middle(word(root, "Leflunomide")))
    root.get_by_role("button", name="Cite").click()
    wait_heard(page, cite="PickedWords", quote="liver enzymes. Leflunomide", same=True)
    expect(root.get_by_role("img", name="Citation 1: liver enzymes. Leflunomide")).to_be_visible()
    expect(root.get_by_role("button", name="Cite")).to_be_hidden()


def test_selected_text_is_copied_line_by_line(page: Page, url: str) -> None:
    root = opened(page, url)
    drag(page, middle(word(root, "liver")), middle(word(root, "Leflunomide")))
    page.keyboard.press("Control+c")
    page.get_by_label("Pasted").focus()
    page.keyboard.press("Control+v")
    expect(page.get_by_label("Pasted")).to_have_value("liver enzymes.\nLeflunomide")


def test_a_selection_may_begin_on_a_passage_and_the_key_cites_it(page: Page, url: str) -> None:
    root = opened(page, url)
    drag(page, middle(word(root, "weekly")), middle(word(root, "stopped")))
    expect(root.get_by_role("button", name="Cite")).to_be_visible()
    page.keyboard.press("e")
    wait_heard(page, cite="PickedWords", quote="weekly from 03/2025, stopped")


def test_escape_lets_a_selection_go(page: Page, url: str) -> None:
    root = opened(page, url)
    word(root, "enzymes.").dblclick()
    expect(root.locator(".picked i")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(root.locator(".picked i")).to_have_count(0)
    expect(root.get_by_role("button", name="Cite")).to_be_hidden()


def test_a_passage_is_cited_by_click_by_enter_and_by_key(page: Page, url: str) -> None:
    root = opened(page, url)
    root.get_by_role("button", name="Methotrexate, the dose").click()
    root.get_by_role("button", name="Cite").click()
    wait_heard(page, cite="PickedMark", quote="mark 0")
    root.get_by_role("button", name="Leflunomide").focus()
    page.keyboard.press("Enter")
    expect(root.get_by_role("button", name="Cite")).to_be_focused()
    page.keyboard.press("Enter")
    wait_heard(page, quote="mark 1")
    root.get_by_role("button", name="Methotrexate, the dose").focus()
    page.keyboard.press("e")
    wait_heard(page, quote="mark 0")
    root.locator(".sheet").focus()
    page.keyboard.press("e")  # nothing is picked: the strongest
    wait_heard(page, quote="mark 1")


def test_a_box_is_drawn_with_the_mouse(page: Page, url: str) -> None:
    root = opened(page, url)
    root.get_by_role("button", name="Box").click()
    frame = root.locator(".frame").bounding_box()
    assert frame is not None
    at = [(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in ((0.1, 0.15), (0.6, 0.19))]
    drag(page, at[0], at[1])
    wait_heard(page, cite="PickedBox", box=[0.1, 0.15, 0.6, 0.19])
    expect(root.get_by_role("button", name="Box")).to_have_attribute("aria-pressed", "false")


def test_a_box_is_drawn_and_left_by_key_alone(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?scan=1")
    root.locator(".sheet").focus()
    page.keyboard.press("b")
    expect(root.locator(".drawn")).to_be_visible()
    page.keyboard.press("Escape")
    expect(root.locator(".drawn")).to_be_hidden()
    assert "cite" not in heard(page)
    page.keyboard.press("b")
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    wait_heard(page, cite="PickedBox")
    x0, _, x1, _ = heard(page)["box"]
    assert (x0, x1) == (0.18, 0.79)
    assert "leaked" not in heard(page)  # the arrows moved the box, and no page was turned
    assert root.get_attribute("data-ready") == "1"


def test_a_hit_of_the_search_is_scrolled_into_sight(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?found=1")
    expect(root.locator(".hit")).to_have_count(14)
    sheet, now = root.locator(".sheet").bounding_box(), root.locator(".hit.now").bounding_box()
    assert sheet is not None
    assert now is not None
    assert sheet["y"] < now["y"] < sheet["y"] + sheet["height"]
    expect(root.get_by_label("Marks on the page")).to_contain_text("found by the search")


def test_a_page_is_gone_to_by_its_number(page: Page, url: str) -> None:
    root = opened(page, url)
    root.locator(".sheet").focus()
    page.keyboard.press("g")
    page.keyboard.type("7")
    page.keyboard.press("ArrowRight")  # in the field: no page is turned, and nothing leaks to the app
    page.keyboard.press("Enter")
    expect(root).to_have_attribute("data-ready", "7")
    page.keyboard.press("End")
    expect(root).to_have_attribute("data-ready", "12")
    page.keyboard.press("Home")
    expect(root).to_have_attribute("data-ready", "1")
    page.keyboard.press("g")
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    expect(root.locator(".hint")).to_have_text("There are pages 1 to 12.")
    expect(root.get_by_label("Go to page")).to_have_value("1")
    assert "leaked" not in heard(page)


def test_the_page_is_turned_in_the_bar(page: Page, url: str) -> None:
    root = opened(page, url)
    root.get_by_role("button", name="Turn the page clockwise").click()
    wait_heard(page, rotated=1)
    expect(root).to_have_attribute("data-ready", "1")
    box = root.locator(".frame").bounding_box()
    assert box is not None
    assert box["width"] > box["height"]


def test_a_page_beside_stays_while_the_other_is_turned_and_can_be_cited(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?beside=4&wide=1200")
    first, second = (root.locator(".frame").nth(i).bounding_box() for i in (0, 1))
    assert first is not None
    assert second is not None
    assert first["width"] == second["width"]
    assert second["x"] >= first["x"] + first["width"]
    root.get_by_role("button", name="Next page").click()
    expect(root).to_have_attribute("data-ready", "2")
    expect(root.locator(".tag")).to_have_text(["Page 2", "Page 4"])
    root.locator(".frame.beside .words span").filter(has_text="QuantiFERON").dblclick()
    page.keyboard.press("e")
    wait_heard(page, cite="PickedWords", quote="QuantiFERON")
    assert heard(page)["page"] == 4


def test_pages_stand_one_below_the_other_where_there_is_no_room(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?beside=4&wide=560")
    first, second = (root.locator(".frame").nth(i).bounding_box() for i in (0, 1))
    assert first is not None
    assert second is not None
    assert second["y"] >= first["y"] + first["height"]
    bar = root.locator(".bar").bounding_box()
    assert bar is not None
    assert bar["height"] < 40  # everything in one line


def test_a_page_seen_before_shows_at_once_and_without_the_marks_of_the_page_between(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?kept=1&slow=2&found=1")
    expect(root.locator("g")).to_have_count(2)
    root.locator(".sheet").focus()
    page.keyboard.press("ArrowRight")
    expect(root.locator("img")).to_have_attribute("alt", "Page 2 of the chart")
    page.keyboard.press("ArrowLeft")
    expect(root).to_have_attribute("data-ready", "1", timeout=1000)
    assert root.locator("g").count() == 0
    assert root.locator(".hit").count() == 0
    assert root.locator(".words span").count() == 0
    assert root.locator("img").get_attribute("alt") == "Page 1"
    page.keyboard.press("e")  # the server has not answered: nothing is cited on the wrong page
    expect(root.locator("g")).to_have_count(2)
    expect(root.locator("img")).to_have_attribute("alt", "Page 1 of the chart")
    assert "cite" not in heard(page)


def test_nothing_is_lost_while_the_server_is_busy(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?slow=2&every=1")
    root.locator(".sheet").focus()
    page.keyboard.press("ArrowRight")  # the server is busy for two seconds
    page.wait_for_timeout(300)
    page.keyboard.press("e")
    word(root, "QuantiFERON").dblclick()
    page.keyboard.press("e")
    wait_heard(page, count=2, quote="QuantiFERON", about="C01")
    assert heard(page)["page"] == 1
    wait_heard(page, asked=2)
    expect(root).to_have_attribute("data-ready", "2")


def test_quick_turns_add_up(page: Page, url: str) -> None:
    root = opened(page, url)
    root.locator(".sheet").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-ready", "5")
    wait_heard(page, asked=5)


def test_time_counts_for_the_page_in_sight_while_somebody_is_there(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?every=1&idle=2")
    root.locator(".sheet").focus()
    wait_seen(page, 1)
    page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-ready", "2")
    wait_seen(page, 2)
    page.wait_for_timeout(4000)  # idle for the second half of it, and everything has arrived
    before = heard(page)["seen"]
    page.wait_for_timeout(2500)
    assert heard(page)["seen"] == before


def wait_seen(page: Page, number: int) -> None:
    """Somebody is there until time on the page has arrived."""
    for _ in range(60):
        if heard(page)["seen"].get(str(number)):
            return
        page.keyboard.press("Shift")
        page.wait_for_timeout(250)
    pytest.fail(f"no time on page {number}: {heard(page)}")


def test_time_not_reported_yet_comes_along_with_the_next_act(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?every=600")
    root.locator(".sheet").focus()
    page.wait_for_timeout(1500)
    assert heard(page)["seen"] == {}
    page.keyboard.press("ArrowRight")
    wait_seen(page, 1)
    assert 0.5 < heard(page)["seen"]["1"] < 30
    expect(root).to_have_attribute("data-ready", "2")
    page.wait_for_timeout(1200)
    taken, again = page.evaluate("[window.chartsieveSeen.take(), window.chartsieveSeen.take()]")
    assert taken["of"] == "case"
    assert 2 in dict(taken["seconds"])
    assert again is None


def test_words_of_a_page_stay_words(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?hostile=1")
    word(root, "<img/src=x/onerror=document.title='owned'>").dblclick()
    page.keyboard.press("e")
    wait_heard(page, cite="PickedWords", same=True)
    assert page.title() == "Page"
    assert root.locator("img").count() == 1


@pytest.mark.parametrize("dark", [False, True])
def test_everything_at_once_fits_a_laptop(open_page: OpenPage, url: str, dark: bool) -> None:
    page = open_page(dark=dark)
    root = opened(page, f"{url}/?found=1&wide=900")
    root.get_by_role("button", name="Leflunomide").click()
    root.get_by_role("button", name="Cite").click()
    wait_heard(page, cite="PickedMark")
    (HERE / "screens").mkdir(exist_ok=True)
    page.screenshot(path=HERE / "screens" / f"citing-1366-{'dark' if dark else 'light'}.png")
    expect(root.locator(".legend li:visible")).to_have_count(3)
