"""The documents of a packet, and how others come into it or take their place."""

import streamlit as st

from core.casestate import case_state
from core.domain import Case, CaseDocument
from core.uploads import Upload
from core.workspace import UNNAMED
from pages.components.frame import ask_reviewer, callback, plain, reviewer, route, workspace
from pages.components.taking_in import forget, taken_in
from pages.components.wording import host_of

_OPEN = "packet.replacing"
"""The document whose replacement is being chosen."""
_DONE = "packet.done"
"""(case, what was just done to its packet, in a word)."""


def just_done(case_id: int) -> str:
    """What the reviewer did to the packet on this visit: "Added", "Replaced", or "" for nothing."""
    match st.session_state.get(_DONE):
        case (int(case), str(done)) if case == case_id:
            return done
    return ""


def forget_done() -> None:
    st.session_state.pop(_DONE, None)


def signed_off(case: Case) -> bool:
    """Whether the packet stays as it is: what was decided rests on it."""
    return case_state(workspace().store.course.steps(case.id)).signed_off


def documents(case: Case, *, locked: bool) -> None:
    st.markdown("**Documents, in the order in which they are read**")
    first = 1
    for document in case.documents:
        with st.container(border=True):
            _document(case, document, first, locked=locked)
        first += document.pages


def _document(case: Case, document: CaseDocument, first: int, *, locked: bool) -> None:
    last = first + document.pages - 1
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/description: **{plain(document.name)}**", width="content")
        span = f"page {first}" if document.pages == 1 else f"pages {first} to {last}"
        st.caption(f"{span} of the case", width="content")
        st.space("stretch")
        st.button(
            "Replace…",
            key=f"packet.replace.{case.id}.{document.document}",
            icon=":material/swap_horiz:",
            type="tertiary",
            help=f"Replace {plain(document.name)}",
            disabled=locked,
            on_click=_on_open,
            args=(document.document,),
        )
    when = f", {document.added_at:%d %b %Y, %H:%M} UTC" if document.added_at else ""
    who = document.added_by or case.created_by
    st.caption(f"Added{'' if who == UNNAMED else f' by {plain(who)}'}{when}")
    if st.session_state.get(_OPEN) == document.document and not locked:
        _replacement(case, document)


def _replacement(case: Case, document: CaseDocument) -> None:
    key = f"packet.new.{case.id}.{document.document}"
    st.markdown(
        "The new file takes its place. Judgements of pages that are the same in both go on to count, decisions stand, "
        "and the old file stays on record."
    )
    uploads = taken_in(key, f"The file that replaces {document.name}", several=False)
    _before(case, uploads, "Your name: the record keeps who replaced the document")
    with st.container(horizontal=True):
        st.button(
            "Replace the document",
            key=f"{key}.go",
            type="primary",
            disabled=not (uploads and reviewer()),
            on_click=_on_replace,
            args=(case.id, document.document, key, uploads),
        )
        st.button("Cancel", key=f"{key}.cancel", on_click=_on_open, args=("",))


def add_documents(case: Case, *, locked: bool) -> None:
    key = f"packet.add.{case.id}"
    st.markdown("**Add documents**")
    if locked:
        st.info(
            "This case was signed off. Its documents stay as they are until it is reopened.", icon=":material/lock:"
        )
        st.page_link(
            route("determine"), label="Determination", icon=":material/gavel:", query_params={"case": str(case.id)}
        )
        return
    uploads = taken_in(key, "PDF, TIFF, PNG or JPEG files; they come after the pages that are here")
    _before(case, uploads, "Your name: the record keeps who added the documents")
    st.button(
        "Add to the case",
        key=f"{key}.go",
        type="primary",
        disabled=not (uploads and reviewer()),
        on_click=_on_add,
        args=(case.id, key, uploads),
    )


def _before(case: Case, uploads: list[Upload], why: str) -> None:
    """What somebody must know and say before the packet changes: where the pages go, and who does it."""
    if not uploads:
        return
    host = case.scorer.sends_text_to
    if not host:
        st.caption("No page leaves this machine.")
    elif workspace().work.agreed(case.id, case.scorer):
        st.caption(f"The text of their pages is sent to {plain(host_of(host))}, as agreed for this case.")
    else:
        st.caption(f"You are asked before any page goes to {plain(host_of(host))}.")
    if not reviewer():
        ask_reviewer(why)


@callback
def _on_open(document: str) -> None:
    st.session_state[_OPEN] = document


@callback
def _on_replace(case_id: int, old: str, key: str, uploads: list[Upload]) -> None:
    workspace().replace_document(case_id, old, uploads[0], by=reviewer())
    forget(key)
    st.session_state[_OPEN] = ""
    st.session_state[_DONE] = case_id, "Replaced"


@callback
def _on_add(case_id: int, key: str, uploads: list[Upload]) -> None:
    workspace().add_documents(case_id, uploads, by=reviewer())
    forget(key)
    st.session_state[_DONE] = case_id, "Added"
