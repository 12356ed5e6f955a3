"""After publication: when the newer cases say that a promise still holds, may be falling, or no longer holds."""

import numpy as np
import pytest

from core.calibration.drift import FEWEST_CASES, Drift, watch
from core.calibration.labelled import LabelledCase
from core.certificates import Method, Target, Unit
from core.selection import Rule

RULE = Rule(threshold=0.5)


def case(
    number: int,
    relevant: list[list[float]],
    *,
    rest: float = 0.1,
    chance: float = 1.0,
    probabilities: float | None = None,
) -> LabelledCase:
    """One criterion for each list: a relevant page at each of its scores, and others at `rest`, to 6 pages in all."""
    scores = np.array([[*row, *[rest] * (6 - len(row))] for row in relevant])
    truth = np.array([[1] * len(row) + [0] * (6 - len(row)) for row in relevant], dtype=np.int8)
    rows, pages = scores.shape
    return LabelledCase(
        number,
        tuple(f"C{i}" for i in range(rows)),
        ("",) * rows,
        scores,
        np.full(pages, 1000),
        truth,
        np.full(scores.shape, chance),
        audited=True,
        probabilities=None if probabilities is None else np.full(scores.shape, probabilities),
    )


def good(n: int, start: int = 0) -> list[LabelledCase]:
    """Two criteria each, all evidence kept."""
    return [case(start + i, [[0.9], [0.8]]) for i in range(n)]


def bad(n: int, start: int = 0) -> list[LabelledCase]:
    """Two criteria each, one of which keeps nothing."""
    return [case(start + i, [[0.9], [0.2]]) for i in range(n)]


def seen(after: list[LabelledCase], unit: Unit = "criterion", method: Method = "ltt", recall: float = 0.9) -> Drift:
    return watch(good(10, 100), after, rule=RULE, target=Target(recall, unit, method))


def test_a_promise_that_is_kept_is_ok() -> None:
    found = seen(good(40))
    assert (found.state, found.recall, found.high, found.cases, found.positives) == ("ok", 1, 1, 40, 80)
    assert found.low == pytest.approx(0.05 ** (1 / 40))
    assert found.sentences[0] == (
        "100 % of criteria with evidence kept in 40 cases labelled since (between 92.7 % and 100 %); the target is "
        "90 %. The rule does what it promised."
    )


def test_below_the_target_but_within_chance_is_falling() -> None:
    # 2 of 8 cases keep one of two criteria: recall 0.875.
    found = seen(bad(2) + good(6, 50))
    assert found.state == "falling"
    assert found.recall == pytest.approx(0.875)
    assert found.high is not None
    assert found.high >= 0.9


def test_an_upper_bound_below_the_target_is_an_alarm() -> None:
    found = seen(bad(15) + good(2, 50))
    assert found.state == "alarm"
    assert found.high is not None
    assert found.high < 0.9
    assert "certify again" in found.sentences[0]


def test_exactly_the_target_is_ok() -> None:
    found = seen(bad(2) + good(8, 50))
    assert found.recall == pytest.approx(0.9)
    assert found.state == "ok"


def test_few_cases_say_too_little_unless_they_are_very_bad() -> None:
    few = seen(good(FEWEST_CASES - 1))
    assert few.state == "too_few"
    assert few.sentences[0].endswith("Too few to say: 1 more labelled case with evidence needed.")
    lost = [case(i, [[0.1], [0.2]]) for i in range(FEWEST_CASES - 1)]
    assert seen(lost).state == "alarm"


def test_without_new_labels_nothing_is_said() -> None:
    found = seen([])
    assert (found.state, found.recall, found.low, found.high, found.cases) == ("too_few", None, None, None, 0)
    assert "5 more labelled cases" in found.sentences[0]


def test_the_unit_is_the_targets() -> None:
    after = bad(5) + good(5, 50)
    assert seen(after, "criterion").recall == pytest.approx(0.75)
    assert seen(after, "case").recall == pytest.approx(0.5)
    assert seen(after, "page").recall == pytest.approx(0.75)


def test_a_page_drawn_with_a_small_chance_weighs_more() -> None:
    # Shown pages kept with chance 1, and missed ones found by an audit with chance 0.5: 10 of 10 + 2 * 5.
    after = []
    for i in range(10):
        made = case(i, [[0.9, 0.2]] if i < 5 else [[0.9]], chance=0.5)
        made.inclusion[0, 0] = 1.0
        after.append(made)
    found = seen(after, "page", "audit")
    assert found.recall == pytest.approx(0.5)
    assert found.state == "alarm"
    assert (found.cases, found.positives) == (10, 15)


def test_a_target_on_pages_falls_back_on_weighted_labels_and_others_do_not() -> None:
    after = [case(i, [[0.9, 0.2]], chance=0.5) for i in range(10)]
    assert seen(after, "page", "ltt").recall == pytest.approx(0.5)
    assert seen(after, "criterion", "ltt").state == "too_few"


def test_a_rule_with_a_number_of_pages_is_watched_as_it_is() -> None:
    after = [case(i, [[0.4, 0.3], [0.8]]) for i in range(8)]
    best = watch([], after, rule=Rule(None, 1), target=Target(0.9, "page"))
    assert best.recall == pytest.approx(2 / 3)
    assert watch([], after, rule=Rule(None, 500), target=Target(0.9, "page")).recall == 1
    both = watch([], after, rule=Rule(0.35, 2), target=Target(0.9, "page"))
    assert both.recall == pytest.approx(2 / 3)


def test_a_rule_on_scores_is_watched_on_scores() -> None:
    after = [case(i, [[0.9]], probabilities=0.1) for i in range(8)]
    assert watch([], after, rule=Rule(0.5), target=Target(0.9)).recall == 0
    assert watch([], after, rule=Rule(0.5, on="score"), target=Target(0.9)).recall == 1


def test_scores_of_another_kind_of_case_are_noticed_although_recall_holds() -> None:
    before = [case(i, [[0.9 + i / 1000]]) for i in range(12)]
    after = [case(i, [[0.6 + i / 1000]]) for i in range(12)]
    found = watch(before, after, rule=RULE, target=Target(0.9))
    assert found.state == "ok"
    assert found.shifted
    assert found.distance == 1
    assert found.compared == (12, 12)
    assert "score differently: 0.61 since, 0.91 before" in found.sentences[1]


def test_scores_of_the_same_kind_of_case_are_not_called_shifted() -> None:
    draw = np.random.default_rng(1)
    before, after = ([case(i, [[s]]) for i, s in enumerate(draw.uniform(0.5, 1, 20))] for _ in range(2))
    found = watch(before, after, rule=RULE, target=Target(0.9))
    assert not found.shifted
    assert found.p_value is not None


def test_scores_of_few_cases_are_not_compared() -> None:
    found = watch(good(7), good(30, 50), rule=RULE, target=Target(0.9))
    assert (found.shifted, found.p_value, found.distance, found.compared) == (False, None, None, (7, 30))
    assert found.sentences[1].startswith("Too few cases to say")


def test_a_case_without_any_score_takes_no_part_in_the_comparison() -> None:
    silent = case(99, [[np.nan]], rest=np.nan)
    half = case(98, [[0.7], [np.nan]], rest=np.nan)
    assert watch([*good(8), silent, half], good(8, 50), rule=RULE, target=Target(0.9)).compared == (9, 8)
