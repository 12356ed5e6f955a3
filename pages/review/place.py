"""Where the reviewer is in a case: criterion, page, rule. Ids and numbers only; results stay with the workspace."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, NoReturn

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.casefile import Cited, Hold, Reading, Remark
from core.casestate import CaseState, case_state
from core.chart import Chart
from core.domain import Case, Criterion, Decision, DecisionOutcome, Label, Page, PageRef, Sighting, Verdict, digest
from core.errors import NotFound
from core.holds import by_hand, held_by, holds
from core.second_review import reading_of
from core.selection import Rule, kept
from pages.components.frame import entered, reviewer, workspace
from pages.components.heatmap import Cell
from pages.components.keymap import in_key
from pages.components.unfinished import at_work, waiting_in

PAGE, DECIDE, LEFT = "review.page", "review.decide", "review.left"
"""The fragments of the screen, in the order in which they are drawn: what somebody waits for comes first."""


BAR, CARD = "review.page_bar", "review.decide"
"""Keys of the containers with what is done to the page, and with the decision."""
AT_PAGE, AT_CRITERION = "review-at-{page}-{about}", "review-about-{about}"
"""Keys of containers that are drawn after all of the bar, and as the last of the card: the browser sees by them what
those are about. See `at_page` and `at_criterion`."""


def at_page(page: int, row: str) -> str:
    return AT_PAGE.format(page=page, about=in_key(row))


def at_criterion(row: str) -> str:
    return AT_CRITERION.format(about=in_key(row))


def redraw(*fragments: str) -> NoReturn:
    """Draw these parts of the screen and no others; ends the callback that asks for it."""
    st.rerun([name for name in (PAGE, DECIDE, LEFT) if name in fragments])


class Shown(NamedTuple):
    """A page with all that is drawn on it."""

    page: int
    row: str
    of: str
    """Names what is drawn on pages (pages.review.picture.pictures_of)."""


@dataclass
class Place:
    """One per case and browser tab, in the session state."""

    row: str
    page: int
    rule: Rule
    fingerprint: str
    """The scorer whose scores are shown; `rule` is for them alone."""
    reading: Reading = "first"
    """Whose decisions the screen shows: a second reviewer does not see those of the first."""
    opened: tuple[str, PageRef] | None = None
    """Who last opened a page here, and which."""
    left: tuple[str, PageRef] | None = None
    """Criterion and page that were last remembered as the place where the reviewer is."""
    certificate: tuple[int, str] = (0, "")
    """Id of the published threshold and version of the recalibration that `rule` came with."""
    waits: bool = False
    """Nothing was scored when the case was opened, and the reviewer has not moved since: the best page comes later."""
    query: str = ""
    """What is looked for in the packet, "" for nothing."""
    hit: int = 0
    """Position of the hit that the reviewer has gone to, from 0."""
    drawn: Shown | None = None
    """What the browser shows as it is, and need not be sent again."""
    token: int = 0
    shown_cell: Cell = field(default_factory=lambda: Cell("", 1))
    shown_rule: Rule = field(default_factory=Rule)
    """What Python last imposed on the heatmap: resent unchanged, so that the message is not sent again."""

    def go(self, *, row: str | None = None, page: int | None = None) -> None:
        """Move from outside the heatmap; the heatmap follows."""
        self.row, self.page, self.waits = row or self.row, page or self.page, False
        self.impose()

    def turn_to(self, chart: Chart, row: str) -> None:
        """Go to another criterion, at the page that speaks to it most."""
        self.go(row=row, page=best_page(chart, row))

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
        """(pages,) what is kept for the current criterion: by the rule, gaps included, or by hand."""
        return by_hand(self.by_rule, self.by_person)

    @cached_property
    def scored(self) -> NDArray[np.bool_]:
        """(pages,) what has a score for the current criterion."""
        row: NDArray[np.bool_] = ~np.isnan(self.chart.grid.scores[self.row])
        return row

    @cached_property
    def by_person(self) -> NDArray[np.int8]:
        """(pages,) 1 where a person keeps the page for the current criterion, -1 where one leaves it out, else 0."""
        row: NDArray[np.int8] = holds(self.chart.grid, self.held)[self.row]
        return row

    @cached_property
    def by_rule(self) -> NDArray[np.bool_]:
        """(pages,) what the rule alone keeps for the current criterion, gaps included."""
        milli = self.chart.grid.milli[self.row : self.row + 1]
        row: NDArray[np.bool_] = kept(milli, self.place.rule, self.chart.lengths)[0]
        return row

    @property
    def hold(self) -> Hold:
        """What a person holds on the page for the criterion."""
        return self.held.get((self.criterion.id, self.page.ref), "none")

    @cached_property
    def held(self) -> dict[tuple[str, PageRef], Hold]:
        """(criterion, page) -> what a person holds there. A second reviewer works without it."""
        if self.place.reading == "second":
            return {}
        return held_by(workspace().store.findings.pins(self.case.id))

    @cached_property
    def decisions(self) -> dict[str, Decision]:
        """The decision that stands for each criterion that has one."""
        return workspace().store.decisions(self.case.id, self.place.reading)

    @property
    def outcomes(self) -> dict[str, DecisionOutcome]:
        """What was decided, by criterion."""
        return {criterion: decision.outcome for criterion, decision in self.decisions.items()}

    @cached_property
    def cited(self) -> list[Cited]:
        """What is cited, for all criteria, oldest first."""
        return workspace().store.findings.cited(self.case.id, self.place.reading)

    @cached_property
    def remarks(self) -> dict[str, Remark]:
        """Flags and notes by criterion."""
        return workspace().store.findings.remarks(self.case.id, self.place.reading)

    def remark_of(self, criterion: str) -> tuple[bool, str]:
        """Flag and note of a criterion."""
        remark = self.remarks.get(criterion)
        return (remark.flagged, remark.note) if remark else (False, "")

    @cached_property
    def drafts(self) -> dict[str, str]:
        """Rationales that this reviewer has written and not signed, by criterion."""
        return workspace().store.findings.drafts(self.case.id, reviewer(), self.place.reading)

    @cached_property
    def state(self) -> CaseState:
        """Where the case stands: nothing of its record changes while it is signed off."""
        return case_state(workspace().store.course.steps(self.case.id))

    @cached_property
    def turns(self) -> dict[PageRef, int]:
        """Clockwise turns by hand, in degrees, on top of what brings a page upright; only of pages that have one."""
        return workspace().store.findings.turns([document.document for document in self.case.documents])

    @property
    def turned(self) -> int:
        """Turn of the page by hand."""
        return self.turns.get(self.page.ref, 0)

    def turn_of(self, page: Page) -> int:
        """Clockwise degrees, below 360, by which the page is displayed turned: to bring it upright, and by hand."""
        return (page.turn + self.turns.get(page.ref, 0)) % 360

    @cached_property
    def packet(self) -> str:
        """Names the documents in force: with others, page numbers mean other pages."""
        return digest(*(document.document for document in self.case.documents))[:16]

    @property
    def watched(self) -> str:
        """Whose time on which pages is measured."""
        return f"{self.case.id}.{self.packet}.{reviewer()}"

    @property
    def verdict(self) -> Verdict | None:
        """What this reviewer said of the page for the criterion."""
        return self.verdict_of(self.page.ref, self.criterion.id)

    def verdict_of(self, page: PageRef, criterion: str) -> Verdict | None:
        """What this reviewer said of a page for a criterion."""
        about = page, criterion, reviewer()
        return next((said.verdict for said in self.labels if (said.page, said.criterion, said.reviewer) == about), None)

    @cached_property
    def labels(self) -> list[Label]:
        """The judgements of the pages in force."""
        return workspace().labels_of(self.case)

    @cached_property
    def closed(self) -> bool:
        """Whether this reading takes no more decisions: both reviews are complete."""
        return workspace().review.closed(self.case.id, self.place.reading)

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
        """Numbers of the pages that are kept for the current criterion, without those that only a gap keeps."""
        return [int(i) + 1 for i in np.flatnonzero(self.kept & (self.scored | (self.by_person > 0)))]


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
    if came and (wanted := _asked(chart)) != ("", 0):  # a link from another screen
        place.go(row=wanted[0] or None, page=wanted[1] or None)
    place.reading = reading_of(workspace().duties.assigned(case.id), reviewer())
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
    case = workspace().store.case(case_id)
    return Seen(case, workspace().chart.of(case, place.fingerprint), place)


def unread_in(chart: Chart) -> list[PageRef]:
    """Pages without text that can be relied on, in order."""
    return [chart.grid.pages[i] for i in np.flatnonzero(chart.unreadable)]


def sightings_of(case_id: int, chart: Chart) -> dict[PageRef, list[Sighting]]:
    """Who looked at the unread pages of the chart, latest first; only pages that somebody looked at.

    Who reviews the case blind sees their own alone. Nothing is looked up where every page was read.
    """
    unread = set(unread_in(chart))
    given = workspace().store.sightings(case_id) if unread else []
    blind = bool(given) and workspace().duties.blind(case_id, reviewer())
    found: dict[PageRef, list[Sighting]] = {}
    for sighting in reversed(given):
        if sighting.page in unread and not (blind and sighting.reviewer != reviewer()):
            found.setdefault(sighting.page, []).append(sighting)
    return found


def go_to(case_id: int, page: PageRef) -> None:
    """Move to that page, whatever its number is by now; for callbacks. Raises NotFound when its document is gone."""
    now = again(case_id)
    if page not in now.numbers:
        raise NotFound("The packet has changed in between, and this page is no longer in it. Look at the list again.")
    now.place.go(page=now.numbers[page])


def _first(case: Case, chart: Chart) -> Place:
    """Where the address says; else where this reviewer left the case; else the first criterion with its best page."""
    row, number = _asked(chart)
    left = None if row or number else workspace().store.findings.left(case.id, reviewer())
    if left and left.criterion in chart.grid.criteria and left.page in chart.grid.pages:
        row, number = left.criterion, chart.grid.pages.index(left.page) + 1
    known, row = bool(number), row or chart.grid.criteria[0]
    nothing = bool(np.isnan(chart.grid.scores).all())
    rule = workspace().publishing.rule_in_force(case).rule
    return Place(
        row,
        number or best_page(chart, row),
        rule,
        chart.scorer.fingerprint,
        certificate=_published(case, chart),
        waits=nothing and not known,
    )


def _asked(chart: Chart) -> tuple[str, int]:
    """Criterion and page in the address, "" and 0 for what it does not name or the case does not have."""
    row, number = st.query_params.get("criterion", ""), st.query_params.get("page", "")
    known = number.isascii() and number.isdecimal() and len(number) <= 6 and 1 <= int(number) <= len(chart.pages)
    return row if row in chart.grid.criteria else "", int(number) if known else 0


def best_page(chart: Chart, row: str) -> int:
    """Number of the most probable page for the criterion; the first page when none is scored."""
    values = chart.grid.probabilities[chart.grid.criteria.index(row)]
    return 1 if np.isnan(values).all() else int(np.nanargmax(values)) + 1


def key_of(page: PageRef) -> str:
    """The page in the key of a widget: its number in the case may become another page's."""
    return f"{page.document[:16]}.{page.number}"
