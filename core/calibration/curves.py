"""What each level of a rule would keep and miss on labelled cases: the expensive part, once for all targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.calibration.labelled import LabelledCase, only_shown
from core.calibration.weighted import Pool, WeightedRecall, pool, recall_of
from core.certificates import Unit
from core.grid import GAP, MILLI
from core.selection import Rule, kept, ranks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNSURE = -2
"""What `LabelledCase.truth` has for a pair that was judged "unsure"."""
FEW = 5
"""With fewer relevant pages, or fewer others, nothing is said about a criterion's wording."""


@dataclass(frozen=True, slots=True)
class Family:
    """Rules that differ in one number, the level. From safe to aggressive each keeps part of what the one before keeps.

    Without `ranked`: thresholds in thousandths, 0 to 1000, each with at most `cap` pages for a criterion where `cap` is
    set. With `ranked`: the best K pages for a criterion, K falling to 1.
    """

    cap: int | None = None
    ranked: bool = False

    def __post_init__(self) -> None:
        if self.cap is not None and (self.ranked or self.cap < 1):
            raise ValueError("a cap is at least 1, and goes with thresholds only")

    def levels(self, cases: Sequence[LabelledCase]) -> Ints:
        """(levels,) from safe to aggressive: 0, 1, ... 1000; or the largest number of pages, ... 2, 1."""
        if not self.ranked:
            return np.arange(MILLI + 1)
        return np.arange(max((c.milli.shape[1] for c in cases), default=1) or 1, 0, -1)

    def rule(self, level: int) -> Rule:
        """The rule at `level`: thousandths, or K. Raises BadRule outside 0 to 1000, or below 1."""
        return Rule(None, level) if self.ranked else Rule(level / MILLI, self.cap)


def reach(case: LabelledCase, family: Family, most: int | None = None) -> Ints:
    """(criteria, pages) index into the family's levels of the last one, from safe to aggressive, that keeps the pair.

    -1: none does, because the cap leaves it out. A gap is kept by every level. `most`, for a ranked family, is the
    largest number of pages among all cases that are measured together, where levels begin; None: the case's own.
    """
    milli = case.milli
    most = milli.shape[1] if most is None else most
    if family.ranked:
        found = most - ranks(milli)
    else:
        found = milli.astype(np.int64)
        if family.cap is not None:
            found[ranks(milli) > family.cap] = -1
    found[milli == GAP] = most - 1 if family.ranked else MILLI
    return found


@dataclass(frozen=True, eq=False)
class Measured:
    """What every level keeps and misses. L levels from safe to aggressive; n cases that are exact."""

    family: Family
    levels: Ints
    """(L,) thousandths, or K for a ranked family."""
    cases: tuple[LabelledCase, ...]
    reaches: tuple[Ints, ...]
    """Of each case, as `reach` gives it."""
    exact_cases: tuple[int, ...]
    """Ids of the n cases with a completely labelled criterion that has evidence; nothing else enters `losses`."""
    losses: Mapping[Unit, Floats]
    """(n, L) in [0, 1] for each unit, rising with the level, over completely labelled criteria with evidence alone.
    page: share of relevant pages missed; criterion: share of criteria that keep no relevant page; case: 1 where any
    criterion keeps none."""
    recall: Mapping[Unit, Floats]
    """(L,) as observed for each unit; NaN where no label says anything. page: over all relevant pages whose labels
    count, each weighing 1 / the chance with which it was drawn; criterion and case: 1 - mean loss over cases."""
    kept: Floats
    """(L,) share of a case's characters kept for a criterion, mean over criteria, then cases. NaN without cases."""
    kept_together: Floats
    """(L,) share of a case's characters kept for any criterion, mean over cases."""
    pages: Floats
    """(L,) pages kept for a criterion, mean over criteria, then cases."""
    pages_together: Floats
    """(L,) pages kept for any criterion, mean over cases."""
    positives: int
    """Relevant pages among the labels that count."""
    labels: int
    """Labels that count: a verdict, drawn with a known chance, in a case where what was missed could be drawn."""
    exact_positives: int
    """Relevant pages in completely labelled criteria."""
    exact_labels: int
    """Labels in completely labelled criteria with evidence."""
    unsure: int
    """Pairs judged "unsure" that would count with a verdict; they are neither relevant nor not."""
    exact_unsure: int
    """The same in completely labelled criteria, with evidence or without: such a page may be the only evidence."""
    only_shown: bool
    """There are labels, and none of them says anything about what was missed."""

    @cached_property
    def pool(self) -> Pool:
        """The labels that count, for weighted recall."""
        return pool(self.cases, self.reaches, len(self.levels))

    @cached_property
    def _recalls(self) -> dict[float, WeightedRecall]:
        return {}

    def weighted(self, confidence: float) -> WeightedRecall:
        """Recall of relevant pages at each level with its bounds, worked out once for each confidence."""
        found = self._recalls.get(confidence)
        if found is None:
            found = self._recalls[confidence] = recall_of(self.pool, confidence=confidence)
        return found


