"""Settling where two reviews differ, on the screen: nothing is shown before both are complete."""

from streamlit.testing.v1 import AppTest

from pages.components.frame import workspace
from tests.pages.test_screens import app, texts
from tests.twice import DOCTOR, LEAD, NURSE, OTHER, add_case, decide, give, open_workspace, reviewed_twice


def twice() -> int:
    opened = open_workspace()
    case = reviewed_twice(opened)
    opened.close()
    return case


def keys(test: AppTest) -> list[str]:
    return [str(b.key) for b in test.button if str(b.key).startswith("settle.")]


def test_a_case_without_a_second_review_says_how_one_comes_about() -> None:
    opened = open_workspace()
    case = add_case(opened)
    opened.close()
    assert "has no second review" in texts(app("adjudicate", case=str(case), by=LEAD))


def test_nothing_of_either_review_is_shown_before_both_are_complete() -> None:
    opened = open_workspace()
    case = add_case(opened)
    give(opened, case, review=NURSE, second=OTHER)
    decide(opened, case, {"A-1": "met", "A-2": "met", "A-3": "met"})
    decide(opened, case, {"A-1": "not_met"}, "second", OTHER)
    opened.close()
    for who in (OTHER, LEAD):
        words = texts(app("adjudicate", case=str(case), by=who))
        assert "nothing to settle yet" in words
        assert "reason of" not in words


def test_only_what_differs_is_listed_with_both_reasons_and_their_pages() -> None:
    case = twice()
    test = app("adjudicate", case=str(case), by=DOCTOR)
    words = texts(test)
    assert "first reason of A-2" in words
    assert "second reason of A-2" in words
    assert "reason of A-1" not in words
    assert "2 of 3 criteria were decided alike" in words
    assert [link.proto.label for link in test.get("page_link") if link.proto.label.startswith("Page")] == [
        "Page 1",
        "Page 2",
    ]


def test_a_physician_settles_with_a_reason_and_then_nothing_is_left() -> None:
    case = twice()
    test = app("adjudicate", case=str(case), by=DOCTOR)
    (save,) = keys(test)
    base = save.removesuffix(".save")
    test.session_state[f"{base}.outcome"] = "not_met"
    test.run()
    test.button(key=save).click().run()
    assert "Write why" in test.error[0].value
    test.text_area(key=f"{base}.why").input("Page 2 is newer").run()
    test.button(key=save).click().run()
    assert not test.error
    assert workspace().duties.state(case) == "settled"
    assert "Nothing is left to settle" in "\n".join(str(s.value) for s in test.success)
    assert "Page 2 is newer" in texts(test)


def test_a_reviewer_sees_the_differences_and_settles_nothing() -> None:
    case = twice()
    test = app("adjudicate", case=str(case), by=NURSE)
    assert "A lead or a physician settles" in texts(test)
    assert not keys(test)


def test_whoever_made_one_of_the_two_is_told_so() -> None:
    opened = open_workspace()
    opened.duties.set_role(NURSE, "lead", by=LEAD)
    opened.close()
    case = twice()
    assert "One of these two is yours" in texts(app("adjudicate", case=str(case), by=NURSE))
