"""PDF files, each under the SHA-256 of its bytes. The name a file was uploaded with is only ever a label."""

import hashlib
import io
import os
import re
import tempfile
import time
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from core.errors import NotAPdf, NotFound, TooLarge
from core.text import clean_text

_CHUNK = 1 << 20
_HEAD = 1024
_MAX_NAME = 120
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Files:
    """A folder of documents, readable for its owner alone. The same bytes are kept once. Safe for many threads."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def save(self, data: BinaryIO | bytes, max_bytes: int) -> tuple[str, int]:
        """(SHA-256 in hex, size in bytes) of the stored file. A stream is read from where it stands.

        The file is complete on disk when this returns, and absent when it raises: NotAPdf for an empty file or one
        without a PDF's first letters, TooLarge for more than `max_bytes`.
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
            place = self._place(document)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            upload.replace(place)
        finally:
            upload.unlink(missing_ok=True)
        _sync_folder(place.parent)
        return document, size

    def path(self, document: str) -> Path:
        """Raises NotFound."""
        if _SHA256.fullmatch(document):
            place = self._place(document)
            if place.is_file():
                return place
        raise NotFound("The file of this document is no longer stored here. Upload it again.")

    def remove(self, document: str) -> None:
        """Does nothing when there is no such file."""
        if _SHA256.fullmatch(document):
            self._place(document).unlink(missing_ok=True)

    def sweep(self, *, keep: Collection[str], older_than: float) -> int:
        """Remove what is not among the documents `keep` and is older than `older_than` seconds; how many files.

        These are uploads of which no case was made, and what an upload cut off in the middle left behind.
        """
        removed, now = 0, time.time()
        for path in [*self._root.glob(".upload-*"), *self._root.glob("??/*.pdf")]:
            if path.stem not in keep and now - path.stat().st_mtime > older_than:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _place(self, document: str) -> Path:
        return self._root / document[:2] / f"{document}.pdf"


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
        raise NotAPdf("This file is empty. Upload it again from its source.")
    if b"%PDF-" not in head:
        raise NotAPdf("This file is not a PDF. Save or print it as PDF and upload that.")
    return sha.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    """So that the new name survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