def measure(cases: Sequence[LabelledCase], family: Family) -> Measured:
    """Curves of what `family` keeps and misses on `cases`. Takes no more than a second for 200 x 80 x 150."""
    levels = family.levels(cases)
    reaches = tuple(reach(case, family, len(levels)) for case in cases)
    exact = [e for c, r in zip(cases, reaches, strict=True) if (e := _exact(c, r, len(levels))) is not None]
    losses: dict[Unit, Floats] = {
        "page": np.array([e.page for e in exact]).reshape(-1, len(levels)),
        "criterion": np.array([e.criterion for e in exact]).reshape(-1, len(levels)),
        "case": np.array([e.whole for e in exact]).reshape(-1, len(levels)),
    }
    costs = [_cost(c, r, len(levels)) for c, r in zip(cases, reaches, strict=True) if c.milli.size and c.chars.any()]
    cost = np.mean(costs, axis=0) if costs else np.full((4, len(levels)), np.nan)
    relevant = [c.counts & (c.truth == 1) for c in cases]
    return Measured(
        family=family,
        levels=levels,
        cases=tuple(cases),
        reaches=reaches,
        exact_cases=tuple(e.case for e in exact),
        losses=losses,
        recall={
            "page": _weighted(cases, reaches, relevant, len(levels)),
            "criterion": _mean_kept(losses["criterion"]),
            "case": _mean_kept(losses["case"]),
        },
        kept=cost[0],
        kept_together=cost[1],
        pages=cost[2],
        pages_together=cost[3],
        positives=sum(int(r.sum()) for r in relevant),
        labels=sum(int(c.counts.sum()) for c in cases),
        exact_positives=sum(e.positives for e in exact),
        exact_labels=sum(e.labels for e in exact),
        unsure=sum(int((_unsure(c) & c.speaks[:, None]).sum()) for c in cases),
        exact_unsure=sum(int((_unsure(c) & c.whole[:, None]).sum()) for c in cases),
        only_shown=only_shown(cases),
    )


@dataclass(frozen=True, slots=True)
class _Exact:
    case: int
    page: Floats
    criterion: Floats
    whole: Floats
    positives: int
    labels: int


def _unsure(case: LabelledCase) -> NDArray[np.bool_]:
    """(criteria, pages) judged "unsure", drawn with a known chance."""
    given: NDArray[np.bool_] = (case.truth == UNSURE) & ~np.isnan(case.inclusion)
    return given


def _exact(case: LabelledCase, reached: Ints, levels: int) -> _Exact | None:
    """Losses of one case over its completely labelled criteria with evidence; None where it has none."""
    rows = case.whole & (case.truth == 1).any(axis=1)
    if not rows.any():
        return None
    relevant, reached = case.truth[rows] == 1, reached[rows]
    pages, best = reached[relevant], np.where(relevant, reached, -1).max(axis=1)
    return _Exact(
        case.case,
        1.0 - _at_least(pages, levels) / len(pages),
        1.0 - _at_least(best, levels) / len(best),
        (np.arange(levels) > best.min()).astype(np.float64),
        len(pages),
        int((case.truth[rows] >= 0).sum()),
    )


def _cost(case: LabelledCase, reached: Ints, levels: int) -> Floats:
    """(4, levels) shares of characters kept for a criterion and for any, pages kept for a criterion and for any."""
    together = reached.max(axis=0)
    chars = np.broadcast_to(case.chars, reached.shape)
    asked, length = len(reached), float(case.chars.sum())
    return np.stack(
        [
            _at_least(reached, levels, chars) / (length * asked),
            _at_least(together, levels, case.chars) / length,
            _at_least(reached, levels) / asked,
            _at_least(together, levels),
        ]
    )


