"""Page images, through the real child process."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pymupdf
import pytest

from core.errors import PageUnavailable
from core.intake import Limits, Renderer, render
from tests.intake import paper


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    with Renderer(Limits(page_seconds=2)) as made:
        yield made


def children_of(renderer: Renderer) -> list[int]:
    """Process ids, in no order that matters."""
    return [slot.child.pid for slot in renderer._slots if slot.child is not None]


def child_of(renderer: Renderer) -> int:
    (child,) = children_of(renderer)
    return child


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


class Drawing:
    """A page being drawn in another thread; `unavailable` is what became of it."""

    def __init__(self, renderer: Renderer, path: Path, number: int) -> None:
        self.unavailable = ""
        self._work = renderer, path, number
        self._thread = threading.Thread(target=self._draw)
        self._thread.start()

    @property
    def under_way(self) -> bool:
        return self._thread.is_alive()

    def end(self) -> str:
        self._thread.join(30)
        assert not self.under_way
        return self.unavailable

    def _draw(self) -> None:
        renderer, path, number = self._work
        try:
            renderer.render(path, number, dpi=30)
        except PageUnavailable as error:
            self.unavailable = str(error)


def drawing_a_bomb(renderer: Renderer, path: Path, number: int) -> Drawing:
    """Returns when its child is at it."""
    drawing = Drawing(renderer, path, number)
    wait_until(lambda: any(s.busy and s.child and (str(path), number) == (s.path, s.number) for s in renderer._slots))
    return drawing


def centre_of_ink(picture: pymupdf.Pixmap) -> tuple[float, float]:
    """Fractions of width and height."""
    dark = [i for i, value in enumerate(picture.samples) if value < 128]
    w, h = picture.width, picture.height
    return sum(i % w for i in dark) / len(dark) / w, sum(i // w for i in dark) / len(dark) / h


def test_a_page_without_colour_is_a_grey_png_at_the_resolution_asked_for(tmp_path: Path, renderer: Renderer) -> None:
    png = renderer.render(paper.write(tmp_path / "a.pdf", paper.PROSE), 1)
    picture = pymupdf.Pixmap(png)
    assert png.startswith(b"\x89PNG")
    assert (picture.n, picture.width, picture.height) == (1, 850, 1100)


def test_a_little_colour_keeps_all_colours(tmp_path: Path, renderer: Renderer) -> None:
    path = tmp_path / "a.pdf"
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "abnormal", color=(0.8, 0, 0))
        document.save(path)
    assert pymupdf.Pixmap(renderer.render(path, 1, dpi=50)).n == 3


@pytest.mark.parametrize(("rotate", "where"), [(0, (0, 0)), (90, (1, 0)), (180, (1, 1)), (270, (0, 1))])
def test_turning_is_clockwise(tmp_path: Path, renderer: Renderer, rotate: int, where: tuple[int, int]) -> None:
    path = tmp_path / "a.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page(width=400, height=600)
        sheet.draw_rect(pymupdf.Rect(0, 0, 40, 40), fill=(0, 0, 0))
        document.save(path)
    picture = pymupdf.Pixmap(renderer.render(path, 1, dpi=36, rotate=rotate))
    assert (picture.width > picture.height) == (rotate in (90, 270))
    x, y = centre_of_ink(picture)
    assert (round(x), round(y)) == where


@pytest.mark.parametrize("size", ["[0 0 14400 14400]", "[0 0 1000000 1000000]", "[0 0 20000 300]"])
def test_a_giant_page_is_drawn_smaller(tmp_path: Path, size: str) -> None:
    path = paper.write(tmp_path / "a.pdf", "few letters")
    with pymupdf.open(path) as document:
        document.xref_set_key(document[0].xref, "MediaBox", size)
        document.saveIncr()
    with Renderer(Limits()) as renderer:
        picture = pymupdf.Pixmap(renderer.render(path, 1, dpi=300))
    assert picture.width * picture.height <= 25_100_000
    assert max(picture.width, picture.height) <= 12_001


def test_a_page_that_never_ends_is_refused_and_the_next_one_is_drawn(tmp_path: Path, renderer: Renderer) -> None:
    path = paper.bomb(tmp_path / "bomb.pdf")
    first = renderer.render(path, 1, dpi=50)
    with pytest.raises(PageUnavailable, match="Page 2 cannot be drawn: it took longer than 2 seconds"):
        renderer.render(path, 2, dpi=50)
    assert renderer.render(path, 3, dpi=50) == first
    with pytest.raises(PageUnavailable, match="just before"):
        renderer.render(path, 2, dpi=50)


def test_a_killed_child_is_replaced_without_anybody_noticing(tmp_path: Path, renderer: Renderer) -> None:
    path = paper.write(tmp_path / "a.pdf", paper.PROSE)
    first, child = renderer.render(path, 1), child_of(renderer)
    os.kill(child, signal.SIGKILL)
    assert renderer.render(path, 1) == first
    assert child_of(renderer) != child


def test_the_child_is_replaced_when_it_grows_old(
    tmp_path: Path, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "PAGES_PER_CHILD", 2)
    path = paper.write(tmp_path / "a.pdf", "one", "two", "three")
    children = []
    for number in (1, 2, 3):
        renderer.render(path, number, dpi=20)
        children.append(child_of(renderer))
    assert children[0] == children[1] != children[2]


def test_what_is_not_there_or_broken_is_unavailable_and_the_child_lives_on(tmp_path: Path, renderer: Renderer) -> None:
    path = paper.write(tmp_path / "a.pdf", "text")
    renderer.render(path, 1, dpi=20)
    child = child_of(renderer)
    noise = tmp_path / "noise.pdf"
    noise.write_bytes(b"%PDF-1.7 nothing")
    for file, number in ((path, 2), (path, 0), (noise, 1), (tmp_path / "never-there.pdf", 1)):
        with pytest.raises(PageUnavailable, match=f"Page {number} "):
            renderer.render(file, number, dpi=20)
    assert renderer.render(path, 1, dpi=20)
    assert child_of(renderer) == child


def test_many_threads_get_their_own_pages(tmp_path: Path, renderer: Renderer) -> None:
    path = paper.write(tmp_path / "a.pdf", *[f"{i} " * (i + 1) for i in range(6)])
    expected = [renderer.render(path, n, dpi=40) for n in range(1, 7)]
    assert len(set(expected)) == 6
    found: dict[int, bytes] = {}

    def draw(number: int) -> None:
        found[number] = renderer.render(path, number, dpi=40)

    threads = [threading.Thread(target=draw, args=(n,)) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[n] for n in range(1, 7)] == expected


def test_drawing_after_closing_starts_again(tmp_path: Path, renderer: Renderer) -> None:
    path = paper.write(tmp_path / "a.pdf", "text")
    first = renderer.render(path, 1, dpi=20)
    renderer.close()
    renderer.close()
    assert renderer.render(path, 1, dpi=20) == first


def test_a_slow_page_holds_up_no_other_case(tmp_path: Path) -> None:
    bomb = paper.bomb(tmp_path / "bomb.pdf")
    good = paper.write(tmp_path / "good.pdf", paper.PROSE, "two")
    with Renderer(Limits(page_seconds=20)) as renderer:
        slow = drawing_a_bomb(renderer, bomb, 2)
        (hanging,) = children_of(renderer)
        assert renderer.render(good, 1, dpi=30) != renderer.render(good, 2, dpi=30)
        assert slow.under_way
        os.kill(hanging, signal.SIGKILL)
        assert "stopped unexpectedly" in slow.end()


def test_a_slow_page_holds_up_the_other_pages_of_its_case_only_when_it_is_known_to_be_slow(tmp_path: Path) -> None:
    path = paper.bomb(tmp_path / "bomb.pdf", before=1, bombs=3, after=1)
    with Renderer(Limits(page_seconds=4)) as renderer:
        slow = drawing_a_bomb(renderer, path, 2)
        assert renderer.render(path, 1, dpi=30)
        assert slow.under_way
        assert "longer than 4 seconds" in slow.end()
        slow, waiting = drawing_a_bomb(renderer, path, 3), Drawing(renderer, path, 4)
        time.sleep(0.3)
        assert len([s for s in renderer._slots if s.busy]) == 1
        assert renderer.render(paper.write(tmp_path / "good.pdf", "another case"), 1, dpi=30)
        assert slow.under_way
        assert waiting.under_way
        for drawing in (slow, waiting):
            while drawing.under_way:
                for slot in renderer._slots:
                    if slot.busy and slot.child is not None:
                        os.kill(slot.child.pid, signal.SIGKILL)
                time.sleep(0.05)


def test_two_who_ask_for_the_same_slow_page_cost_one_child(tmp_path: Path) -> None:
    path = paper.bomb(tmp_path / "bomb.pdf")
    with Renderer(Limits(page_seconds=2)) as renderer:
        one, two = drawing_a_bomb(renderer, path, 2), Drawing(renderer, path, 2)
        assert len(children_of(renderer)) == 1
        assert "longer than 2 seconds" in one.end()
        assert "just before" in two.end()
        assert children_of(renderer) == []


def test_a_child_stays_with_its_document_while_the_other_is_free(tmp_path: Path) -> None:
    bomb = paper.bomb(tmp_path / "bomb.pdf", before=2)
    good = paper.write(tmp_path / "good.pdf", "one", "two", "three")
    with Renderer(Limits(page_seconds=2)) as renderer:
        slow = drawing_a_bomb(renderer, bomb, 3)
        renderer.render(good, 1, dpi=20)
        slow.end()
        home = child_of(renderer)
        slow = drawing_a_bomb(renderer, paper.bomb(tmp_path / "second.pdf"), 2)
        assert child_of(renderer) == home  # drawing the slow page; `good` gets the other place
        renderer.render(good, 2, dpi=20)
        (second,) = set(children_of(renderer)) - {home}
        slow.end()
        renderer.render(good, 3, dpi=20)
        assert child_of(renderer) == second


def test_a_child_that_draws_nothing_for_long_is_ended(
    tmp_path: Path, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "IDLE_SECONDS", 0.3)
    path = paper.write(tmp_path / "a.pdf", "text")
    first = renderer.render(path, 1, dpi=20)
    child = child_of(renderer)
    wait_until(lambda: not Path(f"/proc/{child}").exists())
    assert children_of(renderer) == []
    assert renderer.render(path, 1, dpi=20) == first


def test_a_page_that_needs_too_much_memory_says_so(tmp_path: Path) -> None:
    path = paper.inflating(tmp_path / "a.pdf", megabytes=40)
    with Renderer(Limits(memory_mb=512)) as renderer:
        with pytest.raises(PageUnavailable, match="Page 1 cannot be drawn: it needs more memory than is allowed"):
            renderer.render(path, 1, dpi=20)
        assert renderer.render(paper.write(tmp_path / "b.pdf", "text"), 1, dpi=20)


def test_a_machine_that_starts_no_child_is_not_the_pages_fault(tmp_path: Path) -> None:
    path = paper.write(tmp_path / "a.pdf", "text")
    with Renderer(Limits(memory_mb=40)) as renderer:
        for _ in range(2):
            with pytest.raises(PageUnavailable, match="the drawing process does not start"):
                renderer.render(path, 1)


def test_after_an_interruption_the_next_picture_is_that_of_its_own_page(tmp_path: Path) -> None:
    path = paper.bomb(tmp_path / "bomb.pdf")
    before = signal.signal(signal.SIGUSR1, signal.default_int_handler)
    try:
        with Renderer(Limits(page_seconds=20)) as renderer:
            first = renderer.render(path, 1, dpi=20)
            child = child_of(renderer)
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1)).start()
            with pytest.raises(KeyboardInterrupt):
                renderer.render(path, 2, dpi=20)
            assert not Path(f"/proc/{child}").exists()
            assert renderer.render(path, 1, dpi=20) == first
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize(("dpi", "rotate"), [(100, 45), (5, 0), (5000, 0)])
def test_impossible_requests_are_mistakes_of_the_caller(
    tmp_path: Path, renderer: Renderer, dpi: int, rotate: int
) -> None:
    with pytest.raises(ValueError, match="rotate must be"):
        renderer.render(paper.write(tmp_path / "a.pdf", "text"), 1, dpi=dpi, rotate=rotate)
