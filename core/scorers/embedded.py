"""The scorer that needs nothing: no network, no model server. A baseline, and the scorer of the sample case."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from core.domain import Criterion, ScorerInfo
from core.scorers.base import Reply, Terms
from core.scorers.batch import Batch, Features, coverage, join, read_text
from core.scorers.lexical import Question, read_question
from core.scorers.vocabulary import Vectors, Vocabulary

REVISION = "1"
"""Raised with every change that moves a score; tests/scorers pins some scores to notice one."""

_INFO = ScorerInfo(
    name="embedded",
    model="chartsieve-lexical",
    revision=REVISION,
    transform="weighted share of the question's words covered by the best passage (60 %) and the page (40 %)",
    note="A baseline that matches words and their relatives, not meaning; use zerank-2 for work in earnest.",
)

_TERMS = Terms()
"""Whole criteria at a time: what was learned of a case's texts serves its next question."""
_MAX_TEXTS, _MAX_CHARACTERS, _MAX_BATCHES, _MAX_TERMS = 8_192, 16_000_000, 16, 600_000
_SLICE = 200
"""Texts that are looked at together: the memory for one question grows with them."""


class EmbeddedScorer:
    """Scores texts by how much of the question their words cover. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._vocabulary = Vocabulary()
        self._features: OrderedDict[str, Features] = OrderedDict()
        self._characters = 0
        self._batches: OrderedDict[tuple[str, ...], tuple[Batch, Vectors]] = OrderedDict()

    @property
    def info(self) -> ScorerInfo:
        return _INFO

    @property
    def terms(self) -> Terms:
        return _TERMS

    @property
    def checkable(self) -> bool:
        return False

    def phrase(self, criterion: Criterion) -> str:
        return f"{criterion.question}\n{criterion.instruction}" if criterion.instruction else criterion.question

    async def score(self, question: str, texts: Sequence[str]) -> Reply:
        """One score in [0, 1) for each text, in their order: 0 where nothing of the question matches."""
        asked = read_question(question)
        if not asked.rows:
            return Reply([0.0] * len(texts))
        slices = (texts[at : at + _SLICE] for at in range(0, len(texts), _SLICE))
        return Reply([value for some in slices for value in self._cover(asked, some)])

    async def check(self) -> None:
        """Nothing can be set up wrong."""

    async def aclose(self) -> None:
        """Nothing is held for an event loop."""

    def _cover(self, asked: Question, texts: Sequence[str]) -> list[float]:
        with self._lock:
            batch, vectors = self._batch(tuple(texts))
            matches = self._vocabulary.matches(asked, batch.terms, vectors)
        return [round(value, 6) for value in coverage(asked.weights, matches, batch).tolist()]

    def _batch(self, texts: tuple[str, ...]) -> tuple[Batch, Vectors]:
        found = self._batches.get(texts)
        if found is None:
            if len(self._vocabulary) > _MAX_TERMS:
                self._forget()
            batch = join([self._read(text) for text in texts])
            found = self._batches[texts] = batch, self._vocabulary.vectors(batch.terms)
            while len(self._batches) > _MAX_BATCHES:
                self._batches.popitem(last=False)
        self._batches.move_to_end(texts)
        return found

    def _read(self, text: str) -> Features:
        known = self._features.get(text)
        if known is None:
            known = self._features[text] = read_text(text, self._vocabulary.number)
            self._characters += len(text)
            while len(self._features) > 1 and (len(self._features) > _MAX_TEXTS or self._characters > _MAX_CHARACTERS):
                self._characters -= len(self._features.popitem(last=False)[0])
        self._features.move_to_end(text)
        return known

    def _forget(self) -> None:
        """Terms are only ever added, so a long-lived scorer starts afresh now and then."""
        self._vocabulary = Vocabulary()
        self._features.clear()
        self._batches.clear()
        self._characters = 0
