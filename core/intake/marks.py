"""What people put on a PDF page after it was made: form fields and comments. Works on PyMuPDF's pages (child only)."""

import contextlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

Rect = tuple[float, float, float, float]

_FREE_TEXT, _LINK, _POPUP, _STAMP, _FIELD = 2, 1, 16, 13, 21
"""PDF_ANNOT_... numbers; what a free text or a stamp says is printed on the page."""
_TEXT_FIELD, _COMBO_BOX, _LIST_BOX, _CHECK_BOX, _RADIO_BUTTON = 7, 3, 4, 2, 5
"""PDF_WIDGET_TYPE_... numbers."""
_UNSEEN = 2 | 32
"""PDF_ANNOT_IS_HIDDEN, PDF_ANNOT_IS_NO_VIEW."""
_HIDDEN = 1
COMMENT = "[comment]"
"""Stands before a comment's words, which nobody sees on the page itself."""
MAX_MARKS = 1000
"""Of one page; the rest is left out."""


class Marks:
    """Fields and annotations of one page; looked at only where the page has some."""

    def __init__(self, page: Any) -> None:
        kinds = [kind for _, kind, _ in page.annot_xrefs()]
        self._page = page
        self.form = _FIELD in kinds
        self.annotated = any(kind not in (_FIELD, _LINK, _POPUP) for kind in kinds)

    def ticks(self) -> list[Any]:
        """Rectangles of check boxes and radio buttons, in the page's unrotated space."""
        fields = self._page.widgets([_CHECK_BOX, _RADIO_BUTTON]) if self.form else ()
        return [field.rect for field in _first(fields)]

    def places(self) -> list[Rect]:
        """Where something was written over the page, in its unrotated space."""
        fields = _first(self._page.widgets()) if self.form else ()
        marks = _first(self._page.annots([_FREE_TEXT, _STAMP])) if self.annotated else ()
        return [*(tuple(field.rect) for field in fields), *(tuple(mark.rect) for mark in marks)]

    def lines(self, words: Sequence[Any]) -> Iterator[tuple[Rect, str]]:
        """(rectangle, text) of what is not among the words of the page: fields drawn without their value, comments."""
        for field in _first(self._page.widgets([_TEXT_FIELD, _COMBO_BOX, _LIST_BOX])) if self.form else ():
            if field.field_value and field.field_display != _HIDDEN and not _any_within(words, field.rect):
                yield tuple(field.rect), str(field.field_value)
        for mark in _first(self._page.annots()) if self.annotated else ():
            text = str(mark.info.get("content") or "")
            if text.strip() and mark.type[0] not in (_FREE_TEXT, _STAMP, _POPUP) and not mark.flags & _UNSEEN:
                yield tuple(mark.rect), f"{COMMENT} {text}"


def _first(things: Any) -> Iterator[Any]:
    """The first MAX_MARKS of them, or those before one that is broken."""
    with contextlib.suppress(Exception):
        yield from islice(things, MAX_MARKS)


def _any_within(words: Sequence[Any], rect: Any) -> bool:
    x0, y0, x1, y1 = rect
    return any(x0 <= (w[0] + w[2]) / 2 <= x1 and y0 <= (w[1] + w[3]) / 2 <= y1 for w in words)
