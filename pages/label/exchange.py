"""Labels as files: those of others come in, all of ours go out."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.errors import BadLabels
from core.labelling import Imported
from core.labels import labels_csv, labels_jsonl, labels_qrels
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace

_UPLOADS = "label.files.uploads"
"""How many files were taken over: the next one gets a field of its own."""
_CAME = "label.files.came"
"""What became of the last file: (its name, what came in or the mistakes)."""
_KINDS = ["jsonl", "json", "csv", "txt", "qrels"]
_LISTED = 500


def files_panel() -> None:
    left, right = st.columns([5, 4], gap="large")
    with left:
        _take_in()
    with right:
        _hand_out()


def _take_in() -> None:
    st.markdown("### Import labels")
    st.markdown(
        "A file with a verdict for each page and criterion: JSON lines or CSV with the columns of the export, or TREC "
        "qrels. Nothing is taken over while a row has a mistake."
    )
    with st.container():
        if not reviewer():
            ask_reviewer("Your name: the record keeps who imported labels")
    field = f"label.files.{st.session_state.get(_UPLOADS, 0)}"
    upload = st.file_uploader("File of labels", type=_KINDS, key=field)
    whole = st.toggle(
        "Pages not in the file were judged not relevant",
        key="label.files.whole",
        help="You vouch that every case in the file was read from the first page to the last for every criterion, and "
        "that the file lists what was relevant. Leave it off where only some pages or criteria were looked at.",
    )
    st.button(
        "Import",
        key="label.files.import",
        type="primary",
        icon=":material/upload:",
        disabled=upload is None or not reviewer(),
        on_click=_on_import,
        args=(field, whole),
    )
    _what_came()


@callback
def _on_import(field: str, whole: bool) -> None:
    upload = st.session_state.get(field)
    if upload is None:
        return
    name = str(upload.name)
    try:
        came = workspace().labelling.import_file(upload.getvalue(), name, by=reviewer(), whole=whole)
    except BadLabels as error:
        st.session_state[_CAME] = name, error.problems
        return
    st.session_state[_CAME] = name, came
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1


def _what_came() -> None:
    match st.session_state.get(_CAME):
        case (str(name), Imported() as came):
            again = f" {came.labels - came.new:,} were here already." if came.labels > came.new else ""
            st.success(f"{plain(name)}: labels imported: {came.new:,}, of cases: {came.cases:,}.{again}")
            for remark in came.remarks:
                st.caption(plain(remark))
        case (str(name), tuple(problems)):
            count = len(problems)
            st.error(
                f"{plain(name)}: {count:,} mistake{'s' if count != 1 else ''}. Nothing was imported, and what was here "
                "is unchanged. Correct the file and import it again.",
                icon=":material/error:",
            )
            st.dataframe(
                pd.DataFrame(
                    {
                        "Row": [str(p.row) if p.row else "File" for p in problems[:_LISTED]],
                        "Column": [p.column for p in problems[:_LISTED]],
                        "What is wrong": [p.what for p in problems[:_LISTED]],
                        "What to do": [p.cure for p in problems[:_LISTED]],
                    }
                ),
                hide_index=True,
            )
            if count > _LISTED:
                st.caption(f"And {count - _LISTED:,} more.")


def _hand_out() -> None:
    rows = workspace().label_rows()
    st.markdown("### Export labels")
    if not rows:
        st.caption("There are no labels yet. Judge pages here or mark them on the review screen.")
        return
    st.markdown(f"Labels of all cases: **{len(rows):,}**, each with its score, scorer, arm and chance of being drawn.")
    with st.container(horizontal=True):
        _download("JSON lines", lambda: labels_jsonl(rows), "labels.jsonl", "application/jsonl")
        _download("CSV", lambda: labels_csv(rows), "labels.csv", "text/csv")
        _download("TREC qrels", lambda: labels_qrels(rows), "labels.qrels", "text/plain")
    st.caption("JSON lines keep everything and can be imported again. Qrels keep the relevance alone.")


def _download(label: str, data: Callable[[], str], name: str, mime: str) -> None:
    """A button whose file is made when it is asked for."""
    st.download_button(label, data, name, mime, icon=":material/download:", on_click="ignore")
