"""The criterion on the screen: its question, what the tool found, the way to its neighbours, flag and note."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.selection import evidence, weak_below
from core.text import clean_text
from pages.components.frame import callback, plain, reviewer, workspace
from pages.components.icon_button import icon_button
from pages.review.left import order_of
from pages.review.place import DECIDE, LEFT, PAGE, Seen, again, redraw
from pages.review.undoing import Remarking, did
from pages.review.unread import unread_words

_EVIDENCE = "evidence"
_HEAD = "review.question"
# Room for two lines: the buttons below stay where they are when the line grows while pages are read and scored.
STYLE = (
    f".st-key-{_EVIDENCE}{{min-height:2.3rem;justify-content:center}}.st-key-{_EVIDENCE} p{{line-height:1.3}}"
    f".st-key-{_HEAD.replace('.', '-')} p{{line-height:1.35}}"
    '[class*="st-key-review-outcome"] button,.st-key-review-page_bar button{min-height:2.1rem;padding:0.1rem 0.6rem}'
)
"""To be put on every page."""
_NOTE_CHARACTERS = 2000


def question_panel(now: Seen) -> None:
    with st.container(key=_HEAD, gap="xsmall"):
        st.markdown(f"**{plain(now.criterion.id)}** {plain(now.criterion.question)}")
        if now.criterion.instruction:
            st.caption(plain(now.criterion.instruction))
    order = order_of(now)  # once: it sorts and filters all rows
    found, *buttons = st.columns([10, 1, 1, 1, 1, 1.4], vertical_alignment="center", gap="xsmall")
    with found.container(key=_EVIDENCE):
        st.markdown(evidence_words(now))
    with buttons[0]:
        _neighbour("Criterion before", ":material/expand_less:", now, order, -1)
    with buttons[1]:
        _neighbour("Next criterion", ":material/expand_more:", now, order, 1)
    with buttons[2]:
        icon_button(
            "Next undecided criterion",
            ":material/skip_next:",
            key="criterion.undecided",
            disabled=not next_undecided(now, order),
            on_click=_on_undecided,
            args=(now.case.id,),
        )
    with buttons[3]:
        _flag(now)
    with buttons[4]:
        _note(now)


def next_undecided(now: Seen, order: Sequence[str]) -> str:
    """The next criterion without a decision, from here to the end and on from the beginning; "" when there is none."""
    at = order.index(now.criterion.id)
    after = [*order[at + 1 :], *order[:at]]
    return next((criterion for criterion in after if criterion not in now.decisions), "")


def _neighbour(label: str, icon: str, now: Seen, order: Sequence[str], step: int) -> None:
    icon_button(
        label,
        icon,
        key=f"criterion.{label}",
        disabled=not 0 <= order.index(now.criterion.id) + step < len(order),
        on_click=_on_step,
        args=(now.case.id, step),
    )


@callback
def _on_step(case_id: int, step: int) -> None:
    now = again(case_id)
    order = order_of(now)
    at = max(0, min(len(order) - 1, order.index(now.criterion.id) + step))
    now.place.turn_to(now.chart, order[at])
    redraw(PAGE, DECIDE, LEFT)


@callback
def _on_undecided(case_id: int) -> None:
    now = again(case_id)
    if wanted := next_undecided(now, order_of(now)):
        now.place.turn_to(now.chart, wanted)
    redraw(PAGE, DECIDE, LEFT)


def _flag(now: Seen) -> None:
    flagged = now.remark_of(now.criterion.id)[0]
    icon_button(
        "Take the flag away" if flagged else "Flag this criterion",
        ":material/flag:" if flagged else ":material/outlined_flag:",
        key="criterion.flag",
        disabled=_settled(now),
        on_click=_on_flag,
        args=(now.case.id, now.criterion.id),
    )


def _settled(now: Seen) -> bool:
    return now.state.signed_off or now.closed or not reviewer()


def _note(now: Seen) -> None:
    remark, (_, note) = now.remarks.get(now.criterion.id), now.remark_of(now.criterion.id)
    base = f"remark.{now.case.id}.{now.criterion.id}"
    icon = ":material/sticky_note_2:" if note else ":material/note_add:"
    drawer = st.popover(
        icon,
        type="tertiary",
        help="Note: there is one" if note else "Note for colleagues",
        key=f"{base}.open",
        on_change="rerun",
    )
    if not drawer.open:
        return
    with drawer:
        if st.session_state.get(f"{base}.from") != note or f"{base}.note" not in st.session_state:
            st.session_state[f"{base}.from"] = st.session_state[f"{base}.note"] = note
        st.text_area(
            "Note for colleagues on this criterion",
            key=f"{base}.note",
            height=90,
            max_chars=_NOTE_CHARACTERS,
            disabled=_settled(now),
            on_change=_on_note,
            args=(now.case.id, now.criterion.id),
        )
        if remark:
            st.caption(f":material/check: Saved {remark.at:%d %b, %H:%M} UTC by {plain(remark.reviewer)}")
        else:
            st.caption("Saved when you leave the field.")


@callback
def _on_flag(case_id: int, criterion: str) -> None:
    now = again(case_id)
    before = now.remark_of(criterion)
    _store(now, criterion, before, (not before[0], before[1]))
    redraw(DECIDE, LEFT)


@callback
def _on_note(case_id: int, criterion: str) -> None:
    now, base = again(case_id), f"remark.{case_id}.{criterion}"
    note = clean_text(str(st.session_state[f"{base}.note"])).strip()
    before = now.remark_of(criterion)
    shown = str(st.session_state.get(f"{base}.from", ""))
    _store(now, criterion, before, (before[0], both(note, shown=shown, stored=before[1])))


def both(mine: str, *, shown: str, stored: str) -> str:
    """The note to store; after what somebody else wrote while this one was written, so that neither is lost."""
    return mine if stored in (shown, "", mine) else f"{stored}\n{mine}"


def _store(now: Seen, criterion: str, before: tuple[bool, str], after: tuple[bool, str]) -> None:
    if workspace().review.remark(
        now.case.id,
        criterion,
        flagged=after[0],
        note=after[1],
        reviewer=reviewer(),
        reading=now.place.reading,
    ):
        words = "the note" if before[0] == after[0] else "flag" if after[0] else "flag taken away"
        did(now.case.id, Remarking(criterion=criterion, words=f"{words} on {criterion}", before=before, after=after))


def evidence_words(now: Seen) -> str:
    """What the tool found, never a verdict."""
    milli, weak = now.chart.grid.milli[now.row : now.row + 1], weak_below(now.chart.scorer)
    state = evidence(milli, now.by_rule[None, :], now.chart.unreadable, weak=weak)[0]
    aside = f"; {words}" if (words := unread_words(now)) else ""
    if state in ("found", "weak"):
        words = "Evidence found" if state == "found" else f"Weak matches only, none reaches {weak:.2f},"
        missing = int((~now.scored & ~now.chart.unreadable).sum())
        if missing or now.so_far:
            words = f"{words} so far"
        if missing:  # Only where evidence was found: the state of other rows with missing answers is "not_scored".
            aside = f"; {missing} page{'s are' if missing > 1 else ' is'} not scored yet{aside}"
        icon = ":blue[:material/check_circle:]" if state == "found" else ":gray[:material/help:]"
        found = np.flatnonzero(now.by_rule & now.scored) + 1
        pages = ", ".join(map(str, found[:12])) + ("…" if len(found) > 12 else "")
        return f"{icon} {words} on page{'s' if len(found) > 1 else ''} {pages}{aside}"
    if state == "not_scored":
        return ":orange[:material/pending:] Not scored on every page yet: nothing can be said"
    read = int((~now.chart.unreadable).sum())
    if state == "could_not_read" and not read:
        return ":orange[:material/pending:] No page has been read yet: nothing can be said"
    if state == "could_not_read":
        so_far = " so far" if now.so_far else ""
        return f":orange[:material/visibility_off:] None found{so_far} on {read} pages; {unread_words(now, ask=True)}"
    return f":gray[:material/search_off:] Looked at {read} pages, none found. This does not mean “not met”"
