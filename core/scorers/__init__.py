"""Scorers: what answers how well one page supports one question."""

from collections.abc import Callable, Sequence
from typing import Protocol

from core.domain import ScorerInfo
from core.errors import ScorerError
from core.scorers.embedded import EmbeddedScorer
from core.scorers.passages import highlight
from core.settings import Settings

__all__ = ["Scorer", "highlight", "open_scorer"]


class Scorer(Protocol):
    """Answers for one question and some texts at a time."""

    @property
    def info(self) -> ScorerInfo:
        """What the answers come from; its fingerprint changes whenever they would."""
        ...

    async def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score in [0, 1] for each text, in the order of `texts`.

        An answer depends on the question and on that one text. Raises ScorerError and nothing else.
        """
        ...


_SCORERS: dict[str, Callable[[Settings], Scorer]] = {"embedded": lambda _settings: EmbeddedScorer()}


def open_scorer(name: str, settings: Settings) -> Scorer:
    """The scorer of that name. Raises ScorerError, listing the choices, for a name that does not exist."""
    try:
        opener = _SCORERS[name]
    except KeyError:
        choices = ", ".join(sorted(_SCORERS))
        raise ScorerError(f"There is no scorer called {name!r}. Choose one of: {choices}.") from None
    return opener(settings)
