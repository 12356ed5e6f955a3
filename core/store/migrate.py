"""Bring a database to the form this program knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from core.errors import StoreError
from core.store.engine import translated

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Run the missing steps, all in one transaction. Safe when several processes open the database at once.

    Raises StoreError, and changes nothing, when the database was written by a newer program or is somebody else's.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    head = ScriptDirectory.from_config(config).get_current_head()
    with translated():
        with engine.execution_options(readonly=True).connect() as connection:
            if _version(connection) == head:
                return
        # The write lock is held from here to the end. If another process was quicker, nothing is left to upgrade.
        with _rebuilding(engine) as connection:
            _check_known(config, _version(connection), connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


@contextmanager
def _rebuilding(engine: Engine) -> Iterator[Connection]:
    """A transaction in which tables may be made anew.

    SQLite would count the rows of a table that others point to as lost, so it checks that at the end instead.
    """
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            connection.detach()  # closed afterwards, never lent to anyone else
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            yield connection
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise StoreError(
                    "The database holds rows that point to nothing, so it could not be brought up to date. "
                    "Nothing was changed. Restore it from a backup."
                )


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_known(config: Config, version: str | None, connection: Connection) -> None:
    if version is None:
        if inspect(connection).get_table_names():
            raise StoreError("The database belongs to another program. Nothing was changed. Choose another file.")
        return
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version not in known:
        raise StoreError(
            "The database was written by a newer Chartsieve. Nothing was changed. Install that version again."
        )
