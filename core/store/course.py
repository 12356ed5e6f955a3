"""The course of cases: steps, whose a case is, who may do what, and rationales to start from."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from core.casefile import Assignment, Duty, Role, Step, Template
from core.domain import DecisionOutcome
from core.store import duties, steps, templates
from core.store.engine import reading, writing


class Course:
    """`Store.course`. It keeps what happened; whether a step may be taken is for `core.determination` to say."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    # Steps

    def add_step(self, case_id: int, step: Step, *, seen: int, stamp: int | None = None) -> Step:
        """Add to the history of steps; the stored step carries its id.

        `seen` is the id of the newest step of the case that the person saw, 0 for none; Conflict when it is another by
        now, and the message says who did what. With `stamp` (see `Course.stamp`), Conflict also when anything in the
        case was decided, cited, pinned, noted, assigned or replaced since: what is signed is what was seen. Nothing is
        stored then. Raises NotFound when there is no such case.
        """
        with writing(self._engine) as session:
            return steps.add(session, case_id, step, seen=seen, record_at=stamp, at=self._clock())

    def stamp(self, case_id: int) -> int:
        """A number that grows with every entry in the audit log of the case; 0 when there is none.

        Take it before you read what a step is to sign.
        """
        with reading(self._engine) as session:
            return steps.stamp(session, case_id)

    def steps(self, case_id: int) -> list[Step]:
        """Oldest first."""
        with reading(self._engine) as session:
            return steps.of_case(session, case_id)

    def all_steps(self) -> dict[int, list[Step]]:
        """{case: its steps, oldest first}, without cases that have none.

        `Step.record` is left empty here: it may be large, and there may be thousands. `steps` has it.
        """
        with reading(self._engine) as session:
            return steps.all_cases(session)

    # Whose a case is

    def assign(self, case_id: int, assignment: Assignment) -> bool:
        """Give the duty to somebody, or to nobody (""), whoever had it.

        False, and nothing is stored, when it is that person's already. Raises NotFound.
        """
        with writing(self._engine) as session:
            return duties.assign(session, case_id, assignment, at=self._clock())

    def claim(self, case_id: int, duty: Duty, *, reviewer: str) -> None:
        """Take a duty that is nobody's; one's own stays. Raises Conflict when it is somebody else's, and NotFound."""
        with writing(self._engine) as session:
            duties.claim(session, case_id, duty, reviewer=reviewer, at=self._clock())

    def assignments(self) -> dict[int, dict[Duty, Assignment]]:
        """{case: the newest assignment of each duty that was ever assigned}; `assignee` may be ""."""
        with reading(self._engine) as session:
            return duties.assignments(session)

    # Who may do what

    def set_role(self, name: str, role: Role, *, by: str) -> None:
        """The role of a person from now on; the same again stores nothing. Raises StoreError for an empty name."""
        with writing(self._engine) as session:
            duties.set_role(session, name, role, by=by, at=self._clock())

    def roles(self) -> dict[str, Role]:
        """{name: role}, by name; a person whose role nobody set is not in it."""
        with reading(self._engine) as session:
            return duties.roles(session)

    # Rationales to start from

    def templates(self) -> list[Template]:
        """Those offered, oldest first."""
        with reading(self._engine) as session:
            return templates.offered(session)

    def add_template(self, outcome: DecisionOutcome, text: str, *, by: str) -> Template:
        """A new template with its id; the stored one when the same is offered already."""
        with writing(self._engine) as session:
            return templates.add(session, outcome, text, by=by, at=self._clock())

    def retire_template(self, template_id: int, *, by: str) -> None:
        """Offer a template no more; again changes nothing. Raises NotFound."""
        with writing(self._engine) as session:
            templates.retire(session, template_id, by=by)
