"""Packets without a case: `chartsieve score` and `pack`."""

from enum import StrEnum
from typing import Annotated

import typer

from core.cli.shared import (
    CriteriaFile,
    Out,
    Pdfs,
    ScorerName,
    Yes,
    chart_of,
    finish,
    sentences,
    write_out,
)


class PackFormat(StrEnum):
    md = "md"
    json = "json"


def score(pdfs: Pdfs, criteria: CriteriaFile, scorer: ScorerName = None, out: Out = None, yes: Yes = False) -> None:
    """Score every page against every criterion: one CSV row per pair, gaps with the reason in the column state."""
    from core.tables import scores_csv

    with sentences(), chart_of(pdfs, criteria, scorer, yes=yes) as chart:
        write_out(scores_csv(chart), out)
        finish(chart.gaps)


def pack(
    pdfs: Pdfs,
    criteria: CriteriaFile,
    rule: Annotated[
        str | None,
        typer.Option(
            help="What to keep: probability>=0.4, score>=0.4, top10, or two joined by &; without it what a new case "
            "begins with."
        ),
    ] = None,
    format: Annotated[PackFormat, typer.Option(help="Markdown or JSON.")] = PackFormat.md,  # noqa: A002
    scorer: ScorerName = None,
    out: Out = None,
    yes: Yes = False,
) -> None:
    """Write the compressed context of a case: what the rule keeps, and the list of what it leaves out."""
    from core.selection import Rule, default_rule

    with sentences():
        wanted = Rule.parse(rule) if rule else None
        with chart_of(pdfs, criteria, scorer, yes=yes) as chart:
            built = chart.pack(pdfs[0].stem, wanted or default_rule(chart.scorer))
            write_out(built.to_markdown() if format == PackFormat.md else built.to_json(), out)
            finish(chart.gaps)
