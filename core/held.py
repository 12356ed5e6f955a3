"""Who has which task of a labelling round on the screen, and who is about to judge again what they took back."""

import time

from core.domain import Label

HELD_SECONDS = 180.0
"""How long a task is kept for the reviewer who was shown it, or took it back."""


class Held:
    """For the reviewers of one server. Not thread-safe: the caller has the lock."""

    def __init__(self) -> None:
        self._screens: dict[str, tuple[int, float]] = {}
        self._undone: dict[int, tuple[Label, float]] = {}

    def show(self, task: int, *, reviewer: str) -> None:
        self._screens[reviewer] = task, time.monotonic()

    def take_back(self, task: int, label: Label) -> None:
        """Its reviewer judges it again."""
        self._undone[task] = label, time.monotonic()
        self.show(task, reviewer=label.reviewer)

    def judged(self, task: int) -> None:
        self._undone.pop(task, None)

    def undone(self, task: int) -> Label | None:
        """What was taken back, as long as the task was not judged again."""
        return self._undone[task][0] if task in self._undone else None

    def on_screens(self, *, but: str) -> set[int]:
        """Tasks that others have been shown."""
        since = time.monotonic() - HELD_SECONDS
        return {task for reviewer, (task, at) in self._screens.items() if reviewer != but and at > since}

    def taken_back(self, *, but: str) -> set[int]:
        """Tasks that others have taken back and are about to judge again."""
        since = time.monotonic() - HELD_SECONDS
        return {task for task, (label, at) in self._undone.items() if label.reviewer != but and at > since}
