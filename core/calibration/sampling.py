"""Draws the pairs of page and criterion that people label, each with a known chance.

Permanent random numbers (Ohlsson 1995, in Business Survey Methods, ch. 9): every pair has one number u in [0, 1) that
never changes, and a round draws it iff u < chance (Poisson sampling). So a later round with larger numbers only adds
pairs, and all rounds together drew a pair with the largest of its chances: `chances` gives them also for pairs that
were drawn before, whose weight must follow.

A number is made from one SHA-256 of seed, case and page and one of seed, case and criterion, mixed by the finaliser of
splitmix64 (Steele, Lea and Flood 2014). It depends on nothing else: pages and criteria may come and go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.domain import Arm, PageRef, digest
from core.grid import to_milli
from core.rounds import Drawn, Raised, RoundPlan
from core.selection import Rule, kept, ranks

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FLOOR = 0.003
"""An audit treats a page of a lower probability as if it had this one, so that none is out of reach, and no missed
page weighs out of all proportion."""

_CERTAIN = 1.0 - 1e-9
"""A chance above it is 1: anything less is binary noise, and a page drawn for certain must count as such."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What can be drawn in one case. Rows are criteria, columns are pages."""

    case: int
    pages: tuple[PageRef, ...]
    criteria: tuple[str, ...]
    """Ids."""
    compared: Floats
    """(criteria, pages) what thresholds compare, NaN for a gap: probabilities, or the scores where there is no
    recalibration."""
    scores: Floats
    """(criteria, pages) as the scorer gave them, NaN for a gap."""
    recalibrated: bool
    """Whether `compared` are probabilities."""
    eligible: Mask
    """(criteria, pages) readable, scored and no copy of an earlier page. A gap is never drawn, whatever stands here."""
    labelled: Mask
    """(criteria, pages) drawn or judged before with a known chance: counts when chances are worked out, and is not
    drawn again."""
    judged: Mask | None = None
    """(criteria, pages) judged before, whether the chance is known or not: not drawn for the arm "uncertainty".
    None: those of `labelled`."""

    def looked_at(self, rule: Rule) -> Floats:
        """(criteria, pages) what `rule` compares; NaN for a gap."""
        return self.scores if rule.on == "score" else self.compared

    def kept_by(self, rule: Rule) -> Mask:
        """(criteria, pages) what `rule` keeps, gaps included."""
        return kept(to_milli(self.looked_at(rule)), rule)

    @property
    def open(self) -> Mask:
        """(criteria, pages) pairs that an arm with a known chance is worked out over."""
        scored: Mask = self.eligible & ~np.isnan(self.compared)
        return scored


def uniform(seed: int, case: int, criterion: str, page: PageRef) -> float:
    """The permanent random number of a pair, in [0, 1). `criterion` is the criterion's id."""
    return float(uniforms(seed, case, (criterion,), (page,))[0, 0])


def uniforms(
    seed: int, case: int, criteria: Sequence[str], pages: Sequence[PageRef], *, purpose: str = "draw"
) -> Floats:
    """(criteria, pages) permanent random numbers in [0, 1); those of another `purpose` are independent of them."""
    rows = _words(purpose, seed, case, [("criterion", criterion) for criterion in criteria])
    columns = _words(purpose, seed, case, [(page.document, str(page.number)) for page in pages])
    mixed = _mix(rows[0][:, None] + columns[0][None, :])
    mixed = _mix(mixed ^ (rows[1][:, None] + columns[1][None, :]))
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53


def _words(purpose: str, seed: int, case: int, names: Sequence[tuple[str, str]]) -> NDArray[np.uint64]:
    """(2, names) the first 16 bytes of each SHA-256 as two numbers."""
    raw = bytes.fromhex("".join(digest(purpose, str(seed), str(case), *name)[:32] for name in names))
    return np.frombuffer(raw, dtype=">u8").astype(np.uint64).reshape(-1, 2).T


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finaliser of splitmix64: every bit of the result depends on every bit of `x`."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def chances(frames: Sequence[Frame], plan: RoundPlan, *, rule: Rule) -> list[Floats]:
    """(criteria, pages) for each frame: the chance in [0, 1] that a round draws the pair into an arm with a known one.

    Of the pairs that `rule` keeps each has the same chance, and `plan.shown` are expected. Of the rest each has a
    chance proportional to the square root of its probability, or of its score where there is no recalibration, and
    `plan.audit` are expected. Fewer where there are fewer. With `plan.whole` every chance is 1. 0 for a pair that is
    not eligible.

    Pairs of `labelled` have chances as well: after the round the chance of such a pair is the larger of this one and
    the one it had. An estimate that kept the old one would count its page too often.
    """
    opened = [frame.open for frame in frames]
    if plan.whole:
        return [can.astype(np.float64) for can in opened]
    keeps = [frame.kept_by(rule) for frame in frames]
    n_shown = sum(int((can & keep).sum()) for can, keep in zip(opened, keeps, strict=True))
    shown = min(1.0, plan.shown / max(n_shown, 1))
    sizes = [
        np.where(can & ~keep, np.sqrt(np.fmax(frame.compared, FLOOR)), 0.0)
        for frame, can, keep in zip(frames, opened, keeps, strict=True)
    ]
    scale = _scale(np.concatenate([size[size > 0] for size in sizes] or [np.empty(0)]), plan.audit)
    return [
        np.where(keep, np.where(can, shown, 0.0), _chance(scale * size))
        for can, keep, size in zip(opened, keeps, sizes, strict=True)
    ]


