"""A case with a job, and running it, for the tests of jobs."""

from collections.abc import Callable

from core.domain import CaseDocument, CriteriaSet, Criterion, Job
from core.jobs import Jobs, Report
from core.store import Store
from tests.store.examples import EMBEDDED


def add_case(store: Store, name: str = "A case") -> int:
    return store.create_case(
        name,
        criteria=CriteriaSet("List", (Criterion("A", "Is asthma documented?"),)),
        documents=[CaseDocument("d" * 64, "a.pdf", 3)],
        scorer=EMBEDDED,
        rule="top1",
        by="R",
    )


def job_of(store: Store, case: int) -> Job:
    job = store.job(case)
    assert job
    return job


def run(store: Store, work: Callable[[int, Report], None], case: int) -> Job:
    """How the job is after it ran alone."""
    jobs = Jobs(store, work)
    jobs.start(case)
    jobs.wait(case, 10)
    jobs.close()
    return job_of(store, case)
