"""The tables, as SQLAlchemy classes. `migrations/` makes exactly these; a test compares the two.

What the tool found (`answers`) and what a person judged or saw (`labels`, `decisions`, `sightings`) are different
tables. The last three and `audit` are append-only: the database refuses UPDATE and DELETE on them. So are the tables of
labelling rounds and thresholds, in `calibration_tables.py`, and most of those of a case's course, in `case_tables.py`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar, Literal, get_args

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from core.casefile import READINGS, Reading
from core.domain import DECISIONS, VERDICTS, Arm, DecisionOutcome, JobState, Source, Verdict

Action = Literal[
    "case created",
    "criteria saved",
    "rule changed",
    "scorer changed",
    "sending agreed",
    "label",
    "decision",
    "document added",
    "document replaced",
    "page looked at",
    "label withdrawn",
    "labels imported",
    "round drawn",
    "recalibration fitted",
    "certificate made",
    "threshold published",
    "threshold withdrawn",
    "step",
    "assigned",
    "cited",
    "citation withdrawn",
    "decision withdrawn",
    "page pinned",
    "remark",
    "role set",
]
"""What the audit log speaks of."""

ARMS: tuple[Arm, ...] = get_args(Arm)
StoredVerdict = Verdict | Literal["withdrawn"]
"""withdrawn: the reviewer's earlier labels for the page and criterion count no more."""


class Utc(TypeDecorator[datetime]):
    """A moment. Timezone-aware on the way in (ValueError otherwise), in UTC on the way out, kept to the microsecond.

    Stored as ISO 8601 text of one width, so that it sorts, reads and hashes alike in every database.
    """

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else utc(value).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


def utc(moment: datetime) -> datetime:
    """`moment` in UTC. Raises ValueError when it carries no time zone."""
    if moment.tzinfo is None:
        raise ValueError("A time without a time zone cannot be stored.")
    return moment.astimezone(UTC)


def one_of(column: str, allowed: Iterable[str]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(a) for a in allowed)})", name=column)


def fraction(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} >= 0 AND {column} <= 1", name=column)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[type, type[TypeDecorator[datetime]]]] = {datetime: Utc}


class DocumentRow(Base):
    """A file. Made with its case; its pages follow when it has been read."""

    __tablename__ = "documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    page_count: Mapped[int]
    size: Mapped[int | None]
    """Bytes; NULL until the document has been read."""
    read_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("page_count >= 0", name="page_count"),
        CheckConstraint("(size IS NULL) = (read_at IS NULL) AND (size IS NULL OR size >= 0)", name="size"),
    )


class PageRow(Base):
    __tablename__ = "pages"
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[Source] = mapped_column(String)
    label: Mapped[str]
    rotation: Mapped[int]
    width: Mapped[float]
    height: Mapped[float]
    problem: Mapped[str]
    blank: Mapped[bool]
    body: Mapped[str]
    turn: Mapped[int]
    confidence: Mapped[float | None]
    recognised: Mapped[str]
    images: Mapped[float]
    notes: Mapped[str]
    """Joined by commas."""
    sketch: Mapped[bytes] = mapped_column(LargeBinary)
    look: Mapped[bytes] = mapped_column(LargeBinary)
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    """Last, so that reading the other columns never walks through it. See `words.pack_words`."""
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("rotation IN (0, 90, 180, 270)", name="rotation"),
        CheckConstraint("turn IN (0, 90, 180, 270)", name="turn"),
        fraction("confidence"),
        fraction("images"),
        CheckConstraint("width > 0 AND height > 0", name="area"),
        one_of("source", get_args(Source)),
    )


