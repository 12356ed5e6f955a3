"""What the store knows of a case -> its record as things stand. Pure: the present is passed in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.basis import Basis
from core.casefile import Cited, Remark, Viewed
from core.domain import CaseDocument, Citation, Criterion, Decision, Evidence, Page, PageRef
from core.logic import not_asked, outline, states
from core.record import (
    Audit,
    CaseRecord,
    Looked,
    LookedAt,
    PageAt,
    RecordCitation,
    RecordCriterion,
    RecordDecision,
    RecordDocument,
    RecordNode,
    UnreadPage,
    Versions,
)
from core.second_review import BOTH_COMPLETE
from core.signed import ai_used
from core.turnaround import Terms, turnaround


@dataclass(frozen=True, slots=True)
class Sources:
    """All that a record is made from."""

    basis: Basis
    pages: Sequence[Page]
    """Of the documents in force, in the order of the case."""
    gone: Mapping[PageRef, Page]
    """Cited pages of replaced documents, as far as they are known."""
    names: Mapping[str, str]
    """SHA-256 of a document in force -> its name in the case."""
    turns: Mapping[PageRef, int]
    """Clockwise turn in degrees, on top of `Page.turn`, that people gave a page."""
    evidence: Mapping[str, Evidence]
    """By criterion."""
    changes: Mapping[str, int]
    """How often the outcome on a criterion was changed in the first review."""
    remarks: Mapping[str, Remark]
    terms: Terms
    versions: Versions
    audit: Audit


def build_record(known: Sources, *, made_by: str, made_at: datetime) -> CaseRecord:
    """The record as of `made_at`, whatever was signed: `core.record_signed` puts that in its place."""
    basis, case = known.basis, known.basis.case
    standing = basis.state
    chart = _Chart(known)
    return CaseRecord(
        case=case.id,
        name=case.name,
        created_by=case.created_by,
        created_at=case.created_at,
        criteria_set=case.criteria,
        source=case.criteria.source,
        documents=tuple(_document(d) for d in (*case.documents, *case.replaced)),
        pages=len(known.pages),
        versions=known.versions,
        status=standing.status,
        clock=turnaround(basis.steps, known.terms, created_at=case.created_at, now=made_at),
        steps=basis.steps,
        signed=standing.step if standing.signed_off else None,
        known=(),
        differs=(),
        ai=ai_used(case.scorer),
        criteria=tuple(_criteria(known, chart)),
        nodes=tuple(_nodes(basis)),
        looked=tuple(_looked(basis)),
        unread=tuple(_unread(known, chart)),
        audit=known.audit,
        made_by=made_by,
        made_at=made_at,
    )


class _Chart:
    """Where pages stand."""

    def __init__(self, known: Sources) -> None:
        self.known = known
        self.by_ref = {page.ref: page for page in known.pages}

    def at(self, ref: PageRef, label: str = "") -> PageAt:
        known, now = self.known, self.known.basis.now_at(ref)
        page = self.by_ref.get(ref) or known.gone.get(ref)
        turn = ((page.turn if page else 0) + known.turns.get(ref, 0)) % 360
        place = known.basis.numbers[now] if now else None
        return PageAt(ref, self.name(ref.document), place, label or (page.label if page else ""), turn)

    def name(self, document: str) -> str:
        if document in self.known.names:
            return self.known.names[document]
        try:
            return self.known.basis.case.document(document).name
        except KeyError:
            return document[:12]


def _document(document: CaseDocument) -> RecordDocument:
    return RecordDocument(
        document.document, document.name, document.pages, document.added_by, document.added_at, document.replaced_by
    )


def _criteria(known: Sources, chart: _Chart) -> Iterable[RecordCriterion]:
    basis, root = known.basis, known.basis.case.criteria.root
    unasked = not_asked(root, basis.outcomes) if root is not None else frozenset()
    # Nobody reads one review before both are complete: it would no longer be independent of the other.
    seconds = basis.readings.second if basis.second_state in BOTH_COMPLETE else {}
    number = 0
    for criterion in basis.case.criteria:
        decision, second = basis.decisions.get(criterion.id), seconds.get(criterion.id)
        citations = []
        for citation in cited_for(criterion, decision, basis.cited):
            number += 1
            at = chart.at(citation.page, citation.label)
            citations.append(RecordCitation(number, criterion.id, at, citation.quote, citation.boxes))
        remark = known.remarks.get(criterion.id)
        yield RecordCriterion(
            criterion,
            criterion.link or criterion.id,
            known.evidence[criterion.id],
            _decision(decision, known.changes.get(criterion.id, 0)) if decision else None,
            _decision(second, 0) if second else None,
            criterion.id not in unasked,
            tuple(citations),
            bool(remark and remark.flagged),
            remark.note if remark else "",
        )


def cited_for(criterion: Criterion, decision: Decision | None, cited: Sequence[Cited]) -> list[Citation]:
    """What the decision cites, then what is cited besides, once each."""
    own = [one.citation for one in cited if one.criterion == criterion.id]
    return placed([*(decision.citations if decision else ()), *own])


def placed(citations: Iterable[Citation]) -> list[Citation]:
    """Without repeats; a page that is cited with a place or a quotation is not cited as a whole as well."""
    found = list(dict.fromkeys(citations))
    exact = {citation.page for citation in found if citation.boxes or citation.quote}
    return [c for c in found if c.boxes or c.quote or c.page not in exact]


def _decision(decision: Decision, changes: int) -> RecordDecision:
    return RecordDecision(
        decision.outcome,
        decision.rationale,
        decision.reviewer,
        decision.at,
        changes,
        decision.id,
        decision.reading,
    )


def _nodes(basis: Basis) -> Iterable[RecordNode]:
    root = basis.case.criteria.root
    if root is None:
        return
    found = states(root, basis.outcomes)
    for line in outline(root):
        yield RecordNode(line, found[line.path])


def _looked(basis: Basis) -> Iterable[Looked]:
    """By name."""
    by: dict[str, list[Viewed]] = defaultdict(list)
    for view in basis.viewed:
        by[view.reviewer].append(view)
    for reviewer, views in sorted(by.items()):
        here = basis.opened(reviewer)
        yield Looked(
            reviewer,
            tuple(sorted(basis.numbers[page] for page in here)),
            len({view.page for view in views if basis.now_at(view.page) is None}),
            sum(view.opened for view in views),
            sum(view.seconds for view in views),
            min(view.first_at for view in views),
            max(view.last_at for view in views),
        )


def _unread(known: Sources, chart: _Chart) -> Iterable[UnreadPage]:
    looked: dict[PageRef, list[LookedAt]] = defaultdict(list)
    for sighting in known.basis.sightings:
        looked[sighting.page].append(LookedAt(sighting.reviewer, sighting.at, sighting.note))
    for page in known.pages:
        if not page.readable:
            waiting = page.ref in known.basis.waiting
            yield UnreadPage(chart.at(page.ref), page.problem, waiting, tuple(looked[page.ref]))
