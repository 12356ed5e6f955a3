"""The calibration screen without a browser: what it says of labels, finds, publishes and takes back."""

import json
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.calibration.curves import Family, Measured, measure
from core.calibration.labelled import LabelledCase
from core.calibration.threshold import at_levels
from core.certificates import Certificate, Target
from core.domain import Criterion, ScorerInfo, Verdict
from core.selection import Rule
from core.settings import read_settings
from core.studio import Material
from core.workspace import Workspace
from pages.calibrate.comparing import at_budget, difference, paired, text_for
from pages.calibrate.criteria import misses
from pages.calibrate.curve import best_pages, curve, rows
from pages.calibrate.in_force import certificate_json, facts, promise_at
from pages.calibrate.result import headline, rests_on
from pages.calibrate.scorers import verdict
from pages.calibrate.tables import csv_of, frame
from pages.calibrate.threshold import preset_columns
from pages.components.frame import workspace
from tests.pages.studio_cases import AT, CRITERIA, labelled_cases
from tests.pages.test_screens import app, texts
from tests.studio.examples import put

CASES = 24
ON_AVERAGE = "crc"


def make(cases: int, *, whole: bool = True) -> list[int]:
    opened = Workspace.open(read_settings())
    made = labelled_cases(opened.store, cases, whole=whole)
    opened.close()
    return made


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """A data folder with CASES cases, made once, and their ids."""
    folder = tmp_path_factory.mktemp("studio") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHARTSIEVE_DATA_DIR", str(folder))
        return folder, make(CASES)


@pytest.fixture
def labelled(prepared: tuple[Path, list[int]]) -> list[int]:
    """The ids of CASES cases in the data folder of this test."""
    folder, made = prepared
    shutil.copytree(folder, read_settings().data_dir)
    return made


def on_average(screen: AppTest) -> AppTest:
    """24 cases are enough for 95% on average over cases, and too few for a confidence of 95%."""
    return screen.selectbox(key="calibrate.method").set_value(ON_AVERAGE).run()


def small() -> Measured:
    """Two cases of three pages and one criterion: the relevant pages stand at 0.9 and 0.8, and at 0.5."""
    truth = np.array([[1, 1, 0]], dtype=np.int8), np.array([[0, 0, 1]], dtype=np.int8)
    scores = np.array([[0.9, 0.8, 0.1]]), np.array([[0.7, 0.2, 0.5]])
    cases = [
        LabelledCase(n, ("C",), ("",), s, np.array([100, 100, 200]), t, np.ones((1, 3)), audited=True)
        for n, (s, t) in enumerate(zip(scores, truth, strict=True))
    ]
    return measure(cases, Family())


def test_without_a_case_the_screen_leads_to_the_samples() -> None:
    screen = app("calibrate")
    assert not screen.exception
    assert "No case is scored yet" in texts(screen)


@pytest.mark.usefixtures("sample")
def test_without_labels_the_screen_says_what_a_label_is() -> None:
    screen = app("calibrate")
    assert not screen.error
    assert "There are no labels" in texts(screen)
    assert not screen.get("plotly_chart")


def test_labels_of_shown_pages_alone_are_refused_in_words_and_no_curve_is_drawn() -> None:
    make(3, whole=False)
    screen = app("calibrate")
    assert not screen.error
    assert "No curve can be drawn" in texts(screen)
    assert not screen.get("plotly_chart")


def test_labels_of_one_case_say_that_they_speak_of_it_alone() -> None:
    make(1)
    screen = app("calibrate")
    assert not screen.error
    assert "come from one case" in texts(screen)
    assert "58 more completely labelled cases needed" in texts(screen)
    assert not [b for b in screen.button if b.key == "calibrate.publish"]


@pytest.mark.usefixtures("labelled")
def test_the_head_says_what_the_labels_are() -> None:
    screen = app("calibrate")
    assert not screen.error
    pages = CASES * len(CRITERIA) * 10
    assert f"**{pages} labels** of {CASES} cases by 2 reviewers" in texts(screen)
    assert f"{pages} with a known chance" in texts(screen)


