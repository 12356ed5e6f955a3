"""The review screen: drafts, undo, flags, pages held by hand, blindness, a case that is signed off."""

import re
from datetime import UTC, datetime

from streamlit.testing.v1 import AppTest

from core.casefile import Assignment, Step
from core.domain import Citation
from pages.components.frame import workspace
from pages.review.question import both
from tests.pages.test_screens import app, texts

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
NURSE = "R. Nurse"


def review(case: int, *, by: str = NURSE, **query: str) -> AppTest:
    return app("review", case=str(case), by=by, **{"criterion": "BIO-07", "page": "3", **query})


def press(test: AppTest, key: str) -> AppTest:
    """What was said to an error is kept; the parts that were not drawn anew are drawn with the next run."""
    errors = [e.value for e in test.button(key=key).click().run().error]
    test.session_state["flash"] = "\n".join(errors) or None
    return test.run()


def test_words_that_were_not_signed_are_there_after_a_reload(sample: int) -> None:
    first = review(sample)
    first.text_area(key=f"decide.{sample}.BIO-07.why").input("half a thought").run()
    again = review(sample)
    assert again.text_area(key=f"decide.{sample}.BIO-07.why").value == "half a thought"
    press(again, f"decide.{sample}.BIO-07.met")
    assert workspace().store.findings.drafts(sample, NURSE) == {}
    assert workspace().store.decisions(sample)["BIO-07"].rationale == "half a thought"


def test_undo_and_redo_go_through_decisions_flags_and_judgements(sample: int) -> None:
    test = review(sample)
    page = workspace().chart(sample).pages[2].ref
    press(test, f"decide.{sample}.BIO-07.met")
    press(test, "icon.criterion.flag")
    press(test, f"judge.{sample}.BIO-07.{page.document[:16]}.3.relevant")
    store = workspace().store
    assert len(store.labels(sample)) == 1
    press(test, "icon.review.undo")
    assert store.labels(sample) == []
    press(test, "icon.review.undo")
    assert not store.findings.remarks(sample)["BIO-07"].flagged
    press(test, "icon.review.undo")
    assert store.decisions(sample) == {}
    for _ in range(3):
        press(test, "icon.review.redo")
    assert store.decisions(sample)["BIO-07"].outcome == "met"
    assert store.findings.remarks(sample)["BIO-07"].flagged
    assert [label.verdict for _, label in store.labels(sample)] == ["relevant"]
    assert not test.error


def test_the_words_of_a_decision_that_is_taken_back_wait_for_another_one(sample: int) -> None:
    test, why = review(sample), f"decide.{sample}.BIO-07.why"
    test.text_area(key=why).input("QuantiFERON negative on 3 March").run()
    press(test, f"decide.{sample}.BIO-07.met")
    press(test, "icon.review.undo")
    assert test.text_area(key=why).value == "QuantiFERON negative on 3 March"
    assert workspace().store.findings.drafts(sample, NURSE) == {"BIO-07": "QuantiFERON negative on 3 March"}
    press(test, "icon.review.redo")
    assert workspace().store.findings.drafts(sample, NURSE) == {}
    press(test, "icon.review.undo")
    press(test, f"decide.{sample}.BIO-07.not_met")
    stands = workspace().store.decisions(sample)["BIO-07"]
    assert (stands.outcome, stands.rationale) == ("not_met", "QuantiFERON negative on 3 March")
    assert "3 changes" not in texts(test), "the history is in a drawer"


def test_undoing_a_flag_leaves_the_note_that_somebody_wrote_since(sample: int) -> None:
    test = review(sample)
    press(test, "icon.criterion.flag")
    workspace().review.remark(
        sample, "BIO-07", flagged=True, note="Ask the pharmacy", reviewer="Q. Other", reading="first"
    )
    press(test, "icon.review.undo")
    remark = workspace().store.findings.remarks(sample)["BIO-07"]
    assert (remark.flagged, remark.note) == (False, "Ask the pharmacy")


