"""A zerank server that is a function, and the scorer that asks it, which the tests of it share."""

import asyncio
import json
from collections.abc import Callable, Sequence

import httpx
import pytest

from core.errors import ScorerError
from core.scorers.base import Reply
from core.scorers.zerank import ZerankScorer
from core.settings import Settings

QUESTION = "Was gavotinib tried?"
PAGE = "Jane Roe took gavotinib for nine weeks."
SECRET = "key-7f3a9"
Answer = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers by a function and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    @property
    def asked(self) -> dict[str, object]:
        """The body of the last request."""
        body: dict[str, object] = json.loads(self.requests[-1].content)
        return body


def settings(**given: object) -> Settings:
    return Settings.model_validate({"zerank_url": "http://scores.test:8000", **given})


HOSTED = {"zerank_url": "https://scores.test/v1", "zerank_path": "/models/rerank", "zerank_key": SECRET}


def zerank(answer: Answer, **given: object) -> ZerankScorer:
    return ZerankScorer(settings(**given), transport=httpx.MockTransport(answer))


def ask(scorer: ZerankScorer, texts: Sequence[str] = (PAGE,), question: str = QUESTION) -> Reply:
    async def once() -> Reply:
        try:
            return await scorer.score(question, texts)
        finally:
            await scorer.aclose()

    return asyncio.run(once())


def failure(answer: Answer, **given: object) -> ScorerError:
    with pytest.raises(ScorerError) as caught:
        ask(zerank(answer, **given))
    return caught.value


def scores(*values: float, **fields: object) -> Answer:
    results = [{"index": index, "relevance_score": value} for index, value in enumerate(values)]
    return lambda _request: httpx.Response(200, json={"results": results, **fields})


def status(code: int, headers: dict[str, str] | None = None) -> Answer:
    """A refusal that quotes what it was sent, as some servers do."""
    return lambda request: httpx.Response(code, headers=headers, text=f"{request.content.decode()} {request.headers}")


def raises(error: Exception) -> Answer:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    return answer