def test_the_head_says_how_far_two_reviewers_agree(labelled: list[int]) -> None:
    opened = Workspace.open(read_settings())
    given = [label for _, label in opened.store.labels(labelled[0])][:4]
    turned: dict[Verdict, Verdict] = {"relevant": "not_relevant", "not_relevant": "relevant"}
    second = [replace(label, reviewer="C. Second") for label in given]
    second[0] = replace(second[0], verdict=turned[second[0].verdict])
    opened.store.import_labels([(labelled[0], label) for label in second], by="R")
    opened.close()
    assert "two reviewers agree on 75% of 4 pages" in (said := texts(app("calibrate")))
    assert "kappa" not in said, "of 4 pages it is mostly chance"


def test_a_missed_page_is_known_by_its_case_its_number_and_what_the_rule_compared(labelled: list[int]) -> None:
    fingerprint = workspace().store.case(labelled[0]).scorer.fingerprint
    material = workspace().studio.material(CRITERIA.name, fingerprint, "")
    assert misses(material, "C-1", Rule(threshold=0.0)) == []
    every = misses(material, "C-1", Rule(threshold=1.0))
    relevant = {
        (case, label.page.number)
        for case, label in workspace().store.labels()
        if label.criterion == "C-1" and label.verdict == "relevant"
    }
    assert {(miss.case, miss.page) for miss in every} == relevant
    assert [miss.value for miss in every] == sorted(miss.value for miss in every)
    assert every[0].case_name.startswith("Request ")


def test_a_threshold_is_found_signed_published_and_in_force_for_every_case(labelled: list[int]) -> None:
    screen = on_average(app("calibrate"))
    assert "keeps at least 95% of the criteria with evidence, on average over cases" in texts(screen)
    screen.button(key="calibrate.publish").click().run()
    assert "every case with “Step therapy”" in texts(screen)
    assert screen.button(key="calibrate.publish.go").disabled
    screen.text_input[0].input("Q. Lead").run()
    screen.button(key="calibrate.publish.go").click().run()
    assert not screen.error
    assert "In force" in texts(screen)
    case = workspace().store.case(labelled[0])
    certificate = workspace().publishing.certificate(case.scorer.fingerprint, CRITERIA.name)
    assert certificate
    assert (certificate.made_by, certificate.promised, certificate.target.method) == ("Q. Lead", True, "crc")
    assert (certificate.expires_at - certificate.made_at).days == 180
    assert workspace().publishing.rule_in_force(case).rule == Rule.parse(certificate.rule)
    assert json.loads(certificate_json(certificate))["cases"] == list(certificate.cases)
    assert sorted(certificate.cases) == labelled


def test_what_was_only_observed_is_published_only_when_that_is_said(labelled: list[int]) -> None:
    screen = app("calibrate", by="Q. Lead")
    screen.selectbox(key="calibrate.method").set_value("observed").run()
    assert "no promise" in texts(screen)
    screen.button(key="calibrate.publish").click().run()
    assert screen.button(key="calibrate.publish.go").disabled
    screen.checkbox(key="calibrate.aware").check().run()
    screen.button(key="calibrate.publish.go").click().run()
    assert not screen.error
    case = workspace().store.case(labelled[0])
    certificate = workspace().publishing.certificate(case.scorer.fingerprint, CRITERIA.name)
    assert certificate
    assert (certificate.promised, certificate.bound) == (False, None)