def _weighted(
    cases: Sequence[LabelledCase], reaches: Sequence[Ints], relevant: Sequence[NDArray[np.bool_]], levels: int
) -> Floats:
    """(levels,) share of the relevant pages kept, each weighing 1 / its chance (Horvitz and Thompson 1952)."""
    if not any(r.any() for r in relevant):
        return np.full(levels, np.nan)
    reached = np.concatenate([r[mask] for r, mask in zip(reaches, relevant, strict=True)])
    weights = 1.0 / np.concatenate([c.inclusion[mask] for c, mask in zip(cases, relevant, strict=True)])
    share: Floats = np.minimum(_at_least(reached, levels, weights) / weights.sum(), 1.0)
    return share


def _mean_kept(losses: Floats) -> Floats:
    return 1.0 - losses.mean(axis=0) if len(losses) else np.full(losses.shape[1], np.nan)


def _at_least(reached: Ints, levels: int, weights: NDArray[np.float64] | Ints | None = None) -> Floats:
    """(levels,) weight of the entries of `reached` that are kept at each level; each weighs 1 without weights."""
    flat = None if weights is None else weights.ravel()
    counts = np.bincount(reached.ravel() + 1, flat, minlength=levels + 1)
    return counts[:0:-1].cumsum()[::-1].astype(np.float64)


@dataclass(frozen=True, eq=False)
class Part:
    """Some criteria of all cases, as one: what a rule and the levels do to their labels. L levels."""

    name: str
    labelled_cases: int
    """Cases with a label that counts."""
    positives: int
    """Relevant pages among the labels that count."""
    exact_cases: int
    losses: Floats
    """(exact cases, L) share of relevant pages missed, over completely labelled criteria with evidence alone."""
    recall: Floats
    """(L,) of relevant pages, as observed; NaN without positives."""
    at_rule: float | None
    """Recall of relevant pages under the rule; None without positives."""
    kept: Floats
    """(L,) share of a case's characters kept for a criterion, mean over criteria and cases; NaN without characters."""
    pages: float
    """Pages that the rule keeps for a criterion, mean over criteria and cases."""
    auc: float | None
    """Chance that a relevant page stands above one that is not, ties counting half; None without both."""
    gap: float | None
    """Mean of what thresholds compare on relevant pages - the same on others; None without both."""
    negatives: int
    """Pages that are not relevant among the labels that count."""

    @property
    def suspicion(self) -> str:
        """What looks wrong about the wording, in plain words; "" for nothing, or too few labels to tell."""
        if self.auc is None or min(self.positives, self.negatives) < FEW:
            return ""
        if self.auc < 0.4:
            return "Relevant pages score lower than others: the question may be put the wrong way round."
        if self.auc < 0.65:
            return "Relevant pages hardly score higher than others: the question may not name what they say."
        if self.at_rule is not None and self.at_rule < 0.5:
            return "Relevant pages stand above others, and the rule still misses more than half: ask more plainly."
        return ""


@dataclass(frozen=True, eq=False)
class _Labels:
    """Labels that count of some criteria, flat: one entry a label."""

    part: Ints
    case: Ints
    milli: Ints
    reached: Ints
    weight: Floats
    relevant: NDArray[np.bool_]
    exact: NDArray[np.bool_]
    kept: NDArray[np.bool_]

    def some(self, mask: NDArray[np.bool_] | slice | Ints) -> "_Labels":
        return _Labels(*(getattr(self, name)[mask] for name in _Labels.__dataclass_fields__))


def parts(cases: Sequence[LabelledCase], names: Sequence[Sequence[str]], family: Family, rule: Rule) -> list[Part]:
    """What the levels of `family` and `rule` do to the parts of `cases`, in the order in which they first occur.

    `names` has for each case the name of the part that each of its criteria belongs to.
    """
    order = {name: i for i, name in enumerate(dict.fromkeys(n for of_case in names for n in of_case))}
    if not order:
        return []
    levels = len(family.levels(cases))
    codes = [np.array([order[n] for n in of_case], dtype=np.int64) for of_case in names]
    keeps = [kept(case.milli, rule) for case in cases]
    reaches = [reach(case, family, levels) for case in cases]
    labels = [
        _labels(i, case, reached, keep, code)
        for i, (case, reached, keep, code) in enumerate(zip(cases, reaches, keeps, codes, strict=True))
    ]
    flat = _Labels(*(np.concatenate([getattr(one, n) for one in labels]) for n in _Labels.__dataclass_fields__))
    flat = flat.some(np.argsort(flat.part, kind="stable"))
    ends = np.searchsorted(flat.part, np.arange(len(order) + 1))
    asked = np.bincount(np.concatenate(codes), minlength=len(order))
    pages = np.bincount(np.concatenate(codes), np.concatenate([k.sum(axis=1) for k in keeps]), minlength=len(order))
    kept_text = _kept_text(cases, reaches, codes, (len(order), levels))
    return [
        _part(name, flat.some(slice(ends[i], ends[i + 1])), kept_text[i], float(pages[i] / asked[i]))
        for name, i in order.items()
    ]


