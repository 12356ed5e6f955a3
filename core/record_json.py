"""A record as JSON, for programs and for the archive. Equal records give equal text.

JSON (`record_json`), every key always present, null for what is not known or does not apply. Times are ISO 8601 in UTC.

    schema      "chartsieve.case-record/1"
    notice      that a machine took part and in what; whether this is a draft
    draft       true: nobody has signed the case off, and what stands here may still change
    known       what was known to be open or odd when it was signed, as sentences
    differs     how the present differs from what was signed, as sentences
    made        by, at, program (version of Chartsieve)
    case        id, name, created_by, created_at, status (in_review, pended, referred, approved, approved_in_part,
                denied, withdrawn), pages
    signed      null for a draft, else {step (id), kind, by, role, at, reason, detail, record: what was signed, as the
                step keeps it}
    clock       urgency, received_at, due_at, paused, stopped, overdue, seconds_left, seconds_stood; at made.at, for a
                signed case when it was signed off
    criteria_set  name, version, digest, source (canonical address of the questionnaire), logic (as core.logic has it)
    documents   [{document (SHA-256), name, pages, added_by, added_at, replaced_by}]
    machine     scorer {name, model, revision, transform, scope, fingerprint, sends_text_to}, recalibration, rule,
                rule_words, certificate: what is promised, uncertified: why nothing is
    criteria    [{id, link, question, instruction, group, evidence, asked, decision, second, citations, flagged, note}]
                evidence is the tool's: found, weak, none_found, could_not_read, not_scored. decision and second (that
                of a blind second review): {outcome, rationale, reviewer, at, changes, id, reading}; null is undecided,
                never "not met". citations: [{number, document, document_name, page, place, label, turn, quote, boxes}];
                place is the 1-based position in the case, null where the page is there no more; boxes are fractions
                (x0, y0, x1, y1) of the page as its file displays it, before it is turned clockwise by `turn` degrees
    logic       [{path, depth, words, title, lead, criterion, state}]; empty where the list has none
    steps       [{id, kind, by, role, at, reason, detail}], oldest first
    opened      [{reviewer, places, pages, gone, openings, seconds, first_at, last_at}]
    unread      [{document, document_name, page, place, label, problem, not_read_yet, looked: [{reviewer, at, note}]}]
    audit       newest, newest_id, broken (first entry that does not verify), verifies,
                entries: [{id, at, actor, action, hash}]
"""

import json
from datetime import UTC, datetime
from typing import Any

from core.casefile import Step
from core.domain import ScorerInfo
from core.logic import to_data
from core.record import DRAFT, CaseRecord, PageAt, RecordCriterion, RecordDecision

SCHEMA = "chartsieve.case-record/1"


def record_json(record: CaseRecord) -> str:
    """The record as JSON; the schema stands at the head of this module."""
    return json.dumps(_content(record), ensure_ascii=False, indent=1) + "\n"


def _content(record: CaseRecord) -> dict[str, Any]:
    criteria = record.criteria_set
    return {
        "schema": SCHEMA,
        "notice": f"{record.ai} {DRAFT}." if record.draft else record.ai,
        "draft": record.draft,
        "known": list(record.known),
        "differs": list(record.differs),
        "made": {"by": record.made_by, "at": _time(record.made_at), "program": record.versions.program},
        "case": {
            "id": record.case,
            "name": record.name,
            "created_by": record.created_by,
            "created_at": _time(record.created_at),
            "status": record.status,
            "pages": record.pages,
        },
        "signed": _signed(record.signed) if record.signed else None,
        "clock": _clock(record),
        "criteria_set": {
            "name": criteria.name,
            "version": criteria.version,
            "digest": criteria.digest,
            "source": record.source or None,
            "logic": to_data(criteria.root) if criteria.root else None,
        },
        "documents": [
            {
                "document": d.document,
                "name": d.name,
                "pages": d.pages,
                "added_by": d.added_by,
                "added_at": _time(d.added_at),
                "replaced_by": d.replaced_by or None,
            }
            for d in record.documents
        ],
        "machine": _machine(record),
        "criteria": [_criterion(entry) for entry in record.criteria],
        "logic": _logic(record),
        "steps": [_step(step) for step in record.steps],
        "opened": _opened(record),
        "unread": _unread(record),
        "audit": _audit(record),
    }


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "kind": step.kind,
        "by": step.by,
        "role": step.role,
        "at": _time(step.at),
        "reason": step.reason,
        "detail": dict(step.detail),
    }


