"""What the calls of a run cost, known from the moment they go out."""

from core.domain import NO_USAGE, Usage
from core.scorers.base import METERED_OVERHEAD, Scorer
from core.scoring.limiter import Lease
from core.scoring.packing import Call


class Spending:
    """A call is put down with what it is expected to cost when it is sent, and with the endpoint's own figures when it
    is answered. One that was broken off, or got no answer, stays as it was put down: the endpoint may have worked on
    it. One that was turned down was not metered, and counts as a request only. A scorer that sends nothing away costs
    nothing but what its replies say.
    """

    def __init__(self, scorer: Scorer) -> None:
        self._sends, self._price = scorer.info.sends_text_to is not None, scorer.terms.price
        self._ended = NO_USAGE
        self._in_flight: dict[Lease, Usage] = {}

    @property
    def total(self) -> Usage:
        """Calls in flight included."""
        return sum(self._in_flight.values(), self._ended)

    def sent(self, lease: Lease, call: Call) -> None:
        tokens = (call.size - METERED_OVERHEAD * len(call.places)) // 4
        expected = Usage(1, call.size, tokens, tokens * self._price / 1e6)
        self._in_flight[lease] = expected if self._sends else NO_USAGE

    def answered(self, lease: Lease, usage: Usage) -> None:
        del self._in_flight[lease]
        self._ended += usage

    def turned_down(self, lease: Lease) -> None:
        del self._in_flight[lease]
        self._ended += Usage(requests=1) if self._sends else NO_USAGE

    def unanswered(self, lease: Lease) -> None:
        self._ended += self._in_flight.pop(lease)
