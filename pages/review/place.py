"""Where the reviewer is in a case: criterion, page, rule. Ids and numbers only; results stay with the workspace."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.chart import Chart
from core.domain import Case, Criterion, Decision, Page, PageRef, Sighting, Verdict
from core.errors import NotFound
from core.selection import Rule, kept
from pages.components.frame import entered, reviewer, workspace
from pages.components.heatmap import Cell
from pages.components.unfinished import at_work, waiting_in


@dataclass
class Place:
    """One per case and browser tab, in the session state."""

    row: str
    page: int
    rule: Rule
    fingerprint: str
    """The scorer whose scores are shown; `rule` is for them alone."""
    rotation: dict[PageRef, int] = field(default_factory=dict)
    """Clockwise turn by hand, in degrees, on top of what brings the page upright."""
    certificate: tuple[int, str] = (0, "")
    """Id of the published threshold and version of the recalibration that `rule` came with."""
    waits: bool = False
    """Nothing was scored when the case was opened, and the reviewer has not moved since: the best page comes later."""
    token: int = 0
    shown_cell: Cell = field(default_factory=lambda: Cell("", 1))
    shown_rule: Rule = field(default_factory=Rule)
    """What Python last imposed on the heatmap: resent unchanged, so that the message is not sent again."""

    def go(self, *, row: str | None = None, page: int | None = None) -> None:
        """Move from outside the heatmap; the heatmap follows."""
        self.row, self.page, self.waits = row or self.row, page or self.page, False
        self.impose()

    def impose(self) -> None:
        self.shown_cell, self.shown_rule = Cell(self.row, self.page), self.rule
        self.token += 1


@dataclass(frozen=True)
class Seen:
    """What the screen shows of a case at the reviewer's place. Made for one run: what it has looked up stays."""

    case: Case
    chart: Chart
    place: Place

    @property
    def criterion(self) -> Criterion:
        return self.chart.criteria[self.place.row]

    @property
    def row(self) -> int:
        return self.chart.grid.criteria.index(self.place.row)

    @property
    def column(self) -> int:
        return self.place.page - 1

    @property
    def page(self) -> Page:
        return self.chart.pages[self.column]

    @cached_property
    def kept(self) -> NDArray[np.bool_]:
        """(pages,) what the rule keeps for the current criterion, gaps included."""
        row: NDArray[np.bool_] = kept(self.chart.grid.milli[self.row : self.row + 1], self.place.rule)[0]
        return row

    @cached_property
    def decisions(self) -> dict[str, Decision]:
        """The newest decision of each criterion that has one."""
        return workspace().store.decisions(self.case.id)

    @cached_property
    def verdict(self) -> Verdict | None:
        """What this reviewer said of the page for the criterion."""
        for label in workspace().labels(self.case.id):
            if (label.page, label.criterion, label.reviewer) == (self.page.ref, self.criterion.id, reviewer()):
                return label.verdict
        return None

    @cached_property
    def numbers(self) -> dict[PageRef, int]:
        """Page -> its number in the case; pages of replaced documents have none."""
        return {ref: number for number, ref in enumerate(self.chart.grid.pages, start=1)}

    @cached_property
    def waiting(self) -> frozenset[PageRef]:
        """Pages that the work on the case has not come to yet: nothing is wrong with them."""
        job = workspace().store.job(self.case.id) if self.chart.unreadable.any() else None
        return waiting_in(self.chart) if at_work(job) else frozenset()

    @cached_property
    def so_far(self) -> bool:
        """Whether pages are left that the next run of the case would read, now or when somebody starts it."""
        return bool(waiting_in(self.chart))

    @cached_property
    def unread(self) -> list[PageRef]:
        """Pages that could not be read, in order."""
        return [page for page in unread_in(self.chart) if page not in self.waiting]

    @cached_property
    def sightings(self) -> dict[PageRef, list[Sighting]]:
        """Who looked at the pages that could not be read."""
        return sightings_of(self.case.id, self.chart)

    @cached_property
    def hits(self) -> list[int]:
        """Numbers of the scored pages that the rule keeps for the current criterion."""
        scored = ~np.isnan(self.chart.grid.scores[self.row])
        return [int(i) + 1 for i in np.flatnonzero(self.kept & scored)]


