"""Which threshold is in force for a case, how far it may be trusted, and the way back to it."""

import streamlit as st

from core.calibration.drift import Drift
from core.certificates import Certificate, Unit
from core.domain import Case
from core.standing import InForce, Origin, lapsed, percent, promise, tidy
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

_OF: dict[Unit, str] = {"page": "pages", "criterion": "criteria", "case": "cases"}
_MEANWHILE: dict[Origin, str] = {
    "certificate": " Until then the threshold stays where it was, without a promise.",
    "hand": "",
    "start": " Until then this screen shows the scores themselves, with the start of a new case.",
}


def trust_panel(case: Case, now: InForce) -> None:
    """One line in the head of the screen, with what stands behind it a click away."""
    doubt = _doubt(now)
    label, icon = _badge(now, doubt)
    with st.popover(label, icon=icon, type="tertiary", width="content"):
        st.markdown(f"In force: {plain(now.rule.in_words())}.")
        if now.origin == "hand":
            _moved(case, now, doubt)
        elif now.certificate is None:
            st.markdown(plain(now.suspended) or _NOT_CERTIFIED)
        else:
            for sentence in _on_published(now, now.certificate, doubt):
                st.markdown(sentence)
            st.caption(_record(now.certificate))
        st.page_link(route("calibrate"), label="Calibrate", icon=":material/monitoring:")


def _doubt(now: InForce) -> Drift | None:
    """What newer cases say against a certificate that would hold otherwise, as far as it is known by now."""
    if now.certificate is None or now.suspended:
        return None
    return workspace().studio.doubt(now.certificate)


def _moved(case: Case, now: InForce, doubt: Drift | None) -> None:
    """The way back comes first: what is published says nothing about what a reviewer has set."""
    if now.certificate is None:
        st.markdown(plain(now.suspended) or _BY_HAND)
    else:
        st.markdown("A reviewer moved the threshold for this case. What is published says nothing about it.")
    st.button(
        _way_back(now, doubt),
        key=f"review.follow.{case.id}",
        icon=":material/undo:",
        on_click=_follow,
        args=(case.id, case.scorer.fingerprint),
    )
    if now.certificate is not None:
        st.caption(" ".join([*_on_published(now, now.certificate, doubt), _record(now.certificate)]))


def _way_back(now: InForce, doubt: Drift | None) -> str:
    if now.certificate is None:
        return "Back to the start"
    holds = now.certificate.promised and not now.suspended and doubt is None
    return "Back to the certified threshold" if holds else "Back to the published threshold"


def standing_of(now: InForce) -> tuple[object, ...]:
    """What the line shows: it is drawn anew when this changes."""
    doubt = _doubt(now)
    said = doubt.sentences if doubt else ()
    return now.origin, now.certificate.id if now.certificate else 0, now.suspended, said


def _badge(now: InForce, doubt: Drift | None) -> tuple[str, str]:
    if now.origin == "certificate" and doubt is not None:
        return "In doubt: newer cases", ":material/trending_down:"
    if now.certified and now.partly:
        return f"Certified for {now.covered:,} of {now.asked:,} criteria", ":material/verified:"
    if now.certified and now.certificate:
        target = now.certificate.target
        return f"Certified: {percent(target.recall)} of {_OF[target.unit]}", ":material/verified:"
    if now.origin == "hand":
        return "Moved by hand: not certified", ":material/back_hand:"
    if now.suspended and (now.certificate is None or now.certificate.promised):
        return "Certificate suspended", ":material/gpp_maybe:"
    if now.certificate and now.origin == "certificate":
        return "Chosen on labels, no promise", ":material/rule:"
    return "Threshold not certified", ":material/rule:"


def _on_published(now: InForce, found: Certificate, doubt: Drift | None) -> list[str]:
    """What may be thought of the published threshold for this case, as Markdown."""
    said = []
    if now.suspended:
        said.append(f"**Suspended.** {plain(now.suspended)}{_MEANWHILE[now.origin]}")
    if doubt is not None:
        said.append(f"**In doubt.** {plain(tidy(' '.join(doubt.sentences)))}")
    if lapsed(found, workspace().now()) and found.promised:
        said.append(f"It was promised until {found.expires_at:%d %b %Y} that the threshold {plain(promise(found))}.")
    else:
        said.append(f"The published threshold {plain(promise(found))}.")
    if now.partly:
        of = "1 criterion" if now.covered == 1 else f"{now.covered:,} criteria"
        said.append(
            f"The labels behind it speak of {of} of the {now.asked:,} of this case. "
            f"For the other {now.asked - now.covered:,} nothing is promised."
        )
    return said


def _record(found: Certificate) -> str:
    """What it rests on, who published it, and until when; what carries no promise was not checked and does not hold."""
    past = lapsed(found, workspace().now())
    if found.promised:
        checked, until = "Checked", "held until" if past else "holds until"
    else:
        checked, until = "Seen", "was to be used until" if past else "used until"
    return (
        f"{checked} on {len(found.cases):,} cases with {found.positives:,} relevant pages. For "
        f"{plain(found.criteria_name)}, version {found.criteria_version}. Published by {plain(found.made_by)} on "
        f"{found.made_at:%d %b %Y}, {until} {found.expires_at:%d %b %Y}. It speaks of cases like those, on average: "
        "not of this one alone."
    )


@callback
def _follow(case_id: int, fingerprint: str) -> None:
    workspace().store.set_rule(case_id, fingerprint, "", by=reviewer() or UNNAMED)
    follow(case_id)
