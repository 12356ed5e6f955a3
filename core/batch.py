"""PDFs given as paths, read and scored without a case: what the command line does."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.chart import Chart, build_chart
from core.domain import CaseDocument, CriteriaSet, Page
from core.errors import BadDocument, DamagedDocument
from core.intake import inspect_pdf, mark_duplicates, read_pdf
from core.scoring import score_all
from core.store.files import display_name

if TYPE_CHECKING:
    from core.workspace import Workspace

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, in all)."""
Remark = Callable[[str], None]
"""Called with a sentence about a file that was used, but not as it stands."""


def score_files(
    workspace: "Workspace",
    paths: Sequence[Path],
    criteria: CriteriaSet,
    *,
    scorer: str,
    progress: Progress,
    remark: Remark,
) -> Chart:
    """Read and score PDFs that are not part of a case; answers are kept, so that a second run asks nothing.

    Files with the same bytes are used once, in the place of the first. Raises BadDocument with the file's name, and
    ScorerError before anything is read.
    """
    engine = workspace.scorer(scorer)
    documents: dict[str, CaseDocument] = {}
    pages: list[Page] = []
    for path in paths:
        name = display_name(path.name)
        try:
            opened, document = inspect_pdf(path, workspace.limits), _sha256(path)
            if document in documents:
                remark(_twice(name, documents[document].name))
                continue
            if opened.repaired:
                remark(f"{name} was damaged and was repaired while opening; pages may be missing.")
            read = []
            for page in read_pdf(path, document=document, limits=workspace.limits):
                read.append(page)
                progress(f"Reading {name}", len(read), opened.pages)
        except BadDocument as error:
            raise type(error)(f"{name}: {error}") from error
        documents[document] = CaseDocument(document, name, len(read))
        pages += read
    pages = mark_duplicates(pages)
    outcomes = score_all(
        engine,
        list(criteria),
        pages,
        cache=workspace.store,
        progress=lambda done, total: progress("Scoring pages against criteria", done, total),
    )
    return build_chart(criteria, tuple(documents.values()), pages, engine.info, outcomes)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DamagedDocument("This file can no longer be read. Check that it is still there and run again.") from error


def _twice(name: str, first: str) -> str:
    if name == first:
        return f"{name} was given more than once; used once."
    return f"{name} is the same file as {first}; used once."
