"""The app as a server: unfinished work goes on when the process starts, not when the first browser comes."""

import asyncio
import gc
import importlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from core.errors import ChartsieveError
from pages.door.line import ROUTES

logger = logging.getLogger(__name__)


@asynccontextmanager
async def _lifespan(_app: object) -> AsyncIterator[None]:
    try:
        await asyncio.to_thread(_warm_up)
    except ChartsieveError as error:
        # The screens say the same to whoever opens them.
        logger.error("%s", error)  # noqa: TRY400
    yield


def _warm_up() -> None:
    """Open the workspace, and load what the screens need."""
    # Only now does Streamlit have the runtime that keeps the workspace.
    importlib.import_module("pages.door")
    from pages.components.frame import workspace
    from pages.components.line import listening

    listening()
    # The first question loads the scorer's words; the first case should not wait for them.
    asyncio.run(workspace().roster.scorer("embedded").score("Is asthma documented?", ["Asthma since 2019."]))
    workspace().studio.prepare()
    # Streamlit collects garbage after every run of a script. What is here now stays: looking through its 250,000
    # objects each time would hold up every click by 0.15 s.
    gc.collect()
    gc.freeze()


app = st.App(Path(__file__).with_name("run.py"), lifespan=_lifespan, routes=ROUTES)
