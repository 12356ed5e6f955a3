"""FHIR Questionnaires: what asks something becomes a criterion, what is certain of its conditions becomes logic."""

import json
from pathlib import Path

import pytest

from core.criteria import Preview, preview_criteria
from core.logic import to_text

FORMS = Path(__file__).parents[3] / "shared" / "data" / "fhir"
HIDDEN = [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}]
YES = {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "Y"}
Json = dict[str, object]


def item(link: str, text: str = "", kind: str = "boolean", **more: object) -> Json:
    return {"linkId": link, "type": kind, **({"text": text} if text else {}), **more}


def when(question: str, operator: str = "=", **answer: object) -> Json:
    return {"question": question, "operator": operator, **(answer or {"answerBoolean": True})}


def form(*items: Json, **more: object) -> Json:
    return {"resourceType": "Questionnaire", "title": "Home visit", "item": list(items), **more}


def read(content: object) -> Preview:
    return preview_criteria(json.dumps(content, indent=1).encode(), "form.json")


def tree(*items: Json) -> str:
    """The logic of the form without its title."""
    found = read(form(*items))
    assert not found.problems
    assert found.root is not None
    return to_text(found.root).replace('ALL "The form as it stands" ', "ALL")


VISIT = form(
    item("1", "Placeholder for the patient", "display"),
    item(
        "2",
        "Visit",
        "group",
        item=[
            item("2.1", "Was the patient seen in person?"),
            item("2.2", "When?", "date", enableWhen=[when("2.1")]),
            item("/2/3 a", "Why not?", "text", enableWhen=[when("2.1", answerBoolean=False)]),
            item("2.4", "", "string"),
            item("2.5", "Computed score", "integer", extension=HIDDEN),
        ],
    ),
    item("3", "Device", "choice", answerOption=[{"valueString": "a"}]),
    url="http://example.org/Questionnaire/visit",
    version="2.0",
)


def test_questions_become_criteria_with_their_group_and_their_link() -> None:
    found = read(VISIT)
    assert (found.name, found.problems) == ("Home visit", ())
    assert [(c.id, c.question, c.group, c.link) for c in found.criteria] == [
        ("2.1", "Was the patient seen in person?", "Visit", "2.1"),
        ("2.2", "When?", "Visit", "2.2"),
        ("2-3-a", "Why not?", "Visit", "/2/3 a"),
        ("3", "Device", "", "3"),
    ]
    assert found.criteria_set().source == "http://example.org/Questionnaire/visit|2.0"


def test_a_yes_or_no_becomes_a_condition_and_the_root_says_what_it_is() -> None:
    root = read(VISIT).root
    assert root is not None
    assert to_text(root) == ('ALL "The form as it stands" (ALL "Visit" (2.1, IF(2.1, 2.2), IF(NOT(2.1), 2-3-a)), 3)')


def test_what_was_left_out_or_assumed_is_said() -> None:
    assert read(VISIT).remarks == (
        "Left out, since they ask nothing: 1.",
        "Left out, since the form hides them: 2.5.",
        "Left out, since they have no words: 2.4.",
        "Not used: answers to choose from, and answers that the form fills in beforehand.",
        "The form does not say which answers approve. All of its parts are taken as needed, answered with yes: look at "
        "the logic and change it before cases are decided by it.",
    )


A, B = item("a", "Is a?"), item("b", "Is b?")


@pytest.mark.parametrize(
    ("conditions", "behaviour", "part"),
    [
        ([when("a"), when("b", answerBoolean=False)], "all", "IF(a, IF(NOT(b), c))"),
        ([when("a"), when("b", answerBoolean=False)], "any", "IF(ANY(a, NOT(b)), c)"),
        ([when("a", "!=")], None, "IF(NOT(a), c)"),
        ([when("d", "exists")], None, "IF(d, c)"),
        ([when("d", "exists", answerBoolean=False)], None, "IF(NOT(d), c)"),
        ([when("e", answerCoding=YES)], None, "IF(e, c)"),
    ],
)
def test_what_is_certain_of_a_condition_is_kept(conditions: list[Json], behaviour: str | None, part: str) -> None:
    more = {"enableBehavior": behaviour} if behaviour else {}
    others = (A, B, item("d", "When?", "date"), item("e", "Is e?", "choice"))
    assert tree(*others, item("c", "Is c?", enableWhen=conditions, **more)) == f"ALL(a, b, d, e, {part})"


@pytest.mark.parametrize(
    ("conditions", "behaviour"),
    [
        ([when("d", ">", answerDate="2026-01-01")], None),
        ([when("e", answerCoding={"system": "http://example.org", "code": "Y"})], None),
        ([when("a", "exists")], None),
        ([when("e", "exists")], None),
        ([when("nowhere")], None),
        ([when("f")], None),
        ([when("a"), when("b")], None),
        ([when("a"), when("d", ">", answerDate="2026-01-01")], "any"),
        ([when("c")], None),
        ("broken", None),
    ],
)
def test_a_question_whose_condition_is_not_certain_is_always_asked_and_named(
    conditions: object, behaviour: str | None
) -> None:
    more = {"enableBehavior": behaviour} if behaviour else {}
    others = (A, B, item("d", "When?", "date"), item("e", "Is e?", "choice"), item("f", "Hidden?", extension=HIDDEN))
    items = (*others, item("c", "Is c?", enableWhen=conditions, **more))
    assert tree(*items) == "ALL(a, b, d, e, c)"
    said = "Always asked, since their condition is about more than a yes or no: c. Change that under Logic."
    assert said in read(form(*items)).remarks


