"""How the screen calls steps, times and pages."""

from datetime import UTC, datetime, timedelta

from core.casefile import StepKind, Urgency
from core.casestate import Status
from core.logic import State
from core.turnaround import Terms

BUTTONS: dict[StepKind, str] = {
    "approve": "Approve…",
    "approve_in_part": "Approve in part…",
    "deny": "Deny…",
    "pend": "Ask for information…",
    "resume": "Resume…",
    "refer": "Refer to a physician…",
    "return": "Give back…",
    "peer_to_peer": "Record a peer-to-peer…",
    "withdraw": "Record a withdrawal…",
    "reopen": "Reopen…",
}
"""What opens the form of a step."""
TITLES: dict[StepKind, str] = {
    "approve": "Approve the request",
    "approve_in_part": "Approve the request in part",
    "deny": "Deny the request",
    "pend": "Ask for information",
    "resume": "Resume the review",
    "refer": "Refer to a physician",
    "return": "Give the case back to the reviewer",
    "peer_to_peer": "Record a peer-to-peer talk",
    "withdraw": "Record that the request was withdrawn",
    "reopen": "Reopen the case",
}
SIGNS: dict[StepKind, str] = {
    "approve": "Sign the approval",
    "approve_in_part": "Sign the partial approval",
    "deny": "Sign the denial",
    "pend": "Pend the case",
    "resume": "Resume the review",
    "refer": "Refer the case",
    "return": "Give the case back",
    "peer_to_peer": "Record the talk",
    "withdraw": "Sign the withdrawal",
    "reopen": "Reopen the case",
}
"""What the button at the end of a form says."""
MEANS: dict[StepKind, str] = {
    "approve": "Signs the case off.",
    "approve_in_part": "Signs the case off.",
    "deny": "Signs the case off, with the reasons.",
    "pend": "The clock stands until the review is resumed.",
    "resume": "The clock goes on.",
    "refer": "The case waits for the physician's decision.",
    "return": "The case is the reviewer's again.",
    "peer_to_peer": "Changes nothing but the record.",
    "withdraw": "By who asked for it. Signs the case off without an answer.",
    "reopen": "Decisions can be changed again, and the clock goes on.",
}
DONE: dict[StepKind, str] = {
    "urgency": "Urgency and receipt set",
    "approve": "Approved",
    "approve_in_part": "Approved in part",
    "deny": "Denied",
    "pend": "Information asked for",
    "resume": "Resumed",
    "refer": "Referred to a physician",
    "return": "Given back to the reviewer",
    "peer_to_peer": "Peer-to-peer talk",
    "withdraw": "Withdrawn",
    "reopen": "Reopened",
}
ICONS: dict[StepKind, str] = {
    "urgency": "schedule",
    "approve": "check_circle",
    "approve_in_part": "rule",
    "deny": "cancel",
    "pend": "pause_circle",
    "resume": "play_circle",
    "refer": "stethoscope",
    "return": "undo",
    "peer_to_peer": "forum",
    "withdraw": "logout",
    "reopen": "lock_open",
}
STATUS_LOOKS: dict[Status, tuple[str, str]] = {
    "in_review": ("blue", "pending"),
    "pended": ("orange", "pause_circle"),
    "referred": ("violet", "stethoscope"),
    "approved": ("green", "check_circle"),
    "approved_in_part": ("green", "rule"),
    "denied": ("red", "cancel"),
    "withdrawn": ("gray", "logout"),
}
"""Colour and icon of a status; its words stand beside them."""
STATE_LOOKS: dict[State, tuple[str, str]] = {
    "met": (":green[:material/check_circle:]", "met"),
    "not_met": (":red[:material/cancel:]", "not met"),
    "insufficient": (":orange[:material/help:]", "insufficient"),
    "undecided": (":gray[:material/radio_button_unchecked:]", "undecided"),
    "not_applicable": (":gray[:material/block:]", "does not apply"),
}
URGENCY_WORDS: dict[Urgency, str] = {"standard": "Standard", "expedited": "Expedited"}


def moment_words(at: datetime) -> str:
    """ "6 Dec 2026, 14:00 UTC"."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def span_words(span: timedelta) -> str:
    """ "6 days 3 h", "5 h 20 min", "12 min": the two largest units, of the length of the span whatever its sign."""
    minutes = int(abs(span).total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'' if days == 1 else 's'}{f' {hours} h' if hours else ''}"
    if hours:
        return f"{hours} h{f' {minutes} min' if minutes else ''}"
    return f"{minutes} min" if minutes else "less than 1 min"


def allowed_words(urgency: Urgency, terms: Terms) -> str:
    """ "Standard (7 days)", "Expedited (72 h)"."""
    hours = int(terms.allowed(urgency).total_seconds() // 3600)
    length = f"{hours} h" if urgency == "expedited" else f"{hours // 24} day{'' if hours == 24 else 's'}"
    return f"{URGENCY_WORDS[urgency]} ({length})"


def active_words(seconds: float) -> str:
    """ "40 s", "6 min", "1 h 5 min" of active time; "–" for none."""
    if seconds < 0.5:
        return "–"
    return f"{round(seconds)} s" if seconds < 59.5 else span_words(timedelta(seconds=seconds))
