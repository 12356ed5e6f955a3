"""Rationales to start from. Not a record: what was signed holds its own words."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.casefile import Template
from core.domain import DecisionOutcome
from core.errors import NotFound
from core.store.case_tables import TemplateRow


def offered(session: Session) -> list[Template]:
    """Oldest first, without those that were retired."""
    query = select(TemplateRow).where(TemplateRow.retired_by.is_(None)).order_by(TemplateRow.id)
    return [_template(row) for row in session.scalars(query)]


def add(session: Session, outcome: DecisionOutcome, wording: str, *, by: str, at: datetime) -> Template:
    """The one with the same words where it is offered already."""
    same = select(TemplateRow).where(
        TemplateRow.outcome == outcome, TemplateRow.wording == wording, TemplateRow.retired_by.is_(None)
    )
    row = session.scalar(same.limit(1))
    if row is None:
        row = TemplateRow(outcome=outcome, wording=wording, made_by=by, at=at)
        session.add(row)
        session.flush()
    return _template(row)


def retire(session: Session, template_id: int, *, by: str) -> None:
    """Offered no more; a retired one stays as it is."""
    row = session.get(TemplateRow, template_id)
    if row is None:
        raise NotFound(f"There is no template {template_id}. Nothing was changed. Open the list again.")
    if row.retired_by is None:
        row.retired_by = by


def _template(row: TemplateRow) -> Template:
    return Template(row.outcome, row.wording, row.made_by, row.at, row.id)
