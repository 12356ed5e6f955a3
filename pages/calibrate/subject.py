"""What is calibrated: a criteria list, a scorer, and what makes probabilities of its scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.domain import VERDICTS
from core.studio import Material, Subject
from pages.calibrate.words import many, percent
from pages.components.frame import entered, workspace
from pages.components.wording import scorer_title

_LIST, _SCORER = "calibrate.list", "calibrate.scorer"
_ENOUGH_FOR_KAPPA = 30
"""Pages judged twice; with fewer kappa is mostly chance."""
_VERDICTS = {"relevant": "relevant", "not_relevant": "not relevant", "unsure": "unsure"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the head of the screen says."""

    subject: Subject
    recalibration: str
    """Version; "" for the scores themselves."""


def choose(subjects: Sequence[Subject]) -> Asked:
    """Three fields in a row. The address keeps the list and the scorer; `subjects` holds at least one."""
    left, middle, right = st.columns(3)
    came = entered("calibrate")
    names = list(dict.fromkeys(subject.criteria_name for subject in subjects))
    _from_address(_LIST, "list", names, came=came)
    with left:
        name = st.selectbox("Criteria list", names, key=_LIST, persist_state="session")
    found = {s.info.fingerprint: s for s in subjects if s.criteria_name == name}
    _from_address(_SCORER, "scorer", list(found), came=came)
    with middle:
        fingerprint = st.selectbox(
            "Scorer",
            list(found),
            key=_SCORER,
            format_func=lambda f: scorer_title(found[f].info),
            persist_state="session",
        )
    st.query_params["list"], st.query_params["scorer"] = name, fingerprint
    with right:
        version = _probabilities(found[fingerprint])
    return Asked(found[fingerprint], version)


def _from_address(key: str, parameter: str, known: Sequence[str], *, came: bool) -> None:
    """What the address says where somebody `came` by it; otherwise what was chosen last, as long as it exists."""
    said = st.query_params.get(parameter, "")
    if said in known and (came or st.session_state.get(key) not in known):
        st.session_state[key] = said
    elif st.session_state.get(key) not in known:
        st.session_state[key] = known[0]


def probabilities_key(subject: Subject) -> str:
    """Key of the field that says what makes probabilities of the scores."""
    return f"calibrate.with.{subject.criteria_name}.{subject.info.fingerprint}"


def _probabilities(subject: Subject) -> str:
    fingerprint, name = subject.info.fingerprint, subject.criteria_name
    choices = {c.version: c for c in workspace().publishing.choices(fingerprint, name)}
    key = probabilities_key(subject)
    if st.session_state.get(key) not in choices:
        st.session_state[key] = next(c.version for c in choices.values() if c.in_force)
    version: str = st.selectbox(
        "What thresholds compare",
        list(choices),
        key=key,
        format_func=lambda v: f"{choices[v].title}{', in force' if choices[v].in_force else ''}",
        persist_state="session",
        help="A score is what the scorer answers. A probability also looks at how a page stands among the other pages "
        "of its case.",
    )
    return version


def labels_line(material: Material) -> str:
    """What the labels are, in one line of Markdown."""
    counts, labelled = material.counts, sum(1 for case in material.cases if (case.truth >= 0).any())
    total = sum(counts.verdicts.values())
    said = ", ".join(f"{counts.verdicts[v]:,} {_VERDICTS[v]}" for v in VERDICTS if counts.verdicts.get(v))
    parts = [
        f"**{total:,} labels** of {many(labelled, 'case')} by {many(counts.reviewers, 'reviewer')}: {said}",
        f"{counts.known:,} with a known chance of being drawn",
    ]
    if spoken := _agreement(material):
        parts.append(spoken)
    if counts.other_wording:
        parts.append(f"{counts.other_wording:,} left out: their criterion was reworded since")
    if len(material.certifying) < len(material.cases):
        parts.append(
            f"{len(material.cases) - len(material.certifying)} cases made these probabilities, so "
            f"{many(len(material.certifying), 'other case')} can certify a threshold"
        )
    return " · ".join(parts)


def _agreement(material: Material) -> str:
    found = material.agreement
    if found.observed is None:
        return ""
    told = found.kappa is not None and found.n >= _ENOUGH_FOR_KAPPA
    kappa = f", kappa {found.kappa:.2f}" if told else ""
    return f"two reviewers agree on {percent(found.observed)} of {many(found.n, 'page')}{kappa}"
