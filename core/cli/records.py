"""The record of a case as a file: `chartsieve record`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from core.cli.shared import WRONG_USE, Out, me, opened, sentences
from core.errors import ChartsieveError


class RecordFormat(StrEnum):
    pdf = "pdf"
    json = "json"
    fhir = "fhir"


def record(
    case_id: Annotated[int, typer.Argument(min=1, help="Number of the case, as its address on the screen says it.")],
    format: Annotated[  # noqa: A002
        RecordFormat, typer.Option(help="PDF with the cited pages, JSON, or a FHIR R4 QuestionnaireResponse.")
    ] = RecordFormat.pdf,
    out: Out = None,
) -> None:
    """Write the record of a case: what was signed with its evidence, or a draft of what stands now."""
    if out is None and format == RecordFormat.pdf and sys.stdout.isatty():
        typer.echo("chartsieve: A PDF is not for the terminal. Give --out FILE.", err=True)
        raise typer.Exit(WRONG_USE)
    with sentences(), opened() as workspace:
        made = workspace.recording.record(case_id, by=me())
        _write(workspace.recording.printed(made, format.value), out)
    for sentence in made.differs:
        typer.echo(sentence, err=True)
    if made.draft:
        typer.echo("The case is not signed off: this is a draft.", err=True)


def _write(data: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(data)
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise ChartsieveError(
            f"{out} cannot be written: {error.strerror}. The case is not affected: run again with another --out."
        ) from error
