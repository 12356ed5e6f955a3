"""Everything that can go wrong, as a tree.

    ChartsieveError             shown to the person as it stands: what happened, what is safe, what to do next
      BadSettings               an environment variable has an impossible value
      BadDocument               a file that cannot be taken in; nothing of it was kept
        UnsupportedFile         empty, or another kind of file
        EncryptedDocument       asks for a password
          WrongPassword         the password given does not open it
        DamagedDocument         cannot be opened, or has no pages
        TooLarge                more bytes or pages than the settings allow
      NotRecognised             scanned pages cannot be recognised: the engine or a language is missing
      PageUnavailable           one page cannot be drawn; the rest of the document is fine
      BadCriteria               a criteria list with mistakes, each named by row, column and cure
      BadLogic                  a logic tree with faults, each named with its cure
      BadLabels                 a file of labels with mistakes, each named by row and cure; nothing was taken over
      BadRule                   a selection rule that cannot be read
      ScorerError               a scorer could not answer; pairs concerned become gaps
        ScorerUnusable          as it is set up it answers nobody (key, address, model): the run stops
          ScorerNotSetUp        a setting for it is missing or impossible; nothing was asked
          WrongScores           its answers to known questions are wrong: nothing is asked
        LimitReached            too much in too short a time: the same request may pass later
        Unanswered              no answer, or one that makes no sense: another try may succeed
        RequestRejected         this request will never pass; a smaller one may
      NotAgreed                 nobody agreed to send the pages of this case away; nothing was sent
      RecordNotMade             the record of a case could not be made or printed; the case is not affected
      Refused                   a step in the course of a case that may not be taken, or not yet; nothing was saved
      NotAllowed                not this person's to do, by role or part in the case; nothing was saved
      StoreError                the database
        NotFound                no such case, document or criteria set
        Conflict                somebody else decided in between; their decision stands
          SignedOff             the case was signed off: nothing of its record changes until it is reopened

No message ever quotes text of a page: messages end in logs.
"""

from dataclasses import dataclass


class ChartsieveError(Exception):
    """Base of all errors that are shown to the person as they stand."""


class BadSettings(ChartsieveError):
    pass


class BadDocument(ChartsieveError):
    pass


class UnsupportedFile(BadDocument):
    pass


class EncryptedDocument(BadDocument):
    pass


class WrongPassword(EncryptedDocument):
    pass


class DamagedDocument(BadDocument):
    pass


class TooLarge(BadDocument):
    pass


class NotRecognised(ChartsieveError):
    pass


class PageUnavailable(ChartsieveError):
    pass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a criteria list."""

    row: int
    """Row as a spreadsheet or editor counts it, the heading being row 1; 0 when the whole file is meant."""
    column: str
    what: str
    cure: str

    def __str__(self) -> str:
        place = f"Row {self.row}" if self.row else "The file"
        column = f", column {self.column}" if self.column else ""
        return f"{place}{column}: {self.what} {self.cure}"


class BadCriteria(ChartsieveError):
    """Carries every mistake found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a logic tree."""

    what: str
    cure: str
    at: int | None = None
    """Offset of the character in a text where it shows; None where the tree as a whole is meant."""

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"


class BadLogic(ChartsieveError):
    """Carries every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(f) for f in faults))
        self.faults = tuple(faults)


class BadLabels(ChartsieveError):
    """Carries every mistake found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = tuple(problems)


class BadRule(ChartsieveError):
    pass


class ScorerError(ChartsieveError):
    pass


class ScorerUnusable(ScorerError):
    pass


class ScorerNotSetUp(ScorerUnusable):
    pass


class WrongScores(ScorerUnusable):
    pass


class LimitReached(ScorerError):
    """Carries how long to wait, where the endpoint said so."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds, >= 0; None when the endpoint did not say."""


class Unanswered(ScorerError):
    pass


class RequestRejected(ScorerError):
    pass


class NotAgreed(ChartsieveError):
    pass


class Refused(ChartsieveError):
    pass


class NotAllowed(ChartsieveError):
    pass


class RecordNotMade(ChartsieveError):
    pass


class StoreError(ChartsieveError):
    pass


class NotFound(StoreError):
    pass


class Conflict(StoreError):
    pass


class SignedOff(Conflict):
    pass
