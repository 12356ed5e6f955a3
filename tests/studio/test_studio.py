"""The studio itself: thresholds found, probabilities fitted and kept, the report of it all."""

import json

import numpy as np
import pytest

from core.calibration.curves import Family
from core.calibration.fit import Comparison, split
from core.calibration.recalibrate import Platt
from core.certificates import Target
from core.errors import NotFound
from core.studio import Material
from core.studio.report import report
from core.workspace import Workspace
from tests.studio.examples import (
    AVERAGE,
    HIGH,
    INFO,
    LEAD,
    LOW,
    ONE,
    case_of,
    find,
    judge,
    judged_cases,
    material,
    say,
)


def varied(workspace: Workspace, count: int, *, relevant: int = 4) -> Material:
    """Cases of ten pages with four relevant ones, whose scores say far too little: 0.02 to 0.12."""
    rng = np.random.default_rng(3)
    for n in range(count):
        order = rng.permutation(10)
        noise = rng.normal(0, 0.01, 10)
        scores = np.clip(np.where(order < relevant, 0.1, 0.05) + noise, 0.01, 0.99)
        case = case_of(workspace, [round(float(s), 4) for s in scores], name=f"Varied {n}", criteria=ONE)
        judge(workspace, case, {"Q": [int(i) + 1 for i in np.flatnonzero(order < relevant)]})
    return material(workspace, ONE.name)


# -- thresholds


def test_the_highest_threshold_that_misses_nothing_is_found(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    of = material(workspace, ONE.name)
    found = find(workspace, of)
    assert (str(found.rule), found.certified, found.observed, found.missing_cases) == (
        "probability>=0.80",
        True,
        1.0,
        None,
    )
    assert workspace.studio.measured(of, Family()) is workspace.studio.measured(of, Family()), "measured once"


def test_too_few_cases_say_how_many_more(workspace: Workspace) -> None:
    judged_cases(workspace, 1)
    found = find(workspace, material(workspace, ONE.name))
    assert (found.rule, found.certified, found.missing_cases) == (None, False, 3)
    assert "3 more completely labelled cases" in found.advice


def test_labels_of_shown_pages_alone_certify_nothing_at_all(workspace: Workspace) -> None:
    for n in range(6):
        case = case_of(workspace, [HIGH, LOW], name=f"Request {n}", criteria=ONE)
        say(workspace, case, "Q", 1, "relevant", arm="shown")
    for method in ("observed", "crc", "ltt"):
        found = find(workspace, material(workspace, ONE.name), Target(0.5, "criterion", method))
        assert (found.rule, found.certified) == (None, False)
        assert "Draw an audit" in found.advice


# -- recalibration


def test_half_of_the_cases_train_and_the_other_half_certifies(workspace: Workspace) -> None:
    of = varied(workspace, 20)
    comparison = workspace.studio.fit(of)
    fitting, checking = split(of.cases, 0)
    assert set(comparison.trained_on) == {c.case for c in fitting}
    model = comparison["platt"].recalibration
    assert workspace.studio.keep(comparison, model, by=LEAD) == model.version
    under = material(workspace, ONE.name, recalibration=model.version)
    assert under.version == model.version
    assert {c.case for c in under.certifying} == {c.case for c in checking}
    assert np.array_equal(under.cases[0].compared, model.probabilities(of.cases[0].scores))
    assert workspace.publishing.recalibration(INFO.fingerprint, ONE.name) is None, "kept is not in force"


def test_every_case_may_train_where_nothing_is_certified(workspace: Workspace) -> None:
    of = varied(workspace, 6)
    assert len(workspace.studio.fit(of, half=False).trained_on) == 6


@pytest.fixture
def compared(workspace: Workspace) -> Comparison:
    return workspace.studio.fit(varied(workspace, 20))


def test_the_scores_themselves_are_not_kept_as_if_they_were_fitted(workspace: Workspace, compared: Comparison) -> None:
    assert compared.trained_on
    assert workspace.studio.keep(compared, compared["none"].recalibration, by=LEAD) == ""
    assert workspace.store.calibration.recalibrations(INFO.fingerprint) == []
    (choice,) = workspace.publishing.choices(INFO.fingerprint, ONE.name)
    assert choice.title == "The scores themselves"
    of = material(workspace, ONE.name, recalibration="")
    assert of.certifying == of.cases


def test_what_was_kept_twice_is_there_once(workspace: Workspace, compared: Comparison) -> None:
    model = compared["platt"].recalibration
    assert isinstance(model, Platt)
    for _ in range(2):
        workspace.studio.keep(compared, model, by=LEAD)
    assert len(workspace.store.calibration.recalibrations(INFO.fingerprint)) == 1


# -- what is there


def test_the_newest_version_of_a_list_is_the_one_that_counts(workspace: Workspace) -> None:
    judged_cases(workspace, 1)
    assert workspace.studio.criteria(ONE.name).version == 1
    with pytest.raises(NotFound, match="no criteria list"):
        workspace.studio.criteria("Something else")


def test_the_report_is_plain_data_without_nan(workspace: Workspace) -> None:
    judged_cases(workspace, 4)
    of = material(workspace, ONE.name)
    said = json.loads(json.dumps(report(of, AVERAGE, Family()), allow_nan=False))
    assert said["threshold"]["rule"] == "probability>=0.80"
    assert (said["threshold"]["certified"], said["threshold"]["bound"]) == (True, 0.8)
    assert said["labels"]["cases"] == said["labels"]["certifying_cases"] == 4
    assert said["labels"]["verdicts"] == {"relevant": 4, "not_relevant": 16}
    assert [row["rule"] for row in said["table"]] == [f"probability>={t}" for t in ("0.20", "0.40", "0.60", "0.80")]
    (one,) = said["by_criterion"]
    assert (one["criterion"], one["positives"], one["auc"]) == ("Q", 4, 1.0)
    # One page in five from 0.101 on, none above 0.8, all up to 0.1.
    assert said["curve"]["level"] == [0, 100, 101, 800, 801, 1000]
    assert said["curve"]["recall_of_criterion"] == [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("family", [Family(), Family(cap=3), Family(ranked=True)])
def test_without_a_label_that_counts_the_report_says_so_and_no_number(workspace: Workspace, family: Family) -> None:
    case = case_of(workspace, [HIGH, LOW], criteria=ONE)
    nothing = report(material(workspace, ONE.name), AVERAGE, family)
    say(workspace, case, "Q", 1, "relevant", arm="shown")
    shown = report(material(workspace, ONE.name), AVERAGE, family)
    for said in (nothing, shown):
        json.dumps(said, allow_nan=False)
        assert said["threshold"]["rule"] is None
        assert said["threshold"]["advice"]


def test_cases_without_any_text_make_a_report_without_nan(workspace: Workspace) -> None:
    for n in range(5):
        case = case_of(workspace, [None, None], name=f"Scans {n}", criteria=ONE)
        judge(workspace, case, {"Q": [1]})
    of = material(workspace, ONE.name)
    json.dumps(report(of, AVERAGE, Family()), allow_nan=False)
