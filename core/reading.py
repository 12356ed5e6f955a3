"""Documents of a case become pages: first what carries its text, then what must be recognised."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from threading import Condition, Lock, Semaphore
from typing import NamedTuple

from core.domain import Case, CaseDocument, Page, PageRef
from core.errors import BadDocument, NotFound, NotRecognised
from core.intake import Children, Recogniser, may_succeed_later, read_document
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
        self._recognising: set[str] = set()
        self._recognised = Condition()
        self._poor_layers: dict[PageRef, bool] = {}

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
        """How many of the pages are tried when their case is next worked on: scans, and documents not begun yet.

        Words are not needed. Quick enough for every click.
        """
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
        """Recognise the scans of the case. Why pages were left untried, as a sentence; "" when none was.

        Scans of replaced documents come last: what has changed can be told only of pages that were read. Each page is
        stored as it is done, also while `report` takes its time. A document that another case shares is
        recognised once: whoever comes second waits, and goes on with what is left.
        """
        recogniser = self._recogniser
        if recogniser is None:
            return ""
        read = [d.document for d in (*case.documents, *case.replaced) if self._store.has_document(d.document)]
        counts = {document: self.waiting(self._store.pages(document)) for document in read}
        total, done, unread, reason = sum(counts.values()), 0, 0, ""

        def tick() -> None:
            report(RECOGNISING, done, total)

        def another(document: str, count: int, before: int) -> None:
            """Says how far the other case is."""
            report(RECOGNISING, done + min(count, self._replaced[document] - before), total)

        def came(page: Page) -> None:
            nonlocal done, unread
            done += 1
            unread += recogniser.wants(page)
            tick()

        try:
            for document, count in counts.items():
                if not count:
                    continue
                with self._alone_with(document, partial(another, document, count, self._replaced[document])):
                    scans = self._scans(document)
                    done += max(0, count - len(scans))
                    reason = drained(self._pages_recognised(recogniser, document, scans, tick), came) or reason
        except (NotRecognised, NotFound) as error:
            return str(error)
        return _left_untried(reason, unread) if reason else ""

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
        if self._store.replace_pages(document, pages):
            with self._lock:
                self._replaced[document] += 1

    @contextmanager
    def _alone_with(self, document: str, wait: Callable[[], None]) -> Iterator[None]:
        """Nobody else recognises pages of the document meanwhile; calls `wait` again and again until that is so."""
        while not self._taken(document):
            wait()
        try:
            yield
        finally:
            with self._recognised:
                self._recognising.discard(document)
                self._recognised.notify_all()

    def _taken(self, document: str) -> bool:
        with self._recognised:
            if not self._recognised.wait_for(lambda: document not in self._recognising, SECONDS_BETWEEN_REPORTS):
                return False
            self._recognising.add(document)
            return True

    def _scans(self, document: str) -> list[Page]:
        """With their words: a text layer is compared with what is recognised, and exact words are kept."""
        return [self._store.page(page.ref) for page in self._store.pages(document) if self._is_scan(page)]

    def _is_scan(self, page: Page) -> bool:
        if self._recogniser is None:
            return False
        if page.source != "text" or "foreign_ocr" not in page.notes:
            return self._recogniser.wants(page)
        if page.ref not in self._poor_layers:  # judging a layer takes a millisecond, and it never changes
            self._poor_layers[page.ref] = self._recogniser.wants(page)
        return self._poor_layers[page.ref]

    def _pages_recognised(
        self, recogniser: Recogniser, document: str, scans: Sequence[Page], tick: Callable[[], None]
    ) -> Generator[Page, None, str]:
        """In the order in which they are done; what was started ends when the caller stops."""
        if not scans:
            return ""
        keep = partial(self._keep, document)
        with closing(recogniser.recognise(self._files.path(document), scans, tick=tick, keep=keep)) as pages:
            return (yield from pages)

    def _keep(self, document: str, page: Page) -> None:
        if page.source != "text":  # nothing became of it, and its text goes on to stand for it
            self._replace(document, [page])


def drained(pages: Generator[Page, None, str], came: Callable[[Page], None]) -> str:
    """Gives each page to `came`; what the generator says in the end."""
    with closing(pages):
        while True:
            try:
                page = next(pages)
            except StopIteration as end:
                return str(end.value)
            came(page)


def _left_untried(reason: str, pages: int) -> str:
    if pages == 1:
        return f"{reason}; 1 page is not read. Start again to try it once more."
    return f"{reason}; {pages:,} pages are not read. Start again to try them once more."
