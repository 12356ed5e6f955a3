"""Probabilities: what they keep of the scores, and that the model that ships belongs to the scorer that ships."""

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calibration.recalibrate import (
    Contextual,
    Isotonic,
    Platt,
    Recalibration,
    Unchanged,
    default_recalibration,
    read_recalibration,
    standing,
)
from core.scorers import open_scorer
from core.settings import Settings

scores_of_pages = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def shipped() -> Recalibration:
    found = default_recalibration(open_scorer("embedded", Settings()).info.fingerprint)
    assert found is not None, "run python -m tests.benchmarks.fit_default after a change of the scorer"
    return found


def row(*scores: float) -> list[float]:
    return [float(p) for p in shipped().probabilities(np.array([scores]))[0]]


STEPS = Isotonic("f", (0.1, 0.2, 0.5, 0.9), (0.0, 1 / 3, 1 / 3, 0.95))
CURVE = Platt("f", 0.1, 1 / 3)
ALL = [Unchanged("f"), CURVE, STEPS, shipped()]
every_kind = pytest.mark.parametrize("model", ALL, ids=lambda model: model.kind)


@every_kind
@given(scores=scores_of_pages)
def test_a_higher_score_never_gets_a_lower_probability(model: Recalibration, scores: list[float]) -> None:
    found = model.probabilities(np.array([scores]))[0]
    ordered = found[np.argsort(scores, kind="stable")]
    assert (np.diff(ordered) >= -1e-12).all()
    assert ((found >= 0) & (found <= 1)).all()


@every_kind
@given(scores=scores_of_pages)
def test_equal_scores_get_equal_probabilities(model: Recalibration, scores: list[float]) -> None:
    found = model.probabilities(np.array([[*scores, *scores]]))[0].tolist()
    assert found[: len(scores)] == found[len(scores) :]


@every_kind
@given(scores=scores_of_pages, place=st.integers(0, 60))
def test_a_gap_stays_a_gap_and_leaves_the_other_pages_as_they_are(
    model: Recalibration, scores: list[float], place: int
) -> None:
    place = min(place, len(scores))
    found = model.probabilities(np.array([[*scores[:place], np.nan, *scores[place:]]]))[0].tolist()
    assert np.isnan(found.pop(place))
    assert found == pytest.approx(model.probabilities(np.array([scores]))[0].tolist(), abs=1e-15)


@every_kind
def test_a_criterion_without_an_answer_stays_without(model: Recalibration) -> None:
    assert np.isnan(model.probabilities(np.full((2, 3), np.nan))).all()
    assert model.probabilities(np.empty((0, 3))).shape == (0, 3)
    assert model.probabilities(np.empty((2, 0))).shape == (2, 0)


@every_kind
def test_a_record_reads_back_as_the_same_recalibration(model: Recalibration) -> None:
    again = read_recalibration(model.record())
    assert again == model
    assert (again.kind, again.version, again.fingerprint) == (model.kind, model.version, model.fingerprint)


def test_a_version_changes_with_every_number_and_with_the_scorer() -> None:
    made = [CURVE, Platt("f", 0.1, 0.3), Platt("g", 0.1, 1 / 3), Isotonic("f", (0.1,), (1 / 3,)), STEPS, shipped()]
    versions = [model.version for model in made]
    assert len(set(versions)) == len(made)
    assert all(len(version) == 8 and int(version, 16) >= 0 for version in versions)


def test_the_shipped_recalibration_has_its_old_version_and_a_score_that_stands_has_none() -> None:
    assert shipped().version == "5300ceeb"
    assert shipped().kind == "contextual"
    assert Unchanged("f").version == ""


def test_a_score_that_stands_is_left_as_it_is() -> None:
    scores = np.array([[0.0, 0.123456789, np.nan, 1.0]])
    assert np.array_equal(Unchanged("f").probabilities(scores), scores, equal_nan=True)


def test_platt_with_intercept_0_and_slope_1_changes_nothing() -> None:
    scores = np.array([[0.001, 0.3, 0.9, 0.999]])
    assert Platt("f", 0.0, 1.0).probabilities(scores)[0] == pytest.approx(scores[0])


def test_platt_by_hand() -> None:
    # The logit of 0.8 is log 4; log 4 / 2 is log 2; log 2 + log 2 are odds of 4.
    assert Platt("f", np.log(2), 0.5).probabilities(np.array([[0.8]]))[0, 0] == pytest.approx(0.8)


