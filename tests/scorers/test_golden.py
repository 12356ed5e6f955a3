"""What the answers to the golden pairs say about a server."""

import pytest

from core.scorers.golden import QUESTION, SCORES, TEXTS, diagnose


def test_the_pairs_are_those_of_the_model_card() -> None:
    assert QUESTION == "What is 2+2?"
    assert dict(zip(TEXTS, SCORES, strict=True)) == {"4": 0.747, "The answer is definitely 1 million": 0.289}


@pytest.mark.parametrize(("first", "second"), [(0.747, 0.289), (0.757, 0.279), (0.737, 0.299), (0.7501, 0.2865)])
def test_answers_within_a_hundredth_are_right(first: float, second: float) -> None:
    assert diagnose(first, second) == ""


@pytest.mark.parametrize(("first", "second"), [(0.7581, 0.289), (0.747, 0.2779), (0.7359, 0.289), (0.289, 0.747)])
def test_one_answer_further_off_is_wrong(first: float, second: float) -> None:
    assert diagnose(first, second)


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [
        (5.41, -4.50, "raw answers; let it give the sigmoid"),
        (5.44, -4.47, "raw answers; let it give the sigmoid"),
        (12.0, -7.5, "raw answers; let it give the sigmoid"),
        (0.9, -0.0001, "raw answers; let it give the sigmoid"),
        (1.083, -0.900, "without the sigmoid; switch its activation"),
        (0.995, 0.011, "leaves out the division by 5"),
        (0.9956, 0.0110, "leaves out the division by 5"),
        (0.679, 0.572, "takes the sigmoid twice"),
        (1.3e-20, 2.0e-21, "cannot serve this model"),
        (0.0, 0.0, "cannot serve this model"),
        (0.61, 0.55, "--chat-template"),
        (0.5, 0.5, "--chat-template"),
        (1.0, 0.0, "--chat-template"),
        (0.747, 0.320, "--chat-template"),
    ],
)
def test_the_likely_cause_is_named_with_its_cure(first: float, second: float, cause: str) -> None:
    assert cause in diagnose(first, second)


def test_both_answers_are_shown_to_three_decimals() -> None:
    sentence = diagnose(0.61234, 0.5)
    assert "0.612 and 0.500" in sentence
    assert sentence.count(".") == sentence.count("0.") + 1, "one sentence"


def test_answers_beyond_all_measure_are_diagnosed_in_a_line() -> None:
    assert len(diagnose(1.7e308, -1.7e308)) < 250
