import csv
import io
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from itertools import pairwise
from pathlib import Path

import pymupdf
import pytest
from typer.testing import CliRunner

from core.cli import app
from core.domain import PageRef
from core.grid import Grid
from core.samples import SAMPLES
from core.settings import Settings, make_data_dir, read_settings
from core.workspace import Workspace

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


def test_the_same_file_twice_is_used_once_and_said_so(
    run: CliRunner, packet: Path, criteria: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.pdf"
    shutil.copy(packet, copy)
    result = run.invoke(app, ["score", str(packet), str(copy), str(packet), "--criteria", str(criteria)])
    assert result.exit_code == 0, result.stderr
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(r["document"], r["page"]) for r in rows] == [("packet.pdf", p) for p in "123"] * 2
    assert "Not scored yet" not in result.stdout
    assert "copy.pdf is the same file as packet.pdf; used once.\n" in result.stderr
    assert "packet.pdf was given more than once; used once.\n" in result.stderr


def test_a_grid_refuses_a_page_that_comes_twice() -> None:
    ref = PageRef("d" * 64, 1)
    with pytest.raises(ValueError, match="twice"):
        Grid.of([], pages=[ref, ref], criteria=["A"], fingerprint="f")


def test_two_files_of_one_name_are_told_apart(run: CliRunner, criteria: Path, tmp_path: Path) -> None:
    paths = []
    for folder, text in (("one", "Methotrexate was stopped."), ("two", "Oxygen at night."), ("three", "Sunny.")):
        path = tmp_path / folder / "scan.pdf"
        path.parent.mkdir()
        with pymupdf.open() as document:
            document.new_page().insert_text((72, 72), text)
            document.save(path)
        paths.append(str(path))
    names = ["scan.pdf", "scan.pdf (2)", "scan.pdf (3)"]
    scored = run.invoke(app, ["score", *paths, "--criteria", str(criteria)])
    assert [r["document"] for r in csv.DictReader(io.StringIO(scored.stdout))] == names * 2
    packed = run.invoke(app, ["pack", *paths, "--criteria", str(criteria), "--rule", "score>=0", "--format", "json"])
    assert [page["document_name"] for page in json.loads(packed.stdout)["pages"]] == names


def test_a_repaired_document_is_named(run: CliRunner, packet: Path, criteria: Path) -> None:
    whole = packet.read_bytes()
    packet.write_bytes(whole[: whole.rindex(b"xref")])
    result = run.invoke(app, ["score", str(packet), "--criteria", str(criteria)])
    assert result.exit_code == 0, result.stderr
    assert "packet.pdf was damaged and was repaired while opening; pages may be missing.\n" in result.stderr


@pytest.mark.parametrize("command", ["score", "pack"])
def test_what_is_ignored_in_a_criteria_list_is_said(run: CliRunner, packet: Path, criteria: Path, command: str) -> None:
    criteria.write_text("id,question,colour\nA,Has methotrexate been tried?,green\n")
    result = run.invoke(app, [command, str(packet), "--criteria", str(criteria)])
    assert result.exit_code == 0, result.stderr
    assert "colour" in result.stderr
    assert "colour" not in result.stdout


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
    assert result.exit_code == 2
    assert "embedded" in result.stderr