def test_of_two_notes_written_at_once_both_stay() -> None:
    assert both("Mine", shown="", stored="") == "Mine"
    assert both("Mine", shown="Theirs", stored="Theirs") == "Mine", "written over with open eyes"
    assert both("Mine", shown="", stored="Theirs") == "Theirs\nMine"
    assert both("Mine", shown="Theirs", stored="") == "Mine"


def test_a_citation_taken_away_brought_back_and_undone_is_gone(sample: int) -> None:
    test = review(sample)
    page = workspace().chart(sample).pages[2]
    rule = test.session_state[f"review.place.{sample}"].rule
    place = Citation(page.ref, page.label, "", ((0.1, 0.1, 0.4, 0.2),))
    cited = workspace().review.cite(sample, "BIO-07", place, reviewer=NURSE, reading="first", rule=rule)
    press(test.run(), f"icon.cited.{cited.id}.remove")
    press(test, "icon.review.undo")
    assert [c.citation for c in workspace().store.findings.cited(sample)] == [place]
    press(test, "icon.review.redo")
    assert workspace().store.findings.cited(sample) == []
    press(test, "icon.review.undo")
    press(test, "icon.review.redo")
    assert workspace().store.findings.cited(sample) == []


def test_whoever_says_another_name_in_the_tab_has_done_nothing_and_signs_no_words_of_the_first(sample: int) -> None:
    test, why = review(sample), f"decide.{sample}.BIO-07.why"
    press(test, "icon.criterion.flag")
    test.text_area(key=why).input("Words of the nurse").run()
    test.query_params["by"] = test.session_state["reviewer"] = "Q. Other"
    test.run()
    assert test.text_area(key=why).value == ""
    assert test.button(key="icon.review.undo").disabled


def test_words_beside_somebody_elses_decision_wait_and_sign_nothing(sample: int) -> None:
    workspace().review.decide(sample, "BIO-07", "met", "Theirs", reviewer="Q. Other", seen=0)
    test = review(sample)
    test.text_area(key=f"decide.{sample}.BIO-07.why").input("Not met, because of the date").run()
    stands = workspace().store.decisions(sample)["BIO-07"]
    assert (stands.reviewer, stands.rationale) == ("Q. Other", "Theirs")
    assert workspace().store.findings.drafts(sample, NURSE) == {"BIO-07": "Not met, because of the date"}


def test_a_page_left_out_by_hand_is_evidence_still_and_one_kept_by_hand_is_none(sample: int) -> None:
    test = review(sample)
    evidence = next(m.value for m in test.markdown if "Evidence found on" in m.value)
    chart = workspace().chart(sample)
    number = int(re.findall(r"on pages? (\d+)", evidence)[0])
    workspace().review.pin(sample, "BIO-07", chart.pages[number - 1].ref, "drop", reviewer=NURSE)
    away = next(n for n in range(1, len(chart.pages) + 1) if f" {n}" not in evidence)
    workspace().review.pin(sample, "BIO-07", chart.pages[away - 1].ref, "keep", reviewer=NURSE)
    assert next(m.value for m in test.run().markdown if "Evidence found on" in m.value) == evidence


def test_undo_never_takes_back_what_somebody_else_decided_since(sample: int) -> None:
    test = review(sample)
    press(test, f"decide.{sample}.BIO-07.met")
    mine = workspace().store.decisions(sample)["BIO-07"]
    workspace().review.decide(sample, "BIO-07", "not_met", "Too old", reviewer="S. Second", seen=mine.id)
    press(test, "icon.review.undo")
    assert "S. Second" in test.error[0].value.replace("\\", "")
    assert workspace().store.decisions(sample)["BIO-07"].reviewer == "S. Second"


