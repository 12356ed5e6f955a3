"""A database of the first version, brought up to date in place. `first_version.sql` was written by that version."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from core.domain import CaseScorer, ScorerInfo, Usage
from core.errors import StoreError
from core.store import Store
from core.store.tables import Base
from tests.store.examples import (
    EMBEDDED,
    GREW_SINCE_THE_FOURTH,
    HOSTED,
    NOON,
    add_case,
    criteria,
    decision,
    label,
    page,
)

Rows = list[tuple[object, ...]]
UNTOUCHED = (
    "documents", "questions", "texts", "answers", "reviewers", "audit", "sqlite_sequence",
)  # fmt: skip
PAGE = "document_id, number, source, label, rotation, width, height, problem, blank, body, text, words"
LABEL = (
    "id, case_id, document_id, page, criterion, reviewer, verdict, note, at, arm, inclusion_probability, blind, "
    "fingerprint, recalibration, score, probability, threshold, seed"
)
TRIGGERS = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
    "AND tbl_name IN ('audit', 'labels', 'decisions') ORDER BY 1"
)


@pytest.fixture
def path(path: Path) -> Path:
    """The file of the first version."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((Path(__file__).parent / "first_version.sql").read_text())
    return path


def _read(path: Path, *queries: str) -> list[Rows]:
    with closing(sqlite3.connect(path)) as raw:
        return [raw.execute(query).fetchall() for query in queries]


@pytest.mark.usefixtures("path")
def test_an_upgrade_loses_nothing(url: str, path: Path) -> None:
    queries = [*GREW_SINCE_THE_FOURTH, *(f"SELECT * FROM {table} ORDER BY 1, 2" for table in UNTOUCHED)]
    queries += [
        "SELECT id, name, criteria_set_id, created_by, created_at FROM cases",
        "SELECT case_id, state, stage, done, total, message, started_by, updated_at FROM jobs",
        "SELECT id, key FROM scorers WHERE id <= 2",
        f"SELECT {PAGE} FROM pages ORDER BY 1, 2",
        f"SELECT {LABEL} FROM labels ORDER BY 1",
        "SELECT case_id, position, document_id, name FROM case_documents ORDER BY 1, 2",
        TRIGGERS,
    ]
    before = _read(path, *queries)
    assert all(before)
    Store.open(url).close()
    assert _read(path, *queries) == before
    assert _read(path, "SELECT version_num FROM alembic_version") == [[("0005",)]]


def test_an_upgraded_database_has_the_schema_of_the_classes(url: str, path: Path) -> None:
    Store.open(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
    assert _read(path, "PRAGMA foreign_key_check", "PRAGMA integrity_check") == [[], [("ok",)]]


@pytest.mark.usefixtures("path")
def test_cases_come_back_with_their_scorer_and_rule(url: str) -> None:
    with Store.open(url) as store:
        assert [(store.case(n).scorer, store.case(n).rule) for n in (1, 2)] == [
            (EMBEDDED, "top 5"),
            (EMBEDDED, "threshold 0.25"),
        ]
        assert store.case_scorers(1) == [CaseScorer(EMBEDDED, "top 5", rule_recalibration="5300ceeb")]
        assert store.case(1).created_at == NOON


@pytest.mark.usefixtures("path")
def test_a_case_whose_scorer_was_only_a_name_keeps_the_name(url: str) -> None:
    with Store.open(url) as store:
        assert store.case(3).scorer == ScorerInfo("zerank", "", "", "")
        job = store.job(3)
        assert job is not None
        assert (job.state, job.fingerprint) == ("failed", store.case(3).scorer.fingerprint)


def test_answers_are_found_under_what_they_were_saved_under(url: str, path: Path) -> None:
    asked, texts = [c.digest for c in criteria()], [page(n).digest for n in (1, 2, 3)]
    with Store.open(url) as store:
        found = store.answers(EMBEDDED.fingerprint, asked, texts)
        assert store.answers("0123456789abcdef", asked, texts) == {(asked[0], texts[0]): 0.5}
    assert found == {
        (asked[0], texts[0]): 0.0,
        (asked[0], texts[1]): 1 / 7,
        (asked[0], texts[2]): "timed out",
        (asked[1], texts[0]): 1 / 7,
        (asked[1], texts[1]): 2 / 7,
    }
    assert _read(path, "SELECT key, name, transform FROM scorers ORDER BY id LIMIT 2") == [
        [(EMBEDDED.fingerprint, "embedded", EMBEDDED.transform), ("0123456789abcdef", "unknown", "")]
    ]


@pytest.mark.usefixtures("path")
def test_jobs_of_the_first_version_have_used_nothing(url: str) -> None:
    with Store.open(url) as store:
        job = store.job(1)
        assert job is not None
        assert (job.state, job.stage, job.done, job.total) == ("done", "Scoring", 6, 6)
        assert (job.fingerprint, job.usage) == (EMBEDDED.fingerprint, Usage())
        assert (job.rate, job.seconds_left) == (None, None)
        assert store.unfinished_jobs() == [2]


@pytest.mark.usefixtures("path")
def test_the_audit_log_holds_after_an_upgrade_and_goes_on(url: str) -> None:
    with Store.open(url) as store:
        assert store.verify_audit() is None
        before = store.audit()
        assert [d.reviewer for d in store.history(1, "c1")] == ["Ann", "Bob"]
        assert [one.verdict for _, one in store.labels(1)] == ["relevant", "unsure"]
        store.decide(1, decision("insufficient"), seen=2)
        store.add_label(1, label("not_relevant"))
        store.use_scorer(1, HOSTED, rule="top 3", by="Ann")
        assert add_case(store, name="Case four") == 4
        assert store.audit()[: len(before)] == before
        assert store.verify_audit() is None


@pytest.mark.parametrize("table", ["audit", "labels", "decisions"])
def test_the_upgraded_database_still_refuses_to_change_or_delete(url: str, path: Path, table: str) -> None:
    Store.open(url).close()
    with closing(sqlite3.connect(path)) as raw:
        for statement in (f"UPDATE {table} SET id = id + 100", f"DELETE FROM {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)


@pytest.mark.usefixtures("path")
def test_connections_check_foreign_keys_after_an_upgrade(url: str) -> None:
    with Store.open(url) as store, store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_upgrade_that_cannot_end_well_changes_nothing(url: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE case_documents SET document_id = 77 WHERE case_id = 3")
    queries = "SELECT sql FROM sqlite_master", "SELECT * FROM cases", "SELECT * FROM alembic_version"
    before = _read(path, *queries)
    with pytest.raises(StoreError, match="Nothing was changed"):
        Store.open(url)
    assert _read(path, *queries) == before
