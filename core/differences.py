"""What changed between two pages, word by word, for a person who looks at both. Pure functions.

The texts come from files of strangers: whatever shows a change must escape it, and nothing may follow what it says.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

_QUOTED_WORDS, _QUOTED_CHARACTERS = 4, 40
_UNITS = frozenset(
    """
    mg mcg ug g kg lb oz ml l cc units unit u iu meq mmol mm cm ft % hours hour h min minutes days day weeks week wk
    months month years year tablets tablet tabs tab puffs visits times mg/dl g/dl mg/kg mg/day ml/min bpm mmhg
    """.split()  # noqa: SIM905
)
"""What a changed number counts is quoted with it."""

Kind = Literal["equal", "removed", "added", "replaced"]


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words. Untrusted text: show it escaped."""

    kind: Kind
    before: str
    """The words, a space between them; "" for added ones."""
    after: str
    """"" for removed ones; the same as `before` for equal ones."""
    number: bool = False
    """True when a word with a digit in it is not the same before and after."""


def differences(before: str, after: str) -> list[Change]:
    """The runs that lead from one text to the other, in order; no run is empty, and no two neighbours are alike.

    Only words count, not the spaces and lines between them. The runs keep as many words equal as possible.
    """
    old, new = before.split(), after.split()
    runs: list[tuple[Sequence[str], Sequence[str]]] = []
    for step in Indel.opcodes(old, new):
        gone, come = old[step.src_start : step.src_end], new[step.dest_start : step.dest_end]
        if step.tag != "equal" and runs and runs[-1][0] != runs[-1][1]:
            earlier_gone, earlier_come = runs.pop()
            gone, come = [*earlier_gone, *gone], [*earlier_come, *come]
        runs.append((gone, come))
    return [_change(gone, come) for gone, come in runs]


def summary(changes: Sequence[Change]) -> str:
    """One line for the screen: how many words differ, and the first changed number, or else the first change."""
    changed = [(at, change) for at, change in enumerate(changes) if change.kind != "equal"]
    if not changed:
        return "The words are the same"
    words = sum(max(len(c.before.split()), len(c.after.split())) for _, c in changed)
    numbers = [(at, c) for at, c in changed if c.number]
    line = f"{words:,} {'word' if words == 1 else 'words'} changed"
    if numbers and words > 1:
        line += f", {len(numbers):,} {'number' if len(numbers) == 1 else 'numbers'} among them"
    at, first = (numbers or changed)[0]
    return f"{line}: {_told(first, _unit(first, changes[at + 1 : at + 2]))}"


def _change(gone: Sequence[str], come: Sequence[str]) -> Change:
    before, after = " ".join(gone), " ".join(come)
    if gone == come:
        return Change("equal", before, after)
    kind: Kind = "replaced" if gone and come else "removed" if gone else "added"
    return Change(kind, before, after, _numbers(gone) != _numbers(come))


def _numbers(words: Sequence[str]) -> Counter[str]:
    return Counter(word.strip(".,;:()") for word in words if any(c.isdigit() for c in word))


def _unit(change: Change, following: Sequence[Change]) -> str:
    """The word after a number that was replaced by a number, where it is a unit."""
    if not change.number or change.kind != "replaced" or not (change.before[-1] + change.after[-1]).isdigit():
        return ""
    word = following[0].before.split()[0].rstrip(".,;:") if following else ""
    return word if word.lower() in _UNITS else ""


def _told(change: Change, unit: str) -> str:
    before, after = (_quoted(f"{text} {unit}" if unit else text) for text in (change.before, change.after))
    if change.kind == "removed":
        return f"{before} was taken out"
    return f"{after} was added" if change.kind == "added" else f"{before} became {after}"


def _quoted(text: str) -> str:
    words = text.split()
    short = " ".join(words[:_QUOTED_WORDS])
    if len(short) > _QUOTED_CHARACTERS:
        return f"{short[:_QUOTED_CHARACTERS]}…"
    return f"{short} …" if len(words) > _QUOTED_WORDS else short
