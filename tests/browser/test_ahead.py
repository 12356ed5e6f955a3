"""The screen ahead of its script: what is shown and saved at once, and never about another page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from core.domain import CriteriaSet, Criterion
from core.settings import Settings
from core.uploads import Upload
from core.workspace import Workspace
from pages.components.files import beside
from pages.components.keymap import css_name, in_key
from tests.browser.conftest import ROOT, WAIT_MS, Serve
from tests.browser.test_case import LINES, packet, settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-case")]

CRITERIA = (
    Criterion("A-1", "Has methotrexate been tried for at least 12 weeks?"),
    Criterion("A-2", "Is rheumatoid arthritis documented?"),
)
TESTS = 9


@pytest.fixture(scope="module")
def cases(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Addresses of cases with four pages and two criteria, nothing decided: one for each test. For the first criterion
    the first page is kept by the rule, and the third by hand."""
    folder = tmp_path_factory.mktemp("ahead")
    opened = Workspace.open(Settings(data_dir=folder / "data"))
    path = packet(folder, "notes.pdf", *LINES)
    numbers = []
    for n in range(TESTS):
        with path.open("rb") as stream:
            upload = opened.uploads.take_in(stream, path.name)
        assert isinstance(upload, Upload)
        numbers.append(opened.create_case(f"Request {n}", [upload], CriteriaSet("Criteria", CRITERIA), by="R"))
        opened.jobs.wait(numbers[-1], 60)
        third = opened.chart(numbers[-1]).pages[2].ref
        opened.review.pin(numbers[-1], "A-1", third, "keep", reviewer="R")
    opened.close()
    url = serve(ROOT / "pages" / "door" / "server.py", {"CHARTSIEVE_DATA_DIR": str(folder / "data")})
    return iter([f"{url}/review?case={number}&by=J.+Rivera,+RN&criterion=A-1&page=1" for number in numbers])


@pytest.fixture
def case(page: Page, cases: Iterator[str]) -> str:
    """Address of a case of this test's own; `page` shows its first page."""
    address = next(cases)
    page.goto(address)
    ready(page)
    settled(page)
    return address


def ready(page: Page) -> None:
    expect(page.locator(".hm")).to_have_attribute("data-ready", re.compile("."), timeout=60_000)
    expect(page.locator(".pv")).to_have_attribute("data-ready", "1")


class Held:
    """The way between script and browser, which can be stopped: the script hears nothing until `let_go`."""

    def __init__(self, page: Page) -> None:
        self.holds = False
        self.waiting: list[str | bytes] = []
        page.route_web_socket(re.compile("_stcore/stream"), self._route)

    def _route(self, socket: WebSocketRoute) -> None:
        self.server = socket.connect_to_server()
        socket.on_message(lambda said: self.waiting.append(said) if self.holds else self.server.send(said))

    def let_go(self) -> None:
        self.holds = False
        for said in self.waiting:
            self.server.send(said)


@pytest.fixture
def held(page: Page, case: str) -> Held:
    """The case opened anew, on a connection that can be stopped."""
    way = Held(page)
    page.goto(case)
    ready(page)
    settled(page)
    page.wait_for_timeout(500)
    way.holds = True
    return way


def test_a_page_and_a_cell_show_with_their_marks_before_the_script_hears_of_them(page: Page, held: Held) -> None:
    page.locator(".pv .sheet").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pv")).to_have_attribute("data-ready", "3")
    page.locator(".hm canvas").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # the page that is shown, for the other criterion
    expect(page.locator(".pv g")).to_have_count(1)
    expect(page.locator(".pv g")).to_have_attribute("aria-label", re.compile("rheumatoid arthritis"))
    expect(page.get_by_text("Has methotrexate been tried")).to_be_visible()  # the script has not followed
    expect(page.locator(".st-key-review-decide[inert]")).to_have_count(1)  # nothing is decided or written there
    held.let_go()
    expect(page.get_by_text("Has methotrexate been tried")).to_have_count(0)
    expect(page.locator(".st-key-review-decide[inert]")).to_have_count(0)
    expect(page).to_have_url(re.compile("criterion=A-2.*page=3|page=3.*criterion=A-2"))


def test_browser_and_script_write_criteria_into_keys_alike_and_each_in_its_own_way(page: Page) -> None:
    ids = ["A-1", "A.1", "A_1", "A 1", "A_2d_1", "標準一", "標準二", "😀", "\u02d1", "-1"]
    (script,) = re.findall(r"const inKey = (.*);", beside("pageview_ahead.js"))
    written = [in_key(criterion) for criterion in ids]
    assert page.evaluate(f"(ids) => ids.map({script})", ids) == written
    assert len({css_name(key) for key in written}) == len(ids)


def test_the_next_kept_page_shows_before_the_script_hears_of_it(page: Page, held: Held) -> None:
    expect(page.get_by_text("1 of 2 kept")).to_be_visible()
    page.keyboard.press("l")
    expect(page.locator(".pv")).to_have_attribute("data-ready", "3")
    held.let_go()
    expect(page.get_by_text("2 of 2 kept")).to_be_visible()
    page.get_by_role("button", name="Kept page before").click()
    expect(page.locator(".pv")).to_have_attribute("data-ready", "1")


