"""The strip of pages in a real browser: images come into sight lazily, marks are words, keys and clicks open pages."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def url(serve: Serve) -> str:
    return serve(HERE / "apps" / "thumbs_app.py", {})


def opened(page: Page, address: str) -> Locator:
    page.goto(address)
    root = page.locator(".th")
    expect(root.locator("img").first).to_be_visible()
    return root


def heard(page: Page) -> dict[str, Any]:
    return dict(json.loads(page.get_by_test_id("stText").inner_text()))


def test_only_images_in_sight_travel_and_each_of_them_once(page: Page, url: str) -> None:
    root = opened(page, url)
    expect(root.locator("img")).to_have_count(4)
    expect(page.get_by_test_id("stText")).to_contain_text('"asked": [1, 2, 3, 4]')
    assert root.locator(".item").count() < 12
    page.get_by_role("button", name="Elsewhere").click()
    root.locator(".strip").evaluate("(strip) => { strip.scrollTop = 158 * 60; }")
    expect(root.get_by_role("option", name="Page 62,").locator("img")).to_be_visible()
    root.locator(".strip").evaluate("(strip) => { strip.scrollTop = 0; }")
    expect(root.get_by_role("option", name="Page 1,").locator("img")).to_be_visible()
    asked = heard(page)["asked"]
    assert len(asked) == len(set(asked)) <= 9


def test_a_page_is_opened_by_click_and_by_key(page: Page, url: str) -> None:
    root = opened(page, url)
    root.get_by_role("option", name="Page 2,").click()
    expect(page.get_by_test_id("stText")).to_contain_text('"page": 2,')
    expect(root.get_by_role("option", name="Page 2,")).to_have_attribute("aria-selected", "true")
    root.locator(".strip").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(root.locator(".strip")).to_have_attribute("aria-activedescendant", "page-4")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stText")).to_contain_text('"page": 4,')
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stText")).to_contain_text('"page": 150,')


def test_the_current_page_is_scrolled_into_sight(page: Page, url: str) -> None:
    root = opened(page, f"{url}/?across=1")
    page.get_by_role("button", name="Page 100").click()
    current = root.locator(".item.current")
    expect(current).to_have_attribute("data-page", "100")
    expect(current.locator("img")).to_be_in_viewport()


def test_what_is_known_of_a_page_is_said_in_words(page: Page, url: str) -> None:
    root = opened(page, url)
    expect(root.get_by_role("option", name="Page 1, score 0.90, kept, cited 2 times")).to_be_visible()
    expect(root.get_by_role("option", name="Page 2, printed 2 of 9, score 0.08, left out")).to_be_visible()
    expect(root.get_by_label("Marks")).to_contain_text("not read")
    root.locator(".strip").evaluate("(strip) => { strip.scrollTop = 158 * 4; }")
    expect(root.get_by_role("option", name="Page 5, not read, so kept")).to_be_visible()
    expect(root.get_by_role("option", name="Page 9, score 0.88, kept, copy of an earlier page")).to_be_attached()
    expect(root.get_by_role("option", name="Page 7,").locator(".none")).to_have_text("cannot be drawn")
    assert page.title() == "Strip"
