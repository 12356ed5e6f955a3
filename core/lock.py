"""One server per data folder: two would do the same work twice and pick up each other's cases."""

import fcntl
import os
from pathlib import Path

from core.errors import StoreError

NAME = "serve.lock"


class FolderLock:
    """An exclusive lock on `<data_dir>/serve.lock` (mode 0600). The system frees it when the process ends, however.

    The file stays: removing it would let two processes lock two files of the same name. The lock does not outlive
    `os.exec*`, so take it in the process that serves.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / NAME
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock at once, without waiting; nothing changes when this object holds it already.

        The folder must exist. Raises StoreError when another process, or another lock of this one, holds it, and when
        the file cannot be written or locked.
        """
        if self._handle is not None:
            return
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"The file {self._path} cannot be written ({error.strerror}). Nothing was changed. "
                "Give this user write access to the folder, or choose another one: CHARTSIEVE_DATA_DIR."
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise StoreError(_sentence(error)) from error
        self._handle = handle

    def release(self) -> None:
        """Let another process serve the folder; a no-op when the lock is not held."""
        handle, self._handle = self._handle, None
        if handle is not None:
            # Closing alone would not do while a process that is just being started still has a copy.
            fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)


def _sentence(error: OSError) -> str:
    if isinstance(error, BlockingIOError):
        return (
            "Another Chartsieve already serves this data folder. Use that one, or give this one a folder of its own: "
            "CHARTSIEVE_DATA_DIR."
        )
    return (
        f"The data folder cannot be locked ({error.strerror}). Nothing was changed. "
        "Choose a folder on a disk of this machine: CHARTSIEVE_DATA_DIR."
    )
