"""The use cases: what the screens and the command line call. The only module that joins the doors."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import BinaryIO

from core.chart import Chart, build_chart
from core.criteria import read_criteria
from core.domain import (
    Box,
    Case,
    CaseDocument,
    Citation,
    CriteriaSet,
    Criterion,
    Decision,
    DecisionOutcome,
    Label,
    Page,
    Verdict,
)
from core.errors import BadDocument, NotFound
from core.intake import Limits, Renderer, inspect_pdf, mark_duplicates, may_succeed_later, read_pdf
from core.jobs import Jobs, Report
from core.labels import LabelRow, label_row
from core.layout import line_boxes
from core.lock import FolderLock
from core.samples import Sample
from core.scorers import Scorer, highlight, open_scorer
from core.scoring import known_outcomes, score_all
from core.selection import DEFAULT_RULE, Rule, kept
from core.settings import Settings, make_data_dir
from core.store import Store
from core.store.files import Files, display_name

UNNAMED = "Unnamed reviewer"
UPLOAD_SECONDS = 24 * 3600.0
"""How long an upload waits for its case to be made."""
IMAGE_BYTES_KEPT = 128 << 20
REVIEWS_KEPT = 8


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken in and can be part of a case."""

    document: str
    name: str
    pages: int
    known: bool
    """True when the same bytes were stored before, under whatever name."""
    repaired: bool
    """True when the file was damaged and opened after a repair: pages may be missing."""
    unread: int = 0
    """Pages of a known file that went unread before and are read again with the next case."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A place on a page that answers a criterion."""

    quote: str
    boxes: tuple[Box, ...]
    strength: float
    """In (0, 1]; compares passages of one page only."""


