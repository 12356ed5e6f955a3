"""The tab "People": who was seen here, and what each may do."""

from collections.abc import Mapping

import streamlit as st

from core.casefile import ROLES, Role
from core.people import LEADING, NO_ROLE, ROLE_MEANS, ROLE_WORDS, no_role_change, role_of
from pages.components.frame import ask_reviewer, callback, plain, reviewer, workspace

_WIDTHS = (3, 2, 5)
_NEW = "admin.people.new"


def people_tab() -> None:
    roles = workspace().store.course.roles()
    st.warning(
        "Names are not proven: anyone who can open this address can give any name, and takes its role with it. "
        "Put Chartsieve behind a proxy that signs people in before roles are relied on.",
        icon=":material/badge:",
        width=900,
    )
    if not reviewer():
        with st.container(width=420):
            ask_reviewer("Your name, to give roles")
    elif "admin" not in roles.values():
        _first()
    _table(roles)
    if role_of(reviewer(), roles) in LEADING:
        _add()


def _first() -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", width=900):
        st.markdown(
            "Nobody is an administrator yet, so anybody may become it. From then on only leads and administrators "
            "give roles.",
            width="stretch",
        )
        st.button(
            "Become the administrator",
            key="admin.people.first",
            icon=":material/shield_person:",
            on_click=_set,
            args=(reviewer(), "admin"),
        )


def _table(roles: Mapping[str, Role]) -> None:
    people = sorted({*workspace().store.reviewers(), *roles}, key=str.casefold)
    if not people:
        st.info("Nobody has given a name yet. Names appear here as people start to work.", icon=":material/group:")
        return
    with st.container(width=900):
        for column, text in zip(st.columns(_WIDTHS), ("Name", "Role", "What it allows"), strict=True):
            column.caption(text)
        for name in people:
            _person(name, roles)


def _person(name: str, roles: Mapping[str, Role]) -> None:
    role = role_of(name, roles)
    who, held, means = st.columns(_WIDTHS, vertical_alignment="center")
    you = " (you)" if name == reviewer() else ""
    who.markdown(f"**{plain(name)}**{you}")
    allowed = [other for other in ROLES if other == role or not _refused(name, other, roles)]
    key = f"admin.role.{name}.{role}"
    held.selectbox(
        f"Role of {plain(name)}",
        allowed,
        index=allowed.index(role),
        format_func=ROLE_WORDS.__getitem__,
        key=key,
        disabled=len(allowed) == 1,
        label_visibility="collapsed",
        on_change=_on_role,
        args=(name, key),
    )
    means.caption(ROLE_MEANS[role] + ("" if name in roles else " Nobody has given another role."))


def _refused(name: str, role: Role, roles: Mapping[str, Role]) -> str:
    return no_role_change(name, role, by=reviewer(), roles=roles)


def _add() -> None:
    """Somebody who has not been here: a role can be given beforehand."""
    with st.form("admin.people.add", clear_on_submit=True, width=900):
        name, role, button = st.columns(_WIDTHS, vertical_alignment="bottom")
        name.text_input("Somebody else", key=_NEW, max_chars=80, placeholder="Name, as they will give it")
        role.selectbox(
            "Role", [r for r in ROLES if r != "admin"], format_func=ROLE_WORDS.__getitem__, key=f"{_NEW}.role"
        )
        button.form_submit_button("Add", icon=":material/person_add:", on_click=_on_add)


@callback
def _on_role(name: str, key: str) -> None:
    role = st.session_state[key]
    # What is refused must not stay on the screen as if it were so.
    del st.session_state[key]
    workspace().duties.set_role(name, role, by=reviewer())


@callback
def _set(name: str, role: Role) -> None:
    workspace().duties.set_role(name, role, by=reviewer())


@callback
def _on_add() -> None:
    name = " ".join(str(st.session_state[_NEW]).split())
    if name:
        workspace().duties.set_role(name, st.session_state.get(f"{_NEW}.role", NO_ROLE), by=reviewer())
