"""The nouns: frozen dataclasses over the standard library. Nothing here does I/O, reads a clock or draws a number.

Scores and probabilities are floats in [0, 1]. Page numbers start at 1. Boxes are (x0, y0, x1, y1) in fractions of the
page as it is displayed (rotation applied), so that they can be drawn over an image of any size.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from core.logic import Logic, to_json

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in fractions of the displayed page, 0 at the top left."""

Source = Literal["text", "ocr", "none"]
PageNote = Literal["scan", "foreign_ocr", "form", "annotated", "hidden_text"]
"""What intake noticed about a page.

scan: a picture covers most of it; foreign_ocr: a scan whose text layer came with the file, recognised by an unknown
program; form: has form fields; annotated: has comments or text put on top of the page; hidden_text: has text that
nobody can see, on a page that is not a scan.
"""
Verdict = Literal["relevant", "not_relevant", "unsure"]
Arm = Literal["shown", "audit", "uncertainty", "found"]
DecisionOutcome = Literal["met", "not_met", "insufficient", "not_applicable", "withdrawn"]
"""withdrawn: a decision was taken back. It is in the history and never stands; a person chooses from `DECISIONS`."""
Evidence = Literal["found", "weak", "none_found", "could_not_read", "not_scored"]

VERDICTS: tuple[Verdict, ...] = ("relevant", "not_relevant", "unsure")
PAGE_NOTES: tuple[PageNote, ...] = ("scan", "foreign_ocr", "form", "annotated", "hidden_text")
DECISIONS: tuple[DecisionOutcome, ...] = ("met", "not_met", "insufficient", "not_applicable")


def digest(*parts: str) -> str:
    """SHA-256 (hex) of the parts, each prefixed by its length so that no two lists of parts collide."""
    raw = [part.encode() for part in parts]
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in raw)).hexdigest()


class PageRef(NamedTuple):
    """One page of one file, whatever the file is called."""

    document: str
    """SHA-256 of the file's bytes, hex."""
    number: int
    """1-based position in the file."""


class Word(NamedTuple):
    """A word as it stands on the page."""

    text: str
    box: Box
    confidence: float | None = None
    """How sure recognition is of the word, 0 to 1; None for a word of the file's own text."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as intake read it."""

    ref: PageRef
    text: str
    """Cleaned text: the words in reading order, a space between words and a newline between lines."""
    words: tuple[Word, ...] = ()
    """In the order of `text`: `text.split()` gives the same strings."""
    source: Source = "text"
    """Where the text came from; "none": nobody could read the page, and it must never count as irrelevant."""
    label: str = ""
    """The page number printed on the page ("14 of 60"), "" when there is none."""
    rotation: int = 0
    """Clockwise turn in degrees (0, 90, 180, 270) that the file asks a viewer to apply."""
    width: float = 612.0
    """Points, as displayed."""
    height: float = 792.0
    problem: str = ""
    """Why the page could not be read, as a sentence for the reviewer; "" when it could."""
    blank: bool = False
    """True for a page with nothing on it; blank pages count as read."""
    turn: int = 0
    """Clockwise turn in degrees (0, 90, 180, 270) of the displayed page that brings its text upright."""
    confidence: float | None = None
    """Mean of the words' confidence by characters, 0 to 1; None unless the page was recognised."""
    recognised: str = ""
    """What last tried to recognise the page as an image (engine, version, languages); "" when nothing did."""
    images: float = 0.0
    """Share of the page under images, 0 to 1; 0 where it was not measured because the page has enough text."""
    notes: tuple[PageNote, ...] = ()
    sketch: bytes = b""
    """MinHash of the text, for near-duplicates; b"" for too little text. See `core.sketch`."""
    look: bytes = b""
    """Perceptual hash of the page's image, upright and deskewed; b"" unless the page is a scan."""
    body: str = ""
    """SHA-256 of the words without stamped headers and page numbers; "" where there is nothing to compare."""
    duplicate_of: PageRef | None = None
    """The first page of the case that this one is a copy of; known only within a case."""

    @property
    def digest(self) -> str:
        """SHA-256 of the text: equal for pages that any pointwise scorer must score alike."""
        return digest(self.text)

    @property
    def readable(self) -> bool:
        return self.source != "none" or self.blank


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of a criteria set."""

    id: str
    question: str
    """Sent to the scorer word for word."""
    instruction: str = ""
    group: str = ""
    link: str = ""
    """Where it came from in a form: the linkId of a FHIR Questionnaire's item; "" for a list of another kind."""

    @property
    def digest(self) -> str:
        """SHA-256 of what the scorer sees of the criterion."""
        return digest(self.question, self.instruction)


