"""What a replaced document had that the new one has not, and the other way round."""

from collections import Counter

import streamlit as st

from core.amend import ChangeKind, PageChange
from core.differences import differences
from core.domain import Case, CaseDocument, PageRef
from core.errors import NotFound
from pages.components.differing import show_differences
from pages.components.frame import guard, plain, workspace
from pages.components.unfinished import at_work, in_pages, waiting_in

_WORDS: dict[ChangeKind, str] = {
    "same": "unchanged",
    "changed": "changed",
    "added": "added",
    "removed": "removed",
}
_SHOWN = 30
"""Changed pages shown with their words; more would be read by nobody."""


def changes(case_id: int) -> None:
    """Newest replacement first; nothing when no document was replaced."""
    with guard():
        _changes(workspace().store.case(case_id))


def _changes(case: Case) -> None:
    left, busy = _not_read_yet(case), at_work(workspace().store.job(case.id))
    for gone in reversed(case.replaced):
        new = case.document(gone.replaced_by)
        with st.container(border=True):
            when = f" on {new.added_at:%d %b %Y, %H:%M} UTC" if new.added_at else ""
            st.markdown(
                f":material/swap_horiz: **{plain(gone.name)}** was replaced by **{plain(new.name)}**{when} "
                f"by {plain(new.added_by)}"
            )
            unread = left[new.document]
            found = None if unread and busy else _found(gone, new)
            if found is None:
                todo = f": {in_pages(unread)} to go" if unread else ""
                st.caption(f"What changed is shown as soon as the new document has been read{todo}.")
                continue
            _summary(found)
            if unread:
                words = "its words are" if unread == 1 else "their words are"
                st.caption(f"{in_pages(unread)} of it could not be read so far; {words} not compared.")
            _pages(gone, new, found)


def _not_read_yet(case: Case) -> Counter[str]:
    """Document in force -> how many of its pages are still to be read."""
    return Counter(page.document for page in waiting_in(workspace().chart(case.id))) if case.replaced else Counter()


def _found(gone: CaseDocument, new: CaseDocument) -> tuple[PageChange, ...] | None:
    try:
        return workspace().changes(gone.document, new.document)
    except NotFound:
        return None


def _summary(found: tuple[PageChange, ...]) -> None:
    counted = Counter(change.kind for change in found)
    st.markdown(" · ".join(f"{counted[kind]:,} {_WORDS[kind]}" for kind in _WORDS if counted[kind]))


def _pages(gone: CaseDocument, new: CaseDocument, found: tuple[PageChange, ...]) -> None:
    told = [change for change in found if change.kind != "same"]
    for change in told[:_SHOWN]:
        if change.kind == "added":
            st.markdown(f":green[:material/add:] Page {change.after} is new")
        elif change.kind == "removed":
            st.markdown(f":red[:material/remove:] Page {change.before} of {plain(gone.name)} is gone")
        else:
            with st.expander(f"Page {change.after} changed (was page {change.before})"):
                before = workspace().store.page(PageRef(gone.document, change.before or 1)).text
                after = workspace().store.page(PageRef(new.document, change.after or 1)).text
                show_differences(differences(before, after))
    if len(told) > _SHOWN:
        st.caption(f"And {len(told) - _SHOWN:,} more pages.")