def raised(frames: Sequence[Frame], plan: RoundPlan, *, rule: Rule, seed: int) -> list[Raised]:
    """Pairs that a round draws as well, and that were judged before, with the chance that it draws them with."""
    return [
        Raised(frame.case, frame.pages[c], frame.criteria[r], float(chance[r, c]))
        for frame, chance in zip(frames, chances(frames, plan, rule=rule), strict=True)
        for r, c in np.argwhere(frame.labelled & (uniforms(seed, frame.case, frame.criteria, frame.pages) < chance))
    ]


def _chance(expected: Floats) -> Floats:
    """At most 1, and exactly 1 where it is as good as that."""
    return np.where(expected > _CERTAIN, 1.0, expected)


def _scale(sizes: Floats, wanted: int) -> float:
    """c for which the sum of min(1, c * size) is `wanted`; sizes > 0. Where all of them are too few: all get 1."""
    if not len(sizes):
        return 0.0
    if wanted >= len(sizes):
        return float(1.0 / sizes.min())
    ordered = np.sort(sizes)[::-1]
    rest = ordered.sum() - np.concatenate([[0.0], np.cumsum(ordered)[:-1]])
    # With the `capped` largest at chance 1, c shares what is left among the others; the first that fits is the answer.
    scales = (wanted - np.arange(wanted + 1)) / rest[: wanted + 1]
    capped = int(np.argmax(scales * ordered[: wanted + 1] <= 1.0))
    return float(scales[capped])


def draw(frames: Sequence[Frame], plan: RoundPlan, *, rule: Rule, seed: int) -> list[Drawn]:
    """The pairs of a round, in the order in which they are to be judged.

    Arms: "shown", kept by `rule`; "audit", below it; both with the chance that `chances` gives. "uncertainty": the
    `plan.uncertainty` pairs nearest to the threshold among those that are neither drawn nor judged, or nearest in rank
    to the last page kept where the rule has no threshold; their chance is not known. A pair of `labelled` is in no arm.
    A share `plan.twice` is judged twice.

    Order: cases in random order, within a case criteria in random order, and the pages of a criterion in random order,
    all by permanent numbers that have no part in the draw. So a reviewer stays in one packet and with one question, and
    the place of a page tells nothing of its arm or its score.
    """
    drawn = []
    known = chances(frames, plan, rule=rule)
    numbers = [uniforms(seed, f.case, f.criteria, f.pages) for f in frames]
    taken = [~f.labelled & (u < chance) for f, u, chance in zip(frames, numbers, known, strict=True)]
    near = _nearest(frames, taken, numbers, 0 if plan.whole else plan.uncertainty, rule)
    for frame, chance, take, uncertain in zip(frames, known, taken, near, strict=True):
        keep = frame.kept_by(rule)
        second = uniforms(seed, frame.case, frame.criteria, frame.pages, purpose="twice") < plan.twice
        for r, c in np.argwhere(take | uncertain):
            arm: Arm = "uncertainty" if uncertain[r, c] else "shown" if keep[r, c] else "audit"
            drawn.append(
                Drawn(
                    frame.case,
                    frame.pages[c],
                    frame.criteria[r],
                    arm,
                    None if arm == "uncertainty" else float(chance[r, c]),
                    bool(second[r, c]),
                    float(frame.scores[r, c]),
                    float(frame.compared[r, c]) if frame.recalibrated else None,
                )
            )
    return sorted(drawn, key=partial(_place, seed))


def _nearest(
    frames: Sequence[Frame], taken: Sequence[Mask], numbers: Sequence[Floats], wanted: int, rule: Rule
) -> list[Mask]:
    """The `wanted` open pairs nearest to what the rule asks for; of equally near ones those with the lowest number."""
    spare = [
        f.open & ~take & ~f.labelled & ~(f.labelled if f.judged is None else f.judged)
        for f, take in zip(frames, taken, strict=True)
    ]
    wanted = min(wanted, sum(int(can.sum()) for can in spare))
    if not wanted:
        return [np.zeros_like(can) for can in spare]
    away = np.concatenate([_distance(f, rule)[can] for f, can in zip(frames, spare, strict=True)])
    number = np.concatenate([u[can] for u, can in zip(numbers, spare, strict=True)])
    close = np.flatnonzero(away <= np.partition(away, wanted - 1)[wanted - 1])
    chosen = np.zeros(len(away), dtype=np.bool_)
    chosen[close[np.lexsort((number[close], away[close]))[:wanted]]] = True
    out, start = [], 0
    for can in spare:
        mask = np.zeros_like(can)
        mask[can] = chosen[start : start + int(can.sum())]
        start += int(can.sum())
        out.append(mask)
    return out


def _distance(frame: Frame, rule: Rule) -> Floats:
    """(criteria, pages) how far a pair is from the threshold, or in ranks from the last page kept without one."""
    looked_at = frame.looked_at(rule)
    if rule.threshold is not None:
        return np.asarray(np.abs(looked_at - rule.threshold))
    return np.asarray(np.abs(ranks(to_milli(looked_at)) - ((rule.top_k or 0) + 0.5)))


def _place(seed: int, drawn: Drawn) -> tuple[str, str, str]:
    """Sorting by it brings cases, the criteria of a case and the pages of a criterion into random order."""
    case, page = (str(seed), str(drawn.case)), (drawn.page.document, str(drawn.page.number))
    return (
        digest("order", *case),
        digest("order", *case, drawn.criterion),
        digest("order", *case, drawn.criterion, *page),
    )
