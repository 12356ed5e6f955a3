"""Probabilities from raw scores, for any scorer: four kinds of recalibration, and how they are kept as JSON.

none: the score stands. platt: logistic in the logit of the score (Platt 1999). isotonic: steps fitted to the labels
(Zadrozny and Elkan 2002). contextual: logistic in the score and its standing among the pages of the same case.

Within one criterion of one case a higher score never gets a lower probability, and equal scores get equal ones.
"""

import json
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from core.domain import digest

Kind = Literal["none", "platt", "isotonic", "contextual"]

FEATURES = ("score", "to_best", "to_median", "spread", "rank")
"""What `standing` gives, in this order."""

_NARROWEST = 0.01
_SPREAD_LIMITS = (-2.0, 4.0)
_FARTHEST = 0.001
"""Scores within this of 0 or of 1 share a logit: thresholds compare thousandths."""
_LOGIT_LIMIT = 700.0
"""Beyond it the exponential overflows, and the probability is 0 or 1 in any case."""


def standing(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., pages, 5) features of the (..., pages) scores, each row one criterion in one case; a page and no NaN.

    The score; its distance to the best page's (<= 0) and to the median page's; its distance to the mean in standard
    deviations, kept within -2 to 4; and minus the log of its rank, where rank is 1 + the number of higher scores. Each
    rises with the score or stays.
    """
    mean, best = scores.mean(axis=-1, keepdims=True), scores.max(axis=-1, keepdims=True)
    spread = (scores - mean) / np.maximum(scores.std(axis=-1, keepdims=True), _NARROWEST)
    median = np.median(scores, axis=-1, keepdims=True)
    rank = scores.shape[-1] - _at_or_below(scores) + 1
    return np.stack([scores, scores - best, scores - median, np.clip(spread, *_SPREAD_LIMITS), -np.log(rank)], axis=-1)


def _at_or_below(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """(..., pages) how many pages of the row do not score higher, the page itself among them."""
    order = np.argsort(scores, axis=-1)
    rising = np.take_along_axis(scores, order, axis=-1)
    ends = np.broadcast_to(np.arange(1, scores.shape[-1] + 1), scores.shape).copy()
    # Equal scores all count up to the last of them.
    ends[..., :-1][rising[..., 1:] == rising[..., :-1]] = scores.shape[-1]
    counts = np.empty_like(ends)
    np.put_along_axis(counts, order, np.minimum.accumulate(ends[..., ::-1], axis=-1)[..., ::-1], axis=-1)
    return counts


def logit(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log odds of scores in [0, 1], which are first kept within 0.001 and 0.999. NaN stays NaN."""
    inner = np.clip(scores, _FARTHEST, 1 - _FARTHEST)
    return np.log(inner / (1 - inner))


def turning(coefficients: Mapping[str, float]) -> list[str]:
    """Of FEATURES, those that make the probability fall as the score rises; [] when it rises or stays.

    The rank and the spread must not fall alone; the score, to_best and to_median move together, so their sum counts.
    """
    alone = [name for name in ("rank", "spread") if coefficients[name] < 0]
    slope = coefficients["score"] + coefficients["to_best"] + coefficients["to_median"]
    return alone or (["to_median", "to_best", "score"] if slope < 0 else [])


@dataclass(frozen=True)
class Recalibration(ABC):
    """What makes probabilities of scores; it holds for scores of one fingerprint only."""

    kind: ClassVar[Kind]
    fingerprint: str

    def __post_init__(self) -> None:
        if not isinstance(self.fingerprint, str) or not self.fingerprint:
            raise ValueError("a recalibration names the scorer that it is for")
        if not np.isfinite(self._numbers()).all():
            raise ValueError("a recalibration consists of finite numbers")

    @property
    def version(self) -> str:
        """8 hex digits over all that decides a probability; "" where the score stands, which is no probability."""
        return digest(self.kind, self.fingerprint, *map(repr, self._numbers()))[:8]

    @abstractmethod
    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """In [0, 1], in the shape of `scores`: the raw (criteria, pages) scores of one case.

        A gap (NaN) stays NaN and has no part in any other probability. A criterion's probabilities depend on its own
        row alone.
        """

    @abstractmethod
    def _numbers(self) -> tuple[float, ...]:
        """All numbers that decide a probability."""

    @abstractmethod
    def _fields(self) -> dict[str, object]:
        """The same by name, as the record has them."""

    def record(self) -> str:
        """JSON that `read_recalibration` reads back as an equal recalibration, to the last bit."""
        return json.dumps(
            {"kind": self.kind, "version": self.version, "fingerprint": self.fingerprint} | self._fields()
        )


@dataclass(frozen=True)
class Unchanged(Recalibration):
    """The score stands; nothing says that it is a probability."""

    kind: ClassVar[Kind] = "none"

    @property
    def version(self) -> str:
        return ""

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        return scores

    def _numbers(self) -> tuple[float, ...]:
        return ()

    def _fields(self) -> dict[str, object]:
        return {}


