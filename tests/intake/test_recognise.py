"""Recognition of scanned pages, and what becomes of pages that cannot be recognised."""

import os
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from core.domain import Page, PageRef, Word
from core.errors import NotRecognised
from core.intake.child import Child, Children, Limits
from core.intake.judge import (
    FEW_WORDS,
    GIVEN_UP,
    LAYER_KEPT,
    MEMORY,
    NO_WORDS,
    POOR,
    RUBBISH,
    STOPPED,
    UNSURE,
    Recognised,
    judged,
    later,
)
from core.intake.recognise import MAX_FAILURES, Recogniser, wants_recognition
from core.intake.supervisor import read_document
from core.intake.triage import GARBLED, IMAGE_ONLY
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


def drained(pages: Generator[Page, None, str]) -> tuple[list[Page], str]:
    """The pages, and what is said in the end."""
    read: list[Page] = []
    while True:
        try:
            read.append(next(pages))
        except StopIteration as end:
            return read, str(end.value)


def scanned(count: int) -> list[Page]:
    """Pages as reading leaves them when they are pictures."""
    return [Page(PageRef("d", n), "", source="none", problem=IMAGE_ONLY) for n in range(1, count + 1)]


BAD = "Tbe pat1ent h@s m0der@te t0 sev3re p|aque ps0r!asis s1nce"


def badly_layered() -> Page:
    """A scan that came with a bad text layer."""
    words = tuple(Word(t, (0, 0, 1, 1)) for t in BAD.split())
    return Page(PageRef("d", 1), BAD, words, notes=("scan", "foreign_ocr"))


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
    pages = {p.ref.number: p for p in recogniser(children, workers=1, seconds=10).recognise(path, scanned(3))}
    assert "laughs" in pages[1].text
    assert "laughs" in pages[3].text
    assert pages[2].source == "none"
    assert "longer than 10 seconds" in pages[2].problem
    assert pages[2].recognised == ""
    assert wants_recognition(pages[2])


def test_after_several_lost_children_the_rest_is_left_for_another_time(children: Children, tmp_path: Path) -> None:
    path = bomb(tmp_path / "bombs.pdf", before=0, bombs=MAX_FAILURES, after=2)
    tried = recogniser(children, workers=1, seconds=1)
    pages, reason = drained(tried.recognise(path, scanned(MAX_FAILURES + 2)))
    assert [p.ref.number for p in pages] == list(range(1, MAX_FAILURES + 3))
    assert {p.problem for p in pages[MAX_FAILURES:]} == {GIVEN_UP}
    assert "given up" in reason
    assert all(tried.wants(p) for p in pages)
    # What stopped it before comes last.
    again = [p.ref.number for p in tried.recognise(path, scanned(MAX_FAILURES + 2)[MAX_FAILURES - 1 :])]
    assert again == [MAX_FAILURES + 1, MAX_FAILURES + 2, MAX_FAILURES]


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
    assert "installed with Chartsieve" in str(raised.value)


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
        (found(("xkq vvbt qqzt zzpf jjkw tqxp " * 6).strip()), RUBBISH),
        (found(""), NO_WORDS),
        (found("NOT NOW", confidence=0.8, ink=0.005), UNSURE),
        (found("ADYATIWV NITHOINAd", ink=0.005), UNSURE),
    ],
)
def test_a_page_counts_as_read_only_when_its_text_can_stand_for_it(what: Recognised, problem: str) -> None:
    page = judged(scanned(1)[0], what, NAME)
    assert (page.problem, page.source) == (problem, "none" if problem else "ocr")
    assert page.text == what.text
    assert bool(page.body) == (not problem)


def test_a_bad_text_layer_is_replaced_by_better_words_only() -> None:
    page = badly_layered()
    assert wants_recognition(page)
    assert judged(page, found(PROSE), NAME).text == PROSE
    kept = judged(page, found("~ x"), NAME)
    assert (kept.text, kept.source, kept.problem) == (BAD, "none", LAYER_KEPT)


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


def test_a_page_given_without_its_words_is_refused(children: Children, tmp_path: Path) -> None:
    page = replace(badly_layered(), words=())
    assert wants_recognition(page)
    with pytest.raises(ValueError, match="words"):
        judged(page, found(PROSE), NAME)
    with pytest.raises(ValueError, match="words"):
        list(recogniser(children).recognise(tmp_path / "none.pdf", [page]))


def test_a_good_text_layer_is_known_without_its_words() -> None:
    assert not wants_recognition(replace(badly_layered(), text=PROSE, words=()))


def test_a_page_without_a_verdict_is_tried_again_and_one_with_it_by_another_engine_only() -> None:
    (image,) = scanned(1)
    for problem in (STOPPED, MEMORY, GIVEN_UP):
        assert wants_recognition(later(image, problem), NAME)
        assert later(image, problem).recognised == ""
    tried = judged(image, found("Dear doctor"), NAME)
    assert not wants_recognition(tried, NAME)
    assert wants_recognition(tried, "tesseract/1 eng+deu")
    read = judged(image, found(PROSE), NAME)
    assert not wants_recognition(read, "tesseract/1 eng+deu")


def test_a_page_that_nothing_became_of_keeps_its_text(children: Children, tmp_path: Path) -> None:
    garbled = replace(badly_layered(), source="none", problem=GARBLED, notes=())
    pages = [badly_layered(), replace(garbled, ref=PageRef("d", 2))]
    left, reason = drained(recogniser(children).recognise(tmp_path / "gone.pdf", pages))
    assert left == pages
    assert all(wants_recognition(p, NAME) for p in left)
    assert "no longer be opened" in reason


