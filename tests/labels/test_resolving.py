"""Labels of a file find their case, document, page and criterion here, or the row that does not is named."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.criteria import read_criteria
from core.domain import CaseDocument, Criterion, Label, PageRef, digest
from core.errors import BadLabels
from core.labels import (
    ImportedLabel,
    LabelRow,
    every_page,
    fill_not_relevant,
    labels_csv,
    labels_jsonl,
    labels_qrels,
    read_labels,
    resolve,
)
from core.store import Store
from core.text import clean_text
from tests.labels.examples import FAX, IMAGING, LABELS, NOW, PAGES, SCAN, SPINE, TRIAL, case, rows_of
from tests.store.examples import DOCUMENT, NOON, add_case, label

SAMPLES = Path(__file__).parents[2] / "sample_docs"
NEWER = case(7, CaseDocument(FAX, "fax 1.pdf", 14), CaseDocument("c" * 64, "+scan.pdf", 9), criteria=(TRIAL,), day=9)
WRITERS = [(labels_jsonl, "labels.jsonl"), (labels_csv, "labels.csv")]


def row(number: int = 2, **fields: object) -> ImportedLabel:
    given = {"document": FAX, "page": 1, "criterion": "B-01", "verdict": "relevant", **fields}
    return ImportedLabel(row=number, **given)  # type: ignore[arg-type]


def resolved(*rows: ImportedLabel, **options: object) -> list[tuple[int, Label]]:
    return resolve(rows, [SPINE, NEWER], PAGES | {"c" * 64: 9}, by="import", at=NOW, **options)  # type: ignore[arg-type]


def mistakes(*rows: ImportedLabel) -> list[str]:
    with pytest.raises(BadLabels) as caught:
        resolved(*rows)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(("write", "filename"), WRITERS)
def test_exported_labels_come_back_equal(write: Callable[[list[LabelRow]], str], filename: str) -> None:
    read = read_labels(write(rows_of(*LABELS)).encode(), filename)
    assert resolve(read, [NEWER, SPINE], PAGES, by="import", at=NOW) == [(3, label) for label in LABELS]
    assert resolve(read, [SPINE], PAGES.__getitem__, by="x", at=NOW, inclusion_probability=1.0) == [
        (3, label) for label in LABELS
    ]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(clean_text)
FRACTIONS = st.none() | st.floats(0, 1)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_labels_of_every_kind_come_back_equal(data: st.DataObject) -> None:
    draw = data.draw
    label = Label(
        page=PageRef(SCAN, draw(st.integers(1, 3))),
        criterion=draw(st.sampled_from(["B-01", "B-02"])),
        verdict=draw(st.sampled_from(["relevant", "not_relevant", "unsure"])),
        reviewer=" ".join(draw(TEXTS).split()) or "m",
        at=draw(st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC))),
        arm=draw(st.sampled_from(["shown", "audit", "uncertainty", "found"])),
        inclusion_probability=draw(st.none() | st.floats(0, 1, exclude_min=True)),
        blind=draw(st.booleans()),
        fingerprint=draw(st.sampled_from(["", "0123456789abcdef", "1234567890123456"])),
        recalibration="01234567",
        score=draw(FRACTIONS),
        probability=draw(FRACTIONS),
        threshold=draw(FRACTIONS),
        seed=draw(st.none() | st.integers(-(2**63), 2**63 - 1)),
        note=draw(TEXTS | st.text("'=+ \t\n1", max_size=4)),
    )
    for write, filename in WRITERS:
        read = read_labels(write(rows_of(label)).encode(), filename)
        assert resolve(read, [SPINE], PAGES, by="import", at=label.at) == [(3, label)]


def test_qrels_come_back_as_labels_of_whoever_takes_them_over() -> None:
    read = read_labels(labels_qrels(rows_of(*LABELS)).encode(), "labels.qrels")
    assert resolve(read, [SPINE], PAGES, by="import", at=NOW, inclusion_probability=1.0) == [
        (3, Label(PageRef(FAX, 14), "B-01", "relevant", "import", NOW, "found", 1.0)),
        (3, Label(PageRef(SCAN, 1), "B-02", "not_relevant", "import", NOW, "found", 1.0)),
        (3, Label(PageRef(SCAN, 2), "B-02", "relevant", "import", NOW, "found", 1.0)),
    ]


def test_qrels_settle_several_reviewers_and_count_the_newest_word_of_each() -> None:
    first = replace(LABELS[1], verdict="not_relevant")
    others = [replace(first, reviewer=name) for name in ("li", "maria")]
    changed = replace(others[1], verdict="relevant", at=first.at + timedelta(microseconds=1))
    unsure = replace(first, reviewer="ann", verdict="unsure")
    assert labels_qrels(rows_of(changed, first, *others, unsure)) == f"3:B-01 0 {FAX}:14 0\n"
    assert labels_qrels(rows_of(changed, first, unsure)) == f"3:B-01 0 {FAX}:14 1\n"
    assert labels_qrels(rows_of(unsure)) == ""


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), st.integers(1, 10**9))
def test_a_qrels_line_has_four_fields_whatever_the_criterion_is_called(criterion: str, page: int) -> None:
    rows = [replace(r, criterion_id=criterion, page=page) for r in rows_of(LABELS[2])]
    text = labels_qrels(rows)
    assert re.fullmatch(r"[!-~]+ 0 [!-~]+ 1\n", text)


def test_a_row_without_a_case_goes_to_the_newest_case_that_has_the_document_and_asks_the_criterion() -> None:
    rows = row(2), row(3, criterion="b-02"), row(4, case=3), row(5, case_name="Case 3", page=2)
    assert [number for number, _ in resolved(*rows)] == [7, 3, 3, 3]
    assert resolved(row(criterion="b-02"))[0][1].criterion == "B-02"


def test_a_document_is_known_by_a_file_name_that_only_one_document_has() -> None:
    assert resolved(row(document="", document_name="fax 1.pdf")) == resolved(row())
    assert resolved(row(document="+scan.pdf", case=7))[0][1].page == PageRef("c" * 64, 1)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"document": "+scan.pdf"}, "column document: 2 different documents have this file name. Write the document's"),
        ({"document": "other.pdf"}, "column document: The document is in no case. Write a file name or SHA-256"),
        ({"document": SCAN, "case": 7}, "column document: The document is not in case 7."),
        ({"document": SCAN, "page": 4}, "column page: The document has 3 pages."),
        ({"criterion": "B-03"}, "column criterion: Case 7 does not ask this criterion. It asks B-01."),
        ({"criterion": "B-03", "case": 3}, "column criterion: Case 3 does not ask this criterion. It asks B-01, B-02."),
        ({"case": 4}, "column case: There is no such case."),
        ({"case": 3, "case_name": "Case 7"}, "column case_name: Case 3 has another name here."),
        ({"case_name": "Case 8"}, "column case_name: There is no case of this name."),
    ],
)
def test_a_row_that_means_nothing_here_is_named(fields: dict[str, object], problem: str) -> None:
    found = mistakes(row(2), row(9, **fields))
    assert len(found) == 1
    assert found[0].startswith(f"Row 9, {problem}")


def test_a_document_that_was_replaced_takes_no_new_labels() -> None:
    old = CaseDocument("d" * 64, "old.pdf", 5, replaced_by=FAX)
    with pytest.raises(BadLabels, match="Row 2, column document: A newer document took the place of this one"):
        resolve([row(document="d" * 64)], [replace(SPINE, replaced=(old,))], PAGES, by="x", at=NOW)


def test_a_file_name_and_a_hash_that_contradict_each_other_are_found_out() -> None:
    found = mistakes(row(2), row(3, document="fax 1.pdf", verdict="unsure"))
    assert found[0].startswith("Row 3, column verdict: Row 2 has another verdict of the same reviewer")


def test_rows_that_say_the_same_twice_become_one_label() -> None:
    assert resolved(row(2, note="first"), row(3, document="fax 1.pdf")) == resolved(row(2, note="first"))


def test_what_a_row_does_not_say_is_found_and_of_unknown_chance() -> None:
    label = resolved(row())[0][1]
    assert label == Label(PageRef(FAX, 1), "B-01", "relevant", "import", NOW, "found", None)


def test_a_chance_for_the_file_is_not_given_to_rows_with_an_arm_of_their_own() -> None:
    labels = resolved(row(2), row(3, arm="shown", page=2), row(4, inclusion_probability=0.2, page=3),
                      arm="audit", inclusion_probability=1.0)  # fmt: skip
    assert [(x.arm, x.inclusion_probability) for _, x in labels] == [("audit", 1.0), ("shown", None), ("audit", 0.2)]
    with pytest.raises(ValueError, match="inclusion_probability"):
        resolved(row(), inclusion_probability=0.0)


def test_a_probability_that_nothing_recalibrated_is_left_out() -> None:
    assert resolved(row(score=0.3, probability=0.2))[0][1].probability is None


def test_the_sample_labels_find_their_pages_and_fill_to_a_wholly_labelled_case() -> None:
    criteria = read_criteria((SAMPLES / "criteria_biologic.csv").read_bytes(), "criteria.csv").criteria
    sha256 = digest("biologic")
    biologic = case(1, CaseDocument(sha256, "biologic_12.pdf", 12), criteria=criteria)
    read = read_labels((SAMPLES / "labels_biologic.jsonl").read_bytes(), "labels.jsonl")
    labels = resolve(read, [biologic], {sha256: 12}, by="import", at=NOW)
    assert len(labels) == 51
    filled = fill_not_relevant(labels, every_page([biologic]), {sha256: 12}, by="truth", at=NOW)
    assert {(x.page.number, x.criterion) for _, x in filled} == {(p, c.id) for p in range(1, 13) for c in criteria}
    assert len(filled) == 12 * len(criteria)
    assert {x.inclusion_probability for _, x in filled} == {1.0}
    assert [x.verdict for _, x in filled[:51]] == [x.verdict for _, x in labels]
    assert {(x.verdict, x.reviewer) for _, x in filled[51:]} == {("not_relevant", "truth")}


def test_filling_touches_only_what_was_judged() -> None:
    labels = resolved(row(2, case=3), row(3, document=SCAN, criterion="B-02", page=2, verdict="unsure"))
    judged = [place for place in every_page([SPINE]) if (place.document, place.criterion) == (SCAN, IMAGING.id)]
    filled = fill_not_relevant(labels, judged, PAGES.__getitem__, by="truth", at=NOW)
    assert filled[0] == labels[0]
    assert [(x.page.number, x.verdict, x.inclusion_probability) for _, x in filled[1:]] == [
        (2, "unsure", 1.0), (1, "not_relevant", 1.0), (3, "not_relevant", 1.0),
    ]  # fmt: skip
    assert fill_not_relevant(labels, [], PAGES, by="truth", at=NOW) == labels


def test_a_case_with_many_criteria_names_the_first_of_them() -> None:
    many = case(1, CaseDocument(FAX, "fax.pdf", 14), criteria=tuple(Criterion(f"C{i}", f"{i}?") for i in range(12)))
    with pytest.raises(BadLabels, match=r"It asks C0, C1, .*, C9 and 2 more\."):
        resolve([row()], [many], PAGES, by="x", at=NOW)


def test_labels_move_from_one_database_to_another(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'one.db'}") as one, Store.open(f"sqlite:///{tmp_path / 'two.db'}") as two:
        here, there = one.case(add_case(one)), two.case(add_case(two, name="Case two"))
        one.add_label(here.id, label(note="=1+1"))
        one.add_label(here.id, label("unsure", by="Bo", number=3))
        given = one.labels()
        rows = [replace(row, case_name=None) for row in rows_of(*(judged for _, judged in given), of=here)]
        for number, judged in resolve(
            read_labels(labels_csv(rows).encode(), "labels.csv"), [there], {DOCUMENT: 3}, by="import", at=NOON
        ):
            assert two.add_label(number, judged)
        assert two.labels() == given


@pytest.mark.slow
@pytest.mark.parametrize(("write", "filename"), WRITERS)
def test_a_hundred_thousand_labels_are_read_and_resolved_in_seconds(
    write: Callable[[list[LabelRow]], str], filename: str
) -> None:
    given = rows_of(LABELS[0])[0]
    rows = [replace(given, page=1 + i % 14, reviewer=f"r{i // 14}") for i in range(100_000)]
    data = write(rows).encode()
    began = process_time()
    assert len(resolve(read_labels(data, filename), [SPINE], PAGES, by="x", at=NOW)) == 100_000
    assert process_time() - began < 20


def test_a_time_that_is_still_to_come_is_a_mistake_and_a_clock_that_runs_fast_is_none() -> None:
    """Nothing that its reviewer says later would ever stand."""
    late, far = NOW + timedelta(hours=25), datetime(9999, 12, 31, 23, tzinfo=UTC)
    said = (
        "column at: The time lies in the future. Write when the page was judged, as 2026-03-01T12:30:00Z, or leave the "
        "cell empty."
    )
    assert mistakes(row(2, at=NOW + timedelta(hours=23)), row(3, at=late), row(4, page=2, at=far)) == [
        f"Row 3, {said}",
        f"Row 4, {said}",
    ]
    (fast,) = resolved(row(at=NOW + timedelta(hours=23)))
    assert fast[1].at == NOW + timedelta(hours=23)
