"""What a server can do wrong on the way to an answer, drawn from a seed request by request."""

import json
import random
from collections.abc import Callable
from typing import Any, Literal

Fault = Literal["error", "stall", "malformed", "drop", "throttle"]

ERRORS = (500, 502, 503)

Row = dict[str, Any]
"""One entry of `results`: index, relevance_score, and more that is left alone here."""


class Faults:
    """Draws at most one fault for each request. Equal seeds and shares give equal draws in the order of arrival."""

    def __init__(self, shares: dict[Fault, float], seed: int) -> None:
        """`shares`: of all requests, in [0, 1], at most 1 together."""
        if sum(shares.values()) > 1:
            raise ValueError("The shares of the faults exceed 1.")
        self._shares = shares
        self._draws, self._details = random.Random(seed), random.Random(seed)

    def draw(self) -> Fault | None:
        at = self._draws.random()
        for fault, share in self._shares.items():
            if at < share:
                return fault
            at -= share
        return None

    def status(self) -> int:
        return self._details.choice(ERRORS)

    def spoil(self, answer: dict[str, Any]) -> bytes:
        """A body that must not pass for `answer`, whose results hold one row or more; sent with status 200."""
        return self._details.choice(list(SPOILERS.values()))(answer)


def _rows_changed(change: Callable[[list[Row]], list[Row]]) -> Callable[[dict[str, Any]], bytes]:
    return lambda answer: json.dumps({**answer, "results": change([dict(row) for row in answer["results"]])}).encode()


def _last_score(value: float | str | None) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [*rows[:-1], {**rows[-1], "relevance_score": value}]


SPOILERS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "cut short": lambda answer: json.dumps(answer).encode()[:-9],
    "empty": lambda _answer: b"",
    "no results": lambda _answer: b"{}",
    "a web page": lambda _answer: b"<html><body>Bad gateway</body></html>",
    "missing row": _rows_changed(lambda rows: rows[:-1]),
    "missing index": _rows_changed(lambda rows: [*rows[:-1], {"relevance_score": rows[-1]["relevance_score"]}]),
    "doubled index": _rows_changed(lambda rows: [*rows[:-1], {**rows[-1], "index": rows[0]["index"]}, rows[0]]),
    "index out of range": _rows_changed(lambda rows: [*rows[:-1], {**rows[-1], "index": len(rows)}]),
    "negative index": _rows_changed(lambda rows: [*rows[:-1], {**rows[-1], "index": -1}]),
    "not a number": _rows_changed(_last_score(float("nan"))),
    "null": _rows_changed(_last_score(None)),
    "text": _rows_changed(_last_score("high")),
    "out of range": _rows_changed(_last_score(1.5)),
    "negative": _rows_changed(_last_score(-0.2)),
}
"""Kinds of malformed bodies by name. Each is wrong for any number of rows."""
