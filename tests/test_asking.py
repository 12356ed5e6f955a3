"""A case scored by a server elsewhere: asked before anything is sent, checked before it is believed, paid once."""

import io
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pymupdf
import pytest

from core.criteria import read_lines
from core.domain import CriteriaSet, Job
from core.errors import Conflict, NotAgreed, ScorerError, ScorerUnusable, WrongScores
from core.roster import CHECK_HOLDS
from core.selection import Rule, default_rule
from core.settings import Settings
from core.store import Store
from core.workspace import Workspace
from tests.benchmarks.endpoint import Endpoint, serving
from tests.uploading import taken

TEXTS = ("Methotrexate 20 mg weekly, stopped.", "The garden party is on Saturday.", "Seropositive, CDAI 28.")
Open = Callable[..., Workspace]


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    """A self-hosted server that answers rightly."""
    with serving(slots=8, scale=200) as endpoint:
        yield endpoint


@pytest.fixture
def criteria() -> CriteriaSet:
    return read_lines("A: Has methotrexate been tried?\nB: Is rheumatoid arthritis documented?", "List")


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[Open]:
    opened: list[Workspace] = []

    def make(url: str, **settings: object) -> Workspace:
        chosen = {"data_dir": tmp_path / "data", "scorer": "zerank", "zerank_url": url, **settings}
        opened.append(Workspace.open(Settings.model_validate(chosen)))
        return opened[-1]

    yield make
    for workspace in opened:
        workspace.close()


def pdf(*texts: str) -> io.BytesIO:
    with pymupdf.open() as document:
        for text in texts:
            document.new_page().insert_text((72, 72), text)
        return io.BytesIO(document.tobytes(no_new_id=True))


def make(workspace: Workspace, criteria: CriteriaSet, *texts: str, scorer: str | None = None) -> int:
    upload = taken(workspace, pdf(*(texts or TEXTS)), "packet.pdf")
    case = workspace.create_case("A case", [upload], criteria, by="R", scorer=scorer)
    workspace.jobs.wait(case, 60)
    return case


def score(workspace: Workspace, case: int) -> Job:
    host = workspace.roster.scorer("zerank").info.sends_text_to
    workspace.score(case, "zerank", by="R. Reviewer", agreed_to=host or "")
    workspace.jobs.wait(case, 60)
    job = workspace.store.job(case)
    assert job
    return job


def test_nothing_is_sent_before_somebody_agrees(open_workspace: Open, server: Endpoint, criteria: CriteriaSet) -> None:
    server.reset()
    workspace = open_workspace(server.url)
    case = make(workspace, criteria)
    job = workspace.store.job(case)
    assert job
    assert job.state == "asking"
    assert workspace.store.unfinished_jobs() == []
    with pytest.raises(NotAgreed, match="Nothing was sent"):
        workspace.score(case, "zerank", by="R")
    with pytest.raises(NotAgreed):
        workspace.score(case, "zerank", by="R", agreed_to="another.example")
    chart = workspace.chart(case)
    assert [page.text for page in chart.pages] == list(TEXTS)
    assert chart.gaps == 6
    assert server.stats().requests == 0


def test_what_a_person_agrees_to_is_what_is_sent_and_recorded(
    open_workspace: Open, server: Endpoint, criteria: CriteriaSet
) -> None:
    server.reset()
    workspace = open_workspace(server.url)
    case = make(workspace, criteria, *TEXTS, TEXTS[0])
    plan = workspace.plan(case, "zerank")
    assert (plan.pages, plan.pairs) == (3, 6)
    job = score(workspace, case)
    assert (job.state, job.started_by) == ("done", "R. Reviewer")
    assert job.usage.bytes == plan.bytes
    assert not workspace.chart(case).gaps
    agreed = next(entry for entry in workspace.store.audit(case) if entry.action == "sending agreed")
    assert (agreed.actor, agreed.detail["pages"], agreed.detail["pairs"]) == ("R. Reviewer", 3, 6)
    assert agreed.detail["destination"] == f"{server.url}/rerank"
    assert server.stats().pairs == 6 + 2  # and the two whose answers are known


def test_scoring_again_asks_for_nothing(open_workspace: Open, server: Endpoint, criteria: CriteriaSet) -> None:
    workspace = open_workspace(server.url)
    case = make(workspace, criteria)
    score(workspace, case)
    server.reset()
    assert score(workspace, case).state == "done"
    assert server.stats().requests == 0


def test_wrong_answers_to_known_questions_stop_the_run_before_a_page_is_sent(
    open_workspace: Open, criteria: CriteriaSet
) -> None:
    with serving(slots=8, scale=200, wrong="double") as wrong:
        workspace = open_workspace(wrong.url)
        case = make(workspace, criteria)
        job = score(workspace, case)
        assert job.state == "failed"
        assert "twice" in job.message
        assert wrong.stats().pairs == 2
        assert workspace.chart(case).gaps == 6
        with pytest.raises(WrongScores, match="twice"):
            workspace.roster.check("zerank")
        offer = next(o for o in workspace.roster.offers() if o.name == "zerank")
        assert offer.check is not None
        assert "twice" in offer.check.problem


