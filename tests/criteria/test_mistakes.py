"""Every mistake is named by row, column and cure, and the good rows stay."""

import io
import json
import time
import zipfile

import pytest
from openpyxl import Workbook

from core.criteria import preview_criteria, preview_lines, read_criteria, template_xlsx
from core.criteria.workbook import MAX_UNPACKED
from core.errors import BadCriteria, Problem


def only(data: bytes, filename: str = "list.csv") -> Problem:
    """The one problem of the file."""
    (problem,) = preview_criteria(data, filename).problems
    return problem


def place(problem: Problem) -> tuple[int, str]:
    return problem.row, problem.column


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_every_bad_row_is_named_and_every_good_row_kept() -> None:
    data = (
        "id,question,instruction\r\n"
        "A1,Is it so?,\r\n"
        'A2,,"a note\r\nof two lines"\r\n'
        "\r\n"
        "a1,Is it there?,\r\n"
        "A4,is  it SO,\r\n"
        "A 5!,Is it now?,\r\n"
        f"A6,{'x' * 2001},{'y' * 4001}\r\n"
        "A7,Is it good?,\r\n"
    ).encode()
    preview = preview_criteria(data, "list.csv")
    assert [c.id for c in preview.criteria] == ["A1", "A7"]
    assert [(place(p), p.what, p.cure) for p in preview.problems] == [
        ((3, "question"), "The question is missing.", "Write the question, or delete the row."),
        ((5, "id"), "The id a1 is already used in row 2.", "Give one of them another id."),
        ((6, "question"), "The question is the same as in row 2.", "Delete one of them, or make them differ."),
        (
            (7, "id"),
            "The id has characters that an id cannot have, or too many.",
            "Use letters a to z, digits, dot, _ and -, up to 40, with a letter or digit first; or leave it empty.",
        ),
        (
            (8, "question"),
            "The question has 2,001 characters; it can have 2,000.",
            "Shorten it, or split the criterion.",
        ),
        (
            (8, "instruction"),
            "The instruction has 4,001 characters; it can have 4,000.",
            "Shorten it, or split the criterion.",
        ),
    ]
    with pytest.raises(BadCriteria) as caught:
        read_criteria(data, "list.csv")
    assert caught.value.problems == preview.problems
    assert str(caught.value).startswith("Row 3, column question: The question is missing. Write the question")


def test_texts_of_just_the_longest_length_are_accepted() -> None:
    data = f"id,question,instruction\r\n{'a' * 40},{'x' * 2000},{'y' * 4000}\r\n".encode()
    assert len(read_criteria(data, "list.csv")) == 1
    assert place(only(data.replace(b"a" * 40, b"a" * 41))) == (2, "id")


def test_workbook_rows_are_counted_as_the_spreadsheet_counts_them() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["B3"], sheet["C3"] = "ID", "Question"
    sheet["B4"], sheet["C4"] = "X1", "Is it?"
    sheet["B9"], sheet["C9"] = "X2", "#N/A"
    sheet["B12"], sheet["C12"] = "X1", "Is it here?"
    out = io.BytesIO()
    book.save(out)
    preview = preview_criteria(out.getvalue(), "list.xlsx")
    assert [place(p) for p in preview.problems] == [(9, "question"), (12, "id")]
    assert [c.id for c in preview.criteria] == ["X1"]


def test_json_entries_are_named_by_line_and_place() -> None:
    text = '{"name": "n", "x": [1],\n "criteria": [\n  {"id": "1"},\n\n  {"question": 5}, 7,\n  {"question": "Is?"}]}'
    preview = preview_criteria(text.encode(), "list.json")
    assert [(place(p), p.what) for p in preview.problems] == [
        ((3, "question"), "Entry 1: The question is missing."),
        ((5, "question"), "Entry 2: The question is not a text."),
        ((5, ""), "Entry 3: This is neither a question nor an object."),
    ]
    assert [c.question for c in preview.criteria] == ["Is?"]


def test_entries_on_one_line_refer_to_each_other_by_entry() -> None:
    problem = only(b'[{"id":"a","question":"Is it?"},{"id":"a","question":"Is it so?"}]', "list.json")
    assert problem.what == "Entry 2: The id a is already used in entry 1."


def test_broken_json_is_named_by_line_and_column() -> None:
    problem = only(b'[\n  {"id": "1"\n   "question": "Is it?"}\n]', "list.json")
    assert place(problem) == (3, "4")
    assert problem.what == "This is not valid JSON: Expecting ',' delimiter."


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'{"name": "n"}', 'There is no list named "criteria".'),
        (b'"text"', 'There is no list named "criteria".'),
        (b"[" * 100_000, "The file nests too deeply or holds a number that is too long."),
        (b"[" + b"1" * 5000 + b"]", "The file nests too deeply or holds a number that is too long."),
        ('["é"]'.encode("cp1252"), "The file is not in UTF-8, as JSON must be."),
        (b"[]", "The file holds no criteria."),
    ],
)
def test_json_of_another_shape_is_refused(content: bytes, what: str) -> None:
    problem = only(content, "list.json")
    assert (problem.row, problem.what) == (0, what)
    assert problem.cure


