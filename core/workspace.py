"""The use cases: what the screens and the command line call. The only module that joins the doors."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock

from core.amend import PageChange, carry, compare
from core.batch_reading import sweep_unlocked
from core.casework import CaseWork, not_agreed
from core.charts import Charts
from core.criteria import read_criteria
from core.domain import (
    Box,
    Case,
    CaseDocument,
    CriteriaSet,
    Criterion,
    Label,
    Page,
    PageRef,
    ScorerInfo,
    Sighting,
)
from core.duties import Duties
from core.errors import ChartsieveError, Conflict, NotAgreed
from core.intake import Children, Limits, Recogniser, Renderer
from core.jobs import Jobs
from core.labelling import Labelling
from core.labels import LabelRow, label_row
from core.layout import line_boxes
from core.lock import FolderLock
from core.moved import Moved
from core.reading import CaseReader
from core.recording import Recording
from core.reviewing import Reviewing
from core.roster import Roster
from core.samples import Sample
from core.scorers import highlight
from core.scoring import Plan, plan
from core.settings import Settings, make_data_dir
from core.signing import Signing
from core.store import Store
from core.store.files import Files
from core.store.images import Images
from core.studio import Publishing, Studio, WordingBench
from core.uploads import Locked, Upload, Uploads

UNNAMED = "Unnamed reviewer"
UPLOAD_SECONDS = 24 * 3600.0
"""How long an upload waits for its case to be made."""
PASSAGES_KEPT = 2000
"""Pairs of question and page whose passages are remembered: a reviewer goes back and forth between them."""
WORKERS = 16
"""Cases worked on at once. Most of them wait for an endpoint, which costs next to nothing and must hold up no other."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A place on a page that answers a criterion."""

    quote: str
    boxes: tuple[Box, ...]
    strength: float
    """In (0, 1]; compares passages of one page only."""


