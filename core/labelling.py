"""Labelling rounds as people work through them: drawing, the next page, an answer, taking it back, files of labels."""

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.calibration.recalibrate import Recalibration
from core.calibration.sampling import Frame, draw, raised
from core.domain import CaseSummary, Label, PageRef, ScorerInfo, Verdict
from core.errors import BadLabels, ChartsieveError
from core.grid import to_milli
from core.labels import every_page, fill_not_relevant, preview_labels, resolve
from core.rounds import Round, RoundPlan, Task
from core.selection import Rule, kept
from core.studio.matrices import Matrix

if TYPE_CHECKING:
    from core.workspace import Workspace

MatrixOf = Callable[[CaseSummary, str], Matrix]
"""(case, fingerprint) -> its scores by that scorer."""
Model = Callable[[str, str], Recalibration | None]
"""(fingerprint, name of the criteria) -> what makes probabilities of the scores, None: nothing does."""
InForceRule = Callable[[str, ScorerInfo], Rule]
"""(name of the criteria, scorer) -> the rule in force for its scores."""

KEPT = 400
"""Cases whose probabilities are kept in memory: 12,000 pairs take 0.1 MB."""
PACE_OF = 30
"""Judgements that a reviewer's pace is taken from, the newest."""
PAUSE_SECONDS = 300.0
"""A longer time between two judgements was a break."""
ON_SCREEN_SECONDS = 180.0
"""How long a task is kept for the reviewer who was shown it."""
_FEWEST = 3
"""Times between judgements, before a pace is told."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a round can be drawn from: cases with one criteria list that one scorer has scored."""

    criteria_name: str
    info: ScorerInfo
    cases: tuple[CaseSummary, ...]


@dataclass(frozen=True, slots=True)
class Supply:
    """How many pairs of page and criterion can be drawn. Copies and pairs without a score cannot."""

    cases: int
    """Cases that have any."""
    shown: int
    """Pairs that the rule keeps."""
    below: int
    """Pairs that it leaves out."""
    before: int
    """Pairs, on top of these, that were drawn or judged before."""
    rule: Rule
    """In force, which tells the two apart."""

    @property
    def pairs(self) -> int:
        return self.shown + self.below


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    """Judgements of the round that were given, by everybody."""
    wanted: int
    seconds_left: float | None
    """What is left, at this reviewer's pace; None while it is not known."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file of labels."""

    labels: int
    """Labels in the file, with those that it implies."""
    new: int
    """Those that were not here before."""
    cases: int
    """Cases that it speaks of."""
    remarks: tuple[str, ...] = ()
    """What was ignored or shortened, as sentences."""


