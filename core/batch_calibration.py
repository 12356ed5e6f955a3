"""Calibration without a browser: from files and a file of labels, or from what is in the database."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.calibration.fit import Comparison
from core.calibration.recalibrate import Recalibration, default_recalibration
from core.chart import Chart
from core.domain import Case, CaseDocument, CriteriaSet, Label, ScorerInfo
from core.errors import BadDocument, ChartsieveError
from core.intake import Children, inspect_document
from core.labels import ImportedLabel, every_page, fill_not_relevant, read_labels, resolve
from core.store.files import display_name
from core.studio.material import Material, Source, Subject, assemble, under
from core.studio.matrices import matrix_of

if TYPE_CHECKING:
    from core.workspace import Workspace

_ANY_NUMBER = 2**31
"""Of pages, where it is not known yet."""

ScoreOne = Callable[[Path], Chart]


class Unclear(ChartsieveError):
    """What was asked for is not here, or several things are."""


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A file of labels as it was read."""

    rows: tuple[ImportedLabel, ...]
    complete: bool
    """Pages without a row were looked at, and are not relevant."""
    by: str
    at: datetime

    @classmethod
    def read(cls, path: Path, *, complete: bool, by: str, at: datetime) -> "LabelFile":
        """Raises BadLabels with every mistake of its form."""
        return cls(tuple(read_labels(path.read_bytes(), path.name)), complete, by, at)

    def labels(self, cases: Sequence[Case], pages: dict[str, int]) -> list[tuple[int, Label]]:
        """(case, label) of each row. Raises BadLabels."""
        labels = self.given(cases, pages)
        if not self.complete:
            return labels
        named = {case for case, _ in labels}
        judged = every_page([case for case in cases if case.id in named])
        return fill_not_relevant(labels, judged, pages, by=self.by, at=self.at)

    def given(self, cases: Sequence[Case], pages: dict[str, int]) -> list[tuple[int, Label]]:
        """As `labels`, without those that a complete file implies."""
        chance = 1.0 if self.complete else None
        return resolve(self.rows, cases, pages, by=self.by, at=self.at, inclusion_probability=chance)


def check_labels(
    paths: Sequence[Path], criteria: CriteriaSet, file: LabelFile, info: ScorerInfo, children: Children
) -> None:
    """Raises BadLabels where rows of the file mean nothing in these documents, which are only opened and not read."""
    pages: dict[str, int] = {}
    cases = []
    for number, path in enumerate(paths, start=1):
        with path.open("rb") as stream:
            document = hashlib.file_digest(stream, "sha256").hexdigest()
        pages[document] = _ANY_NUMBER
        with suppress(BadDocument):  # said when it is read, which may ask for its password
            pages[document] = inspect_document(path, children.limits, children=children).pages
        known = (CaseDocument(document, display_name(path.name), pages[document]),)
        cases.append(Case(number, path.stem, criteria, known, info, "", file.by, file.at))
    file.given(cases, pages)


def material_of_files(
    paths: Sequence[Path], criteria: CriteriaSet, file: LabelFile, score: ScoreOne, *, raw: bool = False
) -> Material:
    """Each path is a case of its own, numbered from 1; `score` reads and scores it.

    `raw`: thresholds compare the scores and not what ships to make probabilities of them. Raises BadLabels.
    """
    charts = {number: score(path) for number, path in enumerate(paths, start=1)}
    cases = [
        Case(number, path.stem, criteria, charts[number].documents, charts[number].scorer, "", file.by, file.at)
        for number, path in enumerate(paths, start=1)
    ]
    pages = {document.document: document.pages for case in cases for document in case.documents}
    labels = file.labels(cases, pages)
    info = charts[1].scorer
    model: Recalibration | None = None if raw else default_recalibration(info.fingerprint)
    own = {case.id: [label for number, label in labels if number == case.id] for case in cases}
    sources = [Source(c.id, c.name, matrix_of(charts[c.id]), own[c.id], audited=frozenset()) for c in cases]
    subject = Subject(criteria.name, criteria.version, info, len(cases), len({c for c, _ in labels}), len(labels))
    return assemble(subject, criteria, sources, model)


def material_of_database(
    workspace: "Workspace", criteria_name: str, scorer: str | None, file: LabelFile | None, *, raw: bool = False
) -> Material:
    """Cases and labels of the database; the labels of `file` instead of those, where it is given.

    `criteria_name` may be "" where there is only one list with labels. Raises Unclear, and BadLabels.
    """
    subject = _subject(workspace, criteria_name, scorer, any_labels=file is not None)
    version = "" if raw else None
    fingerprint = subject.info.fingerprint
    if file is None:
        return workspace.studio.material(subject.criteria_name, fingerprint, version)
    cases = [workspace.store.case(c.id) for c in workspace.store.cases() if c.criteria_name == subject.criteria_name]
    pages = {document.document: document.pages for case in cases for document in case.documents}
    return workspace.studio.material_of(file.labels(cases, pages), subject.criteria_name, fingerprint, version)


def fitted(material: Material, comparison: Comparison) -> Material:
    """Under what `comparison` chose, certified on the cases that it did not see; as it is where nothing was fitted."""
    if not comparison.trained_on:
        return material
    return under(material, comparison.chosen.recalibration, frozenset(comparison.trained_on))


def _subject(workspace: "Workspace", criteria_name: str, scorer: str | None, *, any_labels: bool) -> Subject:
    found = [
        subject
        for subject in workspace.studio.subjects()
        if (not criteria_name or subject.criteria_name == criteria_name)
        and (scorer is None or subject.info.name == scorer)
        and (subject.labels or any_labels)
    ]
    if not found:
        raise Unclear("There are no labelled cases with these criteria and this scorer. Label some, or give --labels.")
    if len({(s.criteria_name, s.info.fingerprint) for s in found}) > 1 and not (criteria_name and scorer):
        names = ", ".join(sorted({f"{s.criteria_name} ({s.info.name})" for s in found}))
        raise Unclear(f"There are labels of several: {names}. Choose with --name and --scorer.")
    return found[0]
