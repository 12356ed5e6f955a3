"""The audit log: who did what, in the transaction that did it, each entry chained to the one before by its hash.

The hash of an entry is SHA-256 over the previous hash and the entry, so a changed, removed or inserted entry breaks the
chain. An entry about what a person judged, cited, signed, drew, certified or put in force also carries the digest of
that row, so that a changed row shows as well.
Whoever may rewrite the whole database can write a new chain: keep `AuditEntry.hash` of the newest entry elsewhere to
prove that the log only grew.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from core.domain import digest
from core.store.people import remember
from core.store.tables import Action, AuditRow, utc

Detail = dict[str, str | int | list[str]]
Recorded = Literal[
    "labels", "decisions", "sightings", "rounds", "recalibrations", "certificates", "publications",
    "steps", "assignments", "roles", "citations", "citation_withdrawals", "pins", "remarks",
]  # fmt: skip
"""Tables whose every row has an entry with its digest."""

# Plain SQL without types: a row that somebody damaged must still be readable, to be reported.
_QUERIES: dict[Recorded, str] = {
    "labels": "SELECT l.id, l.case_id, d.sha256, l.page, l.criterion, l.reviewer, l.verdict, l.note, l.at, l.arm, "
    "l.inclusion_probability, l.blind, l.fingerprint, l.recalibration, l.score, l.probability, l.threshold, l.seed, "
    "l.task_id FROM labels l LEFT JOIN documents d ON d.id = l.document_id",
    "decisions": "SELECT l.id, l.case_id, l.criterion, l.outcome, l.rationale, l.citations, l.reviewer, l.at, "
    "l.reading FROM decisions l",
    "sightings": "SELECT l.id, l.case_id, d.sha256, l.page, l.reviewer, l.note, l.at "
    "FROM sightings l LEFT JOIN documents d ON d.id = l.document_id",
    "rounds": "SELECT l.id, l.seed, l.fingerprint, l.recalibration, l.rule, l.threshold, l.criteria_name, l.shown, "
    "l.audit, l.uncertainty, l.twice, l.whole, l.cases, l.frames, l.tasks, l.judgements, l.created_by, l.created_at "
    "FROM rounds l",
    "recalibrations": "SELECT l.id, l.version, l.fingerprint, l.record, l.cases, l.made_by, l.made_at "
    "FROM recalibrations l",
    "certificates": "SELECT l.id, l.recall, l.unit, l.method, l.confidence, l.fingerprint, l.recalibration, l.rule, "
    "l.criteria_name, l.criteria_version, l.criteria, l.promised, l.bound, l.observed, l.kept, l.kept_together, "
    "l.cases, l.positives, l.labels, l.labels_digest, l.made_by, l.made_at, l.expires_at FROM certificates l",
    "publications": "SELECT l.id, l.fingerprint, l.criteria_name, l.certificate_id, l.made_by, l.made_at, l.reason "
    "FROM publications l",
    "steps": "SELECT l.id, l.case_id, l.kind, l.made_by, l.role, l.at, l.reason, l.detail, l.record FROM steps l",
    "assignments": "SELECT l.id, l.case_id, l.duty, l.assignee, l.made_by, l.at FROM assignments l",
    "roles": "SELECT l.id, l.name, l.role, l.made_by, l.at FROM roles l",
    "citations": "SELECT l.id, l.case_id, l.criterion, d.sha256, l.page, l.label, l.quote, l.boxes, l.reviewer, l.at, "
    "l.reading FROM citations l LEFT JOIN documents d ON d.id = l.document_id",
    "citation_withdrawals": "SELECT l.id, l.citation_id, l.made_by, l.at FROM citation_withdrawals l",
    "pins": "SELECT l.id, l.case_id, l.criterion, d.sha256, l.page, l.hold, l.reviewer, l.at, l.reason "
    "FROM pins l LEFT JOIN documents d ON d.id = l.document_id",
    "remarks": "SELECT l.id, l.case_id, l.criterion, l.flagged, l.note, l.reviewer, l.at, l.reading FROM remarks l",
}
_LATER: dict[Recorded, object] = {"labels": None, "decisions": "first"}
"""Tables whose last column is newer than their first records, with what it says of the rows from before: those are
recorded without it."""
_TASKS = (
    "SELECT t.round_id, t.id, t.case_id, d.sha256, t.page, t.criterion, t.arm, t.inclusion_probability, t.twice, "
    "t.score, t.probability FROM tasks t LEFT JOIN documents d ON d.id = t.document_id "
    "WHERE t.round_id BETWEEN :first AND :last ORDER BY t.id"
)
_RAISED = (
    "SELECT t.round_id, t.id, t.case_id, d.sha256, t.page, t.criterion, t.inclusion_probability "
    "FROM raised_chances t LEFT JOIN documents d ON d.id = t.document_id "
    "WHERE t.round_id BETWEEN :first AND :last ORDER BY t.id"
)
"""A round is recorded with all that was drawn, and with the chances that it raised."""
_COLUMNS = tuple(AuditRow.__table__.c)
_SPEAKS_OF: dict[Action, Recorded] = {
    "label": "labels",
    "label withdrawn": "labels",
    "decision": "decisions",
    "decision withdrawn": "decisions",
    "page looked at": "sightings",
    "round drawn": "rounds",
    "recalibration fitted": "recalibrations",
    "certificate made": "certificates",
    "threshold published": "publications",
    "threshold withdrawn": "publications",
    "step": "steps",
    "assigned": "assignments",
    "role set": "roles",
    "cited": "citations",
    "citation withdrawn": "citation_withdrawals",
    "page pinned": "pins",
    "remark": "remarks",
}


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


@dataclass(frozen=True, slots=True)
class Act:
    """What an entry is to say."""

    action: Action
    actor: str
    case: int | None = None
    detail: Detail = field(default_factory=dict)


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
    append_all(session, [Act(action, actor, case, detail)], at=at)


def append_all(session: Session, acts: Sequence[Act], *, at: datetime) -> None:
    """Add entries in this order, as `append` does."""
    for actor in dict.fromkeys(act.actor for act in acts):
        remember(session, actor)
    session.flush()
    last = session.execute(select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)).first()
    number, previous = (last.id, last.hash) if last else (0, "")
    rows = []
    for act in acts:
        number += 1
        row = {
            "id": number,
            "at": utc(at).isoformat(timespec="microseconds"),
            "actor": act.actor,
            "action": act.action,
            "case_id": act.case,
            "detail": _canonical(act.detail),
        }
        previous = _hash(previous, row)
        rows.append(row | {"hash": previous})
    session.execute(insert(AuditRow), rows)


def record_digest(session: Session, table: Recorded, record: int) -> str:
    """SHA-256 over all fields of a stored row."""
    return record_digests(session, table, record, record)[record]


def record_digests(session: Session, table: Recorded, first: int = 0, last: int = 2**62) -> dict[int, str]:
    """{id: SHA-256 over all fields} of the stored rows from `first` to `last`, both included."""
    within = {"first": first, "last": last}
    found = session.execute(text(f"{_QUERIES[table]} WHERE l.id BETWEEN :first AND :last"), within)
    rows = {row[0]: list(row) for row in found}
    if table == "rounds":
        for query in (_TASKS, _RAISED):
            for round_id, *part in session.execute(text(query), within):
                rows[round_id].append(_plain(part))
    if table in _LATER:
        rows = {number: row[:-1] if row[-1] == _LATER[table] else row for number, row in rows.items()}
    return {number: digest(_canonical(_plain(row))) for number, row in rows.items()}


def entries(session: Session, case: int | None) -> list[AuditEntry]:
    """Oldest first; of one case, or all."""
    query = select(*_COLUMNS).order_by(AuditRow.id)
    if case is not None:
        query = query.where(AuditRow.case_id == case)
    # By position, because there may be very many.
    return [
        AuditEntry(number, datetime.fromisoformat(at), actor, action, about, json.loads(detail), link)
        for number, at, actor, action, about, detail, link in session.execute(query)
    ]


def first_broken(session: Session) -> int | None:
    """Id of the first entry that is missing, changed, or no longer agrees with the row that it speaks of.

    A row of such a table that no entry speaks of counts as the entry after the last. None: everything holds.
    """
    records = {
        (table, number): record for table in _QUERIES for number, record in record_digests(session, table).items()
    }
    previous, expected = "", 1
    for entry in session.execute(select(*_COLUMNS).order_by(AuditRow.id)):
        row = entry._asdict()
        if row["id"] != expected or row["hash"] != _hash(previous, row) or not _agrees(row, records):
            return expected
        previous, expected = row["hash"], expected + 1
    return expected if records else None


def _agrees(row: Mapping[str, Any], records: dict[tuple[Recorded, int], str]) -> bool:
    """Takes the row that the entry speaks of out of `records`."""
    table = _SPEAKS_OF.get(row["action"])
    if table is None:
        return True
    detail = json.loads(row["detail"])
    found = records.pop((table, detail.get("id")), None)
    return found is not None and found == detail.get("record")


def _hash(previous: str, row: Mapping[str, Any]) -> str:
    fields = {c: row[c] for c in ("id", "at", "actor", "action", "case_id", "detail")}
    return digest(previous, _canonical(fields))


def _plain(row: Iterable[object]) -> list[object]:
    """SQLite answers 0 and 1 for a truth value."""
    return [int(v) if isinstance(v, bool) else v for v in row]


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=repr)
