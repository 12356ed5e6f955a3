"""Scores of a whole case as arrays, kept in memory and on disk: a studio of 200 cases opens without asking for
2.4 million answers again."""

import hashlib
import io
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from core.chart import Chart
from core.domain import CaseSummary, CriteriaSet, PageRef, digest

_FORM = 2
"""Counted up when what is written changes."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """What one scorer said of one case. Copies of earlier pages are in it; `first` tells them."""

    pages: tuple[PageRef, ...]
    criteria: tuple[str, ...]
    digests: tuple[str, ...]
    """What the scorer saw of each criterion, see `Criterion.digest`."""
    scores: NDArray[np.float64]
    """(criteria, pages) as the scorer gave them; NaN for a gap."""
    chars: NDArray[np.int64]
    """(pages,)"""
    first: NDArray[np.int64]
    """(pages,) index of the page that this one is a copy of; its own for every other page."""
    readable: NDArray[np.bool_]
    """(pages,)"""

    @property
    def own(self) -> NDArray[np.bool_]:
        """(pages,) True for pages that are no copies."""
        mask: NDArray[np.bool_] = self.first == np.arange(len(self.first))
        return mask

    @property
    def complete(self) -> bool:
        """Whether every readable page has its score, for every criterion."""
        return not bool(self._missing.any())

    def complete_but(self, asked: Collection[str]) -> bool:
        """As `complete`; a criterion without any score need not have one unless its digest is among `asked`."""
        rows = np.array([digest in asked for digest in self.digests], dtype=np.bool_)
        missing = self._missing
        return not bool((missing.any(axis=1) & (rows | ~missing.all(axis=1))).any())

    @property
    def _missing(self) -> NDArray[np.bool_]:
        """(criteria, readable pages)"""
        missing: NDArray[np.bool_] = np.isnan(self.scores[:, self.readable])
        return missing


def matrix_of(chart: Chart) -> Matrix:
    index = {page.ref: i for i, page in enumerate(chart.pages)}
    first = [index[page.duplicate_of] if page.duplicate_of else i for i, page in enumerate(chart.pages)]
    return Matrix(
        chart.grid.pages,
        chart.grid.criteria,
        tuple(c.digest for c in chart.criteria),
        chart.grid.scores,
        np.array([len(page.text) for page in chart.pages], dtype=np.int64),
        np.array(first, dtype=np.int64),
        ~chart.unreadable,
    )


class Matrices:
    """Thread-safe. What is on disk may be deleted at any time."""

    def __init__(self, folder: Path, chart: Callable[[int, str, CriteriaSet | None], Chart]) -> None:
        """`chart` builds the chart of a case for the scorer of a fingerprint, and for other criteria than its own."""
        self._folder, self._chart = folder, chart
        self._known: dict[tuple[int, str, str], tuple[str, Matrix]] = {}
        self._lock = Lock()

    def of(self, case: CaseSummary, fingerprint: str, criteria: CriteriaSet | None = None) -> Matrix:
        """The case as the scorer of that fingerprint has scored it so far. Raises NotFound.

        `criteria`: another version than the case's own. What the scorer was asked of that for this case is in it, the
        rest are gaps.
        """
        wording = criteria.digest[:16] if criteria else ""
        key, stamp = (case.id, fingerprint, wording), digest(_stamp(case), wording)
        with self._lock:
            known = self._known.get(key)
        if known and known[0] == stamp:
            return known[1]
        settled = case.job is not None and case.job.state == "done"
        path = self._folder / f"{'-'.join(filter(None, (str(case.id), fingerprint, wording)))}.npz"
        matrix = _read(path, stamp) if settled else None
        if matrix is None:
            matrix = matrix_of(self._chart(case.id, fingerprint, criteria))
            # What is missing in one case may be answered in another one that has the same page.
            settled = settled and self._complete(matrix, case, fingerprint, criteria)
            if settled:
                _write(path, stamp, matrix)
        if settled:
            with self._lock:
                self._known[key] = stamp, matrix
        return matrix

    def _complete(self, matrix: Matrix, case: CaseSummary, fingerprint: str, criteria: CriteriaSet | None) -> bool:
        """Whether nothing of it can come later. What only another version asks was never asked of this case."""
        if criteria is None or matrix.complete:
            return matrix.complete
        return matrix.complete_but(self.of(case, fingerprint).digests)


def _stamp(case: CaseSummary) -> str:
    """Changes whenever the pages, the criteria or the scores of the case may have changed."""
    job = case.job.updated_at.isoformat() if case.job else ""
    amended = case.amended_at.isoformat() if case.amended_at else ""
    counts = f"{case.documents} {case.pages}"
    return digest(str(_FORM), job, amended, counts, case.criteria_name, str(case.criteria_version))


def _read(path: Path, stamp: str) -> Matrix | None:
    try:
        seal, written = path.read_bytes().split(b"\n", 1)
    except (OSError, ValueError):
        return None
    if seal != _seal(stamp, written):
        return None  # of an earlier state of the case, or damaged: it is made anew
    with np.load(io.BytesIO(written), allow_pickle=False) as found:
        pages = tuple(map(PageRef, found["documents"].tolist(), found["numbers"].tolist()))
        criteria, digests = tuple(found["criteria"].tolist()), tuple(found["digests"].tolist())
        return Matrix(pages, criteria, digests, found["scores"], found["chars"], found["first"], found["readable"])


def _seal(stamp: str, written: bytes) -> bytes:
    """SHA-256 in hex of what a file holds and what it holds it for."""
    return hashlib.sha256(stamp.encode() + written).hexdigest().encode()


def _write(path: Path, stamp: str, matrix: Matrix) -> None:
    """A disk that is full or read-only costs speed and nothing else."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        documents=np.array([page.document for page in matrix.pages]),
        numbers=np.array([page.number for page in matrix.pages]),
        criteria=np.array(matrix.criteria),
        digests=np.array(matrix.digests),
        scores=matrix.scores,
        chars=matrix.chars,
        first=matrix.first,
        readable=matrix.readable,
    )
    written = buffer.getvalue()
    unfinished = path.with_suffix(".part")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished.write_bytes(_seal(stamp, written) + b"\n" + written)
        unfinished.replace(path)
