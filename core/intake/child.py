"""A child process on a leash. Documents are opened only in such children: a PDF can crash, hang or fill the memory."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

if TYPE_CHECKING:
    from core.settings import Settings

_WORKER = Path(__file__).with_name("worker.py")
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYMUPDF_SUGGEST_LAYOUT_ANALYZER": "0",
    "OMP_THREAD_LIMIT": "1",  # recognition with its own threads is six times slower
    "OPENBLAS_NUM_THREADS": "1",
    # Large pieces go back to the system when they are freed: a child holds 9 to 17 MB less between pages.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": "2097152",
    "MALLOC_MMAP_THRESHOLD_": "2097152",
}
_MAX_LINE = 8 << 20
"""Of a message: one of MAX_WORDS words has one or two million. Unpacked it may be 27 times as large."""
_MAX_DATA = 64 << 20
_PIECE = 1 << 18
_START_SECONDS = 20.0
SECONDS_BEFORE_SPARES = 2.0
"""A child that was taken has the processors to itself for so long; then another one is started in its place."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost."""

    memory_mb: int = 1536
    """Address space of a child process, in MiB."""
    page_seconds: float = 20.0
    """Longest silence of a child: opening a document, reading or drawing one page."""
    document_seconds: float = 600.0
    """Longest time for reading one document, and its CPU time."""
    max_pages: int = 2000
    max_bytes: int = 200 << 20

    @classmethod
    def from_settings(cls, settings: "Settings") -> "Limits":
        return cls(
            memory_mb=settings.read_memory_mb,
            page_seconds=settings.page_seconds,
            document_seconds=settings.document_seconds,
            max_pages=settings.max_pages,
            max_bytes=settings.max_upload_mb << 20,
        )


class ChildFailed(Exception):
    """The child said nothing in time, ended, or said what it must not say. It is dead when this is raised."""

    def __init__(self, timed_out: bool) -> None:
        super().__init__("time ran out" if timed_out else "the process ended")
        self.timed_out = timed_out


class Child:
    """One run of worker.py. Not thread safe; `kill()` must be called in the end, or use it in a `with` statement.

    It waits for one command, which decides what it does from then on (see worker.py).
    """

    def __init__(self, limits: Limits) -> None:
        """Ready when this returns. Raises ChildFailed, or OSError when the system can start no process."""
        command = [sys.executable, "-I", "-B", str(_WORKER), str(limits.memory_mb)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program; paths are content addresses
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=_ENVIRONMENT,
            bufsize=0,
        )
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        self._output = self._process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._output, select.POLLIN)
        self._buffer = bytearray()
        if self.message(_START_SECONDS).get("event") != "ready":
            self._fail(timed_out=False)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def send(self, message: dict[str, Any]) -> None:
        """Raises ChildFailed."""
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
        except OSError:
            self._fail(timed_out=False)

    def message(self, seconds: float) -> dict[str, Any]:
        """The next message, which must be complete within `seconds`. Raises ChildFailed."""
        end, seen = time.monotonic() + seconds, 0
        while (at := self._buffer.find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen > _MAX_LINE:
                self._fail(timed_out=False)
            self._receive(end)
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self._fail(timed_out=False)
        answer: dict[str, Any] = message
        return answer

    def data(self, size: int, seconds: float) -> bytes:
        """The next `size` bytes, which must be there within `seconds`. Raises ChildFailed."""
        end = time.monotonic() + seconds
        if not 0 <= size <= _MAX_DATA:
            self._fail(timed_out=False)
        while len(self._buffer) < size:
            self._receive(end)
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def kill(self) -> None:
        """Ends the process and all it started. Safe to call again."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _receive(self, end: float) -> None:
        left = end - time.monotonic()
        if left <= 0 or not self._poll.poll(left * 1000):
            self._fail(timed_out=True)
        chunk = os.read(self._output, _PIECE)
        self._buffer += chunk
        if not chunk:
            self._fail(timed_out=False)

    def _fail(self, *, timed_out: bool) -> Never:
        self.kill()
        raise ChildFailed(timed_out)


class Children:
    """Where children come from. Thread-safe; `close()` ends the spare ones.

    Starting a child takes longer than reading a short document, so a server keeps `spares` of them ready.
    """

    def __init__(self, limits: Limits, spares: int = 0) -> None:
        self.limits = limits
        self._wanted = spares
        self._lock = threading.Lock()
        self._spares: list[Child] = []
        self._starting: set[threading.Thread] = set()
        self._closed = threading.Event()

    def take(self) -> Child:
        """A child that is ready; the caller kills it in the end. Raises ChildFailed, or OSError."""
        child = self._spare()
        while child is not None and not child.alive:
            child.kill()
            child = self._spare()
        self.prepare(SECONDS_BEFORE_SPARES)
        return child or Child(self.limits)

    @contextlib.contextmanager
    def long_work(self) -> Iterator[None]:
        """Around work that keeps a child busy for a while: for so long one spare fewer is kept, to save its memory."""
        with self._lock:
            self._wanted -= 1
        try:
            yield
        finally:
            with self._lock:
                self._wanted += 1
            self.prepare(SECONDS_BEFORE_SPARES)

    def prepare(self, seconds: float = 0.0) -> None:
        """Start what is missing of the spares, in the background and `seconds` from now."""
        with self._lock:
            missing = 0 if self._closed.is_set() else self._wanted - len(self._spares) - len(self._starting)
            threads = [
                threading.Thread(target=self._add_spare, args=(seconds,), name="chartsieve-spare", daemon=True)
                for _ in range(missing)
            ]
            self._starting.update(threads)
        for thread in threads:
            thread.start()

    def close(self) -> None:
        """Ends the spares. A child that was taken belongs to who took it."""
        self._closed.set()
        with self._lock:
            threads, spares, self._spares = list(self._starting), self._spares, []
        for child in spares:
            child.kill()
        for thread in threads:
            if thread.ident is not None:
                thread.join(_START_SECONDS)

    def _spare(self) -> Child | None:
        with self._lock:
            return self._spares.pop() if self._spares else None

    def _add_spare(self, seconds: float) -> None:
        child = None
        if not self._closed.wait(seconds) and self._is_wanted():
            with contextlib.suppress(ChildFailed, OSError):  # whoever takes one then starts it and hears why
                child = Child(self.limits)
        with self._lock:
            self._starting.discard(threading.current_thread())
            if child is not None and not self._closed.is_set() and len(self._spares) < self._wanted:
                self._spares.append(child)
                return
        if child is not None:
            child.kill()

    def _is_wanted(self) -> bool:
        """Long work may have begun since somebody asked for a spare."""
        with self._lock:
            return len(self._spares) < self._wanted


def whole_number(message: dict[str, Any], name: str, low: int, high: int) -> int:
    """`message[name]`, an integer in [low, high]. Raises ValueError: a child that was taken over may say anything."""
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(name)
    return value
