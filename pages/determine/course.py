"""Every step in the course of the case, newest first: who, when, in which role, and why."""

from datetime import datetime

import streamlit as st

from core.casefile import Step
from core.turnaround import moment
from pages.components.frame import plain
from pages.determine.place import Seen
from pages.determine.words import DONE, ICONS, URGENCY_WORDS, moment_words

_ROOM = 420
_STEPS = 7
"""Steps that are shown without scrolling."""
_LABELS = {
    "what": "Asked for",
    "whom": "With",
    "to": "To",
    "outcome": "Outcome",
    "approved": "Approved",
    "not_approved": "Not approved",
}


def course_panel(now: Seen) -> None:
    steps = now.basis.steps
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Course of the case**")
        with st.container(height=_ROOM if len(steps) > _STEPS else "content", border=False, gap="xsmall"):
            for step in reversed(steps):
                _step(step)
            case = now.basis.case
            _line("add_circle", "Case made", case.created_by, "", case.created_at)


def _step(step: Step) -> None:
    _line(ICONS[step.kind], DONE[step.kind], step.by, step.role, step.at)
    said = said_lines(step)
    if step.record:
        said.append(":gray[Signed with its record]")
    if said:
        st.caption("  \n".join(said))


def said_lines(step: Step) -> list[str]:
    """What the step says, line by line, as Markdown."""
    return [*_detail(step), *_lines(step.reason)]


def _lines(text: str) -> list[str]:
    """Lines of a person's text, each as it stands."""
    return [plain(line) for line in text.splitlines() if line.strip()]


def _line(icon: str, done: str, by: str, role: str, at: datetime) -> None:
    who = f"{plain(by)}{f' ({role})' if role else ''}"
    st.markdown(f":material/{icon}: **{done}** · {who} · :gray[{moment_words(at)}]")


def _detail(step: Step) -> list[str]:
    detail = step.detail
    if step.kind == "urgency":
        received = detail.get("received_at", "")
        urgency = next((words for name, words in URGENCY_WORDS.items() if name == detail.get("urgency")), "")
        return [", ".join(filter(None, (urgency, f"received {moment_words(moment(received))}" if received else "")))]
    labels = {**_LABELS, "whom": "Of"} if step.kind == "pend" else _LABELS
    lines = []
    for name, label in labels.items():
        if first := _lines(detail.get(name, "")):
            lines += [f"{label}: {first[0]}", *first[1:]]
    if due := detail.get("due"):
        lines.append(f"Due: {due}")
    if held := detail.get("held_at"):
        lines.append(f"Held: {moment_words(moment(held))}")
    return lines
