"""The figures of agreement and the differences behind them as rows for a spreadsheet."""

from collections.abc import Callable, Mapping, Sequence

from core.agreement import Agreement, Unit
from core.domain import CriteriaSet
from core.spreadsheet import Cell, csv_text

ALL = "all"
"""Stands for all criteria together."""


def figures_csv(
    found: Mapping[str, Agreement], criteria: CriteriaSet, categories: Sequence[str], about: Mapping[str, str]
) -> str:
    """A line for all criteria together and one for each; `about` (what was measured) is repeated in every line.

    Figures are as they are, not rounded; a cell is empty where one means nothing.
    """
    questions = {c.id: c.question for c in criteria}
    first = next(iter(found.values()))
    heading = [*about, "criterion", "question", "units", "cases", "judged_once", "differing"]
    for name in ("agreement", "cohen_kappa", "fleiss_kappa", "krippendorff_alpha", "adjusted_kappa"):
        heading += [name, f"{name}_low", f"{name}_high"]
    heading += ["fleiss_units", *(f"share_{c}" for c in categories), *("_".join(p) for p in first.confusion)]
    rows: list[Sequence[Cell]] = [heading]
    for criterion, one in found.items():
        row: list[Cell] = [*about.values(), criterion, questions.get(criterion, ""), one.n, one.cases, one.alone]
        row.append(one.differing)
        for figure in (one.observed, one.cohen, one.fleiss, one.alpha, one.adjusted):
            row += [figure.value, *(figure.interval or (None, None))]
        row += [one.fleiss.n, *(one.prevalence.get(c) for c in categories), *one.confusion.values()]
        rows.append(row)
    return csv_text(rows)


def differences_csv(units: Sequence[Unit], raters: Sequence[str], name_of: Callable[[int], str]) -> str:
    """A line for each unit on which two judgements differ, a column for each person."""
    heading: list[Cell] = ["case", "case_name", "criterion", "document", "page", *raters]
    rows: list[Sequence[Cell]] = [heading]
    for unit in units:
        page = (unit.page.document, unit.page.number) if unit.page else ("", None)
        rows.append([unit.case, name_of(unit.case), unit.criterion, *page, *(unit.ratings.get(r) for r in raters)])
    return csv_text(rows)
