"""The highest threshold that reaches a target, what is promised of it, and what is said where nothing can be."""

from dataclasses import replace

import numpy as np
import pytest

from core.calibration.curves import UNSURE, Family, measure
from core.calibration.labelled import LabelledCase
from core.calibration.threshold import at_levels, by_criterion, by_group, find
from core.certificates import METHODS, UNITS, Method, Target, Unit
from core.selection import Rule
from tests.calibration.labelled_examples import NAN, case, plain


def spread(count: int, low: float = 0.5) -> list[LabelledCase]:
    """Cases whose one relevant page scores from `low` up, a thousandth more each; nine others score 0.1."""
    return [plain(i, low + i / 1000) for i in range(count)]


def test_the_highest_threshold_is_found_and_not_the_first_that_succeeds() -> None:
    """Scanning up from 0 and stopping at the first success would return 0, which reaches every target."""
    measured = measure(spread(100), Family())
    observed = find(measured, Target(0.9, "page", "observed"))
    assert measured.recall["page"][0] == 1.0
    assert observed.level == 510
    assert observed.rule == Rule(0.51)
    assert not observed.certified
    assert observed.observed == pytest.approx(0.9)
    assert observed.bound is None
    assert "Not a promise" in observed.advice


def test_conformal_risk_control_by_hand() -> None:
    """100 cases at 0.90: (misses + 1) / 101 <= 0.1 allows 9 misses, so the tenth lowest page is kept."""
    found = find(measure(spread(100), Family()), Target(0.9, "criterion", "crc"))
    assert (found.level, found.certified) == (509, True)
    assert found.bound == pytest.approx(1 - 10 / 101)
    assert found.observed == pytest.approx(0.91)
    assert found.kept == pytest.approx(0.1 * 0.91)
    assert found.pages_together == pytest.approx(0.91)
    assert (found.positives, found.labels, len(found.cases)) == (100, 1000, 100)
    assert (found.missing_cases, found.missing_audits, found.advice) == (None, None, "")


@pytest.mark.parametrize(("cases", "misses"), [(59, 0), (93, 1), (124, 2)])
def test_learn_then_test_of_whole_cases_allows_the_misses_of_clopper_and_pearson(cases: int, misses: int) -> None:
    found = find(measure(spread(cases), Family()), Target(0.95, "case", "ltt"))
    assert (found.level, found.certified) == (500 + misses, True)
    assert found.bound is not None
    assert found.bound >= 0.95


def test_more_confidence_never_gives_a_higher_threshold() -> None:
    measured = measure(spread(200), Family())
    levels = [find(measured, Target(0.9, "criterion", "ltt", c)).level or 0 for c in (0.51, 0.8, 0.9, 0.95, 0.99)]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] > 500


@pytest.mark.parametrize(("method", "cases", "missing"), [("crc", 8, 1), ("crc", 2, 7), ("ltt", 20, 9), ("ltt", 28, 1)])
def test_too_few_cases_are_told_how_many_more_and_get_no_threshold(method: Method, cases: int, missing: int) -> None:
    found = find(measure(spread(cases), Family()), Target(0.9, "criterion", method))
    assert (found.rule, found.level, found.certified, found.bound) == (None, None, False, None)
    assert (found.missing_cases, found.missing_audits) == (missing, None)
    noun = "case" if missing == 1 else "cases"
    assert found.advice == f"Not certified: {missing} more completely labelled {noun} needed."


def test_as_many_cases_as_were_missing_do_suffice() -> None:
    found = find(measure(spread(20 + 9), Family()), Target(0.9, "criterion", "ltt"))
    assert (found.certified, found.level) == (True, 500)


