"""A record as a FHIR R4 QuestionnaireResponse: the criteria are its items, the decisions of people its answers.

Sources: QuestionnaireResponse, https://hl7.org/fhir/R4/questionnaireresponse.html; Da Vinci DTR 2.1, extension
information-origin, https://hl7.org/fhir/us/davinci-dtr/StructureDefinition-information-origin.html: "manual" needs an
author (rule dtrx-1), and that code is the same in the versions 2.0 to 2.2.

Every answer is "manual": no decision is proposed by a machine, so none is "auto" or "override". A criterion without a
decision is an item without an answer, and one that the logic does not ask for is no item, as for a question that is not
enabled.

The resource names no profile. The DTR profile wants the patient, an order and a coverage by reference, and none of
these is known here: `subject` says so (data-absent-reason), and who sends the answers on puts them in. Answers are
codings of the system urn:chartsieve:CodeSystem:decision (met, not_met, insufficient, not_applicable), as no criterion
says which answers its questionnaire takes. Rationales and citations are extensions of the answer, so that the items are
those of the questionnaire and no others.
"""

import html
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from core.casestate import STATUS_WORDS
from core.record import DRAFT, CaseRecord, RecordCitation, RecordCriterion, RecordDecision
from core.record_words import STATE, outcome_state

ORIGIN = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
OWN = "urn:chartsieve:StructureDefinition:"
DECISION_SYSTEM = "urn:chartsieve:CodeSystem:decision"

Json = dict[str, Any]


def record_fhir(record: CaseRecord) -> str:
    """The resource as JSON. Equal records give equal text."""
    return json.dumps(_resource(record), ensure_ascii=False, indent=1) + "\n"


def _resource(record: CaseRecord) -> Json:
    people = _people(record)
    author = _author(record)
    return {
        "resourceType": "QuestionnaireResponse",
        "text": {"status": "generated", "div": _narrative(record)},
        "contained": [
            {"resourceType": "Practitioner", "id": number, "name": [{"text": name}]} for name, number in people.items()
        ],
        "extension": list(_extensions(record)),
        "identifier": {"system": "urn:chartsieve:case", "value": str(record.case)},
        "questionnaire": record.source or f"urn:chartsieve:criteria:{record.criteria_set.digest}",
        "status": _status(record),
        "subject": {"extension": [{"url": ABSENT, "valueCode": "unknown"}], "type": "Patient"},
        "authored": _time(_authored(record)),
        "author": _reference(author, people),
        "item": list(_items(record.criteria, people)),
    }


def _status(record: CaseRecord) -> str:
    if record.draft:
        return "in-progress"
    if record.status == "withdrawn":
        return "stopped"
    return "amended" if record.amended() else "completed"


def _decisions(record: CaseRecord) -> list[RecordDecision]:
    return [entry.decision for entry in record.criteria if entry.decision]


def _author(record: CaseRecord) -> str:
    """Who signed; of a draft who decided last, or who opened the case."""
    if record.signed:
        return record.signed.by
    newest = max(_decisions(record), key=lambda d: (d.at, d.id), default=None)
    return newest.reviewer if newest else record.created_by


def _authored(record: CaseRecord) -> datetime:
    if record.signed:
        return record.signed.at
    return max((decision.at for decision in _decisions(record)), default=record.created_at)


def _people(record: CaseRecord) -> dict[str, str]:
    """Name -> id of the contained resource, of everybody who is referred to."""
    names = dict.fromkeys([_author(record), *(decision.reviewer for decision in _decisions(record))])
    return {name: f"p{number}" for number, name in enumerate(names, start=1)}


def _reference(name: str, people: dict[str, str]) -> Json:
    return {"reference": f"#{people[name]}", "type": "Practitioner", "display": name}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _narrative(record: CaseRecord) -> str:
    state = DRAFT if record.draft else STATUS_WORDS[record.status]
    said = "".join(f"<p>{html.escape(line)}</p>" for line in (record.name, f"{state}.", record.ai))
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{said}</div>'


def _extensions(record: CaseRecord) -> Iterable[Json]:
    """That AI was used, and the determination that the answers led to."""
    yield {"url": f"{OWN}ai-used", "valueString": record.ai}
    step = record.signed
    if step:
        said = [
            {"url": "kind", "valueCode": step.kind},
            {"url": "by", "valueString": step.by},
            {"url": "role", "valueCode": step.role},
            {"url": "at", "valueDateTime": _time(step.at)},
        ]
        if step.reason.strip():
            said.append({"url": "reason", "valueString": step.reason.strip()})
        yield {"url": f"{OWN}determination", "extension": said}


def _items(criteria: Sequence[RecordCriterion], people: dict[str, str]) -> Iterable[Json]:
    """Criteria of a group that follow one another are the items of one group."""
    taken = {entry.link for entry in criteria}
    shown = [entry for entry in criteria if entry.asked or entry.decision]
    for number, (group, entries) in enumerate(groupby(shown, key=lambda entry: entry.criterion.group), start=1):
        items = [_item(entry, people) for entry in entries]
        if not group:
            yield from items
            continue
        link = f"group.{number}"
        while link in taken:
            link += "'"
        yield {"linkId": link, "text": group, "item": items}


def _item(entry: RecordCriterion, people: dict[str, str]) -> Json:
    item: Json = {"linkId": entry.link, "text": entry.criterion.question}
    if entry.decision:
        item["answer"] = [_answer(entry.decision, entry.citations, people)]
    return item


def _answer(decision: RecordDecision, citations: Sequence[RecordCitation], people: dict[str, str]) -> Json:
    origin = [
        {"url": "source", "valueCode": "manual"},
        {"url": "author", "valueReference": _reference(decision.reviewer, people)},
    ]
    extensions: list[Json] = [{"url": ORIGIN, "extension": origin}]
    if decision.rationale.strip():
        extensions.append({"url": f"{OWN}rationale", "valueString": decision.rationale.strip()})
    extensions += [{"url": f"{OWN}citation", "extension": list(_citation(citation))} for citation in citations]
    coding = {
        "system": DECISION_SYSTEM,
        "code": decision.outcome,
        "display": STATE[outcome_state(decision)],
    }
    return {"extension": extensions, "valueCoding": coding}


def _citation(citation: RecordCitation) -> Iterable[Json]:
    at = citation.at
    yield {"url": "document", "valueString": at.ref.document}
    yield {"url": "name", "valueString": at.document_name}
    yield {"url": "page", "valuePositiveInt": at.ref.number}
    if at.place is not None:
        yield {"url": "place", "valuePositiveInt": at.place}
    if at.label.strip():
        yield {"url": "label", "valueString": at.label.strip()}
    if citation.quote.strip():
        yield {"url": "quote", "valueString": citation.quote.strip()}
