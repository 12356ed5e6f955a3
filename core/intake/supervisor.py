"""Reads a document in a child process, page by page. Whatever a page does to the child costs that page alone."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

from core.domain import Page, PageRef
from core.errors import BadDocument, DamagedDocument, EncryptedDocument, TooLarge, UnsupportedFile
from core.intake.child import Child, ChildFailed, Children, Limits, whole_number
from core.intake.triage import reading, to_page

MAX_FAILURES = 5
"""Children lost on one document before the rest of it is given up."""

NOT_A_PDF = "This file is not a PDF. Save or print it as PDF and upload that."
EMPTY = "This file is empty. Upload it again from its source."
ENCRYPTED = "This PDF asks for a password. Remove the password and upload it again."
DAMAGED = "This PDF is damaged and cannot be opened. Open it in a PDF viewer, print it to a new PDF and upload that."
INCOMPLETE = "This PDF is incomplete: it has no page that can be read. Upload it again from its source."
SLOW = "This PDF took too long to open and was stopped. Print it to a new PDF and upload that."
NO_READER = (
    "Documents cannot be read at the moment: the reading process does not start. Try again later; if that does not "
    "help, ask your administrator to look at the memory of this machine."
)
GONE = "The file can no longer be opened here. Upload it again."

_LOOK = "Look at the original page; the other pages are not affected."
PAGE_DAMAGED = f"This page is damaged and could not be read. {_LOOK}"
PAGE_MEMORY = f"This page needs more memory than is allowed and could not be read. {_LOOK}"
PAGE_KILLED = f"Reading stopped unexpectedly on this page, so it could not be read. {_LOOK}"
GIVEN_UP = "Not read: reading was given up after several pages of this document failed. Look at the original page."
OUT_OF_TIME = "Not read: the time allowed for this document ran out. Look at the original page."
_SLOW_PAGE = "Reading this page took longer than"

_REJECTIONS = {
    "not_pdf": (UnsupportedFile, NOT_A_PDF),
    "encrypted": (EncryptedDocument, ENCRYPTED),
    "damaged": (DamagedDocument, DAMAGED),
    "no_pages": (DamagedDocument, INCOMPLETE),
}


@dataclass(frozen=True, slots=True)
class Opened:
    pages: int
    repaired: bool
    """The file was damaged and mended on opening: some pages may be missing."""


def inspect_document(path: Path, limits: Limits, *, children: Children | None = None, password: str = "") -> Opened:
    """Opens the document, in about half a second, without reading a page.

    Raises UnsupportedFile, EncryptedDocument, DamagedDocument or TooLarge.
    """
    _check_file(path, limits)
    with _child(children or Children(limits)) as child:
        child.send({"do": "inspect", "path": str(path), "password": password, **_times(limits)})
        return _opened(child, limits.page_seconds, limits)


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
    _check_file(path, limits)
    run = _Run(path, limits, children or Children(limits))
    with closing(run.pages(document, first)) as pages:
        for page in pages:
            if progress:
                progress(page.ref.number, run.total)
            yield page


class _Run:
    """One reading of one document, over as many children as it takes."""

    def __init__(self, path: Path, limits: Limits, children: Children) -> None:
        self._path, self._limits, self._children = path, limits, children
        self._end = time.monotonic() + limits.document_seconds
        self._failures = 0
        self.total = 0

    def pages(self, document: str, first: int) -> Generator[Page]:
        number = first
        while not self.total or number <= self.total:
            for page in self._one_child(document, number):
                yield page
                number = page.ref.number + 1
            reason = self._reason_to_stop()
            if reason:
                break
        for rest in range(number, self.total + 1):
            yield _unread(PageRef(document, rest), reason)

    def _one_child(self, document: str, first: int) -> Iterator[Page]:
        """The pages from `first` to the end, or to the one the child dies of."""
        ref = PageRef(document, first)
        try:
            with _child(self._children) as child:
                child.send({"do": "read", "path": str(self._path), "first": first, "last": 0, **_times(self._limits)})
                self._count(_opened(child, self._left(), self._limits).pages)
                while ref.number <= self.total:
                    page = self._next(child, ref)
                    yield page
                    ref = PageRef(document, ref.number + 1)
        except BadDocument:
            if not self.total:
                raise
            self._failures = MAX_FAILURES
        except (ChildFailed, ValueError, TypeError, KeyError, OverflowError) as error:
            self._failures += 1
            timed_out = isinstance(error, ChildFailed) and error.timed_out
            if time.monotonic() < self._end:
                yield _unread(ref, self._slow() if timed_out else PAGE_KILLED)

    def _count(self, pages: int) -> None:
        if self.total not in (0, pages):
            raise ValueError("the document changed its number of pages")
        self.total = pages

    def _next(self, child: Child, ref: PageRef) -> Page:
        message = child.message(self._left())
        if message.get("event") == "begin":
            message = child.message(self._left())
        whole_number(message, "number", ref.number, ref.number)
        if message.get("event") == "failed":
            return _unread(ref, PAGE_MEMORY if message.get("why") == "memory" else PAGE_DAMAGED)
        return to_page(ref, reading(message))

    def _left(self) -> float:
        return min(self._limits.page_seconds, self._end - time.monotonic())

    def _slow(self) -> str:
        seconds = self._limits.page_seconds
        return f"{_SLOW_PAGE} {seconds:g} seconds and was stopped. {_LOOK}"

    def _reason_to_stop(self) -> str:
        if time.monotonic() >= self._end:
            return OUT_OF_TIME
        return GIVEN_UP if self._failures >= MAX_FAILURES else ""


def _times(limits: Limits) -> dict[str, float]:
    return {"page_seconds": limits.page_seconds, "cpu_seconds": limits.document_seconds}


def _child(children: Children) -> Child:
    try:
        return children.take()
    except (ChildFailed, OSError) as error:
        raise BadDocument(NO_READER) from error


def _check_file(path: Path, limits: Limits) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise DamagedDocument(GONE) from error
    if not size:
        raise UnsupportedFile(EMPTY)
    if b"%PDF-" not in head:
        raise UnsupportedFile(NOT_A_PDF)
    if size > limits.max_bytes:
        raise TooLarge(
            f"This PDF has {size / 2**20:,.0f} MB; at most {limits.max_bytes / 2**20:,.0f} MB are taken in. "
            "Split it and upload the parts."
        )


def _opened(child: Child, seconds: float, limits: Limits) -> Opened:
    """The child's first message. Raises what `inspect_document` raises."""
    try:
        message = child.message(seconds)
    except ChildFailed as error:
        raise DamagedDocument(SLOW if error.timed_out else DAMAGED) from error
    if message.get("event") != "open":
        _reject(message)
    pages = message.get("pages")
    if not isinstance(pages, int) or pages < 1:
        raise DamagedDocument(DAMAGED)
    if pages > limits.max_pages:
        raise TooLarge(
            f"This PDF has {pages:,} pages; at most {limits.max_pages:,} are taken in. Split it and upload the parts."
        )
    return Opened(pages, bool(message.get("repaired")))


def _reject(message: dict[str, Any]) -> Never:
    error, text = _REJECTIONS.get(str(message.get("why")), (DamagedDocument, DAMAGED))
    raise error(text)


def _unread(ref: PageRef, problem: str) -> Page:
    return Page(ref=ref, text="", source="none", problem=problem)
