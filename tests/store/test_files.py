"""Documents on disk."""

import hashlib
import io
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound, TooLarge, UnsupportedFile
from core.store.files import Files, display_name

PDF = b"%PDF-1.7\n" + b"x" * 5000
LIMIT = 1 << 20


DAY = 24 * 3600.0


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def everything(root: Path) -> list[Path]:
    return [p for p in root.rglob("*") if p.is_file()]


@pytest.mark.parametrize("as_stream", [False, True])
def test_a_document_comes_back_byte_for_byte_under_its_hash(tmp_path: Path, as_stream: bool) -> None:
    files = Files(tmp_path / "documents")
    document, size = files.save(io.BytesIO(PDF) if as_stream else PDF, LIMIT)
    assert (document, size) == (hashlib.sha256(PDF).hexdigest(), len(PDF))
    assert files.path(document).read_bytes() == PDF


@pytest.mark.parametrize("kept", [False, True])
def test_the_same_bytes_are_stored_once(tmp_path: Path, kept: bool) -> None:
    files = Files(tmp_path)
    document, size = files.save(PDF, LIMIT)
    if kept:
        files.keep(document)
    assert files.save(io.BytesIO(PDF), LIMIT) == (document, size)
    assert len(everything(tmp_path)) == 1


def test_an_upload_is_staged_until_it_is_kept(tmp_path: Path) -> None:
    files = Files(tmp_path)
    document, _ = files.save(PDF, LIMIT)
    assert files.path(document) == tmp_path / "staged" / f"{document}.pdf"
    for _ in range(2):
        files.keep(document)
        assert everything(tmp_path) == [tmp_path / document[:2] / f"{document}.pdf"] == [files.path(document)]
    assert files.path(document).read_bytes() == PDF


@pytest.mark.parametrize("document", ["0" * 64, "../../etc/passwd", ""])
def test_what_was_never_uploaded_cannot_be_kept(tmp_path: Path, document: str) -> None:
    with pytest.raises(NotFound, match="Upload it again"):
        Files(tmp_path).keep(document)
    assert list(tmp_path.iterdir()) == []


def test_a_document_that_two_keep_at_once_is_kept(tmp_path: Path) -> None:
    files = Files(tmp_path)
    for n in range(20):
        document, _ = files.save(PDF + bytes([n]), LIMIT)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(files.keep, [document] * 4))
        assert files.path(document).parent.name == document[:2]


def test_files_and_folders_are_the_owners_alone(tmp_path: Path) -> None:
    files = Files(tmp_path / "documents")
    document, _ = files.save(PDF, LIMIT)
    staged = files.path(document)
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (staged, staged.parent, tmp_path / "documents")]
    files.keep(document)
    modes += [stat.S_IMODE(p.stat().st_mode) for p in (files.path(document), files.path(document).parent)]
    assert modes == [0o400, 0o700, 0o700, 0o400, 0o700]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", UnsupportedFile),
        (b"<html>%PD", UnsupportedFile),
        (b"PK\x03\x04" + b"x" * 100, UnsupportedFile),
        (b"x\xff\xd8\xff", UnsupportedFile),
        (b"GIF89a", UnsupportedFile),
        (b"x" * 1020 + b"%PDF-1.7", UnsupportedFile),
        (PDF + b"x" * LIMIT, TooLarge),
    ],
)
def test_what_is_refused_leaves_nothing_behind(tmp_path: Path, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        Files(tmp_path).save(data, LIMIT)
    assert everything(tmp_path) == []


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (b"%PDF-1.7", ".pdf"),
        (b"junk before\n%PDF-1.7", ".pdf"),
        (b"II*\0", ".tiff"),
        (b"MM\0*", ".tiff"),
        (b"\x89PNG\r\n\x1a\n", ".png"),
        (b"\xff\xd8\xff\xe0", ".jpeg"),
        (b"\xff\xd8\xff\xe1 a camera wrote %PDF- here", ".jpeg"),
    ],
)
def test_the_first_bytes_say_what_a_file_is(tmp_path: Path, head: bytes, suffix: str) -> None:
    data, files = head + b"x" * 5000, Files(tmp_path)
    document, size = files.save(data, LIMIT)
    assert (document, size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert files.path(document) == tmp_path / "staged" / f"{document}{suffix}"
    files.keep(document)
    assert files.path(document) == tmp_path / document[:2] / f"{document}{suffix}"
    assert files.save(data, LIMIT) == (document, size)
    assert everything(tmp_path) == [files.path(document)]
    assert files.path(document).read_bytes() == data


def test_what_kinds_are_taken_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFile, match=r"not a PDF, TIFF, PNG or JPEG\. Save, print or scan it"):
        Files(tmp_path).save(b"<html>", LIMIT)


def test_a_stream_that_breaks_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError("connection lost")
            return super().read(100 if size else 0)

    with pytest.raises(OSError, match="connection lost"):
        Files(tmp_path).save(Broken(PDF), LIMIT)
    assert everything(tmp_path) == []


def test_the_first_letters_may_stand_a_little_later_even_in_small_pieces(tmp_path: Path) -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(7, size or 0))

    data = b"\n" * 1019 + b"%PDF-1.7 late"
    document, size = Files(tmp_path).save(Dripping(data), LIMIT)
    assert (document, size) == (hashlib.sha256(data).hexdigest(), len(data))


