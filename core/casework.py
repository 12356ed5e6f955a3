"""What is done for a case off the screen: its pages are read and scored, then its scans are recognised and scored."""

import time
from collections import Counter

from core.domain import Case, Gap, ScorerInfo
from core.errors import NotAgreed, ScorerError
from core.figures import missing_in_words
from core.jobs import Report
from core.reading import CaseReader, Read
from core.roster import Roster
from core.scorers.base import Scorer
from core.scoring import UNREADABLE, plan, score_all
from core.store import Store

SECONDS_BETWEEN_SCORINGS = 5.0
"""While scans are recognised, what has come is scored so often."""
CHECKING, SCORING = "Testing the scorer", "Scoring pages against criteria"


class CaseWork:
    """The work of the jobs. Thread-safe: several cases are worked on at once."""

    def __init__(self, store: Store, reader: CaseReader, roster: Roster) -> None:
        self._store, self._reader, self._roster = store, reader, roster

    def __call__(self, case_id: int, report: Report) -> str:
        """Read what is not read yet and may be read now, then score what is not scored yet. What is missing then.

        Pages that carry their text come first: they are scored and can be reviewed before the first scan is
        recognised. Where somebody must agree before anything is sent, all is read before that is asked, so that the
        question names all that would be sent.
        """
        case = self._store.case(case_id)
        self._reader.read(case, report)
        scoring = _Scoring(self._store, self._reader, self._roster, case, self._scorer(case), report)
        if self.agreed(case_id, scoring.scorer.info):
            scoring.first()

        def recognised(stage: str, done: int, total: int) -> None:
            report(stage, done, total)
            scoring.meanwhile()

        problem = self._reader.recognise(case, recognised)
        if not self.agreed(case_id, scoring.scorer.info) and scoring.pairs():
            raise NotAgreed(not_agreed(scoring.scorer.info))
        scoring.last()
        return " ".join(sentence for sentence in (scoring.missing, problem) if sentence)

    def agreed(self, case_id: int, info: ScorerInfo) -> bool:
        """Whether pages of the case may go where the scorer sends them now; true when nothing leaves this machine."""
        return not info.sends_text_to or any(
            used.info.fingerprint == info.fingerprint and used.agreed_to == info.sends_text_to
            for used in self._store.case_scorers(case_id)
        )

    def _scorer(self, case: Case) -> Scorer:
        job = self._store.job(case.id)
        used = {u.info.fingerprint: u.info for u in self._store.case_scorers(case.id)}
        return self._roster.same(used[job.fingerprint] if job and job.fingerprint in used else case.scorer)


class _Scoring:
    """Scores the pages of one case, and again while pages are added to them: only what is new is asked."""

    def __init__(
        self, store: Store, reader: CaseReader, roster: Roster, case: Case, scorer: Scorer, report: Report
    ) -> None:
        self._store, self._reader, self._roster = store, reader, roster
        self._case, self._report, self.scorer = case, report, scorer
        self._error: ScorerError | None = None
        self._begun = False
        self._read: Read | None = None
        self._at = 0.0
        self.missing = ""
        """What has no answer after the last run, as a sentence."""

    def pairs(self) -> int:
        """How many pairs would be asked."""
        return plan(self.scorer, list(self._case.criteria), self._reader.pages(self._case), self._store).pairs

    def first(self) -> None:
        """A scorer that fails is no reason to leave the scans unread: `last` raises its error."""
        try:
            self._run(aside=False)
        except ScorerError as error:
            self._error = error

    def meanwhile(self) -> None:
        """Score what has been recognised, if scoring has begun and the last time is long enough ago."""
        if self._begun and not self._error and time.monotonic() - self._at >= SECONDS_BETWEEN_SCORINGS:
            try:
                self._run(aside=True)
            except ScorerError as error:
                self._error = error

    def last(self) -> None:
        """Score what is left. Raises ScorerError, also for a run before."""
        if self._error:
            raise self._error
        if not self._begun or self._read != self._reader.progress(self._case):
            self._run(aside=False)

    def _run(self, *, aside: bool) -> None:
        """`aside`: what is reported as being done stays, and only what is used is added."""
        name, report = self.scorer.info.name, self._report
        self._begun, self._read = True, self._reader.progress(self._case)
        criteria, pages = list(self._case.criteria), self._reader.pages(self._case)
        if plan(self.scorer, criteria, pages, self._store).pairs:
            if not aside:
                report(CHECKING, 0, 0)
            self._roster.ready(name, report.check)
        scored = score_all(
            self.scorer,
            criteria,
            pages,
            cache=self._store,
            progress=report.aside if aside else lambda progress: report.scoring(SCORING, progress),
            limiter=self._roster.limiter(name),
        )
        report.settle()
        self._at = time.monotonic()
        reasons = Counter(o.reason for o in scored.outcomes if isinstance(o, Gap) and o.reason != UNREADABLE)
        if reasons:
            self._roster.doubt(name)
        if scored.stopped:
            raise ScorerError(scored.stopped)
        self.missing = missing_in_words(reasons)


def not_agreed(info: ScorerInfo) -> str:
    return f"Nothing was sent: nobody has agreed yet to send the pages of this case to {info.sends_text_to}."
