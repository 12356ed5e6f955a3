"""Which recalibration do the labels support? All candidates, fitted on some cases and judged on others, and a choice.

The log loss says how good probabilities are: the mean of -log of the probability given to what people judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.calibration.fitters import cross_fit_cases, fit_labels, labels_of
from core.calibration.labelled import LabelledCase, only_shown
from core.calibration.recalibrate import Kind, Recalibration, Unchanged, default_recalibration
from core.calibration.reliability import counted, ratio_error
from core.domain import digest

Name = Literal["none", "shipped", "platt", "isotonic", "contextual"]

FEWEST_CASES = 5
"""With relevant pages and others among the labels that count."""
FEWEST_RELEVANT = 20
"""Relevant pages among the labels that count."""
MOST_FOLDS = 10

_FITTED: tuple[tuple[Name, Kind], ...] = (("platt", "platt"), ("isotonic", "isotonic"), ("contextual", "contextual"))
_CERTAIN = 0.0005
"""Probabilities are kept this far from 0 and 1 before the logarithm: half of what thresholds can tell apart."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """One way to make probabilities, judged on cases that it was not fitted to."""

    name: Name
    """shipped: what comes with the program for this scorer; none: the score stands."""
    recalibration: Recalibration
    """Fitted to all cases given; as it came for "none" and "shipped"."""
    log_loss: float | None
    """Over the labels that count, each weighing 1 / its chance; lower is better; None without such labels."""
    error: float | None
    """Standard error of the log loss between cases; None with fewer than two."""
    gain: float | None
    """How far the log loss lies below that of what stands without a fit, on the same labels."""
    gain_error: float | None
    """Standard error of the gain between cases."""
    probabilities: tuple[NDArray[np.float64], ...]
    """(criteria, pages) for each case given, in their order; cross-fitted by whole case where fitted."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """All candidates, from the simplest on, and the one to use."""

    candidates: tuple[Candidate, ...]
    chosen: Candidate
    before: Candidate
    """What stands without a fit: what ships for the scorer, or else the score itself."""
    trained_on: tuple[int, ...]
    """Ids of the cases whose labels the fits and the choice rest on, () when nothing was fitted: no threshold may be
    certified on them."""
    problem: str
    """Why nothing was fitted, as a sentence; "" when it was."""
    missing_cases: int
    """Labelled cases, with relevant pages and others, that are missing for a fit."""
    missing_relevant: int
    """Relevant pages that are missing for a fit."""
    refused: tuple[str, ...]
    """A sentence for each kind that the labels do not allow."""

    def __getitem__(self, name: Name) -> Candidate:
        """Raises KeyError for a candidate that there is not."""
        for candidate in self.candidates:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


def split(cases: Sequence[LabelledCase], seed: int) -> tuple[list[LabelledCase], list[LabelledCase]]:
    """(for fitting, for checking): about half of the cases each, because what was fitted on a case never certifies.

    Each case goes by its own id and the seed, so it stays on its side whatever cases are added.
    """
    fitting = [int(_mixed(case, seed)[:8], 16) % 2 == 0 for case in cases]
    return (
        [case for case, side in zip(cases, fitting, strict=True) if side],
        [case for case, side in zip(cases, fitting, strict=True) if not side],
    )


def fit_all(cases: Sequence[LabelledCase], *, fingerprint: str, seed: int = 0) -> Comparison:
    """Fits every kind to the labels of `cases` that count, and chooses one.

    Every candidate is judged on cases that its fit did not see: in at most MOST_FOLDS parts, each of whole cases, one
    case a part where there are few. A candidate is chosen over what stands without a fit only when its gain exceeds the
    standard error of the gain; among those, the one with the lowest log loss.
    """
    before, simple = _unfitted(cases, fingerprint)
    missing_cases, missing_relevant = _missing(cases)
    fitted: list[Candidate] = []
    refused: list[str] = []
    trained_on: tuple[int, ...] = ()
    if not missing_cases and not missing_relevant:
        fitted, refused = _fitted(cases, before, fingerprint, seed)
        trained_on = tuple(case.case for case in cases if counted(case)[0].any())
    candidates = (*simple, *fitted)
    better = [c for c in candidates if c.gain is not None and c.gain_error is not None and c.gain > c.gain_error]
    # Without a fit there are too few labels for a choice as well.
    chosen = min(better, key=lambda c: c.log_loss or 0.0, default=before) if trained_on else before
    return Comparison(
        candidates,
        chosen,
        before,
        trained_on,
        _problem(missing_cases, missing_relevant, only_shown(cases)),
        missing_cases,
        missing_relevant,
        tuple(refused),
    )


def _unfitted(cases: Sequence[LabelledCase], fingerprint: str) -> tuple[Candidate, list[Candidate]]:
    """What stands without a fit, and all that needs none."""
    simple: list[tuple[Name, Recalibration]] = [("none", Unchanged(fingerprint))]
    shipped = default_recalibration(fingerprint)
    if shipped:
        simple.append(("shipped", shipped))
    made = [(name, r, tuple(r.probabilities(case.scores) for case in cases)) for name, r in simple]
    stands = _totals(cases, made[-1][2])
    candidates = [_judge(cases, name, r, p, stands) for name, r, p in made]
    return candidates[-1], candidates


def _fitted(
    cases: Sequence[LabelledCase], before: Candidate, fingerprint: str, seed: int
) -> tuple[list[Candidate], list[str]]:
    """The candidates that the labels allow, and a sentence for each of the others."""
    stands, folds, labels = _totals(cases, before.probabilities), _folds(cases, seed), labels_of(cases)
    found: list[Candidate] = []
    refused: list[str] = []
    for name, kind in _FITTED:
        try:
            p = cross_fit_cases(cases, labels, folds, fingerprint=fingerprint, kind=kind)
            model = fit_labels(labels, fingerprint=fingerprint, kind=kind)
        except ValueError as problem:
            refused.append(f"Not fitted ({name}): {problem}.")
        else:
            found.append(_judge(cases, name, model, p, stands))
    return found, refused


def _judge(
    cases: Sequence[LabelledCase],
    name: Name,
    recalibration: Recalibration,
    probabilities: tuple[NDArray[np.float64], ...],
    stands: NDArray[np.float64],
) -> Candidate:
    """`stands`: totals of what stands without a fit."""
    own = _totals(cases, probabilities)
    weight = own[:, 1]
    if not weight.any():
        return Candidate(name, recalibration, None, None, None, None, probabilities)
    several = (weight > 0).sum() > 1
    gained = stands[:, 0] - own[:, 0]
    return Candidate(
        name,
        recalibration,
        float(own[:, 0].sum() / weight.sum()),
        ratio_error(own[:, 0], weight) if several else None,
        float(gained.sum() / weight.sum()),
        ratio_error(gained, weight) if several else None,
        probabilities,
    )


def _totals(cases: Sequence[LabelledCase], probabilities: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """(cases, 2) weighted log loss, and weight, of the labels of each case."""
    totals = np.zeros((len(cases), 2))
    for own, case, values in zip(totals, cases, probabilities, strict=True):
        where, relevant, weight = counted(case)
        p = np.clip(values[where], _CERTAIN, 1 - _CERTAIN)
        own[:] = -(weight * np.log(np.where(relevant, p, 1 - p))).sum(), weight.sum()
    return totals


def _both(case: LabelledCase) -> bool:
    relevant = counted(case)[1]
    return bool(relevant.any() and not relevant.all())


def _missing(cases: Sequence[LabelledCase]) -> tuple[int, int]:
    """Cases with relevant pages and others, and relevant pages, that are missing for a fit."""
    both = sum(_both(case) for case in cases)
    relevant = sum(int(counted(case)[1].sum()) for case in cases)
    return max(FEWEST_CASES - both, 0), max(FEWEST_RELEVANT - relevant, 0)


def _problem(cases: int, relevant: int, nothing_missed: bool) -> str:
    if nothing_missed:
        return (
            "Every label is on a page that was shown, so nothing says what was missed, and nothing is fitted. "
            "Draw a round that also audits pages below the threshold."
        )
    needed = [
        f"{n} more {one if n == 1 else several}"
        for n, one, several in (
            (cases, "labelled case", "labelled cases"),
            (relevant, "relevant page", "relevant pages"),
        )
        if n
    ]
    return f"Too few labels to fit anything: {' and '.join(needed)} needed." if needed else ""


def _folds(cases: Sequence[LabelledCase], seed: int) -> NDArray[np.int64]:
    """(cases,) the part of each. Cases with both verdicts are dealt out first, so that no fit lacks one."""
    order = sorted(range(len(cases)), key=lambda i: (not _both(cases[i]), _mixed(cases[i], seed)))
    folds = np.empty(len(cases), dtype=np.int64)
    folds[order] = np.arange(len(cases)) % MOST_FOLDS
    return folds


def _mixed(case: LabelledCase, seed: int) -> str:
    return digest(str(seed), str(case.case))
