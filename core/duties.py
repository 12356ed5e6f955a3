"""Handing out work: roles, who has which case, second reviews, and settling where two reviews differ."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from core.casefile import Assignment, Duty, Role
from core.domain import Citation, Decision, DecisionOutcome
from core.errors import Conflict, NotAllowed
from core.people import no_assigning, no_role_change, role_of
from core.second_review import (
    BOTH_COMPLETE,
    Readings,
    SecondState,
    blind,
    no_second,
    no_settling,
    reading_of,
    second_state,
)

if TYPE_CHECKING:
    from core.workspace import Workspace

_NOBODY: Mapping[Duty, Assignment] = {}


class Duties:
    """`Workspace.duties`. What a person may not do raises NotAllowed, and nothing is saved then."""

    def __init__(self, workspace: "Workspace", clock: Callable[[], datetime]) -> None:
        self._workspace, self._store, self._clock = workspace, workspace.store, clock

    # -- people

    def role(self, name: str) -> Role:
        """The role of the person, that of a reviewer where nobody gave one."""
        return role_of(name, self._store.course.roles())

    def set_role(self, name: str, role: Role, *, by: str) -> None:
        _allowed(no_role_change(name, role, by=by, roles=self._store.course.roles()))
        self._store.course.set_role(name, role, by=by)

    # -- cases

    def assigned(self, case_id: int) -> Mapping[Duty, Assignment]:
        """The newest assignment for each duty of the case."""
        return self._store.course.assignments().get(case_id, _NOBODY)

    def give(self, case_id: int, duty: Duty, name: str, *, by: str) -> None:
        """Give the duty to `name`, "" to nobody. Raises Conflict when `by` takes it and somebody else has just done so,
        and NotFound."""
        assigned = self.assigned(case_id)
        _allowed(no_assigning(duty, name, by=by, roles=self._store.course.roles(), assigned=assigned))
        if duty == "second" and name:
            _allowed(no_second(name, assigned, self._store.deciders(case_id)))
        held = assigned[duty].assignee if duty in assigned else ""
        if name == by and not held:
            self._store.course.claim(case_id, duty, reviewer=by)
        else:
            self._store.course.assign(case_id, Assignment(duty, name, by, self._clock()))

    # -- second reviews

    def readings(self, case_id: int) -> Readings:
        """What was decided in each reading. Raises NotFound."""
        first = dict(self._store.decisions(case_id))
        final = {criterion: decision for criterion, decision in first.items() if decision.reading == "final"}
        for criterion in final:
            before = [d for d in self._store.history(case_id, criterion) if d.reading == "first"]
            del first[criterion]
            if before and before[-1].outcome != "withdrawn":
                first[criterion] = before[-1]
        return Readings(first, self._store.decisions(case_id, "second"), final)

    def state(self, case_id: int) -> SecondState:
        """Where the second review of the case stands. Raises NotFound."""
        criteria = self._store.case(case_id).criteria
        return second_state(criteria, self.assigned(case_id), self.readings(case_id))

    def blind(self, case_id: int, name: str) -> bool:
        """Whether the person reviews the case a second time and must see nothing of the first yet. Raises NotFound."""
        return blind(reading_of(self.assigned(case_id), name), self.state(case_id))

    def blind_cases(self, name: str) -> frozenset[int]:
        """The cases for which `blind` is true."""
        theirs = (
            case for case, given in self._store.course.assignments().items() if reading_of(given, name) == "second"
        )
        return frozenset(case for case in theirs if self.blind(case, name))

    def settle(
        self, case_id: int, criterion: str, outcome: DecisionOutcome, rationale: str, *, by: str, seen: int
    ) -> Decision | None:
        """Decide where the two reviews differ; what stands from then on.

        It cites what the readings with this outcome cite, or both where neither has it. `seen` is the id of the newest
        decision of the first reading or settled one on the screen. None when it is stored so already. Raises
        NotAllowed without a reason, Conflict while the reviews do not differ, and where somebody decided in between.
        """
        _allowed(no_settling(self.role(by)))
        if not rationale.strip():
            raise NotAllowed("Write why. Nothing was saved: what settles a difference needs a reason.")
        found = self.readings(case_id)
        two = [reading[criterion] for reading in (found.first, found.second) if criterion in reading]
        if self.state(case_id) not in BOTH_COMPLETE or len({d.outcome for d in two}) < 2:
            raise Conflict("The two reviews do not differ here now. Nothing was saved. Open the case again.")
        like = [d for d in two if d.outcome == outcome] or two
        cited = tuple(dict.fromkeys(c for d in like for c in self._standing(case_id, d.citations)))
        decision = Decision(criterion, outcome, rationale.strip(), by, self._clock(), cited, reading="final")
        return self._store.decide(case_id, decision, seen=seen)

    def _standing(self, case_id: int, citations: tuple[Citation, ...]) -> list[Citation]:
        """The citations whose page is still in the packet, where it is now."""
        found = [(citation, self._workspace.current(case_id, citation.page)) for citation in citations]
        return [replace(citation, page=page) for citation, page in found if page is not None]


def _allowed(problem: str) -> None:
    if problem:
        raise NotAllowed(f"{problem} Nothing was saved.")