class Labelling:
    """Thread-safe, as the workspace is."""

    def __init__(
        self,
        workspace: "Workspace",
        *,
        matrix: MatrixOf,
        model: Model,
        rule: InForceRule,
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace, self._store = workspace, workspace.store
        self._matrix, self._model, self._rule, self._now = matrix, model, rule, clock
        self._probabilities: dict[tuple[int, str], tuple[Matrix, NDArray[np.float64]]] = {}
        self._screens: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    # -- drawing

    def sources(self) -> list[Source]:
        """What a round can be drawn from, the newest case first."""
        found: dict[tuple[str, str], tuple[ScorerInfo, list[CaseSummary]]] = {}
        for case in self._store.cases():
            if not _settled(case):
                continue
            for used in self._store.case_scorers(case.id):
                key = case.criteria_name, used.info.fingerprint
                found.setdefault(key, (used.info, []))[1].append(case)
        return [Source(name, info, tuple(cases)) for (name, _), (info, cases) in found.items()]

    def supply(self, source: Source, *, cases: Collection[int] | None = None) -> Supply:
        """What can be drawn from `cases` of the source, None: from all of them."""
        rule = self._rule(source.criteria_name, source.info)
        frames = self._frames(source, cases)
        free = [frame.eligible & ~frame.labelled for frame in frames]
        keeps = [kept(to_milli(frame.looked_at(rule)), rule) for frame in frames]
        shown = sum(int((f & k).sum()) for f, k in zip(free, keeps, strict=True))
        return Supply(
            cases=sum(bool(f.any()) for f in free),
            shown=shown,
            below=sum(int(f.sum()) for f in free) - shown,
            before=sum(int((frame.eligible & frame.labelled).sum()) for frame in frames),
            rule=rule,
        )

    def draw(
        self,
        criteria_name: str,
        fingerprint: str,
        plan: RoundPlan,
        *,
        cases: Sequence[int] | None = None,
        by: str,
    ) -> Round:
        """Draw pairs of page and criterion for people to judge, and store them, on top of what was drawn before.

        `cases` are those to draw from, None: all with these criteria that the scorer has scored. Raises
        ChartsieveError when there is nothing to draw; nothing is stored then.
        """
        if not by:
            raise ChartsieveError("Say your name first: the record keeps who drew a round. Nothing was drawn.")
        source = self._source(criteria_name, fingerprint)
        frames = self._frames(source, cases) if source else []
        if source is None or not frames:
            raise ChartsieveError(
                "No case with these criteria has been scored by this scorer yet. Nothing was drawn. "
                "Score a case first, then draw a round from it."
            )
        rule, model = self._rule(criteria_name, source.info), self._model(fingerprint, criteria_name)
        seed = self._store.rounds.seed(secrets.randbits(63))
        total = _with_earlier(plan, frames, rule)
        drawn = draw(frames, total, rule=rule, seed=seed)
        if not drawn:
            raise ChartsieveError(_nothing_drawn(frames))
        wanted = Round(
            seed=seed,
            fingerprint=fingerprint,
            recalibration=model.version if model else "",
            rule=str(rule),
            criteria_name=criteria_name,
            plan=plan,
            cases=tuple(frame.case for frame in frames),
            created_by=by,
            created_at=self._now(),
        )
        return self._store.rounds.add(wanted, drawn, raised(frames, total, rule=rule))

    def _source(self, criteria_name: str, fingerprint: str) -> Source | None:
        wanted = criteria_name, fingerprint
        return next((s for s in self.sources() if (s.criteria_name, s.info.fingerprint) == wanted), None)

    def _frames(self, source: Source, cases: Collection[int] | None) -> list[Frame]:
        """A frame for each case of the source, among `cases`, in which something was scored."""
        newest = next(c for c in self._store.criteria_sets() if c.name == source.criteria_name)
        wordings = {criterion.id: criterion.digest for criterion in newest}
        model = self._model(source.info.fingerprint, source.criteria_name)
        given = defaultdict[int, list[Label]](list)
        for number, label in self._store.calibration.labels():
            given[number].append(label)
        drawn = self._store.rounds.drawn()
        frames = []
        for case in source.cases:
            if cases is not None and case.id not in cases:
                continue
            matrix, labels = self._matrix(case, source.info.fingerprint), given[case.id]
            if not {label.page for label in labels} <= set(matrix.pages):
                labels = self._workspace.labels(case.id)  # documents were replaced: judgements of what stayed count
            compared = self._compared(case.id, matrix, model)
            frame = _frame(case.id, matrix, wordings, compared, labels, drawn.get(case.id, []))
            if frame is not None:
                frames.append(frame)
        return frames

    def _compared(self, case: int, matrix: Matrix, model: Recalibration | None) -> NDArray[np.float64] | None:
        """In the shape of the matrix's scores, and kept: a panel asks for those of every case at each click."""
        if model is None:
            return None
        known = self._probabilities.get((case, model.version))
        if known is None or known[0] is not matrix:
            known = self._probabilities[case, model.version] = matrix, model.probabilities(matrix.scores)
            while len(self._probabilities) > KEPT:
                self._probabilities.pop(next(iter(self._probabilities)), None)
        return known[1]

    # -- judging

    def rounds(self) -> list[Round]:
        """Those with judgements left first, the newest of each kind first."""
        return sorted(self._store.rounds.all(), key=lambda r: (r.done >= r.judgements, -r.id))

    def next(self, round_id: int, *, reviewer: str, skipped: Sequence[int]) -> Task | None:
        """What this reviewer judges next; None: nothing is left for them.

        Tasks that others have on their screens are given last, and skipped ones come back when nothing else is left.
        """
        with self._lock:
            taken = self._on_screens(but=reviewer)
            for away in (taken.union(skipped), set(skipped), set[int]()):
                task = self._store.rounds.next(round_id, reviewer=reviewer, skipped=away)
                if task is not None:
                    self._screens[reviewer] = task.id, time.monotonic()
                    return task
        return None

    def _on_screens(self, *, but: str) -> set[int]:
        since = time.monotonic() - ON_SCREEN_SECONDS
        return {task for reviewer, (task, given) in self._screens.items() if reviewer != but and given > since}

    def answer(self, task_id: int, verdict: Verdict, *, reviewer: str, note: str = "") -> bool:
        """Store a judgement that was made without sight of the score. False when it is already stored so.

        Raises NotFound when the page is no longer in the case, and Conflict when somebody else has judged it meanwhile;
        nothing is stored then.
        """
        if not reviewer:
            raise ChartsieveError("Say your name first: a judgement is signed. Nothing was saved.")
        task = self._store.rounds.task(task_id)
        drawn = task.drawn
        label = Label(
            page=drawn.page,
            criterion=drawn.criterion,
            verdict=verdict,
            reviewer=reviewer,
            at=self._now(),
            arm=drawn.arm,
            inclusion_probability=drawn.inclusion_probability,
            blind=True,
            fingerprint=task.fingerprint,
            recalibration=task.recalibration,
            score=drawn.score,
            probability=drawn.probability,
            threshold=task.threshold,
            seed=task.seed,
            note=note,
        )
        return self._store.add_label(drawn.case, label, task=task.id)

    def undo(self, round_id: int, *, reviewer: str) -> Task | None:
        """Take back this reviewer's newest judgement of the round; its task is to be judged again.

        None when there is no judgement to take back.
        """
        given = self._store.rounds.answered(round_id, reviewer=reviewer, limit=1)
        if not given:
            return None
        task, _ = given[0]
        drawn = task.drawn
        self._store.withdraw_label(drawn.case, drawn.page, drawn.criterion, reviewer=reviewer)
        return task

    def progress(self, round_id: int, *, reviewer: str) -> Progress:
        """Raises NotFound for a round that is not there."""
        of = self._store.rounds.get(round_id)
        given = self._store.rounds.answered(round_id, reviewer=reviewer, limit=PACE_OF)
        pace = seconds_each([label.at for _, label in given])
        left = of.judgements - of.done
        return Progress(of.done, of.judgements, None if pace is None else pace * left)

    # -- files

    def import_file(self, data: bytes, filename: str, *, by: str, whole: bool = False) -> Imported:
        """Take over the labels of a JSONL, CSV or qrels file, all or none.

        `whole`: somebody vouches that the cases that the file names were judged from the first page to the last for
        every criterion, so that a page without a row is not relevant, and each has chance 1. Raises BadLabels with
        every mistake.
        """
        if not by:
            raise ChartsieveError("Say your name first: the record keeps who imported labels. Nothing was imported.")
        preview = preview_labels(data, filename)
        cases = [self._store.case(case.id) for case in self._store.cases()]
        pages = {d.document: d.pages for case in cases for d in case.documents}
        problems = list(preview.problems)
        try:
            labels = resolve(preview.labels, cases, pages, by=by, at=self._now())
        except BadLabels as error:  # all mistakes at once: those of the form, and those about what is not here
            raise BadLabels(sorted([*problems, *error.problems], key=lambda p: p.row)) from error
        if problems:
            raise BadLabels(problems)
        named = {case for case, _ in labels}
        if whole:
            judged = every_page([case for case in cases if case.id in named])
            labels = fill_not_relevant(labels, judged, pages, by=by, at=self._now())
        return Imported(len(labels), self._store.import_labels(labels, by=by), len(named), preview.remarks)


def seconds_each(times: Sequence[datetime]) -> float | None:
    """Mean time between successive `times`, in any order, without breaks; None where too little is known."""
    ordered = sorted(times)
    between = [(b - a).total_seconds() for a, b in pairwise(ordered)]
    worked = [seconds for seconds in between if seconds <= PAUSE_SECONDS]
    return sum(worked) / len(worked) if len(worked) >= _FEWEST else None


def _with_earlier(plan: RoundPlan, frames: Sequence[Frame], rule: Rule) -> RoundPlan:
    """What all rounds together are to have drawn: they share their random numbers, so that each adds to the others."""
    keeps = [kept(to_milli(frame.looked_at(rule)), rule) for frame in frames]
    known = [frame.open & frame.labelled for frame in frames]
    shown = sum(int((k & keep).sum()) for k, keep in zip(known, keeps, strict=True))
    below = sum(int((k & ~keep).sum()) for k, keep in zip(known, keeps, strict=True))
    return replace(plan, shown=plan.shown + shown if plan.shown else 0, audit=plan.audit + below if plan.audit else 0)


def _nothing_drawn(frames: Sequence[Frame]) -> str:
    if any((frame.open & ~frame.labelled).any() for frame in frames):
        return "Chance drew none of these pages. Nothing was changed. Ask for a few more, and draw again."
    return (
        "There is nothing left to draw: every page of these cases that has a score was drawn or judged before. "
        "Nothing was changed. Add cases, then draw again."
    )


def _settled(case: CaseSummary) -> bool:
    """Probabilities rest on all pages of a case: while it is scored they still move."""
    return case.job is None or case.job.state not in ("waiting", "running")


def _frame(
    case: int,
    matrix: Matrix,
    wordings: dict[str, str],
    probabilities: NDArray[np.float64] | None,
    labels: Sequence[Label],
    drawn: Sequence[tuple[PageRef, str]],
) -> Frame | None:
    """The case for the draw: criteria with the wording that counts; None where nothing of them is scored.

    `drawn`: pairs of earlier rounds, which are not drawn again though nobody has judged them yet.
    """
    rows = [i for i, c in enumerate(matrix.criteria) if wordings.get(c) == matrix.digests[i]]
    scores = matrix.scores[rows]
    eligible: NDArray[np.bool_] = ~np.isnan(scores) & (matrix.own & matrix.readable)[None, :]
    if not eligible.any():
        return None
    criteria = tuple(matrix.criteria[i] for i in rows)
    row, column = {c: r for r, c in enumerate(criteria)}, {page: c for c, page in enumerate(matrix.pages)}
    labelled, judged = np.zeros(scores.shape, dtype=np.bool_), np.zeros(scores.shape, dtype=np.bool_)
    for label in labels:
        if label.criterion in row and label.page in column:
            # A label of a copy is one of the page that it is a copy of.
            at = row[label.criterion], matrix.first[column[label.page]]
            judged[at] = True
            labelled[at] |= label.inclusion_probability is not None
    for page, criterion in drawn:
        if criterion in row and page in column:
            labelled[row[criterion], matrix.first[column[page]]] = True
    return Frame(
        case=case,
        pages=matrix.pages,
        criteria=criteria,
        compared=scores if probabilities is None else probabilities[rows],
        scores=scores,
        recalibrated=probabilities is not None,
        eligible=eligible,
        labelled=labelled,
        judged=judged,
    )
