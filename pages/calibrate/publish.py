"""Putting a rule in force for all cases with the same criteria and scorer."""

import streamlit as st

from core.calibration.threshold import Found
from core.certificates import Certificate
from core.errors import Conflict
from core.standing import lapsed
from core.studio import Material
from pages.calibrate.words import many
from pages.components.frame import ask_reviewer, callback, plain, reviewer, say_error, workspace
from pages.components.wording import scorer_title

AGAIN = "calibrate.again"
"""Set when the head of the screen has to be drawn again, because what is in force has changed."""
_OPEN, _DAYS, _AWARE = "calibrate.publishing", "calibrate.days", "calibrate.aware"
_REFUSED = "calibrate.publish.refused"
"""Why nothing was published, for the screen that is drawn again as it is by now: a flash would be over before."""
_DEFAULT_DAYS, _MOST_DAYS = 180, 3650


def offer(material: Material, found: Found) -> None:
    """A button, and behind it what will happen. Nothing where there is no rule."""
    if refused := st.session_state.pop(_REFUSED, None):
        say_error(refused)
    if found.rule is None:
        return
    in_force = workspace().publishing.certificate(material.subject.info.fingerprint, material.criteria.name)
    if in_force and _same(in_force, material, found) and not lapsed(in_force, workspace().now()):
        st.markdown(
            f":green[:material/check_circle:] **In force** since {in_force.made_at:%d %b %Y, %H:%M} UTC, published by "
            f"{plain(in_force.made_by)}."
        )
        return
    if st.session_state.get(_OPEN):
        _form(material, found)
    else:
        label = f"{_action(in_force, material)}{'' if found.certified else ' without a promise'}…"
        st.button(label, key="calibrate.publish", icon=":material/publish:", on_click=_on_open, args=(True,))


def _same(in_force: Certificate, material: Material, found: Found) -> bool:
    """Whether publishing would change nothing but the date."""
    return (
        in_force.rule,
        in_force.target,
        in_force.recalibration,
        in_force.criteria_version,
        in_force.labels_digest,
    ) == (str(found.rule), found.target, material.version, material.criteria.version, material.labels_digest)


def _action(in_force: Certificate | None, material: Material) -> str:
    """What the button does, without dots."""
    if in_force and in_force.criteria_version != material.criteria.version:
        return f"Put in force for version {material.criteria.version}"
    if in_force and lapsed(in_force, workspace().now()):
        return "Put in force again"
    return "Put in force"


def _form(material: Material, found: Found) -> None:
    subject, sure = material.subject, True
    seen = workspace().publishing.publication(subject.info.fingerprint, subject.criteria_name)
    st.markdown(
        f"The review screen of **every case with “{plain(subject.criteria_name)}”** that shows the scores of the "
        f"**{plain(scorer_title(subject.info))}** uses it at once ({many(subject.cases, 'case')} now). "
        "Cases whose rule somebody set by hand keep theirs."
    )
    if not found.certified:
        sure = st.checkbox("I know that this carries **no promise**, and the record says so", key=_AWARE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.number_input("Lapses after, in days", 1, _MOST_DAYS, _DEFAULT_DAYS, key=_DAYS, width=170)
        if not reviewer():
            ask_reviewer("Your name, to sign the certificate")
        st.button(
            "Put in force" if found.certified else "Put in force, no promise",
            key="calibrate.publish.go",
            type="primary",
            disabled=not (reviewer() and sure),
            on_click=_on_publish,
            args=(material, found, int(days), seen),
        )
        st.button("Cancel", key="calibrate.publish.cancel", on_click=_on_open, args=(False,))


@callback
def _on_open(opened: bool) -> None:
    st.session_state[_OPEN] = opened


@callback
def _on_publish(material: Material, found: Found, days: int, seen: int) -> None:
    subject = material.subject
    now = workspace().studio.material(subject.criteria_name, subject.info.fingerprint, material.version)
    try:
        workspace().publishing.publish(
            material, found, days=days, by=reviewer(), seen=seen, labels_digest=now.labels_digest
        )
    except Conflict as error:
        st.session_state[_REFUSED] = str(error)
    st.session_state[_OPEN] = False
    st.session_state[AGAIN] = True