@pytest.mark.parametrize(
    ("data", "filename", "what"),
    [
        (b"", "list.csv", "The file is empty."),
        (b"\xef\xbb\xbf \r\n", "list.txt", "The file is empty."),
        (b"id,question\r\n", "list.csv", "The file holds no criteria."),
        (b"# nothing\n", "list.txt", "The file holds no criteria."),
        (b"%PDF-1.7\n", "list.csv", "This is a PDF, not a criteria list."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "list.png", "This kind of file is not a criteria list."),
        (b"some text", "list.docx", "This kind of file is not a criteria list."),
        (b"\x81\x8d\xff\xfa", "list.csv", "The file holds bytes that are not text."),
        (bytes(range(256)), "list.txt", "The file holds bytes that are not text."),
        (b"id,question\r\n1,Is?", "list.xlsx", "The file is named like a workbook, but it is not one."),
        (b"PK\x03\x04 broken", "list.xlsx", "This is not a workbook, or it is damaged."),
        (packed(word__document=b"x"), "list.xlsx", "This is a packed file of another kind, not an Excel workbook."),
        (packed(xl__workbook=b"<"), "list.xlsx", "The workbook is damaged and cannot be read."),
        (template_xlsx()[:-400], "list.xlsx", "This is not a workbook, or it is damaged."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "list.xlsx",
            "This is a workbook of the old kind (.xls), or one with a password.",
        ),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_cure(data: bytes, filename: str, what: str) -> None:
    problem = only(data, filename)
    assert (place(problem), problem.what) == ((0, ""), what)
    assert problem.cure


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(xl__workbook=b"x", xl__sheet=bytes(MAX_UNPACKED))
    assert len(bomb) < 100_000
    assert only(bomb, "list.xlsx").what == "The workbook unpacks to more than 50 MB."


def test_a_workbook_that_claims_a_million_rows_on_each_sheet_is_read_quickly() -> None:
    book = Workbook()
    for _ in range(5):
        book.create_sheet()["A1048576"] = "far below"
    book.create_sheet().append(["question"])
    book.worksheets[-1].append(["Is it?"])
    out = io.BytesIO()
    book.save(out)
    start = time.monotonic()
    assert len(read_criteria(out.getvalue(), "list.xlsx")) == 1
    assert time.monotonic() - start < 10


def test_a_row_far_below_is_never_left_out_in_silence() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"], sheet["A30000"] = "question", "Is it?", "Is it so?"
    out = io.BytesIO()
    book.save(out)
    problem = only(out.getvalue(), "list.xlsx")
    assert (place(problem), problem.what) == ((20_000, ""), "The sheet goes on below row 20,000.")


def test_a_file_larger_than_any_list_is_refused() -> None:
    assert only(b"question\r\n" + b"Is it?\r\n" * 1_000_000).what == "The file is larger than 5 MB."


def test_an_empty_workbook_is_refused() -> None:
    out = io.BytesIO()
    Workbook().save(out)
    assert only(out.getvalue(), "list.xlsx").what == "The workbook is empty."


def test_a_table_without_a_question_column_is_refused() -> None:
    problem = only(b"code,requirement\r\n1,Is it?\r\n2,Is it so?\r\n")
    assert place(problem) == (1, "")
    assert problem.cure.startswith("Name the columns in the first row: id, question")


def test_two_question_columns_are_a_mistake() -> None:
    assert place(only(b"id,question,Question\r\n1,Is it?,Is it so?\r\n")) == (1, "question")


def test_a_comma_outside_quotation_marks_is_a_mistake_and_not_a_shorter_question() -> None:
    preview = preview_criteria(b"id,question\r\n1,Is A, B or C there?\r\n2,Is D there?\r\n", "list.csv")
    assert [place(p) for p in preview.problems] == [(2, "")]
    assert preview.problems[0].cure.startswith("Put a text that contains the separator between quotation marks")
    assert [c.id for c in preview.criteria] == ["2"]


def test_a_quotation_mark_left_open_is_found_at_its_row() -> None:
    preview = preview_criteria(b'id,question\r\n1,Is it?\r\n2,"Is it so?\r\n3,Is it now?\r\n', "list.csv")
    assert [place(p) for p in preview.problems] == [(3, "")]
    assert [c.id for c in preview.criteria] == ["1"]


def test_a_cell_beyond_all_measure_is_a_mistake() -> None:
    assert place(only(b"id,question\r\n1," + b"x" * 200_000)) == (2, "")


def test_more_than_five_hundred_criteria_are_refused() -> None:
    text = "".join(f"Is it {n}?\n" for n in range(501))
    preview = preview_lines(text, "Long")
    assert len(preview.criteria) == 500
    assert [(place(p), p.what) for p in preview.problems] == [
        ((501, ""), "The list has 501 criteria; a list can have 500.")
    ]


def test_unused_columns_are_a_remark_and_not_a_mistake() -> None:
    preview = preview_criteria(json.dumps([{"question": "Is it?", "owner": "x", "Weight": 2}]).encode(), "list.json")
    assert preview.problems == ()
    assert preview.remarks == ("Not used: columns “owner”, “Weight”.",)


def test_a_formula_as_an_id_is_refused() -> None:
    assert place(only(b"id,question\r\n=1+1,Is it?\r\n")) == (2, "id")
