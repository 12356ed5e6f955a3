"""Pages that a fax counted and that are not in the packet, found by the printed page numbers. Pure functions.

A page without a number that stands where a number is missing is taken for that page: a scan whose number nobody
could read is no missing page. What cannot be told is not reported: a false alarm costs a phone call.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from core.domain import Page

LEAST_NUMBERED = 3
"""Fewer pages with the same total are no fax that counts its pages, but a letter, or numbers read wrongly."""
_LEAST_WITHOUT_TOTAL, _MOST_WITHOUT_TOTAL = 5, 2
"""Numbers without a total: so many pages must count up, and a larger gap is two records one after the other."""
_MOST_GAPS = 3
"""More gaps in one fax are told as one."""
_LABEL = re.compile(r"(\d{1,4})(?: of (\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Missing:
    """Pages that are not there."""

    document: str
    """SHA-256 of the file that they belong to."""
    first: int
    """Printed numbers from `first` to `last`, both included."""
    last: int
    count: int
    """How many of these are missing; fewer than all of them when unnumbered pages stand between."""
    total: int | None
    """As printed after "of"; None when nothing was."""
    after: int | None
    """1-based place in the packet of the page before the gap; None: the fax has no page before it."""
    before: int | None
    """1-based place in the packet of the page after the gap; None: the fax has no page after it."""

    @property
    def sentence(self) -> str:
        """For the screen."""
        of = f" of {self.total}" if self.total else ""
        one = self.count == 1
        if self.count < self.last - self.first + 1:
            pages = f"{self.count} page{'' if one else 's'}"
            what = f"{pages} between {self.first} and {self.last}{of} {'is' if one else 'are'} missing"
        elif one:
            what = f"Page {self.first}{of} is missing"
        else:
            what = f"Pages {self.first}–{self.last}{of} are missing"
        if self.after is None and self.before is None:
            return what
        return f"{what}: {'it' if one else 'they'} should stand {self._place()} of the packet"

    def _place(self) -> str:
        if self.before is None:
            return f"after page {self.after}"
        if self.after is not None and self.before - self.after > 1:
            return f"between page {self.after} and page {self.before}"
        return f"before page {self.before}"


class _Numbered(NamedTuple):
    place: int
    number: int


_Run = list[_Numbered]
"""Pages of one fax by their numbers, no number twice."""


def missing_numbers(pages: Sequence[Page]) -> tuple[Missing, ...]:
    """What is missing from the pages of a case (in its order), by place; copies of earlier pages do not count."""
    found: list[Missing] = []
    for places in _documents(pages):
        found += _in_document(pages, places)
    return tuple(sorted(found, key=lambda m: (m.before or m.after or 0, m.first)))


def _documents(pages: Sequence[Page]) -> Iterator[list[int]]:
    """Places of each document's pages that are no copies."""
    documents: dict[str, list[int]] = {}
    bodies: set[str] = set()
    for place, page in enumerate(pages, start=1):
        if page.duplicate_of is None and page.body not in bodies:
            documents.setdefault(page.ref.document, []).append(place)
        bodies |= {page.body} - {""}
    yield from documents.values()


def _in_document(pages: Sequence[Page], places: Sequence[int]) -> Iterator[Missing]:
    by_total: dict[int | None, _Run] = {}
    for place in places:
        number, total = _parsed(pages[place - 1].label)
        if number:
            by_total.setdefault(total, []).append(_Numbered(place, number))
    runs: list[tuple[int | None, _Run]] = []
    for total, numbered in by_total.items():
        straight = _without_outliers(numbered)
        least = LEAST_NUMBERED if total else _LEAST_WITHOUT_TOTAL
        parts = _rising(straight) if total is None else _joined(_rising(straight))
        runs += [(total, sorted(run, key=lambda n: n.number)) for run in parts if len(run) >= least]
    counted = {n.place for _, run in runs for n in run}
    free = [place for place in places if place not in counted]
    for total, run in runs:
        elsewhere = {n.number for n in by_total[total] if n.place not in counted}
        gaps = list(_gaps(run, total, free, elsewhere, _edges(places, counted)))
        document = pages[run[0].place - 1].ref.document
        yield from _told(document, total, gaps)


