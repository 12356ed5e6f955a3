"""Rule -> selection: which pages are kept for which criterion, with a reason for every page.

One comparison everywhere: thousandths >= thousandths. A gap is always kept and never counts towards the top K.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.domain import Evidence, PageRef, ScorerInfo, Selected
from core.errors import BadRule
from core.grid import GAP, MILLI, Grid, to_milli

_THRESHOLD = re.compile(r"(probability|score)\s*>=\s*([01]?\.?\d+)")
_TOP_K = re.compile(r"top\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept for each criterion. At least one of `threshold` and `top_k` is set.

    threshold alone: every page at or above it. top_k alone: the K best pages. Both: up to K pages, none below the
    threshold. `str(rule)` is its identity, and `Rule.parse` reads it back.

    A threshold written "probability>=" acts on the probability, and on the score itself where the scorer has no
    recalibration: its name stays, because it is the rule's identity and not a claim about the number.
    """

    threshold: float | None = 0.4
    """In [0, 1], compared with >=. 0.0 keeps every page; None means that there is no threshold."""
    top_k: int | None = None
    """At least 1; ties go to the earlier page."""
    on: Literal["probability", "score"] = "probability"
    """What the threshold compares. The screens always write "probability", which is the score where there is no
    recalibration; "score" is the scorer's raw answer in any case."""

    def __post_init__(self) -> None:
        if self.threshold is None and self.top_k is None:
            raise BadRule("A rule needs a threshold, a number of pages, or both. Write for example: probability>=0.4")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise BadRule(f"The threshold {self.threshold} is outside 0 to 1. Write for example: probability>=0.4")
        if self.threshold is not None:
            # Thousandths are what is compared, so they are what a rule is: its words read back as the same rule.
            object.__setattr__(self, "threshold", round(self.threshold, 3))
        if self.top_k is not None and self.top_k < 1:
            raise BadRule("The number of pages to keep must be 1 or more. Write for example: top10")

    def __str__(self) -> str:
        parts = []
        if self.threshold is not None:
            parts.append(f"{self.on}>={self.threshold:.3f}".removesuffix("0"))
        if self.top_k is not None:
            parts.append(f"top{self.top_k}")
        return " & ".join(parts)

    def in_words(self) -> str:
        """The rule as a reviewer would say it, without a capital or a stop."""
        if self.top_k is None:
            return f"every page at or above {threshold_words(self.threshold or 0.0)}"
        if self.threshold is None:
            return f"the best {self.top_k} pages for each criterion"
        return f"up to {self.top_k} pages for each criterion, none below {threshold_words(self.threshold)}"

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Rule from "probability>=0.4", "score>=0.4", "top10" or two of them joined by "&". Raises BadRule."""
        threshold: float | None = None
        top_k: int | None = None
        on: Literal["probability", "score"] = "probability"
        for part in (p.strip() for p in text.lower().split("&")):
            if (match := _THRESHOLD.fullmatch(part)) and threshold is None:
                threshold = float(match[2])
                on = "score" if match[1] == "score" else "probability"
            elif (match := _TOP_K.fullmatch(part)) and top_k is None:
                top_k = int(match[1])
            else:
                raise BadRule(
                    f"The rule '{text}' cannot be read at '{part}'. "
                    "Write probability>=0.4, or top10, or both joined by &: probability>=0.4 & top10"
                )
        return cls(threshold, top_k, on)


DEFAULT_RULE = Rule(threshold=0.02, top_k=10)
"""What a case starts with under the embedded scorer as long as no threshold is certified: few pages are missed, and
never more than ten kept."""


def default_rule(info: ScorerInfo) -> Rule:
    """What a case starts with under the scorer `info`, as long as no threshold is certified for it.

    Any scorer but the embedded one is a reranker. It gives unrelated text 0.07 to 0.29, so DEFAULT_RULE's threshold
    would leave nothing out: 0.2 drops part of what is unrelated and misses little, and the ten best bound the rest.
    """
    return DEFAULT_RULE if info.name == "embedded" else Rule(threshold=0.2, top_k=10)


def weak_below(scorer: ScorerInfo) -> float:
    """Below this the best page of a criterion is a weak match, whatever the rule keeps.

    It is compared as a threshold is: with the probability, or with the score where there is no recalibration.
    A reranker gives unrelated text 0.07 to 0.29 (zerank-2); the embedded scorer's probabilities lie much lower.
    """
    return 0.2 if scorer.name == "embedded" else 0.4


def threshold_milli(threshold: float) -> int:
    """Thousandths that a value must reach, rounded to the nearest."""
    return round(threshold * MILLI)


def ranks(milli: NDArray[np.uint16]) -> NDArray[np.int64]:
    """(criteria, pages) 1-based rank of each page within its criterion; ties by page order; 0 for a gap."""
    known = milli != GAP
    key = np.where(known, milli.astype(np.int64), -1)
    order = np.argsort(-key, axis=1, kind="stable")
    out = np.empty_like(order)
    np.put_along_axis(out, order, np.arange(1, milli.shape[1] + 1)[None, :].repeat(len(milli), axis=0), axis=1)
    return np.where(known, out, 0)


def kept(milli: NDArray[np.uint16], rule: Rule) -> NDArray[np.bool_]:
    """(criteria, pages) True where `rule` keeps the page for the criterion; gaps are always True."""
    keep = np.ones(milli.shape, dtype=np.bool_)
    if rule.threshold is not None:
        keep &= milli >= threshold_milli(rule.threshold)
    if rule.top_k is not None:
        keep &= ranks(milli) <= rule.top_k
    keep |= milli == GAP
    return keep


def compared(grid: Grid, rule: Rule) -> NDArray[np.uint16]:
    """(criteria, pages) thousandths that `rule` looks at."""
    return to_milli(grid.scores) if rule.on == "score" else grid.milli


def select(grid: Grid, rule: Rule, *, pinned: Collection[PageRef] = ()) -> list[Selected]:
    """What `rule` does with every page for every criterion, criterion by criterion, pages in original order.

    Pinned pages are kept for every criterion, whatever their score.
    """
    milli = compared(grid, rule)
    keep, rank = kept(milli, rule), ranks(milli)
    needed = threshold_milli(rule.threshold) if rule.threshold is not None else 0
    out = []
    for r, criterion in enumerate(grid.criteria):
        for c, page in enumerate(grid.pages):
            if (r, c) in grid.reasons:
                out.append(Selected(page, criterion, True, f"Kept: {grid.reasons[r, c]}", None, None, None))
                continue
            pin = page in pinned
            out.append(
                Selected(
                    page,
                    criterion,
                    bool(keep[r, c]) or pin,
                    "Pinned by the reviewer" if pin else _reason(rule, int(milli[r, c]) >= needed, int(rank[r, c])),
                    float(grid.scores[r, c]),
                    float(grid.probabilities[r, c]),
                    int(rank[r, c]),
                )
            )
    return out


def _reason(rule: Rule, reaches: bool, rank: int) -> str:
    """Why a scored page was kept or left out, in the order in which a reviewer would ask."""
    if rule.threshold is not None and not reaches:
        return f"Below the threshold {threshold_words(rule.threshold)}"
    if rule.top_k is not None and rank > rule.top_k:
        return f"Rank {rank}, beyond the best {rule.top_k}"
    parts = []
    if rule.threshold is not None:
        parts.append(f"at or above {threshold_words(rule.threshold)}")
    if rule.top_k is not None:
        parts.append(f"rank {rank} of the best {rule.top_k}")
    reason = ", ".join(parts)
    return reason[0].upper() + reason[1:]


def shown(probability: float, rule: Rule) -> str:
    """A probability (or score) for the screen: two decimals, rounded down as thresholds compare it.

    Three where two would contradict the rule's threshold. The heatmap writes its numbers by the same rule.
    """
    milli = int(to_milli(np.array([probability]))[0])
    two, cut = milli // 10 * 10, None if rule.threshold is None else threshold_milli(rule.threshold)
    contradicts = cut is not None and (two >= cut) != (milli >= cut)
    return f"{milli / MILLI:.3f}" if contradicts else f"{two / MILLI:.2f}"


def threshold_words(threshold: float) -> str:
    """Two decimals, three where two would be another threshold."""
    return f"{threshold:.3f}".removesuffix("0")


def evidence(
    milli: NDArray[np.uint16], keep: NDArray[np.bool_], unreadable: NDArray[np.bool_], *, weak: float
) -> list[Evidence]:
    """Evidence state of each criterion (row), by the tool alone; it never says "not met".

    found: a scored page is kept, and one reaches `weak`. Otherwise the weakest link speaks: not_scored when a readable
    page has no answer, weak when a page is kept that does not reach `weak`, could_not_read when a page has no usable
    text, none_found when every page was read and scored. `unreadable` has shape (pages,).
    """
    scored = milli != GAP
    found = (keep & scored).any(axis=1)
    strong = (scored & (milli >= threshold_milli(weak))).any(axis=1)
    missing = (~scored & ~unreadable[None, :]).any(axis=1)
    states: list[Evidence] = []
    for is_found, is_strong, is_missing in zip(found, strong, missing, strict=True):
        if is_found and is_strong:
            states.append("found")
        elif is_missing:
            states.append("not_scored")
        elif is_found:
            states.append("weak")
        else:
            states.append("could_not_read" if unreadable.any() else "none_found")
    return states