@dataclass(frozen=True, slots=True)
class CriteriaSet:
    name: str
    criteria: tuple[Criterion, ...]
    version: int = 1
    """Counts up from 1 for each change of content under the same name."""
    root: Logic | None = None
    """How the decisions combine into an answer for the case; None: no logic was given, and nothing is rolled up."""
    source: str = ""
    """Canonical address and version ("url|version") of the FHIR Questionnaire that the list came from, "" for none."""

    def __iter__(self) -> Iterator[Criterion]:
        return iter(self.criteria)

    def __len__(self) -> int:
        return len(self.criteria)

    def __getitem__(self, criterion_id: str) -> Criterion:
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, independent of name and version.

        Logic, source and links enter only where there are any: a list without them keeps the digest it always had.
        """
        fields = [f for c in self.criteria for f in (c.id, c.question, c.instruction, c.group)]
        links = [c.link for c in self.criteria]
        if self.root is not None or self.source or any(links):
            logic = to_json(self.root) if self.root is not None else ""
            fields.append(digest("logic", logic, "source", self.source, *links))
        return digest(*fields)


@dataclass(frozen=True, slots=True)
class ScorerInfo:
    """What a score came from. Two scores may be compared only when their fingerprints are equal."""

    name: str
    """The name it is opened by: "embedded", "zerank", ..."""
    model: str
    revision: str
    transform: str
    """How the model's answer becomes a number in [0, 1]."""
    sends_text_to: str | None = None
    """Address that page text is sent to; None: nothing leaves this machine."""
    scope: Literal["page", "case"] = "page"
    """"case": the answer for a page depends on the other pages of the case."""
    note: str = ""
    """One sentence about its limits for the screen."""

    @property
    def fingerprint(self) -> str:
        """16 hex digits over all that decides a score's meaning."""
        return digest(self.name, self.model, self.revision, self.transform, self.scope)[:16]


@dataclass(frozen=True, slots=True)
class Usage:
    """What asking a scorer has cost so far. Nothing for a scorer that sends nothing."""

    requests: int = 0
    bytes: int = 0
    """Metered: for each pair 150 + the question + the text, in UTF-8."""
    tokens: int = 0
    """As the endpoint counted; where it does not say, bytes of question and text / 4."""
    dollars: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.requests + other.requests,
            self.bytes + other.bytes,
            self.tokens + other.tokens,
            self.dollars + other.dollars,
        )


NO_USAGE = Usage()


@dataclass(frozen=True, slots=True)
class Score:
    page: PageRef
    criterion: str
    fingerprint: str
    value: float
    """As the scorer gave it, in [0, 1]; never rescaled."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A pair that was asked and not answered. Never zero, never dropped."""

    page: PageRef
    criterion: str
    fingerprint: str
    reason: str


Outcome = Score | Gap


@dataclass(frozen=True, slots=True)
class Selected:
    """What a rule did with one page for one criterion."""

    page: PageRef
    criterion: str
    kept: bool
    reason: str
    """A few words for the reviewer: why it was kept or left out."""
    score: float | None
    probability: float | None
    """What a threshold compares: the score itself where there is no recalibration. None for a gap."""
    rank: int | None
    """1 for the page of the criterion that stands highest; ties by page order; None for a gap."""
    by_rule: bool | None = None
    """Where a person keeps the page or leaves it out: whether the rule alone would keep it. None: nobody does."""


@dataclass(frozen=True, slots=True)
class Label:
    """A person's judgement of one page for one criterion."""

    page: PageRef
    criterion: str
    verdict: Verdict
    reviewer: str
    at: datetime
    arm: Arm = "shown"
    inclusion_probability: float | None = None
    """Chance with which the page was drawn for labelling; None where it is not known."""
    blind: bool = False
    """True when the reviewer could not see the score."""
    fingerprint: str = ""
    recalibration: str = ""
    """Version of the recalibration that gave `probability`, "" when there was none."""
    score: float | None = None
    probability: float | None = None
    """None without a recalibration: only a recalibrated score is a probability."""
    threshold: float | None = None
    """The threshold in force when the label was given; None: the rule had none."""
    seed: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a document that a decision rests on."""

    page: PageRef
    label: str = ""
    """The printed page label."""
    quote: str = ""
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision on one criterion."""

    criterion: str
    outcome: DecisionOutcome
    rationale: str
    reviewer: str
    at: datetime
    citations: tuple[Citation, ...] = field(default=())
    id: int = 0
    """Position in the history, 0 before it is stored."""
    reading: Literal["first", "second", "final"] = "first"
    """As `core.casefile.Reading`. The first and the final reading share one history; the second has its own."""


