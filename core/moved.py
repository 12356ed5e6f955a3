"""Where the pages of replaced documents are now."""

from collections.abc import Mapping
from threading import Lock

from core.amend import unchanged
from core.domain import Case, PageRef
from core.errors import NotFound
from core.reading import CaseReader, Read
from core.store import Store

_KEPT = 64
"""Pairs of documents whose comparison is kept."""

Moves = dict[PageRef, PageRef]


class Moved:
    """Compares documents with those that took their place. Thread-safe."""

    def __init__(self, store: Store, reader: CaseReader) -> None:
        self._store, self._reader = store, reader
        self._known: dict[tuple[str, str], tuple[Read, Moves]] = {}
        self._lock = Lock()

    def pages(self, case: Case) -> Moves:
        """Pages of the replaced documents of a case -> the same pages, unchanged, of its documents in force."""
        after, read = {d.document: d.replaced_by for d in case.replaced}, self._reader.progress(case)
        return {old: new for document in after for old, new in self._followed(document, after, read).items()}

    def _followed(self, document: str, after: Mapping[str, str], read: Read) -> Moves:
        """The pages of a document through all that took its place, as far as they are unchanged and were read."""
        found: Moves | None = None
        while document in after:
            step = self._step(document, after[document], read)
            found = step if found is None else {old: step[new] for old, new in found.items() if new in step}
            document = after[document]
        return found or {}

    def _step(self, old: str, new: str, read: Read) -> Moves:
        """Kept until a page of the case is read after all."""
        with self._lock:
            known = self._known.get((old, new))
        if known and known[0] == read:
            return known[1]
        try:
            moves = unchanged(self._store.pages(old), self._store.pages(new))
        except NotFound:
            return {}
        with self._lock:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[old, new] = read, moves
        return moves