def _parsed(label: str) -> tuple[int, int | None]:
    """Number and total; (0, None) for what is no number of a page."""
    match = _LABEL.fullmatch(label)
    if not match:
        return 0, None
    number, total = int(match[1]), int(match[2]) if match[2] else None
    return (0, None) if total is not None and not 1 <= number <= total else (number, total)


def _without_outliers(numbered: _Run) -> _Run:
    """Less the numbers that do not stand between their neighbours' although these count up: read wrongly, or moved."""
    kept = []
    for at, here in enumerate(numbered):
        if 0 < at < len(numbered) - 1:
            low, high = numbered[at - 1].number, numbered[at + 1].number
            if low < high and not low < here.number < high:
                continue
        kept.append(here)
    return kept


def _rising(numbered: _Run) -> list[_Run]:
    """Cut where the numbers do not count up."""
    runs: list[_Run] = []
    for here in numbered:
        if runs and runs[-1][-1].number < here.number:
            runs[-1].append(here)
        else:
            runs.append([here])
    return runs


def _joined(runs: Sequence[_Run]) -> list[_Run]:
    """A part whose numbers the fax before it does not have yet belongs to it: its pages came out of order."""
    out: list[_Run] = []
    for run in runs:
        numbers = {n.number for n in run}
        if out and numbers.isdisjoint(n.number for n in out[-1]):
            out[-1].extend(run)
        else:
            out.append(list(run))
    return out


class _Gap(NamedTuple):
    first: int
    last: int
    absent: int
    after: int | None
    before: int | None


class _Edges(NamedTuple):
    """Places between which a fax may reach beyond its first and last number."""

    counted: frozenset[int]
    first: int
    last: int

    def start(self, place: int) -> int:
        """The place after the nearest earlier page that has a number of some fax."""
        return max((p for p in self.counted if p < place), default=self.first - 1) + 1

    def end(self, place: int) -> int:
        return min((p for p in self.counted if p > place), default=self.last + 1) - 1


def _edges(places: Sequence[int], counted: set[int]) -> _Edges:
    return _Edges(frozenset(counted), places[0], places[-1])


def _gaps(run: _Run, total: int | None, free: Sequence[int], elsewhere: set[int], edges: _Edges) -> Iterator[_Gap]:
    """`run` by number; `free`: places of pages without a number; `elsewhere`: numbers on pages out of place."""

    def gap(first: int, last: int, between: tuple[int, int], after: int | None, before: int | None) -> Iterator[_Gap]:
        absent = [n for n in range(first, last + 1) if n not in elsewhere]
        filled = sum(between[0] <= place <= between[1] for place in free)
        if len(absent) > filled:
            yield _Gap(absent[0], absent[-1], len(absent) - filled, after, before)

    low, high = run[0], run[-1]
    if total:
        yield from gap(1, low.number - 1, (edges.start(low.place), low.place), None, low.place)
    for here, following in pairwise(run):
        size = following.number - here.number - 1
        if size and (total or size <= _MOST_WITHOUT_TOTAL):
            between = (min(here.place, following.place), max(here.place, following.place))
            yield from gap(here.number + 1, following.number - 1, between, here.place, following.place)
    if total:
        yield from gap(high.number + 1, total, (high.place, edges.end(high.place)), high.place, None)


def _told(document: str, total: int | None, gaps: Sequence[_Gap]) -> Iterator[Missing]:
    """One finding for each gap, or one for all when they are many."""
    if len(gaps) > _MOST_GAPS:
        gaps = [_Gap(gaps[0].first, gaps[-1].last, sum(g.absent for g in gaps), gaps[0].after, gaps[-1].before)]
    for gap in gaps:
        yield Missing(document, gap.first, gap.last, gap.absent, total, gap.after, gap.before)
