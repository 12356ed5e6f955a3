"""Files that people hand in: checked, stored, and waiting for their case."""

from dataclasses import dataclass
from typing import BinaryIO

from core.errors import BadDocument, EncryptedDocument, WrongPassword
from core.intake import Children, inspect_document, may_succeed_later, unlock_document
from core.store import Store
from core.store.files import Files, display_name


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken in and can be part of a case."""

    document: str
    """SHA-256 of its bytes, hex."""
    name: str
    pages: int
    known: bool
    """True when the same bytes were stored before, under whatever name."""
    repaired: bool
    """True when the file was damaged and opened after a repair: pages may be missing."""
    unread: int = 0
    """Pages of a known file that went unread before and are read again with the next case."""
    unlocked: bool = False
    """True when the file asked for a password: it is stored without it, and the password is kept nowhere."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A file that asks for a password. It waits a day for it, as every upload waits for its case."""

    document: str
    name: str
    problem: str
    """What to say when the password is asked for."""


class Uploads:
    """Thread-safe."""

    def __init__(self, store: Store, files: Files, children: Children) -> None:
        self._store, self._files, self._children = store, files, children

    def take_in(self, stream: BinaryIO, name: str) -> Upload | Locked:
        """Store a file if it can be used. Raises BadDocument; then nothing of it is kept."""
        document, _size = self._files.save(stream, self._children.limits.max_bytes)
        try:
            return self._checked(document, display_name(name))
        except EncryptedDocument as error:
            return Locked(document, display_name(name), str(error))
        except BadDocument:
            self._files.discard(document)
            raise

    def unlock(self, locked: Locked, password: str) -> Upload | Locked:
        """A copy without the password takes the place of the file: nobody who reviews the case could open it later.

        Still locked, with the reason, when the password is wrong. Raises BadDocument for what cannot be used all the
        same, and NotFound when the file has waited too long; nothing of it is kept then.
        """
        limits, path = self._children.limits, self._files.path(locked.document)
        try:
            with self._files.staging(limits.max_bytes) as stage:
                unlock_document(path, stage, limits=limits, children=self._children, password=password)
                document = stage.finish()
        except WrongPassword as error:
            return Locked(locked.document, locked.name, str(error))
        except BadDocument:
            self._files.discard(locked.document)
            raise
        self._files.discard(locked.document)
        try:
            return self._checked(document, locked.name, unlocked=True)
        except BadDocument:
            self._files.discard(document)
            raise

    def _checked(self, document: str, name: str, *, unlocked: bool = False) -> Upload:
        """Raises BadDocument."""
        if self._store.has_document(document):
            pages = self._store.pages(document)
            return Upload(document, name, len(pages), True, False, sum(map(may_succeed_later, pages)), unlocked)
        opened = inspect_document(self._files.path(document), self._children.limits, children=self._children)
        return Upload(document, name, opened.pages, False, opened.repaired, unlocked=unlocked)