def test_a_promise_to_keep_everything_is_none() -> None:
    """Every relevant page scores 0: all that is certain is that keeping all pages keeps them."""
    found = find(measure([plain(i, 0.0) for i in range(40)], Family()), Target(0.9, "page", "crc"))
    assert (found.rule, found.certified, found.missing_cases) == (None, False, None)
    assert "no rule that leaves pages out will do" in found.advice


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("family", [Family(), Family(3), Family(ranked=True)], ids=["threshold", "cap", "ranked"])
def test_pages_without_a_score_are_always_kept_and_that_is_no_promise(method: Method, family: Family) -> None:
    """Nothing but gaps: every threshold keeps all of the text, 1.00 as well."""
    gaps = [case(i, [[NAN] * 10], [[1] + [0] * 9]) for i in range(70)]
    found = find(measure(gaps, family), Target(0.9, "page", method))
    assert (found.rule, found.certified, found.missing_cases, found.missing_audits) == (None, False, None, None)
    assert found.advice.startswith("Nothing would be left out: ")
    assert found.advice.endswith("finish scoring first.")


def test_pages_that_all_score_the_most_there_is_leave_nothing_out() -> None:
    """Keeping every page at or above 1.00 keeps all; no score is missing, so nothing is said of that."""
    found = find(measure([plain(i, 1.0, other=1.0) for i in range(70)], Family()), Target(0.9, "page", "crc"))
    assert found.rule is None
    assert found.advice.endswith("more than 99 % of the text.")


@pytest.mark.parametrize("method", METHODS)
def test_what_is_kept_of_pages_without_text_is_not_known_and_nothing_is_promised(method: Method) -> None:
    empty = [case(i, [[0.8] + [0.1] * 9], [[1] + [0] * 9], chars=[0] * 10) for i in range(70)]
    found = find(measure(empty, Family()), Target(0.9, "page", method))
    assert (found.rule, found.certified) == (None, False)
    assert "hold no text" in found.advice
    assert by_criterion(empty, Family(), Target(0.9), rule=Rule(0.2))[0].certified is None


def test_a_rule_that_was_seen_to_keep_everything_is_not_offered_either() -> None:
    found = find(measure([plain(i, 0.0) for i in range(40)], Family()), Target(0.9, "page", "observed"))
    assert found.rule is None
    assert "no rule that leaves pages out will do" in found.advice


def unsure(number: int, *, audited: bool = True) -> LabelledCase:
    """A relevant page at 0.8, one that was judged unsure at 0.7, and eight others."""
    return case(number, [[0.8, 0.7] + [0.1] * 8], [[1, UNSURE] + [0] * 8], audited=audited)


@pytest.mark.parametrize("method", METHODS)
def test_pages_judged_unsure_count_neither_way_and_a_promise_says_so(method: Method) -> None:
    found = find(measure([unsure(i) for i in range(12)] + spread(60), Family()), Target(0.9, "page", method))
    assert found.rule is not None
    assert (found.unsure, found.labels) == (12, 12 * 9 + 600)
    assert found.advice.endswith("12 pages were judged unsure: they count neither way.")
    one = find(measure([unsure(1), *spread(3)], Family()), Target(0.9, "page", "ltt"))
    assert one.advice == (
        "Not certified: 25 more completely labelled cases needed. 1 page was judged unsure: it counts neither way."
    )


def test_a_verdict_that_was_only_seen_on_shown_pages_is_no_unsure_one_of_the_promise() -> None:
    shown = case(1, [[0.8, 0.7, 0.1]], [[1, UNSURE, -1]], inclusion=[[1.0, 1.0, NAN]], audited=False)
    drawn = case(2, [[0.8, 0.7, 0.1]], [[1, UNSURE, -1]], inclusion=[[1.0, 0.5, NAN]])
    both = measure([shown, drawn], Family())
    assert (both.unsure, both.exact_unsure) == (1, 0)


def test_an_unsure_page_that_may_be_the_only_evidence_is_told_as_well() -> None:
    nothing_else = case(1, [[0.8] + [0.1] * 9], [[UNSURE] + [0] * 9])
    found = find(measure([nothing_else, *spread(60)], Family()), Target(0.9, "page", "ltt"))
    assert (found.unsure, len(found.cases)) == (1, 60)


