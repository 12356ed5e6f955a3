"""Scorers: what answers how well one page supports one question."""

from collections.abc import Callable

from core.errors import ScorerNotSetUp
from core.scorers.base import Scorer, Terms
from core.scorers.cross_encoder import CrossEncoderScorer
from core.scorers.embedded import EmbeddedScorer
from core.scorers.passages import highlight
from core.scorers.zerank import ZerankScorer
from core.settings import Settings

__all__ = ["SCORER_NAMES", "Scorer", "Terms", "highlight", "open_scorer"]


_SCORERS: dict[str, Callable[[Settings], Scorer]] = {
    "embedded": lambda _settings: EmbeddedScorer(),
    "zerank": ZerankScorer,
    "cross-encoder": CrossEncoderScorer,
}

SCORER_NAMES = tuple(_SCORERS)


def open_scorer(name: str, settings: Settings) -> Scorer:
    """The scorer of that name; nothing is asked.

    Raises ScorerNotSetUp, naming the setting, for a name that does not exist and for missing or impossible settings.
    """
    try:
        opener = _SCORERS[name]
    except KeyError:
        choices = ", ".join(sorted(_SCORERS))
        raise ScorerNotSetUp(
            f"There is no scorer called {name!r}. Look at CHARTSIEVE_SCORER, and choose one of: {choices}."
        ) from None
    return opener(settings)
