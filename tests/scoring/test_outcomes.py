"""What a run promises for its pairs: one outcome each, in order, kept before it is told, and nothing asked twice."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import Criterion, Gap, Outcome, PageRef, Score
from core.errors import RequestRejected, ScorerError, StoreError, Unanswered
from core.scorers.base import Terms, metered
from core.scorers.embedded import EmbeddedScorer
from core.scoring import UNREADABLE, known_outcomes, score_all, score_pages
from core.scoring.run import TOO_LONG
from tests.scoring.examples import (
    CRITERIA,
    QUICK,
    Log,
    Memory,
    ScriptedScorer,
    Step,
    case_scope,
    many,
    pages,
    questions,
    right,
    score,
)


def values(outcomes: list[Outcome]) -> list[float]:
    return [o.value for o in outcomes if isinstance(o, Score)]


def test_every_pair_gets_exactly_one_outcome_in_order() -> None:
    outcomes = score(ScriptedScorer([0.1, 0.2], [0.3, 0.4]), Memory(), pages("one", "two"), CRITERIA)
    assert [(o.criterion, o.page.number, o.value) for o in outcomes if isinstance(o, Score)] == [
        ("A", 1, 0.1),
        ("A", 2, 0.2),
        ("B", 1, 0.3),
        ("B", 2, 0.4),
    ]


def test_an_instruction_is_part_of_what_is_asked() -> None:
    scorer = ScriptedScorer([0.5])
    score(scorer, Memory(), pages("one"), CRITERIA[1:])
    assert scorer.asked == [("Has oxygen been tried?\nAt rest only", ["one"])]


def test_a_second_run_asks_nothing() -> None:
    cache = Memory()
    first = score(ScriptedScorer([0.1, 0.2]), cache, pages("one", "two"))
    silent, log = ScriptedScorer(), Log()
    assert score(silent, cache, pages("one", "two"), progress=log) == first
    assert silent.asked == []
    assert (log.last.done, log.last.total, log.last.usage.requests) == (2, 2, 0)


def test_a_packet_with_one_page_added_asks_for_that_page_alone() -> None:
    cache = Memory()
    score(ScriptedScorer([0.1, 0.2]), cache, pages("one", "two"))
    scorer = ScriptedScorer([0.3])
    score(scorer, cache, pages("zero", "one", "two"))
    assert scorer.asked == [("Is asthma documented?", ["zero"])]


def test_pages_with_the_same_text_are_asked_once_and_score_alike() -> None:
    scorer = ScriptedScorer([0.1, 0.2])
    outcomes = score(scorer, Memory(), pages("one", "two", "one"))
    assert scorer.asked[0][1] == ["one", "two"]
    assert values(outcomes) == [0.1, 0.2, 0.1]


def test_criteria_with_the_same_question_are_asked_once_and_score_alike() -> None:
    scorer, log = ScriptedScorer([0.1]), Log()
    twice = [CRITERIA[0], Criterion("again", CRITERIA[0].question)]
    assert values(score(scorer, Memory(), pages("one"), twice, progress=log)) == [0.1, 0.1]
    assert len(scorer.asked) == 1
    assert log.last.done == log.last.total == 2


def test_an_unreadable_page_is_a_gap_and_is_never_asked() -> None:
    scorer = ScriptedScorer([0.1])
    outcomes = score(scorer, Memory(), pages("one", None))
    assert scorer.asked[0][1] == ["one"]
    assert isinstance(outcomes[1], Gap)
    assert outcomes[1].reason == UNREADABLE


def test_a_page_that_failed_to_score_is_a_gap_and_is_asked_again_the_next_time() -> None:
    cache = Memory()
    outcomes = score(ScriptedScorer(ScorerError("The server did not answer.")), cache, pages("one"))
    assert outcomes == [Gap(PageRef("d" * 64, 1), "A", outcomes[0].fingerprint, "The server did not answer.")]
    assert list(cache.kept.values()) == ["The server did not answer."]
    assert isinstance(score(ScriptedScorer([0.7]), cache, pages("one"))[0], Score)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -0.1, 1.1])
def test_a_number_that_is_no_score_leaves_a_gap_after_some_tries(wrong: float) -> None:
    scorer = ScriptedScorer([wrong, 0.5], *([wrong] for _ in range(QUICK.tries - 1)))
    outcomes = score(scorer, Memory(), pages("one", "two"))
    assert isinstance(outcomes[0], Gap)
    assert isinstance(outcomes[1], Score)
    assert [texts for _, texts in scorer.asked] == [["one", "two"], *[["one"]] * (QUICK.tries - 1)]


def test_a_wrong_number_is_forgotten_when_a_right_one_follows() -> None:
    assert values(score(ScriptedScorer([1.5, 0.5], [0.4]), Memory(), pages("one", "two"))) == [0.4, 0.5]


@pytest.mark.parametrize("answers", [[0.5], [0.5, 0.5, 0.5], []])
def test_too_few_or_too_many_answers_leave_gaps_for_all_of_the_call(answers: list[float]) -> None:
    outcomes = score(ScriptedScorer(*[answers] * QUICK.tries), Memory(), pages("one", "two"))
    assert [type(o) for o in outcomes] == [Gap, Gap]


def test_0_and_1_are_scores() -> None:
    assert values(score(ScriptedScorer([0.0, 1.0]), Memory(), pages("one", "two"))) == [0.0, 1.0]


def test_answers_are_stored_before_they_are_reported_or_counted() -> None:
    cache, wanted = Memory(), many(40)
    scorer = ScriptedScorer(terms=Terms(texts=3, at_once=4))
    counts: list[tuple[int, int]] = []

    async def run() -> None:
        reports = score_pages(
            scorer, CRITERIA, wanted, cache=cache, progress=lambda p: counts.append((p.done, cache.scores))
        )
        async for outcome in reports:
            criterion = CRITERIA[0] if outcome.criterion == "A" else CRITERIA[1]
            page = wanted[outcome.page.number - 1]
            assert (outcome.fingerprint, criterion.digest, page.digest) in cache.kept

    asyncio.run(run())
    assert all(done <= kept for done, kept in counts)
    assert counts[-1] == (80, 80)


def test_a_scorer_that_looks_at_the_whole_case_is_asked_again_when_the_case_changes() -> None:
    cache, first, second = Memory(), case_scope(ScriptedScorer([0.1])), case_scope(ScriptedScorer([0.2, 0.3]))
    score(first, cache, pages("one"))
    score(second, cache, pages("one", "two"))
    assert second.asked[0][1] == ["one", "two"]


def test_what_was_never_asked_has_no_outcome_but_an_unreadable_page_has_a_gap() -> None:
    cache, scorer = Memory(), ScriptedScorer([0.1, 0.2])
    score(scorer, cache, pages("one", "two"))
    known = known_outcomes(scorer.info, CRITERIA, pages("one", None, "three"), cache)
    assert [(o.criterion, o.page.number, type(o)) for o in known] == [("A", 1, Score), ("A", 2, Gap), ("B", 2, Gap)]


def test_a_text_longer_than_a_request_is_a_gap_and_is_never_sent() -> None:
    cache, scorer = Memory(), ScriptedScorer(terms=Terms(request_bytes=400))
    outcomes = score(scorer, cache, pages("short", "x" * 400, "shorter"))
    assert [type(o) for o in outcomes] == [Score, Gap, Score]
    assert [text for _, text in scorer.pairs] == ["short", "shorter"]
    assert TOO_LONG in cache.kept.values()


def test_a_case_without_pages_or_criteria_has_no_outcomes() -> None:
    assert score(ScriptedScorer(), Memory(), []) == []
    assert score(ScriptedScorer(), Memory(), pages("one"), []) == []


def test_with_one_call_at_a_time_a_question_is_asked_for_all_texts_at_once() -> None:
    scorer = ScriptedScorer()
    score(scorer, Memory(), many(60), questions(3))
    assert [len(texts) for _, texts in scorer.asked] == [60, 60, 60]


def test_questions_are_asked_one_after_the_other() -> None:
    """A server that keeps the beginning of the prompt has the question's part ready."""
    scorer = ScriptedScorer(terms=Terms(texts=8, at_once=3))
    score(scorer, Memory(), many(30), questions(6))
    order = [question for question, _ in scorer.asked]
    assert order == sorted(order)


