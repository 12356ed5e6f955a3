"""Labelling rounds: what was drawn for people to judge, with which chance. Nouns alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from core.domain import Arm, Label, PageRef


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """How many pairs of page and criterion a round draws for each arm."""

    shown: int = 60
    """Of those that the rule keeps."""
    audit: int = 120
    """Of those below it, with a chance proportional to the square root of the probability."""
    uncertainty: int = 20
    """Nearest to the threshold; without a known chance, so they enter no estimate: they settle what is in doubt."""
    twice: float = 0.1
    """Share that two reviewers judge, in [0, 1]."""
    whole: bool = False
    """True: every page for every criterion, each with chance 1; the numbers above mean nothing."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A pair that was drawn for labelling."""

    case: int
    page: PageRef
    criterion: str
    arm: Arm
    inclusion_probability: float | None
    """In (0, 1]; None for the arm "uncertainty"."""
    twice: bool
    """Two reviewers judge it, each without the other."""
    score: float | None
    probability: float | None
    """None without a recalibration."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A pair that was judged before a round, with the chance that the round drew it with, larger than the one before.

    Rounds share their random numbers, so all of them together drew a pair with the largest of its chances.
    """

    case: int
    page: PageRef
    criterion: str
    inclusion_probability: float


@dataclass(frozen=True, slots=True)
class Round:
    """One draw. Its tasks are worked through in an order that tells nothing of the arms."""

    seed: int
    """The same for all rounds of a database: see `core.calibration.sampling`."""
    fingerprint: str
    recalibration: str
    rule: str
    """In force when it was drawn: what "shown" means."""
    criteria_name: str
    plan: RoundPlan
    cases: tuple[int, ...]
    """Every case that could be drawn from."""
    frames: tuple[str, ...]
    """What could be drawn in each of `cases`, as a digest: see `core.studio.design`."""
    created_by: str
    created_at: datetime
    tasks: int = 0
    judgements: int = 0
    """Judgements wanted: a task that is judged twice counts twice."""
    done: int = 0
    """Judgements given."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """One page and one criterion to judge, in its round's order."""

    id: int
    round: int
    drawn: Drawn
    fingerprint: str
    recalibration: str
    threshold: float | None
    seed: int


@dataclass(frozen=True, slots=True)
class Design:
    """What one round did in one case."""

    round: int
    frame: str
    """What could be drawn: equal digests say that nothing was added to the case or taken away since."""
    audits: bool
    """Whether pages below the threshold could be drawn."""
    chances: Mapping[tuple[PageRef, str], float]
    """(page, criterion) -> the chance with which the round drew it, also where it was judged before."""


class Given(NamedTuple):
    """A label that stands."""

    case: int
    label: Label
    drawn: bool
    """It answers a task of a round: how its chance counts is a matter of which rounds are finished."""
