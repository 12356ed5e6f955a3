"""The use cases: what the screens and the command line call. The only module that joins the doors."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
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
    Outcome,
    Page,
    Verdict,
)
from core.errors import BadDocument, NotFound
from core.intake import Limits, Renderer, inspect_pdf, mark_duplicates, read_pdf
from core.jobs import Jobs, Report
from core.labels import LabelRow, label_row
from core.layout import line_boxes
from core.samples import Sample
from core.scorers import Scorer, highlight, open_scorer
from core.scoring import AnswerCache, known_outcomes, score_pages
from core.selection import DEFAULT_RULE, Rule, kept
from core.settings import Settings
from core.store import Store
from core.store.files import Files, display_name

UNNAMED = "Unnamed reviewer"
UPLOAD_SECONDS = 24 * 3600.0
"""How long an upload waits for its case to be made."""
IMAGES_KEPT = 240
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
        self._renderer = Renderer(self.limits)
        self._images: OrderedDict[tuple[str, int, int, int], bytes] = OrderedDict()
        self._charts: OrderedDict[tuple[int, datetime | None], Chart] = OrderedDict()
        self._scorers: dict[str, Scorer] = {}
        self._lock = Lock()

    @classmethod
    def open(cls, settings: Settings) -> "Workspace":
        """Prepare the data folder and the database. Raises StoreError."""
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(settings, Store.open(settings.database))

    def start(self) -> None:
        """Go on with what an earlier process left: unfinished work, and uploads of which no case was made."""
        self.files.sweep(keep=self.store.documents(), older_than=UPLOAD_SECONDS)
        self.jobs.pick_up()

    def close(self) -> None:
        self.jobs.close()
        self._renderer.close()
        self.store.close()

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
        known = self.store.has_document(document)
        if known:
            return Upload(document, display_name(name), len(self.store.pages(document)), True, False)
        try:
            opened = inspect_pdf(self.files.path(document), self.limits)
        except BadDocument:
            if document not in self.store.documents():
                self.files.remove(document)
            raise
        return Upload(document, display_name(name), opened.pages, False, opened.repaired)

    def open_sample(self, sample: Sample, *, by: str) -> int:
        """The case of a sample packet, made if it is not there yet."""
        for case in self.store.cases():
            if case.name == sample.name:
                return case.id
        with sample.pdf.open("rb") as stream:
            upload = self.take_in(stream, sample.pdf.name)
        criteria = read_criteria(sample.criteria.read_bytes(), sample.criteria.name)
        return self.create_case(sample.name, [upload], criteria, by=by)

    def create_case(self, name: str, uploads: Sequence[Upload], criteria: CriteriaSet, *, by: str) -> int:
        """A new case; reading and scoring start at once, off the screen."""
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
        """Read what is not read yet, then score what is not scored yet."""
        case = self.store.case(case_id)
        total, done = sum(d.pages for d in case.documents), 0
        for document in case.documents:
            report("Reading pages", done, total)
            if not self.store.has_document(document.document):
                self._read(document, lambda n, before=done: report("Reading pages", before + n, total))  # type: ignore[misc]
            done += document.pages
        pages = self._pages(case)
        pairs = len(pages) * len(case.criteria)
        report("Scoring pages against criteria", 0, pairs)
        _run(
            self.scorer(case.scorer),
            list(case.criteria),
            pages,
            self.store,
            lambda n, of: report("Scoring pages against criteria", n, of),
        )

    def _read(self, document: CaseDocument, progress: Callable[[int], None]) -> None:
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
        key = case_id, job.updated_at if job else None
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
            self._images[key] = image
            while len(self._images) > IMAGES_KEPT:
                self._images.popitem(last=False)
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
        pages = {page.ref: page for page in self._pages(self.store.case(case_id))}
        citations = tuple(
            Citation(label.page, pages[label.page].label)
            for _, label in self.store.labels(case_id)
            if label.criterion == criterion and label.reviewer == reviewer and label.verdict == "relevant"
        )
        ordered = tuple(sorted(citations, key=lambda c: list(pages).index(c.page)))
        decision = Decision(criterion, outcome, rationale.strip(), reviewer, self._clock(), ordered)
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

    def score_files(
        self,
        paths: Sequence[Path],
        criteria: CriteriaSet,
        *,
        scorer: str,
        progress: Callable[[str, int, int], None],
    ) -> Chart:
        """Read and score PDFs that are not part of a case; answers are kept, so that a second run asks nothing.

        Raises BadDocument with the file's name.
        """
        documents, pages = [], []
        for path in paths:
            found, read = self._read_path(path, progress)
            documents.append(found)
            pages += read
        pages = mark_duplicates(pages)
        engine = self.scorer(scorer)
        outcomes = _run(
            engine, list(criteria), pages, self.store, lambda n, of: progress("Scoring pages against criteria", n, of)
        )
        return build_chart(criteria, tuple(documents), pages, engine.info, outcomes)

    def _read_path(self, path: Path, progress: Callable[[str, int, int], None]) -> tuple[CaseDocument, list[Page]]:
        try:
            opened = inspect_pdf(path, self.limits)
        except BadDocument as error:
            raise type(error)(f"{path.name}: {error}") from error
        with path.open("rb") as stream:
            document = hashlib.file_digest(stream, "sha256").hexdigest()
        pages = []
        for page in read_pdf(path, document=document, limits=self.limits):
            pages.append(page)
            progress(f"Reading {path.name}", len(pages), opened.pages)
        return CaseDocument(document, display_name(path.name), len(pages)), pages


def _run(
    scorer: Scorer,
    criteria: Sequence[Criterion],
    pages: Sequence[Page],
    cache: AnswerCache,
    progress: Callable[[int, int], None],
) -> list[Outcome]:
    """All outcomes, from a thread that has no event loop."""

    async def run() -> list[Outcome]:
        return [o async for o in score_pages(scorer, criteria, pages, cache=cache, progress=progress)]

    return asyncio.run(run())
