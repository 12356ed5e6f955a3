"""A case scored by a server elsewhere, in a real browser: the question, the waiting, the stop, the second try."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.benchmarks.endpoint import metered_bytes, score_of
from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.test_case import CRITERIA, LINES, drawn, open_cell, packet, uploader

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-scoring")]


class Reranker(ThreadingHTTPServer):
    """Speaks the contract; waits before an answer while `gate` is closed, and talks nonsense while `broken`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.gate, self.broken, self.pairs = threading.Event(), False, 0
        self.gate.set()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: Reranker
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        query, documents = asked["query"], asked["documents"]
        if not query.startswith("What is 2+2"):
            self.server.pairs += len(documents)
            self.server.gate.wait(60)
        results = [{"index": i, "relevance_score": score_of(query, text)} for i, text in enumerate(documents)]
        if self.server.broken and not query.startswith("What is 2+2"):
            results = results[1:]
        body = json.dumps({"results": results, "total_bytes": metered_bytes(query, documents)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(BrokenPipeError):  # stopped meanwhile
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Tests are quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[Reranker]:
    with Reranker() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.gate.set()
        server.shutdown()


@pytest.fixture
def reranker(server: Reranker) -> Reranker:
    """The server as it answers rightly and was asked for nothing."""
    server.gate.set()
    server.broken, server.pairs = False, 0
    return server


@pytest.fixture(scope="module")
def url(serve: Serve, server: Reranker, tmp_path_factory: pytest.TempPathFactory) -> str:
    settings = {
        "CHARTSIEVE_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "CHARTSIEVE_SCORER": "zerank",
        "CHARTSIEVE_ZERANK_URL": f"http://{server.host}",
        "CHARTSIEVE_ZERANK_CONCURRENCY": "4",
    }
    return serve(ROOT / "pages" / "door" / "server.py", settings)


def create(page: Page, url: str, folder: Path, *, by: str = "J.+Rivera") -> None:
    """A case of four pages and three criteria that nobody has scored yet."""
    page.goto(f"{url}/new?by={by}")
    lines = [f"{line} File {folder.name}." for line in LINES]
    uploader(page, "PDF, TIFF").set_input_files(packet(folder, "packet.pdf", *lines))
    expect(page.get_by_text("packet.pdf: 4 pages")).to_be_visible()
    (folder / "criteria.csv").write_text(CRITERIA)
    uploader(page, "CSV, Excel").set_input_files(folder / "criteria.csv")
    expect(page.get_by_text("3 criteria", exact=True)).to_be_visible()
    page.get_by_label("Name of the case").fill(f"Elsewhere {folder.name}")
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Create the case")
    expect(button).to_be_enabled()
    button.click()
    drawn(page)


def scored(page: Page) -> None:
    """Wait until every pair has its score on the screen."""
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden(timeout=30_000)
    expect(page.get_by_text("to be scored")).to_be_hidden(timeout=30_000)
    expect(page.get_by_text("score again")).to_be_hidden()


def send(page: Page, reranker: Reranker) -> None:
    expect(page.get_by_role("heading", name=f"Send the text of 4 pages to {reranker.host}?")).to_be_visible()
    button = page.get_by_role("button", name="Send and score")
    expect(button).to_have_count(1)  # a run under way may still show the one before
    button.click()


def test_pages_go_out_only_when_the_reviewer_agrees_and_are_read_meanwhile(
    page: Page, open_page: OpenPage, url: str, reranker: Reranker, tmp_path: Path
) -> None:
    reranker.gate.clear()
    create(page, url, tmp_path)
    expect(page.get_by_text("to be scored")).to_be_visible()
    assert reranker.pairs == 0
    send(page, reranker)
    expect(page.get_by_text(re.compile(r"Scoring pages against criteria: 0 of 12 answers"))).to_be_visible()

    open_cell(page, 1, 2)
    expect(page.locator(".pv")).to_have_attribute("data-ready", "3")
    expect(page.locator(".st-key-review-decide[inert]")).to_have_count(
        0
    )  # the decision is about the criterion of that cell
    why = page.get_by_role("textbox", name="Why")
    why.press_sequentially("typed while new scores come in, slowly and without a rest", delay=120)
    expect(why).to_have_value("typed while new scores come in, slowly and without a rest")

    other = open_page()
    other.goto(page.url)
    expect(other.get_by_text(re.compile("0 of 12 answers"))).to_be_visible()
    other.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text(re.compile("Stopped. What was done is kept"))).to_be_visible()
    reranker.gate.set()
    page.get_by_role("button", name="Resume").click()
    scored(page)
    expect(why).to_have_value("typed while new scores come in, slowly and without a rest")
    expect(other.get_by_role("button", name="Stop", exact=True)).to_be_hidden()


def test_answers_that_are_missing_are_asked_again_from_the_screen(
    page: Page, url: str, reranker: Reranker, tmp_path: Path
) -> None:
    reranker.broken = True
    create(page, url, tmp_path)
    send(page, reranker)
    again = page.get_by_role("button", name="12 answers missing: score again")
    expect(again).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile("12 answers are missing. .* made no sense"))).to_be_visible()
    reranker.broken = False
    asked = reranker.pairs
    again.click()
    scored(page)
    assert reranker.pairs == asked + 12
    expect(again).to_be_hidden()


def test_scores_of_two_scorers_can_be_switched(page: Page, url: str, reranker: Reranker, tmp_path: Path) -> None:
    create(page, url, tmp_path)
    send(page, reranker)
    scored(page)
    expect(page.locator(".hm:visible")).to_have_attribute("data-threshold", "0.2")
    page.get_by_text(f"Scorer: zerank-2 on {reranker.host}").click()
    page.get_by_role("button", name="Score with: Embedded scorer").click()
    expect(page.get_by_text("Scorer: Embedded scorer").first).to_be_visible()
    expect(page.locator(".hm:visible")).to_have_attribute("data-threshold", "0.02")
    back = page.get_by_role("button", name=f"Show the scores of: zerank-2 on {reranker.host}")
    if not back.is_visible():  # the panel may still be open
        page.get_by_text("Scorer: Embedded scorer").first.click()
    back.click()
    expect(page.locator(".hm:visible")).to_have_attribute("data-threshold", "0.2")


def test_who_agrees_says_a_name_first(page: Page, url: str, reranker: Reranker, tmp_path: Path) -> None:
    create(page, url, tmp_path, by="")
    expect(page.get_by_role("button", name="Send and score")).to_be_disabled()
    name = page.get_by_role("textbox", name="Your name: the record keeps who agreed")
    name.fill("B. Chen, RN")
    name.press("Enter")
    send(page, reranker)
    expect(page.get_by_text("Started by B. Chen, RN")).to_be_visible()
    scored(page)


def test_not_now_leaves_the_case_unscored_and_the_queue_says_so(
    page: Page, url: str, reranker: Reranker, tmp_path: Path
) -> None:
    create(page, url, tmp_path, by="")
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("button", name="Send and score")).to_be_hidden()
    expect(page.get_by_text("Not scored on every page yet: nothing can be said")).to_be_visible()
    expect(page.get_by_role("button", name="Not scored yet: send the pages")).to_be_visible()
    page.get_by_role("link", name="Cases").click()
    expect(page.get_by_text("Asks before it sends pages").first).to_be_visible()
    assert reranker.pairs == 0
