"""What two pages say differently, word by word, as a person reads it."""

from collections.abc import Sequence

import streamlit as st

from core.differences import Change, summary
from pages.components.frame import plain

_AROUND = 6
"""Equal words kept before and after a change."""


def show_differences(changes: Sequence[Change]) -> None:
    """Words taken out struck through, words put in marked; long equal runs shortened."""
    st.caption(f"{plain(summary(changes))}. Taken out: struck through. Put in: marked green.")
    with st.container(border=True, height="content"):
        st.markdown(" ".join(_run(change) for change in changes))


def _run(change: Change) -> str:
    if change.kind == "equal":
        return plain(_shortened(change.before))
    gone = f":red[~~{plain(change.before)}~~]" if change.before else ""
    come = f":green-background[{plain(change.after)}]" if change.after else ""
    return " ".join(part for part in (gone, come) if part)


def _shortened(text: str) -> str:
    words = text.split()
    if len(words) <= 2 * _AROUND + 2:
        return text
    return f"{' '.join(words[:_AROUND])} … {' '.join(words[-_AROUND:])}"
