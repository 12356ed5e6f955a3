"""Files, each under the SHA-256 of its bytes. The name a file was uploaded with is only ever a label.

PDF, TIFF, PNG and JPEG are taken in; the first bytes say which it is, and the stored name ends accordingly.

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
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.errors import NotFound, TooLarge, UnsupportedFile
from core.kinds import EMPTY, HEAD_BYTES, KINDS, NOT_TAKEN, Kind, file_kind
from core.text import clean_text

_CHUNK = 1 << 20
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
        with self.staging(max_bytes) as stage:
            while chunk := stream.read(_CHUNK):
                stage.write(chunk)
            return stage.finish(), stage.size

    @contextlib.contextmanager
    def staging(self, max_bytes: int) -> Iterator["Stage"]:
        """A file to be written in pieces; it is a staged document after `Stage.finish`, and gone without."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._root, prefix=".upload-")
        upload = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield Stage(self, file, upload, max_bytes)
        finally:
            upload.unlink(missing_ok=True)

    def take(self, upload: Path, document: str, kind: Kind) -> None:
        """Stage the complete file `upload`, which lies in this folder, unless the same bytes are kept already."""
        if self._find(self._folder(document), document) is None:
            _move(upload, self._root / _STAGED / f"{document}.{kind}")

    def keep(self, document: str) -> None:
        """Move a staged file to its final place, for good; does nothing when it is there. Raises NotFound."""
        place = self.path(document)
        if place.parent == self._folder(document):
            return
        try:
            _move(place, self._folder(document) / place.name)
        except FileNotFoundError:
            self.path(document)  # somebody else kept it, or a sweep took it, at this moment

    def is_kept(self, document: str) -> bool:
        """Whether the file is in its final place. Raises NotFound when it is not here at all."""
        return self.path(document).parent == self._folder(document)

    def discard(self, document: str) -> None:
        """Remove the staged file, if there is one. A file that is kept stays."""
        if _SHA256.fullmatch(document) and (staged := self._find(self._root / _STAGED, document)):
            staged.unlink(missing_ok=True)

    def path(self, document: str) -> Path:
        """Where the file is: in its final place, else staged. Its suffix is a dot and its `Kind`. Raises NotFound."""
        if _SHA256.fullmatch(document):
            final = self._folder(document)
            for folder in (final, self._root / _STAGED, final):  # twice: it may be moved between two looks
                if place := self._find(folder, document):
                    return place
        raise NotFound("The file of this document is no longer stored here. Upload it again.")

    def sweep(self, older_than: float) -> int:
        """Remove what is staged or was cut off in the middle and is older than `older_than` seconds; how many files.

        These are uploads of which no case was made. Files in their final place are never looked at.
        """
        removed, now = 0, time.time()
        staged = [path for kind in KINDS for path in (self._root / _STAGED).glob(f"*.{kind}")]
        for path in [*self._root.glob(".upload-*"), *staged]:
            with contextlib.suppress(FileNotFoundError):  # kept or swept by somebody else meanwhile
                if now - path.stat().st_mtime > older_than:
                    path.unlink()
                    removed += 1
        return removed

    def _folder(self, document: str) -> Path:
        return self._root / document[:2]

    def _find(self, folder: Path, document: str) -> Path | None:
        return next((place for kind in KINDS if (place := folder / f"{document}.{kind}").is_file()), None)


class Stage:
    """A file that is being written. See `Files.staging`."""

    def __init__(self, files: Files, file: BinaryIO, path: Path, max_bytes: int) -> None:
        self._files, self._file, self._path, self._max_bytes = files, file, path, max_bytes
        self._sha, self._head = hashlib.sha256(), b""
        self.size = 0
        """Bytes so far."""

    def write(self, data: bytes) -> int:
        """How many bytes were written: all. Raises TooLarge."""
        self.size += len(data)
        if self.size > self._max_bytes:
            raise TooLarge(f"This file has more than {self._max_bytes / 2**20:,.0f} MB. Split it and upload the parts.")
        self._head += data[: HEAD_BYTES - len(self._head)]
        self._sha.update(data)
        return self._file.write(data)

    def finish(self) -> str:
        """SHA-256 of the file, which is complete on disk and staged when this returns. Raises UnsupportedFile."""
        if not self.size:
            raise UnsupportedFile(EMPTY)
        kind = file_kind(self._head)
        if kind is None:
            raise UnsupportedFile(NOT_TAKEN)
        os.fchmod(self._file.fileno(), 0o400)
        self._file.flush()
        os.fsync(self._file.fileno())
        document = self._sha.hexdigest()
        self._files.take(self._path, document, kind)
        return document


def display_name(name: str) -> str:
    """`name` as a label of 1 to 120 characters: no folders, no control, bidirectional or invisible characters."""
    last = clean_text(name.replace("\\", "/").rsplit("/", 1)[-1])
    seen = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    label = " ".join(seen.split()).strip(" .")
    return label[:_MAX_NAME].rstrip() or "document.pdf"


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