@pytest.mark.parametrize("method", METHODS)
def test_labels_of_shown_pages_alone_never_make_a_threshold(method: Method) -> None:
    shown = [case(i, [[0.8, 0.7, 0.1]], [[1, 1, -1]], inclusion=[[1.0, 1.0, NAN]], audited=False) for i in range(50)]
    for unit in UNITS:
        found = find(measure(shown, Family()), Target(0.9, unit, method))
        assert found.rule is None
        assert "Draw an audit of pages below the threshold" in found.advice


def test_a_cap_that_breaks_the_target_is_named() -> None:
    """Four relevant pages in each case, of which the two best are kept whatever the threshold."""
    cases = [case(i, [[0.9, 0.8, 0.7, 0.6, 0.1]], [[1, 1, 1, 1, 0]]) for i in range(60)]
    for method in METHODS:
        found = find(measure(cases, Family(cap=2)), Target(0.9, "page", method))
        assert (found.rule, found.missing_cases) == (None, None)
        assert found.advice == (
            "Even without a threshold the best 2 pages hold only 50 % of the relevant pages, "
            "and 90 % are asked for: raise the number of pages."
        )
    assert find(measure(cases, Family(cap=2)), Target(0.9, "criterion", "ltt")).level == 900
    assert find(measure(cases, Family(cap=4)), Target(0.9, "page", "ltt")).rule == Rule(0.6, 4)


def test_the_smallest_number_of_pages_is_found() -> None:
    """In 55 of 60 cases the relevant page is best, in 5 it is the third."""
    cases = [plain(i, 0.9) for i in range(55)]
    cases += [case(60 + i, [[0.9, 0.8, 0.7] + [0.1] * 7], [[0, 0, 1] + [0] * 7]) for i in range(5)]
    measured = measure(cases, Family(ranked=True))
    assert find(measured, Target(0.9, "criterion", "crc")).rule == Rule(None, 1)
    assert find(measured, Target(0.95, "criterion", "crc")).rule == Rule(None, 3)
    ltt = find(measured, Target(0.9, "criterion", "ltt"))
    assert ltt.rule == Rule(None, 3)
    assert ltt.kept == pytest.approx(0.3)


def audited(seed: int, cases: int = 40, chance: float = 0.25) -> list[LabelledCase]:
    """Pages at 0.5 and more are all labelled, others with `chance`; relevance follows the score."""
    rng = np.random.default_rng(seed)
    out = []
    for i in range(cases):
        scores = rng.beta(0.6, 2.0, (3, 40))
        relevant = rng.random((3, 40)) < scores**3
        inclusion = np.where(scores >= 0.5, 1.0, np.where(rng.random((3, 40)) < chance, chance, NAN))
        truth = np.where(np.isnan(inclusion), -1, relevant.astype(int))
        out.append(case(i, scores.tolist(), truth.tolist(), inclusion=inclusion.tolist()))
    return out


def test_an_audit_promises_recall_of_pages() -> None:
    found = find(measure(audited(1), Family()), Target(0.8, "page", "audit", 0.9))
    assert found.certified
    assert found.level is not None
    assert 0 < found.level < 500
    assert found.bound is not None
    assert found.observed is not None
    assert found.interval is not None
    assert 0.8 <= found.bound < found.observed
    assert found.interval[0] < found.bound < found.observed < found.interval[1]
    assert len(found.cases) == 40


def shown_and_drawn(audits: int, cases: int = 40, seed: int = 0) -> list[LabelledCase]:
    """8 pages at 0.8, all labelled and six relevant; 52 at 0.1, none relevant, of which `audits` are expected drawn."""
    number = np.random.default_rng(seed).random((cases, 52))
    chance = audits / number.size
    scores = [0.8] * 8 + [0.1] * 52
    return [
        case(
            i,
            [scores],
            [[1] * 6 + [0, 0] + np.where(row < chance, 0, -1).tolist()],
            inclusion=[[1.0] * 8 + np.where(row < chance, chance, NAN).tolist()],
        )
        for i, row in enumerate(number)
    ]


