"""Labels leave as JSON lines and CSV, and come back the same."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import VERDICTS, Arm, Criterion, Label, PageRef
from core.labels import COLUMNS, LabelRow, csv_frame, label_row, labels_csv, labels_frame, labels_jsonl
from core.labels.cells import plain_cell, undoable_cell
from core.spreadsheet import csv_text, safe_cell

CRITERION = Criterion("B-01", "Is there a failed trial,\nof any kind?")
AUDIT = Label(
    PageRef("a" * 64, 14), "B-01", "not_relevant", "maria", datetime(2026, 3, 1, 12, 30, tzinfo=UTC), "audit",
    inclusion_probability=0.1 + 0.2, blind=True, fingerprint="0123456789abcdef", recalibration="01234567",
    score=1 / 3, probability=0.07,
    threshold=0.4, seed=7, note="=HYPERLINK(1)",
)  # fmt: skip
FOUND = Label(PageRef("b" * 64, 2), "B-01", "relevant", "maria", datetime(2026, 3, 2, tzinfo=UTC), "found")
ROWS = [
    label_row(3, AUDIT, CRITERION, document_name="fax 1.pdf", case_name="Spine"),
    label_row(3, FOUND, CRITERION, document_name="+scan.pdf"),
]


def test_json_lines_hold_every_label_exactly() -> None:
    read = [LabelRow(**json.loads(line)) for line in labels_jsonl(ROWS).splitlines()]
    assert read == ROWS


def test_json_lines_are_one_line_a_label_whatever_the_texts_hold() -> None:
    odd = label_row(1, AUDIT, Criterion("B-01", "a\u2028b\nc\x85d"), document_name="é")
    assert labels_jsonl([odd]).isascii()
    assert len(labels_jsonl([odd, odd]).splitlines()) == 2


def test_csv_read_by_pandas_equals_what_was_written() -> None:
    table = pd.read_csv(
        io.StringIO(labels_csv(ROWS)), dtype={"fingerprint": "str", "recalibration": "str", "seed": "Int64"}
    )
    assert tuple(table.columns) == COLUMNS
    read = [{k: None if pd.isna(v) else v for k, v in r.items()} for r in table.to_dict("records")]
    expected = [{c: getattr(row, c) for c in COLUMNS} for row in ROWS]
    expected[0]["note"] = "'=HYPERLINK(1)"
    expected[1] |= {"document_name": "'+scan.pdf", "fingerprint": None, "recalibration": None, "note": None}
    assert read == expected
    assert table["blind"].dtype == bool


def test_json_lines_read_by_pandas_have_the_same_columns() -> None:
    table = pd.read_json(io.StringIO(labels_jsonl(ROWS)), lines=True)
    assert tuple(table.columns) == COLUMNS
    assert table["score"][0] == pytest.approx(1 / 3)
    assert pd.isna(table["inclusion_probability"][1])


def test_an_unknown_number_is_empty_and_never_zero() -> None:
    written = list(csv.DictReader(io.StringIO(labels_csv(ROWS))))[1]
    assert [written[c] for c in ("inclusion_probability", "score", "probability", "threshold", "seed")] == [""] * 5
    assert json.loads(labels_jsonl(ROWS).splitlines()[1])["inclusion_probability"] is None


def test_a_score_that_nothing_recalibrated_leaves_the_probability_empty() -> None:
    raw = replace(AUDIT, recalibration="", probability=AUDIT.score)
    row = label_row(3, raw, CRITERION, document_name="fax 1.pdf")
    assert (row.score, row.probability) == (AUDIT.score, None)


def test_no_labels_still_have_a_heading() -> None:
    assert labels_csv([]) == ",".join(COLUMNS) + "\r\n"
    assert labels_jsonl([]) == ""


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        datetime(2026, 3, 1, 13, 30, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 3, 1, 12, 30),
    ],
)
def test_times_are_written_in_utc(at: datetime) -> None:
    label = Label(PageRef("a" * 64, 1), "B-01", "unsure", "maria", at)
    assert label_row(1, label, CRITERION, document_name="d").at == "2026-03-01T12:30:00Z"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "－1"])
def test_a_cell_that_would_run_is_defused(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Is it = 1?", "a-b", "1", "'quoted", "é"])
def test_an_ordinary_cell_is_left_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=3), max_size=4))
def test_no_written_cell_starts_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(rows), newline="")))
    assert read == [[safe_cell(cell) for cell in row] for row in rows]
    assert not any(cell.lstrip(" ")[:1] in set("=+-@\t\r\n") for row in read for cell in row if cell.strip(" "))


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.text(st.sampled_from("'=+ @-1\n\t＝")),
    st.sampled_from(["NA", "null", "", "True", "1", "'=1", "''=1", "' =1", "'"]),
)


@given(TEXTS)
def test_reading_a_cell_undoes_exactly_what_writing_did(text: str) -> None:
    cell = undoable_cell(text)
    assert plain_cell(cell) == text
    assert safe_cell(cell) == cell


def test_a_cell_that_another_program_defused_is_read_as_what_it_was() -> None:
    assert plain_cell(safe_cell("=1+1")) == "=1+1"


def test_a_frame_has_the_type_of_every_column() -> None:
    types = labels_frame(ROWS).dtypes.astype(str)
    assert types["at"] == "datetime64[us, UTC]"
    assert (types["blind"], types["seed"], types["page"], types["case"]) == ("bool", "Int64", "int64", "int64")
    assert {types[c] for c in ("inclusion_probability", "score", "probability", "threshold")} == {"float64"}
    assert {types[c] for c in ("document", "note", "case_name", "instruction", "fingerprint")} == {"str"}
    frame = labels_frame(ROWS)
    assert tuple(frame.columns) == COLUMNS
    assert tuple(frame["verdict"].cat.categories) == VERDICTS
    assert tuple(frame["arm"].cat.categories) == get_args(Arm)
    assert frame["at"][0] == datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    assert frame["score"][0] == 1 / 3
    assert pd.isna(frame["case_name"][1])
    assert frame["note"][1] == ""


def test_no_labels_make_an_empty_frame_of_the_same_types() -> None:
    assert labels_frame([]).dtypes.equals(labels_frame(ROWS).dtypes)
    assert csv_frame(labels_csv([])).dtypes.equals(labels_frame(ROWS).dtypes)


@settings(max_examples=25, deadline=None)
@given(TEXTS, TEXTS, st.none() | st.floats(0, 1), st.none() | st.integers(-(2**63), 2**63 - 1), st.booleans())
def test_a_frame_of_the_csv_equals_the_frame_of_the_labels(
    note: str, name: str, score: float | None, seed: int | None, blind: bool
) -> None:
    at = AUDIT.at + timedelta(microseconds=1 if blind else 0)
    label = replace(AUDIT, note=note, score=score, seed=seed, blind=blind, reviewer=name, at=at)
    rows = [label_row(3, label, CRITERION, document_name=name, case_name=name), *ROWS]
    pd.testing.assert_frame_equal(csv_frame(labels_csv(rows)), labels_frame(rows))
