"""What is read from sound documents, through the real child process."""

from itertools import pairwise
from pathlib import Path

import pymupdf
import pytest

from core.domain import Page
from core.intake import Limits, Renderer, inspect_document, read_document
from core.intake.triage import GARBLED, IMAGE_ONLY
from tests.intake import paper

FAX_HEADER = "03/12/2026 14:02 FROM: LAKESIDE RHEUMATOLOGY FAX 555-010-4477 TO: 5550109921 P.014/060"


def read(path: Path, limits: Limits | None = None) -> list[Page]:
    pages = list(read_document(path, document="d", limits=limits or Limits()))
    assert [p.ref.number for p in pages] == list(range(1, len(pages) + 1))
    assert all(p.text.split() == [w.text for w in p.words] for p in pages)
    return pages


def one(path: Path) -> Page:
    (page,) = read(path)
    return page


def ink_outside_and_inside(png: bytes, page: Page) -> tuple[int, list[int]]:
    """Dark pixels outside all word boxes, and within each."""
    picture = pymupdf.Pixmap(png)
    w, h, rest = picture.width, picture.height, bytearray(picture.samples)
    assert picture.n == 1
    inside = []
    for word in page.words:
        x0, y0, x1, y1 = word.box
        left, right = int(x0 * w) - 1, int(x1 * w) + 2
        dark = 0
        for y in range(int(y0 * h) - 1, int(y1 * h) + 2):
            dark += sum(v < 128 for v in rest[y * w + left : y * w + right])
            rest[y * w + left : y * w + right] = b"\xff" * (right - left)
        inside.append(dark)
    return sum(v < 128 for v in rest), inside


def test_text_is_the_words_with_spaces_and_line_ends(tmp_path: Path) -> None:
    page = one(paper.write(tmp_path / "a.pdf", "Methotrexate 15 mg weekly\nHumira 40 mg"))
    assert page.text == "Methotrexate 15 mg weekly\nHumira 40 mg"
    assert (page.source, page.problem, page.blank, page.label) == ("text", "", False, "")
    assert (page.width, page.height, page.rotation) == (612, 792, 0)


def test_pages_come_in_order_with_progress(tmp_path: Path) -> None:
    path = paper.write(tmp_path / "a.pdf", "one page", "two pages", "three pages")
    calls: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        calls.append((done, total))

    pages = list(read_document(path, document="abc", limits=Limits(), progress=progress))
    assert [p.text for p in pages] == ["one page", "two pages", "three pages"]
    assert {p.ref.document for p in pages} == {"abc"}
    assert calls == [(1, 3), (2, 3), (3, 3)]


def test_inspecting_counts_pages_without_reading_them(tmp_path: Path) -> None:
    opened = inspect_document(paper.write(tmp_path / "a.pdf", "one", "two"), Limits())
    assert (opened.pages, opened.repaired) == (2, False)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_word_boxes_lie_on_the_ink_of_the_displayed_page(tmp_path: Path, rotation: int) -> None:
    path = paper.write(tmp_path / "a.pdf", paper.PROSE, rotation=rotation)
    page = one(path)
    assert page.rotation == rotation
    assert (page.width, page.height) == ((792, 612) if rotation in (90, 270) else (612, 792))
    with Renderer(Limits()) as renderer:
        outside, inside = ink_outside_and_inside(renderer.render(path, 1, dpi=72), page)
    assert outside == 0
    assert min(inside) > 0


