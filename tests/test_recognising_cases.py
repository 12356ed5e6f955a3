"""Scans of a case: what is kept of them, what is tried again, and what others may do meanwhile."""

import io
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from core.criteria import read_lines
from core.domain import Page
from core.intake import Recogniser
from core.intake.judge import NOT_OPENED
from core.reading import RECOGNISING
from core.settings import Settings
from core.workspace import Workspace
from tests.intake import paper
from tests.uploading import taken

CRITERIA = read_lines("A: Has methotrexate been tried?", "List")
TOKEN = "The token of this layer is ZQX-4711, and no picture has it."
WHOLE = pymupdf.Rect(72, 90, 540, 700)
BAD = "Tbe pat1ent h@s m0der@te t0 sev3re p|aque ps0r!asis s1nce " * 4


def pdf(*draw: Callable[[pymupdf.Page], object]) -> bytes:
    with pymupdf.open() as document:
        for one in draw:
            one(document.new_page(width=paper.LETTER[0], height=paper.LETTER[1]))
        return document.tobytes(no_new_id=True)  # type: ignore[no-any-return]


def scan(page: pymupdf.Page) -> None:
    paper.scan(page, f"Page {page.number + 1}. {paper.PROSE}")


def layered(text: str) -> Callable[[pymupdf.Page], None]:
    """A scan with a text layer that nobody sees."""

    def draw(page: pymupdf.Page) -> None:
        scan(page)
        page.insert_textbox(WHOLE, text, fontsize=12, render_mode=3)

    return draw


def headed(page: pymupdf.Page) -> None:
    """A scan under a typed line."""
    paper.scan(page, box=(0, 150, *paper.LETTER))
    page.insert_text((72, 120), "Patient Jane Q. Roe  MRN 00817733  DOB 03/14/1961", fontsize=7)


def opened(tmp_path: Path, **settings: Any) -> Workspace:
    return Workspace.open(Settings(data_dir=tmp_path / "data", **settings))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = opened(tmp_path)
    yield made
    made.close()


def make(workspace: Workspace, packet: bytes) -> int:
    return workspace.create_case("A case", [taken(workspace, io.BytesIO(packet), "packet.pdf")], CRITERIA, by="R")


def done(workspace: Workspace, case: int) -> tuple[Page, ...]:
    workspace.jobs.wait(case, 90)
    job = workspace.store.job(case)
    assert job
    assert job.state == "done"
    return workspace.chart(case).pages


def again(workspace: Workspace, case: int) -> tuple[Page, ...]:
    workspace.jobs.start(case)
    return done(workspace, case)


def message(workspace: Workspace, case: int) -> str:
    job = workspace.store.job(case)
    assert job
    return job.message


def test_the_good_text_layer_of_a_searchable_scan_is_kept_and_a_bad_one_replaced(workspace: Workspace) -> None:
    good = f"{paper.PROSE} {TOKEN}"
    pages = done(workspace, make(workspace, pdf(layered(good), layered(BAD))))
    assert [(p.source, bool(p.recognised)) for p in pages] == [("text", False), ("ocr", True)]
    assert all(p.notes == ("scan", "foreign_ocr") for p in pages)
    assert pages[0].text.split() == good.split()
    assert "methotrexate" in pages[1].text
    assert "s1nce" not in pages[1].text
    assert workspace.reader.waiting(pages) == 0


def test_the_typed_words_of_a_page_stay_exact_beside_what_is_recognised(workspace: Workspace) -> None:
    (page,) = done(workspace, make(workspace, pdf(headed)))
    assert page.source == "ocr"
    assert page.text.startswith("Patient Jane Q. Roe MRN 00817733 DOB 03/14/1961\n")
    assert "methotrexate" in page.text
    words = {w.text: w.confidence for w in workspace.store.page(page.ref).words}
    assert words["00817733"] is None
    assert words["methotrexate"] is not None


def test_what_waits_is_told_from_pages_without_their_words(tmp_path: Path) -> None:
    without = opened(tmp_path, ocr=False)
    case = make(without, pdf(layered(paper.PROSE), layered(BAD), scan))
    pages = done(without, case)
    assert without.reader.waiting(pages) == 0
    without.close()
    workspace = opened(tmp_path)
    try:
        assert all(not p.words for p in pages)
        assert workspace.reader.waiting(pages) == 2
        assert workspace.reader.waiting(again(workspace, case)) == 0
    finally:
        workspace.close()


def test_pages_that_failed_for_now_are_tried_again_and_the_person_is_told(tmp_path: Path) -> None:
    hurried = opened(tmp_path, ocr_seconds=0.02)
    case = make(hurried, pdf(layered(BAD), *[scan] * 6))
    pages = done(hurried, case)
    said = message(hurried, case)
    assert said == (
        "Reading of scanned pages was given up after several failures; 7 pages are not read. "
        "Start again to try them once more."
    )
    assert hurried.reader.waiting(pages) == 7
    assert (pages[0].source, pages[0].text.split()) == ("text", BAD.split())
    assert {(p.source, p.recognised) for p in pages[1:]} == {("none", "")}
    hurried.close()
    workspace = opened(tmp_path)
    try:
        assert {p.source for p in again(workspace, case)} == {"ocr"}
        assert message(workspace, case) == ""
    finally:
        workspace.close()


