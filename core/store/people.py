"""Names of the people who worked with the database."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.store.tables import ReviewerRow


def remember(session: Session, name: str) -> None:
    """Put `name` first among the people seen."""
    last = session.scalar(select(func.max(ReviewerRow.turn))) or 0
    row = session.get(ReviewerRow, name)
    if row is None:
        session.add(ReviewerRow(name=name, turn=last + 1))
    elif row.turn != last:
        row.turn = last + 1


def reviewers(session: Session) -> list[str]:
    return list(session.scalars(select(ReviewerRow.name).order_by(ReviewerRow.turn.desc())))
