"""What follows from decisions for the whole of a list, and how a logic tree is written down."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import DECISIONS, CriteriaSet, Criterion, DecisionOutcome, digest
from core.errors import BadLogic
from core.logic import (
    AllOf,
    AnyOf,
    AtLeast,
    Leaf,
    Logic,
    Not,
    State,
    When,
    evaluate,
    faults,
    from_json,
    leaves,
    not_asked,
    outline,
    parse,
    states,
    to_json,
    to_text,
    unplaced,
    walk,
)
from core.logic.limits import MAX_DEPTH, MAX_NODES

IDS = ("A", "B", "C", "D", "E", "F")
A, B, C, D, E, F = map(Leaf, IDS)
SHORT: Mapping[str, DecisionOutcome] = {"+": "met", "-": "not_met", "?": "insufficient", "x": "not_applicable"}


def decided(**outcomes: str) -> dict[str, DecisionOutcome]:
    return {criterion: SHORT[mark] for criterion, mark in outcomes.items()}


def said(text: str) -> dict[str, DecisionOutcome]:
    """ "+-?x." -> A met, B not met, C insufficient, D not applicable, E open."""
    return {criterion: SHORT[mark] for criterion, mark in zip(IDS, text, strict=False) if mark in SHORT}


ALL, ANY, TWO, IF = AllOf((A, B, C)), AnyOf((A, B, C)), AtLeast(2, (A, B, C)), When(A, B)


@pytest.mark.parametrize(
    ("logic", "decisions", "state"),
    [
        (ALL, "+++", "met"),
        (ALL, "++-", "not_met"),
        (ALL, "..-", "not_met"),
        (ALL, "++?", "insufficient"),
        (ALL, "+.?", "undecided"),
        (ALL, "+x+", "met"),
        (ALL, "xxx", "not_applicable"),
        (ALL, "xx.", "undecided"),
        (ANY, "--+", "met"),
        (ANY, "---", "not_met"),
        (ANY, "--?", "insufficient"),
        (ANY, "-?.", "undecided"),
        (ANY, "..+", "met"),
        (ANY, "x-x", "not_met"),
        (ANY, "xxx", "not_applicable"),
        (TWO, "++.", "met"),
        (TWO, "+--", "not_met"),
        (TWO, "--?", "not_met"),
        (TWO, "+-?", "insufficient"),
        (TWO, "+-.", "undecided"),
        (TWO, "-+x", "not_met"),
        (TWO, "+xx", "insufficient"),
        (TWO, "-xx", "insufficient"),
        (TWO, "xxx", "not_applicable"),
        (TWO, "??.", "insufficient"),
        (TWO, "--.", "not_met"),
        (IF, "++", "met"),
        (IF, "+-", "not_met"),
        (IF, "-+", "not_applicable"),
        (IF, "--", "not_applicable"),
        (IF, "x-", "not_applicable"),
        (IF, "?-", "insufficient"),
        (IF, "?.", "insufficient"),
        (IF, ".-", "undecided"),
        (IF, "+?", "insufficient"),
        (Not(A), "+", "not_met"),
        (Not(A), "-", "met"),
        (Not(A), "?", "insufficient"),
        (Not(A), ".", "undecided"),
        (Not(A), "x", "not_applicable"),
    ],
)
def test_a_group_says_what_follows_from_its_parts(logic: Logic, decisions: str, state: State) -> None:
    assert evaluate(logic, said(decisions)) == state


def test_two_of_three_are_not_ruled_out_while_an_open_part_may_turn_out_not_to_apply() -> None:
    """Where too few parts would be left to ask for two of them, a person must look."""
    assert evaluate(AtLeast(2, (A, B, C, D)), said("---.")) == "not_met"
    assert evaluate(AtLeast(2, (A, B)), said("-.")) == "undecided"
    assert evaluate(AtLeast(2, (A, B)), said("-x")) == "insufficient"


def test_nested_groups_are_rolled_up_from_below() -> None:
    logic = AllOf((A, AnyOf((B, AllOf((C, Not(D))))), When(E, F)))
    assert evaluate(logic, decided(A="+", B="-", C="+", D="-", E="-")) == "met"
    assert evaluate(logic, decided(A="+", B="-", C="+", D="+", E="-")) == "not_met"
    assert evaluate(logic, decided(A="+", B="-", C="?", D="-", E="-")) == "insufficient"
    assert evaluate(logic, decided(A="+", B="-", C="?", D="-", E="+")) == "undecided"
    assert evaluate(logic, decided(A="+", B="+", E="+", F="x")) == "met"


def test_every_node_has_its_own_state() -> None:
    logic = AllOf((A, AnyOf((B, C)), Not(D)))
    assert states(logic, said("+-+-")) == {
        (): "met",
        (0,): "met",
        (1,): "met",
        (1, 0): "not_met",
        (1, 1): "met",
        (2,): "met",
        (2, 0): "not_met",
    }


def test_a_decision_that_was_taken_back_is_open() -> None:
    assert evaluate(AllOf((A, B)), {"A": "met", "B": "withdrawn"}) == "undecided"


def test_what_could_no_longer_change_the_answer_is_not_waited_for() -> None:
    """Whatever B is decided to be, the chart does not say enough about the condition."""
    assert evaluate(When(A, B), said("?.")) == "insufficient"
    assert evaluate(AllOf((When(B, A), C)), said("?.+")) == "undecided"


def test_a_criterion_below_a_condition_that_is_not_met_needs_no_decision() -> None:
    logic = AllOf((A, When(A, B), When(C, When(B, D))))
    assert not_asked(logic, said("-")) == frozenset()  # C is open, and B may be asked below it
    assert not_asked(logic, said("-.-")) == {"B", "D"}
    assert not_asked(logic, said("+.+")) == frozenset()
    assert not_asked(logic, said("")) == frozenset()
    assert not_asked(AllOf((When(A, B), B)), said("-")) == frozenset()


TREES = st.recursive(
    st.sampled_from(IDS).map(Leaf),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=4).map(lambda p: AllOf(tuple(p))),
        st.lists(parts, min_size=1, max_size=4).map(lambda p: AnyOf(tuple(p))),
        st.lists(parts, min_size=1, max_size=4).flatmap(
            lambda p: st.integers(1, len(p)).map(lambda n: AtLeast(n, tuple(p)))
        ),
        parts.map(Not),
        st.tuples(parts, parts).map(lambda p: When(*p)),
    ),
    max_leaves=12,
)
OUTCOMES = st.dictionaries(st.sampled_from(IDS), st.sampled_from(DECISIONS))
MANY = settings(max_examples=150, deadline=None)


@given(TREES, OUTCOMES, OUTCOMES)
@MANY
def test_what_is_settled_stays_so_whatever_is_decided_of_what_is_open(
    logic: Logic, before: dict[str, DecisionOutcome], more: dict[str, DecisionOutcome]
) -> None:
    now, later = states(logic, before), states(logic, {**more, **before})
    for path, state in now.items():
        if state in ("met", "not_met", "not_applicable"):
            assert later[path] == state


@given(TREES, OUTCOMES)
@MANY
def test_only_met_and_not_met_decisions_settle_anything(logic: Logic, decisions: dict[str, DecisionOutcome]) -> None:
    unsure: dict[str, DecisionOutcome] = {c: o for c, o in decisions.items() if o in ("insufficient", "not_applicable")}
    assert not {"met", "not_met"} & set(states(logic, unsure).values())


@given(TREES, OUTCOMES, OUTCOMES)
@MANY
def test_insufficient_is_said_only_where_no_open_decision_could_settle_the_answer(
    logic: Logic, before: dict[str, DecisionOutcome], more: dict[str, DecisionOutcome]
) -> None:
    if evaluate(logic, before) == "insufficient":
        assert evaluate(logic, {**more, **before}) == "insufficient"


@given(TREES, st.dictionaries(st.sampled_from(IDS), st.sampled_from(DECISIONS), min_size=6))
@MANY
def test_nothing_waits_once_everything_is_decided(logic: Logic, decisions: dict[str, DecisionOutcome]) -> None:
    assert "undecided" not in states(logic, decisions).values()


@given(st.lists(TREES, min_size=1, max_size=4).map(tuple), OUTCOMES)
@MANY
def test_the_laws_of_de_morgan_hold(parts: tuple[Logic, ...], decisions: dict[str, DecisionOutcome]) -> None:
    turned = tuple(map(Not, parts))
    assert evaluate(Not(AllOf(parts)), decisions) == evaluate(AnyOf(turned), decisions)
    assert evaluate(Not(AnyOf(parts)), decisions) == evaluate(AllOf(turned), decisions)
    assert evaluate(Not(Not(parts[0])), decisions) == evaluate(parts[0], decisions)


@given(st.lists(TREES, min_size=1, max_size=4).map(tuple), OUTCOMES)
@MANY
def test_at_least_one_is_any_and_the_order_of_parts_means_nothing(
    parts: tuple[Logic, ...], decisions: dict[str, DecisionOutcome]
) -> None:
    assert evaluate(AtLeast(1, parts), decisions) == evaluate(AnyOf(parts), decisions)
    for group in (AllOf, AnyOf):
        assert evaluate(group(parts), decisions) == evaluate(group(parts[::-1]), decisions)


@given(TREES)
@MANY
def test_a_tree_survives_its_text_and_its_json(logic: Logic) -> None:
    assert from_json(to_json(logic)) == logic
    if not faults(logic, IDS):
        assert parse(to_text(logic), IDS) == logic
    assert [row.path for row in outline(logic)] == [path for path, _ in walk(logic)]


def test_the_one_line_form_is_read_in_any_spelling() -> None:
    text = 'all of(a,\n any "The ""usual"" drugs" (B , c), At Least 2 OF (D,E,F), NOT(A), if(B, C))'
    logic = AllOf((A, AnyOf((B, C), 'The "usual" drugs'), AtLeast(2, (D, E, F)), Not(A), When(B, C)))
    assert parse(text, IDS) == logic
    assert to_text(logic) == ('ALL(A, ANY "The ""usual"" drugs" (B, C), AT LEAST 2(D, E, F), NOT(A), IF(B, C))')


def test_an_id_may_be_a_word_of_the_logic() -> None:
    assert parse("ALL(all, not, NOT(if))", ("ALL", "NOT", "IF")) == AllOf((Leaf("ALL"), Leaf("NOT"), Not(Leaf("IF"))))
    assert parse("A", IDS) == A


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("  ", 0, "There is no logic yet."),
        ("ALL(", 4, "An id or a group is missing at the end."),
        ("ALL()", 0, "A group has no parts."),
        ("ALL(A", 5, "The bracket of ALL is never closed."),
        ("ALL(A,)", 6, "Before “)” an id or a group is missing."),
        ("ALL(A))", 6, "There is a closing bracket too many."),
        ("A, B", 1, "The logic goes on after its end with “,”."),
        ("ALL(A B)", 6, "Before “B” a comma is missing."),
        ("ALL(A ANY(B))", 6, "Before “ANY” a comma is missing."),
        ("ALL(A AND B)", 6, "AND and OR do not stand between ids here."),
        ("AT LEAST(A, B)", 0, "AT LEAST needs a number and a bracket."),
        ("SOME(A)", 0, "“SOME” stands before a bracket, but is no word of the logic."),
        ("ALL(A; B)", 5, "“;” means nothing here."),
        ('ALL "x(A)', 4, "A title has no second quotation mark."),
        ("NOT(A, B)", 0, "NOT has more than one part."),
        ("IF(A)", 0, "IF has another number of parts than two."),
        ("AT LEAST 3(A, B)", None, "AT LEAST 3 is asked of 2 parts."),
        ("AT LEAST 0(A, B)", None, "AT LEAST 0 is asked of 2 parts."),
        ("AT LEAST 2(A, B, A)", None, "A stands twice in AT LEAST 2 and would count twice."),
        ("ALL(A, Z)", None, "Z is not a criterion of the list."),
        ("ALL(" * 30 + "A" + ")" * 30, None, f"The logic is nested more than {MAX_DEPTH} deep"),
        ("ALL(" + ", ".join(["A"] * (MAX_NODES + 1)) + ")", None, f"The logic is nested more than {MAX_DEPTH} deep"),
    ],
)  # fmt: skip
def test_a_fault_of_the_text_is_named_with_its_place_and_a_cure(text: str, at: int | None, what: str) -> None:
    with pytest.raises(BadLogic) as caught:
        parse(text, IDS)
    (fault,) = caught.value.faults
    assert fault.at == at
    assert fault.what.startswith(what)
    assert fault.cure


def test_every_unknown_id_is_named() -> None:
    with pytest.raises(BadLogic) as caught:
        parse("ALL(X, A, ANY(Y, X))", IDS)
    assert [f.what[:1] for f in caught.value.faults] == ["X", "Y"]


@given(st.text(alphabet="ABZ(),\"' 2allnyotifs\n", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_reading_fail_otherwise(text: str) -> None:
    try:
        logic = parse(text, IDS)
    except BadLogic:
        return
    assert not faults(logic, IDS)


@pytest.mark.parametrize(
    "text",
    ["", "5", "[]", '{"all": "A"}', '{"all": [], "any": []}', '{"at_least": true, "of": ["A"]}', '{"some": ["A"]}',
     '{"all": ["A"], "title": 3}', "[" * 5000, '{"all": [' * 5000],
)  # fmt: skip
def test_json_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(BadLogic):
        from_json(text)


def test_criteria_outside_the_tree_and_its_leaves_are_known() -> None:
    logic = AllOf((B, AnyOf((A, B))))
    assert leaves(logic) == ("B", "A")
    assert unplaced(logic, IDS) == ("C", "D", "E", "F")


def test_the_outline_reads_like_the_policy() -> None:
    rows = outline(AllOf((A, AtLeast(2, (B, C), "Drugs"), When(D, Not(E))), "Policy"))
    assert [("  " * r.depth + " ".join(filter(None, (r.lead, r.words, r.criterion, r.title)))) for r in rows] == [
        "All of Policy",
        "  A",
        "  At least 2 of Drugs",
        "    B",
        "    C",
        "  Only if",
        "    if D",
        "    then Not",
        "      E",
    ]


def test_a_list_without_logic_keeps_its_digest_and_one_with_logic_has_another() -> None:
    criteria = (Criterion("A", "Is it?", "Look.", "G"), Criterion("B", "Is it so?"))
    plain = CriteriaSet("L", criteria)
    assert plain.digest == digest("A", "Is it?", "Look.", "G", "B", "Is it so?", "", "")
    others = {
        CriteriaSet("L", criteria, root=AllOf((A, B))).digest,
        CriteriaSet("L", criteria, root=AnyOf((A, B))).digest,
        CriteriaSet("L", criteria, source="http://example.org/q|1").digest,
        CriteriaSet("L", (Criterion("A", "Is it?", "Look.", "G", link="1"), criteria[1])).digest,
    }
    assert len(others | {plain.digest}) == 5
    assert Criterion("A", "Is it?", link="1").digest == Criterion("A", "Is it?").digest
