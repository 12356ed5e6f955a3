"""The packet screen, and what all screens say of pages that are still to be read."""

import shutil
from pathlib import Path

import pymupdf
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.casefile import Step
from core.casework import SCORING
from core.reading import RECOGNISING
from core.settings import Settings
from pages.components.frame import workspace
from tests.pages.packets import Draw, case_of, pdf, picture, take_in, text
from tests.pages.test_screens import app, texts

TRIED = "Methotrexate 20 mg weekly was tried for 14 weeks and stopped because the liver enzymes had tripled."
PARTY = "The garden party is on Saturday because of the weather forecast for the rest of the week."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A data folder with a case of three pages; the second is a scan that nobody has tried to read."""
    folder = tmp_path_factory.mktemp("made")
    path = pdf(folder / "packet.pdf", text(TRIED), picture, text(PARTY))
    return folder / "data", case_of(path, Settings(data_dir=folder / "data", ocr=False))


@pytest.fixture
def case(made: tuple[Path, int], tmp_path: Path) -> int:
    """The case, in a copy of the folder that is this test's own; scans can be read now."""
    shutil.copytree(made[0], tmp_path / "data")
    return made[1]


def document(case: int) -> str:
    return workspace().store.case(case).documents[0].document


def busy(case: int, stage: str = RECOGNISING) -> None:
    """As if another process worked on the case."""
    store = workspace().store
    store.queue_job(case)
    store.update_job(case, state="running", stage=stage, done=0, total=1, message="")


# -- a case that was signed off


def test_documents_stay_as_they_are_in_a_case_that_was_signed_off(case: int) -> None:
    at = workspace().now()
    workspace().store.course.add_step(case, Step("withdraw", "R. Nurse", "reviewer", at, "At their wish"), seen=0)
    test = app("packet", case=str(case), by="R. Nurse")
    assert not test.exception
    assert "Its documents stay as they are until it is reopened" in texts(test)
    assert [b.disabled for b in test.button if b.label == "Replace…"] == [True]
    assert not test.file_uploader


# -- scans that are left


@pytest.mark.parametrize("screen", ["review", "packet"])
def test_scans_that_were_left_unread_can_be_read_from_both_screens(case: int, screen: str) -> None:
    test = app(screen, case=str(case), by="R. Nurse", page="1")
    assert not test.error
    assert "ot read yet" not in texts(test)
    assert ("Could not be read so far: 1 · 2" in texts(test).replace("*", "")) == (screen == "packet")
    next(b for b in test.button if b.label == "1 scanned page: read it").click().run()
    workspace().jobs.wait(case, 60)
    assert workspace().chart(case).pages[1].source == "ocr"
    after = app(screen, case=str(case), by="R. Nurse", page="1")
    assert "could not be read" not in texts(after).lower()
    assert not [b for b in after.button if "read it" in b.label]


def test_scans_are_not_called_unreadable_while_the_packet_is_read(case: int) -> None:
    busy(case)
    test = app("packet", case=str(case), by="R. Nurse")
    assert not test.error
    assert "Scans not read yet: **1** · 2" in texts(test)
    assert "could not be read" not in texts(test).lower()
    assert "Reading scanned pages: 0 of 1 pages" in texts(test)
    assert not [b for b in test.button if "read it" in b.label]


def test_the_line_of_the_work_says_how_many_pages_are_read_after_it(case: int) -> None:
    busy(case, SCORING)
    store = workspace().store
    test = app("review", case=str(case), by="R. Nurse", page="1")
    assert "1 page not read yet." in texts(test)
    store.update_job(case, state="running", stage=RECOGNISING, done=0, total=1, message="")
    assert "page not read yet" not in texts(app("review", case=str(case), by="R. Nurse", page="1"))


def test_nobody_is_named_who_gave_no_name(case: int) -> None:
    busy(case, SCORING)
    assert "Started by R." in texts(app("review", case=str(case), page="1"))
    workspace().store.queue_job(case, by="Unnamed reviewer")
    assert "Started by" not in texts(app("review", case=str(case), page="1"))


def test_the_context_warns_of_pages_that_are_not_read_yet(case: int) -> None:
    test = app("context", case=str(case))
    assert not test.error
    assert "1 page is not read yet: finish first, or what you download lacks it." in texts(test)
    assert "of 3; 1 not read yet" in texts(test)
    assert "could not be read" not in texts(test)
    markdown = next(c.value for c in test.code if c.value.startswith("# Context pack"))
    assert "could not be read: 0 pages; not read yet: 1 page\n" in markdown


