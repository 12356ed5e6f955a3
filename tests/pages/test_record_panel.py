"""The panel that makes the record of a case: what it says, waiting, saving, errors as sentences."""

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import RecordNotMade
from core.recording import Recording
from core.settings import read_settings
from core.workspace import Workspace


@pytest.fixture
def case(sample: int) -> int:
    return sample


def panel(case: int) -> AppTest:
    def script(number: int) -> None:
        import streamlit as st

        from pages.components.frame import workspace
        from pages.determine.exports import exports

        st.session_state.reviewer = "R. Nurse"
        exports(workspace().store.case(number))

    return AppTest.from_function(script, args=(case,), default_timeout=60).run()


def make(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click()
    return test.run()


def saves(test: AppTest) -> list[str]:
    return [element.proto.label for element in test.get("download_button")]


def test_an_open_case_offers_a_draft_and_nothing_is_made_before_it_is_asked_for(case: int) -> None:
    test = panel(case)
    assert not test.exception
    assert [button.label for button in test.button] == ["Make PDF", "Make JSON", "Make FHIR answers"]
    assert "each page says that it is a **draft**" in test.caption[0].value
    assert saves(test) == []


@pytest.mark.parametrize(("label", "save"), [("Make PDF", "Save PDF, "), ("Make FHIR answers", "Save FHIR answers, ")])
def test_what_was_asked_for_can_be_saved(case: int, label: str, save: str) -> None:
    test = make(panel(case), label)
    assert not test.exception
    (offered,) = saves(test)
    assert offered.startswith(save)


def test_the_file_is_no_longer_offered_when_the_case_has_moved_on(case: int) -> None:
    test = make(panel(case), "Make JSON")
    assert len(saves(test)) == 1
    workspace = Workspace.open(read_settings())
    first = workspace.store.case(case).criteria.criteria[0]
    workspace.review.decide(case, first.id, "met", "Page 2.", reviewer="R. Nurse", seen=0)
    workspace.close()
    test.run()
    assert saves(test) == []
    assert "Make it again" in test.caption[1].value


def test_a_signed_case_says_who_signed_it(case: int) -> None:
    workspace = Workspace.open(read_settings())
    workspace.signing.take(case, "withdraw", by="R. Nurse", reason="By phone.", detail={}, seen=0)
    workspace.close()
    assert "As signed by R\\. Nurse on" in panel(case).caption[0].value


def test_a_record_that_cannot_be_made_is_a_sentence(case: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> bytes:
        raise RecordNotMade("The PDF cannot be made. The case is not affected.")

    monkeypatch.setattr(Recording, "printed", fails)
    test = make(panel(case), "Make PDF")
    assert [error.value.replace("\\", "") for error in test.error] == [
        "The PDF cannot be made. The case is not affected."
    ]
    assert saves(test) == []
