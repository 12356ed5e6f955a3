"""Scorers: what answers how well one page supports one question."""

from collections.abc import Callable

from core.errors import ScorerError
from core.scorers.base import Reply, Scorer, Terms, metered
from core.scorers.cross_encoder import CrossEncoderScorer
from core.scorers.embedded import EmbeddedScorer
from core.scorers.passages import highlight
from core.scorers.zerank import ZerankScorer
from core.settings import Settings

__all__ = ["SCORER_NAMES", "Reply", "Scorer", "Terms", "highlight", "metered", "open_scorer"]


_SCORERS: dict[str, Callable[[Settings], Scorer]] = {
    "embedded": lambda _settings: EmbeddedScorer(),
    "zerank": ZerankScorer,
    "cross-encoder": CrossEncoderScorer,
}

SCORER_NAMES = tuple(_SCORERS)


def open_scorer(name: str, settings: Settings) -> Scorer:
    """The scorer of that name. Raises ScorerError, listing the choices, for a name that does not exist.

    Raises ScorerUnusable, naming the setting, where the settings for it are missing or impossible. Nothing is asked.
    """
    try:
        opener = _SCORERS[name]
    except KeyError:
        choices = ", ".join(sorted(_SCORERS))
        raise ScorerError(f"There is no scorer called {name!r}. Choose one of: {choices}.") from None
    return opener(settings)
