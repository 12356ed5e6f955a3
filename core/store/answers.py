"""What scorers answered, by (fingerprint, question digest, text digest). This cache is what makes a run resumable."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.domain import ScorerInfo
from core.store import scorers
from core.store.tables import AnswerRow, QuestionRow, TextRow

_CHUNK = 400
"""Values in one IN list; SQLite builds stop at 999 variables."""
_Value = TypeVar("_Value", str, int)
_KeyTable = type[QuestionRow] | type[TextRow]

# Works alike on SQLite and PostgreSQL. The first score stays; a gap gives way to whatever comes later.
_SAVE = text(
    "INSERT INTO answers (scorer_id, question_id, text_id, score, gap) "
    "VALUES (:scorer, :question, :text, :score, :gap) "
    "ON CONFLICT (scorer_id, question_id, text_id) DO UPDATE SET score = excluded.score, gap = excluded.gap "
    "WHERE answers.score IS NULL"
)


def check(answers: Sequence[tuple[str, str, float | str]]) -> None:
    """Raises ValueError for a score outside [0, 1] or not a number."""
    for _, _, answer in answers:
        if not isinstance(answer, str) and not 0 <= answer <= 1:
            raise ValueError("A score must lie between 0 and 1.")


def save(session: Session, info: ScorerInfo, answers: Sequence[tuple[str, str, float | str]]) -> None:
    if not answers:
        return
    scorer = scorers.register(session, info).id
    questions = _numbered(session, QuestionRow, [q for q, _, _ in answers])
    texts = _numbered(session, TextRow, [t for _, t, _ in answers])
    session.execute(
        _SAVE,
        [
            {
                "scorer": scorer,
                "question": questions[question],
                "text": texts[page],
                "score": None if isinstance(answer, str) else float(answer),
                "gap": answer if isinstance(answer, str) else None,
            }
            for question, page, answer in answers
        ],
    )


def find(
    session: Session, fingerprint: str, questions: Sequence[str], texts: Sequence[str]
) -> dict[tuple[str, str], float | str]:
    """The answers known among questions x texts; keys are the strings asked for."""
    scorer = scorers.number(session, fingerprint)
    if scorer is None:
        return {}
    asked = {number: key for key, number in _numbers(session, QuestionRow, questions).items()}
    pages = {number: key for key, number in _numbers(session, TextRow, texts).items()}
    found: dict[tuple[str, str], float | str] = {}
    for some_questions in _chunks(list(asked)):
        for some_texts in _chunks(list(pages)):
            query = select(AnswerRow.question_id, AnswerRow.text_id, AnswerRow.score, AnswerRow.gap).where(
                AnswerRow.scorer_id == scorer,
                AnswerRow.question_id.in_(some_questions),
                AnswerRow.text_id.in_(some_texts),
            )
            for question, page, score, gap in session.execute(query):
                answer = score if gap is None else gap
                if answer is not None:
                    found[asked[question], pages[page]] = answer
    return found


def _numbered(session: Session, table: _KeyTable, keys: Sequence[str]) -> dict[str, int]:
    """The numbers of all keys; new keys get one."""
    numbers = _numbers(session, table, keys)
    if missing := [{"key": key} for key in dict.fromkeys(keys) if key not in numbers]:
        session.execute(table.__table__.insert(), missing)  # type: ignore[attr-defined]
        numbers |= _numbers(session, table, [m["key"] for m in missing])
    return numbers


def _numbers(session: Session, table: _KeyTable, keys: Sequence[str]) -> dict[str, int]:
    """The numbers of those keys that have one."""
    found: dict[str, int] = {}
    for some in _chunks(list(dict.fromkeys(keys))):
        rows = session.execute(select(table.key, table.id).where(table.key.in_(some)))
        found.update((key, number) for key, number in rows)
    return found


def _chunks(values: list[_Value]) -> Iterator[list[_Value]]:
    return (values[i : i + _CHUNK] for i in range(0, len(values), _CHUNK))
