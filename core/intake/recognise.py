"""Recognises scanned pages in child processes. Whatever a page does to a child costs that page alone."""

import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from core.domain import Page
from core.errors import ChartsieveError, NotRecognised
from core.intake.child import Child, ChildFailed, Children, whole_number
from core.intake.judge import GIVEN_UP, NO_PROCESS, NOT_OPENED, judged, recognised, wants_recognition
from core.intake.triage import GARBLED

__all__ = ["Recogniser", "wants_recognition"]

VERSION: Final = "tesseract/1"
"""Counts up when the engine or our clean-up changes what is recognised."""
PAGES_A_CHILD: Final = 25
MAX_FAILURES: Final = 5
"""Children lost on one document before the rest of it is given up."""
_A_TURN = 3
"""Pages after which a child makes way for another document that waits."""
_LOOK = "Look at the page itself; the other pages are not affected."
STOPPED: Final = f"Recognition stopped unexpectedly on this page. {_LOOK}"
FAILED: Final = f"This page could not be drawn for recognition. {_LOOK}"
CLOSED: Final = "Recognition of scanned pages was stopped. What was recognised so far is kept; start it again."
MEMORY: Final = f"This page needs more memory than is allowed and could not be recognised. {_LOOK}"


class Recogniser:
    """Recognises scanned pages in up to `workers` child processes at once, over all callers. Thread-safe."""

    def __init__(self, children: Children, *, languages: str, data: Path | None, workers: int, seconds: float) -> None:
        """`data`: folder of the language files, None for the installed one; `seconds`: longest time for one page."""
        self.children, self.seconds, self.workers = children, seconds, workers
        self.languages, self.data = languages, data
        self.seats = _Seats(workers)

    @property
    def name(self) -> str:
        """What `Page.recognised` says of pages that this tried."""
        return f"{VERSION} {self.languages}"

    def recognise(self, path: Path, pages: Sequence[Page]) -> Generator[Page]:
        """Each of the pages of the document once, in order of completion.

        One that could not be recognised has source "none" and a problem. Closing the iterator stops the children.
        Raises NotRecognised when the engine or a language is missing.
        """
        run = _Run(self, path, pages)
        with closing(run.pages()) as done:
            yield from done

    def close(self) -> None:
        """No page is begun any more."""
        self.seats.close()


class _Seats:
    """Who may have a child, first come first served."""

    def __init__(self, seats: int) -> None:
        self._free, self._waiting = seats, deque[object]()
        self._changed = threading.Condition()
        self._closed = False

    @contextmanager
    def taken(self, run: "_Run") -> Iterator[bool]:
        """Waits for a seat; False when the run stopped meanwhile."""
        with self._changed:
            self._waiting.append(run)
            self._changed.wait_for(lambda: run.stopped or self._closed or (self._free and self._waiting[0] is run))
            self._waiting.remove(run)
            got = not (run.stopped or self._closed)
            self._free -= got
            self._changed.notify_all()
        try:
            yield got
        finally:
            with self._changed:
                self._free += got
                self._changed.notify_all()

    def wanted(self, run: "_Run") -> bool:
        """Whether another document waits."""
        with self._changed:
            return any(other is not run for other in self._waiting)

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        return self._closed


