from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.domain import Gap, Outcome, Page, PageRef, Score, ScorerInfo
from core.errors import BadRule
from core.grid import GAP, Grid, to_milli
from core.holds import Held
from core.lengths import Lengths
from core.selection import Rule, default_rule, evidence, kept, ranks, select, shown, threshold_milli, weak_below

PAGES = tuple(PageRef("d" * 64, n) for n in range(1, 6))


def grid(*rows: list[float | None]) -> Grid:
    outcomes: list[Outcome] = []
    for r, row in enumerate(rows):
        for page, value in zip(PAGES, row, strict=True):
            name = f"C{r}"
            outcomes.append(Gap(page, name, "f", "Timed out") if value is None else Score(page, name, "f", value))
    return Grid.of(outcomes, pages=PAGES, criteria=[f"C{r}" for r in range(len(rows))], fingerprint="f")


def numbers(rule: Rule, *rows: list[float | None]) -> list[int]:
    return [s.page.number for s in select(grid(*rows), rule) if s.kept]


def test_a_page_exactly_at_the_threshold_is_kept() -> None:
    assert numbers(Rule(0.4), [0.4, 0.39999, 0.41, 0.0, 1.0]) == [1, 3, 5]


def test_a_threshold_of_zero_keeps_every_page() -> None:
    assert numbers(Rule(0.0), [0.0, 0.1, 0.2, 0.3, 1.0]) == [1, 2, 3, 4, 5]


def test_top_k_keeps_the_best_pages_in_original_order() -> None:
    assert numbers(Rule(None, 2), [0.1, 0.9, 0.2, 0.95, 0.3]) == [2, 4]


def test_equal_scores_go_to_the_earlier_page() -> None:
    assert numbers(Rule(None, 2), [0.5, 0.5, 0.5, 0.5, 0.5]) == [1, 2]


def test_both_keeps_up_to_k_pages_none_below_the_threshold() -> None:
    assert numbers(Rule(0.4, 3), [0.9, 0.8, 0.7, 0.6, 0.1]) == [1, 2, 3]
    assert numbers(Rule(0.75, 3), [0.9, 0.8, 0.7, 0.6, 0.1]) == [1, 2]


def test_a_page_that_failed_to_score_is_kept_and_does_not_count_towards_k() -> None:
    assert numbers(Rule(0.5, 1), [0.9, None, 0.8, 0.1, None]) == [1, 2, 5]


def test_every_pair_gets_a_reason() -> None:
    selected = select(grid([0.9, None, 0.8, 0.1, 0.7]), Rule(0.4, 2))
    assert [s.reason for s in selected] == [
        "At or above 0.40, rank 1 of the best 2",
        "Kept: Timed out",
        "At or above 0.40, rank 2 of the best 2",
        "Below the threshold 0.40",
        "Rank 3, beyond the best 2",
    ]
    assert [(s.score, s.rank) for s in selected] == [(0.9, 1), (None, None), (0.8, 2), (0.1, 4), (0.7, 3)]


def test_a_page_held_by_hand_is_kept_or_left_out_for_that_criterion_alone() -> None:
    held: Held = {("C0", PAGES[3]): "keep", ("C1", PAGES[0]): "drop", ("C9", PAGES[0]): "keep"}
    selected = select(grid([0.9, 0.1, 0.1, 0.1, 0.1], [0.9, 0.8, 0.1, 0.1, 0.1]), Rule(0.5, 1), held=held)
    assert [(s.criterion, s.page.number) for s in selected if s.kept] == [("C0", 1), ("C0", 4)]
    said = {(s.criterion, s.page.number): (s.reason, s.by_rule) for s in selected}
    assert said["C0", 4] == ("Kept by the reviewer", False)
    assert said["C1", 1] == ("Left out by the reviewer", True)
    assert said["C1", 2] == ("Rank 2, beyond the best 1", None), "a page left out by hand frees no place"


def test_a_page_without_a_score_is_left_out_by_hand_alone_and_that_is_said() -> None:
    held: Held = {("C0", PAGES[1]): "drop", ("C0", PAGES[2]): "keep"}
    selected = select(grid([0.9, None, None, None, 0.1]), Rule(0.5), held=held)
    assert [(s.page.number, s.kept, s.reason) for s in selected[1:4]] == [
        (2, False, "Left out by the reviewer, though not scored: Timed out"),
        (3, True, "Kept by the reviewer"),
        (4, True, "Kept: Timed out"),
    ]


