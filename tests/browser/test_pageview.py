"""The page view in a real browser: marks, zoom, turning pages, untrusted text, white paper in the dark."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, Serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def url(serve: Serve) -> str:
    return serve(HERE / "apps" / "pageview_app.py", {})


def opened(page: Page, address: str) -> Locator:
    """The page view at `address`, with its image."""
    page.goto(address)
    root = page.locator(".pv")
    expect(root).to_have_attribute("data-ready", re.compile("."))
    return root


def wait_heard(page: Page, name: str, value: object) -> None:
    expect(page.get_by_test_id("stText")).to_contain_text(f'"{name}": {json.dumps(value)}')


def test_a_click_on_a_mark_arrives_in_python(page: Page, url: str) -> None:
    root = opened(page, url)
    expect(root).to_have_attribute("data-boxes", "2")
    root.locator("rect").nth(1).click()
    wait_heard(page, "mark", [1, 1])
    root.get_by_role("button", name="Methotrexate 20 mg weekly").focus()
    page.keyboard.press("Enter")
    wait_heard(page, "mark", [1, 0])


def test_a_stronger_mark_is_more_opaque_and_lies_where_it_should(page: Page, url: str) -> None:
    root = opened(page, url)
    strong, weak = (float(root.locator("rect").nth(i).evaluate("(r) => r.style.fillOpacity")) for i in (0, 1))
    assert strong > weak
    image, mark = root.locator("img").bounding_box(), root.locator("rect").first.bounding_box()
    assert image is not None
    assert mark is not None
    assert mark["x"] - image["x"] == pytest.approx(0.11 * image["width"], abs=2)
    assert mark["y"] - image["y"] == pytest.approx(0.205 * image["height"], abs=2)
    assert mark["width"] == pytest.approx(0.72 * image["width"], abs=4)


def test_arrow_keys_turn_the_page_and_do_not_leak_to_the_app(page: Page, url: str) -> None:
    root = opened(page, url)
    root.locator(".sheet").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-ready", "2")
    wait_heard(page, "page", 2)
    page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-ready", "3")
    page.keyboard.press("ArrowLeft")
    expect(root).to_have_attribute("data-ready", "2")
    wait_heard(page, "turns", 3)
    wait_heard(page, "leaks", None)
    expect(root.locator("img")).to_have_attribute("alt", "Page 2 of the chart")


def test_the_first_mark_of_a_new_page_is_scrolled_into_sight(page: Page, url: str) -> None:
    root = opened(page, url)
    root.get_by_role("button", name="Larger").click()
    root.get_by_role("button", name="Next page").click()
    expect(root).to_have_attribute("data-ready", "2")
    sheet, mark = root.locator(".sheet").bounding_box(), root.locator("rect").first.bounding_box()
    assert sheet is not None
    assert mark is not None
    assert sheet["y"] < mark["y"] < sheet["y"] + sheet["height"] - mark["height"]
    root.get_by_role("button", name="Next page").click()
    expect(root).to_have_attribute("data-ready", "3")
    assert root.locator(".sheet").evaluate("(sheet) => sheet.scrollTop") == 0


def test_zoom_goes_from_75_to_200_per_cent_and_back_to_the_width(page: Page, url: str) -> None:
    root = opened(page, url)
    expect(root).to_have_attribute("data-zoom", "fit")
    larger, smaller = root.get_by_role("button", name="Larger"), root.get_by_role("button", name="Smaller")
    for _ in range(6):
        if larger.is_enabled():
            larger.click()
    expect(root).to_have_attribute("data-zoom", "200")
    expect(larger).to_be_disabled()
    assert root.locator(".frame").evaluate("(frame) => frame.clientWidth") == 1632
    for _ in range(4):
        smaller.click()
    expect(root).to_have_attribute("data-zoom", "75")
    expect(smaller).to_be_disabled()
    root.get_by_role("button", name="Fit width").click()
    assert root.locator(".sheet").evaluate("(sheet) => sheet.scrollWidth <= sheet.clientWidth")


def test_markup_in_a_title_or_alternative_text_stays_text(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?hostile=1")
    expect(root.locator("rect title")).to_have_text(re.compile("<img src=x onerror="))
    root.locator("rect").first.click()
    wait_heard(page, "mark", [1, 0])
    assert page.title() == "Page"
    assert root.locator("img").count() == 1


def test_a_page_that_is_not_drawn_yet_says_so(page: Page, url: str) -> None:
    page.goto(f"{url}/?empty=1")
    expect(page.locator(".pv .state")).to_have_text("Drawing the page…")


@pytest.mark.parametrize("dark", [False, True])
def test_the_paper_is_white_in_both_themes(open_page: OpenPage, url: str, dark: bool) -> None:
    page = open_page(dark=dark)
    root = opened(page, url)
    (HERE / "screens").mkdir(exist_ok=True)
    page.screenshot(path=HERE / "screens" / f"pageview-1366-{'dark' if dark else 'light'}.png")
    assert root.locator(".frame").evaluate("(frame) => getComputedStyle(frame).backgroundColor") == "rgb(255, 255, 255)"
    box = root.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 1366
