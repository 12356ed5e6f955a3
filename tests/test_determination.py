"""Who may take which step, and what stands in the way of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.casefacts import Facts, Place, counting, named
from core.casefile import CLOSING, ROLES, STEPS, Role, Step, StepKind
from core.determination import CaseState, case_state, fits, may, obstacles, warnings
from core.domain import DecisionOutcome
from core.errors import Refused
from core.logic import parse
from core.step_details import LONGEST, checked

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
OPEN = CaseState()
MET = Facts(rolled="met", opened=3)
DENIABLE = Facts(rolled="not_met", not_met=("C01",), against=("C01",), opened=3)


def step(kind: StepKind, n: int = 1, **detail: str) -> Step:
    return Step(kind, "R. Nurse", "reviewer", NOW + timedelta(hours=n), "Because", detail, id=n)


def after(*kinds: StepKind) -> CaseState:
    return case_state([step(kind, n) for n, kind in enumerate(kinds, start=1)])


# -- where a case stands


def test_a_new_case_is_in_review_and_the_reviewers_turn() -> None:
    assert (OPEN.status, OPEN.turn, OPEN.signed_off, OPEN.by) == ("in_review", "reviewer", False, "")


@pytest.mark.parametrize(
    ("kinds", "status", "turn"),
    [
        (["pend"], "pended", "requester"),
        (["pend", "resume"], "in_review", "reviewer"),
        (["refer"], "referred", "physician"),
        (["refer", "pend"], "pended", "requester"),
        (["refer", "pend", "resume"], "referred", "physician"),
        (["refer", "return"], "in_review", "reviewer"),
        (["refer", "peer_to_peer", "urgency"], "referred", "physician"),
        (["approve"], "approved", "nobody"),
        (["refer", "approve_in_part"], "approved_in_part", "nobody"),
        (["pend", "deny"], "denied", "nobody"),
        (["withdraw"], "withdrawn", "nobody"),
        (["deny", "peer_to_peer"], "denied", "nobody"),
        (["refer", "deny", "reopen"], "in_review", "reviewer"),
        (["pend", "deny", "reopen", "resume"], "in_review", "reviewer"),
        (["deny", "pend", "approve"], "denied", "nobody"),
        (["resume", "return", "reopen"], "in_review", "reviewer"),
    ],
)
def test_where_a_case_stands_follows_from_its_steps(kinds: list[StepKind], status: str, turn: str) -> None:
    state = after(*kinds)
    assert (state.status, state.turn) == (status, turn)
    assert state.newest == len(kinds)


def test_the_state_says_who_when_and_why() -> None:
    state = case_state([step("deny", 1), step("peer_to_peer", 2)])
    assert (state.by, state.at, state.reason) == ("R. Nurse", NOW + timedelta(hours=1), "Because")
    assert state.step
    assert state.step.kind == "deny"
    assert after("deny", "reopen", "approve", "reopen").reopened == 2
    assert len(after("pend", "resume", "pend").asked) == 2


# -- whose step it is


@pytest.mark.parametrize("kind", ["deny", "approve_in_part"])
@pytest.mark.parametrize("role", [role for role in ROLES if role != "physician"])
def test_only_a_physician_denies_in_whole_or_in_part(kind: StepKind, role: Role) -> None:
    assert "only a physician may deny" in may(kind, role, OPEN, DENIABLE).lower()


def test_a_physician_who_opened_the_evidence_may_deny_what_is_not_met() -> None:
    assert may("deny", "physician", OPEN, DENIABLE) == ""
    assert may("approve_in_part", "physician", OPEN, DENIABLE) == ""


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("role", ROLES)
def test_nothing_but_reopening_and_a_talk_happens_to_a_case_that_is_signed_off(kind: StepKind, role: Role) -> None:
    state = after("deny")
    allowed = may(kind, role, state, MET) == ""
    assert allowed == ((kind == "reopen" and role != "reviewer") or (kind == "peer_to_peer" and role == "physician"))


def test_no_talk_is_recorded_on_what_was_approved_or_withdrawn() -> None:
    assert "Reopen it first" in may("peer_to_peer", "physician", after("approve"), MET)
    assert "Reopen it first" in may("peer_to_peer", "physician", after("withdraw"), MET)


def test_a_reviewer_does_not_reopen_and_an_open_case_is_not_reopened() -> None:
    assert may("reopen", "reviewer", after("approve"), MET).startswith("A lead, a physician or an administrator")
    assert "nothing to reopen" in may("reopen", "lead", OPEN, MET)


@pytest.mark.parametrize(
    ("kind", "role", "kinds", "why"),
    [
        ("pend", "reviewer", ["pend"], "waits for information already"),
        ("refer", "reviewer", ["pend"], "Resume it first"),
        ("refer", "reviewer", ["refer"], "with the physician already"),
        ("refer", "physician", [], "yours to decide"),
        ("resume", "reviewer", [], "waits for nothing"),
        ("return", "physician", [], "not with a physician"),
        ("return", "reviewer", ["refer"], "gives a case back"),
        ("peer_to_peer", "reviewer", [], "Only a physician"),
    ],
)
def test_a_step_that_does_not_fit_says_why(kind: StepKind, role: Role, kinds: list[StepKind], why: str) -> None:
    assert why in may(kind, role, after(*kinds), MET)


@pytest.mark.parametrize("kind", ["pend", "refer", "withdraw", "urgency"])
def test_an_undecided_case_can_be_pended_referred_and_withdrawn(kind: StepKind) -> None:
    unfinished = Facts(rolled="undecided", undecided=("C01",), unseen=(4,), waiting=2, second=("C01",))
    assert may(kind, "reviewer", OPEN, unfinished) == ""


# -- approving


@pytest.mark.parametrize("role", ROLES)
def test_anybody_approves_what_is_met(role: Role) -> None:
    assert may("approve", role, OPEN, MET) == ""


@pytest.mark.parametrize(
    "facts",
    [
        Facts(rolled="not_met", not_met=("C01",), against=("C01",)),
        Facts(rolled="insufficient", insufficient=("C01",)),
        Facts(rolled="undecided", undecided=("C01",)),
        Facts(rolled="not_applicable"),
        Facts(undecided=("C01",)),
        Facts(insufficient=("C01",)),
    ],
)
def test_what_is_not_met_is_approved_by_a_physician_or_a_lead_alone(facts: Facts) -> None:
    for role in ROLES:
        assert (may("approve", role, OPEN, facts) == "") == (role in ("physician", "lead"))
    assert warnings("approve", OPEN, facts)


def test_a_list_without_logic_is_met_when_every_criterion_is() -> None:
    assert may("approve", "reviewer", OPEN, Facts()) == ""
    assert warnings("approve", OPEN, Facts()) == ()


# -- denying


def blocks(facts: Facts, kind: StepKind = "deny") -> str:
    return may(kind, "physician", OPEN, facts)


def test_nothing_is_denied_on_what_nobody_has_decided() -> None:
    undecided = replace(DENIABLE, rolled="undecided", undecided=("C02", "C03"))
    assert blocks(undecided).startswith("C02 and C03 are undecided.")
    assert blocks(replace(undecided, rolled=None))
    settled = replace(undecided, rolled="not_met")
    assert blocks(settled) == "", "what is open cannot change the answer any more"


def test_a_denial_must_rest_on_something() -> None:
    assert "nothing to rest on" in blocks(MET)
    assert "nothing to rest on" in blocks(Facts(rolled="not_applicable", opened=1))
    assert "nothing to rest on" in blocks(Facts(opened=1))
    assert "nothing to rest on" in blocks(Facts(rolled="insufficient", opened=1)), "too few criteria apply"
    assert "contradict the record" in blocks(replace(DENIABLE, rolled="met"))


def test_a_denial_may_rest_on_a_criterion_that_is_met_and_must_not_be() -> None:
    assert blocks(Facts(rolled="not_met", against=("C07",), opened=1)) == ""


def test_part_of_a_request_may_be_approved_although_the_criteria_are_met_and_that_is_said() -> None:
    assert blocks(MET, "approve_in_part") == ""
    assert any("your reasons alone" in w.why for w in warnings("approve_in_part", OPEN, MET))


def test_every_criterion_that_speaks_against_needs_a_reason() -> None:
    (found,) = obstacles("deny", "physician", OPEN, replace(DENIABLE, unreasoned=("C01",)))
    assert found.why.startswith("C01 says no reason.")
    assert found.places == (Place("C01"),)


def test_a_physician_who_did_not_open_the_evidence_is_told_which_pages() -> None:
    unopened = (Place("C01", 14), Place("C03", 14), Place("C03", 3))
    (found,) = obstacles("deny", "physician", OPEN, replace(DENIABLE, unopened=unopened))
    assert "You have not opened 2 pages of the evidence yet: page 3 (C03) and page 14 (C01 and C03)." in found.why
    assert found.places == unopened
    assert "any page" in blocks(replace(DENIABLE, opened=0))


def test_new_pages_are_looked_at_before_anything_is_denied() -> None:
    assert "decided before pages last came in or were read" in blocks(replace(DENIABLE, outdated=("C01",)))
    other = replace(DENIABLE, outdated=("C05",))
    assert blocks(other) == ""
    assert any("C05" in w.why for w in warnings("deny", OPEN, other))


def test_a_denial_for_want_of_information_that_nobody_asked_for_is_warned_of() -> None:
    facts = Facts(rolled="insufficient", insufficient=("C01",), opened=1)
    assert blocks(facts) == ""
    assert any("nobody has asked" in w.why for w in warnings("deny", OPEN, facts))
    assert not any("nobody has asked" in w.why for w in warnings("deny", after("pend", "resume"), facts))


def test_information_that_is_awaited_missing_answers_and_missing_pages_are_warned_of() -> None:
    waiting = case_state([step("pend", due="2026-12-04")])
    said = " ".join(w.why for w in warnings("deny", waiting, replace(DENIABLE, gaps=1200, missing=1)))
    assert "due 2026-12-04" in said
    assert "1,200 answers" in said
    assert "1 page of a fax is missing" in said


# -- what keeps everybody from signing


@pytest.mark.parametrize("kind", ["approve", "deny", "approve_in_part"])
@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ({"waiting": 1}, "1 page has not been read yet."),
        ({"waiting": 2}, "2 pages have not been read yet."),
        ({"unseen": (4, 9)}, "2 pages could not be read, and nobody has looked at them: page 4 and page 9."),
        ({"second": ("C01",), "second_by": "S. Second"}, "The second review by S. Second is not finished"),
        ({"differing": ("C02",)}, "The second review came to something else on C02."),
    ],
)
def test_what_is_unfinished_keeps_everybody_from_signing(kind: StepKind, extra: dict[str, object], why: str) -> None:
    facts = replace(MET if kind == "approve" else DENIABLE, **extra)  # type: ignore[arg-type]
    assert why in may(kind, "physician", OPEN, facts)


def test_what_differs_is_not_told_before_the_second_review_is_finished() -> None:
    facts = replace(MET, second=("C01",), differing=("C02",))
    assert "C02" not in may("approve", "lead", OPEN, facts)


@pytest.mark.parametrize("kind", ["approve", "deny", "approve_in_part"])
def test_a_blind_second_reviewer_is_told_nothing_of_the_first_review(kind: StepKind) -> None:
    (found,) = obstacles(kind, "physician", OPEN, replace(DENIABLE, blind=True, undecided=("C02",)))
    assert "second reviewer" in found.why
    assert not found.places
    assert may("pend", "reviewer", OPEN, replace(DENIABLE, blind=True)) == ""


def test_a_withdrawal_waits_for_nothing() -> None:
    assert may("withdraw", "reviewer", after("pend"), replace(MET, unseen=(4,), differing=("C02",))) == ""


def test_a_step_fits_whoever_takes_it() -> None:
    assert fits("deny", OPEN)
    assert not fits("reopen", OPEN)
    assert [kind for kind in CLOSING if fits(kind, after("deny"))] == []


# -- what the criteria come to, in words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            Facts(rolled="undecided", undecided=("A", "B"), insufficient=("C",)),
            "2 undecided, 1 insufficient: the tree says nothing yet.",
        ),
        (
            Facts(rolled="insufficient", insufficient=("C",)),
            "1 insufficient: for want of information the tree cannot say.",
        ),
        (Facts(rolled="not_met", not_met=("C",)), "The criteria come to “not met” (1 not met)."),
        (Facts(rolled="met"), "The criteria come to “met”."),
        (Facts(rolled="not_applicable"), "No criterion applies: the tree says nothing."),
        (
            Facts(undecided=("A",)),
            "This list has no logic tree, so nothing is rolled up: 1 undecided.",
        ),
    ],
)
def test_what_is_open_never_reads_as_not_met(facts: Facts, words: str) -> None:
    assert facts.sentence == words


IDS = ["C01", "C02", "C03", "C04"]


def counted(text: str, **decisions: DecisionOutcome) -> dict[str, set[str]]:
    return {c.criterion: set(c.against) for c in counting(parse(text, IDS), decisions)}


def test_what_does_not_apply_and_what_is_not_asked_does_not_count() -> None:
    tree = "ALL(C01, ANY(C02, C03), IF(C04, C02))"
    assert list(counted(tree, C03="not_applicable")) == ["C01", "C02", "C04"]
    assert list(counted("IF(C01, C02)")) == ["C01"]
    assert list(counted("IF(C01, C02)", C01="not_met")) == ["C01"]
    assert list(counted("IF(C01, C02)", C01="met")) == ["C01", "C02"]


def test_under_a_not_it_is_the_criterion_met_that_speaks_against() -> None:
    assert counted("ALL(C01, NOT(C02), NOT(NOT(C03)))") == {"C01": {"not_met"}, "C02": {"met"}, "C03": {"not_met"}}
    assert counted("IF(C01, C02)", C01="met") == {"C01": set(), "C02": {"not_met"}}
    assert counted("ANY(C01, NOT(C01))") == {"C01": {"met", "not_met"}}


def test_what_is_met_and_must_not_be_is_said() -> None:
    facts = Facts(rolled="not_met", against=("C02",), opened=1)
    assert "(1 met that must not be)" in may("approve", "reviewer", OPEN, facts)
    assert "(1 met that must not be)" in warnings("approve", OPEN, facts)[0].why
    assert facts.sentence == "The criteria come to “not met” (1 met that must not be)."
    assert "(none applies)" in may("approve", "reviewer", OPEN, Facts(rolled="not_applicable"))
    few = Facts(rolled="insufficient")
    assert "(too few apply)" in may("approve", "reviewer", OPEN, few)
    assert few.sentence == "Too few criteria apply for the tree to say."


def test_long_lists_are_named_in_part() -> None:
    assert named(["A"]) == "A"
    assert named(["A", "B", "C"]) == "A, B and C"
    assert named([str(n) for n in range(9)]) == "0, 1, 2, 3, 4, 5 and 3 more"
    assert named([]) == ""


# -- what a step must say


@pytest.mark.parametrize("kind", ["deny", "approve_in_part", "withdraw", "reopen", "refer", "return", "resume"])
def test_a_step_that_needs_a_reason_is_refused_without(kind: StepKind) -> None:
    with pytest.raises(Refused, match="Nothing was saved"):
        checked(kind, " \n\u200b ", {"approved": "6", "not_approved": "6"}, now=NOW)


def test_a_request_for_information_says_what_of_whom_and_until_when() -> None:
    full = {"what": "TB test\nof this year ", "whom": "Dr. Ray", "due": "2026-12-04", "other": "x"}
    assert checked("pend", "", full, now=NOW) == (
        "",
        {"what": "TB test\nof this year", "whom": "Dr. Ray", "due": "2026-12-04"},
    )
    for name in ("what", "whom", "due"):
        with pytest.raises(Refused):
            checked("pend", "", {**full, name: " "}, now=NOW)
    with pytest.raises(Refused, match="in the past"):
        checked("pend", "", {**full, "due": "2026-11-29"}, now=NOW)


def test_an_arrival_is_a_time_in_the_past_kept_in_utc() -> None:
    said = {"urgency": "expedited", "received_at": "2026-11-30T03:00:00-05:00"}
    assert checked("urgency", "", said, now=NOW)[1]["received_at"] == "2026-11-30T08:00:00+00:00"
    for wrong in ({"received_at": "2026-12-01T00:00:00+00:00"}, {"received_at": "soon"}, {"urgency": "now"}):
        with pytest.raises(Refused):
            checked("urgency", "", {**said, **wrong}, now=NOW)


def test_a_talk_says_with_whom_when_and_what_came_of_it() -> None:
    said = {"whom": "Dr. Ray", "held_at": "2026-11-30T08:00:00+00:00", "outcome": "Upheld"}
    assert checked("peer_to_peer", "", said, now=NOW)[1] == said
    with pytest.raises(Refused, match="when"):
        checked("peer_to_peer", "", {**said, "held_at": "2026-11-30T08:00:00"}, now=NOW)


def test_an_approval_against_the_criteria_gives_its_reason() -> None:
    assert checked("approve", "", {}, now=NOW) == ("", {})
    with pytest.raises(Refused, match="Give the reason"):
        checked("approve", "", {}, now=NOW, reasoned=True)


def test_a_text_without_end_is_refused_not_cut() -> None:
    with pytest.raises(Refused, match="Shorten"):
        checked("deny", "x" * (LONGEST + 1), {}, now=NOW)
