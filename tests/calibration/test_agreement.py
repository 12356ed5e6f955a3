"""Agreement of two reviewers, with textbook tables, and one verdict out of several."""

import pytest
from sklearn.metrics import cohen_kappa_score

from core.calibration.agreement import agreement, settle
from core.domain import Verdict

YES: Verdict = "relevant"
NO: Verdict = "not_relevant"
UNSURE: Verdict = "unsure"


Pair = tuple[Verdict | None, Verdict | None]


def pairs(both: int, first: int, second: int, neither: int) -> list[Pair]:
    table: list[tuple[Pair, int]] = [((YES, YES), both), ((YES, NO), first), ((NO, YES), second), ((NO, NO), neither)]
    return [pair for pair, n in table for _ in range(n)]


def test_agreement_by_hand() -> None:
    # 50 pairs, 35 alike: 0.7. By chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5, so kappa is 0.2 / 0.5.
    found = agreement(pairs(20, 5, 10, 15))
    assert (found.n, found.both_relevant, found.only_first, found.only_second, found.both_not) == (50, 20, 5, 10, 15)
    assert found.observed == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.adjusted == pytest.approx(0.4)
    assert found.prevalence == pytest.approx(0.55)


@pytest.mark.parametrize("table", [(20, 5, 10, 15), (3, 2, 1, 200), (1, 0, 9, 90), (50, 0, 0, 50), (0, 5, 5, 0)])
def test_kappa_is_cohens(table: tuple[int, int, int, int]) -> None:
    first, second = zip(*pairs(*table), strict=True)
    assert agreement(pairs(*table)).kappa == pytest.approx(cohen_kappa_score(first, second))


def test_with_few_relevant_pages_kappa_is_low_although_nearly_all_agree() -> None:
    found = agreement(pairs(1, 3, 3, 93))
    assert found.kappa is not None
    assert found.adjusted is not None
    assert found.kappa < 0.25 < 0.85 < found.adjusted
    assert found.prevalence == pytest.approx(0.04)


def test_unsure_and_missing_are_counted_and_enter_no_figure() -> None:
    others: list[Pair] = [
        (YES, UNSURE), (UNSURE, UNSURE), (None, YES), (NO, None), (None, UNSURE), (None, None),
    ]  # fmt: skip
    found = agreement([*pairs(20, 5, 10, 15), *others])
    assert (found.unsure, found.missing, found.n) == (2, 4, 50)
    assert found.kappa == agreement(pairs(20, 5, 10, 15)).kappa


def test_without_two_verdicts_on_any_page_there_is_no_figure() -> None:
    found = agreement([(YES, None)])
    assert (found.n, found.missing) == (0, 1)
    figures = (found.observed, found.kappa, found.adjusted, found.prevalence, found.observed_interval)
    assert figures == (None,) * 5


def test_where_one_verdict_is_all_there_is_kappa_says_nothing() -> None:
    found = agreement(pairs(0, 0, 0, 40))
    assert (found.observed, found.kappa, found.kappa_interval, found.adjusted) == (1, None, None, 1)


def test_complete_agreement_on_few_pages_is_not_taken_for_certain() -> None:
    found = agreement(pairs(5, 0, 0, 5))
    assert found.kappa == 1
    assert found.kappa_interval is not None
    assert found.observed_interval is not None
    # 10 of 10: 0.025 ** (1 / 10); chance alone gives 0.5.
    assert found.observed_interval == pytest.approx((0.025**0.1, 1))
    assert found.kappa_interval == pytest.approx((2 * 0.025**0.1 - 1, 1))


def test_the_interval_of_kappa_contains_it() -> None:
    found = agreement(pairs(20, 5, 10, 15))
    assert found.kappa_interval is not None
    assert found.kappa is not None
    assert found.kappa_interval[0] < found.kappa < found.kappa_interval[1]


@pytest.mark.parametrize(
    ("verdicts", "settled"),
    [
        ([("ann", YES)], YES),
        ([("ann", NO)], NO),
        ([("ann", UNSURE)], UNSURE),
        ([("ann", YES), ("bob", NO)], YES),
        ([("ann", YES), ("bob", NO), ("cy", NO)], NO),
        ([("ann", NO), ("bob", UNSURE)], NO),
        ([("ann", UNSURE), ("bob", UNSURE), ("cy", YES)], YES),
        ([("ann", UNSURE), ("bob", UNSURE)], UNSURE),
        ([("ann", YES), ("bob", NO), ("ann", NO)], NO),
        ([("ann", YES), ("ann", UNSURE)], UNSURE),
    ],
)
def test_the_majority_decides_a_tie_is_relevant_and_the_unsure_have_no_vote(
    verdicts: list[tuple[str, Verdict]], settled: Verdict
) -> None:
    assert settle(verdicts) == settled


def test_nothing_is_settled_without_a_verdict() -> None:
    with pytest.raises(ValueError, match="no verdict"):
        settle([])
