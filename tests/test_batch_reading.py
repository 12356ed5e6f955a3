import os
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from core.batch_reading import FileReader, sweep_unlocked
from core.errors import EncryptedDocument
from core.settings import Settings
from core.workspace import Workspace
from tests.intake import paper

SECRET = "open-sesame-7"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(Settings(data_dir=tmp_path / "data"))
    yield opened
    opened.close()


def locked(folder: Path) -> Path:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "Methotrexate 20 mg weekly")
        document.save(folder / "locked.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=SECRET)
    return folder / "locked.pdf"


def reader(workspace: Workspace, *answers: str) -> tuple[FileReader, list[str]]:
    """It answers one password after the other, and notes what it was asked."""
    asked: list[str] = []
    left = list(answers)

    def password(sentence: str) -> str:
        asked.append(sentence)
        return left.pop(0)

    return FileReader(workspace, lambda *_: None, lambda _: None, password), asked


def test_a_locked_file_is_read_with_its_password_and_no_copy_stays(workspace: Workspace, tmp_path: Path) -> None:
    files, asked = reader(workspace, "guess", SECRET)
    packet = files.read([locked(tmp_path)])
    assert "Methotrexate" in packet.pages[0].text
    assert len(asked) == 2
    assert all("locked.pdf" in sentence for sentence in asked)
    assert list(workspace.settings.data_dir.glob(".unlocked-*")) == []


def test_without_a_password_the_file_is_named_and_what_to_do(workspace: Workspace, tmp_path: Path) -> None:
    files, asked = reader(workspace, "")
    with pytest.raises(EncryptedDocument, match=r"^locked\.pdf: .*terminal"):
        files.read([locked(tmp_path)])
    assert len(asked) == 1
    assert list(workspace.settings.data_dir.glob(".unlocked-*")) == []


def test_a_copy_that_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    old, new = tmp_path / ".unlocked-a", tmp_path / ".unlocked-b"
    for folder in (old, new):
        folder.mkdir()
        (folder / "copy.pdf").write_bytes(b"%PDF-1.7")
    os.utime(old, (0, 0))
    sweep_unlocked(tmp_path, older_than=3600.0)
    assert (old.exists(), new.exists()) == (False, True)
    sweep_unlocked(tmp_path, older_than=-1.0)
    assert not new.exists()


def test_scans_of_a_file_are_recognised(workspace: Workspace, tmp_path: Path) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_textbox(pymupdf.Rect(72, 72, 540, 700), paper.PROSE)
        paper.scan(document.new_page())
        document.save(tmp_path / "a.pdf")
    files, _ = reader(workspace)
    first, second = files.read([tmp_path / "a.pdf"]).pages
    assert (first.source, second.source) == ("text", "ocr")
    assert "plaque psoriasis" in second.text
