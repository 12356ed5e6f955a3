"""What became of a decision, in a line; and the short way for the buttons that decide, so that it stands there at once.

The buttons are Streamlit's own. While the line (pages.components.line) reaches, a click on one of them is answered on
it; otherwise it goes the long way, as if this component were not there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from pages.components.files import beside
from pages.components.keymap import css_name
from pages.components.sent import sent


class Said(NamedTuple):
    """One sentence."""

    icon: str
    """Name of a Material symbol, "" for none."""
    words: str


_mount = st.components.v2.component(
    "chartsieve_saved",
    html='<div class="sv"><div class="said" role="status"></div></div>',
    css=beside("saved.css"),
    js=beside("gone.js", "line.js", "saved.js"),
)
STYLE = (
    ".cs-chosen button{background:var(--cs-chosen)!important;border-color:var(--cs-chosen)!important;"
    "color:#fff!important}"
    ".cs-left button{background:transparent!important;color:inherit!important}"
)
"""To be put on every page: how the buttons look between the answer on the line and the run of the script."""


def saved(
    said: Sequence[Said],
    *,
    key: str,
    of: str,
    about: str,
    seen: int,
    line: Mapping[str, str] | None,
    buttons: Mapping[str, str],
    settled: str,
    field: str,
    on_stored: Callable[[], None],
    on_missed: Callable[[], None],
) -> None:
    """Say `said` of the decision on `about` in `of`; `seen` counts up with whatever becomes of it, 0 for nothing yet.

    `buttons`: outcome -> key of the container with its button. `settled`: key of a container that is on the screen once
    the buttons are about `about`; `field`: key of the container with the text that goes with a decision on it; no other
    `about` has them. The `line` answers "decide": given {"of", "about", "outcome", "why", "seen"}, where "why" is None
    when there is no field, it has {"seen", "said"} as they are now. `on_stored` is called afterwards; `on_missed` where
    there was no answer, and the screen is about something else already (see `missed`).
    """
    _mount(
        key=key,
        data={
            "said": [list(one) for one in said],
            "of": of,
            "about": about,
            "seen": seen,
            "line": dict(line) if line else None,
            "buttons": {outcome: css_name(container) for outcome, container in buttons.items()},
            "settled": css_name(settled),
            "field": css_name(field),
        },
        on_stored_change=on_stored,
        on_missed_change=on_missed,
    )


def missed(key: str) -> object:
    """What was to be decided and had no answer, as it was given to the line; unchecked."""
    return sent(key, "missed")
