"""What the reviewer says of the page on the screen: relevant or not, kept or left out by hand. Saved at once."""

import streamlit as st

from core.casefile import Hold
from core.domain import VERDICTS, PageRef, Verdict
from pages.components.frame import callback, reviewer, workspace
from pages.components.icon_button import icon_button
from pages.review.place import DECIDE, LEFT, PAGE, Seen, again, key_of, redraw
from pages.review.undoing import Judging, Pinning, did, page_of, say

JUDGED: dict[Verdict, str] = {"relevant": "Relevant", "not_relevant": "Not relevant", "unsure": "Unsure"}
JUDGE = "review.judge"
_HELD: dict[Hold, str] = {"keep": "kept by hand", "drop": "left out by hand", "none": "as the rule says"}


def judge_buttons(now: Seen) -> None:
    if not reviewer():
        return
    for verdict in VERDICTS:
        with st.container(key=f"{JUDGE}.{verdict}", width="content"):
            st.button(
                JUDGED[verdict],
                key=f"judge.{now.case.id}.{now.criterion.id}.{key_of(now.page.ref)}.{verdict}",
                type="primary" if verdict == now.verdict else "secondary",
                on_click=_on_judge,
                args=(now.case.id, now.criterion.id, now.page.ref, verdict),
            )


@callback
def _on_judge(case_id: int, criterion: str, page: PageRef, verdict: Verdict) -> None:
    """About the criterion and page that were on the screen, whatever it shows by now and whatever number it has."""
    now = again(case_id)
    page_of(now, page)
    before = next(
        (x.verdict for x in now.labels if (x.page, x.criterion, x.reviewer) == (page, criterion, reviewer())), None
    )
    say(now, criterion, page, verdict)
    if verdict != before:
        words = f"page {now.numbers[page]} {JUDGED[verdict].lower()} for {criterion}"
        did(case_id, Judging(criterion=criterion, words=words, page=page, before=before, after=verdict))
    redraw(PAGE, DECIDE)


def hold_buttons(now: Seen) -> None:
    """The hand goes before the rule, for this criterion and page."""
    if now.place.reading == "second":
        return
    off = now.state.signed_off or not reviewer()
    for hold, label, icon, key in (
        ("keep", "Keep this page by hand", ":material/keep:", "review.keep"),
        ("drop", "Leave this page out by hand", ":material/block:", "review.drop"),
    ):
        standing = now.hold == hold
        icon_button(
            "Follow the rule again" if standing else label,
            icon,
            key=key,
            on=standing,
            disabled=off,
            on_click=_on_hold,
            args=(now.case.id, now.criterion.id, now.page.ref, "none" if standing else hold),
        )


@callback
def _on_hold(case_id: int, criterion: str, page: PageRef, hold: Hold) -> None:
    now = again(case_id)
    page_of(now, page)
    before = now.held.get((criterion, page), "none")
    if workspace().review.pin(case_id, criterion, page, hold, reviewer=reviewer()):
        words = f"page {now.numbers[page]} {_HELD[hold]} for {criterion}"
        did(case_id, Pinning(criterion=criterion, words=words, page=page, before=before, after=hold))
    redraw(PAGE, DECIDE, LEFT)
