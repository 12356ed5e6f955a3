"""The cited pages as pictures: each once, with the marks of all citations that speak of it."""

from collections.abc import Callable, Iterator

from core.domain import Box, PageRef
from core.errors import ChartsieveError
from core.layout import turned_box
from core.record import CaseRecord, PageAt, RecordCitation
from core.record_pdf.sheets import Mark, Row, Sheet, whole, words
from core.record_words import page_words

ImageOf = Callable[[PageRef], bytes]
"""PNG of a page as people read it, turned by `PageAt.turn`. May raise PageUnavailable or NotFound."""


def sheets(record: CaseRecord, image_of: ImageOf) -> Iterator[Sheet]:
    """A sheet for each cited page, in the order of the case, those of replaced documents last."""
    pages: dict[PageRef, list[RecordCitation]] = {}
    for citation in record.citations():
        pages.setdefault(citation.at.ref, []).append(citation)
    order = sorted(pages, key=lambda ref: (pages[ref][0].at.place is None, pages[ref][0].at.place or 0, ref))
    names = {c.criterion.id: f"c{at}" for at, c in enumerate(record.criteria, start=1)}
    for at, ref in enumerate(order):
        yield _sheet(pages[ref], image_of, names, first=at == 0)


def _sheet(citations: list[RecordCitation], image_of: ImageOf, names: dict[str, str], *, first: bool) -> Sheet:
    at = citations[0].at
    png, problem = _picture(at.ref, image_of)
    rows = [*_caption(at, citations, names, first=first)]
    if problem:
        rows.append(whole(f'<p class="not_met">{words(problem)}</p>', above=10))
    return Sheet(tuple(rows), png, _marks(at, citations))


def _picture(ref: PageRef, image_of: ImageOf) -> tuple[bytes, str]:
    try:
        return image_of(ref), ""
    except ChartsieveError as error:
        return b"", f"{error} Look at the page in its document."


def _caption(at: PageAt, citations: list[RecordCitation], names: dict[str, str], *, first: bool) -> Iterator[Row]:
    place = page_words(at)
    title = f"{place[0].upper()}{place[1:]}"
    if first:
        yield whole('<p class="h2">Cited pages</p>', title="Cited pages", with_next=True)
    yield whole(f'<p class="h3">{words(title)}</p>', title=title, level=2, with_next=True)
    where = f"{words(at.document_name)}, page {at.ref.number} of the document"
    yield whole(f'<p class="small">{where}<br/><span class="mono">SHA-256 {at.ref.document}</span></p>')
    said = ", ".join(_number(c, names) for c in citations)
    # Every number is an anchor of its own, so that any of them leads here.
    yield whole(f'<p class="small">Cited as {said}</p>', anchor=" ".join(f"n{c.number}" for c in citations))


def _number(citation: RecordCitation, names: dict[str, str]) -> str:
    whole_page = "" if citation.boxes else ", the page as a whole"
    back = names.get(citation.criterion, "")
    return f'<b>{citation.number}</b> for <a href="#{back}">{words(citation.criterion)}</a>{whole_page}'


def _marks(at: PageAt, citations: list[RecordCitation]) -> tuple[Mark, ...]:
    """A mark for each box, once; the first box of a citation carries its number, with those that have the same box."""
    numbers: dict[Box, list[str]] = {}
    for citation in citations:
        for place, box in enumerate(citation.boxes):
            known = numbers.setdefault(turned_box(box, at.turn), [])
            if place == 0:
                known.append(str(citation.number))
    return tuple(Mark(box, ", ".join(said)) for box, said in numbers.items())
