"""Files that are damaged, hostile or merely odd: each has a clear outcome, in its limits, and costs nothing else."""

import contextlib
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import intake, kinds
from core.domain import Page
from core.errors import BadDocument, PageUnavailable
from core.intake import Limits, Renderer, inspect_document, read_document
from tests.intake import awkward, awkward_content, awkward_images
from tests.intake.awkward import Awkward

LIMITS = Limits(memory_mb=640, page_seconds=3, document_seconds=8, max_pages=12_000)
STARTING = 12.0
"""Seconds for starting processes on a busy machine."""
MOST_GROWTH = 100 << 20
FAILED = ("damaged", "more memory than is allowed", "stopped", "Not read")
FILES = (*awkward.WRAPPINGS, *awkward.TABLES, *awkward.TREES, *awkward.BOXES, *awkward_content.ALL, *awkward_images.ALL)
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SOURCES = [path for path in Path(intake.__file__).parent.glob("*.py") if path.stem != "reader"]
SOURCES.append(Path(kinds.__file__))
CASES = [pytest.param(f, id=f.name, marks=[pytest.mark.slow] if f.slow else []) for f in FILES]


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer(LIMITS) as made:
        yield made


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.pdf"
    path.write_bytes(awkward.sound(1))
    return path


def children() -> set[int]:
    """Process ids of the direct children of this process, whichever thread started them."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that ended while we looked
            found |= {int(i) for i in (task / "children").read_text().split()}
    return found


def memory(peak: bool = False) -> int:
    """Bytes of this process, now or at its largest since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:" if peak else "VmRSS:")[1].split()[0]) << 10


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def failed(page: Page) -> bool:
    return page.source == "none" and any(words in page.problem for words in FAILED)


def check_pages(pages: list[Page], file: Awkward) -> None:
    assert file.error is None
    assert [p.ref.number for p in pages] == list(range(1, file.pages + 1))
    if file.lost is not None:
        assert [p.ref.number for p in pages if failed(p)] == list(file.lost), [p.problem for p in pages if p.problem]
    assert file.says in pages[0].text
    for page in pages:
        assert page.readable or page.problem
        assert all(0 <= edge <= 1 for word in page.words for edge in word.box)
        assert page.width > 0
        assert page.height > 0
        assert not UNSEEN.search(page.text)


def is_ours(message: str) -> bool:
    """Whether all its words are words of the program: nothing of the file or of the library."""
    known = {word for path in SOURCES for word in re.findall("[A-Za-z]+", path.read_text("utf-8"))}
    return set(re.findall("[^\\W\\d_]+", message)) <= known


@pytest.mark.skipif(sys.platform != "linux", reason="measures processes in /proc")
@pytest.mark.parametrize("file", CASES)
def test_an_awkward_file_has_its_outcome_and_costs_nothing_else(
    file: Awkward, tmp_path: Path, renderer: Renderer, good: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(file.make())
    before, drawing = memory(), children()
    forget_peak()
    begun = time.monotonic()
    error: BadDocument | None = None
    try:
        opened = inspect_document(path, LIMITS).pages
    except BadDocument as refusal:
        error, opened = refusal, 0
    assert time.monotonic() - begun < LIMITS.page_seconds + STARTING
    begun = time.monotonic()
    if error is None:
        assert opened == file.pages
        check_pages(list(read_document(path, document="d", limits=LIMITS)), file)
    else:
        assert file.error is not None, str(error)
        assert isinstance(error, file.error)
        assert is_ours(str(error))
        with pytest.raises(type(error), match=r"[Uu]pload|password") as refused:
            list(read_document(path, document="d", limits=LIMITS))
        assert str(refused.value) == str(error)
    assert time.monotonic() - begun < LIMITS.document_seconds + STARTING
    assert children() == drawing
    check_drawing(renderer, path, good)
    assert memory(peak=True) - before < MOST_GROWTH


def check_drawing(renderer: Renderer, path: Path, good: Path) -> None:
    begun = time.monotonic()
    with contextlib.suppress(PageUnavailable):
        assert renderer.render(path, 1, dpi=50).startswith(b"\x89PNG")
    assert time.monotonic() - begun < 2 * LIMITS.page_seconds + STARTING
    assert renderer.render(good, 1, dpi=20).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "make",
    [
        awkward_content.content(awkward.TEXT, filters=b"/Filter /LZWDecode"),
        awkward.nested(b"[", b"]", 50_000),
        lambda: awkward_images.png(2_000, 2_000),
    ],
    ids=["content in another packing", "page that cannot be loaded", "picture without its data"],
)
def test_a_page_whose_content_cannot_be_read_is_not_called_blank(make: Callable[[], bytes], tmp_path: Path) -> None:
    """Blank pages are passed over by reviewers; these have content that was lost on the way."""
    path = tmp_path / "a.pdf"
    path.write_bytes(make())
    (page,) = read_document(path, document="d", limits=LIMITS)
    assert not page.blank
    assert page.problem


def test_a_page_with_nothing_on_it_is_blank(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(awkward.one_page(b""))
    (page,) = read_document(path, document="d", limits=LIMITS)
    assert page.blank
    assert not page.problem


def test_a_broken_field_does_not_cost_the_words_of_its_page(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(awkward_content.field_loop())
    (page,) = read_document(path, document="d", limits=LIMITS)
    assert page.text.startswith(awkward.WORDS.decode())
