"""zerank-2 on a server: the hosted contract, or a server of one's own (vLLM). The only user of the `zeroentropy` SDK.

The SDK posts and authorises. Its retries are off (pacing is the engine's), redirects are not followed (pages would go
to a host that nobody named), and what it would log is dropped (its debug log holds the pages).
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from threading import Lock

import httpx
from zeroentropy import APIError, AsyncZeroEntropy, DefaultAsyncHttpxClient, omit

from core.domain import Criterion, ScorerInfo, Usage
from core.errors import ScorerError, ScorerNotSetUp, WrongScores
from core.scorers import golden
from core.scorers.base import METERED_OVERHEAD, Reply, Terms, metered
from core.scorers.rerank import Failures, read_answer
from core.settings import Settings

_HOSTED_PATH = "/models/rerank"
_PATH = re.compile(r"(?:/[\w.~-]+)+")
_MAX_REQUEST = 5_000_000
"""Metered bytes that the hosted contract takes in one request."""
_WINDOW_BYTES = {"fast": 125_000, "slow": 1_250_000, "auto": 1_250_000}
_WINDOW_REQUESTS = 250
_TEXTS = 64
_PRICE = 0.025

_MARK = re.compile(r"<\|(?=\w+\|>)")
"""The beginning of a mark of the model's prompt, such as <|im_end|>."""
_LOGGERS = (
    "zeroentropy._base_client",
    "zeroentropy._response",
    "httpx",
    *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
)
_ASKING: ContextVar[bool] = ContextVar("asking", default=False)


@dataclass(frozen=True, slots=True)
class _Server:
    """Where and how to ask, as the settings say."""

    address: str
    """What the SDK puts before the path."""
    host: str
    """Host, with its port where that is not the usual one."""
    path: str
    hosted: bool
    key: str

    @property
    def asked(self) -> httpx.URL:
        """The whole address that texts are posted to; it holds no key."""
        return httpx.URL(self.address + self.path)


