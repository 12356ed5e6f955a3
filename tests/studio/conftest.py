"""A workspace for each test: the empty database is made once and copied."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.settings import Settings
from core.store import Store
from core.workspace import Workspace


class Clock:
    """The present, and as much later as a test says."""

    def __init__(self) -> None:
        self.later = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.later


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "data"
    Workspace.open(Settings(data_dir=folder)).close()
    return folder


@pytest.fixture
def reopened(empty: Path, tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Workspace]]:
    """Opens the data folder of this test, as often as it is asked to: a restart."""
    shutil.copytree(empty, tmp_path / "data")
    made: list[Workspace] = []

    def open_again() -> Workspace:
        settings = Settings(data_dir=tmp_path / "data")
        made.append(Workspace(settings, Store.open(settings.database), clock=clock))
        return made[-1]

    yield open_again
    for workspace in made:
        workspace.close()


@pytest.fixture
def workspace(reopened: Callable[[], Workspace]) -> Workspace:
    return reopened()
