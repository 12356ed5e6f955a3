"""The review screen: drafts, undo, flags, pages held by hand, blindness, a case that is signed off."""

from datetime import UTC, datetime

from streamlit.testing.v1 import AppTest

from core.casefile import Assignment, Step
from core.domain import Citation
from pages.components.frame import workspace
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


def test_nothing_changes_in_a_case_that_was_signed_off(sample: int) -> None:
    open_screen = review(sample)
    workspace().store.course.add_step(sample, Step("withdraw", NURSE, "reviewer", AT, "At their wish"), seen=0)
    press(open_screen, f"decide.{sample}.BIO-07.met")
    assert "signed off" in open_screen.error[0].value
    assert workspace().store.decisions(sample) == {}
    fresh = review(sample)
    assert "This case was signed off" in texts(fresh)
    assert not [b for b in fresh.button if b.key == f"decide.{sample}.BIO-07.met"]