class Workspace:
    """One per server or command. Thread-safe: every screen of every reviewer shares it."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        spares: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings, self.store = settings, store
        self.files = Files(settings.documents_dir)
        self.children = Children(Limits.from_settings(settings), spares)
        self.recogniser = _recogniser(settings, self.children)
        self.roster = Roster(settings, store, clock=clock)
        self.reader = CaseReader(store, self.files, self.children, self.recogniser)
        self._moved = Moved(store, self.reader)
        self.work = CaseWork(store, self.reader, self.roster)
        self.jobs = Jobs(store, self.work, workers=WORKERS)
        self.uploads = Uploads(store, self.files, self.children)
        self._clock = clock
        self._folder = FolderLock(settings.data_dir)
        self._renderer = Renderer(self.children.limits, self.children)
        self._images = Images(settings.images_dir, settings.image_cache_mb << 20)
        self.publishing = Publishing(store, clock)
        self.chart = Charts(store, self.reader, self.publishing)
        self.studio = Studio(self, self.publishing)
        self.labelling = Labelling(
            self,
            matrix=self.studio.matrices.of,
            model=self.publishing.recalibration,
            rule=self.publishing.rule,
            clock=clock,
        )
        self.wording = WordingBench(self)
        self.duties = Duties(self, clock)
        self.review = Reviewing(self, clock)
        self.signing = Signing(self, clock)
        self.recording = Recording(self, clock)
        self._passages = lru_cache(PASSAGES_KEPT)(self._find_passages)
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._starting = Lock()

    @classmethod
    def open(cls, settings: Settings, *, spares: int = 0) -> "Workspace":
        """Prepare the data folder and the database. Raises StoreError.

        `spares` is how many processes for reading documents are kept ready once the workspace is started.
        """
        make_data_dir(settings)
        return cls(settings, Store.open(settings.database), spares=spares)

    def start(self) -> None:
        """Go on with what an earlier process left: unfinished work, and uploads of which no case was made.

        For a server, not for a command. Raises StoreError when another server has the data folder.
        """
        self._folder.acquire()
        self.files.sweep(older_than=UPLOAD_SECONDS)
        sweep_unlocked(self.settings.data_dir, older_than=0.0)
        self.children.prepare()
        self.jobs.pick_up()

    def close(self) -> None:
        self._ahead.shutdown(cancel_futures=True)
        self.jobs.close()
        self.studio.close()
        if self.recogniser:
            self.recogniser.close()
        self._renderer.close()
        self.children.close()
        self.store.close()
        self._folder.release()

    # -- taking in

    def open_sample(self, sample: Sample, *, by: str) -> int:
        """The case of a sample packet, made if it is not there yet."""
        with sample.pdf.open("rb") as stream:
            upload = self.uploads.take_in(stream, sample.pdf.name)
        assert not isinstance(upload, Locked)  # noqa: S101 - ours
        for case in self.store.cases():
            if case.name == sample.name and self.store.case(case.id).documents[0].document == upload.document:
                return case.id
        criteria = read_criteria(sample.criteria.read_bytes(), sample.criteria.name)
        return self.create_case(sample.name, [upload], criteria, by=by, scorer="embedded")

    def create_case(
        self, name: str, uploads: Sequence[Upload], criteria: CriteriaSet, *, by: str, scorer: str | None = None
    ) -> int:
        """A new case; reading starts at once, off the screen, and scoring after it.

        `scorer` is the name of a scorer, None the one in the settings. A scorer that sends text away waits until
        `score` is told that somebody agreed. Raises BadDocument when an upload is gone and ScorerError when the scorer
        is not set up; no case is made.
        """
        info = self.roster.scorer(scorer or self.settings.scorer).info
        for upload in uploads:
            self.files.keep(upload.document)
        documents = [_in_case(u) for u in uploads]
        case_id = self.store.create_case(
            name, criteria=criteria, documents=documents, scorer=info, rule="", by=by or UNNAMED
        )
        self.jobs.start(case_id)
        return case_id

    def add_documents(self, case_id: int, uploads: Sequence[Upload], *, by: str) -> None:
        """Put more files at the end of a case; they are read and scored off the screen, all else stays as it is.

        Raises BadDocument when an upload is gone and StoreError when a file is in the case already; nothing changes
        then.
        """
        for upload in uploads:
            self.files.keep(upload.document)
        self.store.add_documents(case_id, [_in_case(u) for u in uploads], by=by or UNNAMED)
        self._agree_to_send(case_id, uploads, by)
        self._work_again(case_id, by)

    def replace_document(self, case_id: int, old: str, upload: Upload, *, by: str) -> None:
        """Put a file in the place of another, which stays on record. Raises as `add_documents`.

        Judgements of pages that are in both go on to count, decisions stand. Where pages of the case are sent to a
        scorer elsewhere, these are sent, too: the screen says so beforehand.
        """
        self.files.keep(upload.document)
        self.store.replace_document(case_id, old, _in_case(upload), by=by or UNNAMED)
        self._agree_to_send(case_id, [upload], by)
        self._work_again(case_id, by)

    def changes(self, old: str, new: str) -> tuple[PageChange, ...]:
        """What became of the pages of a replaced document. Raises NotFound while one of the two is not read yet."""
        return compare(self.store.pages(old), self.store.pages(new))

    def _agree_to_send(self, case_id: int, uploads: Sequence[Upload], by: str) -> None:
        """Where somebody agreed to send the case to a scorer elsewhere, who puts pages into it agrees to send them."""
        case = self.store.case(case_id)
        to = case.scorer.sends_text_to
        if to and self.work.agreed(case_id, case.scorer):
            pages = sum(upload.pages for upload in uploads)
            pairs = pages * len(case.criteria)
            self.store.agree(case_id, case.scorer, by=by or UNNAMED, to=to, pages=pages, pairs=pairs, tokens=0)

    def _work_again(self, case_id: int, by: str) -> None:
        """A run that began before the case changed does not know of it."""
        if not self.jobs.start(case_id, by=by or UNNAMED):
            self.jobs.cancel(case_id)
            self.jobs.start(case_id, by=by or UNNAMED)

    # -- scoring

    def plan(self, case_id: int, scorer: str) -> Plan:
        """What scoring the case with the scorer of that name would ask for: what is known already is not asked again.

        Raises NotFound while the pages are not read yet, and ScorerError.
        """
        case = self.store.case(case_id)
        return plan(self.roster.scorer(scorer), list(case.criteria), self.reader.pages(case), self.store)

    def score(self, case_id: int, scorer: str, *, by: str, agreed_to: str = "", shown: Plan | None = None) -> None:
        """Put the scorer of that name in force and let it score what it has not scored yet, off the screen.

        `agreed_to` is the address that the person was shown and agreed to, `shown` what was said to be sent; scans that
        are still to be read come on top, without their tokens, which nobody knows yet. Raises
        NotAgreed when text would go elsewhere, ScorerError when the scorer is not set up, and Conflict while the case
        is worked on.
        """
        info, signer = self.roster.scorer(scorer).info, by or UNNAMED
        with self._starting:
            if self.jobs.running(case_id):
                raise Conflict("This case is being worked on. Stop that first, or wait until it is done.")
            agrees = bool(agreed_to) and agreed_to == info.sends_text_to
            if not agrees and not self.work.agreed(case_id, info):
                raise NotAgreed(not_agreed(info))
            asked = shown or self.plan(case_id, scorer)
            case = self.store.case(case_id)
            scans = self.reader.waiting(self.reader.pages(case))
            self.store.use_scorer(case_id, info, rule="", by=signer)
            if agrees:
                self.store.agree(
                    case_id,
                    info,
                    by=signer,
                    to=agreed_to,
                    pages=asked.pages + scans,
                    pairs=asked.pairs + scans * len(case.criteria),
                    tokens=asked.tokens,
                )
            self.jobs.start(case_id, fingerprint=info.fingerprint, by=signer)

    def score_again(self, case_id: int, *, by: str) -> None:
        """Ask the scorer in force for what is missing. Raises as `score`, and ScorerUnusable when it is set up
        otherwise now: its scores and another one's are never mixed."""
        self.score(case_id, self.roster.same(self.store.case(case_id).scorer).info.name, by=by)

    def show_scorer(self, case_id: int, info: ScorerInfo, *, by: str) -> None:
        """Put a scorer in force without asking it for anything."""
        self.store.use_scorer(case_id, info, rule="", by=by or UNNAMED)

    # -- looking

    def image(self, page: Page, *, dpi: int = 100, rotate: int = 0) -> bytes:
        """PNG of the page; `rotate` turns it clockwise by 0, 90, 180 or 270 degrees. Raises PageUnavailable."""
        return self.picture(page.ref, dpi=dpi, rotate=rotate)

    def picture(self, ref: PageRef, *, dpi: int = 100, rotate: int = 0) -> bytes:
        """As `image`, also of a page that has not been read yet. Raises PageUnavailable, and NotFound without the
        file."""
        known = self._images.get(ref.document, ref.number, dpi, rotate)
        if known is not None:
            return known
        image = self._renderer.render(self.files.path(ref.document), ref.number, dpi=dpi, rotate=rotate)
        if self.files.is_kept(ref.document):  # of an upload that never becomes a case nothing stays
            self._images.put(ref.document, ref.number, dpi, rotate, image)
        return image

    def draw_ahead(self, wanted: Sequence[tuple[PageRef, int]], *, dpi: int = 100) -> None:
        """Draw (page, clockwise turn) off the screen, so that they are there when somebody turns to them."""
        for ref, rotate in wanted:  # what is drawn already is found there, not here: that reads the disk
            self._ahead.submit(self._draw_quietly, ref, dpi, rotate)

    def _draw_quietly(self, ref: PageRef, dpi: int, rotate: int) -> None:
        with suppress(ChartsieveError):  # said when the page is shown
            self.picture(ref, dpi=dpi, rotate=rotate)

    def passages(self, criterion: Criterion, page: Page) -> list[Passage]:
        """Places on the page that speak to the criterion, strongest first; empty for a page without words."""
        return list(self._passages(criterion.question, page.ref, page.digest, page.turn))

    def _find_passages(self, question: str, ref: PageRef, _text: str, turn: int) -> tuple[Passage, ...]:
        """`_text`: digest of the text; a page that was read anew has other passages."""
        words = self.store.page(ref).words
        return tuple(
            Passage(" ".join(w.text for w in words[start:end]), line_boxes(words[start:end], turn=turn), strength)
            for start, end, strength in highlight(question, [w.text for w in words])
        )

    def now(self) -> datetime:
        """The present, with a time zone."""
        return self._clock()

    # -- judging

    def labels(self, case_id: int, given: Sequence[Label] | None = None) -> list[Label]:
        """The newest label of each page, criterion and reviewer, of the pages in force; of those `given`, or of all.

        A label of a page that a newer document has unchanged counts for the page there, unless the reviewer has judged
        that one as well.
        """
        return self.labels_of(self.store.case(case_id), given)

    def labels_of(self, case: Case, given: Sequence[Label] | None = None) -> list[Label]:
        """As `labels`, of a case that has just been looked up."""
        labels = [label for _, label in self.store.labels(case.id)] if given is None else list(given)
        if not case.replaced:
            return labels
        in_force = {document.document for document in case.documents}
        own = [label for label in labels if label.page.document in in_force]
        judged = {_subject(label) for label in own}
        for label in reversed(carry(labels, self._moved.pages(case))):  # the latest of several speaks
            if _subject(label) not in judged:
                judged.add(_subject(label))
                own.append(label)
        return own

    def current(self, case_id: int, page: PageRef) -> PageRef | None:
        """Where a page of the case stands now: itself, or the same page of the document that took its place; None when
        it is gone or changed."""
        return self.current_in(self.store.case(case_id), page)

    def current_in(self, case: Case, page: PageRef) -> PageRef | None:
        """As `current`, of a case that has just been looked up."""
        if any(document.document == page.document for document in case.documents):
            return page
        return self._moved.pages(case).get(page)

    def look_at(self, case_id: int, page: PageRef, *, reviewer: str, note: str = "") -> bool:
        """Record that somebody looked at a page that could not be read. False when it is already on record so."""
        return self.store.add_sighting(case_id, Sighting(page, reviewer, self._clock(), note.strip()))

    # -- handing on

    def label_rows(self, case_id: int | None = None, *, to: str = "") -> list[LabelRow]:
        """Every label with its provenance and the words of its criterion; of one case, or of all.

        Left out are cases that the person `to` reviews blind: what others judged there is not for them yet.
        """
        cases: dict[int, Case] = {}
        rows = []
        hidden = self.duties.blind_cases(to) if to else frozenset()
        for case, label in self.store.labels(case_id):
            if case in hidden:
                continue
            if case not in cases:
                cases[case] = self.store.case(case)
            found = cases[case]
            rows.append(
                label_row(
                    case,
                    label,
                    found.criteria[label.criterion],
                    document_name=found.document(label.page.document).name,
                    case_name=found.name,
                )
            )
        return rows


def _recogniser(settings: Settings, children: Children) -> Recogniser | None:
    if not settings.ocr:
        return None
    return Recogniser(
        children,
        languages=settings.ocr_languages,
        data=settings.ocr_data,
        workers=settings.ocr_workers,
        seconds=settings.ocr_seconds,
    )


def _subject(label: Label) -> tuple[PageRef, str, str]:
    return label.page, label.criterion, label.reviewer


def _in_case(upload: Upload) -> CaseDocument:
    return CaseDocument(upload.document, upload.name, upload.pages)
