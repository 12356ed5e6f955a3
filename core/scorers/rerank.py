"""A rerank call from outside: its answer read strictly, its failures as our errors.

No word that a server sends is ever passed on: a refusal can quote the page that was sent.
"""

import math
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import LimitReached, RequestRejected, ScorerError, ScorerUnusable, Unanswered

_AGAIN = "Score again later: only what is missing is asked."
_KEPT = "What it answered so far is kept."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for some texts."""

    values: list[float]
    """One for each text, in their order; finite, and not yet known to lie in [0, 1]."""
    bytes: int | None
    """As the server metered, > 0; None where it did not say."""
    tokens: int | None
    """As the server counted, > 0; None where it did not say."""


class _Result(BaseModel):
    model_config = ConfigDict(strict=True)

    index: int
    relevance_score: float


class _Body(BaseModel):
    """Both contracts; what is not named here is ignored. The counts are checked one by one: none spoils the scores."""

    model_config = ConfigDict(strict=True)

    results: list[_Result]
    total_bytes: Any = None
    total_tokens: Any = None
    usage: Any = None


def read_answer(body: bytes | bytearray, n: int) -> Answer:
    """The answer for `n` texts, put back in their order. Raises ValueError unless each has exactly one finite value."""
    try:
        read = _Body.model_validate_json(body)
    except ValidationError:
        read = None  # The error quotes the body: it ends here.
    if read is None:
        raise ValueError("not of the agreed form")
    usage = read.usage if isinstance(read.usage, dict) else {}
    return Answer(
        values=_in_order(read.results, n),
        bytes=_count(read.total_bytes),
        tokens=_count(read.total_tokens) or _count(usage.get("total_tokens")),
    )


def _in_order(results: Sequence[_Result], n: int) -> list[float]:
    values = {result.index: result.relevance_score for result in results}
    complete = len(results) == n and values.keys() == set(range(n))
    if not complete or not all(map(math.isfinite, values.values())):
        raise ValueError("not one finite value for each text")
    return [values[index] for index in range(n)]


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 < value < 2**53 else None


@dataclass(frozen=True, slots=True)
class Failures:
    """The sentences for one server, named by its host."""

    host: str
    path: str
    """As asked, with what the address adds to it."""
    has_key: bool
    seconds: float
    """Longest wait for one answer."""

    @property
    def _server(self) -> str:
        return f"The zerank server at {self.host}"

    def of_status(self, status: int, headers: httpx.Headers) -> ScorerError:
        """For a response that is no success; its body is not looked at."""
        if status in (408, 409) or status >= 500:
            return Unanswered(f"{self._server} could not answer (status {status}). {_AGAIN}")
        if status == 429:
            return LimitReached(
                f"{self._server} takes no more for now: its limit is reached. {_AGAIN}",
                retry_after=read_retry_after(headers.get("retry-after", ""), time.time()),
            )
        if status in (400, 413, 422):
            return RequestRejected(self._rejected(status))
        return ScorerUnusable(self._unusable(status))

    def _rejected(self, status: int) -> str:
        if status == 413:
            return f"{self._server} finds the request too large. Nothing of it was scored. Send less text at once."
        return (
            f"{self._server} rejects the request (status {status}): too large, contents that it does not take, or a "
            "model that it does not know. Nothing of it was scored. If this happens to every page, look at "
            "CHARTSIEVE_ZERANK_MODEL."
        )

    def _unusable(self, status: int) -> str:
        if status in (401, 403):
            if self.has_key:
                return (
                    f"{self._server} does not accept the key in CHARTSIEVE_ZERANK_KEY. {_KEPT} "
                    "Set a key that is valid for it."
                )
            return f"{self._server} asks for a key, and none is set. {_KEPT} Set CHARTSIEVE_ZERANK_KEY."
        if status in (404, 405):
            return (
                f"{self._server} has nothing at {self.path}, or does not know the model. {_KEPT} "
                "Look at CHARTSIEVE_ZERANK_URL, CHARTSIEVE_ZERANK_PATH and CHARTSIEVE_ZERANK_MODEL."
            )
        if 300 <= status < 400:
            return (
                f"{self._server} points to another address (status {status}). No page was sent there. "
                "Set CHARTSIEVE_ZERANK_URL to the address that is meant."
            )
        return (
            f"{self._server} refuses to answer (status {status}). {_KEPT} "
            "Ask whoever runs it, and look at the CHARTSIEVE_ZERANK settings."
        )

    def of_error(self, error: BaseException) -> ScorerError:
        """For what went wrong on the way, as the HTTP client or the clock raised it."""
        if _untrusted(error):
            return ScorerUnusable(
                f"The certificate of the zerank server at {self.host} is not trusted. No page was sent. "
                "Set SSL_CERT_FILE to the certificate of the authority that signed it."
            )
        if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)):
            return Unanswered(
                f"{self._server} could not be reached. See that it runs and that CHARTSIEVE_ZERANK_URL is right. "
                f"{_AGAIN}"
            )
        if isinstance(error, (TimeoutError, httpx.TimeoutException)):
            return Unanswered(
                f"{self._server} gave no answer within {self.seconds:g} seconds (CHARTSIEVE_ZERANK_TIMEOUT). {_AGAIN}"
            )
        return Unanswered(f"{self._server} broke off in the middle of its answer. {_AGAIN}")

    def of_nonsense(self) -> Unanswered:
        """For an answer that is malformed, incomplete or outside [0, 1]."""
        return Unanswered(f"{self._server} answered, but the answer made no sense. Nothing of it was used. {_AGAIN}")


def _untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def read_retry_after(value: str, now: float) -> float | None:
    """Seconds to wait, >= 0, from a Retry-After header in seconds or as an HTTP date; None when it says neither."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, TypeError, OverflowError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None