JobState = Literal["waiting", "running", "asking", "done", "failed", "cancelled"]
"""asking: the pages are read, and somebody must agree before their text is sent to the scorer."""


@dataclass(frozen=True, slots=True)
class Job:
    """Reading and scoring one case, off the screen."""

    case: int
    state: JobState
    stage: str
    """What is being done, for the reviewer: "Reading pages", "Scoring"."""
    done: int
    total: int
    """`done` of `total` units of the stage (pages, or pairs of page and criterion)."""
    message: str
    """Why it failed, what it waits for, or what is missing although it is done, as a sentence; "" otherwise."""
    started_by: str
    updated_at: datetime
    fingerprint: str = ""
    """The scorer that this job asks."""
    usage: Usage = NO_USAGE
    """What this job has asked for, over all its tries."""
    rate: float | None = None
    """Units a second; None while it is not known."""
    seconds_left: float | None = None
    """An estimate; None while it is not known."""


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A file that is or was in a case, under the name it was uploaded with."""

    document: str
    """SHA-256 of the bytes, hex."""
    name: str
    """A cleaned label for the screen, never a path."""
    pages: int
    added_by: str = ""
    added_at: datetime | None = None
    """When the file came into the case; None for a file that is in no case yet."""
    replaced_by: str = ""
    """SHA-256 of the document that took its place; "" for a document that is in force."""
    read_at: datetime | None = field(default=None, compare=False)
    """When a page of it was last read that had not been; None while none was. No part of what makes documents equal."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person looked at a page that could not be read."""

    page: PageRef
    reviewer: str
    at: datetime
    note: str = ""
    """What the person saw, in their words."""


@dataclass(frozen=True, slots=True)
class Case:
    """One review. Its pages are numbered through all documents, in their order."""

    id: int
    name: str
    criteria: CriteriaSet
    documents: tuple[CaseDocument, ...]
    scorer: ScorerInfo
    """The scorer whose scores are shown and decided on."""
    rule: str
    """The rule set by hand for that scorer, as `core.selection` writes it; "": it follows what is in force."""
    created_by: str
    created_at: datetime
    replaced: tuple[CaseDocument, ...] = ()
    """Documents that were in the case and were replaced, oldest first. Their labels and citations stay on record."""
    rule_recalibration: str = ""
    """Version of the recalibration under which `rule` was set by hand, "" when there was none or nothing was set."""

    @property
    def amended_at(self) -> datetime | None:
        """When, after the case was made, a document last came in or a page was read that had not been; None: never."""
        times = (at for d in self.documents for at in (d.added_at, d.read_at))
        return max((at for at in times if at and at > self.created_at), default=None)

    def document(self, sha256: str) -> CaseDocument:
        """The document, in force or replaced. Raises KeyError."""
        for document in (*self.documents, *self.replaced):
            if document.document == sha256:
                return document
        raise KeyError(sha256)


@dataclass(frozen=True, slots=True)
class CaseScorer:
    """A scorer that is or was used in a case. Its scores stay when another one is put in force."""

    info: ScorerInfo
    rule: str
    """The selection rule for its scores, set by hand: a threshold never applies to another fingerprint. "": the case
    follows what is in force."""
    agreed_to: str = ""
    """Address that somebody agreed to send the pages of the case to; "" when nobody did."""
    agreed_by: str = ""
    agreed_at: datetime | None = None
    rule_recalibration: str = ""
    """Version of the recalibration under which `rule` was set by hand, "" when there was none or nothing was set."""


@dataclass(frozen=True, slots=True)
class ScorerCheck:
    """What the newest check of a scorer against known answers came to."""

    fingerprint: str
    sends_text_to: str
    """Address that was asked."""
    at: datetime
    problem: str
    """Why the scorer is not used, as a sentence; "" when its answers were right."""


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A row of the queue."""

    id: int
    name: str
    criteria_name: str
    criteria_version: int
    documents: int
    pages: int
    criteria: int
    decided: int
    """Criteria with a decision that stands, the second reading left out."""
    created_by: str
    created_at: datetime
    changed_at: datetime
    """The last decision or label, or the creation."""
    job: Job | None
    amended_at: datetime | None = None
    """When a document in force last came in, or a page of one was read that had not been."""
    flagged: int = 0
    """Criteria with a flag, the second reading left out."""
    second_decided: int = 0
    """Criteria with a decision of the second reading that stands."""