def key(case_id: int) -> str:
    return f"review.place.{case_id}"


def seen(case: Case, chart: Chart) -> Seen:
    """The case at this tab's place; on a first visit that is the criterion and page in the address, or the first
    criterion with its best page."""
    came = entered("review")
    place: Place | None = st.session_state.get(key(case.id))
    if place is None:
        place = st.session_state[key(case.id)] = _first(case, chart)
        place.impose()
    elif came or place.fingerprint != chart.scorer.fingerprint or place.certificate != _published(case, chart):
        place.rule, place.fingerprint = workspace().publishing.rule_in_force(case).rule, chart.scorer.fingerprint
        place.certificate = _published(case, chart)
        place.impose()
    if place.page > len(chart.pages):  # a document was replaced by a shorter one
        place.go(page=len(chart.pages))
    if place.waits and _mostly_scored(chart, place.row):
        place.go(page=best_page(chart, place.row))
    st.query_params["criterion"] = place.row
    st.query_params["page"] = str(place.page)
    return Seen(case, chart, place)


def _published(case: Case, chart: Chart) -> tuple[int, str]:
    found = workspace().publishing.certificate(chart.scorer.fingerprint, case.criteria.name)
    return found.id if found else 0, chart.recalibration


def follow(case_id: int) -> None:
    """Take over the rule that is in force now; for callbacks."""
    now = again(case_id)
    now.place.rule = workspace().publishing.rule_in_force(now.case).rule
    now.place.impose()


def _mostly_scored(chart: Chart, row: str) -> bool:
    """Scans may join for minutes; what is known before is enough to begin with."""
    scores = chart.grid.scores[chart.grid.criteria.index(row), ~chart.unreadable]
    return bool(scores.size) and float(np.isnan(scores).mean()) < 0.5


def again(case_id: int) -> Seen:
    """What `seen` showed last, for callbacks: another reviewer may have switched the scorer since."""
    place: Place = st.session_state[key(case_id)]
    return Seen(workspace().store.case(case_id), workspace().chart(case_id, place.fingerprint), place)


def unread_in(chart: Chart) -> list[PageRef]:
    """Pages without text that can be relied on, in order."""
    return [chart.grid.pages[i] for i in np.flatnonzero(chart.unreadable)]


def sightings_of(case_id: int, chart: Chart) -> dict[PageRef, list[Sighting]]:
    """Who looked at the unread pages of the chart, latest first; only pages that somebody looked at.

    Nothing is looked up where every page was read.
    """
    unread = set(unread_in(chart))
    found: dict[PageRef, list[Sighting]] = {}
    for sighting in reversed(workspace().store.sightings(case_id) if unread else []):
        if sighting.page in unread:
            found.setdefault(sighting.page, []).append(sighting)
    return found


def go_to(case_id: int, page: PageRef) -> None:
    """Move to that page, whatever its number is by now; for callbacks. Raises NotFound when its document is gone."""
    now = again(case_id)
    if page not in now.numbers:
        raise NotFound("The packet has changed in between, and this page is no longer in it. Look at the list again.")
    now.place.go(page=now.numbers[page])


def _first(case: Case, chart: Chart) -> Place:
    wanted, number = st.query_params.get("criterion", ""), st.query_params.get("page", "")
    row = wanted if wanted in chart.grid.criteria else chart.grid.criteria[0]
    known = number.isascii() and number.isdecimal() and len(number) <= 6 and 1 <= int(number) <= len(chart.pages)
    page = int(number) if known else best_page(chart, row)
    nothing = bool(np.isnan(chart.grid.scores).all())
    rule = workspace().publishing.rule_in_force(case).rule
    return Place(
        row, page, rule, chart.scorer.fingerprint, certificate=_published(case, chart), waits=nothing and not known
    )


def best_page(chart: Chart, row: str) -> int:
    """Number of the most probable page for the criterion; the first page when none is scored."""
    values = chart.grid.probabilities[chart.grid.criteria.index(row)]
    return 1 if np.isnan(values).all() else int(np.nanargmax(values)) + 1


def key_of(page: PageRef) -> str:
    """The page in the key of a widget: its number in the case may become another page's."""
    return f"{page.document[:16]}.{page.number}"
