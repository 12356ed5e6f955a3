"""Agreement of several people: published examples, the definitions by brute force, and what happens at the ends."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, permutations
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from core.agreement import FEWEST_CASES, Agreement, Figure, Unit, agreement

YES_NO = ("yes", "no")


def table(*raters: str) -> list[Unit]:
    """One line of categories for each rater, a character for each unit; "." for what is missing. A unit is a case."""
    columns = zip(*(line.replace(" ", "") for line in raters), strict=True)
    return [
        Unit(case, "C", {f"r{n}": value for n, value in enumerate(column) if value != "."})
        for case, column in enumerate(columns)
    ]


def measured(units: Sequence[Unit], categories: str = "12345") -> Agreement:
    return agreement(units, tuple(categories), seed=7)


# Published examples


def test_krippendorffs_example_with_four_observers_and_missing_data() -> None:
    # Krippendorff 2011, C: twelve units, the last judged by one observer alone.
    found = measured(table("123321412...", "1233224125.3", ".3332342251.", "12332441251."))
    assert found.alpha.value == pytest.approx(0.743, abs=5e-4)
    assert (found.n, found.alone) == (11, 1)


def test_krippendorffs_examples_with_two_observers() -> None:
    # Krippendorff 2011, A (binary data) and B (nominal data).
    assert measured(table("0100000010", "1110010000"), "01").alpha.value == pytest.approx(0.095, abs=5e-4)
    assert measured(table("aabbdcccedda", "babbbccceddd"), "abcde").alpha.value == pytest.approx(0.692, abs=5e-4)


def test_the_example_of_three_coders_of_the_encyclopedias() -> None:
    found = measured(table(".....34121133.3", "1.213343.......", "..21344.21133.4"), "1234")
    assert found.alpha.value == pytest.approx(0.691, abs=5e-4)


FLEISS = """
0 0 0 0 14
0 2 6 4 2
0 0 3 5 6
0 3 9 2 0
2 2 8 1 1
7 7 0 0 0
3 2 6 3 0
2 5 3 2 2
6 5 2 1 0
0 2 2 3 7
"""


def test_fleiss_kappa_of_fourteen_raters() -> None:
    lines = [
        "".join(c * int(n) for c, n in zip("12345", row.split(), strict=True)) for row in FLEISS.split("\n") if row
    ]
    units = [Unit(case, "C", {f"r{n:02}": c for n, c in enumerate(line)}) for case, line in enumerate(lines)]
    found = measured(units)
    assert found.fleiss.value == pytest.approx(0.210, abs=5e-4)
    assert (found.fleiss.n, found.fleiss_ratings) == (10, 14)
    assert found.prevalence["1"] == pytest.approx(0.143, abs=5e-4)
    assert found.cohen == Figure(None, None, 0)


def test_cohens_kappa_of_a_textbook_table() -> None:
    # 50 pairs, 35 alike; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5; kappa 0.4.
    found = measured(table("y" * 25 + "n" * 25, "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15), "yn")
    assert found.observed.value == pytest.approx(0.7)
    assert found.cohen.value == pytest.approx(0.4)
    assert found.adjusted.value == pytest.approx(0.4)
    assert found.confusion == {("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}
    assert found.prevalence == pytest.approx({"y": 0.55, "n": 0.45})
    assert found.differing == 15


# Definitions, by brute force

UNITS = st.lists(
    st.tuples(st.integers(0, 4), st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), max_size=4)),
    max_size=12,
).map(lambda drawn: [Unit(case, "C", ratings) for case, ratings in drawn])


def same(found: float | None, wanted: Fraction | None) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    return found == pytest.approx(float(wanted), abs=1e-9)


def alpha_by_definition(units: Sequence[Unit]) -> Fraction | None:
    """1 - observed / expected disagreement, over ordered pairs of values, as the paper writes it first."""
    values = [list(unit.ratings.values()) for unit in units if len(unit.ratings) > 1]
    pool = [value for unit in values for value in unit]
    n = len(pool)
    expected = Fraction(sum(a != b for a, b in permutations(pool, 2)))
    if not expected:
        return None
    seen: Fraction = sum(
        (Fraction(sum(a != b for a, b in permutations(u, 2)), len(u) - 1) for u in values), Fraction(0)
    )
    return Fraction(1) - (seen / n) / (expected / Fraction(n * (n - 1)))


def observed_by_definition(units: Sequence[Unit]) -> Fraction | None:
    shares: list[Fraction] = []
    for unit in units:
        pairs = list(combinations(unit.ratings.values(), 2))
        if pairs:
            shares.append(Fraction(sum(a == b for a, b in pairs), len(pairs)))
    return sum(shares, Fraction(0)) / Fraction(len(shares)) if shares else None


@given(UNITS)
@settings(deadline=None)
def test_alpha_and_agreement_are_what_their_definitions_say(units: list[Unit]) -> None:
    found = measured(units, "xyz")
    assert same(found.alpha.value, alpha_by_definition(units))
    wanted = observed_by_definition(units)
    assert same(found.observed.value, wanted)
    assert same(found.adjusted.value, None if wanted is None else (3 * wanted - 1) / 2)
    assert found.n + found.alone == sum(bool(unit.ratings) for unit in units)
    pairs = sum(len(u.ratings) * (len(u.ratings) - 1) // 2 for u in units)
    assert sum(found.confusion.values()) == pairs


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz")), min_size=1, max_size=30))
@settings(deadline=None)
def test_cohens_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    first, second = zip(*pairs, strict=True)
    found = measured(table("".join(first), "".join(second)), "xyz").cohen.value
    if len(set(first) | set(second)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(cohen_kappa_score(first, second))


@given(UNITS)
@settings(deadline=None)
def test_every_figure_lies_where_it_may(units: list[Unit]) -> None:
    found = measured(units, "xyz")
    for figure in (found.cohen, found.fleiss, found.alpha, found.adjusted):
        assert figure.value is None or -1 - 1e-9 <= figure.value <= 1 + 1e-9
    assert sum(found.prevalence.values()) == pytest.approx(1 if found.n else 0)


@given(UNITS, st.permutations("xyz"))
@settings(deadline=None)
def test_what_the_categories_are_called_changes_no_figure(units: list[Unit], names: list[str]) -> None:
    renamed = dict(zip("xyz", names, strict=True))
    other = [Unit(u.case, u.criterion, {r: renamed[c] for r, c in u.ratings.items()}) for u in units]
    one, two = measured(units, "xyz"), measured(other, "xyz")
    for a, b in ((one.fleiss, two.fleiss), (one.alpha, two.alpha), (one.observed, two.observed)):
        assert a.value == pytest.approx(b.value)


# The ends


def test_without_two_judgements_of_anything_there_is_no_figure() -> None:
    found = measured(table("12.", "..1"))
    figures = (found.observed, found.cohen, found.fleiss, found.alpha, found.adjusted)
    assert [f.value for f in figures] == [None] * 5
    assert (found.n, found.alone, found.prevalence, found.fleiss_ratings) == (0, 3, {}, 0)
    assert measured([]).raters == ()


def test_where_one_category_is_all_there_is_chance_is_not_corrected() -> None:
    found = measured(table("11111", "11111"))
    assert (found.observed.value, found.adjusted.value) == (1, 1)
    assert (found.cohen.value, found.fleiss.value, found.alpha.value) == (None, None, None)


def test_with_a_rare_category_kappa_is_low_although_nearly_all_agree() -> None:
    found = measured(table("y" * 4 + "n" * 96, "y" + "n" * 3 + "y" * 3 + "n" * 93), "yn")
    assert found.cohen.value is not None
    assert found.adjusted.value is not None
    assert found.cohen.value < 0.25 < 0.85 < found.adjusted.value
    assert found.prevalence["y"] == pytest.approx(0.04)


def test_fleiss_kappa_rests_on_the_units_with_the_commonest_number_of_judgements() -> None:
    found = measured(table("1 1 2 2", "1 2 2 1", ". . 2 ."))
    assert (found.fleiss_ratings, found.fleiss.n, found.n) == (2, 3, 4)
    # Two numbers as common: the larger.
    assert measured(table("1 1 2", "1 2 2", ". 1 .")).fleiss_ratings == 2
    assert measured(table("1 1", "1 2", ". 1")).fleiss_ratings == 3


def test_a_chosen_pair_is_measured_in_the_order_that_was_asked_for() -> None:
    units = table("y y n", "y n n", "n . y")
    found = agreement(units, ("y", "n"), raters=("r1", "r0"), seed=1)
    assert found.raters == ("r1", "r0")
    assert found.confusion == {("y", "y"): 1, ("y", "n"): 0, ("n", "y"): 1, ("n", "n"): 1}


def test_a_judgement_that_nobody_could_have_given_is_refused() -> None:
    with pytest.raises(KeyError):
        agreement([Unit(1, "C", {"a": "maybe", "b": "yes"})], YES_NO, seed=1)
    with pytest.raises(ValueError, match="two categories"):
        agreement([], ("yes",), seed=1)


# Intervals


def clustered(cases: int, per_case: int) -> list[Unit]:
    """In every fourth case two people differ on all, in the others on nothing."""
    return [
        Unit(case, f"C{n}", {"a": "yes" if n % 2 else "no", "b": "yes" if (n % 2 == 0) == (case % 4 == 0) else "no"})
        for case in range(cases)
        for n in range(per_case)
    ]


def test_an_interval_contains_its_figure_and_the_same_seed_gives_the_same_one() -> None:
    units = clustered(40, 5)
    found = agreement(units, YES_NO, seed=3)
    assert found == agreement(units, YES_NO, seed=3)
    for figure in (found.observed, found.cohen, found.fleiss, found.alpha, found.adjusted):
        assert figure.interval is not None
        assert figure.value is not None
        assert figure.interval[0] < figure.value < figure.interval[1]


def test_many_judgements_of_few_cases_are_not_taken_for_many_cases() -> None:
    wide, narrow = (
        agreement(units, YES_NO, seed=3).observed.interval
        for units in (clustered(20, 50), [Unit(n, u.criterion, u.ratings) for n, u in enumerate(clustered(20, 50))])
    )
    assert wide is not None
    assert narrow is not None
    assert wide[1] - wide[0] > 3 * (narrow[1] - narrow[0])


def test_with_few_cases_there_is_no_interval() -> None:
    assert measured(table("1212121212"[:-1], "1122121212"[:-1])).observed.interval is None
    assert measured(table("1212121212", "1122121212")).n == FEWEST_CASES
    assert measured(table("1212121212", "1122121212")).observed.interval is not None


def test_complete_agreement_in_the_cases_seen_is_not_given_out_as_certain() -> None:
    found = measured(table("12" * 20, "12" * 20))
    assert found.cohen == Figure(1, None, 40)
    assert found.observed == Figure(1, None, 40)


@pytest.mark.slow
def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    import numpy as np

    covered = 0
    for trial in range(200):
        rng = np.random.default_rng(trial)
        units = []
        for case, chance in enumerate(rng.beta(8, 2, size=60)):
            for n in range(6):
                first = rng.random() < 0.5
                second = first if rng.random() < chance else not first
                units.append(Unit(case, f"C{n}", {"a": YES_NO[first], "b": YES_NO[second]}))
        interval = agreement(units, YES_NO, seed=trial).observed.interval
        assert interval is not None
        covered += interval[0] <= 0.8 <= interval[1]
    assert covered >= 180


def test_five_hundred_cases_are_measured_at_once() -> None:
    begin = perf_counter()
    agreement(clustered(500, 12), YES_NO, seed=3)
    assert perf_counter() - begin < 5
