"""The course of a case: every step is judged by what the store holds, and signed with it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from core.basis import Basis
from core.casefacts import Facts
from core.casefile import CLOSING, Assignment, Role, Step, StepKind
from core.chart import Chart
from core.determination import CaseState, case_state, may
from core.domain import Case, PageRef
from core.errors import Conflict, Refused
from core.people import role_of
from core.record_signed import signed_clock
from core.signed import signed_record
from core.step_details import checked
from core.turnaround import Terms, Turnaround, turnaround

if TYPE_CHECKING:
    from core.workspace import Workspace


class Signing:
    """`Workspace.signing`. Nothing that a screen shows or hides decides here what a person may do."""

    def __init__(self, workspace: "Workspace", clock: Callable[[], datetime]) -> None:
        self._workspace, self._store, self._clock = workspace, workspace.store, clock
        settings = workspace.settings
        self.terms = Terms(
            standard=timedelta(days=settings.standard_days),
            expedited=timedelta(hours=settings.expedited_hours),
            due_soon=timedelta(hours=settings.due_soon_hours),
        )
        """The time allowed for an answer, as it is set up."""

    # -- looking

    def role(self, name: str) -> Role:
        """The role of the person; without one on record that of a reviewer."""
        return role_of(name, self._store.course.roles())

    def state(self, case_id: int) -> CaseState:
        """Where the case stands. Raises NotFound."""
        return case_state(self._store.course.steps(self._store.case(case_id).id))

    def turnaround(self, case_id: int) -> Turnaround:
        """The clock of the case now, of a signed one when it was signed off. Raises NotFound."""
        case, steps, at = self._store.case(case_id), self._store.course.steps(case_id), self._clock()
        now, state = turnaround(steps, self.terms, created_at=case.created_at, now=at), case_state(steps)
        return signed_clock(now, state.step.record, at=at) if state.signed_off and state.step else now

    def facts(self, case_id: int, *, by: str) -> Facts:
        """What a step of that person would be judged by. Raises NotFound."""
        return self.basis(case_id).facts(by)

    def basis(self, case_id: int) -> Basis:
        """All that a determination rests on, as the store holds it. Raises NotFound."""
        store = self._store
        case = store.case(case_id)
        chart = self._workspace.chart.of(case)
        unreadable = frozenset(chart.grid.pages[i] for i in np.flatnonzero(chart.unreadable))
        waiting = self._waiting(chart)
        readings = self._workspace.duties.readings(case_id)
        cited = (*store.findings.cited(case_id), *store.findings.cited(case_id, "final"))
        viewed = tuple(store.findings.viewed(case_id))
        decisions = store.decisions(case_id)
        pages = {c.page for d in decisions.values() for c in d.citations}
        pages |= {c.citation.page for c in cited} | {v.page for v in viewed}
        return Basis(
            case=case,
            steps=tuple(store.course.steps(case_id)),
            decisions=decisions,
            readings=readings,
            cited=cited,
            assigned=self._workspace.duties.assigned(case_id),
            pages=tuple(chart.grid.pages),
            unread=unreadable - waiting,
            waiting=waiting,
            sightings=tuple(store.sightings(case_id)),
            viewed=viewed,
            moved=self._moved(case, pages),
            nearest=_nearest(chart),
            gaps=chart.gaps,
            missing=sum(gap.count for gap in chart.missing_numbers),
            scorer=case.scorer,
            recalibration=chart.recalibration,
            in_force=self._workspace.publishing.rule_in_force(case),
        )

    def _waiting(self, chart: Chart) -> frozenset[PageRef]:
        """Unread pages that the next run of the case reads."""
        reader = self._workspace.reader
        return frozenset(page.ref for page in chart.pages if not page.readable and reader.waiting([page]))

    def _moved(self, case: Case, pages: set[PageRef]) -> dict[PageRef, PageRef]:
        here = {document.document for document in case.documents}
        found = {page: self._workspace.current_in(case, page) for page in pages if page.document not in here}
        return {page: at for page, at in found.items() if at is not None}

    # -- acting

    def take(
        self,
        case_id: int,
        kind: StepKind,
        *,
        by: str,
        reason: str,
        detail: Mapping[str, str],
        seen: int,
        stamp: int | None = None,
    ) -> Step:
        """Take a step in the course of the case; the stored step.

        `seen` is the id of the newest step on the screen, 0 for none. A step that signs the case off carries the record
        of all it rests on. It is not stored when any of that changed while it was read, or since `stamp`, the number
        that `Course.stamp` gave when the screen was drawn. Raises Refused when the person may not take the step, or not
        yet, or does not say what it must say; Conflict when somebody else took a step or changed something in between;
        NotFound. Nothing is stored then.
        """
        if not by:
            raise Refused("Say who you are first: the record keeps who took a step. Nothing was saved.")
        if stamp is None:
            stamp = self._store.course.stamp(case_id)
        basis, now = self.basis(case_id), self._clock()
        role = self.role(by)
        self._check_seen(basis.steps, seen)
        facts = basis.facts(by)
        if why := may(kind, role, basis.state, facts):
            raise Refused(f"{why} Nothing was saved.")
        reasoned = (kind == "approve" and not facts.met) or (kind == "urgency" and self._later(basis, detail, now))
        said, cleaned = checked(kind, reason, detail, now=now, reasoned=reasoned)
        record = signed_record(basis, kind, by=by, role=role, at=now, terms=self.terms) if kind in CLOSING else ""
        step = Step(kind, by, role, now, said, cleaned, record)
        stored = self._store.course.add_step(case_id, step, seen=seen, stamp=stamp if record else None)
        if kind == "refer" and cleaned["to"]:
            self._store.course.assign(case_id, Assignment("physician", cleaned["to"], by, now))
        return stored

    def _check_seen(self, steps: Sequence[Step], seen: int) -> None:
        """Before anything else is said: who sees an older state would not understand why a step is refused."""
        if steps and steps[-1].id != seen:
            step = steps[-1]
            raise Conflict(
                f"{step.by} took a step in this case in between ({step.at:%Y-%m-%d %H:%M} UTC). That stands; nothing "
                "else was saved. Look at the case, then try again."
            )

    def _later(self, basis: Basis, detail: Mapping[str, str], now: datetime) -> bool:
        """Whether the step gives more time than there was: that wants a reason."""
        step = Step("urgency", "", "reviewer", now, detail=detail)
        created = basis.case.created_at
        try:
            after = turnaround([*basis.steps, step], self.terms, created_at=created, now=now)
        except ValueError:
            return False  # what cannot be read is refused in any case
        return after.due_at > turnaround(basis.steps, self.terms, created_at=created, now=now).due_at


def _nearest(chart: Chart) -> dict[str, PageRef]:
    """The page that stands highest for each criterion that has a score."""
    found = {}
    for row, criterion in enumerate(chart.grid.criteria):
        values = chart.grid.probabilities[row]
        if not np.isnan(values).all():
            found[criterion] = chart.grid.pages[int(np.nanargmax(values))]
    return found