class CriteriaSetRow(Base):
    __tablename__ = "criteria_sets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    logic: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """How the criteria combine; "": nothing was said."""
    source: Mapped[str] = mapped_column(Text, server_default=text("''"))
    """Where the list comes from."""
    __table_args__ = (
        UniqueConstraint("name", "version"),
        UniqueConstraint("name", "digest"),
        CheckConstraint("version >= 1", name="version"),
    )


class CriterionRow(Base):
    __tablename__ = "criteria"
    set_id: Mapped[int] = mapped_column(ForeignKey("criteria_sets.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    criterion: Mapped[str]
    question: Mapped[str] = mapped_column(Text)
    instruction: Mapped[str] = mapped_column(Text)
    heading: Mapped[str]
    """The criterion's group; `group` is a word of SQL."""
    link: Mapped[str] = mapped_column(Text, server_default=text("''"))
    __table_args__ = (UniqueConstraint("set_id", "criterion"),)


class CaseRow(Base):
    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    criteria_set_id: Mapped[int] = mapped_column(ForeignKey("criteria_sets.id"))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    scorer_id: Mapped[int] = mapped_column(ForeignKey("scorers.id"))
    """The scorer in force; it has a row in `case_scorers`."""
    __table_args__ = ({"sqlite_autoincrement": True},)


class CaseDocumentRow(Base):
    """A document that is or was in a case. One that was replaced stays, because labels and sightings point to it; put
    back, it is in force again in the same row."""

    __tablename__ = "case_documents"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """0 for the first document that came into the case, 1 for the next."""
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    name: Mapped[str]
    place: Mapped[int]
    """Where it stands in reading order; a document takes the place of the one that it replaces."""
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    """When it came into force, last."""
    replaced_by: Mapped[int | None] = mapped_column(
        ForeignKey("documents.id", name="fk_case_documents_documents_replaced_by")
    )
    """NULL for a document in force."""
    __table_args__ = (
        UniqueConstraint("case_id", "document_id"),
        CheckConstraint("replaced_by <> document_id", name="replaced_by"),
        Index(
            None,
            "case_id",
            "place",
            unique=True,
            sqlite_where=text("replaced_by IS NULL"),
            postgresql_where=text("replaced_by IS NULL"),
        ),
    )


class JobRow(Base):
    __tablename__ = "jobs"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    state: Mapped[JobState] = mapped_column(String)
    stage: Mapped[str]
    done: Mapped[int]
    total: Mapped[int]
    message: Mapped[str]
    started_by: Mapped[str]
    updated_at: Mapped[datetime]
    scorer_id: Mapped[int] = mapped_column(ForeignKey("scorers.id"))
    requests: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    tokens: Mapped[int] = mapped_column(BigInteger)
    dollars: Mapped[float]
    rate: Mapped[float | None]
    seconds_left: Mapped[float | None]
    __table_args__ = (
        one_of("state", get_args(JobState)),
        CheckConstraint("done >= 0 AND total >= 0", name="progress"),
        CheckConstraint("requests >= 0 AND bytes >= 0 AND tokens >= 0 AND dollars >= 0", name="usage"),
    )


class ScorerRow(Base):
    """What answers came from. A row that the first version left without a description has the name "unknown"; no case
    refers to such a row."""

    __tablename__ = "scorers"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """The fingerprint."""
    name: Mapped[str]
    model: Mapped[str]
    revision: Mapped[str]
    transform: Mapped[str]
    sends_text_to: Mapped[str | None]
    scope: Mapped[Literal["page", "case"]] = mapped_column(String)
    note: Mapped[str]
    __table_args__ = (one_of("scope", ("page", "case")),)


class CaseScorerRow(Base):
    """A scorer used in a case, with the rule for its scores and the consent to send it the pages."""

    __tablename__ = "case_scorers"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    scorer_id: Mapped[int] = mapped_column(ForeignKey("scorers.id"), primary_key=True)
    position: Mapped[int]
    """0 for the first scorer of the case, 1 for the next."""
    rule: Mapped[str]
    """Set by hand; "": the case follows what is in force."""
    recalibration: Mapped[str]
    """Version under which `rule` was set."""
    agreed_to: Mapped[str]
    agreed_by: Mapped[str]
    agreed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("case_id", "position"),
        CheckConstraint("(agreed_to = '') = (agreed_at IS NULL)", name="agreed"),
    )