class _Run:
    """One call of `recognise`."""

    def __init__(self, recogniser: Recogniser, path: Path, pages: Sequence[Page]) -> None:
        self._by, self._path = recogniser, path
        self._left, self._count = deque(pages), len(pages)
        self._done: SimpleQueue[Page | Exception] = SimpleQueue()
        self._lock = threading.Lock()
        self._at_work: set[Child] = set()
        self._failures, self._reason = 0, ""
        self.stopped = False

    def pages(self) -> Generator[Page]:
        threads = [
            threading.Thread(target=self._work, name="chartsieve-recognise", daemon=True)
            for _ in range(min(self._by.workers, self._count))
        ]
        try:
            for thread in threads:
                thread.start()
            for _ in range(self._count):
                item = self._done.get()
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            self._stop()
            for thread in threads:
                thread.join()

    def _stop(self) -> None:
        with self._lock:
            self.stopped = True
            for child in self._at_work:
                _interrupt(child)
        self._by.seats.wake()

    def _work(self) -> None:
        """What one thread does: one child after another, until no page is left."""
        try:
            while self._left and not self.stopped:
                with self._by.seats.taken(self) as got:
                    if got:
                        self._one_child()
                    elif self._by.seats.closed:
                        self._done.put(NotRecognised(CLOSED))
                        return
        except Exception as error:  # whatever it is, whoever waits for pages must hear of it
            self._done.put(error)

    def _one_child(self) -> None:
        if self._reason:
            self._give_up(self._reason)
        if not self._left:  # another thread took the last page while this one waited for its seat
            return
        try:
            child = self._by.children.take()
        except (ChildFailed, OSError):
            self._give_up(NO_PROCESS)
            return
        with child:
            with self._lock:
                self._at_work.add(child)
            try:
                self._recognise(child)
            finally:
                with self._lock:
                    self._at_work.discard(child)

    def _recognise(self, child: Child) -> None:
        """Up to PAGES_A_CHILD pages, or to the one that the child dies of."""
        page: Page | None = None
        try:
            if not self._opened(child):
                self._give_up(NOT_OPENED)
                return
            for count in range(PAGES_A_CHILD):
                page = self._next()
                if page is None:
                    return
                self._done.put(self._answer(child, page))
                page = None
                if self.stopped or self._reason or (count + 1 >= _A_TURN and self._by.seats.wanted(self)):
                    return
        except (ChildFailed, ValueError, TypeError, KeyError, OverflowError) as error:
            if not self.stopped:
                self._failed(page, timed_out=isinstance(error, ChildFailed) and error.timed_out)

    def _opened(self, child: Child) -> bool:
        by = self._by
        command = {
            "do": "recognise",
            "path": str(self._path),
            "languages": by.languages,
            "data": str(by.data) if by.data else "",
            "page_seconds": by.seconds,
            "cpu_seconds": by.seconds * (PAGES_A_CHILD + 1),
        }
        child.send(command)
        return child.message(by.seconds).get("event") == "open"

    def _next(self) -> Page | None:
        with suppress(IndexError):
            return self._left.popleft()
        return None

    def _answer(self, child: Child, page: Page) -> Page:
        child.send({"number": page.ref.number})
        message = child.message(self._by.seconds)
        if message.get("event") == "missing":
            raise _missing(message)
        whole_number(message, "number", page.ref.number, page.ref.number)
        if message.get("event") == "failed":
            return self._unread(page, MEMORY if message.get("why") == "memory" else FAILED)
        return judged(page, recognised(message, page), self._by.name)

    def _failed(self, page: Page | None, *, timed_out: bool) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= MAX_FAILURES:
                self._reason = GIVEN_UP
        if page is not None:
            slow = f"Recognising this page took longer than {self._by.seconds:g} seconds and was stopped. {_LOOK}"
            self._done.put(self._unread(page, slow if timed_out else STOPPED))

    def _give_up(self, reason: str) -> None:
        """The pages that are left stay as they were, so that they are tried again another time."""
        self._reason = reason
        while (page := self._next()) is not None:
            problem = GARBLED if page.problem == GARBLED else reason  # its text must not be built on next time
            self._done.put(replace(page, source="none", problem=problem, body=""))

    def _unread(self, page: Page, problem: str) -> Page:
        return replace(page, source="none", problem=problem, recognised=self._by.name, body="")


def _interrupt(child: Child) -> None:
    """Ends the process; the thread that it belongs to notices and clears up."""
    if child.alive:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _missing(message: dict[str, Any]) -> ChartsieveError:
    languages, folder = str(message.get("languages"))[:200], str(message.get("folder"))[:500]
    return NotRecognised(
        f"Scanned pages cannot be recognised: there are no language data for {languages.replace('+', ', ')} in "
        f"{folder}. Nothing was lost. Set CHARTSIEVE_OCR_LANGUAGES to languages that are there, or "
        "CHARTSIEVE_OCR_DATA to a folder that has them, and start again."
    )
