"""What is done for a case off the screen: its pages are read, then scored."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock, Semaphore

from core.domain import Case, CaseDocument, Gap, Page, ScorerInfo
from core.errors import BadDocument, NotAgreed, NotFound, ScorerError
from core.figures import missing_in_words
from core.intake import Limits, mark_duplicates, may_succeed_later, read_document
from core.jobs import SECONDS_BETWEEN_REPORTS, Report
from core.roster import Roster
from core.scoring import UNREADABLE, plan, score_all
from core.store import Store
from core.store.files import Files

READERS = 1
"""Documents read at once."""
READING, QUEUEING = "Reading pages", "Waiting while another case is read"
CHECKING, SCORING = "Testing the scorer", "Scoring pages against criteria"


class CaseWork:
    """The work of the jobs. Thread-safe: several cases are worked on at once."""

    def __init__(self, store: Store, files: Files, limits: Limits, roster: Roster) -> None:
        self._store, self._files, self.limits, self._roster = store, files, limits, roster
        self.readings = 0
        """Counts up when pages that went unread were read after all."""
        self._lock = Lock()
        self._reader = Semaphore(READERS)

    def __call__(self, case_id: int, report: Report) -> str:
        """Read what is not read yet and may be read now, then score what is not scored yet. What is missing then."""
        case, job = self._store.case(case_id), self._store.job(case_id)
        self._read_all(case, report)
        used = {u.info.fingerprint: u.info for u in self._store.case_scorers(case_id)}
        scorer = self._roster.same(used[job.fingerprint] if job and job.fingerprint in used else case.scorer)
        name, criteria, pages = scorer.info.name, list(case.criteria), self.pages(case)
        asked = plan(scorer, criteria, pages, self._store).pairs
        if asked:
            if not self.agreed(case_id, scorer.info):
                raise NotAgreed(not_agreed(scorer.info))
            report(CHECKING, 0, 0)
            self._roster.ready(name, lambda: report(CHECKING, 0, 0))
        scored = score_all(
            scorer,
            criteria,
            pages,
            cache=self._store,
            progress=lambda progress: report.scoring(SCORING, progress),
            limiter=self._roster.limiter(name),
        )
        reasons = Counter(o.reason for o in scored.outcomes if isinstance(o, Gap) and o.reason != UNREADABLE)
        if reasons:
            self._roster.doubt(name)
        if scored.stopped:
            raise ScorerError(scored.stopped)
        return missing_in_words(reasons)

    def agreed(self, case_id: int, info: ScorerInfo) -> bool:
        """Whether pages of the case may go where the scorer sends them now; true when nothing leaves this machine."""
        return not info.sends_text_to or any(
            used.info.fingerprint == info.fingerprint and used.agreed_to == info.sends_text_to
            for used in self._store.case_scorers(case_id)
        )

    def pages(self, case: Case) -> list[Page]:
        """Pages of the case in order, repeats marked. Raises NotFound while a document is not read yet."""
        pages: list[Page] = []
        for document in case.documents:
            if not self._store.has_document(document.document):
                raise NotFound("This case is still being read. Its pages appear as soon as all of them are read.")
            pages += self._store.pages(document.document)
        return mark_duplicates(pages)

    def _read_all(self, case: Case, report: Report) -> None:
        total, done = sum(d.pages for d in case.documents), 0
        for document in case.documents:
            report(READING, done, total)
            with self._turn_to_read(document, lambda at=done: report(QUEUEING, at, total)):  # type: ignore[misc]
                self._read(document, lambda n, before=done: report(READING, before + n, total))  # type: ignore[misc]
            done += document.pages

    @contextmanager
    def _turn_to_read(self, document: CaseDocument, wait: Callable[[], None]) -> Iterator[None]:
        """Reading takes the machine's processors and memory, so that few documents are read at once."""
        if self._store.has_document(document.document) and not self._unread(document):
            yield
            return
        while not self._reader.acquire(timeout=SECONDS_BETWEEN_REPORTS):
            wait()
        try:
            yield
        finally:
            self._reader.release()

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
        for page in read_document(self._files.path(document), document=document, limits=self.limits, first=unread[0]):
            if page.ref.number in unread and not may_succeed_later(page):
                mended.append(page)
            progress(page.ref.number)
        if mended:
            self._store.replace_unread(document, mended)
            with self._lock:
                self.readings += 1

    def _read_first(self, document: CaseDocument, progress: Callable[[int], None]) -> None:
        path = self._files.path(document.document)
        pages = []
        for page in read_document(path, document=document.document, limits=self.limits):
            pages.append(page)
            progress(len(pages))
        self._store.add_document(document.document, size=path.stat().st_size, pages=pages)


def not_agreed(info: ScorerInfo) -> str:
    return f"Nothing was sent: nobody has agreed yet to send the pages of this case to {info.sends_text_to}."
