"""What the commands share: options, the workspace, errors as sentences, files scored, what is written."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import (
    BadCriteria,
    BadDocument,
    BadLabels,
    BadRule,
    BadSettings,
    ChartsieveError,
    NotAgreed,
    ScorerNotSetUp,
)

if TYPE_CHECKING:
    from core.chart import Chart
    from core.domain import CriteriaSet, ScorerInfo
    from core.scoring import Plan
    from core.workspace import Workspace

WRONG_USE, BAD_DOCUMENT, INCOMPLETE, NOT_CERTIFIED = 2, 3, 4, 5

_MISTAKES = BadCriteria | BadLabels | BadRule | BadSettings | NotAgreed | ScorerNotSetUp

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


Complete = Annotated[
    bool, typer.Option("--complete", help="Pages without a row in the file were looked at and are not relevant.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Agree beforehand that page text goes to where the scorer sends it.")]


def can_be_written(out: Path | None) -> Path | None:
    """Asked before the work, so that a typing mistake does not cost the time of scoring."""
    if out and not out.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {out.parent}. Make it first, or choose another file.")
    if out and not os.access(out if out.exists() else out.parent, os.W_OK):
        raise typer.BadParameter(f"{out} cannot be written by this user. Choose another file.")
    return out


Out = Annotated[
    Path | None,
    typer.Option(
        "--out", help="File to write; without it the standard output.", dir_okay=False, callback=can_be_written
    ),
]


def me() -> str:
    return f"{getuser()} (command line)"


@contextmanager
def sentences() -> Iterator[None]:
    """Errors become a sentence on the standard error and an exit code."""
    try:
        yield
    except ChartsieveError as error:
        typer.echo(f"chartsieve: {error}", err=True)
        code = WRONG_USE if isinstance(error, _MISTAKES) else 1
        raise typer.Exit(BAD_DOCUMENT if isinstance(error, BadDocument) else code) from None


@contextmanager
def opened() -> Iterator["Workspace"]:
    from core.settings import read_settings
    from core.workspace import Workspace

    workspace = Workspace.open(read_settings())
    try:
        yield workspace
    finally:
        workspace.close()


@contextmanager
def chart_of(pdfs: list[Path], criteria: Path, scorer: str | None, *, yes: bool) -> Iterator["Chart"]:
    """The files read and scored, with progress and remarks on the standard error."""
    wanted = criteria_of(criteria)
    with opened() as workspace:
        yield scored(workspace, pdfs, wanted, scorer, yes=yes)


def criteria_of(path: Path) -> "CriteriaSet":
    from core.criteria import preview_criteria

    preview = preview_criteria(path.read_bytes(), path.name)
    for said in preview.remarks:
        remark(said)
    if preview.problems:
        raise BadCriteria(list(preview.problems))
    return preview.criteria_set()


def scoring(
    criteria: Path, scorer: str | None, workspace: "Workspace", *, yes: bool
) -> tuple["CriteriaSet", Callable[[Path], "Chart"]]:
    wanted = criteria_of(criteria)
    return wanted, lambda path: scored(workspace, [path], wanted, scorer, yes=yes)


def scored(
    workspace: "Workspace", paths: list[Path], criteria: "CriteriaSet", scorer: str | None, *, yes: bool
) -> "Chart":
    from core.batch import score_files
    from core.casework import SCORING
    from core.figures import usage_in_words

    show = progress()
    scores = score_files(
        workspace,
        paths,
        criteria,
        scorer=scorer or workspace.settings.scorer,
        progress=show,
        scoring=lambda now: show(SCORING, now.done, now.total),
        remark=remark,
        allow=lambda info, asked: yes or agreed(info, asked),
        password=password,
        by=me(),
    )
    if used := usage_in_words(scores.usage):
        remark(f"Used: {used}.")
    if scores.stopped:
        remark(scores.stopped)
    return scores.chart


def agreed(info: "ScorerInfo", plan: "Plan") -> bool:
    """Ask on a terminal; elsewhere nobody is there to agree."""
    from core.figures import count_in_words, dollars_in_words, duration_in_words

    what = f"The text of {plan.pages:,} pages goes to {info.sends_text_to}: about {count_in_words(plan.tokens)} tokens"
    cost = f", about {dollars_in_words(plan.dollars)}" if plan.dollars else ""
    least = "" if plan.seconds is None else f", at least {duration_in_words(plan.seconds)}"
    remark(f"{what}{cost}{least}.")
    if not sys.stdin.isatty():
        remark("Give --yes to agree to that where nobody can be asked.")
        return False
    return typer.confirm("Send it?", err=True)


def password(sentence: str) -> str:
    """Ask on a terminal, without showing it; elsewhere nobody is there to answer."""
    if not sys.stdin.isatty():
        return ""
    remark(sentence)
    return str(typer.prompt("Password", default="", hide_input=True, show_default=False, err=True))


def remark(sentence: str) -> None:
    typer.echo(sentence, err=True)


def progress() -> Callable[[str, int, int], None]:
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


def write_out(text: str, out: Path | None) -> None:
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


def finish(gaps: int) -> None:
    if gaps:
        typer.echo(f"{gaps:,} pairs have no score; the column state says why. Run again to ask for them.", err=True)
        raise typer.Exit(INCOMPLETE)
