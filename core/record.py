"""The record of a case: everything that somebody needs who must judge the determination without the program.

Nouns alone; `core.record_building` fills them, `core.record_json`, `core.record_fhir` and `core.record_pdf` write them.
What was signed is what a record shows. Where the present differs from it, `CaseRecord.differs` says how.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.casefile import Reading, Step
from core.casestate import Status
from core.domain import Box, CriteriaSet, Criterion, DecisionOutcome, Evidence, PageRef, ScorerInfo
from core.logic import OutlineRow, State
from core.turnaround import Turnaround

DRAFT = "Not signed off: draft"


@dataclass(frozen=True, slots=True)
class RecordDocument:
    """A file that is or was in the case."""

    document: str
    """SHA-256 of the bytes, hex."""
    name: str
    pages: int
    added_by: str
    added_at: datetime | None
    replaced_by: str
    """SHA-256 of the document that took its place; "" for one in force."""


@dataclass(frozen=True, slots=True)
class PageAt:
    """Where a page stands."""

    ref: PageRef
    document_name: str
    place: int | None
    """1-based position in the case, also of a page that a newer document has unchanged; None: it is there no more."""
    label: str
    """The page number printed on the page, "" when there is none."""
    turn: int = 0
    """Clockwise turn in degrees (0, 90, 180, 270) under which people read it."""


@dataclass(frozen=True, slots=True)
class RecordCitation:
    """A place in a document that a criterion's decision rests on."""

    number: int
    """1-based, through the whole record."""
    criterion: str
    at: PageAt
    quote: str
    boxes: tuple[Box, ...]
    """In fractions of the page as its file displays it, before `PageAt.turn`."""


@dataclass(frozen=True, slots=True)
class RecordDecision:
    """What a person decided on a criterion."""

    outcome: DecisionOutcome
    rationale: str
    reviewer: str
    at: datetime
    changes: int
    """How often the decision was changed before, 0 for the first one."""
    id: int
    reading: Reading = "first"
    """final: it settled what two reviews had decided differently."""


@dataclass(frozen=True, slots=True)
class RecordCriterion:
    """A criterion with what the tool found and what a person decided."""

    criterion: Criterion
    link: str
    """What the questionnaire calls it; the criterion's id where the list came from nowhere else."""
    evidence: Evidence
    """By the tool; it never becomes "not met" by itself."""
    decision: RecordDecision | None
    """What stands; None: undecided, which is never "not met"."""
    second: RecordDecision | None
    """What a blind second review decided, where there was one."""
    asked: bool
    """False: the logic asks for no decision, as a condition above it is not met."""
    citations: tuple[RecordCitation, ...]
    flagged: bool
    note: str


@dataclass(frozen=True, slots=True)
class RecordNode:
    """A line of the logic tree and its state under the decisions of this record."""

    line: OutlineRow
    state: State


@dataclass(frozen=True, slots=True)
class Looked:
    """What one person had opened of the case."""

    reviewer: str
    places: tuple[int, ...]
    """Pages in force, by their position in the case, in order."""
    gone: int
    """Pages of replaced documents that are in the case no more."""
    openings: int
    seconds: float
    """While a page was on a screen that somebody was using."""
    first_at: datetime
    last_at: datetime

    @property
    def pages(self) -> int:
        return len(self.places) + self.gone


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A person looked at the image of a page that the tool could not read."""

    reviewer: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class UnreadPage:
    """A page without usable text: no score speaks of it."""

    at: PageAt
    problem: str
    not_read_yet: bool
    looked: tuple[LookedAt, ...]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry of the audit log."""

    id: int
    at: datetime
    actor: str
    action: str
    hash: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The entries of the log that speak of the case, and whether the whole log holds."""

    lines: tuple[AuditLine, ...]
    """Oldest first."""
    newest: str
    """Hash of the newest entry of the whole log, "" for an empty one. Kept elsewhere, it proves that the log grew."""
    newest_id: int
    broken: int | None
    """Id of the first entry that does not verify; None: the chain holds."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What the machine's part rests on."""

    scorer: ScorerInfo
    recalibration: str
    """Version of what makes probabilities of scores, "" when nothing does."""
    rule: str
    """As `core.selection` writes it."""
    rule_words: str
    certificate: str
    """What the certificate in force promises, as a sentence; "" when the rule carries no promise."""
    uncertified: str
    """Why the rule carries no promise, as a sentence; "" when it does."""
    program: str
    """Version of Chartsieve that made the record."""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """All of it. Times are in UTC."""

    case: int
    name: str
    created_by: str
    created_at: datetime
    criteria_set: CriteriaSet
    source: str
    """Canonical address of the questionnaire that the criteria came from, "" when they came from a plain list."""
    documents: tuple[RecordDocument, ...]
    """Those in force in reading order, then the replaced ones."""
    pages: int
    versions: Versions
    status: Status
    clock: Turnaround
    """At `made_at`."""
    steps: tuple[Step, ...]
    """Oldest first."""
    signed: Step | None
    """The step that signed the case off and still stands; None: the record is a draft."""
    known: tuple[str, ...]
    """What was known to be open or odd when the case was signed off, as sentences; empty for a draft."""
    differs: tuple[str, ...]
    """How the present differs from what was signed, as sentences."""
    ai: str
    """That a machine took part and in what, as sentences."""
    criteria: tuple[RecordCriterion, ...]
    nodes: tuple[RecordNode, ...]
    """Empty when the criteria list has no logic."""
    looked: tuple[Looked, ...]
    """Of a case that is signed off: until then."""
    unread: tuple[UnreadPage, ...]
    audit: Audit
    made_by: str
    made_at: datetime

    @property
    def draft(self) -> bool:
        return self.signed is None

    def citations(self) -> Iterator[RecordCitation]:
        """All of them by number."""
        for criterion in self.criteria:
            yield from criterion.citations

    def amended(self) -> bool:
        """Whether the case was signed off before, reopened, and signed off again."""
        return not self.draft and any(step.kind == "reopen" for step in self.steps)
