import hashlib
import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from core.criteria import read_lines
from core.domain import CaseDocument, CriteriaSet
from core.errors import Conflict, DamagedDocument, NotFound, TooLarge, UnsupportedFile
from core.intake import Limits
from core.samples import SAMPLES
from core.selection import Rule
from core.settings import Settings
from core.store import Store
from core.workspace import Workspace
from tests.intake import paper
from tests.uploading import taken

TEXTS = (
    "Methotrexate 20 mg weekly for 14 weeks, stopped because liver enzymes tripled.",
    "The garden party is on Saturday.",
    "Rheumatoid arthritis, seropositive, CDAI 28.",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(Settings(data_dir=tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture
def criteria() -> CriteriaSet:
    return read_lines("A: Has methotrexate been tried?\nB: Is rheumatoid arthritis documented?", "List")


def pdf(*texts: str, **options: object) -> io.BytesIO:
    with pymupdf.open() as document:
        for text in texts:
            document.new_page().insert_text((72, 72), text)
        return io.BytesIO(document.tobytes(no_new_id=True, **options))


def make(workspace: Workspace, criteria: CriteriaSet, *texts: str) -> int:
    upload = taken(workspace, pdf(*texts), "packet.pdf")
    case = workspace.create_case("A case", [upload], criteria, by="R")
    workspace.jobs.wait(case, 60)
    return case


def test_a_case_is_read_and_scored_from_its_pdf(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, *TEXTS)
    chart = workspace.chart(case)
    assert [page.text for page in chart.pages] == list(TEXTS)
    assert not chart.grid.reasons
    assert list(chart.grid.scores.argmax(axis=1)) == [0, 2]
    job = workspace.store.job(case)
    assert job
    assert job.state == "done"


def test_the_same_file_twice_is_recognised(workspace: Workspace, criteria: CriteriaSet) -> None:
    make(workspace, criteria, *TEXTS)
    again = taken(workspace, pdf(*TEXTS), "renamed.pdf")
    other = taken(workspace, pdf("Another"), "other.pdf")
    assert (again.known, again.pages, again.name) == (True, 3, "renamed.pdf")
    assert not other.known


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", UnsupportedFile),
        (b"<html>hello</html>", UnsupportedFile),
        (b"%PDF-1.7\nnothing", DamagedDocument),
    ],
)
def test_a_file_that_cannot_be_used_leaves_nothing_behind(
    workspace: Workspace, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        taken(workspace, io.BytesIO(data), "x.pdf")
    assert [p for p in workspace.settings.documents_dir.rglob("*") if p.is_file()] == []


def test_two_documents_make_one_case_and_repeats_are_marked(workspace: Workspace, criteria: CriteriaSet) -> None:
    uploads = [taken(workspace, pdf(*TEXTS[:2]), "one.pdf"), taken(workspace, pdf(TEXTS[0], TEXTS[2]), "two.pdf")]
    case = workspace.create_case("A case", uploads, criteria, by="R")
    workspace.jobs.wait(case, 60)
    chart = workspace.chart(case)
    assert len(chart.pages) == 4
    assert chart.pages[2].duplicate_of == chart.pages[0].ref
    assert chart.grid.scores[0, 2] == chart.grid.scores[0, 0]


def test_a_judgement_keeps_where_it_came_from(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, *TEXTS)
    chart, rule = workspace.chart(case), Rule(None, 1)
    for page in chart.pages[:2]:
        assert workspace.review.mark(case, "A", page, "relevant", reviewer="R", rule=rule)
    shown, found = workspace.label_rows(case)
    assert (shown.arm, found.arm) == ("shown", "found")
    assert (shown.page, shown.verdict, shown.question) == (1, "relevant", "Has methotrexate been tried?")
    assert shown.score == chart.grid.scores[0, 0]
    assert shown.probability == chart.grid.probabilities[0, 0]
    assert shown.fingerprint == chart.scorer.fingerprint
    assert (shown.threshold, shown.blind, shown.inclusion_probability) == (None, False, None)
    assert not workspace.review.mark(case, "A", chart.pages[0], "relevant", reviewer="R", rule=rule)


def test_a_decision_cites_the_pages_marked_relevant(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, *TEXTS)
    pages = workspace.chart(case).pages
    workspace.review.mark(case, "A", pages[2], "relevant", reviewer="R", rule=Rule())
    workspace.review.mark(case, "A", pages[0], "relevant", reviewer="R", rule=Rule())
    workspace.review.mark(case, "A", pages[1], "relevant", reviewer="somebody else", rule=Rule())
    decision = workspace.review.decide(case, "A", "met", "See p. 1", reviewer="R", seen=0)
    assert decision
    assert [c.page.number for c in decision.citations] == [1, 3]


def test_two_reviewers_at_once_lose_nothing(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, *TEXTS)
    first = workspace.review.decide(case, "A", "met", "", reviewer="R", seen=0)
    assert first
    with pytest.raises(Conflict):
        workspace.review.decide(case, "A", "not_met", "", reviewer="S", seen=0)
    assert workspace.review.decide(case, "A", "not_met", "", reviewer="S", seen=first.id)
    assert [d.outcome for d in workspace.store.history(case, "A")] == ["met", "not_met"]


def test_passages_lie_on_the_words_that_answer_the_criterion(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, *TEXTS)
    chart = workspace.chart(case)
    (passage, *_) = workspace.passages(chart.criteria["A"], chart.pages[0])
    assert "Methotrexate" in passage.quote
    x0, y0, x1, y1 = passage.boxes[0]
    assert 0.1 < x0 < x1 <= 1
    assert 0.05 < y0 < y1 < 0.12
    assert workspace.passages(chart.criteria["A"], chart.pages[1]) == []


def test_a_page_is_drawn_once_and_then_remembered(workspace: Workspace, criteria: CriteriaSet) -> None:
    case = make(workspace, criteria, *TEXTS)
    page = workspace.chart(case).pages[0]
    image = workspace.image(page)
    assert image.startswith(b"\x89PNG")
    (path,) = workspace.settings.documents_dir.rglob("*.pdf")
    path.unlink()
    assert workspace.image(page) == image


def test_a_case_whose_pages_are_not_read_yet_says_so(workspace: Workspace, criteria: CriteriaSet) -> None:
    upload = taken(workspace, pdf(*TEXTS), "packet.pdf")
    workspace.jobs.close()
    case = workspace.store.create_case(
        "Waiting",
        criteria=criteria,
        documents=[CaseDocument(upload.document, "p", 3)],
        scorer=workspace.roster.scorer("embedded").info,
        rule="top1",
        by="R",
    )
    assert not workspace.chart(case).unreadable.tolist().count(False)
    with pytest.raises(NotFound, match="still being read"):
        workspace.plan(case, "embedded")


def test_an_upload_without_a_case_is_swept_after_a_day_and_one_with_a_case_stays(
    workspace: Workspace, criteria: CriteriaSet
) -> None:
    make(workspace, criteria, *TEXTS)
    fresh, old = taken(workspace, pdf("Fresh"), "fresh.pdf"), taken(workspace, pdf("Old"), "old.pdf")
    yesterday = time.time() - 25 * 3600
    cut_off = workspace.settings.documents_dir / ".upload-x"
    cut_off.write_bytes(b"%PDF-")
    kept = {d.document for case in workspace.store.cases() for d in workspace.store.case(case.id).documents}
    for path in (cut_off, *(workspace.files.path(d) for d in (*kept, old.document))):
        os.utime(path, (yesterday, yesterday))
    workspace.start()
    left = {p.stem for p in workspace.settings.documents_dir.rglob("*") if p.is_file()}
    assert left == kept | {fresh.document}
    with pytest.raises(NotFound, match="Upload it again"):
        workspace.create_case("Too late", [fresh, old], criteria, by="R")
    assert [case.name for case in workspace.store.cases()] == ["A case"]


def test_a_start_under_another_database_deletes_no_document_of_a_case(
    workspace: Workspace, criteria: CriteriaSet, tmp_path: Path
) -> None:
    uploads = [taken(workspace, pdf(text), "a.pdf") for text in TEXTS]
    case = workspace.create_case("A case", uploads, criteria, by="R")
    workspace.jobs.wait(case, 60)
    files = [workspace.files.path(u.document) for u in uploads]
    for path in files:
        os.utime(path, (0, 0))
    other = Workspace(workspace.settings, Store.open(f"sqlite:///{tmp_path / 'other.db'}"))
    other.start()
    again = taken(other, pdf(TEXTS[0]), "a.pdf")
    other.close()
    assert not again.known
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in files] == [u.document for u in uploads]


def test_a_refused_upload_of_bytes_that_a_case_has_leaves_the_cases_file(
    workspace: Workspace, criteria: CriteriaSet, tmp_path: Path
) -> None:
    case = make(workspace, criteria, *TEXTS)
    (document,) = workspace.store.case(case).documents
    strict = workspace.settings.model_copy(update={"max_pages": 2})
    other = Workspace(strict, Store.open(f"sqlite:///{tmp_path / 'other.db'}"))
    with pytest.raises(TooLarge):
        taken(other, pdf(*TEXTS), "packet.pdf")
    other.close()
    assert workspace.files.path(document.document).read_bytes() == pdf(*TEXTS).getvalue()


# -- pages that could not be read the first time


@pytest.fixture
def starved(workspace: Workspace, criteria: CriteriaSet, tmp_path: Path) -> tuple[Workspace, int, bytes]:
    """A case whose first page needed more memory than was allowed and whose second is a scan, and its file."""
    path = paper.inflating(tmp_path / "hungry.pdf", megabytes=20)
    with pymupdf.open(path) as document:
        paper.scan(document.new_page())
        document.new_page().insert_text((72, 72), TEXTS[0])
        document.saveIncr()
    workspace.children.limits = replace(workspace.children.limits, memory_mb=512)
    upload = taken(workspace, io.BytesIO(path.read_bytes()), "hungry.pdf")
    case = workspace.create_case("Hungry", [upload], criteria, by="R")
    workspace.jobs.wait(case, 60)
    return workspace, case, path.read_bytes()


def test_a_page_that_failed_for_want_of_memory_is_read_by_a_later_run(
    starved: tuple[Workspace, int, bytes], criteria: CriteriaSet
) -> None:
    workspace, case, data = starved
    before = workspace.chart(case)
    assert ([p.source for p in before.pages], before.read_again) == (["none", "ocr", "text"], 1)
    again = taken(workspace, io.BytesIO(data), "again.pdf")
    assert (again.known, again.unread) == (True, 1)
    workspace.children.limits = Limits()
    other = workspace.create_case("Other", [again], criteria, by="R")
    workspace.jobs.wait(other, 60)
    for chart in (workspace.chart(case), workspace.chart(other)):
        assert ([p.source for p in chart.pages], chart.read_again) == (["text", "ocr", "text"], 0)
        assert chart.pages[1:] == before.pages[1:]
        assert chart.gaps == 0
    assert taken(workspace, io.BytesIO(data), "again.pdf").unread == 0


@pytest.mark.parametrize("limits", [{"memory_mb": 512}, {"document_seconds": 0.001}, {"memory_mb": 40}])
def test_a_page_that_fails_again_leaves_everything_as_it_was(
    starved: tuple[Workspace, int, bytes], limits: dict[str, Any]
) -> None:
    workspace, case, _ = starved
    before = workspace.chart(case)
    workspace.children.limits = Limits(**limits)
    workspace.jobs.start(case)
    workspace.jobs.wait(case, 60)
    job = workspace.store.job(case)
    assert job
    assert (job.state, job.message) == ("done", "")
    assert workspace.chart(case).pages == before.pages


def test_a_case_whose_file_is_gone_keeps_the_pages_that_were_read(starved: tuple[Workspace, int, bytes]) -> None:
    workspace, case, _ = starved
    before = workspace.chart(case)
    workspace.files.path(before.documents[0].document).unlink()
    workspace.jobs.start(case)
    workspace.jobs.wait(case, 60)
    job = workspace.store.job(case)
    assert job
    assert job.state == "done"
    assert workspace.chart(case).pages == before.pages


def test_a_sample_is_opened_once(workspace: Workspace) -> None:
    first = workspace.open_sample(SAMPLES[0], by="")
    workspace.jobs.wait(first, 60)
    assert workspace.open_sample(SAMPLES[0], by="R") == first
    assert workspace.chart(first).grid.scores.shape == (12, 12)


def test_work_of_a_killed_process_is_picked_up_and_its_decision_is_there(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import io, sys, time
        from pathlib import Path
        from core.settings import Settings
        from core.workspace import Workspace
        from core.samples import SAMPLES
        workspace = Workspace.open(Settings(data_dir=Path(sys.argv[1])))
        case = workspace.open_sample(SAMPLES[0], by="R")
        workspace.jobs.wait(case, 60)
        workspace.review.decide(case, workspace.chart(case).grid.criteria[0], "met", "Because", reviewer="R", seen=0)
        workspace.store.queue_job(case)
        print("saved", case, flush=True)
        time.sleep(60)
    """)
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "d")], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    said, case_id = process.stdout.readline().split()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert said == "saved"
    later = Workspace.open(Settings(data_dir=tmp_path / "d"))
    later.start()
    later.jobs.wait(int(case_id), 60)
    (decision,) = later.store.decisions(int(case_id)).values()
    later.close()
    assert (decision.outcome, decision.rationale) == ("met", "Because")


def test_a_job_goes_on_when_no_screen_looks(workspace: Workspace, criteria: CriteriaSet) -> None:
    upload = taken(workspace, pdf(*TEXTS), "packet.pdf")
    case = workspace.create_case("A case", [upload], criteria, by="R")
    end = time.monotonic() + 60
    while workspace.store.cases()[0].job.state != "done" and time.monotonic() < end:  # type: ignore[union-attr]
        time.sleep(0.05)
    assert not workspace.chart(case).grid.reasons
