"""The scorers of one server or command: opened once, checked before they are trusted, paced together."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from core.domain import ScorerCheck, ScorerInfo
from core.errors import LimitReached, ScorerError, ScorerUnusable, Unanswered
from core.scorers import SCORER_NAMES, Scorer, open_scorer
from core.scoring import Limiter
from core.settings import Settings
from core.store import Store

CHECK_HOLDS = timedelta(hours=12)
"""How long right answers to known questions are believed; a server may be started anew with other settings."""
PAUSES = (0.5, 2.0)
"""Seconds between the tries of a check that got no answer."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A scorer as a person can choose it."""

    name: str
    info: ScorerInfo | None
    """None when it is not set up."""
    problem: str
    """Why it cannot be used as it is set up, with the cure; "" when it can."""
    check: ScorerCheck | None
    """The newest check of it; None when it was never checked, or needs no check."""


class Roster:
    """Thread-safe: every screen and every job shares it."""

    def __init__(
        self, settings: Settings, store: Store, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        self._lock = Lock()
        self._open: dict[str, tuple[Scorer, Limiter]] = {}
        self._checked: set[str] = set()
        """Fingerprints of scorers on this machine that answered rightly: they do not change while we run."""

    def scorer(self, name: str) -> Scorer:
        """The scorer of that name, opened once. Raises ScorerError, ScorerUnusable when it is not set up."""
        return self._opened(name)[0]

    def limiter(self, name: str) -> Limiter:
        """What paces all runs that ask the scorer of that name. Raises as `scorer`."""
        return self._opened(name)[1]

    def _opened(self, name: str) -> tuple[Scorer, Limiter]:
        with self._lock:
            if name not in self._open:
                scorer = open_scorer(name, self._settings)
                self._open[name] = scorer, Limiter(scorer.terms)
            return self._open[name]

    def same(self, info: ScorerInfo) -> Scorer:
        """The scorer that gives scores of just this fingerprint. Raises ScorerError when it is set up otherwise now."""
        scorer = self.scorer(info.name)
        if scorer.info.fingerprint != info.fingerprint:
            raise ScorerUnusable(
                f"The scorer {info.name} is set up otherwise now (model {scorer.info.model}) than when this case was "
                "scored. What was scored is kept. Choose the scorer again to score the case anew."
            )
        return scorer

    def offers(self) -> list[Offer]:
        """Every scorer there is, usable or not."""
        return [self._offer(name) for name in SCORER_NAMES]

    def _offer(self, name: str) -> Offer:
        try:
            info = self.scorer(name).info
        except ScorerError as error:
            return Offer(name, None, str(error), None)
        return Offer(name, info, "", self._store.last_check(info.fingerprint, info.sends_text_to or ""))

    def ready(self, name: str) -> None:
        """Check the scorer unless it was found right a short while ago. Raises ScorerError: nothing may be asked."""
        info = self.scorer(name).info
        if info.fingerprint in self._checked:
            return
        last = self._store.last_check(info.fingerprint, info.sends_text_to) if info.sends_text_to else None
        if last is None or last.problem or self._clock() - last.at > CHECK_HOLDS:
            self.check(name)

    def check(self, name: str) -> ScorerCheck:
        """Ask the scorer what is known, and keep how it went. Raises ScorerError when it went wrong; kept as well."""
        scorer = self.scorer(name)
        try:
            self._ask(scorer)
        except ScorerError as error:
            self._keep(scorer.info, str(error))
            raise
        return self._keep(scorer.info, "")

    def _keep(self, info: ScorerInfo, problem: str) -> ScorerCheck:
        check = ScorerCheck(info.fingerprint, info.sends_text_to or "", self._clock(), problem)
        self._store.save_check(check)
        with self._lock:
            if not problem and not info.sends_text_to:
                self._checked.add(info.fingerprint)
            else:
                self._checked.discard(info.fingerprint)
        return check

    def _ask(self, scorer: Scorer) -> None:
        async def once() -> None:
            try:
                await scorer.check()
            finally:
                await scorer.aclose()

        for pause in PAUSES:
            try:
                asyncio.run(once())
            except (Unanswered, LimitReached):
                time.sleep(pause)
            else:
                return
        asyncio.run(once())
