"""Blind labelling in a real browser, with the keyboard alone: judge, take back, skip, look around, reload."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from core.domain import Label
from core.rounds import RoundPlan
from core.samples import SAMPLES
from core.settings import Settings
from core.store import Store
from core.workspace import Workspace
from tests.browser.conftest import ROOT, OpenPage, Serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-labelling")]

# A key and a click the moment the buttons of the next page are there, however slow the machine is.
AT_ONCE = """(task) => {
  const observer = new MutationObserver(() => {
    const button = document.querySelector("[class*='st-key-label-'][class*='-relevant'] button");
    if (!button || button.closest(`.${task}-relevant`)) return;
    observer.disconnect();
    const key = { key: 'y', code: 'KeyY', bubbles: true, composed: true, cancelable: true };
    document.body.dispatchEvent(new KeyboardEvent('keydown', key));
    button.click();
    window.answered = true;
  });
  observer.observe(document.body, { childList: true, subtree: true, attributes: true });
}"""
ROUNDS = 20
PLAN = RoundPlan(shown=8, audit=8, uncertainty=2)
SECRETS = (b"audit", b"uncertainty", b"inclusion", b"probability", b"fingerprint")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small sample case, scored, whose rounds draw the same pages in every run."""
    folder = tmp_path_factory.mktemp("labelling") / "data"
    opened = Workspace.open(Settings(data_dir=folder))
    opened.jobs.wait(opened.open_sample(SAMPLES[0], by="R"), 60)
    opened.store.rounds.seed(7)
    (source,) = opened.labelling.sources()
    for _ in range(ROUNDS):
        opened.labelling.draw(source.criteria_name, source.info.fingerprint, PLAN, by="R")
    opened.close()
    return folder


@pytest.fixture(scope="module")
def rounds() -> Iterator[int]:
    """Ids of rounds that nobody has worked on."""
    return iter(range(1, ROUNDS + 1))


@pytest.fixture(scope="module")
def url(data: Path, serve: Serve) -> str:
    return serve(ROOT / "pages" / "door" / "server.py", {"CHARTSIEVE_DATA_DIR": str(data)})


@pytest.fixture
def who(request: pytest.FixtureRequest) -> str:
    """A reviewer for each test: their rounds and labels are their own."""
    return f"Reviewer {request.node.name[5:40]}"


def labels(data: Path, who: str) -> list[Label]:
    with Store.open(Settings(data_dir=data).database) as store:
        return [label for _, label in store.labels() if label.reviewer == who]


def open_a_round(page: Page, address: str, who: str, rounds: Iterator[int]) -> None:
    page.goto(f"{address}/label?by={who}&round={next(rounds)}")
    asked(page)


def draw_a_round(page: Page, address: str, who: str) -> None:
    page.goto(f"{address}/label?by={who}")
    page.get_by_text("Draw a round", exact=True).first.click()
    for name, count in (("Kept by the rule", "8"), ("Left out by the rule", "8"), ("Near the threshold", "2")):
        field = page.get_by_label(name, exact=True)
        field.fill(count)
        field.press("Enter")
        settled(page)
    page.get_by_role("button", name="Draw the round").click()
    asked(page)


def settled(page: Page) -> None:
    expect(page.locator(".stApp[data-test-script-state=notRunning]")).to_be_visible()


def asked(page: Page) -> str:
    """What is asked, once the page that it is about is on the screen."""
    question = page.get_by_text(re.compile(r"^Does page \d+ speak"))
    expect(question).to_be_visible()
    number = re.findall(r"\d+", question.inner_text())[0]
    expect(page.locator(".pv")).to_have_attribute("data-ready", number)
    settled(page)
    expect(page.locator(".kg")).to_have_attribute("data-open", "true")
    return f"{number} {page.locator('.st-key-label-question h3').inner_text()}"


def judged(page: Page, count: int) -> None:
    expect(page.get_by_text(re.compile(rf"^{count} of \d+ judgements"))).to_be_visible()


def key_of_answer(page: Page) -> str:
    """Which task the answer "Relevant" on the screen belongs to."""
    button = page.locator("[class*='st-key-label-'][class*='-relevant']").first
    return str(re.findall(r"st-key-label-\d+", button.get_attribute("class") or "")[0])


def press(page: Page, key: str, count: int) -> str:
    """Press the key of an answer and wait for the next page: another task, even where page and question are alike."""
    before = key_of_answer(page)
    page.keyboard.press(key)
    judged(page, count)
    expect(page.locator(f".{before}-relevant")).to_have_count(0)
    return asked(page)


