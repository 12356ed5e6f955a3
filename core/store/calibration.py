"""Recalibrations fitted from labels, thresholds with a promise, and which of them are in force."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.certificates import Certificate, Publication, StoredRecalibration, Target
from core.domain import ScorerInfo
from core.errors import Conflict, NotFound
from core.rounds import Given
from core.store import audit, case_scorers, labels
from core.store.calibration_tables import CertificateRow, PublicationRow, RecalibrationRow
from core.store.engine import reading, writing
from core.store.tables import LabelRow, utc


class Calibration:
    """`Store.calibration`."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def save_recalibration(self, new: StoredRecalibration) -> None:
        """Keep a recalibration; one of the same version changes nothing."""
        with writing(self._engine) as session:
            _save_recalibration(session, new, at=self._clock())

    def recalibration(self, version: str) -> StoredRecalibration:
        """Raises NotFound."""
        with reading(self._engine) as session:
            row = session.scalar(select(RecalibrationRow).where(RecalibrationRow.version == version))
            if row is None:
                raise NotFound(f"There is no recalibration {version} here. Nothing was changed. Fit it again.")
            return _recalibration(row)

    def recalibrations(self, fingerprint: str) -> list[StoredRecalibration]:
        """Those for the scores of that scorer, newest first."""
        with reading(self._engine) as session:
            query = select(RecalibrationRow).where(RecalibrationRow.fingerprint == fingerprint)
            return [_recalibration(row) for row in session.scalars(query.order_by(RecalibrationRow.id.desc()))]

    def add_certificate(self, certificate: Certificate) -> Certificate:
        """The certificate with its id. It says nothing of what is in force: see `publish`."""
        with writing(self._engine) as session:
            return _add_certificate(session, certificate, at=self._clock())

    def certify_and_publish(self, certificate: Certificate, *, seen: int) -> Certificate:
        """Add a certificate and put it in force by its maker, in one step; the certificate with its id.

        `seen` is the publication that its maker saw in force for these scores and criteria, 0 for none. Raises Conflict
        when it is another one by now; nothing is stored then.
        """
        with writing(self._engine) as session:
            last = _last_publication(session, certificate.fingerprint, certificate.criteria_name)
            if (last.id if last is not None and last.certificate_id is not None else 0) != seen:
                raise Conflict(
                    "Somebody has published a threshold for these criteria meanwhile. Nothing was published. "
                    "Look at it first."
                    if last is not None and last.certificate_id is not None
                    else "Somebody has withdrawn the threshold for these criteria meanwhile. Nothing was published. "
                    "Look at the history first."
                )
            at = self._clock()
            made = _add_certificate(session, certificate, at=at)
            _publish(
                session,
                Publication(made.fingerprint, made.criteria_name, made.id, made.made_by, made.made_at),
                at=at,
            )
            return made

    def certificate(self, certificate_id: int) -> Certificate:
        """Raises NotFound."""
        with reading(self._engine) as session:
            return _certificate(_certificate_row(session, certificate_id))

    def certificates(self, fingerprint: str | None = None, criteria_name: str | None = None) -> list[Certificate]:
        """Newest first; of one scorer, of one criteria list, or all."""
        query = select(CertificateRow).order_by(CertificateRow.id.desc())
        if fingerprint is not None:
            query = query.where(CertificateRow.fingerprint == fingerprint)
        if criteria_name is not None:
            query = query.where(CertificateRow.criteria_name == criteria_name)
        with reading(self._engine) as session:
            return [_certificate(row) for row in session.scalars(query)]

    def publish(self, publication: Publication) -> Publication:
        """Put a certificate in force for its scorer and criteria list, or nothing (None); the publication with its id.

        What is in force already stays, and its publication is returned; to put nothing in the place of nothing returns
        `publication` itself, id 0. Raises NotFound when there is no such certificate for these scores and criteria.
        """
        with writing(self._engine) as session:
            return _publish(session, publication, at=self._clock())

    def publications(self, fingerprint: str | None = None, criteria_name: str | None = None) -> list[Publication]:
        """Newest first; of one scorer, of one criteria list, or all."""
        query = select(PublicationRow).order_by(PublicationRow.id.desc())
        if fingerprint is not None:
            query = query.where(PublicationRow.fingerprint == fingerprint)
        if criteria_name is not None:
            query = query.where(PublicationRow.criteria_name == criteria_name)
        with reading(self._engine) as session:
            return [_publication(row) for row in session.scalars(query)]

    def in_force(self) -> dict[tuple[str, str], Publication]:
        """{(fingerprint, name of the criteria list): the newest publication}, without those that ended."""
        last = select(func.max(PublicationRow.id)).group_by(PublicationRow.fingerprint, PublicationRow.criteria_name)
        query = select(PublicationRow).where(PublicationRow.id.in_(last), PublicationRow.certificate_id.is_not(None))
        with reading(self._engine) as session:
            return {(row.fingerprint, row.criteria_name): _publication(row) for row in session.scalars(query)}

    # What material there is, without reading it

    def last_label(self) -> int:
        """Number of the newest label, withdrawals among them; 0 before the first. Grows with every change of labels."""
        with reading(self._engine) as session:
            return session.scalar(select(func.max(LabelRow.id))) or 0

    def labels(self) -> list[Given]:
        """What stands for each case, page, criterion and reviewer, as estimates take it.

        A label with a known chance stands until it is withdrawn, whatever its reviewer marked later in sight of the
        score.
        """
        with reading(self._engine) as session:
            return labels.estimating(session)

    def label_counts(self) -> dict[int, int]:
        """{case: labels that stand}, without cases that have none."""
        with reading(self._engine) as session:
            return labels.counts(session)

    def scorers_used(self) -> dict[int, list[ScorerInfo]]:
        """{case: scorers that are or were used in it, in order of first use}."""
        with reading(self._engine) as session:
            return case_scorers.used(session)


