"""What each kind of step in the course of a case must say, checked and cleaned. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from core.casefile import URGENCIES, StepKind
from core.errors import Refused
from core.text import clean_text
from core.turnaround import moment

LONGEST = 4000
"""Characters of a reason or of another text."""
_NOTHING_SAVED = "Nothing was saved."
_REASON: dict[StepKind, str] = {
    "approve_in_part": "Give the reasons for the part that is not approved.",
    "deny": "Give the reasons for the denial.",
    "withdraw": "Say who withdrew the request, and why.",
    "reopen": "Say why the case is reopened.",
    "refer": "Say what the physician should look at.",
    "return": "Say why the case goes back.",
    "resume": "Say what came, or that nothing will come.",
}
"""What is asked for where a reason is missing; the other steps need none."""
_WORDS: dict[StepKind, dict[str, str]] = {
    "pend": {"what": "Say what information is asked for.", "whom": "Say whom it is asked of."},
    "refer": {"to": ""},
    "peer_to_peer": {"whom": "Say with whom the talk was held.", "outcome": "Say what came of the talk."},
    "approve_in_part": {"approved": "Say what is approved.", "not_approved": "Say what is not approved."},
}
"""Texts of a step besides its reason, with what is asked for where one is missing; "": it may be missing."""


def checked(
    kind: StepKind, reason: str, detail: Mapping[str, str], *, now: datetime, reasoned: bool = False
) -> tuple[str, dict[str, str]]:
    """Reason and detail as they are stored: the names of `core.casefile.Step`, tidy texts.

    `reasoned`: the step needs a reason although its kind does not. What else is in `detail` is left out. Raises Refused
    with a sentence that says what is missing or impossible.
    """
    said = _tidy(reason)
    wanted = _REASON.get(kind, "Give the reason." if reasoned else "")
    if wanted and not said:
        raise Refused(f"{wanted} {_NOTHING_SAVED}")
    texts = {}
    for name, asked in _WORDS.get(kind, {}).items():
        texts[name] = _tidy(detail.get(name, ""))
        if asked and not texts[name]:
            raise Refused(f"{asked} {_NOTHING_SAVED}")
    if any(len(text) > LONGEST for text in (said, *texts.values())):
        raise Refused(f"A text has more than {LONGEST:,} characters. Shorten it. {_NOTHING_SAVED}")
    return said, {**texts, **_MOMENTS.get(kind, _none)(detail, now)}


def _tidy(text: str) -> str:
    """Lines stay, invisible characters and empty ends go."""
    return "\n".join(clean_text(line).strip() for line in text.splitlines()).strip()


def _none(_detail: Mapping[str, str], _now: datetime) -> dict[str, str]:
    return {}


def _due(detail: Mapping[str, str], now: datetime) -> dict[str, str]:
    try:
        due = date.fromisoformat(detail.get("due", ""))
    except ValueError:
        raise Refused(f"Say by which day the information is due. {_NOTHING_SAVED}") from None
    if due < now.date():
        raise Refused(f"The information would be due in the past. Choose a later day. {_NOTHING_SAVED}")
    return {"due": due.isoformat()}


def _held(detail: Mapping[str, str], now: datetime) -> dict[str, str]:
    return {"held_at": _past(detail, "held_at", "Say when the talk was held.", now)}


def _arrival(detail: Mapping[str, str], now: datetime) -> dict[str, str]:
    urgency = detail.get("urgency", "")
    if urgency not in URGENCIES:
        raise Refused(f"Choose how urgent the case is. {_NOTHING_SAVED}")
    return {
        "urgency": urgency,
        "received_at": _past(detail, "received_at", "Say when the request was received.", now),
    }


def _past(detail: Mapping[str, str], name: str, asked: str, now: datetime) -> str:
    try:
        at = moment(detail.get(name, "")).astimezone(UTC)
    except ValueError:
        raise Refused(f"{asked} {_NOTHING_SAVED}") from None
    if at > now:
        raise Refused(f"That time lies in the future ({at:%d %b %Y, %H:%M} UTC). Correct it. {_NOTHING_SAVED}")
    return at.isoformat()


_MOMENTS: dict[StepKind, Callable[[Mapping[str, str], datetime], dict[str, str]]] = {
    "pend": _due,
    "peer_to_peer": _held,
    "urgency": _arrival,
}
