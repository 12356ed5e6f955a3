"""Files given as paths become pages: opened, read and recognised without being stored."""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain import CaseDocument, Page, PageRef
from core.errors import BadDocument, DamagedDocument, EncryptedDocument, NotRecognised, WrongPassword
from core.intake import Opened, inspect_document, read_document, unlock_document, wants_recognition
from core.reading import drained
from core.store.files import display_name

if TYPE_CHECKING:
    from core.workspace import Workspace

Progress = Callable[[str, int, int], None]
"""Called with (stage, pages read, pages in all) for each file."""
Remark = Callable[[str], None]
"""Called with a sentence about a file that was used, but not as it stands."""
Password = Callable[[str], str]
"""Asked with a sentence that names the file; "" gives up."""


_UNLOCKED, _UNLOCKED_SECONDS = ".unlocked-", 3600.0
"""Folders of copies without their password, and when one is surely not in use any more."""


@dataclass
class Packet:
    """Files in the order given, each once, and their pages."""

    documents: dict[str, CaseDocument] = field(default_factory=dict)
    """By SHA-256."""
    pages: list[Page] = field(default_factory=list)


class FileReader:
    """Says how far it is, and asks for passwords."""

    def __init__(self, workspace: "Workspace", progress: Progress, remark: Remark, password: Password) -> None:
        self._children, self._recogniser = workspace.children, workspace.recogniser
        self._folder = workspace.settings.data_dir
        self._progress, self._remark, self._password = progress, remark, password

    def read(self, paths: Sequence[Path]) -> Packet:
        """Files with the same bytes are used once, in the place of the first. Raises BadDocument with the file's
        name."""
        packet = Packet()
        for path in paths:
            name = display_name(path.name)
            try:
                document = _sha256(path)
                if document in packet.documents:
                    self._remark(_twice(name, packet.documents[document].name))
                    continue
                with self._opened(path, name) as (readable, opened):
                    pages = self._pages(readable, document, name, opened.pages)
            except BadDocument as error:
                raise type(error)(f"{name}: {error}") from error
            if opened.repaired:
                self._remark(f"{name} was damaged and was repaired while opening; pages may be missing.")
            packet.documents[document] = CaseDocument(document, name, len(pages))
            packet.pages += pages
        return packet

    @contextmanager
    def _opened(self, path: Path, name: str) -> Iterator[tuple[Path, Opened]]:
        """The file, or for as long as it is read a copy of it without its password."""
        limits, problem = self._children.limits, ""
        try:
            opened = inspect_document(path, limits, children=self._children)
        except EncryptedDocument:
            problem = f"{name} asks for a password. It is kept nowhere; Enter alone gives up."
        if not problem:
            yield path, opened
            return
        sweep_unlocked(self._folder, older_than=_UNLOCKED_SECONDS)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=_UNLOCKED) as folder:
            copy = Path(folder) / "copy.pdf"
            while not self._unlocked(path, copy, password := self._password(problem)):
                if not password:
                    raise EncryptedDocument(
                        "Not opened: it needs a password. Run this on a terminal to be asked for it."
                    )
                problem = f"This password does not open {name}. Try another one; Enter alone gives up."
            yield copy, inspect_document(copy, limits, children=self._children)

    def _unlocked(self, path: Path, copy: Path, password: str) -> bool:
        if not password:
            return False
        try:
            with copy.open("wb") as out:
                unlock_document(path, out, limits=self._children.limits, children=self._children, password=password)
        except WrongPassword:
            return False
        return True

    def _pages(self, path: Path, document: str, name: str, total: int) -> list[Page]:
        pages: list[Page] = []
        limits, children = self._children.limits, self._children
        for page in read_document(path, document=document, limits=limits, children=children):
            pages.append(page)
            self._progress(f"Reading {name}", len(pages), total)
        scans = [page for page in pages if wants_recognition(page)]
        if self._recogniser is None or not scans:
            return pages
        done: dict[PageRef, Page] = {}

        def came(page: Page) -> None:
            done[page.ref] = page
            self._progress(f"Reading scans of {name}", len(done), len(scans))

        try:
            if left := drained(self._recogniser.recognise(path, scans), came):
                self._remark(f"{name}: {left}. Run again to try once more.")
        except NotRecognised as error:
            self._remark(str(error))
        return [done.get(page.ref, page) for page in pages]


def sweep_unlocked(folder: Path, *, older_than: float) -> None:
    """Remove copies without their password, older than `older_than` seconds, of a run that was cut off."""
    now = time.time()
    for left in folder.glob(f"{_UNLOCKED}*"):
        with suppress(OSError):  # swept by somebody else meanwhile
            if now - left.stat().st_mtime > older_than:
                shutil.rmtree(left)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DamagedDocument("This file can no longer be read. Check that it is still there and run again.") from error


def _twice(name: str, first: str) -> str:
    if name == first:
        return f"{name} was given more than once; used once."
    return f"{name} is the same file as {first}; used once."
