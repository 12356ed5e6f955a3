"""A case that was signed off: nothing of its record changes until it is reopened."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.casefile import CLOSING
from core.errors import SignedOff
from core.store.case_tables import StepRow

_LAST = (
    select(StepRow.kind, StepRow.made_by, StepRow.at)
    .where(StepRow.case_id == bindparam("case"), StepRow.kind.in_((*CLOSING, "reopen")))
    .order_by(StepRow.id.desc())
    .limit(1)
)
"""Built once: it is asked before everything that is said of a case."""


def check_open(session: Session, case_id: int) -> None:
    """Raises SignedOff. Ask in the transaction that writes, so that no sign-off comes in between."""
    last = session.execute(_LAST, {"case": case_id}).first()
    if last is not None and last.kind != "reopen":
        raise SignedOff(
            f"This case was signed off by {last.made_by} ({last.at:%Y-%m-%d %H:%M} UTC). "
            "Reopen it first. Nothing was saved."
        )
