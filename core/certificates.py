"""Thresholds with a promise: what was asked for, what was shown to hold, and what is in force. Nouns alone.

Recall is the share of what is relevant that a rule keeps, in [0, 1].
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Unit = Literal["page", "criterion", "case"]
"""What recall counts. page: relevant pages; criterion: criteria with evidence of which at least one page is kept;
case: cases all of whose criteria with evidence keep at least one page of it."""
Method = Literal["observed", "crc", "ltt", "audit"]
"""observed: as it was on the labels, no promise. crc: conformal risk control, on average over cases. ltt: Learn then
Test, with a confidence. audit: weighted by the chance of being drawn, with a confidence, approximate."""

UNITS: tuple[Unit, ...] = ("page", "criterion", "case")
METHODS: tuple[Method, ...] = ("observed", "crc", "ltt", "audit")


@dataclass(frozen=True, slots=True)
class Target:
    """What a threshold should promise."""

    recall: float
    """In (0, 1): at least this."""
    unit: Unit = "criterion"
    method: Method = "ltt"
    confidence: float = 0.95
    """In (0.5, 1): at a half and below, what is shown would lie above what was seen. Means nothing for the methods
    observed and crc."""

    def __post_init__(self) -> None:
        if not 0 < self.recall < 1:
            raise ValueError("recall lies between 0 and 1")
        if not 0.5 < self.confidence < 1:
            raise ValueError("confidence lies above 0.5 and below 1")
        if self.unit not in UNITS or self.method not in METHODS:
            raise ValueError("no such unit or method")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A rule that was checked on labels to reach a target, with all that is needed to say how far to trust it."""

    target: Target
    fingerprint: str
    """The scorer whose scores the rule is for."""
    recalibration: str
    """Version of what makes probabilities of them; "": nothing does, and the rule compares the scores."""
    rule: str
    """As `core.selection` writes it."""
    criteria_name: str
    criteria_version: int
    criteria: tuple[str, ...]
    """Ids of the criteria that the labels speak of."""
    promised: bool
    """False for the method "observed": no promise, only what was seen."""
    bound: float | None
    """Recall that is shown to hold, at least the target's; None without a promise."""
    observed: float
    """Recall on the labels."""
    kept: float
    """Share of a case's characters that the rule keeps for a criterion, mean over criteria and cases."""
    kept_together: float
    """Share of a case's characters that it keeps for any criterion, mean over cases."""
    cases: tuple[int, ...]
    """The labelled cases that it rests on."""
    positives: int
    """Relevant pages among the labels."""
    labels: int
    labels_digest: str
    """SHA-256 over the labels that it rests on."""
    made_by: str
    made_at: datetime
    expires_at: datetime
    id: int = 0
    """0 before it is stored."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What was put in force for the scores of a scorer on a criteria list; the newest counts."""

    fingerprint: str
    criteria_name: str
    certificate: int | None
    """None: nothing is in force any more."""
    by: str
    at: datetime
    reason: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class StoredRecalibration:
    """A recalibration fitted from labels, as it is kept."""

    version: str
    fingerprint: str
    record: str
    """JSON, as `core.calibration.recalibrate` writes and reads it."""
    cases: tuple[int, ...]
    """The cases it was fitted on: no threshold is certified on them."""
    made_by: str
    made_at: datetime
