"""The packet of a case: its documents, what was replaced and what changed by it, and what intake noticed."""

import streamlit as st

from core.domain import Case, CaseDocument
from core.uploads import Upload
from pages.components.frame import callback, guard, open_case, plain, reviewer, route, show_flash, workspace
from pages.components.taking_in import forget, taken_in
from pages.packet.changes import changes
from pages.packet.noticed import noticed

_OPEN = "packet.replacing"
"""The document whose replacement is being chosen."""
REFRESH_SECONDS = 2.0


def page() -> None:
    show_flash()
    case = open_case()
    if case is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(case.name), anchor=False, width="content")
        st.space("stretch")
        st.page_link(
            route("review"), label="Go to the review", icon=":material/grid_on:", query_params={"case": str(case.id)}
        )
    left, right = st.columns([11, 9], gap="large")
    with left:
        _documents(case)
        with guard():
            changes(case)
    with right:
        with guard():
            _noticed(case)
        _add(case)


def _documents(case: Case) -> None:
    st.markdown("**Documents, in the order in which they are read**")
    first = 1
    for document in case.documents:
        with st.container(border=True):
            _document(case, document, first)
        first += document.pages


def _document(case: Case, document: CaseDocument, first: int) -> None:
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
            on_click=_on_open,
            args=(document.document,),
        )
    when = f", {document.added_at:%d %b %Y, %H:%M} UTC" if document.added_at else ""
    st.caption(f"Added by {plain(document.added_by or case.created_by)}{when}")
    if st.session_state.get(_OPEN) == document.document:
        _replacement(case, document)


def _replacement(case: Case, document: CaseDocument) -> None:
    key = f"packet.new.{case.id}.{document.document}"
    st.markdown(
        "The new file takes its place. Judgements of pages that are the same in both go on to count, decisions stand, "
        "and the old file stays on record."
    )
    uploads = taken_in(key, f"The file that replaces {document.name}", several=False)
    with st.container(horizontal=True):
        st.button(
            "Replace the document",
            key=f"{key}.go",
            type="primary",
            disabled=not uploads,
            on_click=_on_replace,
            args=(case.id, document.document, key, uploads),
        )
        st.button("Cancel", key=f"{key}.cancel", on_click=_on_open, args=("",))


def _add(case: Case) -> None:
    key = f"packet.add.{case.id}"
    st.markdown("**Add documents**")
    uploads = taken_in(key, "PDF, TIFF, PNG or JPEG files; they come after the pages that are here")
    host = case.scorer.sends_text_to
    if uploads and host and workspace().work.agreed(case.id, case.scorer):
        st.caption(f"Their pages are sent to {plain(host)}, as agreed for this case.")
    st.button(
        "Add to the case",
        key=f"{key}.go",
        type="primary",
        disabled=not uploads,
        on_click=_on_add,
        args=(case.id, key, uploads),
    )


def _noticed(case: Case) -> None:
    """Drawn again while the case is worked on: scans are read one after the other."""
    job = workspace().store.job(case.id)
    busy = job is not None and job.state in ("waiting", "running")
    st.fragment(noticed, run_every=REFRESH_SECONDS if busy else None)(case.id)


@callback
def _on_open(document: str) -> None:
    st.session_state[_OPEN] = document


@callback
def _on_replace(case_id: int, old: str, key: str, uploads: list[Upload]) -> None:
    workspace().replace_document(case_id, old, uploads[0], by=reviewer())
    forget(key)
    st.session_state[_OPEN] = ""


@callback
def _on_add(case_id: int, key: str, uploads: list[Upload]) -> None:
    workspace().add_documents(case_id, uploads, by=reviewer())
    forget(key)
