"""Pages that nobody could read: the list of them in the head, and what a person does on such a page."""

import re
from collections.abc import Iterable

import streamlit as st

from core.chart import Chart
from core.domain import Case, PageRef, Sighting
from core.text import clean_text
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace
from pages.components.unfinished import in_pages, waiting_in
from pages.review.place import LEFT, PAGE, Seen, go_to, key_of, redraw, sightings_of, unread_in

UNREAD = "review.unread.panel"
"""The container with what a person does on a page that could not be read."""
_LISTED = 8
"""Pages in the list; from there the reviewer goes on from page to page."""
_NOTE_CHARACTERS = 400
_OPENED = "review.unread.opened"
"""How often a page was opened from the list."""
_CHANGED = "review.unread.changed"
"""True when somebody looked at a page and the head does not say so yet."""
_OPENING, _CLAUSE = re.compile(r"^(?:This page (?:is|has)|Not (?:read|recognised):) "), re.compile(r"[.;:](?:\s|$)")
_REASON_CHARACTERS = 80


def unread_badge(case: Case, chart: Chart, *, busy: bool) -> None:
    """How many pages could not be read, and the list of them; nothing where all were read.

    While the case is worked on (`busy`), pages that are still to be read are not among them.
    """
    unread = given_up(chart, busy=busy)
    if not unread:
        return
    looked = sightings_of(case.id, chart)
    ordered = sorted(unread, key=lambda page: page in looked)  # in page order otherwise
    done = sum(page in looked for page in unread)
    colour, icon = ("orange", "visibility_off") if done < len(unread) else ("gray", "check")
    # A key of its own after each click, so that the list closes and the page can be seen.
    key = f"review.unread.{case.id}.{st.session_state.get(_OPENED, 0)}"
    label = f":{colour}[:material/{icon}: {in_pages(len(unread))} could not be read]"
    with st.popover(label, type="tertiary", key=key):
        st.markdown(f"**{done} of {len(unread)} looked at.** These pages are kept for every criterion.")
        with st.container(gap="xsmall"):
            for page in ordered[:_LISTED]:
                _row(case.id, chart, page, looked.get(page, []))
        if len(unread) > _LISTED:
            st.caption(f"And {in_pages(len(unread) - _LISTED)} more: open one, then go on with “Next unread page”.")


def given_up(chart: Chart, *, busy: bool) -> list[PageRef]:
    """Pages that could not be read, in order; those that are still to be read only where nobody is about to."""
    later = waiting_in(chart) if busy else frozenset()
    return [page for page in unread_in(chart) if page not in later]


def unread_panel(now: Seen) -> None:
    """On a page that could not be read: why, who looked at it, and the button that says that somebody did."""
    page = now.page
    if page.ref in now.waiting:
        st.info(
            "This page has not been read yet. It is kept for every criterion until it is.", icon=":material/pending:"
        )
        return
    looked = now.sightings.get(page.ref, [])
    ask = "." if "look at" in page.problem.lower() else ": please look at it yourself."
    st.warning(f"{plain(page.problem)} It is kept for every criterion{ask}", icon=":material/warning:")
    for sighting in looked:
        st.caption(f":material/visibility: {_said(sighting)}")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if not reviewer():
            ask_reviewer("Your name: the record keeps who looked at this page")
        elif any(sighting.reviewer == reviewer() for sighting in looked):
            with st.popover("Change my note", type="tertiary", key=f"{_base(now)}.change"):
                _note(now, "Save the note")
        else:
            _note(now, "I have looked at this page")
        _next(now)


def redraw_head() -> None:
    """Draw the whole screen anew when its head does not know yet who looked at a page. To be called when all of the
    fragment is drawn: what somebody is typing would be gone otherwise."""
    if st.session_state.pop(_CHANGED, False):
        st.rerun()


def unread_words(now: Seen, *, ask: bool = False) -> str:
    """The pages without text, as part of a sentence; "" where all were read. `ask`: say also who looked at them, or
    that somebody should."""
    later = f"{len(now.waiting)} not read yet" if now.waiting else ""
    unread = "" if not now.unread else _looked(now) if ask else f"{len(now.unread)} could not be read"
    return "; ".join(words for words in (later, unread) if words)


