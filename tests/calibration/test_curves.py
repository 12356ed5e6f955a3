"""What each level of a rule keeps and misses: agreement with the product's own rule, and sums done by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calibration.curves import Family, measure, parts, reach
from core.errors import BadRule
from core.selection import Rule, kept
from tests.calibration.labelled_examples import NAN, case

score = st.one_of(st.sampled_from([NAN, 0.0, 0.29, 0.3, 0.3004, 1.0]), st.floats(0, 1))
matrices = st.integers(1, 7).flatmap(
    lambda pages: st.lists(st.lists(score, min_size=pages, max_size=pages), min_size=1, max_size=4)
)
families = st.one_of(
    st.just(Family()), st.just(Family(ranked=True)), st.integers(1, 8).map(lambda cap: Family(cap=cap))
)


@given(matrices, families, st.integers(0, 3))
def test_a_level_keeps_exactly_what_the_product_keeps_under_its_rule(
    scores: list[list[float]], family: Family, further: int
) -> None:
    """`further`: another case has so many more pages, so that ranked levels begin earlier."""
    own = case(1, scores, [[0] * len(scores[0])] * len(scores))
    longer = case(2, [[0.5] * (len(scores[0]) + further)], [[0] * (len(scores[0]) + further)])
    levels = family.levels([own, longer])
    reached = reach(own, family, len(levels))
    values = {0, 1, 289, 290, 291, 299, 300, 301, 999, 1000, *own.milli.ravel().tolist()}
    for index, level in enumerate(levels.tolist()):
        if family.ranked or level in values or level - 1 in values:
            assert ((reached >= index) == kept(own.milli, family.rule(level))).all(), (level, reached)


def test_rules_of_a_family_are_written_as_the_product_writes_them() -> None:
    assert str(Family().rule(290)) == "probability>=0.29"
    assert str(Family(cap=10).rule(5)) == "probability>=0.005 & top10"
    assert str(Family(ranked=True).rule(7)) == "top7"
    assert Family().levels([]).tolist() == list(range(1001))
    assert Family(ranked=True).levels([case(1, [[0.1, 0.2, 0.3]], [[0, 0, 0]])]).tolist() == [3, 2, 1]
    with pytest.raises(BadRule):
        Family().rule(1001)


@pytest.mark.parametrize(("cap", "ranked"), [(5, True), (0, False)])
def test_a_family_that_means_nothing_is_refused(cap: int, ranked: bool) -> None:
    with pytest.raises(ValueError, match="cap"):
        Family(cap=cap, ranked=ranked)


def test_a_page_beyond_the_cap_is_reached_by_no_level_and_a_gap_by_all() -> None:
    own = case(1, [[0.5, 0.5, 0.7, NAN]], [[0, 0, 0, 0]])
    assert reach(own, Family(cap=2)).tolist() == [[500, -1, 700, 1000]]
    assert reach(own, Family(ranked=True)).tolist() == [[2, 1, 3, 3]]


def test_losses_of_the_three_units_by_hand() -> None:
    """c1 has relevant pages at 0.9 and 0.2, c2 one at 0.5; c3 has none and says nothing about recall."""
    scores = [[0.9, 0.2, 0.1], [0.3, 0.5, 0.1], [0.8, 0.8, 0.8]]
    measured = measure([case(7, scores, [[1, 1, 0], [0, 1, 0], [0, 0, 0]])], Family())
    at = [200, 201, 500, 501, 900, 901]
    assert measured.exact_cases == (7,)
    assert measured.losses["page"][0, at] == pytest.approx([0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1])
    assert measured.losses["criterion"][0, at].tolist() == [0, 0, 0, 0.5, 0.5, 1]
    assert measured.losses["case"][0, at].tolist() == [0, 0, 0, 1, 1, 1]
    assert (measured.positives, measured.labels, measured.exact_positives, measured.exact_labels) == (3, 9, 3, 6)
    assert measured.recall["criterion"][at].tolist() == [1, 1, 1, 0.5, 0.5, 0]


def test_losses_rise_with_the_level() -> None:
    rng = np.random.default_rng(3)
    cases = [case(i, rng.random((5, 20)).tolist(), (rng.random((5, 20)) < 0.2).astype(int).tolist()) for i in range(6)]
    for family in (Family(), Family(cap=4), Family(ranked=True)):
        measured = measure(cases, family)
        assert all((np.diff(losses, axis=1) >= 0).all() for losses in measured.losses.values())
        assert all((np.diff(curve) <= 1e-12).all() for curve in (measured.kept, measured.pages_together))


def test_costs_are_means_over_criteria_and_then_over_cases() -> None:
    """At 0.5 the first case keeps pages 1 and 2 of 100 and 300 characters for a criterion each, the second none."""
    cases = [
        case(1, [[0.5, 0.1, 0.1], [0.1, 0.5, 0.1]], [[-1] * 3] * 2, chars=[100, 300, 600]),
        case(2, [[0.1, 0.1]], [[-1] * 2], chars=[50, 50]),
    ]
    measured = measure(cases, Family())
    assert measured.kept[[0, 500, 501]] == pytest.approx([1, (0.1 + 0.3) / 2 / 2, 0])
    assert measured.kept_together[[0, 500]] == pytest.approx([1, 0.4 / 2])
    assert measured.pages[[0, 500]] == pytest.approx([(3 + 2) / 2, 1 / 2])
    assert measured.pages_together[[0, 500]] == pytest.approx([(3 + 2) / 2, 2 / 2])


def test_a_page_drawn_with_a_small_chance_stands_for_many() -> None:
    """Shown pages at 0.8 with chance 1, one audited page at 0.1 with chance 0.25: recall at 0.5 is 4 of 4 + 4."""
    own = case(1, [[0.8] * 4 + [0.1] * 3], [[1] * 4 + [1, -1, -1]], inclusion=[[1.0] * 4 + [0.25, NAN, NAN]])
    measured = measure([own], Family())
    assert measured.recall["page"][[100, 500, 801]] == pytest.approx([1, 0.5, 0])
    assert np.isnan(measured.recall["criterion"]).all()
    assert measured.losses["case"].shape == (0, 1001)


def test_labels_without_a_known_chance_enter_nothing() -> None:
    own = case(1, [[0.8, 0.1]], [[1, 1]], inclusion=[[NAN, NAN]])
    measured = measure([own], Family())
    assert np.isnan(measured.recall["page"]).all()
    assert (measured.labels, measured.positives, measured.only_shown) == (0, 0, True)


def test_a_case_without_an_audit_counts_by_its_complete_criteria() -> None:
    scores = [[0.8, 0.1], [0.8, 0.1]]
    own = case(1, scores, [[1, 1], [1, -1]], inclusion=[[1, 1], [1, NAN]], audited=False)
    measured = measure([own], Family())
    assert (measured.labels, measured.positives) == (2, 2)
    assert measured.recall["page"][500] == 0.5


def test_nothing_to_measure_is_not_an_error() -> None:
    for cases in ([], [case(1, [[]], [[]])]):
        measured = measure(cases, Family())
        assert np.isnan(measured.kept).all()
        assert measured.exact_cases == ()


def test_parts_agree_with_the_same_criteria_measured_alone() -> None:
    rng = np.random.default_rng(5)
    cases = []
    for i in range(4):
        truth = (rng.random((3, 12)) < 0.3).astype(int)
        inclusion = np.where(rng.random((3, 12)) < 0.5, 0.5, NAN)
        inclusion[i % 3] = 1.0
        truth[np.isnan(inclusion)] = -1
        cases.append(case(i, rng.random((3, 12)).tolist(), truth.tolist(), inclusion=inclusion.tolist()))
    for family in (Family(), Family(cap=3), Family(ranked=True)):
        found = parts(cases, [c.criteria for c in cases], family, Rule(0.4))
        assert [part.name for part in found] == ["c1", "c2", "c3"]
        for row, part in enumerate(found):
            alone = measure(
                [
                    case(
                        c.case, [c.scores[row].tolist()], [c.truth[row].tolist()], inclusion=[c.inclusion[row].tolist()]
                    )
                    for c in cases
                ],
                family,
            )
            assert part.losses == pytest.approx(alone.losses["page"])
            assert part.recall == pytest.approx(alone.recall["page"])
            assert (part.positives, part.exact_cases) == (alone.positives, len(alone.exact_cases))
            if not family.ranked and family.cap is None:
                assert part.at_rule == pytest.approx(alone.recall["page"][400])
                assert part.pages == pytest.approx(alone.pages[400])


def test_separation_by_hand() -> None:
    """Relevant at 0.6 and 0.2, others at 0.4, 0.2 and a gap: two above and one tie of 4 pairs."""
    own = case(1, [[0.6, 0.2, 0.4, 0.2, NAN]], [[1, 1, 0, 0, 0]])
    part = parts([own], [own.criteria], Family(), Rule(0.3))[0]
    assert part.auc == pytest.approx(2.5 / 4)
    assert part.gap == pytest.approx(0.4 - 0.3)
    assert part.at_rule == 0.5
    assert part.pages == 3.0
    assert (part.positives, part.negatives, part.labelled_cases) == (2, 3, 1)


def test_a_group_is_one_part_over_its_criteria() -> None:
    own = case(1, [[0.6, 0.2], [0.1, 0.2], [0.5, 0.5]], [[1, 0], [1, 0], [0, 0]], groups=("a", "a", "b"))
    a, b = parts([own], [own.groups], Family(), Rule(0.3))
    assert (a.name, a.positives, a.at_rule, a.losses[0, 300]) == ("a", 2, 0.5, 0.5)
    assert (b.name, b.positives, b.at_rule, b.exact_cases, b.auc) == ("b", 0, None, 0, None)
    assert parts([], [], Family(), Rule(0.3)) == []


def test_the_text_that_a_part_keeps_is_the_mean_over_its_criteria_and_cases() -> None:
    """300 and 100 characters: at 0.50 "a" keeps 3/4 and all of the first case, 1/4 of the second: (3 + 4 + 1) / 12."""
    first = case(1, [[0.8, 0.1], [0.6, 0.7]], [[1, 0], [1, 0]], chars=[300, 100])
    second = case(2, [[0.1, NAN], [0.2, 0.2]], [[1, 0], [1, 0]], chars=[300, 100])
    empty = case(3, [[0.9, 0.9]], [[1, 0]], chars=[0, 0])
    a, b, c = parts([first, second, empty], [["a", "a"], ["a", "b"], ["c"]], Family(), Rule(0.5))
    assert a.kept[[0, 500, 1000]] == pytest.approx([1.0, 8 / 12, 1 / 12])
    assert b.kept[[0, 500]] == pytest.approx([1.0, 0.0])
    assert np.isnan(c.kept).all()
