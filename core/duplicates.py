"""Pages of a case that are the same page again, and pages that are the same form with other content. Pure functions.

A copy is the same words, or the same page faxed or scanned again. "No copy" is never far off: two pages that differ in
one dose are similar, and similar pages are shown with what differs, never folded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from core.domain import Page, PageRef
from core.same_page import Usage, form_of, likeness, same_page, usage_of
from core.sketch import near_looks, near_texts, text_sketch

NEAR_TEXT: Final = 0.5
"""Least similarity of two sketches for a closer look: all of 55 faxed pages that were read with a confidence of 0.8 or
more reached it, with the page in the file and with the page faxed once more; no pair of other faxed pages did."""
NEAR_LOOK: Final = 40
"""Most bits between two looks: of pages faxed twice 95 of 100 stay below, of other pairs 4 in 1,770 do."""
SAME_FORM: Final = 0.75
"""Least share of words in the same order for two pages to be one form; other notes of one practice stay below."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together; each of them stands next to the first."""

    pages: tuple[PageRef, ...]
    """Two or more, in the order of the case."""
    kind: Literal["copy", "similar"]
    """similar: every page looks like the first, and no two are copies; of copies only the first is named."""


def groups(pages: Sequence[Page]) -> tuple[Group, ...]:
    """The groups of a case, of its pages as `mark_duplicates` returns them: copies first, then similar pages, each by
    their first page.

    Blank pages belong to no group. A page that nobody could read is at most similar, by its look.
    """
    place = {page.ref: at for at, page in enumerate(pages)}
    original = [place[page.duplicate_of] if page.duplicate_of else at for at, page in enumerate(pages)]
    similar = _similar(pages, original)
    return (*_gathered(pages, original, "copy"), *_gathered(pages, similar, "similar"))


def mark_duplicates(pages: Sequence[Page]) -> list[Page]:
    """The pages of a case, each later copy pointing to the first page of its group."""
    original = _originals(pages)
    return [
        replace(page, duplicate_of=None if first == at else pages[first].ref)
        for at, (page, first) in enumerate(zip(pages, original, strict=True))
    ]


def _originals(pages: Sequence[Page]) -> list[int]:
    """For each page the position of the first page it is a copy of; its own where it is none."""
    original = _by_body(pages)
    usage = _usage([page for at, page in enumerate(pages) if original[at] == at])
    for first, later, _ in _near_texts(pages, original):
        one, other = pages[first], pages[later]
        recognised = _recognised(one), _recognised(other)
        if not any(recognised) or original[first] != first or original[later] != later:
            continue
        if same_page(one.text, other.text, recognised=recognised, usage=usage()):
            # Copies of the later page itself were found by their words; they belong to the earlier one now.
            original = [first if at == later else at for at in original]
    return original


def _by_body(pages: Sequence[Page]) -> list[int]:
    first: dict[str, int] = {}
    return [first.setdefault(page.body, at) if page.body else at for at, page in enumerate(pages)]


def _usage(pages: Sequence[Page]) -> Callable[[], Usage]:
    """What the case says more than once, counted when somebody asks for it."""
    return cache(lambda: usage_of(page.text for page in pages))


def _recognised(page: Page) -> bool:
    return page.source == "ocr" or "foreign_ocr" in page.notes


def _near_texts(pages: Sequence[Page], original: Sequence[int]) -> list[tuple[int, int, float]]:
    """Pairs of pages whose words or, of two scans, pictures are near; neither is a copy by its words."""
    sketches = [
        (page.sketch or text_sketch(page.text)) if original[at] == at and page.readable and not page.blank else b""
        for at, page in enumerate(pages)
    ]
    found = {(i, j): near for i, j, near in near_texts(sketches, NEAR_TEXT)}
    for i, j in _near_looks(pages, original):
        if pages[i].readable and pages[j].readable:
            found.setdefault((i, j), 0.0)
    return [(i, j, near) for (i, j), near in sorted(found.items())]


def _near_looks(pages: Sequence[Page], original: Sequence[int]) -> list[tuple[int, int]]:
    looks = [page.look if original[at] == at and not page.blank else b"" for at, page in enumerate(pages)]
    return [(i, j) for i, j, _ in near_looks(looks, NEAR_LOOK)]


def _similar(pages: Sequence[Page], original: Sequence[int]) -> list[int]:
    """For each page the position of the first page it is similar to; its own where there is none.

    A page joins a page that joined none: chains would bring together what is not alike.
    """
    form = cache(lambda at: form_of(pages[at].text))
    pairs = [(j, i) for i, j, _ in _near_texts(pages, original) if likeness(form(i), form(j)) >= SAME_FORM]
    pairs += [(j, i) for i, j in _near_looks(pages, original) if not (pages[i].readable and pages[j].readable)]
    similar = list(range(len(pages)))
    for later, first in sorted(pairs):
        if similar[later] == later and similar[first] == first:
            similar[later] = first
    return similar


def _gathered(pages: Sequence[Page], first: Sequence[int], kind: Literal["copy", "similar"]) -> list[Group]:
    members: dict[int, list[PageRef]] = {}
    for at, page in enumerate(pages):
        members.setdefault(first[at], []).append(page.ref)
    return [Group(tuple(refs), kind) for refs in members.values() if len(refs) > 1]
