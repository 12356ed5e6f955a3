"""The scorers of one server or command: opened once, checked before they are trusted, paced together."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from core.domain import ScorerCheck, ScorerInfo
from core.errors import LimitReached, ScorerError, ScorerUnusable, Unanswered
from core.scorers import SCORER_NAMES, Scorer, open_scorer
from core.scoring import Limiter
from core.settings import Settings
from core.store import Store

CHECK_HOLDS = timedelta(hours=12)
"""How long right answers to known questions are believed; a server may be started anew with other settings."""
CHECK_SECONDS = 30.0
"""Longest wait for the answer to a check; the slow mode of the hosted contract takes ten seconds or more."""
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

    def wanted(self) -> Offer:
        """The scorer that the settings name, which may not be set up, or not exist."""
        return self._offer(self._settings.scorer)

    def for_new_cases(self) -> str:
        """Name of the scorer that new cases begin with: the wanted one, "embedded" where that cannot be used."""
        return self._settings.scorer if self.wanted().info else "embedded"

    def _offer(self, name: str) -> Offer:
        try:
            info = self.scorer(name).info
        except ScorerError as error:
            return Offer(name, None, str(error), None)
        return Offer(name, info, "", self._store.last_check(info.fingerprint, info.sends_text_to or ""))

    def ready(self, name: str, tick: Callable[[], None] = lambda: None) -> None:
        """Check the scorer unless it was found right a short while ago. Raises ScorerError: nothing may be asked.

        `tick` is called every quarter of a second while that lasts; what it raises ends the check.
        """
        info = self.scorer(name).info
        if info.fingerprint in self._checked:
            return
        last = self._store.last_check(info.fingerprint, info.sends_text_to) if info.sends_text_to else None
        if last is None or last.problem or self._clock() - last.at > CHECK_HOLDS:
            self.check(name, tick)

    def check(self, name: str, tick: Callable[[], None] = lambda: None) -> ScorerCheck:
        """Ask the scorer what is known, and keep how it went. Raises ScorerError when it went wrong; kept as well."""
        scorer = self.scorer(name)
        try:
            asyncio.run(_ask(scorer, tick))
        except ScorerError as error:
            self._keep(scorer.info, str(error))
            raise
        return self._keep(scorer.info, "")

    def doubt(self, name: str) -> None:
        """Have the scorer checked before it is asked again: it failed, and may have been started anew otherwise."""
        info = self.scorer(name).info
        if info.sends_text_to and self._store.last_check(info.fingerprint, info.sends_text_to):
            self._keep(info, "It left questions unanswered in the last run, so it is tested again before the next one.")

    def _keep(self, info: ScorerInfo, problem: str) -> ScorerCheck:
        check = ScorerCheck(info.fingerprint, info.sends_text_to or "", self._clock(), problem)
        self._store.save_check(check)
        with self._lock:
            if not problem and not info.sends_text_to:
                self._checked.add(info.fingerprint)
            else:
                self._checked.discard(info.fingerprint)
        return check


async def _ask(scorer: Scorer, tick: Callable[[], None]) -> None:
    """The check, tried anew when there was no answer; it waits for the limits, never longer than CHECK_SECONDS."""
    try:
        for pause in (*PAUSES, None):
            try:
                return await _while_ticking(_in_time(scorer), tick)
            except LimitReached as error:
                if pause is None:
                    raise
                wait = scorer.terms.window_seconds if error.retry_after is None else error.retry_after
                await _while_ticking(asyncio.sleep(min(wait, CHECK_SECONDS)), tick)
            except Unanswered:
                if pause is None:
                    raise
                await _while_ticking(asyncio.sleep(pause), tick)
    finally:
        await scorer.aclose()


async def _in_time(scorer: Scorer) -> None:
    # Weights on this machine may take minutes to load; a server that is up answers two short pairs at once.
    seconds = CHECK_SECONDS if scorer.info.sends_text_to else None
    try:
        async with asyncio.timeout(seconds):
            await scorer.check()
    except TimeoutError:
        raise Unanswered(
            f"The scorer at {scorer.info.sends_text_to} did not answer two short questions within {CHECK_SECONDS:g} "
            "seconds. No page was sent. See that it runs, and try again."
        ) from None


async def _while_ticking(work: Coroutine[Any, Any, None], tick: Callable[[], None]) -> None:
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            tick()
            await asyncio.wait([task], timeout=0.25)
    except BaseException:
        task.cancel()
        await asyncio.wait([task])
        raise
    task.result()
