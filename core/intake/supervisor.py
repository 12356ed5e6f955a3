"""Reads a document in child processes, page by page. Whatever a page does to its child costs that page alone."""

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

from core.domain import Page, PageRef
from core.errors import BadDocument, DamagedDocument
from core.intake.child import Child, ChildFailed, Children, Limits, whole_number
from core.intake.opening import DAMAGED, check_file, opened, take_child, times
from core.intake.triage import reading, to_page

MAX_FAILURES = 5
"""Children lost on one document before the rest of it is given up."""
MANY_PAGES = 40
"""From so many on, two children read in turn: fewer are read before a second child has opened the document."""

_LOOK = "Look at the original page; the other pages are not affected."
PAGE_DAMAGED = f"This page is damaged and could not be read. {_LOOK}"
PAGE_MEMORY = f"This page needs more memory than is allowed and could not be read. {_LOOK}"
PAGE_KILLED = f"Reading stopped unexpectedly on this page, so it could not be read. {_LOOK}"
GIVEN_UP = "Not read: reading was given up after several pages of this document failed. Look at the original page."
OUT_OF_TIME = "Not read: the time allowed for this document ran out. Look at the original page."
_SLOW_PAGE = "Reading this page took longer than"


def may_succeed_later(page: Page) -> bool:
    """Whether the page went unread for want of time or memory, or because its reader was stopped.

    False for a page that was read, and for one whose own content is the reason: that would come out the same again.
    """
    if page.source != "none":
        return False
    return page.problem in (PAGE_MEMORY, PAGE_KILLED, GIVEN_UP, OUT_OF_TIME) or page.problem.startswith(_SLOW_PAGE)


def read_document(
    path: Path,
    *,
    document: str,
    limits: Limits,
    children: Children | None = None,
    progress: Callable[[int, int], None] | None = None,
    first: int = 1,
) -> Iterator[Page]:
    """Every page `first`..n exactly once and in order; a page that could not be read has source "none" and a problem.

    `document` becomes `page.ref.document`; `progress(done, total)` is called after each page. Raises as
    `inspect_document`, before the first page only.
    """
    check_file(path, limits)
    run = _Run(path, limits, children or Children(limits))
    with closing(run.pages(document, first)) as pages:
        for page in pages:
            if progress:
                progress(page.ref.number, run.total)
            yield page


class _Lane:
    """Every page whose turn it is, in one child after the other. The pipe holds what it reads ahead."""

    def __init__(self) -> None:
        self.child: Child | None = None
        self.heard = 0.0
        """When the child was last told or said something, on the monotonic clock."""
        self.reading = False
        """Whether the child was told from which page on it is to read."""

    def drop(self) -> None:
        self.reading = False
        if self.child is not None:
            self.child.kill()
            self.child = None


class _Run:
    """One reading of one document, over as many children as it takes."""

    def __init__(self, path: Path, limits: Limits, children: Children) -> None:
        self._path, self._limits, self._children = path, limits, children
        self._end = time.monotonic() + limits.document_seconds
        self._failures = 0
        self._lanes = [_Lane()]
        self.total = 0

    def pages(self, document: str, first: int) -> Generator[Page]:
        try:
            try:
                self._open(self._lanes[0])
            except ChildFailed as error:
                raise DamagedDocument(DAMAGED) from error
            if self.total - first + 1 >= MANY_PAGES and (os.cpu_count() or 1) > 1:
                self._lanes.append(_Lane())
            for number in range(first, self.total + 1):
                yield self._page(PageRef(document, number), number - first)
        finally:
            self._drop_all()

    def _page(self, ref: PageRef, turn: int) -> Page:
        """`turn` counts the pages before this one, from 0."""
        reason = self._reason_to_stop()
        if reason:
            self._drop_all()
            return _unread(ref, reason)
        lane = self._lanes[turn % len(self._lanes)]
        try:
            return self._next(lane, ref)
        except BadDocument:
            return self._with_fewer(ref)
        except (ChildFailed, ValueError, TypeError, KeyError, OverflowError) as error:
            lane.drop()
            self._failures += 1
            if time.monotonic() >= self._end:
                return _unread(ref, OUT_OF_TIME)
            silent = time.monotonic() - lane.heard >= self._limits.page_seconds  # it may have ended itself by then
            return _unread(ref, self._slow() if isinstance(error, ChildFailed) and silent else PAGE_KILLED)

    def _open(self, lane: _Lane) -> Child:
        """Raises BadDocument, ChildFailed, and ValueError for a document that is not the one it was."""
        child = lane.child = take_child(self._children)
        lane.heard = time.monotonic()
        child.send({"do": "read", "path": str(self._path), **times(self._limits)})
        pages = opened(child, self._left(), self._limits).pages
        if self.total not in (0, pages):
            raise ValueError("the document changed its number of pages")
        self.total = pages
        return child

    def _next(self, lane: _Lane, ref: PageRef) -> Page:
        child = lane.child or self._open(lane)
        if not lane.reading:
            child.send({"first": ref.number, "step": len(self._lanes)})
            lane.reading, lane.heard = True, time.monotonic()
        message = child.message(self._left())
        lane.heard = time.monotonic()
        whole_number(message, "number", ref.number, ref.number)
        if message.get("event") == "failed":
            return _unread(ref, PAGE_MEMORY if message.get("why") == "memory" else PAGE_DAMAGED)
        return to_page(ref, reading(message))

    def _with_fewer(self, ref: PageRef) -> Page:
        """A child did not start or open the document: goes on with a single one, or gives the rest up."""
        several = len(self._lanes) > 1
        self._drop_all()
        if several:
            self._lanes = [_Lane()]
            return self._page(ref, 0)
        self._failures = MAX_FAILURES
        return _unread(ref, self._reason_to_stop())

    def _drop_all(self) -> None:
        for lane in self._lanes:
            lane.drop()

    def _left(self) -> float:
        return min(self._limits.page_seconds, self._end - time.monotonic())

    def _slow(self) -> str:
        seconds = self._limits.page_seconds
        return f"{_SLOW_PAGE} {seconds:g} seconds and was stopped. {_LOOK}"

    def _reason_to_stop(self) -> str:
        if time.monotonic() >= self._end:
            return OUT_OF_TIME
        return GIVEN_UP if self._failures >= MAX_FAILURES else ""


def _unread(ref: PageRef, problem: str) -> Page:
    return Page(ref=ref, text="", source="none", problem=problem)
