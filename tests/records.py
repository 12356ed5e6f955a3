"""Records for the tests: a case with everything in it, and with words that would like to be markup."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pymupdf

from core.basis import Basis
from core.casefile import Cited, Remark, Step, Viewed
from core.domain import (
    Box,
    Case,
    CaseDocument,
    Citation,
    CriteriaSet,
    Criterion,
    Decision,
    DecisionOutcome,
    Page,
    PageRef,
    ScorerInfo,
    Sighting,
)
from core.logic import AllOf, AnyOf, Leaf, When
from core.record import Audit, AuditLine, CaseRecord, Versions
from core.record_building import Sources, build_record
from core.record_signed import as_signed
from core.second_review import Readings
from core.selection import Rule
from core.signed import signed_record
from core.standing import InForce
from core.turnaround import Terms

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CHART, OLD, LETTER = "a" * 64, "b" * 64, "c" * 64
NURSE, DOCTOR = "Zoë Müller-Łukasz, RN", "A. Gray, MD"
TERMS = Terms(timedelta(days=7), timedelta(hours=72), timedelta(hours=24))
HOSTILE = "</p><script>alert(1)</script><b>bold</b> & <img src=x>"
SCORER = ScorerInfo("embedded", "lexical and vectors", "1", "sigmoid", None)
BOX: Box = (0.12, 0.2, 0.6, 0.23)


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


CRITERIA = CriteriaSet(
    "Biologics <adult>",
    (
        Criterion(
            "C01", "Is rheumatoid arthritis documented, CRP ≥ 10 mg/L or ESR ≥ 30 mm/h?", "", "Diagnosis", "dx.1"
        ),
        Criterion(
            "C02", "Was methotrexate tried for at least 12 weeks?", "Any dose ≥ 15 mg a week.", "Treatment", "tx.1"
        ),
        Criterion("C03", "Was a second drug tried?", "", "Treatment", "tx.2"),
        Criterion("C04", "If pregnant, was the risk discussed?", "", "Safety", "sf.1"),
        Criterion("C05", "Is tuberculosis excluded?", "", "Safety", "sf.2"),
    ),
    version=3,
    root=AllOf(
        (
            Leaf("C01"),
            AnyOf((Leaf("C02"), Leaf("C03")), "Treatment failed"),
            When(Leaf("C03"), Leaf("C04")),
            Leaf("C05"),
        )
    ),
    source="http://payer.example/Questionnaire/biologics|2.1",
)


def decided(
    criterion: str, outcome: DecisionOutcome, why: str, *citations: Citation, at: float = 5, who: str = NURSE
) -> Decision:
    return Decision(criterion, outcome, why, who, hours(at), citations, id=int(at * 10))


DECISIONS = {
    "C01": decided(
        "C01",
        "met",
        "CRP 24 mg/L (µg: 24,000) on 3 March; seen by Dr. Nguyễn Thị Hòa.\nSecond line: 患者 has RA.",
        Citation(PageRef(CHART, 1), "1 of 60", "C-reactive protein 24 mg/L ≥ 10", (BOX, (0.12, 0.24, 0.4, 0.27))),
        Citation(PageRef(CHART, 3)),
    ),
    "C02": decided("C02", "not_met", HOSTILE, Citation(PageRef(CHART, 1), "1 of 60", HOSTILE, (BOX,)), at=6),
    "C03": decided("C03", "not_met", "No second drug in the chart.", at=7),
    "C05": decided("C05", "insufficient", "The test of 2024 has no result.", at=8, who=DOCTOR),
}
STEPS = (
    Step("urgency", NURSE, "reviewer", hours(1), "", {"urgency": "expedited", "received_at": START.isoformat()}, id=1),
    Step("refer", NURSE, "reviewer", hours(10), "C02 is not met.", {"to": DOCTOR}, id=2),
)
DOCUMENTS = (
    CaseDocument(CHART, "chart <Müller>.pdf", 3, NURSE, START),
    CaseDocument(LETTER, "letter.pdf", 1, NURSE, hours(4)),
)
CASE = Case(
    7,
    "Müller & Søn, biologic <2026>",
    CRITERIA,
    DOCUMENTS,
    SCORER,
    "",
    NURSE,
    START,
    (CaseDocument(OLD, "old chart.pdf", 2, NURSE, START, CHART),),
)
PAGES = (
    Page(PageRef(CHART, 1), "text", label="1 of 60"),
    Page(PageRef(CHART, 2), "", source="none", problem="No text could be read from this scan."),
    Page(PageRef(CHART, 3), "text", label="3 of 60", turn=90),
    Page(PageRef(LETTER, 1), "text"),
)
SECOND = {"C02": decided("C02", "insufficient", "Doses are not given.", at=6, who="B. Second")}
BASIS = Basis(
    case=CASE,
    steps=STEPS,
    decisions=DECISIONS,
    readings=Readings(DECISIONS, SECOND, {}),
    cited=(Cited("C05", Citation(PageRef(OLD, 2), "", "QuantiFERON pending", (BOX,)), NURSE, hours(3), id=1),),
    assigned={},
    pages=tuple(page.ref for page in PAGES),
    unread=frozenset({PageRef(CHART, 2)}),
    waiting=frozenset(),
    sightings=(Sighting(PageRef(CHART, 2), NURSE, hours(3), "A signature, nothing else."),),
    viewed=(
        Viewed(PageRef(CHART, 1), NURSE, 3, 200.0, hours(2), hours(9)),
        Viewed(PageRef(CHART, 2), NURSE, 1, 30.0, hours(2), hours(3)),
        Viewed(PageRef(OLD, 2), NURSE, 1, 12.0, hours(2), hours(2)),
        Viewed(PageRef(CHART, 1), DOCTOR, 1, 61.0, hours(29), hours(29)),
    ),
    moved={},
    nearest={},
    gaps=0,
    missing=0,
    scorer=SCORER,
    recalibration="platt-1",
    in_force=InForce(Rule(0.4), "start", None, ""),
)


def sources(basis: Basis = BASIS) -> Sources:
    """An open case: four pages, one unreadable; one cited page of a replaced document."""
    return Sources(
        basis,
        PAGES,
        {},
        {CHART: "chart <Müller>.pdf", LETTER: "letter.pdf"},
        {},
        {"C01": "found", "C02": "weak", "C03": "none_found", "C04": "not_scored", "C05": "could_not_read"},
        {"C02": 2},
        {"C03": Remark("C03", True, "Ask the pharmacy <today>", NURSE, hours(7))},
        TERMS,
        Versions(
            SCORER, "platt-1", "probability>=0.40", "every page at or above 0.4", "", "None was checked.", "0.1.0"
        ),
        Audit(
            (AuditLine(4, hours(5), NURSE, "decision", "d" * 64), AuditLine(9, hours(30), DOCTOR, "step", "e" * 64)),
            "e" * 64,
            9,
            None,
        ),
    )


def draft() -> CaseRecord:
    return build_record(sources(), made_by=NURSE, made_at=hours(31))


def signed_basis(basis: Basis = BASIS) -> Basis:
    """The physician has denied the case."""
    record = signed_record(basis, "deny", by=DOCTOR, role="physician", at=hours(30), terms=TERMS)
    step = Step("deny", DOCTOR, "physician", hours(30), "Methotrexate was not tried; see C02.", {}, record, id=3)
    return replace(basis, steps=(*STEPS, step))


def signed() -> CaseRecord:
    return as_signed(build_record(sources(signed_basis()), made_by=DOCTOR, made_at=hours(31)))


def picture(ref: PageRef) -> bytes:
    """A page with its number on it, upright or, for the third, on its side."""
    size = (935, 1210) if ref != PageRef(CHART, 3) else (1210, 935)
    with pymupdf.open() as document:
        page = document.new_page(width=size[0], height=size[1])
        for line in range(12):
            page.insert_text(
                (110, 262 + 50 * line), f"File {ref.document[0]}, page {ref.number}, line {line}", fontsize=22
            )
        return io.BytesIO(page.get_pixmap().tobytes("png")).getvalue()
