"""Recognition of scanned pages, and what becomes of pages that cannot be recognised."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from core.domain import Page, PageRef, Word
from core.errors import NotRecognised
from core.intake.child import Children, Limits
from core.intake.judge import FEW_WORDS, GIVEN_UP, LAYER_KEPT, NO_WORDS, POOR, RUBBISH, Recognised, judged
from core.intake.recognise import MAX_FAILURES, Recogniser, wants_recognition
from core.intake.supervisor import read_document
from core.intake.triage import IMAGE_ONLY
from tests.benchmarks.faxes import FAULTS, faxed, put
from tests.intake.paper import LETTER, PROSE, bomb, write

FAX = FAULTS[0]
NAME = "tesseract/1 eng"


@pytest.fixture
def children() -> Iterator[Children]:
    made = Children(Limits())
    yield made
    made.close()


def recogniser(children: Children, *, workers: int = 2, seconds: float = 30, languages: str = "eng") -> Recogniser:
    return Recogniser(children, languages=languages, data=None, workers=workers, seconds=seconds)


def faxes(path: Path, *texts: str, turn: int = 0) -> Path:
    with pymupdf.open(write(path.with_name("original.pdf"), *texts)) as original, pymupdf.open() as document:
        for number, page in enumerate(original):
            put(document, faxed(page, FAX, number), *LETTER, turn)
        document.save(path)
    return path


def scanned(count: int) -> list[Page]:
    """Pages as reading leaves them when they are pictures."""
    return [Page(PageRef("d", n), "", source="none", problem=IMAGE_ONLY) for n in range(1, count + 1)]


def processes() -> set[str]:
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def test_a_faxed_page_becomes_a_read_page(children: Children, tmp_path: Path) -> None:
    path = faxes(tmp_path / "fax.pdf", "PAGE 3 OF 8\n" + PROSE)
    (page,) = read_document(path, document="d", limits=Limits(), children=children)
    assert wants_recognition(page)
    (read,) = recogniser(children).recognise(path, [page])
    assert (read.source, read.problem, read.recognised) == ("ocr", "", NAME)
    assert "methotrexate 15 mg weekly" in read.text.replace("\n", " ")
    assert read.text.split() == [w.text for w in read.words]
    assert all(w.confidence is not None and 0 <= w.confidence <= 1 for w in read.words)
    assert read.confidence is not None
    assert read.confidence > 0.85
    assert read.body
    assert (len(read.sketch), len(read.look)) == (512, 32)
    assert (read.ref, read.width, read.height) == (page.ref, page.width, page.height)
    assert not wants_recognition(read)


def test_every_page_given_comes_once_also_with_more_than_one_document(children: Children, tmp_path: Path) -> None:
    path = faxes(tmp_path / "fax.pdf", *(f"Page number {n}. {PROSE}" for n in range(1, 4)))
    shared = recogniser(children, workers=1)
    numbers: list[int] = []

    def other() -> None:
        numbers.extend(p.ref.number for p in shared.recognise(path, scanned(3)))

    thread = threading.Thread(target=other)
    thread.start()
    mine = list(shared.recognise(path, scanned(3)[1:]))
    thread.join()
    assert sorted(numbers) == [1, 2, 3]
    assert sorted(p.ref.number for p in mine) == [2, 3]
    assert {p.source for p in mine} == {"ocr"}


def test_a_page_turned_upside_down_says_how_to_turn_it(children: Children, tmp_path: Path) -> None:
    path = faxes(tmp_path / "fax.pdf", PROSE, turn=180)
    (page,) = recogniser(children).recognise(path, scanned(1))
    assert (page.source, page.turn) == ("ocr", 180)


def test_a_page_that_hangs_costs_that_page_alone(children: Children, tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.pdf")
    pages = {p.ref.number: p for p in recogniser(children, workers=1, seconds=2).recognise(path, scanned(3))}
    assert "laughs" in pages[1].text
    assert "laughs" in pages[3].text
    assert pages[2].source == "none"
    assert "longer than 2 seconds" in pages[2].problem
    assert pages[2].recognised == NAME
    assert not wants_recognition(pages[2])


def test_after_several_lost_children_the_rest_is_left_for_another_time(children: Children, tmp_path: Path) -> None:
    path = bomb(tmp_path / "bombs.pdf", before=0, bombs=MAX_FAILURES, after=2)
    pages = list(recogniser(children, workers=1, seconds=1).recognise(path, scanned(MAX_FAILURES + 2)))
    assert [p.ref.number for p in pages] == list(range(1, MAX_FAILURES + 3))
    assert {p.problem for p in pages[MAX_FAILURES:]} == {GIVEN_UP}
    assert all(wants_recognition(p) for p in pages[MAX_FAILURES:])


def test_closing_the_pages_ends_the_children_at_once(children: Children, tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.pdf", before=1, bombs=4, after=0)
    before = processes()
    pages = recogniser(children, seconds=60).recognise(path, scanned(5))
    assert next(pages).ref.number == 1
    started = time.monotonic()
    pages.close()
    assert time.monotonic() - started < 3
    assert processes() <= before


def test_a_missing_language_is_an_error_that_names_the_cure(children: Children, tmp_path: Path) -> None:
    path = faxes(tmp_path / "fax.pdf", PROSE)
    with pytest.raises(NotRecognised, match="xyz") as raised:
        list(recogniser(children, languages="xyz").recognise(path, scanned(1)))
    assert "CHARTSIEVE_OCR_LANGUAGES" in str(raised.value)
    assert "tessdata" in str(raised.value)


def test_a_file_that_is_gone_leaves_its_pages_for_another_time(children: Children, tmp_path: Path) -> None:
    pages = list(recogniser(children).recognise(tmp_path / "gone.pdf", scanned(2)))
    assert [p.source for p in pages] == ["none", "none"]
    assert all(wants_recognition(p) for p in pages)
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def found(text: str, confidence: float = 0.92, ink: float = 0.05, y: float = 0.5) -> Recognised:
    words = tuple(Word(t, (0.1, y, 0.2, y + 0.02), confidence) for t in text.split())
    return Recognised(text, words, 0, ink, b"")


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        (found(PROSE), ""),
        (found(PROSE, confidence=0.70), ""),
        (found(PROSE, confidence=0.69), POOR),
        (found("Dear doctor"), FEW_WORDS),
        (found("Dear doctor", ink=0.005), ""),
        (found("xkq vvbt qqzt zzpf jjkw tqxp " * 6), RUBBISH),
        (found(""), NO_WORDS),
    ],
)
def test_a_page_counts_as_read_only_when_its_text_can_stand_for_it(what: Recognised, problem: str) -> None:
    page = judged(scanned(1)[0], what, NAME)
    assert (page.problem, page.source) == (problem, "none" if problem else "ocr")
    assert page.text == what.text
    assert bool(page.body) == (not problem)


def test_a_bad_text_layer_is_replaced_by_better_words_only() -> None:
    bad = "Tbe pat1ent h@s m0der@te t0 sev3re p|aque ps0r!asis s1nce"
    page = Page(PageRef("d", 1), bad, tuple(Word(t, (0, 0, 1, 1)) for t in bad.split()), notes=("scan", "foreign_ocr"))
    assert wants_recognition(page)
    assert judged(page, found(PROSE), NAME).text == PROSE
    kept = judged(page, found("~ x"), NAME)
    assert (kept.text, kept.source, kept.problem) == (bad, "none", LAYER_KEPT)


def test_a_good_text_layer_and_blank_damaged_or_tried_pages_are_left_alone() -> None:
    words = tuple(Word(t, (0, 0, 1, 1)) for t in PROSE.split())
    good = Page(PageRef("d", 1), PROSE, words, notes=("scan", "foreign_ocr"))
    (image,) = scanned(1)
    assert wants_recognition(image)
    for page in (good, replace(image, blank=True), replace(image, recognised=NAME), replace(image, problem="Damaged.")):
        assert not wants_recognition(page)


def test_exact_words_of_a_page_stay_beside_what_is_recognised() -> None:
    stamp = (Word("RECEIVED", (0.1, 0.5, 0.2, 0.52)), Word("14", (0.3, 0.1, 0.4, 0.2)))
    page = replace(scanned(1)[0], text="RECEIVED\n14", words=stamp)
    below = found(PROSE, y=0.7)
    what = below._replace(text=f"RECE1VED\n{PROSE}", words=(*found("RECE1VED").words, *below.words))
    read = judged(page, what, NAME)
    assert read.text == f"RECEIVED\n14\n{PROSE}"
    assert read.text.split() == [w.text for w in read.words]
