"""A case read and scored: its pages with all their scores. Pure; the workspace fills it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.calibration.recalibrate import Recalibration
from core.domain import CaseDocument, CriteriaSet, Outcome, Page, ScorerInfo
from core.duplicates import Group, groups, mark_duplicates
from core.grid import Grid
from core.holds import NOTHING, Held, by_hand, holds
from core.intake import may_succeed_later
from core.lengths import Lengths
from core.numbering import Missing, missing_numbers
from core.pack import ContextPack, build_pack
from core.selection import Rule, compared, kept, select


@dataclass(frozen=True, eq=False)
class Chart:
    """Pages of one case with all their scores: what a selection, a heatmap or a pack is made from."""

    criteria: CriteriaSet
    documents: tuple[CaseDocument, ...]
    pages: tuple[Page, ...]
    """In case order, without words; `duplicate_of` is set."""
    scorer: ScorerInfo
    grid: Grid
    recalibration: str
    """Version of the recalibration that the probabilities come from; "": none, and nothing here is a probability."""

    @property
    def recalibrated(self) -> bool:
        """Whether `grid.probabilities` are probabilities; otherwise they are the scores themselves."""
        return bool(self.recalibration)

    @cached_property
    def unreadable(self) -> NDArray[np.bool_]:
        """(pages,) True where nobody could read the page."""
        return np.array([not page.readable for page in self.pages], dtype=np.bool_)

    @cached_property
    def lengths(self) -> Lengths:
        """How long the pages are: what a token budget counts."""
        return Lengths.of(self.pages)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Pages that are copies of one another, and pages that look alike."""
        return groups(self.pages)

    @cached_property
    def missing_numbers(self) -> tuple[Missing, ...]:
        """Pages that a fax says it has, and that are not here."""
        return missing_numbers(self.pages)

    @cached_property
    def read_again(self) -> int:
        """Pages that went unread and may be read when the case is worked on again."""
        return sum(map(may_succeed_later, self.pages))

    @cached_property
    def names(self) -> dict[str, str]:
        """SHA-256 of a document -> its name in the case; the second file of a name becomes "name (2)"."""
        names: dict[str, str] = {}
        taken: set[str] = set()
        for document in self.documents:
            name, n = document.name, 1
            while name in taken:
                n += 1
                name = f"{document.name} ({n})"
            names[document.document] = name
            taken.add(name)
        return names

    @cached_property
    def gaps(self) -> int:
        """Readable pairs without an answer: what scoring again could fill."""
        return int((np.isnan(self.grid.scores) & ~self.unreadable[None, :]).sum())

    def kept(self, rule: Rule, held: Held = NOTHING) -> NDArray[np.bool_]:
        """(criteria, pages) what `rule` and the pages held by hand keep; gaps are kept unless left out by hand."""
        keep = kept(compared(self.grid, rule), rule, self.lengths)
        return by_hand(keep, holds(self.grid, held)) if held else keep

    def pack(self, title: str, rule: Rule, *, held: Held = NOTHING) -> ContextPack:
        """What `rule` and the pages held by hand keep, with everything that is left out on record."""
        return build_pack(
            title,
            self.pages,
            self.names,
            self.criteria,
            select(self.grid, rule, tokens=self.lengths, held=held),
            rule=str(rule),
            scorer=self.scorer,
            recalibration=self.recalibration,
        )


def build_chart(
    criteria: CriteriaSet,
    documents: tuple[CaseDocument, ...],
    pages: Sequence[Page],
    info: ScorerInfo,
    outcomes: Sequence[Outcome],
    recalibration: Recalibration | None,
) -> Chart:
    """`outcomes` as a grid under the recalibration; without one the score is compared. Copies among the pages are
    marked."""
    grid = Grid.of(
        outcomes,
        pages=[page.ref for page in pages],
        criteria=[c.id for c in criteria],
        fingerprint=info.fingerprint,
        probabilities=recalibration.probabilities if recalibration else None,
    )
    version = recalibration.version if recalibration else ""
    return Chart(criteria, documents, tuple(mark_duplicates(pages)), info, grid, version)