def test_what_an_earlier_engine_recognised_gives_way_to_text_that_can_be_relied_on_alone() -> None:
    words = (Word("RECEIVED", (0.1, 0.8, 0.2, 0.82)),)
    page = replace(scanned(1)[0], text="RECEIVED", words=words)
    poor = judged(page, found(PROSE, confidence=0.5), NAME)
    assert (poor.source, poor.text) == ("none", f"RECEIVED\n{PROSE}")
    worse = judged(poor, found("qzx vvt"), "other")
    assert (worse.source, worse.text, worse.problem) == ("none", poor.text, POOR)
    better = judged(poor, found(PROSE.replace("2019", "2018")), "other")
    assert (better.source, better.recognised) == ("ocr", "other")
    assert better.text == f"RECEIVED\n{PROSE.replace('2019', '2018')}"
    assert better.text.split() == [w.text for w in better.words]


def test_a_child_that_dies_while_it_loads_costs_no_page(children: Children, tmp_path: Path) -> None:
    path = faxes(tmp_path / "fax.pdf", PROSE)
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "eng.traineddata").open("wb") as file:
        file.truncate(4 << 30)  # more than a child may use
    broken = Recogniser(children, languages="eng", data=tmp_path / "data", workers=1, seconds=30)
    pages, reason = drained(broken.recognise(path, scanned(2)))
    assert [p.problem for p in pages] == [GIVEN_UP, GIVEN_UP]
    assert "given up" in reason


def test_the_message_of_a_child_that_was_taken_over_reaches_nobody(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    liar = tmp_path / "liar.py"
    missing = '{"event": "missing", "languages": "\\ud800 patient", "folder": "\\ud800 name"}'
    lines = ['{"event": "ready"}', '{"event": "open"}', missing]
    liar.write_text("".join(f"print({line!r}, flush=True)\n" for line in lines) + "input()\ninput()\n")
    monkeypatch.setattr("core.intake.child._WORKER", liar)
    with pytest.raises(NotRecognised) as raised:
        list(recogniser(children).recognise(tmp_path / "fax.pdf", scanned(1)))
    str(raised.value).encode()
    assert "patient" not in str(raised.value)
    assert "for eng in" in str(raised.value)


class Enough(Exception):
    """The caller wants no more."""


def test_the_caller_is_asked_while_a_page_takes_its_time(children: Children, tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.pdf", before=0, bombs=2, after=0)
    before, asked = processes(), 0

    def tick() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Enough

    started = time.monotonic()
    with pytest.raises(Enough):
        list(recogniser(children, seconds=60).recognise(path, scanned(2), tick=tick))
    assert time.monotonic() - started < 5
    assert processes() <= before


def test_pages_are_kept_as_they_are_done_while_the_caller_does_something_else(
    children: Children, tmp_path: Path
) -> None:
    path = faxes(tmp_path / "fax.pdf", *(f"Page number {n}. {PROSE}" for n in range(1, 4)))
    kept: list[int] = []
    every = threading.Event()

    def keep(page: Page) -> None:
        kept.append(page.ref.number)
        if len(kept) == 3:
            every.set()

    pages = recogniser(children).recognise(path, scanned(3), keep=keep)
    first = next(pages)
    assert every.wait(60)
    assert [first.ref.number, *(p.ref.number for p in pages)] == kept


def test_a_page_that_cannot_be_kept_ends_the_work_with_its_reason(children: Children, tmp_path: Path) -> None:
    path = faxes(tmp_path / "fax.pdf", PROSE)

    def keep(page: Page) -> None:  # noqa: ARG001
        raise ValueError("The disk is full.")

    with pytest.raises(ValueError, match="disk"):
        list(recogniser(children).recognise(path, scanned(1), keep=keep))


def test_a_child_that_starts_after_the_caller_has_gone_recognises_nothing(tmp_path: Path) -> None:
    taking, gone, kept = threading.Event(), threading.Event(), list[Page]()

    class Slow(Children):
        def take(self) -> Child:
            child = super().take()
            taking.set()
            gone.wait(10)
            return child

    def tick() -> None:
        if taking.is_set():
            threading.Timer(0.5, gone.set).start()
            raise Enough

    path, slow = faxes(tmp_path / "fax.pdf", PROSE), Slow(Limits())
    try:
        with pytest.raises(Enough):
            list(recogniser(slow, workers=1).recognise(path, scanned(1), tick=tick, keep=kept.append))
    finally:
        slow.close()
    assert kept == []


def test_no_page_is_begun_after_closing(children: Children, tmp_path: Path) -> None:
    path = faxes(tmp_path / "fax.pdf", *(f"Page number {n}. {PROSE}" for n in range(1, 7)))
    shared = recogniser(children, workers=1)
    pages = shared.recognise(path, scanned(6))
    next(pages)
    shared.close()
    rest: list[Page] = []
    with pytest.raises(NotRecognised, match="kept"):
        rest.extend(pages)
    assert len(rest) <= 1  # the one in hand


def test_a_few_words_of_a_bad_layer_are_not_taken_for_exact_ones() -> None:
    bad = "Tlie p4tint hqs xqz vbn lkjx wqqx zzxv bbbk"
    page = replace(scanned(1)[0], text=bad, words=tuple(Word(t, (0, 0, 1, 1)) for t in bad.split()))
    assert judged(page, found(PROSE), NAME).text == PROSE
