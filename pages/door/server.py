"""The app as a server: unfinished work goes on when the process starts, not when the first browser comes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from core.errors import ChartsieveError

logger = logging.getLogger(__name__)


@asynccontextmanager
async def _lifespan(_app: object) -> AsyncIterator[None]:
    # Only now does Streamlit have the runtime that keeps the workspace.
    from pages.components.frame import workspace

    try:
        await asyncio.to_thread(workspace)
    except ChartsieveError as error:
        # The screens say the same to whoever opens them.
        logger.error("%s", error)  # noqa: TRY400
    yield


app = st.App(Path(__file__).with_name("run.py"), lifespan=_lifespan)
