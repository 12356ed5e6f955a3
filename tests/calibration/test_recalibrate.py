"""Probabilities: what they keep of the scores, and that the model that ships belongs to the scorer that ships."""

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calibration.fit import Judged, cross_fit, fit
from core.calibration.recalibrate import Recalibration, default_recalibration, standing
from core.scorers import open_scorer
from core.settings import Settings

scores_of_pages = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def shipped() -> Recalibration:
    found = default_recalibration(open_scorer("embedded", Settings()).info.fingerprint)
    assert found is not None, "run python -m tests.benchmarks.fit_default after a change of the scorer"
    return found


def row(*scores: float) -> list[float]:
    return [float(p) for p in shipped().probabilities(np.array([scores]))[0]]


@given(scores_of_pages)
def test_a_higher_score_never_gets_a_lower_probability(scores: list[float]) -> None:
    found = np.array(row(*scores))
    ordered = found[np.argsort(scores, kind="stable")]
    assert (np.diff(ordered) >= -1e-12).all()
    assert ((found >= 0) & (found <= 1)).all()


@given(scores_of_pages)
def test_equal_scores_get_equal_probabilities(scores: list[float]) -> None:
    found = row(*scores, *scores)
    assert found[: len(scores)] == found[len(scores) :]


@given(scores_of_pages, st.integers(0, 60))
def test_a_gap_stays_a_gap_and_leaves_the_other_pages_as_they_are(scores: list[float], place: int) -> None:
    place = min(place, len(scores))
    found = row(*scores[:place], np.nan, *scores[place:])
    assert np.isnan(found.pop(place))
    assert found == row(*scores)


def test_a_criterion_without_an_answer_stays_without() -> None:
    assert np.isnan(shipped().probabilities(np.full((2, 3), np.nan))).all()
    assert shipped().probabilities(np.empty((0, 3))).shape == (0, 3)
    assert shipped().probabilities(np.empty((2, 0))).shape == (2, 0)


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


def cases(seed: int, documents: int = 6) -> list[Judged]:
    """Questions about made-up documents of 40 pages; every second one is answered nowhere."""
    draw = np.random.default_rng(seed)
    made = []
    for document in range(documents):
        for n in range(30):
            relevant = np.zeros(40, dtype=bool)
            relevant[draw.integers(40)] = n % 2 == 0
            made.append(Judged(f"d{document}", np.clip(draw.normal(0.15 + 0.3 * relevant, 0.06), 0, 1), relevant))
    return made


def test_a_fit_recovers_the_share_of_relevant_pages() -> None:
    made = cases(1)
    model = fit(made, fingerprint="f")
    expected = np.concatenate([model.probabilities(c.scores[None])[0] for c in made]).mean()
    assert expected == pytest.approx(np.concatenate([c.relevant for c in made]).mean(), rel=0.05)


def test_a_document_is_judged_by_a_model_that_never_saw_it() -> None:
    made = cases(2)
    spoiled = [Judged(c.document, c.scores, ~c.relevant if c.document == "d0" else c.relevant) for c in made]
    own = [i for i, c in enumerate(made) if c.document == "d0"]
    clean, after = (cross_fit(x, fingerprint="f") for x in (made, spoiled[:30] + made[30:]))
    assert all((clean[i] == after[i]).all() for i in own)


def test_a_fit_that_would_turn_the_order_round_is_refused() -> None:
    turned = [Judged(c.document, 1 - c.scores, c.relevant) for c in cases(3)]
    with pytest.raises(ValueError, match="lower probability"):
        fit(turned, fingerprint="f")


def test_where_nothing_matched_nothing_is_probable_however_weak_the_rest() -> None:
    shipped = default_recalibration(open_scorer("embedded", Settings()).info.fingerprint)
    assert shipped is not None
    assert shipped.probabilities(np.zeros((1, 20))).max() == 0.0
    best = shipped.probabilities(np.array([[0.0, 0.0, 0.1]]))[0]
    assert best[2] > best[0] == best[1] == 0.0
