"""What people said of pages and criteria: labels, decisions, sightings."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine

from core.casefile import Reading
from core.domain import Decision, Label, PageRef, Sighting
from core.store import decisions, labels, sightings
from core.store.engine import reading as reading_from
from core.store.engine import writing
from core.store.tables import utc


class Judgements:
    """The part of `Store` for them."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def _at(self) -> datetime:
        return utc(self._clock())

    def add_label(self, case_id: int, label: Label, *, task: int | None = None) -> bool:
        """Add to the history of labels; `task` is the task of a labelling round that it answers.

        False, and nothing is stored, when this reviewer's newest label for the page and criterion has the same verdict
        and note, and with a `task` is of that task. Raises NotFound when the case has no such criterion, or no such
        page that was read in a document in force, or the task is about something else; Conflict when the task wants no
        judgement any more.
        """
        with writing(self._engine) as session:
            return labels.add(session, case_id, label, task=task, at=self._at())

    def withdraw_label(self, case_id: int, page: PageRef, criterion: str, *, reviewer: str) -> bool:
        """Take back what `reviewer` said about the page and criterion: it stays on record and counts no more.

        False, and nothing is stored, when there is nothing to take back.
        """
        with writing(self._engine) as session:
            return labels.withdraw(session, case_id, page, criterion, reviewer=reviewer, at=self._at())

    def import_labels(self, rows: Sequence[tuple[int, Label]], *, by: str) -> int:
        """Add (case id, label) to the history of labels, all or nothing; how many were new.

        A label is not new when its reviewer's newest one for the page and criterion was given or withdrawn later. Nor
        when that has the same verdict and note, unless only the new one has a known chance. Raises NotFound when a case
        never had the page or does not ask the criterion.
        """
        with writing(self._engine) as session:
            return labels.import_all(session, rows, by=by, at=self._at())

    def labels(self, case_id: int | None = None) -> list[tuple[int, Label]]:
        """(case id, newest label for each case, page, criterion and reviewer), in the order they were given.

        Those on pages of replaced documents are among them; those that were withdrawn are not.
        """
        with reading_from(self._engine) as session:
            return labels.newest(session, case_id)

    def decide(self, case_id: int, decision: Decision, *, seen: int) -> Decision | None:
        """Add to the history of decisions on a criterion; the stored decision carries its id.

        `seen` is the id of the decision that the person saw stand for this criterion, 0 for none. None, and nothing is
        stored, when the newest decision is by the same reviewer with equal outcome, rationale and citations, and the
        packet has not changed since. Otherwise raises Conflict when another one than `seen` stands, and the message
        says who made it. A second reading neither meets nor sees the first. Raises NotFound when the case has no such
        criterion, or no such cited page in a document in force, and SignedOff; ValueError for the outcome "withdrawn".
        """
        with writing(self._engine) as session:
            return decisions.decide(session, case_id, decision, seen=seen, at=self._at())

    def undecide(self, case_id: int, criterion: str, *, reviewer: str, reading: Reading = "first", seen: int) -> bool:
        """Take the decision that stands back: it stays on record with a withdrawal after it, and none stands.

        False, and nothing is stored, when none stands. Raises Conflict, NotFound and SignedOff as `decide` does.
        """
        with writing(self._engine) as session:
            return decisions.undecide(
                session, case_id, criterion, reviewer=reviewer, reading=reading, seen=seen, at=self._at()
            )

    def deciders(self, case_id: int, reading: Reading = "first") -> set[str]:
        """Who decided anything in the reading, also what was decided anew or taken back since."""
        with reading_from(self._engine) as session:
            return decisions.deciders(session, case_id, reading)

    def decisions(self, case_id: int, reading: Reading = "first") -> dict[str, Decision]:
        """The decision that stands for each criterion that has one.

        For "first" and for "final" that is the newest of the two; for "second" the newest of the second reading.
        """
        with reading_from(self._engine) as session:
            return decisions.newest(session, case_id, reading)

    def history(self, case_id: int, criterion: str, reading: Reading = "first") -> list[Decision]:
        """All decisions on a criterion, oldest first, and withdrawals among them (outcome "withdrawn").

        "first" and "final" have one history, "second" its own.
        """
        with reading_from(self._engine) as session:
            return decisions.history(session, case_id, criterion, reading)

    def readings(self) -> list[tuple[int, Decision]]:
        """(case id, newest decision for each case, criterion and reading), oldest first.

        One that was taken back is not among them. One of the first reading is, whatever was settled after it.
        """
        with reading_from(self._engine) as session:
            return decisions.readings(session)

    def add_sighting(self, case_id: int, sighting: Sighting) -> bool:
        """Add to the history of pages that a person looked at.

        False, and nothing is stored, when this reviewer's newest sighting of the page has the same note. Raises
        NotFound when the case has no such page that was read in a document in force.
        """
        with writing(self._engine) as session:
            return sightings.add(session, case_id, sighting, at=self._at())

    def sightings(self, case_id: int) -> list[Sighting]:
        """The newest sighting for each page and reviewer, in the order they were given; also of replaced documents."""
        with reading_from(self._engine) as session:
            return sightings.newest(session, case_id)