def lengths(*sizes: int, same: tuple[int, int] = (0, 0)) -> Lengths:
    """Pages of so many tokens; the second of `same` (1-based) prints the text of the first."""
    texts = [chr(97 + i) * (4 * size) for i, size in enumerate(sizes)]
    if same[0]:
        texts[same[1] - 1] = texts[same[0] - 1]
    return Lengths.of([Page(page, text) for page, text in zip(PAGES, texts, strict=True)])


def within(budget: int, values: list[float | None], tokens: Lengths, rule: Rule | None = None) -> list[int]:
    rule = replace(rule or Rule(0.0), token_budget=budget)
    return [s.page.number for s in select(grid(values), rule, tokens=tokens) if s.kept]


def test_the_best_pages_are_kept_until_their_tokens_reach_the_budget() -> None:
    values: list[float | None] = [0.2, 0.9, 0.5, 0.8, 0.1]
    assert within(30, values, lengths(10, 10, 10, 10, 10)) == [2, 3, 4]
    assert within(29, values, lengths(10, 10, 10, 10, 10)) == [2, 4]
    assert within(1000, values, lengths(10, 10, 10, 10, 10)) == [1, 2, 3, 4, 5]
    assert within(1000, values, lengths(10, 10, 10, 10, 10), Rule(0.5, 2)) == [2, 4]


def test_the_first_page_that_does_not_fit_ends_the_list() -> None:
    assert within(25, [0.9, 0.8, 0.7, 0.6, 0.5], lengths(10, 20, 10, 1, 1)) == [1]


def test_the_best_page_is_kept_even_if_it_is_longer_than_the_budget() -> None:
    tokens = lengths(10, 500, 10, 10, 10)
    assert within(100, [0.1, 0.9, 0.8, 0.1, 0.1], tokens) == [2]
    assert within(100, [0.1, 0.3, 0.2, 0.1, 0.1], tokens, Rule(0.4)) == [], "but not below the threshold"


def test_a_text_that_stands_on_two_pages_uses_the_budget_once() -> None:
    assert within(20, [0.9, 0.5, 0.8, 0.1, 0.1], lengths(10, 10, 10, 10, 10, same=(1, 3))) == [1, 2, 3]


def test_a_page_without_a_score_uses_no_budget_and_is_kept() -> None:
    assert within(20, [None, 0.9, None, 0.8, 0.1], lengths(999, 10, 999, 10, 10)) == [1, 2, 3, 4]


def test_a_budget_without_the_lengths_of_the_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="lengths"):
        select(grid([0.9] * 5), Rule(None, None, token_budget=100))


def test_a_budget_says_why_a_page_is_kept_or_left_out() -> None:
    tokens = lengths(10, 10, 10, 10, 500)
    rule = Rule(0.4, token_budget=4000)
    assert [s.reason for s in select(grid([0.9, 0.8, 0.1, 0.1, 0.1]), rule, tokens=tokens)][1:3] == [
        "At or above 0.40, within 4,000 tokens",
        "Below the threshold 0.40",
    ]
    small = Rule(None, token_budget=15)
    assert [s.reason for s in select(grid([0.9, 0.8, 0.1, 0.1, 0.1]), small, tokens=tokens)][:2] == [
        "Rank 1, within 15 tokens",
        "Beyond the budget of 15 tokens",
    ]
    assert (
        select(grid([0.1, 0.1, 0.1, 0.1, 0.9]), small, tokens=tokens)[4].reason == "Rank 1, longer than 15 tokens alone"
    )


