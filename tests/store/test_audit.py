import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.domain import PageRef
from core.store import Store
from tests.store.examples import (
    DOCUMENT,
    EMBEDDED,
    NOON,
    add_case,
    assignment,
    cited,
    decision,
    label,
    pin,
    remark,
    sighting,
    step,
)


@pytest.fixture
def raw(path: Path, store: Store) -> Iterator[sqlite3.Connection]:
    """A second way into a database in which everything has happened once."""
    case_id = add_case(store)
    store.decide(case_id, decision("met", rationale="She limps."), seen=0)
    store.decide(case_id, decision("not_met", rationale="She walks."), seen=1)
    store.add_label(case_id, label())
    store.set_rule(case_id, EMBEDDED.fingerprint, "top 5", by="Bob")
    store.add_sighting(case_id, sighting())
    store.course.assign(case_id, assignment())
    store.course.set_role("Bob", "lead", by="Ann")
    store.findings.cite(case_id, cited())
    store.findings.uncite(case_id, 1, by="Ann")
    store.findings.pin(case_id, pin())
    store.findings.remark(case_id, remark())
    store.findings.opened(case_id, PageRef(DOCUMENT, 1), reviewer="Ann")
    store.undecide(case_id, "c1", reviewer="Ann", seen=2)
    store.course.add_step(case_id, step(), seen=0)
    assert store.verify_audit() is None
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@pytest.mark.usefixtures("raw")
def test_every_act_of_a_person_is_on_record(store: Store) -> None:
    entries = store.audit()
    assert [(e.id, e.actor, e.action, e.case) for e in entries] == [
        (1, "Ann", "criteria saved", None),
        (2, "Ann", "case created", 1),
        (3, "Ann", "decision", 1),
        (4, "Ann", "decision", 1),
        (5, "Ann", "label", 1),
        (6, "Bob", "rule changed", 1),
        (7, "Ann", "page looked at", 1),
        (8, "Ann", "assigned", 1),
        (9, "Ann", "role set", None),
        (10, "Ann", "cited", 1),
        (11, "Ann", "citation withdrawn", 1),
        (12, "Ann", "page pinned", 1),
        (13, "Ann", "remark", 1),
        (14, "Ann", "decision withdrawn", 1),
        (15, "Ann", "step", 1),
    ]
    assert entries[3].detail["outcome"] == "not_met"
    assert entries[4].detail["document"] == DOCUMENT
    assert all(e.at.tzinfo is not None for e in entries)
    assert store.audit(1) == [*entries[1:8], *entries[9:]]


def test_the_record_has_the_time_of_the_clock(url: str) -> None:
    with Store.open(url, clock=lambda: NOON) as store:
        add_case(store)
        assert {e.at for e in store.audit()} == {NOON}


def test_neither_page_text_nor_rationales_are_copied_into_the_log(raw: sqlite3.Connection) -> None:
    written = " ".join(row[0] for row in raw.execute("SELECT detail FROM audit"))
    for private in ("limps", "stands", "fax", "X-ray", "arthrogram", "are met", "operation"):
        assert private not in written


@pytest.mark.usefixtures("raw")
def test_an_empty_log_and_a_reopened_one_hold(store: Store, url: str, tmp_path: Path) -> None:
    store.close()
    with Store.open(url) as again:
        assert again.verify_audit() is None
    with Store.open(f"sqlite:///{tmp_path}/empty.db") as empty:
        assert empty.verify_audit() is None


SEALED = (
    "audit", "labels", "decisions", "sightings", "steps", "assignments", "roles", "citations", "citation_withdrawals",
    "pins", "remarks", "views",
)  # fmt: skip


@pytest.mark.parametrize("table", SEALED)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id + 100",
        "UPDATE OR REPLACE {} SET id = 1",
        "DELETE FROM {}",
        "INSERT OR REPLACE INTO {} SELECT * FROM {} WHERE id = 1",
        "REPLACE INTO {} SELECT * FROM {} WHERE id = 1",
    ],
)
def test_the_database_refuses_to_change_or_delete(raw: sqlite3.Connection, table: str, statement: str) -> None:
    before = raw.execute(f"SELECT * FROM {table}").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement.format(table, table))
    assert raw.execute(f"SELECT * FROM {table}").fetchall() == before


def _unseal(raw: sqlite3.Connection) -> None:
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET actor = 'Eve' WHERE id = 2", 2),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000+00:00' WHERE id = 1", 1),
        ("UPDATE audit SET at = 'never' WHERE id = 3", 3),
        ("UPDATE audit SET detail = replace(detail, 'not_met', 'met') WHERE id = 4", 4),
        ("UPDATE audit SET case_id = NULL WHERE id = 6", 6),
        ("DELETE FROM audit WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id >= 5", 5),
        ("UPDATE audit SET id = 16 WHERE id = 15", 15),
        ("UPDATE decisions SET outcome = 'met' WHERE id = 2", 4),
        ("UPDATE decisions SET rationale = 'Else.' WHERE id = 1", 3),
        ("UPDATE decisions SET at = 'never' WHERE id = 1", 3),
        ("DELETE FROM decisions WHERE id = 1", 3),
        ("UPDATE labels SET verdict = 'unsure'", 5),
        ("UPDATE labels SET blind = 0", 5),
        ("UPDATE labels SET seed = 'none'", 5),
        ("UPDATE documents SET sha256 = 'c'", 5),
        (
            "INSERT INTO decisions (id, case_id, criterion, outcome, rationale, citations, reviewer, at) "
            "VALUES (9, 1, 'c1', 'met', '', '[]', 'Eve', '2026-11-02T12:00:00.000000+00:00')",
            16,
        ),
        ("UPDATE decisions SET reading = 'second' WHERE id = 2", 4),
        ("UPDATE decisions SET outcome = 'met' WHERE id = 3", 14),
        ("DELETE FROM decisions WHERE id = 3", 14),
        ("UPDATE assignments SET assignee = 'Eve'", 8),
        ("UPDATE roles SET role = 'admin'", 9),
        ("INSERT INTO roles SELECT 9, 'Eve', 'admin', made_by, at FROM roles", 16),
        ("UPDATE citations SET quote = 'stood there'", 10),
        ("UPDATE citations SET boxes = '[]'", 10),
        ("DELETE FROM citation_withdrawals", 11),
        ("UPDATE pins SET hold = 'drop'", 12),
        ("UPDATE pins SET reason = ''", 12),
        ("UPDATE remarks SET flagged = 0", 13),
        ("UPDATE remarks SET note = ''", 13),
        ("UPDATE steps SET kind = 'deny'", 15),
        ("UPDATE steps SET record = ''", 15),
        ("UPDATE steps SET detail = '{}'", 15),
        ("DELETE FROM steps", 15),
        ("UPDATE sightings SET note = 'Nothing on it.'", 7),
        ("UPDATE sightings SET reviewer = 'Eve'", 7),
        ("UPDATE sightings SET page = 3", 7),
        ("DELETE FROM sightings", 7),
        ("INSERT INTO sightings SELECT 9, case_id, document_id, page, 'Eve', note, at FROM sightings", 16),
    ],
)
def test_tampering_is_found(raw: sqlite3.Connection, store: Store, statement: str, broken: int) -> None:
    _unseal(raw)
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute(statement)
    assert store.verify_audit() == broken
