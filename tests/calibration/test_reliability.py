"""Reliability: what a probability says against what people judged, weighted and by case."""

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from core.calibration.labelled import LabelledCase
from core.calibration.reliability import (
    expected_calibration_error,
    histogram,
    ratio_error,
    reliability,
    share_interval,
)


def case(
    scores: list[list[float]],
    truth: list[list[int]],
    chance: list[list[float]] | None = None,
    *,
    number: int = 1,
    audited: bool = True,
    probabilities: NDArray[np.float64] | None = None,
) -> LabelledCase:
    """Without chances every pair was drawn with chance 1."""
    values = np.array(scores)
    rows, pages = values.shape
    return LabelledCase(
        number,
        tuple(f"C{i}" for i in range(rows)),
        ("",) * rows,
        values,
        np.full(pages, 1000),
        np.array(truth, dtype=np.int8),
        np.ones(values.shape) if chance is None else np.array(chance),
        audited,
        probabilities,
    )


def drawn(number: int, shift: float = 0.0, criteria: int = 10, pages: int = 40) -> LabelledCase:
    """Scores that are probabilities, up to `shift`."""
    draw = np.random.default_rng(number)
    scores = draw.beta(0.6, 2, (criteria, pages))
    truth = draw.random(scores.shape) < np.clip(scores + shift, 0, 1)
    return case(scores.tolist(), truth.astype(int).tolist(), number=number)


def test_a_bin_by_hand() -> None:
    # In 0.2 to 0.4: relevant at 0.2 with chance 1, not relevant at 0.3 with chance 0.25, which stands for 4.
    made = case([[0.2, 0.3, 0.9, 0.5]], [[1, 0, 1, -1]], [[1, 0.25, 1, np.nan]])
    low, high = reliability([made], [made.scores], bins=5)
    assert (low.low, low.high, low.labels, low.cases, low.weight) == (0.2, 0.4, 2, 1, 5)
    assert low.probability == pytest.approx((0.2 + 4 * 0.3) / 5)
    assert low.relevant == pytest.approx(1 / 5)
    assert (high.low, high.high, high.labels, high.relevant) == (0.8, 1.0, 1, 1)


def test_one_belongs_to_the_last_bin_and_an_edge_to_the_upper_one() -> None:
    made = case([[1.0, 0.3, 0.0]], [[1, 0, 0]])
    assert [b.low for b in reliability([made], [made.scores])] == [0.0, 0.3, 0.9]


def test_labels_without_a_known_chance_and_those_of_gaps_are_left_out() -> None:
    made = case([[0.1, np.nan, 0.7]], [[0, 1, 1]], [[1, 1, np.nan]])
    (only,) = reliability([made], [made.scores])
    assert (only.labels, only.low) == (1, 0.1)
    assert histogram([made]).relevant_labels.sum() == 0


def test_a_case_where_nothing_below_could_be_drawn_counts_by_its_whole_rows_alone() -> None:
    made = case([[0.1, 0.9], [0.1, 0.9]], [[0, 1], [-1, 1]], [[1, 1], [np.nan, 0.5]], audited=False)
    assert sum(b.labels for b in reliability([made], [made.scores])) == 2


def test_without_labels_there_is_no_bin_and_no_error() -> None:
    made = case([[0.1, 0.9]], [[-1, -1]], [[np.nan, np.nan]])
    assert reliability([made], [made.scores]) == ()
    assert expected_calibration_error([made], [made.scores]) is None
    assert expected_calibration_error([], []) is None


def test_the_calibration_error_by_hand() -> None:
    # Bin 0: probability 0.05, none relevant, weight 3. Last bin: probability 0.95, half relevant, weight 2.
    made = case([[0.05, 0.05, 0.05, 0.95, 0.95]], [[0, 0, 0, 1, 0]])
    found = expected_calibration_error([made], [made.scores])
    assert found is not None
    assert found.estimate == pytest.approx((3 * 0.05 + 2 * 0.45) / 5)
    assert (found.low, found.high) == pytest.approx((found.estimate, found.estimate))
    assert found.labels == 5


def test_the_calibration_error_sees_a_shift_and_not_its_absence() -> None:
    honest, shifted = ([drawn(i, shift) for i in range(30)] for shift in (0.0, 0.2))
    good, bad = (expected_calibration_error(cases, [c.scores for c in cases]) for cases in (honest, shifted))
    assert good is not None
    assert bad is not None
    assert good.estimate < 0.02 < 0.15 < bad.low < bad.estimate < bad.high < 0.25
    assert expected_calibration_error(shifted, [c.scores for c in shifted]) == bad


def test_the_interval_of_a_bin_covers_the_true_share() -> None:
    hits = total = 0
    for seed in range(40):
        cases = [drawn(1000 * seed + i) for i in range(15)]
        for b in reliability(cases, [c.scores for c in cases]):
            hits += b.relevant_low <= b.probability <= b.relevant_high
            total += 1
    assert total == 400
    assert hits / total > 0.93


def test_cases_that_differ_make_the_interval_wider() -> None:
    alike = [case([[0.5] * 10], [[1, 0] * 5], number=i) for i in range(10)]
    apart = [case([[0.5] * 10], [[i % 2] * 10], number=i) for i in range(10)]
    (narrow,), (wide,) = (reliability(cases, [c.scores for c in cases]) for cases in (alike, apart))
    assert narrow.relevant == wide.relevant == 0.5
    assert wide.relevant_high - wide.relevant_low > 2 * (narrow.relevant_high - narrow.relevant_low)


def test_where_all_agree_each_case_counts_as_one_label_by_hand() -> None:
    # Of 10 cases none is relevant: 1 - 0.025 ** (1 / 10).
    low, high = share_interval(0.0, 0.0, labels=500, cases=10)
    assert (low, high) == pytest.approx((0, 1 - 0.025**0.1))
    assert share_interval(1.0, 0.0, labels=500, cases=1) == pytest.approx((0.025, 1))


def test_the_error_of_a_ratio_by_hand() -> None:
    # Ratio 3 / 6; residuals -1, 0 and 1 about it: sqrt(3 / 2 * 2) / 6. A case without a bottom is no case.
    tops, bottoms = np.array([0.0, 1.0, 2.0, 0.0]), np.array([2.0, 2.0, 2.0, 0.0])
    assert ratio_error(tops, bottoms) == pytest.approx(np.sqrt(3) / 6)


def test_the_histogram_counts_and_weighs_by_verdict() -> None:
    made = case([[0.12, 0.12, 0.8]], [[1, 0, 0]], [[1, 0.5, 0.1]])
    found = histogram([made], bins=10)
    assert found.edges.tolist() == [b / 10 for b in range(11)]
    assert found.relevant_labels.tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert found.not_relevant_labels.tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    assert found.not_relevant.tolist() == pytest.approx([0, 2, 0, 0, 0, 0, 0, 0, 10, 0])


def test_the_histogram_goes_by_what_thresholds_compare() -> None:
    made = case([[0.1, 0.1]], [[1, 0]], probabilities=np.array([[0.95, 0.05]]))
    assert np.flatnonzero(histogram([made], bins=10).relevant_labels).tolist() == [9]


def test_two_hundred_large_cases_take_half_a_second() -> None:
    cases = [drawn(i, criteria=80, pages=150) for i in range(200)]
    values = [c.scores for c in cases]
    assert all(c.counts.any() for c in cases)
    start = time.process_time()
    reliability(cases, values)
    expected_calibration_error(cases, values)
    histogram(cases)
    assert time.process_time() - start < 1.5