def test_other_languages_try_what_went_unread_once_more(tmp_path: Path) -> None:
    def empty(page: pymupdf.Page) -> None:
        page.draw_circle((300, 400), 200, fill=(0, 0, 0))
        page.insert_image(page.rect, pixmap=page.get_pixmap(dpi=50))

    first = opened(tmp_path)
    case = make(first, pdf(empty, scan))
    pages = done(first, case)
    assert [p.source for p in pages] == ["none", "ocr"]
    assert first.reader.waiting(pages) == 0
    first.close()
    other = opened(tmp_path, ocr_languages="eng+eng")
    try:
        assert other.reader.waiting(pages) == 1
        pages = again(other, case)
        assert [p.recognised for p in pages] == ["tesseract/1 eng+eng", "tesseract/1 eng"]
        assert other.reader.waiting(pages) == 0
    finally:
        other.close()


def test_a_document_that_can_no_longer_be_opened_is_named_as_the_reason(tmp_path: Path) -> None:
    without = opened(tmp_path, ocr=False)
    case = make(without, pdf(scan))
    (page,) = done(without, case)
    path = without.files.path(page.ref.document)
    without.close()
    path.chmod(0o600)
    path.write_bytes(b"%PDF-1.7 nothing")
    workspace = opened(tmp_path)
    try:
        (page,) = again(workspace, case)
        assert page.problem == NOT_OPENED
        assert message(workspace, case).startswith("A document with scanned pages can no longer be opened; 1 page is")
        assert workspace.reader.waiting([page]) == 1
    finally:
        workspace.close()


def test_pages_are_stored_while_something_else_holds_up_the_job(workspace: Workspace) -> None:
    workspace.jobs.close()  # this test does the work itself
    case = workspace.store.case(make(workspace, pdf(scan, scan, scan)))
    workspace.reader.read(case, lambda *_: None)
    stored: list[int] = []

    def report(stage: str, pages: int, total: int) -> None:  # noqa: ARG001
        if pages == 1 and not stored:
            end = time.monotonic() + 60
            while time.monotonic() < end and not all(p.source == "ocr" for p in workspace.reader.pages(case)):
                time.sleep(0.05)
            stored.extend(p.ref.number for p in workspace.reader.pages(case) if p.source == "ocr")

    assert workspace.reader.recognise(case, report) == ""
    assert stored == [1, 2, 3]


class _Guest:
    """Somebody else's document that is recognised."""

    stopped = False


def test_stopping_takes_no_time_while_others_have_all_the_seats(workspace: Workspace) -> None:
    assert workspace.recogniser
    with ExitStack() as stack:
        for _ in range(workspace.recogniser.workers):
            stack.enter_context(workspace.recogniser.seats.taken(_Guest()))  # type: ignore[arg-type]
        case = make(workspace, pdf(scan))
        _until(workspace, case)
        workspace.jobs.cancel(case)
        workspace.jobs.wait(case, 3)
    job = workspace.store.job(case)
    assert job
    assert job.state == "cancelled"


def _until(workspace: Workspace, case: int) -> None:
    """The job of the case recognises its scans."""
    for _ in range(600):
        job = workspace.store.job(case)
        if job and job.stage == RECOGNISING:
            return
        time.sleep(0.05)
    raise TimeoutError


def test_two_cases_with_the_same_scans_recognise_each_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.jobs.close()
    packet = pdf(*[scan] * 6)
    cases = [workspace.store.case(make(workspace, packet)) for _ in range(2)]
    for case in cases:
        workspace.reader.read(case, lambda *_: None)
    recognised: list[int] = []
    recognise = Recogniser.recognise

    def counted(self: Recogniser, *args: Any, **options: Any) -> Generator[Page, None, str]:
        pages = recognise(self, *args, **options)
        while True:
            try:
                page = next(pages)
            except StopIteration as end:
                return str(end.value)
            recognised.append(page.ref.number)
            yield page

    monkeypatch.setattr(Recogniser, "recognise", counted)
    said: list[list[int]] = [[], []]

    def work(at: int) -> None:
        workspace.reader.recognise(cases[at], lambda *numbers: said[at].append(numbers[1]))

    threads = [threading.Thread(target=work, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert sorted(recognised) == [1, 2, 3, 4, 5, 6]
    for pages in said:
        assert pages == sorted(pages)
        assert len(set(pages)) >= 3  # whoever waits says how far it is


def test_waiting_for_another_case_can_be_stopped(workspace: Workspace) -> None:
    workspace.jobs.close()
    packet = pdf(scan)
    first, second = (workspace.store.case(make(workspace, packet)) for _ in range(2))
    workspace.reader.read(first, lambda *_: None)
    assert workspace.recogniser
    stop = threading.Event()

    class Stopped(Exception):
        pass

    def report(stage: str, pages: int, total: int) -> None:  # noqa: ARG001
        if stop.is_set():
            raise Stopped

    def work() -> None:
        with pytest.raises(Stopped):
            workspace.reader.recognise(first, report)

    with ExitStack() as stack:
        for _ in range(workspace.recogniser.workers):
            stack.enter_context(workspace.recogniser.seats.taken(_Guest()))  # type: ignore[arg-type]
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.5)
        threading.Timer(0.5, stop.set).start()
        started = time.monotonic()
        with pytest.raises(Stopped):
            workspace.reader.recognise(second, report)
        thread.join(10)
        assert time.monotonic() - started < 3
    assert workspace.reader.recognise(second, lambda *_: None) == ""
    assert {p.source for p in workspace.reader.pages(first)} == {"ocr"}
