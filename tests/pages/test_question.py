"""The question before pages leave, together with whatever else the review screen has to say."""

import pytest

from core.samples import SAMPLES
from core.settings import read_settings
from core.workspace import Workspace
from pages.components.frame import workspace
from tests.pages.test_screens import app, texts


@pytest.fixture
def failed(monkeypatch: pytest.MonkeyPatch) -> int:
    """The sample case, which somebody agreed to send to a server that does not answer."""
    monkeypatch.setenv("CHARTSIEVE_ZERANK_URL", "http://127.0.0.1:9")
    opened = Workspace.open(read_settings())
    case = opened.open_sample(SAMPLES[0], by="R")
    opened.jobs.wait(case, 60)
    opened.score(case, "zerank", by="R", agreed_to="http://127.0.0.1:9/rerank")
    opened.jobs.wait(case, 60)
    opened.close()
    return case


def test_a_run_that_failed_offers_this_machine_and_to_try_again(failed: int) -> None:
    test = app("review", case=str(failed), by="R. Nurse")
    assert not test.exception
    assert "could not be reached" in texts(test)
    test.button(key="review.here").click().run()
    workspace().jobs.wait(failed, 60)
    assert workspace().store.case(failed).scorer.name == "embedded"
    assert not workspace().chart(failed).gaps


def test_the_question_stands_beside_a_failed_run(failed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTSIEVE_ZERANK_URL", "http://127.0.0.1:10")
    test = app("review", case=str(failed), by="R. Nurse")
    test.button(key="review.resume").click().run()
    workspace().jobs.wait(failed, 60)
    test.run()
    assert not test.exception
    assert "Send the text of 12 pages to 127.0.0.1:10?" in texts(test)
    test.session_state["review.ask"] = (failed, "zerank")
    workspace().store.queue_job(failed)
    workspace().store.update_job(failed, state="failed", message="The server went to sleep.")
    test.run()
    assert not test.exception
    assert "The server went to sleep." in texts(test)
    assert "Send the text of 12 pages" in texts(test)