def _looked(now: Seen) -> str:
    count = len(now.unread)
    looked = [now.sightings[page] for page in now.unread if page in now.sightings]
    if not looked:
        return f"{count} could not be read: look at {'it' if count == 1 else 'those'} yourself"
    names, rest = _names(s.reviewer for sightings in looked for s in sightings), count - len(looked)
    if not rest:
        return f"the {count} that could not be read {'was' if count == 1 else 'were'} looked at by {names}"
    others = f"other {rest}" if rest > 1 else "other"
    return f"{count} could not be read, {len(looked)} of them looked at by {names}: look at the {others} yourself"


def reason(problem: str) -> str:
    """Why a page could not be read, in few words: the first clause of the sentence that says it."""
    clause = _CLAUSE.split(_OPENING.sub("", problem.strip(), count=1), maxsplit=1)[0]
    if len(clause) > _REASON_CHARACTERS:
        clause = f"{clause[:_REASON_CHARACTERS].rsplit(' ', 1)[0]}…"
    return clause[:1].upper() + clause[1:]


def _row(case_id: int, chart: Chart, page: PageRef, looked: list[Sighting]) -> None:
    at = chart.grid.pages.index(page)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"Open page {at + 1}",
            key=f"unread.open.{case_id}.{key_of(page)}",
            type="tertiary",
            icon=":material/arrow_forward:",
            on_click=_on_open,
            args=(case_id, page),
        )
        words = plain(reason(chart.pages[at].problem))
        if looked:
            words += f" · :material/check: looked at by {_names(s.reviewer for s in looked)}"
        st.caption(words, width="content")


@callback
def _on_open(case_id: int, page: PageRef) -> None:
    st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1
    _open(case_id, page)


@callback
def _on_next(case_id: int, page: PageRef) -> None:
    _open(case_id, page)
    redraw(PAGE, LEFT)


def _open(case_id: int, page: PageRef) -> None:
    go_to(case_id, page)
    st.session_state["review.view"] = "Image"  # without its text there is nothing else to look at


def _next(now: Seen) -> None:
    """The next page that nobody looked at; when there is none left, the next one that could not be read."""
    unread = [page for page in now.unread if page != now.page.ref]
    open_ones = [page for page in unread if page not in now.sightings]
    candidates = open_ones or unread
    if not candidates:
        return
    after = (page for page in candidates if now.numbers[page] > now.place.page)
    st.button(
        "Next unread page",
        key=f"{_base(now)}.next",
        icon=":material/skip_next:",
        type="tertiary",
        help=f"{in_pages(len(open_ones))} not looked at yet" if open_ones else "All others have been looked at",
        on_click=_on_next,
        args=(now.case.id, next(after, candidates[0])),
    )


def _note(now: Seen, label: str) -> None:
    """A note and the button that signs it, for this page and no other."""
    field = f"{_base(now)}.note"
    st.text_input(
        "What you saw",
        key=field,
        placeholder="What you saw (optional)",
        label_visibility="collapsed",
        max_chars=_NOTE_CHARACTERS,
        on_change="ignore",
        persist_state="session",
    )
    st.button(
        label,
        key=f"{_base(now)}.looked",
        icon=":material/visibility:",
        on_click=_on_looked,
        args=(now.case.id, now.page.ref, field),
    )


@callback
def _on_looked(case_id: int, page: PageRef, field: str) -> None:
    note = " ".join(clean_text(str(st.session_state.get(field, ""))).split())[:_NOTE_CHARACTERS]
    known = any((s.page, s.reviewer) == (page, reviewer()) for s in workspace().store.sightings(case_id))
    if note or not known:  # a second click finds the field empty: it must not take the place of what was noted
        workspace().look_at(case_id, page, reviewer=reviewer(), note=note)
    st.session_state[field] = ""
    st.session_state[_CHANGED] = True


def _said(sighting: Sighting) -> str:
    note = f": {plain(sighting.note)}" if sighting.note else ""
    return f"Looked at by {plain(sighting.reviewer)}, {sighting.at:%d %b %H:%M} UTC{note}"


def _names(names: Iterable[str]) -> str:
    """Each person once, at most three by name."""
    people = list(dict.fromkeys(names))
    shown = [plain(name) for name in people[:3]]
    if len(people) > len(shown):
        shown.append("others")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _base(now: Seen) -> str:
    return f"unread.{now.case.id}.{key_of(now.page.ref)}"
