"""A page as the page view shows it: its image with the passages, citations and hits of the search on it."""

from core.cited_text import displayed_boxes, displayed_words
from core.domain import Criterion, Page, digest
from core.layout import turned_box
from core.workspace import Passage
from pages.components.frame import workspace
from pages.components.pageview import CitedPlace, Mark, PageImage, image_source
from pages.review.citing import cited_here
from pages.review.finding import found_on
from pages.review.place import Seen

DPI = 110


def picture(now: Seen, column: int) -> PageImage:
    """The page in that column of the chart, with all that is drawn on it. Raises PageUnavailable."""
    page = now.chart.pages[column]
    turn = now.turn_of(page)
    image = workspace().image(page, dpi=DPI, rotate=turn)
    words = workspace().store.page(page.ref).words
    marks = [
        Mark(turned_box(box, turn), passage.strength, passage.quote, n)
        for n, passage in enumerate(passages_on(now.criterion, page))
        for box in passage.boxes
    ]
    citations = [
        CitedPlace(n, displayed_boxes(cited.citation.boxes, turn), cited.citation.quote)
        for n, cited in enumerate(cited_here(now), start=1)
        if cited.citation.page == page.ref and cited.citation.boxes
    ]
    return PageImage(
        image_source(image),
        column + 1,
        f"Page {column + 1} of the packet",
        page.height if turn in (90, 270) else page.width,
        marks,
        displayed_words(words, turn),
        now.turns.get(page.ref, 0),
        citations,
        found_on(now, words, column, turn),
    )


def passages_on(criterion: Criterion, page: Page) -> list[Passage]:
    """Places that speak to the criterion; none on a page whose text cannot be relied on."""
    return workspace().passages(criterion, page) if page.text and page.readable else []


def images_of(now: Seen) -> str:
    """Names the packet as it is displayed: while it is the same, an image of a page is."""
    return digest(now.packet, repr(sorted(now.turns.items())))[:16]


def pictures_of(now: Seen) -> str:
    """Names all that is drawn on pages: while it is the same, a picture is."""
    cited = [cited.id for cited in cited_here(now)]
    unread = int(now.chart.unreadable.sum())  # pages join while the case is read
    said = now.criterion.id, now.criterion.question, cited, now.place.query, now.place.hit, unread
    return digest(images_of(now), repr(said))[:16]
