"""The figures of agreement on the screen, and the differences behind each of them."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.agreement import Agreement, Unit
from core.domain import CriteriaSet
from pages.admin.agreement_report import ALL
from pages.admin.agreement_words import CATEGORY_WORDS, NAMES, figures, interval, number
from pages.components.frame import callback, plain, route

Cell = tuple[str, str]
"""A category of the first person, and one of the second."""
_CELL = "agreement.cell"
_TABLE = "agreement.table"
_SHOWN = 50
"""Differences listed; the file has all."""
_RATERS = {"first": "First review", "second": "Second review"}


def figure_table(found: Agreement) -> None:
    """Each figure with its interval and what it rests on."""
    lines = ["| Figure | Value | 95\u00a0%\u00a0interval | n |", "|---|---:|---:|---:|"]
    for name, figure in figures(found).items():
        title, means = NAMES[name]
        lines.append(f"| **{title}**  :small[{means}] | {number(figure.value)} | {interval(figure)} | {figure.n:,} |")
    st.markdown("\n".join(lines))


def prevalence(found: Agreement) -> None:
    shares = " · ".join(f"{CATEGORY_WORDS[c]} {share:.0%}" for c, share in found.prevalence.items())
    st.markdown(f"**How often each was chosen**  \n{shares}")


def confusion(found: Agreement, categories: Sequence[str], *, two: bool) -> Cell | None:
    """Who said what beside whom; a number off the diagonal shows its differences. The cell that is chosen."""
    first, second = (_rater(found.raters[0]), _rater(found.raters[1])) if two else ("One person", "another")
    with st.container(key="agreement_confusion", gap="xsmall"):
        st.markdown(f"**{plain(first)} (down) against {plain(second)} (across)**")
        heading = st.columns(len(categories) + 1)
        for column, category in zip(heading[1:], categories, strict=True):
            column.caption(CATEGORY_WORDS[category], text_alignment="center")
        for one in categories:
            columns = st.columns(len(categories) + 1, vertical_alignment="center")
            columns[0].caption(CATEGORY_WORDS[one])
            for column, other in zip(columns[1:], categories, strict=True):
                with column:
                    _cell(found.confusion.get((one, other)), (one, other))
    return st.session_state.get(_CELL) if st.session_state.get(_CELL) in found.confusion else None


def _cell(count: int | None, cell: Cell) -> None:
    if count is None:
        return
    if cell[0] == cell[1] or not count:
        st.markdown(f"**{count:,}**" if count else ":gray[0]", text_alignment="center")
        return
    said = f"{CATEGORY_WORDS[cell[0]]} against {CATEGORY_WORDS[cell[1]]}"
    st.button(
        f"{count:,}",
        key=f"agreement.cell.{'.'.join(cell)}",
        help=f"Show these {count:,}: {said}",
        type="primary" if st.session_state.get(_CELL) == cell else "secondary",
        width="stretch",
        on_click=_on_cell,
        args=(cell,),
    )


@callback
def _on_cell(cell: Cell) -> None:
    """A second click shows all again."""
    st.session_state[_CELL] = None if st.session_state.get(_CELL) == cell else cell


def per_criterion(found: Mapping[str, Agreement], criteria: CriteriaSet) -> str:
    """A line for each criterion, the worst first; the one that is chosen, "" for none."""
    ids = sorted((c for c in found if c != ALL), key=lambda c: (-found[c].differing, list(found).index(c)))
    two = len(found[ALL].raters) == 2
    st.markdown("**By criterion**")
    table: dict[str, Sequence[object]] = {
        "Criterion": ids,
        "Question": [criteria[c].question for c in ids],
        "n": [found[c].n for c in ids],
        "Cases": [found[c].cases for c in ids],
        "Differ": [found[c].differing for c in ids],
        "Agreement": [found[c].observed.value for c in ids],
        "Kappa": [(found[c].cohen if two else found[c].fleiss).value for c in ids],
        "Alpha": [found[c].alpha.value for c in ids],
        "Alpha, 95 %": [interval(found[c].alpha) for c in ids],
        "Adjusted": [found[c].adjusted.value for c in ids],
    }
    two_decimals = st.column_config.NumberColumn(format="%.2f")
    with st.container(key="agreement_lines"):
        st.caption("Choose a line to see where they differ.")
        event = st.dataframe(
            pd.DataFrame(table),
            hide_index=True,
            height="content",
            placeholder="–",
            key=_TABLE,
            on_select="rerun",
            selection_mode="single-row",
            column_config={
                "Question": st.column_config.TextColumn(width="large"),
                **dict.fromkeys(("Agreement", "Kappa", "Alpha", "Adjusted"), two_decimals),
            },
        )
    with st.container(key="agreement_printed"):
        _printed(table)
    rows = event["selection"]["rows"]
    return ids[rows[0]] if rows and rows[0] < len(ids) else ""


def _printed(table: Mapping[str, Sequence[object]]) -> None:
    """The same for paper alone: what is drawn on a canvas is cut off there."""
    lines = [f"| {' | '.join(table)} |", f"|{'---|' * len(table)}"]
    lines += [f"| {' | '.join(map(_on_paper, row))} |" for row in zip(*table.values(), strict=True)]
    st.markdown("\n".join(lines))


def _on_paper(cell: object) -> str:
    return number(cell) if isinstance(cell, float) or cell is None else plain(str(cell))


def differences(
    differing: Sequence[Unit], raters: Sequence[str], names: Mapping[int, str], *, cell: Cell | None, criterion: str
) -> None:
    """The differences behind a number, each with the way to its case."""
    shown = [u for u in differing if (not criterion or u.criterion == criterion) and _in_cell(u, raters, cell)]
    parts = [f"criterion {criterion}"] if criterion else []
    parts += [f"{CATEGORY_WORDS[cell[0]]} against {CATEGORY_WORDS[cell[1]]}"] if cell else []
    about = f": {plain(', '.join(parts))}" if parts else ""
    st.markdown(f"**Where they differ{about}** ({len(shown):,})")
    if not shown:
        st.caption("Nowhere." if not parts else "Nothing of that kind. Choose another number.")
    for unit in shown[:_SHOWN]:
        _difference(unit, raters, names)
    if len(shown) > _SHOWN:
        st.caption(f"And {len(shown) - _SHOWN:,} more: the file of differences has all.")


def _in_cell(unit: Unit, raters: Sequence[str], cell: Cell | None) -> bool:
    if cell is None:
        return True
    given = [unit.ratings[r] for r in raters if r in unit.ratings]
    return tuple(given) == cell if len(raters) == 2 else set(cell) <= set(given)


def _difference(unit: Unit, raters: Sequence[str], names: Mapping[int, str]) -> None:
    place = f" · page {unit.page.number} of its document" if unit.page else ""
    said = ", ".join(f"{plain(_rater(r))}: **{CATEGORY_WORDS[unit.ratings[r]]}**" for r in raters if r in unit.ratings)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(
            route("review"),
            label=f"{plain(names[unit.case])}, {plain(unit.criterion)}",
            icon=":material/folder_open:",
            query_params={"case": str(unit.case), "criterion": unit.criterion},
        )
        st.markdown(said + place, width="stretch")


def _rater(name: str) -> str:
    return _RATERS.get(name, name)
