"""The command line with a scorer elsewhere: nothing is sent unasked, what is wrong is said with its cure."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from typer.testing import CliRunner

from core.cli import app
from core.settings import read_settings
from core.store import Store
from tests.benchmarks.endpoint import Endpoint, serving


@pytest.fixture
def run() -> CliRunner:
    return CliRunner()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with serving(slots=8, scale=200) as endpoint:
        monkeypatch.setenv("CHARTSIEVE_ZERANK_URL", endpoint.url)
        yield endpoint


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    with pymupdf.open() as document:
        for text in ("Methotrexate 20 mg weekly, stopped for nausea.", "Sunny all day."):
            document.new_page().insert_text((72, 72), text)
        document.save(tmp_path / "packet.pdf")
    (tmp_path / "criteria.csv").write_text("id,question\nA,Has methotrexate been tried?\n")
    criteria = ["--criteria", str(tmp_path / "criteria.csv")]
    return ["score", str(tmp_path / "packet.pdf"), *criteria, "--scorer", "zerank"]


def test_without_a_word_of_agreement_nothing_is_sent(run: CliRunner, server: Endpoint, command: list[str]) -> None:
    result = run.invoke(app, command)
    assert result.exit_code == 2
    assert f"The text of 2 pages goes to {server.url}/rerank" in result.stderr
    assert "--yes" in result.stderr
    assert server.stats().requests == 0


def test_agreed_beforehand_pages_are_sent_once_and_the_cost_is_said(
    run: CliRunner, server: Endpoint, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTSIEVE_ZERANK_PRICE", "1000")
    first = run.invoke(app, [*command, "--yes"])
    assert first.exit_code == 0, first.stderr
    assert [row["state"] for row in csv.DictReader(io.StringIO(first.stdout))] == ["scored", "scored"]
    assert "Used: 1 request, " in first.stderr
    assert "tokens, $" in first.stderr
    requests = server.stats().requests
    with Store.open(read_settings().database) as store:
        agreed = [entry for entry in store.audit() if entry.action == "sending agreed"]
    assert [entry.detail["destination"] for entry in agreed] == [f"{server.url}/rerank"]
    again = run.invoke(app, command)
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert server.stats().requests == requests


def test_the_check_says_that_the_answers_are_right(run: CliRunner, server: Endpoint) -> None:
    result = run.invoke(app, ["scorers", "check", "zerank"])
    assert result.exit_code == 0, result.stderr
    assert f"zerank at {server.url}/rerank answers, and the answers are right" in result.stdout
    own = run.invoke(app, ["scorers", "check", "embedded"])
    assert "no right answers are known" in own.stdout


def test_wrong_answers_are_refused_with_the_cause(
    run: CliRunner, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(slots=8, scale=200, wrong="template") as wrong:
        monkeypatch.setenv("CHARTSIEVE_ZERANK_URL", wrong.url)
        check, scoring = run.invoke(app, ["scorers", "check", "zerank"]), run.invoke(app, [*command, "--yes"])
    for result in (check, scoring):
        assert result.exit_code == 1
        assert "--chat-template" in result.stderr
        assert result.stdout == ""
    assert "Methotrexate" not in check.stderr + scoring.stderr


def test_a_server_that_fails_for_good_leaves_gaps_and_says_so(
    run: CliRunner, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(slots=8, scale=200) as good:
        monkeypatch.setenv("CHARTSIEVE_ZERANK_URL", good.url)
        assert run.invoke(app, ["scorers", "check", "zerank"]).exit_code == 0
        monkeypatch.setenv("CHARTSIEVE_ZERANK_TIMEOUT", "0.000001")
        result = run.invoke(app, [*command, "--yes"])
    assert result.exit_code == 4
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["score"] for row in rows] == ["", ""]
    assert all("CHARTSIEVE_ZERANK_TIMEOUT" in row["state"] for row in rows)


def test_the_list_names_what_is_missing_for_each_scorer(run: CliRunner) -> None:
    result = run.invoke(app, ["scorers", "list"])
    assert result.exit_code == 0
    lines = {line.split(":")[0].split(" ")[0]: line for line in result.stdout.splitlines()}
    assert "sends nothing" in lines["embedded"]
    assert "(for new cases)" in lines["embedded"]
    assert "CHARTSIEVE_ZERANK_URL" in lines["zerank"]
    assert "CHARTSIEVE_CROSS_ENCODER" in lines["cross-encoder"]


@pytest.mark.parametrize(
    ("wanted", "cure"),
    [("zerank", "CHARTSIEVE_ZERANK_URL"), ("zrank", "choose one of: cross-encoder, embedded, zerank")],
)
def test_the_list_marks_the_scorer_that_new_cases_really_get(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch, wanted: str, cure: str
) -> None:
    monkeypatch.setenv("CHARTSIEVE_SCORER", wanted)
    result = run.invoke(app, ["scorers", "list"])
    assert result.exit_code == 0
    marked = [line.split(" ")[0] for line in result.stdout.splitlines() if "(for new cases)" in line]
    assert marked == ["embedded"]
    assert cure in result.stderr
    assert "new cases are scored with embedded" in result.stderr