def test_all_calls_that_may_be_made_at_once_are() -> None:
    scorer = ScriptedScorer(terms=Terms(texts=4, at_once=5))
    score(scorer, Memory(), many(60))
    assert scorer.most_at_once <= 5


def test_a_run_to_the_end_says_what_it_cost() -> None:
    scorer, wanted = ScriptedScorer(terms=Terms(texts=4, at_once=2)), many(10)
    scored = score_all(scorer, CRITERIA, wanted, cache=Memory(), patience=QUICK)
    assert len(scored.outcomes) == 20
    assert scored.stopped == ""
    assert scored.usage.requests == len(scorer.asked)
    assert scored.usage.bytes == sum(metered(scorer.phrase(c), page.text) for c in CRITERIA for page in wanted)


def test_the_embedded_scorer_gives_the_same_scores_through_the_engine() -> None:
    scorer, wanted = EmbeddedScorer(), pages("Asthma was diagnosed in 2020.", "The knee hurts.")
    direct = asyncio.run(scorer.score(scorer.phrase(CRITERIA[0]), [page.text for page in wanted]))
    scored = score_all(scorer, CRITERIA[:1], wanted, cache=Memory())
    assert values(scored.outcomes) == direct.scores
    assert scored.usage.requests == 0


def test_a_store_that_breaks_ends_the_run_with_its_error() -> None:
    scorer = ScriptedScorer(terms=Terms(texts=2, at_once=3))
    with pytest.raises(StoreError, match="full"):
        score(scorer, Memory(breaks_after=1), many(40))


