"""A new case: the packet, the criteria, a look at both, and go."""

import pandas as pd
import streamlit as st

from core.criteria import Preview, preview_criteria, preview_lines, template_csv, template_xlsx
from core.domain import CriteriaSet, Criterion, ScorerInfo
from core.logic import unplaced_words
from core.uploads import Upload
from pages.cases.logic import logic_panel, save_panel
from pages.components.fallback import warn_of_fallback
from pages.components.frame import ask_reviewer, callback, plain, reviewer, route, say_error, show_flash, workspace
from pages.components.taking_in import forget, taken_in
from pages.components.wording import host_of, scorer_title

_FILES = "new"
_CREATED = "new.created"


def new_case() -> None:
    show_flash()
    if case_id := st.session_state.pop(_CREATED, None):
        st.session_state.case_id = case_id
        st.switch_page(route("review"), query_params={"case": str(case_id)})
    st.title("New case", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        uploads = _packet()
    with right:
        criteria = _criteria()
    st.divider()
    _create(uploads, criteria)


def _packet() -> list[Upload]:
    st.subheader("1. The packet", anchor=False)
    return taken_in(_FILES, "PDF, TIFF, PNG or JPEG files, in the order in which they should be read")


def _criteria() -> CriteriaSet | None:
    st.subheader("2. The criteria", anchor=False)
    stored = workspace().store.criteria_sets()
    sources = ["Upload a list", "Paste lines"] + (["Use a stored list"] if stored else [])
    source = st.segmented_control(
        "Where the criteria come from",
        sources,
        default=sources[0],
        key="new.source",
        label_visibility="collapsed",
        required=True,
    )
    if source == "Use a stored list":
        return _stored(stored)
    preview = _pasted() if source == "Paste lines" else _uploaded()
    if preview is None:
        return None
    for problem in preview.problems:
        say_error(str(problem))
    said = unplaced_words(preview.root, [c.id for c in preview.criteria]) if preview.root else ""
    for remark in preview.remarks:
        if remark != said:  # the panel says it of the logic as it stands there
            st.info(plain(remark), icon=":material/info:")
    if not preview.criteria:
        return None
    _table(preview.criteria)
    if preview.problems:
        st.caption("Mend the rows above and upload the list again. Nothing is stored until the list is clean.")
        return None
    name = st.text_input(
        "Name of the criteria list", value=preview.name, key=f"new.criteria_name.{preview.name}", max_chars=120
    )
    criteria = logic_panel(preview.criteria_set(name.strip()))
    if criteria:
        _say_version(criteria, stored)
    return criteria


def _say_version(criteria: CriteriaSet, stored: list[CriteriaSet]) -> None:
    """What becomes of a list whose name is known already."""
    newest = next((s for s in stored if s.name == criteria.name), None)
    if newest and newest.digest != criteria.digest:
        st.caption(
            f"A list of this name is stored. This one is saved as the next version; cases that are open keep version "
            f"{newest.version} or the one that they have."
        )


def _uploaded() -> Preview | None:
    file = st.file_uploader(
        "CSV, Excel, JSON or text", type=["csv", "xlsx", "json", "txt"], key="new.criteria_file", max_upload_size=5
    )
    with st.container(horizontal=True):
        st.download_button(
            "Template (CSV)", template_csv, "criteria.csv", "text/csv", icon=":material/download:", type="tertiary"
        )
        st.download_button(
            "Template (Excel)", template_xlsx, "criteria.xlsx", icon=":material/download:", type="tertiary"
        )
    return preview_criteria(file.getvalue(), file.name) if file else None


def _pasted() -> Preview | None:
    text = st.text_area(
        "One question a line. A line may start with an id: B-01: Is there …?",
        key="new.lines",
        height=160,
        placeholder="Is a diagnosis of rheumatoid arthritis documented?\nHas methotrexate failed after 12 weeks?",
    )
    return preview_lines(text, "Pasted criteria") if text.strip() else None


def _stored(stored: list[CriteriaSet]) -> CriteriaSet | None:
    chosen = st.selectbox(
        "Stored lists",
        stored,
        format_func=lambda s: f"{s.name}, version {s.version} ({len(s)} criteria)",
        key="new.stored",
    )
    if not chosen:
        return None
    _table(chosen.criteria)
    edited = logic_panel(chosen)
    if edited:
        save_panel(chosen, edited)
    return edited


def _table(criteria: tuple[Criterion, ...]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Id": [c.id for c in criteria],
                "Question": [c.question for c in criteria],
                "Instruction": [c.instruction for c in criteria],
                "Group": [c.group for c in criteria],
            }
        ),
        hide_index=True,
        height=220,
        column_config={"Question": st.column_config.TextColumn(width="large")},
    )
    st.caption(f"{len(criteria)} {'criterion' if len(criteria) == 1 else 'criteria'}")


def _create(uploads: list[Upload], criteria: CriteriaSet | None) -> None:
    pages = sum(u.pages for u in uploads)
    name_box, signer = st.columns(2, gap="large")
    name = name_box.text_input(
        "Name of the case",
        key="new.name",
        max_chars=120,
        placeholder="For example: request number, service",
    )
    with signer:
        if not reviewer():
            ask_reviewer()
    scorer = _scorer()
    missing = [
        what
        for what, there in (("a packet", uploads), ("criteria", criteria), ("a name for the case", name.strip()))
        if not there
    ]
    st.button(
        "Create the case",
        type="primary",
        key="new.create",
        disabled=bool(missing),
        on_click=_on_create,
        args=(name.strip(), uploads, criteria, scorer.name if scorer else ""),
    )
    if missing:
        st.caption(f"Still needed: {', '.join(missing)}.")
    elif criteria and scorer:
        host = scorer.sends_text_to
        where = (
            f"You are asked before any page goes to {plain(host_of(host))}." if host else "No page leaves this machine."
        )
        st.caption(f"{pages} pages × {len(criteria)} criteria. {where}")


def _scorer() -> ScorerInfo | None:
    """Who scores the case; a choice only where there is one."""
    roster = workspace().roster
    warn_of_fallback()
    usable = {offer.name: offer.info for offer in roster.offers() if offer.info}
    if len(usable) < 2:
        return usable.get("embedded")
    names = list(usable)
    left, _ = st.columns(2, gap="large")
    chosen = usable[
        left.selectbox(
            "Scorer",
            names,
            index=names.index(roster.for_new_cases()),
            format_func=lambda name: scorer_title(usable[name]),
            key="new.scorer",
        )
    ]
    left.caption(
        f"Answers how well each page supports each criterion. {plain(chosen.note)} The case can be scored with "
        "another one later; scores of two are never mixed."
    )
    return chosen


@callback
def _on_create(name: str, uploads: list[Upload], criteria: CriteriaSet, scorer: str) -> None:
    st.session_state[_CREATED] = workspace().create_case(name, uploads, criteria, by=reviewer(), scorer=scorer)
    forget(_FILES)
