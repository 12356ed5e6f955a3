"""What the reviewer did on this screen, to be taken back and done again.

All of it was stored when it was done; taking back stores once more, so that the record keeps both.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Self

import streamlit as st

from core.casefile import Hold
from core.domain import Citation, DecisionOutcome, Page, PageRef, Verdict
from core.errors import NotFound
from pages.components.frame import callback, reviewer, workspace
from pages.review.place import DECIDE, LEFT, PAGE, Seen, again, redraw

MOST = 200
"""Changes that are remembered for a case."""
Decided = tuple[DecisionOutcome, str]
"""Outcome and rationale."""


@dataclass(frozen=True, kw_only=True)
class Change(ABC):
    """One thing done to a criterion of a case."""

    criterion: str
    words: str
    """What was done, for the tooltip."""
    page: PageRef | None = None

    @abstractmethod
    def turn(self, now: Seen, *, back: bool) -> Self:
        """Take it back, or do it again; the change as it is to be remembered."""


@dataclass(frozen=True, kw_only=True)
class Deciding(Change):
    before: Decided | None
    after: Decided | None
    seen: int
    """Id of the decision that it left: taking back is refused when somebody decided since."""

    def turn(self, now: Seen, *, back: bool) -> Self:
        wanted, case_id, reading = self.before if back else self.after, now.case.id, now.place.reading
        stands = now.decisions.get(self.criterion)
        # One's own later citations make a decision anew; anybody else's decision in between is in the way.
        seen = stands.id if stands and stands.reviewer == reviewer() else self.seen
        draft = workspace().store.findings.draft
        if wanted is None:
            workspace().review.undecide(case_id, self.criterion, reviewer=reviewer(), reading=reading, seen=seen)
            if self.after:  # the words wait for another decision
                draft(case_id, self.criterion, self.after[1], reviewer=reviewer(), reading=reading)
            return replace(self, seen=0)
        outcome, why = wanted
        stored = workspace().review.decide(
            case_id, self.criterion, outcome, why, reviewer=reviewer(), seen=seen, reading=reading
        )
        if now.drafts.get(self.criterion) == why:
            draft(case_id, self.criterion, "", reviewer=reviewer(), reading=reading)
        return replace(self, seen=stored.id if stored else seen)


@dataclass(frozen=True, kw_only=True)
class Remarking(Change):
    """Flag and note."""

    before: tuple[bool, str]
    after: tuple[bool, str]

    def turn(self, now: Seen, *, back: bool) -> Self:
        """Only what was changed here: the other half may have been changed by somebody else since."""
        wanted, (flagged, note) = self.before if back else self.after, now.remark_of(self.criterion)
        if self.before[0] != self.after[0]:
            flagged = wanted[0]
        if self.before[1] != self.after[1]:
            note = wanted[1]
        workspace().review.remark(
            now.case.id, self.criterion, flagged=flagged, note=note, reviewer=reviewer(), reading=now.place.reading
        )
        return self


@dataclass(frozen=True, kw_only=True)
class Pinning(Change):
    page: PageRef
    before: Hold
    after: Hold

    def turn(self, now: Seen, *, back: bool) -> Self:
        hold = self.before if back else self.after
        workspace().review.pin(now.case.id, self.criterion, self.page, hold, reviewer=reviewer())
        return self


@dataclass(frozen=True, kw_only=True)
class Judging(Change):
    page: PageRef
    before: Verdict | None
    after: Verdict | None

    def turn(self, now: Seen, *, back: bool) -> Self:
        say(now, self.criterion, self.page, self.before if back else self.after)
        return self


@dataclass(frozen=True, kw_only=True)
class Citing(Change):
    page: PageRef
    citation: Citation
    verdict: Verdict | None
    """What the reviewer had said of the page before."""
    removed: bool = False
    """It was taken away, not put there."""

    def turn(self, now: Seen, *, back: bool) -> Self:
        if back != self.removed:
            if not self.removed:
                say(now, self.criterion, self.page, self.verdict)
            uncite(now, self.criterion, self.citation)
            return self
        workspace().review.cite(
            now.case.id,
            self.criterion,
            self.citation,
            reviewer=reviewer(),
            reading=now.place.reading,
            rule=now.place.rule,
            fingerprint=now.place.fingerprint,
        )
        return self


@dataclass
class Log:
    """One per case and browser tab."""

    done: list[Change] = field(default_factory=list)
    undone: list[Change] = field(default_factory=list)
    unheard: list[Deciding] = field(default_factory=list)
    """Decided on the line, and not told to the script yet."""

    @property
    def decisions(self) -> set[int]:
        """Ids of decisions that were made here."""
        return {change.seen for change in [*self.done, *self.unheard] if isinstance(change, Deciding)}


def log_of(case_id: int) -> Log:
    """Of this reviewer: whoever says another name in the same tab has done nothing yet."""
    log: Log = st.session_state.setdefault(f"review.done.{case_id}.{reviewer()}", Log())
    return log


def did(case_id: int, change: Change) -> None:
    """Remember what was just stored."""
    log = log_of(case_id)
    log.done = [*log.done[-MOST:], change]
    log.undone.clear()


@callback
def on_undo(case_id: int) -> None:
    _turn(case_id, back=True)
    redraw(PAGE, DECIDE, LEFT)


@callback
def on_redo(case_id: int) -> None:
    _turn(case_id, back=False)
    redraw(PAGE, DECIDE, LEFT)


def _turn(case_id: int, *, back: bool) -> None:
    """What can no longer be taken back is forgotten, and the reason is said."""
    log = log_of(case_id)
    while log.unheard:  # decided on the line a moment ago
        did(case_id, log.unheard.pop(0))
    source, target = (log.done, log.undone) if back else (log.undone, log.done)
    if not source:
        return
    change = source.pop()
    now = again(case_id)
    if change.page is not None:
        page_of(now, change.page)
    target.append(change.turn(now, back=back))
    now.place.go(row=change.criterion, page=now.numbers[change.page] if change.page else None)


def page_of(now: Seen, page: PageRef) -> Page:
    """The page in the packet as it is now. Raises NotFound when its document was replaced."""
    if page not in now.numbers:
        raise NotFound("This page is no longer in the packet: its document was replaced. Nothing was saved.")
    return now.chart.pages[now.numbers[page] - 1]


def say(now: Seen, criterion: str, page: PageRef, verdict: Verdict | None) -> None:
    """Store a judgement of the page, or take back what this reviewer said of it."""
    if verdict is None:
        workspace().store.withdraw_label(now.case.id, page, criterion, reviewer=reviewer())
        return
    workspace().review.mark(
        now.case.id,
        criterion,
        page_of(now, page),
        verdict,
        reviewer=reviewer(),
        rule=now.place.rule,
        fingerprint=now.place.fingerprint,
    )


def uncite(now: Seen, criterion: str, citation: Citation) -> None:
    """Take a citation back; one that is gone already is no matter."""
    found = next((one for one in now.cited if (one.criterion, one.citation) == (criterion, citation)), None)
    if found is not None:
        workspace().review.uncite(now.case.id, found, reviewer=reviewer())
