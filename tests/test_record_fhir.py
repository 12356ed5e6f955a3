"""A record as a FHIR R4 QuestionnaireResponse. Rules of R4 and of the extension information-origin, written out."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from core.casefile import StepKind
from core.casestate import Status
from core.record import CaseRecord
from core.record_building import build_record
from core.record_fhir import DECISION_SYSTEM, ORIGIN, record_fhir
from tests.records import BASIS, CRITERIA, DOCTOR, HOSTILE, NURSE, draft, hours, signed, sources

Json = dict[str, Any]
STATUSES = {"in-progress", "completed", "amended", "entered-in-error", "stopped"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def resource(record: CaseRecord) -> Json:
    found: Json = json.loads(record_fhir(record))
    return found


def items(parent: Json) -> Iterator[Json]:
    for item in parent.get("item", []):
        yield item
        yield from items(item)


def extension(element: Json, url: str) -> list[Json]:
    return [e for e in element.get("extension", []) if e["url"].endswith(url)]


def test_groups_are_nested_and_every_link_is_the_criterions_own() -> None:
    found = resource(signed())
    assert [(g["text"], [i["linkId"] for i in g["item"]]) for g in found["item"]] == [
        ("Diagnosis", ["dx.1"]),
        ("Treatment", ["tx.1", "tx.2"]),
        ("Safety", ["sf.2"]),
    ]
    links = [item["linkId"] for item in items(found)]
    assert len(links) == len(set(links))


def test_a_criterion_that_is_not_asked_is_no_item_and_an_undecided_one_has_no_answer() -> None:
    assert "sf.1" not in [item["linkId"] for item in items(resource(draft()))]
    undecided = build_record(sources(replace(BASIS, decisions={})), made_by=NURSE, made_at=hours(31))
    found = list(items(resource(undecided)))
    assert "sf.1" in [item["linkId"] for item in found]
    assert not [item for item in found if "answer" in item]


def test_every_answer_says_that_a_person_gave_it_and_who() -> None:
    found = resource(signed())
    people = {f"#{p['id']}": p["name"][0]["text"] for p in found["contained"]}
    answers = [(item["linkId"], answer) for item in items(found) for answer in item.get("answer", [])]
    assert len(answers) == 4
    for _, answer in answers:
        (origin,) = [e for e in answer["extension"] if e["url"] == ORIGIN]
        parts = {e["url"]: e for e in origin["extension"]}
        assert parts["source"]["valueCode"] == "manual"
        author = parts["author"]["valueReference"]
        assert people[author["reference"]] == author["display"]
        assert answer["valueCoding"]["system"] == DECISION_SYSTEM
    coded = {link: answer["valueCoding"]["code"] for link, answer in answers}
    assert coded == {"dx.1": "met", "tx.1": "not_met", "tx.2": "not_met", "sf.2": "insufficient"}
    assert people[found["author"]["reference"]] == DOCTOR


def test_rationale_and_citations_go_with_the_answer() -> None:
    (item,) = [i for i in items(resource(signed())) if i["linkId"] == "tx.1"]
    (answer,) = item["answer"]
    assert extension(answer, ":rationale")[0]["valueString"] == HOSTILE
    cited = {e["url"]: e for e in extension(answer, ":citation")[0]["extension"]}
    assert cited["page"]["valuePositiveInt"] == 1
    assert cited["document"]["valueString"] == "a" * 64


def test_required_elements_are_there_and_no_element_is_empty() -> None:
    for record in (draft(), signed()):
        found = resource(record)
        assert found["resourceType"] == "QuestionnaireResponse"
        assert found["status"] in STATUSES
        assert found["questionnaire"] == CRITERIA.source
        assert INSTANT.fullmatch(found["authored"])
        assert found["subject"]["type"] == "Patient"
        assert not list(_empty(found))
        # Contained resources are referred to, and carry no narrative or version of their own (dom-2 to dom-5).
        text = json.dumps({key: value for key, value in found.items() if key != "contained"})
        for person in found["contained"]:
            assert f'"#{person["id"]}"' in text
            assert not {"meta", "text", "contained"} & set(person)
        for element in _elements(found):
            for one in element.get("extension", []):
                values = [key for key in one if key.startswith("value")]
                # ext-1: an extension has a value or extensions, not both.
                assert len(values) + ("extension" in one) == 1


def _elements(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _elements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _elements(inner)


def _empty(value: object) -> Iterator[object]:
    if isinstance(value, (dict, list, str)) and not value:
        yield value
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _empty(inner)


@pytest.mark.parametrize(
    ("kind", "before", "status"),
    [
        ("approve", (), "completed"),
        ("withdraw", (), "stopped"),
        ("approve", ("reopen",), "amended"),
    ],
)
def test_the_status_follows_from_the_course(kind: StepKind, before: tuple[StepKind, ...], status: str) -> None:
    record = signed()
    assert record.signed
    step = replace(record.signed, kind=kind)
    steps = (*record.steps[:-1], *(replace(step, kind=k) for k in before), step)
    state: Status = "withdrawn" if kind == "withdraw" else "approved"
    assert resource(replace(record, signed=step, steps=steps, status=state))["status"] == status
    assert resource(draft())["status"] == "in-progress"


def test_a_list_that_names_no_questionnaire_gets_an_address_of_its_own() -> None:
    record = replace(draft(), source="")
    assert resource(record)["questionnaire"] == f"urn:chartsieve:criteria:{CRITERIA.digest}"


def test_the_narrative_is_escaped_and_says_that_ai_was_used() -> None:
    found = resource(replace(draft(), name=HOSTILE))
    assert "<script>" not in found["text"]["div"]
    assert "&lt;script&gt;" in found["text"]["div"]
    assert "Not signed off: draft" in found["text"]["div"]
    assert extension(found, ":ai-used")[0]["valueString"].startswith("AI was used")
