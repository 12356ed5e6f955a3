import io
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from core.errors import NotFound
from core.settings import Settings
from core.uploads import Locked, Upload
from core.workspace import Workspace
from tests.uploading import taken

SECRET = "open-sesame-7"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(Settings(data_dir=tmp_path / "data"))
    yield opened
    opened.close()


def locked(workspace: Workspace) -> Locked:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "Methotrexate 20 mg weekly")
        data = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=SECRET, owner_pw="owner")
    found = workspace.uploads.take_in(io.BytesIO(data), "../letters/locked.pdf")
    assert isinstance(found, Locked)
    return found


def stored(workspace: Workspace) -> list[Path]:
    return [path for path in workspace.settings.data_dir.rglob("*") if path.is_file()]


def test_a_locked_file_waits_for_its_password_and_is_then_stored_without_it(workspace: Workspace) -> None:
    found = locked(workspace)
    assert (found.name, "password" in found.problem) == ("locked.pdf", True)
    upload = workspace.uploads.unlock(found, SECRET)
    assert isinstance(upload, Upload)
    assert (upload.name, upload.pages, upload.unlocked, upload.known) == ("locked.pdf", 1, True, False)
    with pymupdf.open(workspace.files.path(upload.document)) as document:
        assert not document.needs_pass
        assert "Methotrexate" in document[0].get_text()
    with pytest.raises(NotFound):
        workspace.files.path(found.document)


def test_a_wrong_password_leaves_the_file_waiting(workspace: Workspace) -> None:
    found = locked(workspace)
    again = workspace.uploads.unlock(found, "guess")
    assert isinstance(again, Locked)
    assert (again.document, again.name) == (found.document, found.name)
    assert again.problem != found.problem
    assert isinstance(workspace.uploads.unlock(again, SECRET), Upload)


def test_the_password_is_written_nowhere(workspace: Workspace) -> None:
    workspace.uploads.unlock(locked(workspace), SECRET)
    assert stored(workspace)
    assert not any(SECRET.encode() in path.read_bytes() for path in stored(workspace))


def test_a_locked_file_that_nobody_opens_goes_with_the_other_uploads(workspace: Workspace) -> None:
    found = locked(workspace)
    assert workspace.files.sweep(older_than=-1) == 1
    with pytest.raises(NotFound):
        workspace.uploads.unlock(found, SECRET)


def test_a_picture_can_be_a_document(workspace: Workspace) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "A photo")
        png = document[0].get_pixmap(dpi=50).tobytes("png")
    upload = taken(workspace, io.BytesIO(png), "photo.png")
    assert upload.pages == 1
    assert workspace.files.path(upload.document).suffix == ".png"