@given(
    st.lists(st.lists(st.sampled_from([0, 1, 5, 400, 999, GAP]), min_size=6, max_size=6), min_size=1, max_size=4),
    st.lists(st.sampled_from(["", "a" * 40, "b" * 40, "c" * 400]), min_size=6, max_size=6),
    st.sampled_from([1, 10, 20, 100, 120]),
    st.sampled_from([Rule(0.4), Rule(None, 3), Rule(0.0)]),
)
def test_what_the_budget_keeps_is_what_adding_page_after_page_keeps(
    rows: list[list[int]], texts: list[str], budget: int, rule: Rule
) -> None:
    tokens = Lengths.of([Page(PageRef("d" * 64, n), text) for n, text in enumerate(texts)])
    milli: NDArray[np.uint16] = np.array(rows, dtype=np.uint16)
    alone, both = kept(milli, rule), kept(milli, replace(rule, token_budget=budget), tokens)
    for r, row in enumerate(rows):
        order, spent, open_, seen = sorted(range(6), key=lambda c: (-row[c], c)), 0, True, set[str]()
        for place, c in enumerate([c for c in order if row[c] != GAP]):
            spent += 0 if texts[c] in seen else len(texts[c]) // 4
            seen.add(texts[c])
            open_ = open_ and (spent <= budget or place == 0)
            assert both[r, c] == (alone[r, c] and open_)
        assert all(both[r, c] for c in range(6) if row[c] == GAP)
    characters, size = tokens.of_kept(both)
    for r in range(len(rows)):
        assert characters[r] == sum(map(len, {texts[c] for c in range(6) if both[r, c]}))
        assert size[r] == characters[r] // 4


def test_a_pair_without_an_outcome_is_a_gap_not_a_zero() -> None:
    empty = Grid.of([], pages=PAGES, criteria=["C0"], fingerprint="f")
    assert set(empty.reasons.values()) == {"Not scored yet"}
    assert all(s.kept and s.score is None for s in select(empty, Rule(0.9)))


def test_scores_of_two_scorers_never_share_a_grid() -> None:
    with pytest.raises(ValueError, match="among scores of"):
        Grid.of([Score(PAGES[0], "C0", "other", 0.5)], pages=PAGES, criteria=["C0"], fingerprint="f")


def test_a_rule_on_the_raw_score_ignores_the_probability() -> None:
    outcomes = [Score(p, "C0", "f", 0.5) for p in PAGES]
    halved = Grid.of(outcomes, pages=PAGES, criteria=["C0"], fingerprint="f", probabilities=lambda s: s / 10)
    assert sum(s.kept for s in select(halved, Rule.parse("score>=0.4"))) == 5
    assert sum(s.kept for s in select(halved, Rule.parse("probability>=0.4"))) == 0


@pytest.mark.parametrize("value", [0.29, 0.57, 0.58, 0.07, 0.3, 0.1 + 0.2 - 0.1])
def test_binary_noise_does_not_lower_a_score_by_a_thousandth(value: float) -> None:
    assert to_milli(np.array([value]))[0] == round(value * 1000)


@given(st.floats(0, 1), st.integers(0, 100))
def test_a_score_is_kept_exactly_when_its_thousandths_reach_the_threshold(value: float, percent: int) -> None:
    milli = to_milli(np.array([[value]]))
    assert kept(milli, Rule(percent / 100))[0, 0] == (milli[0, 0] >= percent * 10)
    assert threshold_milli(percent / 100) == percent * 10


@given(st.lists(st.lists(st.sampled_from([0, 1, 5, 400, 999, GAP]), min_size=6, max_size=6), min_size=1, max_size=4))
def test_ranks_count_from_one_without_a_hole(rows: list[list[int]]) -> None:
    milli: NDArray[np.uint16] = np.array(rows, dtype=np.uint16)
    for values, rank in zip(milli, ranks(milli), strict=True):
        known = rank[values != GAP]
        assert sorted(known) == list(range(1, len(known) + 1))
        assert (rank[values == GAP] == 0).all()


