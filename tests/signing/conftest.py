"""A small case that is about to be determined, in a workspace whose clock a test moves."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from core.store import Store
from core.workspace import Workspace
from tests import determining
from tests.determining import Clock


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    folder = tmp_path_factory.mktemp("made")
    return folder / "data", determining.make_case(folder)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ws(made: tuple[Path, int], tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """A workspace on a copy of the data folder, with a clock that a test moves."""
    shutil.copytree(made[0], tmp_path / "data")
    settings = Settings(data_dir=tmp_path / "data", ocr=False)
    opened = Workspace(settings, Store.open(settings.database, clock=clock), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def case(made: tuple[Path, int]) -> int:
    return made[1]
