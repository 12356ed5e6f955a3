"""What is said where the scorer that the settings name cannot score new cases."""

import streamlit as st

from core.scorers import SCORER_NAMES
from pages.components.frame import plain, workspace
from pages.components.literal import with_code
from pages.components.wording import name_title

_INSTEAD = "so new cases are scored on this machine with the embedded scorer."


def warn_of_fallback() -> None:
    """One sentence for the reviewer, the cure below for whoever looks after the tool; nothing while all is well."""
    wanted = workspace().roster.wanted()
    if wanted.info:
        return
    if wanted.name in SCORER_NAMES:
        said, cure = f"{name_title(wanted.name)} is not set up, {_INSTEAD}", wanted.problem
    else:
        said = f"There is no scorer called “{wanted.name}”, {_INSTEAD}"
        cure = f"Set CHARTSIEVE_SCORER to one of: {', '.join(SCORER_NAMES)}. Then start Chartsieve again."
    st.warning(plain(said), icon=":material/warning:")
    st.caption(with_code(cure))
