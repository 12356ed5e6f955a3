"""Scorers as the database knows them, and what checking them came to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain import ScorerCheck, ScorerInfo
from core.store.tables import ScorerCheckRow, ScorerRow, utc


def register(session: Session, info: ScorerInfo) -> ScorerRow:
    """The scorer's row, made if missing. The note follows the newest `info`; the fingerprint decides the rest, but for
    the address: that is where it was first, and each case knows its own."""
    row = session.scalar(select(ScorerRow).where(ScorerRow.key == info.fingerprint))
    if row is None:
        row = ScorerRow(key=info.fingerprint, sends_text_to=info.sends_text_to)
        session.add(row)
    row.name, row.model, row.revision, row.transform = info.name, info.model, info.revision, info.transform
    row.scope, row.note = info.scope, info.note
    session.flush()
    return row


def number(session: Session, fingerprint: str) -> int | None:
    return session.scalar(select(ScorerRow.id).where(ScorerRow.key == fingerprint))


def described(row: ScorerRow, sent_to: str = "") -> ScorerInfo:
    """`sent_to`: the address that a case has sent its pages to, "" where it has not."""
    return ScorerInfo(
        name=row.name,
        model=row.model,
        revision=row.revision,
        transform=row.transform,
        sends_text_to=sent_to or row.sends_text_to,
        scope=row.scope,
        note=row.note,
    )


def save_check(session: Session, check: ScorerCheck) -> None:
    """In the place of the check before."""
    session.merge(
        ScorerCheckRow(
            fingerprint=check.fingerprint,
            sends_text_to=check.sends_text_to,
            at=utc(check.at),
            problem=check.problem,
        )
    )


def last_check(session: Session, fingerprint: str, sends_text_to: str) -> ScorerCheck | None:
    row = session.get(ScorerCheckRow, (fingerprint, sends_text_to))
    return ScorerCheck(row.fingerprint, row.sends_text_to, row.at, row.problem) if row else None
