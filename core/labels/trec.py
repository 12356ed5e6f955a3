"""TREC qrels, the judgements that retrieval tools read: "topic iteration docno relevance" a line.

Format: National Institute of Standards and Technology, trec.nist.gov/data/qrels_eng. The iteration is 0 and means
nothing. A topic is "<case>:<criterion id>", a docno "<SHA-256 of the document>:<page>"; both are percent-encoded, so
that neither holds white space.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, unquote

from core.domain import Verdict
from core.errors import Problem
from core.labels.rows import LabelRow
from core.labels.sheet import MAX_ROWS, RawRow, Sheet, too_many

_RELEVANCE = re.compile(r"-?[0-9]{1,9}")
_TOPIC = re.compile(r"([0-9]{1,18}):(.+)", re.DOTALL)
_SHAPE = "Write four fields with spaces between them: topic 0 docno relevance."


def labels_qrels(rows: Sequence[LabelRow]) -> str:
    """One line for each case, criterion and page with a verdict, in that order: relevance 1 relevant, 0 not relevant.

    The verdicts of several reviewers are settled by `core.calibration.agreement.settle`, which is given them oldest
    first; what stays unsure has no line, because a missing line is what TREC calls not judged.
    """
    from core.calibration.agreement import settle  # brings scipy, which a screen that only reads labels can do without

    pairs: dict[tuple[int, str, str, int], list[tuple[datetime, str, Verdict]]] = defaultdict(list)
    for row in rows:
        pair = row.case, row.criterion_id, row.document, row.page
        pairs[pair].append((datetime.fromisoformat(row.at), row.reviewer, row.verdict))
    lines = []
    for (case, criterion, document, page), given in sorted(pairs.items()):
        verdict = settle([(reviewer, v) for _, reviewer, v in sorted(given, key=lambda g: g[0])])
        if verdict != "unsure":
            topic, docno = _safe(f"{case}:{criterion}"), _safe(f"{document}:{page}")
            lines.append(f"{topic} 0 {docno} {int(verdict == 'relevant')}\n")
    return "".join(lines)


def looks_like_qrels(text: str) -> bool:
    """True when the first line that is not empty has four fields, the last of them a whole number."""
    first = next((line for line in text[:10_000].split("\n") if line.strip()), "").split()
    return len(first) == 4 and not first[0].startswith("{") and bool(_RELEVANCE.fullmatch(first[3]))


def qrels_sheet(text: str) -> Sheet:
    """The lines of a qrels file. A topic without "<case>:" in front is a criterion; a docno is "<document>:<page>", the
    document by SHA-256 or file name. Graded relevance above 1 counts as relevant."""
    sheet = Sheet()
    graded = 0
    for number, line in enumerate(text.split("\n"), start=1):
        parts = line.split()
        if not parts:
            continue
        if len(sheet.rows) == MAX_ROWS:
            return too_many(number)
        problem = _mistake(number, parts)
        if problem is None:
            sheet.rows.append(_row(number, *parts))
            graded += int(parts[3]) > 1
        else:
            sheet.problems.append(problem)
    if graded:
        sheet.remarks.append(f"Relevance above 1 counts as relevant ({graded:,} {'line' if graded == 1 else 'lines'}).")
    return sheet


def _mistake(number: int, parts: Sequence[str]) -> Problem | None:
    if len(parts) != 4:
        return Problem(number, "", f"The line has {len(parts)} fields; a qrels line has four.", _SHAPE)
    if not _RELEVANCE.fullmatch(parts[3]):
        return Problem(number, "verdict", "The relevance is not a whole number.", "Write 1 or 0.")
    if int(parts[3]) < 0:
        what = "A relevance below 0 means not judged in some files and not relevant in others."
        return Problem(number, "verdict", what, "Write 0 for not relevant, or delete the line.")
    if ":" not in unquote(parts[2]):
        return Problem(number, "document", "The docno names no page.", "Write <document>:<page>, as in fax.pdf:14.")
    return None


def _row(number: int, topic: str, _iteration: str, docno: str, relevance: str) -> RawRow:
    document, _, page = unquote(docno).rpartition(":")
    fields = {"document": document, "page": page, "verdict": str(min(int(relevance), 1))}
    match = _TOPIC.fullmatch(unquote(topic))
    fields |= {"case": match[1], "criterion": match[2]} if match else {"criterion": unquote(topic)}
    return RawRow(number, fields)


def _safe(text: str) -> str:
    return quote(text, safe=":")