@pytest.mark.parametrize("audits", [60, 120, 200])
def test_an_audit_that_is_too_small_says_how_many_more_will_do(audits: int) -> None:
    """The same permanent numbers, so that a larger audit contains the smaller one."""
    target = Target(0.95, "page", "audit")
    measured = measure(shown_and_drawn(audits), Family())
    found = find(measured, target)
    assert (found.rule, found.certified) == (None, False)
    assert found.missing_audits is not None
    assert found.advice == (
        f"Not certified: 59 more completely labelled cases needed, or about {found.missing_audits} more audits."
    )
    certified = (n for n in range(audits, 2080, 10) if find(measure(shown_and_drawn(n), Family()), target).certified)
    assert measured.pool.audits + found.missing_audits == pytest.approx(next(certified), rel=0.2)


def test_no_more_audits_are_asked_for_than_pages_are_left() -> None:
    """Three cases: even if all 156 pages below were judged, too few relevant pages would be known."""
    found = find(measure(shown_and_drawn(60, cases=3), Family()), Target(0.98, "page", "audit"))
    assert (found.certified, found.missing_audits) == (False, None)
    assert found.advice == "Not certified: 149 more completely labelled cases needed."


def test_weighted_recall_is_worked_out_once_for_all_targets() -> None:
    measured = measure(audited(1), Family())
    find(measured, Target(0.8, "page", "audit"))
    assert measured.weighted(0.95) is measured.weighted(0.95)
    assert measured.pool is measured.pool


def test_audits_that_suffice_are_named_where_whole_cases_are_missing() -> None:
    found = find(measure(audited(1), Family()), Target(0.8, "page", "crc"))
    assert (found.rule, found.missing_cases, found.missing_audits) == (None, 4, 0)
    assert "choose the method that weighs audits" in found.advice


@pytest.mark.parametrize("unit", ["criterion", "case"])
def test_an_audit_says_nothing_about_criteria_and_cases(unit: Unit) -> None:
    measured = measure(audited(1), Family())
    assert "nothing about whole criteria or cases" in find(measured, Target(0.8, unit, "audit")).advice
    assert "Label some cases completely" in find(measured, Target(0.8, unit, "observed")).advice
    assert "29 more completely labelled cases" in find(measured, Target(0.9, unit, "ltt")).advice


def test_without_labels_or_without_a_relevant_page_it_says_so() -> None:
    blank = case(1, [[0.5, 0.1]], [[-1, -1]], inclusion=[[NAN, NAN]])
    empty = case(1, [[0.5, 0.1]], [[0, 0]])
    for method in METHODS:
        none = find(measure([blank], Family()), Target(0.9, "page", method))
        assert none.advice.startswith("No labels to go by yet")
        assert none.missing_cases == {"observed": None, "crc": 9, "ltt": 29, "audit": 29}[method]
        assert find(measure([empty], Family()), Target(0.9, "page", method)).advice.startswith("No relevant page")
    assert find(measure([], Family()), Target(0.9)).rule is None


def test_a_gap_is_kept_and_loses_nothing() -> None:
    cases = [case(i, [[NAN] + [0.1] * 9], [[1] + [0] * 9]) for i in range(40)]
    found = find(measure(cases, Family()), Target(0.9, "case", "ltt"))
    assert (found.level, found.observed) == (1000, 1.0)
    assert found.kept == pytest.approx(0.1)


def test_the_table_of_thresholds_has_every_unit_with_its_interval() -> None:
    rows = at_levels(measure(spread(100, low=0.35), Family()))
    assert [row.level for row in rows] == [200, 400, 600, 800]
    assert rows[1].rule == Rule(0.4)
    assert rows[1].recall == {"page": pytest.approx(0.5), "criterion": 0.5, "case": 0.5}
    assert [rows[1].pages, rows[1].kept, rows[3].kept_together] == pytest.approx([0.5, 0.05, 0.0])
    assert rows[1].interval["case"] == pytest.approx((0.398321, 0.601679))  # Clopper-Pearson, 50 of 100


