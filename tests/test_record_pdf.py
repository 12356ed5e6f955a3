"""The printed record: real PDFs, read back."""

import subprocess
from dataclasses import replace

import pymupdf
import pytest

import core.record_pdf
from core.domain import PageRef
from core.errors import PageUnavailable, RecordNotMade
from core.record import CaseRecord
from core.record_pdf import record_pdf
from tests.records import CHART, HOSTILE, NURSE, OLD, draft, picture, signed


def printed(record: CaseRecord) -> pymupdf.Document:
    return pymupdf.open("pdf", record_pdf(record, picture))


@pytest.fixture(scope="module")
def denied() -> pymupdf.Document:
    return printed(signed())


@pytest.fixture(scope="module")
def opened() -> pymupdf.Document:
    return printed(draft())


def text(document: pymupdf.Document) -> str:
    """All text, a space for every break."""
    return " ".join(" ".join(page.get_text() for page in document).split())


def test_every_page_says_its_number_and_how_many_there_are(denied: pymupdf.Document) -> None:
    for page in denied:
        assert f"Page {page.number + 1} of {denied.page_count}" in page.get_text()
        assert (page.rect.width, page.rect.height) == (612, 792)
        assert "Müller & Søn, biologic <2026>" in page.get_text()
        (number,) = page.search_for(f"Page {page.number + 1} of {denied.page_count}")
        assert number.y0 > 752
        assert number.x1 <= 566.5


def test_nothing_runs_over_the_margins() -> None:
    record = draft()
    entry = record.criteria[0]
    assert entry.decision
    endless = "x1234567890" * 200
    long = replace(
        entry,
        criterion=replace(entry.criterion, id="A-VERY-LONG-ID-" * 2, question=f"Is {endless} there?"),
        decision=replace(entry.decision, rationale=endless),
    )
    document = printed(replace(record, criteria=(long, *record.criteria[1:])))
    rights = [word[2] for page in document for word in page.get_text("words")]
    assert max(rights) <= 612 - 46 + 1
    assert "".join(" ".join(page.get_text() for page in document).split()).count("x1234567890") >= 3 * 200


def test_every_page_of_a_draft_says_so_and_none_of_a_signed_record_does(
    opened: pymupdf.Document, denied: pymupdf.Document
) -> None:
    assert all("Not signed off: draft" in page.get_text() for page in opened)
    assert not any("draft" in page.get_text() for page in denied)
    assert all("Signed off by A. Gray, MD" in page.get_text() for page in denied)


def test_the_first_page_says_what_was_determined_by_whom_and_when(denied: pymupdf.Document) -> None:
    first = " ".join(denied[0].get_text().split())
    for said in (
        "Denied",
        "Signed by A. Gray, MD, physician on 03 Nov 2026, 15:00 UTC",
        "Methotrexate was not tried; see C02.",
        "Signed off 1 day 18 hours before it was due",
        "5: 1 met, 2 not met, 1 insufficient information, 1 not asked",
        "AI was used",
    ):
        assert said in first


def test_words_of_people_and_pages_are_printed_as_they_stand(denied: pymupdf.Document) -> None:
    said = text(denied)
    for words in (
        HOSTILE,
        NURSE,
        "CRP ≥ 10 mg/L",
        "µg: 24,000",
        "Nguyễn Thị Hòa",
        "患者",
        "chart <Müller>.pdf",
        "Ask the pharmacy <today>",
    ):
        assert words in said
    assert "\ufffd" not in said


def test_no_letter_is_missing_from_its_font() -> None:
    """A letter that no font has is drawn as glyph 0: the box."""
    name = "Łódź, Ωμέγα ≥ ≤ ±, Иванов, 患者病历, 환자, カルテ, مريض, חולה, Nguyễn, ½ µ • “ok” – …"
    document = printed(replace(draft(), name=name))
    missing = [
        char
        for page in document
        for span in page.get_texttrace()
        for char in span["chars"]
        if char[1] == 0 and not chr(char[0]).isspace()
    ]
    assert missing == []


def test_cited_pages_are_shown_once_with_the_numbers_of_all_their_citations(denied: pymupdf.Document) -> None:
    shown = [page for page in denied if any(image[2] > 500 for image in page.get_images())]
    assert len(shown) == 3
    first, second, third = (" ".join(page.get_text().split()) for page in shown)
    assert "Page 1 (printed “1 of 60”)" in first
    assert "Cited as 1 for C01, 3 for C02" in first
    assert "1, 3" in first
    assert "Cited as 2 for C01, the page as a whole" in second
    assert "Page 2 of a document that was replaced" in third
    assert CHART in first
    assert OLD in third


