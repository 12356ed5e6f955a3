"""The tables of a case's course and of what was found in it.

All are append-only except the last four: what a person left lying about, how pages were turned, and templates.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.casefile import DUTIES, HOLDS, READINGS, ROLES, STEPS, Duty, Hold, Reading, Role, StepKind
from core.domain import DECISIONS, DecisionOutcome
from core.store.tables import Base, one_of


def _document_of_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["case_id", "document_id"], ["case_documents.case_id", "case_documents.document_id"])


def _page() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["document_id", "page"], ["pages.document_id", "pages.number"])


class StepRow(Base):
    __tablename__ = "steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[StepKind] = mapped_column(String)
    made_by: Mapped[str]
    role: Mapped[Role] = mapped_column(String)
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    """JSON: names and strings."""
    record: Mapped[str] = mapped_column(Text)
    """JSON of what was signed, or ""; large, so last."""
    __table_args__ = (
        one_of("kind", STEPS),
        one_of("role", ROLES),
        Index(None, "case_id", "id"),
        {"sqlite_autoincrement": True},
    )


class AssignmentRow(Base):
    __tablename__ = "assignments"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    duty: Mapped[Duty] = mapped_column(String)
    assignee: Mapped[str]
    """"": nobody's any more."""
    made_by: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (one_of("duty", DUTIES), Index(None, "case_id", "duty", "id"), {"sqlite_autoincrement": True})


class RoleRow(Base):
    """The newest for each name counts."""

    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(String)
    made_by: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        one_of("role", ROLES),
        Index(None, "name", "id"),
        {"sqlite_autoincrement": True},
    )


class CitationRow(Base):
    __tablename__ = "citations"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    criterion: Mapped[str]
    document_id: Mapped[int]
    page: Mapped[int]
    label: Mapped[str]
    quote: Mapped[str] = mapped_column(Text)
    boxes: Mapped[str] = mapped_column(Text)
    """JSON: [[x0, y0, x1, y1], ...]."""
    reviewer: Mapped[str]
    at: Mapped[datetime]
    reading: Mapped[Reading] = mapped_column(String)
    __table_args__ = (
        _document_of_case(),
        _page(),
        one_of("reading", READINGS),
        Index(None, "case_id", "criterion", "id"),
        {"sqlite_autoincrement": True},
    )


class CitationWithdrawalRow(Base):
    """A citation that was taken back."""

    __tablename__ = "citation_withdrawals"
    id: Mapped[int] = mapped_column(primary_key=True)
    citation_id: Mapped[int] = mapped_column(ForeignKey("citations.id"), unique=True)
    made_by: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = ({"sqlite_autoincrement": True},)


class PinRow(Base):
    __tablename__ = "pins"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    criterion: Mapped[str]
    document_id: Mapped[int]
    page: Mapped[int]
    hold: Mapped[Hold] = mapped_column(String)
    reviewer: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        _document_of_case(),
        _page(),
        one_of("hold", HOLDS),
        Index(None, "case_id", "criterion", "document_id", "page", "id"),
        {"sqlite_autoincrement": True},
    )


class RemarkRow(Base):
    __tablename__ = "remarks"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    criterion: Mapped[str]
    flagged: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    reviewer: Mapped[str]
    at: Mapped[datetime]
    reading: Mapped[Reading] = mapped_column(String)
    __table_args__ = (
        one_of("reading", READINGS),
        Index(None, "case_id", "criterion", "reading", "id"),
        {"sqlite_autoincrement": True},
    )


class ViewRow(Base):
    """A page that was opened, or time that it was then looked at."""

    __tablename__ = "views"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    document_id: Mapped[int]
    page: Mapped[int]
    reviewer: Mapped[str]
    at: Mapped[datetime]
    opened: Mapped[int]
    """1 for an opening, 0 for time only."""
    seconds: Mapped[float]
    __table_args__ = (
        _document_of_case(),
        _page(),
        CheckConstraint("opened IN (0, 1)", name="opened"),
        CheckConstraint("seconds >= 0", name="seconds"),
        Index(None, "case_id", "document_id", "page", "reviewer"),
        {"sqlite_autoincrement": True},
    )


class DraftRow(Base):
    __tablename__ = "drafts"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    reviewer: Mapped[str] = mapped_column(primary_key=True)
    reading: Mapped[Reading] = mapped_column(String, primary_key=True)
    draft: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    __table_args__ = (one_of("reading", READINGS),)


class PlaceRow(Base):
    """Where a person left a case."""

    __tablename__ = "places"
    case_id: Mapped[int] = mapped_column(primary_key=True)
    reviewer: Mapped[str] = mapped_column(primary_key=True)
    criterion: Mapped[str]
    document_id: Mapped[int]
    page: Mapped[int]
    at: Mapped[datetime]
    __table_args__ = (_document_of_case(), _page())


class PageTurnRow(Base):
    """How people want a page turned, whichever case it is in."""

    __tablename__ = "page_turns"
    document_id: Mapped[int] = mapped_column(primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    degrees: Mapped[int]
    __table_args__ = (_page(), CheckConstraint("degrees IN (0, 90, 180, 270)", name="degrees"))


class TemplateRow(Base):
    __tablename__ = "templates"
    id: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[DecisionOutcome] = mapped_column(String)
    wording: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str]
    at: Mapped[datetime]
    retired_by: Mapped[str | None]
    """NULL while it is offered."""
    __table_args__ = (one_of("outcome", DECISIONS), {"sqlite_autoincrement": True})