def test_the_scorer_of_the_settings_is_asked_unless_another_is_named(
    run: CliRunner, packet: Path, criteria: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTSIEVE_SCORER", "oracle")
    by_setting = run.invoke(app, ["score", str(packet), "--criteria", str(criteria)])
    assert by_setting.exit_code == 2
    assert "oracle" in by_setting.stderr
    assert "Reading" not in by_setting.stderr
    named = run.invoke(app, ["score", str(packet), "--criteria", str(criteria), "--scorer", "embedded"])
    assert named.exit_code == 0, named.stderr


@pytest.mark.parametrize("command", ["score", "pack"])
@pytest.mark.parametrize("out", ["missing/scores.csv", "packet.pdf/scores.csv", "."])
def test_a_place_that_cannot_be_written_is_refused_before_scoring(
    run: CliRunner, packet: Path, criteria: Path, tmp_path: Path, command: str, out: str
) -> None:
    result = run.invoke(app, [command, str(packet), "--criteria", str(criteria), "--out", str(tmp_path / out)])
    assert result.exit_code == 2
    assert "--out" in result.stderr
    assert "Reading" not in result.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_access_is_refused_before_scoring(
    run: CliRunner, packet: Path, criteria: Path, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    result = run.invoke(app, ["score", str(packet), "--criteria", str(criteria), "--out", str(closed / "scores.csv")])
    assert result.exit_code == 2
    assert "Reading" not in result.stderr


@pytest.mark.parametrize("command", [["score"], ["labels", "export"], ["serve"]], ids=" ".join)
def test_a_data_folder_that_cannot_be_made_ends_in_a_sentence(
    run: CliRunner, packet: Path, criteria: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("CHARTSIEVE_DATA_DIR", "/dev/null/x")
    files = [str(packet), "--criteria", str(criteria)] if command == ["score"] else []
    result = run.invoke(app, [*command, *files])
    assert result.exit_code == 1
    assert result.stderr.startswith("chartsieve: The data folder /dev/null/x cannot be used")
    assert "CHARTSIEVE_DATA_DIR" in result.stderr


def test_a_data_folder_open_to_others_is_closed_unless_it_holds_other_things(tmp_path: Path) -> None:
    own, shared = tmp_path / "own", tmp_path / "shared"
    for folder in (own, shared):
        folder.mkdir()
        folder.chmod(0o755)
        (folder / "chartsieve.db").touch()
    (shared / "thesis.txt").touch()
    for folder in (own, shared):
        make_data_dir(Settings(data_dir=folder))
    assert own.stat().st_mode & 0o777 == 0o700
    assert shared.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("port", ["0", "99999", "-1", "http"])
def test_a_port_that_does_not_exist_is_wrong_use(run: CliRunner, port: str) -> None:
    result = run.invoke(app, ["serve", "--port", port])
    assert result.exit_code == 2
    assert "--port" in result.stderr


def test_serve_keeps_its_promises_whatever_the_working_folder_says(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "CHARTSIEVE_DATABASE_URL": "sqlite:///mine.db",
        "CHARTSIEVE_DATA_DIR": "data",
    }
    arguments = [sys.executable, "-m", "core.cli", "serve", "--no-browser", "--port", str(port)]
    with subprocess.Popen(arguments, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            assert _answers(f"http://127.0.0.1:{port}/_stcore/health")
            running = Path(f"/proc/{server.pid}/cmdline").read_text().split("\0")
            known = Path(f"/proc/{server.pid}/environ").read_text().split("\0")
        finally:
            server.terminate()
    given = dict(pairwise(running))
    assert {
        "--client.showErrorDetails": "none",
        "--client.showErrorLinks": "false",
        "--client.toolbarMode": "minimal",
        "--browser.gatherUsageStats": "false",
        "--server.fileWatcherType": "none",
        "--server.address": "127.0.0.1",
    }.items() <= given.items()
    assert f"CHARTSIEVE_DATABASE_URL=sqlite:///{tmp_path / 'mine.db'}" in known
    assert f"CHARTSIEVE_DATA_DIR={tmp_path / 'data'}" in known


def _answers(url: str) -> bool:
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            time.sleep(0.2)
    return False


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:///mine.db", "sqlite:///{here}/mine.db"),
        ("sqlite+pysqlite:///a/mine.db?timeout=3", "sqlite+pysqlite:///{here}/a/mine.db?timeout=3"),
        ("sqlite:////srv/mine.db", "sqlite:////srv/mine.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://host/name", "postgresql://host/name"),
    ],
)
def test_a_relative_database_means_the_folder_of_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, meant: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARTSIEVE_DATABASE_URL", given)
    assert Settings().database == meant.format(here=tmp_path)


def test_the_version_can_be_asked(run: CliRunner) -> None:
    result = run.invoke(app, ["--version"])
    assert result.exit_code == 0
    assert f'version = "{result.stdout.removeprefix("chartsieve ").strip()}"' in (ROOT / "pyproject.toml").read_text()


def test_labels_export_of_an_empty_store_writes_nothing_and_says_so(run: CliRunner) -> None:
    result = run.invoke(app, ["labels", "export"])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "0 labels\n"


def test_without_a_rule_a_pack_keeps_what_a_new_case_begins_with(run: CliRunner, packet: Path, criteria: Path) -> None:
    from core.selection import DEFAULT_RULE

    result = run.invoke(app, ["pack", str(packet), "--criteria", str(criteria), "--format", "json"])
    assert json.loads(result.stdout)["rule"] == str(DEFAULT_RULE)


def test_audit_finds_a_record_that_was_changed_from_outside(run: CliRunner) -> None:
    settings = read_settings()
    workspace = Workspace.open(settings)
    case = workspace.open_sample(SAMPLES[0], by="R")
    workspace.jobs.wait(case, 60)
    workspace.review.decide(case, "BIO-07", "met", "Because", reviewer="R", seen=0)
    workspace.close()
    whole = run.invoke(app, ["audit"])
    assert (whole.exit_code, whole.stdout.startswith("The record is whole: ")) == (0, True)
    with sqlite3.connect(settings.data_dir / "chartsieve.db") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='decisions'")
        for (name,) in triggers.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE decisions SET outcome = 'not_met'")
    database.close()
    changed = run.invoke(app, ["audit"])
    assert changed.exit_code == 1
    assert "was changed from outside" in changed.stderr


def test_every_command_has_help_and_stands_in_the_readme(run: CliRunner) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in (["score"], ["pack"], ["labels", "export"], ["audit"], ["serve"]):
        result = run.invoke(app, [*command, "--help"])
        assert result.exit_code == 0
        assert f"chartsieve {' '.join(command)}" in readme
