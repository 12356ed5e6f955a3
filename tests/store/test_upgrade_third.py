"""A database of the third version, brought up to date in place. `third_version.sql` was written by that version."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from core.domain import PageRef
from core.errors import StoreError
from core.store import Store
from core.store.tables import Base
from tests.store.examples import (
    DOCUMENT,
    EMBEDDED,
    GREW_SINCE_THE_FOURTH,
    HOSTED,
    OTHER,
    add_round,
    decision,
    label,
    sighting,
)

UNTOUCHED = (
    "documents", "pages", "cases", "case_documents", "jobs", "scorers", "scorer_checks",
    "questions", "texts", "answers", "sightings", "reviewers", "audit", "sqlite_sequence",
)  # fmt: skip
LABEL = (
    "id, case_id, document_id, page, criterion, reviewer, verdict, note, at, arm, inclusion_probability, blind, "
    "fingerprint, recalibration, score, probability, threshold, seed"
)
SEALED = ("audit", "labels", "decisions", "sightings")
TRIGGERS = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
    f"AND tbl_name IN ({', '.join(map(repr, SEALED))}) ORDER BY 1"
)


@pytest.fixture
def path(path: Path) -> Path:
    """The file of the third version."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((Path(__file__).parent / "third_version.sql").read_text())
    return path


def _read(path: Path, *queries: str) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as raw:
        return [raw.execute(query).fetchall() for query in queries]


@pytest.mark.usefixtures("path")
def test_an_upgrade_loses_nothing(url: str, path: Path) -> None:
    queries = [*GREW_SINCE_THE_FOURTH, *(f"SELECT * FROM {table} ORDER BY 1, 2" for table in UNTOUCHED)]
    queries += [f"SELECT {LABEL} FROM labels ORDER BY 1", TRIGGERS]
    before = _read(path, *queries)
    assert all(before)
    assert len(before[-1]) == 12
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
def test_a_rule_that_a_case_began_with_follows_what_is_in_force_and_one_set_by_hand_stays(url: str) -> None:
    with Store.open(url) as store:
        found = {
            (case, used.info.name): (used.rule, used.rule_recalibration)
            for case in (1, 2, 3)
            for used in store.case_scorers(case)
        }
        assert found == {
            (1, "embedded"): ("probability>=0.05 & top10", "5300ceeb"),
            (1, "zerank"): ("top3", ""),
            (2, "zerank"): ("", ""),
            (3, "embedded"): ("", ""),
            (3, "zerank"): ("probability>=0.02 & top10", ""),
        }
        store.use_scorer(3, EMBEDDED, rule="top5", by="Ann")
        assert (store.case(3).rule, store.case(3).rule_recalibration) == ("", "")


@pytest.mark.usefixtures("path")
def test_labels_are_as_they_were_and_can_be_withdrawn(url: str) -> None:
    with Store.open(url) as store:
        assert [(case, one.reviewer, one.verdict) for case, one in store.labels()] == [
            (1, "Bob", "unsure"),
            (1, "Ann", "not_relevant"),
            (2, "Bob", "unsure"),
            (3, "Ann", "relevant"),
        ]
        assert store.withdraw_label(3, PageRef(DOCUMENT, 1), "c1", reviewer="Ann")
        assert store.labels(3) == []


@pytest.mark.usefixtures("path")
def test_the_audit_log_holds_after_an_upgrade_and_goes_on(url: str) -> None:
    with Store.open(url) as store:
        assert store.verify_audit() is None
        before = store.audit()
        store.decide(1, decision("insufficient"), seen=2)
        store.add_label(1, label("unsure"))
        store.withdraw_label(2, PageRef(OTHER, 2), "c1", reviewer="Bob")
        store.add_sighting(1, sighting())
        task = store.rounds.next(add_round(store, 3, (1, 2)).id, reviewer="Bob")
        assert task is not None
        assert store.add_label(3, label(by="Bob"), task=task.id)
        assert store.audit()[: len(before)] == before
        assert store.verify_audit() is None
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as raw:
        assert raw.execute("SELECT max(id), count(*) FROM labels").fetchone() == (8, 8)


@pytest.mark.parametrize("table", SEALED)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id + 100",
        "DELETE FROM {}",
        "INSERT OR REPLACE INTO {} SELECT * FROM {} WHERE id = 1",
        "REPLACE INTO {} SELECT * FROM {} WHERE id = 1",
    ],
)
def test_the_upgraded_database_still_refuses_to_change_or_delete(
    url: str, path: Path, table: str, statement: str
) -> None:
    Store.open(url).close()
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement.format(table, table))


def test_a_label_changed_behind_the_log_is_found_after_an_upgrade(url: str, path: Path) -> None:
    Store.open(url).close()
    with closing(sqlite3.connect(path)) as raw, raw:
        (entry,) = raw.execute("SELECT id FROM audit WHERE action = 'label' ORDER BY id LIMIT 1").fetchone()
        raw.execute("DROP TRIGGER labels_no_update")
        raw.execute("UPDATE labels SET inclusion_probability = 1 WHERE id = 1")
    with Store.open(url) as store:
        assert store.verify_audit() == entry


def test_an_upgrade_that_cannot_end_well_changes_nothing(url: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE case_documents SET document_id = 77 WHERE case_id = 2 AND position = 2")
    queries = "SELECT sql FROM sqlite_master", "SELECT * FROM labels", "SELECT * FROM alembic_version"
    before = _read(path, *queries)
    with pytest.raises(StoreError, match="Nothing was changed"):
        Store.open(url)
    assert _read(path, *queries) == before


@pytest.mark.usefixtures("path")
def test_a_rule_set_by_hand_can_be_given_up(url: str) -> None:
    with Store.open(url) as store:
        store.set_rule(1, HOSTED.fingerprint, "", recalibration="aaaaaaaa", by="Ann")
        case = store.case(1)
        assert (case.scorer, case.rule, case.rule_recalibration) == (HOSTED, "", "")