def test_a_certificate_is_withdrawn_and_put_back_with_reasons(labelled: list[int]) -> None:
    screen = on_average(app("calibrate", by="Q. Lead"))
    screen.button(key="calibrate.publish").click().run()
    screen.button(key="calibrate.publish.go").click().run()
    screen.session_state["tab"] = "In force"
    screen.run()
    assert "Keeps at least 95%" in texts(screen)
    screen.button(key="calibrate.withdraw").click().run()
    assert screen.button(key="calibrate.take_back.go").disabled
    screen.text_input(key="calibrate.why").input("A trial").run()
    screen.button(key="calibrate.take_back.go").click().run()
    assert "No threshold is in force" in texts(screen)
    (back,) = [b for b in screen.button if (b.key or "").startswith("calibrate.back.")]
    back.click().run()
    screen.text_input(key="calibrate.why").input("It was right").run()
    screen.button(key="calibrate.take_back.go").click().run()
    assert not screen.error
    assert ":material/history: Put back: every page" in texts(screen)
    case = workspace().store.case(labelled[0])
    history = workspace().publishing.history(case.scorer.fingerprint, CRITERIA.name)
    assert [(p.reason, p.by, c is not None) for p, c in history] == [
        ("It was right", "Q. Lead", True),
        ("A trial", "Q. Lead", False),
        ("", "Q. Lead", True),
    ]


def test_probabilities_are_fitted_on_half_of_the_cases_and_kept(labelled: list[int]) -> None:
    screen = app("calibrate", by="Q. Lead", tab="Probabilities")
    assert len(screen.get("plotly_chart")) == 2
    screen.button(key="calibrate.fit").click().run()
    assert not screen.error
    assert "fits clearly better than" in texts(screen)
    screen.button(key="calibrate.keep").click().run()
    assert not screen.error
    fingerprint = workspace().store.case(labelled[0]).scorer.fingerprint
    (kept,) = workspace().store.calibration.recalibrations(fingerprint)
    assert kept.made_by == "Q. Lead"
    assert 0 < len(kept.cases) < CASES
    assert f"{len(kept.cases)} cases made these probabilities" in texts(screen)


@pytest.mark.usefixtures("labelled")
def test_criteria_are_listed_with_how_well_they_are_found() -> None:
    screen = app("calibrate", tab="Criteria")
    assert not screen.error
    table = screen.dataframe[0].value
    assert list(table["Criterion"]) == ["C-1", "C-2", "C-3"]
    assert list(table["Cases"]) == [CASES] * 3
    assert (table["Separation"] > 0.9).all()
    assert (table["Found in cases"] >= table["Recall of pages"]).all()
    assert "Suspicion" not in table, "nothing looks wrong"


@pytest.mark.usefixtures("labelled")
def test_one_scorer_alone_is_compared_with_nothing() -> None:
    screen = app("calibrate", tab="Scorers")
    assert not screen.error
    assert "Only one scorer has scored these cases" in texts(screen)


def test_two_scorers_are_compared_on_the_cases_that_both_have_scored(labelled: list[int]) -> None:
    other = ScorerInfo("zerank", "zerank-2", "1", "sigmoid")
    opened = Workspace.open(read_settings())
    for case in labelled[:12]:
        pages = opened.store.pages(opened.store.case(case).documents[0].document)
        opened.store.use_scorer(case, other, rule="", by="R")
        opened.store.save_answers(other, [(c.digest, p.digest, 0.5) for c in CRITERIA for p in pages])
    opened.close()
    screen = app("calibrate", tab="Scorers", scorer=workspace().studio.subjects()[0].info.fingerprint)
    assert not screen.error
    assert "the same 12 cases" in texts(screen)
    assert f"{CASES - 12} labelled cases left out" in texts(screen)
    assert list(screen.dataframe[-1].value["Scorer"])[1].startswith("zerank-2")


def test_the_curve_holds_every_level_at_which_something_changes() -> None:
    measured = small()
    drawn = curve(measured, 0, "criterion")
    at = dict(zip(drawn.hover, zip(drawn.kept, drawn.recall, strict=True), strict=True))
    # Above 0.8 the first case keeps 100 of 400 characters, and the second none; 1 of 3 relevant pages is kept.
    assert at["threshold 0.801, 0.5 pages"] == (pytest.approx(0.125), pytest.approx(1 / 3))
    assert len(drawn.kept) < 15


def test_the_best_pages_are_single_points_with_their_number() -> None:
    cases = small().cases
    drawn = best_pages(measure(cases, Family(ranked=True)), Target(0.9, "page"), "criterion")
    assert list(drawn.marks) == ["1", "2", "3"]
    assert list(drawn.recall) == pytest.approx([1 / 3, 1.0, 1.0])


