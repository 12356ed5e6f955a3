import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import core.jobs
from core.errors import ScorerError, StoreError
from core.jobs import Jobs, Report
from core.store import Store
from tests.job_examples import add_case, job_of, run


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{database}") as opened:
        yield opened


@pytest.fixture
def case(store: Store) -> int:
    return add_case(store)


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


class Steps:
    """Work that waits before each of its reports until the test lets it go on."""

    def __init__(self, steps: int = 1000) -> None:
        self.steps = steps
        self.began: list[int] = []
        self.go_on = threading.Semaphore(0)

    def __call__(self, case_id: int, report: Report) -> None:
        report("Scoring", 0, self.steps)
        self.began.append(case_id)
        for n in range(self.steps):
            assert self.go_on.acquire(timeout=20)
            report("Scoring", n + 1, self.steps)

    def let_go(self, steps: int = 100_000) -> None:
        self.go_on.release(steps)


def begin(store: Store, work: Steps, case: int) -> Jobs:
    """Jobs in which the case waits before its first report of progress."""
    jobs = Jobs(store, work)
    jobs.start(case)
    until(lambda: work.began == [case])
    return jobs


def test_a_job_reports_each_stage_and_ends_as_done(store: Store, case: int) -> None:
    seen = []

    def work(case_id: int, report: Report) -> None:
        report("Reading pages", 1, 3)
        job = job_of(store, case_id)
        seen.append((job.state, job.stage, job.done, job.total))

    assert run(store, work, case).state == "done"
    assert seen == [("running", "Reading pages", 1, 3)]


def test_a_known_error_is_shown_as_it_stands(store: Store, case: int) -> None:
    def work(_case: int, _report: Report) -> None:
        raise ScorerError("The scorer is asleep. Wake it and press Resume.")

    job = run(store, work, case)
    assert (job.state, job.message) == ("failed", "The scorer is asleep. Wake it and press Resume.")


@pytest.mark.parametrize("kind", [ValueError, SystemExit])
def test_an_unknown_error_never_shows_or_logs_its_text(
    store: Store, case: int, caplog: pytest.LogCaptureFixture, kind: type[BaseException]
) -> None:
    runs = []

    def work(_case: int, _report: Report) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise kind("Jane Doe, born 1 May 1950")

    jobs = Jobs(store, work)
    jobs.start(case)
    jobs.wait(case, 10)
    job = job_of(store, case)
    assert job.state == "failed"
    assert "Doe" not in job.message + caplog.text
    assert kind.__name__ in caplog.text
    jobs.start(case)
    jobs.wait(case, 10)
    jobs.close()
    assert job_of(store, case).state == "done"


def test_a_cancelled_job_stops_at_its_next_report_and_can_go_on_later(store: Store, case: int) -> None:
    work = Steps(3)
    jobs = begin(store, work, case)
    jobs.cancel(case)
    work.let_go(1)
    jobs.wait(case, 10)
    job = job_of(store, case)
    assert (job.state, job.done, job.total) == ("cancelled", 0, 3)
    assert job.message
    assert not jobs.running(case)
    work.let_go()
    jobs.start(case)
    jobs.wait(case, 10)
    jobs.close()
    assert job_of(store, case).state == "done"
    assert work.began == [case, case]


def test_a_queued_job_is_cancelled_at_once_and_can_be_started_at_once(store: Store, case: int) -> None:
    work, other = Steps(1), add_case(store, "Another")
    jobs = begin(store, work, case)
    jobs.start(other)
    assert jobs.running(other)
    jobs.cancel(other)
    assert job_of(store, other).state == "cancelled"
    assert not jobs.running(other)
    jobs.wait(other, 0)
    jobs.start(other)
    assert job_of(store, other).state == "waiting"
    assert jobs.running(other)
    work.let_go()
    jobs.wait(other, 10)
    jobs.close()
    assert work.began == [case, other]
    assert job_of(store, other).state == "done"


def test_a_job_started_again_while_it_stops_runs_once_more(store: Store, case: int) -> None:
    work = Steps(2)
    jobs = begin(store, work, case)
    jobs.cancel(case)
    jobs.start(case)
    assert job_of(store, case).state == "waiting"
    assert work.began == [case]
    work.let_go()
    jobs.wait(case, 10)
    jobs.close()
    assert work.began == [case, case]
    assert job_of(store, case).state == "done"


