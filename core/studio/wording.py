"""The wording bench: another wording of a criterion, scored on the labelled cases beside the one in use."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.calibration.curves import Family, Measured, measure
from core.calibration.labelled import LabelledCase
from core.domain import Case, CriteriaSet, Criterion, Score
from core.errors import ChartsieveError, Conflict, NotAgreed
from core.scorers.base import Scorer
from core.scoring import Plan, plan, score_all
from core.studio.material import Material

if TYPE_CHECKING:
    from core.workspace import Workspace

Progress = Callable[[int, int], None]
"""Called with (cases done, cases in all)."""


@dataclass(frozen=True, eq=False)
class Tried:
    """A wording beside the one in use, on the same labels."""

    before: Criterion
    after: Criterion
    measured_before: Measured
    measured_after: Measured
    cases: int


class WordingBench:
    """Scores that it asks for are kept: the same wording costs nothing the second time."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    def asked(self, material: Material, wording: Criterion) -> Plan:
        """What trying the wording would ask for, over all labelled cases of the criterion. Raises ScorerError."""
        engine = self._workspace.roster.same(material.subject.info)
        plans = [
            plan(engine, [wording], self._workspace.reader.pages(case), self._workspace.store)
            for case, _ in self._labelled(material, wording.id)
        ]
        return Plan(
            pages=sum(p.pages for p in plans),
            pairs=sum(p.pairs for p in plans),
            bytes=sum(p.bytes for p in plans),
            tokens=sum(p.tokens for p in plans),
            dollars=sum(p.dollars for p in plans),
            seconds=sum(p.seconds or 0.0 for p in plans) if any(p.seconds is not None for p in plans) else None,
        )

    def run(self, material: Material, wording: Criterion, family: Family, *, progress: Progress) -> Tried:
        """Score `wording` on the labelled cases of the criterion with its id, and measure both.

        Pages go only where somebody agreed to send the pages of their case. Raises NotAgreed otherwise, ScorerError
        when the scorer does not answer, and ChartsieveError where no case has labels of the criterion.
        """
        before = material.criteria[wording.id]
        labelled = self._labelled(material, wording.id)
        if not labelled:
            raise ChartsieveError(
                f"No case has labels of {wording.id} that count. Label some of its pages first, then try a wording."
            )
        engine = self._workspace.roster.same(material.subject.info)
        info = engine.info  # where pages go now, which need not be where they went when a case was scored
        if any(not self._workspace.work.agreed(case.id, info) for case, _ in labelled):
            raise NotAgreed(
                f"Nobody agreed to send the pages of all labelled cases to {info.sends_text_to}. Nothing was sent. "
                "Open these cases, agree there, and try again."
            )
        self._workspace.roster.ready(info.name)
        rows = []
        for done, (case, own) in enumerate(labelled):
            progress(done, len(labelled))
            rows.append((own, self._score(engine, wording, case, own, material)))
        progress(len(labelled), len(labelled))
        return Tried(
            before,
            wording,
            measure([own for own, _ in rows], family),
            measure([new for _, new in rows], family),
            len(rows),
        )

    def adopt(self, material: Material, wording: Criterion, *, by: str) -> CriteriaSet:
        """The wording in a new version of the criteria list. Cases keep the version they were made with.

        Raises Conflict when the list has changed since `material` was made, and ChartsieveError without a name.
        """
        if not by:
            raise ChartsieveError("Say your name first: the record keeps who changed the criteria. Nothing was saved.")
        newest = self._workspace.studio.criteria(material.criteria.name)
        if newest.version != material.criteria.version:
            raise Conflict("The criteria list has changed in between. Nothing was saved. Look at it again.")
        changed = tuple(wording if c.id == wording.id else c for c in newest)
        return self._workspace.store.save_criteria(replace(newest, criteria=changed), by=by)

    def _labelled(self, material: Material, criterion: str) -> list[tuple[Case, LabelledCase]]:
        """Cases with a label of the criterion that counts, as cases of that criterion alone."""
        found = []
        for case in material.cases:
            if criterion in case.criteria:
                row = case.criteria.index(criterion)
                if case.counts[row].any():
                    found.append((self._workspace.store.case(case.case), _only(case, row)))
        return found

    def _score(
        self, engine: Scorer, wording: Criterion, case: Case, own: LabelledCase, material: Material
    ) -> LabelledCase:
        scored = score_all(
            engine,
            [wording],
            self._workspace.reader.pages(case),
            cache=self._workspace.store,
            limiter=self._workspace.roster.limiter(engine.info.name),
        )
        if scored.stopped:
            raise ChartsieveError(f"{scored.stopped} What was scored is kept. Try again later.")
        index = {ref: i for i, ref in enumerate(material.matrices[case.id].pages)}
        scores = np.full((1, len(index)), np.nan)
        for outcome in scored.outcomes:
            if isinstance(outcome, Score) and outcome.page in index:
                scores[0, index[outcome.page]] = outcome.value
        model = material.recalibration
        return replace(own, scores=scores, probabilities=model.probabilities(scores) if model else None)


def _only(case: LabelledCase, row: int) -> LabelledCase:
    audited = np.broadcast_to(case.audited, len(case.criteria))
    return replace(
        case,
        audited=audited[row : row + 1],
        criteria=case.criteria[row : row + 1],
        groups=case.groups[row : row + 1],
        scores=case.scores[row : row + 1],
        truth=case.truth[row : row + 1],
        inclusion=case.inclusion[row : row + 1],
        probabilities=None if case.probabilities is None else case.probabilities[row : row + 1],
    )
