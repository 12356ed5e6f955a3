"""Steps in the course of a case: judged by what the store holds, signed with it, and final until it is reopened."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.casefacts import Place
from core.casefile import StepKind
from core.errors import NotFound, Refused, SignedOff
from core.settings import Settings
from core.workspace import Workspace
from tests import determining
from tests.determining import (
    DOCTOR,
    LEAD,
    NURSE,
    Clock,
    cite,
    decide,
    deniable,
    look_at_the_image,
    met,
    open_pages,
    page_of,
    pend,
    take,
)
from tests.pages.packets import pdf, take_in, text

# -- denying


@pytest.mark.parametrize("by", [NURSE, LEAD, "Somebody new"])
@pytest.mark.parametrize("kind", ["deny", "approve_in_part"])
def test_nobody_but_a_physician_denies_however_it_is_asked_for(
    ws: Workspace, case: int, by: str, kind: StepKind
) -> None:
    deniable(ws, case)
    open_pages(ws, case, 1, 2, by=by)
    with pytest.raises(Refused, match="Only a physician may deny"):
        take(ws, case, kind, by, approved="6", not_approved="6")
    assert ws.store.course.steps(case) == []


def test_a_physician_denies_after_opening_every_cited_page(ws: Workspace, case: int) -> None:
    deniable(ws, case)
    assert ws.signing.facts(case, by=DOCTOR).unopened[:2] == (Place("A-1", 1), Place("A-2", 2))
    with pytest.raises(Refused, match=r"page 1 \(A-1\)"):
        take(ws, case, "deny", DOCTOR)
    open_pages(ws, case, 1)
    with pytest.raises(Refused, match=r"page 2 \(A-2"):
        take(ws, case, "deny", DOCTOR)
    open_pages(ws, case, 2)
    (nearest,) = ws.signing.facts(case, by=DOCTOR).unopened or (None,)
    if nearest:  # nothing is cited for A-3: the page that stands highest is what there is
        assert nearest.criterion == "A-3"
        open_pages(ws, case, nearest.page)
    step = take(ws, case, "deny", DOCTOR, "A-2: the test is older than a year")
    assert (step.role, step.reason) == ("physician", "A-2: the test is older than a year")
    assert ws.signing.state(case).status == "denied"


def test_what_somebody_else_opened_is_not_what_the_physician_opened(ws: Workspace, case: int) -> None:
    deniable(ws, case)
    open_pages(ws, case, 1, 2, 3, 4, by=NURSE)
    with pytest.raises(Refused, match="You have not opened"):
        take(ws, case, "deny", DOCTOR)


def test_a_denial_without_a_reason_or_on_an_undecided_criterion_is_refused(ws: Workspace, case: int) -> None:
    deniable(ws, case)
    open_pages(ws, case, 1, 2, 3, 4)
    with pytest.raises(Refused, match="Give the reasons"):
        take(ws, case, "deny", DOCTOR, "  ")
    stands = ws.store.decisions(case)["A-1"]
    ws.store.undecide(case, "A-1", reviewer=NURSE, reading="first", seen=stands.id)
    decide(ws, case, "A-2", "met")
    with pytest.raises(Refused, match="A-1 is undecided"):
        take(ws, case, "deny", DOCTOR)


def test_part_is_approved_by_a_physician_under_the_same_conditions(ws: Workspace, case: int) -> None:
    deniable(ws, case)
    with pytest.raises(Refused, match="You have not opened"):
        take(ws, case, "approve_in_part", DOCTOR, approved="6", not_approved="6")
    open_pages(ws, case, 1, 2, 3, 4)
    with pytest.raises(Refused, match="not approved"):
        take(ws, case, "approve_in_part", DOCTOR, approved="6 visits")
    step = take(ws, case, "approve_in_part", DOCTOR, approved="6 visits", not_approved="6 visits")
    assert dict(step.detail) == {"approved": "6 visits", "not_approved": "6 visits"}


# -- approving, and what keeps everybody from signing


def test_a_nurse_approves_what_is_met(ws: Workspace, case: int) -> None:
    met(ws, case)
    assert take(ws, case, "approve", NURSE, "").kind == "approve"


def test_what_is_not_met_is_approved_by_a_lead_with_a_reason(ws: Workspace, case: int) -> None:
    deniable(ws, case)
    with pytest.raises(Refused, match="A physician or a lead may approve"):
        take(ws, case, "approve", NURSE)
    with pytest.raises(Refused, match="Give the reason"):
        take(ws, case, "approve", LEAD, "")
    assert take(ws, case, "approve", LEAD, "Test repeated, result by phone").role == "lead"


def test_a_page_that_nobody_could_read_is_looked_at_before_anybody_signs(ws: Workspace, case: int) -> None:
    decide(ws, case, "A-1", "met")
    decide(ws, case, "A-2", "met")
    with pytest.raises(Refused, match=r"1 page could not be read.*page 3"):
        take(ws, case, "approve", NURSE)
    look_at_the_image(ws, case)
    take(ws, case, "approve", NURSE)


def test_a_list_without_logic_is_approved_when_every_criterion_is_met(ws: Workspace, tmp_path: Path) -> None:
    upload = take_in(ws, pdf(tmp_path / "other.pdf", text(determining.TRIED)))
    case = ws.create_case("No logic", [upload], determining.criteria(""), by=NURSE)
    ws.jobs.wait(case, 60)
    decide(ws, case, "A-1", "met")
    with pytest.raises(Refused, match="A-2 and A-3 are undecided"):
        take(ws, case, "approve", NURSE)
    decide(ws, case, "A-2", "met")
    decide(ws, case, "A-3", "not_applicable")
    record = json.loads(take(ws, case, "approve", NURSE).record)
    assert (record["rolled_up"], record["criteria"]["logic"]) == (None, None)


# -- the course


def test_pending_pauses_the_clock_until_the_review_is_resumed(ws: Workspace, case: int, clock: Clock) -> None:
    before = ws.signing.turnaround(case)
    assert (before.urgency, before.left.days) == ("standard", 6)
    pend(ws, case)
    clock.now += timedelta(days=4)
    paused = ws.signing.turnaround(case)
    assert paused.paused
    assert paused.left == before.left
    take(ws, case, "resume", NURSE, "The test came")
    clock.now += timedelta(days=1)
    after = ws.signing.turnaround(case)
    assert not after.paused
    assert after.left == before.left - timedelta(days=1)
    assert ws.signing.state(case).status == "in_review"


def test_the_terms_are_those_of_the_settings(made: tuple[Path, int], tmp_path: Path) -> None:
    shutil.copytree(made[0], tmp_path / "data")
    settings = Settings(data_dir=tmp_path / "data", ocr=False, standard_days=14, expedited_hours=24, due_soon_hours=2)
    opened = Workspace.open(settings)
    assert opened.signing.turnaround(made[1]).left.days in (13, 14)
    assert opened.signing.terms.expedited == timedelta(hours=24)
    opened.close()


def test_a_signed_case_was_in_time_by_the_terms_of_that_day(ws: Workspace, case: int, clock: Clock) -> None:
    met(ws, case)
    clock.now += timedelta(days=6)
    take(ws, case, "approve", NURSE)
    signed = ws.signing.turnaround(case)
    assert (signed.stopped, signed.overdue) == (True, False)
    clock.now += timedelta(days=400)
    ws.signing.terms = replace(ws.signing.terms, standard=timedelta(days=5))
    assert ws.signing.turnaround(case) == signed


def test_more_time_needs_a_reason_and_less_does_not(ws: Workspace, case: int, clock: Clock) -> None:
    received = (clock.now - timedelta(days=1)).isoformat()
    take(ws, case, "urgency", NURSE, "", urgency="expedited", received_at=received)
    with pytest.raises(Refused, match="Give the reason"):
        take(ws, case, "urgency", NURSE, "", urgency="standard", received_at=received)
    step = take(ws, case, "urgency", NURSE, "Not urgent after all", urgency="standard", received_at=received)
    assert step.detail["urgency"] == "standard"
    with pytest.raises(Refused, match="received"):
        take(ws, case, "urgency", NURSE, "x", urgency="standard", received_at="yesterday")


def test_a_referral_to_a_physician_by_name_gives_them_the_duty(ws: Workspace, case: int) -> None:
    take(ws, case, "refer", NURSE, "A-2: does the old test count?", to=DOCTOR)
    assert ws.duties.assigned(case)["physician"].assignee == DOCTOR
    assert ws.signing.state(case).turn == "physician"
    take(ws, case, "return", DOCTOR, "Ask for a new test")
    assert ws.signing.state(case).turn == "reviewer"


def test_a_talk_is_recorded_by_a_physician_also_after_the_denial(ws: Workspace, case: int) -> None:
    deniable(ws, case)
    open_pages(ws, case, 1, 2, 3, 4)
    denial = take(ws, case, "deny", DOCTOR)
    talk = {"whom": "Dr. Ray", "held_at": ws.now().isoformat(), "outcome": "Upheld"}
    take(ws, case, "peer_to_peer", DOCTOR, "", **talk)
    assert ws.signing.state(case).step == denial
    with pytest.raises(Refused, match="Only a physician"):
        take(ws, case, "peer_to_peer", NURSE, "", **talk)


def test_nobody_signs_without_a_name_and_no_case_is_no_case(ws: Workspace, case: int) -> None:
    with pytest.raises(Refused, match="who you are"):
        take(ws, case, "withdraw", "")
    with pytest.raises(NotFound):
        ws.signing.state(case + 99)


# -- signed off


def test_nothing_changes_after_the_sign_off_until_the_case_is_reopened(ws: Workspace, case: int) -> None:
    met(ws, case)
    take(ws, case, "approve", NURSE)
    with pytest.raises(SignedOff, match=r"signed off by R\. Nurse"):
        decide(ws, case, "A-1", "not_met", "Changed my mind")
    with pytest.raises(SignedOff):
        cite(ws, case, "A-1", 1)
    with pytest.raises(Refused, match="Reopen it first"):
        pend(ws, case)
    with pytest.raises(Refused, match="reopens a case"):
        take(ws, case, "reopen", NURSE)
    with pytest.raises(Refused, match="why the case is reopened"):
        take(ws, case, "reopen", LEAD, "")
    reopened = take(ws, case, "reopen", LEAD, "An appeal came in")
    assert [s.kind for s in ws.store.course.steps(case)] == ["approve", "reopen"]
    assert (reopened.by, reopened.reason, reopened.role) == (LEAD, "An appeal came in", "lead")
    decide(ws, case, "A-1", "not_met", "New document")
    assert ws.signing.state(case).reopened == 1


def test_the_steps_hold_in_the_audit_log(ws: Workspace, case: int) -> None:
    met(ws, case)
    take(ws, case, "approve", NURSE)
    take(ws, case, "reopen", LEAD, "An appeal")
    assert [entry.action for entry in ws.store.audit(case)][-2:] == ["step", "step"]
    assert ws.store.verify_audit() is None


# -- the record


def test_the_record_says_what_is_in_the_store_at_that_moment(ws: Workspace, case: int) -> None:
    deniable(ws, case)
    open_pages(ws, case, 1, 2, 3, 4)
    ws.store.findings.active(case, [(page_of(ws, case, 2), 41.5)], reviewer=DOCTOR)
    step = take(ws, case, "deny", DOCTOR, "A-2: the test is too old")
    record: dict[str, Any] = json.loads(step.record)
    kept = ws.store.case(case)
    assert record["step"] == {"kind": "deny", "by": DOCTOR, "role": "physician", "at": step.at.isoformat()}
    assert record["criteria"]["digest"] == kept.criteria.digest
    assert (record["criteria"]["name"], record["criteria"]["version"]) == ("Biologic", 1)
    assert record["criteria"]["logic"] == "ALL(A-1, ANY(A-2, A-3))"
    assert (record["rolled_up"], record["undecided"]) == ("not_met", [])
    decisions = ws.store.decisions(case)
    assert [(d["criterion"], d["id"], d["outcome"]) for d in record["decisions"]] == [
        (c, decisions[c].id, decisions[c].outcome) for c in determining.IDS
    ]
    assert record["decisions"][1]["citations"][0] == {
        "document": kept.documents[0].document,
        "page": 2,
        "in_case": 2,
        "label": "2 of 4",
        "quote": "QuantiFERON",
        "boxes": [[0.1, 0.1, 0.5, 0.2]],
    }
    assert record["documents"][0]["sha256"] == kept.documents[0].document
    assert record["scorer"]["fingerprint"] == kept.scorer.fingerprint
    assert record["rule"] == str(ws.publishing.rule_in_force(kept).rule)
    assert record["certificate"] is None
    (opened,) = record["evidence_opened"]
    assert (opened["person"], opened["pages"], opened["of"], opened["active_seconds"]) == (DOCTOR, 4, 4, 41.5)
    (unread,) = record["unread_pages"]
    assert (unread["in_case"], unread["looked_at"][0]["by"]) == (3, NURSE)
    assert record["ai"].startswith("AI was used")
    assert "proposed no decision" in record["ai"]


def test_what_was_known_against_it_when_it_was_signed_is_on_the_record(ws: Workspace, case: int) -> None:
    look_at_the_image(ws, case)
    decide(ws, case, "A-1", "met")
    decide(ws, case, "A-2", "insufficient", "No date on the test")
    decide(ws, case, "A-3", "not_met", "Nothing on record")
    open_pages(ws, case, 1, 2, 3, 4)
    record = json.loads(take(ws, case, "deny", DOCTOR).record)
    assert record["rolled_up"] == "insufficient"
    assert any("nobody has asked" in said for said in record["known_when_signed"])


def test_a_step_that_does_not_end_the_case_carries_no_record(ws: Workspace, case: int) -> None:
    assert pend(ws, case).record == ""
