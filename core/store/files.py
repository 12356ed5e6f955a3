"""PDF files, each under the SHA-256 of its bytes. The name a file was uploaded with is only ever a label.

An upload is staged and can be swept. When a case takes it over, it is moved to its final place, and nothing here ever
removes it from there: not knowing what a file belongs to is no reason to delete it.
"""

import contextlib
import hashlib
import io
import os
import re
import tempfile
import time
import unicodedata
from pathlib import Path
from typing import BinaryIO

from core.errors import NotFound, TooLarge, UnsupportedFile
from core.text import clean_text

_CHUNK = 1 << 20
_HEAD = 1024
_MAX_NAME = 120
_STAGED = "staged"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Files:
    """A folder of documents, readable for its owner alone. The same bytes are kept once. Safe for many threads."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def save(self, data: BinaryIO | bytes, max_bytes: int) -> tuple[str, int]:
        """(SHA-256 in hex, size in bytes) of the file, staged unless the same bytes are kept already.

        A stream is read from where it stands. The file is complete on disk when this returns, and absent when it
        raises: UnsupportedFile for an empty file or another kind of file, TooLarge for more than `max_bytes`.
        """
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._root, prefix=".upload-")
        upload = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                document, size = _copy(stream, file, max_bytes)
                os.fchmod(file.fileno(), 0o400)
                file.flush()
                os.fsync(file.fileno())
            if not self._final(document).is_file():
                _move(upload, self._staged(document))
        finally:
            upload.unlink(missing_ok=True)
        return document, size

    def keep(self, document: str) -> None:
        """Move a staged file to its final place, for good; does nothing when it is there. Raises NotFound."""
        final = self._final(document)
        if self.path(document) == final:
            return
        try:
            _move(self._staged(document), final)
        except FileNotFoundError:
            self.path(document)  # somebody else kept it, or a sweep took it, at this moment

    def discard(self, document: str) -> None:
        """Remove the staged file, if there is one. A file that is kept stays."""
        if _SHA256.fullmatch(document):
            self._staged(document).unlink(missing_ok=True)

    def path(self, document: str) -> Path:
        """Where the file is: in its final place, else staged. Raises NotFound."""
        if _SHA256.fullmatch(document):
            final = self._final(document)
            for place in (final, self._staged(document), final):  # twice: it may be moved between two looks
                if place.is_file():
                    return place
        raise NotFound("The file of this document is no longer stored here. Upload it again.")

    def sweep(self, older_than: float) -> int:
        """Remove what is staged or was cut off in the middle and is older than `older_than` seconds; how many files.

        These are uploads of which no case was made. Files in their final place are never looked at.
        """
        removed, now = 0, time.time()
        for path in [*self._root.glob(".upload-*"), *(self._root / _STAGED).glob("*.pdf")]:
            with contextlib.suppress(FileNotFoundError):  # kept or swept by somebody else meanwhile
                if now - path.stat().st_mtime > older_than:
                    path.unlink()
                    removed += 1
        return removed

    def _final(self, document: str) -> Path:
        return self._root / document[:2] / f"{document}.pdf"

    def _staged(self, document: str) -> Path:
        return self._root / _STAGED / f"{document}.pdf"


def display_name(name: str) -> str:
    """`name` as a label of 1 to 120 characters: no folders, no control, bidirectional or invisible characters."""
    last = clean_text(name.replace("\\", "/").rsplit("/", 1)[-1])
    seen = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    label = " ".join(seen.split()).strip(" .")
    return label[:_MAX_NAME].rstrip() or "document.pdf"


def _copy(stream: BinaryIO, file: BinaryIO, max_bytes: int) -> tuple[str, int]:
    sha, size, head = hashlib.sha256(), 0, b""
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise TooLarge(f"This file has more than {max_bytes / 2**20:,.0f} MB. Split it and upload the parts.")
        head += chunk[: _HEAD - len(head)] if len(head) < _HEAD else b""
        sha.update(chunk)
        file.write(chunk)
    if not size:
        raise UnsupportedFile("This file is empty. Upload it again from its source.")
    if b"%PDF-" not in head:
        raise UnsupportedFile("This file is not a PDF. Save or print it as PDF and upload that.")
    return sha.hexdigest(), size


def _move(file: Path, place: Path) -> None:
    """Within the root. The new name survives a power cut. Raises FileNotFoundError."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    file.replace(place)
    _sync_folder(place.parent)
    _sync_folder(place.parent.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
