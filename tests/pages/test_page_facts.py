"""What the review screen says of a page, how it stands on the screen, and decisions on a packet that has changed."""

import json
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.domain import Page, PageRef, Word
from core.layout import turned_box
from pages.components.frame import workspace
from pages.review.facts import in_words, warnings
from tests.intake import paper
from tests.pages.packets import case_of, pdf, picture, take_in, text
from tests.pages.test_screens import app, texts

REF = PageRef("0" * 64, 1)
TRIED = "Methotrexate 20 mg weekly was tried for 14 weeks and stopped because the liver enzymes had tripled."
PARTY = "The garden party is on Saturday because of the weather forecast for the rest of the week."
WEATHER = "Rain is expected in the north, with strong winds on the coast and snow above 900 metres at night."
LETTER = (
    "Dear colleagues, thank you for seeing this patient with seropositive rheumatoid arthritis of the hands and feet. "
    "She has taken methotrexate 20 mg weekly since the spring of 2024 together with folic acid on the next day. "
    "Her joints are swollen in the morning for about two hours and she cannot open a jar or turn a key without help. "
    "Please consider a biologic agent; tuberculosis and hepatitis have been excluded by our laboratory in October."
)


# -- in words


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(REF, "a"), []),
        (Page(REF, "a", source="ocr", confidence=0.939), ["Read from the image, 93 % sure"]),
        (Page(REF, "a", source="ocr"), ["Read from the image"]),
        (Page(REF, "a", source="ocr", confidence=0.849), []),
        (Page(REF, "a", turn=90), ["Turned upright; the file has it sideways"]),
        (Page(REF, "a", turn=180), ["Turned upright; the file has it upside down"]),
        (Page(REF, "a", notes=("scan", "foreign_ocr")), ["Text recognised by another program before it came here"]),
        (Page(REF, "a", notes=("form", "annotated")), ["Has form fields", "Has comments on top of the page"]),
    ],
)
def test_what_is_good_to_know_of_a_page_is_said_in_few_words(page: Page, words: list[str]) -> None:
    assert in_words(page) == words


@pytest.mark.parametrize(
    ("page", "warned"),
    [
        (Page(REF, "a", source="ocr", confidence=0.85), []),
        (Page(REF, "a", source="ocr", confidence=0.8499), ["Read from a poor image (84 % sure)"]),
        (Page(REF, "a", notes=("hidden_text",)), ["This page has text that cannot be seen."]),
        (Page(REF, "a"), []),
    ],
)
def test_a_page_warns_when_its_text_may_not_be_what_stands_on_it(page: Page, warned: list[str]) -> None:
    sentences = warnings(page)
    assert len(sentences) == len(warned)
    assert all(sentence.startswith(words) for sentence, words in zip(sentences, warned, strict=True))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(REF, "a", turn=90), ["Turned upright and by hand; the file has it sideways"]),
        (Page(REF, "a"), ["Turned by hand"]),
    ],
)
def test_a_turn_by_hand_comes_on_top_of_what_brought_the_page_upright(page: Page, words: list[str]) -> None:
    assert in_words(page, by_hand=90) == words


def test_text_that_nobody_can_see_is_warned_of(tmp_path: Path) -> None:
    def hiding(page: pymupdf.Page) -> None:
        page.insert_textbox(pymupdf.Rect(72, 90, 540, 300), LETTER, fontsize=12)
        page.insert_textbox(pymupdf.Rect(72, 400, 540, 700), TRIED, fontsize=12, render_mode=3)

    case = case_of(pdf(tmp_path / "packet.pdf", hiding, text(PARTY)))
    assert [w.value for w in app("review", case=str(case), by="R. Nurse", page="1").warning] == [
        "This page has text that cannot be seen. What is marked may not be visible on the image."
    ]
    assert not app("review", case=str(case), by="R. Nurse", page="2").warning


# -- pages like it


def ways(test: AppTest) -> dict[str, Button]:
    """The buttons that lead to copies and similar pages, by the page they name."""
    return {b.label: b for b in test.button if b.key and b.key.startswith("alike.")}


