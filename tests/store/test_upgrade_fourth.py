"""A database of the fourth version, brought up to date in place. `fourth_version.sql` was written by that version."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from core.casefile import Cited, Step
from core.domain import Citation, PageRef
from core.errors import SignedOff
from core.store import Store
from core.store.tables import Base
from tests.store.examples import DOCUMENT, GREW_SINCE_THE_FOURTH, NOON, decision

UNTOUCHED = (
    "documents", "pages", "cases", "case_documents", "case_scorers", "jobs", "scorers", "scorer_checks", "questions",
    "texts", "answers", "labels", "sightings", "rounds", "tasks", "sampling_seed", "reviewers", "audit",
    "sqlite_sequence",
)  # fmt: skip
SEALED = ("audit", "labels", "decisions", "sightings", "rounds", "tasks", "sampling_seed")
TRIGGERS = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
    f"AND tbl_name IN ({', '.join(map(repr, SEALED))}) ORDER BY 1"
)


@pytest.fixture
def path(path: Path) -> Path:
    """The file of the fourth version."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((Path(__file__).parent / "fourth_version.sql").read_text())
    return path


def _read(path: Path, *queries: str) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as raw:
        return [raw.execute(query).fetchall() for query in queries]


@pytest.mark.usefixtures("path")
def test_an_upgrade_loses_nothing(url: str, path: Path) -> None:
    queries = [*GREW_SINCE_THE_FOURTH, *(f"SELECT * FROM {table} ORDER BY 1, 2" for table in UNTOUCHED), TRIGGERS]
    before = _read(path, *queries)
    assert all(before)
    assert len(before[-1]) == 3 * len(SEALED)
    Store.open(url).close()
    assert _read(path, *queries) == before
    assert _read(path, "SELECT version_num FROM alembic_version") == [[("0005",)]]


def test_an_upgraded_database_has_the_schema_of_the_classes(url: str, path: Path) -> None:
    Store.open(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
    assert _read(path, "PRAGMA foreign_key_check", "PRAGMA integrity_check") == [[], [("ok",)]]


@pytest.mark.usefixtures("path")
def test_what_was_decided_before_is_the_first_reading(url: str) -> None:
    with Store.open(url) as store:
        assert [(d.id, d.reviewer, d.outcome, d.reading) for d in store.history(1, "c1")] == [
            (1, "Ann", "met", "first"),
            (2, "Bob", "not_met", "first"),
        ]
        assert store.decisions(1, "second") == {}
        assert [(case.id, case.decided, case.second_decided, case.flagged) for case in store.cases()] == [
            (2, 1, 0, 0),
            (1, 2, 0, 0),
        ]


@pytest.mark.usefixtures("path")
def test_the_audit_log_holds_after_an_upgrade_and_goes_on(url: str) -> None:
    with Store.open(url) as store:
        assert store.verify_audit() is None
        before = store.audit()
        assert store.undecide(1, "c1", reviewer="Ann", seen=2)
        assert store.decide(1, replace(decision(), reading="second"), seen=0)
        store.findings.cite(1, Cited("c1", Citation(PageRef(DOCUMENT, 1), quote="stands"), "Ann", NOON))
        store.course.add_step(1, Step("approve", "Ann", "reviewer", NOON), seen=0)
        with pytest.raises(SignedOff):
            store.decide(1, decision(), seen=0)
        assert store.audit()[: len(before)] == before
        assert store.verify_audit() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET reading = 'second'",
        "DELETE FROM decisions",
        "INSERT OR REPLACE INTO decisions SELECT * FROM decisions WHERE id = 1",
    ],
)
def test_the_upgraded_decisions_still_refuse_to_change(url: str, path: Path, statement: str) -> None:
    Store.open(url).close()
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)


def test_a_decision_changed_behind_the_log_is_found_after_an_upgrade(url: str, path: Path) -> None:
    Store.open(url).close()
    with closing(sqlite3.connect(path)) as raw, raw:
        (entry,) = raw.execute("SELECT id FROM audit WHERE action = 'decision' ORDER BY id LIMIT 1").fetchone()
        raw.execute("DROP TRIGGER decisions_no_update")
        raw.execute("UPDATE decisions SET reading = 'second' WHERE id = 1")
    with Store.open(url) as store:
        assert store.verify_audit() == entry