def test_the_last_press_counts_when_stop_follows_resume(store: Store, case: int) -> None:
    work = Steps(2)
    jobs = begin(store, work, case)
    for press in (jobs.cancel, jobs.start, jobs.cancel):
        press(case)
    assert job_of(store, case).state == "cancelled"
    work.let_go()
    jobs.wait(case, 10)
    jobs.close()
    assert work.began == [case]
    assert job_of(store, case).state == "cancelled"


def test_work_stops_when_another_process_cancelled_it(store: Store, case: int, database: Path) -> None:
    def work(_case: int, report: Report) -> None:
        for n in range(100_000):
            report("Scoring", n, 100_000)
            time.sleep(0.005)

    jobs = Jobs(store, work)
    jobs.start(case)
    until(lambda: job_of(store, case).state == "running")
    with Store.open(f"sqlite:///{database}") as elsewhere:
        Jobs(elsewhere, work).cancel(case)
    assert job_of(store, case).state == "cancelled"
    jobs.wait(case, 2)
    assert job_of(store, case).state == "cancelled"
    jobs.close()


def test_a_case_never_runs_twice_at_once(store: Store, case: int) -> None:
    work = Steps(1)
    jobs = Jobs(store, work, workers=2)
    for _ in range(5):
        jobs.start(case)
    until(lambda: work.began == [case])
    work.let_go()
    jobs.wait(case, 10)
    jobs.close()
    assert work.began == [case]


def test_no_more_cases_run_at_once_than_there_are_workers(store: Store) -> None:
    cases, now, most, lock = [add_case(store, str(n)) for n in range(6)], [0], [0], threading.Lock()

    def work(_case: int, _report: Report) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1

    jobs = Jobs(store, work, workers=2)
    for case in cases:
        jobs.start(case)
    for case in cases:
        jobs.wait(case, 10)
    jobs.close()
    assert most == [2]
    assert {job_of(store, case).state for case in cases} == {"done"}


def test_waiting_too_long_is_a_timeout(store: Store, case: int) -> None:
    work = Steps(1)
    jobs = Jobs(store, work)
    jobs.start(case)
    with pytest.raises(TimeoutError):
        jobs.wait(case, 0.05)
    work.let_go()
    jobs.wait(case, 10)
    jobs.close()


def refuse(database: Path, state: str) -> None:
    """From now on the database takes no job in that state."""
    with sqlite3.connect(database) as raw:
        raw.execute(
            f"CREATE TRIGGER refuse BEFORE UPDATE ON jobs WHEN NEW.state = '{state}' "
            "BEGIN SELECT RAISE(ABORT, 'Doe'); END"
        )
    raw.close()


def accept(database: Path) -> None:
    with sqlite3.connect(database) as raw:
        raw.execute("DROP TRIGGER refuse")
    raw.close()


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_last_word_refused_at_first_is_written_later(store: Store, case: int, database: Path, state: str) -> None:
    left = threading.Event()

    def work(case_id: int, report: Report) -> None:
        report("Scoring", 0, 2)
        left.set()
        if state == "failed":
            raise ScorerError("The scorer is asleep.")
        if state == "cancelled":
            jobs.cancel(case_id)
            report("Scoring", 1, 2)

    refuse(database, state)
    jobs = Jobs(store, work)
    jobs.start(case)
    assert left.wait(10)
    time.sleep(0.1)
    assert job_of(store, case).state == "running"
    accept(database)
    jobs.wait(case, 10)
    jobs.close()
    assert job_of(store, case).state == state


def test_a_job_started_while_its_last_word_is_still_refused_runs_once_more(
    store: Store, case: int, database: Path
) -> None:
    began: list[int] = []

    def work(case_id: int, _report: Report) -> None:
        began.append(case_id)
        if len(began) == 1:
            raise ScorerError("The scorer is asleep.")

    refuse(database, "failed")
    jobs = Jobs(store, work)
    jobs.start(case)
    until(lambda: jobs._runs[case].ending)
    jobs.start(case)
    jobs.wait(case, 10)
    jobs.close()
    assert (began, job_of(store, case).state) == ([case, case], "done")


