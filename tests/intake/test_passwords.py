"""Files with a password: asked for, checked, taken off, and never repeated."""

import io
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pymupdf
import pytest

from core.errors import EncryptedDocument, TooLarge, UnsupportedFile, WrongPassword
from core.intake import Children, Limits, inspect_document, read_document, unlock_document
from core.intake.opening import ENCRYPTED

SECRET = "Grüne Äpfel 7!"


def locked(path: Path, *, user: str = SECRET, owner: str = "owner", method: int = pymupdf.PDF_ENCRYPT_AES_256) -> Path:
    with pymupdf.open() as document:
        for text in ("first page of the packet", "second page of the packet"):
            document.new_page().insert_text((72, 72), text)
        document.save(path, encryption=method, user_pw=user, owner_pw=owner)
    return path


def unlocked(path: Path, password: str) -> bytes:
    out = io.BytesIO()
    unlock_document(path, out, limits=Limits(), password=password)
    return out.getvalue()


def test_a_locked_file_asks_for_its_password(tmp_path: Path) -> None:
    path = locked(tmp_path / "a.pdf")
    with pytest.raises(EncryptedDocument, match="asks for a password") as asked:
        inspect_document(path, Limits())
    assert not isinstance(asked.value, WrongPassword)
    assert str(asked.value) == ENCRYPTED
    with pytest.raises(EncryptedDocument):
        list(read_document(path, document="d", limits=Limits()))


def test_a_wrong_password_is_called_wrong_and_not_repeated(tmp_path: Path) -> None:
    path = locked(tmp_path / "a.pdf")
    for wrong in ("apple-pie", "x" * 5000):
        for attempt in (
            lambda p: inspect_document(path, Limits(), password=p),
            lambda p: unlock_document(path, io.BytesIO(), limits=Limits(), password=p),
        ):
            with pytest.raises(WrongPassword) as refused:
                attempt(wrong)
            assert wrong not in str(refused.value)
    assert inspect_document(path, Limits(), password=SECRET).pages == 2


@pytest.mark.parametrize(
    "method", [pymupdf.PDF_ENCRYPT_RC4_40, pymupdf.PDF_ENCRYPT_AES_128, pymupdf.PDF_ENCRYPT_AES_256]
)
@pytest.mark.parametrize("password", ["user-word", "owner-word"])
def test_an_unlocked_file_is_read_without_a_password(tmp_path: Path, method: int, password: str) -> None:
    path = locked(tmp_path / "a.pdf", user="user-word", owner="owner-word", method=method)
    free = tmp_path / "b.pdf"
    free.write_bytes(unlocked(path, password))
    assert inspect_document(free, Limits()).repaired is False
    pages = list(read_document(free, document="d", limits=Limits()))
    assert [p.text for p in pages] == ["first page of the packet", "second page of the packet"]
    assert b"/Encrypt" not in free.read_bytes()


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    path = locked(tmp_path / "a.pdf")
    assert unlocked(path, SECRET) == unlocked(path, SECRET)


def test_a_file_that_only_forbids_changes_is_read_as_it_is(tmp_path: Path) -> None:
    path = locked(tmp_path / "a.pdf", user="")
    assert inspect_document(path, Limits()).pages == 2
    assert inspect_document(path, Limits(), password="not needed").pages == 2
    assert len(list(read_document(path, document="d", limits=Limits()))) == 2


def test_a_large_file_passes_in_pieces(tmp_path: Path) -> None:
    path, size = tmp_path / "large.pdf", 30 << 20
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "a page with a large attachment")
        noise = bytes((i * 2654435761 >> 13) & 255 for i in range(1 << 16))
        document.embfile_add("scan", noise * (size >> 16))
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=SECRET, owner_pw="o", expand=255)
    assert path.stat().st_size > size
    free = tmp_path / "free.pdf"
    tracemalloc.start()
    with free.open("wb") as out:
        unlock_document(path, out, limits=Limits(), password=SECRET)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 << 20
    assert free.stat().st_size > size
    assert inspect_document(free, Limits()).pages == 1


def test_a_file_that_grows_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pymupdf.open() as document:
        for _ in range(100):
            document.new_page()
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=SECRET, owner_pw="o", use_objstms=1)
    size = path.stat().st_size
    assert len(unlocked(path, SECRET)) > size
    with pytest.raises(TooLarge):
        unlock_document(path, io.BytesIO(), limits=Limits(max_bytes=size), password=SECRET)


def test_what_is_no_document_is_not_unlocked(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("<html>no</html>")
    with pytest.raises(UnsupportedFile):
        unlock_document(tmp_path / "a.pdf", io.BytesIO(), limits=Limits(), password=SECRET)


def test_the_password_stands_on_no_command_line(tmp_path: Path) -> None:
    path, seen = locked(tmp_path / "a.pdf"), []

    class Watching(io.BytesIO):
        def write(self, data: object) -> int:
            for task in Path("/proc/self/task").iterdir():
                with suppress(OSError):  # a thread or a child that ends at this moment
                    for child in (task / "children").read_text().split():
                        place = Path(f"/proc/{child}")
                        seen.append((place / "cmdline").read_bytes() + (place / "environ").read_bytes())
            return super().write(data)  # type: ignore[arg-type]

    unlock_document(path, Watching(), limits=Limits(), children=Children(Limits()), password=SECRET)
    assert seen
    assert not any(SECRET.encode() in words for words in seen)
