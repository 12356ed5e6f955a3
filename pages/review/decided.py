"""A decision, stored, and what is said of it. Nothing here asks the session: the line decides as well as the script."""

from collections.abc import Sequence

from core.domain import Case, Decision, DecisionOutcome
from core.errors import Conflict
from pages.components.frame import workspace
from pages.components.outcomes import OUTCOME_WORDS
from pages.components.saved import Said
from pages.review.place import Seen
from pages.review.undoing import Deciding

WORDS: dict[DecisionOutcome, str] = {**OUTCOME_WORDS, "insufficient": "Insufficient"}
"""Short, as they stand on the buttons."""


def decide(
    now: Seen, criterion: str, outcome: DecisionOutcome, why: str | None, *, by: str, seen: int
) -> Deciding | None:
    """Store it; what is to be remembered for taking it back, None when nothing changed.

    `why` is None where nothing was written: what stands with the decision, or waits for one, stays. What was written
    outlives a Conflict as a draft.
    """
    case_id, reading = now.case.id, now.place.reading
    findings, newest = workspace().store.findings, now.decisions.get(criterion)
    drafts = findings.drafts(case_id, by, reading)
    if why is None:
        why = drafts.get(criterion, newest.rationale if newest else "")
    try:
        stored = workspace().review.decide(case_id, criterion, outcome, why, reviewer=by, seen=seen, reading=reading)
    except Conflict:
        findings.draft(case_id, criterion, why.strip(), reviewer=by, reading=reading)
        raise
    # Looked up anew: leaving the field may have kept the same words meanwhile, by another way (deciding._keep).
    if findings.drafts(case_id, by, reading).get(criterion) in (why.strip(), drafts.get(criterion, why.strip())):
        findings.draft(case_id, criterion, "", reviewer=by, reading=reading)
    if stored is None:
        return None
    return Deciding(
        criterion=criterion,
        words=f"{WORDS[outcome].lower()} on {criterion}",
        before=(newest.outcome, newest.rationale) if newest else None,
        after=(stored.outcome, stored.rationale),
        seen=stored.id,
    )


def said_of(now: Seen, newest: Decision | None, draft: str) -> list[Said]:
    """What the reviewer needs to know of the decision on the criterion, and of words that wait for one."""
    said = [Said("edit", "Your words are kept as a draft. Choose a decision to sign them.")] if draft else []
    if newest is None:
        return said or [Said("", "Not decided yet. A click or a key saves.")]
    said.append(Said("check", f"Saved {newest.at:%d %b %Y, %H:%M:%S} UTC by {newest.reviewer}{_cited(now, newest)}"))
    amended = now.case.amended_at
    if amended and newest.at < amended:
        said.append(Said("history", f"Decided before pages came in or were read on {amended:%d %b}: look again"))
    return said


def _cited(now: Seen, decision: Decision) -> str:
    """The cited pages by their numbers in the case; those that are gone or changed by their place in the old file."""
    here: set[int] = set()
    gone: dict[str, set[int]] = {}
    for citation in decision.citations:
        page = workspace().current_in(now.case, citation.page)
        if page in now.numbers:
            here.add(now.numbers[page])
        else:
            gone.setdefault(citation.page.document, set()).add(citation.page.number)
    parts = [_pages(sorted(here))] if here else []
    parts += [
        f"{_pages(sorted(pages))}, no longer in the packet ({_name(now.case, file)})" for file, pages in gone.items()
    ]
    return f" · cites {'; '.join(parts)}" if parts else ""


def _pages(numbers: Sequence[int]) -> str:
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _name(case: Case, document: str) -> str:
    try:
        return case.document(document).name
    except KeyError:
        return "a document that is no longer here"
