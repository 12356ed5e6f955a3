"""Cases with known scores and labels for the tests of the studio, and real PDFs where reading has a part in it."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pymupdf

from core.calibration.curves import Family
from core.calibration.threshold import Found
from core.certificates import Certificate, Target
from core.criteria import read_lines
from core.domain import (
    Arm,
    CaseDocument,
    CriteriaSet,
    Criterion,
    Label,
    Page,
    PageRef,
    ScorerInfo,
    Verdict,
    digest,
)
from core.studio import Material
from core.workspace import Workspace
from tests.uploading import taken

INFO = ScorerInfo("made up", "model", "1", "identity")
"""Nothing ships that makes probabilities of its scores: thresholds compare the scores."""
CRITERIA = CriteriaSet(
    "Step therapy", (Criterion("C-1", "Has methotrexate been tried?"), Criterion("C-2", "Was tuberculosis excluded?"))
)
ONE = CriteriaSet("One question", (Criterion("Q", "Has methotrexate been tried?"),))
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LEAD = "Q. Lead"
HIGH, LOW = 0.8, 0.1

Row = Sequence[float | None]


def case_of(
    workspace: Workspace,
    *rows: Row,
    name: str = "Request",
    criteria: CriteriaSet = CRITERIA,
    texts: Sequence[str] = (),
    info: ScorerInfo = INFO,
    done: bool = True,
    unread: Sequence[int] = (),
) -> int:
    """A case of one document, scored: a row of scores for each criterion, None for a pair without an answer.

    Pages with the same text are copies; those numbered `unread` could not be read.
    """
    words = texts or [f"page {n}" for n in range(1, len(rows[0]) + 1)]
    document = digest(name)
    pages = [
        Page(PageRef(document, n), "", source="none", problem="Unreadable.")
        if n in unread
        else Page(PageRef(document, n), f"{name}: {text}", body=digest(text))
        for n, text in enumerate(words, start=1)
    ]
    workspace.store.add_document(document, size=1000, pages=pages)
    case = workspace.store.create_case(
        name,
        criteria=criteria,
        documents=[CaseDocument(document, f"{name}.pdf", len(pages))],
        scorer=info,
        rule="",
        by="R",
    )
    workspace.store.save_answers(
        info,
        [
            (criterion.digest, page.digest, value)
            for criterion, row in zip(criteria, rows, strict=True)
            for page, value in zip(pages, row, strict=True)
            if value is not None
        ],
    )
    workspace.store.update_job(case, state="done" if done else "running", stage="Scoring", done=1, total=1)
    return case


def read_case(workspace: Workspace, *texts: str, name: str = "A case", criteria: CriteriaSet | None = None) -> int:
    """A case of a real PDF, read and scored by the embedded scorer."""
    asked = criteria or read_lines("A: Has methotrexate been tried?\nB: Is arthritis documented?", "List")
    case = workspace.create_case(name, [taken(workspace, pdf(*texts), f"{name}.pdf")], asked, by="R")
    workspace.jobs.wait(case, 60)
    return case


def pdf(*texts: str) -> io.BytesIO:
    with pymupdf.open() as document:
        for text in texts:
            document.new_page().insert_text((72, 72), text)
        return io.BytesIO(document.tobytes(no_new_id=True))


def page(workspace: Workspace, case: int, number: int) -> PageRef:
    return PageRef(workspace.store.case(case).documents[0].document, number)


def say(
    workspace: Workspace,
    case: int,
    criterion: str,
    number: int,
    verdict: Verdict,
    *,
    by: str = "A. Reviewer",
    chance: float | None = None,
    arm: Arm = "audit",
) -> None:
    """A label of a page by its number in the first document; blind where its chance is known."""
    given = Label(
        page(workspace, case, number),
        criterion,
        verdict,
        by,
        workspace.now(),
        arm,
        chance,
        blind=chance is not None,
    )
    workspace.store.add_label(case, given)


def judge(workspace: Workspace, case: int, relevant: Mapping[str, Sequence[int]], *, by: str = "A. Reviewer") -> None:
    """Every page of the first document is judged for the criteria of `relevant`: what it does not list is not."""
    (document, *_) = workspace.store.case(case).documents
    labels = [
        (
            case,
            Label(
                PageRef(document.document, n),
                criterion,
                "relevant" if n in pages else "not_relevant",
                by,
                workspace.now(),
                "audit",
                1.0,
                blind=True,
            ),
        )
        for criterion, pages in relevant.items()
        for n in range(1, document.pages + 1)
    ]
    workspace.store.import_labels(labels, by=by)


def judged_cases(workspace: Workspace, count: int, *, high: float = HIGH, name: str = "Request") -> list[int]:
    """Cases of five pages; the first is relevant, and its score is `high`."""
    cases = [case_of(workspace, [high, LOW, LOW, LOW, LOW], name=f"{name} {n}", criteria=ONE) for n in range(count)]
    for case in cases:
        judge(workspace, case, {"Q": [1]})
    return cases


def material(
    workspace: Workspace,
    name: str = CRITERIA.name,
    fingerprint: str = INFO.fingerprint,
    recalibration: str | None = None,
) -> Material:
    return workspace.studio.material(name, fingerprint, recalibration)


AVERAGE = Target(0.8, "criterion", "crc")
"""Shown by four cases without a miss: 1 / (4 + 1) <= 1 - 0.8."""


def find(workspace: Workspace, of: Material, target: Target = AVERAGE) -> Found:
    return workspace.studio.find(of, target, Family())


def publish(workspace: Workspace, target: Target = AVERAGE, *, name: str = ONE.name, days: int = 90) -> Certificate:
    """What is found for the target by now, in force."""
    of = material(workspace, name)
    return put(workspace, of, find(workspace, of, target), days=days)


def put(workspace: Workspace, of: Material, found: Found, *, days: int = 90, by: str = LEAD) -> Certificate:
    """In force, by somebody who sees what is in force by now."""
    fingerprint = of.subject.info.fingerprint
    seen = workspace.publishing.publication(fingerprint, of.criteria.name)
    now = workspace.studio.material(of.criteria.name, fingerprint, of.version).labels_digest
    return workspace.publishing.publish(of, found, days=days, by=by, seen=seen, labels_digest=now)
