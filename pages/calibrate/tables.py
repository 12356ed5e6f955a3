"""Numbers behind a plot: as a table, and as a file."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.spreadsheet import Cell, csv_text

Columns = Mapping[str, Sequence[Cell]]
"""Heading -> values, all of one length. Shares in [0, 1]."""
Formats = Mapping[str, Any]
"""Heading -> a column of `st.column_config`."""

PERCENT_FORMAT = "%.1f%%"
"""For shares as `frame` gives them."""
_PERCENT = st.column_config.NumberColumn(format=PERCENT_FORMAT)
ONE = st.column_config.NumberColumn(format="%.1f")
TWO = st.column_config.NumberColumn(format="%.2f")
THREE = st.column_config.NumberColumn(format="%.3f")
WHOLE = st.column_config.NumberColumn(format="localized")


def below_plot(
    columns: Columns, file_name: str, *, formats: Formats, shares: Collection[str] = (), note: str = ""
) -> None:
    """The table of the plot above, folded."""
    with st.expander("Table", icon=":material/table:"):
        if note:
            st.caption(note)
        draw(columns, formats=formats, shares=shares)
        download(columns, file_name)


def draw(columns: Columns, *, formats: Formats, shares: Collection[str] = ()) -> None:
    """`shares` names the columns that are shown as percent."""
    config = {**dict.fromkeys(shares, _PERCENT), **formats}
    st.dataframe(frame(columns, shares), hide_index=True, column_config=config, placeholder="")


def frame(columns: Columns, shares: Collection[str] = ()) -> pd.DataFrame:
    """The columns as they are shown: `shares` times 100."""
    found = pd.DataFrame({name: list(values) for name, values in columns.items()})
    for name in shares:
        found[name] = found[name].astype("float64") * 100
    return found


def download(columns: Columns, file_name: str) -> None:
    """A button whose file is made when it is asked for."""
    st.download_button(
        "CSV",
        lambda: csv_of(columns),
        file_name,
        "text/csv",
        key=f"calibrate.csv.{file_name}",
        icon=":material/download:",
        on_click="ignore",
    )


def csv_of(columns: Columns) -> str:
    """CSV with a heading row. Shares stand as numbers in [0, 1]."""
    return csv_text([tuple(columns), *zip(*columns.values(), strict=True)])
