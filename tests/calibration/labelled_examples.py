"""Labelled cases for tests, small enough to compute by hand."""

import numpy as np
from numpy.typing import NDArray

from core.calibration.labelled import LabelledCase

NAN = float("nan")


def case(
    number: int,
    scores: list[list[float]],
    truth: list[list[int]],
    *,
    inclusion: list[list[float]] | None = None,
    chars: list[int] | None = None,
    audited: bool | NDArray[np.bool_] = True,
    groups: tuple[str, ...] | None = None,
) -> LabelledCase:
    """Criteria c1, c2, ...; every pair labelled with chance 1 unless `inclusion` says otherwise."""
    found = np.array(scores, dtype=np.float64)
    return LabelledCase(
        case=number,
        criteria=tuple(f"c{i + 1}" for i in range(len(found))),
        groups=groups or ("",) * len(found),
        scores=found,
        chars=np.array(chars or [100] * found.shape[1]),
        truth=np.array(truth, dtype=np.int8),
        inclusion=np.ones(found.shape) if inclusion is None else np.array(inclusion, dtype=np.float64),
        audited=audited,
    )


def plain(number: int, relevant: float, other: float = 0.1) -> LabelledCase:
    """One criterion, completely labelled: one relevant page that scores `relevant`, nine others that score `other`."""
    return case(number, [[relevant] + [other] * 9], [[1] + [0] * 9])
