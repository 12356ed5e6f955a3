"""A server on this machine that speaks the rerank contract, hosted and self-hosted, with its limits and its faults.

    python -m tests.benchmarks.endpoint --port 8100 --scale 60

A score depends on the query and the document alone, so a test knows every answer beforehand (`score_of`). Texts are
neither kept nor logged: what was asked how often is counted by digest. Two kinds of capacity, one at a time:

- hosted (`slots` 0): the published limits in windows of the server's own clock; a fast answer takes half a second, a
  slow one ten, whatever is in it.
- self-hosted (`slots` > 0): no limits; so many requests are worked on at a time and the others queue.

`scale` divides every duration, so that an hour passes in a minute.
"""

import argparse
import asyncio
import hashlib
import json
import math
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.benchmarks.capacity import Mode, Options, Slots, Windows, Wrong
from tests.benchmarks.faults import Faults

ROOT = Path(__file__).resolve().parent.parent.parent

REQUEST_BYTES = 5_000_000
GOLDEN_QUERY = "What is 2+2?"
GOLDEN = {"4": 0.747, "The answer is definitely 1 million": 0.289}


@dataclass
class Stats:
    """What the server did since it started or was reset. A pair counts as asked once its request was let in."""

    requests: int = 0
    status: dict[str, int] = field(default_factory=dict)
    """Requests by status of the answer."""
    pairs: int = 0
    """Pairs asked."""
    answered: int = 0
    """Pairs answered with the right scores, whether or not anybody waited for them."""
    distinct: int = 0
    """Different pairs asked."""
    most_asked: int = 0
    """How often the pair asked most often was asked."""
    asked_again: int = 0
    """Pairs asked beyond the first time."""
    answered_again: int = 0
    """Pairs answered beyond the first time."""
    bytes: dict[str, int] = field(default_factory=dict)
    """Metered bytes by number of the window; hosted only."""
    fast: int = 0
    slow: int = 0
    """Requests let in by mode; hosted only."""
    refused: int = 0
    """429s for the limits."""
    faults: dict[str, int] = field(default_factory=dict)
    in_flight: int = 0
    most_in_flight: int = 0
    largest: int = 0
    """Pairs of the largest request let in."""
    busy: float = 0.0
    """Seconds of work that the slots were given, in real time; self-hosted only."""
    first: float | None = None
    last: float | None = None
    """First arrival and last answer on the monotonic clock of this machine, in seconds."""


def metered_bytes(query: str, documents: list[str]) -> int:
    """As the hosted contract counts: the query once for each document."""
    asked = len(query.encode())
    return sum(150 + asked + len(document.encode()) for document in documents)


def pair_digest(query: str, document: str) -> bytes:
    raw = query.encode()
    return hashlib.sha256(len(raw).to_bytes(8, "big") + raw + document.encode()).digest()


def score_of(query: str, document: str, wrong: Wrong = "") -> float:
    """The server's answer: in [0, 1] unless `wrong` is "raw"."""
    if query == GOLDEN_QUERY and document in GOLDEN:
        right = GOLDEN[document]
    else:
        right = round(int.from_bytes(pair_digest(query, document)[:8], "big") / 2**64, 6)
    match wrong:
        case "raw":
            return 5 * math.log(max(right, 1e-6) / max(1 - right, 1e-6))
        case "double":
            return 1 / (1 + math.exp(-right))
        case "template":
            return 0.35 + 0.2 * right
        case "tiny":
            return 1e-20 * (1 + right)
        case _:
            return right


@dataclass(frozen=True)
class Asked:
    """A request that is well formed."""

    query: str
    documents: list[str]
    latency: str | None
    top_n: int | None
    hosted: bool