def test_a_page_held_by_hand_says_so_and_follows_the_rule_again(sample: int) -> None:
    test = review(sample)
    press(test, "icon.review.drop")
    assert "left out by hand" in texts(test)
    (pin,) = workspace().store.findings.pins(sample)
    assert (pin.criterion, pin.hold) == ("BIO-07", "drop")
    press(test, "icon.review.drop")
    assert workspace().store.findings.pins(sample) == []
    assert "by hand" not in texts(test)


def test_what_is_cited_after_a_decision_belongs_to_it(sample: int) -> None:
    review(sample)
    page = workspace().chart(sample).pages[2]
    act = workspace().review
    first = act.decide(sample, "BIO-07", "met", "", reviewer=NURSE, seen=0)
    assert first
    citation = Citation(page.ref, page.label, "tested for latent TB", ((0.1, 0.1, 0.4, 0.12),))
    rule = workspace().publishing.rule_in_force(workspace().store.case(sample)).rule
    act.cite(sample, "BIO-07", citation, reviewer=NURSE, reading="first", rule=rule)
    assert workspace().store.decisions(sample)["BIO-07"].citations == (citation,)
    assert [label.verdict for _, label in workspace().store.labels(sample)] == ["relevant"]
    test = review(sample)
    assert "tested for latent TB" in texts(test)


def test_a_page_that_is_opened_is_on_record_and_the_case_opens_there_again(sample: int) -> None:
    review(sample)
    seen = workspace().store.findings.viewed(sample)
    assert [(view.page.number, view.reviewer, view.opened) for view in seen] == [(3, NURSE, 1)]
    again = app("review", case=str(sample), by=NURSE)
    assert again.session_state[f"review.place.{sample}"].row == "BIO-07"
    assert again.session_state[f"review.place.{sample}"].page == 3


def test_a_second_reviewer_sees_nothing_of_the_first(sample: int) -> None:
    workspace().review.decide(sample, "BIO-07", "met", "QuantiFERON negative", reviewer=NURSE, seen=0)
    workspace().review.remark(sample, "BIO-07", flagged=True, note="Look twice", reviewer=NURSE, reading="first")
    workspace().store.course.assign(sample, Assignment("second", "S. Second", "L. Lead", AT))
    test = review(sample, by="S. Second")
    assert "QuantiFERON negative" not in texts(test)
    assert "Not decided yet" in texts(test)
    press(test, f"decide.{sample}.BIO-07.not_met")
    store = workspace().store
    assert store.decisions(sample)["BIO-07"].outcome == "met"
    assert store.decisions(sample, "second")["BIO-07"].outcome == "not_met"


def test_while_two_reviews_differ_the_first_reviewer_is_led_to_where_that_is_settled(sample: int) -> None:
    store, review_ = workspace().store, workspace().review
    store.course.assign(sample, Assignment("second", "S. Second", "L. Lead", AT))
    store.findings.draft(sample, "BIO-07", "Half a thought", reviewer=NURSE, reading="first")
    for criterion in store.case(sample).criteria:
        review_.decide(sample, criterion.id, "met", "Mine", reviewer=NURSE, seen=0)
        review_.decide(sample, criterion.id, "not_met", "Mine", reviewer="S. Second", seen=0, reading="second")
    test = review(sample)
    assert not [button for button in test.button if button.key and button.key.startswith(f"decide.{sample}.")]
    assert any("a lead or a physician settles it" in info.value for info in test.info)
    assert "Choose a decision" not in texts(test)
    assert "Nothing cited." in texts(test)
    assert not test.error


def test_nothing_changes_in_a_case_that_was_signed_off(sample: int) -> None:
    open_screen = review(sample)
    workspace().store.course.add_step(sample, Step("withdraw", NURSE, "reviewer", AT, "At their wish"), seen=0)
    press(open_screen, f"decide.{sample}.BIO-07.met")
    assert "signed off" in open_screen.error[0].value
    assert workspace().store.decisions(sample) == {}
    fresh = review(sample)
    assert "This case was signed off" in texts(fresh)
    assert not [b for b in fresh.button if b.key == f"decide.{sample}.BIO-07.met"]
