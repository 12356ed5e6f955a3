"""The server's end of the line (pages.components.line): one POST for a question."""

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.components.line import PATH, answer

_MOST = 64 * 1024
"""Bytes of a question: the longest rationale, four times over."""
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def _asked(request: Request) -> Response:
    # A header of our own cannot be sent by a page from elsewhere unless this server allowed it, which it never does.
    token = request.headers.get("x-chartsieve-line", "")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST:
            return _said(413, {})
    try:
        said: object = json.loads(body)
    except ValueError:
        return _said(400, {})
    return _said(*await run_in_threadpool(answer, token, request.path_params["name"], said))


def _said(status: int, content: Any) -> Response:
    return JSONResponse(content, status, headers=_HEADERS)


ROUTES = [Route(f"{base}{PATH}/{{name}}", _asked, methods=["POST"]) for base in ("", "/{base:path}")]
"""Also for an app that does not stand at the root of its address."""
