"""Documents that are not what they seem: each is refused with a reason, or costs its bad pages and nothing else."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from core.domain import Page, PageRef
from core.errors import BadDocument, DamagedDocument, EncryptedDocument, TooLarge, UnsupportedFile
from core.intake import Children, Limits, inspect_document, may_succeed_later, read_document
from core.intake import child as child_module
from core.intake.child import Child, ChildFailed
from core.intake.supervisor import GIVEN_UP, OUT_OF_TIME, PAGE_DAMAGED, PAGE_KILLED, PAGE_MEMORY
from core.intake.triage import GARBLED, IMAGE_ONLY, LOST, TOO_DENSE
from tests.intake import paper


def children() -> set[int]:
    """Process ids of the direct children of this process."""
    ids: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread that ends at this moment
            ids |= {int(i) for i in (task / "children").read_text().split()}
    return ids


def empty(folder: Path) -> Path:
    (folder / "a.pdf").touch()
    return folder / "a.pdf"


def html(folder: Path) -> Path:
    (folder / "a.pdf").write_text("<html><body><p>Not a PDF at all</p></body></html>")
    return folder / "a.pdf"


def html_with_the_letters(folder: Path) -> Path:
    (folder / "a.pdf").write_text("<html><body><p>%PDF-1.7 is how others begin</p></body></html>")
    return folder / "a.pdf"


def encrypted(folder: Path) -> Path:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "secret text")
        document.save(folder / "a.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="user", owner_pw="owner")
    return folder / "a.pdf"


def truncated(folder: Path) -> Path:
    whole = paper.write(folder / "whole.pdf", *[paper.PROSE] * 20).read_bytes()
    (folder / "a.pdf").write_bytes(whole[: len(whole) // 4])
    return folder / "a.pdf"


def no_pages(folder: Path) -> Path:
    return paper.raw(folder / "a.pdf", b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>")


def lying_about_its_pages(folder: Path) -> Path:
    return paper.raw(
        folder / "a.pdf", b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 2000000000 >>"
    )


def noise(folder: Path) -> Path:
    (folder / "a.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 200)
    return folder / "a.pdf"


def gone(folder: Path) -> Path:
    return folder / "never-there.pdf"


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (empty, UnsupportedFile),
        (html, UnsupportedFile),
        (html_with_the_letters, BadDocument),
        (encrypted, EncryptedDocument),
        (truncated, BadDocument),
        (no_pages, DamagedDocument),
        (lying_about_its_pages, DamagedDocument),
        (noise, DamagedDocument),
        (gone, DamagedDocument),
    ],
)
def test_what_cannot_be_taken_in_is_refused_with_what_to_do_next(
    tmp_path: Path, make: Callable[[Path], Path], error: type[BadDocument]
) -> None:
    path = make(tmp_path)
    with pytest.raises(error) as inspected:
        inspect_document(path, Limits())
    with pytest.raises(error) as read:
        list(read_document(path, document="d", limits=Limits()))
    assert str(inspected.value) == str(read.value)
    assert any(word in str(read.value) for word in ("upload", "Upload", "password")), str(read.value)
    assert str(tmp_path) not in str(read.value)
    assert children() == set()


def test_a_document_that_any_viewer_opens_is_not_called_encrypted(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "printing is not allowed")
        document.save(tmp_path / "a.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner", permissions=0)
    (page,) = read_document(tmp_path / "a.pdf", document="d", limits=Limits())
    assert page.text == "printing is not allowed"


def test_too_many_bytes_or_pages_are_refused_with_both_numbers(tmp_path: Path) -> None:
    path = paper.write(tmp_path / "a.pdf", *["text"] * 4)
    with pytest.raises(TooLarge, match=r"4 pages; at most 3"):
        inspect_document(path, Limits(max_pages=3))
    with pytest.raises(TooLarge, match=r"at most 0 MB"):
        inspect_document(path, Limits(max_bytes=100))


def test_a_mended_document_says_so(tmp_path: Path) -> None:
    path = paper.write(tmp_path / "a.pdf", "one", "two")
    path.write_bytes(path.read_bytes().replace(b"startxref", b"startxxxx"))
    opened = inspect_document(path, Limits())
    assert (opened.pages, opened.repaired) == (2, True)


def test_a_page_that_never_ends_costs_itself_alone(tmp_path: Path) -> None:
    path = paper.bomb(tmp_path / "bomb.pdf", before=2, bombs=1, after=2)
    pages = list(read_document(path, document="d", limits=Limits(page_seconds=1)))
    assert [p.ref.number for p in pages] == [1, 2, 3, 4, 5]
    assert [p.source for p in pages] == ["text", "text", "none", "text", "text"]
    assert "longer than 1 second" in pages[2].problem
    assert [may_succeed_later(p) for p in pages] == [False, False, True, False, False]
    assert children() == set()


def test_a_page_that_needs_too_much_memory_costs_itself_alone(tmp_path: Path) -> None:
    path = paper.inflating(tmp_path / "inflating.pdf", megabytes=20)
    with pymupdf.open(path) as document:
        document.new_page().insert_text((72, 72), "a sound page")
        document.saveIncr()
    pages = list(read_document(path, document="d", limits=Limits(memory_mb=512)))
    assert [(p.source, p.problem) for p in pages] == [("none", PAGE_MEMORY), ("text", "")]


def test_a_damaged_page_costs_itself_alone(tmp_path: Path) -> None:
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 6 0 R /Resources << /Font << /F 7 0 R >> >> >>"
    )
    path = paper.raw(
        tmp_path / "a.pdf",
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>",
        page,
        b"<< /Type /Pages /Parent 2 0 R /Kids [4 0 R] /Count 1 >>",
        page,
        paper.stream(b"BT /F 12 Tf 72 700 Td (A sound page of this document) Tj ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    pages = list(read_document(path, document="d", limits=Limits()))
    assert [p.ref.number for p in pages] == [1, 2, 3]
    assert (pages[0].source, pages[1].source, pages[1].problem) == ("text", "none", PAGE_DAMAGED)


def test_after_too_many_lost_pages_the_rest_is_named_and_not_read(tmp_path: Path) -> None:
    path = paper.bomb(tmp_path / "bomb.pdf", before=1, bombs=7, after=2)
    pages = list(read_document(path, document="d", limits=Limits(page_seconds=0.8)))
    assert [p.ref.number for p in pages] == list(range(1, 11))
    assert pages[0].source == "text"
    assert {p.source for p in pages[1:]} == {"none"}
    assert [p.problem == GIVEN_UP for p in pages] == [False] * 6 + [True] * 4


def test_when_the_documents_time_is_over_the_rest_is_named_and_not_read(tmp_path: Path) -> None:
    path = paper.bomb(tmp_path / "bomb.pdf", before=1, bombs=1, after=2)
    pages = list(read_document(path, document="d", limits=Limits(page_seconds=20, document_seconds=2)))
    assert [p.source for p in pages] == ["text", "none", "none", "none"]
    assert {p.problem for p in pages[1:]} <= {OUT_OF_TIME, PAGE_KILLED}
    assert pages[3].problem == OUT_OF_TIME


@pytest.mark.parametrize(("pages", "count"), [(30, 1), (121, 2)])
def test_a_killed_child_costs_one_page(tmp_path: Path, pages: int, count: int) -> None:
    path = paper.write(tmp_path / "long.pdf", *[f"Page {i}\n" + paper.PROSE * 60 for i in range(1, pages + 1)])
    before, found = children(), []

    def kill(done: int, _total: int) -> None:
        if done == 10:
            found.extend(sorted(children() - before))
            os.kill(found[0], signal.SIGKILL)

    read = list(read_document(path, document="d", limits=Limits(), progress=kill))
    assert len(found) == count, "long documents are read by two children"
    assert [p.ref.number for p in read] == list(range(1, pages + 1))
    assert all(p.text.startswith(f"Page {p.ref.number}\n") for p in read if p.text)
    lost = [p for p in read if p.source == "none"]
    assert [p.problem for p in lost] in ([PAGE_KILLED], [])  # the pipe may hold all that the child had to say
    assert children() == before


def test_in_a_long_document_a_page_that_never_ends_costs_itself_alone(tmp_path: Path) -> None:
    path = paper.bomb(tmp_path / "bomb.pdf", before=20, bombs=3, after=22)
    pages = list(read_document(path, document="d", limits=Limits(page_seconds=1)))
    assert [p.ref.number for p in pages] == list(range(1, 46))
    lost = [p.ref.number for p in pages if p.source == "none"]
    assert lost == [21, 22, 23]
    assert all("longer than 1 second" in pages[n - 1].problem for n in lost)
    assert children() == set()


def test_in_a_long_document_too_many_lost_pages_end_the_reading_of_both_halves(tmp_path: Path) -> None:
    path = paper.bomb(tmp_path / "bomb.pdf", before=30, bombs=9, after=9)
    pages = list(read_document(path, document="d", limits=Limits(page_seconds=0.8)))
    assert [p.ref.number for p in pages] == list(range(1, 49))
    assert [p.problem == GIVEN_UP for p in pages] == [False] * 35 + [True] * 13


def test_a_second_child_that_does_not_start_is_not_missed(tmp_path: Path) -> None:
    """With memory for one child only, one child reads it all."""
    path = paper.write(tmp_path / "long.pdf", *[f"Page {i}" for i in range(1, 51)])

    class OneOnly(Children):
        def take(self) -> Child:
            if children():
                raise OSError("no memory")
            return super().take()

    limits = Limits()
    pages = list(read_document(path, document="d", limits=limits, children=OneOnly(limits)))
    assert [p.text for p in pages] == [f"Page {i}" for i in range(1, 51)]


@pytest.mark.parametrize(
    ("problem", "later"),
    [
        *((problem, True) for problem in (PAGE_MEMORY, PAGE_KILLED, GIVEN_UP, OUT_OF_TIME)),
        *((problem, False) for problem in (PAGE_DAMAGED, IMAGE_ONLY, GARBLED, LOST, TOO_DENSE)),
    ],
)
def test_only_what_is_not_the_pages_own_fault_may_succeed_later(problem: str, later: bool) -> None:
    page = Page(PageRef("d", 1), "", source="none", problem=problem)
    assert may_succeed_later(page) is later
    assert not may_succeed_later(replace(page, source="text"))


def test_reading_can_begin_at_any_page(tmp_path: Path) -> None:
    path = paper.write(tmp_path / "a.pdf", "one", "two", "three")
    found = {
        first: [p.text for p in read_document(path, document="d", limits=Limits(), first=first)] for first in (2, 3, 4)
    }
    assert found == {2: ["two", "three"], 3: ["three"], 4: []}


@pytest.mark.parametrize(("megabytes", "taken"), [(7, True), (9, False), (200, False)])
def test_a_child_that_was_taken_over_cannot_fill_the_memory_with_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int, taken: bool
) -> None:
    program = tmp_path / "taken_over.py"
    program.write_text(
        'import sys\nprint(\'{"event": "ready"}\', flush=True)\n'
        f"sys.stdout.write('{{\"text\": \"')\nfor _ in range({megabytes}): sys.stdout.write('x' * (1 << 20))\n"
        "print('\"}', flush=True)\nsys.stdin.read()\n"
    )
    monkeypatch.setattr(child_module, "_WORKER", program)
    with Child(Limits()) as child:
        if taken:
            assert len(child.message(10)["text"]) == megabytes << 20
        else:
            with pytest.raises(ChildFailed) as failed:
                child.message(10)
            assert not failed.value.timed_out


def test_stopping_early_ends_the_children(tmp_path: Path) -> None:
    pages = read_document(paper.write(tmp_path / "a.pdf", *[paper.PROSE] * 60), document="d", limits=Limits())
    assert [next(pages).ref.number, next(pages).ref.number] == [1, 2]
    assert len(children()) == 2
    pages.close()  # type: ignore[attr-defined]
    assert children() == set()


def test_a_machine_without_memory_for_the_reader_is_not_the_documents_fault(tmp_path: Path) -> None:
    path = paper.write(tmp_path / "a.pdf", "text")
    with pytest.raises(BadDocument, match="reading process does not start"):
        inspect_document(path, Limits(memory_mb=40))


def test_giant_and_odd_page_sizes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "giant.pdf"
    with pymupdf.open() as document:
        for size in ("[0 0 14400 14400]", "[0 0 1000000 1000000]", "[0 0 1 30000000]", "[0 0 0 0]"):
            sheet = document.new_page()
            sheet.insert_text((72, 72), "few letters")
            document.xref_set_key(sheet.xref, "MediaBox", size)
        document.save(path)
    pages = list(read_document(path, document="d", limits=Limits()))
    assert len(pages) == 4
    assert all(p.width > 0 and p.height > 0 for p in pages)
    assert all(p.text or p.source == "none" for p in pages)


def test_the_application_never_loads_the_pdf_library() -> None:
    code = "import sys, core.intake; assert not any(m.startswith(('pymupdf', 'fitz', 'mupdf')) for m in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2]).returncode == 0
