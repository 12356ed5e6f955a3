"""How targets, rules and shares are said on this screen."""

import math

from core import standing
from core.calibration.curves import Family
from core.certificates import Method, Unit
from core.selection import threshold_words

UNITS: dict[Unit, str] = {
    "criterion": "Criteria with evidence",
    "page": "Relevant pages",
    "case": "Whole cases",
}
UNIT_MEANS: dict[Unit, str] = {
    "criterion": "A criterion counts as found when at least one relevant page of it is kept.",
    "page": "Every relevant page counts, also the fifth one for the same criterion.",
    "case": "A case counts as found when each of its criteria with evidence keeps a relevant page.",
}
METHODS: dict[Method, str] = {
    "ltt": "With confidence",
    "crc": "On average over cases",
    "audit": "With confidence, from audits",
    "observed": "As observed: no promise",
}
METHOD_MEANS: dict[Method, str] = {
    "ltt": "Holds for most ways these cases could have been drawn. Needs completely labelled criteria.",
    "crc": "Holds on average over cases like these; single cases may fall below. Needs completely labelled criteria.",
    "audit": "From pages drawn below the threshold, each weighing by its chance. Approximate.",
    "observed": "What these labels show, and nothing about the next case.",
}


def methods_for(unit: Unit) -> list[Method]:
    """What can be promised for recall of that unit: audits speak of single pages alone."""
    return [method for method in METHODS if method != "audit" or unit == "page"]


def percent(share: float | None) -> str:
    """ "95%", "97.5%": in tenths, rounded down, so that nothing reads better than it is; "–" where it is not known."""
    return "–" if share is None or share != share else standing.percent(share)


def at_most(share: float | None) -> str:
    """As `percent`, rounded up: for the upper end of an interval."""
    return "–" if share is None or share != share else f"{math.ceil(share * 1000 - 1e-9) / 10:g}%"


def level_words(family: Family, level: int) -> str:
    """A level of the family: "threshold 0.120", or "best 5 pages"."""
    if family.ranked:
        return "best page" if level == 1 else f"best {level} pages"
    return f"threshold {threshold_words(level / 1000)}"


def many(n: float, noun: str) -> str:
    """ "1 case", "1,204 cases"."""
    return f"{n:,.0f} {noun}{'' if n == 1 else 's'}"
