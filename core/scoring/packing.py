"""Cutting what is to be asked into calls: one question and some texts each, criterion by criterion."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.scorers.base import Terms
from core.scoring.answers import Question

FEWEST_TEXTS = 4
"""Calls at the end of a run do not get smaller than this: each call has a cost of its own."""


@dataclass(frozen=True, slots=True)
class Call:
    """One question and at least one text."""

    question: Question
    places: list[int]
    """Places of the texts in the table."""
    size: int
    """Metered bytes."""

    def only(self, places: list[int], sizes: Sequence[int]) -> "Call":
        """The same question with some of its texts; `sizes` are the bytes of all texts of the table."""
        size = sum(self.question.base + sizes[place] for place in places)
        return replace(self, places=places, size=size)


class Packing:
    """The pairs that were not asked yet. Questions come in their order; a call never mixes two.

    With calls at the same time, they shrink towards the end, so that all of them end together. With one call at a time
    a question is asked for all its texts at once, unless the terms say otherwise.
    """

    def __init__(self, asked: Sequence[tuple[Question, list[int]]], sizes: Sequence[int], terms: Terms) -> None:
        self._rows = deque((question, places) for question, places in asked if places)
        self._sizes, self._terms = sizes, terms
        self._at = 0
        """Texts of the first question that are cut already."""
        self.pairs = sum(len(places) for _, places in self._rows)
        self.bytes = sum(q.base * len(places) + sum(sizes[p] for p in places) for q, places in self._rows)

    def __bool__(self) -> bool:
        return bool(self._rows)

    @property
    def next_size(self) -> int:
        """Metered bytes of the next pair."""
        question, places = self._rows[0]
        return question.base + self._sizes[places[self._at]]

    def cut(self, room: int | None, calls: int | None) -> Call:
        """The next call: at least one text, and no more metered bytes than `room` otherwise (None: no limit).

        `calls` is how many calls may be made before a wait (None: any number).
        """
        question, places = self._rows[0]
        most = min((limit for limit in (room, self._terms.request_bytes) if limit is not None), default=None)
        end, size = self._at + 1, self.next_size
        last = min(len(places), self._at + self._most_texts(len(places) - self._at, calls))
        while end < last:
            more = question.base + self._sizes[places[end]]
            if most is not None and size + more > most:
                break
            size, end = size + more, end + 1
        taken = places[self._at : end]
        self._at = end
        if end == len(places):
            self._rows.popleft()
            self._at = 0
        self.pairs -= len(taken)
        self.bytes -= size
        return Call(question, taken, size)

    def _most_texts(self, rest: int, calls: int | None) -> int:
        """Texts for a call of a question that has `rest` of them left, >= 1."""
        most = rest
        if self._terms.texts is not None:
            # Equal shares: 150 texts in calls of up to 64 are 50, 50, 50 and not 64, 64, 22.
            most = -(-rest // -(-rest // self._terms.texts))
        if self._terms.at_once > 1:
            share = -(-self.pairs // (2 * self._terms.at_once))
            # Where calls are counted, small ones would use them up before the bytes.
            needed = -(-self.pairs // calls) if calls else 0
            most = min(most, max(FEWEST_TEXTS, share, needed, self._window_share()))
        return most

    def _window_share(self) -> int:
        """Texts in each of the calls at the same time that use up a window; with smaller ones the limit would go
        unused at the end, as a slow answer takes as long for few texts as for many."""
        if self._terms.window_bytes is None or not self.bytes:
            return 1
        return -(-self._terms.window_bytes * self.pairs // (self._terms.at_once * self.bytes))