def test_an_error_that_no_scorer_may_raise_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        score(ScriptedScorer(ZeroDivisionError()), Memory(), many(3))


def test_a_reader_that_stops_early_leaves_nothing_in_flight() -> None:
    scorer, cache = ScriptedScorer(terms=Terms(texts=2, at_once=3)), Memory()

    async def first_only() -> Outcome:
        async with aclosing(score_pages(scorer, CRITERIA, many(40), cache=cache)) as outcomes:
            return await anext(outcomes)

    asyncio.run(first_only())
    assert (scorer.entered, scorer.closed) == (scorer.left, 1)
    assert cache.scores == len(scorer.pairs)


def test_a_reader_that_walks_away_leaves_nothing_in_flight() -> None:
    """Without closing it, so that the end comes with the event loop's: what was not kept yet is asked again."""
    scorer = ScriptedScorer(terms=Terms(texts=2, at_once=3))

    async def first_only() -> None:
        async for _outcome in score_pages(scorer, CRITERIA, many(40), cache=Memory()):
            break

    asyncio.run(first_only())
    assert (scorer.entered, scorer.closed) == (scorer.left, 1)


STEPS: dict[str, Step] = {
    "right": None,
    "broken": Unanswered("Broken."),
    "rejected": RequestRejected("Rejected."),
    "plain": ScorerError("Plain."),
    "nan": [float("nan")],
    "short": [],
}


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.sampled_from([None, "", "a", "bb", "ccc", "a long text " * 20]), max_size=12),
    script=st.lists(st.sampled_from(sorted(STEPS)), max_size=30),
    limit=st.sampled_from([None, 1, 3]),
    at_once=st.integers(1, 4),
)
def test_every_pair_gets_exactly_one_outcome_whatever_fails(
    texts: list[str | None], script: list[str], limit: int | None, at_once: int
) -> None:
    terms = Terms(texts=limit, request_bytes=300, at_once=at_once)
    scorer, wanted = ScriptedScorer(*(STEPS[step] for step in script), terms=terms), pages(*texts)
    outcomes = score(scorer, Memory(), wanted, CRITERIA, patience=replace(QUICK, pause=0.0))
    assert [(o.criterion, o.page) for o in outcomes] == [(c.id, page.ref) for c in CRITERIA for page in wanted]
    for outcome in outcomes:
        text = texts[outcome.page.number - 1]
        assert isinstance(outcome, Gap) or (text is not None and outcome.value == right(text))