@given(
    st.one_of(st.none(), st.integers(0, 1000).map(lambda n: n / 1000)),
    st.one_of(st.none(), st.integers(1, 500)),
    st.sampled_from(["probability", "score"]),
    st.one_of(st.none(), st.integers(1, 100_000)),
)
def test_a_rule_reads_back_from_its_own_words(
    threshold: float | None, top_k: int | None, on: str, budget: int | None
) -> None:
    if threshold is None and top_k is None and budget is None:
        return
    rule = Rule(threshold, top_k, on if threshold is not None else "probability", budget)  # type: ignore[arg-type]
    assert Rule.parse(str(rule)) == rule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(0.4), "every page at or above 0.40"),
        (Rule(0.0), "every page at or above 0.00"),
        (Rule(None, 5), "the best 5 pages for each criterion"),
        (Rule(0.125, 5), "up to 5 pages for each criterion, none below 0.125"),
        (Rule(0.4, token_budget=4000), "every page at or above 0.40, up to about 4,000 tokens for each criterion"),
        (Rule(None, 5, token_budget=4000), "the best 5 pages for each criterion, up to about 4,000 tokens"),
        (
            Rule(0.4, 5, token_budget=4000),
            "up to 5 pages for each criterion, none below 0.40, up to about 4,000 tokens",
        ),
        (Rule(None, token_budget=4000), "the best pages for each criterion, up to about 4,000 tokens"),
    ],
)
def test_a_rule_can_be_said_in_words(rule: Rule, words: str) -> None:
    assert rule.in_words() == words


def test_rules_stored_before_there_were_budgets_read_as_they_did() -> None:
    assert Rule.parse("probability>=0.40 & top10") == Rule(0.4, 10)
    assert Rule.parse("tokens <= 4000 & top10") == Rule(None, 10, token_budget=4000)
    assert str(Rule(0.4, 10, token_budget=4000)) == "probability>=0.40 & top10 & tokens<=4000"


@pytest.mark.parametrize(
    "text",
    [
        *("", "0.4", "score>0.4", "top0", "top5 & top6", "probability>=1.5", "top 10 & junk"),
        *("tokens<=0", "tokens<=1 & tokens<=2", "tokens>=4000", "tokens<=-4"),
    ],
)
def test_a_rule_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    with pytest.raises(BadRule, match=r"Write"):
        Rule.parse(text)


def test_the_tool_never_says_not_met() -> None:
    milli = to_milli(np.array([[0.9, 0.1], [0.1, 0.1], [0.1, np.nan], [np.nan, np.nan]]))
    rule = Rule(0.5)
    everything_read = np.array([False, False])
    second_unreadable = np.array([False, True])
    assert evidence(milli, kept(milli, rule), everything_read, weak=0.2) == [
        "found",
        "none_found",
        "not_scored",
        "not_scored",
    ]
    assert evidence(milli[2:3], kept(milli[2:3], rule), second_unreadable, weak=0.2) == ["could_not_read"]
    assert evidence(milli[0:1], kept(milli[0:1], rule), second_unreadable, weak=0.2) == ["found"]


def test_a_kept_page_below_the_weak_line_is_no_evidence_found() -> None:
    milli = to_milli(np.array([[0.199, 0.1], [0.2, 0.1]]))
    assert evidence(milli, kept(milli, Rule(0.05)), np.array([False, False]), weak=0.2) == ["weak", "found"]


def test_matches_are_not_called_weak_while_pages_wait_for_their_score() -> None:
    milli = to_milli(np.array([[0.1, np.nan], [0.9, np.nan]]))
    assert evidence(milli, kept(milli, Rule(0.05)), np.array([False, False]), weak=0.2) == ["not_scored", "found"]


def test_a_reranker_gives_unrelated_text_more_than_the_embedded_scorer_does() -> None:
    embedded, reranker = (ScorerInfo(name, "m", "", "") for name in ("embedded", "zerank"))
    assert weak_below(embedded) < 0.29 < weak_below(reranker)


def test_a_case_starts_with_a_rule_that_fits_its_scorer() -> None:
    embedded, zerank, cross = (ScorerInfo(name, "m", "", "") for name in ("embedded", "zerank", "cross-encoder"))
    assert str(default_rule(embedded)) == "probability>=0.02 & top10"
    assert {str(default_rule(info)) for info in (zerank, cross)} == {"probability>=0.20 & top10"}


@pytest.mark.parametrize(
    ("probability", "threshold", "words"),
    [(0.145, 0.4, "0.14"), (0.399, 0.4, "0.39"), (0.4, 0.4, "0.40"), (0.2351, 0.235, "0.235"), (0.149, None, "0.14")],
)
def test_a_shown_probability_never_contradicts_the_rule(
    probability: float, threshold: float | None, words: str
) -> None:
    assert shown(probability, Rule(threshold, 3)) == words


def test_a_threshold_is_its_thousandths() -> None:
    assert Rule(0.12345) == Rule(0.123) == Rule.parse(str(Rule(0.12345)))
