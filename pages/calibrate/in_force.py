"""The tab "In force": the certificate, whether it still holds, what came before, and the way back."""

import json
from dataclasses import asdict
from datetime import datetime

import streamlit as st

from core.calibration.drift import Drift, State
from core.certificates import Certificate, Publication
from core.selection import Rule
from core.standing import LOST, lapsed, promise, tidy
from core.studio import Material
from pages.calibrate.publish import AGAIN
from pages.calibrate.words import METHODS, UNITS, at_most, many, percent
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace
from pages.components.wording import scorer_title

_DOING, _WHY = "calibrate.taking_back", "calibrate.why"
_WITHDRAW = 0
"""In place of the id of a certificate."""
_NEEDS_REASON = "Asks for a reason and your name first: both stay on record."
_STATES: dict[State, str] = {
    "ok": ":green[:material/check_circle:] **Holds on newer labels**",
    "too_few": ":gray[:material/hourglass_empty:] **Too few newer labels to say**",
    "falling": ":orange[:material/trending_down:] **Seems to fall**",
    "alarm": ":red[:material/error:] **No longer holds on newer labels**",
}


def in_force_tab(material: Material) -> None:
    studio, subject = workspace().studio, material.subject
    fingerprint, name = subject.info.fingerprint, subject.criteria_name
    certificate = workspace().publishing.certificate(fingerprint, name)
    history = workspace().publishing.history(fingerprint, name)
    left, right = st.columns([11, 9], gap="large")
    drift = None
    with right:  # first: what newer cases say is part of the card
        if certificate is not None:
            with st.container(border=True), st.spinner("Looking at newer cases"):
                drift = studio.drift(fingerprint, name)
                _drift(drift)
        _history(history, certificate)
    with left:
        if certificate is None:
            _nothing(bool(history))
        else:
            with st.container(border=True):
                _card(certificate, material, drift)


def _nothing(before: bool) -> None:
    st.info(
        "No threshold is in force for these criteria and this scorer: cases begin with the usual rule, without a "
        f"promise.{' An earlier one can be put back.' if before else ' Find one under Threshold and put it in force.'}",
        icon=":material/gpp_maybe:",
    )


def _card(certificate: Certificate, material: Material, drift: Drift | None) -> None:
    now = workspace().now()
    words = Rule.parse(certificate.rule).in_words()
    doubted = drift is not None and (drift.state == "alarm" or drift.shifted)
    lost = workspace().publishing.lost(certificate)
    badge = _badge(certificate, past=lapsed(certificate, now), lost=lost, doubted=doubted)
    st.markdown(f"#### {badge} Keep {plain(words)}")
    st.markdown(plain(promise_at(certificate, now)))
    if doubted:
        st.warning("In doubt: newer cases speak against it. See beside.", icon=":material/trending_down:")
    if lapsed(certificate, now):
        st.warning("It has lapsed: certify it again with newer labels.", icon=":material/event_busy:")
    if certificate.criteria_version != material.criteria.version:
        st.warning(
            f"It was checked on version {certificate.criteria_version} of the criteria; the newest is version "
            f"{material.criteria.version}. Cases with the newest version carry no promise.",
            icon=":material/difference:",
        )
    if lost:
        st.warning(LOST, icon=":material/function:")
    same = certificate.criteria_version == material.criteria.version
    asked = len(material.criteria) if same else None
    shown = dict(facts(certificate, scorer_title(material.subject.info), asked, now))
    said_of = {"": list(shown), " ": [plain(value) for value in shown.values()]}
    st.table(said_of, hide_header=True, hide_index=True, border="horizontal")
    if st.session_state.get(_DOING) == _WITHDRAW:
        _reason(certificate, "Withdraw", "Cases go back to the rule that a new case begins with.")
        return
    with st.container(horizontal=True):
        st.download_button(
            "Certificate (JSON)",
            lambda: certificate_json(certificate),
            f"certificate-{certificate.id}.json",
            "application/json",
            key="calibrate.certificate",
            icon=":material/download:",
            on_click="ignore",
        )
        st.button(
            "Withdraw…",
            key="calibrate.withdraw",
            icon=":material/undo:",
            help=_NEEDS_REASON,
            on_click=_on_begin,
            args=(_WITHDRAW,),
        )


def _badge(certificate: Certificate, *, past: bool, lost: bool, doubted: bool) -> str:
    """The tick is for what holds now."""
    if not certificate.promised:
        return ":gray[:material/visibility:] No promise:"
    if past:
        return ":gray[:material/event_busy:] Lapsed:"
    if lost:
        return ":gray[:material/gpp_maybe:] Suspended:"
    return ":orange[:material/trending_down:] In doubt:" if doubted else ":green[:material/verified:]"


def promise_at(certificate: Certificate, now: datetime) -> str:
    """The promise as a sentence, in the past where its time is over."""
    said = promise(certificate)
    if certificate.promised and lapsed(certificate, now):
        return f"Promised until {certificate.expires_at:%d %b %Y}: {said}."
    return f"{said[0].upper()}{said[1:]}."


