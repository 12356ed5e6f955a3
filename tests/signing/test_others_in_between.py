"""What other people do while a case is about to be signed: second reviews, documents and scans, steps and decisions."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.casefile import Assignment
from core.domain import Citation, Decision, PageRef
from core.errors import Conflict, Refused
from core.workspace import Workspace
from tests import determining
from tests.determining import (
    DOCTOR,
    LEAD,
    NURSE,
    Clock,
    decide,
    deniable,
    met,
    open_pages,
    page_of,
    pend,
    take,
)
from tests.pages.packets import pdf, take_in, text


def test_an_ordered_second_review_keeps_everybody_from_signing_until_it_is_settled(ws: Workspace, case: int) -> None:
    met(ws, case)
    second = "S. Second"
    ws.store.course.assign(case, Assignment("second", second, LEAD, ws.now()))
    with pytest.raises(Refused, match=r"second review by S\. Second is not finished"):
        take(ws, case, "approve", NURSE)
    with pytest.raises(Refused, match="You are the second reviewer"):
        take(ws, case, "approve", second)
    for criterion, outcome in (("A-1", "met"), ("A-2", "not_met"), ("A-3", "not_met")):
        ws.store.decide(case, Decision(criterion, outcome, "Mine", second, ws.now(), reading="second"), seen=0)  # type: ignore[arg-type]
    decide(ws, case, "A-3", "not_met")
    with pytest.raises(Refused, match="something else on A-2"):
        take(ws, case, "approve", NURSE)
    ws.duties.settle(case, "A-2", "met", "The test counts", by=LEAD, seen=ws.store.decisions(case)["A-2"].id)
    record = json.loads(take(ws, case, "approve", NURSE).record)
    assert record["second_review"]["settled"] == ["A-2"]
    assert record["second_review"]["ordered_of"] == second


def test_a_second_review_that_was_taken_back_half_done_holds_nobody_up(ws: Workspace, case: int) -> None:
    met(ws, case)
    ws.store.course.assign(case, Assignment("second", "S. Second", LEAD, ws.now()))
    ws.store.decide(case, Decision("A-2", "not_met", "Mine", "S. Second", ws.now(), reading="second"), seen=0)
    ws.store.course.assign(case, Assignment("second", "", LEAD, ws.now()))
    assert take(ws, case, "approve", NURSE).kind == "approve"


def test_a_complete_second_review_counts_whoever_has_the_duty_by_then(ws: Workspace, case: int) -> None:
    met(ws, case)
    ws.store.course.assign(case, Assignment("second", "S. Second", LEAD, ws.now()))
    for criterion in determining.IDS:
        ws.store.decide(case, Decision(criterion, "not_met", "Mine", "S. Second", ws.now(), reading="second"), seen=0)
    ws.store.course.assign(case, Assignment("second", "", LEAD, ws.now()))
    with pytest.raises(Refused, match="the first is not: A-3 is undecided"):
        take(ws, case, "approve", LEAD)
    decide(ws, case, "A-3", "not_met")
    with pytest.raises(Refused, match="something else on A-1 and A-2"):
        take(ws, case, "approve", LEAD)


def test_a_decision_from_before_a_scan_was_read_carries_no_denial(ws: Workspace, case: int, clock: Clock) -> None:
    deniable(ws, case)
    open_pages(ws, case, 1, 2, 3, 4)
    clock.now += timedelta(hours=1)
    image = ws.store.page(page_of(ws, case, 3))
    ws.store.replace_pages(image.ref.document, [replace(image, recognised="tesseract")])
    assert ws.signing.facts(case, by=DOCTOR).outdated == (), "it was tried, and nobody could read it"
    ws.store.replace_pages(image.ref.document, [replace(image, source="ocr", text="Negative", recognised="tesseract")])
    with pytest.raises(Refused, match="A-2 and A-3 were decided before pages last came in or were read"):
        take(ws, case, "deny", DOCTOR)
    clock.now += timedelta(hours=1)
    for criterion, why in (("A-2", "The test is too old"), ("A-3", "As the chart says")):
        decide(ws, case, criterion, "not_met", why)  # the same again: somebody has looked at the new page
    assert ws.signing.facts(case, by=DOCTOR).outdated == ("A-1",)


def test_a_decision_from_before_the_packet_changed_carries_no_denial(
    ws: Workspace, case: int, clock: Clock, tmp_path: Path
) -> None:
    deniable(ws, case)
    open_pages(ws, case, 1, 2, 3, 4)
    clock.now += timedelta(hours=1)
    ws.add_documents(case, [take_in(ws, pdf(tmp_path / "more.pdf", text(determining.TEST)))], by=NURSE)
    ws.jobs.wait(case, 60)
    with pytest.raises(Refused, match="decided before pages last came in or were read"):
        take(ws, case, "deny", DOCTOR)
    clock.now += timedelta(hours=1)
    for criterion in ("A-2", "A-3"):
        decide(ws, case, criterion, "not_met", "Still too old")
    new = ws.store.case(case).documents[1].document
    ws.store.findings.opened(case, PageRef(new, 1), reviewer=DOCTOR)
    record = json.loads(take(ws, case, "deny", DOCTOR).record)
    assert any("A-1 was decided before" in said for said in record["known_when_signed"])


def test_a_page_opened_in_a_replaced_document_counts_where_it_is_unchanged(
    ws: Workspace, case: int, clock: Clock, tmp_path: Path
) -> None:
    open_pages(ws, case, 1, 2)
    clock.now += timedelta(hours=1)
    newer = pdf(tmp_path / "newer.pdf", text(determining.TRIED), text(determining.TEST + " Late."), text("Letter."))
    old = ws.store.case(case).documents[0].document
    ws.replace_document(case, old, take_in(ws, newer), by=NURSE)
    ws.jobs.wait(case, 60)
    basis = ws.signing.basis(case)
    assert {basis.numbers[page] for page in basis.opened(DOCTOR)} == {1}
    citation = Citation(page_of(ws, case, 1))
    assert basis.now_at(citation.page) == citation.page


def test_two_people_do_not_sign_over_each_other(ws: Workspace, case: int) -> None:
    met(ws, case)
    take(ws, case, "approve", NURSE)
    with pytest.raises(Conflict, match=r"R\. Nurse"):
        ws.signing.take(case, "withdraw", by=LEAD, reason="Late", detail={}, seen=0)
    assert len(ws.store.course.steps(case)) == 1


def test_who_came_before_is_named_also_where_they_changed_nothing_but_the_clock(ws: Workspace, case: int) -> None:
    seen = pend(ws, case).id
    take(ws, case, "urgency", "C. Other", urgency="expedited", received_at=ws.now().isoformat())
    with pytest.raises(Conflict, match=r"C\. Other"):
        ws.signing.take(case, "resume", by=DOCTOR, reason="", detail={}, seen=seen)


def test_what_changed_since_the_screen_was_drawn_is_not_signed_unseen(ws: Workspace, case: int) -> None:
    met(ws, case)
    stamp = ws.store.course.stamp(case)
    decide(ws, case, "A-1", "met", "Another reason")
    with pytest.raises(Conflict, match="changed"):
        ws.signing.take(case, "approve", by=NURSE, reason="", detail={}, seen=0, stamp=stamp)
    assert ws.signing.state(case).status == "in_review"
