"""The database: one class, the only place that knows SQLAlchemy.

Each method is one transaction. Writers take turns, readers never wait; what a method returned as saved survives a
power cut. Times leave in UTC. Every error of the database is a `StoreError` whose message can be shown as it stands.

SQLite is the database that is tested. The migrations, the triggers and the locks have their PostgreSQL form as well.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from core.domain import (
    Case,
    CaseDocument,
    CaseScorer,
    CaseSummary,
    CriteriaSet,
    Job,
    JobState,
    Page,
    PageRef,
    ScorerCheck,
    ScorerInfo,
    Usage,
)
from core.store import answers as _answers
from core.store import audit as _audit
from core.store import case_documents as _case_documents
from core.store import case_scorers as _case_scorers
from core.store import cases as _cases
from core.store import criteria as _criteria
from core.store import documents as _documents
from core.store import jobs as _jobs
from core.store import people as _people
from core.store import scorers as _scorers
from core.store import summaries as _summaries
from core.store.audit import AuditEntry
from core.store.calibration import Calibration
from core.store.course import Course
from core.store.engine import make_engine, one_view, reading, translated, writing
from core.store.findings import Findings
from core.store.judgements import Judgements
from core.store.migrate import migrate
from core.store.rounds import Rounds

__all__ = ["AuditEntry", "Store"]


def _now() -> datetime:
    return datetime.now(UTC)


class Store(Judgements):
    """Open it with `Store.open`; share one between threads; close it, or use it in a `with` statement."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        super().__init__(engine, clock)
        self.rounds = Rounds(engine, self._at)
        """Labelling rounds."""
        self.calibration = Calibration(engine, self._at)
        """Recalibrations, certificates, and what is in force."""
        self.course = Course(engine, self._at)
        """Steps, duties, roles and templates."""
        self.findings = Findings(engine, self._at)
        """Citations, pages held by hand, remarks, what was looked at."""

    @classmethod
    def open(cls, url: str, *, clock: Callable[[], datetime] = _now) -> Self:
        """The database at `url` (SQLAlchemy address), made or brought up to date if need be.

        `clock` answers the present with a time zone. Raises StoreError when the database cannot be written, belongs to
        another program, or was written by a newer Chartsieve; nothing is changed then.
        """
        engine = make_engine(url)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, clock)

    def close(self) -> None:
        with translated():
            self._engine.dispose()

    def one_view(self) -> AbstractContextManager[None]:
        """All that is read inside is read from one view of the database, which costs less than one for each method.

        What is written meanwhile, here or elsewhere, is not seen until it ends.
        """
        return one_view(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Documents

    def add_document(self, document: str, *, size: int, pages: Sequence[Page]) -> None:
        """Keep the pages of the file with SHA-256 `document` and `size` bytes; a document kept already stays as it is.

        `pages` must be complete and in order (ValueError). `Page.duplicate_of` is not kept: it depends on the case.
        """
        rows = _documents.rows_of(document, pages)
        with writing(self._engine) as session:
            _documents.add(session, document, size=size, rows=rows, at=self._at())

    def has_document(self, document: str) -> bool:
        """Whether the pages of the document are here."""
        with reading(self._engine) as session:
            return _documents.is_read(session, document)

    def replace_pages(self, document: str, pages: Sequence[Page]) -> int:
        """Put `pages` in the place of those stored that say less; how many were replaced.

        A stored page gives way when nobody could read it (source "none"), or when nothing has tried to recognise it and
        the new page was recognised. Every other page stays as it is, and what was judged on a page stays with it.
        `pages` may be any pages of the document, or none of them (ValueError for those of another).
        """
        rows = _documents.rows(document, pages)
        with writing(self._engine) as session:
            return _documents.replace(session, document, rows, at=self._at())

    def pages(self, document: str) -> tuple[Page, ...]:
        """All pages in order, with `words` left empty. Raises NotFound when the document has not been read."""
        with reading(self._engine) as session:
            return _documents.pages(session, document)

    def page(self, ref: PageRef) -> Page:
        """One page with its words. Raises NotFound."""
        with reading(self._engine) as session:
            return _documents.page(session, ref)

    # Criteria sets

    def save_criteria(self, criteria: CriteriaSet, *, by: str) -> CriteriaSet:
        """`criteria` with its stored version.

        The same content under the same name is the version stored before; other content is the next version.
        """
        with writing(self._engine) as session:
            return _criteria.save(session, criteria, by=by, at=self._at())[1]

    def criteria_sets(self) -> list[CriteriaSet]:
        """The newest version of each name, newest first."""
        with reading(self._engine) as session:
            return _criteria.newest(session)

    # Cases

    def create_case(
        self,
        name: str,
        *,
        criteria: CriteriaSet,
        documents: Sequence[CaseDocument],
        scorer: ScorerInfo,
        rule: str,
        by: str,
    ) -> int:
        """The id of a new case with its criteria set saved, `scorer` in force and its job waiting: all or nothing.

        The documents may be read later; `CaseDocument.pages` counts until then. With the rule "" the case follows what
        is in force. Raises StoreError when `documents` is empty or names a file twice.
        """
        with writing(self._engine) as session:
            return _cases.create(
                session, name, asked=criteria, files=documents, scorer=scorer, rule=rule, by=by, at=self._at()
            )

    def case(self, case_id: int) -> Case:
        """Raises NotFound."""
        with reading(self._engine) as session:
            return _cases.get(session, case_id)

    def cases(self) -> list[CaseSummary]:
        """The queue, newest case first."""
        with reading(self._engine) as session:
            return _summaries.all_cases(session)

    # Documents of a case

    def add_documents(self, case_id: int, documents: Sequence[CaseDocument], *, by: str) -> None:
        """Put documents at the end of the case's reading order, all or none.

        Raises NotFound for a case that is not there, and StoreError when `documents` is empty, names a file twice, or
        names one that is or was in the case: one that was replaced comes back by `replace_document`.
        """
        with writing(self._engine) as session:
            _cases.row(session, case_id)
            _case_documents.add(session, case_id, documents, by=by, at=self._at())

    def replace_document(self, case_id: int, old: str, new: CaseDocument, *, by: str) -> None:
        """Put `new` in the place that the document `old` (SHA-256) has in reading order.

        `old` is in `Case.replaced` from then on, and what was judged on its pages stays on record. `new` may be a
        document that was replaced before: it is in force again, under the new name. Raises NotFound when the case never
        had `old`, Conflict when `old` was replaced in between, and StoreError when `new` is in force already.
        """
        with writing(self._engine) as session:
            _cases.row(session, case_id)
            _case_documents.replace(session, case_id, old, new, by=by, at=self._at())

    # Scorers of a case

    def set_rule(self, case_id: int, fingerprint: str, rule: str, *, recalibration: str = "", by: str) -> None:
        """Set a rule by hand for one scorer of the case, under the version of the recalibration that it was chosen for.

        "" lets the case follow what is in force again. What is set already changes nothing. Raises NotFound.
        """
        with writing(self._engine) as session:
            _case_scorers.set_rule(
                session, case_id, fingerprint, rule, recalibration=recalibration, by=by, at=self._at()
            )

    def use_scorer(self, case_id: int, info: ScorerInfo, *, rule: str, by: str) -> None:
        """Put a scorer in force; the one in force already changes nothing. Raises NotFound.

        `rule` is for a scorer that is new to the case, "" to follow what is in force; one that was used before gets its
        own rule back.
        """
        with writing(self._engine) as session:
            _case_scorers.use(session, case_id, info, rule=rule, by=by, at=self._at())

    def case_scorers(self, case_id: int) -> list[CaseScorer]:
        """All scorers that are or were used in the case, in order of first use. Raises NotFound."""
        with reading(self._engine) as session:
            return _case_scorers.of_case(session, case_id)

    def agree(
        self, case_id: int | None, info: ScorerInfo, *, by: str, to: str, pages: int, pairs: int, tokens: int
    ) -> None:
        """Record that `by` agreed to send the case to the address `to`, and how much of it was said to be sent.

        Without a case (None) it is on record, and nothing more. Raises NotFound when the case does not use this scorer.
        """
        with writing(self._engine) as session:
            _case_scorers.agree(
                session, case_id, info, by=by, to=to, pages=pages, pairs=pairs, tokens=tokens, at=self._at()
            )

    def save_check(self, check: ScorerCheck) -> None:
        """Keep what a check came to, in the place of the one before."""
        with writing(self._engine) as session:
            _scorers.save_check(session, check)

    def last_check(self, fingerprint: str, sends_text_to: str) -> ScorerCheck | None:
        """The newest check of the scorer at that host; None when there was none."""
        with reading(self._engine) as session:
            return _scorers.last_check(session, fingerprint, sends_text_to)

    # Answers of scorers

    def save_answers(self, info: ScorerInfo, answers: Sequence[tuple[str, str, float | str]]) -> None:
        """Keep (question digest, text digest, score in [0, 1] or reason of a gap), all or nothing.

        The first score of a pair stays for good. A gap is replaced by a later score or gap, a score never by a gap.
        Raises ValueError for a score outside [0, 1].
        """
        _answers.check(answers)
        with writing(self._engine) as session:
            _answers.save(session, info, answers)

    def answers(
        self, fingerprint: str, questions: Sequence[str], texts: Sequence[str]
    ) -> dict[tuple[str, str], float | str]:
        """What is known for questions x texts: {(question digest, text digest): score or reason of a gap}."""
        with reading(self._engine) as session:
            return _answers.find(session, fingerprint, questions, texts)

    # Jobs

    def job(self, case_id: int) -> Job | None:
        """None when there is no such case."""
        with reading(self._engine) as session:
            return _jobs.get(session, case_id)

    def queue_job(self, case_id: int, *, fingerprint: str | None = None, by: str | None = None) -> None:
        """Set the job to "waiting" with no progress, whatever state it is in.

        `fingerprint` is the scorer to ask and `by` who wants it; None leaves either as it is. What was used so far is
        kept, except that another scorer, or a job that was done, counts from zero. Raises NotFound for a case or a
        scorer that is not here; nothing changes then.
        """
        with writing(self._engine) as session:
            _jobs.queue(session, case_id, fingerprint=fingerprint, by=by, at=self._at())

    def update_job(
        self,
        case_id: int,
        *,
        state: JobState,
        stage: str = "",
        done: int = 0,
        total: int = 0,
        message: str = "",
        usage: Usage | None = None,
        rate: float | None = None,
        seconds_left: float | None = None,
    ) -> bool:
        """Replace what the job says; with `usage` None what it has used stays. Raises NotFound.

        A job that is done, failed or cancelled leaves that state only by `queue_job`: an update of it changes nothing
        and returns False, so that progress reported late never undoes a cancellation.
        """
        with writing(self._engine) as session:
            return _jobs.change(
                session,
                case_id,
                at=self._at(),
                state=state,
                usage=usage,
                stage=stage,
                done=done,
                total=total,
                message=message,
                rate=rate,
                seconds_left=seconds_left,
            )

    def unfinished_jobs(self) -> list[int]:
        """Cases whose job is waiting or running, oldest first: what to pick up when the program starts."""
        with reading(self._engine) as session:
            return _jobs.unfinished(session)

    # People and audit

    def reviewers(self) -> list[str]:
        """Names seen, latest first."""
        with reading(self._engine) as session:
            return _people.reviewers(session)

    def add_reviewer(self, name: str) -> None:
        """Put `name` first among the people seen."""
        with writing(self._engine) as session:
            _people.remember(session, name)

    def audit(self, case_id: int | None = None) -> list[AuditEntry]:
        """The audit log, oldest first; of one case, or all of it."""
        with reading(self._engine) as session:
            return _audit.entries(session, case_id)

    def verify_audit(self) -> int | None:
        """The id of the first entry that is missing, changed, or disagrees with the row that it speaks of.

        None: all hold. A row that the log should know and does not counts as the entry after the last.
        """
        with reading(self._engine) as session:
            return _audit.first_broken(session)
