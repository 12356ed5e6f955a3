"""Drawn page images on disk: a cache that may be deleted at any time, and that never stands in anybody's way.

A file holds a PNG and its checksum. Its name says which page at which size, and nothing of what is on it.
"""

import contextlib
import os
import re
import tempfile
import time
import zlib
from pathlib import Path
from threading import Lock
from typing import NamedTuple

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUFFIX = ".image"
_UNFINISHED = ".new-"
_CUT_OFF_SECONDS = 3600.0
"""An unfinished file of this age was left by a process that ended."""
_KEPT_BY_SWEEP = 0.8
"""Share of the limit that a sweep leaves, so that the next one is some time away."""
_CHECKSUM = 4


class _File(NamedTuple):
    used: float
    """When it was last asked for, seconds since 1970."""
    size: int
    path: str


class Images:
    """A folder of images, readable for its owner alone. The least recently used go first.

    Safe for many threads and for several processes; each process counts its own writing and sees the others' when it
    sweeps, so that the folder may hold `max_bytes` for each of them for a while.
    """

    def __init__(self, root: Path, max_bytes: int) -> None:
        self._root, self._max_bytes = root, max_bytes
        self._lock = Lock()
        self._bytes = sum(file.size for file in self._files())

    def get(self, document: str, number: int, dpi: int, rotate: int) -> bytes | None:
        """The PNG of page `number` (from 1) at `dpi`, turned by `rotate` degrees; None when it is not here, or damaged.

        Raises ValueError when `document` is no SHA-256 in hex.
        """
        path = self._path(document, number, dpi, rotate)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        png = data[:-_CHECKSUM]
        if len(data) <= _CHECKSUM or _checksum(png) != data[-_CHECKSUM:]:
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return png

    def put(self, document: str, number: int, dpi: int, rotate: int, png: bytes) -> None:
        """Keep an image if that can be done: a full disk is no error. Raises ValueError as `get`."""
        path = self._path(document, number, dpi, rotate)
        data = png + _checksum(png)
        if len(data) > self._max_bytes:
            return
        with contextlib.suppress(OSError):
            self._write(path, data)
            with self._lock:
                self._bytes += len(data)
                if self._bytes > self._max_bytes:
                    self._sweep()

    def _write(self, path: Path, data: bytes) -> None:
        """Whole or not at all: nobody sees half an image. Raises OSError."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink(missing_ok=True)
            raise

    def _sweep(self) -> None:
        """Count anew what is here, and remove what was not used for longest. The caller holds the lock."""
        files = sorted(self._files())
        self._bytes = sum(file.size for file in files)
        for file in files:
            if self._bytes <= self._max_bytes * _KEPT_BY_SWEEP:
                return
            with contextlib.suppress(OSError):
                Path(file.path).unlink(missing_ok=True)
                self._bytes -= file.size

    def _files(self) -> list[_File]:
        """All images; what was cut off in the middle is removed on the way."""
        found: list[_File] = []
        with contextlib.suppress(OSError):
            for folder in self._root.iterdir():
                with contextlib.suppress(OSError), os.scandir(folder) as entries:
                    found += [file for entry in entries if (file := _seen(entry))]
        return found

    def _path(self, document: str, number: int, dpi: int, rotate: int) -> Path:
        if not _SHA256.fullmatch(document):
            raise ValueError("A document is named by its SHA-256.")
        return self._root / document[:2] / f"{document}-{number:d}-{dpi:d}-{rotate:d}{_SUFFIX}"


def _seen(entry: os.DirEntry[str]) -> _File | None:
    try:
        found = entry.stat(follow_symlinks=False)
        if entry.name.endswith(_SUFFIX):
            return _File(found.st_mtime, found.st_size, entry.path)
        if entry.name.startswith(_UNFINISHED) and time.time() - found.st_mtime > _CUT_OFF_SECONDS:
            Path(entry.path).unlink(missing_ok=True)
    except OSError:  # gone at this moment
        return None
    return None


def _checksum(png: bytes) -> bytes:
    return zlib.crc32(png).to_bytes(_CHECKSUM, "big")
