"""What is known of zerank-2: how it is asked, what its scores mean, and two pairs whose scores are known.

A server that is set up wrong still answers with HTTP 200 and numbers. The golden pairs tell.
"""

import math
from collections.abc import Callable

from core.domain import Criterion

NOTE = "Unrelated text scores between 0.07 and 0.29, not 0, and differences under about 0.01 mean nothing."
"""The limits of its scores, for the screen."""
QUESTION = "What is 2+2?"
TEXTS = ("4", "The answer is definitely 1 million")
SCORES = (0.747, 0.289)
"""As the model card gives them, in the order of `TEXTS`."""
TOLERANCE = 0.01
"""Largest distance that still counts as right, inclusive: two correct servers differ by about that much."""
_NOTHING = 1e-6
"""Below this an answer is as good as zero."""


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(min(value, 700.0), -700.0)))


def _logit(value: float) -> float:
    """The inverse of the sigmoid; nan outside (0, 1), which is close to nothing."""
    return math.log(value / (1 - value)) if 0 < value < 1 else math.nan


_SLIPS: tuple[tuple[Callable[[float], float], str], ...] = (
    (
        lambda value: _sigmoid(value / 5),
        "the server gives the model's raw answers; let it give the sigmoid of the answer divided by 5",
    ),
    (
        _sigmoid,
        "the server gives the model's answers divided by 5, without the sigmoid; switch its activation (sigmoid) on",
    ),
    (
        lambda value: _sigmoid(_logit(value) / 5),
        "the server leaves out the division by 5; serve weights that were converted for it with the division built in",
    ),
    (
        _logit,
        "the server takes the sigmoid twice; switch one of the two off",
    ),
)
"""What turns a wrong pair of answers into the right one, and what that says about the server."""


def phrase(criterion: Criterion) -> str:
    """The criterion in the form that zerank-2 was trained on."""
    if not criterion.instruction:
        return criterion.question
    return f"<query>{criterion.question}</query>\n<instruction>{criterion.instruction}</instruction>"


def diagnose(first: float, second: float) -> str:
    """Empty when both answers are within 0.01 of the known ones, else a sentence with likely cause and cure.

    `first` and `second` are finite and as served, so they may lie outside [0, 1].
    """
    if _right(first, second):
        return ""
    return (
        f"Two known pairs should score {SCORES[0]:.3f} and {SCORES[1]:.3f}, and the server gave {_shown(first)} and "
        f"{_shown(second)}: {_cause(first, second)}."
    )


def _right(first: float, second: float) -> bool:
    # A distance of exactly 0.01 is right, whatever the last binary digit says.
    return all(abs(got - known) <= TOLERANCE + 1e-9 for got, known in zip((first, second), SCORES, strict=True))


def _cause(first: float, second: float) -> str:
    for undo, cause in _SLIPS:
        if _right(undo(first), undo(second)):
            return cause
    if not (0 <= first <= 1 and 0 <= second <= 1):
        return _SLIPS[0][1]
    if max(first, second) < _NOTHING:
        return "such a server cannot serve this model (stock llama.cpp cannot); serve it with vLLM"
    return (
        "most likely the chat template is missing (vLLM: --chat-template), or another model or revision is served; "
        "start the server as the README shows"
    )


def _shown(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 1e6 else f"{value:.3g}"
