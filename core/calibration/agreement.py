"""Two reviewers on the same pages: how far they agree beyond chance, and one verdict out of several."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.calibration.bounds import clopper_pearson
from core.domain import Verdict

_TAIL = 0.975
"""Each end of a 95 % interval by itself."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs that two reviewers judged. Figures are None where they mean nothing; intervals are 95 %."""

    both_relevant: int
    both_not: int
    only_first: int
    """Relevant by the first reviewer alone."""
    only_second: int
    unsure: int
    """At least one was unsure and both answered: no part of any figure below."""
    missing: int
    """At least one has not answered yet: no part of any figure below."""
    observed: float | None
    """Share of the pairs with two verdicts on which they agree, in [0, 1]."""
    observed_interval: tuple[float, float] | None
    kappa: float | None
    """Cohen's kappa, in [-1, 1]; None where one verdict is all there is, so that chance alone agrees always."""
    kappa_interval: tuple[float, float] | None
    adjusted: float | None
    """Kappa adjusted for prevalence and bias (PABAK), in [-1, 1]: 2 * observed - 1."""
    prevalence: float | None
    """Share of "relevant" among all verdicts of both, in [0, 1]. With a small share kappa is low although both agree on
    nearly all pages: read it beside `adjusted`."""

    @property
    def n(self) -> int:
        """Pairs with two verdicts."""
        return self.both_relevant + self.both_not + self.only_first + self.only_second


def agreement(pairs: Sequence[tuple[Verdict | None, Verdict | None]]) -> Agreement:
    """How far two reviewers agree; None stands for a judgement that is not there.

    Kappa is (observed - chance) / (1 - chance) with chance from each reviewer's own shares (Cohen 1960); PABAK is from
    Byrt, Bishop and Carlin (1993). The interval of the observed agreement is Clopper-Pearson over the pairs; kappa's is
    the same with chance taken as known, as in Cohen's standard error, so that complete agreement keeps a width.
    """
    counts = Counter(pairs)
    a, d = counts["relevant", "relevant"], counts["not_relevant", "not_relevant"]
    b, c = counts["relevant", "not_relevant"], counts["not_relevant", "relevant"]
    missing = sum(n for pair, n in counts.items() if None in pair)
    unsure = sum(n for pair, n in counts.items() if "unsure" in pair and None not in pair)
    n = a + b + c + d
    if not n:
        return Agreement(a, d, b, c, unsure, missing, None, None, None, None, None, None)
    observed = (a + d) / n
    low, high = map(float, clopper_pearson(a + d, n, _TAIL))
    first, second = (a + b) / n, (a + c) / n
    by_chance = first * second + (1 - first) * (1 - second)
    known = by_chance < 1

    def kappa(agreed: float) -> float:
        return max((agreed - by_chance) / (1 - by_chance), -1.0)

    return Agreement(
        a,
        d,
        b,
        c,
        unsure,
        missing,
        observed,
        (low, high),
        kappa(observed) if known else None,
        (kappa(low), kappa(high)) if known else None,
        2 * observed - 1,
        (first + second) / 2,
    )


def settle(verdicts: Sequence[tuple[str, Verdict]]) -> Verdict:
    """One verdict out of (reviewer, verdict), at least one, oldest first; a reviewer's newest verdict counts.

    The majority of "relevant" and "not relevant" decides, and those who are unsure have no vote. A tie is relevant, the
    safe side: no page is lost by it. Only unsure: unsure. Raises ValueError without any verdict.
    """
    if not verdicts:
        raise ValueError("there is no verdict to settle")
    votes = Counter(dict(verdicts).values())
    if not votes["relevant"] and not votes["not_relevant"]:
        return "unsure"
    return "relevant" if votes["relevant"] >= votes["not_relevant"] else "not_relevant"
