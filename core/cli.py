"""The command line: `chartsieve score`, `pack`, `labels export`, `scorers`, `audit`, `serve`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import BadCriteria, BadDocument, BadRule, BadSettings, ChartsieveError, NotAgreed, ScorerNotSetUp

if TYPE_CHECKING:
    from core.chart import Chart
    from core.domain import ScorerInfo
    from core.scoring import Plan
    from core.workspace import Workspace

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
scorers_app = typer.Typer(help="Scorers: what is set up, and whether it answers rightly.", no_args_is_help=True)
app.add_typer(scorers_app, name="scorers")

WRONG_USE, BAD_DOCUMENT, INCOMPLETE = 2, 3, 4

Pdfs = Annotated[
    list[Path],
    typer.Argument(help="PDF, TIFF, PNG or JPEG files of one case, in reading order.", exists=True, dir_okay=False),
]
CriteriaFile = Annotated[
    Path, typer.Option("--criteria", help="Criteria list: CSV, XLSX, JSON or text.", exists=True, dir_okay=False)
]
ScorerName = Annotated[
    str | None, typer.Option("--scorer", help="Scorer to ask; without it CHARTSIEVE_SCORER or embedded.")
]


Yes = Annotated[bool, typer.Option("--yes", help="Agree beforehand that page text goes to where the scorer sends it.")]


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
def score(pdfs: Pdfs, criteria: CriteriaFile, scorer: ScorerName = None, out: Out = None, yes: Yes = False) -> None:
    """Score every page against every criterion: one CSV row per pair, gaps with the reason in the column state."""
    from core.tables import scores_csv

    with _sentences(), _chart(pdfs, criteria, scorer, yes=yes) as chart:
        _write(scores_csv(chart), out)
        _finish(chart.gaps)


@app.command()
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

    with _sentences():
        wanted = Rule.parse(rule) if rule else None
        with _chart(pdfs, criteria, scorer, yes=yes) as chart:
            built = chart.pack(pdfs[0].stem, wanted or default_rule(chart.scorer))
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

    with _sentences():
        with _workspace() as workspace:
            rows = workspace.label_rows(case)
        _write(labels_jsonl(rows) if format == LabelFormat.jsonl else labels_csv(rows), out)
        typer.echo(f"{len(rows)} labels", err=True)


@scorers_app.command("list")
def list_scorers() -> None:
    """Say which scorers are set up, where page text would go, and what is missing for the others."""
    with _sentences(), _workspace() as workspace:
        wanted, used = workspace.roster.wanted(), workspace.roster.for_new_cases()
        if wanted.info is None:
            typer.echo(f"{wanted.problem} Until then new cases are scored with {used}.", err=True)
        for offer in workspace.roster.offers():
            default = " (for new cases)" if offer.name == used else ""
            if offer.info is None:
                typer.echo(f"{offer.name}{default}: not set up. {offer.problem}")
                continue
            info = offer.info
            where = f"sends page text to {info.sends_text_to}" if info.sends_text_to else "sends nothing"
            typer.echo(f"{offer.name}{default}: {info.model} {info.revision}, fingerprint {info.fingerprint}, {where}")


@scorers_app.command("check")
def check_scorer(
    name: Annotated[str | None, typer.Argument(help="Scorer; without it CHARTSIEVE_SCORER or embedded.")] = None,
) -> None:
    """Ask a scorer two questions whose answers are known. Exit code 1, with the cure, when it is not usable."""
    with _sentences(), _workspace() as workspace:
        chosen = name or workspace.settings.scorer
        checkable, check = workspace.roster.scorer(chosen).checkable, workspace.roster.check(chosen)
        where = f" at {check.sends_text_to}" if check.sends_text_to else ""
        right = ", and the answers are right" if checkable else "; no right answers are known for it"
        typer.echo(f"{chosen}{where} answers{right}. Fingerprint {check.fingerprint}.")


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
        *("streamlit", "run", str(home / "pages" / "door" / "server.py")),
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
        code = WRONG_USE if isinstance(error, BadCriteria | BadRule | BadSettings | NotAgreed | ScorerNotSetUp) else 1
        raise typer.Exit(BAD_DOCUMENT if isinstance(error, BadDocument) else code) from None


@contextmanager
def _workspace() -> Iterator["Workspace"]:
    from core.settings import read_settings
    from core.workspace import Workspace

    workspace = Workspace.open(read_settings())
    try:
        yield workspace
    finally:
        workspace.close()


@contextmanager
def _chart(pdfs: list[Path], criteria: Path, scorer: str | None, *, yes: bool) -> Iterator["Chart"]:
    """The files read and scored, with progress and remarks on the standard error."""
    from core.batch import score_files
    from core.casework import SCORING
    from core.criteria import preview_criteria
    from core.domain import CriteriaSet
    from core.figures import usage_in_words

    preview = preview_criteria(criteria.read_bytes(), criteria.name)
    for remark in preview.remarks:
        _remark(remark)
    if preview.problems:
        raise BadCriteria(list(preview.problems))
    with _workspace() as workspace:
        show = _progress()
        scores = score_files(
            workspace,
            pdfs,
            CriteriaSet(preview.name, preview.criteria),
            scorer=scorer or workspace.settings.scorer,
            progress=show,
            scoring=lambda now: show(SCORING, now.done, now.total),
            remark=_remark,
            allow=lambda info, asked: yes or _agreed(info, asked),
            password=_password,
            by=f"{getuser()} (command line)",
        )
        if used := usage_in_words(scores.usage):
            _remark(f"Used: {used}.")
        if scores.stopped:
            _remark(scores.stopped)
        yield scores.chart


def _agreed(info: "ScorerInfo", plan: "Plan") -> bool:
    """Ask on a terminal; elsewhere nobody is there to agree."""
    from core.figures import count_in_words, dollars_in_words, duration_in_words

    what = f"The text of {plan.pages:,} pages goes to {info.sends_text_to}: about {count_in_words(plan.tokens)} tokens"
    cost = f", about {dollars_in_words(plan.dollars)}" if plan.dollars else ""
    least = "" if plan.seconds is None else f", at least {duration_in_words(plan.seconds)}"
    _remark(f"{what}{cost}{least}.")
    if not sys.stdin.isatty():
        _remark("Give --yes to agree to that where nobody can be asked.")
        return False
    return typer.confirm("Send it?", err=True)


def _password(sentence: str) -> str:
    """Ask on a terminal, without showing it; elsewhere nobody is there to answer."""
    if not sys.stdin.isatty():
        return ""
    _remark(sentence)
    return str(typer.prompt("Password", default="", hide_input=True, show_default=False, err=True))


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
