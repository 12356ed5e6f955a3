"""What is to be asked and what is known: unique questions and texts, and the answers between them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from core.domain import Criterion, Gap, Outcome, Page, Score, ScorerInfo, digest
from core.scorers.base import METERED_OVERHEAD, Scorer

UNREADABLE = "This page could not be read"
NO_REASON = "This page was not scored, and the scorer did not say why. Score again: only what is missing is asked"
"""The reason where there is no other; a gap never goes without one."""
_MOST_AT_ONCE = 200_000
"""Answers looked up together; a case of ten thousand pages must not hold all of its keys at once."""

Answer = float | str
"""A score, or the reason why there is none."""


class AnswerCache(Protocol):
    """Where answers are kept, by (fingerprint, question digest, text digest). Safe to use from several threads."""

    def answers(
        self, fingerprint: str, questions: Sequence[str], texts: Sequence[str]
    ) -> dict[tuple[str, str], Answer]: ...

    def save_answers(self, info: ScorerInfo, answers: Sequence[tuple[str, str, Answer]]) -> None:
        """Keep (question digest, text digest, answer). Raises StoreError, and then keeps none of them."""
        ...


def text_keys(info: ScorerInfo, pages: Sequence[Page]) -> list[str]:
    """What each page's answer is stored under: its text, and for a scorer of scope "case" that of the other pages."""
    texts = [page.digest for page in pages]
    if info.scope == "page":
        return texts
    case = digest(*texts)
    return [digest(case, text) for text in texts]


def known_outcomes(
    info: ScorerInfo, criteria: Iterable[Criterion], pages: Sequence[Page], cache: AnswerCache
) -> list[Outcome]:
    """What the cache holds, without asking anybody. A pair that was never asked has no outcome, an unreadable page has
    a gap for every criterion."""
    keys, asked = text_keys(info, pages), [(criterion, criterion.digest) for criterion in criteria]
    answers = cache.answers(info.fingerprint, [question for _, question in asked], sorted(set(keys)))
    fingerprint, readable = info.fingerprint, [page.readable for page in pages]
    return [
        outcome(fingerprint, criterion, page, answers[question, key] if known else UNREADABLE)
        for criterion, question in asked
        for page, key, known in zip(pages, keys, readable, strict=True)
        if not known or (question, key) in answers
    ]


def outcome(fingerprint: str, criterion: Criterion, page: Page, answer: Answer) -> Outcome:
    if isinstance(answer, str):
        return Gap(page.ref, criterion.id, fingerprint, answer or NO_REASON)
    return Score(page.ref, criterion.id, fingerprint, answer)


class Question:
    """A question with its answers, one place for each text of the table."""

    def __init__(self, key: str, phrase: str, texts: int) -> None:
        self.key = key
        """SHA-256 that its answers are kept under."""
        self.phrase = phrase
        """As the scorer is asked."""
        self.base = METERED_OVERHEAD + len(phrase.encode())
        """Metered bytes of a pair, without those of the text."""
        self.criteria = 0
        """Criteria that ask it."""
        self.answers: list[Answer | None] = [None] * texts
        self.open = texts
        """Texts without an answer."""


class Table:
    """The pairs of one run. Texts and questions that are equal stand in it once."""

    def __init__(self, scorer: Scorer, criteria: Sequence[Criterion], pages: Sequence[Page]) -> None:
        self.info = scorer.info
        self.fingerprint = self.info.fingerprint
        self.criteria, self.pages = criteria, pages
        self.keys: list[str] = []
        self.texts: list[str] = []
        self.sizes: list[int] = []
        """Bytes of each text in UTF-8."""
        self.copies: list[int] = []
        """Pages that bear each text."""
        self.places: list[int | None] = self._place(text_keys(self.info, pages))
        """For each page the place of its text; None: the page could not be read."""
        self.questions: dict[str, Question] = {}
        for criterion in criteria:
            key = criterion.digest
            if key not in self.questions:
                self.questions[key] = Question(key, scorer.phrase(criterion), len(self.texts))
            self.questions[key].criteria += 1

    def _place(self, keys: Sequence[str]) -> list[int | None]:
        places: list[int | None] = []
        known: dict[str, int] = {}
        for page, key in zip(self.pages, keys, strict=True):
            if not page.readable:
                places.append(None)
                continue
            if key not in known:
                known[key] = len(self.texts)
                self.keys.append(key)
                self.texts.append(page.text)
                self.sizes.append(len(page.text.encode()))
                self.copies.append(0)
            self.copies[known[key]] += 1
            places.append(known[key])
        return places

    def fill(self, cache: AnswerCache) -> None:
        """Take over the scores that the cache holds; a gap in it is asked again. Raises StoreError."""
        questions = list(self.questions.values())
        step = max(1, _MOST_AT_ONCE // max(1, len(self.texts)))
        for at in range(0, len(questions), step):
            some = questions[at : at + step]
            found = cache.answers(self.fingerprint, [q.key for q in some], self.keys)
            for question in some:
                for place, key in enumerate(self.keys):
                    answer = found.get((question.key, key))
                    if isinstance(answer, float):
                        question.answers[place] = answer
                        question.open -= 1

    def missing(self, question: Question) -> list[int]:
        """Places of the texts without an answer, in page order."""
        return [place for place, answer in enumerate(question.answers) if answer is None] if question.open else []

    def pairs(self) -> int:
        return len(self.criteria) * len(self.pages)

    def answered(self) -> int:
        """Pairs for which nothing is to be asked: with a score, or of a page that could not be read."""
        readable = sum(self.copies)
        unread = len(self.criteria) * (len(self.pages) - readable)
        known = 0
        for question in self.questions.values():
            known += question.criteria * (readable - sum(self.copies[place] for place in self.missing(question)))
        return unread + known

    def outcomes(self, criterion: Criterion, otherwise: str) -> Iterator[Outcome]:
        """The outcomes of one criterion in page order; a pair without an answer is a gap for the reason `otherwise`."""
        answers = self.questions[criterion.digest].answers
        for page, place in zip(self.pages, self.places, strict=True):
            answer = UNREADABLE if place is None else answers[place]
            yield outcome(self.fingerprint, criterion, page, otherwise if answer is None else answer)
