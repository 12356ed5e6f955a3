"""The determination screen: who may do what, what stands in the way, and what is left when the case is signed off."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.casefile import Assignment
from core.errors import Refused
from pages.components.frame import workspace
from tests import determining
from tests.determining import DOCTOR, LEAD, NURSE, decide, deniable, look_at_the_image, open_pages
from tests.pages.test_screens import app, texts


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    folder = tmp_path_factory.mktemp("made")
    return folder / "data", determining.make_case(folder)


@pytest.fixture
def case(made: tuple[Path, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The case, in a copy of the folder that is this test's own."""
    monkeypatch.setenv("CHARTSIEVE_OCR", "false")
    shutil.copytree(made[0], tmp_path / "data")
    return made[1]


def screen(case: int, by: str = NURSE) -> AppTest:
    test = app("determine", case=str(case), by=by)
    assert not test.exception
    return test


def opens(case: int, kind: str) -> str:
    return f"determine.open.{case}.{kind}"


def signs(case: int, kind: str) -> str:
    return f"determine.sign.{case}.{kind}"


def field(case: int, kind: str, name: str = "reason") -> str:
    return f"determine.{case}.{kind}.{name}"


def links(test: AppTest) -> list[str]:
    return [str(getattr(link, "label", "")).replace("\\", "") for link in test.get("page_link")]


def met(case: int) -> None:
    look_at_the_image(workspace(), case)
    decide(workspace(), case, "A-1", "met")
    decide(workspace(), case, "A-2", "met")


def approve(case: int) -> None:
    met(case)
    workspace().signing.take(case, "approve", by=NURSE, reason="", detail={}, seen=0)


# -- what is shown


def test_a_screen_without_a_case_leads_to_the_list() -> None:
    assert "No case is open" in texts(app("determine"))


def test_the_head_says_where_the_case_stands_and_when_it_is_due(case: int) -> None:
    test = screen(case)
    assert not test.error
    said = texts(test)
    assert "Turn of the reviewer: anyone" in said
    assert "left** · Due" in said
    assert "Standard (7 days), received" in said
    assert "UTC" in said


def test_what_is_open_is_said_with_a_link_to_each_criterion(case: int) -> None:
    decide(workspace(), case, "A-1", "insufficient")
    test = screen(case)
    assert "2 undecided, 1 insufficient: the tree says nothing yet." in texts(test)
    assert {"A-1", "A-2", "A-3", "page 3"} <= set(links(test))
    assert "1 page could not be read, and nobody has looked at it: page 3." in texts(test)
    assert "not met" not in texts(test).replace("“not met”", "")


def test_nothing_is_done_without_a_name(case: int) -> None:
    test = screen(case, by="")
    assert "Your name: the record keeps who takes a step" in [t.label for t in test.text_input]
    assert not [b for b in test.button if b.key and b.key.startswith("determine.open")]


def test_every_button_has_a_name(case: int) -> None:
    for by in (NURSE, DOCTOR, LEAD):
        assert [b for b in screen(case, by).button if not b.label] == []


def test_the_evidence_opened_is_told_for_each_person_and_ranks_nobody(case: int) -> None:
    assert "Nobody has opened a page" in texts(screen(case))
    open_pages(workspace(), case, 1, 2)
    test = screen(case)
    shown = test.table[0].value
    assert list(shown.iloc[0])[:2] == [DOCTOR.replace(".", "\\."), "2 of 4"]
    assert "never a ranking" in texts(test)


# -- denying


def test_a_nurse_finds_no_button_to_deny_and_the_server_refuses_her(case: int) -> None:
    deniable(workspace(), case)
    open_pages(workspace(), case, 1, 2, 3, 4, by=NURSE)
    test = screen(case)
    assert test.button(key=opens(case, "deny")).disabled
    assert test.button(key=opens(case, "approve_in_part")).disabled
    assert "Only a physician may deny, in whole or in part." in texts(test)
    with pytest.raises(Refused, match="Only a physician"):
        workspace().signing.take(case, "deny", by=NURSE, reason="No", detail={}, seen=0)
    # A form that was opened in another way signs nothing either.
    test.session_state["determine.form"] = (case, "deny")
    test.run()
    assert test.button(key=signs(case, "deny")).disabled
    assert workspace().store.course.steps(case) == []


def test_a_physician_who_has_not_opened_the_evidence_is_told_which_pages(case: int) -> None:
    deniable(workspace(), case)
    test = screen(case, DOCTOR)
    assert test.button(key=opens(case, "deny")).disabled
    assert "You have not opened 2 pages of the evidence yet: page 1 (A-1) and page 2 (A-2" in texts(test)
    assert {"A-1 · page 1", "A-2 · page 2"} <= set(links(test))
    with pytest.raises(Refused, match="You have not opened"):
        workspace().signing.take(case, "deny", by=DOCTOR, reason="No", detail={}, seen=0)


def test_a_denial_takes_a_form_with_reasons_and_is_never_one_click(case: int) -> None:
    deniable(workspace(), case)
    open_pages(workspace(), case, 1, 2, 3, 4)
    test = screen(case, DOCTOR)
    test.button(key=opens(case, "deny")).click().run()
    assert workspace().store.course.steps(case) == []
    test.button(key=signs(case, "deny")).click().run()
    assert "Give the reasons for the denial." in texts(test)
    assert workspace().store.course.steps(case) == []
    test.text_area(key=field(case, "deny")).input("A-2: the test is too old").run()
    test.button(key=signs(case, "deny")).click().run()
    assert not test.error
    (step,) = workspace().store.course.steps(case)
    assert (step.kind, step.by, step.reason) == ("deny", DOCTOR, "A-2: the test is too old")
    assert "Signed off: :red[**denied**] by Dr. P. Ohm (physician)" in texts(test)


