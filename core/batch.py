"""PDFs given as paths, read and scored without a case: what the command line does."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.chart import Chart, build_chart
from core.domain import CaseDocument, CriteriaSet, Page, ScorerInfo, Usage
from core.errors import BadDocument, DamagedDocument, NotAgreed
from core.intake import inspect_document, mark_duplicates, read_document
from core.scoring import Listener, Plan, plan, score_all
from core.store.files import display_name

if TYPE_CHECKING:
    from core.workspace import Workspace

Progress = Callable[[str, int, int], None]
"""Called with (stage, pages read, pages in all) for each file."""
Remark = Callable[[str], None]
"""Called with a sentence about a file that was used, but not as it stands."""
Allow = Callable[[ScorerInfo, Plan], bool]
"""Asked whether this much text may go to where the scorer sends it."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Files read and scored."""

    chart: Chart
    usage: Usage
    """What this run has asked for."""
    stopped: str
    """Why scoring ended early, as a sentence; "" when everything was asked."""


def score_files(
    workspace: "Workspace",
    paths: Sequence[Path],
    criteria: CriteriaSet,
    *,
    scorer: str,
    progress: Progress,
    scoring: Listener,
    remark: Remark,
    allow: Allow,
    by: str,
) -> Scores:
    """Read and score PDFs that are not part of a case; answers are kept, so that a second run asks nothing.

    `progress` follows the reading, `scoring` the scoring. Files with the same bytes are used once, in the place of the
    first. Raises BadDocument with the file's name, and ScorerError before anything is read when the scorer is not set
    up, before anything is asked when its answers to known questions are wrong. `allow` is asked before text leaves this
    machine; NotAgreed when it says no. Its yes is put on record as that of `by`.
    """
    engine = workspace.roster.scorer(scorer)
    documents: dict[str, CaseDocument] = {}
    pages: list[Page] = []
    for path in paths:
        name = display_name(path.name)
        try:
            opened, document = inspect_document(path, workspace.limits), _sha256(path)
            if document in documents:
                remark(_twice(name, documents[document].name))
                continue
            if opened.repaired:
                remark(f"{name} was damaged and was repaired while opening; pages may be missing.")
            read = []
            for page in read_document(path, document=document, limits=workspace.limits):
                read.append(page)
                progress(f"Reading {name}", len(read), opened.pages)
        except BadDocument as error:
            raise type(error)(f"{name}: {error}") from error
        documents[document] = CaseDocument(document, name, len(read))
        pages += read
    pages = mark_duplicates(pages)
    wanted = list(criteria)
    asked = plan(engine, wanted, pages, workspace.store)
    if asked.pairs:
        if engine.info.sends_text_to:
            if not allow(engine.info, asked):
                raise NotAgreed(f"Nothing was sent to {engine.info.sends_text_to}, and nothing was scored.")
            workspace.store.agree(
                None,
                engine.info,
                by=by,
                to=engine.info.sends_text_to,
                pages=asked.pages,
                pairs=asked.pairs,
                tokens=asked.tokens,
            )
        workspace.roster.ready(scorer)
    scored = score_all(
        engine,
        wanted,
        pages,
        cache=workspace.store,
        progress=scoring,
        limiter=workspace.roster.limiter(scorer),
    )
    chart = build_chart(criteria, tuple(documents.values()), pages, engine.info, scored.outcomes)
    return Scores(chart, scored.usage, scored.stopped)


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