def test_a_round_is_judged_with_the_keyboard_alone(page: Page, url: str, data: Path, who: str) -> None:
    draw_a_round(page, url, who)
    judged(page, 0)
    first = asked(page)
    second = press(page, "n", 1)
    third = press(page, "y", 2)
    assert [label.verdict for label in labels(data, who)] == ["not_relevant", "relevant"]
    expect(page.get_by_text("Saved: page", exact=False)).to_contain_text("is relevant")

    assert press(page, "z", 1) == second, "undo shows the page again"
    assert press(page, "u", 2) == third
    assert [label.verdict for label in labels(data, who)] == ["not_relevant", "unsure"]
    assert press(page, "s", 2) != third
    assert press(page, "z", 2) == third, "undo goes back to what was skipped"

    page.reload()
    judged(page, 2)
    assert asked(page) == third, "a reload goes on where the reviewer was"
    assert first != third

    for label in labels(data, who):
        assert label.blind
        assert label.arm in ("shown", "audit", "uncertainty")
        assert (label.inclusion_probability is None) == (label.arm == "uncertainty")
        assert label.score is not None
        assert label.seed == 7


def test_two_fast_presses_judge_one_page(page: Page, url: str, data: Path, who: str, rounds: Iterator[int]) -> None:
    open_a_round(page, url, who, rounds)
    seen = asked(page)
    page.keyboard.press("n")
    page.keyboard.press("n")
    judged(page, 1)
    page.wait_for_timeout(600)
    judged(page, 1)
    (label,) = labels(data, who)
    assert seen.startswith(f"{label.page.number} ")


def test_a_held_key_judges_one_page(page: Page, url: str, data: Path, who: str, rounds: Iterator[int]) -> None:
    open_a_round(page, url, who, rounds)
    for _ in range(40):  # as the keyboard repeats it: down again and again, never up
        page.keyboard.down("n")
        page.wait_for_timeout(50)
    page.keyboard.up("n")
    judged(page, 1)
    assert len(labels(data, who)) == 1


def test_a_key_or_click_on_a_page_that_has_just_come_judges_nothing(
    page: Page, url: str, data: Path, who: str, rounds: Iterator[int]
) -> None:
    open_a_round(page, url, who, rounds)
    page.evaluate(AT_ONCE, key_of_answer(page))
    page.keyboard.press("n")
    page.wait_for_function("window.answered")
    judged(page, 1)
    page.wait_for_timeout(600)
    assert [label.verdict for label in labels(data, who)] == ["not_relevant"]


def test_while_the_next_page_is_on_its_way_keys_change_nothing(
    page: Page, url: str, data: Path, who: str, rounds: Iterator[int]
) -> None:
    open_a_round(page, url, who, rounds)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 300, "downloadThroughput": 40_000, "uploadThroughput": 40_000}
    network.send("Network.emulateNetworkConditions", slow)
    page.keyboard.press("n")
    for wait in (350, 350, 1000):
        page.wait_for_timeout(wait)
        page.keyboard.press("y")
    judged(page, 1)
    page.wait_for_timeout(1000)
    given = labels(data, who)
    assert given[0].verdict == "not_relevant"


def test_the_page_is_read_to_its_end_with_the_keyboard_alone(
    page: Page, url: str, who: str, rounds: Iterator[int]
) -> None:
    open_a_round(page, url, who, rounds)
    sheet = page.locator(".pv .sheet")
    top = "(sheet) => Math.round(sheet.scrollTop)"
    assert sheet.evaluate(top) == 0
    page.keyboard.press("ArrowDown")
    assert sheet.evaluate(top) == 60
    page.keyboard.press("ArrowUp")
    assert sheet.evaluate(top) == 0
    for down, up in ((" ", "Shift+ "), ("PageDown", "PageUp")):
        for _ in range(5):
            page.keyboard.press(down)
        assert sheet.evaluate("(s) => s.scrollTop + s.clientHeight >= s.scrollHeight - 2")
        for _ in range(5):
            page.keyboard.press(up)
        assert sheet.evaluate(top) == 0
    page.get_by_placeholder("Note (optional)", exact=False).click()
    page.keyboard.press(" ")
    assert sheet.evaluate(top) == 0, "somebody writes"


def test_a_page_that_is_read_as_text_scrolls_by_keys_as_well(
    page: Page, url: str, who: str, rounds: Iterator[int]
) -> None:
    open_a_round(page, url, who, rounds)
    page.get_by_text("Text", exact=True).click()
    box = page.locator(".st-key-label-text")
    expect(box).to_be_visible()
    settled(page)
    page.get_by_text("Label pages", exact=True).click()
    page.keyboard.press("PageDown")
    low = box.evaluate(
        "(box) => [box.scrollTop, box.scrollHeight - box.clientHeight, box.getBoundingClientRect().bottom]"
    )
    assert low[0] == pytest.approx(min(low[1], 0.85 * box.evaluate("(box) => box.clientHeight")), abs=2)
    assert low[2] <= 768


