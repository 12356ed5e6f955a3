"""Charts of cases, built when somebody looks and kept for whoever looks next."""

import time
from collections import OrderedDict
from threading import Lock

from core.chart import Chart, build_chart
from core.domain import Case, CaseDocument, ScorerInfo
from core.reading import CaseReader
from core.scoring import known_outcomes
from core.store import Store
from core.studio.publishing import Publishing

KEPT = 8
SECONDS = 3.0
"""How old a chart may be while its case is worked on."""

_Stamp = tuple[tuple[CaseDocument, ...], int, int, str, object]
"""The documents, how often they were read, how often their pages changed, what makes probabilities of the scores, and
when the job last said something."""


class Charts:
    """Thread-safe. Call it: `charts(case_id)`, or `charts.of(case)` where the case is at hand."""

    def __init__(self, store: Store, reader: CaseReader, publishing: Publishing) -> None:
        self._store, self._reader, self._publishing = store, reader, publishing
        self._charts: OrderedDict[tuple[int, str], tuple[_Stamp, float, Chart]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, case_id: int, fingerprint: str = "") -> Chart:
        """Pages of a case and its scores, as far as they are known: by the scorer in force, or by another one that the
        case has used, under the recalibration in force for it.

        Pages that are not read yet stand in it unread. While the case is worked on the chart may be SECONDS old.
        """
        return self.of(self._store.case(case_id), fingerprint)

    def of(self, case: Case, fingerprint: str = "") -> Chart:
        """As calling it with the id of the case, which has just been looked up."""
        case_id, job, now = case.id, self._store.job(case.id), time.monotonic()
        info = self._scorer(case, fingerprint)
        model = self._publishing.recalibration(info.fingerprint, case.criteria.name)
        key, read = (case_id, info.fingerprint), self._reader.progress(case)
        version = model.version if model else ""
        stamp: _Stamp = case.documents, read.documents, read.pages, version, job.updated_at if job else None
        running = job is not None and job.state == "running"
        with self._lock:
            if key in self._charts:
                seen, built, chart = self._charts[key]
                if seen == stamp or (running and seen[:-1] == stamp[:-1] and now - built < SECONDS):
                    self._charts.move_to_end(key)
                    return chart
        chart = self.build(case, info)
        with self._lock:
            self._charts[key] = stamp, time.monotonic(), chart
            self._charts.move_to_end(key)
            while len(self._charts) > KEPT:
                self._charts.popitem(last=False)
        return chart

    def build(self, case: Case, info: ScorerInfo) -> Chart:
        """A chart of its own, which nothing keeps."""
        pages = self._reader.pages_so_far(case)
        outcomes = known_outcomes(info, case.criteria, pages, self._store)
        model = self._publishing.recalibration(info.fingerprint, case.criteria.name)
        return build_chart(case.criteria, case.documents, pages, info, outcomes, model)

    def _scorer(self, case: Case, fingerprint: str) -> ScorerInfo:
        if not fingerprint or fingerprint == case.scorer.fingerprint:
            return case.scorer
        used = self._store.case_scorers(case.id)
        return next((u.info for u in used if u.info.fingerprint == fingerprint), case.scorer)
