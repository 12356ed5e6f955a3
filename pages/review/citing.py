"""What is cited for the criterion on the screen: put there from the page, shown here, taken away here."""

import streamlit as st

from core.casefile import Cited
from core.domain import Citation, PageRef
from core.errors import NotFound
from pages.components.frame import callback, plain, reviewer, workspace
from pages.components.icon_button import icon_button
from pages.review.place import DECIDE, LEFT, PAGE, Seen, again, go_to, redraw
from pages.review.undoing import Citing, did

_SHOWN = 4
_WORDS = 60
"""Characters of a quotation on the screen; all of it is in the record."""


def cited_here(now: Seen) -> list[Cited]:
    """What is cited for the criterion, in the order of the packet; of pages that are gone, last."""
    here = [cited for cited in now.cited if cited.criterion == now.criterion.id]
    return sorted(here, key=lambda cited: now.numbers.get(cited.citation.page, len(now.numbers) + 1))


def cited_panel(now: Seen, *, locked: bool) -> None:
    here = cited_here(now)
    if not here:
        how = "." if locked else " yet: select words on the page, draw a box, or press E"
        st.caption(f":material/format_quote: Nothing cited{how}")
        return
    with st.container(gap=None):
        for cited in here[:_SHOWN]:
            _line(now, cited, locked=locked)
    if len(here) > _SHOWN:
        with st.popover(f"{len(here) - _SHOWN} more", type="tertiary"):
            for cited in here[_SHOWN:]:
                _line(now, cited, locked=locked)


def _line(now: Seen, cited: Cited, *, locked: bool) -> None:
    number = now.numbers.get(cited.citation.page)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if number is None:
            st.caption("A page that is no longer in the packet", width="content")
        else:
            st.button(
                f":blue[page {number}]",
                key=f"cited.{cited.id}.open",
                type="tertiary",
                help=f"Go to page {number}",
                on_click=_on_open,
                args=(now.case.id, cited.citation.page),
            )
        st.caption(_quoted(cited), width="stretch")
        icon_button(
            f"Do not cite page {number or ''} any more".replace("  ", " "),
            ":material/close:",
            key=f"cited.{cited.id}.remove",
            disabled=locked or not reviewer(),
            on_click=_on_remove,
            args=(now.case.id, cited.id),
        )


def _quoted(cited: Cited) -> str:
    quote = " ".join(cited.citation.quote.split())
    if not quote:
        return "a place on the image" if cited.citation.boxes else "the whole page"
    return plain(f"“{quote[:_WORDS].rstrip()}…”" if len(quote) > _WORDS else f"“{quote}”")


@callback
def _on_open(case_id: int, page: PageRef) -> None:
    go_to(case_id, page)
    redraw(PAGE, LEFT)


@callback
def _on_remove(case_id: int, cited_id: int) -> None:
    now = again(case_id)
    cited = next((c for c in now.cited if c.id == cited_id), None)
    if cited is None:
        return
    workspace().review.uncite(case_id, cited, reviewer=reviewer())
    did(
        case_id,
        Citing(
            criterion=cited.criterion,
            words=f"citation taken away from {cited.criterion}",
            page=cited.citation.page,
            citation=cited.citation,
            verdict="relevant",
            removed=True,
        ),
    )
    redraw(PAGE, DECIDE)


def cite(now: Seen, criterion: str, citation: Citation) -> None:
    """Cite a place for a criterion; for callbacks."""
    if not reviewer():
        raise NotFound("Say your name first: the record keeps who cited. Nothing was saved.")
    known = {cited.id for cited in now.cited}
    before = now.verdict_of(citation.page, criterion)
    stored = workspace().review.cite(
        now.case.id,
        criterion,
        citation,
        reviewer=reviewer(),
        reading=now.place.reading,
        rule=now.place.rule,
        fingerprint=now.place.fingerprint,
    )
    if stored.id not in known:
        did(
            now.case.id,
            Citing(
                criterion=criterion,
                words=f"citation of page {now.numbers[citation.page]} for {criterion}",
                page=citation.page,
                citation=citation,
                verdict=before,
            ),
        )
