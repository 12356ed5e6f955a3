"""Labels and scores of many cases put together: what the studio computes from."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.calibration.agreement import Agreement, agreement, settle
from core.calibration.curves import UNSURE
from core.calibration.labelled import LabelledCase, only_shown
from core.calibration.recalibrate import Recalibration
from core.domain import Arm, CriteriaSet, Label, ScorerInfo, Verdict, digest
from core.studio.design import scored_rows
from core.studio.matrices import Matrix


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be calibrated: the scores of one scorer on one criteria list."""

    criteria_name: str
    criteria_version: int
    """The newest version."""
    info: ScorerInfo
    cases: int
    """Cases with these criteria, in any version, that the scorer is or was used in."""
    labelled: int
    """Those of them with labels."""
    labels: int
    """Labels that stand."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the labels are."""

    verdicts: dict[Verdict, int]
    arms: dict[Arm, int]
    known: int
    """Labels with a known chance of having been drawn: they alone enter an estimate."""
    reviewers: int
    other_wording: int
    """Labels of criteria whose wording is another one now: left out."""


@dataclass(frozen=True, eq=False)
class Material:
    """All that the studio computes from, under one recalibration."""

    subject: Subject
    criteria: CriteriaSet
    recalibration: Recalibration | None
    """What makes probabilities of the scores; None: thresholds compare the scores."""
    cases: tuple[LabelledCase, ...]
    """Every case with a label that counts or that could have been drawn from."""
    certifying: tuple[LabelledCase, ...]
    """Those of them that did not train the recalibration: a threshold is certified on these alone."""
    names: dict[int, str]
    """Case -> its name."""
    matrices: dict[int, Matrix]
    counts: Counts
    agreement: Agreement
    labels_digest: str
    """SHA-256 over the labels."""
    labelled_at: dict[int, datetime]
    """Case -> when its newest label was given; without cases that have none."""

    @property
    def version(self) -> str:
        """Of the recalibration, "" without one."""
        return self.recalibration.version if self.recalibration else ""

    @property
    def only_shown(self) -> bool:
        """Whether there are labels, and none of them says anything about what was missed."""
        return only_shown(self.cases)


def labelled_case(
    case: int, matrix: Matrix, criteria: CriteriaSet, labels: Sequence[Label], *, audited: Collection[str]
) -> LabelledCase | None:
    """The case with its labels; None when it was not completely scored for any of `criteria` in their wording.

    `labels` carry the chances that they count with, and `audited` are the criteria whose missed pages could be drawn.
    Several labels of a pair become one verdict. Where some of them were drawn with a known chance, those alone speak: a
    mark on the review screen was made in sight of the score.
    """
    rows = scored_rows(matrix, criteria)
    if not rows:
        return None
    groups = {c.id: c.group for c in criteria}
    row = {matrix.criteria[i]: r for r, i in enumerate(rows)}
    column = dict(zip(matrix.pages, matrix.first.tolist(), strict=True))
    given: dict[tuple[int, int], list[Label]] = defaultdict(list)
    for label in labels:
        if label.criterion in row and label.page in column:
            given[row[label.criterion], column[label.page]].append(label)
    scores = matrix.scores[rows]
    truth, inclusion = _judged(given, scores.shape)
    # What every rule keeps, and what counts at another place, never makes a row incomplete. A mark there says nothing.
    certain = np.broadcast_to(~matrix.own, scores.shape) | (np.isnan(scores) & np.isnan(inclusion))
    truth[certain], inclusion[certain] = -1, 1.0
    return LabelledCase(
        case,
        tuple(row),
        tuple(groups[criterion] for criterion in row),
        scores,
        matrix.chars,
        truth,
        inclusion,
        np.array([criterion in audited for criterion in row], dtype=np.bool_),
    )


@dataclass(frozen=True, eq=False)
class Source:
    """What is known of one case."""

    case: int
    name: str
    matrix: Matrix
    labels: Sequence[Label]
    """With the chances that they count with."""
    audited: frozenset[str]
    """Criteria whose missed pages could be drawn, and were judged where they were."""


