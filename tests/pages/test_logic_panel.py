"""The logic of a list on the New case screen: read, started, mended, drawn, saved as the next version."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea
from streamlit.util import calc_hash

from core.domain import CriteriaSet, Criterion
from core.logic import AllOf, AnyOf, Leaf, Not, When
from pages.cases.logic import outline_markdown
from pages.components.frame import workspace

APP = str(Path(__file__).resolve().parents[2] / "app.py")
CRITERIA = (
    Criterion("A", "Is a diagnosis documented?", group="Diagnosis"),
    Criterion("B", "Has methotrexate failed?", group="Drugs"),
    Criterion("C", "Has leflunomide failed?", group="Drugs"),
)
A, B, C = (Leaf(c.id) for c in CRITERIA)
BY = "L. Lead"


def new_case(by: str = BY) -> AppTest:
    test = AppTest.from_file(APP, default_timeout=60)
    test.query_params["by"] = by
    test.run()
    test._page_hash = calc_hash("new")
    return test.run()


def uploaded(logic: object = None, **more: object) -> AppTest:
    """The screen after a list was uploaded."""
    entries = [{"id": c.id, "question": c.question, "group": c.group} for c in CRITERIA]
    data = json.dumps({"name": "Biologics", "criteria": entries, **({"logic": logic} if logic else {}), **more})
    test = new_case()
    criteria_file = next(u for u in test.file_uploader if u.key == "new.criteria_file")
    criteria_file.set_value(("list.json", data.encode(), "application/json"))
    return test.run()


def stored(root: AllOf | None) -> AppTest:
    """The screen with a stored list chosen."""
    new_case()
    workspace().store.save_criteria(CriteriaSet("Biologics", CRITERIA, root=root), by=BY)
    test = new_case()
    test.segmented_control(key="new.source").set_value("Use a stored list")
    return test.run()


def field(test: AppTest) -> str:
    return str(_field(test).value)


def _field(test: AppTest) -> TextArea:
    return next(t for t in test.text_area if t.label == "Logic in one line")


def write(test: AppTest, text: str) -> AppTest:
    _field(test).set_value(text)
    return test.run()


def press(test: AppTest, label: str) -> AppTest:
    next(b for b in test.button if b.label == label).click()
    return test.run()


def said(test: AppTest) -> str:
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error, test.success)
    return "\n".join(str(e.value) for kind in kinds for e in kind).replace("\\", "")


def test_an_uploaded_logic_stands_in_the_field_and_is_drawn_beneath() -> None:
    test = uploaded('ALL(A, ANY "Drug failed" (B))')
    assert not test.exception
    assert field(test) == 'ALL(A, ANY "Drug failed" (B))'
    assert "- **All of**\n    - **A** Is a diagnosis documented?\n    - **Any of** · Drug failed\n" in said(test)
    assert said(test).count("Asked, but not part of the logic: C.") == 1


def test_a_list_without_logic_says_so_and_can_be_started_with_a_button() -> None:
    test = uploaded()
    assert "No logic: each criterion is decided for itself" in said(test)
    press(test, "All of them")
    assert field(test) == "ALL(A, B, C)"
    press(test, "All groups, any in each")
    assert field(test) == 'ALL(ANY "Diagnosis" (A), ANY "Drugs" (B, C))'
    press(test, "All groups, all in each")
    assert field(test) == 'ALL(ALL "Diagnosis" (A), ALL "Drugs" (B, C))'
    press(test, "No logic")
    assert field(test) == ""


def test_a_mistake_is_named_with_its_place_and_cure_and_holds_the_case_up() -> None:
    test = write(uploaded(), "ALL(A,\nB C)")
    assert "Line 2, character 3: Before “C” a comma is missing. Write one between the parts." in said(test)
    assert "criteria" in said(test).split("Still needed: ")[1]
    test = write(test, "ALL(A, Q, R)")
    assert [e.value.split(" ")[0] for e in test.error] == ["Q", "R"]
    test = write(test, "ALL(A, B, C)")
    assert not test.error
    assert "criteria" not in said(test).split("Still needed: ")[1]


def test_renaming_the_list_keeps_the_words_of_the_logic() -> None:
    test = write(uploaded(), "ANY(A, B)")
    next(t for t in test.text_input if t.label == "Name of the criteria list").set_value("Other name")
    assert field(test.run()) == "ANY(A, B)"


def test_a_stored_list_gets_its_changed_logic_as_the_next_version() -> None:
    test = write(stored(AllOf((A, B))), "ALL(A, ANY(B, C))")
    press(test, "Save the logic as the next version")
    assert not test.error
    assert "Saved as version 2. Cases that are open keep version 1." in said(test)
    (newest,) = workspace().store.criteria_sets()
    assert (newest.version, newest.root) == (2, AllOf((A, AnyOf((B, C)))))
    assert field(test) == "ALL(A, ANY(B, C))"
    assert "Save the logic as the next version" not in [b.label for b in test.button]


def test_going_back_to_an_earlier_logic_is_no_new_version() -> None:
    test = write(stored(AllOf((A, B))), "ANY(A, B)")
    press(test, "Save the logic as the next version")
    press(write(test, "ALL(A, B)"), "Save the logic as the next version")
    assert "This is version 1 of the list, which is stored already. Nothing new was saved." in said(test)
    assert [s.version for s in workspace().store.criteria_sets()] == [2]


def test_a_logic_is_saved_under_a_name_only() -> None:
    new_case()
    workspace().store.save_criteria(CriteriaSet("Biologics", CRITERIA), by=BY)
    test = new_case(by="")
    test.segmented_control(key="new.source").set_value("Use a stored list")
    test = write(test.run(), "ALL(A, B)")
    assert next(b for b in test.button if b.label == "Save the logic as the next version").disabled
    assert "To save it, give your name below." in said(test)


def test_a_list_whose_name_is_known_says_that_open_cases_keep_theirs() -> None:
    new_case()
    workspace().store.save_criteria(CriteriaSet("Biologics", CRITERIA), by=BY)
    assert "A list of this name is stored" not in said(uploaded())
    assert "This one is saved as the next version" in said(uploaded("ALL(A, B)"))


def test_a_form_says_that_it_does_not_decide() -> None:
    items = [{"linkId": c.id, "type": "boolean", "text": c.question} for c in CRITERIA]
    items[1]["enableWhen"] = [{"question": "A", "operator": "=", "answerBoolean": True}]  # type: ignore[assignment]
    test = new_case()
    form = json.dumps({"resourceType": "Questionnaire", "title": "Form", "item": items}).encode()
    next(u for u in test.file_uploader if u.key == "new.criteria_file").set_value(("f.json", form, "application/json"))
    test.run()
    assert field(test) == 'ALL "The form as it stands" (A, IF(A, B), C)'
    assert "The form does not say which answers approve." in said(test)


@pytest.mark.parametrize("words", ["**x** [y](https://evil.example)", "# a\n- b"])
def test_words_of_a_list_are_never_markdown(words: str) -> None:
    criteria = CriteriaSet("L", (Criterion("A", words), Criterion("B", "x" * 300)))
    drawn = outline_markdown(AllOf((A, When(B, Not(A))), "**t**"), criteria)
    assert "https:" not in drawn
    assert len(drawn.splitlines()) == 6
    assert "- **All of** · \\*\\*t\\*\\*\n    - **A** " in drawn
    assert "        - if **B** xxx" in drawn
    assert "        - then **Not**\n            - **A**" in drawn
