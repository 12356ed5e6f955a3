"""Recognises scanned pages in child processes. Whatever a page does to a child costs that page alone."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from core.domain import Page, PageRef
from core.errors import ChartsieveError, NotRecognised
from core.intake.child import Child, ChildFailed, Children, whole_number
from core.intake.judge import (
    GIVEN_UP,
    MEMORY,
    NO_PROCESS,
    NOT_OPENED,
    STOPPED,
    failed_for_now,
    judged,
    later,
    recognised,
    slow,
    undrawn,
    wants_recognition,
)

__all__ = ["Recogniser", "wants_recognition"]

VERSION: Final = "tesseract/1"
"""Counts up when the engine or our clean-up changes what is recognised: pages that went unread are tried again."""
PAGES_A_CHILD: Final = 25
MAX_FAILURES: Final = 5
"""Children lost on one document before the rest of it is given up."""
SECONDS_BETWEEN_TICKS: Final = 0.25
_A_TURN = 3
"""Pages after which a child makes way for another document that waits."""
_LOADING_SECONDS = 20.0
"""For the engine and its languages; takes a third of a second on a quiet machine."""
CLOSED: Final = "Recognition of scanned pages was stopped. What was recognised so far is kept; start it again."
_REASONS: Final = {
    "": "",
    GIVEN_UP: "Reading of scanned pages was given up after several failures",
    NOT_OPENED: "A document with scanned pages can no longer be opened",
    NO_PROCESS: "The process that reads scanned pages does not start, perhaps for want of memory",
}

Tick = Callable[[], object]
Keep = Callable[[Page], None]


class Recogniser:
    """Recognises scanned pages in up to `workers` child processes at once, over all callers. Thread-safe."""

    def __init__(self, children: Children, *, languages: str, data: Path | None, workers: int, seconds: float) -> None:
        """`data`: folder of the language files, None for the installed one; `seconds`: longest time for one page."""
        self.children, self.seconds, self.workers = children, seconds, workers
        self.languages, self.data = languages, data
        self.seats = _Seats(workers)
        self.failed: set[PageRef] = set()
        """Pages that cost a child. They come last, so that they never keep others from being tried."""

    @property
    def name(self) -> str:
        """What `Page.recognised` says of pages that this has a verdict on."""
        return f"{VERSION} {self.languages}"

    def wants(self, page: Page) -> bool:
        """Whether the page would be tried: never tried, without a verdict so far, or unread by another engine."""
        return wants_recognition(page, self.name)

    def recognise(
        self, path: Path, pages: Sequence[Page], *, tick: Tick | None = None, keep: Keep | None = None
    ) -> Generator[Page, None, str]:
        """Each of the pages of the document once, in order of completion; in the end why pages were given up, or "".

        The reason is a sentence without its full stop. One that could not be recognised has source "none" and a
        problem; one that there is no verdict on goes on to be wanted, and its text, if it has one, stands as it did.
        `keep` gets each page in another thread as soon as it is done, whatever the caller does meanwhile. `tick` is
        called every SECONDS_BETWEEN_TICKS while the caller waits; what the two raise ends the work. Closing the
        iterator stops the children, and then nothing more is kept. Raises NotRecognised when the engine or a language
        is missing, ValueError for a page that was given without its words.
        """
        if any(page.text and not page.words for page in pages):
            raise ValueError("Pages must be given with their words.")
        run = _Run(self, path, sorted(pages, key=self._failed_before), tick, keep)
        with closing(run.pages()) as done:
            return (yield from done)

    def close(self) -> None:
        """No page is begun any more."""
        self.seats.close()

    def _failed_before(self, page: Page) -> bool:
        return page.ref in self.failed or failed_for_now(page)


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

    def next_of(self, pages: deque[Page]) -> Page | None:
        """The first of the pages, which is taken away; None when there is none, and once the seats are closed."""
        with self._changed:
            return pages.popleft() if pages and not self._closed else None

    @property
    def closed(self) -> bool:
        return self._closed


class _Run:
    """One call of `recognise`."""

    def __init__(
        self, recogniser: Recogniser, path: Path, pages: Sequence[Page], tick: Tick | None, keep: Keep | None
    ) -> None:
        self._by, self._path, self._tick, self._keep = recogniser, path, tick, keep
        self._left, self._count = deque(pages), len(pages)
        self._done: SimpleQueue[Page | Exception] = SimpleQueue()
        self._lock = threading.Lock()
        self._at_work: set[Child] = set()
        self._failures, self._reason = 0, ""
        self.stopped = False

    def pages(self) -> Generator[Page, None, str]:
        threads = [
            threading.Thread(target=self._work, name="chartsieve-recognise", daemon=True)
            for _ in range(min(self._by.workers, self._count))
        ]
        try:
            for thread in threads:
                thread.start()
            for _ in range(self._count):
                item = self._awaited()
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            self._stop()
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
        return _REASONS[self._reason]

    def _awaited(self) -> Page | Exception:
        while True:
            with suppress(Empty):
                return self._done.get(timeout=SECONDS_BETWEEN_TICKS)
            if self._tick:
                self._tick()

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
        with self._by.children.long_work():
            try:
                child = self._by.children.take()
            except (ChildFailed, OSError):
                self._give_up(NO_PROCESS)
                return
            with child:
                self._with(child)

    def _with(self, child: Child) -> None:
        with self._lock:
            if self.stopped:  # while the child was started: nobody would interrupt it
                return
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
            if not self._ready(child):
                self._give_up(NOT_OPENED)
                return
            for count in range(PAGES_A_CHILD):
                page = self._by.seats.next_of(self._left)
                if page is None:
                    return
                answer = self._answer(child, page)
                page = None
                self._deliver(answer)
                if self.stopped or self._reason or (count + 1 >= _A_TURN and self._by.seats.wanted(self)):
                    return
        except (ChildFailed, ValueError, TypeError, KeyError, OverflowError) as error:
            if not self.stopped:
                self._failed(page, timed_out=isinstance(error, ChildFailed) and error.timed_out)

    def _ready(self, child: Child) -> bool:
        """Whether the child opened the document and loaded the engine. Raises NotRecognised for a missing language."""
        by = self._by
        command = {
            "do": "recognise",
            "path": str(self._path),
            "languages": by.languages,
            "data": str(by.data) if by.data else "",
            "page_seconds": by.seconds,
            "cpu_seconds": by.seconds * (PAGES_A_CHILD + 1) + _LOADING_SECONDS,
        }
        child.send(command)
        event = child.message(max(by.seconds, _LOADING_SECONDS)).get("event")
        if event == "rejected":
            return False
        if event != "open":
            raise ValueError("event")
        message = child.message(_LOADING_SECONDS)
        if message.get("event") == "missing":
            raise _missing(message, by)
        if message.get("event") != "ready":
            raise ValueError("event")
        return True

    def _answer(self, child: Child, page: Page) -> Page:
        child.send({"number": page.ref.number})
        message = child.message(self._by.seconds)
        whole_number(message, "number", page.ref.number, page.ref.number)
        if message.get("event") == "failed":
            return later(page, MEMORY) if message.get("why") == "memory" else undrawn(page, self._by.name)
        return judged(page, recognised(message, page), self._by.name)

    def _failed(self, page: Page | None, *, timed_out: bool) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= MAX_FAILURES:
                self._reason = GIVEN_UP
        if page is not None:
            self._by.failed.add(page.ref)
            self._deliver(later(page, slow(self._by.seconds) if timed_out else STOPPED))

    def _give_up(self, reason: str) -> None:
        """The pages that are left are tried again another time."""
        self._reason = reason
        while (page := self._by.seats.next_of(self._left)) is not None:
            self._deliver(later(page, reason))

    def _deliver(self, page: Page) -> None:
        try:
            if self._keep:
                self._keep(page)
        except Exception as error:
            self._done.put(error)
        else:
            self._done.put(page)


def _interrupt(child: Child) -> None:
    """Ends the process; the thread that it belongs to notices and clears up."""
    if child.alive:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _missing(message: dict[str, Any], by: Recogniser) -> ChartsieveError:
    """In the words of the settings alone: a child that was taken over may say anything."""
    wanted, said = by.languages.split("+"), str(message.get("languages")).split("+")
    languages = ", ".join([name for name in wanted if name in said] or wanted)
    folder = str(by.data) if by.data else "the folder that was installed with Chartsieve"
    return NotRecognised(
        f"Scanned pages cannot be recognised: there are no language data for {languages} in {folder}. Nothing was "
        "lost. Set CHARTSIEVE_OCR_LANGUAGES to languages that are there, or CHARTSIEVE_OCR_DATA to a folder that has "
        "them, and start again."
    )
