"""The command line: `chartsieve score`, `pack`, `labels export`, `audit`, `serve`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import BadCriteria, BadDocument, BadRule, BadSettings, ChartsieveError

if TYPE_CHECKING:
    from core.chart import Chart

app = typer.Typer(
    name="chartsieve",
    help="Scores every page of a packet against every criterion and keeps the pages that matter.\n\n"
    "Exit codes: 0 done; 1 something else went wrong; 2 wrong use, or a criteria list, rule or setting with a mistake; "
    "3 a document that cannot be read; 4 done, but a readable page has no score.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
labels_app = typer.Typer(help="Labels that reviewers gave.", no_args_is_help=True)
app.add_typer(labels_app, name="labels")

WRONG_USE, BAD_DOCUMENT, INCOMPLETE = 2, 3, 4

Pdfs = Annotated[
    list[Path], typer.Argument(help="PDF files of one case, in reading order.", exists=True, dir_okay=False)
]
CriteriaFile = Annotated[
    Path, typer.Option("--criteria", help="Criteria list: CSV, XLSX, JSON or text.", exists=True, dir_okay=False)
]
ScorerName = Annotated[
    str | None, typer.Option("--scorer", help="Scorer to ask; without it CHARTSIEVE_SCORER or embedded.")
]


def _can_be_written(out: Path | None) -> Path | None:
    """Asked before the work, so that a typing mistake does not cost the time of scoring."""
    if out and not out.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {out.parent}. Make it first, or choose another file.")
    if out and not os.access(out if out.exists() else out.parent, os.W_OK):
        raise typer.BadParameter(f"{out} cannot be written by this user. Choose another file.")
    return out


Out = Annotated[
    Path | None,
    typer.Option(
        "--out", help="File to write; without it the standard output.", dir_okay=False, callback=_can_be_written
    ),
]


class PackFormat(StrEnum):
    md = "md"
    json = "json"


class LabelFormat(StrEnum):
    jsonl = "jsonl"
    csv = "csv"


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


@app.command()
def score(pdfs: Pdfs, criteria: CriteriaFile, scorer: ScorerName = None, out: Out = None) -> None:
    """Score every page against every criterion: one CSV row per pair, gaps with the reason in the column state."""
    from core.tables import scores_csv

    with _sentences(), _chart(pdfs, criteria, scorer) as chart:
        _write(scores_csv(chart), out)
        _finish(chart.gaps)


@app.command()
def pack(
    pdfs: Pdfs,
    criteria: CriteriaFile,
    rule: Annotated[
        str,
        typer.Option(help="What to keep: probability>=0.4, score>=0.4, top10, or two joined by &."),
    ] = "probability>=0.02 & top10",
    format: Annotated[PackFormat, typer.Option(help="Markdown or JSON.")] = PackFormat.md,  # noqa: A002
    scorer: ScorerName = None,
    out: Out = None,
) -> None:
    """Write the compressed context of a case: what the rule keeps, and the list of what it leaves out."""
    from core.selection import Rule

    with _sentences():
        wanted = Rule.parse(rule)
        with _chart(pdfs, criteria, scorer) as chart:
            built = chart.pack(pdfs[0].stem, wanted)
            _write(built.to_markdown() if format == PackFormat.md else built.to_json(), out)
            _finish(chart.gaps)


@labels_app.command("export")
def export_labels(
    case: Annotated[int | None, typer.Option(help="Number of one case; without it all cases.")] = None,
    format: Annotated[LabelFormat, typer.Option(help="JSON lines or CSV.")] = LabelFormat.jsonl,  # noqa: A002
    out: Out = None,
) -> None:
    """Write the newest label of each reviewer, page and criterion, with where it came from."""
    from core.labels import labels_csv, labels_jsonl
    from core.settings import read_settings
    from core.workspace import Workspace

    with _sentences():
        workspace = Workspace.open(read_settings())
        try:
            rows = workspace.label_rows(case)
        finally:
            workspace.close()
        _write(labels_jsonl(rows) if format == LabelFormat.jsonl else labels_csv(rows), out)
        typer.echo(f"{len(rows)} labels", err=True)


@app.command()
def audit() -> None:
    """Check that nobody has changed what was recorded: decisions, labels and the log of who did what."""
    from core.settings import read_settings
    from core.store import Store

    with _sentences(), Store.open(read_settings().database) as store:
        entries, broken = len(store.audit()), store.verify_audit()
    if broken is not None:
        typer.echo(f"The record was changed from outside at entry {broken} of {entries}. Restore a backup.", err=True)
        raise typer.Exit(1)
    typer.echo(f"The record is whole: {entries:,} entries.")


@app.command()
def serve(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port; without it CHARTSIEVE_PORT or 8501.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Address; without it CHARTSIEVE_ADDRESS or 127.0.0.1.")] = None,
    open_browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the app in a browser.")] = True,
) -> None:
    """Open the app. It listens on this machine alone unless told otherwise."""
    from core.settings import make_data_dir, read_settings

    with _sentences():
        settings = read_settings()
        make_data_dir(settings)
    home = Path(__file__).resolve().parent.parent
    # Streamlit looks for the theme in the working folder; what is relative must keep its meaning there.
    os.environ["CHARTSIEVE_DATA_DIR"] = str(settings.data_dir.resolve())
    if settings.database_url:
        os.environ["CHARTSIEVE_DATABASE_URL"] = settings.database_url
    os.chdir(home)
    arguments = [
        *("streamlit", "run", str(home / "pages" / "door" / "run.py")),
        *("--server.port", str(port or settings.port)),
        *("--server.address", address or settings.address),
        *("--server.maxUploadSize", str(settings.max_upload_mb)),
        *("--server.fileWatcherType", "none"),
        # A traceback can quote text of a chart.
        *("--client.showErrorDetails", "none"),
        *("--client.showErrorLinks", "false"),
        *("--client.toolbarMode", "minimal"),
        *("--browser.gatherUsageStats", "false"),
        *(() if open_browser else ("--server.headless", "true")),
    ]
    os.execv(sys.executable, [sys.executable, "-m", *arguments])  # noqa: S606


@contextmanager
def _sentences() -> Iterator[None]:
    """Errors become a sentence on the standard error and an exit code."""
    try:
        yield
    except ChartsieveError as error:
        typer.echo(f"chartsieve: {error}", err=True)
        code = {BadCriteria: WRONG_USE, BadRule: WRONG_USE, BadSettings: WRONG_USE}.get(type(error), 1)
        raise typer.Exit(BAD_DOCUMENT if isinstance(error, BadDocument) else code) from None


@contextmanager
def _chart(pdfs: list[Path], criteria: Path, scorer: str | None) -> Iterator["Chart"]:
    """The files read and scored, with progress and remarks on the standard error."""
    from core.batch import score_files
    from core.criteria import preview_criteria
    from core.domain import CriteriaSet
    from core.settings import read_settings
    from core.workspace import Workspace

    preview = preview_criteria(criteria.read_bytes(), criteria.name)
    for remark in preview.remarks:
        _remark(remark)
    if preview.problems:
        raise BadCriteria(list(preview.problems))
    wanted, settings = CriteriaSet(preview.name, preview.criteria), read_settings()
    workspace = Workspace.open(settings)
    try:
        name = scorer or settings.scorer
        yield score_files(workspace, pdfs, wanted, scorer=name, progress=_progress(), remark=_remark)
    finally:
        workspace.close()


def _remark(sentence: str) -> None:
    typer.echo(sentence, err=True)


def _progress() -> Callable[[str, int, int], None]:
    """A counter line that is rewritten on a terminal, and a line per tenth elsewhere."""
    terminal, last = sys.stderr.isatty(), ("", -1)

    def show(stage: str, done: int, total: int) -> None:
        nonlocal last
        step = (stage, 10 * done // max(1, total))
        if terminal:
            typer.echo(f"\r{stage}: {done:,} of {total:,}", err=True, nl=done == total)
        elif step != last:
            typer.echo(f"{stage}: {done:,} of {total:,}", err=True)
        last = step

    return show


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ChartsieveError(
            f"{out} cannot be written: {error.strerror}. Nothing is lost: run again with another --out; "
            "what was scored is kept."
        ) from error


def _finish(gaps: int) -> None:
    if gaps:
        typer.echo(f"{gaps:,} pairs have no score; the column state says why. Run again to ask for them.", err=True)
        raise typer.Exit(INCOMPLETE)


if __name__ == "__main__":
    main()
