"""Which rule is in force for a case, and how far it may be trusted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.certificates import Certificate, Method, Target, Unit
from core.domain import Case, CaseDocument, CriteriaSet, Criterion, ScorerInfo
from core.selection import DEFAULT_RULE, Rule
from core.standing import LOST, in_force, promise, tidy

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EMBEDDED = ScorerInfo("embedded", "words", "1", "given")
CASE = Case(
    1,
    "Case",
    CriteriaSet("Biologics", (Criterion("A", "Is it so?"),), version=2),
    (CaseDocument("a" * 64, "a.pdf", 3),),
    EMBEDDED,
    "",
    "Ann",
    NOON,
)
CERTIFICATE = Certificate(
    target=Target(0.95),
    fingerprint=EMBEDDED.fingerprint,
    recalibration="12345678",
    rule="probability>=0.12",
    criteria_name="Biologics",
    criteria_version=2,
    criteria=("A",),
    promised=True,
    bound=0.953,
    observed=0.98,
    kept=0.07,
    kept_together=0.4,
    cases=(1, 2),
    positives=40,
    labels=300,
    labels_digest="d" * 64,
    made_by="Lee",
    made_at=NOON - timedelta(days=1),
    expires_at=NOON + timedelta(days=1),
    id=7,
)


def test_a_case_follows_what_is_published_for_its_scorer_and_criteria() -> None:
    found = in_force(CASE, CERTIFICATE, recalibration="12345678", now=NOON)
    assert (found.rule, found.origin, found.suspended, found.certified) == (Rule(0.12), "certificate", "", True)


def test_without_a_certificate_a_case_begins_as_any_new_case() -> None:
    found = in_force(CASE, None, recalibration="", now=NOON)
    assert (found.rule, found.origin, found.certified) == (DEFAULT_RULE, "start", False)


def test_a_rule_set_by_hand_is_kept_and_not_certified() -> None:
    case = replace(CASE, rule="probability>=0.50", rule_recalibration="12345678")
    found = in_force(case, CERTIFICATE, recalibration="12345678", now=NOON)
    assert (found.rule, found.origin, found.certified) == (Rule(0.5), "hand", False)
    assert found.certificate == CERTIFICATE


def test_a_rule_set_by_hand_for_other_probabilities_no_longer_counts() -> None:
    case = replace(CASE, rule="probability>=0.50", rule_recalibration="87654321")
    assert in_force(case, CERTIFICATE, recalibration="12345678", now=NOON).origin == "certificate"


def test_another_version_of_the_criteria_suspends_the_promise_and_moves_nothing() -> None:
    case = replace(CASE, criteria=replace(CASE.criteria, version=3))
    found = in_force(case, CERTIFICATE, recalibration="12345678", now=NOON)
    assert (found.rule, found.certified) == (Rule(0.12), False)
    assert "version 2" in found.suspended
    assert "version 3" in found.suspended


@pytest.mark.parametrize(
    ("now", "holds"), [(CERTIFICATE.expires_at - timedelta(seconds=1), True), (CERTIFICATE.expires_at, False)]
)
def test_a_certificate_holds_until_the_moment_it_lapses(now: datetime, holds: bool) -> None:
    found = in_force(CASE, CERTIFICATE, recalibration="12345678", now=now)
    assert found.certified is holds
    assert ("lapsed on 24 Nov 2026" in found.suspended) is not holds


def test_a_certificate_of_another_scorer_does_not_hold_and_the_screen_can_say_so() -> None:
    found = in_force(CASE, None, recalibration="", now=NOON, elsewhere="zerank-2")
    assert found.origin == "start"
    assert "zerank-2" in found.suspended


def test_what_was_only_seen_is_never_called_certified() -> None:
    seen = replace(CERTIFICATE, promised=False, target=Target(0.95, method="observed"), bound=None)
    assert not in_force(CASE, seen, recalibration="12345678", now=NOON).certified
    assert promise(seen) == "kept 98% of the criteria with evidence on the labels: seen, not promised"


@pytest.mark.parametrize(
    ("unit", "method", "words"),
    [
        ("page", "audit", "keeps at least 95% of the relevant pages, with about 95% confidence, in cases like these 2"),
        (
            "criterion",
            "ltt",
            "keeps at least 95% of the criteria with evidence, with 95% confidence, in cases like these 2",
        ),
        ("case", "crc", "keeps at least 95% of the cases whole, on average over cases like these 2"),
    ],
)
def test_a_promise_is_one_sentence(unit: Unit, method: Method, words: str) -> None:
    assert promise(replace(CERTIFICATE, target=Target(0.95, unit, method))) == words


def test_a_promise_for_some_of_the_criteria_says_so() -> None:
    more = replace(CASE, criteria=replace(CASE.criteria, criteria=(*CASE.criteria, Criterion("B", "And so?"))))
    found = in_force(more, CERTIFICATE, recalibration="12345678", now=NOON)
    assert (found.certified, found.covered, found.asked, found.partly) == (True, 1, 2, True)
    assert not in_force(CASE, CERTIFICATE, recalibration="12345678", now=NOON).partly


def test_a_threshold_for_probabilities_that_are_lost_is_not_used_on_scores() -> None:
    by_hand = replace(CASE, rule="probability>=0.50", rule_recalibration="12345678")
    for case in (CASE, by_hand):
        found = in_force(case, CERTIFICATE, recalibration="", now=NOON, lost=True)
        assert (found.rule, found.origin, found.certified) == (DEFAULT_RULE, "start", False)
        assert (found.suspended, found.certificate) == (LOST, CERTIFICATE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1816 more completely labelled cases needed", "1,816 more completely labelled cases needed"),
        ("95 % of 12345 pages, threshold 0.1234", "95% of 12,345 pages, threshold 0.1234"),
        ("1,816 cases", "1,816 cases"),
    ],
)
def test_numbers_are_written_in_one_way(text: str, words: str) -> None:
    assert tidy(text) == words
