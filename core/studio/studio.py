"""The calibration studio: labels of many cases become thresholds with a promise."""

import gc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from core.calibration.bounds import p_values, passed
from core.calibration.curves import Family, Measured, measure
from core.calibration.drift import Drift, watch
from core.calibration.fit import Comparison, fit_all, split
from core.calibration.labelled import LabelledCase
from core.calibration.recalibrate import Recalibration, default_recalibration
from core.calibration.threshold import Found, find
from core.certificates import Certificate, StoredRecalibration, Target
from core.chart import Chart
from core.domain import CaseSummary, CriteriaSet, Label, ScorerInfo
from core.errors import NotFound
from core.rounds import Design, Given
from core.selection import Rule
from core.studio.design import counting, frame_of, scored_rows
from core.studio.material import Material, Source, Subject, assemble, compared, labelled_case
from core.studio.matrices import Matrices, Matrix
from core.studio.publishing import Publishing

if TYPE_CHECKING:
    from core.workspace import Workspace

_KEPT = 6
"""Materials kept in memory: 200 cases of 150 pages and 80 criteria take about 100 MB."""
SOON = timedelta(days=21)
"""Before a certificate lapses, for labelling newer cases."""
_WATCHED = 100
"""New cases without labels whose scores are compared with those before, newest first."""

