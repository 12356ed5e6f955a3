"""The door: page set-up and navigation, the same for every screen."""

from pathlib import Path

import streamlit as st

from pages import adjudicate, admin, calibrate, cases, context, determine, label, packet, review
from pages.components.frame import guard, keep_routes, keep_screen, remember_reviewer, route
from pages.components.icon_button import STYLE as HIDDEN_LABELS
from pages.components.saved import STYLE as CHOSEN
from pages.review.question import STYLE as QUESTION
from pages.review.screen import STYLE as HEAD

_ICON = Path(__file__).parent.parent / "components" / "icon.svg"
# Room for the work: Streamlit leaves a hand's breadth above every screen.
_ROOM = ".stMainBlockContainer{padding:4.1rem 1.6rem 1.5rem}"
_STYLE = f"<style>{_ROOM}{HIDDEN_LABELS}{CHOSEN}{QUESTION}{HEAD}</style>"


def main() -> None:
    """Draw the screen that the address names. Runs once for every rerun."""
    # An icon of Streamlit's own would be fetched from the internet.
    st.set_page_config(page_title="Chartsieve", page_icon=_ICON, layout="wide")
    routes = {
        "cases": st.Page(cases.page, title="Cases", icon=":material/inbox:", url_path="home", default=True),
        "new": st.Page(cases.new_case, title="New case", icon=":material/add:", url_path="new"),
        "review": st.Page(review.page, title="Review", icon=":material/grid_on:", url_path="review"),
        "determine": st.Page(determine.page, title="Determination", icon=":material/gavel:", url_path="determine"),
        "packet": st.Page(packet.page, title="Packet", icon=":material/folder_copy:", url_path="packet"),
        "context": st.Page(context.page, title="Context and exports", icon=":material/output:", url_path="context"),
        "label": st.Page(label.page, title="Label", icon=":material/label:", url_path="label"),
        "calibrate": st.Page(calibrate.page, title="Calibrate", icon=":material/monitoring:", url_path="calibrate"),
        # Without an entry of its own: it is for one case, and one comes to it from there.
        "adjudicate": st.Page(
            adjudicate.page,
            title="Two reviews",
            icon=":material/balance:",
            url_path="adjudicate",
            visibility="hidden",
        ),
        "admin": st.Page(admin.page, title="Admin", icon=":material/tune:", url_path="admin"),
    }
    # The first screen stands at the root of the address. Who types its name comes there, too.
    typed = st.Page(_to_cases, title="Cases", url_path="cases", visibility="hidden")
    page = st.navigation([*routes.values(), typed], position="top")
    st.html(_STYLE)
    keep_routes(routes)
    keep_screen(page.url_path)
    remember_reviewer()
    with guard():
        page.run()


def _to_cases() -> None:
    st.switch_page(route("cases"), query_params=st.query_params.to_dict())
