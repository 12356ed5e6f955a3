"""Draws pages as PNG in one long-lived child process, which is replaced when it crashes, hangs or grows old."""

import threading
import time
from pathlib import Path
from typing import Final

from core.errors import PageUnavailable
from core.intake.child import Child, ChildFailed, Children, Limits, whole_number

PAGES_PER_CHILD: Final = 200
"""After so many pictures the child is replaced, for its memory never shrinks fully."""
REFUSE_SECONDS: Final = 300.0
"""For so long a page that cost a child is not tried again: every try would hold up everybody's pages."""
_REST = "The other pages are not affected."


class Renderer:
    """One child for all callers, one at a time behind a lock. `close()` ends it; drawing again starts another."""

    def __init__(self, limits: Limits, children: Children | None = None) -> None:
        self._limits, self._children = limits, children or Children(limits)
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._drawn = 0
        self._refused: dict[tuple[str, int], float] = {}

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
        with self._lock:
            return self._render(path, number, dpi, rotate)

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _render(self, path: Path, number: int, dpi: int, rotate: int) -> bytes:
        place = (str(path), number)
        if time.monotonic() < self._refused.get(place, 0.0):
            raise PageUnavailable(f"Page {number} cannot be drawn: it stopped the drawing just before. {_REST}")
        if self._drawn >= PAGES_PER_CHILD:
            self._drop()
        request: dict[str, str | int] = {"path": str(path), "number": number, "dpi": dpi, "rotate": rotate}
        for fresh in (self._child is None, True):
            try:
                return self._ask(request)
            except (ChildFailed, ValueError, OSError) as error:
                self._drop()
                timed_out = isinstance(error, ChildFailed) and error.timed_out
                if fresh or timed_out:
                    self._refuse(place)
                    raise PageUnavailable(self._why(number, timed_out)) from error
        raise AssertionError("a fresh child either draws or raises")

    def _ask(self, request: dict[str, str | int]) -> bytes:
        seconds = self._limits.page_seconds
        if self._child is None:
            self._child, self._drawn = self._children.take(), 0
            self._child.send({"do": "render", "page_seconds": seconds})
        self._drawn += 1
        self._child.send(request)
        message = self._child.message(seconds)
        if message.get("event") == "picture":
            return self._child.data(whole_number(message, "size", 1, 64 << 20), seconds)
        raise PageUnavailable(f"Page {request['number']} is damaged and cannot be drawn. {_REST}")

    def _why(self, number: int, timed_out: bool) -> str:
        if timed_out:
            seconds = self._limits.page_seconds
            return f"Page {number} cannot be drawn: it took longer than {seconds:g} seconds and was stopped. {_REST}"
        return f"Page {number} cannot be drawn: drawing stopped unexpectedly. {_REST}"

    def _refuse(self, place: tuple[str, int]) -> None:
        now = time.monotonic()
        self._refused = {p: until for p, until in self._refused.items() if until > now}
        self._refused[place] = now + REFUSE_SECONDS

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None
