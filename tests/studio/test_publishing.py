"""Thresholds put in force, suspended, moved by hand, put back and withdrawn; every step stays on record."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from core.calibration.recalibrate import Platt, default_recalibration
from core.certificates import StoredRecalibration, Target
from core.domain import CriteriaSet, Criterion, ScorerInfo
from core.errors import ChartsieveError, Conflict, NotFound
from core.scorers.embedded import EmbeddedScorer
from core.selection import Rule, default_rule
from core.standing import InForce, promise
from core.workspace import Workspace
from tests.studio.conftest import Clock
from tests.studio.examples import (
    AVERAGE,
    CRITERIA,
    HIGH,
    INFO,
    LEAD,
    LOW,
    NOON,
    ONE,
    case_of,
    find,
    judge,
    judged_cases,
    material,
    page,
    publish,
    put,
    read_case,
    say,
)

ROW = [HIGH, LOW, LOW, LOW, LOW]


def standing(workspace: Workspace, case: int) -> InForce:
    return workspace.publishing.rule_in_force(workspace.store.case(case))


def kept_recalibration(workspace: Workspace, *cases: int, intercept: float = 1.0) -> str:
    """Version of a recalibration that was fitted on the cases."""
    model = Platt(INFO.fingerprint, intercept, 1.0)
    workspace.store.calibration.save_recalibration(
        StoredRecalibration(model.version, INFO.fingerprint, model.record(), cases, LEAD, NOON)
    )
    return model.version


# -- putting in force


def test_what_is_certified_is_in_force_for_every_case_at_once(workspace: Workspace) -> None:
    cases = judged_cases(workspace, 4)
    other = case_of(workspace, ROW, name="Not labelled", criteria=ONE)
    certificate = publish(workspace)
    assert (certificate.rule, certificate.promised, certificate.bound) == ("probability>=0.80", True, 0.8)
    assert (certificate.cases, certificate.positives, certificate.labels) == (tuple(reversed(cases)), 4, 20)
    assert (certificate.criteria, certificate.criteria_version, certificate.made_by) == (("Q",), 1, LEAD)
    assert certificate.expires_at - certificate.made_at == timedelta(days=90)
    for case in (cases[0], other):
        now = standing(workspace, case)
        assert (now.rule, now.origin, now.certified, now.suspended) == (Rule(HIGH), "certificate", True, "")
    assert workspace.publishing.rule(ONE.name, INFO) == Rule(HIGH)


def test_what_is_not_certified_is_refused_and_nothing_changes(workspace: Workspace) -> None:
    case, *_ = judged_cases(workspace, 3)
    of = material(workspace, ONE.name)
    found = find(workspace, of)
    with pytest.raises(ChartsieveError, match=r"1 more completely labelled case.*Nothing was published"):
        put(workspace, of, found)
    assert workspace.store.calibration.certificates() == []
    assert workspace.publishing.history(INFO.fingerprint, ONE.name) == []
    assert (standing(workspace, case).rule, standing(workspace, case).origin) == (default_rule(INFO), "start")


def test_a_refusal_leaves_what_was_in_force(workspace: Workspace) -> None:
    case, *_ = judged_cases(workspace, 4)
    certificate = publish(workspace)
    with pytest.raises(ChartsieveError):
        publish(workspace, Target(0.95, "criterion", "ltt"))
    assert standing(workspace, case).certificate == certificate


def test_what_was_only_observed_is_published_and_never_called_certified(workspace: Workspace) -> None:
    case, *_ = judged_cases(workspace, 2)
    certificate = publish(workspace, Target(0.95, "criterion", "observed"))
    now = standing(workspace, case)
    assert (certificate.promised, certificate.bound, now.rule) == (False, None, Rule(HIGH))
    assert (now.origin, now.certified) == ("certificate", False)
    assert promise(certificate).endswith("seen, not promised")


@pytest.mark.parametrize(("days", "by"), [(0, LEAD), (3651, LEAD), (90, "")])
def test_nobody_publishes_without_a_name_or_for_ever(workspace: Workspace, days: int, by: str) -> None:
    judged_cases(workspace, 4)
    of = material(workspace, ONE.name)
    with pytest.raises(ChartsieveError, match="Nothing was"):
        put(workspace, of, find(workspace, of), days=days, by=by)
    assert workspace.store.calibration.certificates() == []


def test_a_promise_never_reads_better_than_it_is(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    certificate = publish(workspace, Target(0.795, "criterion", "crc"))
    kept = "keeps at least 79.5% of the criteria with evidence"
    assert promise(certificate) == f"{kept}, on average over cases like these 4"


def test_a_certificate_names_only_the_criteria_that_somebody_labelled(workspace: Workspace) -> None:
    cases = [case_of(workspace, ROW, ROW, name=f"Request {n}") for n in range(4)]
    for case in cases:
        judge(workspace, case, {"C-1": [1]})
    say(workspace, cases[0], "C-2", 2, "relevant", arm="shown")
    assert publish(workspace, name=CRITERIA.name).criteria == ("C-1",)
    now = standing(workspace, cases[0])
    assert (now.certified, now.covered, now.asked) == (True, 1, 2)


def test_an_exact_promise_rests_on_completely_judged_criteria_alone(workspace: Workspace) -> None:
    for n in range(4):
        case = case_of(workspace, ROW, ROW, name=f"Request {n}")
        judge(workspace, case, {"C-1": [1]})
        say(workspace, case, "C-2", 1, "relevant", chance=0.5)
    assert publish(workspace, name=CRITERIA.name).criteria == ("C-1",)


def test_what_was_found_on_labels_that_changed_is_not_published(workspace: Workspace) -> None:
    cases = judged_cases(workspace, 4)
    of = material(workspace, ONE.name)
    found = find(workspace, of)
    workspace.store.withdraw_label(cases[0], page(workspace, cases[0], 1), "Q", reviewer="A. Reviewer")
    now = material(workspace, ONE.name).labels_digest
    with pytest.raises(Conflict, match=r"Labels have changed since\. Nothing was published"):
        workspace.publishing.publish(of, found, days=90, by=LEAD, seen=0, labels_digest=now)
    assert workspace.store.calibration.certificates() == []


def test_what_another_lead_published_meanwhile_stays(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    of = material(workspace, ONE.name)
    found, seen = find(workspace, of), workspace.publishing.publication(INFO.fingerprint, ONE.name)
    first = publish(workspace)
    with pytest.raises(Conflict, match=r"Somebody has published .* Nothing was published\. Look at it first"):
        workspace.publishing.publish(of, found, days=90, by="Other", seen=seen, labels_digest=of.labels_digest)
    assert [c for _, c in workspace.publishing.history(INFO.fingerprint, ONE.name)] == [first]
    assert workspace.store.calibration.certificates() == [first]


# -- probabilities


def test_the_review_chart_uses_the_published_recalibration_at_once(workspace: Workspace) -> None:
    cases = judged_cases(workspace, 4)
    version = kept_recalibration(workspace)
    before = workspace.chart(cases[0])
    assert (before.recalibration, before.grid.probabilities[0, 0]) == ("", HIGH)
    of = material(workspace, ONE.name, recalibration=version)
    assert workspace.chart(cases[0]).recalibration == "", "looking changes nothing"
    put(workspace, of, find(workspace, of))
    after = workspace.chart(cases[0])
    # odds of 0.8 are 4, times e: 10.87 / 11.87
    assert (after.recalibration, round(float(after.grid.probabilities[0, 0]), 4)) == (version, 0.9158)
    assert np.array_equal(after.grid.scores, before.grid.scores)
    assert standing(workspace, cases[0]).rule == Rule(0.915)
    assert material(workspace, ONE.name).version == version


def test_cases_that_trained_a_recalibration_do_not_certify_on_it(workspace: Workspace) -> None:
    cases = judged_cases(workspace, 6)
    version = kept_recalibration(workspace, *cases[:3])
    trained = material(workspace, ONE.name, recalibration=version)
    assert len(trained.cases) == 6
    assert {c.case for c in trained.certifying} == set(cases[3:])
    assert not find(workspace, trained).certified, "three cases are too few"
    assert find(workspace, material(workspace, ONE.name, recalibration="")).certified, "six are not"


def test_the_choices_are_the_scores_what_ships_and_what_was_fitted(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    version = kept_recalibration(workspace, 1, 2)
    choices = workspace.publishing.choices(INFO.fingerprint, ONE.name)
    assert [(c.version, c.in_force) for c in choices] == [("", True), (version, False)]
    assert "Fitted on 2 cases" in choices[1].title
    case = read_case(workspace, "Methotrexate.")
    embedded = workspace.store.case(case).scorer.fingerprint
    shipped = default_recalibration(embedded)
    assert shipped
    found = workspace.publishing.choices(embedded, "List")
    assert [(c.version, c.in_force) for c in found] == [("", False), (shipped.version, True)]


def test_a_recalibration_of_an_unknown_version_is_said_in_a_sentence(workspace: Workspace) -> None:
    judged_cases(workspace, 1)
    with pytest.raises(NotFound, match="There is no recalibration 12345678"):
        material(workspace, ONE.name, recalibration="12345678")


def shipped_cases(workspace: Workspace) -> tuple[str, list[int]]:
    """Fingerprint of a scorer that a recalibration ships for, and judged cases with its scores."""
    info = EmbeddedScorer().info
    cases = [case_of(workspace, ROW, name=f"Request {n}", criteria=ONE, info=info) for n in range(4)]
    for case in cases:
        judge(workspace, case, {"Q": [1]})
    return info.fingerprint, cases


def test_what_ships_is_kept_with_the_certificate_and_trained_on_no_case(workspace: Workspace) -> None:
    fingerprint, _ = shipped_cases(workspace)
    of = material(workspace, ONE.name, fingerprint)
    certificate = put(workspace, of, find(workspace, of))
    assert certificate.recalibration
    kept = workspace.store.calibration.recalibration(certificate.recalibration)
    assert (kept.cases, kept.fingerprint, kept.made_by) == ((), fingerprint, LEAD)
    again = material(workspace, ONE.name, fingerprint)
    assert (again.version, len(again.certifying)) == (certificate.recalibration, 4)
    titles = [choice.title for choice in workspace.publishing.choices(fingerprint, ONE.name)]
    assert titles == ["The scores themselves", "Probabilities as shipped"]


def test_what_shipped_before_goes_on_to_make_the_probabilities(workspace: Workspace) -> None:
    fingerprint, cases = shipped_cases(workspace)
    older = Platt(fingerprint, 1.0, 1.0)
    workspace.store.calibration.save_recalibration(
        StoredRecalibration(older.version, fingerprint, older.record(), (), LEAD, NOON)
    )
    of = material(workspace, ONE.name, fingerprint, older.version)
    put(workspace, of, find(workspace, of))
    assert workspace.chart(cases[0]).recalibration == older.version
    assert standing(workspace, cases[0]).certified
    last = workspace.publishing.choices(fingerprint, ONE.name)[-1]
    assert (last.title, last.in_force) == (f"Probabilities as shipped before ({older.version})", True)


def test_probabilities_that_are_nowhere_to_be_found_suspend_the_promise_and_the_chart_shows_scores(
    workspace: Workspace,
) -> None:
    case, *_ = judged_cases(workspace, 4)
    lost = workspace.store.calibration.add_certificate(replace(publish(workspace), recalibration="00000000"))
    workspace.publishing.put_back(lost.id, by=LEAD, reason="")
    chart = workspace.chart(case)
    assert (chart.recalibration, chart.grid.probabilities[0, 0]) == ("", HIGH)
    now = standing(workspace, case)
    assert (now.certified, now.origin, now.rule) == (False, "start", default_rule(INFO))
    assert now.suspended == "The probabilities that it was made for are not here any more. Certify again."
    assert workspace.publishing.rule(ONE.name, INFO) == default_rule(INFO)
    assert material(workspace, ONE.name).version == ""


# -- suspended


def test_a_new_version_of_the_criteria_suspends_the_promise_for_its_cases_alone(workspace: Workspace) -> None:
    old, *_ = judged_cases(workspace, 4)
    publish(workspace)
    reworded = CriteriaSet(ONE.name, (Criterion("Q", "Was methotrexate tried and stopped?"),))
    new = case_of(workspace, ROW, name="New", criteria=reworded)
    now = standing(workspace, new)
    assert (now.certified, now.rule) == (False, Rule(HIGH)), "nothing moves, but the promise is gone"
    assert now.suspended == (
        "It was checked on version 1 of the criteria, and this case uses version 2. Certify it again for this version."
    )
    assert standing(workspace, old).certified


def test_a_certificate_lapses(workspace: Workspace, clock: Clock) -> None:
    case, *_ = judged_cases(workspace, 4)
    certificate = publish(workspace, days=2)
    clock.later = timedelta(days=1)
    assert standing(workspace, case).certified
    clock.later = timedelta(days=3)
    now = standing(workspace, case)
    assert (now.certified, now.rule, now.origin) == (False, Rule(HIGH), "certificate")
    assert now.suspended == (f"It lapsed on {certificate.expires_at:%d %b %Y}. Certify it again with newer labels.")


def test_another_scorer_has_no_part_in_the_promise(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    publish(workspace)
    other = ScorerInfo("other", "another model", "1", "identity")
    case = case_of(workspace, ROW, name="Other", criteria=ONE)
    workspace.show_scorer(case, other, by="R")
    now = standing(workspace, case)
    assert (now.rule, now.origin, now.certified, now.certificate) == (default_rule(other), "start", False, None)
    assert now.suspended == "A threshold is certified for the scores of model, and this case shows other scores."
    workspace.show_scorer(case, INFO, by="R")
    assert standing(workspace, case).certified


# -- by hand


def test_a_rule_set_by_hand_wins_until_it_is_taken_back(workspace: Workspace) -> None:
    case, other, *_ = judged_cases(workspace, 4)
    publish(workspace)
    workspace.store.set_rule(case, INFO.fingerprint, "probability>=0.30", recalibration="", by="R")
    now = standing(workspace, case)
    assert (now.rule, now.origin, now.certified) == (Rule(0.3), "hand", False)
    assert now.certificate is not None
    assert standing(workspace, other).certified, "it is for this case alone"
    workspace.store.set_rule(case, INFO.fingerprint, "", by="R")
    assert standing(workspace, case).certified


def test_a_rule_set_by_hand_lapses_when_the_probabilities_are_others(workspace: Workspace) -> None:
    case, *_ = judged_cases(workspace, 4)
    workspace.store.set_rule(case, INFO.fingerprint, "probability>=0.30", recalibration="", by="R")
    publish(workspace)
    assert standing(workspace, case).origin == "hand", "the same scores are compared"
    of = material(workspace, ONE.name, recalibration=kept_recalibration(workspace))
    put(workspace, of, find(workspace, of))
    now = standing(workspace, case)
    assert (now.origin, now.rule, now.certified) == ("certificate", Rule(0.915), True)


# -- going back


def test_an_earlier_threshold_is_put_back_and_everything_stays_on_record(workspace: Workspace) -> None:
    case, *_ = judged_cases(workspace, 4)
    first = publish(workspace)
    second = publish(workspace, Target(0.75, "criterion", "crc"))
    workspace.publishing.put_back(first.id, by=LEAD, reason="The newer one misses too much.")
    assert standing(workspace, case).certificate == first
    workspace.publishing.withdraw(INFO.fingerprint, ONE.name, by=LEAD, reason="The scorer changes.")
    assert (standing(workspace, case).origin, standing(workspace, case).rule) == ("start", default_rule(INFO))
    history = workspace.publishing.history(INFO.fingerprint, ONE.name)
    assert [c.id if c else None for _, c in history] == [None, first.id, second.id, first.id]
    assert [p.reason for p, _ in history] == ["The scorer changes.", "The newer one misses too much.", "", ""]
    actions = [entry.action for entry in workspace.store.audit() if "threshold" in entry.action]
    assert actions == ["threshold published"] * 3 + ["threshold withdrawn"]
    assert workspace.store.verify_audit() is None


def test_going_back_takes_the_probabilities_back_as_well(workspace: Workspace) -> None:
    case, *_ = judged_cases(workspace, 4)
    first = publish(workspace)
    of = material(workspace, ONE.name, recalibration=kept_recalibration(workspace))
    put(workspace, of, find(workspace, of))
    assert workspace.chart(case).recalibrated
    workspace.publishing.put_back(first.id, by=LEAD, reason="")
    assert (workspace.chart(case).recalibration, standing(workspace, case).rule) == ("", Rule(HIGH))


def test_nobody_goes_back_without_a_name(workspace: Workspace) -> None:
    case, *_ = judged_cases(workspace, 4)
    certificate = publish(workspace)
    with pytest.raises(ChartsieveError, match="Say your name first"):
        workspace.publishing.withdraw(INFO.fingerprint, ONE.name, by="", reason="")
    with pytest.raises(ChartsieveError, match="Say your name first"):
        workspace.publishing.put_back(certificate.id, by="", reason="")
    with pytest.raises(NotFound):
        workspace.publishing.put_back(99, by=LEAD, reason="")
    assert standing(workspace, case).certified


def test_a_threshold_for_one_list_says_nothing_of_another(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    publish(workspace, AVERAGE)
    other = CriteriaSet("Another list", ONE.criteria)
    case = case_of(workspace, ROW, name="Another", criteria=other)
    judge(workspace, case, {"Q": [1]})
    now = standing(workspace, case)
    assert (now.origin, now.certificate, now.suspended) == ("start", None, "")