def test_the_table_of_the_curve_reads_back_from_its_file() -> None:
    columns = rows(small())
    lines = csv_of(columns).splitlines()
    assert len(lines) == 102
    assert lines[0].startswith("Threshold,Recall: page") or lines[0].startswith("Threshold,Recall: relevant pages")
    assert lines[1].startswith("0.0,1.0")
    assert frame(columns, ["Text for a criterion"])["Text for a criterion"][0] == pytest.approx(100)


def test_ready_made_thresholds_keep_the_names_of_the_heatmap_and_say_what_is_not_known() -> None:
    columns = preset_columns(at_levels(small()), Family())
    assert columns["Threshold"] == [0.2, 0.4, 0.6, 0.8]
    assert columns["Meaning"] == ["no faint traces", "fair", "strong", "near-certain"]
    empty = preset_columns(at_levels(measure([], Family())), Family())
    assert empty["Recall: relevant pages"] == ["not known"] * 4


def test_a_better_scorer_is_named_only_when_chance_cannot_explain_it() -> None:
    names = "One", "Other"
    sure = paired(np.full(20, 0.1))
    assert sure.sure
    assert "**One** finds 10.0 points more" in verdict(sure, names)
    few = paired(np.full(5, 0.1))
    assert "Neither can be called better" in verdict(few, names)
    mixed = paired(np.array([0.3, -0.2] * 10))
    assert mixed.mean == pytest.approx(0.05)
    assert "Neither can be called better" in verdict(mixed, names)


def test_two_scorers_at_the_same_budget_differ_by_the_cases_losses() -> None:
    measured = small()
    level = at_budget(measured, 0.2)
    assert measured.kept[level] <= 0.2 < measured.kept[level - 1]
    same = difference(measured, measured, 0.2, "page")
    assert same
    assert (same.mean, same.low, same.high) == (0, 0, 0)
    assert text_for(measured, 0.9, "page").value == pytest.approx(0.625)


def test_a_promise_shown_on_labels_is_never_rounded_up(labelled: list[int]) -> None:
    fingerprint = workspace().store.case(labelled[0]).scorer.fingerprint
    material = workspace().studio.material(CRITERIA.name, fingerprint, "")
    found = workspace().studio.find(material, Target(0.955, "criterion", "crc"), Family())
    assert found.certified
    words = rests_on(material, replace(found, bound=0.9569, observed=0.9996, interval=(0.9449, 0.9991)))
    assert "Proven: at least 95.6%. Seen: 99.9%. It compares" in words, "one lower limit"
    seen = rests_on(material, replace(found, certified=False, bound=None, observed=0.9996, interval=(0.9449, 0.9991)))
    assert "Seen: 99.9% (95% interval 94.4% to 100%)." in seen
    assert "keeps at least 95.5% of the criteria" in headline(found)


def test_what_somebody_else_published_meanwhile_is_shown_first(labelled: list[int]) -> None:
    screen = on_average(app("calibrate", by="Q. Lead"))
    screen.button(key="calibrate.publish").click().run()
    fingerprint = workspace().store.case(labelled[0]).scorer.fingerprint
    material = workspace().studio.material(CRITERIA.name, fingerprint)
    other = workspace().studio.find(material, Target(0.9, "criterion", "crc"), Family())
    put(workspace(), material, other, by="O. Lead")
    screen.button(key="calibrate.publish.go").click().run()
    assert "Somebody has published a threshold for these criteria meanwhile." in texts(screen)
    certificate = workspace().publishing.certificate(fingerprint, CRITERIA.name)
    assert certificate
    assert certificate.made_by == "O. Lead"