class ZerankScorer:
    """Asks zerank-2 on a server. Safe to share between threads and event loops.

    Raises ScorerNotSetUp, with the setting that is missing, when the settings do not name a server that can be asked.
    """

    def __init__(self, settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._server = _read_server(settings)
        self._settings = settings
        self._terms = _read_terms(settings, hosted=self._server.hosted)
        self._failures = Failures(
            host=self._server.host,
            path=self._server.asked.path,
            model=settings.zerank_model,
            has_key=bool(self._server.key),
            seconds=settings.zerank_timeout,
        )
        self._transport = transport
        self._lock = Lock()
        self._clients: dict[asyncio.AbstractEventLoop, AsyncZeroEntropy] = {}

    @property
    def info(self) -> ScorerInfo:
        contract = "hosted" if self._server.hosted else "self-hosted"
        return ScorerInfo(
            name="zerank",
            model=self._settings.zerank_model,
            revision=self._settings.zerank_revision,
            transform=f"{contract} contract, score as served; instruction in <instruction> after the <query>",
            sends_text_to=str(self._server.asked),
            note=golden.NOTE,
        )

    @property
    def terms(self) -> Terms:
        return self._terms

    @property
    def checkable(self) -> bool:
        return True

    def phrase(self, criterion: Criterion) -> str:
        return golden.phrase(criterion)

    async def score(self, question: str, texts: Sequence[str]) -> Reply:
        """One score in [0, 1] for each text, in their order, as served. One request; none where there are no texts.

        Raises ScorerError only. An answer that is incomplete, malformed or outside [0, 1] is Unanswered, never mended.
        """
        if not texts:
            return Reply([])
        reply = await self._ask(question, texts, self._failures)
        if not all(0 <= value <= 1 for value in reply.scores):
            raise self._failures.of_nonsense()
        return reply

    async def check(self) -> None:
        """Ask the golden pairs. Raises WrongScores with cause and cure when the answers are not those of zerank-2."""
        reply = await self._ask(golden.QUESTION, golden.TEXTS, replace(self._failures, checking=True))
        problem = golden.diagnose(*reply.scores)
        if problem:
            raise WrongScores(f"{problem} No page was sent.")

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        with self._lock:
            client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    async def _ask(self, question: str, texts: Sequence[str], failures: Failures) -> Reply:
        """The values as served, which may lie outside [0, 1]."""
        sent = sum(metered(question, text) for text in texts)
        # Some servers send the texts back, and JSON can write a byte as six.
        body = await self._send(question, texts, failures, most=8_000_000 + 8 * sent)
        try:
            answer = read_answer(body, len(texts))
        except ValueError:
            answer = None
        if answer is None:
            raise failures.of_nonsense()
        tokens = answer.tokens or (sent - METERED_OVERHEAD * len(texts)) // 4
        return Reply(answer.values, Usage(1, answer.bytes or sent, tokens, tokens * self._terms.price / 1e6))

    async def _send(self, question: str, texts: Sequence[str], failures: Failures, *, most: int) -> bytearray:
        """The body of the answer, at most `most` bytes of it."""
        quiet = _ASKING.set(True)
        try:
            # The client's own timeout starts anew with every byte that drips in.
            async with (
                asyncio.timeout(self._settings.zerank_timeout),
                self._response(question, texts) as response,
            ):
                body = bytearray()
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > most:
                        raise failures.of_nonsense()
                return body
        except ScorerError as error:
            failure = error
        except APIError as error:
            failure = failures.of_error(error.__cause__ or error)
        except (httpx.HTTPError, TimeoutError) as error:
            failure = failures.of_error(error)
        finally:
            _ASKING.reset(quiet)
        # Raised out here so that no foreign error, which may quote a page, hangs on to it.
        raise failure

    @asynccontextmanager
    async def _response(self, question: str, texts: Sequence[str]) -> AsyncIterator[httpx.Response]:
        """A success, its body not read yet. Raises APIError."""
        client, model = self._client(), self._settings.zerank_model
        # A page must not pass for the end of itself and go on as the model's own answer.
        question, *documents = (_MARK.sub("< |", text) for text in (question, *texts))
        if self._server.hosted:
            latency = self._settings.zerank_latency
            async with client.models.with_streaming_response.rerank(
                model=model, query=question, documents=documents, latency=omit if latency == "auto" else latency
            ) as answer:
                yield answer.http_response
            return
        headers = {"X-Stainless-Raw-Response": "stream"}  # To the SDK: leave the body to us.
        response = await client.post(
            self._server.path,
            body={"model": model, "query": question, "documents": documents},
            cast_to=httpx.Response,
            options={"headers": headers if self._server.key else {**headers, "Authorization": omit}},
        )
        try:
            yield response
        finally:
            await response.aclose()

    def _client(self) -> AsyncZeroEntropy:
        """The client of the running event loop: connections cannot be shared between loops."""
        loop = asyncio.get_running_loop()
        with self._lock:
            for ended in [known for known in self._clients if known.is_closed()]:
                del self._clients[ended]
            if loop not in self._clients:
                self._clients[loop] = self._open()
            return self._clients[loop]

    def _open(self) -> AsyncZeroEntropy:
        _hush()
        connections = self._terms.at_once
        return AsyncZeroEntropy(
            api_key=self._server.key,
            base_url=self._server.address,
            max_retries=0,
            timeout=self._settings.zerank_timeout,
            http_client=DefaultAsyncHttpxClient(
                follow_redirects=False,
                timeout=self._settings.zerank_timeout,
                limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
                # A proxy named in the environment could read what goes over plain http.
                trust_env=self._server.address.startswith("https:"),
                event_hooks={"response": [_refuse]},
                transport=self._transport,
            ),
        )


async def _refuse(response: httpx.Response) -> None:
    """Turn down a refusal before its body is read."""
    response.raise_for_status()


def _read_server(settings: Settings) -> _Server:
    path, key = settings.zerank_path.strip().rstrip("/"), settings.zerank_key.get_secret_value().strip()
    hosted = path.endswith(_HOSTED_PATH)
    if not settings.zerank_url.strip():
        raise ScorerNotSetUp(_no_address(hosted=hosted))
    url = _read_url(settings.zerank_url.strip())
    if not _PATH.fullmatch(path):
        raise ScorerNotSetUp("CHARTSIEVE_ZERANK_PATH is not a path. Set it to one such as /rerank.")
    if "zerank-2" not in settings.zerank_model.lower():
        raise ScorerNotSetUp(
            "Only zerank-2 can be checked against known answers, and CHARTSIEVE_ZERANK_MODEL names another model. "
            "Set it to the name under which the server knows zerank-2; that name must hold zerank-2."
        )
    if hosted and not key:
        raise ScorerNotSetUp(
            "The hosted contract needs a key, and none is set. Set CHARTSIEVE_ZERANK_KEY, or run zerank-2 yourself "
            "and set CHARTSIEVE_ZERANK_PATH to /rerank."
        )
    if not all("!" <= character <= "~" for character in key):
        raise ScorerNotSetUp("CHARTSIEVE_ZERANK_KEY holds a character that no key has. Set it anew.")
    address = str(url).rstrip("/")
    if hosted:  # The SDK adds this part of the path itself.
        address, path = address + path.removesuffix(_HOSTED_PATH), _HOSTED_PATH
    return _Server(address, url.netloc.decode("ascii"), path, hosted, key)


def _no_address(*, hosted: bool) -> str:
    if hosted:
        return (
            "CHARTSIEVE_ZERANK_PATH asks for the hosted contract, and no address is set. The hosted service takes no "
            "new accounts: set CHARTSIEVE_ZERANK_URL to an endpoint that you have, or run zerank-2 yourself and set "
            "CHARTSIEVE_ZERANK_PATH to /rerank."
        )
    return (
        "No server for zerank-2 is set. Start one as the README shows, and set CHARTSIEVE_ZERANK_URL to its address, "
        "such as http://127.0.0.1:8000."
    )


def _read_url(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError):
        url = httpx.URL()
    asks = url.scheme in ("http", "https") and url.host and 0 < (url.port or 80) < 65536
    if not asks or url.userinfo or url.query or url.fragment:
        raise ScorerNotSetUp(
            "CHARTSIEVE_ZERANK_URL is no address that can be asked. Set it to one such as http://127.0.0.1:8000, "
            "without a user name, ? or #; a key goes into CHARTSIEVE_ZERANK_KEY."
        )
    return url


def _read_terms(settings: Settings, *, hosted: bool) -> Terms:
    window = _limit(settings.zerank_window_bytes, _WINDOW_BYTES[settings.zerank_latency] if hosted else None)
    largest = [limit for limit in (_MAX_REQUEST if hosted else None, window) if limit]
    price = settings.zerank_price
    return Terms(
        texts=_TEXTS,
        request_bytes=min(largest, default=None),
        at_once=settings.zerank_concurrency or (32 if hosted else 12),
        window_seconds=settings.zerank_window_seconds,
        window_bytes=window,
        window_requests=_limit(settings.zerank_window_requests, _WINDOW_REQUESTS if hosted else None),
        seconds=settings.zerank_timeout + 1,  # ours speaks first, and says which setting it is
        price=price if price is not None else (_PRICE if hosted else 0.0),
    )


def _limit(setting: int | None, published: int | None) -> int | None:
    """The limit in force; 0 switches it off."""
    return published if setting is None else setting or None


def _quiet(_record: logging.LogRecord) -> bool:
    return not _ASKING.get()


def _hush() -> None:
    """Drop what the libraries log while they carry pages. Filters, because a level can be set back by anyone."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_quiet)
