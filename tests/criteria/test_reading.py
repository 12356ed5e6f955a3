"""Real bytes of every format become the list that a reviewer meant."""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core.criteria import preview_criteria, preview_lines, read_criteria, read_lines, template_csv, template_xlsx
from core.criteria.check import same_question
from core.domain import Criterion
from core.spreadsheet import csv_text
from core.text import clean_text

SAMPLES = Path(__file__).parents[2] / "sample_docs"
STEP = Criterion("B-01", "Is there a failed trial of first-line therapy?", "Drug, dates, reason.", "Treatment")
SCAN = Criterion("B-02", "Is there an MRI report;\nor a CT report, for example?", "", "Imaging")
CRITERIA = (STEP, SCAN)
HEADINGS = ["id", "question", "instruction", "group"]


def rows_of(criteria: tuple[Criterion, ...]) -> list[list[str]]:
    return [[c.id, c.question, c.instruction, c.group] for c in criteria]


def csv_of(criteria: tuple[Criterion, ...], delimiter: str = ",") -> str:
    rows = [HEADINGS, *rows_of(criteria)]
    return "\r\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)


def xlsx_of(*sheets: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_read_in_every_usual_encoding_and_separator(encoding: str, delimiter: str) -> None:
    accented = (Criterion("1", "Is the naïve patient’s BMI > 35?", "Größe, Gewicht", ""), SCAN)
    assert read_criteria(csv_of(accented, delimiter).encode(encoding), "list.csv").criteria == accented


def test_a_workbook_is_read_like_the_csv_file() -> None:
    assert read_criteria(xlsx_of([HEADINGS, *rows_of(CRITERIA)]), "list.xlsx").criteria == CRITERIA


def test_a_workbook_named_csv_is_read_as_a_workbook() -> None:
    assert read_criteria(xlsx_of([HEADINGS, *rows_of(CRITERIA)]), "list.csv").criteria == CRITERIA


def test_the_first_sheet_with_a_heading_is_read_below_its_title() -> None:
    data = xlsx_of(
        [["Cover"], ["Policy of 2026", "x"]], [["Spine"], [], ["No.", "Criterion", "Owner"], [1.0, "Is it?"]]
    )
    preview = preview_criteria(data, "list.xlsx")
    assert preview.criteria == (Criterion("1", "Is it?"),)
    assert preview.remarks == ("Not used: column “Owner”.",)


def test_a_heading_wins_over_a_title_that_reads_like_one() -> None:
    assert read_criteria(b"Criteria,,\r\nID,Question,Group\r\nA1,Is it?,G\r\n", "list.csv").criteria == (
        Criterion("A1", "Is it?", "", "G"),
    )


def test_values_stand_for_formulas() -> None:
    """The value that the spreadsheet program stored is read, not the formula."""
    sheet = b'<c r="A2" t="str"><f>"Is "&amp;"it?"</f><v>Is it?</v></c>'
    assert read_criteria(_with_cell(sheet), "list.xlsx").criteria == (Criterion("C01", "Is it?"),)


def _with_cell(cell: bytes) -> bytes:
    """A workbook whose A2 is `cell`, word for word."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of([["question"], ["HERE"]]))) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                start = content.index(b'<c r="A2"')
                content = content[:start] + cell + content[content.index(b"</c>", start) + 4 :]
            new.writestr(name, content)
    return out.getvalue()


def test_json_brings_its_own_name() -> None:
    content = {"name": "Spine  fusion", "criteria": [dict(zip(HEADINGS, r, strict=True)) for r in rows_of(CRITERIA)]}
    read = read_criteria(json.dumps(content).encode(), "other.json")
    assert (read.name, read.criteria) == ("Spine fusion", CRITERIA)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_bare_json_list_is_read(encoding: str) -> None:
    content = [{"ID": 7, "Criterion": "Is it naïve?", "guidance": None}, "Is there a letter?"]
    read = read_criteria(json.dumps(content, ensure_ascii=False).encode(encoding), "list.json")
    assert read.criteria == (Criterion("7", "Is it naïve?"), Criterion("C02", "Is there a letter?"))


def test_lines_may_begin_with_an_id() -> None:
    text = "# Spine\n\nB-01: Is it so?\n1. Is it now?\n2) Is it here?\n(3) Is it there?\na) Is it?\n• Is it 2.5 mg?\n"
    assert [(c.id, c.question) for c in read_lines(text, "Pasted")] == [
        ("B-01", "Is it so?"),
        ("1", "Is it now?"),
        ("2", "Is it here?"),
        ("3", "Is it there?"),
        ("a", "Is it?"),
        ("C06", "Is it 2.5 mg?"),
    ]


@pytest.mark.parametrize(
    "line", ["Note: is it signed?", "2.5 mg or more?", "Is it 5: 1?", "e.g. a letter?", "A letter?"]
)
def test_a_line_that_only_resembles_an_id_stays_whole(line: str) -> None:
    assert read_lines(line, "Pasted").criteria == (Criterion("C01", line),)


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (b"1. Is A, B or C there?\r\nIs D there?\r\n", "list.csv"),
        (b"1. Is A, B or C there?\r\nIs D there?\r\n", "list.txt"),
        (b'"1. Is A, B or C there?"\r\n"Is D there?"\r\n', "list.csv"),
        (xlsx_of([["1. Is A, B or C there?"], ["Is D there?"]]), "list.xlsx"),
        (b"1. Is A, B or C there?\nIs D there?", "list"),
        (b"question\nIs A, B or C there?\nIs D there?", "other.csv"),
    ],
)
def test_one_column_of_questions_needs_no_heading(data: bytes, filename: str) -> None:
    first = "C01" if filename == "other.csv" else "1"
    assert read_criteria(data, filename).criteria == (
        Criterion(first, "Is A, B or C there?"),
        Criterion("C02", "Is D there?"),
    )


@pytest.mark.parametrize("filename", ["list.txt", "list"])
def test_a_text_file_with_a_heading_row_is_a_table(filename: str) -> None:
    """Spreadsheet programs save "Unicode text" as UTF-16 with tabs, named .txt."""
    assert read_criteria(csv_of(CRITERIA, "\t").encode("utf-16"), filename).criteria == CRITERIA


def test_missing_ids_are_given_and_never_collide() -> None:
    read = read_criteria(b"id,question\r\n,Is a?\r\nc01,Is b?\r\n,Is c?\r\nC04,Is d?\r\n,Is e?\r\n", "list.csv")
    assert [c.id for c in read] == ["C06", "c01", "C03", "C04", "C05"]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("criterion_id", "id"), ("No", "id"), ("#", "id"), ("CRITERION", "question"), ("Criteria", "question"),
        ("Text", "question"), ("description", "question"), ("Instructions", "instruction"), ("Guidance", "instruction"),
        ("note", "instruction"), ("Section", "group"), ("category ", "group"),
    ],
)  # fmt: skip
def test_headings_have_synonyms(heading: str, field: str) -> None:
    names = [heading if name == field else name for name in HEADINGS]
    data = csv_text([names, *rows_of((STEP,))]).encode()
    assert read_criteria(data, "list.csv").criteria == (STEP,)


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("spine_fusion v2.csv", "spine fusion v2"),
        ("C:\\lists\\knee.csv", "knee"),
        ("../../etc/Dr. No.csv", "Dr. No"),
        ("\u202ea\u0007b.csv", "ab"),
        (".csv", "Criteria"),
    ],
)
def test_the_list_is_named_after_the_file(filename: str, name: str) -> None:
    assert read_criteria(b"question\r\nIs it?\r\n", filename).name == name


def test_hidden_characters_are_removed() -> None:
    data = "id,question\r\nA\u200b1,Is\u202e it\u0007 ﬁne?\r\n".encode()
    assert read_criteria(data, "list.csv").criteria == (Criterion("A1", "Is it fine?"),)


def test_both_templates_read_back_alike_and_never_change() -> None:
    from_csv, from_xlsx = read_criteria(template_csv(), "t.csv"), read_criteria(template_xlsx(), "t.xlsx")
    assert from_csv == from_xlsx
    assert len(from_csv) == 2
    assert template_xlsx() == template_xlsx()


def test_a_preview_of_pasted_lines_shows_what_is_good() -> None:
    preview = preview_lines("1. Is it?\n2.\n", "Pasted list")
    assert (preview.name, preview.criteria) == ("Pasted list", (Criterion("1", "Is it?"),))
    assert [p.row for p in preview.problems] == [2]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("**/*.csv")), ids=lambda p: p.name)
def test_the_sample_lists_are_equal_in_all_formats(path: Path) -> None:
    if "question" not in path.read_text("utf-8-sig").partition("\n")[0].lower():
        pytest.skip("not a criteria list")
    expected = read_criteria(path.read_bytes(), path.name)
    for ending in (".xlsx", ".json"):
        other = path.with_suffix(ending)
        if other.exists():
            assert read_criteria(other.read_bytes(), other.name).criteria == expected.criteria
    lines = path.with_suffix(".txt")
    if lines.exists():
        assert [c.question for c in read_criteria(lines.read_bytes(), lines.name)] == [c.question for c in expected]


ID = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
# A workbook cannot hold U+FFFE and U+FFFF, and reads _x0041_ as a letter.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Co", "Cn"), exclude_characters="\r"), max_size=60
).map(lambda t: clean_text(t).strip())  # fmt: skip


def _word(text: str) -> bool:
    return bool(same_question(text)) and "_x" not in text


CRITERION = st.builds(
    Criterion, ID, TEXT.filter(_word), TEXT.filter(lambda t: "_x" not in t), TEXT.map(lambda t: " ".join(t.split()))
)
LISTS = st.lists(
    CRITERION, min_size=1, max_size=8, unique_by=(lambda c: c.id.casefold(), lambda c: same_question(c.question))
).map(tuple)  # fmt: skip


@given(LISTS)
@settings(max_examples=60, deadline=None)
def test_every_list_survives_csv_and_json(criteria: tuple[Criterion, ...]) -> None:
    assert read_criteria(csv_of(criteria).encode("utf-8-sig"), "list.csv").criteria == criteria
    content = json.dumps([dict(zip(HEADINGS, row, strict=True)) for row in rows_of(criteria)]).encode()
    assert read_criteria(content, "list.json").criteria == criteria


@given(LISTS)
@settings(max_examples=25, deadline=None)
def test_every_list_survives_a_workbook(criteria: tuple[Criterion, ...]) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in [HEADINGS, *rows_of(criteria)]:
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type = "s"  # a text that starts with = is meant as a text
    out = io.BytesIO()
    book.save(out)
    assert read_criteria(out.getvalue(), "list.xlsx").criteria == criteria


@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.xlsx", "a.json", "a.txt", "a", "a.docx"]))
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_the_preview_fail(data: bytes, filename: str) -> None:
    preview = preview_criteria(data, filename)
    assert preview.criteria or preview.problems
