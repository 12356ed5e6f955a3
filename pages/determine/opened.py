"""Who opened which evidence: proof that somebody looked, and part of the record of the case."""

import streamlit as st

from pages.components.frame import plain
from pages.determine.place import Seen
from pages.determine.words import active_words


def opened_panel(now: Seen) -> None:
    basis = now.basis
    people = sorted({viewed.reviewer for viewed in basis.viewed})
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Evidence opened**")
        if not people:
            st.caption("Nobody has opened a page of this case yet.")
            return
        cited = frozenset(page for counted in basis.counted for page in basis.evidence(counted.criterion))
        table: dict[str, list[str]] = {"Person": [], "Pages": [], "Cited pages": [], "Active time": []}
        for person in people:
            opened = basis.opened(person)
            seconds = sum(viewed.seconds for viewed in basis.viewed if viewed.reviewer == person)
            table["Person"].append(plain(person))
            table["Pages"].append(f"{len(opened):,} of {len(basis.pages):,}")
            table["Cited pages"].append(f"{len(opened & cited):,} of {len(cited):,}" if cited else "none cited")
            table["Active time"].append(active_words(seconds))
        st.table(table, border="horizontal", hide_index=True)
        st.caption("Part of the record of this case, never a ranking. Hidden and idle time does not count.")
