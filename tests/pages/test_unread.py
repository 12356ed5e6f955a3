"""Pages that could not be read: the list of them, and what a person signs on such a page."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain import PageRef
from core.settings import Settings
from pages.components.frame import workspace
from pages.review.unread import reason
from tests.pages.packets import case_of, pdf, picture, take_in, text
from tests.pages.test_screens import app, texts

TRIED = "Methotrexate 20 mg weekly was tried for 14 weeks and stopped because the liver enzymes had tripled."
PARTY = "The garden party is on Saturday because of the weather forecast for the rest of the week."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A data folder with a case of four pages; the second and the third are scans that nobody could read."""
    folder = tmp_path_factory.mktemp("made")
    path = pdf(folder / "packet.pdf", text(TRIED), picture, picture, text(PARTY))
    return folder / "data", case_of(path, Settings(data_dir=folder / "data", ocr=False))


@pytest.fixture
def case(made: tuple[Path, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The case, in a copy of the folder that is this test's own."""
    monkeypatch.setenv("CHARTSIEVE_OCR", "false")
    shutil.copytree(made[0], tmp_path / "data")
    return made[1]


def page_of(case: int, number: int) -> PageRef:
    return PageRef(workspace().store.case(case).documents[0].document, number)


def key(case: int, number: int, what: str) -> str:
    page = page_of(case, number)
    return f"unread.{case}.{page.document[:16]}.{page.number}.{what}"


def test_the_head_lists_the_pages_that_could_not_be_read_with_their_reason(case: int) -> None:
    test = app("review", case=str(case), by="R. Nurse", page="1")
    assert not test.exception
    assert not test.error
    assert "0 of 2 looked at." in texts(test)
    assert [b.label for b in test.button if b.label.startswith("Open page")] == ["Open page 2", "Open page 3"]
    assert texts(test).count("An image without text") == 2


def test_the_list_opens_the_image_of_a_page(case: int) -> None:
    test = app("review", case=str(case), by="R. Nurse", page="1")
    test.session_state["review.view"] = "Text"
    next(b for b in test.button if b.label == "Open page 3").click().run()
    assert test.session_state[f"review.place.{case}"].page == 3
    assert test.session_state["review.view"] == "Image"
    assert "please look at it yourself" in texts(test)


def test_a_person_signs_that_they_looked_at_a_page(case: int) -> None:
    test = app("review", case=str(case), by="R. Nurse", page="2")
    test.text_input(key=key(case, 2, "note")).input("Lab form,\n empty").run()
    test.button(key=key(case, 2, "looked")).click().run()
    assert not test.error
    (sighting,) = workspace().store.sightings(case)
    assert (sighting.page, sighting.reviewer, sighting.note) == (page_of(case, 2), "R. Nurse", "Lab form, empty")
    assert f"Looked at by R. Nurse, {sighting.at:%d %b %H:%M} UTC: Lab form, empty" in texts(test)
    assert "1 of 2 looked at." in texts(test), "the head knows of it at once"
    assert [b.label for b in test.button if b.label.startswith("Open page")] == ["Open page 3", "Open page 2"]


def test_nobody_signs_without_a_name(case: int) -> None:
    test = app("review", case=str(case), page="2")
    assert "Your name: the record keeps who looked at this page" in [t.label for t in test.text_input]
    assert "I have looked at this page" not in [b.label for b in test.button]


def test_a_note_belongs_to_the_page_it_was_typed_on(case: int) -> None:
    test = app("review", case=str(case), by="R. Nurse", page="2")
    test.text_input(key=key(case, 2, "note")).input("Half a thought").run()
    test.button(key=key(case, 2, "next")).click().run()
    assert test.session_state[f"review.place.{case}"].page == 3
    assert test.text_input(key=key(case, 3, "note")).value == ""
    test.button(key=key(case, 3, "looked")).click().run()
    assert [(s.page.number, s.note) for s in workspace().store.sightings(case)] == [(3, "")]
    test.button(key=key(case, 3, "next")).click().run()
    assert test.text_input(key=key(case, 2, "note")).value == "Half a thought"


def test_a_second_click_stores_nothing_and_a_changed_note_is_stored(case: int) -> None:
    page = page_of(case, 2)
    workspace().look_at(case, page, reviewer="R. Nurse", note="Empty")
    test = app("review", case=str(case), by="R. Nurse", page="2")
    assert "I have looked at this page" not in [b.label for b in test.button]
    test.text_input(key=key(case, 2, "note")).input("Empty").run()
    test.button(key=key(case, 2, "looked")).click().run()
    test.button(key=key(case, 2, "looked")).click().run()
    assert [s.note for s in workspace().store.sightings(case)] == ["Empty"]
    test.text_input(key=key(case, 2, "note")).input("A signature").run()
    test.button(key=key(case, 2, "looked")).click().run()
    assert "R. Nurse" in texts(test)
    assert "A signature" in texts(test)
    assert "Empty" not in texts(test)


def test_another_reviewer_sees_who_looked_and_signs_for_themselves(case: int) -> None:
    workspace().look_at(case, page_of(case, 2), reviewer="J. Rivera", note="![x](https://evil.example/x.png)")
    test = app("review", case=str(case), by="R. Nurse", page="2")
    shown = next(c.value for c in test.caption if "Looked at by" in c.value)
    assert "https:" not in shown
    assert "![" not in shown
    test.button(key=key(case, 2, "looked")).click().run()
    assert {s.reviewer for s in workspace().store.sightings(case)} == {"J. Rivera", "R. Nurse"}


def evidence(case: int) -> str:
    """What the screen says of a criterion for which nothing is kept."""
    chart = workspace().chart(case)
    fingerprint, version = chart.scorer.fingerprint, chart.recalibration
    workspace().store.set_rule(case, fingerprint, "probability>=1", recalibration=version, by="R")
    shown = texts(app("review", case=str(case), by="R. Nurse", criterion="A-2", page="1"))
    return next(line for line in shown.splitlines() if "None found" in line)


def test_the_evidence_line_says_whether_somebody_looked_at_the_unread_pages(case: int) -> None:
    assert "None found on 2 pages; 2 could not be read: look at those yourself" in evidence(case)
    workspace().look_at(case, page_of(case, 2), reviewer="J. Rivera")
    assert "2 could not be read, 1 of them looked at by J. Rivera: look at the other yourself" in evidence(case)
    workspace().look_at(case, page_of(case, 3), reviewer="R. Nurse")
    line = evidence(case)
    assert "None found on 2 pages; the 2 that could not be read were looked at by " in line
    assert "J. Rivera" in line
    assert "R. Nurse" in line


def test_scans_that_are_read_in_a_moment_are_not_called_unreadable(case: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTSIEVE_OCR", "true")
    store = workspace().store
    store.queue_job(case)
    store.update_job(case, state="running", stage="Reading scanned pages", done=0, total=2)
    test = app("review", case=str(case), by="R. Nurse", page="2")
    assert not test.error
    assert "so far on page" in texts(test)
    assert "2 not read yet" in texts(test)
    assert "This page has not been read yet." in texts(test)
    assert "could not be read" not in texts(test)
    assert "I have looked at this page" not in [b.label for b in test.button]


def test_text_that_was_recognised_too_poorly_is_shown_as_such(case: int) -> None:
    page = workspace().store.page(page_of(case, 2))
    workspace().store.replace_pages(page.ref.document, [replace(page, text="Th3 pat1ent", recognised="engine 1")])
    test = app("review", case=str(case), by="R. Nurse", page="2")
    assert "please look at it yourself" in texts(test)
    test.segmented_control(key="review.view").set_value("Text").run()
    assert "Recognised too poorly to rely on:" in texts(test)
    assert [t.value for t in test.text] == ["Th3 pat1ent"]


def test_an_unread_page_is_judged_like_any_other(case: int) -> None:
    test = app("review", case=str(case), by="R. Nurse", criterion="A-1", page="2")
    next(b for b in test.button if b.label == "Relevant").click().run()
    (label,) = workspace().labels(case)
    assert (label.page, label.verdict) == (page_of(case, 2), "relevant")
    assert "saved as relevant" in texts(test)


def test_nothing_is_signed_for_a_page_whose_document_was_replaced_meanwhile(case: int, tmp_path: Path) -> None:
    test = app("review", case=str(case), by="R. Nurse", criterion="A-1", page="4")
    old = workspace().store.case(case).documents[0].document
    shorter = take_in(workspace(), pdf(tmp_path / "new.pdf", text(PARTY)))
    workspace().replace_document(case, old, shorter, by="R")
    workspace().jobs.wait(case, 60)
    next(b for b in test.button if b.label == "Relevant").click().run()
    assert workspace().labels(case) == []
    assert "Nothing was saved" in texts(test)
    assert test.session_state[f"review.place.{case}"].page == 1


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("This page is an image without text; its content could not be read.", "An image without text"),
        ("This page has more words than can be read; only the first part is here.", "More words than can be read"),
        (
            "Not read: the time allowed for this document ran out. Look at it.",
            "The time allowed for this document ran out",
        ),
        ("", ""),
    ],
)
def test_a_reason_is_the_first_clause_of_its_sentence(problem: str, words: str) -> None:
    assert reason(problem) == words


def test_a_long_reason_is_cut_between_words() -> None:
    words = reason("word " * 40)
    assert len(words) <= 81
    assert words.endswith("word…")
