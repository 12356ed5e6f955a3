"""Who may take which step in the course of a case, and what stands in the way. Pure.

The rules are law and custom put together: a denial, whole or in part, is a physician's, who has opened the evidence
and gives the reasons; nothing here proposes one. What the tool could not read, what nobody has decided and what a
second review has left open stand in the way of a signature, each as a sentence that says what to do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.casefacts import Facts, Place, named
from core.casefile import Role, StepKind
from core.casestate import STATUS_WORDS, STATUSES, CaseState, Status, Turn, case_state

__all__ = [
    "ADVERSE",
    "DETERMINING",
    "STATUSES",
    "STATUS_WORDS",
    "CaseState",
    "Facts",
    "Obstacle",
    "Place",
    "Status",
    "Turn",
    "case_state",
    "fits",
    "may",
    "obstacles",
    "warnings",
]

ADVERSE: tuple[StepKind, ...] = ("deny", "approve_in_part")
"""Steps by which something that was asked for is not approved."""
DETERMINING: tuple[StepKind, ...] = ("approve", "approve_in_part", "deny")
"""Steps that answer the request; a withdrawal ends it without an answer."""
_ANYBODY: tuple[Role, ...] = ("reviewer", "physician", "lead", "admin")
_WHO: dict[StepKind, tuple[Role, ...]] = {
    "approve_in_part": ("physician",),
    "deny": ("physician",),
    "refer": ("reviewer", "lead", "admin"),
    "return": ("physician", "lead"),
    "peer_to_peer": ("physician",),
    "reopen": ("physician", "lead", "admin"),
}
"""Who may take a step at all; the others anybody may."""
_PHYSICIAN = "Only a physician may deny, in whole or in part. Refer the case to one."
_NOT_THEIRS: dict[StepKind, str] = {
    "approve_in_part": _PHYSICIAN,
    "deny": _PHYSICIAN,
    "refer": "You are a physician: the case is yours to decide.",
    "return": "A physician or a lead gives a case back. Ask one of them.",
    "peer_to_peer": "Only a physician records a peer-to-peer talk. Ask the one who held it.",
    "reopen": "A lead, a physician or an administrator reopens a case. Ask one of them.",
}
_BLIND = (
    "You are the second reviewer of this case, and must not see yet what the first review came to. "
    "Finish your review first."
)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a step may not be taken, or not yet."""

    why: str
    """Sentences: what stands in the way, and what to do."""
    places: tuple[Place, ...] = ()
    """Where to do it."""


def may(kind: StepKind, role: Role, state: CaseState, facts: Facts) -> str:
    """ "" when a person of that role may take the step now; otherwise why not and what to do, as sentences."""
    return " ".join(obstacle.why for obstacle in obstacles(kind, role, state, facts))


def obstacles(kind: StepKind, role: Role, state: CaseState, facts: Facts) -> tuple[Obstacle, ...]:
    """All that stands in the way of the step; empty: it may be taken.

    Of a step that is not this role's, or does not fit where the case stands, nothing more is said.
    """
    if role not in _WHO.get(kind, _ANYBODY):
        return (Obstacle(_NOT_THEIRS[kind]),)
    if unfit := _unfit(kind, state):
        return (Obstacle(unfit),)
    if facts.blind and kind in DETERMINING:
        return (Obstacle(_BLIND),)
    if kind in ADVERSE:
        return (*_adverse(kind, facts), *_evidence(facts), *_unfinished(facts))
    if kind == "approve":
        return (*_approval(role, facts), *_unfinished(facts))
    return ()


def fits(kind: StepKind, state: CaseState) -> bool:
    """Whether the step makes sense where the case stands, whoever takes it."""
    return not _unfit(kind, state)


def warnings(kind: StepKind, state: CaseState, facts: Facts) -> tuple[Obstacle, ...]:
    """What somebody should know before they take the step, though it is theirs to take."""
    if kind not in DETERMINING:
        return ()
    own = _adverse_warnings(kind, state, facts) if kind in ADVERSE else _approval_warnings(facts)
    return (*_awaited(state), *own)


def _awaited(state: CaseState) -> Iterator[Obstacle]:
    if state.status == "pended" and state.step:
        due = state.step.detail.get("due", "")
        yield Obstacle(f"Information is still awaited{f', due {due}' if due else ''}.")


def _approval_warnings(facts: Facts) -> Iterator[Obstacle]:
    if not facts.met:
        yield Obstacle(f"The criteria do not come to “met” ({facts.unmet_words}).")
    yield from _outdated(facts.outdated)


def _adverse_warnings(kind: StepKind, state: CaseState, facts: Facts) -> Iterator[Obstacle]:
    if kind == "approve_in_part" and not facts.speaks_against:
        yield Obstacle(
            "No criterion speaks against the request: your reasons alone carry the part that is not approved."
        )
    if facts.insufficient and not state.asked:
        yield Obstacle(
            "Information is insufficient, and nobody has asked for it. Rules commonly want that before anything is "
            "denied for want of it: consider pending the case.",
            _places(facts.insufficient),
        )
    if facts.gaps:
        yield Obstacle(f"{facts.gaps:,} answers of the scorer are missing: those pages may hold evidence.")
    if facts.missing:
        yield Obstacle(f"{_pages(facts.missing)} of a fax {_is(facts.missing)} missing from the packet.")
    yield from _outdated(c for c in facts.outdated if c not in facts.speaks_against)