@dataclass(frozen=True)
class Platt(Recalibration):
    """Logistic in the logit of the score: intercept 0 and slope 1 leave every score within 0.001 to 0.999 as it is."""

    kind: ClassVar[Kind] = "platt"
    intercept: float
    slope: float
    """At least 0."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.slope < 0:
            raise ValueError("a higher score would get a lower probability")

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        return _logistic(self.intercept + self.slope * logit(scores))

    def _numbers(self) -> tuple[float, ...]:
        return self.intercept, self.slope

    def _fields(self) -> dict[str, object]:
        return {"intercept": self.intercept, "slope": self.slope}


@dataclass(frozen=True)
class Isotonic(Recalibration):
    """Straight lines between fitted points, level beyond the first and the last.

    On a level stretch different scores get the same probability. So it makes ties: a threshold cannot tell such pages
    apart, and top-K takes the earlier page.
    """

    kind: ClassVar[Kind] = "isotonic"
    at: tuple[float, ...]
    """Scores of the points, rising; at least one."""
    values: tuple[float, ...]
    """Probability at each point, in [0, 1], never falling."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.at or len(self.at) != len(self.values):
            raise ValueError("a probability for each score, and at least one, is needed")
        if (np.diff(self.at) <= 0).any() or (np.diff(self.values) < 0).any():
            raise ValueError("a higher score would get a lower probability")
        if self.values[0] < 0 or self.values[-1] > 1:
            raise ValueError("a probability lies between 0 and 1")

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        # np.interp keeps NaN.
        return np.interp(scores, self.at, self.values)

    def _numbers(self) -> tuple[float, ...]:
        return (*self.at, *self.values)

    def _fields(self) -> dict[str, object]:
        return {"at": self.at, "values": self.values}


@dataclass(frozen=True)
class Contextual(Recalibration):
    """Logistic in the score and its standing among the pages of the same case."""

    kind: ClassVar[Kind] = "contextual"
    intercept: float
    coefficients: tuple[float, ...]
    """One for each of FEATURES."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if turning(dict(zip(FEATURES, self.coefficients, strict=True))):
            raise ValueError("a higher score would get a lower probability")

    @property
    def version(self) -> str:
        # Without the kind: versions given before there were others stay true.
        return digest(self.fingerprint, *map(repr, self._numbers()))[:8]

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """A score of 0, where nothing of the question matched, has probability 0 however weak the other pages are."""
        result = np.full(scores.shape, np.nan)
        known = ~np.isnan(scores)
        # A page without text leaves its gap in all rows: rows with the same gaps are one step.
        alike: dict[bytes, list[int]] = defaultdict(list)
        for row, scored in enumerate(known):
            alike[scored.tobytes()].append(row)
        for rows in alike.values():
            at = np.ix_(np.array(rows), np.flatnonzero(known[rows[0]]))
            asked = scores[at]
            if asked.size:
                logits = self.intercept + (standing(asked) * np.array(self.coefficients)).sum(axis=-1)
                result[at] = np.where(asked > 0, _logistic(logits), 0.0)
        return result

    def _numbers(self) -> tuple[float, ...]:
        return self.intercept, *self.coefficients

    def _fields(self) -> dict[str, object]:
        return {"intercept": self.intercept, "coefficients": dict(zip(FEATURES, self.coefficients, strict=True))}


def _logistic(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -_LOGIT_LIMIT, _LOGIT_LIMIT)))


_READERS: dict[str, Callable[[dict[str, Any]], Recalibration]] = {
    "none": lambda entry: Unchanged(entry["fingerprint"]),
    "platt": lambda entry: Platt(entry["fingerprint"], float(entry["intercept"]), float(entry["slope"])),
    "isotonic": lambda entry: Isotonic(
        entry["fingerprint"], tuple(map(float, entry["at"])), tuple(map(float, entry["values"]))
    ),
    "contextual": lambda entry: Contextual(
        entry["fingerprint"],
        float(entry["intercept"]),
        tuple(float(entry["coefficients"][name]) for name in FEATURES),
    ),
}


def read_recalibration(record: str) -> Recalibration:
    """The recalibration of a record that `Recalibration.record` wrote; entries it does not know are left alone.

    Raises ValueError when it is none, would turn an order round, or is not the version that it says.
    """
    try:
        entry = json.loads(record)
        said, made = entry["version"], _READERS[entry["kind"]](entry)
    except (KeyError, TypeError, OverflowError, RecursionError) as problem:
        raise ValueError("this is not the record of a recalibration") from problem
    if made.version != said:
        raise ValueError(f"the record says version {said}, and its numbers make {made.version}")
    return made


def default_recalibration(fingerprint: str) -> Recalibration | None:
    """The recalibration that ships for the scorer of that fingerprint; None when there is none.

    Without one, the raw score stands as the probability.
    """
    record = files("core.calibration").joinpath("default_embedded.json").read_text(encoding="utf-8")
    shipped = read_recalibration(record)
    return shipped if shipped.fingerprint == fingerprint else None
