"""The form of a step: what must be said, what should be known first, and the button that signs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import streamlit as st

from core.casefile import CLOSING, StepKind
from core.determination import obstacles, warnings
from core.step_details import LONGEST
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace
from pages.determine.criteria import linked
from pages.determine.links import say
from pages.determine.place import Seen, open_form
from pages.determine.words import SIGNS, TITLES

_ANY = ""
_DAYS = 7
"""After which information is due unless somebody chooses otherwise."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a step says."""

    name: str
    """As in `core.casefile.Step.detail`; "reason" for the reason."""
    label: str
    kind: Literal["line", "text", "day", "time", "physician"] = "text"
    example: str = ""


_FIELDS: dict[StepKind, tuple[Field, ...]] = {
    "approve": (Field("reason", "Note", example="Needed where the criteria do not come to “met”"),),
    "approve_in_part": (
        Field("approved", "What is approved", example="For example: 6 of 12 visits"),
        Field("not_approved", "What is not approved", example="For example: visits 7 to 12"),
        Field("reason", "Reasons for what is not approved", example="Which criterion, and what in the record"),
    ),
    "deny": (Field("reason", "Reasons", example="Which criterion is not met, and what in the record says so"),),
    "pend": (
        Field("what", "What is asked for", example="For example: TB test of the last 12 months, with its date"),
        Field("whom", "Of whom", "line", "For example: office of Dr. Ray"),
        Field("due", "Due on", "day"),
        Field("reason", "Note", example="Optional"),
    ),
    "resume": (Field("reason", "What came", example="Or that nothing will come"),),
    "refer": (
        Field("to", "To", "physician"),
        Field("reason", "What the physician should look at", example="The question, and the criteria it is about"),
    ),
    "return": (Field("reason", "Why it goes back", example="What the reviewer should do"),),
    "peer_to_peer": (
        Field("whom", "With whom", "line", "For example: Dr. Ray, rheumatology"),
        Field("held_at", "When, in UTC", "time"),
        Field("outcome", "What came of it"),
        Field("reason", "Note", example="Optional"),
    ),
    "withdraw": (Field("reason", "By whom, and why", example="For example: Dr. Ray's office by phone; drug changed"),),
    "reopen": (Field("reason", "Why it is reopened", example="For example: an appeal, or new documents"),),
}


def form(now: Seen, kind: StepKind) -> None:
    why = obstacles(kind, now.role, now.state, now.facts)
    st.markdown(f"**{TITLES[kind]}**")
    if why:
        say(why, now.case_id, linked=linked(now))
    known = warnings(kind, now.state, now.facts)
    say(known, now.case_id, icon=":orange[:material/warning:]", linked=linked(now))
    for field in _FIELDS[kind]:
        _draw(field, _key(now.case_id, kind, field))
    if kind in CLOSING:
        st.caption(
            "The record keeps all decisions with what they cite, versions and digests, the pages that each person "
            "opened, and that AI was used to find them."
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            SIGNS[kind],
            key=f"determine.sign.{now.case_id}.{kind}",
            type="primary",
            disabled=bool(why),
            on_click=_on_sign,
            args=(now.case_id, kind, now.state.newest, now.stamp),
        )
        st.button("Cancel", key=f"determine.cancel.{now.case_id}", on_click=_on_cancel, args=(now.case_id,))
        st.space("stretch")
        with st.popover(f"{plain(now.person)} ({now.role})", icon=":material/person:", type="tertiary"):
            ask_reviewer()


def _key(case_id: int, kind: StepKind, field: Field) -> str:
    return f"determine.{case_id}.{kind}.{field.name}"


def _draw(field: Field, key: str) -> None:
    """Words stay while the person looks elsewhere, until the step is taken."""
    match field.kind:
        case "text":
            st.text_area(
                field.label,
                key=key,
                placeholder=field.example,
                height=84,
                max_chars=LONGEST,
                on_change="ignore",
                persist_state="session",
            )
        case "line":
            st.text_input(
                field.label,
                key=key,
                placeholder=field.example,
                max_chars=200,
                on_change="ignore",
                persist_state="session",
            )
        case "day":
            today = workspace().now().astimezone(UTC).date()
            st.date_input(
                field.label,
                today + timedelta(days=_DAYS),
                min_value=today,
                key=key,
                format="YYYY-MM-DD",
                on_change="ignore",
                width=200,
            )
        case "time":
            now = workspace().now().astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)
            st.datetime_input(field.label, now, key=key, format="YYYY-MM-DD", step=60, on_change="ignore", width=300)
        case "physician":
            roles = workspace().store.course.roles()
            names = sorted(name for name, role in roles.items() if role == "physician")
            st.selectbox(field.label, [_ANY, *names], format_func=lambda name: name or "Any physician", key=key)


@callback
def _on_sign(case_id: int, kind: StepKind, newest: int, stamp: int) -> None:
    said = {field.name: _said(st.session_state.get(_key(case_id, kind, field))) for field in _FIELDS[kind]}
    _take(case_id, kind, said, newest, stamp)
    for field in _FIELDS[kind]:
        if field.kind in ("text", "line"):
            st.session_state[_key(case_id, kind, field)] = ""
    open_form(case_id, None)


def _take(case_id: int, kind: StepKind, said: Mapping[str, str], newest: int, stamp: int) -> None:
    detail = {name: text for name, text in said.items() if name != "reason"}
    workspace().signing.take(
        case_id, kind, by=reviewer(), reason=said["reason"], detail=detail, seen=newest, stamp=stamp
    )


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value or "")


@callback
def _on_cancel(case_id: int) -> None:
    open_form(case_id, None)
