"""Where a reviewer is in a round. Ids alone: what was judged stands in the database, so that a reload goes on there."""

import time
from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st

from core.domain import Case, Criterion, Page, PageRef
from core.rounds import Task
from pages.components.frame import reviewer, workspace

VIEW = "label.view"
"""The panel that is shown: one of `VIEWS`."""
JUDGE, DRAW, FILES = "Judge", "Draw a round", "Import and export"
VIEWS = (JUDGE, DRAW, FILES)
_ROUND = "label.round"
SHORTEST_SECONDS = 0.4
"""A page that was on the screen for less was not read: what comes sooner is a held key or a double click."""


@dataclass
class Place:
    """One for each round, reviewer and browser tab, in the session state."""

    round: int
    task: int | None = None
    """On the screen. It stays there until it is judged or skipped, whatever others do meanwhile."""
    skipped: list[int] = field(default_factory=list)
    """In the order they were skipped; emptied when they come back."""
    away: int = 0
    """Pages from the page to judge to the one that is shown."""
    said: str = ""
    """What became of the last judgement."""
    refused: str = ""
    """Why the last judgement was not taken, where others have judged meanwhile."""
    since: float | None = None
    """When the task was drawn on the screen, on the clock that only goes forward."""
    runs: int = 0
    """How often the screen was drawn."""
    last_skipped: bool = False
    """The last act was to skip: undo goes back to that page."""
    turned: dict[PageRef, int] = field(default_factory=dict)
    """Clockwise turn by hand, in degrees, on top of what brings the page upright."""

    def go_on(self, said: str) -> None:
        self.task, self.away, self.said, self.last_skipped = None, 0, said, False
        self.refused, self.since = "", None

    def shown(self) -> None:
        """The task is on the screen from now on, or has been there for a while."""
        self.runs += 1
        if self.since is None:
            self.since = time.monotonic()

    def takes(self, task_id: int) -> bool:
        """Whether an answer to the task may count: it is on the screen, and was not put there just now."""
        return task_id == self.task and self.since is not None and time.monotonic() - self.since >= SHORTEST_SECONDS


@dataclass(frozen=True)
class Seen:
    """A task with its packet. Made for one run: what it has looked up stays."""

    task: Task
    case: Case
    place: Place

    @property
    def criterion(self) -> Criterion:
        return self.case.criteria[self.task.drawn.criterion]

    @cached_property
    def order(self) -> list[PageRef]:
        """All pages of the packet, in order."""
        return [PageRef(d.document, n) for d in self.case.documents for n in range(1, d.pages + 1)]

    @cached_property
    def number(self) -> int:
        """Of the page to judge in the packet, from 1; 0 where it is no longer there."""
        page = self.task.drawn.page
        return self.order.index(page) + 1 if page in self.order else 0

    @property
    def shown(self) -> int:
        """Number of the page that is on the screen."""
        return min(max(1, self.number + self.place.away), len(self.order))

    @cached_property
    def page(self) -> Page:
        """The page that is on the screen, with its words."""
        return workspace().store.page(self.order[self.shown - 1])


def place_in(round_id: int) -> Place:
    key = f"label.place.{round_id}.{reviewer()}"
    found: Place = st.session_state.setdefault(key, Place(round_id))
    return found


def seen(place: Place) -> Seen | None:
    """What is to be judged; None when the round has nothing left for this reviewer.

    A new task is on a page in force, so that this ends.
    """
    labelling, store = workspace().labelling, workspace().store
    if place.task is None:
        task = labelling.next(place.round, reviewer=reviewer(), skipped=place.skipped)
        if task is not None and task.id in place.skipped:  # all others are judged: these come round again
            place.skipped = []
    else:
        task = store.rounds.task(place.task)
    if task is None:
        return None
    place.task = task.id
    now = Seen(task, store.case(task.drawn.case), place)
    if not now.number:  # its document was replaced while it was on the screen
        place.go_on("")
        return seen(place)
    place.away = now.shown - now.number  # a key pressed too often leads to the last page
    return now


def chosen_round() -> int | None:
    """The round in the address, or the one that was chosen in this browser tab."""
    text = st.query_params.get("round", "")
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        st.session_state[_ROUND] = int(text)
    return st.session_state.get(_ROUND)


def choose_round(round_id: int) -> None:
    st.session_state[_ROUND] = round_id
    st.query_params["round"] = str(round_id)
