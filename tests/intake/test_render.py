"""Page images, through the real child process."""

import os
import signal
import threading
from collections.abc import Iterator
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


def child_of(renderer: Renderer) -> int:
    assert renderer._child is not None
    return renderer._child.pid


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


@pytest.mark.parametrize(("dpi", "rotate"), [(100, 45), (5, 0), (5000, 0)])
def test_impossible_requests_are_mistakes_of_the_caller(
    tmp_path: Path, renderer: Renderer, dpi: int, rotate: int
) -> None:
    with pytest.raises(ValueError, match="rotate must be"):
        renderer.render(paper.write(tmp_path / "a.pdf", "text"), 1, dpi=dpi, rotate=rotate)
