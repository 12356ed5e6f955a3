"""Draws pages as PNG in a few long-lived child processes, replaced when they crash, hang, grow old or stand idle."""

import threading
import time
from pathlib import Path
from typing import Final

from core.errors import PageUnavailable
from core.intake.child import Child, ChildFailed, Children, Limits, whole_number

MOST_CHILDREN: Final = 2
"""Pages drawn at once: beside a page that takes its time, those of other cases still come."""
PAGES_PER_CHILD: Final = 200
"""After so many pictures a child is replaced, for its memory never shrinks fully."""
IDLE_SECONDS: Final = 300.0
"""A child that has drawn nothing for so long is ended, within the same time again."""
REFUSE_SECONDS: Final = 300.0
"""For so long a page that cost a child is not tried again: every try would hold up everybody's pages."""
SLOW_SECONDS: Final = 1.0
"""A document with a slower page has one child at a time for REFUSE_SECONDS, so that it cannot take them all."""
_REST = "The other pages are not affected."
_NOT_STARTING = (
    "Pages cannot be drawn at the moment: the drawing process does not start. Try again later; if that does not "
    "help, ask your administrator to look at the memory of this machine."
)


class _TooMuchMemory(Exception):
    """The child could not get the memory for a page."""


class _Slot:
    """One place for a child. Its child belongs to the thread that made it `busy`; the rest needs the lock."""

    def __init__(self) -> None:
        self.child: Child | None = None
        self.busy = False
        self.path, self.number = "", 0
        """The page it draws, or drew last: the child keeps that document open."""
        self.drawn = 0
        self.since = 0.0
        """When it last began or ended a page, on the monotonic clock; starting a child does not count."""

    def drop(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child = None
        self.drawn = 0


class Renderer:
    """At most MOST_CHILDREN children for all callers. Thread-safe. `close()` ends them; drawing again starts others."""

    def __init__(self, limits: Limits, children: Children | None = None) -> None:
        self._limits, self._children = limits, children or Children(limits)
        self._turn = threading.Condition()
        self._slots = tuple(_Slot() for _ in range(MOST_CHILDREN))
        self._refused: dict[tuple[str, int], float] = {}
        self._slow: dict[str, float] = {}
        self._timer: threading.Timer | None = None

    def __enter__(self) -> "Renderer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def render(self, path: Path, number: int, *, dpi: int = 100, rotate: int = 0) -> bytes:
        """PNG of page `number` (from 1) as displayed, turned further by `rotate` degrees clockwise (0, 90, 180, 270).

        Grey when the page has no colour, else RGB. At most 25 million pixels: very large pages get fewer than `dpi`.
        Raises PageUnavailable; the next call works again.
        """
        if rotate not in (0, 90, 180, 270) or not 10 <= dpi <= 600:
            raise ValueError("rotate must be 0, 90, 180 or 270 and dpi 10 to 600")
        slot = self._take(str(path), number)
        try:
            return self._draw(slot, {"path": str(path), "number": number, "dpi": dpi, "rotate": rotate})
        finally:
            self._give_back(slot, str(path))

    def close(self) -> None:
        """Ends the children, each after the page it is drawing."""
        with self._turn:
            self._turn.wait_for(lambda: not any(slot.busy for slot in self._slots))
            for slot in self._slots:
                slot.drop()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _take(self, path: str, number: int) -> _Slot:
        """Waits for a slot. Raises PageUnavailable for a page that is refused."""
        with self._turn:
            while (slot := self._free(path, number)) is None:
                self._turn.wait()
            if time.monotonic() < self._refused.get((path, number), 0.0):
                raise PageUnavailable(f"Page {number} cannot be drawn: it stopped the drawing just before. {_REST}")
            slot.busy, slot.path, slot.number, slot.since = True, path, number, time.monotonic()
            return slot

    def _free(self, path: str, number: int) -> _Slot | None:
        """The best of the slots that may draw this page now: with the document open, else with a child, else any.

        The same page is never drawn twice at once: should it hang, it would take two children with it.
        """
        numbers = [slot.number for slot in self._slots if slot.busy and slot.path == path]
        if number in numbers or (numbers and time.monotonic() < self._slow.get(path, 0.0)):
            return None
        free = (slot for slot in self._slots if not slot.busy)
        return max(free, key=lambda s: (s.child is not None, s.path == path, -s.since), default=None)

    def _give_back(self, slot: _Slot, path: str) -> None:
        with self._turn:
            now = time.monotonic()
            if now - slot.since > SLOW_SECONDS:
                self._slow = {p: until for p, until in self._slow.items() if until > now}
                self._slow[path] = now + REFUSE_SECONDS
            slot.busy, slot.since = False, now
            self._watch()
            self._turn.notify_all()

    def _draw(self, slot: _Slot, request: dict[str, str | int]) -> bytes:
        number = int(request["number"])
        if slot.drawn >= PAGES_PER_CHILD:
            slot.drop()
        for fresh in (slot.child is None, True):
            try:
                return self._ask(slot, request)
            except (ChildFailed, ValueError, OSError, _TooMuchMemory) as error:
                slot.drop()
                timed_out = isinstance(error, ChildFailed) and error.timed_out
                if fresh or timed_out:
                    self._refuse((str(request["path"]), number))
                    raise PageUnavailable(f"Page {number} cannot be drawn: {self._why(error)}. {_REST}") from error
            except PageUnavailable:
                raise
            except BaseException:  # interrupted: the picture still to come would be taken for the next page's
                slot.drop()
                raise
        raise AssertionError("a fresh child either draws or raises")

    def _ask(self, slot: _Slot, request: dict[str, str | int]) -> bytes:
        seconds = self._limits.page_seconds
        child = slot.child or self._start(slot)
        slot.drawn += 1
        child.send(request)
        message = child.message(seconds)
        if message.get("event") == "picture":
            return child.data(whole_number(message, "size", 1, 64 << 20), seconds)
        if message.get("why") == "memory":
            raise _TooMuchMemory
        raise PageUnavailable(f"Page {request['number']} is damaged and cannot be drawn. {_REST}")

    def _start(self, slot: _Slot) -> Child:
        try:
            slot.child = self._children.take()
        except (ChildFailed, OSError) as error:
            raise PageUnavailable(_NOT_STARTING) from error
        slot.since = time.monotonic()
        slot.child.send({"do": "render", "page_seconds": self._limits.page_seconds})
        return slot.child

    def _why(self, error: Exception) -> str:
        if isinstance(error, _TooMuchMemory):
            return "it needs more memory than is allowed"
        if isinstance(error, ChildFailed) and error.timed_out:
            return f"it took longer than {self._limits.page_seconds:g} seconds and was stopped"
        return "drawing stopped unexpectedly"

    def _refuse(self, place: tuple[str, int]) -> None:
        with self._turn:
            now = time.monotonic()
            self._refused = {p: until for p, until in self._refused.items() if until > now}
            self._refused[place] = now + REFUSE_SECONDS

    def _watch(self) -> None:
        """Looks in later, as long as there is a child. The caller holds the lock."""
        if self._timer is None and any(slot.child is not None for slot in self._slots):
            self._timer = threading.Timer(IDLE_SECONDS, self._end_idle)
            self._timer.daemon = True
            self._timer.start()

    def _end_idle(self) -> None:
        with self._turn:
            self._timer = None
            for slot in self._slots:
                if not slot.busy and time.monotonic() - slot.since >= IDLE_SECONDS:
                    slot.drop()
            self._watch()
