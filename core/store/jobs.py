"""The job that reads and scores a case: one row for each case."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.domain import Job, JobState, Usage
from core.errors import NotFound
from core.store import cases, scorers
from core.store.tables import JobRow, ScorerRow

UNFINISHED: tuple[JobState, ...] = ("waiting", "running")


def get(session: Session, case_id: int) -> Job | None:
    query = select(JobRow, ScorerRow.key).join(ScorerRow, ScorerRow.id == JobRow.scorer_id)
    found = session.execute(query.where(JobRow.case_id == case_id)).first()
    return read(*found) if found else None


def read(row: JobRow, fingerprint: str) -> Job:
    return Job(
        case=row.case_id,
        state=row.state,
        stage=row.stage,
        done=row.done,
        total=row.total,
        message=row.message,
        started_by=row.started_by,
        updated_at=row.updated_at,
        fingerprint=fingerprint,
        usage=Usage(row.requests, row.bytes, row.tokens, row.dollars),
        rate=row.rate,
        seconds_left=row.seconds_left,
    )


def queue(session: Session, case_id: int, *, fingerprint: str | None, by: str | None, at: datetime) -> None:
    """Set the job to "waiting" from whatever state it is in. See `Store.queue_job`."""
    cases.row(session, case_id)
    row = session.get_one(JobRow, case_id)
    scorer_id = row.scorer_id if fingerprint is None else scorers.number(session, fingerprint)
    if scorer_id is None:
        raise NotFound("This scorer has not been used here yet. Nothing was started. Choose it for the case first.")
    if scorer_id != row.scorer_id or row.state == "done":
        row.requests, row.bytes, row.tokens, row.dollars = 0, 0, 0, 0.0
    row.state, row.stage, row.done, row.total, row.message = "waiting", "", 0, 0, ""
    row.rate = row.seconds_left = None
    row.scorer_id, row.updated_at = scorer_id, at
    row.started_by = row.started_by if by is None else by


def change(
    session: Session,
    case_id: int,
    *,
    at: datetime,
    state: JobState,
    usage: Usage | None,
    **progress: str | float | None,
) -> bool:
    """Whether the job took the state: a job that ended stays as it is until it is queued again."""
    used = asdict(usage) if usage else {}
    done = session.execute(
        update(JobRow)
        .where(JobRow.case_id == case_id, JobRow.state.in_(UNFINISHED))
        .values(state=state, updated_at=at, **progress, **used)
        .returning(JobRow.case_id)
    ).first()
    if done is None:
        cases.row(session, case_id)
    return done is not None


def unfinished(session: Session) -> list[int]:
    """Cases whose job waits or runs, oldest first."""
    return list(session.scalars(select(JobRow.case_id).where(JobRow.state.in_(UNFINISHED)).order_by(JobRow.case_id)))