class Dropped(Response):
    """Half of an answer, then nothing: the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body[: len(self.body) // 2], "more_body": True})


class Server:
    """The state behind the routes. One event loop, so nothing is locked."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._windows = Windows(options)
        self._slots = Slots(options)
        self._faults = Faults(options.shares, options.seed)
        self._stats = Stats()
        self._asked: Counter[bytes] = Counter()
        self._answered: Counter[bytes] = Counter()

    async def rerank(self, request: Request) -> Response:
        stats, arrived = self._stats, time.monotonic()
        stats.first = stats.first or arrived
        stats.requests += 1
        stats.in_flight += 1
        stats.most_in_flight = max(stats.most_in_flight, stats.in_flight)
        try:
            response = await self._answer(request, arrived)
        finally:
            stats = self._stats
            stats.in_flight -= 1
        stats.status[str(response.status_code)] = stats.status.get(str(response.status_code), 0) + 1
        stats.last = time.monotonic()
        return response

    async def _answer(self, request: Request, arrived: float) -> Response:
        if self.options.key and request.headers.get("authorization") != f"Bearer {self.options.key}":
            return problem(401, "The key is not valid.")
        try:
            body = json.loads(await request.body())
            asked = read(body, hosted=request.url.path.endswith("/models/rerank"))
            size = metered_bytes(asked.query, asked.documents)
        except (ValueError, KeyError, TypeError):
            return problem(422, "The request cannot be read.")
        # As real servers do, every refusal repeats text of the request.
        quoted = f"{asked.query[:80]} / {asked.documents[0][:80]}"
        if body["model"] != self.options.model:
            return problem(404, f"No such model for: {quoted}")
        if size > REQUEST_BYTES:
            return problem(413, f"Too large: {quoted}")
        mode = "fast" if self.options.slots else self._admit(size, asked.latency)
        if mode is None:
            return self._too_much(quoted)
        return await self._work(asked, size, mode, arrived, quoted)

    def _admit(self, size: int, latency: str | None) -> Mode | None:
        mode, stats = self._windows.admit(size, latency), self._stats
        if mode is not None:
            window = str(self._windows.number)
            stats.bytes[window] = stats.bytes.get(window, 0) + size
        stats.fast += mode == "fast"
        stats.slow += mode == "slow"
        stats.refused += mode is None
        return mode

    def _too_much(self, quoted: str) -> Response:
        response = problem(429, f"Over the limit: {quoted}")
        if self.options.retry_after:
            response.headers["retry-after"] = f"{self._windows.seconds_left():.3f}"
        return response

    async def _work(self, asked: Asked, size: int, mode: Mode, arrived: float, quoted: str) -> Response:
        options, stats = self.options, self._stats
        fault = self._faults.draw()
        if fault:
            stats.faults[fault] = stats.faults.get(fault, 0) + 1
        if fault == "throttle":
            return problem(429, f"Too busy for: {quoted}")
        digests = [pair_digest(asked.query, document) for document in asked.documents]
        self._asked.update(digests)
        stats.pairs += len(digests)
        stats.largest = max(stats.largest, len(digests))
        if fault == "stall":
            await asyncio.sleep(options.stall_seconds / options.scale)
        if options.slots:
            work, done = self._slots.take(len(digests))
            stats.busy += work
        else:
            work = (options.fast_seconds if mode == "fast" else options.slow_seconds) / options.scale
            done = time.monotonic() + work
        await asyncio.sleep(max(0.0, done - time.monotonic()))
        if fault == "error":
            return problem(self._faults.status(), f"Something broke at: {quoted}")
        answer = self._body(asked, size, mode, work, time.monotonic() - arrived)
        if fault == "malformed":
            return Response(self._faults.spoil(answer), media_type="application/json")
        if fault == "drop":
            return Dropped(json.dumps(answer), media_type="application/json")
        self._answered.update(digests)
        stats.answered += len(digests)
        return JSONResponse(answer)

    def _body(self, asked: Asked, size: int, mode: str, work: float, seconds: float) -> dict[str, Any]:
        rows: list[dict[str, Any]] = [
            {"index": n, "relevance_score": score_of(asked.query, document, self.options.wrong)}
            for n, document in enumerate(asked.documents)
        ]
        rows.sort(key=lambda row: -float(row["relevance_score"]))
        rows = rows[: asked.top_n]
        tokens = (size - 150 * len(asked.documents)) // 4
        if not asked.hosted:
            for row in rows:
                row["document"] = {"text": asked.documents[row["index"]]}
            usage = {"prompt_tokens": tokens, "total_tokens": tokens}
            return {"id": "rerank-1", "model": self.options.model, "usage": usage, "results": rows}
        return {
            "results": rows,
            "total_bytes": size,
            "total_tokens": tokens,
            "actual_latency_mode": mode,
            "e2e_latency": seconds,
            "inference_latency": work,
        }

    async def stats(self, _request: Request) -> Response:
        asked, answered, stats = self._asked, self._answered, self._stats
        stats.distinct = len(asked)
        stats.most_asked = max(asked.values(), default=0)
        stats.asked_again = asked.total() - len(asked)
        stats.answered_again = answered.total() - len(answered)
        return JSONResponse(asdict(stats))

    async def reset(self, _request: Request) -> Response:
        """Counts from nothing; the window, the slots and the draws go on."""
        self._stats = Stats(in_flight=self._stats.in_flight)
        self._asked.clear()
        self._answered.clear()
        return JSONResponse({})


