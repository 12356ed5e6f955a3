"""Cases with two reviews, for the tests of duties, the queue and agreement: read, and scored by nobody."""

from collections.abc import Mapping

from core.casefile import Duty, Reading
from core.domain import CaseDocument, Citation, CriteriaSet, Criterion, Decision, DecisionOutcome, Page, PageRef
from core.settings import read_settings
from core.workspace import Workspace
from tests.store.examples import EMBEDDED

ADMIN, LEAD, DOCTOR, NURSE, OTHER = "Ada Admin", "L. Lead", "Dr. P. Ohm", "R. Nurse", "B. Ode, RN"
IDS = ("A-1", "A-2", "A-3")
CRITERIA = CriteriaSet("Biologic", tuple(Criterion(i, f"Is {i} documented?") for i in IDS))
DOCUMENT = "d" * 64


def open_workspace() -> Workspace:
    """In the data folder of the test, with somebody in every role."""
    opened = Workspace.open(read_settings())
    course = opened.store.course
    if not course.roles():
        course.set_role(ADMIN, "admin", by=ADMIN)
        course.set_role(LEAD, "lead", by=ADMIN)
        course.set_role(DOCTOR, "physician", by=LEAD)
        opened.store.add_reviewer(NURSE)
        opened.store.add_reviewer(OTHER)
    return opened


def add_case(opened: Workspace, name: str = "Case one", criteria: CriteriaSet = CRITERIA) -> int:
    """A case of three pages that nobody works on."""
    store = opened.store
    pages = [Page(PageRef(DOCUMENT, n), f"Text of page {n}.", label=f"{n} of 3") for n in (1, 2, 3)]
    store.add_document(DOCUMENT, size=1000, pages=pages)
    documents = [CaseDocument(DOCUMENT, "packet.pdf", 3)]
    case = store.create_case(name, criteria=criteria, documents=documents, scorer=EMBEDDED, rule="", by=NURSE)
    store.update_job(case, state="done", done=1, total=1)
    return case


def decide(
    opened: Workspace, case: int, outcomes: Mapping[str, DecisionOutcome], reading: Reading = "first", by: str = NURSE
) -> None:
    """Decisions that cite a page: the first reading page 1, the second page 2."""
    page = PageRef(DOCUMENT, 2 if reading == "second" else 1)
    for criterion, outcome in outcomes.items():
        history = opened.store.history(case, criterion, reading)
        opened.store.decide(
            case,
            Decision(
                criterion,
                outcome,
                f"{reading} reason of {criterion}",
                by,
                opened.now(),
                (Citation(page, quote="Text"),),
                reading=reading,
            ),
            seen=history[-1].id if history else 0,
        )


def give(opened: Workspace, case: int, **duties: str) -> None:
    """Hand out duties as a lead: review=, second=, physician=."""
    names: dict[Duty, str] = {"review": "", "second": "", "physician": ""}
    for duty in names:
        if duty in duties:
            opened.duties.give(case, duty, duties[duty], by=LEAD)


def reviewed_twice(opened: Workspace, name: str = "Case one") -> int:
    """Both reviews complete; they differ on A-2."""
    case = add_case(opened, name)
    give(opened, case, review=NURSE, second=OTHER)
    decide(opened, case, {"A-1": "met", "A-2": "met", "A-3": "insufficient"})
    decide(opened, case, {"A-1": "met", "A-2": "not_met", "A-3": "insufficient"}, "second", OTHER)
    return case