def test_copies_stay_visible_and_lead_to_one_another(tmp_path: Path) -> None:
    case = case_of(pdf(tmp_path / "packet.pdf", text(LETTER), text(PARTY), text(LETTER), text(LETTER)))
    test = app("review", case=str(case), by="R. Nurse", page="1")
    assert not test.error
    assert "3 copies: this page and" in texts(test)
    ways(test)[":blue[page 4]"].click().run()
    assert test.session_state[f"review.place.{case}"].page == 4
    assert list(ways(test)) == [":blue[page 1]", ":blue[page 3]"]
    assert "copies" not in texts(app("review", case=str(case), by="R. Nurse", page="2"))


def test_a_similar_page_shows_what_differs_with_its_numbers_first(tmp_path: Path) -> None:
    changed = LETTER.replace("20 mg", "25 mg").replace("hands and feet", "knees [x](https://evil.example)")
    case = case_of(pdf(tmp_path / "packet.pdf", text(LETTER), text(PARTY), text(changed)))
    test = app("review", case=str(case), by="R. Nurse", page="3")
    assert not test.error
    assert "Similar to" in texts(test)
    assert "From page 1 to page 3" in texts(test)
    assert "Numbers: 20 → 25" in texts(test)
    assert "hands and feet" in texts(test)
    assert not [m.value for m in test.markdown if "](https:" in m.value or "https:" in m.value]
    ways(test)[":blue[page 1]"].click().run()
    assert test.session_state[f"review.place.{case}"].page == 1
    assert "From page 1 to page 3" in texts(test)


def test_a_number_that_changed_several_times_is_told_once(tmp_path: Path) -> None:
    dose = "Methotrexate 20 mg on Monday, 20 mg on Tuesday and again 20 mg on Friday"
    first, second = (text(f"{LETTER} {words}.") for words in (dose, dose.replace("20", "25")))
    case = case_of(pdf(tmp_path / "packet.pdf", first, second))
    shown = texts(app("review", case=str(case), by="R. Nurse", page="2"))
    assert "Numbers: 20 → 25 (3 times)" in shown


# -- upright


def shown(test: AppTest) -> dict[str, object]:
    """What the page view was given."""
    view = next(e for e in test.get("bidi_component") if "page." in str(e.key))
    data: dict[str, object] = json.loads(view.proto.json)
    return data


def sideways(page: pymupdf.Page) -> None:
    """A scan whose text runs from the bottom of the page to its top."""
    with pymupdf.open() as other:
        sheet = other.new_page(width=paper.LETTER[1], height=paper.LETTER[0])
        sheet.insert_textbox(pymupdf.Rect(72, 90, 720, 540), LETTER, fontsize=14)
        image = sheet.get_pixmap(dpi=150, colorspace=pymupdf.csGRAY)
        page.insert_image(page.rect, pixmap=image, rotate=90, keep_proportion=False)


def test_a_scan_that_lies_on_its_side_stands_upright_with_its_marks(tmp_path: Path) -> None:
    case = case_of(pdf(tmp_path / "packet.pdf", sideways))
    page = workspace().chart(case).pages[0]
    assert (page.source, page.turn) == ("ocr", 90)
    test = app("review", case=str(case), by="R. Nurse", criterion="A-1", page="1")
    assert not test.error
    assert "Turned upright; the file has it sideways" in texts(test)
    assert "Read from the image" in texts(test)
    upright = shown(test)
    assert upright["width"] == pytest.approx(paper.LETTER[1], abs=1)
    boxes = upright["boxes"]
    assert isinstance(boxes, list)
    assert boxes
    assert all(width > height for _, _, width, height, *_ in boxes), "lines run across the upright page"
    workspace().store.findings.turn(workspace().chart(case).pages[0].ref, 90)
    test.run()
    assert "Turned upright and by hand; the file has it sideways" in texts(test)
    turned = shown(test)
    assert turned["width"] == pytest.approx(paper.LETTER[0], abs=1)
    x, y, width, height, *_ = boxes[0]
    x0, y0, x1, y1 = turned_box((x, y, x + width, y + height), 90)
    assert isinstance(turned["boxes"], list)
    assert turned["boxes"][0][:4] == pytest.approx([x0, y0, x1 - x0, y1 - y0], abs=1e-4)


