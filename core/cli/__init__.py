"""The command line: `chartsieve score`, `pack`, `calibrate`, `record`, `labels`, `scorers`, `audit`, `serve`."""

from typing import Annotated

import typer

from core.cli.labelled import calibrate, export_labels, import_labels
from core.cli.packets import pack, score
from core.cli.records import record
from core.cli.server import audit, check_scorer, list_scorers, serve

app = typer.Typer(
    name="chartsieve",
    help="Scores every page of a packet against every criterion and keeps the pages that matter.\n\n"
    "Exit codes: 0 done; 1 something else went wrong; 2 wrong use, or a criteria list, rule or setting with a mistake; "
    "3 a document that cannot be read; 4 done, but a readable page has no score; 5 not certified.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
labels_app = typer.Typer(help="Labels that reviewers gave.", no_args_is_help=True)
app.add_typer(labels_app, name="labels")
scorers_app = typer.Typer(help="Scorers: what is set up, and whether it answers rightly.", no_args_is_help=True)
app.add_typer(scorers_app, name="scorers")


app.command()(score)
app.command()(pack)
app.command()(calibrate)
app.command()(record)
labels_app.command("export")(export_labels)
labels_app.command("import")(import_labels)
scorers_app.command("list")(list_scorers)
scorers_app.command("check")(check_scorer)
app.command()(audit)
app.command()(serve)


def main() -> None:
    """Entry point of the `chartsieve` command."""
    app()


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"chartsieve {version('chartsieve')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Say the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass
