"""What people found in a case: citations, held pages, flags and notes, what they looked at, and what they left open."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine

from core.casefile import Cited, Left, Pin, Reading, Remark, Viewed
from core.domain import PageRef
from core.store import citations, desk, pins, remarks, views
from core.store.engine import reading as reading_from
from core.store.engine import writing


class Findings:
    """`Store.findings`.

    Citing, pinning and noting raise SignedOff while a case is signed off, and NotFound when the case does not ask the
    criterion or has no such page that was read in a document in force; nothing is stored then.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    # Citations

    def cite(self, case_id: int, cited: Cited) -> Cited:
        """Add a citation; the stored one carries its id.

        One that stands already for the same criterion and reading, with equal page, quote and boxes, is returned as it
        was stored, whoever made it.
        """
        with writing(self._engine) as session:
            return citations.cite(session, case_id, cited, at=self._clock())

    def uncite(self, case_id: int, citation_id: int, *, by: str) -> bool:
        """Take a citation back: it stays on record and stands no more. False when it was taken back already.

        Raises NotFound when the case has no such citation, and SignedOff.
        """
        with writing(self._engine) as session:
            return citations.withdraw(session, case_id, citation_id, by=by, at=self._clock())

    def cited(self, case_id: int, reading: Reading = "first") -> list[Cited]:
        """The citations of one reading that stand, oldest first; also those in documents that were replaced."""
        with reading_from(self._engine) as session:
            return citations.standing(session, case_id, reading)

    # Held pages

    def pin(self, case_id: int, pin: Pin) -> bool:
        """Hold a page for a criterion, or let it go ("none", also on a page of a document that was replaced).

        False, and nothing is stored, when it is held so already for the same reason, or is not held.
        """
        with writing(self._engine) as session:
            return pins.add(session, case_id, pin, at=self._clock())

    def pins(self, case_id: int) -> list[Pin]:
        """The newest hold of each criterion and page, in the order they were set, without those let go of.

        Those on pages of replaced documents are among them.
        """
        with reading_from(self._engine) as session:
            return pins.standing(session, case_id)

    # Flags and notes

    def remark(self, case_id: int, remark: Remark) -> bool:
        """Put a flag and a note in the place of those before. False, and nothing is stored, when they are equal."""
        with writing(self._engine) as session:
            return remarks.add(session, case_id, remark, at=self._clock())

    def remarks(self, case_id: int, reading: Reading = "first") -> dict[str, Remark]:
        """{criterion: the newest of one reading}; it may say that there is neither flag nor note any more."""
        with reading_from(self._engine) as session:
            return remarks.newest(session, case_id, reading)

    def flags(self) -> dict[int, int]:
        """{case: criteria with a flag in the first reading}, without cases that have none."""
        with reading_from(self._engine) as session:
            return dict(session.execute(remarks.flagged()).all())

    # What was looked at

    def opened(self, case_id: int, page: PageRef, *, reviewer: str, criterion: str = "") -> None:
        """One opening of a page. With `criterion`, also where the reviewer left the case, as `leave` in one step.

        Raises NotFound for a page that was never in the case.
        """
        with writing(self._engine) as session:
            at = self._clock()
            document_id = views.opened(session, case_id, page, reviewer=reviewer, at=at)
            if criterion:
                place = Left(criterion, page)
                desk.leave(session, case_id, place, document_id=document_id, reviewer=reviewer, at=at)

    def active(self, case_id: int, times: Sequence[tuple[PageRef, float]], *, reviewer: str) -> None:
        """Add (page, seconds on a screen in use), all or none.

        Raises ValueError for a time that is negative or no number, NotFound for a page that was never in the case.
        """
        views.check(times)
        with writing(self._engine) as session:
            views.active(session, case_id, times, reviewer=reviewer, at=self._clock())

    def viewed(self, case_id: int) -> list[Viewed]:
        """For each page and person, in the order of the first look; also pages of replaced documents."""
        with reading_from(self._engine) as session:
            return views.summed(session, case_id)

    # What was left open

    def leave(self, case_id: int, left: Left, *, reviewer: str) -> None:
        """Remember where a person is, in the place of what was. Raises NotFound for a page never in the case."""
        with writing(self._engine) as session:
            desk.leave(session, case_id, left, document_id=None, reviewer=reviewer, at=self._clock())

    def left(self, case_id: int, reviewer: str) -> Left | None:
        """None when the person never was in the case. The page may be in a document that was replaced since."""
        with reading_from(self._engine) as session:
            return desk.left(session, case_id, reviewer)

    def draft(self, case_id: int, criterion: str, text: str, *, reviewer: str, reading: Reading = "first") -> None:
        """Keep words that are not signed, in the place of those before; "" removes them. Raises NotFound."""
        with writing(self._engine) as session:
            desk.draft(session, case_id, criterion, text, reviewer=reviewer, reading=reading, at=self._clock())

    def drafts(self, case_id: int, reviewer: str, reading: Reading = "first") -> dict[str, str]:
        """{criterion: words that this person has not signed}."""
        with reading_from(self._engine) as session:
            return desk.drafts(session, case_id, reviewer, reading)

    def turn(self, page: PageRef, degrees: int) -> None:
        """How people want the page turned, clockwise: 0, 90, 180 or 270 (ValueError). Raises NotFound."""
        if degrees not in (0, 90, 180, 270):
            raise ValueError("A page is turned by 0, 90, 180 or 270 degrees.")
        with writing(self._engine) as session:
            desk.turn(session, page, degrees)

    def turns(self, documents: Sequence[str]) -> dict[PageRef, int]:
        """{page that somebody turned: degrees}, of these documents (SHA-256); 0 was turned back."""
        with reading_from(self._engine) as session:
            return desk.turns(session, documents)
