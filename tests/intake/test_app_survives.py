"""The parts of intake together, as the application runs them: hostile documents cost nobody else anything."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from core.errors import BadDocument, PageUnavailable
from core.intake import Children, Limits, Renderer, inspect_document, read_document
from tests.intake import awkward, paper
from tests.intake.test_awkward import MOST_GROWTH, children, forget_peak, memory

LIMITS = Limits(memory_mb=640, page_seconds=8, document_seconds=60, max_pages=100)


def hostile(folder: Path) -> list[Path]:
    noise = folder / "noise.pdf"
    noise.write_bytes(b"%PDF-1.4\n" + bytes(range(256)) * 40)
    return [
        paper.bomb(folder / "bomb.pdf", before=0, bombs=2, after=1),
        paper.inflating(folder / "inflating.pdf", megabytes=30),
        noise,
    ]


def test_good_documents_are_read_and_drawn_while_hostile_ones_do_their_worst(tmp_path: Path) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(awkward.sound(5))
    shared = Children(LIMITS, spares=1)
    outcomes: dict[Path, list[str]] = {}
    before = children()
    forget_peak()
    start = memory()

    def work(path: Path, renderer: Renderer) -> None:
        outcomes[path] = []
        try:
            outcomes[path] += [p.source for p in read_document(path, document="d", limits=LIMITS, children=shared)]
            renderer.render(path, 1, dpi=30)
        except (BadDocument, PageUnavailable) as error:
            outcomes[path].append(type(error).__name__)

    with Renderer(LIMITS, shared) as renderer:
        first = renderer.render(good, 1, dpi=30)
        threads = [threading.Thread(target=work, args=(path, renderer)) for path in hostile(tmp_path)]
        for thread in threads:
            thread.start()
        rounds = while_any_lives(threads, lambda: check_good(good, renderer, shared, first))
    shared.close()
    assert rounds > 1
    bomb, inflating, noise = (outcomes[path] for path in hostile(tmp_path))
    assert bomb == ["none", "none", "text", "PageUnavailable"]
    assert inflating[0] == "none"
    assert noise == ["DamagedDocument"]
    end = time.monotonic() + 20
    while children() != before and time.monotonic() < end:
        time.sleep(0.05)  # a spare child that was just being started is ended when it is ready
    assert children() == before
    assert memory(peak=True) - start < MOST_GROWTH


def while_any_lives(threads: list[threading.Thread], do: Callable[[], None]) -> int:
    """How often it was done."""
    count = 0
    while any(thread.is_alive() for thread in threads):
        do()
        count += 1
    return count


def check_good(path: Path, renderer: Renderer, shared: Children, first: bytes) -> None:
    assert inspect_document(path, LIMITS, children=shared).pages == 5
    pages = list(read_document(path, document="good", limits=LIMITS, children=shared))
    assert [p.text for p in pages] == [awkward.WORDS.decode()] * 5
    assert renderer.render(path, 1, dpi=30) == first