def _signed(step: Step) -> dict[str, Any]:
    flat = _step(step)
    return {"step": flat.pop("id"), **flat, "record": json.loads(step.record) if step.record else None}


def _clock(record: CaseRecord) -> dict[str, Any]:
    now = record.clock
    return {
        "urgency": now.urgency,
        "received_at": _time(now.received_at),
        "due_at": _time(now.due_at),
        "paused": now.paused,
        "stopped": now.stopped,
        "overdue": now.overdue,
        "seconds_left": now.left.total_seconds(),
        "seconds_stood": now.stood.total_seconds(),
    }


def _machine(record: CaseRecord) -> dict[str, Any]:
    made = record.versions
    return {
        "scorer": _scorer(made.scorer),
        "recalibration": made.recalibration or None,
        "rule": made.rule,
        "rule_words": made.rule_words,
        "certificate": made.certificate or None,
        "uncertified": made.uncertified or None,
    }


def _scorer(info: ScorerInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "model": info.model,
        "revision": info.revision,
        "transform": info.transform,
        "scope": info.scope,
        "fingerprint": info.fingerprint,
        "sends_text_to": info.sends_text_to,
    }


def _criterion(entry: RecordCriterion) -> dict[str, Any]:
    criterion = entry.criterion
    return {
        "id": criterion.id,
        "link": entry.link,
        "question": criterion.question,
        "instruction": criterion.instruction,
        "group": criterion.group,
        "evidence": entry.evidence,
        "asked": entry.asked,
        "decision": _decision(entry.decision),
        "second": _decision(entry.second),
        "citations": [
            {"number": c.number, **_at(c.at), "turn": c.at.turn, "quote": c.quote, "boxes": [list(b) for b in c.boxes]}
            for c in entry.citations
        ],
        "flagged": entry.flagged,
        "note": entry.note,
    }


def _decision(decision: RecordDecision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "outcome": decision.outcome,
        "rationale": decision.rationale,
        "reviewer": decision.reviewer,
        "at": _time(decision.at),
        "changes": decision.changes,
        "id": decision.id,
        "reading": decision.reading,
    }


def _at(at: PageAt) -> dict[str, Any]:
    return {
        "document": at.ref.document,
        "document_name": at.document_name,
        "page": at.ref.number,
        "place": at.place,
        "label": at.label,
    }


def _logic(record: CaseRecord) -> list[dict[str, Any]]:
    return [
        {
            "path": list(node.line.path),
            "depth": node.line.depth,
            "words": node.line.words,
            "title": node.line.title,
            "lead": node.line.lead,
            "criterion": node.line.criterion or None,
            "state": node.state,
        }
        for node in record.nodes
    ]


def _opened(record: CaseRecord) -> list[dict[str, Any]]:
    return [
        {
            "reviewer": look.reviewer,
            "places": list(look.places),
            "pages": look.pages,
            "gone": look.gone,
            "openings": look.openings,
            "seconds": round(look.seconds, 1),
            "first_at": _time(look.first_at),
            "last_at": _time(look.last_at),
        }
        for look in record.looked
    ]


def _unread(record: CaseRecord) -> list[dict[str, Any]]:
    return [
        {
            **_at(page.at),
            "problem": page.problem,
            "not_read_yet": page.not_read_yet,
            "looked": [{"reviewer": one.reviewer, "at": _time(one.at), "note": one.note} for one in page.looked],
        }
        for page in record.unread
    ]


def _audit(record: CaseRecord) -> dict[str, Any]:
    audit = record.audit
    return {
        "newest": audit.newest,
        "newest_id": audit.newest_id,
        "broken": audit.broken,
        "verifies": audit.broken is None,
        "entries": [
            {"id": line.id, "at": _time(line.at), "actor": line.actor, "action": line.action, "hash": line.hash}
            for line in audit.lines
        ],
    }
