"""Cases made of real PDFs for the tests of the screens."""

from collections.abc import Callable
from pathlib import Path

import pymupdf

from core.criteria import read_lines
from core.settings import Settings, read_settings
from core.uploads import Upload
from core.workspace import Workspace
from tests.intake import paper

QUESTIONS = "A-1: Has methotrexate been tried?\nA-2: Was the garden watered?"
Draw = Callable[[pymupdf.Page], object]


def text(words: str) -> Draw:
    return lambda page: page.insert_textbox(pymupdf.Rect(72, 90, 540, 700), words, fontsize=12)


def picture(page: pymupdf.Page) -> None:
    """A scan of prose."""
    paper.scan(page)


def pdf(path: Path, *pages: Draw) -> Path:
    """A letter page for each of `pages`, which draw on it."""
    with pymupdf.open() as document:
        for draw in pages:
            draw(document.new_page(width=paper.LETTER[0], height=paper.LETTER[1]))
        document.save(path)
    return path


def take_in(opened: Workspace, path: Path) -> Upload:
    with path.open("rb") as stream:
        upload = opened.uploads.take_in(stream, path.name)
    assert isinstance(upload, Upload)
    return upload


def case_of(path: Path, settings: Settings | None = None) -> int:
    """A case of that file alone, read and scored; without `settings` in the data folder of this test."""
    opened = Workspace.open(settings or read_settings())
    case = opened.create_case("A case", [take_in(opened, path)], read_lines(QUESTIONS, "List"), by="R")
    opened.jobs.wait(case, 60)
    opened.close()
    return case
