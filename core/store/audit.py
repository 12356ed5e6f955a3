"""The audit log: who did what, in the transaction that did it, each entry chained to the one before by its hash.

The hash of an entry is SHA-256 over the previous hash and the entry, so a changed, removed or inserted entry breaks the
chain. An entry about a label, a decision or a sighting also carries the digest of that row, so that a changed row shows
as well.
Whoever may rewrite the whole database can write a new chain: keep `AuditEntry.hash` of the newest entry elsewhere to
prove that the log only grew.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.domain import digest
from core.store.people import remember
from core.store.tables import Action, AuditRow, utc

Detail = dict[str, str | int | list[str]]

# Plain SQL without types: a row that somebody damaged must still be readable, to be reported.
_RECORDS: dict[str, str] = {
    "label": "SELECT l.id, l.case_id, d.sha256, l.page, l.criterion, l.reviewer, l.verdict, l.note, l.at, l.arm, "
    "l.inclusion_probability, l.blind, l.fingerprint, l.recalibration, l.score, l.probability, l.threshold, l.seed "
    "FROM labels l LEFT JOIN documents d ON d.id = l.document_id",
    "decision": "SELECT l.id, l.case_id, l.criterion, l.outcome, l.rationale, l.citations, l.reviewer, l.at "
    "FROM decisions l",
    "page looked at": "SELECT l.id, l.case_id, d.sha256, l.page, l.reviewer, l.note, l.at "
    "FROM sightings l LEFT JOIN documents d ON d.id = l.document_id",
}
"""By the action that an entry about such a row has."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log."""

    id: int
    """Counts up from 1 without a gap."""
    at: datetime
    """UTC."""
    actor: str
    action: Action
    case: int | None
    detail: Detail
    """Ids, choices and digests; never page text or rationales."""
    hash: str


def append(
    session: Session,
    action: Action,
    *,
    at: datetime,
    actor: str,
    case: int | None = None,
    **detail: str | int | list[str],
) -> None:
    """Add an entry to the running transaction, and `actor` to the people seen. The caller holds the write lock."""
    remember(session, actor)
    last = session.execute(select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)).first()
    row = AuditRow(
        id=last.id + 1 if last else 1,
        at=utc(at).isoformat(timespec="microseconds"),
        actor=actor,
        action=action,
        case_id=case,
        detail=_canonical(detail),
    )
    row.hash = _hash(last.hash if last else "", row)
    session.add(row)
    session.flush()


def record_digest(session: Session, kind: Literal["label", "decision", "page looked at"], record: int) -> str:
    """SHA-256 over all fields of a stored label, decision or sighting."""
    row = session.execute(text(f"{_RECORDS[kind]} WHERE l.id = :id"), {"id": record}).one()
    return _digest(tuple(row))


def entries(session: Session, case: int | None) -> list[AuditEntry]:
    """Oldest first; of one case, or all."""
    query = select(AuditRow).order_by(AuditRow.id)
    if case is not None:
        query = query.where(AuditRow.case_id == case)
    return [
        AuditEntry(
            row.id, datetime.fromisoformat(row.at), row.actor, row.action, row.case_id, json.loads(row.detail), row.hash
        )
        for row in session.scalars(query)
    ]


def first_broken(session: Session) -> int | None:
    """Id of the first entry that is missing, changed, or no longer agrees with its label, decision or sighting.

    One of these that no entry speaks of counts as the entry after the last. None: everything holds.
    """
    records = {
        (kind, row[0]): _digest(tuple(row)) for kind, query in _RECORDS.items() for row in session.execute(text(query))
    }
    previous, expected = "", 1
    for row in session.scalars(select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)):
        if row.id != expected or row.hash != _hash(previous, row) or not _agrees(row, records):
            return expected
        previous, expected = row.hash, expected + 1
    return expected if records else None


def _agrees(row: AuditRow, records: dict[tuple[str, int], str]) -> bool:
    """Takes the row that the entry speaks of out of `records`."""
    if row.action not in _RECORDS:
        return True
    detail = json.loads(row.detail)
    found = records.pop((row.action, detail.get("id")), None)
    return found is not None and found == detail.get("record")


def _hash(previous: str, row: AuditRow) -> str:
    fields = {c: getattr(row, c) for c in ("id", "at", "actor", "action", "case_id", "detail")}
    return digest(previous, _canonical(fields))


def _digest(row: tuple[object, ...]) -> str:
    # SQLite answers 0 and 1 for a truth value.
    return digest(_canonical([int(v) if isinstance(v, bool) else v for v in row]))


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=repr)