def _kept_text(
    cases: Sequence[LabelledCase], reaches: Sequence[Ints], codes: Sequence[Ints], shape: tuple[int, int]
) -> Floats:
    """(parts, levels) share of a case's characters kept, mean over the criteria of the part and cases with characters.

    NaN for a part without any.
    """
    text, rows = np.zeros((shape[0], shape[1] + 1)), np.zeros(shape[0])
    for case, reached, code in zip(cases, reaches, codes, strict=True):
        if length := float(case.chars.sum()):
            at = code[:, None] * (shape[1] + 1) + reached + 1
            share = np.broadcast_to(case.chars / length, reached.shape)
            text += np.bincount(at.ravel(), share.ravel(), minlength=text.size).reshape(text.shape)
            rows += np.bincount(code, minlength=shape[0])
    kept_at_least = text[:, :0:-1].cumsum(axis=1)[:, ::-1]
    mean: Floats = np.divide(kept_at_least, rows[:, None], out=np.full(shape, np.nan), where=rows[:, None] > 0)
    return mean


def _labels(index: int, case: LabelledCase, reached: Ints, keep: NDArray[np.bool_], code: Ints) -> _Labels:
    rows, columns = np.nonzero(case.counts)
    relevant = case.truth == 1
    exact = case.whole & relevant.any(axis=1)
    return _Labels(
        part=code[rows],
        case=np.full(len(rows), index),
        milli=case.milli[rows, columns].astype(np.int64),
        reached=reached[rows, columns],
        weight=1.0 / case.inclusion[rows, columns],
        relevant=relevant[rows, columns],
        exact=exact[rows],
        kept=keep[rows, columns],
    )


def _part(name: str, labels: _Labels, kept_text: Floats, pages: float) -> Part:
    levels = len(kept_text)
    found = labels.some(labels.relevant)
    total = float(found.weight.sum())
    exact = found.some(found.exact)
    ids, rows = np.unique(exact.case, return_inverse=True)
    counts = np.bincount(rows * (levels + 1) + exact.reached + 1, minlength=len(ids) * (levels + 1))
    at_least = counts.reshape(len(ids), levels + 1)[:, :0:-1].cumsum(axis=1)[:, ::-1]
    recall = _at_least(found.reached, levels, found.weight) / total if total else np.full(levels, np.nan)
    auc, gap = _separation(labels)
    return Part(
        name=name,
        labelled_cases=len(np.unique(labels.case)),
        positives=len(found.case),
        exact_cases=len(ids),
        losses=1.0 - at_least / np.bincount(rows, minlength=len(ids))[:, None],
        recall=np.minimum(recall, 1.0),
        at_rule=float(found.weight[found.kept].sum() / total) if total else None,
        kept=kept_text,
        pages=pages,
        auc=auc,
        gap=gap,
        negatives=len(labels.case) - len(found.case),
    )


def _separation(labels: _Labels) -> tuple[float | None, float | None]:
    """Area under the curve and gap of the means between relevant pages and others; gaps have no part in it."""
    scored = labels.some(labels.milli != GAP)
    relevant, other = (
        np.bincount(side.milli, side.weight, minlength=MILLI + 1)
        for side in (scored.some(scored.relevant), scored.some(~scored.relevant))
    )
    if not relevant.any() or not other.any():
        return None, None
    below = other.cumsum() - other / 2
    values = np.arange(MILLI + 1) / MILLI
    gap = (relevant @ values) / relevant.sum() - (other @ values) / other.sum()
    return float(relevant @ below / (relevant.sum() * other.sum())), float(gap)
