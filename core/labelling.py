"""Labelling rounds as people work through them: drawing, the next page, an answer, taking it back, files of labels."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.calibration.recalibrate import Recalibration
from core.calibration.sampling import Frame, draw, raised
from core.domain import CaseSummary, Label, ScorerInfo, Verdict
from core.errors import ChartsieveError, Conflict
from core.held import Held
from core.label_files import Imported, labels_of
from core.rounds import Drawn, Round, RoundPlan, Task
from core.selection import Rule
from core.studio.design import frame_of, scored_rows
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
_FEWEST = 3
"""Times between judgements, before a pace is told."""
_LOOKED_BACK = 30_000
"""Judgements of a reviewer in a round, the newest, among which an earlier one is looked for."""


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
    """Pairs, on top of these, that were judged before with a known chance."""
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


class Undone(NamedTuple):
    """A judgement that was taken back."""

    task: Task
    label: Label
    """What was said."""


class Drawable(NamedTuple):
    """One case as a round sees it."""

    frame: Frame
    digest: str
    """Of what can be drawn, see `core.studio.design`."""


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
        self._held = Held()
        self._marked: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
        self._lock = Lock()

    # -- drawing

    def sources(self) -> list[Source]:
        """What a round can be drawn from, the newest case first."""
        found: dict[tuple[str, str], tuple[ScorerInfo, list[CaseSummary]]] = {}
        used = self._store.calibration.scorers_used()
        for case in filter(_settled, self._store.cases()):
            for info in used.get(case.id, []):
                found.setdefault((case.criteria_name, info.fingerprint), (info, []))[1].append(case)
        return [Source(name, info, tuple(cases)) for (name, _), (info, cases) in found.items()]

    def supply(self, source: Source, *, cases: Collection[int] | None = None) -> Supply:
        """What can be drawn from `cases` of the source, None: from all of them."""
        rule = self._rule(source.criteria_name, source.info)
        frames = [drawable.frame for drawable in self._frames(source, cases)]
        free = [frame.eligible & ~frame.labelled for frame in frames]
        keeps = [frame.kept_by(rule) for frame in frames]
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
        drawables = self._frames(source, cases) if source else []
        frames = [drawable.frame for drawable in drawables]
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
            frames=tuple(drawable.digest for drawable in drawables),
            created_by=by,
            created_at=self._now(),
        )
        return self._store.rounds.add(wanted, drawn, raised(frames, total, rule=rule, seed=seed))

    def _source(self, criteria_name: str, fingerprint: str) -> Source | None:
        wanted = criteria_name, fingerprint
        return next((s for s in self.sources() if (s.criteria_name, s.info.fingerprint) == wanted), None)

    def _frames(self, source: Source, cases: Collection[int] | None) -> list[Drawable]:
        """What can be drawn from each case of the source, among `cases`, that is completely scored."""
        newest = next(c for c in self._store.criteria_sets() if c.name == source.criteria_name)
        model = self._model(source.info.fingerprint, source.criteria_name)
        given = defaultdict[int, list[Label]](list)
        for one in self._store.calibration.labels():
            given[one.case].append(one.label)
        frames = []
        for case in source.cases:
            if cases is not None and case.id not in cases:
                continue
            matrix, labels = self._matrix(case, source.info.fingerprint), given[case.id]
            if not {label.page for label in labels} <= set(matrix.pages):
                labels = self._workspace.labels(case.id, labels)  # documents were replaced: what stayed the same counts
            rows = scored_rows(matrix, newest)
            if rows:
                frame = _frame(case.id, matrix, rows, self._compared(case.id, matrix, model), labels)
                frames.append(Drawable(frame, frame_of(matrix, rows)))
        return [drawable for drawable in frames if drawable.frame.eligible.any()]

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

        Tasks that others have on their screens are given last, and so are pages that this reviewer has marked in sight
        of the score; skipped ones come back when nothing else is left. What somebody has just taken back is theirs.
        """
        with self._lock:
            held, taken = self._held.taken_back(but=reviewer), self._held.on_screens(but=reviewer)
            for away in (held | taken | set(skipped), held | set(skipped)):
                task = self._unmarked(round_id, reviewer, away)
                if task is not None:
                    return self._shown(task, reviewer)
            for away in (held | set(skipped), held):
                task = self._store.rounds.next(round_id, reviewer=reviewer, skipped=away)
                if task is not None:
                    return self._shown(task, reviewer)
        return None

    def hold(self, task_id: int, *, reviewer: str) -> None:
        """Keep the task for this reviewer, who has it on the screen."""
        with self._lock:
            self._held.show(task_id, reviewer=reviewer)

    def _shown(self, task: Task, reviewer: str) -> Task:
        self._held.show(task.id, reviewer=reviewer)
        return task

    def _unmarked(self, round_id: int, reviewer: str, away: set[int]) -> Task | None:
        """The first task on a pair that the reviewer has not marked in sight of the score."""
        marked = self._marked[round_id, reviewer]
        while task := self._store.rounds.next(round_id, reviewer=reviewer, skipped=away | marked):
            if not _in_sight(self._own(task.drawn, reviewer)):
                return task
            marked.add(task.id)
        return None

    def answer(self, task_id: int, verdict: Verdict, *, reviewer: str, note: str = "") -> bool:
        """Store a judgement that was made without sight of the score. False when it is already stored so.

        It is stored as not blind where the reviewer had marked the page on the review screen before. Raises NotFound
        when the page is no longer in the case, and Conflict when somebody else has judged it meanwhile, or this
        reviewer has, and has not taken that back; nothing is stored then.
        """
        if not reviewer:
            raise ChartsieveError("Say your name first: a judgement is signed. Nothing was saved.")
        task = self._store.rounds.task(task_id)
        with self._lock:  # of two windows under one name, one is first
            own = self._own(task.drawn, reviewer)
            before = self._answered(task, reviewer) if own else None
            if before is None:
                return self._add(task, verdict, reviewer, note, blind=not self._saw(task, own))
        if (before.verdict, before.note) == (verdict, note):
            return False
        said = before.verdict.replace("_", " ")
        raise Conflict(f"You judged this page in another window: {said}. Undo to change it.")

    def _own(self, drawn: Drawn, reviewer: str) -> Label | None:
        """The label of this reviewer that stands for the pair."""
        about = drawn.page, drawn.criterion, reviewer
        labels = (label for _, label in self._store.labels(drawn.case))
        return next((label for label in labels if (label.page, label.criterion, label.reviewer) == about), None)

    def _answered(self, task: Task, reviewer: str) -> Label | None:
        given = self._store.rounds.answered(task.round, reviewer=reviewer, limit=_LOOKED_BACK)
        return next((label for answered, label in given if answered.id == task.id), None)

    def _saw(self, task: Task, own: Label | None) -> bool:
        """Whether the reviewer has judged the pair in sight of the score, also before a judgement was taken back."""
        back = self._held.undone(task.id)
        return _in_sight(own) or (back is not None and not back.blind)

    def _add(self, task: Task, verdict: Verdict, reviewer: str, note: str, *, blind: bool) -> bool:
        drawn = task.drawn
        label = Label(
            page=drawn.page,
            criterion=drawn.criterion,
            verdict=verdict,
            reviewer=reviewer,
            at=self._now(),
            arm=drawn.arm,
            inclusion_probability=drawn.inclusion_probability,
            blind=blind,
            fingerprint=task.fingerprint,
            recalibration=task.recalibration,
            score=drawn.score,
            probability=drawn.probability,
            threshold=task.threshold,
            seed=task.seed,
            note=note,
        )
        new = self._store.add_label(drawn.case, label, task=task.id)
        self._held.judged(task.id)
        return new

    def undo(self, round_id: int, *, reviewer: str) -> Undone | None:
        """Take back this reviewer's newest judgement of the round; its task is to be judged again, first by them.

        None when there is no judgement to take back.
        """
        given = self._store.rounds.answered(round_id, reviewer=reviewer, limit=1)
        if not given:
            return None
        task, label = given[0]
        drawn = task.drawn
        with self._lock:
            own = self._own(drawn, reviewer)
            if own is not None and not own.blind and own != label:
                raise ChartsieveError(
                    "You have marked this page on the review screen since. Nothing was taken back. Change it there."
                )
            self._store.withdraw_label(drawn.case, drawn.page, drawn.criterion, reviewer=reviewer)
            self._held.take_back(task.id, label)
        return Undone(task, label)

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
        labels, said = self._read(data, filename, by, whole=whole)
        return replace(said, new=self._store.import_labels(labels, by=by))

    def preview_file(self, data: bytes, filename: str, *, by: str, whole: bool = False) -> Imported:
        """What `import_file` would take over. Nothing is stored; raises BadLabels with every mistake."""
        return self._read(data, filename, by, whole=whole)[1]

    def _read(self, data: bytes, filename: str, by: str, *, whole: bool) -> tuple[list[tuple[int, Label]], Imported]:
        cases = [self._store.case(case.id) for case in self._store.cases()]
        return labels_of(data, filename, cases, by=by, at=self._now(), whole=whole)


