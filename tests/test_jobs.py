import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain import CaseDocument, CriteriaSet, Criterion
from core.errors import ScorerError
from core.jobs import Jobs, Report
from core.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'jobs.db'}") as opened:
        yield opened


@pytest.fixture
def case(store: Store) -> int:
    return store.create_case(
        "A case",
        criteria=CriteriaSet("List", (Criterion("A", "Is asthma documented?"),)),
        documents=[CaseDocument("d" * 64, "a.pdf", 3)],
        scorer="embedded",
        rule="top1",
        by="R",
    )


def test_a_job_reports_each_stage_and_ends_as_done(store: Store, case: int) -> None:
    seen = []

    def work(case_id: int, report: Report) -> None:
        report("Reading pages", 1, 3)
        job = store.job(case_id)
        assert job
        seen.append((job.state, job.stage, job.done, job.total))

    jobs = Jobs(store, work)
    jobs.start(case)
    jobs.wait(case, 10)
    jobs.close()
    done = store.job(case)
    assert seen == [("running", "Reading pages", 1, 3)]
    assert done
    assert done.state == "done"


def test_a_known_error_is_shown_as_it_stands(store: Store, case: int) -> None:
    def work(_case: int, _report: Report) -> None:
        raise ScorerError("The scorer is asleep. Wake it and press Resume.")

    jobs = Jobs(store, work)
    jobs.start(case)
    jobs.wait(case, 10)
    jobs.close()
    job = store.job(case)
    assert job
    assert (job.state, job.message) == ("failed", "The scorer is asleep. Wake it and press Resume.")


def test_an_unknown_error_never_shows_or_logs_its_text(
    store: Store, case: int, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_case: int, _report: Report) -> None:
        raise ValueError("Jane Doe, born 1 May 1950")

    jobs = Jobs(store, work)
    jobs.start(case)
    jobs.wait(case, 10)
    jobs.close()
    job = store.job(case)
    assert job
    assert job.state == "failed"
    assert "Doe" not in job.message
    assert "Doe" not in caplog.text
    assert "ValueError" in caplog.text


def test_a_cancelled_job_stops_at_its_next_report_and_can_go_on_later(store: Store, case: int) -> None:
    started, go_on = threading.Event(), threading.Event()
    runs = []

    def work(_case: int, report: Report) -> None:
        runs.append(1)
        report("Scoring", 5, 10)
        started.set()
        assert go_on.wait(10)
        report("Scoring", 6, 10)

    jobs = Jobs(store, work)
    jobs.start(case)
    assert started.wait(10)
    jobs.cancel(case)
    go_on.set()
    jobs.wait(case, 10)
    job = store.job(case)
    assert job
    assert (job.state, job.done, job.total) == ("cancelled", 5, 10)
    jobs.start(case)
    jobs.wait(case, 10)
    jobs.close()
    again = store.job(case)
    assert again
    assert again.state == "done"
    assert len(runs) == 2


def test_a_case_never_runs_twice_at_once(store: Store, case: int) -> None:
    go_on, runs = threading.Event(), []

    def work(_case: int, _report: Report) -> None:
        runs.append(1)
        assert go_on.wait(10)

    jobs = Jobs(store, work, workers=2)
    for _ in range(5):
        jobs.start(case)
    go_on.set()
    jobs.wait(case, 10)
    jobs.close()
    assert len(runs) == 1


def test_closing_leaves_unfinished_work_to_the_next_start(store: Store, case: int) -> None:
    started, go_on = threading.Event(), threading.Event()

    def long_work(_case: int, report: Report) -> None:
        started.set()
        assert go_on.wait(10)
        report("Scoring", 1, 2)

    jobs = Jobs(store, long_work)
    jobs.start(case)
    assert started.wait(10)
    closing = threading.Thread(target=jobs.close)
    closing.start()
    while not jobs._closing:
        pass
    go_on.set()
    closing.join(10)
    assert store.unfinished_jobs() == [case]
    finished = []
    later = Jobs(store, lambda case_id, _report: finished.append(case_id))
    later.pick_up()
    later.wait(case, 10)
    later.close()
    assert finished == [case]
    assert store.unfinished_jobs() == []