@pytest.mark.parametrize(
    ("options", "settings", "cure"),
    [
        ({"key": "right"}, {"zerank_key": "wrong"}, "CHARTSIEVE_ZERANK_KEY"),
        ({"key": "right"}, {}, "CHARTSIEVE_ZERANK_KEY"),
        ({"model": "other"}, {}, "CHARTSIEVE_ZERANK_MODEL"),
        ({}, {"zerank_path": "/nowhere"}, "CHARTSIEVE_ZERANK_PATH"),
        ({"wrong": "template"}, {}, "--chat-template"),
    ],
)
def test_what_is_set_up_wrong_is_said_with_its_cure(
    open_workspace: Open, criteria: CriteriaSet, options: dict[str, str], settings: dict[str, str], cure: str
) -> None:
    with serving(slots=8, scale=200, **options) as server:
        workspace = open_workspace(server.url, **settings)
        case = make(workspace, criteria)
        job = score(workspace, case)
        assert job.state == "failed"
        assert cure in job.message
        assert workspace.chart(case).gaps == 6


def test_a_server_that_is_not_there_is_said_with_its_address(open_workspace: Open, criteria: CriteriaSet) -> None:
    workspace = open_workspace("http://127.0.0.1:9")
    case = make(workspace, criteria)
    job = score(workspace, case)
    assert job.state == "failed"
    assert "127.0.0.1:9" in job.message
    assert "CHARTSIEVE_ZERANK_URL" in job.message


def test_scores_of_two_scorers_stand_side_by_side_each_with_its_rule(
    open_workspace: Open, server: Endpoint, criteria: CriteriaSet
) -> None:
    workspace = open_workspace(server.url)
    case = make(workspace, criteria, scorer="embedded")
    embedded = workspace.chart(case)
    by_hand = embedded.scorer.fingerprint, str(Rule(0.5))
    workspace.store.set_rule(case, *by_hand, recalibration=embedded.recalibration, by="R")
    score(workspace, case)
    other = workspace.chart(case)
    assert embedded.scorer.fingerprint != other.scorer.fingerprint
    assert rule(workspace, case) == default_rule(other.scorer)
    workspace.show_scorer(case, embedded.scorer, by="R")
    assert (workspace.chart(case).grid.scores == embedded.grid.scores).all()
    assert rule(workspace, case) == Rule(0.5)


def rule(workspace: Workspace, case: int) -> Rule:
    return workspace.publishing.rule_in_force(workspace.store.case(case)).rule


def test_a_judgement_belongs_to_the_scores_that_the_reviewer_saw(
    open_workspace: Open, server: Endpoint, criteria: CriteriaSet
) -> None:
    workspace = open_workspace(server.url)
    case = make(workspace, criteria, scorer="embedded")
    saw = workspace.chart(case)
    score(workspace, case)  # somebody else switches meanwhile
    workspace.review.mark(
        case, "A", saw.pages[1], "relevant", reviewer="R", rule=Rule(0.5), fingerprint=saw.scorer.fingerprint
    )
    _, label = workspace.store.labels(case)[0]
    assert (label.fingerprint, label.arm) == (saw.scorer.fingerprint, "found")
    assert label.score == saw.grid.scores[0, 1]


def test_a_scorer_set_up_otherwise_never_fills_the_gaps_of_the_old_one(
    open_workspace: Open, server: Endpoint, criteria: CriteriaSet
) -> None:
    first = open_workspace(server.url)
    case = make(first, criteria)
    score(first, case)
    first.close()
    second = open_workspace(server.url, zerank_revision="2")
    assert not second.chart(case).gaps
    with pytest.raises(ScorerUnusable, match="set up otherwise"):
        second.score_again(case, by="R")
    assert second.store.case(case).scorer == second.chart(case).scorer


def test_another_address_is_asked_about_again_and_what_was_sent_stays_on_record(
    open_workspace: Open, server: Endpoint, criteria: CriteriaSet
) -> None:
    first = open_workspace("http://127.0.0.1:9")
    case = make(first, criteria)
    assert score(first, case).state == "failed"
    first.close()
    server.reset()
    second = open_workspace(server.url)
    assert second.store.case(case).scorer.sends_text_to == "http://127.0.0.1:9/rerank"
    second.jobs.start(case)
    second.jobs.wait(case, 60)
    job = second.store.job(case)
    assert job
    assert (job.state, server.url in job.message) == ("asking", True)
    with pytest.raises(NotAgreed):
        second.score_again(case, by="R")
    assert server.stats().requests == 0
    assert score(second, case).state == "done"
    assert second.store.case(case).scorer.sends_text_to == f"{server.url}/rerank"


def test_the_same_packet_in_another_case_needs_no_sending_and_no_word(
    open_workspace: Open, server: Endpoint, criteria: CriteriaSet
) -> None:
    workspace = open_workspace(server.url)
    score(workspace, make(workspace, criteria))
    job = workspace.store.job(make(workspace, criteria))
    assert job
    assert job.state == "done"