def facts(certificate: Certificate, scorer: str, asked: int | None, now: datetime) -> list[tuple[str, str]]:
    """What a certificate says, line by line. `asked`: criteria in its version of the list, None where not known."""
    target, covered, others = certificate.target, f"{len(certificate.criteria):,}", ""
    if asked is not None and asked > len(certificate.criteria):
        covered, others = f"{covered} of the {asked:,}", "; of the others nothing is promised"
    confidence = percent(target.confidence) if target.method in ("ltt", "audit") else "–"
    return [
        ("Target", f"{percent(target.recall)} recall, {UNITS[target.unit].lower()}"),
        ("Promise", METHODS[target.method]),
        ("Confidence", confidence),
        ("Recall proven", f"at least {percent(certificate.bound)}" if certificate.bound is not None else "none"),
        ("Recall seen", percent(certificate.observed)),
        ("Text kept", f"{percent(certificate.kept)} for a criterion, {percent(certificate.kept_together)} for a case"),
        (
            "Criteria",
            f"{covered} of {certificate.criteria_name}, version {certificate.criteria_version}{others}",
        ),
        ("Scorer", f"{scorer} ({certificate.fingerprint})"),
        ("Compares", f"probabilities, version {certificate.recalibration}" if certificate.recalibration else "scores"),
        (
            "Rests on",
            f"{many(len(certificate.cases), 'case')}, {many(certificate.labels, 'label')}, "
            f"{many(certificate.positives, 'relevant page')}; digest {certificate.labels_digest[:12]}",
        ),
        ("Signed", f"{certificate.made_by}, {certificate.made_at:%d %b %Y, %H:%M} UTC"),
        (_until(certificate, now), f"{certificate.expires_at:%d %b %Y}"),
    ]


def _until(certificate: Certificate, now: datetime) -> str:
    past = lapsed(certificate, now)
    if not certificate.promised:
        return "Was to be used until" if past else "Used until"
    return "Lapsed" if past else "Lapses"


def certificate_json(certificate: Certificate) -> str:
    """All fields, times as ISO 8601."""
    return json.dumps(asdict(certificate), default=datetime.isoformat, indent=2, allow_nan=False) + "\n"


def _drift(drift: Drift | None) -> None:
    if drift is None:
        return
    st.markdown(_STATES[drift.state])
    for sentence in drift.sentences:
        st.markdown(plain(tidy(sentence)))
    recall, cases, moved = st.columns(3)
    recall.metric("Recall since", percent(drift.recall), help="On cases labelled after the certificate was made.")
    cases.metric("Cases since", f"{drift.cases:,}")
    moved.metric(
        "Scores moved",
        "–" if drift.distance is None else f"{drift.distance:.2f}",
        help="Largest distance of the two distributions of the best pages, 0 to 1.",
    )
    if drift.low is not None and drift.high is not None:
        shifted = "" if drift.p_value is None else f" · {p_words(drift.p_value)} if scores were as before"
        st.caption(f"Recall between {percent(drift.low)} and {at_most(drift.high)}{shifted}")


def p_words(p_value: float) -> str:
    """ "p = 0.042"; never as if it were nothing."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def _history(history: list[tuple[Publication, Certificate | None]], now: Certificate | None) -> None:
    if not history:
        return
    st.markdown("**History**")
    offered: set[int] = {now.id} if now else set()
    for n, (publication, certificate) in enumerate(history):
        with st.container(border=True):
            before = any(c.id == certificate.id for _, c in history[n + 1 :] if c) if certificate else False
            _entry(publication, certificate, newest=n == 0, before=before)
            if certificate is None or certificate.id in offered:
                continue
            offered.add(certificate.id)
            if st.session_state.get(_DOING) == certificate.id:
                _reason(certificate, "Put back", "Every case with these criteria and this scorer uses it at once.")
            else:
                st.button(
                    "Put back…",
                    key=f"calibrate.back.{certificate.id}",
                    icon=":material/history:",
                    help=_NEEDS_REASON,
                    on_click=_on_begin,
                    args=(certificate.id,),
                )


def _entry(publication: Publication, certificate: Certificate | None, *, newest: bool, before: bool) -> None:
    """`before`: the certificate was in force once already."""
    who = f"{publication.at:%d %b %Y, %H:%M} UTC, {plain(publication.by)}"
    why = f": {plain(publication.reason)}" if publication.reason else ""
    if certificate is None:
        st.markdown(f":material/block: Withdrawn · {who}{why}")
        return
    rule = plain(Rule.parse(certificate.rule).in_words())
    mark, said = " · **in force**" if newest else "", plain(promise_at(certificate, workspace().now()))
    done = ":material/history: Put back: " if before else ":material/publish: "
    st.markdown(f"{done}{rule if before else rule[0].upper() + rule[1:]}{mark}")
    st.caption(f"{said}  \n{who}{why}")


def _reason(certificate: Certificate, label: str, effect: str) -> None:
    """Why, by whom, and the button that does it."""
    st.markdown(effect)
    why = st.text_input("Reason, for the record", key=_WHY, max_chars=200)
    if not reviewer():
        ask_reviewer("Your name, to sign it")
    back = st.session_state.get(_DOING) != _WITHDRAW
    with st.container(horizontal=True):
        st.button(
            label,
            key="calibrate.take_back.go",
            type="primary",
            disabled=not (reviewer() and why.strip()),
            on_click=_on_put_back if back else _on_withdraw,
            args=(certificate, why.strip()),
        )
        st.button("Cancel", key="calibrate.take_back.cancel", on_click=_on_begin, args=(None,))


@callback
def _on_begin(what: int | None) -> None:
    st.session_state[_DOING] = what
    st.session_state[_WHY] = ""


@callback
def _on_put_back(certificate: Certificate, why: str) -> None:
    workspace().publishing.put_back(certificate.id, by=reviewer(), reason=why)
    st.session_state[_DOING], st.session_state[AGAIN] = None, True


@callback
def _on_withdraw(certificate: Certificate, why: str) -> None:
    workspace().publishing.withdraw(certificate.fingerprint, certificate.criteria_name, by=reviewer(), reason=why)
    st.session_state[_DOING], st.session_state[AGAIN] = None, True
