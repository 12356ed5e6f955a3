"""A record of the present -> the record of what was signed, with all that differs said. Pure.

What a person signed is kept with the step, as `core.signed` writes it. The store refuses changes of a case that is
signed off, so as a rule nothing differs but the certificate, the rule, or documents that came later; what does is never
hidden.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.domain import Citation, PageRef
from core.record import (
    CaseRecord,
    Looked,
    LookedAt,
    PageAt,
    RecordCitation,
    RecordCriterion,
    RecordDecision,
    RecordNode,
    UnreadPage,
)
from core.record_building import placed
from core.signed import FORMAT
from core.turnaround import Turnaround

UNREADABLE = "What was signed is kept in a form that cannot be read here, so the present is shown."

Signed = Mapping[str, Any]


def as_signed(present: CaseRecord) -> CaseRecord:
    """What was signed in the place of what is; a draft stays as it is."""
    if present.signed is None:
        return present
    try:
        signed = json.loads(present.signed.record)
        if signed["format"] != FORMAT:
            return replace(present, differs=(UNREADABLE,))
        return _as_signed(present, signed)
    except (ValueError, KeyError, TypeError):
        return replace(present, differs=(UNREADABLE,))


def _as_signed(present: CaseRecord, signed: Signed) -> CaseRecord:
    criteria = tuple(_criteria(present, signed))
    return replace(
        present,
        clock=_clock(present.clock, signed, present.made_at),
        criteria=criteria,
        nodes=tuple(_nodes(present, signed)),
        looked=tuple(_looked(entry) for entry in signed["evidence_opened"]),
        unread=tuple(_unread(present, signed)),
        known=tuple(signed["known_when_signed"]),
        ai=signed["ai"],
        differs=tuple(_differs(present, signed, criteria)),
    )


# -- what was signed


def signed_clock(now: Turnaround, record: str, *, at: datetime) -> Turnaround:
    """`now`, the clock of a signed case at `at`, as it stood when `record` was signed.

    It has stood still since, and the time allowed may have changed. Where the record cannot be read it is as it is now.
    """
    try:
        return _clock(now, json.loads(record), at)
    except (ValueError, KeyError, TypeError):
        return now


def _clock(now: Turnaround, signed: Signed, at: datetime) -> Turnaround:
    signed_at = datetime.fromisoformat(signed["step"]["at"])
    if "clock" not in signed:  # signed before the clock was part of the record
        return replace(now, due_at=signed_at + now.left, stood=now.stood - (at - signed_at))
    then = signed["clock"]
    left = timedelta(seconds=then["seconds_left"])
    return replace(
        now,
        urgency=then["urgency"],
        received_at=datetime.fromisoformat(then["received_at"]),
        due_at=datetime.fromisoformat(then["due_at"]),
        overdue=left < timedelta(0),
        left=left,
        stood=timedelta(seconds=then["seconds_stood"]),
    )


def _criteria(present: CaseRecord, signed: Signed) -> Iterable[RecordCriterion]:
    decisions = {entry["criterion"]: entry for entry in signed["decisions"]}
    known = {citation.at.ref: citation.at for citation in present.citations()}
    names = {entry["sha256"]: entry["name"] for entry in signed["documents"]}
    number = 0
    for entry in present.criteria:
        said = decisions.get(entry.criterion.id)
        citations = []
        for one, place in _cited(said) if said else _standing(entry):
            number += 1
            name = names.get(one.page.document, one.page.document[:12])
            at = known.get(one.page, PageAt(one.page, name, place, one.label))
            at = replace(at, place=place, label=one.label or at.label)
            citations.append(RecordCitation(number, entry.criterion.id, at, one.quote, one.boxes))
        decision = _decision(said, entry.decision) if said else None
        yield replace(entry, decision=decision, citations=tuple(citations))


def _cited(said: Signed) -> Iterable[tuple[Citation, int | None]]:
    places = {}
    found = []
    for c in said["citations"]:
        page = PageRef(c["document"], c["page"])
        places[page] = c["in_case"]
        found.append(Citation(page, c["label"], c["quote"], tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in c["boxes"])))
    return [(citation, places[citation.page]) for citation in placed(found)]


def _standing(entry: RecordCriterion) -> Iterable[tuple[Citation, int | None]]:
    """Of a criterion that nobody had decided: what is cited for it was not part of what was signed, and is shown."""
    return [(Citation(c.at.ref, c.at.label, c.quote, c.boxes), c.at.place) for c in entry.citations]


def _decision(said: Signed, now: RecordDecision | None) -> RecordDecision:
    return RecordDecision(
        said["outcome"],
        said["rationale"],
        said["by"],
        datetime.fromisoformat(said["at"]),
        now.changes if now else 0,
        said["id"],
        said["reading"],
    )


def _nodes(present: CaseRecord, signed: Signed) -> Iterable[RecordNode]:
    states = {tuple(entry["path"]): entry["state"] for entry in signed["criteria"]["logic_states"]}
    for node in present.nodes:
        yield replace(node, state=states[node.line.path])


def _looked(entry: Signed) -> Looked:
    places = sorted({page["in_case"] for page in entry["opened"]} - {None})
    return Looked(
        entry["person"],
        tuple(places),
        sum(page["in_case"] is None for page in entry["opened"]),
        entry["openings"],
        entry["active_seconds"],
        datetime.fromisoformat(entry["first_at"]),
        datetime.fromisoformat(entry["last_at"]),
    )


def _unread(present: CaseRecord, signed: Signed) -> Iterable[UnreadPage]:
    known = {page.at.ref: page for page in present.unread}
    names = {entry["sha256"]: entry["name"] for entry in signed["documents"]}
    for entry in signed["unread_pages"]:
        ref = PageRef(entry["document"], entry["page"])
        now = known.get(ref)
        at = now.at if now else PageAt(ref, names.get(ref.document, ref.document[:12]), entry["in_case"], "")
        problem = now.problem if now else "It could not be read when the case was signed off; it can be now."
        looked = tuple(LookedAt(s["by"], datetime.fromisoformat(s["at"]), s["note"]) for s in entry["looked_at"])
        yield UnreadPage(at, problem, now.not_read_yet if now else False, looked)


# -- what differs


def _differs(present: CaseRecord, signed: Signed, criteria: Sequence[RecordCriterion]) -> Iterable[str]:
    yield from _packet(present, signed)
    changed = [
        then.criterion.id
        for now, then in zip(present.criteria, criteria, strict=True)
        if _said(now.decision) != _said(then.decision)
    ]
    if changed:
        yield f"The decisions on {', '.join(changed)} are others now: the store should not let that happen."
    if signed["criteria"]["digest"] != present.criteria_set.digest:
        yield "The criteria list is another one now."
    made = present.versions
    if signed["scorer"]["fingerprint"] != made.scorer.fingerprint:
        yield f"Pages were ranked by {signed['scorer']['model']} then; the case shows another scorer now. {_NOW}"
    elif signed["recalibration"] != made.recalibration:
        yield f"Scores were recalibrated by another version then. {_NOW}"
    if signed["rule"] != made.rule:
        yield f"The rule was “{signed['rule']}” then, and is “{made.rule}” now. {_NOW}"
    then = signed["certificate"] or {}
    if bool(then.get("holds")) != bool(made.certificate):
        promise = f"The threshold in force {then['promise']}" if then.get("holds") else "No promise was in force"
        yield f"{promise} then; that has changed since."


_NOW = "What the tool found is shown as it is now."


def _packet(present: CaseRecord, signed: Signed) -> Iterable[str]:
    then = {d["sha256"]: d["replaced_by"] for d in signed["documents"]}
    came = [d.name for d in present.documents if d.document not in then]
    went = [d.name for d in present.documents if d.replaced_by and then.get(d.document) == ""]
    if came:
        yield f"Came into the packet since: {', '.join(came)}."
    if went:
        yield f"Replaced since: {', '.join(went)}."


def _said(decision: RecordDecision | None) -> tuple[str, str, str] | None:
    return (decision.outcome, decision.rationale, decision.reviewer) if decision else None