def test_the_context_speaks_of_one_page_that_could_not_be_read_as_of_one(
    case: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTSIEVE_OCR", "false")
    test = app("context", case=str(case))
    assert "1 page could not be read, so no text of it stands below: 2. It is kept" in texts(test)
    assert "not read yet" not in texts(test)


# -- adding and replacing


def give(test: AppTest, path: Path, at: int) -> AppTest:
    return test.file_uploader[at].set_value((path.name, path.read_bytes(), "application/pdf")).run()


def test_nothing_is_added_before_somebody_says_who_adds_it(case: int, tmp_path: Path) -> None:
    test = give(app("packet", case=str(case)), pdf(tmp_path / "more.pdf", text(PARTY)), 0)
    go = f"packet.add.{case}.go"
    assert "No page leaves this machine." in texts(test)
    assert test.button(key=go).disabled
    test.text_input[0].input("J. Rivera").run()
    assert not test.button(key=go).disabled
    test.button(key=go).click().run()
    assert not test.error
    assert [d.added_by for d in workspace().store.case(case).documents] == ["R", "J. Rivera"]
    workspace().jobs.wait(case, 60)
    assert "Added. All 4 pages of the packet were gone through." in texts(test.run())


def test_a_replacement_says_where_pages_go_and_asks_who_it_is(case: int, tmp_path: Path) -> None:
    test = app("packet", case=str(case))
    test.button(key=f"packet.replace.{case}.{document(case)}").click().run()
    give(test, pdf(tmp_path / "new.pdf", text(TRIED), text(TRIED + PARTY)), 0)
    go = f"packet.new.{case}.{document(case)}.go"
    assert "No page leaves this machine." in texts(test)
    assert test.button(key=go).disabled
    assert "Your name: the record keeps who replaced the document" in [t.label for t in test.text_input]


def test_what_changed_is_told_when_the_new_document_has_been_read(
    case: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTSIEVE_OCR", "false")
    new = take_in(workspace(), pdf(tmp_path / "new.pdf", text(TRIED), picture, text(PARTY + " It rains.")))
    workspace().replace_document(case, document(case), new, by="R")
    workspace().jobs.wait(case, 60)
    st.cache_resource.clear()
    monkeypatch.setenv("CHARTSIEVE_OCR", "true")
    assert "1 page of it could not be read so far; its words are not compared." in texts(app("packet", case=str(case)))
    busy(case)
    shown = texts(app("packet", case=str(case)))
    assert "What changed is shown as soon as the new document has been read: 1 page to go." in shown
    assert "unchanged" not in shown
    workspace().store.update_job(case, state="cancelled", stage="", done=0, total=1, message="")
    workspace().jobs.start(case)
    workspace().jobs.wait(case, 60)
    assert "2 unchanged · 1 changed" in texts(app("packet", case=str(case)))


def test_a_file_that_is_no_longer_kept_says_so_in_a_sentence(case: int, tmp_path: Path) -> None:
    test = give(app("packet", case=str(case)), pdf(tmp_path / "more.pdf", text(PARTY)), 0)
    assert not test.error
    assert workspace().files.sweep(older_than=-1) == 1
    test.run()
    assert [e.value.replace("\\", "") for e in test.error] == [
        "This file is no longer kept here: it waited too long for its case. Remove it and upload it again."
    ]


# -- what was noticed


def test_every_button_has_a_name(case: int) -> None:
    for screen in ("review", "packet"):
        test = app(screen, case=str(case), by="R. Nurse", page="1")
        assert [b.label for b in test.button if not b.label] == []


WORDS = ("methotrexate", "garden", "spine", "oxygen", "letter", "kidney", "harbour", "violin", "tablet", "window")
LABELS = [f"{number} of {total}" for total in (5, 6, 7, 8) for number in (1, 2, 4)]


@pytest.fixture
def long_case(tmp_path: Path) -> int:
    """Twelve pages of four faxes with two gaps each, and copies of the first nine."""

    def numbered(n: int) -> Draw:
        def draw(page: pymupdf.Page) -> None:
            text(" ".join(f"{word}{n}" for word in WORDS))(page)
            page.insert_text((480, 40), f"Page {LABELS[n]}", fontsize=10)

        return draw

    return case_of(pdf(tmp_path / "long.pdf", *map(numbered, [*range(len(LABELS)), *range(9)])))


def test_many_findings_are_one_box_and_a_list_to_open(long_case: int) -> None:
    test = app("packet", case=str(long_case))
    assert not test.error
    assert not test.warning
    assert [e.label for e in test.expander] == [":orange[14 fax pages missing]"]
    assert texts(test).count("- Page 3 of ") == 4
    assert "; p. 8, 20 and 1 more" in texts(test)


def test_the_badge_of_the_review_tells_a_few_findings_and_counts_the_rest(long_case: int) -> None:
    test = app("review", case=str(long_case))
    badge = next(m for m in test.markdown if "14 fax pages missing" in m.value)
    assert badge.help.count("missing") == 5
    assert badge.help.replace("\\", "").endswith("And 3 more: see the packet")


def test_missing_pages_are_not_told_while_pages_are_still_read(long_case: int) -> None:
    busy(long_case)
    for screen in ("review", "packet"):
        assert "missing" not in texts(app(screen, case=str(long_case)))
