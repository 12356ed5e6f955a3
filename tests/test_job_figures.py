"""What the row of a job says while it runs: speed, time left, what was used and what is waited for."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import core.jobs
from core.domain import Usage
from core.errors import ScorerError
from core.jobs import Jobs, Report
from core.scoring import Progress
from core.store import Store
from tests.job_examples import add_case, job_of, run
from tests.store.examples import HOSTED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'jobs.db'}") as opened:
        yield opened


@pytest.fixture
def case(store: Store) -> int:
    return add_case(store)


def test_what_a_job_has_used_adds_up_over_its_tries(store: Store, case: int) -> None:
    tries = []

    def work(_case: int, report: Report) -> None:
        tries.append(1)
        report.scoring("Scoring", Progress(1, 9, Usage(2, 300, 70, 0.5), rate=4.0, seconds_left=2.0))
        if len(tries) == 1:
            raise ScorerError("The server went to sleep.")

    first, second = run(store, work, case), run(store, work, case)
    assert (first.state, first.usage) == ("failed", Usage(2, 300, 70, 0.5))
    assert (second.state, second.usage) == ("done", Usage(4, 600, 140, 1.0))


def test_another_scorer_starts_its_own_account(store: Store, case: int) -> None:
    def work(_case: int, report: Report) -> None:
        report.scoring("Scoring", Progress(1, 9, Usage(2, 300, 70, 0.5)))
        raise ScorerError("The server went to sleep.")

    assert run(store, work, case).usage.requests == 2
    store.use_scorer(case, HOSTED, rule="top1", by="R")
    jobs = Jobs(store, work)
    assert jobs.start(case, fingerprint=HOSTED.fingerprint, by="Ann")
    jobs.wait(case, 10)
    job = job_of(store, case)
    assert (job.fingerprint, job.started_by, job.usage.requests) == (HOSTED.fingerprint, "Ann", 2)


def test_a_running_job_says_how_fast_it_is_and_what_it_waits_for(store: Store, case: int) -> None:
    seen = []

    def work(case_id: int, report: Report) -> None:
        wait = "The server takes more in about 12 s."
        report.scoring("Scoring", Progress(3, 9, Usage(1), rate=1.5, seconds_left=4.0, waiting=wait))
        seen.append(job_of(store, case_id))

    ended = run(store, work, case)
    assert (seen[0].rate, seen[0].seconds_left) == (1.5, 4.0)
    assert seen[0].message == "The server takes more in about 12 s."
    assert (ended.rate, ended.seconds_left, ended.message) == (None, None, "")


def test_reading_tells_its_own_speed(store: Store, case: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.jobs, "SECONDS_TO_KNOW", 0.05)
    seen = []

    def work(case_id: int, report: Report) -> None:
        report("Reading pages", 0, 10)
        time.sleep(0.3)
        report("Reading pages", 5, 10)
        seen.append(job_of(store, case_id))

    run(store, work, case)
    assert seen[0].rate is not None
    assert seen[0].seconds_left is not None
    assert 5 < seen[0].rate < 17
    assert seen[0].seconds_left == pytest.approx(5 / seen[0].rate)
