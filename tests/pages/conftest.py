"""What the tests of the screens share: a workspace of their own, and a case in it."""

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner

from core.samples import SAMPLES
from core.settings import Settings
from core.workspace import Workspace
from pages.components import frame


@pytest.fixture(scope="session", autouse=True)
def one_scan_of_packages() -> Iterator[None]:
    """Streamlit looks for components in every package that is installed, at each start of an AppTest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def one_workspace_per_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Processes that read documents start when they are needed: most of these tests need none.
    monkeypatch.setattr(frame, "SPARES", 0)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A data folder with the small sample case, scored by the embedded scorer, and the id of the case."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    opened = Workspace.open(Settings(data_dir=folder))
    case = opened.open_sample(SAMPLES[0], by="R")
    opened.jobs.wait(case, 60)
    opened.close()
    return folder, case


@pytest.fixture
def sample(sample_folder: tuple[Path, int], tmp_path: Path) -> int:
    """The case, in the data folder of this test."""
    shutil.copytree(sample_folder[0], tmp_path / "data")
    return sample_folder[1]