def test_a_decision_is_saved_before_the_script_hears_of_it_and_can_be_taken_back(
    page: Page, held: Held, case: str, browser: Browser
) -> None:
    page.keyboard.press("m")
    saved = page.locator(".sv").get_by_text(re.compile(r"Saved .* by J. Rivera, RN"))
    expect(saved).to_be_visible()
    # Somebody else sees it: it is in the database.
    other = browser.new_context().new_page()
    other.goto(case.replace("J.+Rivera", "S.+Second"))
    expect(other.locator(".sv").get_by_text(re.compile(r"Saved .* by J. Rivera, RN"))).to_be_visible(timeout=WAIT_MS)
    other.context.close()
    held.let_go()
    undo = page.get_by_role("button", name="Undo: met on A-1")
    expect(undo).to_be_enabled()
    page.keyboard.press("z")
    expect(page.locator(".sv").get_by_text("Not decided yet")).to_be_visible()


def test_a_key_waits_until_its_button_is_about_the_page_that_is_shown(page: Page, held: Held) -> None:
    page.locator(".pv .sheet").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pv")).to_have_attribute("data-ready", "2")
    page.keyboard.press("1")  # relevant: the button on the screen is about page 1 still
    page.wait_for_timeout(300)
    held.let_go()
    expect(page.get_by_text("saved as relevant")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".pv")).to_have_attribute("data-ready", "1")
    expect(page.get_by_text("saved as relevant")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("saved as relevant")).to_be_visible()


def test_there_and_back_again_nothing_is_said_of_the_page_in_between(page: Page, held: Held) -> None:
    page.locator(".pv .sheet").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pv")).to_have_attribute("data-ready", "2")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".pv")).to_have_attribute("data-ready", "1")
    page.keyboard.press("1")
    held.let_go()
    expect(page.get_by_text("saved as relevant")).to_be_visible()
    expect(page).to_have_url(re.compile("page=1"))
    settled(page)
    expect(page.get_by_text("saved as relevant")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pv")).to_have_attribute("data-ready", "2")
    expect(page.get_by_text("saved as relevant")).to_have_count(0)


@pytest.mark.usefixtures("case")
def test_undoing_from_another_criterion_leads_back_to_it_card_page_and_heatmap(page: Page) -> None:
    page.keyboard.press("m")
    expect(page.locator(".sv").get_by_text(re.compile(r"Saved .* by J. Rivera, RN"))).to_be_visible()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("criterion=A-2"))
    settled(page)
    page.keyboard.press("z")
    expect(page.locator(".sv").get_by_text("Not decided yet")).to_be_visible()
    expect(page).to_have_url(re.compile("criterion=A-1"))
    expect(page.locator(".st-key-review-page_bar, .st-key-review-search_bar").filter(has_text="A-1:")).to_be_visible()


@pytest.mark.usefixtures("case")
def test_a_decision_without_an_answer_is_made_although_the_reviewer_has_gone_on(page: Page) -> None:
    asked: list[Route] = []
    page.route("**/line/decide", lambda route: asked.append(route))
    page.keyboard.press("m")
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("criterion=A-2"))
    settled(page)
    for route in asked:
        route.fulfill(status=204)  # no answer
    expect(page.locator(".sv").get_by_text("Not decided yet")).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator(".sv").get_by_text(re.compile(r"Saved .* by J. Rivera, RN"))).to_be_visible()


def test_where_the_line_does_not_reach_everything_goes_the_long_way(browser: Browser, case: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.route("**/line/*", lambda route: route.abort())
    slow = context.new_page()
    slow.goto(case)
    ready(slow)
    settled(slow)
    slow.locator(".pv .sheet").focus()
    slow.keyboard.press("ArrowRight")
    expect(slow.locator(".pv")).to_have_attribute("data-ready", "2")
    settled(slow)
    slow.get_by_placeholder("Why: dates, values, pages").fill("14 weeks, stopped for ALT")
    slow.get_by_role("button", name="Met", exact=True).click()
    expect(slow.locator(".sv").get_by_text(re.compile(r"Saved .* by J. Rivera, RN"))).to_be_visible()
    settled(slow)
    slow.locator(".hm canvas").focus()
    slow.keyboard.press("End")
    slow.keyboard.press("Enter")
    expect(slow.locator(".pv")).to_have_attribute("data-ready", "4")
    slow.reload()
    expect(slow.get_by_placeholder("Why: dates, values, pages")).to_have_value("14 weeks, stopped for ALT")
    context.close()


@pytest.mark.usefixtures("case")
def test_words_typed_just_before_a_decision_are_signed_with_it(page: Page) -> None:
    page.get_by_placeholder("Why: dates, values, pages").fill("14 weeks")
    page.get_by_role("button", name="Not met", exact=True).click()
    expect(page.locator(".sv").get_by_text(re.compile(r"Saved .* by J. Rivera, RN"))).to_be_visible()
    settled(page)
    expect(page.get_by_text("kept as a draft")).to_have_count(0)
    page.reload()
    expect(page.get_by_placeholder("Why: dates, values, pages")).to_have_value("14 weeks")
    expect(page.locator(".sv").get_by_text(re.compile(r"Saved .* by J. Rivera, RN"))).to_be_visible()
