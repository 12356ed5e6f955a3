"""The recognising child process: what it says of a scanned page."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from core.intake.child import Child, Limits
from core.sketch import look_distance
from tests.benchmarks.faxes import FAULTS, Fault, faxed, place, put
from tests.intake.paper import LETTER, PROSE, write

FAX = next(f for f in FAULTS if f.name == "fax200")
STANDARD = next(f for f in FAULTS if f.name == "faxstd")


def fax(path: Path, fault: Fault, *turns: int, text: str = PROSE) -> float:
    """A page for each turn; the angle that the picture lies askew by."""
    with pymupdf.open(write(path.with_name("original.pdf"), text)) as original, pymupdf.open() as document:
        picture = faxed(original[0], fault, 3)
        for turn in turns:
            put(document, picture, *LETTER, turn)
        document.save(path)
    return picture.angle


@pytest.fixture
def child() -> Iterator[Child]:
    with Child(Limits()) as started:
        yield started


def start(child: Child, path: Path, languages: str = "eng", data: str = "") -> None:
    child.send({"do": "recognise", "path": str(path), "languages": languages, "data": data, "page_seconds": 30})
    assert child.message(20)["event"] == "open"


def begin(child: Child, path: Path) -> None:
    start(child, path)
    assert child.message(20)["event"] == "ready"


def ask(child: Child, number: int) -> dict[str, Any]:
    child.send({"number": number})
    return child.message(30)


def test_a_fax_is_read_with_its_numbers_in_order(child: Child, tmp_path: Path) -> None:
    fax(tmp_path / "fax.pdf", FAX, 0)
    begin(child, tmp_path / "fax.pdf")
    page = ask(child, 1)
    assert page["event"] == "page"
    words = page["text"].split()
    assert len([w for w in PROSE.split() if w in words]) > 0.9 * len(PROSE.split())
    assert {"2019", "15", "14", "2026."} <= set(words)
    assert words.index("psoriasis") < words.index("methotrexate") < words.index("Tuberculosis")
    assert len(page["boxes"]) == 4 * len(words) == 4 * len(page["confidences"])
    assert min(page["confidences"]) >= 0
    assert sum(page["confidences"]) / len(words) > 8500
    assert page["turn"] == 0


@pytest.mark.parametrize("fault", [FAX, STANDARD], ids=lambda f: str(f.name))
def test_boxes_lie_on_the_words_of_the_displayed_page(child: Child, tmp_path: Path, fault: Fault) -> None:
    turns = (0, 90, 180, 270)
    angle = fax(tmp_path / "fax.pdf", fault, *turns)
    with pymupdf.open(tmp_path / "original.pdf") as original:
        x0, y0, x1, y1, *_ = next(w for w in original[0].get_text("words") if w[4] == "methotrexate")
    w, h = LETTER
    x, y = place((x0 + x1) / 2, (y0 + y1) / 2, angle, w, h)
    true = {0: (x / w, y / h), 90: (1 - y / h, x / w), 180: (1 - x / w, 1 - y / h), 270: (y / h, 1 - x / w)}
    begin(child, tmp_path / "fax.pdf")
    for number, turn in enumerate(turns, start=1):
        page = ask(child, number)
        assert page["turn"] == -turn % 360
        at = page["text"].split().index("methotrexate")
        a, b, c, d = (n / 10_000 for n in page["boxes"][4 * at : 4 * at + 4])
        assert ((a + c) / 2, (b + d) / 2) == pytest.approx(true[turn], abs=0.008)


def test_the_look_of_a_page_is_that_of_the_page_upright(child: Child, tmp_path: Path) -> None:
    fax(tmp_path / "fax.pdf", FAX, 0, 180)
    begin(child, tmp_path / "fax.pdf")
    first, turned = (base64.b64decode(ask(child, n)["look"]) for n in (1, 2))
    assert look_distance(first, turned) <= 16


def test_an_empty_page_has_no_words(child: Child, tmp_path: Path) -> None:
    begin(child, write(tmp_path / "empty.pdf", ""))
    page = ask(child, 1)
    assert (page["text"], page["boxes"], page["ink"]) == ("", [], 0.0)


def test_a_page_that_is_not_there_fails_and_the_next_is_read(child: Child, tmp_path: Path) -> None:
    begin(child, write(tmp_path / "one.pdf", PROSE))
    assert ask(child, 7) == {"event": "failed", "number": 7, "why": "damaged"}
    assert "methotrexate" in ask(child, 1)["text"]


def test_a_language_that_is_not_there_is_named_with_the_folder(child: Child, tmp_path: Path) -> None:
    start(child, write(tmp_path / "one.pdf", PROSE), languages="eng+xyz", data="/nowhere")
    missing = child.message(20)
    assert missing == {"event": "missing", "languages": "eng+xyz", "folder": "/nowhere"}


def test_letter_pages_need_little_memory(child: Child, tmp_path: Path) -> None:
    fax(tmp_path / "fax.pdf", FAX, 0, 0, text=PROSE * 2)
    begin(child, tmp_path / "fax.pdf")
    for number in (1, 2):
        ask(child, number)
    status = Path(f"/proc/{child.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert peak < 250 * 1024


def test_a_page_of_few_words_is_read_in_the_turn_that_they_make_sense_in(child: Child, tmp_path: Path) -> None:
    with pymupdf.open() as one, pymupdf.open() as document:
        one.new_page(width=300, height=200).insert_text((20, 60), "DO NOT RESUSCITATE", fontsize=20)
        picture = one[0].get_pixmap(dpi=150, colorspace=pymupdf.csGRAY)
        for turn in (0, 90, 180, 270):
            page = document.new_page(width=300, height=200)
            page.insert_image(page.rect, pixmap=picture)
            page.set_rotation(turn)
        document.save(tmp_path / "few.pdf")
    begin(child, tmp_path / "few.pdf")
    for number, turn in enumerate((0, 270, 180, 90), start=1):
        read = ask(child, number)
        assert (read["text"], read["turn"]) == ("DO NOT RESUSCITATE", turn)