def problem(status: int, detail: str) -> Response:
    return JSONResponse({"detail": detail}, status)


def read(body: dict[str, Any], *, hosted: bool) -> Asked:
    """Raises ValueError, KeyError or TypeError for a body that is not of the contract."""
    query, documents, latency = body["query"], body["documents"], body.get("latency")
    if not isinstance(query, str) or not documents or not all(isinstance(d, str) for d in documents):
        raise ValueError("not of the contract")
    if latency not in (None, "fast", "slow"):
        raise ValueError("not a latency")
    top_n = body.get("top_n")
    return Asked(query, documents, latency, None if top_n is None else int(top_n), hosted)


def make_app(options: Options) -> Starlette:
    server = Server(options)
    asked = ("/models/rerank", "/{prefix:path}/models/rerank", "/rerank", "/v1/rerank", "/v2/rerank")
    return Starlette(
        routes=[
            Route("/_stats", server.stats),
            Route("/_reset", server.reset, methods=["POST"]),
            *(Route(path, server.rerank, methods=["POST"]) for path in asked),
        ]
    )


@dataclass(frozen=True)
class Endpoint:
    """A running server."""

    url: str

    def stats(self) -> Stats:
        with urllib.request.urlopen(f"{self.url}/_stats", timeout=30) as answer:
            return Stats(**json.load(answer))

    def reset(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/_reset", method="POST"), timeout=30).close()

    def at_rest(self, seconds: float = 30.0) -> Stats:
        """The figures once nothing is in flight. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while (stats := self.stats()).in_flight:
            if time.monotonic() > end:
                raise TimeoutError("The server is still at work.")
            time.sleep(0.02)
        return stats


@contextmanager
def serving(**options: Any) -> Iterator[Endpoint]:
    """A server with these `Options` in a process of its own, on a free port, until the block ends."""
    arguments = [f"{_flag(name)}={value}" for name, value in asdict(Options(**options)).items()]
    command = [sys.executable, "-m", "tests.benchmarks.endpoint", "--port", "0", "--while-stdin", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError("The server did not start.")
        yield Endpoint(url)
    finally:
        process.kill()
        process.communicate()


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _truth(word: str) -> bool:
    return {"true": True, "false": False}[word.lower()]


def main() -> int:
    parser = argparse.ArgumentParser(description="Serve the rerank contract on this machine.")
    parser.add_argument("--port", type=int, default=8100, help="0: any free one")
    parser.add_argument("--while-stdin", action="store_true", help="end when standard input does")
    for option in fields(Options):
        kind = type(option.default)
        parser.add_argument(_flag(option.name), type=_truth if kind is bool else kind, default=option.default)
    given = vars(parser.parse_args())
    port, bound = given.pop("port"), given.pop("while_stdin")
    # The protocol is named because asyncio sends small parts at once (TCP_NODELAY) only where it is.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)
    # uvicorn reports a dropped connection as an error of the app; here it is meant.
    config = uvicorn.Config(make_app(Options(**given)), log_level="critical", lifespan="off", timeout_keep_alive=75)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    if bound:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _end_with_stdin() -> None:
    """So that no server outlives a test that was killed."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
