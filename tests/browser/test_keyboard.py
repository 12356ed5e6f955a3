"""A whole case without a mouse: from the queue to a signed determination, with nothing but the keyboard."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Serve
from tests.browser.test_case import LINES, packet, settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-case")]

CRITERIA = (
    "id,question,group,parent,logic\n"
    "TOP,,,,ALL\n"
    "A-1,Has methotrexate been tried for at least 12 weeks?,Treatment,TOP,\n"
    "A-2,Is rheumatoid arthritis documented?,Diagnosis,TOP,\n"
    "A-3,Was tuberculosis excluded?,Safety,TOP,\n"
)
FOCUSED = """() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const words = /^(A|BUTTON)$/.test(e?.tagName) ? e.textContent : '';
  return [e?.tagName ?? '', e?.getAttribute?.('aria-label') ?? '', words].join(' | ');
}"""


@pytest.fixture(scope="module")
def url(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    data = tmp_path_factory.mktemp("keyboard")
    return serve(ROOT / "pages" / "door" / "server.py", {"CHARTSIEVE_DATA_DIR": str(data)})


def tab_to(page: Page, name: str, *, most: int = 120) -> None:
    """As somebody without a mouse gets there."""
    settled(page)
    for _ in range(most):
        page.keyboard.press("Tab")
        if re.search(name, page.evaluate(FOCUSED)):
            return
    pytest.fail(f"{name} cannot be reached with the Tab key")


def press(page: Page, key: str) -> None:
    settled(page)
    page.keyboard.press(key)


def test_a_whole_case_is_worked_with_the_keyboard_alone(page: Page, url: str, tmp_path: Path) -> None:
    (tmp_path / "criteria.csv").write_text(CRITERIA)
    page.goto(f"{url}/new?by=J.+Rivera,+RN")
    # The dialog that chooses a file belongs to the system; it is opened and confirmed by key, too.
    inputs = page.get_by_test_id("stFileUploader")
    inputs.filter(has_text="PDF, TIFF").locator("input").set_input_files(packet(tmp_path, "notes.pdf", *LINES))
    expect(page.get_by_text("notes.pdf: 4 pages")).to_be_visible()
    inputs.filter(has_text="CSV, Excel").locator("input").set_input_files(tmp_path / "criteria.csv")
    expect(page.get_by_text("3 criteria", exact=True)).to_be_visible()
    tab_to(page, "Name of the case")
    page.keyboard.type("Request 4713")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Create the case")).to_be_enabled()
    tab_to(page, "Create the case")
    page.keyboard.press("Enter")
    expect(page.locator(".hm")).to_have_attribute("data-ready", re.compile("."), timeout=60_000)

    # The first criterion: cite what is marked, give the reason, decide, take it back and do it again.
    expect(page.locator(".pv")).to_have_attribute("data-ready", "1")
    press(page, "e")
    expect(page.get_by_text("Nothing cited yet")).to_have_count(0)
    expect(page.get_by_text("saved as relevant")).to_be_visible()
    press(page, "w")
    page.keyboard.type("14 weeks, stopped for ALT")
    page.keyboard.press("Escape")
    press(page, "m")
    saved = page.get_by_text(re.compile(r"Saved .* by J. Rivera, RN · cites page 1"))
    expect(saved).to_be_visible()
    press(page, "z")
    expect(page.get_by_text(re.compile("Not decided yet|kept as a draft"))).to_be_visible()
    press(page, "y")
    expect(saved).to_be_visible()
    expect(page.get_by_placeholder("Why: dates, values, pages")).to_have_value("14 weeks, stopped for ALT")

    # The others: on to the next that is not decided, page by page, with a flag, and search for what is missing.
    press(page, "u")
    expect(page.get_by_text("Is rheumatoid arthritis documented?").first).to_be_visible()
    press(page, "m")
    expect(page.get_by_text(re.compile(r"Saved .* by J. Rivera, RN"))).to_be_visible()
    press(page, "f")
    press(page, "u")
    press(page, "/")
    page.keyboard.type("quantiferon")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    expect(page.locator(".pv")).to_have_attribute("data-ready", "4")
    page.keyboard.press("Escape")
    press(page, "1")
    expect(page.get_by_text("saved as relevant")).to_be_visible()
    press(page, "m")
    expect(page.get_by_text(re.compile(r"Saved .* by J. Rivera, RN · cites page 4"))).to_be_visible()

    # The pages by key, the list of keys, the tree of criteria.
    press(page, "ArrowLeft")
    expect(page.locator(".pv")).to_have_attribute("data-ready", "3")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys of this screen")).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "s")
    tree = page.get_by_role("tree", name="Criteria")
    expect(tree).to_contain_text("All of")
    expect(tree.get_by_role("treeitem").first).to_contain_text("Met")
    press(page, "q")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Has methotrexate been tried").first).to_be_visible()

    tab_to(page, r"^A .*Determination")
    page.keyboard.press("Enter")
    tab_to(page, r"^BUTTON .*Approve")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The record keeps all decisions", exact=False)).to_be_visible()
    tab_to(page, r"^BUTTON .*Sign")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signed off", exact=False).first).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
