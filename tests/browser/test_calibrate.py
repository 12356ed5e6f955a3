"""Calibration in a real browser: a threshold is found, put in force, shown on a case and kept after a reload."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.test_case import drawn, settled
from tests.pages.test_calibrate_screen import CASES, make

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-calibrate")]


@pytest.fixture(scope="module")
def url(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    data: Path = tmp_path_factory.mktemp("studio") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHARTSIEVE_DATA_DIR", str(data))
        make(CASES)
    return serve(ROOT / "pages" / "door" / "server.py", {"CHARTSIEVE_DATA_DIR": str(data)})


def pick(page: Page, field: str, option: str) -> None:
    settled(page)
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def plotted(page: Page) -> None:
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()


def test_a_quality_lead_finds_a_threshold_and_puts_it_in_force(page: Page, url: str) -> None:
    page.goto(f"{url}/calibrate")
    expect(page.get_by_text("more completely labelled cases needed").first).to_be_visible()
    pick(page, "Promise", "On average over cases")
    found = page.get_by_role("heading", name="keeps at least 95% of the criteria with evidence")
    expect(found).to_be_visible()
    threshold = re.search(r"Threshold (0\.\d+)", found.inner_text())
    assert threshold
    plotted(page)
    expect(page.locator(".js-plotly-plot").get_by_text(f"threshold {threshold[1]}")).to_be_visible()

    page.get_by_role("button", name="Put in force…").click()
    page.get_by_label("Your name, to sign the certificate").fill("Q. Lead")
    page.keyboard.press("Enter")
    settled(page)
    page.get_by_role("button", name="Put in force", exact=True).click()
    expect(page.get_by_text("published by Q. Lead")).to_be_visible()

    page.get_by_role("tab", name="In force").click()
    expect(page.get_by_role("heading", name=f"Keep every page at or above {threshold[1]}")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=f"Keep every page at or above {threshold[1]}")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Certificate (JSON)").click()
    assert f'"rule": "probability>={threshold[1]}' in Path(download.value.path()).read_text("utf-8")


def test_a_missed_page_leads_to_its_place_in_the_review(page: Page, url: str) -> None:
    page.goto(f"{url}/calibrate?tab=Criteria")
    table = page.get_by_test_id("stDataFrame").first
    expect(table.locator("canvas").first).to_be_visible()
    settled(page)
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 16, box["y"] + 50)
    missed = page.get_by_role("link", name=re.compile(r"^0\.\d{3} · Request \d+, page \d+")).first
    expect(missed).to_be_visible()
    number = missed.inner_text().rsplit(" ", 1)[1]
    missed.click()
    drawn(page)
    expect(page).to_have_url(re.compile(rf"/review\?.*page={number}\b"))


def test_the_plots_stand_in_dark_mode_without_an_error_in_the_browser(open_page: OpenPage, url: str) -> None:
    page = open_page(width=1600, height=900, dark=True)
    for tab in ("Threshold", "Probabilities"):
        page.goto(f"{url}/calibrate?tab={tab}")
        plotted(page)
        settled(page)
