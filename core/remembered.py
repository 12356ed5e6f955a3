"""Answers that took a while, kept for the next time the same is asked."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Remembered(Generic[Answer]):
    """At most `most` answers, by all that they depend on; with one more all are forgotten. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Hashable, Answer] = {}
        self._lock = Lock()

    def get(self, question: Hashable, answer: Callable[[], Answer]) -> Answer:
        """The answer kept, or else that of `answer`, which must depend on nothing but the question."""
        try:
            return self._known[question]
        except KeyError:
            found = answer()
        with self._lock:
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[question] = found
        return found
