"""What losses on labelled cases allow to promise. Formulas alone; a loss is 1 - recall within a case, in [0, 1]."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, betaincinv

from core.certificates import Target

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""Binary noise in sums of losses and in 1 - recall."""
MOST_CASES = 100_000
"""More than this is never asked for."""


def crc_bound(losses: Floats) -> Floats:
    """(levels,) expected loss of a further case is at most this, once the level is chosen by it: (n m + 1) / (n + 1).

    `losses` (cases, levels) rise with the level and are at most 1; m is their mean. The aggressive-most level whose
    bound is <= alpha has an expected loss <= alpha (Angelopoulos et al. 2022, Conformal Risk Control, theorem 1).
    Without cases it is 1.
    """
    bound: Floats = (losses.sum(axis=0) + 1.0) / (len(losses) + 1.0)
    return bound


def p_values(losses: Floats, alpha: float, *, binary: bool) -> Floats:
    """(levels,) p-values of "the expected loss exceeds alpha", for (cases, levels) losses of independent cases.

    binary: every loss that can occur is 0 or 1, and the binomial tail is exact. Otherwise Hoeffding's and Bentkus's
    inequalities, whichever is lower (Angelopoulos et al. 2021, Learn then Test, section 3.2). 1 without cases.
    """
    if not len(losses):
        return np.ones(losses.shape[1])
    return _p_values(losses.sum(axis=0), len(losses), alpha, binary=binary)


def _p_values(lost: Floats, cases: int, alpha: float, *, binary: bool) -> Floats:
    """As `p_values`, from the (levels,) sums of losses."""
    found: Floats
    if binary:
        found = bdtr(np.round(lost), cases, alpha)
        return found
    from mapie.risk_control.methods import compute_hoeffding_bentkus_p_value

    # The sum is rounded up to a whole number in there: noise must not cost a whole miss.
    mean = np.clip(lost - TOLERANCE, 0.0, cases) / cases
    found = np.minimum(compute_hoeffding_bentkus_p_value(mean, cases, alpha)[:, 0], 1.0)
    return found


def passed(p: Floats, delta: float) -> int:
    """How many of the hypotheses, from the first on, are rejected with a chance of at most `delta` of any mistake.

    Fixed-sequence testing (Bauer 1991): each is tested at `delta`, p <= delta, until the first that is not rejected.
    The order, safe to aggressive, is fixed before a label is seen.
    """
    from mapie.risk_control import control_fwer

    return len(control_fwer(p, delta, "fixed_sequence"))


def lower_bound(losses: Floats, confidence: float, *, binary: bool) -> float:
    """Recall that the (cases,) losses at one level, fixed beforehand, show with `confidence`: the p-values inverted.

    0 without cases, or where nothing can be shown.
    """
    if not len(losses):
        return 0.0
    lost, cases = np.array([losses.sum()]), len(losses)
    low, high = min(float(losses.mean()), 1.0 - TOLERANCE), 1.0 - TOLERANCE
    # A p-value falls as alpha rises, so the smallest alpha that is rejected is found by halving.
    for _ in range(40):
        middle = (low + high) / 2
        if _p_values(lost, cases, middle, binary=binary)[0] <= 1.0 - confidence:
            high = middle
        else:
            low = middle
    return max(1.0 - high, 0.0) if high < 1.0 - TOLERANCE else 0.0


def clopper_pearson(kept: Floats | float, n: Floats | float, confidence: float) -> tuple[Floats, Floats]:
    """Lower and upper bound, each one-sided at `confidence`, of a share of which `kept` of `n` were seen.

    Clopper and Pearson (1934): quantiles of the beta distribution. `kept` and `n` need not be whole. Both bounds
    together hold with 2 * confidence - 1.
    """
    kept, n = np.asarray(kept, dtype=np.float64), np.asarray(n, dtype=np.float64)
    missed = np.maximum(n - kept, 0.0)
    low, high = np.zeros(np.broadcast_shapes(kept.shape, n.shape)), np.ones(np.broadcast_shapes(kept.shape, n.shape))
    some, lost = np.broadcast_to(kept > 0, low.shape), np.broadcast_to(missed > 0, low.shape)
    np.copyto(low, betaincinv(np.maximum(kept, TOLERANCE), missed + 1.0, 1.0 - confidence), where=some)
    np.copyto(high, betaincinv(kept + 1.0, np.maximum(missed, TOLERANCE), confidence), where=lost)
    return low, high


def interval(losses: Floats, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """(levels,) lower and upper end, two-sided at `confidence`, of mean recall over cases; (0, 1) without cases.

    Clopper-Pearson with the number of 0/1 cases that would vary as much as the (cases, levels) losses do (Korn and
    Graubard 1998). One imaginary case that loses everything and one that loses nothing are there when that number is
    measured, so that cases that agree by chance do not count as more than they are. Exact for losses of 0 and 1.
    """
    n = len(losses)
    if n == 0:
        return np.zeros(losses.shape[1]), np.ones(losses.shape[1])
    imagined = np.concatenate([losses, np.zeros((1, losses.shape[1])), np.ones((1, losses.shape[1]))])
    share, variance = imagined.mean(axis=0), imagined.var(axis=0)
    size = (n + 2) * share * (1.0 - share) / variance - 2.0
    recall = np.clip(1.0 - losses.mean(axis=0), 0.0, 1.0)
    return clopper_pearson(np.round(size * recall, 9), np.round(size, 9), (1.0 + confidence) / 2)


def cases_needed(
    target: Target, lost: float = 0.0, cases: int = 0, *, going_on: bool = False, binary: bool = False
) -> int | None:
    """Cases in all that would show `target` by its method, crc or ltt, at a level fixed beforehand.

    So far `cases` lost `lost` in all. Further ones lose nothing, or with `going_on` as much as the ones so far. None
    where no number up to MOST_CASES would do. Raises ValueError for another method.
    """
    if target.method not in ("crc", "ltt"):
        raise ValueError("only crc and ltt rest on whole cases")
    alpha, delta = 1.0 - target.recall, 1.0 - target.confidence

    def shown(n: int) -> bool:
        then = lost * n / cases if going_on and cases else lost
        if target.method == "crc":
            return (then + 1.0) / (n + 1.0) <= alpha + TOLERANCE
        return bool(_p_values(np.array([then]), n, alpha, binary=binary)[0] <= delta)

    short, enough = max(cases, 1) - 1, max(cases, 1)
    while not shown(enough):
        short, enough = enough, enough * 2
        if short > MOST_CASES:
            return None
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (short, middle) if shown(middle) else (middle, enough)
    return enough if enough <= MOST_CASES else None
