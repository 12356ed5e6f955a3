import csv
import io
import json
from pathlib import Path

import pymupdf
import pytest
from typer.testing import CliRunner

from core.cli import app

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run() -> CliRunner:
    return CliRunner()


@pytest.fixture
def packet(tmp_path: Path) -> Path:
    """Three pages: one on methotrexate, one on the weather, one that is a picture."""
    path = tmp_path / "packet.pdf"
    with pymupdf.open() as document:
        for text in (
            "Methotrexate 20 mg weekly for 14 weeks, stopped for nausea.",
            "Sunny all day with a light breeze.",
        ):
            document.new_page().insert_text((72, 72), text)
        picture = document.new_page()
        pixels = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 60, 80), False)
        pixels.clear_with(40)
        picture.insert_image(picture.rect, pixmap=pixels)
        document.save(path)
    return path


@pytest.fixture
def criteria(tmp_path: Path) -> Path:
    path = tmp_path / "criteria.csv"
    path.write_text("id,question\nA,Has methotrexate been tried?\nB,Is home oxygen ordered?\n")
    return path


def test_score_writes_one_row_for_each_pair_and_a_gap_says_why(run: CliRunner, packet: Path, criteria: Path) -> None:
    result = run.invoke(app, ["score", str(packet), "--criteria", str(criteria)])
    assert result.exit_code == 0, result.stderr
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == ["criterion_id", "question", "document", "page", "score", "probability", "state"]
    assert [(r["criterion_id"], r["page"]) for r in rows] == [(c, p) for c in "AB" for p in "123"]
    assert [r["state"] for r in rows[:3]] == ["scored", "scored", "This page could not be read"]
    assert rows[2]["score"] == rows[2]["probability"] == ""
    assert float(rows[0]["score"]) > float(rows[1]["score"])
    assert "3 of 3" in result.stderr


def test_score_writes_to_a_file_when_asked(run: CliRunner, packet: Path, criteria: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    result = run.invoke(app, ["score", str(packet), "--criteria", str(criteria), "--out", str(out)])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert len(out.read_text().splitlines()) == 7


def test_two_files_make_one_case(run: CliRunner, packet: Path, criteria: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "Oxygen 2 L by nasal cannula at rest and at night.")
        document.save(other)
    result = run.invoke(app, ["score", str(packet), str(other), "--criteria", str(criteria)])
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(r["document"], r["page"]) for r in rows[:4]] == [
        *(("packet.pdf", str(n)) for n in (1, 2, 3)),
        ("other.pdf", "1"),
    ]


def test_pack_keeps_what_the_rule_says_and_lists_what_it_leaves_out(
    run: CliRunner, packet: Path, criteria: Path
) -> None:
    arguments = ["pack", str(packet), "--criteria", str(criteria), "--rule", "score>=0.0 & top1", "--format", "json"]
    result = run.invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    pack = json.loads(result.stdout)
    kept = {c["id"]: [k["place"] for k in c["kept"]] for c in pack["criteria"]}
    assert kept["A"] == [1]
    assert [p["place"] for p in pack["unread"]] == [3]
    assert "Methotrexate" in pack["pages"][0]["text"]


def test_pack_as_markdown_is_the_default(run: CliRunner, packet: Path, criteria: Path) -> None:
    result = run.invoke(app, ["pack", str(packet), "--criteria", str(criteria), "--rule", "top1"])
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("# ")


def test_a_broken_document_ends_with_its_own_code_and_a_sentence(
    run: CliRunner, criteria: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing more")
    result = run.invoke(app, ["score", str(broken), "--criteria", str(criteria)])
    assert result.exit_code == 3
    assert result.stderr.startswith("chartsieve: broken.pdf: ")


def test_a_criteria_list_with_mistakes_ends_as_wrong_use_and_names_the_row(
    run: CliRunner, packet: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("id,question\nA,Has methotrexate been tried?\nA,Is home oxygen ordered?\n")
    result = run.invoke(app, ["score", str(packet), "--criteria", str(bad)])
    assert result.exit_code == 2
    assert "Row 3" in result.stderr


def test_a_rule_that_cannot_be_read_ends_as_wrong_use(run: CliRunner, packet: Path, criteria: Path) -> None:
    result = run.invoke(app, ["pack", str(packet), "--criteria", str(criteria), "--rule", "better than 0.4"])
    assert result.exit_code == 2
    assert "probability>=0.4" in result.stderr


def test_a_setting_that_cannot_be_used_is_named(
    run: CliRunner, packet: Path, criteria: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTSIEVE_MAX_PAGES", "many")
    result = run.invoke(app, ["score", str(packet), "--criteria", str(criteria)])
    assert result.exit_code == 2
    assert "CHARTSIEVE_MAX_PAGES" in result.stderr


def test_an_unknown_scorer_lists_the_choices(run: CliRunner, packet: Path, criteria: Path) -> None:
    result = run.invoke(app, ["score", str(packet), "--criteria", str(criteria), "--scorer", "oracle"])
    assert result.exit_code == 1
    assert "embedded" in result.stderr


def test_labels_export_of_an_empty_store_writes_nothing_and_says_so(run: CliRunner) -> None:
    result = run.invoke(app, ["labels", "export"])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "0 labels\n"


def test_the_default_rule_is_that_of_a_new_case(run: CliRunner) -> None:
    from core.selection import DEFAULT_RULE

    assert str(DEFAULT_RULE) in " ".join(run.invoke(app, ["pack", "--help"], env={"COLUMNS": "300"}).stdout.split())


def test_every_command_has_help_and_stands_in_the_readme(run: CliRunner) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in (["score"], ["pack"], ["labels", "export"], ["serve"]):
        result = run.invoke(app, [*command, "--help"])
        assert result.exit_code == 0
        assert f"chartsieve {' '.join(command)}" in readme
