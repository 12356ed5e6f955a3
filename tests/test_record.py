"""The record of a case: what it takes from the present, and what was signed in its place."""

import json
from dataclasses import replace
from datetime import timedelta

from core.casefile import Cited
from core.certificates import Certificate, Target
from core.domain import CaseDocument, Citation, PageRef
from core.record import CaseRecord
from core.record_building import build_record
from core.record_json import SCHEMA, record_json
from core.record_signed import UNREADABLE, as_signed
from core.record_words import clock, numbers, page_words, span, state_of, tally
from core.standing import InForce
from core.turnaround import Terms
from tests.records import (
    BASIS,
    BOX,
    CHART,
    DOCTOR,
    LETTER,
    NURSE,
    OLD,
    decided,
    draft,
    hours,
    signed,
    signed_basis,
    sources,
)


def again(**changes: object) -> CaseRecord:
    """The signed record, made after the present has changed."""
    basis = replace(signed_basis(), **changes)  # type: ignore[arg-type]
    return as_signed(build_record(sources(basis), made_by=NURSE, made_at=hours(40)))


def test_an_open_case_is_a_draft() -> None:
    record = draft()
    assert record.draft
    assert record.status == "referred"
    assert json.loads(record_json(record))["notice"].endswith("Not signed off: draft.")


def test_citations_are_numbered_through_the_record_and_know_where_their_page_stands() -> None:
    first, second, third, fourth = draft().citations()
    assert [c.number for c in (first, second, third, fourth)] == [1, 2, 3, 4]
    assert (first.at.place, first.at.label) == (1, "1 of 60")
    assert (second.at.place, second.at.turn) == (3, 90)
    assert (fourth.at.place, fourth.at.document_name) == (None, "old chart.pdf")
    assert page_words(fourth.at) == "page 2 of a document that was replaced"


def test_a_page_of_a_replaced_document_that_is_unchanged_stands_where_it_is_now() -> None:
    record = build_record(
        sources(replace(BASIS, moved={PageRef(OLD, 2): PageRef(CHART, 3)})), made_by=NURSE, made_at=hours(31)
    )
    assert [c.at.place for c in record.criteria[4].citations] == [3]
    assert record.looked[1].places == (1, 2, 3)
    assert record.looked[1].gone == 0


def test_a_page_that_is_cited_with_a_place_is_not_cited_as_a_whole_as_well() -> None:
    besides = Cited("C01", Citation(PageRef(CHART, 3), "", "DAS28 5.1", (BOX,)), NURSE, hours(4), id=2)
    record = build_record(sources(replace(BASIS, cited=(besides,))), made_by=NURSE, made_at=hours(31))
    assert [c.quote for c in record.criteria[0].citations] == ["C-reactive protein 24 mg/L ≥ 10", "DAS28 5.1"]


def test_what_nobody_decided_is_never_not_met() -> None:
    record = build_record(sources(replace(BASIS, decisions={})), made_by=NURSE, made_at=hours(31))
    assert [state_of(entry)[1] for entry in record.criteria] == ["Undecided"] * 5
    assert tally(record) == "5 undecided"
    assert record.nodes[0].state == "undecided"


def test_a_criterion_that_the_logic_does_not_ask_for_is_not_asked() -> None:
    entry = draft().criteria[3]
    assert (entry.asked, state_of(entry)) == (False, ("undecided", "Not asked"))


def test_what_people_opened_is_summed_up_by_person() -> None:
    doctor, nurse = draft().looked
    assert (doctor.reviewer, doctor.places, doctor.openings, doctor.seconds) == (DOCTOR, (1,), 1, 61.0)
    assert (nurse.places, nurse.gone, nurse.pages, nurse.openings) == ((1, 2), 1, 3, 5)
    assert [one.note for one in draft().unread[0].looked] == ["A signature, nothing else."]


def test_the_record_of_a_signed_case_is_what_was_signed() -> None:
    record = signed()
    assert not record.draft
    assert record.differs == ()
    assert [entry.decision for entry in record.criteria] == [entry.decision for entry in draft().criteria]
    assert list(record.citations()) == list(draft().citations())
    assert record.looked == draft().looked
    assert record.nodes == draft().nodes


def test_a_decision_that_differs_from_the_signed_one_does_not_show_but_is_said() -> None:
    changed = {**BASIS.decisions, "C02": decided("C02", "met", "Tried after all.", at=39)}
    record = again(decisions=changed)
    decision = record.criteria[1].decision
    assert decision
    assert decision.outcome == "not_met"
    assert any("C02" in sentence for sentence in record.differs)


def test_documents_that_came_after_the_signature_are_said() -> None:
    case = BASIS.case
    new = CaseDocument("f" * 64, "lab of May.pdf", 1, NURSE, hours(39))
    gone = replace(case.documents[1], replaced_by="f" * 64)
    record = again(case=replace(case, documents=(case.documents[0], new), replaced=(*case.replaced, gone)))
    assert record.differs == ("Came into the packet since: lab of May.pdf.", "Replaced since: letter.pdf.")


