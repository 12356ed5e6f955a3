"""Thresholds put in force, taken back and watched; every step stays on record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from core.calibration.recalibrate import Recalibration, default_recalibration, read_recalibration
from core.calibration.threshold import Found
from core.certificates import Certificate, Publication, StoredRecalibration
from core.domain import Case, ScorerInfo
from core.errors import ChartsieveError, Conflict, NotFound
from core.selection import Rule, default_rule
from core.standing import InForce, in_force
from core.store import Store
from core.studio.material import Material

RAW = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What may make probabilities of a scorer's scores."""

    version: str
    """"" for the scores themselves."""
    title: str
    in_force: bool
    """Used on the review screen at the moment."""


class Publishing:
    """What is in force for which scores. Thread-safe."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._read: dict[str, Recalibration] = {}
        self._lock = Lock()

    # -- in force

    def certificate(self, fingerprint: str, criteria_name: str) -> Certificate | None:
        """What is published for the scores of that scorer on criteria of that name."""
        found = self._store.calibration.in_force().get((fingerprint, criteria_name))
        return self._store.calibration.certificate(found.certificate) if found and found.certificate else None

    def rule_in_force(self, case: Case) -> InForce:
        """The rule for the scores that the case shows, and how far it may be trusted."""
        published = self._store.calibration.in_force()
        found = published.get((case.scorer.fingerprint, case.criteria.name))
        certificate = self._store.calibration.certificate(found.certificate) if found and found.certificate else None
        lost = certificate is not None and self.lost(certificate)
        version = RAW if lost else certificate.recalibration if certificate else _shipped(case.scorer.fingerprint)
        elsewhere = ""
        if certificate is None and any(name == case.criteria.name for _, name in published):
            used = self._store.case_scorers(case.id)
            certified = {fingerprint for fingerprint, name in published if name == case.criteria.name}
            models = [u.info.model for u in used if u.info.fingerprint in certified]
            elsewhere = models[0] if models else "another scorer"
        return in_force(case, certificate, recalibration=version, now=self._clock(), elsewhere=elsewhere, lost=lost)

    def lost(self, certificate: Certificate) -> bool:
        """Whether what makes the probabilities that the certificate was made for is not here any more."""
        try:
            self.of_version(certificate.fingerprint, certificate.recalibration)
        except NotFound:
            return True
        return False

    def publication(self, fingerprint: str, criteria_name: str) -> int:
        """Number of the publication in force, 0 for none: what somebody sees who is about to publish."""
        found = self._store.calibration.in_force().get((fingerprint, criteria_name))
        return found.id if found else 0

    def rule(self, criteria_name: str, info: ScorerInfo) -> Rule:
        """What cases follow that nobody has set a rule for."""
        certificate = self.certificate(info.fingerprint, criteria_name)
        return Rule.parse(certificate.rule) if certificate and not self.lost(certificate) else default_rule(info)

    def recalibration(self, fingerprint: str, criteria_name: str) -> Recalibration | None:
        """What makes probabilities of these scores on the review screen; None: nothing does, or it is lost."""
        certificate = self.certificate(fingerprint, criteria_name)
        try:
            return self.of_version(fingerprint, certificate.recalibration if certificate else _shipped(fingerprint))
        except NotFound:
            return None

    def of_version(self, fingerprint: str, version: str) -> Recalibration | None:
        """None for the version "". Raises NotFound."""
        if version == RAW:
            return None
        shipped = default_recalibration(fingerprint)
        if shipped and shipped.version == version:
            return shipped
        with self._lock:
            if version not in self._read:
                self._read[version] = read_recalibration(self._store.calibration.recalibration(version).record)
            return self._read[version]

    def choices(self, fingerprint: str, criteria_name: str) -> list[Choice]:
        """The scores themselves, what ships for the scorer, and what is kept: fitted from labels, or shipped before.

        Newest last.
        """
        found = self.recalibration(fingerprint, criteria_name)
        now, shipped = found.version if found else RAW, _shipped(fingerprint)
        titles = {RAW: "The scores themselves"}
        if shipped:
            titles[shipped] = "Probabilities as shipped"
        for stored in reversed(self._store.calibration.recalibrations(fingerprint)):
            if stored.version != shipped:
                titles[stored.version] = _title(stored)
        return [Choice(version, title, version == now) for version, title in titles.items()]

    # -- putting in force

    def publish(
        self, material: Material, found: Found, *, days: int, by: str, seen: int, labels_digest: str
    ) -> Certificate:
        """Put what was found in force for all cases with these criteria and this scorer, at once.

        `seen` is the publication that was in force in the sight of who publishes, see `publication`, and
        `labels_digest` that of the labels as they are by now. Raises Conflict when another one is in force or labels
        have changed since `material`, and ChartsieveError where the promise that was asked for does not hold: nothing
        is put in force then.
        """
        if found.rule is None or (found.target.method != "observed" and not found.certified):
            raise ChartsieveError(f"{found.advice} Nothing was published; what was in force stays.")
        _signed(by)
        if not 1 <= days <= 3650:
            raise ChartsieveError("A threshold lapses after 1 to 3,650 days. Nothing was published.")
        if labels_digest != material.labels_digest:
            raise Conflict("Labels have changed since. Nothing was published. Find the threshold again.")
        now = self._clock()
        self._keep_shipped(material, by=by, at=now)
        return self._store.calibration.certify_and_publish(
            Certificate(
                target=found.target,
                fingerprint=material.subject.info.fingerprint,
                recalibration=material.version,
                rule=str(found.rule),
                criteria_name=material.criteria.name,
                criteria_version=material.criteria.version,
                criteria=_labelled_criteria(material, found),
                promised=found.certified,
                bound=found.bound if found.certified else None,
                observed=found.observed or 0.0,
                kept=found.kept or 0.0,
                kept_together=found.kept_together or 0.0,
                cases=found.cases,
                positives=found.positives,
                labels=found.labels,
                labels_digest=material.labels_digest,
                made_by=by,
                made_at=now,
                expires_at=now + timedelta(days=days),
            ),
            seen=seen,
        )

    def _keep_shipped(self, material: Material, *, by: str, at: datetime) -> None:
        """What ships today may not ship tomorrow, and what is published must stay readable. No case trained it."""
        model, fingerprint = material.recalibration, material.subject.info.fingerprint
        if model is not None and model.version == _shipped(fingerprint):
            self._store.calibration.save_recalibration(
                StoredRecalibration(model.version, fingerprint, model.record(), (), by, at)
            )

    def put_back(self, certificate_id: int, *, by: str, reason: str) -> None:
        """Put an earlier certificate in force again. Raises NotFound, and ChartsieveError without a name."""
        _signed(by)
        certificate = self._store.calibration.certificate(certificate_id)
        self._store.calibration.publish(
            Publication(certificate.fingerprint, certificate.criteria_name, certificate.id, by, self._clock(), reason)
        )

    def withdraw(self, fingerprint: str, criteria_name: str, *, by: str, reason: str) -> None:
        """Nothing is in force any more: cases go back to what a new case begins with.

        Raises ChartsieveError without a name.
        """
        _signed(by)
        self._store.calibration.publish(Publication(fingerprint, criteria_name, None, by, self._clock(), reason))

    def history(self, fingerprint: str, criteria_name: str) -> list[tuple[Publication, Certificate | None]]:
        """Newest first."""
        certificates = {c.id: c for c in self._store.calibration.certificates(fingerprint, criteria_name)}
        return [
            (publication, certificates.get(publication.certificate or 0))
            for publication in self._store.calibration.publications(fingerprint, criteria_name)
        ]


def _signed(by: str) -> None:
    if not by:
        raise ChartsieveError("Say your name first: the record keeps who published. Nothing was changed.")


def _labelled_criteria(material: Material, found: Found) -> tuple[str, ...]:
    """Ids of the criteria of which labels count in the cases that the result rests on, in the order of the list."""
    whole_alone = found.target.method in ("crc", "ltt")
    labelled: set[str] = set()
    for case in material.cases:
        if case.case in found.cases:
            speaking = case.counts.any(axis=1) & (case.whole | (not whole_alone))
            labelled.update(criterion for criterion, said in zip(case.criteria, speaking, strict=True) if said)
    return tuple(c.id for c in material.criteria if c.id in labelled)


def _title(stored: StoredRecalibration) -> str:
    if not stored.cases:  # what is fitted here names its cases
        return f"Probabilities as shipped before ({stored.version})"
    return f"Fitted on {len(stored.cases)} cases, {stored.made_at:%d %b %Y} ({stored.version})"


def _shipped(fingerprint: str) -> str:
    shipped = default_recalibration(fingerprint)
    return shipped.version if shipped else RAW