def test_a_last_word_refused_for_good_is_logged_by_its_type_alone(
    store: Store, case: int, database: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.jobs, "PAUSES", (0.01, 0.01, 0.01))
    refuse(database, "done")
    jobs = Jobs(store, lambda _case, report: report("Scoring", 1, 2))
    jobs.start(case)
    jobs.wait(case, 10)
    assert ("StoreError" in caplog.text, "Doe" in caplog.text) == (True, False)
    assert not jobs.running(case)
    assert store.unfinished_jobs() == [case]
    jobs.close()
    accept(database)
    assert run(store, lambda _case, report: report("Scoring", 1, 2), case).state == "done"


def test_a_queued_job_that_cannot_be_marked_cancelled_stays_queued(store: Store, case: int, database: Path) -> None:
    work, other = Steps(1), add_case(store, "Another")
    jobs = begin(store, work, case)
    jobs.start(other)
    refuse(database, "cancelled")
    with pytest.raises(StoreError):
        jobs.cancel(other)
    assert jobs.running(other)
    work.let_go()
    jobs.wait(other, 10)
    jobs.close()
    assert job_of(store, other).state == "done"


def test_closing_leaves_unfinished_work_to_the_next_start(store: Store, case: int) -> None:
    work, queued = Steps(), add_case(store, "Queued")
    jobs = Jobs(store, work)
    jobs.start(case)
    jobs.start(queued)
    until(lambda: work.began == [case])
    closing = threading.Thread(target=jobs.close)
    closing.start()
    time.sleep(0.05)
    work.let_go(1)
    closing.join(10)
    assert work.began == [case]
    assert {job_of(store, c).state for c in (case, queued)} == {"waiting"}
    finished: list[int] = []
    later = Jobs(store, lambda case_id, _report: finished.append(case_id))
    later.pick_up()
    later.wait(queued, 10)
    later.close()
    assert finished == [case, queued]
    assert store.unfinished_jobs() == []


def test_closing_does_not_wait_for_a_step_without_end(store: Store, case: int) -> None:
    work = Steps()
    jobs = begin(store, work, case)
    began = time.monotonic()
    jobs.close(timeout=0.3)
    assert 0.25 < time.monotonic() - began < 2
    assert job_of(store, case).state == "waiting"
    jobs.wait(case, 0)
    work.let_go()
    until(lambda: not jobs.running(case))
    assert job_of(store, case).state == "waiting"


def test_closing_does_not_undo_a_cancellation(store: Store, case: int) -> None:
    work = Steps()
    jobs = begin(store, work, case)
    jobs.cancel(case)
    jobs.close(timeout=0.05)
    assert job_of(store, case).state == "cancelled"
    work.let_go()
    until(lambda: not jobs.running(case))
    assert job_of(store, case).state == "cancelled"


def test_a_case_started_after_closing_waits_for_the_next_start(store: Store, case: int) -> None:
    jobs = Jobs(store, lambda _case, report: report("Scoring", 1, 1))
    jobs.close()
    jobs.start(case)
    assert not jobs.running(case)
    assert store.unfinished_jobs() == [case]


@pytest.mark.parametrize(("last_act", "state"), [("jobs.close()", "waiting"), ("pass", "running")])
def test_a_server_told_to_end_does_not_wait_for_a_long_job(
    store: Store, case: int, database: Path, last_act: str, state: str
) -> None:
    # Without a handler the system would end the process by itself; a server leaves through the interpreter's exit.
    program = textwrap.dedent(f"""
        import signal, sys, time
        from core.jobs import Jobs
        from core.store import Store

        def end(*_):
            {last_act}
            sys.exit(7)

        def work(case, report):
            for n in range(600):
                report("Scoring", n, 600)
                if n == 1:
                    print("works", flush=True)
                time.sleep(0.1)

        store = Store.open(sys.argv[1])
        jobs = Jobs(store, work)
        signal.signal(signal.SIGTERM, end)
        jobs.pick_up()
        time.sleep(60)
    """)
    command = [sys.executable, "-c", program, f"sqlite:///{database}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "works\n"
            process.send_signal(signal.SIGTERM)
            assert process.wait(3) == 7
        finally:
            process.kill()
    assert job_of(store, case).state == state
    assert store.unfinished_jobs() == [case]