_Key = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A threshold in force that needs somebody's eyes."""

    criteria_name: str
    info: ScorerInfo
    what: str
    """What is wrong, as the end of a sentence that begins with "The threshold for ..."."""
    drift: Drift | None
    """What newer cases say; None where it is the date alone."""


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Of the hundred thousand objects that labels become none is garbage; to look for some takes a third of the time.

    For one thread at a time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Studio:
    """One per workspace. Thread-safe; what it gives back is shared and must not be changed."""

    def __init__(self, workspace: "Workspace", publishing: Publishing) -> None:
        self._workspace, self._store, self.publishing = workspace, workspace.store, publishing
        self.matrices = Matrices(workspace.settings.scores_dir, self._chart)
        self._materials: dict[_Key, tuple[object, Material]] = {}
        self._measured: dict[tuple[int, Family], tuple[Material, Measured]] = {}
        self._drifts: dict[tuple[str, str], tuple[tuple[int, object], Drift]] = {}
        self._lock, self._making = Lock(), Lock()
        self._background = ThreadPoolExecutor(1, thread_name_prefix="drift")
        self._counted: tuple[int, dict[int, int]] = 0, {}
        """Number of the newest label, and how many stand in each case."""
        self._looking: dict[tuple[str, str], Future[Drift | None]] = {}

    def _chart(self, case_id: int, fingerprint: str, criteria: CriteriaSet | None) -> Chart:
        """Not among those that reviewers look at, which would be pushed out."""
        used = self._store.case_scorers(case_id)
        info = next((u.info for u in used if u.info.fingerprint == fingerprint), None)
        if info is None:
            raise NotFound("This case was not scored by that scorer.")
        case = self._store.case(case_id)
        return self._workspace.chart.build(replace(case, criteria=criteria) if criteria else case, info)

    def close(self) -> None:
        self._background.shutdown(wait=True, cancel_futures=True)

    # -- what there is

    def subjects(self) -> list[Subject]:
        """Every criteria list with every scorer that was used on it, those with most labels first."""
        return self._subjects_of(self._store.cases())

    def _subjects_of(self, cases: Sequence[CaseSummary]) -> list[Subject]:
        newest = {c.name: c for c in self._store.criteria_sets()}
        labels = self._label_counts()
        found: dict[tuple[str, str], Subject] = {}
        used = self._store.calibration.scorers_used()
        for summary in cases:
            for info in used.get(summary.id, []):
                key = summary.criteria_name, info.fingerprint
                before = found.get(key) or Subject(key[0], newest[key[0]].version, info, 0, 0, 0)
                found[key] = replace(
                    before,
                    cases=before.cases + 1,
                    labelled=before.labelled + (summary.id in labels),
                    labels=before.labels + labels.get(summary.id, 0),
                )
        return sorted(found.values(), key=lambda s: (-s.labels, s.criteria_name, s.info.name))

    def prepare(self) -> None:
        """For a server that starts: load what the promises need, which takes a second, and put together off the screen
        what is looked at first."""
        passed(p_values(np.zeros((1, 1)), 0.05, binary=False), 0.05)
        self._background.submit(self._look_ahead)

    def _look_ahead(self) -> None:
        for subject in self.subjects()[:1]:
            if subject.labels:
                material = self.material(subject.criteria_name, subject.info.fingerprint)
                self.measured(material, Family())
                self.measured(material, Family(ranked=True))

    def _label_counts(self) -> dict[int, int]:
        """{case: labels that stand}; counted again when there are new ones."""
        last = self._store.calibration.last_label()
        with self._lock:
            known = self._counted
        if known[0] != last:
            known = last, self._store.calibration.label_counts()
            with self._lock:
                self._counted = known
        return known[1]

    def material(self, criteria_name: str, fingerprint: str, recalibration: str | None = None) -> Material:
        """Labels and scores of all cases with criteria of that name.

        `recalibration` is a version, "" for the scores themselves, None for what is in force. Raises NotFound when no
        case with these criteria uses that scorer.
        """
        cases = self._store.cases()
        subject = self._subject(criteria_name, fingerprint, cases)
        model = self._model(fingerprint, criteria_name, recalibration)
        key = criteria_name, fingerprint, model.version if model else "", subject.criteria_version
        with self._making:
            stamp = self._stamp(criteria_name, cases)
            known = self._materials.get(key)
            if known and known[0] == stamp:
                return known[1]
            with _nothing_collected():
                made = self._make(subject, model, self._store.calibration.labels())
            self._materials[key] = stamp, made
            while len(self._materials) > _KEPT:
                del self._materials[next(iter(self._materials))]
            return made

    def material_of(
        self,
        labels: Sequence[tuple[int, Label]],
        criteria_name: str,
        fingerprint: str,
        recalibration: str | None = None,
    ) -> Material:
        """As `material`, with (case, label) of somewhere else in the place of the labels here."""
        subject = self._subject(criteria_name, fingerprint, self._store.cases())
        given = [Given(case, label, drawn=False) for case, label in labels]
        return self._make(subject, self._model(fingerprint, criteria_name, recalibration), given)

    def _subject(self, criteria_name: str, fingerprint: str, cases: Sequence[CaseSummary]) -> Subject:
        for subject in self._subjects_of(cases):
            if (subject.criteria_name, subject.info.fingerprint) == (criteria_name, fingerprint):
                return subject
        raise NotFound("No case with these criteria was scored by this scorer. Choose another one.")

    def _model(self, fingerprint: str, criteria_name: str, version: str | None) -> Recalibration | None:
        if version is None:
            return self.publishing.recalibration(fingerprint, criteria_name)
        return self.publishing.of_version(fingerprint, version)

    def _stamp(self, criteria_name: str, cases: Sequence[CaseSummary]) -> object:
        """Changes when labels, rounds, cases or scores do."""
        jobs = [
            (c.id, c.amended_at, c.job.updated_at if c.job else None) for c in cases if c.criteria_name == criteria_name
        ]
        return self._store.calibration.last_label(), len(self._store.rounds.all()), jobs

    def _make(self, subject: Subject, model: Recalibration | None, given: Sequence[Given]) -> Material:
        name, fingerprint = subject.criteria_name, subject.info.fingerprint
        criteria = next(c for c in self._store.criteria_sets() if c.name == name)
        designs = self._store.rounds.designs()
        labels: dict[int, list[Given]] = defaultdict(list)
        for one in given:
            labels[one.case].append(one)
        sources = []
        for summary in self._cases(name, fingerprint):
            own, drawn = labels.get(summary.id, []), designs.get(summary.id, [])
            if own or drawn:
                other = None if summary.criteria_version == criteria.version else criteria
                matrix = self.matrices.of(summary, fingerprint, other)
                sources.append(self._source(summary, matrix, criteria, own, drawn))
        return assemble(subject, criteria, sources, model, self._trained_on(model))

    def _source(
        self,
        summary: CaseSummary,
        matrix: Matrix,
        criteria: CriteriaSet,
        given: Sequence[Given],
        designs: Sequence[Design],
    ) -> Source:
        rows = scored_rows(matrix, criteria)
        asked = [matrix.criteria[row] for row in rows]
        labels, audited = counting(given, designs, frame_of(matrix, rows), asked)
        pages = frozenset(matrix.pages)
        if any(label.page not in pages for label in labels):
            labels = self._workspace.labels(summary.id, labels)  # of replaced documents: what stayed the same counts
        return Source(summary.id, summary.name, matrix, labels, audited)

    def _trained_on(self, model: Recalibration | None) -> frozenset[int]:
        if model is None:
            return frozenset()
        try:
            return frozenset(self._store.calibration.recalibration(model.version).cases)
        except NotFound:  # it ships with the scorer: no case of this database had a part in it
            return frozenset()

    def _cases(self, criteria_name: str, fingerprint: str = "") -> list[CaseSummary]:
        """Newest first; those that use the scorer of that fingerprint, or all."""
        found = [case for case in self._store.cases() if case.criteria_name == criteria_name]
        if not fingerprint:
            return found
        used = self._store.calibration.scorers_used()
        return [case for case in found if any(i.fingerprint == fingerprint for i in used.get(case.id, []))]

    # -- thresholds

    def measured(self, material: Material, family: Family) -> Measured:
        """Curves over every level of the family, from the cases that may certify a threshold."""
        key = id(material), family
        with self._lock:
            known = self._measured.get(key)
        if known and known[0] is material:
            return known[1]
        measured = measure(material.certifying, family)
        with self._lock:
            while len(self._measured) >= 2 * _KEPT:
                del self._measured[next(iter(self._measured))]
            self._measured[key] = material, measured
        return measured

    def find(self, material: Material, target: Target, family: Family) -> Found:
        """The highest threshold, or the smallest number of pages, that reaches the target."""
        return find(self.measured(material, family), target)

    # -- recalibration

    def fit(self, material: Material, *, half: bool = True) -> Comparison:
        """Ways to make probabilities of these scores, each judged on cases that it was not fitted on.

        `half`: fitted on half of the cases, so that the other half may certify a threshold.
        """
        cases: Sequence[LabelledCase] = material.cases
        if half:
            cases = split(cases, 0)[0]
        return fit_all(cases, fingerprint=material.subject.info.fingerprint)

    def keep(self, comparison: Comparison, model: Recalibration, *, by: str) -> str:
        """Keep a fitted recalibration; its version. It is in force once a threshold for it is published.

        The scores themselves and what ships are here already: no case had a part in them.
        """
        shipped = default_recalibration(model.fingerprint)
        if not model.version or (shipped and shipped.version == model.version):
            return model.version
        self._store.calibration.save_recalibration(
            StoredRecalibration(
                model.version,
                model.fingerprint,
                model.record(),
                tuple(comparison.trained_on),
                by,
                self._workspace.now(),
            )
        )
        return model.version

    # -- drift

    def drift(self, fingerprint: str, criteria_name: str) -> Drift | None:
        """What labels and cases since the threshold in force say of it; None when none is in force."""
        certificate = self.publishing.certificate(fingerprint, criteria_name)
        if certificate is None or self.publishing.lost(certificate):
            return None
        key, stamp = (fingerprint, criteria_name), (certificate.id, self._stamp(criteria_name, self._store.cases()))
        with self._lock:
            known = self._drifts.get(key)
        if known and known[0] == stamp:
            return known[1]
        drift = self._watch(certificate)
        with self._lock:
            self._drifts[key] = stamp, drift
        return drift

    def _watch(self, certificate: Certificate) -> Drift:
        material = self.material(certificate.criteria_name, certificate.fingerprint)
        old = [c for c in material.cases if c.case in certificate.cases]
        # The labels of the cases that trained the probabilities were there before, and so were others.
        known = {*certificate.cases, *self._trained_on(material.recalibration)}
        since = {case for case, at in material.labelled_at.items() if at > certificate.made_at}
        labelled = [c for c in material.cases if c.case not in known and c.case in since]
        known |= {c.case for c in material.cases if c.case in material.labelled_at}
        later = [
            c
            for c in self._cases(certificate.criteria_name, certificate.fingerprint)
            if c.created_at > certificate.made_at and c.id not in known and c.job and c.job.state == "done"
        ]
        new = [case for c in later[:_WATCHED] if (case := self._unlabelled(c, material))]
        return watch(old, labelled + new, rule=Rule.parse(certificate.rule), target=certificate.target)

    def _unlabelled(self, summary: CaseSummary, material: Material) -> LabelledCase | None:
        """A case without labels has scores all the same."""
        matrix = self.matrices.of(summary, material.subject.info.fingerprint)
        case = labelled_case(summary.id, matrix, material.criteria, [], audited=())
        return replace(case, probabilities=compared(matrix, case, material.recalibration)) if case else None

    def alarms(self) -> list[Alarm]:
        """Thresholds in force that newer cases speak against, or that have lapsed or soon will.

        As far as it is known: what is not known yet is found out meanwhile, see `looking`.
        """
        found = []
        for (fingerprint, name), published in self._store.calibration.in_force().items():
            certificate = self._store.calibration.certificate(published.certificate or 0)
            drift = self.doubt(certificate)
            what = _in_doubt(drift) or _by_date(certificate, self._workspace.now())
            if what:
                found.append(Alarm(name, self._subject(name, fingerprint, self._store.cases()).info, what, drift))
        return found

    @property
    def looking(self) -> bool:
        """Whether it is still being found out what newer cases say."""
        with self._lock:
            return any(not future.done() for future in self._looking.values())

    def doubt(self, certificate: Certificate) -> Drift | None:
        """What newer cases say against a certificate in force; None: nothing, as far as it is known by now."""
        key = certificate.fingerprint, certificate.criteria_name
        with self._lock:
            known, looking = self._drifts.get(key), self._looking.get(key)
            if looking is None or looking.done():
                self._looking[key] = self._background.submit(self.drift, *key)
        if known is None or known[0][0] != certificate.id:
            return None
        return known[1] if known[1].state == "alarm" or known[1].shifted else None

    def criteria(self, name: str) -> CriteriaSet:
        """The newest version. Raises NotFound."""
        for criteria in self._store.criteria_sets():
            if criteria.name == name:
                return criteria
        raise NotFound("There is no criteria list of that name.")


def _in_doubt(drift: Drift | None) -> str:
    if drift is None:
        return ""
    what = (
        "may miss more than it promises" if drift.state == "alarm" else "was checked on other cases than the newer ones"
    )
    return f"{what}. {' '.join(drift.sentences)}"


def _by_date(certificate: Certificate, now: datetime) -> str:
    if now >= certificate.expires_at:
        return f"lapsed on {certificate.expires_at:%d %b %Y}: it carries no promise any more. Certify it again."
    if now >= certificate.expires_at - SOON:
        return f"lapses on {certificate.expires_at:%d %b %Y}. Certify it again with newer labels before."
    return ""