def test_what_was_found_on_labels_that_changed_meanwhile_is_not_published(labelled: list[int]) -> None:
    screen = on_average(app("calibrate", by="Q. Lead"))
    screen.button(key="calibrate.publish").click().run()
    opened = Workspace.open(read_settings())
    label = opened.store.labels(labelled[0])[0][1]
    opened.store.withdraw_label(labelled[0], label.page, label.criterion, reviewer=label.reviewer)
    opened.close()
    screen.button(key="calibrate.publish.go").click().run()
    assert "Labels have changed since. Nothing was published." in texts(screen)
    assert workspace().store.calibration.certificates() == []


def in_force_on_average(labelled: list[int], *, days: int = 180) -> tuple[Material, Certificate]:
    """What the screen finds for 95% on average, in force."""
    fingerprint = workspace().store.case(labelled[0]).scorer.fingerprint
    material = workspace().studio.material(CRITERIA.name, fingerprint)
    found = workspace().studio.find(material, Target(0.95, "criterion", "crc"), Family())
    return material, put(workspace(), material, found, days=days)


def test_a_lapsed_certificate_is_put_in_force_again_and_does_not_look_certified(labelled: list[int]) -> None:
    _, certificate = in_force_on_average(labelled)
    screen = on_average(app("calibrate"))
    assert "**In force** since" in texts(screen)
    assert not [b for b in screen.button if b.key == "calibrate.publish"]

    past = replace(certificate, made_at=AT - timedelta(days=9), expires_at=AT)
    lapsed = workspace().store.calibration.add_certificate(past)
    workspace().publishing.put_back(lapsed.id, by="Q. Lead", reason="")
    screen.run()
    assert screen.button(key="calibrate.publish").label == "Put in force again…"
    screen.session_state["tab"] = "In force"
    screen.run()
    said = texts(screen)
    assert ":gray[:material/event_busy:] Lapsed: Keep every page" in said
    assert "Promised until 02 Nov 2026: keeps at least 95%" in said
    assert "green[:material/verified:]" not in said
    assert dict(facts(past, "Scorer", 3, AT))["Lapsed"] == "02 Nov 2026"


def test_a_certificate_for_the_version_before_is_put_in_force_for_the_new_one(labelled: list[int]) -> None:
    in_force_on_average(labelled)
    more = replace(CRITERIA, criteria=(*CRITERIA.criteria, Criterion("C-4", "Was surgery refused?")))
    workspace().store.save_criteria(more, by="Q. Lead")
    screen = on_average(app("calibrate"))
    assert not screen.exception
    assert screen.button(key="calibrate.publish").label == "Put in force for version 2…"


def test_what_carries_no_promise_does_not_lapse_or_hold_in_words(labelled: list[int]) -> None:
    _, certificate = in_force_on_average(labelled)
    seen = replace(certificate, promised=False, bound=None, target=Target(0.95, method="observed"))
    assert dict(facts(seen, "Scorer", 3, AT))["Used until"] == f"{seen.expires_at:%d %b %Y}"
    assert promise_at(replace(seen, expires_at=AT), AT).startswith("Kept ")


def test_the_card_gives_recall_of_all_units_at_the_rule(labelled: list[int]) -> None:
    in_force_on_average(labelled)
    said = texts(on_average(app("calibrate")))
    assert re.search(r"Recall seen at this rule: relevant pages [\d.]+% · criteria .* [\d.]+% · whole cases", said)
    assert f"on average over cases like these {CASES}." in said


def test_the_card_says_for_how_many_criteria_a_certificate_speaks(labelled: list[int]) -> None:
    fingerprint = workspace().store.case(labelled[0]).scorer.fingerprint
    material = workspace().studio.material(CRITERIA.name, fingerprint)
    certificate = put(
        workspace(), material, workspace().studio.find(material, Target(0.9, "criterion", "crc"), Family())
    )
    assert dict(facts(certificate, "Scorer", 3, certificate.made_at))["Criteria"] == "3 of Step therapy, version 1"
    some = replace(certificate, criteria=("C-1",), bound=0.9569)
    said = dict(facts(some, "Scorer", 3, some.made_at))
    assert said["Criteria"] == "1 of the 3 of Step therapy, version 1; of the others nothing is promised"
    assert said["Recall proven"] == "at least 95.6%"
