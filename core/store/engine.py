"""Connections and transactions: how the database is opened, locked, kept safe, and how its errors are worded."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.errors import StoreError

BUSY_SECONDS = 10
_POSTGRESQL_WRITERS = 0x43485254
"""Number of the advisory lock that lets one writer in at a time, as BEGIN IMMEDIATE does on SQLite."""


def make_engine(address: str) -> Engine:
    """An engine for `address` (SQLAlchemy URL). For SQLite the folder (0700) and the file (0600) are made if missing.

    Raises StoreError when the address or the file cannot be used. Parameters never appear in its errors or logs.
    """
    url = _parsed(address)
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        _make_file(url)
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=8,
            max_overflow=32,
            connect_args={"timeout": BUSY_SECONDS} if sqlite else {},
        )
    except ImportError as error:
        raise StoreError(
            f"The database driver {error.name!r} is not installed. Nothing was changed. Install it, or use SQLite."
        ) from error
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite if sqlite else _begin_elsewhere)
    return engine


def _parsed(address: str) -> URL:
    try:
        url = make_url(address)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(
            "CHARTSIEVE_DATABASE_URL is not the address of a database. Write it as sqlite:////folder/file.db."
        ) from error
    except ImportError as error:
        raise StoreError(f"The database driver {error.name!r} is not installed. Install it, or use SQLite.") from error
    if url.get_backend_name() == "sqlite" and (url.database or ":").startswith((":", "file:")):
        raise StoreError("The database must be a plain file: in memory, every decision would be lost.")
    return url


def _make_file(url: URL) -> None:
    path = Path(str(url.database))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The side files (-wal, -shm) take the mode of this one.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            f"The database {path} cannot be written ({error.strerror}). Nothing was changed. "
            "Give this user write access to the folder and the file, or choose another folder."
        ) from error


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "foreign_keys = ON",
        "synchronous = FULL",  # a decision that was called saved survives a power cut
        "fullfsync = ON",  # the same on macOS
    ):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: SqliteConnection) -> None:
    """Switch to WAL. SQLite does not wait here when another process does the same at this moment, so we do."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except connection.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # Read-then-write under a plain BEGIN fails with "database is locked" at once, whatever the timeout.
    readonly = connection.get_execution_options().get("readonly")
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def _begin_elsewhere(connection: Connection) -> None:
    if connection.get_execution_options().get("readonly"):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:writers)"), {"writers": _POSTGRESQL_WRITERS})


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction that writes: alone from its first statement, stored as a whole or not at all."""
    with translated(), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


_VIEW: ContextVar[tuple[Engine, Session] | None] = ContextVar("view", default=None)
"""What is being read from for longer than one method."""


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One consistent view. Neither waits for a writer nor makes one wait."""
    view = _VIEW.get()
    if view is not None and view[0] is engine:
        with translated():
            yield view[1]
        return
    with translated(), Session(engine.execution_options(readonly=True)) as session:
        yield session


@contextmanager
def one_view(engine: Engine) -> Iterator[None]:
    """All that is read inside, by this thread, is read in one transaction: as it was at the first read."""
    with reading(engine) as session:
        token = _VIEW.set((engine, session))
        try:
            yield
        finally:
            _VIEW.reset(token)


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the database leave as StoreError, with a sentence for the person."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(_sentence(error)) from error


_SENTENCES = {
    "locked": "The database was busy for too long and nothing was saved. Try again.",
    "disk is full": "The disk is full and nothing was saved. Earlier work is safe. Free some space and try again.",
    "unable to open": "The database file cannot be opened. Give this user write access to its folder and try again.",
    "readonly": "The database cannot be written and nothing was saved. Give this user write access to its folder.",
    "not a database": "The file is not a Chartsieve database. Nothing was changed. Choose another file.",
    "malformed": "The database file is damaged. Nothing was saved. Restore it from a backup.",
    "append-only": (
        "Labels, decisions, citations, steps of a case, labelling rounds, certificates and the audit log are never "
        "changed or deleted. Nothing was changed."
    ),
}


def _sentence(error: SQLAlchemyError) -> str:
    cause = str(error.orig) if isinstance(error, DBAPIError) else ""
    for sign, sentence in _SENTENCES.items():
        if sign in cause:
            return sentence
    if isinstance(error, IntegrityError):
        return "The database refused a value that does not fit. Nothing was saved. Earlier work is safe."
    return (
        "The database could not be used and nothing was saved. Earlier work is safe. Try again; if it stays, restart."
    )
