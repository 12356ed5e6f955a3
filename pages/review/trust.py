"""Which threshold is in force for a case, how far it may be trusted, and the way back to it."""

import streamlit as st

from core.domain import Case
from core.standing import InForce, Origin, percent, promise
from core.workspace import UNNAMED
from pages.components.frame import callback, plain, reviewer, route, workspace
from pages.review.place import follow

_NOT_CERTIFIED = (
    "No threshold has been checked on labelled cases for this scorer and these criteria: how much evidence it misses "
    "is not known. The start keeps up to 10 pages for each criterion, so that few are missed."
)
_BY_HAND = (
    "A reviewer moved the threshold for this case, and none has been checked on labelled cases for this scorer and "
    "these criteria: how much evidence it misses is not known."
)

_MEANWHILE: dict[Origin, str] = {
    "certificate": " Until then the threshold stays where it was, without a promise.",
    "hand": "",
    "start": " Until then this screen shows the scores themselves, with the start of a new case.",
}


def trust_panel(case: Case, now: InForce) -> None:
    """One line in the head of the screen, with what stands behind it a click away."""
    label, icon = _badge(now)
    with st.popover(label, icon=icon, type="tertiary", width="content"):
        _explain(now)
        if now.origin == "hand":
            st.button(
                _way_back(now),
                key=f"review.follow.{case.id}",
                icon=":material/undo:",
                on_click=_follow,
                args=(case.id, case.scorer.fingerprint),
            )
        st.page_link(route("calibrate"), label="Calibrate", icon=":material/monitoring:")


def _way_back(now: InForce) -> str:
    if now.certificate is None:
        return "Back to the start"
    holds = now.certificate.promised and not now.suspended
    return "Back to the certified threshold" if holds else "Back to the published threshold"


def standing_of(now: InForce) -> tuple[object, ...]:
    """What the line shows: it is drawn anew when this changes."""
    return now.origin, now.certificate.id if now.certificate else 0, now.suspended


def _badge(now: InForce) -> tuple[str, str]:
    if now.certified and now.partly:
        return f"Certified for {now.covered:,} of {now.asked:,} criteria", ":material/verified:"
    if now.certified and now.certificate:
        return f"Certified: {percent(now.certificate.target.recall)} recall", ":material/verified:"
    if now.origin == "hand":
        return "Moved by hand: not certified", ":material/back_hand:"
    if now.suspended and (now.certificate is None or now.certificate.promised):
        return "Certificate suspended", ":material/gpp_maybe:"
    if now.certificate and now.origin == "certificate":
        return "Chosen on labels, no promise", ":material/rule:"
    return "Threshold not certified", ":material/rule:"


def _explain(now: InForce) -> None:
    st.markdown(f"In force: {plain(now.rule.in_words())}.")
    found = now.certificate
    if found is None:
        st.markdown(plain(now.suspended) or (_BY_HAND if now.origin == "hand" else _NOT_CERTIFIED))
        return
    if now.origin == "hand":
        st.markdown("A reviewer moved the threshold for this case. What is published says nothing about it:")
    if now.suspended:
        st.markdown(f"**Suspended.** {plain(now.suspended)}{_MEANWHILE[now.origin]}")
    st.markdown(f"The published threshold {plain(promise(found))}.")
    if now.partly:
        of = "1 criterion" if now.covered == 1 else f"{now.covered:,} criteria"
        st.markdown(
            f"The labels behind it speak of {of} of the {now.asked:,} of this case. "
            f"For the other {now.asked - now.covered:,} nothing is promised."
        )
    st.caption(
        f"Checked on {len(found.cases):,} cases with {found.positives:,} relevant pages. For "
        f"{plain(found.criteria_name)}, version {found.criteria_version}. Published by {plain(found.made_by)} on "
        f"{found.made_at:%d %b %Y}, holds until {found.expires_at:%d %b %Y}. It speaks of cases like those it was "
        "checked on, on average: not of this one alone."
    )


@callback
def _follow(case_id: int, fingerprint: str) -> None:
    workspace().store.set_rule(case_id, fingerprint, "", by=reviewer() or UNNAMED)
    follow(case_id)