def test_word_boxes_follow_the_crop_box(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page(width=612, height=792)
        sheet.insert_text((100, 40), "outside")
        sheet.insert_text((200, 300), "inside the frame")
        sheet.set_cropbox(pymupdf.Rect(150, 200, 500, 500))
        sheet.set_rotation(90)
        document.save(path)
    page = one(path)
    assert page.text == "inside the frame"
    assert (page.width, page.height) == (300, 350)
    with Renderer(Limits()) as renderer:
        outside, inside = ink_outside_and_inside(renderer.render(path, 1, dpi=72), page)
    assert outside == 0
    assert min(inside) > 0


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page()
        sheet.insert_textbox(pymupdf.Rect(50, 80, 280, 300), "left one\nleft two\nleft three")
        sheet.insert_textbox(pymupdf.Rect(320, 80, 560, 300), "right one\nright two\nright three")
        document.save(path)
    assert one(path).text.replace("\n", " ") == "left one left two left three right one right two right three"


def test_unusual_spaces_and_invisible_characters_do_not_break_the_words(tmp_path: Path) -> None:
    text = "dose\u00a0of 40\u2003mg soft\u00adhyphen zero\u200bwidth \u200b end"
    path = tmp_path / "a.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page()
        writer = pymupdf.TextWriter(sheet.rect)
        writer.append((72, 120), text, font=pymupdf.Font("helv"), fontsize=12)
        writer.write_text(sheet)
        document.save(path)
    page = one(path)
    assert page.text.split() == ["dose", "of", "40", "mg", "soft-hyphen", "zerowidth", "end"]
    boxes = [w.box for w in page.words]
    assert all(a[2] <= b[0] + 0.001 for a, b in pairwise(boxes)), "left to right, no overlap"


def test_filled_fields_and_typed_annotations_are_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page()
        sheet.insert_text((72, 100), "Drug:")
        field = pymupdf.Widget()
        field.field_type, field.field_name, field.field_value = pymupdf.PDF_WIDGET_TYPE_TEXT, "drug", "Adalimumab"
        field.rect = pymupdf.Rect(120, 88, 300, 106)
        sheet.add_widget(field)
        sheet.insert_text((72, 150), "Urgent:")
        tick = pymupdf.Widget()
        tick.field_type, tick.field_name, tick.field_value = pymupdf.PDF_WIDGET_TYPE_CHECKBOX, "urgent", True
        tick.rect = pymupdf.Rect(120, 138, 134, 152)
        sheet.add_widget(tick)
        sheet.add_freetext_annot(pymupdf.Rect(72, 200, 300, 230), "typed over the form")
        document.save(path)
    page = one(path)
    found = {w.text: w.box for w in page.words}
    assert set(found) == {"Drug:", "Adalimumab", "Urgent:", "[x]", "typed", "over", "the", "form"}
    assert found["Adalimumab"][0] == pytest.approx(121 / 595, abs=0.01)
    assert found["Adalimumab"][1] == pytest.approx(95 / 842, abs=0.02)


def test_an_image_without_text_is_not_called_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    with pymupdf.open() as document:
        paper.scan(document.new_page(width=612, height=792))
        document.save(path)
    page = one(path)
    assert (page.source, page.problem, page.text, page.blank) == ("none", IMAGE_ONLY, "", False)


def test_a_stamped_scan_keeps_its_stamp_and_is_not_called_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page(width=612, height=792)
        paper.scan(sheet)
        sheet.insert_text((20, 18), FAX_HEADER, fontsize=8)
        document.save(path)
    page = one(path)
    assert (page.source, page.label) == ("none", "14 of 60")
    assert "LAKESIDE" in page.text


def test_a_scan_that_was_faxed_three_times_is_still_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page(width=612, height=792)
        paper.scan(sheet)
        for times in range(3):
            sheet.insert_text((20, 18 + 10 * times), FAX_HEADER, fontsize=8)
        document.save(path)
    page = one(path)
    assert len(page.text) > 200
    assert page.source == "none"


def test_a_scan_cut_into_strips_is_still_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "strips.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page(width=612, height=792)
        for strip in range(8):
            paper.scan(sheet, box=(0, strip * 99, 612, strip * 99 + 99))
        sheet.insert_text((40, 400), "Received by the records office and filed under the member", fontsize=8)
        document.save(path)
    assert one(path).source == "none"


def test_drawn_writing_without_letters_is_not_called_read(tmp_path: Path) -> None:
    path = tmp_path / "ink.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page(width=612, height=792)
        sheet.insert_text((72, 60), "Signature")
        for x in range(100, 180, 8):
            sheet.draw_line((x, 700), (x + 5, 680), width=1.5)
        document.save(path)
    assert one(path).source == "text", "a signature under a word leaves the word readable"
    with pymupdf.open(path) as document:
        shape = document[0].new_shape()
        for y in range(100, 600, 12):
            for x in range(80, 500, 10):
                shape.draw_line((x, y), (x + 6, y + 7))
        shape.finish(width=1.2)
        shape.commit()
        document.saveIncr()
    assert one(path).source == "none"


def test_a_small_scribble_on_an_empty_page_is_not_called_blank_or_read(tmp_path: Path) -> None:
    path = tmp_path / "scribble.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page(width=612, height=792)
        sheet.insert_text((20, 18), FAX_HEADER, fontsize=8)
        for x in range(100, 180, 8):
            sheet.draw_line((x, 700), (x + 5, 680), width=1.5)
        document.save(path)
    page = one(path)
    assert (page.blank, page.source) == (False, "none")


def test_blank_pages_are_blank_with_and_without_a_fax_header(tmp_path: Path) -> None:
    path = tmp_path / "blank.pdf"
    with pymupdf.open() as document:
        document.new_page(width=612, height=792)
        document.new_page(width=612, height=792).insert_text((20, 18), FAX_HEADER, fontsize=8)
        paper.scan(document.new_page(width=612, height=792), text="")
        line = document.new_page(width=612, height=792)
        line.insert_text((300, 770), "- 22 -")
        line.draw_line((60, 400), (550, 400), width=0.7)
        document.save(path)
    pages = read(path)
    assert [p.blank for p in pages] == [True] * 4
    assert all(p.readable and p.source == "text" and not p.problem for p in pages)
    assert pages[1].label == "14 of 60"


def test_one_word_is_not_blank_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "word.pdf"
    with pymupdf.open() as document:
        document.new_page(width=612, height=792).insert_text((300, 400), "Denied")
        document.new_page(width=612, height=792).insert_text((60, 25), "Call 555-010-4477: moved to hospice, stop all")
        document.save(path)
    assert [(p.blank, p.source) for p in read(path)] == [(False, "text")] * 2


def test_a_black_page_is_a_failed_scan_and_not_blank(tmp_path: Path) -> None:
    path = tmp_path / "black.pdf"
    with pymupdf.open() as document:
        sheet = document.new_page(width=612, height=792)
        sheet.draw_rect(sheet.rect, fill=(0, 0, 0))
        document.save(path)
    page = one(path)
    assert (page.blank, page.source) == (False, "none")


def test_letters_without_meaning_are_not_called_read(tmp_path: Path) -> None:
    to_unicode = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <20> <7E> <E020> endbfrange"
    path = paper.raw(
        tmp_path / "garbled.pdf",
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        paper.stream(b"BT /F 12 Tf 14 TL 72 700 Td " + b"(A line of text that nobody can copy) Tj T* " * 9 + b"ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        paper.stream(b"/CMapName /Odd def " + to_unicode),
    )
    page = one(path)
    assert (page.source, page.problem) == ("none", GARBLED)


def test_two_hundred_text_pages_take_a_few_seconds_at_most(tmp_path: Path) -> None:
    path = paper.write(tmp_path / "long.pdf", *[f"Page {i} of 200\n" + paper.PROSE * 8 for i in range(1, 201)])
    pages = read(path, Limits(document_seconds=20))
    assert len(pages) == 200
    assert {p.source for p in pages} == {"text"}
