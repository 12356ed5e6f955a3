"""For every test: no user data, no key, a clean environment, and new databases that are there at once."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.store import Store
from core.store.engine import make_engine


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the user's settings or writes to the user's data folder."""
    for name in list(os.environ):
        if name.startswith(("CHARTSIEVE_", "ZEROENTROPY_")) and name != "CHARTSIEVE_REQUIRE_BROWSER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("CHARTSIEVE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the migrations make it, with nothing in it."""
    path = tmp_path_factory.mktemp("empty") / "chartsieve.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(autouse=True)
def ready_made_databases(empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database starts as a copy of an empty one: the migrations take half a second."""

    def make(address: str) -> Engine:
        path = Path(address.removeprefix("sqlite:///"))
        if path.is_relative_to(tmp_path) and not path.exists():
            with suppress(OSError):  # said better by what follows
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                copied = Path(shutil.copy(empty_database, path.with_name(f"{path.name}.{os.urandom(4).hex()}")))
                with suppress(FileExistsError):  # another thread was quicker
                    path.hardlink_to(copied)
                copied.unlink()
        return make_engine(address)

    monkeypatch.setattr("core.store.make_engine", make)