class ScorerCheckRow(Base):
    """The newest check of a scorer at a host. A scorer may be checked before it has answered anything."""

    __tablename__ = "scorer_checks"
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    sends_text_to: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    problem: Mapped[str]


class QuestionRow(Base):
    """Questions and texts get a number, as scorers do, so that an answer costs a few bytes."""

    __tablename__ = "questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)


class TextRow(Base):
    __tablename__ = "texts"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)


class AnswerRow(Base):
    """Either a score or the reason of a gap."""

    __tablename__ = "answers"
    scorer_id: Mapped[int] = mapped_column(ForeignKey("scorers.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("texts.id"), primary_key=True)
    score: Mapped[float | None]
    gap: Mapped[str | None]
    __table_args__ = (
        fraction("score"),
        CheckConstraint("(score IS NULL) <> (gap IS NULL)", name="either"),
        {"sqlite_with_rowid": False},
    )


class LabelRow(Base):
    __tablename__ = "labels"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    document_id: Mapped[int]
    page: Mapped[int]
    criterion: Mapped[str]
    reviewer: Mapped[str]
    verdict: Mapped[StoredVerdict] = mapped_column(String)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    arm: Mapped[Arm] = mapped_column(String)
    inclusion_probability: Mapped[float | None]
    blind: Mapped[bool]
    fingerprint: Mapped[str]
    recalibration: Mapped[str]
    score: Mapped[float | None]
    probability: Mapped[float | None]
    threshold: Mapped[float | None]
    seed: Mapped[int | None] = mapped_column(BigInteger)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    """The task of a labelling round that it answers."""
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "document_id"], ["case_documents.case_id", "case_documents.document_id"]),
        ForeignKeyConstraint(["document_id", "page"], ["pages.document_id", "pages.number"]),
        one_of("verdict", (*VERDICTS, "withdrawn")),
        one_of("arm", ARMS),
        CheckConstraint("inclusion_probability > 0 AND inclusion_probability <= 1", name="inclusion_probability"),
        fraction("score"),
        fraction("probability"),
        fraction("threshold"),
        Index(None, "case_id", "criterion", "document_id", "page", "reviewer", "id"),
        Index(None, "task_id", "reviewer", "id"),
        {"sqlite_autoincrement": True},
    )


class DecisionRow(Base):
    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    criterion: Mapped[str]
    outcome: Mapped[DecisionOutcome] = mapped_column(String)
    rationale: Mapped[str] = mapped_column(Text)
    citations: Mapped[str] = mapped_column(Text)
    """JSON; see `decisions.dump_citations`."""
    reviewer: Mapped[str]
    at: Mapped[datetime]
    reading: Mapped[Reading] = mapped_column(String, server_default="first")
    __table_args__ = (
        one_of("outcome", (*DECISIONS, "withdrawn")),
        one_of("reading", READINGS),
        Index(None, "case_id", "criterion", "reading", "id"),
        Index(
            "ix_decisions_withdrawn",
            "case_id",
            sqlite_where=text("outcome = 'withdrawn'"),
            postgresql_where=text("outcome = 'withdrawn'"),
        ),
        {"sqlite_autoincrement": True},
    )


class SightingRow(Base):
    __tablename__ = "sightings"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    document_id: Mapped[int]
    page: Mapped[int]
    reviewer: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "document_id"], ["case_documents.case_id", "case_documents.document_id"]),
        ForeignKeyConstraint(["document_id", "page"], ["pages.document_id", "pages.number"]),
        Index(None, "case_id", "document_id", "page", "reviewer", "id"),
        {"sqlite_autoincrement": True},
    )


class ReviewerRow(Base):
    __tablename__ = "reviewers"
    name: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[int]
    """Larger: seen later."""
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)


class AuditRow(Base):
    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    """As `Utc` writes it; text, because it is hashed as it stands."""
    actor: Mapped[str]
    action: Mapped[Action] = mapped_column(String)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    detail: Mapped[str] = mapped_column(Text)
    """Canonical JSON."""
    hash: Mapped[str]
