"""Lists that say how their criteria combine: by columns, by one line, in JSON; every mistake has its place and cure."""

import io
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from core.criteria import Preview, preview_criteria, read_criteria, template_csv, template_xlsx
from core.domain import CriteriaSet
from core.logic import AllOf, AnyOf, Leaf, Not, from_data, to_text

SAMPLES = Path(__file__).parents[2] / "sample_docs"
HEADINGS = ["id", "question", "instruction", "group", "logic", "parent"]


def rows_of(text: str) -> list[list[str]]:
    """A line a row: id | question | logic | parent | group."""
    rows = []
    for line in text.strip().splitlines():
        row_id, question, logic, parent, group = ([c.strip() for c in line.split("|")] + [""] * 5)[:5]
        rows.append([row_id, question, "", group, logic, parent])
    return rows


def csv_of(text: str) -> bytes:
    rows = [HEADINGS, *rows_of(text)]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()


def preview(text: str) -> Preview:
    return preview_criteria(csv_of(text), "list.csv")


def logic_of(text: str) -> str:
    read = read_criteria(csv_of(text), "list.csv")
    assert read.root is not None
    return to_text(read.root)


def mistakes(text: str) -> list[tuple[int, str, str]]:
    found = preview(text)
    assert found.root is None
    assert all(p.cure for p in found.problems)
    return [(p.row, p.column, p.what) for p in found.problems]


POLICY = """
Top |             | ALL               |     |
A   | Is it a?    |                   | Top |
B   | Is it b?    | NOT               | Top |
C   | Is it c?    | IF A              | Top |
G   |             | At least 2 of     | top | Drugs
D   | Is it d?    |                   | G   |
E   | Is it e?    |                   | g   |
H   |             | IF ANY(A, B) THEN or | Top |
F   | Is it f?    |                   | H   |
I   | Is it i?    |                   | H   |
X   | Is it x?    |                   | -   |
"""


def test_groups_and_parents_become_a_tree_in_the_order_of_the_list() -> None:
    tree = 'ALL(A, NOT(B), IF(A, C), AT LEAST 2 "Drugs" (D, E), IF(ANY(A, B), ANY(F, I)))'
    assert logic_of(POLICY) == tree
    assert [c.id for c in preview(POLICY).criteria] == ["A", "B", "C", "D", "E", "F", "I", "X"]
    assert preview(POLICY).remarks == ("Asked, but not part of the logic: X.",)


def test_a_workbook_and_json_entries_say_the_same() -> None:
    book = Workbook()
    for row in [HEADINGS, *rows_of(POLICY)]:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    entries = [{k: v for k, v in zip(HEADINGS, row, strict=True) if v} for row in rows_of(POLICY)]
    expected = read_criteria(csv_of(POLICY), "list.csv")
    for read in (
        read_criteria(out.getvalue(), "list.xlsx"),
        read_criteria(json.dumps(entries).encode(), "list.json"),
    ):
        assert (read.criteria, read.root) == (expected.criteria, expected.root)


def test_the_parts_of_a_group_may_stand_above_it_and_anywhere() -> None:
    assert logic_of("A|Is a?||G\nG||ANY|T\nT||ALL|\nB|Is b?||G\nC|Is c?||T") == "ALL(ANY(A, B), C)"


def test_a_cell_may_hold_the_whole_tree() -> None:
    assert logic_of("A|Is a?\nB|Is b?\nL||ALL(A, not(b))") == "ALL(A, NOT(B))"
    assert logic_of("T||ALL\nA|Is a?||T\nB|Is b?\nC|Is c?\nL||ANY(B, C)|T") == "ALL(A, ANY(B, C))"
    assert logic_of("A|Is a?\nB|Is b?\nL||IF(A, B)") == "IF(A, B)"


@pytest.mark.parametrize("synonym", ["Parent", "part_of", "Under"])
def test_the_parent_column_has_synonyms(synonym: str) -> None:
    data = csv_of("T||ALL\nA|Is a?||T").replace(b'"parent"', f'"{synonym}"'.encode())
    assert read_criteria(data, "list.csv").root == AllOf((Leaf("A"),))


