"""Packets with scans in a real browser: pages join as they are read, documents are replaced, people look themselves."""

import re
from pathlib import Path

import pymupdf
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Serve
from tests.browser.test_case import CRITERIA, choose, drawn, settled, sign, uploader
from tests.intake import paper
from tests.pages.packets import pdf, picture, text

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-packets")]

TRIED = "Methotrexate 20 mg weekly was tried for 14 weeks and stopped because the liver enzymes had tripled."
PARTY = "The garden party is on Saturday because of the weather forecast for the rest of the week."
READ_MS = 60_000


@pytest.fixture(scope="module")
def url(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    data = tmp_path_factory.mktemp("data")
    return serve(ROOT / "pages" / "door" / "server.py", {"CHARTSIEVE_DATA_DIR": str(data)})


def scribble(page: pymupdf.Page) -> None:
    """A scan on which a pen has been, but no letter."""
    with pymupdf.open() as other:
        sheet = other.new_page(width=paper.LETTER[0], height=paper.LETTER[1])
        for row in range(6):
            line = [pymupdf.Point(90 + 11 * x, 150 + 90 * row + 24 * ((x * x + row) % 3 - 1)) for x in range(38)]
            sheet.draw_polyline(line, width=2)
        page.insert_image(page.rect, pixmap=sheet.get_pixmap(dpi=120, colorspace=pymupdf.csGRAY))


def create(page: Page, address: str, packet: Path) -> str:
    """Through the form; the address of the case's review."""
    criteria = packet.with_suffix(".csv")
    criteria.write_text(CRITERIA)
    page.goto(f"{address}/new")
    uploader(page, "PDF, TIFF").set_input_files(packet)
    expect(page.get_by_role("button", name=f"Remove {packet.name}")).to_be_visible()
    uploader(page, "CSV, Excel").set_input_files(criteria)
    expect(page.get_by_text("3 criteria", exact=True)).to_be_visible()
    page.get_by_label("Name of the case").fill(packet.stem)
    page.keyboard.press("Tab")
    choose(page, "Create the case")
    drawn(page)
    return page.url


def shown(page: Page, address: str, number: int) -> None:
    page.goto(re.sub(r"([?&])page=\d+", rf"\g<1>page={number}", address))
    drawn(page)
    expect(page.locator(".pv")).to_have_attribute("data-ready", str(number))
    settled(page)


def test_scans_join_and_a_replaced_document_keeps_what_was_said_of_its_pages(
    page: Page, url: str, tmp_path: Path
) -> None:
    create(page, url, pdf(tmp_path / "notes.pdf", text(TRIED), picture, text(PARTY)))
    expect(page.locator(".pv")).to_have_attribute("data-ready", re.compile("[123]"))
    sign(page)
    unread = page.locator(".hm [data-show=unread]")
    expect(unread).to_be_hidden(timeout=READ_MS)
    address = page.url
    shown(page, address, 1)
    choose(page, "Relevant")
    expect(page.get_by_text("saved as relevant")).to_be_visible()

    page.get_by_role("link", name="Packet", exact=True).click()
    expect(page.get_by_text("Read from the image: 1 · 2")).to_be_visible()
    choose(page, "Replace…")
    new = pdf(tmp_path / "amended.pdf", text(TRIED), picture, text(f"{PARTY} It rains."))
    uploader(page, "The file that replaces notes.pdf").set_input_files(new)
    expect(page.get_by_text("amended.pdf: 3 pages")).to_be_visible()
    choose(page, "Replace the document")
    expect(page.get_by_text("Replaced.", exact=False)).to_be_visible()
    # Without a reload, as soon as the scan of the new document has been read.
    expect(page.get_by_text("2 unchanged · 1 changed")).to_be_visible(timeout=READ_MS)
    expect(page.get_by_text("Page 3 changed (was page 3)")).to_be_visible()
    expect(page.get_by_text("All 3 pages of the packet were gone through.", exact=False)).to_be_visible(timeout=READ_MS)

    shown(page, address, 1)
    expect(page.get_by_text("saved as relevant")).to_be_visible()


def test_a_page_nobody_can_read_is_signed_for_by_whoever_looked_at_it(page: Page, url: str, tmp_path: Path) -> None:
    create(page, url, pdf(tmp_path / "scribbled.pdf", text(TRIED), scribble))
    sign(page)
    expect(page.get_by_role("button", name="1 page could not be read")).to_be_visible(timeout=READ_MS)
    shown(page, page.url, 2)
    page.get_by_role("textbox", name="What you saw").fill("A signature, no words")
    choose(page, "I have looked at this page")
    expect(page.get_by_text("A signature, no words", exact=False).first).to_be_visible()
    page.reload()
    drawn(page)
    expect(page.get_by_text(re.compile("Looked at by J. Rivera, RN.*A signature, no words"))).to_be_visible()
    expect(page.get_by_role("button", name="I have looked at this page")).to_have_count(0)
