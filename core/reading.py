"""Documents of a case become pages: first what carries its text, then what must be recognised."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from threading import Lock, Semaphore
from typing import NamedTuple

from core.domain import Case, CaseDocument, Page, PageRef
from core.errors import BadDocument, NotFound, NotRecognised
from core.intake import Children, Recogniser, may_succeed_later, read_document, wants_recognition
from core.jobs import SECONDS_BETWEEN_REPORTS
from core.store import Store
from core.store.files import Files

READERS = 1
"""Documents read at once."""
READING, QUEUEING = "Reading pages", "Waiting while another case is read"
RECOGNISING = "Reading scanned pages"
NOT_READ_YET = "This page has not been read yet."

Report = Callable[[str, int, int], None]
"""Called with (stage, pages done, pages in all); what it raises ends the work."""


class Read(NamedTuple):
    """How often something was read since the start of the app."""

    documents: int
    """Documents, for the first time."""
    pages: int
    """Pages that went unread before."""


class CaseReader:
    """Reads and recognises, and stores what came of it. Thread-safe: several cases are worked on at once."""

    def __init__(self, store: Store, files: Files, children: Children, recogniser: Recogniser | None) -> None:
        """Without a recogniser scanned pages stay unread."""
        self._store, self._files, self._children, self._recogniser = store, files, children, recogniser
        self._read_first_time: Counter[str] = Counter()
        self._replaced: Counter[str] = Counter()
        self._lock = Lock()
        self._turn = Semaphore(READERS)

    def progress(self, case: Case) -> "Read":
        """Another answer than before: the pages of the case are not what they were."""
        with self._lock:
            return Read(
                sum(self._read_first_time[d.document] for d in case.documents),
                sum(self._replaced[d.document] for d in case.documents),
            )

    def is_read(self, case: Case) -> bool:
        """Whether every document of the case was read; scans among them may go unread still."""
        return all(self._store.has_document(document.document) for document in case.documents)

    def pages(self, case: Case) -> list[Page]:
        """Pages of the case in order. Raises NotFound while a document is not read yet."""
        if not self.is_read(case):
            raise NotFound("This case is still being read. Try again as soon as all of its pages are read.")
        return self.pages_so_far(case)

    def pages_so_far(self, case: Case) -> list[Page]:
        """As `pages`; those of a document that is not read yet stand there unread."""
        pages: list[Page] = []
        for document in case.documents:
            try:
                pages += self._store.pages(document.document)
            except NotFound:
                refs = (PageRef(document.document, number) for number in range(1, document.pages + 1))
                pages += [Page(ref, "", source="none", problem=NOT_READ_YET) for ref in refs]
        return pages

    def waiting(self, pages: Iterable[Page]) -> int:
        """How many of the pages are read when their case is next worked on: scans, and documents not begun yet."""
        return sum(page.problem == NOT_READ_YET or self._is_scan(page) for page in pages)

    def read(self, case: Case, report: Report) -> None:
        """Read what is not read yet, and once more what may be read now."""
        total, done = sum(d.pages for d in case.documents), 0
        for document in case.documents:
            report(READING, done, total)
            with self._turn_to_read(document, lambda at=done: report(QUEUEING, at, total)):  # type: ignore[misc]
                self._read(document, lambda n, before=done: report(READING, before + n, total))  # type: ignore[misc]
            done += document.pages

    def recognise(self, case: Case, report: Report) -> str:
        """Recognise the scans of the case, each stored as it is done. Why that is not possible; "" when it was."""
        if self._recogniser is None:
            return ""
        wanted = {d.document: self._scans(d.document) for d in case.documents}
        total, done = sum(map(len, wanted.values())), 0
        try:
            for document, scans in wanted.items():
                for page in self._recognised(self._recogniser, document, scans):
                    self._replace(document, [page])
                    done += 1
                    report(RECOGNISING, done, total)
        except (NotRecognised, NotFound) as error:
            return str(error)
        return ""

    @contextmanager
    def _turn_to_read(self, document: CaseDocument, wait: Callable[[], None]) -> Iterator[None]:
        """Reading takes the machine's processors and memory, so that few documents are read at once."""
        if self._store.has_document(document.document) and not self._unread(document):
            yield
            return
        while not self._turn.acquire(timeout=SECONDS_BETWEEN_REPORTS):
            wait()
        try:
            yield
        finally:
            self._turn.release()

    def _read(self, document: CaseDocument, progress: Callable[[int], None]) -> None:
        if not self._store.has_document(document.document):
            self._read_first(document, progress)
        elif unread := self._unread(document):
            with suppress(BadDocument, NotFound):  # the pages that are there stay good without the file
                self._read_again(document.document, unread, progress)

    def _unread(self, document: CaseDocument) -> list[int]:
        """Numbers of the pages of a document that was read, which may be read better now."""
        return [page.ref.number for page in self._store.pages(document.document) if may_succeed_later(page)]

    def _read_again(self, document: str, unread: Sequence[int], progress: Callable[[int], None]) -> None:
        """Read from the first of the pages `unread` on, and keep those of them that came out otherwise this time."""
        mended = []
        for page in self._pages_of(document, first=unread[0]):
            if page.ref.number in unread and not may_succeed_later(page):
                mended.append(page)
            progress(page.ref.number)
        if mended:
            self._replace(document, mended)

    def _read_first(self, document: CaseDocument, progress: Callable[[int], None]) -> None:
        path, pages = self._files.path(document.document), []
        for page in self._pages_of(document.document):
            pages.append(page)
            progress(len(pages))
        self._store.add_document(document.document, size=path.stat().st_size, pages=pages)
        with self._lock:
            self._read_first_time[document.document] += 1

    def _pages_of(self, document: str, first: int = 1) -> Iterator[Page]:
        return read_document(
            self._files.path(document),
            document=document,
            limits=self._children.limits,
            children=self._children,
            first=first,
        )

    def _replace(self, document: str, pages: Sequence[Page]) -> None:
        self._store.replace_pages(document, pages)
        with self._lock:
            self._replaced[document] += 1

    def _scans(self, document: str) -> list[Page]:
        return [page for page in self._store.pages(document) if self._is_scan(page)]

    def _is_scan(self, page: Page) -> bool:
        return self._recogniser is not None and wants_recognition(page)

    def _recognised(self, recogniser: Recogniser, document: str, scans: Sequence[Page]) -> Iterator[Page]:
        """In the order in which they are done; what was started ends when the caller stops."""
        if scans:
            with closing(recogniser.recognise(self._files.path(document), scans)) as pages:
                yield from pages
