"""The record of a case as a PDF, for people and for the file: letter size, every page numbered, every cited page shown.

PyMuPDF draws it in a process of its own (`press`), because it may not be used by several threads. Equal records and
equal pictures give equal bytes.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core.errors import RecordNotMade
from core.record import DRAFT, CaseRecord
from core.record_pdf.annex import annex
from core.record_pdf.criteria import criteria
from core.record_pdf.evidence import ImageOf, sheets
from core.record_pdf.front import overview, summary
from core.record_pdf.sheets import Job, Part, dump, words
from core.record_pdf.style import CSS
from core.record_words import moment

__all__ = ["ImageOf", "record_pdf"]

SECONDS: Final = 180.0
"""Longest time that the press may take."""
MEMORY_MB: Final = 2048
_PRESS = Path(__file__).with_name("press.py")
_TRY = "The case is not affected. Try again; if that does not help, take the JSON, which says the same."


def record_pdf(record: CaseRecord, image_of: ImageOf) -> bytes:
    """The PDF. `image_of` draws the cited pages; one that cannot be drawn is printed with the reason in its place.

    Raises RecordNotMade when the press fails or takes longer than SECONDS.
    """
    job = dump(_job(record, image_of))
    command = [sys.executable, "-I", str(_PRESS), str(MEMORY_MB)]
    try:
        pressed = subprocess.run(command, input=job, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise RecordNotMade(f"The PDF took longer than {SECONDS:.0f} seconds and was stopped. {_TRY}") from error
    except OSError as error:
        raise RecordNotMade(f"The PDF cannot be made: the process that draws it does not start. {_TRY}") from error
    if pressed.returncode or not pressed.stdout.startswith(b"%PDF"):
        raise RecordNotMade(f"The PDF cannot be made: drawing it stopped unexpectedly. {_TRY}")
    return pressed.stdout


def _job(record: CaseRecord, image_of: ImageOf) -> Job:
    signed = record.signed
    standing = f"Signed off by {words(signed.by)}<br/>{words(moment(signed.at))}" if signed else words(DRAFT)
    return Job(
        title=f"Record of a determination: {record.name}",
        css=CSS,
        head=f"Record of a determination<br/>{words(_short(record.name))}",
        warning=standing,
        warn=signed is None,
        foot=words(f"Case {record.case} · made {moment(record.made_at)} by Chartsieve {record.versions.program}"),
        made=f"{record.made_at:D:%Y%m%d%H%M%SZ}",
        parts=tuple(_parts(record, image_of)),
    )


def _short(name: str, most: int = 70) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _parts(record: CaseRecord, image_of: ImageOf) -> Iterator[Part]:
    yield from summary(record)
    yield from overview(record)
    yield from criteria(record)
    yield from sheets(record, image_of)
    yield from annex(record)