def test_the_table_leaves_open_what_an_audit_does_not_say() -> None:
    row = at_levels(measure(audited(1), Family()), [300])[0]
    assert (row.recall["criterion"], row.interval["criterion"], row.recall["case"]) == (None, None, None)
    assert row.recall["page"] is not None
    ranked = at_levels(measure(audited(1), Family(ranked=True)))
    assert [(r.rule.top_k, r.pages) for r in ranked] == [(20, 20.0), (10, 10.0), (5, 5.0), (3, 3.0)]
    assert at_levels(measure(audited(1), Family(ranked=True)), [50])[0].kept == 1.0


def two_criteria(count: int) -> list[LabelledCase]:
    """c1 finds its relevant page at 0.8; c2's scores as the others do."""
    rng = np.random.default_rng(4)
    return [
        case(
            i, [[0.8, *rng.uniform(0, 0.4, 9)], rng.uniform(0, 0.4, 10).tolist()], [[1] + [0] * 9] * 2, groups=("g", "")
        )
        for i in range(count)
    ]


def test_a_badly_worded_criterion_stands_out() -> None:
    good, bad = by_criterion(two_criteria(40), Family(), Target(0.9), rule=Rule(0.3))
    assert (good.name, good.recall, good.auc, good.highest, good.certified) == ("c1", 1.0, 1.0, 800, 800)
    assert (good.complete_cases, good.positives, good.missing_cases, good.suspicion) == (40, 40, None, "")
    assert "hardly score higher" in bad.suspicion
    assert bad.auc is not None
    assert bad.highest is not None
    assert 0.35 < bad.auc < 0.65
    assert bad.highest < 100
    assert [one.name for one in by_group(two_criteria(40), Family(), Target(0.9), rule=Rule(0.3))] == ["g", ""]


def test_a_criterion_of_which_everything_is_kept_is_not_certified() -> None:
    """Its relevant pages score 0: the threshold 0 alone keeps them, and everything else."""
    low = [case(i, [[0.0] + [0.3] * 9, [0.8] + [0.1] * 9], [[1] + [0] * 9] * 2) for i in range(80)]
    bad, good = by_criterion(low, Family(), Target(0.95, "criterion"), rule=Rule(0.2))
    assert (bad.certified, bad.highest, bad.missing_cases, bad.recall) == (None, None, None, 0.0)
    assert (good.certified, good.highest) == (800, 800)
    gaps = [case(i, [[NAN] * 10], [[1] + [0] * 9]) for i in range(80)]
    assert by_criterion(gaps, Family(), Target(0.9), rule=Rule(0.2))[0].certified is None


def test_a_criterion_with_few_relevant_pages_is_not_suspected() -> None:
    good, bad = by_criterion(two_criteria(4), Family(), Target(0.9), rule=Rule(0.9))
    assert bad.suspicion == good.suspicion == ""
    assert (good.certified, good.missing_cases, good.recall) == (None, 25, 0.0)
    assert by_criterion(two_criteria(4), Family(), Target(0.9, method="crc"), rule=Rule(0.9))[0].missing_cases == 5


def test_a_criterion_that_ranks_well_and_scores_low_is_asked_more_plainly() -> None:
    one = by_criterion([plain(i, 0.25) for i in range(6)], Family(), Target(0.9), rule=Rule(0.4))[0]
    assert "ask more plainly" in one.suspicion
    wrong = by_criterion([plain(i, 0.05) for i in range(6)], Family(), Target(0.9), rule=Rule(0.4))[0]
    assert "the wrong way round" in wrong.suspicion


def test_thresholds_compare_probabilities_where_there_are_some() -> None:
    cases = [c.under(lambda scores: scores / 2) for c in spread(100)]
    assert find(measure(cases, Family()), Target(0.9, "page", "observed")).level == 255
    assert (
        find(measure([replace(c, probabilities=None) for c in cases], Family()), Target(0.9, "page")).level is not None
    )
