"""The job of a case: its states, what it asks and what it has used."""

import pytest

from core.domain import NO_USAGE, Job, JobState, Usage
from core.errors import NotFound
from core.store import Store
from tests.store.examples import EMBEDDED, HOSTED, NOON, add_case

USED = Usage(requests=3, bytes=2**40, tokens=2**39, dollars=0.125)


def job_of(store: Store, case_id: int) -> Job:
    job = store.job(case_id)
    assert job is not None
    return job


def test_a_new_case_waits_for_its_scorer(url: str) -> None:
    with Store.open(url, clock=lambda: NOON) as store:
        case_id = add_case(store, scorer=HOSTED)
        assert store.job(case_id) == Job(case_id, "waiting", "", 0, 0, "", "Ann", NOON, HOSTED.fingerprint)


def test_a_job_waits_runs_and_ends(store: Store) -> None:
    case_id = add_case(store)
    assert store.unfinished_jobs() == [case_id]
    assert store.update_job(case_id, state="running", stage="Reading pages", done=3, total=10)
    job = job_of(store, case_id)
    assert (job.state, job.stage, job.done, job.total, job.started_by) == ("running", "Reading pages", 3, 10, "Ann")
    assert store.unfinished_jobs() == [case_id]
    assert store.update_job(case_id, state="failed", message="The scorer did not answer.")
    assert store.unfinished_jobs() == []


def test_what_a_job_has_used_stays_until_it_says_otherwise(store: Store) -> None:
    case_id = add_case(store)
    store.update_job(case_id, state="running", stage="Scoring", done=1, total=9, usage=USED, rate=0.5, seconds_left=16)
    job = job_of(store, case_id)
    assert (job.usage, job.rate, job.seconds_left) == (USED, 0.5, 16.0)
    store.update_job(case_id, state="waiting", stage="Scoring", done=2, total=9)
    job = job_of(store, case_id)
    assert (job.state, job.done, job.usage, job.rate, job.seconds_left) == ("waiting", 2, USED, None, None)
    store.update_job(case_id, state="running", usage=NO_USAGE)
    assert job_of(store, case_id).usage == NO_USAGE


@pytest.mark.parametrize("ended", ["asking", "done", "failed", "cancelled"])
def test_a_job_that_ended_stays_ended_until_it_is_queued(store: Store, ended: JobState) -> None:
    case_id = add_case(store)
    store.update_job(case_id, state="running", done=1, total=10)
    assert store.update_job(case_id, state=ended)
    before = store.job(case_id)
    states: tuple[JobState, ...] = "running", "done", "failed", "waiting"
    for late in states:
        assert not store.update_job(case_id, state=late, done=2, total=10, usage=USED)
    assert store.job(case_id) == before
    store.queue_job(case_id)
    assert job_of(store, case_id).state == "waiting"
    assert store.update_job(case_id, state="running")


def test_a_queued_job_starts_without_progress_and_keeps_who_and_what(store: Store) -> None:
    case_id = add_case(store)
    store.update_job(
        case_id, state="failed", stage="Scoring", done=3, total=9, message="No.", usage=USED, rate=1, seconds_left=6
    )
    store.queue_job(case_id)
    job = job_of(store, case_id)
    assert job == Job(case_id, "waiting", "", 0, 0, "", "Ann", job.updated_at, EMBEDDED.fingerprint, USED)


def test_a_queued_job_takes_another_scorer_and_another_person(store: Store) -> None:
    case_id = add_case(store)
    store.save_answers(HOSTED, [("q", "t", 0.5)])
    store.queue_job(case_id, fingerprint=HOSTED.fingerprint, by="Bob")
    job = job_of(store, case_id)
    assert (job.fingerprint, job.started_by) == (HOSTED.fingerprint, "Bob")
    assert store.case(case_id).scorer == EMBEDDED
    assert store.cases()[0].job == job


@pytest.mark.parametrize(
    ("ended", "fingerprint", "kept"),
    [
        ("running", None, USED),
        ("cancelled", EMBEDDED.fingerprint, USED),
        ("done", None, NO_USAGE),
        ("failed", HOSTED.fingerprint, NO_USAGE),
    ],
)
def test_use_is_counted_on_only_for_the_same_unfinished_work(
    store: Store, ended: JobState, fingerprint: str | None, kept: Usage
) -> None:
    case_id = add_case(store)
    store.use_scorer(case_id, HOSTED, rule="r", by="Ann")
    store.update_job(case_id, state=ended, usage=USED)
    store.queue_job(case_id, fingerprint=fingerprint)
    assert job_of(store, case_id).usage == kept


def test_a_scorer_that_nobody_knows_is_not_queued(store: Store) -> None:
    case_id = add_case(store)
    store.update_job(case_id, state="failed", message="No.")
    before = store.job(case_id)
    with pytest.raises(NotFound, match="Nothing was started"):
        store.queue_job(case_id, fingerprint=HOSTED.fingerprint, by="Bob")
    assert store.job(case_id) == before
