"""Labels as files: those of others come in, all of ours go out."""

from collections.abc import Callable

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import BadLabels, Problem
from core.label_files import Imported
from core.labels import labels_csv, labels_jsonl, labels_qrels
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace

_UPLOADS = "label.files.uploads"
"""How many files were taken over: the next one gets a field of its own."""
_CAME = "label.files.came"
"""What became of the last file: (its name, what came in or the mistakes)."""
_READ = "label.files.read"
"""What was read of the file that is in the field: (file, vouched for, what is in it or the mistakes)."""
_KINDS = ["jsonl", "json", "csv", "txt", "qrels"]
_LISTED = 500


def files_panel() -> None:
    left, right = st.columns([5, 4], gap="large")
    with left:
        mistakes = _take_in()
    with right:
        _hand_out()
    if mistakes:
        _list_mistakes(*mistakes)


def _take_in() -> tuple[str, tuple[Problem, ...]] | None:
    """The name of a file with mistakes, and these."""
    st.markdown("### Import labels")
    st.markdown(
        "A file with a verdict for each page and criterion: JSON lines or CSV with the columns of the export, or TREC "
        "qrels. Nothing is taken over while a row has a mistake."
    )
    with st.container():
        if not reviewer():
            ask_reviewer("Your name: the record keeps who imported labels")
    number = st.session_state.get(_UPLOADS, 0)  # field and switch are new for each file: nobody vouches for the next
    field = f"label.files.{number}"
    upload = st.file_uploader("File of labels", type=_KINDS, key=field)
    whole = st.toggle(
        "Pages not in the file were judged not relevant",
        key=f"label.files.whole.{number}",
        help="You vouch that every case in the file was read from the first page to the last for every criterion, and "
        "that the file lists what was relevant. Leave it off where only some pages or criteria were looked at.",
    )
    found = _read(upload, whole) if upload else None
    if isinstance(found, Imported):
        _preview(found)
    st.button(
        "Take over",
        key="label.files.import",
        type="primary",
        icon=":material/upload:",
        disabled=not isinstance(found, Imported) or not reviewer(),
        on_click=_on_import,
        args=(field, whole),
    )
    if upload and isinstance(found, tuple):
        return str(upload.name), found
    return None if upload else _what_came()


def _read(upload: UploadedFile, whole: bool) -> Imported | tuple[Problem, ...]:
    """What is in the file, or every mistake of it; read once for each file, reviewer and position of the switch."""
    about = str(upload.file_id), whole, reviewer()
    match st.session_state.get(_READ):
        case (before, Imported() | tuple() as known) if before == about:
            return known
    try:
        with st.spinner("Reading the file…"):
            found: Imported | tuple[Problem, ...] = workspace().labelling.preview_file(
                upload.getvalue(), str(upload.name), by=reviewer(), whole=whole
            )
    except BadLabels as error:
        found = error.problems
    st.session_state[_READ] = about, found
    return found


def _preview(found: Imported) -> None:
    st.info(f"{_what(found)}. Nothing is stored yet.", icon=":material/preview:")
    for remark in found.remarks:
        st.markdown(plain(remark))


def _what(found: Imported) -> str:
    """ "51 labels from the file, 93 filled in as not relevant, in 1 case"."""
    rows = found.labels - found.filled
    filled = f", {found.filled:,} filled in as not relevant" if found.filled else ""
    cases = f"{found.cases:,} case{'s' if found.cases != 1 else ''}"
    return f"{rows:,} label{'s' if rows != 1 else ''} from the file{filled}, in {cases}"


@callback
def _on_import(field: str, whole: bool) -> None:
    upload = st.session_state.get(field)
    if upload is None:
        return
    name = str(upload.name)
    try:
        came = workspace().labelling.import_file(upload.getvalue(), name, by=reviewer(), whole=whole)
    except BadLabels as error:  # a case has changed since the file was read
        st.session_state[_CAME] = name, error.problems
    else:
        st.session_state[_CAME] = name, came
    st.session_state.pop(_READ, None)
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1


def _what_came() -> tuple[str, tuple[Problem, ...]] | None:
    """Says what came of the last file; its mistakes where it was not taken over."""
    match st.session_state.get(_CAME):
        case (str(name), Imported() as came):
            known = came.labels - came.new
            again = f" {known:,} of them {'were' if known != 1 else 'was'} here already." if known else ""
            st.success(f"{plain(name)} is taken over: {_what(came)}.{again}")
            for remark in came.remarks:
                st.markdown(plain(remark))
        case (str(name), tuple(problems)):
            return name, problems
    return None


def _list_mistakes(name: str, problems: tuple[Problem, ...]) -> None:
    count = len(problems)
    st.error(
        f"{plain(name)}: {count:,} mistake{'s' if count != 1 else ''}. Nothing was imported, and what was here "
        "is unchanged. Correct the file and import it again.",
        icon=":material/error:",
    )
    shown = problems[:_LISTED]
    st.table(
        pd.DataFrame(
            {
                "Row": [str(p.row) if p.row else "File" for p in shown],
                "Column": [f"character {p.column}" if p.column.isdecimal() else plain(p.column) for p in shown],
                "What is wrong": [plain(p.what) for p in shown],
                "What to do": [plain(p.cure) for p in shown],
            }
        ).set_index("Row")
    )
    if count > _LISTED:
        st.markdown(f"And {count - _LISTED:,} more.")


def _hand_out() -> None:
    rows = workspace().label_rows(to=reviewer())
    st.markdown("### Export labels")
    if not rows:
        st.markdown("There are no labels yet. Judge pages here or mark them on the review screen.")
        return
    st.markdown(f"Labels of all cases: **{len(rows):,}**, each with its score, scorer, arm and chance of being drawn.")
    with st.container(horizontal=True):
        _download("JSON lines", lambda: labels_jsonl(rows), "labels.jsonl", "application/jsonl")
        _download("CSV", lambda: labels_csv(rows), "labels.csv", "text/csv")
        _download("TREC qrels", lambda: labels_qrels(rows), "labels.qrels", "text/plain")
    st.markdown(":small[JSON lines keep everything and can be imported again. Qrels keep the relevance alone.]")


def _download(label: str, data: Callable[[], str], name: str, mime: str) -> None:
    """A button whose file is made when it is asked for."""
    st.download_button(label, data, name, mime, icon=":material/download:", on_click="ignore")
