"""The screens without a browser: what they say when there is nothing, when something fails, and when all is well."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core.samples import SAMPLES
from pages.components.frame import UNEXPECTED, plain, workspace

APP = str(Path(__file__).resolve().parents[2] / "app.py")


def app(screen: str = "", **query: str) -> AppTest:
    """The app at `screen`, "" for its first one."""
    test = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    test.run()
    # Screens are functions, which AppTest cannot name; Streamlit knows them by the hash of their address.
    test._page_hash = calc_hash(screen) if screen else ""
    return test.run()


def texts(test: AppTest) -> str:
    kinds = (test.title, test.subheader, test.markdown, test.caption, test.info, test.warning, test.error)
    ours = [element.proto.json for element in test.get("bidi_component") if "decided." in str(element.key)]
    return "\n".join([*(str(element.value) for kind in kinds for element in kind), *ours]).replace("\\", "")


def test_the_empty_start_offers_the_samples() -> None:
    test = app()
    assert not test.exception
    assert [b.label for b in test.button][-len(SAMPLES) :] == ["Open"] * len(SAMPLES)


@pytest.mark.parametrize("screen", ["review", "context"])
def test_a_screen_without_a_case_leads_to_the_list(screen: str) -> None:
    test = app(screen)
    assert not test.exception
    assert "No case is open" in texts(test)


@pytest.mark.parametrize("screen", ["review", "context"])
def test_a_case_that_does_not_exist_is_said_in_a_sentence(screen: str) -> None:
    test = app(screen, case="99")
    assert not test.exception
    assert len(test.error) == 1
    assert "99" in test.error[0].value


def test_the_review_screen_asks_for_a_name_before_it_takes_a_decision(sample: int) -> None:
    test = app("review", case=str(sample))
    assert not test.exception
    assert not test.error
    assert "Your name, to sign what you decide" in [t.label for t in test.text_input]
    assert not [b for b in test.button if b.key and b.key.startswith("decide.")]
    assert "BIO-01" in texts(test)


def test_a_signed_reviewer_sees_evidence_and_can_decide(sample: int) -> None:
    test = app("review", case=str(sample), by="R. Nurse", criterion="BIO-07", page="3")
    assert not test.error
    assert "BIO-07" in texts(test)
    assert "Not decided yet" in texts(test)
    base = f"decide.{sample}.BIO-07"
    test.text_area(key=f"{base}.why").input("QuantiFERON negative").run()
    assert "kept as a draft" in texts(test)
    test.button(key=f"{base}.met").click().run()
    assert not test.error
    assert "by R. Nurse" in texts(test)
    (decision,) = workspace().store.decisions(sample).values()
    assert (decision.outcome, decision.rationale) == ("met", "QuantiFERON negative")


def test_words_typed_before_a_decision_wait_while_the_reviewer_looks_elsewhere(sample: int) -> None:
    test = app("review", case=str(sample), by="R. Nurse", criterion="BIO-07", page="3")
    why = f"decide.{sample}.BIO-07.why"
    test.text_area(key=why).input("half a thought").run()
    test.button(key="icon.criterion.Next criterion").click().run()
    test.button(key="icon.criterion.Criterion before").click().run()
    assert test.text_area(key=why).value == "half a thought"
    assert workspace().store.decisions(sample) == {}


def test_coming_back_to_a_decided_criterion_shows_its_words(sample: int) -> None:
    workspace().review.decide(sample, "BIO-07", "met", "QuantiFERON negative", reviewer="R. Nurse", seen=0)
    test = app("review", case=str(sample), by="R. Nurse", criterion="BIO-07", page="3")
    for _ in range(2):
        test.button(key="icon.criterion.Next criterion").click().run()
        test.button(key="icon.criterion.Criterion before").click().run()
        assert test.text_area(key=f"decide.{sample}.BIO-07.why").value == "QuantiFERON negative"
    assert len(workspace().store.history(sample, "BIO-07")) == 1


def test_a_conflict_keeps_the_words_of_the_second_reviewer_and_the_decision_of_the_first(sample: int) -> None:
    second = app("review", case=str(sample), by="S. Second", criterion="BIO-07", page="3")
    workspace().review.decide(sample, "BIO-07", "not_met", "Too old", reviewer="F. First", seen=0)
    base = f"decide.{sample}.BIO-07"
    second.session_state[f"{base}.why"] = "Negative in October"
    second.button(key=f"{base}.met").click().run()
    assert "F. First" in second.error[0].value.replace("\\", "")
    assert second.text_area(key=f"{base}.why").value == "Negative in October"
    assert [d.reviewer for d in workspace().store.history(sample, "BIO-07")] == ["F. First"]
    second.button(key=f"{base}.met").click().run()
    assert [d.reviewer for d in workspace().store.history(sample, "BIO-07")] == ["F. First", "S. Second"]


@pytest.mark.parametrize("case", ["9" * 40, "-1", "٣", "x"])
def test_an_odd_case_number_in_the_address_opens_nothing(case: str) -> None:
    test = app("review", case=case)
    assert not test.error
    assert "No case is open" in texts(test)


def test_a_name_in_the_address_is_cleaned_before_it_signs(sample: int) -> None:
    test = app("review", case=str(sample), by=" \u202e\n J.  Rivera " + "x" * 500)
    name = test.session_state["reviewer"]
    assert name.startswith("J. Rivera x")
    assert len(name) <= 80


@pytest.mark.parametrize(
    "words", ["![a](https://evil.example/x.png)", "see https://evil.example", "**x** $a$ :red[b] &copy;", "a\n===\nb"]
)
def test_foreign_words_are_never_markdown(words: str) -> None:
    shown = plain(words)
    for mark in ("https:", "\n", "![", "**", " $a", " :red", " &copy"):
        assert mark not in shown


def test_a_stopped_case_says_why_and_can_be_resumed(sample: int) -> None:
    store = workspace().store
    store.queue_job(sample)
    store.update_job(sample, state="failed", stage="Scoring", done=3, total=9, message="The scorer is asleep.")
    test = app("review", case=str(sample))
    assert "The scorer is asleep. 3 of 9 done." in texts(test)
    test.button(key="review.resume").click().run()
    workspace().jobs.wait(sample, 60)
    job = store.job(sample)
    assert job
    assert job.state == "done"


def test_the_context_screen_shows_what_is_kept_and_left_out(sample: int) -> None:
    test = app("context", case=str(sample))
    assert not test.exception
    assert not test.error
    assert next(m.label for m in test.metric) == "Pages kept"
    assert len(test.dataframe[0].value) == 12


@pytest.mark.usefixtures("sample")
def test_the_queue_shows_a_case_and_how_far_it_is() -> None:
    test = app()
    assert not test.exception
    assert "Adalimumab" in texts(test)


@pytest.mark.usefixtures("sample")
def test_an_unexpected_failure_is_a_sentence_and_never_quotes_anything(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> None:
        raise ValueError("Jane Doe, born 1 May 1950")

    app()
    monkeypatch.setattr(workspace().store, "cases", fail)
    test = app()
    assert [e.value.replace("\\", "") for e in test.error] == [UNEXPECTED]
    assert not test.exception
    assert "Jane Doe" not in caplog.text
    assert "ValueError at" in caplog.text
