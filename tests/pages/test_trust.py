"""The line of the review screen about the threshold in force: how far it may be trusted, and the way back to it."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.calibration.recalibrate import Platt
from core.certificates import Certificate, StoredRecalibration, Target
from core.domain import CriteriaSet, Criterion
from core.selection import Rule
from core.settings import read_settings
from core.workspace import Workspace
from pages.components.frame import workspace
from tests.pages.test_screens import app, texts
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
    publish,
    put,
)

ROW = [HIGH, LOW, LOW, LOW, LOW]


@pytest.fixture
def opened() -> Iterator[Workspace]:
    """What other people do meanwhile."""
    made = Workspace.open(read_settings())
    yield made
    made.close()


@pytest.fixture
def cases(opened: Workspace) -> list[int]:
    return judged_cases(opened, 4)


def review(case: int) -> AppTest:
    test = app("review", case=str(case), by="R. Nurse")
    assert not test.exception
    # The cases have pages and scores, and no file to show.
    assert all("no longer stored here" in error.value for error in test.error)
    return test


def line(test: AppTest) -> str:
    """The label of the popover that speaks of the threshold."""
    labels: list[str] = [block.proto.popover.label for block in test.get("popover")]
    return next(label for label in labels if any(w in label for w in ("ertif", "Chosen", "by hand", "doubt")))


def rule(test: AppTest, case: int) -> Rule:
    found: Rule = test.session_state[f"review.place.{case}"].rule
    return found


def move(opened: Workspace, case: int, to: str) -> None:
    """A threshold set by hand before this screen was opened."""
    opened.store.set_rule(case, INFO.fingerprint, to, recalibration="", by="R. Nurse")


def back(test: AppTest, case: int) -> str:
    return str(test.button(key=f"review.follow.{case}").label)


def test_before_anything_was_certified_the_line_says_so(cases: list[int]) -> None:
    test = review(cases[0])
    assert line(test) == "Threshold not certified"
    assert "how much evidence it misses is not known" in texts(test)
    assert rule(test, cases[0]) == Rule(0.2, 10)


def test_a_certified_threshold_is_used_and_its_promise_is_said(opened: Workspace, cases: list[int]) -> None:
    publish(opened)
    test = review(cases[0])
    assert line(test) == "Certified: 80% of criteria"
    assert rule(test, cases[0]) == Rule(HIGH)
    said = texts(test)
    assert "keeps at least 80% of the criteria with evidence, on average over cases like these 4." in said
    assert "Checked on 4 cases with 4 relevant pages." in said
    assert f"Published by {LEAD}" in said


def test_a_promise_of_less_than_all_never_reads_as_all(opened: Workspace) -> None:
    cases = judged_cases(opened, 4)
    publish(opened)
    certificate = opened.publishing.certificate(INFO.fingerprint, ONE.name)
    assert certificate is not None
    high: Certificate = replace(certificate, target=Target(0.999, "criterion", "ltt", 0.999))
    with_it = opened.store.calibration.add_certificate(high)
    opened.publishing.put_back(with_it.id, by=LEAD, reason="")
    test = review(cases[0])
    assert line(test) == "Certified: 99.9% of criteria"
    assert "with 99.9% confidence" in texts(test)


def test_what_is_published_while_the_screen_is_open_is_followed_at_once(opened: Workspace, cases: list[int]) -> None:
    test = review(cases[0])
    publish(opened)
    test.run()
    assert (line(test), rule(test, cases[0])) == ("Certified: 80% of criteria", Rule(HIGH))
    opened.publishing.withdraw(INFO.fingerprint, ONE.name, by=LEAD, reason="")
    test.run()
    assert (line(test), rule(test, cases[0])) == ("Threshold not certified", Rule(0.2, 10))


def test_what_was_only_observed_is_never_called_certified(opened: Workspace, cases: list[int]) -> None:
    publish(opened, Target(0.9, "criterion", "observed"))
    test = review(cases[0])
    assert line(test) == "Chosen on labels, no promise"
    assert "seen, not promised" in texts(test)
    assert "Seen on 4 cases" in texts(test)
    assert "used until" in texts(test)
    assert "Checked" not in texts(test)
    assert "holds until" not in texts(test)
    move(opened, cases[0], "probability>=0.30")
    test = review(cases[0])
    assert line(test) == "Moved by hand: not certified"
    assert back(test, cases[0]) == "Back to the published threshold"


def test_a_threshold_moved_by_hand_is_not_certified_and_one_click_leads_back(
    opened: Workspace, cases: list[int]
) -> None:
    publish(opened)
    move(opened, cases[0], "probability>=0.30")
    test = review(cases[0])
    assert (line(test), rule(test, cases[0])) == ("Moved by hand: not certified", Rule(0.3))
    assert "A reviewer moved the threshold for this case." in texts(test)
    assert back(test, cases[0]) == "Back to the certified threshold"
    test.button(key=f"review.follow.{cases[0]}").click().run()
    assert not test.exception
    assert (line(test), rule(test, cases[0])) == ("Certified: 80% of criteria", Rule(HIGH))
    assert workspace().store.case(cases[0]).rule == ""
    entry = next(e for e in reversed(opened.store.audit(cases[0])) if e.action == "rule changed")
    assert (entry.actor, entry.detail["before"], entry.detail["after"]) == ("R. Nurse", "probability>=0.30", "")


def test_moved_by_hand_before_anything_was_published_leads_back_to_the_start(
    opened: Workspace, cases: list[int]
) -> None:
    move(opened, cases[0], "probability>=0.30")
    test = review(cases[0])
    assert line(test) == "Moved by hand: not certified"
    assert "A reviewer moved the threshold for this case" in texts(test)
    assert "The start keeps" not in texts(test)
    assert back(test, cases[0]) == "Back to the start"
    test.button(key=f"review.follow.{cases[0]}").click().run()
    assert rule(test, cases[0]) == Rule(0.2, 10)


def test_a_threshold_moved_by_hand_lapses_when_the_probabilities_are_others(
    opened: Workspace, cases: list[int]
) -> None:
    move(opened, cases[0], "probability>=0.30")
    test = review(cases[0])
    model = Platt(INFO.fingerprint, 1.0, 1.0)
    opened.store.calibration.save_recalibration(
        StoredRecalibration(model.version, INFO.fingerprint, model.record(), (), LEAD, NOON)
    )
    of = material(opened, ONE.name, recalibration=model.version)
    put(opened, of, find(opened, of, AVERAGE))
    test.run()
    assert not test.exception
    assert (line(test), rule(test, cases[0])) == ("Certified: 80% of criteria", Rule(0.915))


def test_a_new_version_of_the_criteria_suspends_the_certificate(opened: Workspace, cases: list[int]) -> None:
    assert cases
    publish(opened)
    reworded = CriteriaSet(ONE.name, (Criterion("Q", "Was methotrexate tried and stopped?"),))
    new = case_of(opened, ROW, name="New", criteria=reworded)
    test = review(new)
    assert (line(test), rule(test, new)) == ("Certificate suspended", Rule(HIGH))
    assert "It was checked on version 1 of the criteria, and this case uses version 2." in texts(test)
    assert "without a promise" in texts(test)
    move(opened, new, "probability>=0.30")
    test = review(new)
    assert back(test, new) == "Back to the published threshold"
    assert "Suspended." in texts(test), "what one would go back to carries no promise either"


def test_a_lapsed_certificate_is_suspended(opened: Workspace, cases: list[int]) -> None:
    certificate = publish(opened)
    lapsed = replace(certificate, made_at=NOON - timedelta(days=9), expires_at=NOON - timedelta(days=2))
    again = opened.store.calibration.add_certificate(lapsed)
    opened.publishing.put_back(again.id, by=LEAD, reason="")
    test = review(cases[0])
    assert (line(test), rule(test, cases[0])) == ("Certificate suspended", Rule(HIGH))
    assert "It lapsed on 31 Oct 2026." in texts(test)
    assert "It was promised until 31 Oct 2026 that the threshold keeps at least 80%" in texts(test)
    assert "held until 31 Oct 2026" in texts(test)


def test_a_certificate_that_newer_cases_speak_against_is_in_doubt_and_one_says_why(
    opened: Workspace, cases: list[int]
) -> None:
    publish(opened)
    test = review(cases[0])
    assert line(test) == "Certified: 80% of criteria"
    judged_cases(opened, 8, high=0.3, name="Newer")
    for _ in range(2):  # the first look at the screen starts what the second one knows
        test.run()
        while workspace().studio.looking:
            time.sleep(0.02)
    test.run()
    assert not test.exception
    assert (line(test), rule(test, cases[0])) == ("In doubt: newer cases", Rule(HIGH))
    assert "In doubt.** 0% of criteria with evidence kept in 8 cases labelled since" in texts(test)
    move(opened, cases[0], "probability>=0.30")
    test = review(cases[0])
    assert line(test) == "Moved by hand: not certified"
    assert back(test, cases[0]) == "Back to the published threshold"


def test_lapsed_or_not_what_was_only_observed_is_no_certificate(opened: Workspace, cases: list[int]) -> None:
    seen = publish(opened, Target(0.9, "criterion", "observed"))
    again = opened.store.calibration.add_certificate(replace(seen, expires_at=seen.made_at))
    opened.publishing.put_back(again.id, by=LEAD, reason="")
    assert line(review(cases[0])) == "Chosen on labels, no promise"


def test_a_threshold_that_was_checked_on_some_criteria_is_not_certified_for_all(opened: Workspace) -> None:
    cases = [case_of(opened, ROW, ROW, name=f"Request {n}") for n in range(4)]
    for case in cases:
        judge(opened, case, {"C-1": [1]})
    publish(opened, name=CRITERIA.name)
    test = review(cases[0])
    assert line(test) == "Certified for 1 of 2 criteria"
    assert "speak of 1 criterion of the 2 of this case. For the other 1 nothing is promised." in texts(test)


def test_a_threshold_for_probabilities_that_are_lost_is_suspended_and_the_scores_are_shown(
    opened: Workspace, cases: list[int]
) -> None:
    lost = opened.store.calibration.add_certificate(replace(publish(opened), recalibration="00000000"))
    opened.publishing.put_back(lost.id, by=LEAD, reason="")
    test = review(cases[0])
    assert (line(test), rule(test, cases[0])) == ("Certificate suspended", Rule(0.2, 10))
    assert "are not here any more. Certify again." in texts(test)
    assert "this screen shows the scores themselves" in texts(test)
