"""Weighted recall: hand-computed shares, bounds that do not believe in silence, and cases as the unit."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.calibration.labelled import LabelledCase
from core.calibration.weighted import Pool, WeightedRecall, audits_needed, pool, weighted_recall

Ints = NDArray[np.int64]


def case(
    number: int, truth: list[int], chance: list[float | None], reach: list[int], *, audited: bool = True
) -> tuple[LabelledCase, Ints]:
    """One criterion, with one entry for each page."""
    inclusion = np.array([[np.nan if c is None else c for c in chance]])
    scores = np.array([reach]) / 10
    length = np.full(len(truth), 1000)
    labelled = LabelledCase(
        number, ("C1",), ("",), scores, length, np.array([truth], dtype=np.int8), inclusion, audited=audited
    )
    return labelled, np.array([reach], dtype=np.int64)


def recall(made: list[tuple[LabelledCase, Ints]], levels: int = 3, confidence: float = 0.95) -> WeightedRecall:
    return weighted_recall([c for c, _ in made], [r for _, r in made], levels, confidence=confidence)


def pooled(made: list[tuple[LabelledCase, Ints]], levels: int = 3) -> Pool:
    return pool([c for c, _ in made], [r for _, r in made], levels)


def shown_and_audited(*, missed: int, cases: int = 30, chance: float = 0.05) -> list[tuple[LabelledCase, Ints]]:
    """10 relevant pages shown in each case, 20 audits below, one of them relevant in the first `missed` cases."""
    return [
        case(
            number,
            [1] * 10 + [int(number < missed)] + [0] * 19 + [-1] * 380,
            [1.0] * 10 + [chance] * 20 + [None] * 380,
            [2] * 10 + [0] * 400,
        )
        for number in range(cases)
    ]


def test_a_missed_page_counts_as_often_as_its_chance_says() -> None:
    made = [
        case(1, [1, 1, 0, 1], [1.0, 0.5, 0.5, 0.25], [2, 1, 1, 0]),
        case(2, [1, 0, -1], [1.0, 0.5, None], [2, 0, 0]),
    ]
    found = recall(made)
    # Weights of the relevant pages: 1, 2, 4 and 1. Level 1 leaves out the 4, level 2 the 2 as well.
    assert found.estimate == pytest.approx([1.0, 4 / 8, 2 / 8])
    assert (found.positives, found.audits, found.cases) == (4, 4, (1, 2))


def test_a_page_that_no_level_keeps_is_missed_everywhere() -> None:
    found = recall([case(1, [1, 1], [1.0, 0.5], [2, -1]), case(2, [1], [1.0], [2])])
    assert found.estimate == pytest.approx([0.5, 0.5, 0.5])


def test_a_label_without_a_known_chance_changes_nothing() -> None:
    made = [case(1, [1, 1, 1], [1.0, 0.5, None], [2, 0, 0]), case(2, [1, 1], [1.0, None], [2, 0])]
    assert recall(made).estimate == pytest.approx([1.0, 0.5, 0.5])


def test_labels_of_shown_pages_alone_say_nothing() -> None:
    found = recall([case(1, [1, 1, -1], [1.0, 0.5, None], [2, 2, 0], audited=False)])
    assert np.isnan([found.estimate, found.low, found.high]).all()
    assert (found.positives, found.audits, found.cases) == (0, 0, ())


def test_labels_without_a_relevant_page_say_nothing_of_recall() -> None:
    found = recall([case(4, [0, 0], [1.0, 0.5], [2, 0])])
    assert np.isnan([found.estimate, found.low, found.high]).all()
    assert (found.positives, found.audits, found.cases) == (0, 1, (4,))


def test_no_cases_say_nothing() -> None:
    assert np.isnan(recall([]).estimate).all()


def test_a_rule_that_leaves_nothing_out_misses_nothing() -> None:
    found = recall(shown_and_audited(missed=3))
    assert (found.low[0], found.estimate[0], found.high[0]) == (1.0, 1.0, 1.0)


def test_audits_that_found_nothing_still_allow_missed_pages() -> None:
    """300 shown, 600 audits with chance 0.05 and no find: 0.95^58 = 0.05 allows 58 missed ones, 300 / 358 = 0.838."""
    found = recall(shown_and_audited(missed=0))
    assert found.estimate[1] == 1.0
    assert found.high[1] == 1.0
    assert 0.81 < found.low[1] < 0.838
    believing_silence = 0.05 ** (1 / 300)
    assert found.low[1] < believing_silence - 0.1


def test_more_finds_lower_the_bound() -> None:
    lows = [float(recall(shown_and_audited(missed=missed)).low[1]) for missed in range(6)]
    assert lows == sorted(lows, reverse=True)
    assert len(set(lows)) == 6


def test_more_audits_raise_the_bound() -> None:
    lows = [float(recall(shown_and_audited(missed=0, chance=chance)).low[1]) for chance in (0.02, 0.05, 0.2, 1.0)]
    assert lows == sorted(lows)
    # 300 pages of 30 cases without a miss, all labelled: one-sided Clopper-Pearson says 0.05^(1/300) = 0.990.
    assert lows[-1] == pytest.approx(0.05 ** (1 / 300), abs=0.002)


def test_bounds_enclose_the_estimate_and_fall_with_the_level() -> None:
    rng = np.random.default_rng(3)
    made = []
    for number in range(12):
        reach = rng.integers(0, 50, 60).tolist()
        truth = (rng.random(60) < 0.1 + 0.01 * np.array(reach)).astype(int).tolist()
        made.append(case(number, truth, [1.0 if r > 25 else 0.2 for r in reach], reach))
    found = recall(made, levels=51)
    assert (found.low <= found.estimate).all()
    assert (found.estimate <= found.high).all()
    assert (np.diff(found.low) <= 1e-12).all()
    assert ((found.low >= 0) & (found.high <= 1)).all()
    wide = recall(made, levels=51, confidence=0.99)
    assert (wide.low <= found.low).all()
    assert (wide.high >= found.high).all()


def test_misses_that_come_together_in_one_case_widen_the_interval() -> None:
    def spread(misses: list[int]) -> WeightedRecall:
        made = [case(i, [1] * 10, [1.0] * 10, [0] * missed + [2] * (10 - missed)) for i, missed in enumerate(misses)]
        return recall(made)

    even, together = spread([1] * 8 + [0] * 12), spread([8] + [0] * 19)
    assert even.estimate[1] == together.estimate[1] == pytest.approx(0.96)
    assert together.low[1] < even.low[1] - 0.03


def test_few_cases_widen_the_interval() -> None:
    def low(cases: int) -> float:
        shown = 240 // cases
        made = [case(i, [1] * shown + [0], [1.0] * (shown + 1), [2] * shown + [0]) for i in range(cases)]
        return float(recall(made).low[1])

    assert low(3) < low(6) < low(24)


def test_one_case_says_nothing_of_other_cases() -> None:
    found = recall([case(1, [1, 1, 0], [1.0, 1.0, 1.0], [2, 2, 0])])
    assert found.estimate.tolist() == [1.0, 1.0, 1.0]
    assert found.low.tolist() == [1.0, 0.0, 0.0]
    assert found.high.tolist() == [1.0, 1.0, 1.0]


def test_a_level_that_leaves_out_only_unlabelled_pages_may_miss_them_all() -> None:
    made = [case(i, [1] * 10 + [-1] * 10, [1.0] * 10 + [None] * 10, [2] * 10 + [0] * 10) for i in range(20)]
    found = recall(made)
    assert found.estimate[1] == 1.0
    # 200 relevant pages shown; the 200 below were in the draw and none was drawn. Other cases may have some more below.
    assert 0.44 < found.low[1] <= 0.5


def test_the_audits_needed_grow_with_the_target() -> None:
    made = shown_and_audited(missed=0)
    needed = [audits_needed(pooled(made), 1, recall=target, confidence=0.95) for target in (0.8, 0.85, 0.9, 0.95)]
    assert needed[0] == 600, "those given are enough"
    # No find in pages with chance pi allows 3 / pi missed: 300 / 0.9 leaves room for 33, so pi = 0.09 and 1080 audits.
    assert needed[2] == pytest.approx(1080, rel=0.1)
    assert [n for n in needed if n is not None] == sorted(n for n in needed if n is not None)
    assert None not in needed


def test_audits_cannot_help_where_the_estimate_itself_is_too_low() -> None:
    made = shown_and_audited(missed=3)
    assert recall(made).estimate[1] == pytest.approx(300 / 360)
    assert audits_needed(pooled(made), 1, recall=0.9, confidence=0.95) is None


def test_audits_cannot_help_where_there_are_too_few_cases() -> None:
    made = shown_and_audited(missed=0, cases=3)
    assert audits_needed(pooled(made), 1, recall=0.99, confidence=0.95) is None
    assert audits_needed(pooled([]), 1, recall=0.9, confidence=0.95) is None


def two_criteria(number: int, audited: NDArray[np.bool_]) -> tuple[LabelledCase, Ints]:
    """Row 1: two relevant pages, one of them below and drawn with 0.5. Row 2: one shown and one below as well."""
    reach = np.array([[2, 0, 0, 0], [2, 0, 0, 0]])
    truth = np.array([[1, 1, 0, -1], [1, 1, -1, -1]], dtype=np.int8)
    chance = np.array([[1.0, 0.5, 0.5, np.nan], [1.0, 0.1, np.nan, np.nan]])
    names = ("C1", "C2")
    return (
        LabelledCase(number, names, ("", ""), reach / 10, np.full(4, 1000), truth, chance, audited=audited),
        reach,
    )


def test_rows_that_speak_count_and_rows_beside_them_do_not() -> None:
    made = [two_criteria(i, np.array([True, False])) for i in range(3)]
    labels = pooled(made)
    assert made[0][0].speaks.tolist() == [True, False]
    assert (len(labels.weight), labels.audits, labels.pairs) == (9, 6, 12)
    assert labels.below.tolist() == [0, 9, 9]
    assert labels.unlabelled == 3
    assert recall(made).estimate == pytest.approx([1.0, 1 / 3, 1 / 3])
    both = [two_criteria(i, np.array([True, True])) for i in range(3)]
    assert pooled(both).below.tolist() == [0, 18, 18]
    assert recall(both).estimate == pytest.approx([1.0, 2 / 14, 2 / 14])
    neither = [two_criteria(i, np.array([False, False])) for i in range(3)]
    assert recall(neither).cases == ()


def test_a_whole_row_speaks_beside_a_row_that_does_not() -> None:
    reach = np.array([[2, 0], [2, 0]])
    truth, chance = np.array([[1, 1], [1, 1]], dtype=np.int8), np.array([[1.0, 1.0], [1.0, 0.1]])
    own = LabelledCase(1, ("A", "B"), ("", ""), reach / 10, np.full(2, 9), truth, chance, audited=False)
    labels = pooled([(own, reach)])
    assert (len(labels.weight), labels.pairs, labels.below.tolist()) == (2, 2, [0, 1, 1])


@pytest.mark.parametrize("confidence", [0.0, 0.5, 1.0])
def test_a_bound_has_a_confidence_above_a_half(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"above 0\.5"):
        recall(shown_and_audited(missed=0), confidence=confidence)


def anything(rng: np.random.Generator, number: int) -> tuple[LabelledCase, Ints]:
    shape = int(rng.integers(1, 3)), int(rng.integers(1, 9))
    reach = rng.integers(-1, 3, shape)
    chance = 10.0 ** -(rng.uniform(0, 12, shape) * rng.integers(0, 2, shape))
    chance[rng.random(shape) < 0.2] = np.nan
    truth = rng.choice([-2, -1, 0, 1], shape, p=rng.dirichlet([1, 1, 1, 1])).astype(np.int8)
    names = tuple(f"C{i}" for i in range(shape[0]))
    audited = rng.random(shape[0]) < 0.7
    return (
        LabelledCase(number, names, ("",) * shape[0], reach / 10, np.full(shape[1], 9), truth, chance, audited=audited),
        reach,
    )


def test_bounds_are_bounds_whatever_the_chances_and_the_confidence() -> None:
    """Chances down to 1e-12, confidences as near to a half and to 1 as a float can be; a warning is a failure."""
    rng = np.random.default_rng(11)
    ends = (0.5 + 2**-53, 0.500001, 0.95, 0.999999, 1 - 2**-53)
    for number in range(500):
        made = [anything(rng, i) for i in range(int(rng.integers(1, 6)))]
        confidence = ends[number % 5] if number % 2 else float(rng.uniform(0.501, 0.999))
        found = recall(made, confidence=confidence)
        needed = audits_needed(pooled(made), 1, recall=0.9, confidence=confidence)
        if found.positives:
            assert ((found.low >= 0) & (found.low <= found.estimate)).all()
            assert ((found.estimate <= found.high) & (found.high <= 1)).all()
        assert needed is None or needed >= 0


def test_a_page_that_hardly_could_be_drawn_does_not_make_misses_impossible() -> None:
    """One label below with a chance of 1e-9 beside nine with 1: the next miss weighs little on average, but not 0."""
    chance: list[float | None] = [*[1.0] * 12, 1e-9]
    made = [case(i, [1] * 3 + [0] * 10, chance, [2] * 3 + [0] * 10) for i in range(5)]
    found = recall(made)
    assert found.estimate[1] == 1.0
    assert found.low[1] < 0.95


def test_audits_are_in_all_and_no_more_than_chance_one_everywhere_gives() -> None:
    made = shown_and_audited(missed=0)
    for target in (0.9, 0.95, 0.98):
        needed = audits_needed(pooled(made), 1, recall=target, confidence=0.95)
        assert needed is not None
        assert 600 < needed <= 600 / 0.05
    assert audits_needed(pooled(made), 1, recall=0.995, confidence=0.95) is None
