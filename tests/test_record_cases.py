"""Records of real cases: read, scored, cited, decided and signed through the workspace."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from core.casefile import Assignment
from core.criteria import read_lines
from core.domain import Citation
from core.errors import NotAllowed, NotFound
from core.record import CaseRecord
from core.samples import SAMPLES
from core.selection import Rule
from core.settings import Settings
from core.workspace import Workspace
from tests.uploading import taken

RULE = Rule(top_k=2)
NURSE, OTHER = "R. Nurse", "B. Other"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    opened = Workspace.open(Settings(data_dir=tmp_path_factory.mktemp("data")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def sample(workspace: Workspace) -> int:
    """The small sample: the best passages of each criterion's two best pages are cited, and all but one decided."""
    case = workspace.open_sample(SAMPLES[0], by=NURSE)
    workspace.jobs.wait(case, 60)
    chart = workspace.chart(case)
    keep = chart.kept(RULE)
    for row, criterion in enumerate(chart.criteria):
        for page in [chart.pages[column] for column in keep[row].nonzero()[0]]:
            for found in workspace.passages(criterion, page)[:1]:
                cited = Citation(page.ref, page.label, found.quote, found.boxes)
                workspace.review.cite(case, criterion.id, cited, reviewer=NURSE, reading="first", rule=RULE)
            workspace.store.findings.opened(case, page.ref, reviewer=NURSE)
        if row != 5:
            workspace.review.decide(case, criterion.id, "met", f"Reason {row}.", reviewer=NURSE, seen=0)
    return case


@pytest.fixture(scope="module")
def record(workspace: Workspace, sample: int) -> CaseRecord:
    return workspace.recording.record(sample, by=NURSE)


def small(workspace: Workspace, *texts: str) -> int:
    with pymupdf.open() as document:
        for text in texts:
            document.new_page().insert_textbox(pymupdf.Rect(72, 72, 540, 700), text)
        packet = io.BytesIO(document.tobytes(no_new_id=True))
    criteria = read_lines("A: Has methotrexate been tried?\nB: Is home oxygen ordered?", "List")
    case = workspace.create_case("A case", [taken(workspace, packet, "packet.pdf")], criteria, by=NURSE)
    workspace.jobs.wait(case, 60)
    return case


def test_the_record_of_an_open_case_has_all_that_people_did(record: CaseRecord) -> None:
    assert record.draft
    assert record.pages == 12
    undecided = record.criteria[5]
    assert undecided.decision is None
    assert {c.decision.reviewer for c in record.criteria if c.decision} == {NURSE}
    assert all(c.quote and c.boxes and c.at.place for c in record.citations())
    (look,) = record.looked
    assert set(look.places) == {c.at.place for c in record.citations()}
    assert record.versions.uncertified.startswith("No threshold has been checked")
    assert record.audit.broken is None
    assert record.audit.lines[-1].hash == record.audit.newest
    assert record.nodes[0].state == "met"


def test_every_form_can_be_made_and_they_say_the_same(workspace: Workspace, sample: int) -> None:
    data = json.loads(workspace.recording.file(sample, "json", by=NURSE))
    fhir = json.loads(workspace.recording.file(sample, "fhir", by=NURSE))
    pdf = pymupdf.open("pdf", workspace.recording.file(sample, "pdf", by=NURSE))
    decided = [c["id"] for c in data["criteria"] if c["decision"]]
    answers = [item for group in fhir["item"] for item in group.get("item", [group]) if "answer" in item]
    assert len(decided) == len(answers) == 11
    assert fhir["status"] == "in-progress"
    cited = {c["place"] for criterion in data["criteria"] for c in criterion["citations"]}
    assert sum(bool(page.get_images()) for page in pdf) == len(cited)
    text = " ".join(" ".join(page.get_text() for page in pdf).split())
    assert all(f"Reason {row}." in text for row in range(12) if row != 5)


def test_marks_are_drawn_over_the_words_that_are_cited(workspace: Workspace, record: CaseRecord) -> None:
    """The quotation's boxes, laid over the picture in the PDF, hold ink."""
    pdf = pymupdf.open("pdf", workspace.recording.printed(record, "pdf"))
    page = next(page for page in pdf if page.get_images())
    marks = [d["rect"] for d in page.get_drawings() if d["fill"] and d["fill_opacity"] < 1]
    drawn = page.get_pixmap(dpi=100, colorspace=pymupdf.csGRAY)
    for mark in marks:
        box = pymupdf.IRect(mark * pymupdf.Matrix(100 / 72, 100 / 72))
        greys = [drawn.pixel(x, y)[0] for x in range(box.x0 + 3, box.x1 - 3) for y in range(box.y0 + 3, box.y1 - 3)]
        assert min(greys) < 140


def test_a_page_that_people_turned_is_printed_as_they_turned_it(workspace: Workspace) -> None:
    case = small(workspace, "Methotrexate 20 mg weekly for 14 weeks, stopped for nausea.", "Home oxygen is ordered.")
    page = workspace.chart(case).pages[0]
    cited = Citation(page.ref, "", "Methotrexate", ((0.1, 0.08, 0.3, 0.12),))
    workspace.review.cite(case, "A", cited, reviewer=NURSE, reading="first", rule=RULE)
    workspace.store.findings.turn(page.ref, 90)
    record = workspace.recording.record(case, by=NURSE)
    assert next(record.citations()).at.turn == 90
    pdf = pymupdf.open("pdf", workspace.recording.printed(record, "pdf"))
    shown = next(page for page in pdf if page.get_images())
    x0, y0, x1, y1 = shown.get_image_info()[0]["bbox"]
    assert x1 - x0 > y1 - y0
    (mark,) = [d["rect"] for d in shown.get_drawings() if d["fill"] and d["fill_opacity"] < 1]
    assert mark.x0 > x0 + 0.8 * (x1 - x0)
    assert mark.y0 < y0 + 0.2 * (y1 - y0)