def _outdated(ids: Iterable[str]) -> Iterator[Obstacle]:
    if places := _places(ids):
        words = named([place.criterion for place in places])
        yield Obstacle(f"{words} {_was(len(places))} decided before pages last came in or were read.", places)


def _unfit(kind: StepKind, state: CaseState) -> str:
    """Why the step does not fit where the case stands; "" when it does."""
    if kind == "reopen":
        return "" if state.signed_off else "The case is open: there is nothing to reopen."
    if state.signed_off:
        # A talk about a denial is often held after it, and changes nothing of it.
        talk = kind == "peer_to_peer" and state.status in ("denied", "approved_in_part")
        return "" if talk else f"The case is signed off: {STATUS_WORDS[state.status].lower()}. Reopen it first."
    if kind == "resume":
        return "" if state.status == "pended" else "The case waits for nothing."
    if kind == "return":
        return "" if state.status == "referred" else "The case is not with a physician."
    if kind in ("pend", "refer") and state.status == "pended":
        return "The case waits for information already. Resume it first."
    if kind == "refer" and state.status == "referred":
        return "The case is with the physician already."
    return ""


def _adverse(kind: StepKind, facts: Facts) -> Iterator[Obstacle]:
    """What a decision to approve not all, or nothing, must rest on."""
    if facts.undecided and facts.rolled in (None, "undecided"):
        yield Obstacle(
            f"{_undecided(facts.undecided)}. Nothing is denied on what nobody has decided: decide first.",
            _places(facts.undecided),
        )
    elif kind == "deny" and (facts.met or not facts.speaks_against):
        yield Obstacle(
            "No criterion that counts speaks against the request, so a denial has nothing to rest on. "
            "Decide otherwise where you see it otherwise, with the reason, or approve."
            if not facts.speaks_against
            else "The criteria come to “met”, so a denial would contradict the record. "
            "Decide otherwise where you see it otherwise, with the reason, or approve."
        )
    if facts.unreasoned:
        says = "says" if len(facts.unreasoned) == 1 else "say"
        yield Obstacle(
            f"{named(facts.unreasoned)} {says} no reason. Write what speaks against it, or what is missing.",
            _places(facts.unreasoned),
        )
    if old := tuple(c for c in facts.outdated if c in facts.speaks_against):
        yield Obstacle(
            f"{named(old)} {_was(len(old))} decided before pages last came in or were read, and those may answer. "
            "Look at them and decide again.",
            _places(old),
        )


def _evidence(facts: Facts) -> Iterator[Obstacle]:
    """Who denies has opened what the decisions rest on, and something in any case."""
    if facts.unopened:
        pages: dict[int, list[str]] = {}
        for criterion, page in facts.unopened:
            pages.setdefault(page, []).append(criterion)
        words = named([f"page {page} ({named(ids, 3)})" for page, ids in sorted(pages.items())])
        yield Obstacle(
            f"You have not opened {_pages(len(pages))} of the evidence yet: {words}. Open {_it(len(pages))} first.",
            facts.unopened,
        )
    elif not facts.opened:
        yield Obstacle("You have not opened any page of this case yet. Open the evidence first.")


def _approval(role: Role, facts: Facts) -> Iterator[Obstacle]:
    if facts.met or role in ("physician", "lead"):
        return
    if facts.undecided and facts.rolled in (None, "undecided"):
        yield Obstacle(f"{_undecided(facts.undecided)}. Decide first.", _places(facts.undecided))
    else:
        yield Obstacle(
            f"The criteria do not come to “met” ({facts.unmet_words}). A physician or a lead may "
            "approve all the same: refer the case, or pend it to ask for what is missing.",
            _places(facts.speaks_against),
        )


def _unfinished(facts: Facts) -> Iterator[Obstacle]:
    """What keeps everybody from answering the request."""
    if facts.waiting:
        yield Obstacle(
            f"{_pages(facts.waiting)} {'has' if facts.waiting == 1 else 'have'} not been read yet. "
            f"Wait until {'it is' if facts.waiting == 1 else 'they are'}, or have the reading resumed on Review."
        )
    if unseen := facts.unseen:
        yield Obstacle(
            f"{_pages(len(unseen))} could not be read, and nobody has looked at {_it(len(unseen))}: "
            f"{named([f'page {n}' for n in unseen])}. Look at the image, and say on Review that you have.",
            tuple(Place("", page) for page in unseen),
        )
    if left := len(facts.second):
        who = f" by {facts.second_by}" if facts.second_by else ""
        yield Obstacle(
            f"The second review{who} is not finished: {left} criteri{'on' if left == 1 else 'a'} to go. "
            "Wait for it, or take that duty back."
        )
    elif facts.first:
        yield Obstacle(
            f"The second review is complete, and the first is not: {named(facts.first)} "
            f"{_is(len(facts.first))} undecided. Decide, so that the two can be compared.",
            _places(facts.first),
        )
    elif facts.differing:
        yield Obstacle(
            f"The second review came to something else on {named(facts.differing)}. Have that settled first.",
            _places(facts.differing),
        )


def _undecided(ids: tuple[str, ...]) -> str:
    return f"{named(ids)} {_is(len(ids))} undecided"


def _pages(count: int) -> str:
    return f"{count:,} page{'' if count == 1 else 's'}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _it(count: int) -> str:
    return "it" if count == 1 else "them"


def _places(ids: Iterable[str]) -> tuple[Place, ...]:
    return tuple(map(Place, ids))