class Workspace:
    """One per server or command. Thread-safe: every screen of every reviewer shares it."""

    def __init__(self, settings: Settings, store: Store, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self.settings, self.store = settings, store
        self.files = Files(settings.documents_dir)
        self.limits = Limits.from_settings(settings)
        self.jobs = Jobs(store, self._work)
        self._clock = clock
        self._folder = FolderLock(settings.data_dir)
        self._renderer = Renderer(self.limits)
        self._images: OrderedDict[tuple[str, int, int, int], bytes] = OrderedDict()
        self._image_bytes = 0
        self._charts: OrderedDict[tuple[int, datetime | None, int], Chart] = OrderedDict()
        self._readings = 0
        self._scorers: dict[str, Scorer] = {}
        self._lock = Lock()

    @classmethod
    def open(cls, settings: Settings) -> "Workspace":
        """Prepare the data folder and the database. Raises StoreError."""
        make_data_dir(settings)
        return cls(settings, Store.open(settings.database))

    def start(self) -> None:
        """Go on with what an earlier process left: unfinished work, and uploads of which no case was made.

        For a server, not for a command. Raises StoreError when another server has the data folder.
        """
        self._folder.acquire()
        self.files.sweep(older_than=UPLOAD_SECONDS)
        self.jobs.pick_up()

    def close(self) -> None:
        self.jobs.close()
        self._renderer.close()
        self.store.close()
        self._folder.release()

    def scorer(self, name: str) -> Scorer:
        """The scorer of that name, opened once. Raises ScorerError."""
        with self._lock:
            if name not in self._scorers:
                self._scorers[name] = open_scorer(name, self.settings)
            return self._scorers[name]

    # -- taking in

    def take_in(self, stream: BinaryIO, name: str) -> Upload:
        """Store an uploaded file if it is a usable PDF. Raises BadDocument; then nothing of it is kept."""
        document, _size = self.files.save(stream, self.limits.max_bytes)
        if self.store.has_document(document):
            pages = self.store.pages(document)
            unread = sum(map(may_succeed_later, pages))
            return Upload(document, display_name(name), len(pages), True, False, unread)
        try:
            opened = inspect_pdf(self.files.path(document), self.limits)
        except BadDocument:
            self.files.discard(document)
            raise
        return Upload(document, display_name(name), opened.pages, False, opened.repaired)

    def open_sample(self, sample: Sample, *, by: str) -> int:
        """The case of a sample packet, made if it is not there yet."""
        with sample.pdf.open("rb") as stream:
            upload = self.take_in(stream, sample.pdf.name)
        for case in self.store.cases():
            if case.name == sample.name and self.store.case(case.id).documents[0].document == upload.document:
                return case.id
        criteria = read_criteria(sample.criteria.read_bytes(), sample.criteria.name)
        return self.create_case(sample.name, [upload], criteria, by=by)

    def create_case(self, name: str, uploads: Sequence[Upload], criteria: CriteriaSet, *, by: str) -> int:
        """A new case; reading and scoring start at once, off the screen.

        Raises NotFound when an upload waited too long for its case and was swept; then no case is made.
        """
        for upload in uploads:
            self.files.keep(upload.document)
        documents = [CaseDocument(u.document, u.name, u.pages) for u in uploads]
        case_id = self.store.create_case(
            name,
            criteria=criteria,
            documents=documents,
            scorer=self.settings.scorer,
            rule=str(DEFAULT_RULE),
            by=by or UNNAMED,
        )
        self.jobs.start(case_id)
        return case_id

    def _work(self, case_id: int, report: Report) -> None:
        """Read what is not read yet and may be read now, then score what is not scored yet."""
        case = self.store.case(case_id)
        total, done = sum(d.pages for d in case.documents), 0
        for document in case.documents:
            report("Reading pages", done, total)
            self._read(document, lambda n, before=done: report("Reading pages", before + n, total))  # type: ignore[misc]
            done += document.pages
        pages = self._pages(case)
        pairs = len(pages) * len(case.criteria)
        report("Scoring pages against criteria", 0, pairs)
        score_all(
            self.scorer(case.scorer),
            list(case.criteria),
            pages,
            cache=self.store,
            progress=lambda n, of: report("Scoring pages against criteria", n, of),
        )

    def _read(self, document: CaseDocument, progress: Callable[[int], None]) -> None:
        if not self.store.has_document(document.document):
            self._read_first(document, progress)
        elif unread := [p.ref.number for p in self.store.pages(document.document) if may_succeed_later(p)]:
            with suppress(BadDocument, NotFound):  # the pages that are there stay good without the file
                self._read_again(document.document, unread, progress)

    def _read_again(self, document: str, unread: Sequence[int], progress: Callable[[int], None]) -> None:
        """Read from the first of the pages `unread` on, and keep those of them that came out otherwise this time."""
        mended = []
        for page in read_pdf(self.files.path(document), document=document, limits=self.limits, first=unread[0]):
            if page.ref.number in unread and not may_succeed_later(page):
                mended.append(page)
            progress(page.ref.number)
        if mended:
            self.store.replace_unread(document, mended)
            with self._lock:
                self._readings += 1

    def _read_first(self, document: CaseDocument, progress: Callable[[int], None]) -> None:
        path = self.files.path(document.document)
        pages = []
        for page in read_pdf(path, document=document.document, limits=self.limits):
            pages.append(page)
            progress(len(pages))
        self.store.add_document(document.document, size=path.stat().st_size, pages=pages)

    # -- looking

    def _pages(self, case: Case) -> list[Page]:
        """Pages of the case in order, repeats marked. Raises NotFound while a document is not read yet."""
        pages: list[Page] = []
        for document in case.documents:
            if not self.store.has_document(document.document):
                raise NotFound("This case is still being read. Its pages appear as soon as all of them are read.")
            pages += self.store.pages(document.document)
        return mark_duplicates(pages)

    def chart(self, case_id: int) -> Chart:
        """Pages and scores of a case as far as they are known. Raises NotFound while its pages are not read yet."""
        job = self.store.job(case_id)
        key = case_id, job.updated_at if job else None, self._readings
        with self._lock:
            if key in self._charts:
                self._charts.move_to_end(key)
                return self._charts[key]
        case = self.store.case(case_id)
        pages, info = self._pages(case), self.scorer(case.scorer).info
        outcomes = known_outcomes(info, case.criteria, pages, self.store)
        chart = build_chart(case.criteria, case.documents, pages, info, outcomes)
        with self._lock:
            self._charts[key] = chart
            while len(self._charts) > REVIEWS_KEPT:
                self._charts.popitem(last=False)
        return chart

    def image(self, page: Page, *, dpi: int = 100, rotate: int = 0) -> bytes:
        """PNG of the page; `rotate` turns it clockwise by 0, 90, 180 or 270 degrees. Raises PageUnavailable."""
        key = page.ref.document, page.ref.number, dpi, rotate
        with self._lock:
            if key in self._images:
                self._images.move_to_end(key)
                return self._images[key]
        image = self._renderer.render(self.files.path(page.ref.document), page.ref.number, dpi=dpi, rotate=rotate)
        with self._lock:
            if key not in self._images:
                self._images[key] = image
                self._image_bytes += len(image)
            while self._image_bytes > IMAGE_BYTES_KEPT:
                self._image_bytes -= len(self._images.popitem(last=False)[1])
        return image

    def passages(self, criterion: Criterion, page: Page) -> list[Passage]:
        """Places on the page that speak to the criterion, strongest first; empty for a page without words."""
        words = self.store.page(page.ref).words
        return [
            Passage(" ".join(w.text for w in words[start:end]), line_boxes(words[start:end]), strength)
            for start, end, strength in highlight(criterion.question, [w.text for w in words])
        ]

    # -- judging

    def mark(
        self, case_id: int, criterion: str, page: Page, verdict: Verdict, *, reviewer: str, rule: Rule, note: str = ""
    ) -> bool:
        """Store a page judgement with where it came from. False when it is already stored so."""
        chart = self.chart(case_id)
        r, c = chart.grid.criteria.index(criterion), chart.grid.pages.index(page.ref)
        gap = (r, c) in chart.grid.reasons
        shown = bool(kept(chart.grid.milli[r : r + 1], rule)[0, c])
        label = Label(
            page=page.ref,
            criterion=criterion,
            verdict=verdict,
            reviewer=reviewer,
            at=self._clock(),
            arm="shown" if shown else "found",
            fingerprint=chart.grid.fingerprint,
            recalibration=chart.recalibration,
            score=None if gap else float(chart.grid.scores[r, c]),
            probability=None if gap else float(chart.grid.probabilities[r, c]),
            threshold=rule.threshold,
            note=note,
        )
        return self.store.add_label(case_id, label)

    def decide(
        self, case_id: int, criterion: str, outcome: DecisionOutcome, rationale: str, *, reviewer: str, seen: int
    ) -> Decision | None:
        """Store a decision; the pages that the reviewer marked relevant become its citations.

        `seen` is the id of the newest decision on the screen, 0 for none. None when nothing changed; raises Conflict
        when somebody else decided in between.
        """
        relevant = {
            label.page
            for _, label in self.store.labels(case_id)
            if label.criterion == criterion and label.reviewer == reviewer and label.verdict == "relevant"
        }
        pages = self.chart(case_id).pages
        citations = tuple(Citation(page.ref, page.label) for page in pages if page.ref in relevant)
        decision = Decision(criterion, outcome, rationale.strip(), reviewer, self._clock(), citations)
        return self.store.decide(case_id, decision, seen=seen)

    # -- handing on

    def label_rows(self, case_id: int | None = None) -> list[LabelRow]:
        """Every label with its provenance and the words of its criterion; of one case, or of all."""
        cases: dict[int, Case] = {}
        rows = []
        for case, label in self.store.labels(case_id):
            if case not in cases:
                cases[case] = self.store.case(case)
            found = cases[case]
            rows.append(
                label_row(
                    case,
                    label,
                    found.criteria[label.criterion],
                    document_name=next(d.name for d in found.documents if d.document == label.page.document),
                    case_name=found.name,
                )
            )
        return rows