def _save_recalibration(session: Session, new: StoredRecalibration, *, at: datetime) -> None:
    if session.scalar(select(RecalibrationRow.id).where(RecalibrationRow.version == new.version)) is not None:
        return
    row = RecalibrationRow(
        version=new.version,
        fingerprint=new.fingerprint,
        record=new.record,
        cases=json.dumps(new.cases),
        made_by=new.made_by,
        made_at=utc(new.made_at),
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        "recalibration fitted",
        at=at,
        actor=new.made_by,
        id=row.id,
        version=new.version,
        fingerprint=new.fingerprint,
        cases=[str(case) for case in new.cases],
        record=audit.record_digest(session, "recalibrations", row.id),
    )


def _recalibration(row: RecalibrationRow) -> StoredRecalibration:
    return StoredRecalibration(
        version=row.version,
        fingerprint=row.fingerprint,
        record=row.record,
        cases=tuple(json.loads(row.cases)),
        made_by=row.made_by,
        made_at=row.made_at,
    )


_PLAIN = (
    "fingerprint", "recalibration", "rule", "criteria_name", "criteria_version", "promised", "bound", "observed",
    "kept", "kept_together", "positives", "labels", "labels_digest", "made_by",
)  # fmt: skip
"""Fields of a certificate that are stored as they are."""


def _add_certificate(session: Session, new: Certificate, *, at: datetime) -> Certificate:
    row = CertificateRow(
        recall=new.target.recall,
        unit=new.target.unit,
        method=new.target.method,
        confidence=new.target.confidence,
        criteria=json.dumps(new.criteria),
        cases=json.dumps(new.cases),
        made_at=utc(new.made_at),
        expires_at=utc(new.expires_at),
        **{name: getattr(new, name) for name in _PLAIN},
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        "certificate made",
        at=at,
        actor=new.made_by,
        id=row.id,
        fingerprint=new.fingerprint,
        recalibration=new.recalibration,
        criteria=new.criteria_name,
        version=new.criteria_version,
        rule=new.rule,
        method=new.target.method,
        unit=new.target.unit,
        labels_digest=new.labels_digest,
        record=audit.record_digest(session, "certificates", row.id),
    )
    return _certificate(row)


def _certificate_row(session: Session, certificate_id: int) -> CertificateRow:
    row = session.get(CertificateRow, certificate_id)
    if row is None:
        raise NotFound(f"There is no certificate {certificate_id}. Nothing was changed. Choose another.")
    return row


def _certificate(row: CertificateRow) -> Certificate:
    return Certificate(
        target=Target(row.recall, row.unit, row.method, row.confidence),
        criteria=tuple(json.loads(row.criteria)),
        cases=tuple(json.loads(row.cases)),
        made_at=row.made_at,
        expires_at=row.expires_at,
        id=row.id,
        **{name: getattr(row, name) for name in _PLAIN},
    )


def _publish(session: Session, new: Publication, *, at: datetime) -> Publication:
    if new.certificate is not None:
        certificate = _certificate_row(session, new.certificate)
        if (certificate.fingerprint, certificate.criteria_name) != (new.fingerprint, new.criteria_name):
            raise NotFound(
                f"Certificate {new.certificate} is for other scores or other criteria. Nothing was changed. "
                "Choose one that was made for these."
            )
    last = _last_publication(session, new.fingerprint, new.criteria_name)
    if last is None and new.certificate is None:
        return replace(new, id=0)
    if last is not None and last.certificate_id == new.certificate:
        return _publication(last)
    row = PublicationRow(
        fingerprint=new.fingerprint,
        criteria_name=new.criteria_name,
        certificate_id=new.certificate,
        made_by=new.by,
        made_at=utc(new.at),
        reason=new.reason,
    )
    session.add(row)
    session.flush()
    before = (last.certificate_id if last else None) or 0
    audit.append(
        session,
        "threshold withdrawn" if new.certificate is None else "threshold published",
        at=at,
        actor=new.by,
        id=row.id,
        fingerprint=new.fingerprint,
        criteria=new.criteria_name,
        before=before,
        after=new.certificate or 0,
        record=audit.record_digest(session, "publications", row.id),
    )
    return _publication(row)


def _last_publication(session: Session, fingerprint: str, criteria_name: str) -> PublicationRow | None:
    return session.scalar(
        select(PublicationRow)
        .where(PublicationRow.fingerprint == fingerprint, PublicationRow.criteria_name == criteria_name)
        .order_by(PublicationRow.id.desc())
        .limit(1)
    )


def _publication(row: PublicationRow) -> Publication:
    return Publication(
        fingerprint=row.fingerprint,
        criteria_name=row.criteria_name,
        certificate=row.certificate_id,
        by=row.made_by,
        at=row.made_at,
        reason=row.reason,
        id=row.id,
    )
