"""A small case that is about to be determined, for the tests of the rules and of the screen.

Four pages, the third an image that nobody could read; three criteria: A-1, and one of A-2 and A-3.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.casefile import Cited, Step, StepKind
from core.domain import Citation, CriteriaSet, Criterion, DecisionOutcome, PageRef
from core.logic import parse
from core.settings import Settings
from core.workspace import Workspace
from tests.pages.packets import pdf, picture, take_in, text

TRIED = "Methotrexate 20 mg weekly was tried for 14 weeks and stopped because the liver enzymes had tripled."
TEST = "QuantiFERON gold of 3 March was negative for tuberculosis, and the chest radiograph was clear as well."
PARTY = "The garden party is on Saturday because of the weather forecast for the rest of the week."
IDS = ("A-1", "A-2", "A-3")
NURSE, DOCTOR, LEAD = "R. Nurse", "Dr. P. Ohm", "L. Lead"


def criteria(logic: str = "ALL(A-1, ANY(A-2, A-3))") -> CriteriaSet:
    """The list of the case; without `logic` nothing is rolled up."""
    asked = (
        Criterion("A-1", "Has methotrexate been tried?"),
        Criterion("A-2", "Is there a negative test for tuberculosis?"),
        Criterion("A-3", "Was tuberculosis treated?"),
    )
    return CriteriaSet("Biologic", asked, root=parse(logic, IDS) if logic else None)


def make_case(folder: Path, asked: CriteriaSet | None = None) -> int:
    """The case in the data folder `folder`/data, read and scored, with a physician and a lead on record."""
    path = pdf(folder / "packet.pdf", text(TRIED), text(TEST), picture, text(PARTY))
    opened = Workspace.open(Settings(data_dir=folder / "data", ocr=False))
    case = opened.create_case("M. Patient", [take_in(opened, path)], asked or criteria(), by=NURSE)
    opened.jobs.wait(case, 60)
    opened.store.course.set_role(DOCTOR, "physician", by=LEAD)
    opened.store.course.set_role(LEAD, "lead", by=LEAD)
    opened.close()
    return case


def page_of(opened: Workspace, case: int, number: int) -> PageRef:
    return PageRef(opened.store.case(case).documents[0].document, number)


def decide(
    opened: Workspace,
    case: int,
    criterion: str,
    outcome: DecisionOutcome,
    why: str = "As the chart says",
    by: str = NURSE,
) -> None:
    stands = opened.store.decisions(case).get(criterion)
    opened.review.decide(case, criterion, outcome, why, reviewer=by, seen=stands.id if stands else 0)


def cite(opened: Workspace, case: int, criterion: str, number: int, quote: str = "") -> None:
    citation = Citation(page_of(opened, case, number), f"{number} of 4", quote, ((0.1, 0.1, 0.5, 0.2),))
    opened.store.findings.cite(case, Cited(criterion, citation, NURSE, opened.now()))


def look_at_the_image(opened: Workspace, case: int) -> None:
    opened.look_at(case, page_of(opened, case, 3), reviewer=NURSE, note="A signature")


def open_pages(opened: Workspace, case: int, *numbers: int, by: str = DOCTOR) -> None:
    for number in numbers:
        opened.store.findings.opened(case, page_of(opened, case, number), reviewer=by)


def deniable(opened: Workspace, case: int) -> None:
    """Decided so that a physician may deny who opens pages 1 and 2: A-2 is not met, and A-3 neither."""
    look_at_the_image(opened, case)
    cite(opened, case, "A-1", 1, "Methotrexate")
    cite(opened, case, "A-2", 2, "QuantiFERON")
    decide(opened, case, "A-1", "met")
    decide(opened, case, "A-2", "not_met", "The test is too old")
    decide(opened, case, "A-3", "not_met", "No treatment on record")


class Clock:
    """The present, until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def take(opened: Workspace, case: int, kind: StepKind, by: str, reason: str = "Because", **detail: str) -> Step:
    newest = opened.signing.state(case).newest
    return opened.signing.take(case, kind, by=by, reason=reason, detail=detail, seen=newest)


def pend(opened: Workspace, case: int) -> Step:
    due = (opened.now().date() + timedelta(days=5)).isoformat()
    return take(opened, case, "pend", NURSE, "", what="TB test", whom="Dr. Ray", due=due)


def met(opened: Workspace, case: int) -> None:
    look_at_the_image(opened, case)
    decide(opened, case, "A-1", "met")
    decide(opened, case, "A-2", "met")