def test_another_rule_or_scorer_since_the_signature_is_said() -> None:
    known = sources(signed_basis())
    other = replace(known.versions, rule="top5")
    record = as_signed(build_record(replace(known, versions=other), made_by=NURSE, made_at=hours(40)))
    assert "“probability>=0.40” then, and is “top5” now" in record.differs[0]
    info = replace(known.versions.scorer, revision="2")
    record = as_signed(
        build_record(replace(known, versions=replace(known.versions, scorer=info)), made_by=NURSE, made_at=hours(40))
    )
    assert "the case shows another scorer now" in record.differs[0]


def test_a_promise_that_held_at_the_signature_and_not_now_is_said() -> None:
    certificate = Certificate(
        Target(0.95), BASIS.scorer.fingerprint, "platt-1", "probability>=0.4", "Biologics <adult>", 3, ("C01",), True,
        0.95, 0.97, 0.1, 0.2, (1, 2), 60, 300, "0" * 64, NURSE, hours(0), hours(9999), id=5,
    )  # fmt: skip
    certified = replace(BASIS, in_force=InForce(BASIS.in_force.rule, "certificate", certificate, "", 5, 5))
    basis = replace(signed_basis(certified), in_force=BASIS.in_force)
    record = as_signed(build_record(sources(basis), made_by=NURSE, made_at=hours(40)))
    assert record.differs[0].startswith("The threshold in force keeps at least 95%")


def test_what_was_signed_and_cannot_be_read_is_said() -> None:
    basis = signed_basis()
    for text in ("", "{", '{"format": 99}', '{"format": 1}'):
        steps = (*basis.steps[:-1], replace(basis.steps[-1], record=text))
        record = as_signed(build_record(sources(replace(basis, steps=steps)), made_by=NURSE, made_at=hours(40)))
        assert record.differs == (UNREADABLE,)
        assert not record.draft


def test_json_has_every_key_and_the_same_record_gives_the_same_text() -> None:
    open_, closed = json.loads(record_json(draft())), json.loads(record_json(signed()))
    assert open_["schema"] == closed["schema"] == SCHEMA
    assert _shape(open_, drop=("signed", "steps")) == _shape(closed, drop=("signed", "steps"))
    assert open_["signed"] is None
    assert closed["signed"]["record"]["decisions"][0]["criterion"] == "C01"
    assert record_json(draft()) == record_json(draft())
    assert closed["criteria"][1]["decision"]["outcome"] == "not_met"
    assert closed["criteria"][3]["decision"] is None
    assert closed["documents"][2]["replaced_by"] == CHART
    assert closed["audit"]["verifies"] is True
    assert {d["document"] for d in closed["documents"]} == {CHART, LETTER, OLD}


def _shape(value: object, drop: tuple[str, ...] = ()) -> object:
    """Names of all keys, and the kinds of lists; values are left out."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items() if key not in drop}
    return [_shape(value[0])] if isinstance(value, list) and value and isinstance(value[0], dict) else None


def test_the_head_of_the_module_names_every_key() -> None:
    import core.record_json as module

    said = module.__doc__ or ""
    for key in json.loads(record_json(draft())):
        assert f"    {key} " in said, key


def test_the_clock_of_a_signed_case_says_what_was_due_then() -> None:
    said = clock(signed())
    assert "due 05 Nov 2026, 09:00 UTC" in said
    assert "Signed off 1 day 18 hours before it was due." in said
    assert "stood" not in said


def test_the_clock_of_a_signed_case_is_that_of_the_day_it_was_signed_whatever_is_set_up_by_then() -> None:
    sources_then = sources(signed_basis())
    later = replace(sources_then, terms=Terms(timedelta(days=1), timedelta(hours=1), timedelta(hours=1)))
    record = as_signed(build_record(later, made_by=DOCTOR, made_at=hours(9000)))
    assert clock(record) == clock(signed())
    assert json.loads(record_json(record))["clock"] == json.loads(record_json(signed()))["clock"]
    assert record.clock.due_at == record.signed.at + record.clock.left  # type: ignore[union-attr]


def test_a_signature_from_before_the_clock_was_signed_is_read_with_what_is_known() -> None:
    basis = signed_basis()
    old = json.loads(basis.steps[-1].record)
    del old["clock"]
    steps = (*basis.steps[:-1], replace(basis.steps[-1], record=json.dumps(old)))
    record = as_signed(build_record(sources(replace(basis, steps=steps)), made_by=DOCTOR, made_at=hours(9000)))
    assert clock(record) == clock(signed())


def test_words_of_numbers_and_spans() -> None:
    assert numbers((1, 2, 3, 7, 9, 10)) == "1–3, 7, 9–10"
    assert numbers(()) == ""
    assert span(timedelta(days=2, hours=4, minutes=5)) == "2 days 4 hours"
    assert span(timedelta(seconds=-90)) == "1 minute"
    assert span(timedelta(0)) == "less than a minute"