def assemble(
    subject: Subject,
    criteria: CriteriaSet,
    sources: Iterable[Source],
    model: Recalibration | None,
    trained: frozenset[int] = frozenset(),
) -> Material:
    """Labels and scores of the sources, under `model`; a threshold is not certified on the cases of `trained`."""
    cases, matrices, names = [], {}, {}
    used: list[tuple[int, Label]] = []
    reworded = 0
    for source in sources:
        case = labelled_case(source.case, source.matrix, criteria, source.labels, audited=source.audited)
        asked = frozenset(case.criteria) if case else frozenset()
        speaking = [(source.case, label) for label in source.labels if label.criterion in asked]
        reworded += len(source.labels) - len(speaking)
        used += speaking
        if case:
            cases.append(replace(case, probabilities=compared(source.matrix, case, model)))
            matrices[source.case], names[source.case] = source.matrix, source.name
    return Material(
        subject,
        criteria,
        model,
        tuple(cases),
        tuple(case for case in cases if case.case not in trained),
        names,
        matrices,
        _count([label for _, label in used], reworded),
        agreement(_twice_judged(used)),
        _digest_of(used),
        _labelled_at(used),
    )


def _labelled_at(labels: Iterable[tuple[int, Label]]) -> dict[int, datetime]:
    newest: dict[int, datetime] = {}
    for case, label in labels:
        if case not in newest or label.at > newest[case]:
            newest[case] = label.at
    return newest


def under(material: Material, model: Recalibration, trained: frozenset[int]) -> Material:
    """The same labels and scores with `model` making the probabilities; the cases of `trained` certify nothing."""
    cases = tuple(
        replace(case, probabilities=compared(material.matrices[case.case], case, model)) for case in material.cases
    )
    certifying = tuple(case for case in cases if case.case not in trained)
    return replace(material, recalibration=model, cases=cases, certifying=certifying)


def _judged(
    given: dict[tuple[int, int], list[Label]], shape: tuple[int, ...]
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    truth, inclusion = np.full(shape, -1, dtype=np.int8), np.full(shape, np.nan)
    codes: dict[Verdict, int] = {"relevant": 1, "not_relevant": 0, "unsure": UNSURE}
    for at, labels in given.items():
        known = [label for label in labels if label.inclusion_probability is not None]
        speaking = known or labels
        # Most pairs have one label, and there may be very many pairs.
        settled = settle([(la.reviewer, la.verdict) for la in speaking]) if len(speaking) > 1 else speaking[0].verdict
        truth[at] = codes[settled]
        if known:
            # Permanent random numbers: the union of several draws has the largest of their chances (Ohlsson 1995).
            inclusion[at] = max(label.inclusion_probability or 0.0 for label in known)
    return truth, inclusion


def compared(matrix: Matrix, case: LabelledCase, recalibration: Recalibration | None) -> NDArray[np.float64] | None:
    """What thresholds compare in `case`: the very numbers of the review screen, made from all pages of the case."""
    if recalibration is None:
        return None
    rows = [matrix.criteria.index(criterion) for criterion in case.criteria]
    return recalibration.probabilities(matrix.scores[rows])


def _count(labels: Sequence[Label], other_wording: int) -> Counts:
    return Counts(
        verdicts=dict(Counter(label.verdict for label in labels)),
        arms=dict(Counter(label.arm for label in labels)),
        known=sum(label.inclusion_probability is not None for label in labels),
        reviewers=len({label.reviewer for label in labels}),
        other_wording=other_wording,
    )


def _twice_judged(labels: Iterable[tuple[int, Label]]) -> list[tuple[Verdict | None, Verdict | None]]:
    """Verdicts of the first two people, by name, who judged the same pair without seeing the score."""
    given: dict[tuple[object, ...], dict[str, Verdict]] = defaultdict(dict)
    for case, label in labels:
        if label.blind:
            given[case, label.page, label.criterion][label.reviewer] = label.verdict
    return [
        (verdicts[first], verdicts[second])
        for verdicts in given.values()
        if len(verdicts) > 1
        for first, second in [sorted(verdicts)[:2]]
    ]


def _digest_of(labels: Iterable[tuple[int, Label]]) -> str:
    """SHA-256 over who judged what, how, and with which chance."""
    lines = sorted(
        f"{case}|{la.page.document}|{la.page.number}|{la.criterion}|{la.reviewer}|{la.verdict}|{la.arm}|"
        f"{la.inclusion_probability!r}"
        for case, la in labels
    )
    return digest(*lines)
