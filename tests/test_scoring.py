import asyncio
from collections.abc import Sequence

import pytest

from core.domain import Criterion, Gap, Outcome, Page, PageRef, Score, ScorerInfo
from core.errors import ScorerError
from core.scoring import UNREADABLE, known_outcomes, score_pages

CRITERIA = [Criterion("A", "Is asthma documented?"), Criterion("B", "Has oxygen been tried?", "At rest only")]


def pages(*texts: str | None) -> list[Page]:
    """A page per text; None is a page that could not be read."""
    return [
        Page(PageRef("d" * 64, n), text or "", source="text" if text is not None else "none")
        for n, text in enumerate(texts, start=1)
    ]


class ScriptedScorer:
    """Answers from a queue and keeps what it was asked."""

    def __init__(self, *answers: list[float] | ScorerError) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, list[str]]]()
        self.info = ScorerInfo("scripted", "m", "1", "none")

    async def score(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((question, list(texts)))
        answer = self.answers.pop(0)
        if isinstance(answer, ScorerError):
            raise answer
        return answer


class Memory:
    """A cache that keeps its answers in a dict and can die before it keeps them."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], float | str] = {}

    def answers(
        self, fingerprint: str, questions: Sequence[str], texts: Sequence[str]
    ) -> dict[tuple[str, str], float | str]:
        wanted = {(fingerprint, q, t) for q in questions for t in texts}
        return {key[1:]: value for key, value in self.kept.items() if key in wanted}

    def save_answers(self, fingerprint: str, answers: Sequence[tuple[str, str, float | str]]) -> None:
        self.kept.update({(fingerprint, q, t): value for q, t, value in answers})


def score(
    scorer: ScriptedScorer, cache: Memory, of: list[Page], criteria: list[Criterion] | None = None
) -> list[Outcome]:
    async def run() -> list[Outcome]:
        return [o async for o in score_pages(scorer, criteria or CRITERIA[:1], of, cache=cache)]

    return asyncio.run(run())


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
    silent = ScriptedScorer()
    assert score(silent, cache, pages("one", "two")) == first
    assert silent.asked == []


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
    assert [o.value for o in outcomes if isinstance(o, Score)] == [0.1, 0.2, 0.1]


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
    assert isinstance(score(ScriptedScorer([0.7]), cache, pages("one"))[0], Score)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -0.1, 1.1])
def test_a_number_that_is_no_score_leaves_a_gap(wrong: float) -> None:
    outcomes = score(ScriptedScorer([wrong, 0.5]), Memory(), pages("one", "two"))
    assert isinstance(outcomes[0], Gap)
    assert isinstance(outcomes[1], Score)


def test_too_few_answers_leave_gaps_for_all_of_the_call() -> None:
    outcomes = score(ScriptedScorer([0.5]), Memory(), pages("one", "two"))
    assert [type(o) for o in outcomes] == [Gap, Gap]


def test_answers_are_stored_before_they_are_reported() -> None:
    cache = Memory()
    scorer = ScriptedScorer([0.1], [0.2])

    async def first_outcome_only() -> None:
        async for outcome in score_pages(scorer, CRITERIA, pages("one"), cache=cache):
            assert (outcome.fingerprint, CRITERIA[0].digest, pages("one")[0].digest) in cache.kept
            break

    asyncio.run(first_outcome_only())


def test_a_scorer_that_looks_at_the_whole_case_is_asked_again_when_the_case_changes() -> None:
    cache, first, second = Memory(), ScriptedScorer([0.1]), ScriptedScorer([0.2, 0.3])
    for scorer in (first, second):
        scorer.info = ScorerInfo("scripted", "m", "1", "none", scope="case")
    score(first, cache, pages("one"))
    score(second, cache, pages("one", "two"))
    assert second.asked[0][1] == ["one", "two"]


def test_what_was_never_asked_has_no_outcome_but_an_unreadable_page_has_a_gap() -> None:
    cache, scorer = Memory(), ScriptedScorer([0.1, 0.2])
    score(scorer, cache, pages("one", "two"))
    known = known_outcomes(scorer.info, CRITERIA, pages("one", None, "three"), cache)
    assert [(o.criterion, o.page.number, type(o)) for o in known] == [("A", 1, Score), ("A", 2, Gap), ("B", 2, Gap)]
