"""Which rule is in force for a case, where it comes from, and how far it may be trusted."""

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.certificates import Certificate, Target, Unit
from core.domain import Case
from core.selection import Rule, default_rule

Origin = Literal["certificate", "hand", "start"]

LOST = "The probabilities that it was made for are not here any more. Certify again."

_LONG = re.compile(r"(?<![\d.,])\d{4,}(?![\d,])")
"""A whole number of four digits and more."""
_KEEPS: dict[Unit, str] = {
    "page": "of the relevant pages",
    "criterion": "of the criteria with evidence",
    "case": "of the cases whole",
}


@dataclass(frozen=True, slots=True)
class InForce:
    """The rule for the scores that a case shows."""

    rule: Rule
    origin: Origin
    """certificate: as published; hand: a reviewer has set it for this case; start: what a new case begins with."""
    certificate: Certificate | None
    """The one published for the case's scorer and criteria list, whether the case follows it or not."""
    suspended: str
    """Why the certificate does not hold for this case at the moment, as a sentence; "" when it holds."""
    covered: int = 0
    """Criteria of the case that the labels behind the certificate speak of."""
    asked: int = 0
    """Criteria of the case."""

    @property
    def certified(self) -> bool:
        """Whether the rule carries a promise for this case now."""
        return (
            self.origin == "certificate"
            and self.certificate is not None
            and self.certificate.promised
            and not self.suspended
        )

    @property
    def partly(self) -> bool:
        """Whether the certificate says nothing of some criteria of the case."""
        return self.certificate is not None and self.covered < self.asked


def in_force(
    case: Case,
    certificate: Certificate | None,
    *,
    recalibration: str,
    now: datetime,
    elsewhere: str = "",
    lost: bool = False,
) -> InForce:
    """The rule for the scorer that `case` shows.

    `certificate` is the one published for that scorer and the name of the case's criteria, `recalibration` the version
    in force for them. `elsewhere` is the model of another scorer that has a certificate for these criteria. A rule set
    by hand under another recalibration says nothing about the probabilities of this one, so it no longer counts. A
    suspended certificate keeps its rule: nothing moves on the screen, but the promise is gone. `lost`: what makes the
    probabilities of the certificate is not here any more. The screen shows the scores then, `recalibration` is "", and
    a rule for those probabilities says nothing about them: the case begins as a new one does.
    """
    asked = len(case.criteria)
    if certificate is None:
        suspended, covered = _other_scorer(elsewhere), 0
    else:
        suspended = LOST if lost else _suspended(case, certificate, now)
        covered = sum(criterion.id in certificate.criteria for criterion in case.criteria)
    if case.rule and case.rule_recalibration == recalibration:
        return InForce(Rule.parse(case.rule), "hand", certificate, suspended, covered, asked)
    if certificate and not lost:
        return InForce(Rule.parse(certificate.rule), "certificate", certificate, suspended, covered, asked)
    return InForce(default_rule(case.scorer), "start", certificate, suspended, covered, asked)


def _other_scorer(model: str) -> str:
    return f"A threshold is certified for the scores of {model}, and this case shows other scores." if model else ""


def _suspended(case: Case, certificate: Certificate, now: datetime) -> str:
    if certificate.criteria_version != case.criteria.version:
        return (
            f"It was checked on version {certificate.criteria_version} of the criteria, and this case uses version "
            f"{case.criteria.version}. Certify it again for this version."
        )
    if lapsed(certificate, now):
        return f"It lapsed on {certificate.expires_at:%d %b %Y}. Certify it again with newer labels."
    return ""


def promise(certificate: Certificate) -> str:
    """What a certificate promises, in one sentence without a full stop."""
    target = certificate.target
    if not certificate.promised:
        return f"kept {percent(certificate.observed)} {_KEEPS[target.unit]} on the labels: seen, not promised"
    return f"keeps at least {aim(target)}{confidence_words(target, len(certificate.cases))}"


def aim(target: Target) -> str:
    """ "95% of the criteria with evidence"."""
    return f"{percent(target.recall)} {_KEEPS[target.unit]}"


def confidence_words(target: Target, checked: int | None = None) -> str:
    """What goes with a promise, with a comma in front; "" for a target without a confidence.

    `checked`: the number of cases that it rests on, where it was given.
    """
    like = "cases" if checked is None else cases_like(checked)
    inside = "" if checked is None else f", in {like}"
    match target.method:
        case "ltt":
            return f", with {percent(target.confidence)} confidence{inside}"
        case "audit":
            return f", with about {percent(target.confidence)} confidence{inside}"
        case "crc":
            return f", on average over {like}"
        case "observed":
            return ""


def cases_like(checked: int) -> str:
    """What a promise speaks of: "cases like these 80", those that it was checked on."""
    return f"cases like {'this one' if checked == 1 else f'these {checked:,}'}"


def lapsed(certificate: Certificate, now: datetime) -> bool:
    """Whether its time is over."""
    return now >= certificate.expires_at


def tidy(text: str) -> str:
    """Numbers as the screens write them: "1,816" and "95%" for 1816 and 95 %. `text` holds no year."""
    return _LONG.sub(lambda digits: f"{int(digits[0]):,}", text).replace(" %", "%")


def percent(share: float) -> str:
    """In tenths, rounded down: what lies below a target never reads like it."""
    return f"{math.floor(share * 1000 + 1e-9) / 10:g}%"
