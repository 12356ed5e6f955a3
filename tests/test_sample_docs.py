"""The sample packets: written the same way every time, and true to what facts.json and the labels say of them."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest
from openpyxl import load_workbook

from sample_docs.make import PACKETS, make

SAMPLES = Path(__file__).parents[1] / "sample_docs"
FILES = {"biologic": "biologic_12.pdf", "oxygen": "home_oxygen_60.pdf", "spine": "spine_mri_150.pdf"}
PAGES = {"biologic": 12, "oxygen": 60, "spine": 150}
CRITERIA = {"biologic": 12, "oxygen": 24, "spine": 80}
STEMS = tuple(FILES)
each_packet = pytest.mark.parametrize("stem", STEMS)


def facts(stem: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / "facts.json").read_text())[FILES[stem]]
    return found


def labels(stem: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / f"labels_{stem}.jsonl").read_text().splitlines()]


def criteria(stem: str) -> list[dict[str, str]]:
    with (SAMPLES / f"criteria_{stem}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ink(page: pymupdf.Page) -> float:
    """Share of pixels that are not white."""
    pixmap = page.get_pixmap(dpi=36, colorspace=pymupdf.csGRAY)
    return float((np.frombuffer(pixmap.samples, np.uint8) < 200).mean())


def test_making_the_samples_again_gives_the_same_bytes(tmp_path: Path) -> None:
    make(tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert len(made) == 3 + 3 * 4 + 3 + 1
    assert [name for name in made if (tmp_path / name).read_bytes() != (SAMPLES / name).read_bytes()] == []


def test_the_samples_stay_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.suffix != ".pyc") < 4_000_000


def test_every_packet_that_make_knows_is_tested() -> None:
    assert tuple(PACKETS) == STEMS


@each_packet
def test_the_page_counts_are_as_promised(stem: str) -> None:
    with pymupdf.open(SAMPLES / FILES[stem]) as document:
        assert len(document) == PAGES[stem] == facts(stem)["pages"]


@each_packet
def test_blank_pages_have_neither_text_nor_ink_and_all_others_have_ink(stem: str) -> None:
    with pymupdf.open(SAMPLES / FILES[stem]) as document:
        empty = [page.number + 1 for page in document if ink(page) == 0]
        assert empty == facts(stem)["blank"]
        assert all(not document[number - 1].get_text().strip() for number in empty)


@each_packet
def test_only_fax_pictures_and_blank_pages_lack_text(stem: str) -> None:
    known = facts(stem)
    with pymupdf.open(SAMPLES / FILES[stem]) as document:
        without = [page.number + 1 for page in document if not page.get_text().strip()]
        assert without == sorted(known["image_only"] + known["blank"])
        for number in known["image_only"]:
            ((xref, _, wide, high, bits, *_),) = document[number - 1].get_images()
            assert (wide, high, bits) == (1700, 2200, 1)
            assert document.xref_get_key(xref, "Filter")[1] == "/CCITTFaxDecode"
            assert 0.005 < ink(document[number - 1]) < 0.35


@each_packet
def test_rotated_pages_carry_their_rotation(stem: str) -> None:
    with pymupdf.open(SAMPLES / FILES[stem]) as document:
        turned = {str(page.number + 1): page.rotation for page in document if page.rotation}
        assert turned == facts(stem)["rotated"]


@each_packet
def test_repeats_are_exact_and_no_other_two_pages_share_their_text(stem: str) -> None:
    known = facts(stem)
    with pymupdf.open(SAMPLES / FILES[stem]) as document:
        texts = [page.get_text() for page in document]
    repeats = {int(number): original for number, original in known["repeats"].items()}
    assert all(original < number and texts[original - 1] == texts[number - 1] for number, original in repeats.items())
    alone = [text for number, text in enumerate(texts, 1) if text.strip() and number not in repeats]
    assert max(Counter(alone).values()) == 1


@each_packet
def test_printed_fax_numbers_are_on_their_pages_and_one_is_missing(stem: str) -> None:
    known = facts(stem)
    with pymupdf.open(SAMPLES / FILES[stem]) as document:
        texts = [page.get_text() for page in document]
    for number, label in known["fax_labels"].items():
        if int(number) not in known["image_only"]:
            assert f"PAGE {label.replace('of', 'OF')}" in texts[int(number) - 1]
    missing = known["missing_number"]
    if missing is not None:
        gone = f"PAGE {missing['number']} OF {missing['of']}"
        batch = [text for text in texts if missing["sender"] in text and f"OF {missing['of']}" in text]
        assert len(batch) > 10
        assert not any(gone in text for text in batch)


def test_the_planted_faults_are_as_many_as_planned() -> None:
    clean, some, many = (facts(stem) for stem in STEMS)
    assert not any(
        clean[key] for key in ("image_only", "rotated", "repeats", "blank", "other_patient", "missing_number")
    )
    assert len(some["image_only"]) >= 3
    assert len(some["blank"]) == len(some["repeats"]) == 1
    assert len(many["image_only"]) >= 10
    assert (len(many["rotated"]), len(many["repeats"]), len(many["blank"])) == (3, 6, 4)
    assert len(many["other_patient"]) == 2


def test_misfiled_pages_name_the_other_patient_and_no_page_else_does() -> None:
    with pymupdf.open(SAMPLES / FILES["spine"]) as document:
        named = [page.number + 1 for page in document if "Delgado, Walter" in page.get_text()]
    assert named == facts("spine")["other_patient"]


@each_packet
def test_the_four_forms_of_a_criteria_list_agree(stem: str) -> None:
    rows = criteria(stem)
    assert len(rows) == len({row["id"] for row in rows}) == CRITERIA[stem]
    assert list(rows[0]) == ["id", "question", "instruction", "group"]
    assert json.loads((SAMPLES / f"criteria_{stem}.json").read_text())["criteria"] == rows
    assert (SAMPLES / f"criteria_{stem}.txt").read_text().splitlines() == [row["question"] for row in rows]
    sheet = load_workbook(SAMPLES / f"criteria_{stem}.xlsx").active
    assert sheet is not None
    cells = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert cells == [list(rows[0]), *(list(row.values()) for row in rows)]


@each_packet
def test_labels_refer_to_pages_and_criteria_that_exist_and_never_disagree(stem: str) -> None:
    rows = labels(stem)
    ids = {row["id"] for row in criteria(stem)}
    blank = facts(stem)["blank"]
    assert all(row["document"] == FILES[stem] and row["criterion"] in ids for row in rows)
    assert all(1 <= row["page"] <= PAGES[stem] and row["page"] not in blank for row in rows)
    assert {row["verdict"] for row in rows} <= {"relevant", "not_relevant"}
    assert {row["plant"] for row in rows} == {"evidence", "near_miss", "contradiction"}
    assert all(row["why"] for row in rows)
    assert len({(row["page"], row["criterion"]) for row in rows}) == len(rows)


@each_packet
def test_repeats_inherit_the_labels_of_their_originals(stem: str) -> None:
    by_page: dict[int, set[tuple[str, str]]] = {}
    for row in labels(stem):
        by_page.setdefault(row["page"], set()).add((row["criterion"], row["verdict"]))
    for number, original in facts(stem)["repeats"].items():
        assert by_page.get(int(number)) == by_page.get(original)


@each_packet
def test_most_criteria_have_relevant_pages_and_some_have_none(stem: str) -> None:
    relevant = Counter(row["criterion"] for row in labels(stem) if row["verdict"] == "relevant")
    none = [row["id"] for row in criteria(stem) if not relevant[row["id"]]]
    assert 0.05 <= len(none) / CRITERIA[stem] <= 0.15


def test_pages_of_another_patient_are_relevant_to_the_misfiling_question_only() -> None:
    other = facts("spine")["other_patient"]
    found = {
        (row["page"], row["criterion"])
        for row in labels("spine")
        if row["page"] in other and row["verdict"] == "relevant"
    }
    assert found == {(page, "SM-08") for page in other}
