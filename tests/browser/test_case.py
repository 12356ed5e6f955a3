"""A whole case in a real browser with real files: upload, heatmap, threshold, page, decision, reload, kill -9."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT, OpenPage, Serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-case")]

LINES = (
    "Methotrexate 20 mg weekly for 14 weeks, stopped: ALT three times the upper limit.",
    "The garden party moved to Saturday because of the weather forecast.",
    "Assessment: seropositive rheumatoid arthritis, CDAI 28, high disease activity.",
    "QuantiFERON TB Gold negative. Hepatitis B surface antigen non-reactive.",
)
CRITERIA = (
    "id,question,group\n"
    "A-1,Has methotrexate been tried for at least 12 weeks?,Treatment\n"
    "A-2,Is rheumatoid arthritis documented?,Diagnosis\n"
    "A-3,Was tuberculosis excluded?,Safety\n"
)


@pytest.fixture(scope="module")
def url(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    data = tmp_path_factory.mktemp("data")
    return serve(ROOT / "pages" / "door" / "server.py", {"CHARTSIEVE_DATA_DIR": str(data)})


def packet(folder: Path, name: str, *lines: str) -> Path:
    with pymupdf.open() as document:
        for line in lines:
            document.new_page().insert_text((60, 90), line, fontsize=11)
        document.save(folder / name)
    return folder / name


def create_case(page: Page, address: str, folder: Path, name: str) -> None:
    """Through the form, as a reviewer would: two PDFs and a CSV."""
    first = packet(folder, "notes.pdf", *LINES[:3])
    second = packet(folder, "labs.pdf", *LINES[3:])
    (folder / "criteria.csv").write_text(CRITERIA)
    page.goto(f"{address}/new")
    uploader(page, "PDF, TIFF").set_input_files([first, second])
    expect(page.get_by_text("notes.pdf: 3 pages")).to_be_visible()
    expect(page.get_by_text("labs.pdf: 1 page", exact=False)).to_be_visible()
    uploader(page, "CSV, Excel").set_input_files(folder / "criteria.csv")
    expect(page.get_by_text("3 criteria", exact=True)).to_be_visible()
    page.get_by_label("Name of the case").fill(name)
    page.keyboard.press("Tab")
    create = page.get_by_role("button", name="Create the case")
    expect(create).to_be_enabled()
    create.click()
    drawn(page)


def uploader(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stFileUploader").filter(has_text=label).locator("input[type=file]")


def drawn(page: Page) -> None:
    expect(page.locator(".hm")).to_have_attribute("data-ready", re.compile("."), timeout=60_000)


def settled(page: Page) -> None:
    expect(page.locator(".stApp[data-test-script-state=notRunning]")).to_be_visible()


def sign(page: Page) -> None:
    settled(page)
    page.get_by_label("Your name").fill("J. Rivera, RN")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Not decided yet")).to_be_visible()


def choose(page: Page, words: str) -> None:
    settled(page)
    page.get_by_role("button", name=words, exact=True).click()


def open_cell(page: Page, row: int, column: int) -> None:
    """With the keys of the heatmap: from its first cell to the one wanted."""
    page.locator(".hm canvas").focus()
    for _ in range(12):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    for key, times in (("ArrowDown", row), ("ArrowRight", column)):
        for _ in range(times):
            page.keyboard.press(key)
    page.keyboard.press("Enter")


def test_a_whole_case_from_upload_to_a_decision_that_survives_a_reload(page: Page, url: str, tmp_path: Path) -> None:
    create_case(page, url, tmp_path, "Request 4711")
    heat = page.locator(".hm")
    expect(heat.locator("[data-count=pages]")).to_contain_text("of 4")

    open_cell(page, row=2, column=3)
    expect(page.locator(".pv")).to_have_attribute("data-ready", "4")
    expect(page.get_by_role("paragraph").filter(has_text="Was tuberculosis excluded?").first).to_be_visible()
    expect(page.get_by_text("labs.pdf, page 1", exact=False)).to_be_visible()

    heat.locator(".threshold").evaluate("e => { e.value = 0; e.dispatchEvent(new Event('input')); }")
    expect(heat).to_have_attribute("data-kept", "4")
    heat.locator(".threshold").evaluate("e => { e.value = 1; e.dispatchEvent(new Event('input')); }")
    expect(heat).to_have_attribute("data-kept", "0")
    heat.locator(".threshold").evaluate(
        "e => { e.value = 0.35; e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); }"
    )
    page.wait_for_timeout(500)
    settled(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)

    sign(page)
    choose(page, "Relevant")
    expect(page.get_by_text("saved as relevant")).to_be_visible()
    # Moving on faster than the screen follows must sign nothing: the one judgement stays the only one.
    for name in ("Criterion-before", "Criterion-before", "Next-criterion", "Next-criterion") * 2:
        page.locator(f".st-key-icon-criterion-{name} button").first.click(force=True, delay=20)
    open_cell(page, row=2, column=3)
    expect(page.get_by_text("saved as relevant")).to_be_visible()
    choose(page, "Met")
    expect(page.get_by_text("by J. Rivera, RN · cites page 4", exact=False)).to_be_visible()
    page.get_by_placeholder("Why: dates, values, pages").fill("QuantiFERON negative, p. 4")
    # Straight from the field to a button: leaving the field saves, and neither may be lost over the other. Streamlit
    # may take both in one run, so that the words and the new decision are one change.
    choose(page, "Insufficient")
    expect(page.get_by_text(re.compile("[23] changes"))).to_be_visible()
    choose(page, "Met")
    expect(page.get_by_text(re.compile("[34] changes"))).to_be_visible()

    page.reload()
    drawn(page)
    expect(page.locator(".pv")).to_have_attribute("data-ready", "4")
    expect(page.get_by_placeholder("Why: dates, values, pages")).to_have_value("QuantiFERON negative, p. 4")
    expect(page.get_by_text("by J. Rivera, RN · cites page 4", exact=False)).to_be_visible()
    expect(page.locator(".hm output.value")).to_have_text("0.35")

    shown = {name: heat.locator(f"[data-count={name}]").inner_text() for name in ("pages", "tokens")}
    page.get_by_role("link", name="Context and exports").click()
    for label, figure in (("Pages kept", shown["pages"].split()[0]), ("Tokens, about", shown["tokens"])):
        expect(page.get_by_test_id("stMetric").filter(has_text=label)).to_contain_text(figure)
    expect(page.get_by_text("up to 10 pages for each criterion, none below 0.35", exact=False)).to_be_visible()
    page.get_by_role("tab", name="Labels and scores").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Labels (JSONL)").click()
    labels = download.value.path().read_text()
    assert labels.count("\n") == 1
    assert '"verdict": "relevant"' in labels

    page.get_by_role("link", name="Cases", exact=True).click()
    expect(page.get_by_role("link", name="Request 4711")).to_be_visible()
    expect(page.get_by_text("1 of 3 decided", exact=True)).to_be_visible()


def test_files_that_cannot_be_used_get_a_sentence_each(page: Page, url: str, tmp_path: Path) -> None:
    (tmp_path / "web.pdf").write_text("<html>hello</html>")
    (tmp_path / "empty.pdf").write_bytes(b"")
    whole = packet(tmp_path, "whole.pdf", *LINES)
    (tmp_path / "cut.pdf").write_bytes(whole.read_bytes()[:300])
    with pymupdf.open(whole) as document:
        document.save(tmp_path / "locked.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret")
    page.goto(f"{url}/new")
    names = ("web.pdf", "cut.pdf", "locked.pdf", "whole.pdf")
    uploader(page, "PDF, TIFF").set_input_files([tmp_path / n for n in names])
    for name in names[:2]:
        expect(page.get_by_test_id("stAlert").filter(has_text=f"{name}:")).to_be_visible()
    expect(page.get_by_text("whole.pdf: 4 pages")).to_be_visible()
    password, opener = page.get_by_label("Password", exact=True), page.get_by_role("button", name="Open", exact=True)
    password.fill("guess")
    opener.click()
    expect(page.get_by_text("This password does not open the file")).to_be_visible()
    expect(password).to_have_value("")
    password.fill("secret")
    opener.click()
    expect(page.get_by_text("locked.pdf: 4 pages, opened")).to_be_visible()
    expect(page.get_by_text("Page 1 of 8")).to_be_visible()


def test_every_bad_row_of_a_criteria_list_is_named(page: Page, url: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("id,question\nA,Is asthma documented?\nA,Is oxygen ordered?\nC,\n")
    page.goto(f"{url}/new")
    uploader(page, "CSV, Excel").set_input_files(bad)
    expect(page.get_by_text("Row 3, column id", exact=False)).to_be_visible()
    expect(page.get_by_text("Row 4, column question", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Create the case")).to_be_disabled()


def test_a_sample_is_one_click_from_the_empty_screen(open_page: OpenPage, serve: Serve, tmp_path: Path) -> None:
    address = serve(ROOT / "app.py", {"CHARTSIEVE_DATA_DIR": str(tmp_path / "empty")})
    page = open_page(width=1366, height=768, dark=True)
    page.goto(address)
    page.get_by_role("button", name="Open", exact=True).first.click()
    drawn(page)
    expect(page.locator(".hm [data-count=pages]")).to_contain_text("of 12")
    expect(page.get_by_text("Scorer: embedded").first).to_be_visible()


class App:
    """The app as `chartsieve serve` starts it."""

    def __init__(self, data: Path, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.data, self.log = data, log
        self.start()

    def start(self) -> None:
        environment = {**os.environ, "CHARTSIEVE_DATA_DIR": str(self.data)}
        command = [sys.executable, "-m", "core.cli", "serve", "--no-browser", "--port", str(self.port)]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"the app did not start:\n{self.log.read_text()}")

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    started = App(tmp_path / "data", tmp_path / "serve.log")
    yield started
    started.kill()


def test_a_decision_called_saved_survives_kill_9(browser: Browser, app: App, tmp_path: Path) -> None:
    page = browser.new_context().new_page()
    page.set_default_timeout(20_000)
    create_case(page, f"http://127.0.0.1:{app.port}", tmp_path, "Request 4712")
    sign(page)
    choose(page, "Insufficient")
    expect(page.get_by_text("by J. Rivera, RN")).to_be_visible()
    app.kill()
    address = page.url
    page.context.close()
    app.start()
    again = browser.new_context().new_page()
    again.goto(address)
    drawn(again)
    expect(again.get_by_text("by J. Rivera, RN")).to_be_visible()
    again.context.close()
    assert "methotrexate" not in app.log.read_text().lower()
