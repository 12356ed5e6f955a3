"""Two cases with labels of every kind, as the store would give them."""

from datetime import UTC, datetime

from core.domain import Case, CaseDocument, CriteriaSet, Criterion, Label, PageRef, ScorerInfo
from core.labels import LabelRow, label_row

FAX, SCAN = "a" * 64, "b" * 64
PAGES = {FAX: 14, SCAN: 3}
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
TRIAL = Criterion("B-01", "Is there a failed trial,\nof any kind?")
IMAGING = Criterion("B-02", "=Is there an MRI?", "Reports; not orders.")
SCORER = ScorerInfo("embedded", "m", "1", "none")


def case(
    number: int, *documents: CaseDocument, criteria: tuple[Criterion, ...] = (TRIAL, IMAGING), day: int = 1
) -> Case:
    name = f"Case {number}"
    at = datetime(2026, 3, day, tzinfo=UTC)
    return Case(number, name, CriteriaSet("Biologic", criteria), documents, SCORER, "", "maria", at)


SPINE = case(3, CaseDocument(FAX, "fax 1.pdf", 14), CaseDocument(SCAN, "+scan.pdf", 3))
LABELS = (
    Label(
        PageRef(FAX, 14), "B-01", "not_relevant", "maria", datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=UTC), "audit",
        inclusion_probability=0.1 + 0.2, blind=True, fingerprint="0123456789012345", recalibration="01234567",
        score=1 / 3, probability=0.07, threshold=0.4, seed=-7, note="=HYPERLINK(1)\n'née', \"yes\"; no",
    ),
    Label(PageRef(FAX, 14), "B-01", "relevant", "josé", datetime(2026, 3, 2, tzinfo=UTC), "audit", 1.0),
    Label(PageRef(SCAN, 2), "B-02", "relevant", "maria", datetime(2026, 3, 2, tzinfo=UTC), "found", note="'=1"),
    Label(PageRef(SCAN, 3), "B-02", "unsure", "maria", datetime(2026, 3, 2, tzinfo=UTC), "uncertainty", score=0.0),
    Label(PageRef(SCAN, 1), "B-02", "not_relevant", "maria", datetime(2026, 3, 2, tzinfo=UTC), note=" "),
)  # fmt: skip


def rows_of(*labels: Label, of: Case = SPINE) -> list[LabelRow]:
    return [
        label_row(
            of.id,
            label,
            of.criteria[label.criterion],
            document_name=of.document(label.page.document).name,
            case_name=of.name,
        )
        for label in labels
    ]
