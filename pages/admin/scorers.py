"""What looks after the tool itself: the scorers, whether they answer rightly, and where page text goes."""

import streamlit as st

from core.errors import ScorerError
from core.roster import Offer
from core.scorers import Terms
from pages.admin.setting_up import how_to_set_up
from pages.components.fallback import warn_of_fallback
from pages.components.frame import as_code, plain, workspace
from pages.components.literal import with_code
from pages.components.wording import name_title, scorer_title


def scorers_tab() -> None:
    st.markdown(
        "A scorer answers how well a page supports a criterion. Scores of different scorers are never mixed: each "
        "case says which one it shows. Scorers are set up by environment variables; the README lists them.",
        width=760,
    )
    warn_of_fallback()
    default = workspace().roster.for_new_cases()
    for offer in workspace().roster.offers():
        with st.container(border=True):
            _offer(offer, default=offer.name == default)


def _offer(offer: Offer, *, default: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        title = scorer_title(offer.info) if offer.info else name_title(offer.name)
        st.subheader(plain(title), anchor=False, width="content")
        if default:
            st.badge("For new cases", color="blue", icon=":material/star:")
        if offer.info is None:
            st.badge("Not set up", color="gray", icon=":material/settings:")
    if offer.info is None:
        st.markdown(with_code(offer.problem))
        how_to_set_up(offer.name)
        return
    info = offer.info
    st.markdown(plain(info.note))
    where = as_code(info.sends_text_to) if info.sends_text_to else "nowhere, they stay on this machine"
    left, right = st.columns(2)
    left.markdown(f"**Where pages go:** {where}  \n**Model:** {as_code(f'{info.model} {info.revision}'.strip())}")
    left.caption(f"Fingerprint {info.fingerprint}")
    if info.sends_text_to:
        right.markdown(_terms(workspace().roster.scorer(offer.name).terms))
    _connection(offer)


def _terms(terms: Terms) -> str:
    window = f"every {terms.window_seconds:g} s"
    limits = [
        f"{terms.window_bytes:,} bytes {window}" if terms.window_bytes else "",
        f"{terms.window_requests:,} requests {window}" if terms.window_requests else "",
    ]
    return (
        f"**Limits kept:** {', '.join(filter(None, limits)) or 'none'}  \n"
        f"**At once:** {terms.at_once} request{'s' if terms.at_once > 1 else ''}  \n"
        f"**Price:** {f'${terms.price:g} for a million tokens' if terms.price else 'none set'}"
    )


def _connection(offer: Offer) -> None:
    """Two pairs with known answers, asked on demand."""
    if offer.name == "embedded":
        return
    proven = workspace().roster.scorer(offer.name).checkable
    place = st.empty()
    if st.button("Test connection", key=f"admin.test.{offer.name}", icon=":material/network_check:"):
        with st.spinner("Asking two questions whose answers are known…"):
            try:
                check = workspace().roster.check(offer.name)
            except ScorerError as error:
                place.error(with_code(str(error)), icon=":material/error:")
                return
        place.success(
            f"It answers{', and the answers are right' if proven else ''} ({check.at:%d %b %Y, %H:%M} UTC).",
            icon=":material/check:",
        )
    elif offer.check is None:
        place.caption("Not tested yet. It is tested before the first page is sent.")
    elif offer.check.problem:
        tested = f"(Tested {offer.check.at:%d %b %Y, %H:%M} UTC.)"
        place.error(f"{with_code(offer.check.problem)} {tested}", icon=":material/error:")
    else:
        how = "Answered rightly" if proven else "Answered"
        place.caption(f":material/check: {how} on {offer.check.at:%d %b %Y, %H:%M} UTC.")
