"""What the tests of the screens share: a workspace of their own, and a case in it."""

from collections.abc import Iterator

import pytest
import streamlit as st

from core.samples import SAMPLES
from core.settings import read_settings
from core.workspace import Workspace


@pytest.fixture(autouse=True)
def one_workspace_per_test() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def sample() -> int:
    """The small sample case, scored by the embedded scorer, in the data folder of this test."""
    opened = Workspace.open(read_settings())
    case = opened.open_sample(SAMPLES[0], by="R")
    opened.jobs.wait(case, 60)
    opened.close()
    return case
