"""Files of labels, real bytes of every format, become what was meant; every mistake is named by row and cure."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadLabels
from core.labels import (
    MAX_BYTES,
    MAX_ROWS,
    ImportedLabel,
    LabelRow,
    labels_csv,
    labels_jsonl,
    labels_qrels,
    preview_labels,
    read_labels,
)
from core.labels.fields import MAX_NOTE
from core.labels.reading import MAX_PROBLEMS
from tests.labels.examples import FAX, LABELS, SCAN, rows_of

SAMPLES = Path(__file__).parents[2] / "sample_docs"
HEADING = "document,page,criterion,verdict"


def mistakes(data: str | bytes, filename: str) -> list[str]:
    with pytest.raises(BadLabels) as caught:
        read_labels(data.encode() if isinstance(data, str) else data, filename)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(problem) for problem in caught.value.problems]


def one(**fields: object) -> str:
    return json.dumps({"document": "fax.pdf", "page": 2, "criterion": "B-01", "verdict": "relevant", **fields})


@pytest.mark.parametrize(("name", "count"), [("biologic", 51), ("oxygen", 178), ("spine", 624)])
def test_the_sample_labels_are_read_as_they_are(name: str, count: int) -> None:
    preview = preview_labels((SAMPLES / f"labels_{name}.jsonl").read_bytes(), f"labels_{name}.jsonl")
    assert (len(preview.labels), preview.problems) == (count, ())
    assert preview.remarks == ("Not used: columns “why”, “plant”.",)


def test_a_row_is_read_to_types() -> None:
    data = (SAMPLES / "labels_biologic.jsonl").read_bytes()
    assert read_labels(data, "labels.jsonl")[0] == ImportedLabel(
        row=1, document="biologic_12.pdf", page=2, criterion="BIO-01", verdict="relevant"
    )


@pytest.mark.parametrize(("write", "filename"), [(labels_jsonl, "labels.jsonl"), (labels_csv, "labels.csv")])
def test_every_field_of_an_export_is_read_back(write: Callable[[list[LabelRow]], str], filename: str) -> None:
    preview = preview_labels(write(rows_of(*LABELS)).encode(), filename)
    assert preview.problems == ()
    assert preview.remarks == ("Not used: columns “question”, “instruction”.",)
    assert [label.row for label in preview.labels] == [1, 2, 3, 4, 5] if filename == "labels.jsonl" else [2, 3, 4, 5, 6]
    for read, label in zip(preview.labels, LABELS, strict=True):
        assert (read.case, read.case_name) == (3, "Case 3")
        assert (read.document, read.page, read.criterion) == (*label.page, label.criterion)
        for field in ("verdict", "reviewer", "at", "arm", "inclusion_probability", "blind", "fingerprint",
                      "recalibration", "score", "probability", "threshold", "seed", "note"):  # fmt: skip
            assert getattr(read, field) == getattr(label, field)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_read_in_every_usual_encoding_and_separator(encoding: str, delimiter: str) -> None:
    cells = (["document", "page", "criterion", "verdict", "reviewer"], ["née.pdf", "2", "B-01", "relevant", "José"])
    data = "\r\n".join(delimiter.join(row) for row in cells).encode(encoding)
    assert read_labels(data, "labels.csv") == [
        ImportedLabel(row=2, document="née.pdf", page=2, criterion="B-01", verdict="relevant", reviewer="José")
    ]


def test_headings_may_be_other_words_for_the_same() -> None:
    data = b"File name;Page number;Criteria ID;Relevance;Annotator;Comment\nfax.pdf;2;B-01;1;maria;seen\n"
    assert read_labels(data, "labels.csv") == [
        ImportedLabel(
            row=2, document_name="fax.pdf", page=2, criterion="B-01", verdict="relevant", reviewer="maria", note="seen"
        )
    ]


@pytest.mark.parametrize("written", ["relevant", "Relevant", "1", "yes", "TRUE", 1, 1.0, True])
def test_relevant_may_be_written_in_several_ways(written: object) -> None:
    assert read_labels(one(verdict=written).encode(), "l.jsonl")[0].verdict == "relevant"


@pytest.mark.parametrize("written", ["not_relevant", "not relevant", "Not-Relevant", "0", "no", "FALSE", 0, False])
def test_not_relevant_may_be_written_in_several_ways(written: object) -> None:
    assert read_labels(one(verdict=written).encode(), "l.jsonl")[0].verdict == "not_relevant"


def test_a_spreadsheet_may_have_changed_the_numbers() -> None:
    data = f"{HEADING};score;inclusion_probability".replace(",", ";") + "\nfax.pdf;2.0;B-01;1;0,5;1\n"
    label = read_labels(data.encode(), "labels.csv")[0]
    assert (label.page, label.score, label.inclusion_probability) == (2, 0.5, 1.0)


def test_a_time_without_a_zone_counts_as_utc() -> None:
    lines = [one(at="2026-03-01T12:30:00"), one(at="2026-03-01 14:30+02:00"), one(at="2026-03-01T12:30:00Z")]
    read = read_labels("\n".join(lines).encode(), "l.jsonl")
    assert {label.at for label in read} == {datetime(2026, 3, 1, 12, 30, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"verdict": "maybe"}, "column verdict: The verdict is not known. Write relevant, not_relevant or unsure"),
        ({"verdict": ""}, "column verdict: The cell is empty."),
        ({"document": None}, "column document: The cell is empty."),
        ({"document": "x" * 261}, "column document: The document has more than 260 characters."),
        ({"criterion": " "}, "column criterion: The cell is empty."),
        ({"criterion": "x" * 41}, "column criterion: The criterion has more than 40 characters. Write the id"),
        ({"page": 0}, "column page: The page is not a whole number of 1 or more."),
        ({"page": "two"}, "column page: The page is not a whole number of 1 or more."),
        ({"page": 2.5}, "column page: The page is not a whole number of 1 or more."),
        ({"page": True}, "column page: The page is not a whole number of 1 or more."),
        ({"page": [2]}, "column page: The page is a list or an object."),
        ({"case": "three"}, "column case: The case is not a whole number."),
        (
            {"inclusion_probability": 0},
            "column inclusion_probability: The inclusion probability is not a number above 0",
        ),
        ({"inclusion_probability": 1.01}, "column inclusion_probability: The inclusion probability is not"),
        ({"score": -0.1}, "column score: The score is not a number from 0 to 1. Leave the cell empty"),
        ({"score": float("nan")}, "column score: The score is not a number from 0 to 1."),
        ({"probability": "high"}, "column probability: The probability is not a number from 0 to 1."),
        ({"threshold": 40}, "column threshold: The threshold is not a number from 0 to 1."),
        ({"seed": 2**63}, "column seed: The seed is not a whole number of 64 bits."),
        ({"at": "last week"}, "column at: The time cannot be read. Write it as 2026-03-01T12:30:00Z"),
        ({"at": "0001-01-01T00:00:00+05:00"}, "column at: The time cannot be read."),
        ({"arm": "lucky"}, "column arm: The arm is not known. Write shown, audit, uncertainty or found."),
        ({"blind": "half"}, "column blind: Whether it was blind cannot be read."),
        ({"reviewer": "a" + " " * 160 + "b"}, "column reviewer: The reviewer has more than 80 characters. Shorten it."),
        ({"reviewer": "x" * 81}, "column reviewer: The reviewer has more than 80 characters."),
    ],
)
def test_a_mistake_is_named_by_row_column_and_cure(fields: dict[str, object], problem: str) -> None:
    found = mistakes(one() + "\n" + one(**fields), "labels.jsonl")
    assert len(found) == 1
    assert found[0].startswith(f"Row 2, {problem}")


def test_every_mistake_of_a_file_is_named() -> None:
    found = mistakes(f"{HEADING},score\nfax.pdf,0,B-01,perhaps,2\nfax.pdf,1,B-01,1,\n\nfax.pdf,x,,1,\n", "labels.csv")
    assert [f.split(":")[0] for f in found] == [
        "Row 2, column page", "Row 2, column verdict", "Row 2, column score", "Row 5, column page",
        "Row 5, column criterion",
    ]  # fmt: skip


def test_two_rows_that_contradict_each_other_are_named_both() -> None:
    found = mistakes("\n".join([one(), one(verdict="unsure", reviewer="maria"), one(verdict=0)]), "labels.jsonl")
    assert found == [
        "Row 3, column verdict: Row 1 has another verdict of the same reviewer for the same page and criterion. "
        "Keep one of the two."
    ]


@pytest.mark.parametrize(
    ("data", "filename", "expected"),
    [
        ("", "labels.csv", "The file: The file is empty."),
        ("\ufeff\n \n", "labels.jsonl", "The file: The file is empty."),
        (HEADING, "labels.csv", "The file: The file holds no labels."),
        ("document,page,verdict\nfax.pdf,1,1", "labels.csv", "The file, column criterion: There is no such column."),
        ("document,page,page,criterion,verdict\nf,1,1,B,1", "labels.csv", "Row 1, column page: Two columns have this"),
        (f"{HEADING}\nfax, old.pdf,1,B-01,1", "labels.csv", "Row 2: The row has more cells than the heading"),
        (f'{HEADING}\nfax.pdf,1,B-01,1\n"fax.pdf,1,B-01,0\n', "labels.csv", "Row 3: A quotation mark is opened"),
        (f'{HEADING}\n"{"x" * 200_000},1,B-01,0\n', "labels.csv", "Row 2: A cell of this row is too long"),
        (one() + "\n{oops}\n", "labels.jsonl", "Row 2, column 2: This is not valid JSON: "),
        ('{"a":' * 5000 + "1" + "}" * 5000, "labels.jsonl", "Row 1: The line nests too deeply"),
        ('"text"', "labels.jsonl", "Row 1: The line is not an object. Write one object a line"),
        ("[" + one() + "]", "labels.json", "The file: The file is one JSON list. Write one object a line"),
        (b"%PDF-1.7", "labels.csv", "The file: This is a PDF, not a file of labels."),
        (b"PK\x03\x04abc", "labels.xlsx", "The file: This is a workbook or a packed file."),
        (b"document\0\x81\0", "labels.csv", "The file: The file holds bytes that are not text."),
        (b"x" * (MAX_BYTES + 1), "labels.csv", "The file: The file is larger than 64 MB."),
        ("B-01 0 fax.pdf 1", "labels.qrels", "Row 1, column document: The docno names no page."),
        ("B-01 0 fax.pdf:1 high", "labels.qrels", "Row 1, column verdict: The relevance is not a whole number."),
        ("B-01 0 fax.pdf:1 -1", "labels.qrels", "Row 1, column verdict: A relevance below 0 means not judged"),
        ("B-01 fax.pdf:1 1", "labels.qrels", "Row 1: The line has 3 fields; a qrels line has four."),
        ("B-01 0 fax.pdf:0 1", "labels.qrels", "Row 1, column page: The page is not a whole number"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: str | bytes, filename: str, expected: str) -> None:
    found = mistakes(data, filename)
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("heading", "line", "filename"),
    [
        ("", "1:B 0 f:1 1\n", "labels.qrels"),
        (f"{HEADING}\n", "f,1,B,1\n", "labels.csv"),
        ("", '{"page":1}\n', "labels.jsonl"),
    ],
)
def test_a_file_of_too_many_labels_is_refused(heading: str, line: str, filename: str) -> None:
    found = mistakes(heading + line * (MAX_ROWS + 1), filename)
    row = MAX_ROWS + 1 + bool(heading)
    assert found == [f"Row {row}: The file has more than 500,000 labels. Split it into several files."]


def test_of_very_many_mistakes_the_first_are_named_and_the_others_counted() -> None:
    found = mistakes("\n".join([one(page=0)] * (MAX_PROBLEMS + 7)), "labels.jsonl")
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1] == "The file: There are 7 more mistakes. Correct these first."


def test_a_message_never_quotes_what_stands_in_the_file() -> None:
    secret = "Doe, Jane, born 1950"
    for field in ("page", "verdict", "score", "at", "arm", "blind", "case", "seed"):
        assert not any("Jane" in f for f in mistakes(one(**{field: secret}), "Jane.jsonl"))
    assert not any("Jane" in f for f in mistakes(f'{{"note": "{secret}" oops', "Jane.jsonl"))


def test_texts_are_cleaned_and_notes_cut_with_a_remark() -> None:
    data = one(reviewer="ma\u202eria\n ", note="a\u0007b\ud800" + "x" * MAX_NOTE, document="A" * 64)
    preview = preview_labels(data.encode(), "labels.jsonl")
    label = preview.labels[0]
    assert (label.reviewer, label.note[:3], len(label.note), label.document) == ("maria", "abx", MAX_NOTE, "a" * 64)
    assert preview.remarks == ("1 note was longer than 2,000 characters: only the start is kept.",)


def test_a_remark_shows_no_hidden_characters_of_a_heading() -> None:
    preview = preview_labels(one(**{"x\u202ey\0": 1}).encode(), "labels.jsonl")
    assert preview.remarks == ("Not used: column “xy”.",)


@pytest.mark.parametrize("filename", ["labels.qrels", "labels.trec", "labels.txt", "labels"])
def test_qrels_come_back_as_one_verdict_a_pair(filename: str) -> None:
    text = labels_qrels(rows_of(*LABELS))
    assert text == f"3:B-01 0 {FAX}:14 1\n3:B-02 0 {SCAN}:1 0\n3:B-02 0 {SCAN}:2 1\n"
    assert read_labels(text.encode(), filename) == [
        ImportedLabel(row=1, case=3, document=FAX, page=14, criterion="B-01", verdict="relevant"),
        ImportedLabel(row=2, case=3, document=SCAN, page=1, criterion="B-02", verdict="not_relevant"),
        ImportedLabel(row=3, case=3, document=SCAN, page=2, criterion="B-02", verdict="relevant"),
    ]


def test_qrels_of_other_tools_name_criteria_and_files_and_grades() -> None:
    preview = preview_labels(b"B-01\t0\tmy%20fax.pdf:2\t3\r\nB-01 Q0 scan:v2.pdf:1 0\r\n", "judgements.qrels")
    assert [(x.case, x.criterion, x.document, x.page, x.verdict) for x in preview.labels] == [
        (None, "B-01", "my fax.pdf", 2, "relevant"),
        (None, "B-01", "scan:v2.pdf", 1, "not_relevant"),
    ]
    assert preview.remarks == ("Relevance above 1 counts as relevant (1 line).",)


@pytest.mark.parametrize(("data", "filename"), [(one(), "labels.txt"), (f"{HEADING}\nfax.pdf,2,B-01,1", "labels.txt")])
def test_a_file_without_a_telling_name_is_known_by_its_looks(data: str, filename: str) -> None:
    assert read_labels(data.encode(), filename)[0].page == 2


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["csv", "jsonl", "qrels", "txt", "xlsx"]))
def test_no_bytes_raise_anything(data: bytes, ending: str) -> None:
    preview = preview_labels(data, f"labels.{ending}")
    assert preview.problems or preview.labels