def test_a_long_question_leaves_the_answers_where_they_are(
    page: Page, url: str, who: str, rounds: Iterator[int]
) -> None:
    open_a_round(page, url, who, rounds)
    answer = page.get_by_role("button", name="Unsure")
    before = answer.bounding_box()
    page.locator(".st-key-label-question h3").evaluate("(h) => { h.textContent = 'Was it tried? '.repeat(80); }")
    assert answer.bounding_box() == before
    assert before is not None
    assert before["y"] + before["height"] <= 768
    question = page.locator(".st-key-label-question")
    assert question.evaluate("(box) => box.scrollHeight > box.clientHeight")


def test_the_page_is_as_high_as_the_window_allows_and_can_be_seen_whole(
    page: Page, url: str, who: str, rounds: Iterator[int]
) -> None:
    open_a_round(page, url, who, rounds)
    sheet = page.locator(".pv .sheet")
    low = sheet.evaluate("(sheet) => sheet.clientHeight")
    page.set_viewport_size({"width": 1366, "height": 1000})
    assert sheet.evaluate("(sheet) => sheet.clientHeight") == pytest.approx(low + 232, abs=2)
    page.get_by_role("button", name="Fit page").click()
    expect(page.locator(".pv")).to_have_attribute("data-zoom", "page")
    assert sheet.evaluate("(s) => s.scrollHeight <= s.clientHeight + 1 && s.scrollWidth <= s.clientWidth + 1")
    page.set_viewport_size({"width": 1366, "height": 768})
    box = sheet.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 768


def test_neighbours_are_one_key_away_and_never_judged(
    page: Page, url: str, data: Path, who: str, rounds: Iterator[int]
) -> None:
    open_a_round(page, url, who, rounds)
    number = int(asked(page).split()[0])
    key, other = ("ArrowRight", number + 1) if number < 12 else ("ArrowLeft", number - 1)
    page.keyboard.press(key)
    expect(page.get_by_text(f"Neighbour: page {other}.")).to_be_visible()
    expect(page.get_by_text(f"You judge page {number}.")).to_be_visible()
    expect(page.locator(".pv")).to_have_attribute("data-ready", str(other))
    page.keyboard.press("b")
    asked(page)
    page.keyboard.press(key)
    expect(page.locator(".pv")).to_have_attribute("data-ready", str(other))
    page.keyboard.press("y")
    judged(page, 1)
    assert [label.page.number for label in labels(data, who)] == [number]


def test_letters_in_the_note_judge_nothing_and_the_note_is_stored(
    page: Page, url: str, data: Path, who: str, rounds: Iterator[int]
) -> None:
    open_a_round(page, url, who, rounds)
    asked(page)
    note = page.get_by_placeholder("Note (optional)", exact=False)
    note.click()
    page.keyboard.type("any nuys")
    page.keyboard.press("Tab")
    expect(note).not_to_be_focused()
    judged(page, 0)
    asked(page)  # the note has been taken in
    page.keyboard.press("n")
    judged(page, 1)
    (label,) = labels(data, who)
    assert (label.verdict, label.note) == ("not_relevant", "any nuys")
    asked(page)
    expect(page.get_by_placeholder("Note (optional)", exact=False)).to_have_value("")


def test_a_question_mark_shows_the_keys(page: Page, url: str, who: str, rounds: Iterator[int]) -> None:
    open_a_round(page, url, who, rounds)
    asked(page)
    line = page.get_by_text("Y relevant, N not relevant", exact=False)
    expect(line).to_be_hidden()
    page.keyboard.press("?")
    expect(line).to_be_visible()
    page.keyboard.press("?")
    expect(line).to_be_hidden()


def test_nothing_that_reaches_the_browser_tells_arm_or_score(
    open_page: OpenPage, url: str, data: Path, who: str, rounds: Iterator[int]
) -> None:
    page = open_page(dark=True)
    open_a_round(page, url, who, rounds)
    received: list[bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda sent: received.append(sent if isinstance(sent, bytes) else sent.encode()))

    page.on("websocket", listen)
    page.reload()
    asked(page)
    for count in range(1, 4):
        press(page, "n", count)
    assert sum(map(len, received)) > 10_000
    scores = [f"{label.score}".encode() for label in labels(data, who)]
    for secret in (*SECRETS, *scores):
        assert not any(secret in sent for sent in received), secret
