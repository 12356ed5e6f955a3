"""`chartsieve calibrate` and `labels import`: from files, and from what is in the database."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from core.cli import app
from core.samples import SAMPLES
from core.selection import Rule
from core.settings import Settings, read_settings
from core.workspace import Workspace
from tests.studio.examples import HIGH, INFO, LOW, ONE, case_of, judge, judged_cases, page

SAMPLE = Path(__file__).resolve().parent.parent / "sample_docs"
PDF, CRITERIA = str(SAMPLE / "biologic_12.pdf"), str(SAMPLE / "criteria_biologic.json")
LABELS = str(SAMPLE / "labels_biologic.jsonl")
FILES = [PDF, "--criteria", CRITERIA, "--labels", LABELS, "--complete"]
HERE = ["--name", ONE.name]
EASY = ["--target", "0.8", "--method", "crc"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small sample case, read and scored."""
    folder = tmp_path_factory.mktemp("made") / "data"
    opened = Workspace.open(Settings(data_dir=folder))
    opened.jobs.wait(opened.open_sample(SAMPLES[0], by="R"), 60)
    opened.close()
    return folder


@pytest.fixture(autouse=True)
def data(made: Path, tmp_path: Path) -> None:
    """A copy of the folder, which is this test's own."""
    shutil.copytree(made, tmp_path / "data")


@pytest.fixture
def workspace() -> Workspace:
    """Closed after each command anew: what it shows is looked up."""
    return Workspace.open(read_settings())


def run(*arguments: str, command: str = "calibrate") -> Result:
    return CliRunner().invoke(app, [*command.split(), *arguments])


