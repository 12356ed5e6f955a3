"""The record of a case as the store holds it, and its files: PDF, JSON, FHIR."""

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from core.basis import Basis
from core.chart import Chart
from core.domain import Decision, Page, PageRef
from core.errors import NotAllowed, NotFound
from core.record import Audit, AuditLine, CaseRecord, Versions
from core.record_building import Sources, build_record
from core.record_fhir import record_fhir
from core.record_json import record_json
from core.record_pdf import record_pdf
from core.record_signed import as_signed
from core.standing import InForce, promise

if TYPE_CHECKING:
    from core.workspace import Workspace

Format = Literal["pdf", "json", "fhir"]

DPI = 110
"""Of the cited pages: small print stays readable, and sixty pages stay below some megabytes."""
_NOTHING_CHECKED = "No threshold has been checked on labelled cases for this scorer and these criteria."


class Recording:
    """`Workspace.recording`. Nothing here changes the case."""

    def __init__(self, workspace: "Workspace", clock: Callable[[], datetime]) -> None:
        self._workspace, self._store, self._clock = workspace, workspace.store, clock

    def record(self, case_id: int, *, by: str) -> CaseRecord:
        """The record of the case, made for `by`: what was signed, of an open case what stands now.

        Raises NotFound, and NotAllowed for who reviews the case blind and must not see what the first review came to.
        """
        signing, store = self._workspace.signing, self._store
        basis = signing.basis(case_id)
        if basis.blind(by):
            raise NotAllowed(
                "You review this case a second time, without knowing what the first review came to, and the record "
                "says that. Finish your review first. Nothing was made."
            )
        chart = self._workspace.chart(case_id, basis.scorer.fingerprint)
        pack = chart.pack(basis.case.name, basis.in_force.rule)
        documents = [document.document for document in (*basis.case.documents, *basis.case.replaced)]
        known = Sources(
            basis=basis,
            pages=chart.pages,
            gone=self._gone(basis, chart),
            names=chart.names,
            turns=store.findings.turns(documents),
            evidence={packed.criterion.id: packed.evidence for packed in pack.criteria},
            changes={c: _changes(store.history(case_id, c)) for c in basis.decisions},
            remarks=store.findings.remarks(case_id),
            terms=signing.terms,
            versions=self._versions(basis, chart),
            audit=self._audit(case_id),
        )
        return as_signed(build_record(known, made_by=by, made_at=self._clock()))

    def file(self, case_id: int, form: Format, *, by: str) -> bytes:
        """The record of the case as a file. Raises as `record` and `printed`."""
        return self.printed(self.record(case_id, by=by), form)

    def printed(self, record: CaseRecord, form: Format) -> bytes:
        """The record as a file. Raises RecordNotMade when the PDF cannot be printed."""
        match form:
            case "pdf":
                return self._pdf(record)
            case "json":
                return record_json(record).encode()
            case "fhir":
                return record_fhir(record).encode()

    def _pdf(self, record: CaseRecord) -> bytes:
        """With the cited pages as people read them."""
        turns = {citation.at.ref: citation.at.turn for citation in record.citations()}

        def image_of(ref: PageRef) -> bytes:
            return self._workspace.picture(ref, dpi=DPI, rotate=turns[ref])

        return record_pdf(record, image_of)

    def _gone(self, basis: Basis, chart: Chart) -> dict[PageRef, Page]:
        """Cited pages that are in no document in force."""
        cited = {c.page for decision in basis.decisions.values() for c in decision.citations}
        cited |= {one.citation.page for one in basis.cited}
        found = {}
        for ref in cited - {page.ref for page in chart.pages}:
            try:
                found[ref] = self._store.page(ref)
            except NotFound:
                continue
        return found

    def _versions(self, basis: Basis, chart: Chart) -> Versions:
        certificate, uncertified = self._promise(basis.in_force)
        rule = basis.in_force.rule
        return Versions(
            basis.scorer, chart.recalibration, str(rule), rule.in_words(), certificate, uncertified, _program()
        )

    def _promise(self, now: InForce) -> tuple[str, str]:
        """(what the certificate in force promises, why nothing is promised), one of them ""."""
        found = now.certificate
        if now.certified and found:
            said = f"The threshold in force {promise(found)}. Certified until {found.expires_at:%d %b %Y}."
            if now.partly:
                said += f" The labels behind it speak of {now.covered:,} of the {now.asked:,} criteria of this case."
            if doubt := self._workspace.studio.doubt(found):
                said += f" In doubt: {' '.join(doubt.sentences)}"
            return said, ""
        if now.origin == "hand":
            return "", "A reviewer moved the threshold for this case, so no certificate speaks of it."
        if now.suspended:
            return "", now.suspended
        return "", f"The threshold in force {promise(found)}." if found else _NOTHING_CHECKED

    def _audit(self, case_id: int) -> Audit:
        """The whole log is checked, what speaks of the case is shown."""
        entries = self._store.audit()
        lines = tuple(AuditLine(e.id, e.at, e.actor, e.action, e.hash) for e in entries if e.case == case_id)
        newest = entries[-1] if entries else None
        return Audit(lines, newest.hash if newest else "", newest.id if newest else 0, self._store.verify_audit())


def _changes(history: Sequence[Decision]) -> int:
    """How often the first review came to another outcome. Citing, or the same in other words, is no change of mind."""
    outcomes = [d.outcome for d in history if d.reading == "first" and d.outcome != "withdrawn"]
    return sum(before != after for before, after in pairwise(outcomes))


def _program() -> str:
    try:
        return version("chartsieve")
    except PackageNotFoundError:  # run from its folder
        return "(not installed)"
