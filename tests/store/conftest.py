import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chartsieve.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture(autouse=True)
def ready_made_databases() -> None:
    """Here new databases are made by the migrations, except where a test asks for a ready one."""


@pytest.fixture
def store(url: str, path: Path, empty_database: Path) -> Iterator[Store]:
    """An open database with nothing in it, copied rather than made: that is quicker."""
    path.parent.mkdir(exist_ok=True)
    shutil.copy(empty_database, path)
    with Store.open(url) as opened:
        yield opened
