"""What the screen shows of a case: read once for a run, for the person at this browser."""

from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from core.basis import Basis
from core.casefacts import Facts
from core.casefile import Role, StepKind
from core.casestate import CaseState
from core.turnaround import Turnaround
from pages.components.frame import reviewer, workspace

_FORM = "determine.form"
"""(case, kind) of the form that is open."""


@dataclass(frozen=True)
class Seen:
    """A case as it is shown. `stamp` was taken before anything else was read."""

    basis: Basis
    clock: Turnaround
    person: str
    role: Role
    stamp: int

    @property
    def case_id(self) -> int:
        return self.basis.case.id

    @property
    def state(self) -> CaseState:
        return self.basis.state

    @cached_property
    def facts(self) -> Facts:
        return self.basis.facts(self.person)

    @property
    def form(self) -> StepKind | None:
        """The step whose form is open."""
        case_id, kind = st.session_state.get(_FORM, (0, None))
        return kind if case_id == self.case_id else None


def seen(case_id: int) -> Seen:
    """Raises NotFound."""
    stamp = workspace().store.course.stamp(case_id)
    signing, person = workspace().signing, reviewer()
    return Seen(signing.basis(case_id), signing.turnaround(case_id), person, signing.role(person), stamp)


def open_form(case_id: int, kind: StepKind | None) -> None:
    """Open the form of a step, None: close it. For callbacks."""
    if kind is None:
        st.session_state.pop(_FORM, None)
    else:
        st.session_state[_FORM] = (case_id, kind)