def test_words_of_a_form_outlive_a_refusal_and_are_gone_when_it_is_signed(case: int) -> None:
    deniable(workspace(), case)
    open_pages(workspace(), case, 1, 2, 3, 4)
    test = screen(case, DOCTOR)
    test.button(key=opens(case, "deny")).click().run()
    test.text_area(key=field(case, "deny")).input("Too old").run()
    decide(workspace(), case, "A-3", "not_met", "Another reason")
    test.button(key=signs(case, "deny")).click().run()
    assert "changed" in test.error[0].value
    assert test.text_area(key=field(case, "deny")).value == "Too old"
    test.button(key=signs(case, "deny")).click().run()
    assert not test.error
    assert workspace().signing.state(case).status == "denied"
    workspace().signing.take(
        case, "reopen", by=LEAD, reason="Appeal", detail={}, seen=workspace().signing.state(case).newest
    )
    again = test.run()
    again.button(key=opens(case, "deny")).click().run()
    assert again.text_area(key=field(case, "deny")).value == ""


# -- pending, referring, signing off


def test_asking_for_information_stops_the_clock(case: int) -> None:
    test = screen(case)
    test.button(key=opens(case, "pend")).click().run()
    test.text_area(key=field(case, "pend", "what")).input("TB test of this year").run()
    test.text_input(key=field(case, "pend", "whom")).input("Dr. Ray").run()
    test.button(key=signs(case, "pend")).click().run()
    assert not test.error
    said = texts(test)
    assert "The clock stands: 6 days" in said
    due = (workspace().now().date() + timedelta(days=7)).isoformat()
    assert f"Waits for information from Dr. Ray, by {due}" in said
    assert "Asked for: TB test of this year" in said
    assert workspace().signing.turnaround(case).paused
    test.button(key=opens(case, "resume")).click().run()
    test.text_area(key=field(case, "resume")).input("The test came").run()
    test.button(key=signs(case, "resume")).click().run()
    assert "The clock stands: " not in texts(test)


def test_a_referral_names_a_physician_and_makes_it_their_turn(case: int) -> None:
    test = screen(case)
    test.button(key=opens(case, "refer")).click().run()
    test.selectbox(key=field(case, "refer", "to")).select(DOCTOR).run()
    test.text_area(key=field(case, "refer")).input("Does the old test count?").run()
    test.button(key=signs(case, "refer")).click().run()
    assert "Turn of the physician: Dr. P. Ohm" in texts(test)
    assert "To: Dr. P. Ohm" in texts(test)


def test_urgency_can_be_set_from_the_head(case: int) -> None:
    test = screen(case)
    key = f"determine.clock.{case}.0"
    test.segmented_control(key=f"{key}.urgency").set_value("expedited").run()
    test.button(key=f"{key}.go").click().run()
    assert not test.error
    assert "Expedited (72 h)" in texts(test)
    (step,) = workspace().store.course.steps(case)
    assert step.detail["received_at"] == workspace().store.case(case).created_at.isoformat()


def test_a_signed_off_case_offers_no_step_but_reopening_and_locks_the_decisions(case: int) -> None:
    approve(case)
    test = screen(case)
    assert "Nothing changes until it is reopened." in texts(test)
    offered = [b.key for b in test.button if b.key and b.key.startswith("determine.open")]
    assert offered == [opens(case, "reopen")]
    assert test.button(key=opens(case, "reopen")).disabled
    review = app("review", case=str(case), by=NURSE, criterion="A-1", page="1")
    decisions = [b for b in review.button if b.label in ("Met", "Not met", "Insufficient", "Not applicable")]
    assert all(b.disabled for b in decisions)


def test_reopening_is_recorded_with_its_reason(case: int) -> None:
    approve(case)
    test = screen(case, LEAD)
    test.button(key=opens(case, "reopen")).click().run()
    test.text_area(key=field(case, "reopen")).input("An appeal came in").run()
    test.button(key=signs(case, "reopen")).click().run()
    assert not test.error
    step = workspace().store.course.steps(case)[-1]
    assert (step.kind, step.by, step.role, step.reason) == ("reopen", LEAD, "lead", "An appeal came in")
    assert "**Reopened** · L. Lead (lead)" in texts(test)
    assert "An appeal came in" in texts(test)


def test_cancelling_a_form_takes_no_step_and_keeps_the_words(case: int) -> None:
    test = screen(case)
    test.button(key=opens(case, "withdraw")).click().run()
    test.text_area(key=field(case, "withdraw")).input("By phone").run()
    test.button(key=f"determine.cancel.{case}").click().run()
    assert workspace().store.course.steps(case) == []
    test.button(key=opens(case, "withdraw")).click().run()
    assert test.text_area(key=field(case, "withdraw")).value == "By phone"


def test_a_blind_second_reviewer_sees_nothing_of_the_first_review(case: int) -> None:
    decide(workspace(), case, "A-1", "not_met", "Never tried")
    workspace().store.course.assign(case, Assignment("second", "S. Second", LEAD, workspace().now()))
    said = texts(screen(case, "S. Second"))
    assert "without seeing the first review" in said
    assert "not met" not in said
    assert "Never tried" not in said
    assert "is not finished" in texts(screen(case))


def test_words_of_people_are_never_markdown(case: int) -> None:
    evil = "![x](https://evil.example/x.png)"
    workspace().signing.take(case, "withdraw", by=evil, reason=evil, detail={}, seen=0)
    test = screen(case)
    for element in (*test.markdown, *test.caption):
        assert "https:" not in element.value
        assert "![" not in element.value
