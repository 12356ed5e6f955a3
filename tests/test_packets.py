"""Cases whose pages are scans, and cases whose documents change."""

import io
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from core.criteria import read_lines
from core.domain import CriteriaSet, PageRef
from core.errors import Conflict, StoreError
from core.selection import Rule
from core.settings import Settings
from core.workspace import Workspace
from tests.intake import paper
from tests.uploading import taken

TEXTS = (
    "Methotrexate 20 mg weekly for 14 weeks, stopped because liver enzymes tripled in the second month.",
    "The garden party is on Saturday, and everybody brings a chair of their own as in the year before.",
    "Rheumatoid arthritis, seropositive, CDAI 28 at the visit of 3 March with the rheumatologist.",
)
SCANNED = "Methotrexate was stopped in June after fourteen weeks because the liver enzymes had tripled."
RULE = Rule(top_k=2)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(Settings(data_dir=tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def criteria() -> CriteriaSet:
    return read_lines("A: Has methotrexate been tried?\nB: Is rheumatoid arthritis documented?", "List")


def packet(*texts: str, scans: int = 0) -> io.BytesIO:
    with pymupdf.open() as document:
        for text in texts:
            document.new_page().insert_textbox(pymupdf.Rect(72, 72, 540, 700), text)
        for _ in range(scans):
            paper.scan(document.new_page(), SCANNED)
        return io.BytesIO(document.tobytes(no_new_id=True))


def make(workspace: Workspace, criteria: CriteriaSet, *texts: str, scans: int = 0) -> int:
    case = workspace.create_case(
        "A case", [taken(workspace, packet(*texts, scans=scans), "packet.pdf")], criteria, by="R"
    )
    workspace.jobs.wait(case, 90)
    return case


def state(workspace: Workspace, case: int) -> str:
    job = workspace.store.job(case)
    assert job
    return job.state


def test_a_scan_is_recognised_scored_and_marked(workspace: Workspace, criteria: CriteriaSet) -> None:
    chart = workspace.chart(make(workspace, criteria, *TEXTS, scans=1))
    scan = chart.pages[3]
    assert (scan.source, chart.gaps, scan.problem) == ("ocr", 0, "")
    assert "liver enzymes" in scan.text
    assert scan.confidence
    assert scan.confidence > 0.8
    (best, *_) = workspace.passages(chart.criteria["A"], scan)
    x0, y0, x1, y1 = best.boxes[0]
    # paper.scan puts the text from (72, 90) on.
    assert 0.08 < x0 < x1 < 0.9
    assert 0.1 < y0 < y1 < 0.2


def test_text_pages_can_be_reviewed_before_the_first_scan_is_recognised(
    workspace: Workspace, criteria: CriteriaSet
) -> None:
    assert workspace.recogniser
    blocked, seats = threading.Event(), workspace.recogniser.seats
    with seats.taken(_Guest()) as first, seats.taken(_Guest()) as second:  # type: ignore[arg-type]
        assert (first, second) == (True, True)
        case = workspace.create_case(
            "A case", [taken(workspace, packet(*TEXTS, scans=1), "packet.pdf")], criteria, by="R"
        )
        for _ in range(300):
            job = workspace.store.job(case)
            if job and job.stage == "Reading scanned pages":
                break
            blocked.wait(0.1)
        chart = workspace.chart(case)
        assert [p.source for p in chart.pages] == ["text", "text", "text", "none"]
        assert chart.gaps == 0
        assert chart.grid.scores[0, 0] > 0
    workspace.jobs.wait(case, 60)
    assert [p.source for p in workspace.chart(case).pages] == ["text", "text", "text", "ocr"]


class _Guest:
    """Somebody else's document that is recognised."""

    stopped = False


def test_without_recognition_scans_stay_unread_and_say_so(tmp_path: Path, criteria: CriteriaSet) -> None:
    opened = Workspace.open(Settings(data_dir=tmp_path / "d", ocr=False))
    try:
        chart = opened.chart(make(opened, criteria, TEXTS[0], scans=1))
    finally:
        opened.close()
    assert [p.source for p in chart.pages] == ["text", "none"]
    assert chart.unreadable.tolist() == [False, True]


def test_a_language_that_is_missing_is_named_and_everything_else_is_done(tmp_path: Path, criteria: CriteriaSet) -> None:
    opened = Workspace.open(Settings(data_dir=tmp_path / "d", ocr_languages="eng+klingon"))
    try:
        case = make(opened, criteria, TEXTS[0], scans=1)
        job, chart = opened.store.job(case), opened.chart(case)
    finally:
        opened.close()
    assert job
    assert job.state == "done"
    assert "klingon" in job.message
    assert "CHARTSIEVE_OCR_LANGUAGES" in job.message
    assert chart.gaps == 0
    assert [p.source for p in chart.pages] == ["text", "none"]


def test_a_scan_that_was_read_is_not_read_again(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, TEXTS[0], scans=1)
    before, read = workspace.chart(case).pages, workspace.reader.progress(workspace.store.case(case))
    workspace.jobs.start(case)
    workspace.jobs.wait(case, 60)
    assert workspace.reader.progress(workspace.store.case(case)) == read
    assert workspace.chart(case).pages == before


def test_stopping_while_scans_are_read_keeps_what_was_read(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = workspace.create_case(
        "A case", [taken(workspace, packet(TEXTS[0], scans=12), "packet.pdf")], criteria, by="R"
    )
    for _ in range(600):
        job = workspace.store.job(case)
        if job and job.stage == "Reading scanned pages" and job.done >= 2:
            break
        time.sleep(0.05)
    workspace.jobs.cancel(case)
    workspace.jobs.wait(case, 30)
    assert state(workspace, case) == "cancelled"
    read = [p.ref.number for p in workspace.chart(case).pages if p.source == "ocr"]
    assert 2 <= len(read) < 12
    workspace.jobs.start(case)
    workspace.jobs.wait(case, 90)
    assert state(workspace, case) == "done"
    assert all(p.source == "ocr" for p in workspace.chart(case).pages[1:])


def test_a_document_that_is_not_read_yet_stands_in_the_case_page_by_page(
    workspace: Workspace, criteria: CriteriaSet
) -> None:
    case = make(workspace, criteria, *TEXTS)
    workspace.jobs.close()  # nothing is read any more
    before = workspace.chart(case)
    workspace.add_documents(case, [taken(workspace, packet(TEXTS[1], TEXTS[0]), "more.pdf")], by="S")
    after = workspace.chart(case)
    assert after.pages[:3] == before.pages
    assert after.unreadable.tolist() == [False, False, False, True, True]
    assert {p.problem for p in after.pages[3:]} == {"This page has not been read yet."}
    assert workspace.reader.waiting(after.pages) == 2
    assert after.gaps == 0


# -- amended packets


def test_an_added_document_leaves_scores_labels_and_decisions_as_they_are(
    workspace: Workspace, criteria: CriteriaSet
) -> None:
    case = make(workspace, criteria, *TEXTS)
    before = workspace.chart(case)
    workspace.review.mark(case, "A", before.pages[0], "relevant", reviewer="R", rule=RULE)
    workspace.review.decide(case, "A", "met", "Tried.", reviewer="R", seen=0)
    workspace.add_documents(case, [taken(workspace, packet("One more visit, on 4 May."), "more.pdf")], by="S")
    workspace.jobs.wait(case, 60)
    after = workspace.chart(case)
    assert [p.ref for p in after.pages[:3]] == [p.ref for p in before.pages]
    assert len(after.pages) == 4
    assert (after.grid.scores[:, :3] == before.grid.scores).all()
    assert after.gaps == 0
    assert [label.page for label in workspace.labels(case)] == [before.pages[0].ref]
    found = workspace.store.case(case)
    assert found.amended_at
    assert workspace.store.decisions(case)["A"].at < found.amended_at
    assert [d.added_by for d in found.documents] == ["R", "S"]


def test_a_replaced_document_says_what_changed_and_keeps_the_labels_of_what_did_not(
    workspace: Workspace, criteria: CriteriaSet
) -> None:
    case = make(workspace, criteria, *TEXTS)
    before = workspace.chart(case)
    for page in before.pages:
        workspace.review.mark(case, "A", page, "relevant", reviewer="R", rule=RULE)
    workspace.review.decide(case, "A", "met", "Tried.", reviewer="R", seen=0)
    old = before.pages[0].ref.document
    changed = TEXTS[2].replace("28", "31")
    new = taken(workspace, packet("A cover sheet of the records office in the county.", TEXTS[0], changed), "new.pdf")
    workspace.replace_document(case, old, new, by="S")
    workspace.jobs.wait(case, 60)
    after = workspace.chart(case)
    assert {p.ref.document for p in after.pages} == {new.document}
    kinds = [(c.before, c.after, c.kind) for c in workspace.changes(old, new.document)]
    assert (1, 2, "same") in kinds
    assert (3, 3, "changed") in kinds
    assert (2, None, "removed") in kinds
    judged = {label.page.number for label in workspace.labels(case) if label.page.document == new.document}
    assert judged == {2}
    decision = workspace.store.decisions(case)["A"]
    assert {c.page.document for c in decision.citations} == {old}
    again = workspace.review.decide(case, "A", "met", "Tried.", reviewer="R", seen=decision.id)
    assert again
    assert [c.page for c in again.citations] == [after.pages[1].ref]
    rows = {(row.document_name, row.page) for row in workspace.label_rows(case)}
    assert rows == {("packet.pdf", 1), ("packet.pdf", 2), ("packet.pdf", 3)}
    assert workspace.store.verify_audit() is None


def test_judgements_of_other_documents_stay_when_one_is_replaced(workspace: Workspace, criteria: CriteriaSet) -> None:
    uploads = [taken(workspace, packet(TEXTS[n]), f"{n}.pdf") for n in range(2)]
    case = workspace.create_case("A case", uploads, criteria, by="R")
    workspace.jobs.wait(case, 60)
    first, second = workspace.chart(case).pages
    for page in (first, second):
        workspace.review.mark(case, "A", page, "relevant", reviewer="R", rule=RULE)
    new = taken(workspace, packet(TEXTS[2]), "2.pdf")
    workspace.replace_document(case, first.ref.document, new, by="S")
    workspace.jobs.wait(case, 60)
    assert [label.page for label in workspace.labels(case)] == [second.ref]
    third = workspace.chart(case).pages[0]
    assert workspace.review.mark(case, "A", third, "relevant", reviewer="R", rule=RULE)
    decision = workspace.review.decide(case, "A", "met", "Tried.", reviewer="R", seen=0)
    assert decision
    assert {c.page for c in decision.citations} == {second.ref, third.ref}


def test_a_judgement_follows_its_page_through_every_replacement(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, TEXTS[0])
    page = workspace.chart(case).pages[0]
    workspace.review.mark(case, "A", page, "relevant", reviewer="R", rule=RULE)
    versions = [packet(TEXTS[1], TEXTS[0]), packet(TEXTS[0]), packet(TEXTS[2], TEXTS[1], TEXTS[0]), packet(TEXTS[2])]
    places = []
    document = page.ref.document
    for n, version in enumerate(versions):
        new = taken(workspace, version, f"{n}.pdf")
        workspace.replace_document(case, document, new, by="S")
        workspace.jobs.wait(case, 60)
        document = new.document
        places.append([label.page for label in workspace.labels(case)])
        assert workspace.current(case, page.ref) == (places[-1][0] if places[-1] else None)
    assert [[ref.number for ref in refs] for refs in places] == [[2], [1], [3], []]


def test_a_document_replaced_before_its_scans_were_read_is_compared_all_the_same(
    workspace: Workspace, criteria: CriteriaSet
) -> None:
    case = workspace.create_case(
        "A case", [taken(workspace, packet(TEXTS[0], scans=3), "packet.pdf")], criteria, by="R"
    )
    while not workspace.reader.is_read(workspace.store.case(case)):
        time.sleep(0.05)
    old = workspace.store.case(case).documents[0].document
    new = taken(workspace, packet(TEXTS[1], TEXTS[0], scans=3), "new.pdf")
    workspace.replace_document(case, old, new, by="S")
    workspace.jobs.wait(case, 90)
    kinds = [(c.before, c.after, c.kind) for c in workspace.changes(old, new.document)]
    assert kinds == [(None, 1, "added"), (1, 2, "same"), (2, 3, "same"), (3, 4, "same"), (4, 5, "same")]


def test_the_chart_is_that_of_the_documents_in_force_at_once(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, *TEXTS)
    gone = workspace.chart(case).pages[0]
    new = taken(workspace, packet(TEXTS[0], scans=4), "new.pdf")
    workspace.replace_document(case, gone.ref.document, new, by="S")
    assert {page.ref.document for page in workspace.chart(case).pages} == {new.document}
    with pytest.raises(Conflict):
        workspace.review.mark(case, "A", gone, "relevant", reviewer="R", rule=RULE)


def test_pictures_of_an_upload_are_not_kept(workspace: Workspace, criteria: CriteriaSet) -> None:
    upload = taken(workspace, packet(*TEXTS), "packet.pdf")
    ref = PageRef(upload.document, 1)
    assert workspace.picture(ref, dpi=30).startswith(b"\x89PNG")
    pictures = workspace.settings.images_dir
    assert [p for p in pictures.rglob("*") if p.is_file()] == []
    workspace.create_case("A case", [upload], criteria, by="R")
    workspace.picture(ref, dpi=30)
    assert len([p for p in pictures.rglob("*") if p.is_file()]) == 1


def test_a_document_added_while_the_case_is_worked_on_is_read_as_well(
    workspace: Workspace, criteria: CriteriaSet
) -> None:
    case = workspace.create_case(
        "A case", [taken(workspace, packet(TEXTS[0], scans=6), "packet.pdf")], criteria, by="R"
    )
    workspace.add_documents(case, [taken(workspace, packet(TEXTS[2]), "more.pdf")], by="S")
    workspace.jobs.wait(case, 90)
    chart = workspace.chart(case)
    assert [p.source for p in chart.pages] == ["text", *["ocr"] * 6, "text"]
    assert (chart.gaps, state(workspace, case)) == (0, "done")


def test_a_document_that_is_in_the_case_is_not_added_twice(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, *TEXTS)
    with pytest.raises(StoreError):
        workspace.add_documents(case, [taken(workspace, packet(*TEXTS), "again.pdf")], by="S")
    assert len(workspace.store.case(case).documents) == 1


def test_a_page_that_nobody_could_read_is_looked_at_once(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, *TEXTS)
    page = workspace.chart(case).pages[1].ref
    assert workspace.look_at(case, page, reviewer="R", note=" A drawing ")
    assert not workspace.look_at(case, page, reviewer="R", note="A drawing")
    (sighting,) = workspace.store.sightings(case)
    assert (sighting.page, sighting.reviewer, sighting.note) == (page, "R", "A drawing")
