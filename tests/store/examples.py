"""Small values that the tests of the database share."""

from collections.abc import Sequence
from datetime import UTC, datetime

from core.casefile import Assignment, Cited, Hold, Pin, Reading, Remark, Step, StepKind
from core.domain import (
    CaseDocument,
    Citation,
    CriteriaSet,
    Criterion,
    Decision,
    DecisionOutcome,
    Label,
    Page,
    PageRef,
    ScorerInfo,
    Sighting,
    Verdict,
    Word,
)
from core.rounds import Drawn, Round, RoundPlan
from core.store import Store

DOCUMENT = "a" * 64
OTHER = "b" * 64
NOON = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=UTC)

EMBEDDED = ScorerInfo(
    "embedded",
    "chartsieve-lexical",
    "1",
    "weighted share of the question's words covered by the best passage (60 %) and the page (40 %)",
    note="A baseline that matches words and their relatives, not meaning; use zerank-2 for work in earnest.",
)
"""The only scorer of the first version."""
HOSTED = ScorerInfo("zerank", "zerank-2", "2026-07", "as given", sends_text_to="models.example", note="By meaning.")
"""Sends text away."""

GREW_SINCE_THE_FOURTH = (
    "SELECT id, case_id, criterion, outcome, rationale, citations, reviewer, at FROM decisions ORDER BY 1",
    "SELECT id, name, version, digest, created_by, created_at FROM criteria_sets ORDER BY 1",
    "SELECT set_id, position, criterion, question, instruction, heading FROM criteria ORDER BY 1, 2",
)
"""What the fourth version, and those before it, stored in tables that have more columns now."""


def page(number: int, document: str = DOCUMENT) -> Page:
    text = f"page {number}\nstands here"
    words = tuple(Word(w, (0.1 * i, 0.1, 0.1 * i + 0.05, 1 / 3)) for i, w in enumerate(text.split()))
    return Page(PageRef(document, number), text, words, label=f"{number} of 3", rotation=90, width=792.0, height=612.0)


def criteria(*questions: str, name: str = "Knee MRI") -> CriteriaSet:
    asked = questions or ("Is there knee pain?", "Did physical therapy fail?")
    return CriteriaSet(name, tuple(Criterion(f"c{i}", q, "Look twice.", "History") for i, q in enumerate(asked, 1)))


def add_case(store: Store, *, name: str = "Case one", document: str = DOCUMENT, scorer: ScorerInfo = EMBEDDED) -> int:
    store.add_document(document, size=1000, pages=[page(n, document) for n in (1, 2, 3)])
    return store.create_case(
        name,
        criteria=criteria(),
        documents=[CaseDocument(document, "chart.pdf", 3)],
        scorer=scorer,
        rule="threshold 0.5",
        by="Ann",
    )


def decision(
    outcome: DecisionOutcome = "met", *, by: str = "Ann", rationale: str = "See the note.", criterion: str = "c1"
) -> Decision:
    cited = Citation(PageRef(DOCUMENT, 2), "2 of 3", "stands here", ((0.1, 0.2, 0.3, 1 / 3),))
    return Decision(criterion, outcome, rationale, by, NOON, (cited,))


def label(verdict: Verdict = "relevant", *, by: str = "Ann", number: int = 1, note: str = "") -> Label:
    return Label(
        page=PageRef(DOCUMENT, number),
        criterion="c1",
        verdict=verdict,
        reviewer=by,
        at=NOON,
        arm="audit",
        inclusion_probability=0.1,
        blind=True,
        fingerprint="0123456789abcdef",
        recalibration="01234567",
        score=1 / 3,
        probability=0.25,
        threshold=0.5,
        seed=2**40,
        note=note,
    )


def sighting(note: str = "A fax of a form.", *, by: str = "Ann", number: int = 2) -> Sighting:
    return Sighting(PageRef(DOCUMENT, number), by, NOON, note)


def drawn(case: int, number: int, criterion: str = "c1", *, document: str = DOCUMENT, twice: bool = False) -> Drawn:
    return Drawn(case, PageRef(document, number), criterion, "audit", 0.1, twice, 1 / 3, 0.25)


def round_of(case: int) -> Round:
    return Round(
        2**40,
        EMBEDDED.fingerprint,
        "01234567",
        "probability>=0.5 & top10",
        "Knee MRI",
        RoundPlan(),
        (case,),
        ("f" * 64,),
        "Ann",
        NOON,
    )


def add_round(store: Store, case: int, pages: Sequence[int], *, twice: bool = False) -> Round:
    """A round of these pages for the first criterion."""
    return store.rounds.add(round_of(case), [drawn(case, number, twice=twice) for number in pages])


def step(kind: StepKind = "approve", *, by: str = "Ann", reason: str = "All criteria are met.") -> Step:
    return Step(kind, by, "reviewer", NOON, reason, {"what": "The operation report"}, record='{"signed": []}')


def assignment(assignee: str = "Bob", *, by: str = "Ann") -> Assignment:
    return Assignment("review", assignee, by, NOON)


def cited(
    quote: str = "stands here", *, by: str = "Ann", number: int = 2, criterion: str = "c1", reading: Reading = "first"
) -> Cited:
    place = Citation(PageRef(DOCUMENT, number), f"{number} of 3", quote, ((0.1, 0.2, 0.3, 1 / 3),))
    return Cited(criterion, place, by, NOON, reading)


def pin(hold: Hold = "keep", *, by: str = "Ann", number: int = 2, reason: str = "The only X-ray.") -> Pin:
    return Pin("c1", PageRef(DOCUMENT, number), hold, by, NOON, reason)


def remark(
    note: str = "Ask for the arthrogram.", *, flagged: bool = True, criterion: str = "c1", reading: Reading = "first"
) -> Remark:
    return Remark(criterion, flagged, note, "Ann", NOON, reading)
