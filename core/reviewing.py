"""What a reviewer does to a case: judge pages, cite, hold pages by hand, flag, decide. What returns is saved."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from core.casefile import Cited, Hold, Pin, Reading, Remark
from core.domain import Citation, Decision, DecisionOutcome, Label, Page, PageRef, Verdict
from core.errors import Conflict, NotFound
from core.second_review import closed
from core.selection import Rule, kept

if TYPE_CHECKING:
    from core.workspace import Workspace


class Reviewing:
    """`Workspace.review`. Raises SignedOff for a case that was signed off, and Conflict where somebody came before."""

    def __init__(self, workspace: "Workspace", clock: Callable[[], datetime]) -> None:
        self._workspace, self._store, self._clock = workspace, workspace.store, clock

    def mark(
        self,
        case_id: int,
        criterion: str,
        page: Page,
        verdict: Verdict,
        *,
        reviewer: str,
        rule: Rule,
        fingerprint: str = "",
        note: str = "",
    ) -> bool:
        """Store a page judgement with where it came from. False when it is already stored so.

        `fingerprint` is the scorer whose scores the reviewer saw under `rule`, "" the one in force. A page that the
        rule leaves out has the arm "found": the reviewer came upon it, also where it was kept by hand, which is no
        evidence for the rule.
        """
        chart = self._workspace.chart(case_id, fingerprint)
        if page.ref not in chart.grid.pages:
            raise Conflict("This page is no longer in the packet. Nothing was saved. Open the case again.")
        r, c = chart.grid.criteria.index(criterion), chart.grid.pages.index(page.ref)
        gap = (r, c) in chart.grid.reasons
        shown = bool(kept(chart.grid.milli[r : r + 1], rule, chart.lengths)[0, c])
        # It rests on the page's standing among all pages of the case, so it is not known before all have their score.
        standing = bool(chart.recalibration) and not np.isnan(chart.grid.scores[r, ~chart.unreadable]).any()
        label = Label(
            page=page.ref,
            criterion=criterion,
            verdict=verdict,
            reviewer=reviewer,
            at=self._clock(),
            arm="shown" if shown else "found",
            fingerprint=chart.grid.fingerprint,
            recalibration=chart.recalibration,
            score=None if gap else float(chart.grid.scores[r, c]),
            probability=float(chart.grid.probabilities[r, c]) if standing and not gap else None,
            threshold=rule.threshold,
            note=note,
        )
        return self._store.add_label(case_id, label)

    def cite(
        self,
        case_id: int,
        criterion: str,
        citation: Citation,
        *,
        reviewer: str,
        reading: Reading,
        rule: Rule,
        fingerprint: str = "",
    ) -> Cited:
        """Cite a place of a page for a criterion; whoever cites a page has judged it relevant.

        The same place cited again is the one citation.
        """
        self._check_open(case_id, reading)
        page = self._page(case_id, citation.page, fingerprint)
        cited = self._store.findings.cite(case_id, Cited(criterion, citation, reviewer, self._clock(), reading))
        self.mark(case_id, criterion, page, "relevant", reviewer=reviewer, rule=rule, fingerprint=fingerprint)
        self._follow(case_id, criterion, reviewer=reviewer, reading=reading)
        return cited

    def _page(self, case_id: int, ref: PageRef, fingerprint: str) -> Page:
        """The page in the packet as it is now. Raises NotFound when its document was replaced."""
        pages = self._workspace.chart(case_id, fingerprint).pages
        page = next((page for page in pages if page.ref == ref), None)
        if page is None:
            raise NotFound("This page is no longer in the packet: its document was replaced. Nothing was saved.")
        return page

    def uncite(self, case_id: int, cited: Cited, *, reviewer: str) -> None:
        """Take a citation back: it stays on record and counts no more. What was said of its page stays."""
        self._check_open(case_id, cited.reading)
        self._store.findings.uncite(case_id, cited.id, by=reviewer)
        self._follow(case_id, cited.criterion, reviewer=reviewer, reading=cited.reading)

    def _follow(self, case_id: int, criterion: str, *, reviewer: str, reading: Reading) -> None:
        """A reviewer's own decision cites what they cite, also what they cite after it. Somebody else's stays as it
        was signed."""
        stands = self._store.decisions(case_id, reading).get(criterion)
        if stands is None or stands.reviewer != reviewer:
            return
        citations = self._citations(case_id, criterion, reviewer=reviewer, reading=reading)
        if citations != stands.citations:  # decided when it was decided, and settled if it was settled
            self._store.decide(case_id, replace(stands, citations=citations, id=0), seen=stands.id)

    def closed(self, case_id: int, reading: Reading) -> bool:
        """Whether the reading takes no more decisions and citations (see `second_review.closed`). Raises NotFound."""
        if not self._store.decisions(case_id, "second"):
            return False
        return closed(reading, self._workspace.duties.state(case_id))

    def _check_open(self, case_id: int, reading: Reading) -> None:
        if self.closed(case_id, reading):
            raise Conflict(
                "Both reviews of this case are complete, and where they differ somebody settles it. Nothing was saved. "
                "Open the case again."
            )

    def pin(self, case_id: int, criterion: str, page: PageRef, hold: Hold, *, reviewer: str) -> bool:
        """Keep or leave out a page for a criterion by hand, or let it follow the rule again. False: it is so."""
        return self._store.findings.pin(case_id, Pin(criterion, page, hold, reviewer, self._clock()))

    def remark(
        self, case_id: int, criterion: str, *, flagged: bool, note: str, reviewer: str, reading: Reading
    ) -> bool:
        """Flag a criterion and note something about it. False when it is stored so already."""
        return self._store.findings.remark(
            case_id, Remark(criterion, flagged, note.strip(), reviewer, self._clock(), reading)
        )

    def decide(
        self,
        case_id: int,
        criterion: str,
        outcome: DecisionOutcome,
        rationale: str,
        *,
        reviewer: str,
        seen: int,
        reading: Reading = "first",
    ) -> Decision | None:
        """Store a decision with what is cited for the criterion, and with the pages that the reviewer marked relevant.

        `seen` is the id of the newest decision on the screen, 0 for none. None when nothing changed; raises Conflict
        when somebody else decided in between.
        """
        with self._store.one_view():
            self._check_open(case_id, reading)
            citations = self._citations(case_id, criterion, reviewer=reviewer, reading=reading)
        decision = Decision(criterion, outcome, rationale.strip(), reviewer, self._clock(), citations, reading=reading)
        return self._store.decide(case_id, decision, seen=seen)

    def undecide(self, case_id: int, criterion: str, *, reviewer: str, seen: int, reading: Reading = "first") -> bool:
        """Take the decision that stands back; see `Store.undecide`. Raises Conflict as `decide`."""
        self._check_open(case_id, reading)
        return self._store.undecide(case_id, criterion, reviewer=reviewer, reading=reading, seen=seen)

    def _citations(self, case_id: int, criterion: str, *, reviewer: str, reading: Reading) -> tuple[Citation, ...]:
        """In the order of the packet; a page that is cited with a quotation is not cited as a whole as well."""
        case = self._store.case(case_id)
        chart = self._workspace.chart.of(case)
        place = {page.ref: n for n, page in enumerate(chart.pages)}
        cited = []
        for one in self._store.findings.cited(case_id, reading):
            page = self._workspace.current_in(case, one.citation.page) if one.criterion == criterion else None
            if page in place:
                cited.append(replace(one.citation, page=page))
        quoted = {citation.page for citation in cited}
        marked = [
            Citation(label.page, chart.pages[place[label.page]].label)
            for label in self._workspace.labels_of(case)
            if (label.criterion, label.reviewer, label.verdict) == (criterion, reviewer, "relevant")
            and label.page in place
            and label.page not in quoted
        ]
        return tuple(sorted([*cited, *marked], key=lambda c: (place[c.page], c.boxes)))