def test_isotonic_draws_straight_lines_between_its_points_and_is_level_beyond() -> None:
    scores = np.array([[0.0, 0.1, 0.15, 0.3, 0.4, 0.7, 1.0]])
    expected = [0, 0, 1 / 6, 1 / 3, 1 / 3, (1 / 3 + 0.95) / 2, 0.95]
    assert STEPS.probabilities(scores)[0] == pytest.approx(expected)


def changed(model: Recalibration, **entries: object) -> str:
    return json.dumps(json.loads(model.record()) | entries)


@pytest.mark.parametrize(
    "record",
    [
        "",
        "7",
        "[]",
        "{}",
        changed(CURVE, kind="magic"),
        changed(CURVE, kind=[]),
        changed(CURVE, slope=-1),
        changed(CURVE, slope="steep"),
        changed(CURVE, intercept=None),
        changed(CURVE, intercept=float("nan")),
        changed(CURVE, intercept=0.2),
        changed(CURVE, fingerprint="g"),
        changed(CURVE, fingerprint=""),
        changed(CURVE, fingerprint=3),
        changed(STEPS, at=[]),
        changed(STEPS, at=[0.1, 0.1, 0.5, 0.9]),
        changed(STEPS, values=[0.0, 0.4, 0.3, 0.9]),
        changed(STEPS, values=[0.0, 0.4, 0.5, 1.1]),
        changed(STEPS, values=[0.5]),
        changed(shipped(), coefficients={"score": 1.0}),
        changed(shipped(), coefficients=dict.fromkeys(("score", "to_best", "to_median", "spread", "rank"), -1.0)),
    ],
)
def test_what_is_no_record_of_a_recalibration_is_refused(record: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_recalibration(record)


def test_a_contextual_recalibration_without_all_its_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        Contextual("f", 0.0, (1.0, 2.0))


def test_numbers_beyond_all_measure_still_give_probabilities() -> None:
    scores = np.array([[0.0, 0.5, 1.0]])
    assert Platt("f", 0.0, 1e6).probabilities(scores)[0] == pytest.approx([0, 0.5, 1])


def test_a_criterion_does_not_touch_another() -> None:
    scores = np.array([[0.5, 0.1, 0.2], [0.0, 0.3, 0.3]])
    both = shipped().probabilities(scores)
    assert both[1].tolist() == row(*scores[1])


def test_the_best_page_of_a_criterion_that_nothing_answers_stays_improbable() -> None:
    weak = row(0.15, *np.linspace(0.0, 0.12, 149).tolist())
    strong = row(0.55, *np.linspace(0.0, 0.12, 149).tolist())
    assert max(weak) < 0.3
    assert max(strong) > 0.5


def test_the_only_page_of_a_case_goes_by_its_score() -> None:
    assert row(0.0)[0] < row(0.3)[0] < row(0.7)[0]


def test_another_scorer_has_no_recalibration() -> None:
    assert default_recalibration("0" * 16) is None


def test_the_standing_of_three_pages_by_hand() -> None:
    found = standing(np.array([0.2, 0.4, 0.2]))
    deviation = np.sqrt(2) * 0.2 / 3
    assert found[:, 1] == pytest.approx([-0.2, 0.0, -0.2])
    assert found[:, 2] == pytest.approx([0.0, 0.2, 0.0])
    assert found[:, 3] == pytest.approx(np.array([-0.2 / 3, 0.4 / 3, -0.2 / 3]) / deviation)
    assert found[:, 4] == pytest.approx([-np.log(2), 0.0, -np.log(2)])


def test_the_record_names_what_it_was_fitted_and_checked_on() -> None:
    record = json.loads(files("core.calibration").joinpath("default_embedded.json").read_text("utf-8"))
    assert set(record["trained_on"]) == {"covidqa", "cuad"}
    assert all(part["absent_questions"] > 0 and part["documents"] for part in record["trained_on"].values())
    assert record["held_out"]["by"] == "whole documents"
    assert record["held_out"]["calibration_error"] < 0.02


def test_where_nothing_matched_nothing_is_probable_however_weak_the_rest() -> None:
    shipped = default_recalibration(open_scorer("embedded", Settings()).info.fingerprint)
    assert shipped is not None
    assert shipped.probabilities(np.zeros((1, 20))).max() == 0.0
    best = shipped.probabilities(np.array([[0.0, 0.0, 0.1]]))[0]
    assert best[2] > best[0] == best[1] == 0.0


@pytest.mark.parametrize("opening", ["[", '{"kind":'])
def test_a_record_that_is_nested_without_end_is_none(opening: str) -> None:
    with pytest.raises(ValueError, match="not the record of a recalibration"):
        read_recalibration(opening * 100_000)
