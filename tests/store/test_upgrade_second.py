"""A database of the second version, brought up to date in place. `second_version.sql` was written by that version."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from core.domain import CaseDocument, Page, PageRef, Usage
from core.errors import StoreError
from core.store import Store
from core.store.tables import Base
from tests.store.examples import (
    DOCUMENT,
    EMBEDDED,
    GREW_SINCE_THE_FOURTH,
    HOSTED,
    NOON,
    OTHER,
    criteria,
    decision,
    label,
    page,
    sighting,
)

UNREAD = "c" * 64
UNTOUCHED = (
    "documents", "cases", "jobs", "scorers", "scorer_checks", "questions", "texts",
    "answers", "reviewers", "audit", "sqlite_sequence",
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
    """The file of the second version."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((Path(__file__).parent / "second_version.sql").read_text())
    return path


def _read(path: Path, *queries: str) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as raw:
        return [raw.execute(query).fetchall() for query in queries]


@pytest.mark.usefixtures("path")
def test_an_upgrade_loses_nothing(url: str, path: Path) -> None:
    queries = [*GREW_SINCE_THE_FOURTH, *(f"SELECT * FROM {table} ORDER BY 1, 2" for table in UNTOUCHED)]
    queries += [
        f"SELECT {PAGE} FROM pages ORDER BY 1, 2",
        TRIGGERS,
        f"SELECT {LABEL} FROM labels ORDER BY 1",
        "SELECT case_id, scorer_id, position, rule, agreed_to, agreed_by, agreed_at FROM case_scorers ORDER BY 1, 3",
        "SELECT case_id, position, document_id, name FROM case_documents ORDER BY 1, 2",
    ]
    before = _read(path, *queries)
    assert all(before)
    assert len(before[-4]) == 9
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
    assert [column[1] for column in _read(path, "PRAGMA table_info(pages)")[0]][-2:] == ["text", "words"]


@pytest.mark.usefixtures("path")
def test_pages_come_back_as_nothing_has_recognised_them(url: str) -> None:
    with Store.open(url) as store:
        assert [store.page(PageRef(DOCUMENT, n)) for n in (1, 2, 3)] == [page(n) for n in (1, 2, 3)]
        assert store.page(PageRef(OTHER, 2)) == Page(
            PageRef(OTHER, 2), "", source="none", problem="The scan is too faint."
        )
        recognised = replace(page(2, OTHER), source="ocr", recognised="engine 5 eng", confidence=0.9, look=b"\1" * 32)
        assert store.replace_pages(OTHER, [recognised]) == 1
        assert store.page(PageRef(OTHER, 2)) == recognised
        assert [one.page.number for _, one in store.labels(2)] == [2]


@pytest.mark.usefixtures("path")
def test_documents_came_with_their_case_in_their_order(url: str) -> None:
    later = NOON + timedelta(hours=1)
    with Store.open(url) as store:
        assert store.case(1).documents == (CaseDocument(DOCUMENT, "chart.pdf", 3, "Ann", NOON),)
        assert store.case(2).documents == (
            CaseDocument(OTHER, "second.pdf", 3, "Bob", later),
            CaseDocument(DOCUMENT, "first.pdf", 3, "Bob", later),
            CaseDocument(UNREAD, "unread.pdf", 7, "Bob", later),
        )
        assert [store.case(n).replaced for n in (1, 2)] == [(), ()]
        assert [store.case(n).amended_at for n in (1, 2)] == [None, None]
        assert [(c.documents, c.pages) for c in store.cases()] == [(3, 13), (1, 3)]


@pytest.mark.usefixtures("path")
def test_scorers_answers_and_jobs_are_as_they_were(url: str) -> None:
    with Store.open(url) as store:
        assert (store.case(1).scorer, store.case(1).rule, store.case(2).scorer) == (HOSTED, "top 3", HOSTED)
        assert store.case_scorers(2)[0].agreed_to == "models.example"
        job = store.job(1)
        assert job is not None
        assert (job.state, job.usage) == ("done", Usage(1, 2, 3, 0.5))
        asked, text = criteria().criteria[0].digest, page(1).digest
        assert store.answers(EMBEDDED.fingerprint, [asked], [text]) == {(asked, text): 0.5}
        assert store.last_check(HOSTED.fingerprint, "models.example") is not None


@pytest.mark.usefixtures("path")
def test_the_audit_log_holds_after_an_upgrade_and_goes_on(url: str) -> None:
    with Store.open(url) as store:
        assert store.verify_audit() is None
        before = store.audit()
        store.decide(1, decision("insufficient"), seen=2)
        store.add_label(1, label("not_relevant"))
        store.add_sighting(2, replace(sighting(), page=PageRef(OTHER, 2)))
        store.replace_document(2, OTHER, CaseDocument("d" * 64, "corrected.pdf", 3), by="Ann")
        store.add_documents(2, [CaseDocument("e" * 64, "more.pdf", 3)], by="Ann")
        assert [d.name for d in store.case(2).documents] == ["corrected.pdf", "first.pdf", "unread.pdf", "more.pdf"]
        assert [one.page.number for _, one in store.labels(2)] == [2]
        assert store.audit()[: len(before)] == before
        assert store.verify_audit() is None


@pytest.mark.parametrize("table", ["audit", "labels", "decisions", "sightings"])
def test_the_upgraded_database_still_refuses_to_change_or_delete(url: str, path: Path, table: str) -> None:
    with Store.open(url) as store:
        store.add_sighting(1, sighting())
    with closing(sqlite3.connect(path)) as raw:
        for statement in (f"UPDATE {table} SET id = id + 100", f"DELETE FROM {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)


def test_an_upgrade_that_cannot_end_well_changes_nothing(url: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE case_documents SET document_id = 77 WHERE position = 2")
    queries = "SELECT sql FROM sqlite_master", "SELECT * FROM pages", "SELECT * FROM alembic_version"
    before = _read(path, *queries)
    with pytest.raises(StoreError, match="Nothing was changed"):
        Store.open(url)
    assert _read(path, *queries) == before
