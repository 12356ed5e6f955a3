"""Criteria as rows: what is found and kept for each, and the order that the screens share."""

from time import perf_counter

import numpy as np
import pytest

from core.chart import Chart, build_chart
from core.domain import CriteriaSet, Criterion, DecisionOutcome, Gap, Outcome, Page, PageRef, Score, ScorerInfo
from core.holds import Held
from core.pack import build_pack
from core.rows import Order, criterion_rows, ordered
from core.selection import Rule, select

SCORER = ScorerInfo("embedded", "lexical", "1", "logistic")
CRITERIA = CriteriaSet(
    "Spine",
    (
        Criterion("B-01", "Is there a failed trial?", group="Therapy"),
        Criterion("B-02", "Is there imaging?", group="Imaging"),
        Criterion("B-03", "Is there a letter?", group="Therapy"),
        Criterion("B-04", "Is there a plan?"),
    ),
)
PAGES = (
    Page(PageRef("a" * 64, 1), "Ibuprofen failed."),
    Page(PageRef("a" * 64, 2), "MRI of the spine."),
    Page(PageRef("a" * 64, 3), "Ibuprofen failed."),
    Page(PageRef("a" * 64, 4), "", source="none", problem="The page is an image."),
)
VALUES: list[list[float | None]] = [
    [0.9, 0.1, 0.9, None],
    [0.1, 0.5, 0.1, None],
    [0.1, 0.05, None, None],
    [0.15, 0.0, 0.0, None],
]


def chart_of(criteria: CriteriaSet, pages: tuple[Page, ...], values: list[list[float | None]]) -> Chart:
    outcomes: list[Outcome] = [
        Gap(page.ref, c.id, SCORER.fingerprint, "No answer")
        if value is None
        else Score(page.ref, c.id, SCORER.fingerprint, value)
        for c, row in zip(criteria, values, strict=True)
        for page, value in zip(pages, row, strict=True)
    ]
    return build_chart(criteria, (), pages, SCORER, outcomes, None)


CHART = chart_of(CRITERIA, PAGES, VALUES)


def test_a_row_tells_what_is_found_and_kept() -> None:
    rows = criterion_rows(CHART, Rule(0.12))
    assert [(r.id, r.evidence, r.best, r.pages, r.unscored) for r in rows] == [
        ("B-01", "found", 0.9, (1, 3), 1),
        ("B-02", "found", 0.5, (2,), 1),
        ("B-03", "not_scored", 0.1, (), 2),
        ("B-04", "weak", 0.15, (1,), 1),
    ]
    assert (rows[0].characters, rows[0].tokens) == (17, 5), "two pages with one text"


HELD: list[Held] = [
    {},
    {("B-01", PAGES[0].ref): "drop", ("B-02", PAGES[3].ref): "drop", ("B-04", PAGES[1].ref): "keep"},
]


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("rule", [Rule(0.12), Rule(None, 1), Rule(None, token_budget=6), Rule(0.05, 2, token_budget=5)])
def test_rows_and_context_pack_say_the_same(rule: Rule, held: Held) -> None:
    selected = select(CHART.grid, rule, tokens=CHART.lengths, held=held)
    pack = build_pack("Case 1", PAGES, {}, CRITERIA, selected, rule=str(rule), scorer=SCORER)
    for row, packed in zip(criterion_rows(CHART, rule, held), pack.criteria, strict=True):
        assert row.evidence == packed.evidence
        assert (row.characters, row.tokens) == (packed.size.characters, packed.size.tokens)
        assert list(row.pages) == [k.place for k in packed.kept if k.score is not None]


def test_a_page_kept_by_hand_counts_even_where_it_has_no_score() -> None:
    rows = criterion_rows(CHART, Rule(0.12), {("B-03", PAGES[3].ref): "keep", ("B-03", PAGES[2].ref): "drop"})
    assert (rows[2].pages, rows[2].unscored, rows[2].evidence) == ((4,), 0, "not_scored")


DECIDED: dict[str, DecisionOutcome] = {"B-02": "not_met", "B-03": "met"}


@pytest.mark.parametrize(
    ("order", "shown"),
    [
        (Order(), "1234"),
        (Order(reverse=True), "4321"),
        (Order("group"), "1324"),
        (Order("evidence"), "1243"),
        (Order("best"), "1243"),
        (Order("best", reverse=True), "3421"),
        (Order("kept"), "1243"),
        (Order("decision"), "1432"),
        (Order(group="Therapy"), "13"),
        (Order(group=""), "4"),
        (Order(evidence="found"), "12"),
        (Order(undecided=True), "14"),
        (Order(flagged=True), "2"),
        (Order(undecided=True, flagged=True), ""),
    ],
)
def test_rows_are_sorted_and_filtered(order: Order, shown: str) -> None:
    rows = ordered(criterion_rows(CHART, Rule(0.12)), order, decisions=DECIDED, flags={"B-02"})
    assert "".join(row.id[-1] for row in rows) == shown


def test_the_criterion_that_is_worked_on_stays_whatever_the_filter_says() -> None:
    rows = ordered(criterion_rows(CHART, Rule(0.12)), Order(undecided=True), decisions=DECIDED, current="B-02")
    assert [row.id for row in rows] == ["B-01", "B-02", "B-04"]


def test_the_rows_of_a_large_case_take_milliseconds() -> None:
    rng = np.random.default_rng(1)
    criteria = CriteriaSet("Large", tuple(Criterion(f"C{n}", f"Question {n}?") for n in range(80)))
    pages = tuple(Page(PageRef("a" * 64, n + 1), f"text {n % 140}" * 200) for n in range(150))
    chart = chart_of(criteria, pages, [[float(v) for v in row] for row in rng.random((80, 150))])
    held: Held = {(f"C{n}", pages[n].ref): "keep" for n in range(40)}
    rule = Rule(0.4, 10, token_budget=4000)
    criterion_rows(chart, rule, held)
    took = []
    for _ in range(7):
        started = perf_counter()
        criterion_rows(chart, rule, held)
        took.append(perf_counter() - started)
    assert min(took) < 0.02, f"{min(took) * 1000:.1f} ms"
    print(f"rows of 150 x 80: {min(took) * 1000:.1f} ms")
