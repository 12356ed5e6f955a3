"""All that a determination is judged by and signed on, as it was read at one moment. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from core.casefacts import Counted, Facts, Place, counting
from core.casefile import Assignment, Cited, Duty, Step, Viewed
from core.casestate import CaseState, case_state
from core.domain import Case, Decision, DecisionOutcome, PageRef, ScorerInfo, Sighting
from core.logic import State, evaluate
from core.second_review import Readings, SecondState, blind, reading_of, second_state, to_go, unsettled
from core.standing import InForce

_NOT_MET: frozenset[DecisionOutcome] = frozenset(("not_met",))


@dataclass(frozen=True)
class Basis:
    """A case with the work of people on it. Pages of replaced documents are told where they stand now by `moved`."""

    case: Case
    steps: tuple[Step, ...]
    """Oldest first."""
    decisions: Mapping[str, Decision]
    """Those that stand, by criterion: of the first reading, or what was settled after a second."""
    readings: Readings
    cited: tuple[Cited, ...]
    """Standing citations, of the first reading and the final one."""
    assigned: Mapping[Duty, Assignment]
    """The newest assignment for each duty."""
    pages: tuple[PageRef, ...]
    """All pages in force, in case order."""
    unread: frozenset[PageRef]
    """Pages that could not be read."""
    waiting: frozenset[PageRef]
    """Pages that have not been read yet, and may be."""
    sightings: tuple[Sighting, ...]
    viewed: tuple[Viewed, ...]
    moved: Mapping[PageRef, PageRef]
    """A page of a replaced document -> the same page in force; those that are gone or changed are not in it."""
    nearest: Mapping[str, PageRef]
    """Criterion -> the page that stands highest for it; a criterion that was not scored is not in it."""
    gaps: int
    missing: int
    scorer: ScorerInfo
    recalibration: str
    in_force: InForce

    @cached_property
    def numbers(self) -> dict[PageRef, int]:
        """Page -> its number in the case."""
        return {page: number for number, page in enumerate(self.pages, start=1)}

    @cached_property
    def state(self) -> CaseState:
        return case_state(self.steps)

    @cached_property
    def outcomes(self) -> dict[str, DecisionOutcome]:
        """What is decided, by criterion."""
        return {criterion: decision.outcome for criterion, decision in self.decisions.items()}

    @cached_property
    def counted(self) -> tuple[Counted, ...]:
        """Criteria that count as things stand; of a list without logic all that apply."""
        root, outcomes = self.case.criteria.root, self.outcomes
        if root is not None:
            return counting(root, outcomes)
        return tuple(Counted(c.id, _NOT_MET) for c in self.case.criteria if outcomes.get(c.id) != "not_applicable")

    @property
    def second_by(self) -> str:
        """Whom a second review was ordered of, "" of nobody."""
        return self.holder("second")

    def holder(self, duty: Duty) -> str:
        """Whose the duty is, "" nobody's."""
        return self.assigned[duty].assignee if duty in self.assigned else ""

    def blind(self, person: str) -> bool:
        """Whether the person reviews the case a second time and must not see what the first review came to."""
        return blind(reading_of(self.assigned, person), self.second_state)

    @cached_property
    def second_state(self) -> SecondState:
        """Where a second review of the case stands."""
        return second_state(self.case.criteria, self.assigned, self.readings)

    @property
    def rolled(self) -> State | None:
        """What the criteria come to; None for a list without logic."""
        root = self.case.criteria.root
        return None if root is None else evaluate(root, self.outcomes)

    @cached_property
    def looked_at(self) -> frozenset[PageRef]:
        """Pages that could not be read, or not yet, and that somebody has looked at."""
        return frozenset(sighting.page for sighting in self.sightings)

    def now_at(self, page: PageRef) -> PageRef | None:
        """Where a page stands now; None when it is gone or changed."""
        return page if page in self.numbers else self.moved.get(page)

    def opened(self, person: str) -> frozenset[PageRef]:
        """Pages in force that the person has opened, also where that was in a document replaced since."""
        places = {self.now_at(viewed.page) for viewed in self.viewed if viewed.reviewer == person}
        return frozenset(page for page in places if page is not None)

    def evidence(self, criterion: str) -> list[PageRef]:
        """Pages in force that are cited for the criterion, in case order."""
        decision = self.decisions.get(criterion)
        cited = [citation.page for citation in decision.citations] if decision else []
        cited += [c.citation.page for c in self.cited if c.criterion == criterion]
        places = {self.now_at(page) for page in cited} - {None}
        return sorted((page for page in places if page), key=self.numbers.__getitem__)

    def facts(self, person: str) -> Facts:
        """What a step of that person is judged by."""
        decided = {c.criterion: self.outcomes[c.criterion] for c in self.counted if c.criterion in self.outcomes}
        against = tuple(c.criterion for c in self.counted if decided.get(c.criterion) in c.against)
        insufficient = tuple(c for c, outcome in decided.items() if outcome == "insufficient")
        opened = self.opened(person)
        return Facts(
            rolled=self.rolled,
            undecided=tuple(c.criterion for c in self.counted if c.criterion not in decided),
            insufficient=insufficient,
            not_met=tuple(c for c, outcome in decided.items() if outcome == "not_met"),
            against=against,
            unreasoned=tuple(c for c in (*against, *insufficient) if not self.decisions[c].rationale.strip()),
            outdated=self._outdated(),
            unopened=self._unopened(opened, (*against, *insufficient)),
            opened=len(opened),
            gaps=self.gaps,
            missing=self.missing,
            waiting=len(self.waiting - self.looked_at),
            unseen=tuple(self.numbers[page] for page in self.pages if page in self.unread - self.looked_at),
            second=to_go(self.case.criteria, self.readings.second) if self.second_state == "open" else (),
            second_by=self.second_by,
            first=to_go(self.case.criteria, self.decisions) if self.second_state == "waits" else (),
            differing=self._differing() if self.second_state == "differs" else (),
            blind=self.blind(person),
        )

    def _differing(self) -> tuple[str, ...]:
        return unsettled(self.readings.first, self.readings.second, self.readings.final)

    def _outdated(self) -> tuple[str, ...]:
        amended = self.case.amended_at
        if amended is None:
            return ()
        ids = (c.criterion for c in self.counted)
        return tuple(i for i in ids if i in self.decisions and self.decisions[i].at < amended)

    def _unopened(self, opened: frozenset[PageRef], deciding: tuple[str, ...]) -> tuple[Place, ...]:
        found = []
        for criterion, _ in self.counted:
            pages = self.evidence(criterion)
            if not pages and criterion in deciding and criterion in self.nearest:
                pages = [self.nearest[criterion]]
            found += [Place(criterion, self.numbers[page]) for page in pages if page not in opened]
        return tuple(found)