def test_a_condition_on_a_question_that_is_itself_conditional_stands_below_it() -> None:
    b = item("b", "Is b?", enableWhen=[when("a", answerBoolean=False)])
    c = item("c", "Is c?", enableWhen=[when("b")])
    assert tree(A, b, c) == "ALL(a, IF(NOT(a), b), IF(NOT(a), IF(b, c)))"
    d = item("d", "Is d?", enableWhen=[when("b"), when("a")], enableBehavior="any")
    assert tree(A, b, d) == "ALL(a, IF(NOT(a), b), IF(ANY(ALL(NOT(a), b), a), d))"


def test_a_condition_of_a_group_holds_for_all_its_parts_and_is_written_once() -> None:
    group = item("g", "Details", "group", enableWhen=[when("a")], item=[B, item("c", "Is c?", enableWhen=[when("b")])])
    assert tree(A, group) == 'ALL(a, IF(a, ALL "Details" (b, IF(b, c))))'


def test_what_stands_below_a_question_is_asked_with_it() -> None:
    above = item("b", "Is b?", enableWhen=[when("a")], item=[item("b1", "Since when?", "date")])
    assert tree(A, above) == "ALL(a, IF(a, ALL(b, b1)))"


def test_words_that_several_questions_share_are_told_apart() -> None:
    found = read(
        form(
            item("1", "Is oxygen used?", item=[item("1.1", "Describe:", "text")]),
            item("2", "Is a mask used?"),
            item("2.1", "describe", "text", enableWhen=[when("2")]),
            item("3", "Describe", "text"),
            item("4", "Describe", "text"),
        )
    )
    assert [c.question for c in found.criteria] == [
        "Is oxygen used?",
        "Is oxygen used? Describe:",
        "Is a mask used?",
        "Is a mask used? describe",
        "Describe (3)",
        "Describe (4)",
    ]
    assert found.problems == ()


def test_links_that_differ_only_in_what_an_id_cannot_have_get_ids_of_their_own() -> None:
    found = read(form(item("/a", "Is a?"), item("a ", "Is b?"), item("A", "Is c?"), item("é", "Is d?")))
    assert [c.id for c in found.criteria] == ["a", "a-2", "A-3", "item"]
    assert found.problems == ()


def test_a_form_inside_a_bundle_or_a_package_is_found() -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Library"}}, {"resource": VISIT}]}
    package = {"resourceType": "Parameters", "parameter": [{"name": "PackageBundle", "resource": bundle}]}
    assert read(bundle) == read(package) == read(VISIT)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ({"resourceType": "QuestionnaireResponse"}, "This is a FHIR QuestionnaireResponse without a Questionnaire."),
        ({"resourceType": "Bundle", "entry": []}, "This is a FHIR Bundle without a Questionnaire."),
        ({"resourceType": "Bundle", "entry": [{"resource": VISIT}] * 2}, "The file holds 2 FHIR Questionnaires."),
        (form(), "The form asks nothing: it has no item that is a question."),
        (form(A, {"type": "boolean", "text": "Is it?"}), "An item of the form has no linkId."),
        (form(A, item("a", "Is b?")), "The linkId a stands twice."),
        ({"resourceType": "Questionnaire", "item": "x"}, "The items of the form are no list, or nest too deeply."),
        (form(A, item("x", "Long " * 500)), "Entry 2: The question has 2,499 characters; it can have 2,000."),
    ],
)
def test_a_form_that_cannot_be_used_is_named_with_a_cure(content: object, what: str) -> None:
    (problem,) = read(content).problems
    assert problem.what == what
    assert problem.cure


def test_a_mistake_is_named_by_the_line_of_its_item() -> None:
    data = json.dumps(form(A, item("x", "Long " * 500)), indent=1)
    (problem,) = preview_criteria(data.encode(), "form.json").problems
    assert '"linkId": "x"' in data.splitlines()[problem.row - 1]


def test_items_nested_without_end_are_a_mistake_and_not_a_crash() -> None:
    nested = item("0", "Is it 0?")
    for n in range(1, 200):
        nested = item(str(n), f"Is it {n}?", item=[nested])
    assert [p.column for p in read(form(nested)).problems] == ["item"]
    deep = item("0", "Is it 0?")
    for n in range(1, 30):
        deep = item(str(n), f"Group {n}", "group", item=[deep])
    found = read(form(deep))
    assert (found.root, found.problems) == (None, ())
    assert "The form is too large for its conditions to be taken over as logic." in found.remarks


REAL = {
    "HomeOxygenTherapyFaceToFace": (43, 12, ""),
    "ImmunosuppressiveDrugsProgressNote": (11, 0, "5.5"),
    "LowerLimbProsthesis": (19, 6, ""),
    "NonEmergencyAmbulanceTransportationProgressNote": (7, 2, ""),
    "PositiveAirwayPressureDevicesFaceToFace": (14, 1, "6.2"),
    "Ventilators": (12, 0, ""),
}


@pytest.mark.skipif(not FORMS.is_dir(), reason="the forms of the CMS library are not beside this checkout")
@pytest.mark.parametrize("name", REAL)
def test_forms_that_payers_use_are_read_without_a_mistake(name: str) -> None:
    found = preview_criteria((FORMS / f"Questionnaire-R4-{name}.json").read_bytes(), f"{name}.json")
    criteria, conditions, always = REAL[name]
    assert found.problems == ()
    assert len(found.criteria) == criteria
    assert found.root is not None
    assert to_text(found.root).count("IF(") >= conditions
    kept = [r for r in found.remarks if r.startswith("Always asked")]
    assert [r.rpartition(": ")[2] for r in kept] == ([f"{always}. Change that under Logic."] if always else [])
