"""The record of a case as files: made when somebody asks, then saved."""

import streamlit as st

from core.casestate import CaseState
from core.domain import Case
from core.errors import ChartsieveError
from core.recording import Format
from core.workspace import UNNAMED
from pages.components.frame import callback, log_place, plain, reviewer, say_error, workspace
from pages.determine.words import moment_words

_WANTED, _MADE = "record.wanted", "record.made"
"""(case, form) that was just asked for; (case, form, stamp, file) of what was made last, until the case moves on."""
_LABELS: dict[Format, str] = {"pdf": "PDF", "json": "JSON", "fhir": "FHIR answers"}
_HELP: dict[Format, str] = {
    "pdf": "For people and for the file: summary, every criterion with its reasons, the cited pages with the places "
    "marked, logic, versions, pages opened and the audit log.",
    "json": "The same as data, complete, for programs and for the archive.",
    "fhir": "A FHIR R4 QuestionnaireResponse: each decision is an answer, with who gave it and why.",
}
_FILES: dict[Format, tuple[str, str]] = {
    "pdf": ("record.pdf", "application/pdf"),
    "json": ("record.json", "application/json"),
    "fhir": ("answers.fhir.json", "application/fhir+json"),
}
_BROKEN = "The record could not be made. The case is not affected. Try again; what was saved is safe."


@st.fragment
def exports(case: Case) -> None:
    """The panel. It asks the store itself, so that what it says is what is printed."""
    state = workspace().signing.state(case.id)
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Record of this case**")
        st.caption(_about(state))
        with st.container(horizontal=True, gap="small"):
            for form, label in _LABELS.items():
                st.button(
                    f"Make {label}",
                    key=f"record.{case.id}.{form}",
                    help=_HELP[form],
                    icon=":material/description:",
                    on_click=_on_make,
                    args=(case.id, form),
                )
        wanted = st.session_state.pop(_WANTED, None)
        if wanted and wanted[0] == case.id:
            _make(case.id, wanted[1])
        _save(case.id, draft=not state.signed_off)


def _about(state: CaseState) -> str:
    contents = "Decisions with their reasons, cited pages, logic, versions, pages opened and the audit log"
    if not state.signed_off or state.step is None:
        return f":orange[:material/edit_note:] Not signed off, so each page says that it is a **draft**. {contents}."
    signed = f"{plain(state.by)} on {moment_words(state.step.at)}"
    return f":material/verified: As signed by {signed}. {contents}."


@callback
def _on_make(case_id: int, form: Format) -> None:
    st.session_state.pop(_MADE, None)
    st.session_state[_WANTED] = case_id, form


def _make(case_id: int, form: Format) -> None:
    stamp = workspace().store.course.stamp(case_id)
    try:
        with st.spinner("Printing the record…" if form == "pdf" else "Writing the record…", show_time=True):
            data = workspace().recording.file(case_id, form, by=reviewer() or UNNAMED)
    except ChartsieveError as error:
        say_error(str(error))
    except Exception as error:
        log_place(error)
        say_error(_BROKEN)
    else:
        st.session_state[_MADE] = case_id, form, stamp, data


def _save(case_id: int, *, draft: bool) -> None:
    """The file that was made last, as long as the case has not moved on."""
    match st.session_state.get(_MADE):
        case (made, form, stamp, bytes() as data) if made == case_id:
            if stamp != workspace().store.course.stamp(case_id):
                st.session_state.pop(_MADE)
                st.caption("The case has changed since the file was made. Make it again.")
                return
            name, mime = _FILES[form]
            st.download_button(
                f"Save {_LABELS[form]}, {_size(len(data))}",
                data,
                f"case-{case_id}-{'draft-' if draft else ''}{name}",
                mime,
                key=f"record.{case_id}.save",
                type="primary",
                icon=":material/download:",
                on_click="ignore",
            )


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{max(1, round(count / 1000))} kB"
