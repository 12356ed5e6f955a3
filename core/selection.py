"""Rule -> selection: which pages are kept for which criterion, with a reason for every page.

One comparison everywhere: thousandths >= thousandths. A gap is always kept; it counts neither towards the top K nor
towards the token budget.
"""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.domain import Evidence, ScorerInfo, Selected
from core.errors import BadRule
from core.grid import GAP, MILLI, Grid, to_milli
from core.holds import KEPT, LEFT_OUT, NOTHING, Held, by_hand, holds
from core.lengths import Lengths

_THRESHOLD = re.compile(r"(probability|score)\s*>=\s*([01]?\.?\d+)")
_TOP_K = re.compile(r"top\s*(\d+)")
_BUDGET = re.compile(r"tokens\s*<=\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept for each criterion. At least one of `threshold`, `top_k` and `token_budget` is set.

    threshold alone: every page at or above it. top_k alone: the K best pages. token_budget alone: the best pages, as
    many as the budget holds. Together: what all of them keep, so up to K pages, none below the threshold.
    `str(rule)` is its identity, and `Rule.parse` reads it back.

    The first page that does not fit ends the list, though a shorter one further down might still fit: so no page is
    kept in place of a better one, and a larger budget only ever adds pages. The best page is kept even if it alone is
    longer than the budget: a criterion whose best page is long does not lose its evidence to that.

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
    token_budget: int | None = None
    """At least 1; estimated tokens of the pages kept for one criterion, a text that stands on several counted once."""

    def __post_init__(self) -> None:
        if self.threshold is None and self.top_k is None and self.token_budget is None:
            raise BadRule(
                "A rule needs a threshold, a number of pages, a token budget, or several of these. "
                "Write for example: probability>=0.4"
            )
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise BadRule(f"The threshold {self.threshold} is outside 0 to 1. Write for example: probability>=0.4")
        if self.threshold is not None:
            # Thousandths are what is compared, so they are what a rule is: its words read back as the same rule.
            object.__setattr__(self, "threshold", round(self.threshold, 3))
        if self.top_k is not None and self.top_k < 1:
            raise BadRule("The number of pages to keep must be 1 or more. Write for example: top10")
        if self.token_budget is not None and self.token_budget < 1:
            raise BadRule("The token budget must be 1 or more. Write for example: tokens<=4000")

    def __str__(self) -> str:
        parts = []
        if self.threshold is not None:
            parts.append(f"{self.on}>={self.threshold:.3f}".removesuffix("0"))
        if self.top_k is not None:
            parts.append(f"top{self.top_k}")
        if self.token_budget is not None:
            parts.append(f"tokens<={self.token_budget}")
        return " & ".join(parts)

    def in_words(self) -> str:
        """The rule as a reviewer would say it, without a capital or a stop."""
        if self.token_budget is None:
            return self._pages_in_words()
        if self.threshold is None and self.top_k is None:
            return f"the best pages for each criterion, up to about {self.token_budget:,} tokens"
        each = " for each criterion" if self.top_k is None else ""
        return f"{self._pages_in_words()}, up to about {self.token_budget:,} tokens{each}"

    def _pages_in_words(self) -> str:
        if self.top_k is None:
            return f"every page at or above {threshold_words(self.threshold or 0.0)}"
        if self.threshold is None:
            return f"the best {self.top_k} pages for each criterion"
        return f"up to {self.top_k} pages for each criterion, none below {threshold_words(self.threshold)}"

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """Rule from "probability>=0.4", "score>=0.4", "top10", "tokens<=4000" or several joined by "&".

        Raises BadRule, which says how to write one.
        """
        threshold: float | None = None
        top_k: int | None = None
        budget: int | None = None
        on: Literal["probability", "score"] = "probability"
        for part in (p.strip() for p in text.lower().split("&")):
            if (match := _THRESHOLD.fullmatch(part)) and threshold is None:
                threshold = float(match[2])
                on = "score" if match[1] == "score" else "probability"
            elif (match := _TOP_K.fullmatch(part)) and top_k is None:
                top_k = int(match[1])
            elif (match := _BUDGET.fullmatch(part)) and budget is None:
                budget = int(match[1])
            else:
                raise BadRule(
                    f"The rule '{text}' cannot be read at '{part}'. Write probability>=0.4, or top10, or tokens<=4000, "
                    "or several joined by &: probability>=0.4 & top10"
                )
        return cls(threshold, top_k, on, budget)


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


def kept(milli: NDArray[np.uint16], rule: Rule, tokens: Lengths | None = None) -> NDArray[np.bool_]:
    """(criteria, pages) True where `rule` keeps the page for the criterion; gaps are always True.

    `tokens`: how long the pages are. Raises ValueError without them for a rule that has a token budget: it would keep
    more than it says.
    """
    keep = np.ones(milli.shape, dtype=np.bool_)
    if rule.threshold is not None:
        keep &= milli >= threshold_milli(rule.threshold)
    if rule.top_k is not None or rule.token_budget is not None:
        rank = ranks(milli)
        if rule.top_k is not None:
            keep &= rank <= rule.top_k
        if rule.token_budget is not None:
            keep &= _fits(rank, rule.token_budget, tokens)
    keep |= milli == GAP
    return keep


def _fits(rank: NDArray[np.int64], budget: int, tokens: Lengths | None) -> NDArray[np.bool_]:
    """(criteria, pages) True for the best page, and as long as it and all better ones stay within the budget."""
    if tokens is None:
        raise ValueError("a rule with a token budget needs the lengths of the pages")
    fits: NDArray[np.bool_] = (tokens.spent(rank) <= budget) | (rank == 1)
    return fits


def compared(grid: Grid, rule: Rule) -> NDArray[np.uint16]:
    """(criteria, pages) thousandths that `rule` looks at."""
    return to_milli(grid.scores) if rule.on == "score" else grid.milli


def select(grid: Grid, rule: Rule, *, tokens: Lengths | None = None, held: Held = NOTHING) -> list[Selected]:
    """What is kept of every page for every criterion, criterion by criterion, pages in original order.

    The rule decides, and `held` overrules it, page by page: see core.holds. A gap or a page that nobody could read may
    be left out by hand, and its reason says so. `tokens` as in `kept`, with the same ValueError.
    """
    milli = compared(grid, rule)
    ruled, rank, hold = kept(milli, rule, tokens), ranks(milli), holds(grid, held)
    keep = by_hand(ruled, hold)
    needed = threshold_milli(rule.threshold) if rule.threshold is not None else 0
    out = []
    for r, criterion in enumerate(grid.criteria):
        for c, page in enumerate(grid.pages):
            said, alone = int(hold[r, c]), bool(ruled[r, c]) if hold[r, c] else None
            if gap := grid.reasons.get((r, c)):
                reason = _held(said, f", though not scored: {gap}") if said else f"Kept: {gap}"
                out.append(Selected(page, criterion, bool(keep[r, c]), reason, None, None, None, alone))
                continue
            reaches, size = int(milli[r, c]) >= needed, int(tokens.tokens[c]) if tokens else 0
            reason = _held(said) if said else _reason(rule, reaches, int(rank[r, c]), size, is_kept=bool(keep[r, c]))
            out.append(
                Selected(
                    page,
                    criterion,
                    bool(keep[r, c]),
                    reason,
                    float(grid.scores[r, c]),
                    float(grid.probabilities[r, c]),
                    int(rank[r, c]),
                    alone,
                )
            )
    return out


def _held(hold: int, unscored: str = "") -> str:
    """`unscored`: what is added for a page that nobody has a score of, and that is left out all the same."""
    return KEPT if hold > 0 else f"{LEFT_OUT}{unscored}"


def _reason(rule: Rule, reaches: bool, rank: int, size: int, *, is_kept: bool) -> str:
    """Why a scored page of `size` tokens was kept or left out, in the order in which a reviewer would ask."""
    if rule.threshold is not None and not reaches:
        return f"Below the threshold {threshold_words(rule.threshold)}"
    if rule.top_k is not None and rank > rule.top_k:
        return f"Rank {rank}, beyond the best {rule.top_k}"
    if not is_kept:
        return f"Beyond the budget of {rule.token_budget:,} tokens"
    parts = []
    if rule.threshold is not None:
        parts.append(f"at or above {threshold_words(rule.threshold)}")
    if rule.top_k is not None:
        parts.append(f"rank {rank} of the best {rule.top_k}")
    if rule.token_budget is not None:
        parts += [] if parts else [f"rank {rank}"]
        fits = size <= rule.token_budget
        parts.append(
            f"within {rule.token_budget:,} tokens" if fits else f"longer than {rule.token_budget:,} tokens alone"
        )
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
