"""`chartsieve record`: the record of a case as a file."""

import io
import json
from pathlib import Path

import pymupdf
import pytest
from typer.testing import CliRunner

from core.cli import app
from core.criteria import read_lines
from core.settings import read_settings
from core.workspace import Workspace
from tests.uploading import taken


@pytest.fixture
def run() -> CliRunner:
    return CliRunner()


@pytest.fixture
def case() -> int:
    """One page, two criteria, one decision."""
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "Methotrexate 20 mg weekly for 14 weeks, stopped for nausea.")
        packet = io.BytesIO(document.tobytes())
    criteria = read_lines("A: Has methotrexate been tried?\nB: Is home oxygen ordered?", "List")
    workspace = Workspace.open(read_settings())
    number = workspace.create_case("A case", [taken(workspace, packet, "packet.pdf")], criteria, by="R. Nurse")
    workspace.jobs.wait(number, 60)
    workspace.review.decide(number, "A", "met", "Page 1 says so.", reviewer="R. Nurse", seen=0)
    workspace.close()
    return number


def test_a_draft_is_written_and_said_to_be_one(run: CliRunner, case: int, tmp_path: Path) -> None:
    out = tmp_path / "record.pdf"
    result = run.invoke(app, ["record", str(case), "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "The case is not signed off: this is a draft.\n"
    document = pymupdf.open(out)
    assert all("Not signed off: draft" in page.get_text() for page in document)


def test_json_and_fhir_go_to_the_standard_output(run: CliRunner, case: int) -> None:
    made = run.invoke(app, ["record", str(case), "--format", "json"])
    assert made.exit_code == 0, made.stderr
    assert json.loads(made.stdout)["criteria"][0]["decision"]["rationale"] == "Page 1 says so."
    made = run.invoke(app, ["record", str(case), "--format", "fhir"])
    assert json.loads(made.stdout)["resourceType"] == "QuestionnaireResponse"


def test_a_signed_case_is_no_draft(run: CliRunner, case: int) -> None:
    workspace = Workspace.open(read_settings())
    workspace.signing.take(case, "withdraw", by="R. Nurse", reason="By phone.", detail={}, seen=0)
    workspace.close()
    made = run.invoke(app, ["record", str(case), "--format", "json"])
    assert made.stderr == ""
    assert json.loads(made.stdout)["signed"]["by"] == "R. Nurse"


def test_mistakes_are_sentences(run: CliRunner, case: int, tmp_path: Path) -> None:
    missing = run.invoke(app, ["record", str(case + 1)])
    assert missing.exit_code == 1
    assert missing.stderr.startswith("chartsieve: ")
    nowhere = run.invoke(app, ["record", str(case), "--out", str(tmp_path / "no" / "record.pdf")])
    assert nowhere.exit_code == 2
    assert not list(tmp_path.glob("*.pdf"))


def test_the_command_has_help(run: CliRunner) -> None:
    result = run.invoke(app, ["record", "--help"])
    assert result.exit_code == 0
    assert "QuestionnaireResponse" in " ".join(result.stdout.replace("│", " ").split())