def test_the_text_of_a_recognised_page_names_its_uncertain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTSIEVE_OCR", "false")
    case = case_of(pdf(tmp_path / "packet.pdf", picture))
    page = workspace().store.page(PageRef(workspace().store.case(case).documents[0].document, 1))
    box = (0.1, 0.1, 0.2, 0.2)
    words = Word("Failed", box, 0.97), Word("*meth0trexate*", box, 0.4), Word("in", box, 0.6), Word("*2O24*", box, 0.2)
    line = " ".join(word.text for word in words)
    read = replace(page, text=line, words=words, source="ocr", problem="", recognised="engine 1", confidence=0.78)
    workspace().store.replace_pages(page.ref.document, [read])
    test = app("review", case=str(case), by="R. Nurse", page="1")
    assert [w.value[:36] for w in test.warning] == ["Read from a poor image (78 % sure): "]
    test.segmented_control(key="review.view").set_value("Text").run()
    assert "Uncertain words:" in texts(test)
    assert [t.value for t in test.text] == ["*meth0trexate*   *2O24*", line]


# -- a packet that changed


def test_a_decision_from_before_the_packet_changed_says_so_and_names_the_replaced_page(tmp_path: Path) -> None:
    case = case_of(pdf(tmp_path / "Packet_1.pdf", text(PARTY), text(TRIED)))
    old = workspace().store.case(case).documents[0].document
    page = workspace().chart(case).pages[1]
    rule = app("review", case=str(case)).session_state[f"review.place.{case}"].rule
    workspace().review.mark(case, "A-1", page, "relevant", reviewer="R. Nurse", rule=rule)
    workspace().review.decide(case, "A-1", "met", "Tried", reviewer="R. Nurse", seen=0)
    test = app("review", case=str(case), by="R. Nurse", criterion="A-1", page="1")
    assert "cites page 2" in texts(test)
    assert "look again" not in texts(test)
    new = take_in(workspace(), pdf(tmp_path / "new.pdf", text(PARTY), text(LETTER)))
    workspace().replace_document(case, old, new, by="R. Nurse")
    workspace().jobs.wait(case, 60)
    test = app("review", case=str(case), by="R. Nurse", criterion="A-1", page="1")
    assert not test.error
    assert "cites page 2, no longer in the packet (Packet_1.pdf)" in texts(test)
    changed = workspace().store.case(case).amended_at
    assert changed
    assert f"Decided before pages came in or were read on {changed:%d %b}: look again" in texts(test)


def test_a_citation_of_a_page_that_the_new_document_has_too_leads_there(tmp_path: Path) -> None:
    case = case_of(pdf(tmp_path / "notes.pdf", text(TRIED), text(PARTY), text(LETTER)))
    old = workspace().store.case(case).documents[0].document
    rule = app("review", case=str(case)).session_state[f"review.place.{case}"].rule
    for page in workspace().chart(case).pages:
        workspace().review.mark(case, "A-1", page, "relevant", reviewer="R. Nurse", rule=rule)
    workspace().review.decide(case, "A-1", "met", "Tried", reviewer="R. Nurse", seen=0)
    new = take_in(workspace(), pdf(tmp_path / "new.pdf", text(WEATHER), text(TRIED)))
    workspace().replace_document(case, old, new, by="R. Nurse")
    workspace().jobs.wait(case, 60)
    shown = texts(app("review", case=str(case), by="R. Nurse", criterion="A-1", page="1"))
    assert "cites page 2; pages 2, 3, no longer in the packet (notes.pdf)" in shown


def test_a_judgement_of_a_page_that_the_new_document_has_too_still_stands(tmp_path: Path) -> None:
    case = case_of(pdf(tmp_path / "old.pdf", text(TRIED), text(PARTY)))
    old = workspace().store.case(case).documents[0].document
    page = workspace().chart(case).pages[0]
    rule = app("review", case=str(case)).session_state[f"review.place.{case}"].rule
    workspace().review.mark(case, "A-1", page, "relevant", reviewer="R. Nurse", rule=rule)
    new = take_in(workspace(), pdf(tmp_path / "new.pdf", text(PARTY), text(TRIED)))
    workspace().replace_document(case, old, new, by="R. Nurse")
    workspace().jobs.wait(case, 60)
    test = app("review", case=str(case), by="R. Nurse", criterion="A-1", page="2")
    assert "saved as relevant" in texts(test)
    assert "saved as" not in texts(app("review", case=str(case), by="R. Nurse", criterion="A-1", page="1"))
