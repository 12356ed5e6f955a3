"""What is signed with a step that ends a case: a snapshot as JSON that can be read without the program. Pure.

Pages are given by the SHA-256 of their document and their number in it, and by their number in the case where they are
in force. Times are in UTC.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from core.basis import Basis
from core.casefile import Role, StepKind, Viewed
from core.determination import warnings
from core.domain import Citation, Decision, PageRef, ScorerInfo
from core.logic import states, to_text
from core.standing import promise
from core.turnaround import Terms, turnaround

FORMAT = 1
"""Counts up when a name in the record changes its meaning."""

Json = Mapping[str, object]


def signed_record(basis: Basis, kind: StepKind, *, by: str, role: Role, at: datetime, terms: Terms) -> str:
    """The record of a step that signs `basis` off at `at`. Equal readings give equal text."""
    return json.dumps(_record(basis, kind, by, role, at, terms), ensure_ascii=False, sort_keys=True)


def ai_used(info: ScorerInfo) -> str:
    """That a machine took part, and in what."""
    where = f", run by {info.sends_text_to}" if info.sends_text_to else ", run on this machine"
    return (
        f"AI was used: a machine ({info.model}{where}) scored the pages to find evidence. "
        "It proposed no decision and no determination; both were made by the people named."
    )


def _record(basis: Basis, kind: StepKind, by: str, role: Role, at: datetime, terms: Terms) -> Json:
    case = basis.case
    facts = basis.facts(by)
    return {
        "format": FORMAT,
        "step": {"kind": kind, "by": by, "role": role, "at": _time(at)},
        "clock": _clock(basis, at, terms),
        "case": {"id": case.id, "name": case.name, "created_by": case.created_by, "created_at": _time(case.created_at)},
        "criteria": _criteria(basis),
        "rolled_up": basis.rolled,
        "rolled_up_words": facts.sentence,
        "decisions": [_decision(basis, decision) for decision in _in_order(basis, basis.decisions)],
        "undecided": list(facts.undecided),
        "second_review": _second(basis),
        "documents": [
            {"sha256": d.document, "name": d.name, "pages": d.pages, "replaced_by": d.replaced_by}
            for d in (*case.documents, *case.replaced)
        ],
        "scorer": _scorer(basis.scorer),
        "recalibration": basis.recalibration,
        "rule": str(basis.in_force.rule),
        "certificate": _certificate(basis),
        "missing_answers": basis.gaps,
        "missing_fax_pages": basis.missing,
        "evidence_opened": _opened(basis),
        "unread_pages": _unread(basis),
        "known_when_signed": [warning.why for warning in warnings(kind, basis.state, facts)],
        "ai": ai_used(basis.scorer),
    }


def _clock(basis: Basis, at: datetime, terms: Terms) -> Json:
    """With the time that was allowed then: what is set up may be changed later."""
    now = turnaround(basis.steps, terms, created_at=basis.case.created_at, now=at)
    return {
        "urgency": now.urgency,
        "received_at": _time(now.received_at),
        "allowed_seconds": terms.allowed(now.urgency).total_seconds(),
        "due_at": _time(now.due_at),
        "seconds_left": now.left.total_seconds(),
        "seconds_stood": now.stood.total_seconds(),
    }


def _criteria(basis: Basis) -> Json:
    criteria, root = basis.case.criteria, basis.case.criteria.root
    parts = states(root, basis.outcomes) if root is not None else {}
    return {
        "name": criteria.name,
        "version": criteria.version,
        "digest": criteria.digest,
        "source": criteria.source,
        "logic": to_text(root) if root is not None else None,
        "logic_states": [{"path": list(path), "state": state} for path, state in parts.items()],
        "count": len(criteria),
        "counted": [c.criterion for c in basis.counted],
    }


def _in_order(basis: Basis, decisions: Mapping[str, Decision]) -> Iterable[Decision]:
    return (decisions[c.id] for c in basis.case.criteria if c.id in decisions)


def _decision(basis: Basis, decision: Decision) -> Json:
    """With everything that is cited for the criterion, once each."""
    criterion = basis.case.criteria[decision.criterion]
    besides = [c.citation for c in basis.cited if c.criterion == criterion.id]
    cited = dict.fromkeys((*decision.citations, *besides))
    return {
        "id": decision.id,
        "criterion": criterion.id,
        "question": criterion.question,
        "outcome": decision.outcome,
        "rationale": decision.rationale,
        "by": decision.reviewer,
        "at": _time(decision.at),
        "reading": decision.reading,
        "citations": [_citation(basis, citation) for citation in cited],
    }


def _citation(basis: Basis, citation: Citation) -> Json:
    return {
        **_page(basis, citation.page),
        "label": citation.label,
        "quote": citation.quote,
        "boxes": [list(box) for box in citation.boxes],
    }


def _page(basis: Basis, page: PageRef) -> dict[str, object]:
    """`in_case` is None for a page that is no longer in the packet."""
    here = basis.now_at(page)
    return {"document": page.document, "page": page.number, "in_case": basis.numbers[here] if here else None}


def _second(basis: Basis) -> Json | None:
    readings = basis.readings
    if not (basis.second_by or readings.second):
        return None
    return {
        "ordered_of": basis.second_by,
        "decisions": [
            {"id": d.id, "criterion": d.criterion, "outcome": d.outcome, "by": d.reviewer, "at": _time(d.at)}
            for d in _in_order(basis, readings.second)
        ],
        "settled": [d.criterion for d in _in_order(basis, readings.final)],
    }


def _scorer(info: ScorerInfo) -> Json:
    return {
        "name": info.name,
        "model": info.model,
        "revision": info.revision,
        "transform": info.transform,
        "fingerprint": info.fingerprint,
        "sends_text_to": info.sends_text_to,
    }


def _certificate(basis: Basis) -> Json | None:
    """The one published for the scores of the case, and whether its promise held for the case when it was signed."""
    standing = basis.in_force
    certificate = standing.certificate
    if certificate is None:
        return None
    return {
        "id": certificate.id,
        "promise": promise(certificate),
        "followed": standing.origin == "certificate",
        "holds": standing.certified,
        "suspended": standing.suspended,
    }


def _opened(basis: Basis) -> list[Json]:
    """What each person had opened, by name; part of the record of the case, no measure of anybody's work."""
    by: dict[str, list[Viewed]] = defaultdict(list)
    for viewed in basis.viewed:
        by[viewed.reviewer].append(viewed)
    return [
        {
            "person": person,
            "pages": len(basis.opened(person)),
            "of": len(basis.pages),
            "openings": sum(v.opened for v in views),
            "active_seconds": round(sum(v.seconds for v in views), 1),
            "first_at": _time(min(v.first_at for v in views)),
            "last_at": _time(max(v.last_at for v in views)),
            "opened": [
                {**_page(basis, v.page), "openings": v.opened, "active_seconds": round(v.seconds, 1)}
                for v in sorted(views, key=lambda v: (basis.numbers.get(v.page, len(basis.pages) + 1), v.page))
            ],
        }
        for person, views in sorted(by.items())
    ]


def _unread(basis: Basis) -> list[Json]:
    """Pages that nothing could read, with everybody who looked at them."""
    return [
        {
            **_page(basis, page),
            "looked_at": [
                {"by": s.reviewer, "at": _time(s.at), "note": s.note} for s in basis.sightings if s.page == page
            ],
        }
        for page in basis.pages
        if page in basis.unread or page in basis.waiting
    ]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
