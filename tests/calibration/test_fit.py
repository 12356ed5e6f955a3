"""Fitting: what a fit recovers, that no case is judged by a model that saw it, and when nothing is fitted."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.calibration.fit import Comparison, fit_all, split
from core.calibration.fitters import Judged, cross_fit, cross_fit_cases, fit, judged, labels_of
from core.calibration.labelled import LabelledCase
from core.calibration.recalibrate import Isotonic, Kind, Platt
from core.scorers import open_scorer
from core.settings import Settings

KINDS: tuple[Kind, ...] = ("platt", "isotonic", "contextual")


def questions(seed: int, documents: int = 6) -> list[Judged]:
    """Questions about made-up documents of 40 pages; every second one is answered nowhere."""
    draw = np.random.default_rng(seed)
    made = []
    for document in range(documents):
        for n in range(30):
            relevant = np.zeros(40, dtype=bool)
            relevant[draw.integers(40)] = n % 2 == 0
            made.append(Judged(f"d{document}", np.clip(draw.normal(0.15 + 0.3 * relevant, 0.06), 0, 1), relevant))
    return made


def labelled(
    number: int, scores: NDArray[np.float64], relevant: NDArray[np.bool_], chance: float | NDArray[np.float64] = 1.0
) -> LabelledCase:
    """A case in which every pair was drawn, and is judged, with that chance."""
    rows, pages = scores.shape
    return LabelledCase(
        number,
        tuple(f"C{i}" for i in range(rows)),
        ("",) * rows,
        scores,
        np.full(pages, 1000),
        relevant.astype(np.int8),
        np.broadcast_to(np.asarray(chance, dtype=np.float64), scores.shape).copy(),
        audited=True,
    )


def case(number: int, seed: int = 0, *, pages: int = 30, level: float = 0.0) -> LabelledCase:
    """8 criteria, each on one page; `level` is added to every score of the case and says nothing."""
    draw = np.random.default_rng([number, seed])
    relevant = np.zeros((8, pages), dtype=bool)
    relevant[np.arange(8), draw.integers(pages, size=8)] = True
    return labelled(number, np.clip(draw.normal(0.2 + level + 0.3 * relevant, 0.06), 0, 1), relevant)


def turned(made: LabelledCase) -> LabelledCase:
    """The same judgements the other way round."""
    return labelled(made.case, made.scores, made.truth == 0)


def cases(n: int, seed: int = 0) -> list[LabelledCase]:
    return [case(i, seed) for i in range(n)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_fit_recovers_the_share_of_relevant_pages(kind: Kind) -> None:
    made = questions(1)
    model = fit(made, fingerprint="f", kind=kind)
    expected = np.concatenate([model.probabilities(c.scores[None])[0] for c in made]).mean()
    assert expected == pytest.approx(np.concatenate([c.relevant for c in made]).mean(), rel=0.05)


def test_platt_finds_the_logistic_curve_that_made_the_labels() -> None:
    draw = np.random.default_rng(5)
    odds = draw.normal(-1, 2, 40_000)
    truth = draw.random(40_000) < 1 / (1 + np.exp(-(0.5 + 1.5 * odds)))
    model = fit([Judged("d", 1 / (1 + np.exp(-odds)), truth)], fingerprint="f", kind="platt")
    assert isinstance(model, Platt)
    assert (model.intercept, model.slope) == pytest.approx((0.5, 1.5), abs=0.06)


def test_isotonic_pools_neighbours_that_fall_by_hand() -> None:
    # 0.2 -> 0, 0.4 -> 1, 0.6 -> 0, 0.8 -> 1: the two in the middle share their mean.
    judgement = Judged("d", np.array([0.2, 0.4, 0.6, 0.8]), np.array([False, True, False, True]))
    model = fit([judgement], fingerprint="f", kind="isotonic")
    assert isinstance(model, Isotonic)
    assert model.probabilities(np.array([[0.1, 0.2, 0.4, 0.5, 0.6, 0.8, 0.9]]))[0] == pytest.approx(
        [0, 0, 0.5, 0.5, 0.5, 1, 1]
    )


def test_a_label_with_a_small_chance_weighs_more_by_hand() -> None:
    # One relevant page drawn with chance 1, one other drawn with 0.25, at the same score: 1 of about 5 is relevant.
    made = labelled(1, np.array([[0.5, 0.5]]), np.array([[True, False]]), np.array([[1.0, 0.25]]))
    model = fit(judged([made]), fingerprint="f", kind="isotonic")
    assert model.probabilities(np.array([[0.5]]))[0, 0] == pytest.approx(0.2)


def test_the_weights_of_the_labels_have_mean_one() -> None:
    made = labelled(1, np.array([[0.5, 0.4]]), np.array([[True, False]]), np.array([[1.0, 0.25]]))
    assert np.asarray(judged([made])[0].weight).tolist() == pytest.approx([0.4, 1.6])


def test_a_page_without_a_label_takes_part_in_the_standing_and_not_in_the_fit() -> None:
    made = cases(4)
    hidden = np.where(np.arange(30) % 2 == 0, 0, made[0].inclusion)
    some = [
        LabelledCase(
            c.case, c.criteria, c.groups, c.scores, c.chars,
            np.where(hidden > 0, c.truth, -1).astype(np.int8), np.where(hidden > 0, c.inclusion, np.nan), True,
        )
        for c in made
    ]  # fmt: skip
    labels, all_labels = labels_of(some), labels_of(made)
    asked = np.tile(np.arange(30) % 2 == 1, 4 * 8)
    assert (labels.standing == all_labels.standing[asked]).all()
    assert (labels.relevant == all_labels.relevant[asked]).all()


def test_a_labelled_gap_is_no_part_of_a_fit() -> None:
    whole = case(1)
    scores = whole.scores.copy()
    scores[0, 3] = np.nan
    assert len(labels_of([labelled(1, scores, whole.truth == 1)]).relevant) == 8 * 30 - 1


def test_a_document_is_judged_by_a_model_that_never_saw_it() -> None:
    made = questions(2)
    spoiled = [Judged(c.case, c.scores, ~c.relevant if c.case == "d0" else c.relevant) for c in made]
    own = [i for i, c in enumerate(made) if c.case == "d0"]
    clean, after = (cross_fit(x, fingerprint="f") for x in (made, spoiled[:30] + made[30:]))
    assert all((clean[i] == after[i]).all() for i in own)


@pytest.mark.parametrize("kind", KINDS)
def test_the_cross_fitted_probabilities_of_a_case_do_not_depend_on_its_labels(kind: Kind) -> None:
    made, folds = cases(12), np.arange(12) % 10
    spoiled = [turned(made[0]), *made[1:]]
    clean, after = (cross_fit_cases(x, labels_of(x), folds, fingerprint="f", kind=kind) for x in (made, spoiled))
    # Cases 0 and 10 share a part.
    assert (clean[0] == after[0]).all()
    assert (clean[10] == after[10]).all()
    assert not (clean[1] == after[1]).all()


@pytest.mark.parametrize("kind", ["platt", "contextual"])
def test_a_fit_that_would_turn_the_order_round_is_refused(kind: Kind) -> None:
    backwards = [Judged(c.case, 1 - c.scores, c.relevant) for c in questions(3)]
    with pytest.raises(ValueError, match="lower probability"):
        fit(backwards, fingerprint="f", kind=kind)


def test_nothing_is_fitted_for_a_score_that_stands() -> None:
    with pytest.raises(ValueError, match="none"):
        fit(questions(1, 1), fingerprint="f", kind="none")


def test_all_candidates_are_compared_and_the_best_one_is_chosen() -> None:
    found = fit_all(cases(12), fingerprint="f")
    assert [c.name for c in found.candidates] == ["none", "platt", "isotonic", "contextual"]
    assert found.before.name == "none"
    assert found.chosen.log_loss == min(c.log_loss for c in found.candidates if c.log_loss is not None)
    assert found.chosen.name != "none"
    assert found.trained_on == tuple(range(12))
    assert (found.problem, found.missing_cases, found.missing_relevant, found.refused) == ("", 0, 0, ())


def test_the_standing_among_the_pages_wins_where_the_level_of_a_case_says_nothing() -> None:
    made = [case(i, level=0.05 * (i % 8)) for i in range(16)]
    assert fit_all(made, fingerprint="f").chosen.name == "contextual"


def test_where_the_score_is_a_probability_the_score_stands() -> None:
    draw = np.random.default_rng(8)
    made = []
    for number in range(20):
        scores = draw.beta(0.5, 2.0, (5, 20))
        made.append(labelled(number, scores, draw.random(scores.shape) < scores))
    found = fit_all(made, fingerprint="f")
    assert found.chosen.name == "none"
    assert found["platt"].gain == pytest.approx(0, abs=0.01)


def test_the_log_loss_by_hand() -> None:
    # Two cases of one page each: -log 0.8 once, and -log 0.4 with weight 4, over a weight of 5.
    made = [
        labelled(1, np.array([[0.8]]), np.array([[True]])),
        labelled(2, np.array([[0.6]]), np.array([[False]]), 0.25),
    ]
    none = fit_all(made, fingerprint="f")["none"]
    assert none.log_loss == pytest.approx((-np.log(0.8) - 4 * np.log(0.4)) / 5)
    assert none.error is not None


def test_what_ships_for_the_scorer_is_a_candidate_and_stands_until_something_beats_it() -> None:
    fingerprint = open_scorer("embedded", Settings()).info.fingerprint
    found = fit_all(cases(3), fingerprint=fingerprint)
    assert [c.name for c in found.candidates] == ["none", "shipped"]
    assert found.chosen is found.before is found["shipped"]
    assert found.chosen.recalibration.version == "5300ceeb"


def test_too_few_labels_say_how_many_more() -> None:
    found = fit_all(cases(2), fingerprint="f")
    assert found.problem == "Too few labels to fit anything: 3 more labelled cases and 4 more relevant pages needed."
    assert (found.missing_cases, found.missing_relevant) == (3, 4)
    assert found.chosen.name == "none"
    assert found.chosen.log_loss is not None
    assert found.trained_on == ()


def test_without_a_case_the_score_stands() -> None:
    found = fit_all([], fingerprint="f")
    assert found.chosen.name == "none"
    assert found.chosen.log_loss is None
    assert "5 more labelled cases and 20 more relevant pages" in found.problem


def test_labels_on_shown_pages_alone_fit_nothing_and_say_why() -> None:
    shown = [
        LabelledCase(c.case, c.criteria, c.groups, c.scores, c.chars, c.truth, c.inclusion * 0.5, audited=False)
        for c in cases(8)
    ]
    found = fit_all(shown, fingerprint="f")
    assert found.problem.startswith("Every label is on a page that was shown")
    assert found.chosen.log_loss is None


def test_a_kind_that_the_labels_do_not_allow_is_left_out_with_a_sentence() -> None:
    backwards = [labelled(c.case, 1 - c.scores, c.truth == 1) for c in cases(8)]
    found = fit_all(backwards, fingerprint="f")
    assert [c.name for c in found.candidates] == ["none", "isotonic"]
    assert [s[:19] for s in found.refused] == ["Not fitted (platt):", "Not fitted (context"]


def test_the_probabilities_are_given_for_every_case_in_its_shape() -> None:
    made = [case(i, pages=20 + i) for i in range(7)]
    for candidate in fit_all(made, fingerprint="f").candidates:
        assert [p.shape for p in candidate.probabilities] == [c.scores.shape for c in made]


def test_the_same_seed_gives_the_same_comparison_in_whatever_order_cases_come() -> None:
    def losses(found: Comparison) -> list[float | None]:
        return [c.log_loss for c in found.candidates]

    made = cases(12)
    first, other = losses(fit_all(made, fingerprint="f")), losses(fit_all(made[::-1], fingerprint="f"))
    assert first == pytest.approx(other, rel=1e-6)


def test_a_case_stays_on_its_side_whatever_cases_are_added() -> None:
    few, more = split(cases(40), 3), split(cases(80), 3)
    for side in (0, 1):
        assert {c.case for c in few[side]} <= {c.case for c in more[side]}
    assert {c.case for c in more[0]} & {c.case for c in more[1]} == set()
    assert 25 <= len(more[0]) <= 55
    assert len(more[0]) + len(more[1]) == 80
    assert {c.case for c in split(cases(80), 4)[0]} != {c.case for c in more[0]}