def seconds_each(times: Sequence[datetime]) -> float | None:
    """Mean time between successive `times`, in any order, without breaks; None where too little is known."""
    ordered = sorted(times)
    between = [(b - a).total_seconds() for a, b in pairwise(ordered)]
    worked = [seconds for seconds in between if seconds <= PAUSE_SECONDS]
    return sum(worked) / len(worked) if len(worked) >= _FEWEST else None


def _in_sight(label: Label | None) -> bool:
    """Whether it was given in sight of the score, as on the review screen: without chance, and not blind."""
    return label is not None and not label.blind and label.inclusion_probability is None


def _with_earlier(plan: RoundPlan, frames: Sequence[Frame], rule: Rule) -> RoundPlan:
    """What all rounds together are to have drawn: they share their random numbers, so that each adds to the others."""
    keeps = [frame.kept_by(rule) for frame in frames]
    known = [frame.open & frame.labelled for frame in frames]
    shown = sum(int((k & keep).sum()) for k, keep in zip(known, keeps, strict=True))
    below = sum(int((k & ~keep).sum()) for k, keep in zip(known, keeps, strict=True))
    return replace(plan, shown=plan.shown + shown if plan.shown else 0, audit=plan.audit + below if plan.audit else 0)


def _nothing_drawn(frames: Sequence[Frame]) -> str:
    if any((frame.open & ~frame.labelled).any() for frame in frames):
        return "Chance drew none of these pages. Nothing was changed. Ask for a few more, and draw again."
    return (
        "There is nothing left to draw: every page of these cases that has a score was judged before. "
        "Nothing was changed. Add cases, then draw again."
    )


def _settled(case: CaseSummary) -> bool:
    """Probabilities rest on all pages of a case: until all are read and scored they still move."""
    return case.job is not None and case.job.state == "done"


def _frame(
    case: int,
    matrix: Matrix,
    rows: Sequence[int],
    probabilities: NDArray[np.float64] | None,
    labels: Sequence[Label],
) -> Frame:
    """The case for the draw; `rows` of the matrix are completely scored in the wording that counts."""
    scores = matrix.scores[rows]
    eligible: NDArray[np.bool_] = ~np.isnan(scores) & (matrix.own & matrix.readable)[None, :]
    criteria = tuple(matrix.criteria[i] for i in rows)
    row, column = {c: r for r, c in enumerate(criteria)}, {page: c for c, page in enumerate(matrix.pages)}
    labelled, judged = np.zeros(scores.shape, dtype=np.bool_), np.zeros(scores.shape, dtype=np.bool_)
    for label in labels:
        if label.criterion in row and label.page in column:
            # A label of a copy is one of the page that it is a copy of.
            at = row[label.criterion], matrix.first[column[label.page]]
            judged[at] = True
            labelled[at] |= label.inclusion_probability is not None
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
