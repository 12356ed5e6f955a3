"""Formulas against known numbers, against mapie, and against what a p-value has to be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mapie.risk_control.methods import get_r_hat_plus
from scipy.stats import beta, binom

from core.calibration.bounds import (
    cases_needed,
    clopper_pearson,
    crc_bound,
    interval,
    lower_bound,
    p_values,
    passed,
)
from core.certificates import Method, Target


@pytest.mark.parametrize(("recall", "cases"), [(0.90, 9), (0.95, 19), (0.98, 49)])
def test_conformal_risk_control_needs_so_many_cases_without_a_miss(recall: float, cases: int) -> None:
    assert cases_needed(Target(recall, method="crc")) == cases


@pytest.mark.parametrize(("misses", "positives"), [(0, 59), (1, 93), (2, 124)])
def test_so_many_relevant_pages_show_a_recall_of_095(misses: int, positives: int) -> None:
    assert cases_needed(Target(0.95, "case", "ltt"), misses, misses, binary=True) == positives
    low, _ = clopper_pearson(positives - misses, positives, 0.95)
    fewer, _ = clopper_pearson(positives - 1 - misses, positives - 1, 0.95)
    assert fewer < 0.95 <= low


def test_the_conformal_bound_is_mapies() -> None:
    losses = np.sort(np.random.default_rng(1).random((23, 40)), axis=1)
    _, expected = get_r_hat_plus(losses, np.linspace(0, 1, 40), "crc", None, None, None)
    assert crc_bound(losses) == pytest.approx(expected)
    assert crc_bound(np.empty((0, 3))).tolist() == [1, 1, 1]


@given(st.integers(1, 60), st.sampled_from([0.01, 0.02, 0.05, 0.07, 0.1, 0.13, 0.3, 0.5]), st.booleans())
def test_p_values_are_small_no_more_often_than_they_say(cases: int, alpha: float, binary: bool) -> None:
    """Exactly, for losses of 0 and 1 whose chance is alpha; cases * alpha is seldom a whole number."""
    lost = np.arange(cases + 1)
    losses = (np.arange(cases)[:, None] < lost[None, :]).astype(np.float64)
    p = p_values(losses, alpha, binary=binary)
    chances = binom.pmf(lost, cases, alpha)
    assert all(chances[p <= level + 1e-12].sum() <= level + 1e-9 for level in p.tolist())
    assert (p[lost / cases > alpha] >= 0.5 - 1e-12).all()
    assert (np.diff(p) >= -1e-12).all()


def test_p_values_hold_for_losses_between_0_and_1() -> None:
    """Beta distributed losses of mean alpha, 40,000 p-values each; at 0.05 and 0.1, within three standard errors."""
    rng = np.random.default_rng(2)
    for alpha, cases in ((0.05, 30), (0.1, 17), (0.3, 8)):
        for strength in (0.2, 2.0):
            losses = rng.beta(alpha * strength, (1 - alpha) * strength, (cases, 40_000))
            p = p_values(losses, alpha, binary=False)
            for level in (0.05, 0.1):
                assert (p <= level).mean() <= level + 3 * np.sqrt(level / 40_000)


def test_noise_in_a_sum_of_losses_does_not_cost_a_case() -> None:
    thirds = np.array([[1 / 3], [1 / 3], [1 / 3], *[[0.0]] * 37])
    once = np.array([[1.0], *[[0.0]] * 39])
    assert p_values(thirds, 0.1, binary=False) == pytest.approx(p_values(once, 0.1, binary=False), abs=1e-6)
    assert p_values(np.empty((0, 2)), 0.1, binary=False).tolist() == [1, 1]
    assert p_values(np.ones((5, 1)), 0.1, binary=False).tolist() == [1]


def test_testing_in_sequence_stops_at_the_first_level_that_fails() -> None:
    assert passed(np.array([0.01, 0.05, 0.06, 0.001]), 0.05) == 2
    assert passed(np.array([0.06, 0.001]), 0.05) == 0
    assert passed(np.array([0.0, 0.0]), 0.05) == 2


def test_the_lower_bound_is_where_the_p_value_stops_rejecting() -> None:
    losses = np.array([0.0] * 37 + [0.5, 0.25, 1.0])
    for binary, sample in ((False, losses), (True, np.round(losses))):
        bound = lower_bound(sample, 0.95, binary=binary)
        assert p_values(sample[:, None], 1 - bound + 1e-6, binary=binary)[0] <= 0.05
        assert p_values(sample[:, None], 1 - bound - 1e-6, binary=binary)[0] > 0.05
    assert lower_bound(np.zeros(59), 0.95, binary=True) == pytest.approx(0.05 ** (1 / 59))
    assert lower_bound(np.ones(20), 0.95, binary=True) == 0.0
    assert lower_bound(np.empty(0), 0.95, binary=False) == 0.0


def test_a_share_is_bounded_as_clopper_and_pearson_did() -> None:
    low, high = clopper_pearson(np.array([0.0, 18, 20]), 20, 0.975)
    assert low == pytest.approx([0, beta.ppf(0.025, 18, 3), beta.ppf(0.025, 20, 1)])
    assert high == pytest.approx([beta.ppf(0.975, 1, 20), beta.ppf(0.975, 19, 2), 1])


def test_the_interval_of_whole_cases_is_exact() -> None:
    losses = np.zeros((20, 1))
    losses[:3] = 1
    low, high = interval(losses)
    assert (low[0], high[0]) == pytest.approx((beta.ppf(0.025, 17, 4), beta.ppf(0.975, 18, 3)))
    assert [float(end[0]) for end in interval(np.empty((0, 1)))] == [0, 1]


def test_cases_that_agree_make_a_narrower_interval_but_never_a_point() -> None:
    low, high = interval(np.stack([np.full(30, 0.3), np.repeat([0.0, 1.0], [21, 9]), np.zeros(30)], axis=1))
    assert high[0] - low[0] < 0.6 * (high[1] - low[1])
    assert low[0] < 0.7 < high[0]
    assert low[2] == pytest.approx(0.025 ** (1 / 30))


def test_going_on_as_before_takes_more_cases_than_no_further_miss() -> None:
    target = Target(0.9, "page", "crc")
    # (0.5 + 1) / (n + 1) <= 0.1, and (0.05 n + 1) / (n + 1) <= 0.1
    assert cases_needed(target, 0.5, 10) == 14
    assert cases_needed(target, 0.5, 10, going_on=True) == 18
    assert cases_needed(target, 1.0, 10, going_on=True) is None
    assert cases_needed(target, 0.0, 40) == 40


@pytest.mark.parametrize("method", ["crc", "ltt"])
def test_the_number_of_cases_is_the_first_that_will_do(method: Method) -> None:
    target = Target(0.9, "page", method)
    needed = cases_needed(target, 1.2)
    assert needed is not None

    def shown(cases: int) -> bool:
        losses = np.array([[1.0], [0.2], *[[0.0]] * (cases - 2)])
        if method == "crc":
            return bool(crc_bound(losses)[0] <= 0.1 + 1e-9)
        return bool(p_values(losses, 0.1, binary=False)[0] <= 0.05)

    assert shown(needed)
    assert not shown(needed - 1)


def test_only_methods_that_rest_on_cases_know_how_many_are_needed() -> None:
    with pytest.raises(ValueError, match="whole cases"):
        cases_needed(Target(0.9, "page", "audit"))


@pytest.mark.parametrize("confidence", [0.0, 0.3, 0.5, 1.0])
def test_a_confidence_of_a_half_shows_nothing_and_is_no_target(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"above 0\.5"):
        Target(0.9, "page", "audit", confidence)
