"""The database file: how it is made, brought up to date, and refused."""

import re
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from core.errors import StoreError
from core.store import Store
from core.store.tables import Base


@pytest.mark.usefixtures("store")
def test_the_migrations_make_the_schema_of_the_classes(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def _tables(path: Path) -> dict[str, list[str]]:
    """Each table's definition as its sorted lines, checks and keys included; a table made anew has its name quoted."""
    with closing(sqlite3.connect(path)) as raw:
        found = raw.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL")
        definitions = {name: sql for name, sql in found if not name.startswith(("sqlite_", "alembic_"))}
    return {
        name: sorted(re.sub(r"\s+", " ", line.replace('"', "")).strip(" ,") for line in sql.splitlines())
        for name, sql in definitions.items()
    }


@pytest.mark.usefixtures("store")
def test_the_migrations_make_the_checks_and_keys_of_the_classes_too(path: Path, tmp_path: Path) -> None:
    direct = tmp_path / "direct.db"
    engine = create_engine(f"sqlite:///{direct}")
    Base.metadata.create_all(engine)
    engine.dispose()
    assert _tables(path) == _tables(direct)


def test_folder_and_files_are_for_their_owner_alone(url: str, path: Path) -> None:
    with Store.open(url) as store:
        store.add_reviewer("Ann")
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in path.parent.iterdir()}
    assert modes == dict.fromkeys(["chartsieve.db", "chartsieve.db-wal", "chartsieve.db-shm"], 0o600)


def test_connections_write_ahead_sync_fully_and_check_foreign_keys(store: Store) -> None:
    with store._engine.connect() as connection:
        values = {
            p: connection.exec_driver_sql(f"PRAGMA {p}").scalar()
            for p in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_many_processes_may_open_a_new_database_at_once(url: str, tmp_path: Path) -> None:
    start = tmp_path / "start"
    code = (
        "import sys, time, pathlib; from core.store import Store; import alembic.command\n"
        "print('ready', flush=True)\n"
        "while not pathlib.Path(sys.argv[2]).exists(): time.sleep(0.001)\n"
        "store = Store.open(sys.argv[1]); store.add_reviewer(sys.argv[3]); store.close()"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, url, str(start), f"R{i}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for i in range(4)
    ]
    for run in runs:
        assert run.stdout is not None
        assert run.stdout.readline() == b"ready\n"
    start.touch()
    assert [(run.communicate()[1], run.returncode) for run in runs] == [(b"", 0)] * 4
    with Store.open(url) as store:
        assert sorted(store.reviewers()) == ["R0", "R1", "R2", "R3"]


def test_opening_waits_for_a_process_that_is_just_making_the_database(url: str, path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE unfinished (id INTEGER)")
        release = threading.Timer(0.2, other.execute, ["ROLLBACK"])
        release.start()
        with Store.open(url) as store:
            assert store.cases() == []
        release.join()


def test_a_database_of_a_newer_program_is_refused_and_left_alone(store: Store, url: str, path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer Chartsieve"):
        Store.open(url)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_a_database_of_another_program_is_refused_and_left_alone(url: str, path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE invoices (id INTEGER)")
    with pytest.raises(StoreError, match="another program"):
        Store.open(url)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("invoices",)]


def test_a_file_that_is_no_database_is_refused_and_left_alone(url: str, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"%PDF-1.7 and much more that no database begins with" * 100)
    with pytest.raises(StoreError, match="not a Chartsieve database"):
        Store.open(url)
    assert path.read_bytes().startswith(b"%PDF-1.7")


def test_a_path_that_cannot_be_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        Store.open(f"sqlite:///{tmp_path}")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        Store.open(f"sqlite:///{tmp_path}/file/chartsieve.db")


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x.db?uri=true"])
def test_a_database_that_is_no_plain_file_is_refused(address: str) -> None:
    with pytest.raises(StoreError, match="plain file"):
        Store.open(address)


@pytest.mark.parametrize("address", ["", "chartsieve.db", "nothing://x"])
def test_an_address_of_nothing_is_refused(address: str) -> None:
    with pytest.raises(StoreError, match="CHARTSIEVE_DATABASE_URL"):
        Store.open(address)


def test_a_missing_driver_is_named() -> None:
    with pytest.raises(StoreError, match=r"driver .* is not installed"):
        Store.open("mysql+pymysql://somewhere/x")
