"""What a score is called where nothing makes a probability of it, and whose rule a drag in the heatmap is."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.calibration.recalibrate import default_recalibration
from core.chart import build_chart
from core.domain import JobState, Score, ScorerInfo
from core.selection import Rule, default_rule
from core.settings import read_settings
from core.tables import scores_csv
from core.workspace import Workspace
from pages.components.frame import workspace
from tests.pages.test_screens import app, texts

RERANKER = ScorerInfo("zerank", "zerank-2", "1", "sigmoid")
DRAG = """
import streamlit as st
from pages.review.heat import _on_rule
st.session_state["heat.{case}"] = {{"rule": {said}}}
_on_rule({case})
"""


def rerank(case_id: int, *, up_to: int | None = None) -> None:
    """Put a reranker's scores in force, page 1 higher than the rest; only the first pages `up_to` are scored."""
    opened = Workspace.open(read_settings())
    case, pages = opened.store.case(case_id), opened.chart(case_id).pages
    opened.store.use_scorer(case_id, RERANKER, rule=str(default_rule(RERANKER)), by="R")
    keys = [page.digest for page in pages]
    scored = sorted(set(keys[:up_to]))
    answers = [(c.digest, key, 0.69 if key == keys[0] else 0.1) for c in case.criteria for key in scored]
    opened.store.save_answers(RERANKER, answers)
    opened.close()


@pytest.fixture
def reranked(sample: int) -> int:
    """The sample case with a reranker's scores in force, page 1 higher than the rest."""
    rerank(sample)
    return sample


def test_the_review_screen_calls_a_score_a_score(reranked: int) -> None:
    test = app("review", case=str(reranked), by="R. Nurse", criterion="BIO-07", page="1")
    assert not test.error
    assert "BIO-07: score **0.69**, kept" in texts(test)
    assert "robability" not in texts(test)


def test_the_review_screen_shows_a_recalibrated_score_as_a_probability(sample: int) -> None:
    test = app("review", case=str(sample), by="R. Nurse", criterion="BIO-07", page="1")
    assert "BIO-07: probability **" in texts(test)
    assert ", raw score " in texts(test)


def test_the_context_screen_calls_a_score_a_score(reranked: int) -> None:
    test = app("context", case=str(reranked))
    assert not test.error
    columns = list(test.dataframe[1].value.columns)
    assert "Highest score" in columns
    assert "Highest probability" not in columns
    assert set(test.dataframe[1].value["Highest score"]) == {"0.10"}
    assert "raw and as probability" not in texts(test)


def test_evidence_that_is_found_before_all_pages_are_scored_says_so(sample: int) -> None:
    rerank(sample, up_to=1)
    test = app("review", case=str(sample), by="R. Nurse", criterion="BIO-07", page="1")
    assert not test.error
    chart = workspace().chart(sample)
    row = chart.grid.scores[chart.grid.criteria.index("BIO-07")]
    missing = int((np.isnan(row) & ~chart.unreadable).sum())
    assert missing > 1
    assert f"Evidence found so far on page 1; {missing} pages are not scored yet" in texts(test)


def test_evidence_that_is_found_after_all_pages_are_scored_is_not_called_preliminary(reranked: int) -> None:
    test = app("review", case=str(reranked), by="R. Nurse", criterion="BIO-07", page="1")
    assert "Evidence found on page" in texts(test)
    assert "not scored yet" not in texts(test)


def unfinished(test: AppTest) -> list[str]:
    return [warning.value for warning in test.warning if "Finish scoring on the review screen first." in warning.value]


@pytest.mark.parametrize("state", ["done", "running", "asking"])
def test_the_context_screen_says_that_scoring_is_unfinished_whatever_the_job_does(sample: int, state: JobState) -> None:
    rerank(sample, up_to=1)
    opened = Workspace.open(read_settings())
    opened.store.update_job(sample, state=state, stage="Scoring", done=1, total=9)
    gaps = opened.chart(sample).gaps
    opened.close()
    test = app("context", case=str(sample))
    assert not test.error
    assert unfinished(test) == [
        f"{gaps:,} answers are missing, so these pages are kept unscored. Finish scoring on the review screen first."
    ]
    assert "Go to the review" in [link.proto.label for link in test.get("page_link")]


def test_the_context_screen_says_nothing_of_scoring_that_is_finished(reranked: int) -> None:
    assert not unfinished(app("context", case=str(reranked)))


def test_the_table_of_scores_has_no_probability_without_a_recalibration(reranked: int) -> None:
    chart = workspace().chart(reranked)
    rows = [line.split(",")[-3:] for line in scores_csv(chart).splitlines()[1:]]
    assert {(probability, state) for _, probability, state in rows} == {("", "scored")}
    assert {score for score, _, _ in rows} == {"0.69", "0.1"}


def test_the_table_of_scores_has_the_probability_of_a_recalibration(sample: int) -> None:
    chart = workspace().chart(sample)
    known = build_chart(
        chart.criteria,
        chart.documents,
        chart.pages,
        chart.scorer,
        [o for o in chart.grid.outcomes() if isinstance(o, Score)],
        default_recalibration(chart.scorer.fingerprint),
    )
    assert ",,scored" not in scores_csv(known)
    assert ",,scored" in scores_csv(replace(known, recalibration=""))


def dragged(test: AppTest, case: int, said: dict[str, Any]) -> AppTest:
    """The heatmap's callback after the browser has said `said`, in the session of `test`."""
    drag = AppTest.from_string(DRAG.format(case=case, said=said))
    place = test.session_state[f"review.place.{case}"]
    drag.session_state[f"review.place.{case}"] = place
    return drag.run()


def said(test: AppTest, case: int, **changes: object) -> dict[str, Any]:
    """A threshold of 0.5 that was set on what the heatmap of `test` shows."""
    place = test.session_state[f"review.place.{case}"]
    return {"threshold": 0.5, "top_k": None, "token": place.token, "fingerprint": place.fingerprint, **changes}


def test_a_drag_is_stored_for_the_scorer_on_the_screen(reranked: int) -> None:
    test = app("review", case=str(reranked))
    place = test.session_state[f"review.place.{reranked}"]
    token = place.token
    assert not dragged(test, reranked, said(test, reranked)).exception
    assert workspace().store.case(reranked).rule == str(Rule(0.5))
    assert (place.rule, place.token) == (Rule(0.5), token)


def test_a_drag_over_the_scores_of_another_scorer_changes_nothing(reranked: int) -> None:
    test = app("review", case=str(reranked))
    before = [used.rule for used in workspace().store.case_scorers(reranked)]
    other = workspace().store.case_scorers(reranked)[0].info.fingerprint
    assert other != RERANKER.fingerprint
    dragged(test, reranked, said(test, reranked, fingerprint=other))
    assert [used.rule for used in workspace().store.case_scorers(reranked)] == before
    assert test.session_state[f"review.place.{reranked}"].rule == default_rule(RERANKER)


def test_a_drag_that_arrives_after_a_move_elsewhere_is_shown_again_and_not_lost(reranked: int) -> None:
    test = app("review", case=str(reranked))
    place = test.session_state[f"review.place.{reranked}"]
    before = said(test, reranked)
    place.go(page=2)
    token = place.token
    dragged(test, reranked, before)
    assert workspace().store.case(reranked).rule == str(Rule(0.5))
    assert (place.shown_rule, place.page, place.token) == (Rule(0.5), 2, token + 1)