def test_marks_lie_where_the_quotation_is(denied: pymupdf.Document) -> None:
    page = next(page for page in denied if page.get_images())
    (image,) = page.get_image_info()
    x0, y0, x1, _ = image["bbox"]
    boxes = [d["rect"] for d in page.get_drawings() if d["fill"] and d["fill_opacity"] < 1]
    assert len(boxes) == 2
    wide = x1 - x0
    assert boxes[0].x0 == pytest.approx(x0 + 0.12 * wide - 1.5, abs=0.6)
    assert boxes[0].x1 == pytest.approx(x0 + 0.6 * wide + 1.5, abs=0.6)
    assert boxes[0].y0 > y0


def test_the_outline_and_the_links_lead_to_criteria_and_pages(denied: pymupdf.Document) -> None:
    titles = [title for _, title, _ in denied.get_toc()]
    for title in ("Summary", "C02: not met", "Page 1 (printed “1 of 60”)", "Audit log"):
        assert title in titles
    targets = {link["page"] for page in denied for link in page.get_links()}
    shown = {page.number for page in denied if page.get_images()}
    assert shown <= targets


def test_title_and_language_are_set(denied: pymupdf.Document) -> None:
    assert denied.metadata
    assert denied.metadata["title"] == "Record of a determination: Müller & Søn, biologic <2026>"
    assert denied.language == "en"
    assert "DisplayDocTitle true" in denied.xref_get_key(denied.pdf_catalog(), "ViewerPreferences")[1]


def test_hashes_of_documents_and_of_the_log_are_printed_in_full(denied: pymupdf.Document) -> None:
    said = text(denied)
    assert f"SHA-256 {OLD}" in said
    assert "e" * 64 in said
    assert "Every entry of the whole log verifies, up to entry 9." in said


def test_a_broken_log_is_said_on_the_first_page() -> None:
    record = draft()
    document = printed(replace(record, audit=replace(record.audit, broken=4)))
    assert "The log was changed from outside at entry 4." in document[0].get_text()


def test_what_differs_from_the_signed_record_is_said_on_the_first_page() -> None:
    document = printed(replace(signed(), differs=("Came into the packet since: <b>new</b>.pdf.",)))
    first = " ".join(document[0].get_text().split())
    assert "The present differs from what was signed." in first
    assert "<b>new</b>.pdf" in first


def test_a_page_that_cannot_be_drawn_says_so_in_its_place() -> None:
    def torn(ref: PageRef) -> bytes:
        if ref.number == 3:
            raise PageUnavailable("Page 3 is damaged and cannot be drawn.")
        return picture(ref)

    document = pymupdf.open("pdf", record_pdf(draft(), torn))
    assert "Page 3 is damaged and cannot be drawn. Look at the page in its document." in text(document)


def test_equal_records_give_equal_bytes() -> None:
    assert record_pdf(draft(), picture) == record_pdf(draft(), picture)


def test_a_long_rationale_goes_on_over_pages_and_loses_nothing() -> None:
    record = draft()
    words = [f"word{n}" for n in range(4000)]
    entry = record.criteria[0]
    assert entry.decision
    long = replace(entry, decision=replace(entry.decision, rationale=" ".join(words)))
    said = text(printed(replace(record, criteria=(long, *record.criteria[1:]))))
    assert all(word in said for word in words)


def test_a_press_that_fails_or_hangs_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.record_pdf, "MEMORY_MB", 20)
    with pytest.raises(RecordNotMade, match=r"The case is not affected"):
        record_pdf(draft(), picture)
    monkeypatch.undo()
    monkeypatch.setattr(core.record_pdf, "SECONDS", 0.05)
    with pytest.raises(RecordNotMade, match="took longer"):
        record_pdf(draft(), picture)


def test_the_press_says_nothing_of_what_it_prints_when_it_fails() -> None:
    import sys

    command = [sys.executable, "-I", str(core.record_pdf._PRESS), "2048"]
    failed = subprocess.run(command, input=b'{"parts": "Zoe"}', capture_output=True, check=False)
    assert failed.returncode
    assert b"Zoe" not in failed.stderr
