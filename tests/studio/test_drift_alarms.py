"""After a threshold is in force: labels since that speak against it, and cases that are unlike those before."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import streamlit as st

from core.calibration.drift import Drift
from core.calibration.recalibrate import Platt
from core.certificates import StoredRecalibration, Target
from core.settings import read_settings
from core.studio import Alarm
from core.workspace import Workspace
from tests.pages.test_screens import app, texts
from tests.studio.conftest import Clock
from tests.studio.examples import (
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
    say,
)

MISSED = 0.3
"""A score of relevant pages below the threshold that is in force."""


def drift(workspace: Workspace) -> Drift:
    found = workspace.studio.drift(INFO.fingerprint, ONE.name)
    assert found is not None
    return found


def alarms(workspace: Workspace) -> list[Alarm]:
    """What is told once everything was looked at, which happens meanwhile."""
    workspace.studio.alarms()
    for future in list(workspace.studio._looking.values()):
        future.result(30)
    return workspace.studio.alarms()


def test_without_a_threshold_in_force_there_is_nothing_to_watch(workspace: Workspace) -> None:
    judged_cases(workspace, 2)
    assert workspace.studio.drift(INFO.fingerprint, ONE.name) is None
    assert alarms(workspace) == []


def test_without_new_labels_nothing_is_said(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    publish(workspace)
    case_of(workspace, [HIGH, LOW, LOW, LOW, LOW], name="New", criteria=ONE)
    found = drift(workspace)
    assert (found.state, found.recall, found.cases, found.shifted) == ("too_few", None, 0, False)
    assert found.compared == (4, 1)
    assert alarms(workspace) == []


def test_labels_since_that_speak_against_the_threshold_raise_an_alarm(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    publish(workspace)
    judged_cases(workspace, 8, high=MISSED, name="New")
    found = drift(workspace)
    assert (found.state, found.recall, found.cases) == ("alarm", 0.0, 8)
    (alarm,) = alarms(workspace)
    assert (alarm.criteria_name, alarm.info) == (ONE.name, INFO)
    assert alarm.drift is not None
    assert alarm.drift.state == "alarm"
    assert alarm.what.startswith("may miss more than it promises.")


def test_labels_since_that_agree_raise_none(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    publish(workspace)
    judged_cases(workspace, 6, name="New")
    assert (drift(workspace).state, drift(workspace).recall, drift(workspace).cases) == ("ok", 1.0, 6)
    assert alarms(workspace) == []


def test_an_older_case_that_is_labelled_later_is_news(workspace: Workspace) -> None:
    late = [case_of(workspace, [MISSED, LOW], name=f"Waits {n}", criteria=ONE) for n in range(8)]
    judged_cases(workspace, 4)
    publish(workspace)
    assert drift(workspace).cases == 0
    for case in late:
        judge(workspace, case, {"Q": [1]})
    assert (drift(workspace).state, drift(workspace).cases) == ("alarm", 8)


def test_labels_from_before_the_threshold_are_no_news(workspace: Workspace) -> None:
    judged_cases(workspace, 8)
    audited = [case_of(workspace, [MISSED, LOW], name=f"Audited {n}", criteria=ONE) for n in range(6)]
    for case in audited:
        say(workspace, case, "Q", 1, "relevant", chance=0.1)
    publish(workspace, Target(0.8, "page", "crc"))
    assert drift(workspace).cases == 0


def test_cases_that_trained_the_probabilities_are_no_news(workspace: Workspace) -> None:
    trained = judged_cases(workspace, 8, high=MISSED, name="Trained")
    judged_cases(workspace, 4)
    model = Platt(INFO.fingerprint, 1.0, 1.0)
    workspace.store.calibration.save_recalibration(
        StoredRecalibration(model.version, INFO.fingerprint, model.record(), tuple(trained), LEAD, NOON)
    )
    of = material(workspace, ONE.name, recalibration=model.version)
    put(workspace, of, find(workspace, of))
    assert (drift(workspace).state, drift(workspace).cases) == ("too_few", 0)
    assert alarms(workspace) == []


def test_new_cases_that_score_otherwise_are_noticed_without_a_label(workspace: Workspace) -> None:
    judged_cases(workspace, 8)
    publish(workspace, Target(0.8, "criterion", "crc"))
    for n in range(8):
        case_of(workspace, [MISSED, LOW, LOW, LOW, LOW], name=f"New {n}", criteria=ONE)
    found = drift(workspace)
    assert (found.state, found.shifted, found.compared) == ("too_few", True, (8, 8))
    (alarm,) = alarms(workspace)
    assert alarm.drift is not None
    assert alarm.drift.shifted
    assert alarm.what.startswith("was checked on other cases than the newer ones.")


def test_labelled_cases_are_never_crowded_out_by_those_without_labels(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.studio.studio._WATCHED", 3)
    judged_cases(workspace, 4)
    publish(workspace)
    judged_cases(workspace, 8, high=MISSED, name="New")
    for n in range(5):
        case_of(workspace, [HIGH, LOW], name=f"Newest {n}", criteria=ONE)
    found = drift(workspace)
    assert (found.state, found.cases, found.compared) == ("alarm", 8, (4, 8 + 3))


def test_a_newer_threshold_ends_the_alarm_of_the_one_before(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    publish(workspace)
    judged_cases(workspace, 8, high=MISSED, name="New")
    assert len(alarms(workspace)) == 1
    again = publish(workspace)
    assert again.rule == "probability>=0.30"
    assert workspace.studio.alarms() == [], "what was found out of the one before says nothing of this one"
    assert alarms(workspace) == []


@pytest.fixture
def screens() -> Iterator[None]:
    """The app with a workspace of this test's own."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def test_a_threshold_that_lapsed_or_soon_will_is_told_of(reopened: Callable[[], Workspace], clock: Clock) -> None:
    opened = reopened()
    judged_cases(opened, 4)
    publish(opened, days=90)
    assert alarms(opened) == []
    clock.later = timedelta(days=70)
    (soon,) = alarms(opened)
    assert (soon.drift, soon.what.split(" on ")[0]) == (None, "lapses")
    clock.later = timedelta(days=91)
    (late,) = alarms(opened)
    assert "carries no promise any more" in late.what


@pytest.mark.usefixtures("screens")
def test_the_cases_screen_shows_the_alarm() -> None:
    opened = Workspace.open(read_settings())
    judged_cases(opened, 4)
    publish(opened)
    judged_cases(opened, 8, high=MISSED, name="New")
    opened.close()
    test = app()
    assert not test.exception
    end = time.monotonic() + 30
    while "may miss more" not in texts(test) and time.monotonic() < end:
        time.sleep(0.2)
        test.run()
    said = texts(test)
    assert "The threshold for One question" in said.replace("**", "")
    assert "0 % of criteria with evidence kept in 8 cases labelled since" in said
    assert len(test.get("page_link")) > 0


@pytest.mark.usefixtures("screens")
def test_the_cases_screen_says_nothing_without_an_alarm() -> None:
    opened = Workspace.open(read_settings())
    judged_cases(opened, 4)
    publish(opened)
    opened.close()
    test = app()
    assert not test.exception
    assert "threshold for" not in texts(test)
