"""Drawing for labels: chances that add up, numbers that never change, and an order that tells nothing."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from core.calibration.sampling import FLOOR, Frame, chances, draw, raised, uniform, uniforms
from core.domain import PageRef
from core.rounds import Drawn, RoundPlan
from core.selection import Rule, kept

RULE = Rule(threshold=0.4)
SEED = 20_261


def frame(case: int, probabilities: NDArray[np.float64], *, recalibrated: bool = True) -> Frame:
    criteria, pages = probabilities.shape
    return Frame(
        case,
        tuple(PageRef(f"{case:064x}", number + 1) for number in range(pages)),
        tuple(f"C{i}" for i in range(criteria)),
        compared=probabilities,
        scores=probabilities / 2 if recalibrated else probabilities,
        recalibrated=recalibrated,
        eligible=np.ones(probabilities.shape, dtype=np.bool_),
        labelled=np.zeros(probabilities.shape, dtype=np.bool_),
    )


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    """20 cases, 10 criteria, 60 pages: 12,000 pairs, some 5 % of them kept."""
    rng = np.random.default_rng(1)
    return [frame(case, rng.beta(0.3, 3, (10, 60))) for case in range(1, 21)]


def pairs(drawn: list[Drawn]) -> set[tuple[int, PageRef, str]]:
    return {(one.case, one.page, one.criterion) for one in drawn}


def arm(drawn: list[Drawn], name: str) -> list[Drawn]:
    return [one for one in drawn if one.arm == name]


def test_a_number_belongs_to_its_pair_and_to_nothing_else() -> None:
    pages = tuple(PageRef("a" * 64, number) for number in (1, 2, 3))
    together = uniforms(SEED, 7, ("C1", "C2"), pages)
    assert together.shape == (2, 3)
    assert together[1, 2] == uniform(SEED, 7, "C2", pages[2])
    assert uniforms(SEED, 7, ("C2", "C9"), pages[::-1])[0, 0] == together[1, 2]
    others = {
        uniform(SEED + 1, 7, "C2", pages[2]),
        uniform(SEED, 8, "C2", pages[2]),
        uniform(SEED, 7, "C3", pages[2]),
        uniform(SEED, 7, "C2", PageRef("b" * 64, 3)),
        uniform(SEED, 7, "C2", PageRef("a" * 64, 4)),
    }
    assert len(others | {together[1, 2]}) == 6
    assert uniforms(SEED, 7, (), pages).shape == (0, 3)
    assert uniforms(SEED, 7, ("C1",), ()).shape == (1, 0)


def test_a_number_stays_the_same_for_ever() -> None:
    """Labels of years rest on it: a change would break every chance on record."""
    assert uniform(1, 2, "C1", PageRef("ab" * 32, 3)) == 0.8443134663921504


def test_numbers_are_even_and_independent_along_rows_and_columns() -> None:
    pages = tuple(PageRef("c" * 64, number) for number in range(1, 401))
    numbers = uniforms(SEED, 1, tuple(f"C{i}" for i in range(400)), pages)
    counts = np.histogram(numbers, bins=20, range=(0, 1))[0]
    assert ((counts - 8000) ** 2 / 8000).sum() < 43.8  # 99.9 % of chi-squared with 19 degrees of freedom
    centred = numbers - 0.5
    for product in (centred[1:] * centred[:-1], centred[:, 1:] * centred[:, :-1]):
        assert abs(product.mean()) < 4 / 12 / np.sqrt(product.size)
    # Rows and columns leave no pattern of their own: the two-way remainder has the variance of independent numbers.
    remainder = numbers[1:, 1:] - numbers[1:, :-1] - numbers[:-1, 1:] + numbers[:-1, :-1]
    assert remainder.var() == pytest.approx(4 / 12, rel=0.02)


def test_chances_sum_to_the_plan(frames: list[Frame]) -> None:
    plan = RoundPlan(shown=60, audit=120)
    shown = audited = 0.0
    for one, chance in zip(frames, chances(frames, plan, rule=RULE), strict=True):
        keep = one.compared >= 0.4
        shown += chance[keep].sum()
        audited += chance[~keep].sum()
        assert ((chance > 0) & (chance <= 1)).all()
    assert shown == pytest.approx(60)
    assert audited == pytest.approx(120)


def test_an_audit_goes_by_the_root_of_the_probability() -> None:
    chance = chances([frame(1, np.array([[0.9, 0.36, 0.09, 0.04, 0.0]]))], RoundPlan(1, 1, 0), rule=RULE)[0][0]
    assert chance[0] == 1.0
    assert chance[1] / chance[2] == pytest.approx(2.0)
    assert chance[2] / chance[3] == pytest.approx(1.5)
    assert chance[4] / chance[3] == pytest.approx((FLOOR / 0.04) ** 0.5)
    assert chance[1:].sum() == pytest.approx(1.0)


def test_a_chance_is_never_above_one_and_the_others_take_over() -> None:
    # Roots 0.6, 0.2, 0.2, 0.2: two audits give the first just 2 * 0.6 / 1.2 = 1; three would give it 1.5.
    probabilities = np.array([[0.36, 0.04, 0.04, 0.04]])
    assert chances([frame(1, probabilities)], RoundPlan(0, 2, 0), rule=RULE)[0][0] == pytest.approx([1, *[1 / 3] * 3])
    assert chances([frame(1, probabilities)], RoundPlan(0, 3, 0), rule=RULE)[0][0] == pytest.approx([1, *[2 / 3] * 3])
    for audits in (4, 400):
        assert (chances([frame(1, probabilities)], RoundPlan(0, audits, 0), rule=RULE)[0] == 1.0).all()
    assert (chances([frame(1, probabilities)], RoundPlan(0, 0, 0), rule=RULE)[0] == 0.0).all()


def test_the_score_stands_in_where_there_is_no_recalibration() -> None:
    one = frame(1, np.array([[0.36, 0.09, 0.5]]), recalibrated=False)
    chance = chances([one], RoundPlan(1, 1, 0), rule=RULE)[0][0]
    assert chance[0] / chance[1] == pytest.approx(2.0)
    drawn = draw([one], RoundPlan(whole=True), rule=RULE, seed=SEED)
    assert all(d.probability is None and d.score is not None for d in drawn)


def test_as_many_are_drawn_as_planned_give_or_take_chance(frames: list[Frame]) -> None:
    plan = RoundPlan(shown=200, audit=400, uncertainty=30)
    sizes = [
        [len(arm(draw(frames, plan, rule=RULE, seed=seed), name)) for name in ("shown", "audit", "uncertainty")]
        for seed in range(6)
    ]
    mean = np.mean(sizes, axis=0)
    assert mean[0] == pytest.approx(200, abs=4 * (200 / 6) ** 0.5)
    assert mean[1] == pytest.approx(400, abs=4 * (400 / 6) ** 0.5)
    assert mean[2] == 30


def test_every_pair_carries_its_arm_its_chance_and_what_the_scorer_said(frames: list[Frame]) -> None:
    plan = RoundPlan(shown=200, audit=400, uncertainty=30)
    known = chances(frames, plan, rule=RULE)
    drawn = draw(frames, plan, rule=RULE, seed=SEED)
    assert len(pairs(drawn)) == len(drawn)
    for one in drawn:
        case = frames[one.case - 1]
        at = case.criteria.index(one.criterion), case.pages.index(one.page)
        assert (one.score, one.probability) == (case.scores[at], case.compared[at])
        if one.arm == "uncertainty":
            assert one.inclusion_probability is None
        else:
            assert one.inclusion_probability == known[one.case - 1][at]
            assert (one.arm == "shown") == (case.compared[at] >= 0.4)
            assert uniform(SEED, one.case, one.criterion, one.page) < known[one.case - 1][at]


def test_the_same_seed_draws_the_same_in_the_same_order(frames: list[Frame]) -> None:
    first = draw(frames, RoundPlan(), rule=RULE, seed=SEED)
    assert draw(frames, RoundPlan(), rule=RULE, seed=SEED) == first
    assert draw(frames[::-1], RoundPlan(), rule=RULE, seed=SEED) == first
    assert pairs(draw(frames, RoundPlan(), rule=RULE, seed=SEED + 1)) != pairs(first)


def test_a_later_round_with_larger_numbers_only_adds(frames: list[Frame]) -> None:
    small, large = RoundPlan(60, 120, 0), RoundPlan(90, 300, 0)
    first = draw(frames, small, rule=RULE, seed=SEED)
    assert pairs(first) <= pairs(draw(frames, large, rule=RULE, seed=SEED))
    done = pairs(first)
    after = [
        replace(f, labelled=np.array([[(f.case, page, c) in done for page in f.pages] for c in f.criteria]))
        for f in frames
    ]
    assert draw(after, small, rule=RULE, seed=SEED) == []
    added = draw(after, large, rule=RULE, seed=SEED)
    assert not pairs(added) & done
    assert pairs(added) | done == pairs(draw(frames, large, rule=RULE, seed=SEED))
    for before, now in zip(chances(frames, large, rule=RULE), chances(after, large, rule=RULE), strict=True):
        assert (before == now).all(), "a pair that was labelled still has its chance"


def test_a_pair_that_was_judged_before_and_is_drawn_again_takes_the_chance_of_the_new_round() -> None:
    one = frame(1, np.array([[0.9, 0.36, 0.09], [0.5, np.nan, 0.09]]))
    one.labelled[:] = True
    known = chances([one], RoundPlan(1, 1, 0), rule=RULE)[0]
    seen: set[tuple[int, int]] = set()
    for seed in range(60):
        again = raised([one], RoundPlan(1, 1, 0), rule=RULE, seed=seed)
        number = uniforms(seed, 1, one.criteria, one.pages)
        at = [(one.criteria.index(r.criterion), one.pages.index(r.page)) for r in again]
        assert all(number[place] < known[place] for place in at)
        assert [r.inclusion_probability for r in again] == [known[place] for place in at]
        assert len(at) == int((number < known).sum())
        seen |= set(at)
    assert seen == {(0, 0), (0, 1), (0, 2), (1, 0), (1, 2)}, "a gap is in no round"


def test_a_share_is_judged_twice_and_a_larger_share_only_adds(frames: list[Frame]) -> None:
    def twice(share: float) -> set[tuple[int, PageRef, str]]:
        drawn = draw(frames, RoundPlan(300, 600, 50, twice=share), rule=RULE, seed=SEED)
        return pairs([one for one in drawn if one.twice])

    assert twice(0.0) == set()
    assert 60 < len(twice(0.1)) < 135
    assert twice(0.1) < twice(0.3)
    assert twice(1.0) == pairs(draw(frames, RoundPlan(300, 600, 50), rule=RULE, seed=SEED))


def test_copies_gaps_and_unread_pages_are_never_drawn() -> None:
    probabilities = np.random.default_rng(2).beta(0.5, 2, (6, 40))
    probabilities[:, 3] = np.nan
    one = frame(1, probabilities)
    one.eligible[:, 5] = False
    for plan in (RoundPlan(10**6, 10**6, 10**6), RoundPlan(20, 40, 10**6), RoundPlan(whole=True)):
        drawn = draw([one], plan, rule=RULE, seed=SEED)
        assert len(drawn) == len(pairs(drawn)) == 6 * 38
        assert not {d.page.number for d in drawn} & {4, 6}
        assert (chances([one], plan, rule=RULE)[0][:, [3, 5]] == 0).all()


def test_a_whole_case_is_drawn_with_certainty(frames: list[Frame]) -> None:
    drawn = draw(frames[:1], RoundPlan(whole=True), rule=RULE, seed=SEED)
    assert len(drawn) == 600
    assert {one.inclusion_probability for one in drawn} == {1.0}
    assert len(arm(drawn, "shown")) == int((frames[0].compared >= 0.4).sum())
    assert len(arm(drawn, "shown")) + len(arm(drawn, "audit")) == 600


def test_the_uncertain_pairs_are_those_nearest_to_the_threshold() -> None:
    one = frame(1, np.array([[0.9, 0.45, 0.41, 0.38, 0.1, 0.01]]))
    drawn = draw([one], RoundPlan(0, 0, 3), rule=RULE, seed=SEED)
    assert {d.page.number for d in drawn} == {2, 3, 4}
    assert {d.arm for d in drawn} == {"uncertainty"}
    judged = replace(one, judged=np.array([[False, False, True, False, False, False]]))
    assert {d.page.number for d in draw([judged], RoundPlan(0, 0, 2), rule=RULE, seed=SEED)} == {2, 4}
    labelled = replace(one, labelled=np.array([[False, False, False, True, False, False]]))
    assert {d.page.number for d in draw([labelled], RoundPlan(0, 0, 2), rule=RULE, seed=SEED)} == {2, 3}


def test_without_a_threshold_the_uncertain_pairs_stand_around_the_last_rank_kept() -> None:
    one = frame(1, np.array([[0.9, 0.8, 0.7, 0.3, 0.2, 0.1]]))
    drawn = draw([one], RoundPlan(0, 0, 2), rule=Rule(threshold=None, top_k=3), seed=SEED)
    assert {d.page.number for d in drawn} == {3, 4}


def test_a_rule_on_the_score_looks_at_the_score() -> None:
    one = frame(1, np.array([[0.9, 0.5]]))
    drawn = draw([one], RoundPlan(whole=True), rule=Rule(threshold=0.4, on="score"), seed=SEED)
    assert {d.page.number: d.arm for d in drawn} == {1: "shown", 2: "audit"}


def test_a_reviewer_stays_in_a_case_and_with_a_criterion(frames: list[Frame]) -> None:
    drawn = draw(frames, RoundPlan(400, 800, 50), rule=RULE, seed=SEED)
    for key in ([one.case for one in drawn], [(one.case, one.criterion) for one in drawn]):
        starts = [b for a, b in pairwise(key) if a != b]
        assert len(starts) == len(set(starts))
    assert [one.case for one in drawn] != sorted(one.case for one in drawn)


def test_the_place_of_a_page_tells_nothing_of_its_arm(frames: list[Frame]) -> None:
    """Within a criterion: neighbours share an arm as often as any two of its pages, and the arms stand as early."""
    same = expected = variance = early = 0.0
    for seed in range(6):
        groups: dict[tuple[int, str], list[bool]] = {}
        for one in draw(frames, RoundPlan(300, 900, 0), rule=RULE, seed=seed):
            groups.setdefault((one.case, one.criterion), []).append(one.arm == "shown")
        for arms in groups.values():
            n, shown = len(arms), sum(arms)
            if 0 < shown < n:
                rate = (shown * (shown - 1) + (n - shown) * (n - shown - 1)) / (n * (n - 1))
                same += sum(a == b for a, b in pairwise(arms))
                expected += (n - 1) * rate
                variance += (n - 1) * rate * (1 - rate)
                early += sum(place - (n - 1) / 2 for place, is_shown in enumerate(arms) if is_shown) / n
    assert abs(same - expected) < 4 * variance**0.5
    assert abs(early) < 4 * (6 * 200 / 12) ** 0.5


def test_the_order_has_no_part_in_the_draw(frames: list[Frame]) -> None:
    drawn = arm(draw(frames, RoundPlan(0, 3000, 0), rule=RULE, seed=SEED), "audit")
    numbers = [uniform(SEED, one.case, one.criterion, one.page) for one in drawn]
    rising = np.mean([b > a for a, b in pairwise(numbers)])
    assert rising == pytest.approx(0.5, abs=4 * 0.5 / len(drawn) ** 0.5)


def test_nothing_to_draw_from_draws_nothing() -> None:
    assert draw([], RoundPlan(), rule=RULE, seed=SEED) == []
    assert draw([frame(1, np.full((2, 3), np.nan))], RoundPlan(), rule=RULE, seed=SEED) == []
    assert draw([frame(1, np.empty((0, 3)))], RoundPlan(), rule=RULE, seed=SEED) == []


def test_shown_means_kept_by_the_rule_in_force(frames: list[Frame]) -> None:
    rule = Rule(threshold=0.2, top_k=5)
    drawn = draw(frames[:3], RoundPlan(whole=True), rule=rule, seed=SEED)
    assert len(arm(drawn, "shown")) == sum(
        int(kept((np.floor(f.compared * 1000 + 1e-4)).astype(np.uint16), rule).sum()) for f in frames[:3]
    )


def test_as_many_as_there_are_or_more_are_drawn_for_certain() -> None:
    """1 / sqrt(p) * sqrt(p) is less than 1 for 146 of these probabilities, and their rows were never whole."""
    for probability in np.linspace(0.003, 0.399, 397):
        one = frame(1, np.array([[0.8, probability, probability, 0.001]]))
        for audits in (3, 50):
            assert (chances([one], RoundPlan(4, audits, 0), rule=RULE)[0] == 1.0).all()


def test_a_page_whose_chance_comes_to_one_is_drawn_for_certain() -> None:
    """Two of three pages, one 9 times as probable as the others: 2 * 3 / 5 is above 1, so it is certain."""
    for probability in np.linspace(0.004, 0.04, 300):
        chance = chances(
            [frame(1, np.array([[9 * probability, probability, probability]]))], RoundPlan(0, 2, 0), rule=RULE
        )
        assert chance[0][0, 0] == 1.0
        assert chance[0][0, 1:] == pytest.approx([0.5, 0.5])