def test_ids_that_are_given_avoid_the_ids_of_groups() -> None:
    read = read_criteria(csv_of("C01||ALL\n|Is a?||C01\n|Is b?||C01"), "list.csv")
    assert [c.id for c in read] == ["C03", "C02"]
    assert read.root == AllOf((Leaf("C03"), Leaf("C02")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T||ALL\nA|Is a?", [(3, "parent", "The criterion is part of no group.")]),
        ("T||ALL\nA|Is a?||Q", [(3, "parent", "The parent Q is not the id of a group.")]),
        ("T||ALL\nA|Is a?||T\nB|Is b?||A", [(4, "parent", "The parent A is not the id of a group.")]),
        ("T||ALL\nA|Is a?||T\nU||ANY\nB|Is b?||U",
         [(4, "parent", "Two groups stand at the top: this one and T in row 2.")]),
        ("T||ALL|U\nU||ALL|T\nA|Is a?||T", [(2, "parent", "No group stands at the top: each is part of another.")]),
        ("T||ALL\nA|Is a?||T\nU||ALL|U", [(4, "parent", "The group is part of itself.")]),
        ("T||ALL\nA|Is a?||T\nU||ALL|T", [(4, "logic", "No row names this group as its parent.")]),
        ("T||SOME\nA|Is a?||T", [(2, "logic", "“SOME” is no logic word.")]),
        ("T||AT LEAST 3\nA|Is a?||T", [(2, "logic", "AT LEAST 3 is asked of 1 part.")]),
        ("T||NOT\nA|Is a?||T\nB|Is b?||T", [(2, "logic", "NOT has 2 parts; it can have one.")]),
        ("T||IF C\nA|Is a?||T\nB|Is b?||T\nC|Is c?||-", [(2, "logic", "IF has 2 parts; it can have one.")]),
        ("T||IF A THEN SOME\nA|Is a?||T", [(2, "logic", "After THEN stands no logic word.")]),
        ("T||IF Z\nA|Is a?||T", [(2, "logic", "Z is not a criterion of the list.")]),
        ("T||ALL(A, Z)\nA|Is a?", [(2, "logic", "Z is not a criterion of the list.")]),
        ("T||ALL(A)\nA|Is a?||T",
         [(2, "logic", "The group has its parts in its cell, and rows that name it as parent.")]),
        ("T||ALL\nA|Is a?|ALL|T", [(3, "logic", "“ALL” cannot stand beside a question.")]),
        ("T||ALL\nA|Is a?||T\nB|Is b?|IF A|-",
         [(4, "logic", "The criterion has a condition, but is not part of the logic.")]),
        ("A|Is a?|NOT\nB|Is b?", [(2, "logic", "No row of the list says how the criteria combine.")]),
        ("||ALL\nA|Is a?||-", [(2, "id", "A group has no id that others can name.")]),
        ("A||ALL\nA|Is a?||A", [(2, "id", "The id A is already used further up or by a criterion.")]),
    ],
)  # fmt: skip
def test_a_mistake_in_the_logic_is_named_by_row_and_column(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert mistakes(text) == expected


def test_groups_nested_without_end_are_a_mistake_and_not_a_crash() -> None:
    text = "G0||ALL\n" + "\n".join(f"G{n}||ALL|G{n - 1}" for n in range(1, 1500)) + "\nA|Is a?||G1499"
    assert mistakes(text)[0][:2] == (2, "logic")


def test_a_list_that_says_nothing_of_logic_is_read_as_ever() -> None:
    data = b"id,question,parent\r\nA,Is a?,Policy 7\r\n"
    read = preview_criteria(data, "list.csv")
    assert (read.root, read.remarks) == (None, ("Not used: column “parent”.",))
    assert read.criteria_set() == CriteriaSet("list", read.criteria)
    empty = preview("A|Is a?||T\nB|Is b?||T")
    assert (empty.root, empty.problems, empty.remarks) == (
        None,
        (),
        ("Not used: the parents, since no row has a logic word.",),
    )


TWO = [{"id": "A", "question": "Is a?"}, {"id": "B", "question": "Is b?"}]


@pytest.mark.parametrize(
    ("logic", "tree"),
    [
        ("ALL(a, NOT(B))", AllOf((Leaf("A"), Not(Leaf("B"))))),
        ({"any": ["a", "B"], "title": " Either  one "}, AnyOf((Leaf("A"), Leaf("B")), "Either one")),
        (None, None),
        ("", None),
    ],
)
def test_json_carries_the_logic_of_the_whole_list(logic: object, tree: object) -> None:
    data = json.dumps({"name": "L", "criteria": TWO, "logic": logic}).encode()
    assert read_criteria(data, "list.json").root == tree


@pytest.mark.parametrize("logic", ["ALL(A", "ALL(A, Z)", {"all": []}, {"all": ["Z"]}, {"some": ["A"]}, 5, ["A"]])
def test_a_mistake_in_the_logic_of_a_json_file_is_named(logic: object) -> None:
    (problem,) = preview_criteria(json.dumps({"criteria": TWO, "logic": logic}).encode(), "list.json").problems
    assert (problem.row, problem.column) == (0, "logic")
    assert problem.cure


def test_logic_in_two_places_of_one_file_is_a_mistake() -> None:
    content = {"criteria": [*TWO, {"id": "T", "logic": "ALL"}], "logic": "ALL(A, B)"}
    (problem,) = preview_criteria(json.dumps(content).encode(), "list.json").problems
    assert problem.what == "The list has a logic of its own, and its entries have one, too."


def test_the_templates_show_a_group() -> None:
    for read in (read_criteria(template_csv(), "t.csv"), read_criteria(template_xlsx(), "t.xlsx")):
        assert read.root is not None
        assert to_text(read.root) == "ALL(B-01, B-02)"
    assert from_data({"all": ["B-01", "B-02"]}) == read.root


@pytest.mark.parametrize("stem", ["biologic", "oxygen", "spine"])
def test_the_sample_lists_come_with_a_logic(stem: str) -> None:
    read = read_criteria((SAMPLES / f"criteria_{stem}.json").read_bytes(), "list.json")
    assert isinstance(read.root, AllOf)
