"""Safety catches for every test: no user data, no key, a clean environment."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the user's settings or writes to the user's data folder."""
    for name in list(os.environ):
        if name.startswith(("CHARTSIEVE_", "ZEROENTROPY_")) and name != "CHARTSIEVE_REQUIRE_BROWSER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("CHARTSIEVE_DATA_DIR", str(tmp_path / "data"))