def test_exactly_the_limit_is_allowed(tmp_path: Path) -> None:
    assert Files(tmp_path).save(PDF, len(PDF))[1] == len(PDF)
    with pytest.raises(TooLarge):
        Files(tmp_path).save(PDF, len(PDF) - 1)


@pytest.mark.parametrize("document", ["0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63 + "\n"])
def test_an_unknown_document_is_not_found(tmp_path: Path, document: str) -> None:
    with pytest.raises(NotFound):
        Files(tmp_path).path(document)


def test_a_discarded_upload_is_gone_and_discarding_again_is_no_error(tmp_path: Path) -> None:
    files = Files(tmp_path)
    document, _ = files.save(PDF, LIMIT)
    files.discard(document)
    files.discard(document)
    files.discard("../outside")
    with pytest.raises(NotFound):
        files.path(document)


def test_a_kept_document_can_be_neither_discarded_nor_swept(tmp_path: Path) -> None:
    files = Files(tmp_path)
    document, _ = files.save(PDF, LIMIT)
    files.keep(document)
    age(files.path(document), 1000 * DAY)
    files.discard(document)
    assert files.sweep(0) == 0
    assert files.path(document).read_bytes() == PDF


def test_a_sweep_takes_old_uploads_and_leaves_new_ones(tmp_path: Path) -> None:
    files = Files(tmp_path)
    assert files.sweep(DAY) == 0
    old, new = files.save(PDF + b"old", LIMIT)[0], files.save(PDF + b"new", LIMIT)[0]
    cut_off, running = tmp_path / ".upload-old", tmp_path / ".upload-new"
    for path in (cut_off, running):
        path.write_bytes(b"%PDF-")
    age(files.path(old), DAY + 60)
    age(cut_off, DAY + 60)
    assert files.sweep(DAY) == 2
    assert sorted(everything(tmp_path)) == sorted([running, files.path(new)])
    with pytest.raises(NotFound):
        files.keep(old)


def test_a_file_uploaded_again_waits_anew(tmp_path: Path) -> None:
    files = Files(tmp_path)
    document, _ = files.save(PDF, LIMIT)
    age(files.path(document), DAY + 60)
    files.save(PDF, LIMIT)
    assert files.sweep(DAY) == 0


def test_images_are_discarded_and_swept_as_pdfs_are(tmp_path: Path) -> None:
    files = Files(tmp_path)
    tiff, png = (files.save(head + b"x", LIMIT)[0] for head in (b"II*\0", b"\x89PNG\r\n\x1a\n"))
    files.discard(tiff)
    age(files.path(png), DAY + 60)
    assert files.sweep(DAY) == 1
    assert everything(tmp_path) == []


def test_a_file_that_is_written_in_pieces_is_staged_when_it_is_finished(tmp_path: Path) -> None:
    files = Files(tmp_path)
    with files.staging(LIMIT) as stage:
        for piece in (PDF[:3], PDF[3:2000], PDF[2000:]):
            assert stage.write(piece) == len(piece)
        assert stage.size == len(PDF)
        document = stage.finish()
        assert files.path(document).read_bytes() == PDF
    assert document == hashlib.sha256(PDF).hexdigest()
    files.keep(document)
    assert everything(tmp_path) == [files.path(document)]
    assert stat.S_IMODE(files.path(document).stat().st_mode) == 0o400


def test_a_file_that_is_not_finished_leaves_nothing_behind(tmp_path: Path) -> None:
    files = Files(tmp_path)
    with files.staging(LIMIT) as stage:
        stage.write(PDF)
    with pytest.raises(TooLarge), files.staging(10) as stage:
        stage.write(PDF)
    with pytest.raises(TypeError), files.staging(LIMIT) as stage:
        stage.write(PDF + None)  # type: ignore[operator]
    with files.staging(LIMIT) as stage, pytest.raises(UnsupportedFile, match="empty"):
        stage.finish()
    assert everything(tmp_path) == []


def test_sweeps_at_the_same_time_count_each_file_once(tmp_path: Path) -> None:
    files = Files(tmp_path)
    for n in range(100):
        age(files.path(files.save(PDF + bytes([n]), LIMIT)[0]), DAY + 60)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(files.sweep, [DAY] * 4)) == 100
    assert everything(tmp_path) == []


def test_nothing_is_made_before_something_is_stored(tmp_path: Path) -> None:
    files = Files(tmp_path / "documents")
    with pytest.raises(NotFound):
        files.path("0" * 64)
    assert not (tmp_path / "documents").exists()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("packet.pdf", "packet.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\Case 12.pdf", "Case 12.pdf"),
        ("in\u202efdp.exe", "infdp.exe"),
        ("two\nlines\t.pdf", "two lines .pdf"),
        ("Müller\x00.pdf", "Müller.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("x" * 500, "x" * 120),
    ],
)
def test_names_become_labels(name: str, label: str) -> None:
    assert display_name(name) == label


@given(st.text(max_size=300))
def test_any_name_becomes_a_printable_label_on_one_line(name: str) -> None:
    label = display_name(name)
    assert 1 <= len(label) <= 120
    assert "/" not in label
    assert "\\" not in label
    assert all(c == " " or not c.isspace() for c in label)
    label.encode()
