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
    """The sentences for one server, named by its host. Two at most: what happened with the cure, and what is safe."""

    host: str
    path: str
    """As asked, with what the address adds to it."""
    model: str
    """As asked for."""
    has_key: bool
    seconds: float
    """Longest wait for one answer."""
    checking: bool = False
    """Whether known questions are asked and no pages."""

    @property
    def _server(self) -> str:
        return f"The zerank server at {self.host}"

    @property
    def _safe(self) -> str:
        return "No page was sent." if self.checking else "What it answered so far is kept."

    @property
    def _later(self) -> str:
        if self.checking:
            return "No page was sent; try again later."
        return "Score again later: only what is missing is asked."

    def of_status(self, status: int, headers: httpx.Headers) -> ScorerError:
        """For a response that is no success; its body is not looked at."""
        if status in (408, 409) or status >= 500:
            return Unanswered(f"{self._server} could not answer (status {status}). {self._later}")
        if status == 429:
            return LimitReached(
                f"{self._server} takes no more for now: its limit is reached. {self._later}",
                retry_after=read_retry_after(headers.get("retry-after", ""), time.time()),
            )
        if status in (400, 413, 422):
            return self._rejected(status)
        return ScorerUnusable(self._unusable(status))

    def _rejected(self, status: int) -> ScorerError:
        if self.checking:  # A smaller request than this there is not.
            return ScorerUnusable(
                f"{self._server} rejects even two short texts, asked of the model {self.model} at {self.path} (status "
                f"{status}): look at CHARTSIEVE_ZERANK_MODEL and CHARTSIEVE_ZERANK_PATH. {self._safe}"
            )
        if status == 413:
            return RequestRejected(
                f"{self._server} finds the request too large, and nothing of it was scored. Send less text at once."
            )
        return RequestRejected(
            f"{self._server} rejects the request (status {status}), and nothing of it was scored: too large, contents "
            f"that it does not take, or it knows no model {self.model}. If this happens to every page, look at "
            "CHARTSIEVE_ZERANK_MODEL."
        )

    def _unusable(self, status: int) -> str:
        if status in (401, 403):
            if self.has_key:
                return (
                    f"{self._server} does not accept the key in CHARTSIEVE_ZERANK_KEY: set a key that is valid for it. "
                    f"{self._safe}"
                )
            return f"{self._server} asks for a key, and none is set: set CHARTSIEVE_ZERANK_KEY. {self._safe}"
        if status == 404:
            # Servers give it for both, and the words that tell them apart may quote a page.
            return (
                f"{self._server} knows no model {self.model}, or has nothing at {self.path}: look at "
                f"CHARTSIEVE_ZERANK_MODEL and CHARTSIEVE_ZERANK_PATH. {self._safe}"
            )
        if status == 405:
            return (
                f"{self._server} has nothing at {self.path} that scores pages: look at CHARTSIEVE_ZERANK_URL and "
                f"CHARTSIEVE_ZERANK_PATH. {self._safe}"
            )
        if 300 <= status < 400:
            return (
                f"{self._server} points to another address (status {status}): set CHARTSIEVE_ZERANK_URL to the address "
                f"that is meant. No page was sent{'' if self.checking else ' there'}."
            )
        return (
            f"{self._server} refuses to answer (status {status}): ask whoever runs it, and look at the "
            f"CHARTSIEVE_ZERANK settings. {self._safe}"
        )

    def of_error(self, error: BaseException) -> ScorerError:
        """For a refusal, or for what went wrong on the way, as the HTTP client or the clock raised it."""
        if isinstance(error, httpx.HTTPStatusError):
            return self.of_status(error.response.status_code, error.response.headers)
        if _untrusted(error):
            return ScorerUnusable(
                f"The certificate of the zerank server at {self.host} is not trusted: set SSL_CERT_FILE to the "
                f"certificate of the authority that signed it. {self._safe}"
            )
        if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)):
            return Unanswered(
                f"{self._server} could not be reached: see that it runs and that CHARTSIEVE_ZERANK_URL is right. "
                f"{self._later}"
            )
        if isinstance(error, (TimeoutError, httpx.TimeoutException)):
            return Unanswered(
                f"{self._server} gave no answer within {self.seconds:g} seconds (CHARTSIEVE_ZERANK_TIMEOUT). "
                f"{self._later}"
            )
        return Unanswered(f"{self._server} broke off in the middle of its answer. {self._later}")

    def of_nonsense(self) -> Unanswered:
        """For an answer that is malformed, incomplete or outside [0, 1]."""
        if self.checking:
            return Unanswered(
                f"{self._server} answered, but the answer made no sense: look at CHARTSIEVE_ZERANK_URL and "
                f"CHARTSIEVE_ZERANK_PATH. {self._safe}"
            )
        return Unanswered(f"{self._server} answered, but the answer made no sense and was not used. {self._later}")


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
