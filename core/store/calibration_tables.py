"""The tables of labelling rounds and of thresholds with a promise. All of them are append-only."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.certificates import METHODS, UNITS, Method, Unit
from core.domain import Arm
from core.store.tables import ARMS, Base, fraction, one_of


class SeedRow(Base):
    """One row: the seed that all rounds of this database draw with."""

    __tablename__ = "sampling_seed"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seed: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (CheckConstraint("id = 1", name="single"),)


class RoundRow(Base):
    __tablename__ = "rounds"
    id: Mapped[int] = mapped_column(primary_key=True)
    seed: Mapped[int] = mapped_column(BigInteger)
    fingerprint: Mapped[str]
    recalibration: Mapped[str]
    rule: Mapped[str]
    threshold: Mapped[float | None]
    """Of the rule; NULL: it has none."""
    criteria_name: Mapped[str]
    shown: Mapped[int]
    audit: Mapped[int]
    uncertainty: Mapped[int]
    twice: Mapped[float]
    whole: Mapped[bool]
    cases: Mapped[str] = mapped_column(Text)
    """JSON list of ids."""
    frames: Mapped[str] = mapped_column(Text)
    """JSON list of digests, one for each of `cases`."""
    tasks: Mapped[int]
    judgements: Mapped[int]
    """One for each task, and one more for each that is judged twice."""
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    __table_args__ = (
        fraction("threshold"),
        fraction("twice"),
        CheckConstraint("shown >= 0 AND audit >= 0 AND uncertainty >= 0", name="plan"),
        CheckConstraint("tasks >= 0 AND judgements >= tasks", name="size"),
        {"sqlite_autoincrement": True},
    )


class TaskRow(Base):
    """A page and a criterion to judge. The order of the ids is the order of work."""

    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    case_id: Mapped[int]
    document_id: Mapped[int]
    page: Mapped[int]
    criterion: Mapped[str]
    arm: Mapped[Arm] = mapped_column(String)
    inclusion_probability: Mapped[float | None]
    twice: Mapped[bool]
    score: Mapped[float | None]
    probability: Mapped[float | None]
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "document_id"], ["case_documents.case_id", "case_documents.document_id"]),
        ForeignKeyConstraint(["document_id", "page"], ["pages.document_id", "pages.number"]),
        one_of("arm", ARMS),
        CheckConstraint("inclusion_probability > 0 AND inclusion_probability <= 1", name="inclusion_probability"),
        fraction("score"),
        fraction("probability"),
        Index(None, "round_id", "id"),
        Index(None, "case_id", "document_id"),
        {"sqlite_autoincrement": True},
    )


class RaisedChanceRow(Base):
    """A pair that was judged before a round, and that the round would have drawn with a larger chance than it had."""

    __tablename__ = "raised_chances"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    case_id: Mapped[int]
    document_id: Mapped[int]
    page: Mapped[int]
    criterion: Mapped[str]
    inclusion_probability: Mapped[float]
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "page"], ["pages.document_id", "pages.number"]),
        CheckConstraint("inclusion_probability > 0 AND inclusion_probability <= 1", name="inclusion_probability"),
        {"sqlite_autoincrement": True},
    )


class RecalibrationRow(Base):
    __tablename__ = "recalibrations"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(unique=True)
    fingerprint: Mapped[str]
    record: Mapped[str] = mapped_column(Text)
    """JSON, as `core.calibration.recalibrate` writes it."""
    cases: Mapped[str] = mapped_column(Text)
    """JSON list of ids."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    __table_args__ = ({"sqlite_autoincrement": True},)


class CertificateRow(Base):
    __tablename__ = "certificates"
    id: Mapped[int] = mapped_column(primary_key=True)
    recall: Mapped[float]
    """Of the target, as `unit`, `method` and `confidence` are."""
    unit: Mapped[Unit] = mapped_column(String)
    method: Mapped[Method] = mapped_column(String)
    confidence: Mapped[float]
    fingerprint: Mapped[str]
    recalibration: Mapped[str]
    rule: Mapped[str]
    criteria_name: Mapped[str]
    criteria_version: Mapped[int]
    criteria: Mapped[str] = mapped_column(Text)
    """JSON list of ids."""
    promised: Mapped[bool]
    bound: Mapped[float | None]
    observed: Mapped[float]
    kept: Mapped[float]
    kept_together: Mapped[float]
    cases: Mapped[str] = mapped_column(Text)
    """JSON list of ids."""
    positives: Mapped[int]
    labels: Mapped[int]
    labels_digest: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    __table_args__ = (
        one_of("unit", UNITS),
        one_of("method", METHODS),
        *(fraction(column) for column in ("recall", "confidence", "bound", "observed", "kept", "kept_together")),
        CheckConstraint("positives >= 0 AND labels >= positives", name="labels"),
        {"sqlite_autoincrement": True},
    )


class PublicationRow(Base):
    """What was put in force; the newest for a scorer and a criteria list counts."""

    __tablename__ = "publications"
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    criteria_name: Mapped[str]
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))
    """NULL: nothing is in force any more."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index(None, "fingerprint", "criteria_name", "id"), {"sqlite_autoincrement": True})