def said(result: Result) -> Any:
    """The JSON that was written, which holds no NaN."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(result.stdout, parse_constant=refuse)


def plain(result: Result) -> str:
    """What was said on the standard error, without the box and the line ends."""
    return " ".join(result.stderr.replace("│", " ").split())


# -- from files


def test_files_and_their_labels_become_a_threshold_as_json(tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    result = run(*FILES, "--method", "observed", "--out", str(out))
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    found = json.loads(out.read_text("utf-8"))
    assert found["criteria"] == {"name": "Adalimumab for rheumatoid arthritis", "version": 1}
    assert found["labels"]["verdicts"] == {"relevant": 48, "not_relevant": 96}
    assert found["labels"]["cases"] == 1
    assert found["recalibration"]["kind"] == "contextual"
    assert found["threshold"]["rule"].startswith("probability>=")
    assert found["threshold"]["certified"] is False
    assert len(found["by_criterion"]) == 12
    assert "Not a promise" in result.stderr


@pytest.mark.parametrize("method", ["ltt", "crc"])
def test_one_case_is_not_enough_for_a_promise(method: str) -> None:
    result = run(*FILES, "--method", method)
    assert result.exit_code == 5
    found = said(result)["threshold"]
    assert (found["rule"], found["certified"]) == (None, False)
    assert f"{found['missing_cases']} more completely labelled cases" in plain(result)


@pytest.mark.parametrize("more", [["--cap", "3"], ["--ranked"], ["--raw"], ["--fit"], ["--unit", "page"]])
def test_every_kind_of_rule_makes_valid_json(more: list[str]) -> None:
    result = run(*FILES, "--method", "observed", "--target", "0.5", *more)
    assert result.exit_code == 0, result.stderr
    assert said(result)["threshold"]["rule"]


def test_without_complete_a_list_of_relevant_pages_alone_certifies_nothing() -> None:
    result = run(PDF, "--criteria", CRITERIA, "--labels", LABELS, "--method", "observed")
    assert result.exit_code == 5
    assert said(result)["labels"]["with_known_chance"] == 0
    assert "Only pages that were shown are labelled" in result.stderr


def test_a_labels_file_with_mistakes_is_refused_by_row(tmp_path: Path) -> None:
    good = {"document": "biologic_12.pdf", "page": 2, "criterion": "BIO-01", "verdict": "relevant"}
    lines = [good, {**good, "page": 99}, {**good, "criterion": "BIO-99"}]
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    result = run(PDF, "--criteria", CRITERIA, "--labels", str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "row 2" in plain(result).lower()
    assert "row 3" in plain(result).lower()
    assert "row 1" not in plain(result).lower()
    assert "Reading" not in result.stderr, "a mistake costs no reading, and no scoring"


def test_a_file_of_labels_that_cannot_be_read_costs_no_scoring(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("document,page,criterion,verdict\nbiologic_12.pdf,2,BIO-01,perhaps\n")
    result = run(PDF, "--criteria", CRITERIA, "--labels", str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "The verdict is not known" in plain(result)
    assert "Reading" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([PDF], "give --criteria and --labels as well"),
        ([PDF, "--criteria", CRITERIA], "give --criteria and --labels as well"),
        (["--criteria", CRITERIA], "For the cases here, give --name"),
        ([*FILES, "--name", "List"], "--name goes with the cases here"),
        (["--complete"], "Give --labels as well"),
        ([*FILES, "--publish"], "Import the labels first"),
        (["--labels", LABELS, "--publish"], "Import the labels first"),
        (["--cap", "3", "--ranked"], "Give one of the two"),
        (["--raw", "--fit"], "Give one of the two"),
        (["--target", "1.5"], "--target"),
        (["--method", "magic"], "--method"),
        (["--confidence", "0.5"], "Give a --confidence above 0.5"),
    ],
)
def test_what_does_not_go_together_is_said_in_a_sentence(arguments: list[str], sentence: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in plain(result)


# -- from the database


def test_imported_labels_are_what_is_calibrated(workspace: Workspace) -> None:
    imported = run(LABELS, "--complete", command="labels import")
    assert imported.exit_code == 0, imported.stderr
    assert "144 of 144 labels are new, in 1 case." in imported.stderr
    again = run(LABELS, "--complete", command="labels import")
    assert "0 of 144 labels are new" in again.stderr
    result = run("--method", "observed")
    assert result.exit_code == 0, result.stderr
    here, files = said(result), said(run(*FILES, "--method", "observed"))
    assert here["threshold"] == files["threshold"]
    assert here["curve"] == files["curve"]
    assert {label.inclusion_probability for _, label in workspace.store.labels()} == {1.0}


def test_labels_of_a_file_stand_for_those_of_the_database(workspace: Workspace) -> None:
    result = run("--labels", LABELS, "--complete", "--method", "observed")
    assert result.exit_code == 0, result.stderr
    assert said(result)["labels"]["verdicts"] == {"relevant": 48, "not_relevant": 96}
    assert workspace.store.labels() == [], "nothing was imported"


def test_an_import_with_mistakes_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("document,page,criterion,verdict\nbiologic_12.pdf,2,BIO-01,relevant\nother.pdf,1,BIO-01,maybe\n")
    result = run(str(path), command="labels import")
    assert result.exit_code == 2
    assert "row 3" in plain(result).lower()
    assert workspace.store.labels() == []


def test_an_import_says_what_it_ignored(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("document,page,criterion,verdict,colour\nbiologic_12.pdf,2,BIO-01,relevant,blue\n")
    result = run(str(path), command="labels import")
    assert result.exit_code == 0, result.stderr
    assert "colour" in result.stderr


def test_without_labels_there_is_nothing_to_calibrate() -> None:
    result = run("--method", "observed")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There are no labelled cases" in plain(result)


def test_labels_of_several_lists_ask_which(workspace: Workspace) -> None:
    judged_cases(workspace, 1)
    assert run(LABELS, command="labels import").exit_code == 0
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Choose with --name and --scorer" in plain(result)


def test_publish_puts_the_threshold_in_force(workspace: Workspace) -> None:
    cases = judged_cases(workspace, 4)
    result = run(*HERE, *EASY, "--publish", "--days", "30")
    assert result.exit_code == 0, result.stderr
    assert "In force for 30 days: probability>=0.80" in result.stderr
    assert said(result)["threshold"]["certified"] is True
    now = workspace.publishing.rule_in_force(workspace.store.case(cases[0]))
    assert now.certified
    assert now.certificate is not None
    assert now.certificate.made_by.endswith("(command line)")


def test_what_is_not_certified_is_not_published_and_the_json_says_why(workspace: Workspace) -> None:
    judged_cases(workspace, 2)
    result = run(*HERE, *EASY, "--publish")
    assert result.exit_code == 5
    assert said(result)["threshold"]["missing_cases"] == 2
    assert "Nothing was published" in result.stderr
    assert workspace.store.calibration.certificates() == []


def test_fitted_probabilities_are_kept_and_certified_on_the_other_half(workspace: Workspace) -> None:
    for n in range(40):
        # Relevant pages score 0.2 and 0.15, others 0.1 and 0.05: the scores are no probabilities.
        scores = [0.2, 0.15, 0.1, 0.05, 0.05, 0.1] if n % 2 else [0.05, 0.2, 0.05, 0.15, 0.1, 0.1]
        case = case_of(workspace, scores, name=f"Request {n}", criteria=ONE)
        judge(workspace, case, {"Q": [1, 2] if n % 2 else [2, 4]})
    result = run(*HERE, *EASY, "--fit", "--publish")
    assert result.exit_code == 0, result.stderr
    found = said(result)
    version = found["recalibration"]["version"]
    assert version
    assert [c["kind"] for c in found["recalibration"]["candidates"] if c["chosen"]] == [found["recalibration"]["kind"]]
    assert 10 <= found["labels"]["certifying_cases"] < 30
    stored = workspace.store.calibration.recalibration(version)
    certificate = workspace.publishing.certificate(INFO.fingerprint, ONE.name)
    assert certificate is not None
    assert certificate.recalibration == version
    assert not set(stored.cases) & set(certificate.cases)


def test_cases_that_have_labels_of_shown_pages_alone_certify_nothing(workspace: Workspace) -> None:
    case = case_of(workspace, [HIGH, LOW], criteria=ONE)
    shown = workspace.chart(case).pages[0]
    assert shown.ref == page(workspace, case, 1)
    workspace.review.mark(case, "Q", shown, "relevant", reviewer="R", rule=Rule())
    result = run(*HERE, *EASY)
    assert result.exit_code == 5
    assert "Draw an audit" in result.stderr
