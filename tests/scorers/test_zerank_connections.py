"""The zerank-2 scorer over real sockets: waiting, giving up, sharing connections, several event loops."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from core.errors import Unanswered
from core.scorers.zerank import ZerankScorer
from core.settings import Settings

Talk = Callable[["Loopback", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Loopback:
    """Counts what happens on its sockets."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = self.open = self.requests = 0
        self.closed = asyncio.Event()
        self.together = asyncio.Barrier(1)
        """Answers leave only when that many requests are in."""


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """The body; b"" when the other side has hung up."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    except asyncio.IncompleteReadError:
        return b""
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    return await reader.readexactly(length)


async def answer_all(server: Loopback, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """0.5 for every text, to any number of requests at once."""
    while body := await read_request(reader):
        server.requests += 1
        await server.together.wait()
        n = len(json.loads(body)["documents"])
        found = json.dumps({"results": [{"index": i, "relevance_score": 0.5} for i in range(n)]}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
        writer.write(b"content-length: %d\r\n\r\n%s" % (len(found), found))
        await writer.drain()


async def drip(_server: Loopback, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte every 20 ms, without end."""
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b"1\r\n \r\n")
        await asyncio.sleep(0.02)


async def silent(server: Loopback, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    server.requests += 1
    await reader.read()


async def hang_up(_server: Loopback, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{")


@asynccontextmanager
async def loopback(talk: Talk) -> AsyncIterator[Loopback]:
    server = Loopback()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.open += 1
        try:
            await talk(server, reader, writer)
        except ConnectionError:
            pass
        finally:
            server.open -= 1
            server.closed.set()
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


def zerank(port: int, **given: object) -> ZerankScorer:
    return ZerankScorer(Settings.model_validate({"zerank_url": f"http://127.0.0.1:{port}", **given}))


def test_as_many_calls_as_agreed_run_at_once_and_share_their_connections() -> None:
    async def run() -> None:
        async with loopback(answer_all) as server:
            server.together = asyncio.Barrier(20)
            scorer = zerank(server.port, zerank_concurrency=20, zerank_timeout=20)
            for _ in range(3):
                await asyncio.gather(*(scorer.score("q", ["a", "b"]) for _ in range(20)))
            assert (server.requests, server.connections) == (60, 20)
            await scorer.aclose()

    asyncio.run(run())


def test_a_scorer_that_was_closed_may_be_asked_again() -> None:
    async def run() -> None:
        async with loopback(answer_all) as server:
            scorer = zerank(server.port)
            await scorer.score("q", ["a"])
            await scorer.aclose()
            await scorer.aclose()
            await asyncio.wait_for(server.closed.wait(), 2)
            assert server.open == 0
            assert (await scorer.score("q", ["a"])).scores == [0.5]
            await scorer.aclose()

    asyncio.run(run())


def test_one_scorer_serves_event_loops_in_several_threads() -> None:
    async def run() -> None:
        async with loopback(answer_all) as server:
            scorer = zerank(server.port)
            found: list[list[float]] = []

            async def ask() -> None:
                replies = await asyncio.gather(*(scorer.score("q", ["a"]) for _ in range(4)))
                found.extend(reply.scores for reply in replies)
                await scorer.aclose()

            threads = [threading.Thread(target=lambda: asyncio.run(ask())) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                await asyncio.to_thread(thread.join)
            assert found == [[0.5]] * 16

    asyncio.run(run())


@pytest.mark.parametrize("talk", [drip, silent])
def test_a_server_that_never_finishes_is_given_up_in_time(talk: Talk) -> None:
    async def run() -> None:
        async with loopback(talk) as server:
            scorer = zerank(server.port, zerank_timeout=0.3)
            start = time.perf_counter()
            with pytest.raises(Unanswered, match=r"no answer within 0\.3 seconds"):
                await scorer.score("q", ["a"])
            assert time.perf_counter() - start < 2
            await asyncio.wait_for(server.closed.wait(), 2)
            await scorer.aclose()

    asyncio.run(run())


def test_a_call_that_is_cancelled_leaves_nothing_in_flight() -> None:
    async def run() -> None:
        async with loopback(silent) as server:
            scorer = zerank(server.port)
            call = asyncio.create_task(scorer.score("q", ["a"]))
            while server.requests == 0:
                await asyncio.sleep(0.005)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await asyncio.wait_for(server.closed.wait(), 2)
            assert server.open == 0
            await scorer.aclose()

    asyncio.run(run())


def test_a_server_that_hangs_up_is_worth_another_try() -> None:
    async def run() -> None:
        async with loopback(hang_up) as server:
            scorer = zerank(server.port)
            with pytest.raises(Unanswered, match="broke off"):
                await scorer.score("q", ["a"])
            await scorer.aclose()

    asyncio.run(run())


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    async def run() -> None:
        scorer = zerank(port)
        with pytest.raises(Unanswered, match=f"127.0.0.1:{port} could not be reached"):
            await scorer.score("q", ["a"])
        await scorer.aclose()

    asyncio.run(run())


def test_a_proxy_in_the_environment_sees_no_page_on_its_way_over_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with loopback(answer_all) as server, loopback(answer_all) as proxy:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            scorer = zerank(server.port)
            await scorer.score("q", ["a"])
            assert (server.requests, proxy.requests) == (1, 0)
            await scorer.aclose()

    asyncio.run(run())


def test_the_debug_log_of_the_sdk_stays_empty() -> None:
    program = (
        "import asyncio\n"
        "from core.scorers.zerank import ZerankScorer\n"
        "from core.settings import Settings\n"
        "scorer = ZerankScorer(Settings(zerank_url='http://127.0.0.1:9'))\n"
        "try:\n"
        "    asyncio.run(scorer.score('Was gavotinib tried?', ['Jane Roe took gavotinib.']))\n"
        "except Exception as error:\n"
        "    print(type(error).__name__)\n"
    )
    environment = {**os.environ, "ZEROENTROPY_LOG": "debug"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == "Unanswered\n"
    assert "gavotinib" not in done.stderr