def test_a_signed_case_is_recorded_as_it_was_signed(workspace: Workspace) -> None:
    case = small(workspace, "Methotrexate 20 mg weekly.", "The garden party is on Saturday.")
    workspace.review.decide(case, "A", "met", "Page 1.", reviewer=NURSE, seen=0)
    workspace.signing.take(case, "withdraw", by=NURSE, reason="Withdrawn by phone.", detail={}, seen=0)
    record = workspace.recording.record(case, by=OTHER)
    assert not record.draft
    assert record.differs == ()
    assert record.signed
    assert (record.signed.by, record.status) == (NURSE, "withdrawn")
    first = record.criteria[0].decision
    assert first
    assert (first.outcome, first.rationale) == ("met", "Page 1.")
    made = record.versions
    workspace.store.set_rule(case, made.scorer.fingerprint, "top5", recalibration=made.recalibration, by=OTHER)
    later = workspace.recording.record(case, by=OTHER)
    assert "“top5” now" in later.differs[0]


def test_who_reviews_a_case_blind_gets_no_record_of_it(workspace: Workspace) -> None:
    case = small(workspace, "Methotrexate 20 mg weekly, then stopped.")
    workspace.review.decide(case, "A", "met", "Page 1.", reviewer=NURSE, seen=0)
    workspace.store.course.assign(case, Assignment("second", OTHER, "L. Lead", workspace.now()))
    with pytest.raises(NotAllowed, match="Finish your review first"):
        workspace.recording.file(case, "json", by=OTHER)
    said = json.loads(workspace.recording.file(case, "json", by=NURSE))
    assert [entry["second"] for entry in said["criteria"]] == [None, None]


def test_the_first_reviewer_reads_the_second_review_when_both_are_complete_and_not_before(
    workspace: Workspace,
) -> None:
    case = small(workspace, "Methotrexate 20 mg weekly, as before.")
    workspace.store.course.assign(case, Assignment("second", OTHER, "L. Lead", workspace.now()))
    for criterion in ("A", "B"):
        workspace.review.decide(case, criterion, "met", "Mine.", reviewer=OTHER, seen=0, reading="second")
    workspace.review.decide(case, "A", "met", "Page 1.", reviewer=NURSE, seen=0)

    def seconds() -> list[bool]:
        return [entry.second is not None for entry in workspace.recording.record(case, by=NURSE).criteria]

    assert seconds() == [False, False]
    workspace.review.decide(case, "B", "met", "Page 1.", reviewer=NURSE, seen=0)
    assert seconds() == [True, True]


def test_only_another_outcome_counts_as_a_change_and_citing_leaves_a_decision_its_time(workspace: Workspace) -> None:
    case = small(workspace, "Methotrexate 20 mg weekly, twelve weeks.", "The garden party is on Sunday.")
    first = workspace.review.decide(case, "A", "insufficient", "Page 1.", reviewer=NURSE, seen=0)
    assert first
    for page in workspace.chart(case).pages:
        cited = Citation(page.ref, page.label, "", ((0.1, 0.1, 0.4, 0.2),))
        workspace.review.cite(case, "A", cited, reviewer=NURSE, reading="first", rule=RULE)
    said = workspace.recording.record(case, by=NURSE).criteria[0].decision
    assert said
    assert (said.changes, said.at) == (0, first.at)
    workspace.review.decide(case, "A", "met", "Page 1.", reviewer=NURSE, seen=said.id)
    said = workspace.recording.record(case, by=NURSE).criteria[0].decision
    assert said
    assert said.changes == 1


def test_who_settled_a_difference_and_cites_for_it_has_still_settled_it(workspace: Workspace) -> None:
    case = small(workspace, "Methotrexate 20 mg weekly, thirteen weeks.")
    workspace.store.course.set_role("L. Lead", "lead", by="L. Lead")
    workspace.store.course.assign(case, Assignment("second", OTHER, "L. Lead", workspace.now()))
    for criterion in ("A", "B"):
        workspace.review.decide(case, criterion, "met", "Mine.", reviewer=NURSE, seen=0)
        workspace.review.decide(case, criterion, "not_met", "Mine.", reviewer=OTHER, seen=0, reading="second")
    for criterion in ("A", "B"):
        seen = workspace.store.decisions(case)[criterion].id
        workspace.duties.settle(case, criterion, "insufficient", "Neither.", by="L. Lead", seen=seen)
    page = workspace.chart(case).pages[0]
    cited = Citation(page.ref, page.label, "", ((0.1, 0.1, 0.4, 0.2),))
    workspace.review.cite(case, "A", cited, reviewer="L. Lead", reading="first", rule=RULE)
    assert workspace.duties.state(case) == "settled"
    stands = workspace.store.decisions(case)["A"]
    assert (stands.reading, stands.outcome) == ("final", "insufficient")
    assert cited.boxes in [c.boxes for c in stands.citations]


def test_a_case_that_is_not_there_has_no_record(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        workspace.recording.file(99, "pdf", by=NURSE)
    assert not list(tmp_path.iterdir())
