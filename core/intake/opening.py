"""Opens a document in a child process, or says why it is not taken in; writes it without its password."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Never, Protocol

from core.errors import BadDocument, DamagedDocument, EncryptedDocument, TooLarge, UnsupportedFile, WrongPassword
from core.intake.child import Child, ChildFailed, Children, Limits, whole_number
from core.kinds import EMPTY, HEAD_BYTES, NOT_TAKEN, file_kind

ENCRYPTED: Final = "This file asks for a password. It opens the file once and is kept nowhere."
WRONG_PASSWORD: Final = "This password does not open the file. Check it and try again."  # noqa: S105
DAMAGED: Final = (
    "This file is damaged and cannot be opened. Open it in a viewer, print it to a new PDF and upload that."
)
INCOMPLETE: Final = "This file is incomplete: it has no page that can be read. Upload it again from its source."
SLOW: Final = "This file took too long to open and was stopped. Print it to a new PDF and upload that."
TOO_MANY_PIXELS: Final = (
    "A page of this file has more pixels than can be handled here: more than 100 million, or 400 million in black "
    "and white. Scan or save it with a lower resolution and upload that."
)
NO_READER: Final = (
    "Documents cannot be read at the moment: the reading process does not start. Try again later; if that does not "
    "help, ask your administrator to look at the memory of this machine."
)
GONE: Final = "The file can no longer be opened here. Upload it again."
_LONGEST_PASSWORD = 1000
_LARGEST_PIECE = 1 << 20

_REJECTIONS: dict[str, tuple[type[BadDocument], str]] = {
    "not_taken": (UnsupportedFile, NOT_TAKEN),
    "encrypted": (EncryptedDocument, ENCRYPTED),
    "wrong_password": (WrongPassword, WRONG_PASSWORD),
    "damaged": (DamagedDocument, DAMAGED),
    "no_pages": (DamagedDocument, INCOMPLETE),
    "too_many_pixels": (TooLarge, TOO_MANY_PIXELS),
}


class Sink(Protocol):
    """Where a document is written to, piece by piece."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Opened:
    pages: int
    repaired: bool
    """The file was damaged and mended on opening: some pages may be missing."""


def inspect_document(path: Path, limits: Limits, *, children: Children | None = None, password: str = "") -> Opened:
    """Opens the document, in about half a second, without reading a page.

    Raises UnsupportedFile, EncryptedDocument, WrongPassword, DamagedDocument or TooLarge.
    """
    check_file(path, limits)
    with take_child(children or Children(limits)) as child:
        _ask(child, "inspect", path, limits, password)
        return opened(child, limits.page_seconds, limits)


def unlock_document(path: Path, out: Sink, *, limits: Limits, children: Children | None = None, password: str) -> None:
    """Writes the document to `out` without its password. Its pages are the same; its bytes are those of a new file.

    Raises as `inspect_document`; `out` may then hold a part.
    """
    check_file(path, limits)
    end = time.monotonic() + limits.document_seconds
    with take_child(children or Children(limits)) as child:
        _ask(child, "unlock", path, limits, password)
        opened(child, limits.page_seconds, limits)
        try:
            _receive(child, out, limits, end)
        except ChildFailed as error:
            raise DamagedDocument(SLOW if error.timed_out else DAMAGED) from error
        except (ValueError, TypeError) as error:
            raise DamagedDocument(DAMAGED) from error


def check_file(path: Path, limits: Limits) -> None:
    """What can be said without opening it. Raises UnsupportedFile, DamagedDocument or TooLarge."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise DamagedDocument(GONE) from error
    if not size:
        raise UnsupportedFile(EMPTY)
    if file_kind(head) is None:
        raise UnsupportedFile(NOT_TAKEN)
    _check_size(size, limits)


def take_child(children: Children) -> Child:
    """Raises BadDocument when none can be started."""
    try:
        return children.take()
    except (ChildFailed, OSError) as error:
        raise BadDocument(NO_READER) from error


def times(limits: Limits) -> dict[str, float]:
    """What a child is told of the time it has."""
    return {"page_seconds": limits.page_seconds, "cpu_seconds": limits.document_seconds}


def opened(child: Child, seconds: float, limits: Limits) -> Opened:
    """The child's first message. Raises as `inspect_document`."""
    try:
        message = child.message(seconds)
    except ChildFailed as error:
        raise DamagedDocument(SLOW if error.timed_out else DAMAGED) from error
    if message.get("event") != "open":
        _reject(message)
    pages = message.get("pages")
    if not isinstance(pages, int) or pages < 1:
        raise DamagedDocument(DAMAGED)
    if pages > limits.max_pages:
        raise TooLarge(
            f"This file has {pages:,} pages; at most {limits.max_pages:,} are taken in. Split it and upload the parts."
        )
    return Opened(pages, bool(message.get("repaired")))


def _ask(child: Child, what: str, path: Path, limits: Limits, password: str) -> None:
    if len(password) > _LONGEST_PASSWORD:
        raise WrongPassword(WRONG_PASSWORD)
    try:
        child.send({"do": what, "path": str(path), "password": password, **times(limits)})
    except ChildFailed as error:
        raise DamagedDocument(DAMAGED) from error


def _receive(child: Child, out: Sink, limits: Limits, end: float) -> None:
    size = 0
    while True:
        seconds = min(limits.page_seconds, end - time.monotonic())
        message = child.message(seconds)
        if message.get("event") == "end":
            return
        if message.get("event") != "piece":
            raise ValueError("event")
        piece = child.data(whole_number(message, "size", 1, _LARGEST_PIECE), seconds)
        size += len(piece)
        _check_size(size, limits)
        out.write(piece)


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.max_bytes:
        raise TooLarge(
            f"This file has {size / 2**20:,.0f} MB; at most {limits.max_bytes / 2**20:,.0f} MB are taken in. "
            "Split it and upload the parts."
        )


def _reject(message: dict[str, Any]) -> Never:
    error, text = _REJECTIONS.get(str(message.get("why")), (DamagedDocument, DAMAGED))
    raise error(text)