def test_a_run_that_leaves_questions_open_says_how_many_and_the_server_is_tested_again(
    open_workspace: Open, server: Endpoint, criteria: CriteriaSet
) -> None:
    workspace = open_workspace(server.url)
    workspace.roster.check("zerank")
    workspace.close()
    late = open_workspace(server.url, zerank_timeout=1e-6)
    case = make(late, criteria)
    job = score(late, case)
    assert (job.state, job.message[:23]) == ("done", "6 answers are missing. ")
    assert "CHARTSIEVE_ZERANK_TIMEOUT" in job.message
    late.close()
    server.reset()
    again = open_workspace(server.url)
    again.score_again(case, by="R")
    again.jobs.wait(case, 60)
    last = again.store.job(case)
    assert last
    assert (last.state, last.message) == ("done", "")
    assert server.stats().pairs == 6 + 2


def test_stopping_works_while_the_server_is_tested(open_workspace: Open, criteria: CriteriaSet) -> None:
    with serving(slots=1, scale=1, overhead_seconds=60.0) as slow:
        workspace = open_workspace(slow.url)
        case = make(workspace, criteria)
        workspace.score(case, "zerank", by="R", agreed_to=f"{slow.url}/rerank")
        while not slow.stats().requests:
            time.sleep(0.02)
        workspace.jobs.cancel(case)
        workspace.jobs.wait(case, 5)
        job = workspace.store.job(case)
        assert job
        assert job.state == "cancelled"


def test_a_limit_that_is_used_up_is_waited_for_by_the_test_as_well(open_workspace: Open) -> None:
    with serving(scale=15, window_requests=1, slow_seconds=0.1, fast_seconds=0.1) as tight:
        hosted = {"zerank_path": "/models/rerank", "zerank_key": "k", "zerank_window_seconds": 1.0}
        workspace = open_workspace(tight.url, **hosted)
        for _ in range(3):
            workspace.roster.check("zerank")
        assert tight.stats().refused >= 1


def test_one_of_two_who_start_at_the_same_time_is_told(
    open_workspace: Open, server: Endpoint, criteria: CriteriaSet
) -> None:
    workspace = open_workspace(server.url)
    case = make(workspace, criteria)
    told: list[BaseException] = []

    def start(scorer: str) -> None:
        try:
            workspace.score(case, scorer, by="R", agreed_to=f"{server.url}/rerank")
        except Conflict as error:
            told.append(error)

    threads = [threading.Thread(target=start, args=(name,)) for name in ("zerank", "embedded") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workspace.jobs.wait(case, 60)
    job = workspace.store.job(case)
    assert job
    assert job.fingerprint == workspace.store.case(case).scorer.fingerprint
    assert not workspace.chart(case).gaps


def test_a_check_is_believed_for_half_a_day(tmp_path: Path, server: Endpoint) -> None:
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    settings = Settings(data_dir=tmp_path, zerank_url=server.url)
    with Store.open(settings.database) as store:
        workspace = Workspace(settings, store, clock=lambda: now)
        server.reset()
        workspace.roster.ready("zerank")
        workspace.roster.ready("zerank")
        assert server.stats().requests == 1
        now += CHECK_HOLDS + timedelta(seconds=1)
        workspace.roster.ready("zerank")
        assert server.stats().requests == 2


def test_a_case_of_this_machine_does_not_wait_for_one_that_waits_for_a_server(
    open_workspace: Open, criteria: CriteriaSet
) -> None:
    with serving(slots=1, scale=1, overhead_seconds=30.0) as slow:
        workspace = open_workspace(slow.url, zerank_timeout=60)
        waiting = make(workspace, criteria)
        workspace.score(waiting, "zerank", by="R", agreed_to=f"{slow.url}/rerank")
        quick = make(workspace, criteria, "Another packet", scorer="embedded")
        assert not workspace.chart(quick).gaps
        assert workspace.jobs.running(waiting)


def test_no_text_of_a_page_reaches_the_log(
    open_workspace: Open, criteria: CriteriaSet, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(slots=8, scale=200, errors=0.3, malformed=0.3, seed=3) as server, caplog.at_level(logging.DEBUG):
        workspace = open_workspace(server.url)
        case = make(workspace, criteria, *(f"{text} {n}" for text in TEXTS for n in range(20)))
        score(workspace, case)
    assert "garden party" not in caplog.text
    assert "methotrexate been tried" not in caplog.text


def test_a_scorer_that_is_not_set_up_makes_no_case(open_workspace: Open, criteria: CriteriaSet) -> None:
    workspace = open_workspace("")
    upload = taken(workspace, pdf(*TEXTS), "packet.pdf")
    with pytest.raises(ScorerError, match="CHARTSIEVE_ZERANK_URL"):
        workspace.create_case("A case", [upload], criteria, by="R")
    assert workspace.store.cases() == []
